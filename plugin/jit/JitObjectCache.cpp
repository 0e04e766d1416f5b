//===- JitObjectCache.cpp - The cache as ORC's ObjectCache ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Jit/JitObjectCache.h"
#include "Attempt.h"
#include "hapax/Concurrency/ThreadCpuTime.h"
#include "hapax/IR/CompileKey.h"
#include "hapax/IR/ModuleHash.h"
#include "hapax/IR/SymbolTables.h"
#include "session/Session.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;

namespace hapax {

struct JitObjectCache::State {
  State(std::unique_ptr<TargetMachine> TM, JitCacheOptions Given);

  /// Asks for \p M; what is to be remembered of it is in \p New.
  std::unique_ptr<MemoryBuffer> lookUp(const Module &M, Attempt &New);
  void finish(Attempt Done, const Module &M, MemoryBufferRef Object);

  void hit(Attempt &Found, const EntryInfo &Entry, StringRef Level);
  void missed(Attempt &Done, StringRef Why);
  void bypass(Attempt &Left, const BypassInfo &Why);
  void record(Attempt &Done, StringRef Outcome, StringRef Reason,
              StringRef Detail = {});

  /// Never compiles, so that nothing changes it while threads read it.
  const std::unique_ptr<TargetMachine> TM;
  const JitCacheOptions Options;
  const std::vector<std::string> LlvmArguments;
  const std::unique_ptr<Session> OwnSession;
  Session &S;
  Attempts Pending;
  std::atomic<uint64_t> Hits = 0, Misses = 0, Bypasses = 0;
};

static std::vector<std::string> argumentsOfProcess() {
  const std::vector<std::string> &Argv = HostProcess::current().Argv;
  return {Argv.begin() + !Argv.empty(), Argv.end()};
}

JitObjectCache::State::State(std::unique_ptr<TargetMachine> Machine,
                             JitCacheOptions Given)
    : TM(std::move(Machine)), Options(std::move(Given)),
      LlvmArguments(Options.LlvmArguments ? *Options.LlvmArguments
                                          : argumentsOfProcess()),
      OwnSession(Options.Settings ? std::make_unique<Session>(*Options.Settings)
                                  : nullptr),
      S(OwnSession ? *OwnSession : Session::get()) {}

static uint32_t costMs(const Attempt &A) {
  // Of another thread's clock nothing follows.
  return A.Thread == std::this_thread::get_id()
             ? (threadCpuNs() - A.StartedCpuNs) / 1'000'000
             : 0;
}

void JitObjectCache::State::record(Attempt &Done, StringRef Outcome,
                                   StringRef Reason, StringRef Detail) {
  Done.Record.Outcome = Outcome.str();
  Done.Record.Reason = Reason.str();
  Done.Record.Detail = Detail.str();
  Done.Record.CostMs = costMs(Done);
  Done.Record.WallUs = std::chrono::duration_cast<std::chrono::microseconds>(
                           std::chrono::steady_clock::now() - Done.Started)
                           .count();
  Done.Record.Namespace = S.config().Namespace;
  S.count(Outcome);
  S.count((Outcome + "." + Reason).str());
  S.record(Done.Record);
}

void JitObjectCache::State::hit(Attempt &Found, const EntryInfo &Entry,
                                StringRef Level) {
  ++Hits;
  uint32_t Spent = costMs(Found);
  Found.Record.SavedMs = Entry.CostMs > Spent ? Entry.CostMs - Spent : 0;
  Found.Record.Tier = Entry.Tier;
  S.count("saved.ms", Found.Record.SavedMs);
  record(Found, "hit", Level);
}

void JitObjectCache::State::missed(Attempt &Done, StringRef Why) {
  ++Misses;
  record(Done, "miss", Why);
}

void JitObjectCache::State::bypass(Attempt &Left, const BypassInfo &Why) {
  ++Bypasses;
  record(Left, "bypass", name(Why.Reason), Why.Detail);
}

std::unique_ptr<MemoryBuffer> JitObjectCache::State::lookUp(const Module &M,
                                                            Attempt &New) {
  TimeTraceScope Span("Hapax: look up");
  JitSetting Setting{.Recipe = Options.Recipe, .LlvmArguments = LlvmArguments};
  std::expected<CompileDescription, BypassInfo> Description = describeCompile(
      {.M = M, .TM = TM.get(), .DefersAsmScan = true, .Jit = &Setting});
  if (!Description) {
    bypass(New, Description.error());
    return nullptr;
  }
  ModuleHash Hash(M, {.Kind = OutputKind::Object, .ModuleName = true});
  Digest SymbolTables = symbolTableDigest(M, OutputKind::Object);
  Hasher All;
  All.add(Hash.digest());
  All.add(SymbolTables);
  New.Key = compileKey(*Description, KeyLevel::SourceIR, All.finish(),
                       S.config().Namespace);
  New.Record.setKey(New.Key, Hash, M);
  New.Record.Kind = std::string(name(OutputKind::Object));
  New.Record.Fields = std::move(Description->Fields);
  New.Record.Fields.push_back({"symbol-tables", SymbolTables.hex()});

  Bytes Object;
  std::optional<EntryInfo> Entry;
  if (!S.config().Recache)
    Entry = S.fetch(New.Key, PayloadKind::Object, Object);
  if (Entry && !S.config().Verify) {
    hit(New, *Entry, "jit");
    return std::make_unique<SmallVectorMemoryBuffer>(
        std::move(Object), M.getModuleIdentifier() + "-jitted-objectbuffer",
        /*RequiresNullTerminator=*/false);
  }
  // What is never stored is never hit, so only a miss pays for looking.
  if (Hash.hasInlineAsm() || !M.getModuleInlineAsm().empty())
    if (std::optional<BypassInfo> Why = findAsmBypass(M)) {
      bypass(New, *Why);
      return nullptr;
    }
  New.Entry = Entry;
  New.Stored = std::move(Object);
  Pending.add(std::move(New));
  return nullptr;
}

void JitObjectCache::State::finish(Attempt Done, const Module &M,
                                   MemoryBufferRef Object) {
  TimeTraceScope Span("Hapax: store");
  LLVMContext &Context = M.getContext();
  bool HeardAll = Done.Watch.isInstalled(Context);
  Done.Watch.remove(Context);
  StringRef Fresh = Object.getBuffer();
  if (!HeardAll || Done.Watch.sawDiagnostic())
    return bypass(Done, {BypassReason::BackendDiagnostic});
  if (Done.Entry) {
    StringRef Stored(Done.Stored.data(), Done.Stored.size());
    if (Fresh == Stored) {
      S.count("verify.match");
      return hit(Done, *Done.Entry, "verified");
    }
    S.reportMismatch(Done.Key, Done.Record.Source, Stored, Fresh);
    return missed(Done, "verify-mismatch");
  }
  missed(Done, S.config().Recache    ? "recache"
               : S.config().ReadOnly ? "readonly"
                                     : "absent");
  S.store(Done.Key, PayloadKind::Object, ArrayRef(Fresh.data(), Fresh.size()),
          costMs(Done));
}

JitObjectCache::JitObjectCache(std::unique_ptr<State> Impl)
    : Impl(std::move(Impl)) {}
JitObjectCache::~JitObjectCache() = default;

Expected<std::unique_ptr<JitObjectCache>>
JitObjectCache::create(orc::JITTargetMachineBuilder Builder,
                       JitCacheOptions Options) {
  Expected<std::unique_ptr<TargetMachine>> TM = Builder.createTargetMachine();
  if (!TM)
    return TM.takeError();
  return std::unique_ptr<JitObjectCache>(new JitObjectCache(
      std::make_unique<State>(std::move(*TM), std::move(Options))));
}

std::unique_ptr<MemoryBuffer> JitObjectCache::getObject(const Module *M) {
  if (Impl->S.config().Disable)
    return nullptr;
  Impl->Pending.forget(M->getContext());
  Attempt New;
  New.M = M;
  New.Thread = std::this_thread::get_id();
  New.StartedCpuNs = threadCpuNs();
  New.Started = std::chrono::steady_clock::now();
  New.Record.Source = M->getModuleIdentifier();
  return Impl->lookUp(*M, New);
}

void JitObjectCache::notifyObjectCompiled(const Module *M,
                                          MemoryBufferRef Object) {
  if (std::optional<Attempt> Done = Impl->Pending.take(*M))
    Impl->finish(std::move(*Done), *M, Object);
}

void JitObjectCache::notifyCompileFailed(const Module *M) {
  Impl->Pending.forget(M->getContext());
}

JitObjectCache::Counts JitObjectCache::counts() const {
  return {
      .Hits = Impl->Hits, .Misses = Impl->Misses, .Bypasses = Impl->Bypasses};
}

} // namespace hapax
