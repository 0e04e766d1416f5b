//===- CachingIRCompiler.cpp - Optimise and compile once ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Jit/CachingIRCompiler.h"
#include "hapax/IR/CompileKey.h"
#include "ir/ModulePipeline.h"
#include "ir/TargetFields.h"
#include "llvm/ExecutionEngine/Orc/CompileUtils.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace hapax {

/// What CachingIRCompiler does to a module before it generates code.
static std::string recipeOf(StringRef Own, TargetMachine &TM,
                            const PipelineTuningOptions &Tuning,
                            OptimizationLevel Level) {
  KeyBuilder Fields;
  Fields.add("caller", Own);
  Fields.add("level.speed", Level.getSpeedupLevel());
  Fields.add("level.size", Level.getSizeLevel());
  addTuning(Fields, Tuning);
  Fields.add("pipeline",
             StringRef(describePipeline(
                 ModulePipeline(TM, Tuning, Level).builder(), Level)));
  std::string Recipe = "CachingIRCompiler";
  for (const KeyField &F : Fields.fields())
    Recipe += '\n' + F.Tag + '=' + F.Value;
  return Recipe;
}

CachingIRCompiler::CachingIRCompiler(orc::JITTargetMachineBuilder Builder,
                                     const CachingCompilerOptions &Options,
                                     std::unique_ptr<JitObjectCache> Cache)
    : IRCompiler(orc::irManglingOptionsFromTargetOptions(Builder.getOptions())),
      Builder(std::move(Builder)), Level(Options.Level), Tuning(Options.Tuning),
      Cache(std::move(Cache)) {}
CachingIRCompiler::~CachingIRCompiler() = default;

Expected<std::unique_ptr<CachingIRCompiler>>
CachingIRCompiler::create(orc::JITTargetMachineBuilder Builder,
                          CachingCompilerOptions Options) {
  Expected<std::unique_ptr<TargetMachine>> TM = Builder.createTargetMachine();
  if (!TM)
    return TM.takeError();
  JitCacheOptions CacheOptions = std::move(Options.Cache);
  CacheOptions.Recipe =
      recipeOf(CacheOptions.Recipe, **TM, Options.Tuning, Options.Level);
  Expected<std::unique_ptr<JitObjectCache>> Cache =
      JitObjectCache::create(Builder, std::move(CacheOptions));
  if (!Cache)
    return Cache.takeError();
  return std::unique_ptr<CachingIRCompiler>(
      new CachingIRCompiler(std::move(Builder), Options, std::move(*Cache)));
}

Expected<std::unique_ptr<MemoryBuffer>>
CachingIRCompiler::operator()(Module &M) {
  if (std::unique_ptr<MemoryBuffer> Found = Cache->getObject(&M))
    return Found;
  orc::JITTargetMachineBuilder Own = Builder;
  Expected<std::unique_ptr<TargetMachine>> TM = Own.createTargetMachine();
  if (!TM) {
    Cache->notifyCompileFailed(&M);
    return TM.takeError();
  }
  ModulePipeline(**TM, Tuning, Level).run(M);
  Expected<std::unique_ptr<MemoryBuffer>> Object = orc::SimpleCompiler(**TM)(M);
  if (Object)
    Cache->notifyObjectCompiled(&M, **Object);
  else
    Cache->notifyCompileFailed(&M);
  return Object;
}

} // namespace hapax
