//===- CompileKey.h - All but the IR that makes a key -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The command side of the key. describeCompile() gathers whatever besides the
/// module can influence the output, as tagged fields, or says why the compile
/// must be left alone; compileKey() joins that with the module's hash.
///
/// What is in the description:
///  - the tool, its arguments less those on a list of front-end-only ones
///    (plugin/ir/Arguments.def), and what in the environment reaches LLVM;
///  - independently of the arguments: optimisation level, printed pipeline,
///    pipeline tuning, profile options, every field of the TargetMachine, its
///    TargetOptions and MCTargetOptions, the flags of the LLVMContext, and the
///    cl::opts that occurred;
///  - the content of every file that an argument names;
///  - the build ids of the program and of every library loaded into it.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_COMPILEKEY_H
#define HAPAX_IR_COMPILEKEY_H

#include "hapax/Cache/Digest.h"
#include "hapax/IR/Bypass.h"
#include "hapax/IR/Invocation.h"
#include "hapax/IR/KeyFields.h"
#include "hapax/IR/OutputKind.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Passes/OptimizationLevel.h"
#include "llvm/Support/CodeGen.h"
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace llvm {
class Module;
class PassBuilder;
class TargetMachine;
} // namespace llvm

namespace hapax {

/// What a JIT says about its compiles: no command line does. Borrows
/// everything.
struct JitSetting {
  /// Whatever the program does with a module besides code generation by the
  /// machine of the site: passes, options of its own that bear on them.
  llvm::StringRef Recipe;
  /// What the program gave to LLVM's command line (cl::opt). Of it those
  /// arguments are keyed that belong to an option that occurred; an option
  /// whose occurrences are not all here is a bypass, since nothing tells its
  /// value.
  llvm::ArrayRef<std::string> LlvmArguments;
};

/// What a hook knows about the compile. Borrows everything.
struct CompileSite {
  const llvm::Module &M;
  llvm::TargetMachine *TM = nullptr; ///< null: opt without a target
  /// Null at PreCodeGen. Its default pipeline is built and printed, so its
  /// extension-point callbacks run: they may only add passes.
  llvm::PassBuilder *PB = nullptr;
  std::optional<llvm::OptimizationLevel> Level = {}; ///< at PipelineStart
  llvm::StringRef WrappedPipeline =
      {}; ///< the text inside hapax(...), else empty
  std::optional<llvm::CodeGenFileType> FileType = {}; ///< at PreCodeGen
  /// Leaves inline assembly unread: reading it takes a walk over all
  /// instructions, about as long as hashing them. The caller then has to ask
  /// findAsmBypass() before it stores an object or assembly. That is enough:
  /// what is never stored is never hit.
  bool DefersAsmScan = false;
  /// The module is compiled to an object by a JIT, not by a tool. TM is then a
  /// machine like those that compile it.
  const JitSetting *Jit = nullptr;
};

/// Bypass (asm-reads-files) when assembly in \p M may make the assembler read
/// or write a file. Asked of the IR that code generation is about to see, since
/// only assembly that gets there is assembled. Bitcode needs no such question.
std::optional<BypassInfo> findAsmBypass(const llvm::Module &M);

/// What a compile depends on besides its module.
struct CompileDescription {
  Invocation Inv;
  OutputKind Kind = OutputKind::Object;
  /// Whether the tool runs the IR verifier before code generation.
  bool VerifyIR = false;
  /// Digest of all fields.
  Digest Command;
  /// The fields, in a fixed order, for `hapax key` and `hapax why`.
  std::vector<KeyField> Fields;
};

/// Describes the compile of \p Site in the current process, or says why it has
/// to be bypassed. Changes nothing. Reads the files that the arguments name.
/// Thread-safe as far as the objects of \p Site are not shared.
std::expected<CompileDescription, BypassInfo>
describeCompile(const CompileSite &Site);

/// The same for a staged process (tests).
std::expected<CompileDescription, BypassInfo>
describeCompile(const CompileSite &Site, const HostProcess &Process);

/// The passes of the default pipeline of \p Level, as the key has them. Builds
/// that pipeline (see CompileSite::PB).
std::string describePipeline(llvm::PassBuilder &PB,
                             llvm::OptimizationLevel Level);

/// Which IR the module hash of a key was taken from.
enum class KeyLevel : uint8_t {
  SourceIR = 1,    ///< as the front end made it, at PipelineStart, or
                   ///< as a JIT's compiler got it
  OptimisedIR = 2, ///< as code generation is about to see it, at PreCodeGen
  Shard = 3,       ///< a part of it that is compiled by itself
};

/// The key under which the output of the compile is stored. \p Namespace keeps
/// users of one store apart (HAPAX_NAMESPACE).
CacheKey compileKey(const CompileDescription &Description, KeyLevel Level,
                    const Digest &ModuleHash, llvm::StringRef Namespace);

} // namespace hapax

#endif // HAPAX_IR_COMPILEKEY_H
