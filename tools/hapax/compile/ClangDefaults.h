//===- ClangDefaults.h - Compile IR as clang -c -x ir does ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// What `clang -O<level> -c -x ir` sets up between reading a module and writing
/// its object: the target machine with clang's options, and its pipeline. That
/// both are the same is tested field by field (lit/compile/key.test) and
/// byte by byte.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_COMPILE_CLANGDEFAULTS_H
#define HAPAX_TOOLS_COMPILE_CLANGDEFAULTS_H

#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>

namespace hapax {

/// An optimisation level as clang spells it.
struct ClangLevel {
  char Letter; ///< of -O<letter>: 0, 1, 2, 3, s, z

  /// Nothing for other letters.
  static std::optional<ClangLevel> parse(llvm::StringRef Text);
  llvm::OptimizationLevel optimisation() const;
  llvm::CodeGenOptLevel codeGeneration() const;
  /// Which vectorisers the driver turns on.
  bool vectorisesLoops() const;
  bool vectorisesBlocks() const;
  llvm::PipelineTuningOptions tuning() const;
};

/// A machine for the host's own target, with clang's options. To be called
/// after the native target has been initialised.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createClangMachine(ClangLevel Level);

} // namespace hapax

#endif // HAPAX_TOOLS_COMPILE_CLANGDEFAULTS_H
