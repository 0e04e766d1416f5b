//===- VramModelTest.cpp - Against a naive cache ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramModel.h"
#include <gtest/gtest.h>

using namespace hapax;

namespace {

/// Plays; says how the pair stands at the end.
void play(VramPair &Pair, int Steps) {
  for (int Step = 0; Step != Steps && Pair.fault().empty(); ++Step) {
    Pair.step();
    Pair.compareCounts();
    if (Step % 64 == 0)
      Pair.compare();
    ASSERT_EQ(Pair.fault(), "") << "step " << Step;
  }
}

TEST(VramModelTest, LimitedByBytes) {
  for (uint64_t Seed = 0; Seed != 4; ++Seed) {
    VramPair::Plan P;
    P.Options.MaxBytes = 100'000;
    VramPair Pair(P, Seed);
    play(Pair, 6000);
    EXPECT_EQ(Pair.evictedForRoom(), 0u);
    EXPECT_GT(Pair.evicted(), 100u);
  }
}

TEST(VramModelTest, LimitedByCount) {
  VramPair::Plan P;
  P.Options.MaxEntries = 50;
  VramPair Pair(P, 10);
  play(Pair, 6000);
  EXPECT_EQ(Pair.evictedForRoom(), 0u);
  EXPECT_GT(Pair.evicted(), 100u);
}

TEST(VramModelTest, WithAFront) {
  for (uint64_t Seed = 20; Seed != 24; ++Seed) {
    VramPair::Plan P;
    P.Options.MaxBytes = 100'000;
    P.Options.FrontBytes = 20'000;
    P.Options.FrontEntryBytes = 1500;
    VramPair Pair(P, Seed);
    play(Pair, 6000);
  }
}

TEST(VramModelTest, ThroughPinnedMemory) {
  VramPair::Plan P;
  P.AsGpu = true;
  P.Options.MaxBytes = 3 * MiB;
  P.Options.Batches = VramOptions::Batch::Gather;
  P.MostBytes = 300'000;
  P.Keys = 100;
  VramPair Pair(P, 30);
  play(Pair, 4000);
}

/// The memory itself is the limit: entries are moved, and some go for room.
TEST(VramModelTest, LimitedByMemory) {
  for (uint64_t Seed = 40; Seed != 42; ++Seed) {
    VramPair::Plan P;
    P.Options.Memory.LimitBytes = 8 * MiB;
    P.MostBytes = 200'000;
    VramPair Pair(P, Seed);
    play(Pair, 4000);
    EXPECT_GT(Pair.evicted(), 100u);
  }
}

TEST(VramModelTest, UnderPressure) {
  for (uint64_t Seed = 50; Seed != 52; ++Seed) {
    VramPair::Plan P;
    P.Options.Memory.LimitBytes = 24 * MiB;
    P.Options.FrontBytes = 30'000;
    P.MostBytes = 200'000;
    P.Pressure = true;
    VramPair Pair(P, Seed);
    play(Pair, 4000);
  }
}

} // namespace
