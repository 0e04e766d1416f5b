//===- PipelineTraceTest.cpp - Traces and times of a pipeline -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "hapax/Pipeline/Pipeline.h"
#include <gmock/gmock.h>

using namespace hapax;
using ::testing::HasSubstr;

TEST(ChromeTrace, Text) {
  std::vector<WorkerTrace> Workers = {
      {"read \"all\"", 0, {{7, 1234567, 1234999}}}, {"write\n", 1, {}}};
  EXPECT_EQ(
      chromeTrace("a\\b", Workers),
      "{\"traceEvents\":[\n"
      R"({"ph":"M","pid":1,"tid":0,"name":"process_name","args":{"name":"a\\b"}},)"
      "\n"
      R"({"ph":"M","pid":1,"tid":0,"name":"thread_name","args":{"name":"read \"all\" 0"}},)"
      "\n"
      R"({"ph":"X","pid":1,"tid":0,"name":"read \"all\"","ts":1234.567,"dur":0.432,"args":{"node":7}},)"
      "\n"
      R"({"ph":"M","pid":1,"tid":1,"name":"thread_name","args":{"name":"write\u000a 1"}})"
      "\n]}\n");
}

static PipelineReport runTraced(bool Trace) {
  struct Nothing {};
  Pipeline<Nothing> P({.Trace = Trace});
  P.addStage({.Name = "skips"}, [](Nothing &) { return Verdict::finished(); });
  P.addStage({.Name = "skipped"}, [](Nothing &) { return Verdict::next(); });
  unsigned Left = 5;
  auto Report = P.run([&](Nothing &) { return Left-- != 0; },
                      [](Nothing &, const NodeOutcome &) {});
  EXPECT_TRUE(Report);
  return std::move(*Report);
}

TEST(PipelineTrace, HasASpanForEachPieceOfWork) {
  PipelineReport Report = runTraced(true);
  ASSERT_EQ(Report.Workers.size(), 4u);
  const char *Names[] = {"source", "skips", "skipped", "sink"};
  for (size_t I = 0; I != 4; ++I) {
    const WorkerTrace &W = Report.Workers[I];
    EXPECT_EQ(W.Stage, Names[I]);
    ASSERT_EQ(W.Spans.size(), I == 2 ? 0u : 5u);
    uint64_t Last = 0;
    for (size_t S = 0; S != W.Spans.size(); ++S) {
      EXPECT_EQ(W.Spans[S].Node, S);
      EXPECT_LE(Last, W.Spans[S].StartNs);
      EXPECT_LE(W.Spans[S].StartNs, W.Spans[S].EndNs);
      EXPECT_LE(W.Spans[S].EndNs, Report.WallNs);
      Last = W.Spans[S].EndNs;
    }
  }
}

TEST(PipelineTrace, OnlyWhereAsked) {
  EXPECT_TRUE(runTraced(false).Workers.empty());
}

TEST(PipelineTrace, TimesAddUpToNoMoreThanTheLifeOfTheWorkers) {
  PipelineReport Report = runTraced(false);
  for (const StageCounters &S : Report.Stages)
    EXPECT_LE(S.BusyNs + S.StarvedNs + S.BlockedNs, S.Workers * Report.WallNs)
        << S.Name;
}
