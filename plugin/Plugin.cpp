//===- Plugin.cpp - Hapax.so: passes and hooks ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Adapts the hooks of LLVM's pass plugins to ModuleCompile; nothing else.
//===----------------------------------------------------------------------===//

#include "compile/ModuleCompile.h"
#include "session/Options.h"
#include "session/Session.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Plugins/PassPlugin.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace hapax;

namespace {

using SharedCompile = std::shared_ptr<ModuleCompile>;

PreservedAnalyses preserved(bool Changed) {
  return Changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

// The names of the passes end in "PassAdaptor": the compiler's own printing and
// timing of passes leaves such passes out, as it should leave out these.

/// Stands first in every default pipeline.
struct StartPassAdaptor : PassInfoMixin<StartPassAdaptor> {
  SharedCompile Compile;
  OptimizationLevel Level;
  unsigned Ordinal;
  StartPassAdaptor(SharedCompile Compile, OptimizationLevel Level,
                   unsigned Ordinal)
      : Compile(std::move(Compile)), Level(Level), Ordinal(Ordinal) {}
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    if (Compile->isInside())
      return PreservedAnalyses::all();
    rememberCompile(M, Compile);
    return preserved(Compile->start(M, Level, /*Wrapped=*/"", Ordinal));
  }
  static bool isRequired() { return true; }
};

/// Stands where the optimiser of a default pipeline is through.
struct LastPassAdaptor : PassInfoMixin<LastPassAdaptor> {
  SharedCompile Compile;
  explicit LastPassAdaptor(SharedCompile Compile)
      : Compile(std::move(Compile)) {}
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    if (Compile->isInside())
      return PreservedAnalyses::all();
    return preserved(Compile->optimiserLast(M));
  }
  static bool isRequired() { return true; }
};

using PipelineElements = ArrayRef<PassBuilder::PipelineElement>;

/// The elements as `-passes=` spells them.
std::string pipelineText(PipelineElements Elements) {
  std::string Text;
  for (const PassBuilder::PipelineElement &E : Elements) {
    if (!Text.empty())
      Text += ',';
    Text += E.Name;
    if (!E.InnerPipeline.empty())
      Text += '(' + pipelineText(E.InnerPipeline) + ')';
  }
  return Text;
}

/// hapax(<pipeline>): any module pipeline, cached as a whole.
struct WrapPassAdaptor : PassInfoMixin<WrapPassAdaptor> {
  SharedCompile Compile;
  std::string Text;
  ModulePassManager Inner;
  WrapPassAdaptor(SharedCompile Compile, std::string Text,
                  ModulePassManager Inner)
      : Compile(std::move(Compile)), Text(std::move(Text)),
        Inner(std::move(Inner)) {}
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &MAM) {
    if (Compile->isInside())
      return Inner.run(M, MAM);
    if (Compile->start(M, std::nullopt, Text, /*Ordinal=*/0)) {
      Compile->optimiserLast(M);
      return PreservedAnalyses::none();
    }
    Compile->setInside(true);
    PreservedAnalyses Kept = Inner.run(M, MAM);
    Compile->setInside(false);
    Compile->optimiserLast(M);
    return Kept;
  }
  static bool isRequired() { return true; }
};

/// A pass name that only tells whether some copy of this plugin has registered
/// with a pass builder.
constexpr StringLiteral RegisteredMark = "hapax-registered";

bool parseWrapper(PassBuilder &PB, const SharedCompile &Compile, StringRef Name,
                  ModulePassManager &MPM, PipelineElements Inner) {
  if (Name == RegisteredMark)
    return true;
  if (Name != "hapax")
    return false;
  // The parser also asks like this whether a name is a module pass at all.
  if (Inner.empty())
    return true;
  std::string Text = pipelineText(Inner);
  ModulePassManager Passes;
  if (Error E = PB.parsePassPipeline(Passes, Text)) {
    errs() << "hapax: in hapax(" << Text << "): " << toString(std::move(E))
           << '\n';
    return false;
  }
  MPM.addPass(WrapPassAdaptor(Compile, std::move(Text), std::move(Passes)));
  return true;
}

/// Two sets of hooks on one compile would each take the other's work for the
/// compiler's.
bool isRegistered(PassBuilder &PB) {
  ModulePassManager Passes;
  Error NotKnown = PB.parsePassPipeline(Passes, RegisteredMark);
  bool Registered = !NotKnown;
  consumeError(std::move(NotKnown));
  return Registered;
}

void registerCallbacks(PassBuilder &PB) {
  if (Session::get().config().Disable || isRegistered(PB))
    return;
  auto Compile = std::make_shared<ModuleCompile>(&PB);
  PB.registerPipelineStartEPCallback(
      [Compile, Next = 0u](ModulePassManager &MPM,
                           OptimizationLevel Level) mutable {
        MPM.addPass(StartPassAdaptor(Compile, Level, Next++));
        Compile->expectStart(Level);
      });
  PB.registerOptimizerLastEPCallback(
      [Compile](ModulePassManager &MPM, OptimizationLevel, ThinOrFullLTOPhase) {
        MPM.addPass(LastPassAdaptor(Compile));
      });
  PB.registerPipelineParsingCallback([&PB, Compile](StringRef Name,
                                                    ModulePassManager &MPM,
                                                    PipelineElements Inner) {
    return parseWrapper(PB, Compile, Name, MPM, Inner);
  });
  if (PassInstrumentationCallbacks *PIC =
          PB.getPassInstrumentationCallbacks()) {
    PIC->registerShouldRunOptionalPassCallback([Compile](StringRef, Any IR) {
      if (const auto *M = any_cast<const Module *>(&IR))
        if (Compile->lookAhead(**M))
          rememberCompile(**M, Compile);
      return !Compile->skipsPasses();
    });
    PIC->registerBeforeNonSkippedPassCallback(
        [Compile](StringRef PassClass, Any) {
          Compile->checkWriter(PassClass);
        });
  }
}

bool preCodeGen(Module &M, TargetMachine &TM, CodeGenFileType FileType,
                raw_pwrite_stream &OS) {
  if (Session::get().config().Disable)
    return false;
  SharedCompile Compile = takeCompileOf(M);
  if (!Compile)
    Compile = std::make_shared<ModuleCompile>(nullptr);
  bool Done = Compile->generateCode(M, TM, FileType, OS);
  // A second copy of this plugin is asked next and must not decide anew.
  if (!Done)
    rememberCompile(M, std::move(Compile));
  return Done;
}

} // namespace

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT PassPluginLibraryInfo
llvmGetPassPluginInfo() {
  registerOptions();
  return {LLVM_PLUGIN_API_VERSION, "Hapax", HAPAX_VERSION, registerCallbacks,
          preCodeGen};
}
