//===- Prometheus.cpp - Statistics for scraping -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
// The names follow Prometheus' own advice: base units (seconds, bytes), and
// counters end in _total. Names of counters are lower-case letters, digits and
// ".-_" (Counters.h), so that no label value needs an escape.
//===----------------------------------------------------------------------===//
#include "Prometheus.h"
#include "DaemonView.h"
#include "hapax/Cache/LatencyCounters.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace hapax {

namespace {

using CounterMap = std::map<std::string, uint64_t>;

/// A counter as it is, to be divided by Unit.
struct Single {
  StringLiteral Counter, Metric, Help;
  uint64_t Unit = 1;
};
constexpr Single Singles[] = {
    {"hit", "hits_total", "Compiles served from the cache."},
    {"miss", "misses_total", "Compiles that were not in the cache."},
    {"bypass", "bypasses_total", "Compiles that the cache kept out of."},
    {"error", "errors_total", "Faults of the cache; compiles went on."},
    {"verify.match", "verified_total", "Hits compiled as well, and equal."},
    {"verify.mismatch", "mismatches_total", "Hits compiled, and different."},
    {"store.corrupt", "corrupt_entries_total", "Damaged entries removed."},
    {"saved.ms", "saved_seconds_total", "CPU time that hits saved.", 1000},
    {"bytes.read", "read_bytes_total", "Bytes delivered by hits."},
    {"bytes.written", "written_bytes_total", "Bytes stored by misses."},
};

/// Counters that differ in the rest of their names, which becomes a label.
struct Family {
  StringLiteral Prefix, Metric, Label, Help;
};
constexpr Family Families[] = {
    {"hit.", "hits_by_level_total", "level", "Hits by what the key was of."},
    {"miss.", "misses_by_reason_total", "reason", "Misses by reason."},
    {"bypass.", "bypasses_by_reason_total", "reason", "Bypasses by reason."},
    {"store.error.", "errors_by_kind_total", "kind", "Faults by kind."},
};

class Printer {
public:
  explicit Printer(raw_ostream &To) : To(To) {}

  void begin(StringRef Metric, StringRef Type, StringRef Help) {
    To << "# HELP hapax_" << Metric << ' ' << Help << "\n# TYPE hapax_"
       << Metric << ' ' << Type << '\n';
  }
  void value(const Twine &Metric, const Twine &Labels, uint64_t Value,
             uint64_t Unit = 1) {
    To << "hapax_" << Metric;
    if (!Labels.isTriviallyEmpty())
      To << '{' << Labels << '}';
    if (Unit == 1)
      To << ' ' << Value << '\n';
    else
      To << formatv(" {0:F6}\n", double(Value) / double(Unit));
  }

private:
  raw_ostream &To;
};

/// The values of counters "tier.<tier>.<what>", by <what> and tier.
std::map<std::string, CounterMap> tierCounters(const CounterMap &All) {
  std::map<std::string, CounterMap> Found;
  for (const auto &[Name, Value] : All)
    if (StringRef Rest = Name; Rest.consume_front("tier.")) {
      auto [Tier, What] = Rest.split('.');
      Found[What.str()][Tier.str()] = Value;
    }
  return Found;
}

void printLatencies(Printer &Out, const CounterMap &All) {
  Out.begin("tier_hit_seconds", "histogram",
            "Time a tier took for a call that fetched something.");
  for (const auto &[Tier, Times] : readLatencies(All)) {
    std::string Label = "tier=\"" + Tier + "\"";
    uint64_t Calls = 0;
    for (size_t Class = 0; Class != Latencies::Bounds; ++Class) {
      Calls += Times.Calls[Class];
      std::string Bound =
          formatv("{0:F6}", double(Latencies::boundUs(Class)) / 1e6);
      Out.value("tier_hit_seconds_bucket", Label + ",le=\"" + Bound + "\"",
                Calls);
    }
    Out.value("tier_hit_seconds_bucket", Label + ",le=\"+Inf\"", Times.count());
    Out.value("tier_hit_seconds_sum", Label, Times.SumUs, 1'000'000);
    Out.value("tier_hit_seconds_count", Label, Times.count());
  }
}

void printDaemon(Printer &Out, const DaemonStatistics &Daemon) {
  for (const DaemonField &F : daemonFields()) {
    std::string Metric =
        ("daemon_" + F.Name + (F.IsCounter ? "_total" : "")).str();
    Out.begin(Metric, F.IsCounter ? "counter" : "gauge",
              "Of the daemon, since it began.");
    Out.value(Metric, "", Daemon.*F.Value);
  }
}

} // namespace

void printPrometheus(raw_ostream &To, const CounterMap &All,
                     uint64_t StoreBytes, uint64_t StoreLimit,
                     const std::optional<DaemonStatistics> &Daemon) {
  Printer Out(To);
  for (const Single &S : Singles) {
    auto Found = All.find(S.Counter.str());
    Out.begin(S.Metric, "counter", S.Help);
    Out.value(S.Metric, "", Found == All.end() ? 0 : Found->second, S.Unit);
  }
  for (const Family &F : Families) {
    Out.begin(F.Metric, "counter", F.Help);
    for (const auto &[Name, Value] : All)
      if (StringRef Rest = Name; Rest.consume_front(F.Prefix))
        Out.value(F.Metric, F.Label + "=\"" + Rest + "\"", Value);
  }
  for (const auto &[What, Tiers] : tierCounters(All)) {
    std::string Metric = "tier_" + What + "_total";
    Out.begin(Metric, "counter", "What the tiers of the cache did.");
    for (const auto &[Tier, Value] : Tiers)
      Out.value(Metric, "tier=\"" + Tier + "\"", Value);
  }
  printLatencies(Out, All);
  Out.begin("store_bytes", "gauge", "Size of the disk store.");
  Out.value("store_bytes", "", StoreBytes);
  Out.begin("store_limit_bytes", "gauge", "Its limit; 0 is none.");
  Out.value("store_limit_bytes", "", StoreLimit);
  Out.begin("daemon_up", "gauge", "Whether the daemon answers.");
  Out.value("daemon_up", "", Daemon.has_value());
  if (Daemon)
    printDaemon(Out, *Daemon);
}

} // namespace hapax
