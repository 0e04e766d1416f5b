//===- Stats.cpp - hapax stats, hapax zero --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Commands.h"
#include "DaemonView.h"
#include "Prometheus.h"
#include "RecordText.h"
#include "Tool.h"
#include "hapax/Cache/Counters.h"
#include "hapax/Cache/LatencyCounters.h"
#include "hapax/IR/Bypass.h"
#include "hapax/Store/DiskStore.h"
#include "hapax/Store/Layout.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace hapax {

namespace {

using CounterMap = std::map<std::string, uint64_t>;

uint64_t value(const CounterMap &All, const std::string &Name) {
  auto Found = All.find(Name);
  return Found == All.end() ? 0 : Found->second;
}

/// The counters whose names begin with \p Prefix, without it.
CounterMap below(const CounterMap &All, StringRef Prefix) {
  CounterMap Part;
  for (const auto &[Name, Value] : All)
    if (StringRef Rest = Name; Rest.consume_front(Prefix) && Value)
      Part.emplace(Rest.str(), Value);
  return Part;
}

json::Object toJson(const CounterMap &Part) {
  json::Object Object;
  for (const auto &[Name, Value] : Part)
    Object[Name] = Value;
  return Object;
}

std::string describeLatency(const Latencies &Times) {
  auto Describe = [&](double Share) {
    std::optional<uint64_t> Us = Times.quantileUs(Share);
    return Us ? formatv("within {0} us", *Us).str()
              : "above " +
                    std::to_string(Latencies::boundUs(Latencies::Bounds - 1)) +
                    " us";
  };
  return "half " + Describe(0.5) + ", 99 % " + Describe(0.99);
}

void printJson(const CounterMap &All, uint64_t StoreBytes,
               const std::optional<DaemonStatistics> &Daemon) {
  const Config &Settings = settingsOfTool();
  json::Object Tiers;
  for (const auto &[Name, Value] : below(All, "tier.")) {
    auto [Tier, What] = StringRef(Name).split('.');
    json::Value &Entry = Tiers[Tier.str()];
    if (!Entry.getAsObject())
      Entry = json::Object();
    // A key that is no std::string would refer to what ends here.
    (*Entry.getAsObject())[What.str()] = Value;
  }
  for (const auto &[Name, Times] : readLatencies(All))
    if (json::Object *Tier = Tiers.getObject(Name))
      (*Tier)["hit_us"] = json::Object{{"calls", Times.count()},
                                       {"p50", Times.quantileUs(0.5)},
                                       {"p99", Times.quantileUs(0.99)}};
  json::Object Top{
      {"hits", value(All, "hit")},
      {"misses", value(All, "miss")},
      {"bypasses", value(All, "bypass")},
      {"errors", value(All, "error")},
      {"hit_levels", toJson(below(All, "hit."))},
      {"miss_reasons", toJson(below(All, "miss."))},
      {"bypass_reasons", toJson(below(All, "bypass."))},
      {"error_kinds", toJson(below(All, "store.error."))},
      {"shards",
       json::Object{
           {"modules", value(All, "shards.modules")},
           {"found", value(All, "shards.found")},
           {"compiled", value(All, "shards.compiled")},
           {"functions", value(All, "shards.functions")},
           {"functions_outside", value(All, "shards.functions-outside")},
           {"refused_reasons", toJson(below(All, "shards.refused."))}}},
      {"tiers", std::move(Tiers)},
      {"verify", json::Object{{"matches", value(All, "verify.match")},
                              {"mismatches", value(All, "verify.mismatch")}}},
      {"corrupt_entries", value(All, "store.corrupt")},
      {"saved_ms", value(All, "saved.ms")},
      {"bytes_read", value(All, "bytes.read")},
      {"bytes_written", value(All, "bytes.written")},
      {"store", json::Object{{"directory", Settings.Directory},
                             {"bytes", StoreBytes},
                             {"limit", Settings.SizeLimit}}},
      {"daemon", Daemon ? json::Value(toJson(*Daemon)) : nullptr}};
  outs() << formatv("{0:2}", json::Value(std::move(Top))) << '\n';
}

void line(StringRef Name, const Twine &Value) {
  outs() << formatv("{0,-22} {1}\n", Name, Value.str());
}

void printDaemon(const DaemonStatistics &Told) {
  line("daemon",
       formatv("{0} hits, {1} misses, {2} read, {3} written, {4} restarts",
               Told.Hits, Told.Misses, describeSize(Told.BytesRead),
               describeSize(Told.BytesWritten), Told.Restarts)
           .str());
  line("daemon's host memory",
       formatv("{0} of {1} in {2} entries, {3} evicted",
               describeSize(Told.HostBytes), describeSize(Told.HostLimitBytes),
               Told.HostEntries, Told.HostEvicted)
           .str());
  std::string Device = deviceState(Told).str();
  if (Told.DeviceLimitBytes)
    Device +=
        formatv(", {0} of {1} in {2} entries, {3} evicted, {4} given back",
                describeSize(Told.DeviceBytes),
                describeSize(Told.DeviceLimitBytes), Told.DeviceEntries,
                Told.DeviceEvicted, describeSize(Told.DeviceGivenBackBytes));
  line("daemon's device", Device);
}

void printText(const CounterMap &All, uint64_t StoreBytes,
               const std::optional<DaemonStatistics> &Daemon) {
  const Config &Settings = settingsOfTool();
  uint64_t Hits = value(All, "hit"), Misses = value(All, "miss");
  auto Reasons = [&](StringRef Prefix) {
    for (const auto &[Name, Value] : below(All, Prefix)) {
      std::optional<BypassReason> Known = bypassReason(Name);
      outs() << formatv("  {0,-20} {1,-8}{2}\n", Name, Value,
                        Prefix == "bypass." && Known
                            ? StringRef(explanation(*Known))
                            : StringRef());
    }
  };
  line("cache directory", Settings.Directory);
  std::string Rate;
  if (Hits + Misses)
    Rate = formatv(" ({0:F1} %)", 100.0 * double(Hits) / double(Hits + Misses));
  line("hits", Twine(Hits) + Rate);
  Reasons("hit.");
  line("misses", Twine(Misses));
  Reasons("miss.");
  line("bypasses", Twine(value(All, "bypass")));
  Reasons("bypass.");
  if (uint64_t Modules = value(All, "shards.modules"))
    line("modules in shards",
         Twine(Modules) + "; " + Twine(value(All, "shards.found")) +
             " shards found, " + Twine(value(All, "shards.compiled")) +
             " compiled");
  if (uint64_t Refused = value(All, "shards.refused")) {
    line("modules kept whole", Twine(Refused));
    Reasons("shards.refused.");
  }
  line("errors", Twine(value(All, "error")));
  Reasons("store.error.");
  if (uint64_t Corrupt = value(All, "store.corrupt"))
    line("corrupt entries", Twine(Corrupt) + " (removed)");
  if (uint64_t Checked =
          value(All, "verify.match") + value(All, "verify.mismatch"))
    line("verified hits", Twine(Checked) + ", " +
                              Twine(value(All, "verify.mismatch")) +
                              " mismatches");
  for (const auto &[Name, Value] : below(All, "tier."))
    line("tier " + Name, Twine(Value));
  for (const auto &[Name, Times] : readLatencies(All))
    line("tier " + Name + ".hit time", describeLatency(Times));
  line("CPU time saved", describeDuration(value(All, "saved.ms")));
  line("read", describeSize(value(All, "bytes.read")));
  line("written", describeSize(value(All, "bytes.written")));
  line("store",
       describeSize(StoreBytes) +
           (Settings.SizeLimit ? " of " + describeSize(Settings.SizeLimit)
                               : std::string(", no limit")));
  if (Daemon)
    printDaemon(*Daemon);
}

} // namespace

