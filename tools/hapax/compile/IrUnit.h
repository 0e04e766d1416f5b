//===- IrUnit.h - One IR file on its way to an object -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The node of the pipeline of `hapax compile`, and the work of its stages.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_COMPILE_IRUNIT_H
#define HAPAX_TOOLS_COMPILE_IRUNIT_H

#include "ClangDefaults.h"
#include "compile/ModuleCompile.h"
#include "hapax/Pipeline/Stage.h"
#include "ir/ModulePipeline.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include <optional>
#include <string>

namespace hapax {

/// What all units of one command share.
struct IrCommand {
  ClangLevel Level{'2'};
  /// The command as the key has it: what cannot reach an object is left out.
  HostProcess Process;
  /// HAPAX_DISABLE: compile as if there were no cache.
  bool Disabled = false;
};

/// One IR file. Each function is the work of one stage; between two of them the
/// unit may change its thread.
class IrUnit {
public:
  void open(const IrCommand &Command, std::string InputFile,
            std::string OutputFile);

  /// Parses the file. \p SkipCache is the verdict where there is no cache.
  Verdict read(Verdict SkipCache);
  Verdict identify();
  /// Looks for the object. \p OnHit is the verdict where the optimiser has
  /// nothing to do.
  Verdict lookUp(Verdict OnHit);
  Verdict optimise();
  Verdict generate();
  Verdict store();
  Verdict write();

  /// What LLVM had to say, as lines.
  const std::string &messages() const { return Messages; }

private:
  class MessageCollector;

  void say(llvm::StringRef Severity, const llvm::Twine &Text);
  /// A verdict that names the file, and drops what is no longer needed.
  Verdict fail(const llvm::Twine &Why);

  const IrCommand *Command = nullptr;
  std::string Input, Output, Messages;
  bool HasError = false;
  // In the order in which they borrow from each other.
  std::unique_ptr<llvm::LLVMContext> Context;
  std::unique_ptr<llvm::Module> M;
  std::unique_ptr<llvm::TargetMachine> TM;
  std::unique_ptr<ModulePipeline> Passes;
  std::unique_ptr<ModuleCompile> Compile;
  Bytes Object;
};

} // namespace hapax

#endif // HAPAX_TOOLS_COMPILE_IRUNIT_H
