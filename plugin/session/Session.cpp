//===- Session.cpp - What one process shares between its compiles ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Session.h"
#include "Options.h"
#include "hapax/Cache/LatencyCounters.h"
#include "hapax/Store/DaemonTier.h"
#include "hapax/Store/DiskStore.h"
#include "hapax/Store/Layout.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <array>
#include <cstdlib>
#include <deque>

using namespace llvm;

namespace hapax {

Session &Session::get() {
  // Never destroyed: the compiler may still call us while the process ends.
  static Session *TheSession = [] {
    auto *New =
        new Session(Config::load(ConfigSources::process(givenOptions())));
    New->IsOfProcess = true;
    return New;
  }();
  return *TheSession;
}

Session::Session(Config Settings)
    : Configuration(std::move(Settings)), Logger(Configuration.LogFile) {
  for (const std::string &Warning : Configuration.Warnings)
    warn(Warning);
  if (Configuration.Disable || Configuration.Directory.empty())
    return;
  if (!Configuration.ReadOnly)
    sys::fs::create_directories(versionDirectory(Configuration.Directory));
  Counts = Counters::open(countersFile(Configuration.Directory),
                          Configuration.ReadOnly);
}

std::unique_ptr<Tier> Session::openDisk() {
  std::expected<std::unique_ptr<DiskStore>, TierError> Disk =
      DiskStore::open(diskStoreOptions(Configuration));
  if (!Disk) {
    // Reading a cache that is not there is no fault of anybody's.
    if (Configuration.ReadOnly &&
        Disk.error().Reason == TierError::Kind::Unavailable)
      log(Disk.error().Message);
    else
      noteError(Disk.error());
    return nullptr;
  }
  if (IsOfProcess) {
    // The store enforces its size limit when it is closed.
    static DiskStore *ToClose = Disk->get();
    std::atexit([] { ToClose->close(); });
  }
  return std::move(*Disk);
}

std::unique_ptr<Tier> Session::openDaemon() {
  if (Configuration.Daemon == DaemonUse::Off)
    return nullptr;
  DaemonClientOptions Options = daemonClientOptions(Configuration);
  // Most users have no daemon, and need not hear of it.
  if (!sys::fs::exists(Options.Socket))
    return nullptr;
  return std::make_unique<DaemonTier>(std::move(Options),
                                      Configuration.ReadOnly);
}

TierStack *Session::tiers() {
  std::call_once(TiersOpened, [this] {
    std::array<std::unique_ptr<Tier>, 2> Opened = {openDisk(), openDaemon()};
    if (Configuration.Daemon == DaemonUse::BeforeDisk)
      std::swap(Opened[0], Opened[1]);
    auto Stack = std::make_unique<TierStack>();
    for (std::unique_ptr<Tier> &Lower : Opened)
      if (Lower)
        Stack->add(std::move(Lower));
    if (Stack->size())
      Tiers = std::move(Stack);
  });
  return Tiers.get();
}

void Session::countTiers() {
  std::lock_guard Guard(TierCountsLock);
  TierCounts.resize(Tiers->size());
  for (size_t I = 0; I < Tiers->size(); ++I) {
    TierCounters Now = Tiers->tier(I).counters();
    TierCounters &Before = TierCounts[I].Counts;
    std::string Name(Tiers->tier(I).name());
    std::string Prefix = "tier." + Name + ".";
    count(Prefix + "hits", Now.Hits - Before.Hits);
    count(Prefix + "misses", Now.Misses - Before.Misses);
    count(Prefix + "errors", Now.Errors - Before.Errors);
    count(Prefix + "stores", Now.Puts - Before.Puts);
    count(Prefix + "read_bytes", Now.BytesRead - Before.BytesRead);
    count(Prefix + "written_bytes", Now.BytesWritten - Before.BytesWritten);
    Before = Now;
    Latencies Times = Tiers->hitTimes(I);
    addLatencies(Counts, Name, Times.since(TierCounts[I].HitTimes));
    TierCounts[I].HitTimes = Times;
  }
}

void Session::noteError(const TierError &Error) {
  count("error");
  if (Error.Reason == TierError::Kind::Corrupt)
    count("store.corrupt");
  count(("store.error." + std::string(name(Error.Reason))));
  warn(Error.Message);
}

std::optional<EntryInfo> Session::fetch(const CacheKey &Key, PayloadKind Kind,
                                        Bytes &Into) {
  TierStack *Stack = tiers();
  if (!Stack)
    return std::nullopt;
  ContainerSink Sink(Into);
  std::expected<std::optional<EntryInfo>, TierError> Got =
      Stack->get(Key, Sink);
  countTiers();
  if (!Got) {
    noteError(Got.error());
    return std::nullopt;
  }
  if (!*Got || (*Got)->Kind != Kind)
    return std::nullopt;
  count("bytes.read", Into.size());
  return **Got;
}

std::vector<std::optional<Session::Fetched>>
Session::fetchMany(ArrayRef<CacheKey> Keys, PayloadKind Kind) {
  std::vector<std::optional<Fetched>> Result(Keys.size());
  TierStack *Stack = tiers();
  if (!Stack)
    return Result;
  std::vector<Bytes> Payloads(Keys.size());
  std::deque<ContainerSink<Bytes>> Sinks;
  std::vector<Tier::Request> Requests;
  for (size_t N = 0; N != Keys.size(); ++N)
    Requests.push_back({Keys[N], &Sinks.emplace_back(Payloads[N])});
  std::vector<Tier::Answer> Answers = Stack->getMany(Requests);
  countTiers();
  for (size_t N = 0; N != Keys.size(); ++N) {
    if (!Answers[N]) {
      noteError(Answers[N].error());
    } else if (*Answers[N] && (*Answers[N])->Kind == Kind) {
      count("bytes.read", Payloads[N].size());
      Result[N] = {**Answers[N], std::move(Payloads[N])};
    }
  }
  return Result;
}

void Session::store(ArrayRef<CacheKey> Keys, PayloadKind Kind,
                    ArrayRef<char> Payload, uint32_t CostMs) {
  if (Configuration.ReadOnly)
    return;
  TierStack *Stack = tiers();
  if (!Stack)
    return;
  for (const CacheKey &Key : Keys) {
    if (Configuration.Recache)
      remove(Key);
    std::expected<void, TierError> Put =
        Stack->put(Key, Kind, std::as_bytes(std::span(Payload)), CostMs);
    countTiers();
    if (!Put)
      return noteError(Put.error());
  }
  count("bytes.written", Payload.size());
}

void Session::remove(const CacheKey &Key) {
  TierStack *Stack = Configuration.ReadOnly ? nullptr : tiers();
  if (!Stack)
    return;
  if (std::expected<void, TierError> Removed = Stack->remove(Key); !Removed)
    noteError(Removed.error());
}

void Session::reportMismatch(const CacheKey &Key, StringRef Source,
                             StringRef Stored, StringRef Fresh) {
  count("verify.mismatch");
  remove(Key);
  std::string Kept = keepAside(Key, Stored, Fresh);
  warnOnce(WarnedOfMismatch,
           "verification failed for " + Source +
               ": the cached result differs from the compiled one; the entry "
               "is removed and both are kept in " +
               Kept);
}

std::string Session::keepAside(const CacheKey &Key, StringRef Stored,
                               StringRef Fresh) {
  std::string Folder = mismatchDirectory(Configuration.Directory);
  sys::fs::create_directories(Folder);
  std::string Base = Folder + "/" + Key.hex();
  for (auto [Suffix, Content] :
       {std::pair(".stored", Stored), {".fresh", Fresh}}) {
    std::error_code Failed;
    raw_fd_ostream File(Base + Suffix, Failed);
    if (!Failed)
      File << Content;
    File.close();
    File.clear_error();
  }
  return Base + ".{stored,fresh}";
}

void Session::count(StringRef Name, uint64_t Amount) {
  if (Amount)
    Counts.add(Name, Amount);
}

void Session::record(const CompileRecord &Record) {
  if (Logger)
    log(Record.Source + ": " + Record.Outcome + " (" + Record.Reason +
        (Record.Detail.empty() ? "" : ": " + Record.Detail) + ")");
  if (!Configuration.ReadOnly)
    Record.write(Configuration);
}

void Session::log(const Twine &Line) {
  if (Logger)
    Logger.write(Line.str());
}

void Session::warn(const Twine &Line) { warnOnce(Warned, Line); }

void Session::warnOnce(std::once_flag &Already, const Twine &Line) {
  log("warning: " + Line);
  std::call_once(Already,
                 [&] { errs() << "hapax: warning: " << Line << '\n'; });
}

} // namespace hapax