int runStats(Arguments Args) {
  bool Json = false, ForScraping = false;
  for (StringRef Arg : Args) {
    if (Arg == "--json")
      Json = true;
    else if (Arg == "--prometheus")
      ForScraping = true;
    else
      return badUsage("stats", "unknown argument '" + Arg + "'");
  }
  if (Json && ForScraping)
    return badUsage("stats",
                    "--json and --prometheus are two formats; give one");
  const Config &Settings = settingsOfTool();
  CounterMap All =
      Counters::open(countersFile(Settings.Directory), /*ReadOnly=*/true)
          .read();
  uint64_t Bytes = DiskStore::bytesOnDisk(diskStoreOptions(Settings));
  std::optional<DaemonStatistics> Daemon;
  if (auto Told = askDaemon(Settings))
    Daemon = *Told;
  else
    complain(Told.error().Message);
  if (Json)
    printJson(All, Bytes, Daemon);
  else if (ForScraping)
    printPrometheus(outs(), All, Bytes, Settings.SizeLimit, Daemon);
  else
    printText(All, Bytes, Daemon);
  return 0;
}

int runZero(Arguments Args) {
  if (!takesNothing("zero", Args))
    return UsageError;
  std::string File = countersFile(settingsOfTool().Directory);
  // Without a file there is nothing to set to zero, and none to create.
  if (!Counters::open(File, /*ReadOnly=*/true))
    return 0;
  Counters All = Counters::open(File);
  if (!All) {
    complain("cannot write '" + File + "'; check its permissions");
    return 1;
  }
  All.zero();
  return 0;
}

} // namespace hapax
