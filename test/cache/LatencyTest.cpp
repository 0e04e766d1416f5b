//===- LatencyTest.cpp ------------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/LatencyCounters.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

using namespace hapax;
using namespace std::chrono_literals;

namespace {

size_t classOf(std::chrono::nanoseconds Time) {
  LatencyHistogram H;
  H.add(Time);
  Latencies Read = H.read();
  size_t Class = 0;
  while (Class != Read.Calls.size() && !Read.Calls[Class])
    ++Class;
  EXPECT_EQ(Read.count(), 1u);
  return Class;
}

TEST(LatencyHistogramTest, ABoundBelongsToItsClass) {
  EXPECT_EQ(classOf(0ns), 0u);
  EXPECT_EQ(classOf(-5ns), 0u);
  for (size_t Class = 0; Class != Latencies::Bounds; ++Class) {
    std::chrono::microseconds Bound(Latencies::boundUs(Class));
    EXPECT_EQ(classOf(Bound), Class);
    EXPECT_EQ(classOf(Bound + 1ns), Class + 1);
  }
  EXPECT_EQ(classOf(1h), Latencies::Bounds);
}

TEST(LatencyHistogramTest, QuantilesAreTheBoundsThatWereKept) {
  LatencyHistogram H;
  EXPECT_EQ(H.read().quantileUs(0.5), std::nullopt);
  for (int I = 0; I != 99; ++I)
    H.add(3us);
  H.add(100us);
  Latencies Read = H.read();
  EXPECT_EQ(Read.SumUs, 99 * 3 + 100u);
  EXPECT_EQ(Read.quantileUs(0), 4u);
  EXPECT_EQ(Read.quantileUs(0.5), 4u);
  EXPECT_EQ(Read.quantileUs(0.99), 4u);
  EXPECT_EQ(Read.quantileUs(1), 128u);
}

TEST(LatencyHistogramTest, AQuantileBeyondTheLastBoundIsUnknown) {
  LatencyHistogram H;
  H.add(2s);
  EXPECT_EQ(H.read().quantileUs(0.5), std::nullopt);
  EXPECT_EQ(H.read().count(), 1u);
}

TEST(LatencyHistogramTest, NothingIsLostBetweenThreads) {
  LatencyHistogram H;
  std::vector<std::jthread> Threads;
  for (int T = 0; T != 4; ++T)
    Threads.emplace_back([&] {
      for (int I = 0; I != 10'000; ++I)
        H.add(std::chrono::microseconds(I % 64));
    });
  Threads.clear();
  EXPECT_EQ(H.read().count(), 40'000u);
}

TEST(LatencyCountersTest, ReadsBackWhatSeveralAdded) {
  char Folder[] = "/tmp/hapax-latency-XXXXXX";
  ASSERT_TRUE(::mkdtemp(Folder));
  Counters All = Counters::open(std::string(Folder) + "/counters");
  LatencyHistogram H;
  H.add(3us);
  H.add(5s);
  Latencies First = H.read();
  addLatencies(All, "disk", First);
  H.add(3us);
  addLatencies(All, "disk", H.read().since(First));
  LatencyHistogram Other;
  Other.add(1us);
  addLatencies(All, "daemon", Other.read());
  All.add("hit");

  auto Read = readLatencies(All.read());
  ASSERT_EQ(Read.size(), 2u);
  EXPECT_EQ(Read["disk"].Calls, H.read().Calls);
  EXPECT_EQ(Read["disk"].SumUs, 5'000'006u);
  EXPECT_EQ(Read["daemon"].Calls, Other.read().Calls);
  std::filesystem::remove_all(Folder);
}

} // namespace
