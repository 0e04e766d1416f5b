//===- Report.cpp - hapax report ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "BuildSummary.h"
#include "Commands.h"
#include "RecordText.h"
#include "ReportPage.h"
#include "Tool.h"
#include "shard/Refusal.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <expected>
#include <optional>

using namespace llvm;

namespace hapax {

namespace {

/// "90s", "20m", "8h", "2d" in milliseconds.
std::optional<int64_t> parseAge(StringRef Text) {
  int64_t Unit = 0;
  if (Text.consume_back("s"))
    Unit = 1000;
  else if (Text.consume_back("m"))
    Unit = 60'000;
  else if (Text.consume_back("h"))
    Unit = 3'600'000;
  else if (Text.consume_back("d"))
    Unit = 86'400'000;
  uint32_t Count;
  if (!Unit || Text.getAsInteger(10, Count))
    return std::nullopt;
  return Count * Unit;
}

int64_t nowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

uint64_t countOf(const BuildSummary &Build, const char *Outcome) {
  auto Found = Build.Outcomes.find(Outcome);
  return Found == Build.Outcomes.end() ? 0 : Found->second;
}

/// What helps, each rule once: how many files it is about, and one of them.
json::Array adviceToJson(const BuildSummary &Build) {
  json::Array All;
  for (StringRef Rule : adviceRules()) {
    uint64_t Count = 0;
    json::Object Row;
    for (const BuildSummary::Compile &C : Build.Compiles)
      for (const Advice &A : C.Advices)
        if (A.Rule == Rule && !Count++)
          Row = json::Object{{"rule", Rule},
                             {"source", toJson(C.Record.Source)},
                             {"text", toJson(A.Text)}};
    if (!Count)
      continue;
    Row["count"] = Count;
    All.push_back(std::move(Row));
  }
  return All;
}

json::Value dataOf(const BuildSummary &Build, StringRef Directory) {
  json::Array Compiles, Reasons, Tiers, Refused;
  uint64_t FrontUs = 0;
  for (const BuildSummary::Compile &C : Build.Compiles) {
    FrontUs += C.Record.FrontUs;
    json::Object O = toJson(C.Record);
    if (!C.Why.empty())
      O["why"] = toJson(C.Why);
    json::Array Rules;
    for (const Advice &A : C.Advices)
      Rules.push_back(A.Rule);
    O["advice"] = std::move(Rules);
    Compiles.push_back(std::move(O));
  }
  for (const auto &[Reason, Count] : Build.Reasons)
    Reasons.push_back(
        json::Object{{"outcome", toJson(Reason.first)},
                     {"reason", toJson(Reason.second)},
                     {"meaning", meaning(Reason.first, Reason.second)},
                     {"count", Count}});
  for (const auto &[Name, Count] : Build.Tiers)
    Tiers.push_back(json::Object{{"name", toJson(Name)}, {"count", Count}});
  for (const auto &[Name, Count] : Build.ShardsRefused) {
    std::optional<Refusal> Known = refusal(Name);
    Refused.push_back(
        json::Object{{"reason", toJson(Name)},
                     {"meaning", Known ? explanation(*Known) : StringRef()},
                     {"count", Count}});
  }
  return json::Object{
      {"directory", toJson(Directory)},
      {"generated_ms", nowMs()},
      {"first_ms", Build.FirstMs},
      {"last_ms", Build.LastMs},
      {"totals", json::Object{{"compiles", Build.Compiles.size()},
                              {"hits", countOf(Build, "hit")},
                              {"misses", countOf(Build, "miss")},
                              {"bypasses", countOf(Build, "bypass")},
                              {"saved_ms", Build.SavedMs},
                              {"cpu_ms", Build.CostMs},
                              {"front_ms", FrontUs / 1000},
                              {"shards_found", Build.ShardsFound},
                              {"shards_compiled", Build.ShardsCompiled}}},
      {"reasons", std::move(Reasons)},
      {"tiers", std::move(Tiers)},
      {"refused", std::move(Refused)},
      {"advice", adviceToJson(Build)},
      {"compiles", std::move(Compiles)}};
}

void printPage(raw_ostream &OS, const json::Value &Data) {
  std::span<const unsigned char> Bytes = reportPage();
  StringRef Page(reinterpret_cast<const char *>(Bytes.data()), Bytes.size());
  auto [Head, Tail] = Page.split("@HAPAX_DATA@");
  OS << Head;
  // Whatever a name is, it must not end the script that the data stands in.
  for (char C : formatv("{0}", Data).str())
    if (C == '<')
      OS << "\\u003c";
    else
      OS << C;
  OS << Tail;
}

struct Wishes {
  bool Json = false;
  int64_t SinceMs = 0;
  StringRef Output = "-", Directory = ".";
};

/// What \p Args ask for, or the exit code.
std::expected<Wishes, int> parseWishes(Arguments Args) {
  Wishes W;
  bool HasDirectory = false;
  for (size_t I = 0; I != Args.size(); ++I) {
    StringRef Arg = Args[I];
    if (Arg == "--json") {
      W.Json = true;
    } else if (Arg == "-o" || Arg == "--since") {
      if (++I == Args.size())
        return std::unexpected(badUsage("report", Arg + " needs a value"));
      if (Arg == "-o") {
        W.Output = Args[I];
        continue;
      }
      std::optional<int64_t> Age = parseAge(Args[I]);
      if (!Age)
        return std::unexpected(badUsage(
            "report", "'" + Args[I] + "' is no age such as 90s, 20m, 8h, 2d"));
      W.SinceMs = nowMs() - *Age;
    } else if (Arg.starts_with('-') || HasDirectory) {
      return std::unexpected(
          badUsage("report", "unknown argument '" + Arg + "'"));
    } else {
      W.Directory = Arg;
      HasDirectory = true;
    }
  }
  return W;
}

} // namespace

int runReport(Arguments Args) {
  std::expected<Wishes, int> W = parseWishes(Args);
  if (!W)
    return W.error();
  SmallString<128> Directory;
  if (std::error_code Failed = sys::fs::real_path(W->Directory, Directory)) {
    complain("report: " + W->Directory + ": " + Failed.message());
    return 1;
  }
  json::Value Data = dataOf(
      summariseBuild(settingsOfTool(), Directory.str().str(), W->SinceMs),
      Directory);
  std::error_code Failed;
  raw_fd_ostream OS(W->Output, Failed);
  if (!Failed) {
    if (W->Json)
      OS << formatv("{0:2}", Data) << '\n';
    else
      printPage(OS, Data);
    OS.close();
    Failed = OS.error();
    OS.clear_error();
  }
  if (Failed) {
    complain("report: cannot write '" + W->Output + "': " + Failed.message());
    return 1;
  }
  return 0;
}

} // namespace hapax
