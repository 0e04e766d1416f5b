//===- ModuleCompile.cpp - One module on its way through a compiler -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "ModuleCompile.h"
#include "Session.h"
#include "hapax/Concurrency/ThreadCpuTime.h"
#include "hapax/IR/SymbolTables.h"
#include "shard/ShardedCompile.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <mutex>
#include <utility>

using namespace llvm;

namespace hapax {

static PayloadKind payloadKind(OutputKind Kind) {
  switch (Kind) {
  case OutputKind::Object:
    return PayloadKind::Object;
  case OutputKind::Assembly:
    return PayloadKind::Assembly;
  case OutputKind::Bitcode:
    return PayloadKind::Bitcode;
  }
  llvm_unreachable("covered switch");
}

/// Stands for the ordinal of a pipeline in the key of a module that no pass has
/// seen yet.
constexpr unsigned BeforeAllPasses = ~0u;

static StringRef text(const Bytes &B) { return {B.data(), B.size()}; }

/// The module is gone and its output cannot be had: a silent loss would be
/// worse than a failed compile.
[[noreturn]] static void failHard(const char *Why) {
  report_fatal_error("hapax: internal error: " + Twine(Why) +
                         "; set HAPAX_DISABLE=1 for this compile and report "
                         "its command line",
                     /*gen_crash_diag=*/false);
}

/// What the process had spent when it first asked here.
static uint64_t frontUs() {
  static const uint64_t Us = processCpuNs() / 1000;
  return Us;
}

void ModuleCompile::reset() {
  Now = State::Idle;
  Description.reset();
  Entry.reset();
  Payload.clear();
  Stored.reset();
  Verifying = false;
  StoresSource = true;
  Watch = DiagnosticWatch();
  Record = CompileRecord();
  Kept.reset();
  SpentCpuNs = 0;
  StartedCpuNs = threadCpuNs();
  Started = std::chrono::steady_clock::now();
  frontUs();
}

uint64_t ModuleCompile::spentCpuNs() const {
  return SpentCpuNs + (threadCpuNs() - StartedCpuNs);
}

void ModuleCompile::enterThread() { StartedCpuNs = threadCpuNs(); }

/// The source file: what clang, opt and llc call the module; flang calls every
/// module the same, but its last argument is the input.
static std::string sourceOf(const Module &M, const Invocation &Inv) {
  return Inv.Tool == HostTool::Flang && !Inv.Args.empty()
             ? Inv.Args.back()
             : M.getModuleIdentifier();
}

/// The file that the command makes, where it names one. What the compiler's
/// process was called with, since clang keeps the name from its front end.
static std::string outputOf(const HostProcess &Process) {
  for (size_t I = Process.Argv.size(); I-- > 1;)
    if (Process.Argv[I - 1] == "-o")
      return Process.Argv[I] == "-" ? std::string() : Process.Argv[I];
  return {};
}

void ModuleCompile::describe(const CompileSite &Site) {
  Record.Source = Site.M.getModuleIdentifier();
  Record.Output = outputOf(Process);
  std::expected<CompileDescription, BypassInfo> Described =
      describeCompile(Site, Process);
  if (!Described) {
    bypass(Described.error());
    return;
  }
  Description = std::move(*Described);
  Record.Source = sourceOf(Site.M, Description->Inv);
  Record.Kind = std::string(name(Description->Kind));
}

void ModuleCompile::describeStart(const Module &M,
                                  std::optional<OptimizationLevel> Level,
                                  StringRef Wrapped) {
  describe({.M = M,
            .TM = nullptr,
            .PB = Builder,
            .Level = Level,
            .WrappedPipeline = Wrapped,
            .FileType = std::nullopt,
            .DefersAsmScan = true});
}

void ModuleCompile::bypass(const BypassInfo &Why) {
  Now = State::Bypassed;
  StringRef Reason = name(Why.Reason);
  Session::get().count("bypass");
  Session::get().count(("bypass." + Reason).str());
  finishRecord("bypass", Reason, Why.Detail);
}

void ModuleCompile::finishRecord(StringRef Outcome, StringRef Reason,
                                 StringRef Detail) {
  Record.Outcome = Outcome.str();
  Record.Reason = Reason.str();
  Record.Detail = Detail.str();
  Record.CostMs = costMs();
  Record.WallUs = std::chrono::duration_cast<std::chrono::microseconds>(
                      std::chrono::steady_clock::now() - Started)
                      .count();
  static std::atomic<bool> FrontTold = false;
  Record.FrontUs = FrontTold.exchange(true) ? 0 : frontUs();
  Record.Namespace = Session::get().config().Namespace;
  Session::get().record(Record);
}

ModuleHash ModuleCompile::hashOf(const Module &M) const {
  // Sanitizers write the module's name into the object.
  return ModuleHash(M, {.Kind = Description->Kind, .ModuleName = true});
}

CacheKey ModuleCompile::keyOf(const Module &M, const ModuleHash &Hash,
                              KeyLevel Level) {
  bool IsSource = Level == KeyLevel::SourceIR;
  Digest SymbolTables = symbolTableDigest(M, Description->Kind);
  Description->Fields.push_back(
      {IsSource ? "symbol-tables" : "late-symbol-tables", SymbolTables.hex()});
  if (IsSource)
    Description->Fields.push_back(
        {"taken", Ordinal == BeforeAllPasses
                      ? "before all passes"
                      : "at the start of pipeline " + utostr(Ordinal)});
  Hasher All;
  All.add(Hash.digest());
  All.add(SymbolTables);
  All.add(IsSource ? Ordinal : 0);
  // Shards are optimised apart: the code is not that of the whole.
  if (IsSource && Session::get().config().Shards) {
    Description->Fields.push_back({"shards", "wanted"});
    All.add(std::string_view("shards"));
    All.add(Session::get().config().ShardsMin);
  }
  return compileKey(*Description, Level, All.finish(),
                    Session::get().config().Namespace);
}

std::optional<EntryInfo> ModuleCompile::lookUp(const CacheKey &Key) {
  TimeTraceScope Span("Hapax: look up");
  if (Session::get().config().Recache)
    return std::nullopt;
  return Session::get().fetch(Key, payloadKind(Description->Kind), Payload);
}

void ModuleCompile::hit(const EntryInfo &Found, StringRef Level) {
  Session &S = Session::get();
  S.count("hit");
  S.count(("hit." + Level).str());
  uint32_t Spent = costMs();
  Record.SavedMs = Found.CostMs > Spent ? Found.CostMs - Spent : 0;
  Record.Tier = Found.Tier;
  S.count("saved.ms", Record.SavedMs);
  finishRecord("hit", Level);
}

void ModuleCompile::missed() {
  const Config &Settings = Session::get().config();
  missed(Settings.Recache    ? "recache"
         : Settings.ReadOnly ? "readonly"
                             : "absent");
}

void ModuleCompile::missed(StringRef Why) {
  Session::get().count("miss");
  Session::get().count(("miss." + Why).str());
  finishRecord("miss", Why);
}

void ModuleCompile::takeSourceKey(const Module &M) {
  ModuleHash Hash = hashOf(M);
  SourceKey = keyOf(M, Hash, KeyLevel::SourceIR);
  Record.setKey(SourceKey, Hash, M);
  Record.Fields = Description->Fields;
}

bool ModuleCompile::usesSourceKey() const {
  // The driver's arguments only let us guess what is to be made. Bitcode can be
  // put in place all the same, but a module is not emptied on a guess: there,
  // only the second level hits.
  return Description->Inv.IsFrontend ||
         Description->Kind == OutputKind::Bitcode;
}

void ModuleCompile::expectMiss(const Module &M) {
  Now = State::Missed;
  Watch.install(M.getContext());
}

void ModuleCompile::expectStart(OptimizationLevel Level) {
  // Several pipelines: which of them is about to start cannot be told.
  ExpectedLevel = PipelinesBuilt++ == 0 ? std::optional(Level) : std::nullopt;
}

bool ModuleCompile::lookAhead(const Module &M) {
  if (Now != State::Idle || Inside || !ExpectedLevel)
    return false;
  OptimizationLevel Level = *ExpectedLevel;
  ExpectedLevel.reset();
  HostTool Tool = hostToolOf(Process.Executable);
  if (Tool != HostTool::Clang && Tool != HostTool::Flang)
    return false;

  reset();
  {
    TimeTraceScope Span("Hapax: key");
    describeStart(M, Level, /*Wrapped=*/"");
    LookedAhead = &M;
    if (Now == State::Bypassed)
      return true;
    if (!Description->Inv.IsFrontend ||
        Description->Kind == OutputKind::Bitcode) {
      LookedAhead = nullptr;
      return false;
    }
    Ordinal = BeforeAllPasses;
    takeSourceKey(M);
  }
  Entry = lookUp(SourceKey);
  Verifying = Entry && Session::get().config().Verify;
  if (Entry && !Verifying)
    Now = State::Found;
  else
    expectMiss(M);
  return true;
}

bool ModuleCompile::start(Module &M, std::optional<OptimizationLevel> Level,
                          StringRef Wrapped, unsigned OrdinalOfPipeline) {
  ExpectedLevel.reset();
  if (std::exchange(LookedAhead, nullptr) == &M) {
    if (Now != State::Found)
      return compileInShards(M, Level);
    leaveContentsToContext(M);
    Now = State::Emptied;
    return true;
  }

  identify(M, Level, Wrapped, OrdinalOfPipeline);
  return lookUpSource(M) || compileInShards(M, Level);
}

void ModuleCompile::identify(const Module &M,
                             std::optional<OptimizationLevel> Level,
                             StringRef Wrapped, unsigned OrdinalOfPipeline) {
  TimeTraceScope Span("Hapax: key");
  reset();
  Ordinal = OrdinalOfPipeline;
  describeStart(M, Level, Wrapped);
  if (Now != State::Bypassed)
    takeSourceKey(M);
}

bool ModuleCompile::lookUpSource(Module &M) {
  if (Now == State::Bypassed)
    return false;
  Session &S = Session::get();
  if (usesSourceKey())
    Entry = lookUp(SourceKey);
  if (Entry && S.config().Verify) {
    Verifying = true;
  } else if (Entry && Description->Kind == OutputKind::Bitcode) {
    Expected<StoredModule> Read =
        StoredModule::read(MemoryBufferRef(text(Payload), "hapax"), M);
    if (Read) {
      Stored = std::move(*Read);
      eraseContents(M);
      Now = State::Waiting;
      return true;
    }
    // The digest was right, so this is bitcode that the reader refuses.
    S.log("unreadable bitcode: " + toString(Read.takeError()));
    S.remove(SourceKey);
    Entry.reset();
  } else if (Entry) {
    leaveContentsToContext(M);
    Now = State::Emptied;
    return true;
  }
  expectMiss(M);
  return false;
}

void ModuleCompile::recordShards(
    const std::expected<ShardedObject, Refusal> &Made) {
  ShardRecord &Told = Record.Shards.emplace();
  if (!Made) {
    Told.Refused = name(Made.error()).str();
    return;
  }
  Told.Count = Made->Shards;
  Told.Compiled = Made->Compiled;
  for (const GlobalValue *GV :
       ArrayRef(Made->Dirty).take_front(RecordLimits::Dirty))
    Told.Dirty.push_back(GV->getName().str());
  Told.MoreDirty = Made->Dirty.size() - Told.Dirty.size();
}

bool ModuleCompile::compileInShards(Module &M,
                                    std::optional<OptimizationLevel> Level) {
  Session &S = Session::get();
  const Config &Settings = S.config();
  if (!Settings.Shards || Now != State::Missed || !Level ||
      Description->Kind != OutputKind::Object || !usesSourceKey() ||
      Watch.sawDiagnostic())
    return false;
  TimeTraceScope Span("Hapax: shards");
  StringRef Tier;
  ShardCache Cache;
  if (!Settings.Recache)
    Cache.Fetch = [&](ArrayRef<CacheKey> Keys) {
      std::vector<std::optional<ShardCache::Found>> Result;
      for (auto &Found : S.fetchMany(Keys, PayloadKind::Object))
        if (Found) {
          Tier = Found->Entry.Tier;
          Result.push_back({{std::move(Found->Payload), Found->Entry.CostMs}});
        } else {
          Result.emplace_back();
        }
      return Result;
    };
  Cache.Store = [&](const CacheKey &Key, const Bytes &Object, uint32_t Cost) {
    S.store(Key, PayloadKind::Object, Object, Cost);
  };
  Cache.Remove = [&](const CacheKey &Key) { S.remove(Key); };
  if (Settings.Verify)
    Cache.Differs = [&](const CacheKey &Key, const Bytes &Found,
                        const Bytes &Fresh) {
      reportMismatch(Key, text(Found), text(Fresh));
    };
  std::expected<ShardedObject, Refusal> Made =
      compileSharded({.M = M,
                      .Builder = *Builder,
                      .Level = *Level,
                      .Description = *Description,
                      .Namespace = Settings.Namespace,
                      .MinInstructions = Settings.ShardsMin,
                      .Jobs = Settings.Jobs},
                     Cache);
  recordShards(Made);
  Record.Tier = Tier.str();
  if (!Made) {
    StringRef Why = name(Made.error());
    S.count("shards.refused");
    S.count(("shards.refused." + Why).str());
    S.count("shards.functions-outside", count_if(M, [](const Function &F) {
              return !F.isDeclarationForLinker();
            }));
    S.log("compiled as a whole (" + Why + "): " + Record.Source);
    // What comes now is not what the source key stands for.
    StoresSource = Made.error() != Refusal::Resources;
    return false;
  }
  Watch.remove(M.getContext());
  S.count("shards.modules");
  S.count("shards.found", Made->Shards - Made->Compiled);
  S.count("shards.compiled", Made->Compiled);
  S.count("shards.functions", Made->Functions);
  S.count("shards.functions-outside", Made->FunctionsOutside);
  if (Verifying) {
    verify(Made->Object, SourceKey);
  } else {
    S.store(SourceKey, PayloadKind::Object, Made->Object, Made->CostMs);
    if (Made->Compiled == 0) {
      EntryInfo Whole;
      Whole.CostMs = Made->CostMs;
      Whole.Tier = Tier;
      hit(Whole, "shards");
    } else {
      missed("shards");
    }
  }
  Payload = std::move(Made->Object);
  Entry.reset();
  leaveContentsToContext(M);
  Now = State::Emptied;
  return true;
}

bool ModuleCompile::optimiserLast(Module &M) {
  if (Now == State::Waiting) {
    TimeTraceScope Span("Hapax: restore");
    std::move(*Stored).moveInto(M);
    Stored.reset();
    Now = State::Idle;
    hit(*Entry, "source-ir");
    return true;
  }
  if (Now != State::Missed || Description->Kind != OutputKind::Bitcode)
    return false;

  Now = State::Idle;
  Watch.remove(M.getContext());
  if (Watch.sawDiagnostic()) {
    bypass({BypassReason::BackendDiagnostic});
    return false;
  }
  TimeTraceScope Span("Hapax: store");
  Bytes Bitcode = writeBitcode(M);
  if (Verifying) {
    verify(Bitcode, SourceKey);
    return false;
  }
  Session::get().store(SourceKey, PayloadKind::Bitcode, Bitcode, costMs());
  missed();
  return false;
}

bool ModuleCompile::deliverObject(raw_pwrite_stream &OS) {
  OS << text(Payload);
  OS.flush();
  return true;
}

void ModuleCompile::reportMismatch(const CacheKey &Key, StringRef Stored,
                                   StringRef Fresh) {
  Session &S = Session::get();
  S.count("verify.mismatch");
  S.remove(Key);
  std::string Kept = S.keepAside(Key, Stored, Fresh);
  S.warnOfMismatch(
      "verification failed for " + Record.Source +
      ": the cached result differs from the compiled one; the entry is "
      "removed and both are kept in " +
      Kept);
}

bool ModuleCompile::verify(ArrayRef<char> Fresh, ArrayRef<CacheKey> Keys) {
  Session &S = Session::get();
  StringRef New(Fresh.data(), Fresh.size());
  bool Same = Description->Kind == OutputKind::Bitcode
                  ? isSameBitcode({New, "fresh"}, {text(Payload), "stored"})
                  : New == text(Payload);
  if (Same) {
    S.count("verify.match");
    hit(*Entry, "verified");
    return true;
  }
  for (const CacheKey &Key : Keys.drop_front())
    S.remove(Key);
  reportMismatch(Keys.front(), text(Payload), New);
  missed("verify-mismatch");
  return false;
}

bool ModuleCompile::generateCode(Module &M, TargetMachine &TM,
                                 CodeGenFileType FileType,
                                 raw_pwrite_stream &OS) {
  Session &S = Session::get();
  if (Now == State::Found || Now == State::Emptied) {
    TimeTraceScope Span("Hapax: deliver");
    if ((FileType == CodeGenFileType::ObjectFile) !=
            (Description->Kind == OutputKind::Object) ||
        FileType == CodeGenFileType::Null)
      failHard("the compiler asks for another kind of output than its command "
               "line says");
    Now = State::Idle;
    deliverObject(OS);
    if (Entry) // else it was counted when its shards were compiled
      hit(*Entry, "source-ir");
    return true;
  }
  if (Now == State::Bypassed)
    return false;

  bool SawSource = Now == State::Missed;
  if (!SawSource) {
    reset();
    describe({.M = M,
              .TM = &TM,
              .PB = nullptr,
              .Level = std::nullopt,
              .WrappedPipeline = {},
              .FileType = FileType,
              .DefersAsmScan = true});
    if (Now == State::Bypassed)
      return false;
    Watch.install(M.getContext());
  }
  OutputKind Wanted = FileType == CodeGenFileType::ObjectFile
                          ? OutputKind::Object
                          : OutputKind::Assembly;
  if (Description->Kind != Wanted) {
    Watch.remove(M.getContext());
    bypass({BypassReason::UnclearOutput,
            "the code generator was asked for another kind of file than the "
            "command line says"});
    return false;
  }

  SmallVector<CacheKey, 2> Keys;
  bool HasAsm = !M.getModuleInlineAsm().empty();
  {
    TimeTraceScope Span("Hapax: key of optimised IR");
    ModuleHash Hash = hashOf(M);
    HasAsm |= Hash.hasInlineAsm();
    Keys.push_back(keyOf(M, Hash, KeyLevel::OptimisedIR));
    if (!SawSource) {
      Record.setKey(Keys.front(), Hash, M);
      Record.Fields = Description->Fields;
    } else if (usesSourceKey() && StoresSource)
      Keys.push_back(SourceKey);
  }
  PayloadKind Kind = payloadKind(Wanted);
  // A compile that has already said something is not to be shortened: the
  // source key must not come to stand for a result without its diagnostics.
  if (!Verifying && !Watch.sawDiagnostic()) {
    Entry = lookUp(Keys.front());
    if (Entry && S.config().Verify) {
      Verifying = true;
    } else if (Entry) {
      Watch.remove(M.getContext());
      deliverObject(OS);
      if (SawSource && usesSourceKey())
        S.store(SourceKey, Kind, Payload, Entry->CostMs);
      hit(*Entry, "optimised-ir");
      Now = State::Idle;
      return true;
    }
  }

  // Assembly that reads files is never stored, so it never hits, and only a
  // miss pays for looking.
  if (std::optional<BypassInfo> Why; HasAsm && (Why = findAsmBypass(M))) {
    Watch.remove(M.getContext());
    bypass(*Why);
    return false;
  }
  Expected<Bytes> Code =
      hapax::generateCode(M, TM, FileType, Description->VerifyIR);
  Watch.remove(M.getContext());
  Now = State::Idle;
  if (!Code) {
    // Nothing has been written yet: the compiler tries for itself.
    bypass({BypassReason::UnclearOutput, toString(Code.takeError())});
    return false;
  }
  OS << text(*Code);
  OS.flush();
  TimeTraceScope Span("Hapax: store");
  if (Watch.sawDiagnostic()) {
    bypass({BypassReason::BackendDiagnostic});
  } else if (Verifying) {
    verify(*Code, Keys);
  } else {
    missed();
    if (KeepsStores)
      Kept = {std::move(Keys), Kind, std::move(*Code), costMs()};
    else
      S.store(Keys, Kind, *Code, costMs());
  }
  return true;
}

void ModuleCompile::storeKept() {
  if (Kept)
    Session::get().store(Kept->Keys, Kept->Kind, Kept->Code, Kept->CostMs);
  Kept.reset();
}

void ModuleCompile::checkWriter(StringRef PassClass) const {
  if ((Now == State::Found || Now == State::Emptied) &&
      (PassClass == "BitcodeWriterPass" || PassClass == "PrintModulePass" ||
       PassClass == "ThinLTOBitcodeWriterPass" ||
       PassClass == "EmbedBitcodePass"))
    failHard("the compiler writes IR after a hit that only serves object code");
}

namespace {
struct Registry {
  std::mutex Lock;
  DenseMap<const Module *, std::shared_ptr<ModuleCompile>> Compiles;
};
} // namespace

static Registry &registry() {
  static Registry TheRegistry;
  return TheRegistry;
}

void rememberCompile(const Module &M, std::shared_ptr<ModuleCompile> Compile) {
  std::lock_guard Guard(registry().Lock);
  registry().Compiles[&M] = std::move(Compile);
}

std::shared_ptr<ModuleCompile> takeCompileOf(const Module &M) {
  std::lock_guard Guard(registry().Lock);
  auto Found = registry().Compiles.find(&M);
  if (Found == registry().Compiles.end())
    return nullptr;
  std::shared_ptr<ModuleCompile> Compile = std::move(Found->second);
  registry().Compiles.erase(Found);
  return Compile;
}

} // namespace hapax
