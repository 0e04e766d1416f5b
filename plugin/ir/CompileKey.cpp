//===- CompileKey.cpp - The command side of the key -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Problem: the same module compiles to different bytes under other options,
// another compiler, other profiles. Every such influence must be in the key.
// Idea: two independent descriptions are keyed together: what the tool was told
// (its arguments) and what it made of that (LLVM's option objects). Each covers
// holes of the other. Where neither is certain, the compile is a bypass.
// Invariant: equal descriptions and equal modules give equal output; a compile
// that writes anything besides its output, or prints, has no description.
// Cost: 0.3 to 0.5 ms the first time in a process, below 0.1 ms from then on
// (without the walk for inline assembly).
//
//===----------------------------------------------------------------------===//
#include "hapax/IR/CompileKey.h"
#include "Arguments.h"
#include "AsmScanner.h"
#include "BackEndBypass.h"
#include "BuildIds.h"
#include "ConfigFiles.h"
#include "FileInputs.h"
#include "PassBuilderAccess.h"
#include "TargetFields.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/OptBisect.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Target/TargetMachine.h"

using namespace hapax;
using namespace llvm;

/// Changes whenever the meaning of a field does.
static constexpr unsigned KeyFormat = 1;

namespace {
/// Works through one description; a step that finds a reason ends it.
class Describer {
public:
  Describer(const CompileSite &Site, const HostProcess &Process)
      : Site(Site), Process(Process),
        TM(Site.TM || !Site.PB ? Site.TM : targetMachineOf(*Site.PB)) {}

  std::expected<CompileDescription, BypassInfo> run();

private:
  using Step = std::optional<BypassInfo>;

  Step readCommand();
  Step findModuleBypass() const;
  Step settleKind();
  Step addTools();
  Step addArguments();
  Step addConfiguration();
  Step addPipeline();
  Step addLlvmOptions();
  bool addJitArguments(StringRef Name, const cl::Option &Option);
  Step addFiles();
  void addMachine();

  const CompileSite &Site;
  const HostProcess &Process;
  TargetMachine *TM;
  CompileDescription Result;
  ArgumentSummary Arguments;
  KeyBuilder Key;
};
} // namespace

Describer::Step Describer::readCommand() {
  if (Site.Jit) {
    Result.Inv.Tool = HostTool::Jit;
    Arguments.Kind = OutputKind::Object;
    return std::nullopt;
  }
  StringRef Flattened =
      TM ? StringRef(TM->Options.MCOptions.CommandlineArgs) : StringRef();
  auto Inv = readInvocation(Process, Flattened);
  if (!Inv)
    return Inv.error();
  Result.Inv = std::move(*Inv);
  StringRef Inputs[] = {Site.M.getSourceFileName(),
                        Site.M.getModuleIdentifier()};
  auto Summary = summariseArguments(Result.Inv, Inputs, Process.OwnLibrary);
  if (!Summary)
    return Summary.error();
  Arguments = std::move(*Summary);
  return std::nullopt;
}

Describer::Step Describer::findModuleBypass() const {
  // Tools read all of a module before they compile it, and what gates their
  // passes is an option.
  if (Site.Jit && !Site.M.isMaterialized())
    return BypassInfo(BypassReason::UnreadModule, Site.M.getModuleIdentifier());
  if (Site.Jit && Site.M.getContext().getOptPassGate().isEnabled())
    return BypassInfo(BypassReason::HiddenOption, "the context's pass gate");
  if (Step Found = findContextBypass(Site.M.getContext()))
    return Found;
  if (TM) {
    if (Step Found = findTargetBypass(TM->Options))
      return Found;
    if (Step Found = findBackEndBypass(Site.M, *TM, Result.Kind))
      return Found;
  }
  if (Process.Environment.contains("AS_SECURE_LOG_FILE"))
    return BypassInfo(BypassReason::SecureLog, "AS_SECURE_LOG_FILE");
  if (Site.M.getNamedMetadata("llvm.gcov"))
    return BypassInfo(BypassReason::GcovNotes, "llvm.gcov");
  if (!Site.WrappedPipeline.empty())
    if (Step Found = findPipelineBypass(Site.WrappedPipeline))
      return Found;
  if (Result.Kind == OutputKind::Bitcode)
    return std::nullopt; // nothing is assembled yet
  return Site.DefersAsmScan ? findModuleAsmBypass(Site.M)
                            : findAsmBypass(Site.M);
}

