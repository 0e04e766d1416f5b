//===- TargetFields.cpp - Keying LLVM's own option objects ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "TargetFields.h"
#include "PassBuilderAccess.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/Timer.h"
#include "llvm/Target/TargetMachine.h"

using namespace hapax;
using namespace llvm;

// A new member usually changes the size; then TargetFields.def wants a look.
// (One that hides in padding is found by the test that reads the headers.)
#if defined(__x86_64__) && defined(__GLIBCXX__) && _GLIBCXX_USE_CXX11_ABI
static_assert(LLVM_VERSION_MAJOR == 22, "check TargetFields.def");
static_assert(sizeof(TargetOptions) == 432, "check TargetFields.def");
static_assert(sizeof(MCTargetOptions) == 280, "check TargetFields.def");
static_assert(sizeof(PipelineTuningOptions) == 28, "check TargetFields.def");
static_assert(sizeof(PGOOptions) == 144, "check TargetFields.def");
static_assert(sizeof(TargetMachine) == 1568, "check TargetFields.def");
#endif

static void addMCOptions(KeyBuilder &Key, const MCTargetOptions &Options,
                         bool WithCodeView) {
#define MC_NUMBER(Name) Key.add("mc." #Name, Options.Name);
#define MC_STRING(Name) Key.add("mc." #Name, StringRef(Options.Name));
#include "TargetFields.def"
  Key.add("mc.OutputAsmVariant",
          Options.OutputAsmVariant ? int64_t(*Options.OutputAsmVariant) : -1);
  // IASSearchPaths holds the header directories, for assembly that reads files;
  // such assembly is a bypass (AsmScanner.h), and nothing else asks for them.
  for (const std::string &Option : Options.InstPrinterOptions)
    Key.add("mc.InstPrinterOptions", StringRef(Option));
  if (!WithCodeView)
    return;
  Key.add("mc.Argv0", StringRef(Options.Argv0));
  Key.add("mc.CommandlineArgs", StringRef(Options.CommandlineArgs));
}

void hapax::addTargetOptions(KeyBuilder &Key, const TargetOptions &Options,
                             bool WithCodeView) {
#define TARGET_NUMBER(Name) Key.add("target." #Name, Options.Name);
#include "TargetFields.def"
  Key.add("target.BinutilsVersion",
          std::to_string(Options.BinutilsVersion.first) + "." +
              std::to_string(Options.BinutilsVersion.second));
  if (const MemoryBuffer *List = Options.BBSectionsFuncListBuf.get())
    Key.add("target.BBSectionsFuncListBuf", List->getBuffer());
  if (WithCodeView)
    Key.add("target.ObjectFilenameForDebug",
            StringRef(Options.ObjectFilenameForDebug));
  addMCOptions(Key, Options.MCOptions, WithCodeView);
}

void hapax::addTargetMachine(KeyBuilder &Key, TargetMachine &TM,
                             bool WithCodeView) {
  Key.add("machine.target", TM.getTarget().getName());
  Key.add("machine.triple", TM.getTargetTriple().str());
  Key.add("machine.cpu", TM.getTargetCPU());
  Key.add("machine.features", TM.getTargetFeatureString());
  Key.add("machine.data-layout",
          TM.createDataLayout().getStringRepresentation());
  Key.add("machine.relocation-model", TM.getRelocationModel());
  Key.add("machine.code-model", TM.getCodeModel());
  Key.add("machine.large-data-threshold", largeDataThresholdOf(TM));
  Key.add("machine.level", TM.getOptLevel());
  Key.add("machine.structured-cfg", TM.requiresStructuredCFG());
  Key.add("machine.O0-wants-fast-isel", TM.getO0WantsFastISel());
  addTargetOptions(Key, TM.Options, WithCodeView);
  addProfile(Key, "machine.profile", TM.getPGOOption());
}

void hapax::addTuning(KeyBuilder &Key, const PipelineTuningOptions &Tuning) {
#define TUNING_NUMBER(Name) Key.add("tuning." #Name, Tuning.Name);
#include "TargetFields.def"
}

void hapax::addProfile(KeyBuilder &Key, StringRef Prefix,
                       const std::optional<PGOOptions> &Profile) {
  if (!Profile)
    return;
  std::string Tag = Prefix.str() + ".";
#define PROFILE_STRING(Name) Key.add(Tag + #Name, StringRef(Profile->Name));
#define PROFILE_NUMBER(Name) Key.add(Tag + #Name, Profile->Name);
#include "TargetFields.def"
}

void hapax::addContext(KeyBuilder &Key, const LLVMContext &Context) {
  Key.add("context.discard-names", Context.shouldDiscardValueNames());
  Key.add("context.odr-uniquing", Context.isODRUniquingDebugTypes());
  Key.add("context.hotness", Context.getDiagnosticsHotnessRequested());
  if (!Context.isDiagnosticsHotnessThresholdSetFromPSI())
    Key.add("context.hotness-threshold",
            Context.getDiagnosticsHotnessThreshold());
  Key.add("context.misexpect", Context.getMisExpectWarningRequested());
  Key.add("context.misexpect-tolerance",
          Context.getDiagnosticsMisExpectTolerance());
}

std::optional<BypassInfo>
hapax::findTargetBypass(const TargetOptions &Options) {
  if (!Options.MCOptions.SplitDwarfFile.empty())
    return BypassInfo(BypassReason::SplitDwarf,
                      Options.MCOptions.SplitDwarfFile);
  if (!Options.StackUsageOutput.empty())
    return BypassInfo(BypassReason::StackUsage, Options.StackUsageOutput);
  if (!Options.MCOptions.AsSecureLogFile.empty())
    return BypassInfo(BypassReason::SecureLog,
                      Options.MCOptions.AsSecureLogFile);
  return std::nullopt;
}

std::optional<BypassInfo> hapax::findContextBypass(const LLVMContext &Context) {
  if (Context.getMainRemarkStreamer() || Context.getLLVMRemarkStreamer())
    return BypassInfo(BypassReason::OptimisationRecord);
  const DiagnosticHandler *Handler = Context.getDiagHandlerPtr();
  if (Handler && Handler->isAnyRemarkEnabled())
    return BypassInfo(BypassReason::Remarks);
  if (timeTraceProfilerEnabled())
    return BypassInfo(BypassReason::TimeTrace);
  if (TimePassesIsEnabled || AreStatisticsEnabled())
    return BypassInfo(BypassReason::Statistics);
  return std::nullopt;
}
