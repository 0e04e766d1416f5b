//===- CachingIRCompiler.h - Optimise and compile once ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The compiler of an ORC JIT that looks a module up before it optimises it, so
/// that a hit saves the optimiser as well:
///
///     LLJITBuilder().setCompileFunctionCreator(
///         [](JITTargetMachineBuilder Builder) {
///           return CachingIRCompiler::create(std::move(Builder));
///         });
///
/// The IR must come here unoptimised: what an IRTransformLayer does to a module
/// is done before, on every run.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_JIT_CACHINGIRCOMPILER_H
#define HAPAX_JIT_CACHINGIRCOMPILER_H

#include "hapax/Jit/JitObjectCache.h"
#include "llvm/ExecutionEngine/Orc/IRCompileLayer.h"
#include "llvm/Passes/OptimizationLevel.h"
#include "llvm/Passes/PassBuilder.h"

namespace hapax {

struct CachingCompilerOptions {
  /// Of the default pipeline, which is run as clang runs it.
  llvm::OptimizationLevel Level = llvm::OptimizationLevel::O2;
  llvm::PipelineTuningOptions Tuning = {};
  /// Recipe may name what else the caller does to modules on their way here;
  /// level, tuning and pipeline are added to it.
  JitCacheOptions Cache = {};
};

/// Thread-safe: each compile has a target machine of its own.
class CachingIRCompiler final : public llvm::orc::IRCompileLayer::IRCompiler {
public:
  /// Fails where \p Builder can make no machine.
  static llvm::Expected<std::unique_ptr<CachingIRCompiler>>
  create(llvm::orc::JITTargetMachineBuilder Builder,
         CachingCompilerOptions Options = {});
  ~CachingIRCompiler() override;

  /// The object of \p M. On a hit \p M is left as it is. Fails where LLVM
  /// cannot compile it.
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
  operator()(llvm::Module &M) override;

  /// See JitObjectCache::counts().
  JitObjectCache::Counts counts() const { return Cache->counts(); }

private:
  CachingIRCompiler(llvm::orc::JITTargetMachineBuilder Builder,
                    const CachingCompilerOptions &Options,
                    std::unique_ptr<JitObjectCache> Cache);

  const llvm::orc::JITTargetMachineBuilder Builder;
  const llvm::OptimizationLevel Level;
  const llvm::PipelineTuningOptions Tuning;
  std::unique_ptr<JitObjectCache> Cache;
};

} // namespace hapax

#endif // HAPAX_JIT_CACHINGIRCOMPILER_H