/// The arguments tell what is made; code generation's file type, where it is
/// known, must agree.
Describer::Step Describer::settleKind() {
  std::optional<OutputKind> Kind = Arguments.Kind;
  if (Site.FileType) {
    if (*Site.FileType == CodeGenFileType::Null)
      return BypassInfo(BypassReason::NoOutput, "no file type");
    OutputKind Now = *Site.FileType == CodeGenFileType::ObjectFile
                         ? OutputKind::Object
                         : OutputKind::Assembly;
    if (Kind && *Kind != Now)
      return BypassInfo(BypassReason::UnclearOutput,
                        "arguments and code generation differ");
    Kind = Now;
  }
  if (!Kind)
    return BypassInfo(BypassReason::UnclearOutput, "no file type");
  Result.Kind = *Kind;
  Result.VerifyIR = Arguments.VerifyIR;
  Key.add("output", Result.Kind);
  return std::nullopt;
}

Describer::Step Describer::addTools() {
  Key.add("tool", StringRef(name(Result.Inv.Tool)));
  const auto &Objects = loadedObjects();
  if (!Objects)
    return Objects.error();
  for (const LoadedObject &Object : *Objects)
    Key.add("build-id " + Object.Name, StringRef(Object.Id));
  return std::nullopt;
}

Describer::Step Describer::addArguments() {
  if (Site.Jit) {
    Key.add("recipe", Site.Jit->Recipe);
    addEnvironment(Key, Process, Result.Inv);
    return std::nullopt;
  }
  Key.add("arguments", Result.Inv.IsFrontend ? "front end" : "driver or tool");
  // The driver's name chooses language and target.
  if (Result.Inv.Tool == HostTool::Clang && !Result.Inv.IsFrontend)
    Key.add("program", StringRef(Result.Inv.ProgramName));
  for (const std::string &Arg : Arguments.Kept)
    Key.add("argument", StringRef(Arg));
  addEnvironment(Key, Process, Result.Inv);
  return std::nullopt;
}

/// Configuration files stand before the command line, so only their last word
/// on the kind of output could be overruled by it; one that has a word on that
/// is refused.
Describer::Step Describer::addConfiguration() {
  if (Result.Inv.Tool != HostTool::Clang || Result.Inv.IsFrontend)
    return std::nullopt;
  auto Files = findConfigFiles(Process, Result.Inv);
  if (!Files)
    return Files.error();
  for (const ConfigFile &File : *Files) {
    for (StringRef Arg : File.Args)
      if (Arg.starts_with("-flto") || Arg.starts_with("-emit-") ||
          Arg == "-Xclang" || Arg.starts_with("-Xclang=") || Arg == "-S")
        return BypassInfo(BypassReason::UnclearOutput,
                          File.Path + ": " + Arg.str());
    Invocation Inv = Result.Inv;
    Inv.Args = File.Args;
    Inv.Args.push_back("-c"); // a file need not say what is made
    auto Summary = summariseArguments(Inv, {}, Process.OwnLibrary);
    if (!Summary)
      return Summary.error();
    Key.add("config-file", StringRef(File.Path));
    for (const std::string &Arg : Summary->Kept) {
      Key.add("config-argument", StringRef(Arg));
      Arguments.Kept.push_back(Arg); // for the files that it names
    }
  }
  return std::nullopt;
}

Describer::Step Describer::addPipeline() {
  Key.add("wrapped-pipeline", Site.WrappedPipeline);
  if (Site.Level) {
    Key.add("level.speed", Site.Level->getSpeedupLevel());
    Key.add("level.size", Site.Level->getSizeLevel());
  }
  if (!Site.PB)
    return std::nullopt;
  addTuning(Key, tuningOf(*Site.PB));
  addProfile(Key, "profile", profileOf(*Site.PB));
  if (!Site.Level)
    return std::nullopt;
  Key.add("pipeline", StringRef(describePipeline(*Site.PB, *Site.Level)));
  return std::nullopt;
}

/// Keys the arguments of a JIT that set the option \p Name. Whether these are
/// all that did.
bool Describer::addJitArguments(StringRef Name, const cl::Option &Option) {
  bool IsPrefix = Option.getFormattingFlag() == cl::Prefix ||
                  Option.getFormattingFlag() == cl::AlwaysPrefix;
  ArrayRef<std::string> Rest = Site.Jit->LlvmArguments;
  auto Keep = [&](StringRef Arg) {
    Key.add("llvm-argument", Arg);
    if (!Arg.empty())
      Arguments.Kept.push_back(Arg.str()); // for the files that it names
  };
  int Found = 0;
  while (!Rest.empty()) {
    StringRef Arg = Rest.front(), Value = Arg;
    Rest = Rest.drop_front();
    if (!Value.consume_front("--") && !Value.consume_front("-"))
      continue;
    if (!Value.consume_front(Name) ||
        !(Value.empty() || Value.starts_with("=") || IsPrefix))
      continue;
    ++Found;
    Keep(Arg);
    // The value may stand by itself.
    if (Value.empty() && !Rest.empty())
      Keep(Rest.front());
  }
  return Found == Option.getNumOccurrences() && !Option.getNumAdditionalVals();
}

