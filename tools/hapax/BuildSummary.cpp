//===- BuildSummary.cpp - The last compiles of a build --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "BuildSummary.h"
#include "RecordText.h"

#include <algorithm>

using namespace llvm;

namespace hapax {

static bool isBelow(StringRef Path, StringRef Directory) {
  return Path.consume_front(Directory.rtrim('/')) &&
         (Path.empty() || Path.front() == '/');
}

static void add(BuildSummary &To, const CompileRecord &R) {
  ++To.Outcomes[R.Outcome];
  ++To.Reasons[{R.Outcome, R.Reason}];
  if (R.Outcome == "hit" && !R.Tier.empty())
    ++To.Tiers[R.Tier];
  To.SavedMs += R.SavedMs;
  To.CostMs += R.CostMs;
  int64_t Began =
      R.TimeMs - static_cast<int64_t>((R.WallUs + R.FrontUs) / 1000);
  To.FirstMs = To.FirstMs ? std::min(To.FirstMs, Began) : Began;
  To.LastMs = std::max(To.LastMs, R.TimeMs);
  if (!R.Shards)
    return;
  if (!R.Shards->Refused.empty())
    ++To.ShardsRefused[R.Shards->Refused];
  To.ShardsCompiled += R.Shards->Compiled;
  To.ShardsFound +=
      R.Shards->Count - std::min(R.Shards->Count, R.Shards->Compiled);
}

BuildSummary summariseBuild(const Config &Settings,
                            const std::string &Directory, int64_t SinceMs) {
  BuildSummary Result;
  forEachSource(Settings, [&](CompileHistory H) {
    CompileRecord &R = H.Current;
    if (R.TimeMs < SinceMs || !(isBelow(R.Source, Directory) ||
                                isBelow(R.WorkingDirectory, Directory)))
      return true;
    add(Result, R);
    const CompileRecord *Before = H.Previous ? &*H.Previous : nullptr;
    BuildSummary::Compile C;
    C.Why = firstReason(R, Before);
    C.Advices = adviceFor(R, Before, Settings.SizeLimit);
    R.Fields = {};
    R.Functions = {};
    R.Variables = {};
    R.Parts = {};
    C.Record = std::move(R);
    Result.Compiles.push_back(std::move(C));
    return true;
  });
  std::ranges::sort(Result.Compiles, [](const auto &A, const auto &B) {
    return std::tie(A.Record.TimeMs, A.Record.Source) <
           std::tie(B.Record.TimeMs, B.Record.Source);
  });
  return Result;
}

} // namespace hapax
