//===- Top.cpp - hapax top --------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Commands.h"
#include "DaemonView.h"
#include "Tool.h"
#include "hapax/Cache/Counters.h"
#include "hapax/Store/Layout.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <thread>

using namespace llvm;

namespace hapax {

namespace {

using Clock = std::chrono::steady_clock;

/// Everything that is shown, at one moment.
struct Reading {
  Clock::time_point When = Clock::now();
  std::map<std::string, uint64_t> Counts;
  std::optional<DaemonStatistics> Daemon;
  /// Why there is no daemon.
  std::string Absent;

  uint64_t count(const std::string &Name) const {
    auto Found = Counts.find(Name);
    return Found == Counts.end() ? 0 : Found->second;
  }
};

Reading read(const Config &Settings) {
  Reading Now;
  // Opened anew each time: 'hapax clear' may have taken the file away.
  Now.Counts =
      Counters::open(countersFile(Settings.Directory), /*ReadOnly=*/true)
          .read();
  if (auto Told = askDaemon(Settings); !Told)
    Now.Absent = Told.error().Message;
  else if (!*Told)
    Now.Absent =
        Settings.Daemon == DaemonUse::Off ? "not used, as set" : "not running";
  else
    Now.Daemon = **Told;
  return Now;
}

/// What has grown between two readings. Counters may have been set to zero.
uint64_t grown(uint64_t Before, uint64_t Now) {
  return Now >= Before ? Now - Before : Now;
}

class View {
public:
  View(const Reading &Before, const Reading &Now)
      : Before(Before), Now(Now),
        Seconds(std::chrono::duration<double>(Now.When - Before.When).count()) {
  }

  void print(raw_ostream &To) const {
    To << formatv("{0,-16}{1,12}{2,12}\n", "compiles", "per second", "in all");
    for (const char *What : {"hit", "miss", "bypass", "error"})
      printCompiles(To, What);
    if (!Now.Daemon) {
      To << "daemon: " << Now.Absent << '\n';
      return;
    }
    // One that began anew counts from zero.
    bool IsSame =
        Before.Daemon && Before.Daemon->UptimeMs <= Now.Daemon->UptimeMs;
    printDaemon(To, *Now.Daemon, IsSame ? *Before.Daemon : DaemonStatistics());
  }

private:
  std::string rate(uint64_t Growth) const {
    return formatv("{0:F1}", Seconds > 0 ? double(Growth) / Seconds : 0.0);
  }
  void printCompiles(raw_ostream &To, StringRef What) const {
    uint64_t All = Now.count(What.str());
    To << formatv("{0,-16}{1,12}{2,12}\n", What,
                  rate(grown(Before.count(What.str()), All)), All);
  }
  void printDaemon(raw_ostream &To, const DaemonStatistics &D,
                   const DaemonStatistics &Old) const {
    To << formatv("daemon: {0} clients, {1} s up, {2} restarts, device {3}\n",
                  D.Clients, D.UptimeMs / 1000, D.Restarts, deviceState(D));
    struct {
      StringLiteral Name;
      uint64_t DaemonStatistics::*Value;
    } const Rates[] = {{"gets", &DaemonStatistics::Gets},
                       {"hits", &DaemonStatistics::Hits},
                       {"puts", &DaemonStatistics::Puts},
                       {"errors", &DaemonStatistics::Errors}};
    for (const auto &R : Rates)
      To << formatv("{0,-16}{1,12}{2,12}\n", R.Name,
                    rate(grown(Old.*R.Value, D.*R.Value)), D.*R.Value);
    auto Latency = [&](double Share) -> std::string {
      auto Us = daemonLatencyUs(Old, D, Share);
      return Us ? formatv("{0:F1} us", *Us).str() : "-";
    };
    To << formatv("{0,-16}{1} half, {2} 99 %\n", "gets within", Latency(0.5),
                  Latency(0.99));
    printFill(To, "host memory", D.HostEntries, D.HostBytes, D.HostLimitBytes,
              D.HostEvicted);
    printFill(To, "device memory", D.DeviceEntries, D.DeviceBytes,
              D.DeviceLimitBytes, D.DeviceEvicted);
    To << formatv("{0,-16}{1}\n", "given back",
                  describeSize(D.DeviceGivenBackBytes));
  }
  static void printFill(raw_ostream &To, StringRef Where, uint64_t Entries,
                        uint64_t Bytes, uint64_t Limit, uint64_t Evicted) {
    if (Limit)
      To << formatv("{0,-16}{1} entries, {2} of {3}, {4} evicted\n", Where,
                    Entries, describeSize(Bytes), describeSize(Limit), Evicted);
  }

  const Reading &Before, &Now;
  const double Seconds;
};

} // namespace

int runTop(Arguments Args) {
  double Interval = 1;
  uint64_t Count = 0;
  for (; !Args.empty(); Args = Args.drop_front(2)) {
    StringRef Name = Args.front();
    if (Name != "--interval" && Name != "--count")
      return badUsage("top", "unknown argument '" + Name + "'");
    if (Args.size() < 2)
      return badUsage("top", "'" + Name + "' needs a number");
    StringRef Value = Args[1];
    bool Bad = Name == "--count" ? Value.getAsInteger(10, Count) || Count == 0
                                 : Value.getAsDouble(Interval) ||
                                       !(Interval >= 0.01 && Interval <= 3600);
    if (Bad)
      return badUsage("top", "'" + Value + "' is no value for " + Name);
  }

  const Config &Settings = settingsOfTool();
  Reading Before = read(Settings);
  bool OnTerminal = outs().is_displayed();
  for (uint64_t Shown = 0; Count == 0 || Shown != Count; ++Shown) {
    std::this_thread::sleep_for(std::chrono::duration<double>(Interval));
    Reading Now = read(Settings);
    // To the upper left corner, and the screen empty from there.
    if (OnTerminal)
      outs() << "\x1b[H\x1b[J";
    else if (Shown)
      outs() << '\n';
    View(Before, Now).print(outs());
    outs().flush();
    if (outs().has_error())
      return 1;
    Before = std::move(Now);
  }
  return 0;
}

} // namespace hapax