/// Options that were set by other ways than the arguments that we see are
/// caught here by name. (LLVM has no way to print one option's value to a
/// string; values stand in the arguments, or for a JIT they have to.)
Describer::Step Describer::addLlvmOptions() {
  SmallVector<std::pair<StringRef, const cl::Option *>> Occurred;
  for (auto &[Name, Option] : cl::getRegisteredOptions())
    if (Option->getNumOccurrences())
      Occurred.emplace_back(Name, Option);
  llvm::sort(Occurred, less_first());
  for (auto [Name, Option] : Occurred) {
    if (Name.starts_with("hapax-"))
      continue;
    // What is done with the result, after everything that is cached.
    if (!Site.Jit && is_contained({"o", "S", "f", "disable-output",
                                   "load-pass-plugin", "load"},
                                  Name))
      continue;
    if (Step Found = findOptionBypass(Name))
      return Found;
    Key.add(("llvm-option " + Name).str(), Option->getNumOccurrences());
    if (Site.Jit && !addJitArguments(Name, *Option))
      return BypassInfo(BypassReason::HiddenOption, "-" + Name.str());
  }
  return std::nullopt;
}

void Describer::addMachine() {
  if (!TM)
    return;
  bool WithCodeView = Site.M.getModuleFlag("CodeView") != nullptr;
  addTargetMachine(Key, *TM, WithCodeView);
}

Describer::Step Describer::addFiles() {
  FileInputs Files(Key, Arguments.WorkingDirectory);
  bool IsTool = Result.Inv.Tool == HostTool::Opt ||
                Result.Inv.Tool == HostTool::Llc || Site.Jit;
  bool IsLlvmOption = false; // the argument before was -mllvm
  bool UsesDefaultProfile = false;
  for (StringRef Arg : Arguments.Kept) {
    if (Step Found = Files.addNamedIn(Arg, IsTool || IsLlvmOption))
      return Found;
    IsLlvmOption = Arg == "-mllvm" || Arg == "-mmlir";
    UsesDefaultProfile |=
        Arg == "-fprofile-use" || Arg == "-fprofile-instr-use";
  }
  if (UsesDefaultProfile)
    if (Step Found = Files.addFile("default.profdata"))
      return Found;
  auto AddProfile = [&](const std::optional<PGOOptions> &Profile) -> Step {
    if (!Profile)
      return std::nullopt;
    if (Profile->Action == PGOOptions::IRUse ||
        Profile->Action == PGOOptions::SampleUse ||
        Profile->CSAction == PGOOptions::CSIRUse)
      if (Step Found = Files.addFile(Profile->ProfileFile))
        return Found;
    if (Step Found = Files.addFile(Profile->ProfileRemappingFile))
      return Found;
    return Files.addFile(Profile->MemoryProfile);
  };
  if (Site.PB)
    if (Step Found = AddProfile(profileOf(*Site.PB)))
      return Found;
  return TM ? AddProfile(TM->getPGOOption()) : std::nullopt;
}

std::expected<CompileDescription, BypassInfo> Describer::run() {
  Key.add("format", KeyFormat);
  using Member = Step (Describer::*)();
  for (Member Do : std::initializer_list<Member>{
           &Describer::readCommand, &Describer::settleKind,
           &Describer::addTools, &Describer::addArguments,
           &Describer::addConfiguration, &Describer::addPipeline,
           &Describer::addLlvmOptions, &Describer::addFiles})
    if (Step Found = (this->*Do)())
      return std::unexpected(*Found);
  if (Step Found = findModuleBypass())
    return std::unexpected(*Found);
  addMachine();
  addContext(Key, Site.M.getContext());
  Result.Command = Key.finish();
  Result.Fields = Key.takeFields();
  return std::move(Result);
}

std::expected<CompileDescription, BypassInfo>
hapax::describeCompile(const CompileSite &Site, const HostProcess &Process) {
  return Describer(Site, Process).run();
}

std::expected<CompileDescription, BypassInfo>
hapax::describeCompile(const CompileSite &Site) {
  return describeCompile(Site, HostProcess::current());
}

std::string hapax::describePipeline(PassBuilder &PB, OptimizationLevel Level) {
  ModulePassManager Pipeline = PB.buildPerModuleDefaultPipeline(Level);
  std::string Text;
  raw_string_ostream OS(Text);
  Pipeline.printPipeline(OS, [](StringRef ClassName) { return ClassName; });
  return Text;
}

CacheKey hapax::compileKey(const CompileDescription &Description,
                           KeyLevel Level, const Digest &ModuleHash,
                           StringRef Namespace) {
  Hasher Hash;
  Hash.add(std::string_view("hapax-key"));
  Hash.add(KeyFormat);
  Hash.add(Level);
  Hash.add(Description.Kind);
  Hash.add(Description.Command);
  Hash.add(ModuleHash);
  Hash.add(std::string_view(Namespace.data(), Namespace.size()));
  return Hash.finish();
}
