//===- VramBatchTest.cpp - Many entries in one call -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramTestSupport.h"
#include <gtest/gtest.h>

using namespace hapax;

namespace {

using Kind = TierError::Kind;
using Call = FaultyMemory::Call;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// getMany() of these numbers into memory of its own.
struct Many {
  Many(TestCache &T, const std::vector<uint64_t> &Numbers)
      : Payloads(Numbers.size()) {
    std::vector<ContainerSink<Bytes>> Sinks;
    Sinks.reserve(Numbers.size());
    std::vector<Tier::Request> Requests;
    for (size_t I = 0; I != Numbers.size(); ++I) {
      Sinks.emplace_back(Payloads[I]);
      Requests.push_back({keyOf(Numbers[I]), &Sinks[I]});
    }
    Answers = T.Cache->getMany(Requests);
  }
  bool holds(size_t I, uint64_t Seed, uint64_t Size) const {
    return Answers[I] && *Answers[I] &&
           same(Payloads[I], payloadOf(Seed, Size));
  }
  std::vector<Bytes> Payloads;
  std::vector<Tier::Answer> Answers;
};

VramOptions batched(VramOptions::Batch How) {
  VramOptions Options = smallOptions();
  Options.Batches = How;
  return Options;
}

struct BatchTest : testing::TestWithParam<VramOptions::Batch> {
  TestCache T{batched(GetParam()), 64 * MiB, true};
};

TEST_P(BatchTest, AnswersInTheOrderOfTheRequests) {
  for (uint64_t Number = 1; Number != 9; ++Number)
    T.put(Number, Number * 100);
  Many M(T, {3, 77, 1, 8, 3});
  EXPECT_TRUE(M.holds(0, 3, 300));
  EXPECT_TRUE(M.Answers[1] && !*M.Answers[1]);
  EXPECT_TRUE(M.holds(2, 1, 100));
  EXPECT_TRUE(M.holds(3, 8, 800));
  EXPECT_TRUE(M.holds(4, 3, 300));
  EXPECT_EQ(T.statistics().Batches, 1u);
  // What is measured to be faster is the device's business.
  if (GetParam() != VramOptions::Batch::Measured) {
    EXPECT_EQ(T.statistics().Gathers,
              GetParam() == VramOptions::Batch::Gather ? 1u : 0u);
  }
  EXPECT_EQ(T.statistics().Hits, 4u);
  EXPECT_EQ(T.statistics().Misses, 1u);
  EXPECT_EQ(T.statistics().PinnedEntries, 0u);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST_P(BatchTest, MoreThanThePinnedMemoryHolds) {
  std::vector<uint64_t> Numbers;
  for (uint64_t Number = 0; Number != 40; ++Number) {
    // Every eighth is too large to be one of many.
    T.put(Number, Number % 8 == 7 ? 200'000 : Number * 300);
    Numbers.push_back(Number);
  }
  Many M(T, Numbers);
  for (uint64_t Number = 0; Number != 40; ++Number)
    EXPECT_TRUE(
        M.holds(Number, Number, Number % 8 == 7 ? 200'000 : Number * 300));
  EXPECT_GT(T.statistics().Batches, 2u);
}

TEST_P(BatchTest, ACorruptOneSpoilsNoOther) {
  for (uint64_t Number = 1; Number != 5; ++Number)
    T.put(Number, 1000);
  T.get(2);
  T.damageLastRead();
  Many M(T, {1, 2, 3, 4});
  EXPECT_TRUE(M.holds(0, 1, 1000));
  EXPECT_EQ(M.Answers[1].error().Reason, Kind::Corrupt);
  EXPECT_TRUE(M.holds(2, 3, 1000));
  EXPECT_TRUE(M.holds(3, 4, 1000));
  EXPECT_FALSE(*T.Cache->contains(keyOf(2)));
  EXPECT_EQ(T.statistics().CorruptEvicted, 1u);
}

TEST_P(BatchTest, IntoRegisteredMemory) {
  Bytes Mine(64 * KiB);
  auto Registered = T.Cache->registerMemory(Mine);
  ASSERT_TRUE(Registered);
  T.put(1, 3000);
  T.put(2, 5000);
  RoomSink One{std::span(Mine).subspan(100)};
  RoomSink Two{std::span(Mine).subspan(10'000)};
  Tier::Request Requests[] = {{keyOf(1), &One}, {keyOf(2), &Two}};
  auto Answers = T.Cache->getMany(Requests);
  ASSERT_TRUE(Answers[0] && *Answers[0] && Answers[1] && *Answers[1]);
  EXPECT_TRUE(same(std::span(Mine).subspan(100, 3000), payloadOf(1, 3000)));
  EXPECT_TRUE(same(std::span(Mine).subspan(10'000, 5000), payloadOf(2, 5000)));
}

TEST_P(BatchTest, AFailingCopyFailsOpen) {
  for (uint64_t Number = 1; Number != 5; ++Number)
    T.put(Number, 1000);
  T.Memory->failNext(Call::CopyOutMany, DeviceError::Kind::Refused);
  T.Memory->failNext(Call::Gather, DeviceError::Kind::Refused);
  Many M(T, {1, 2, 3, 4});
  for (auto &A : M.Answers)
    EXPECT_EQ(A.error().Reason, Kind::Io);
  EXPECT_EQ(T.statistics().PinnedEntries, 0u);
  Many Again(T, {1, 2, 3, 4});
  EXPECT_TRUE(Again.holds(3, 4, 1000));
  EXPECT_EQ(T.Cache->check(), "");
}

INSTANTIATE_TEST_SUITE_P(Ways, BatchTest,
                         testing::Values(VramOptions::Batch::Copies,
                                         VramOptions::Batch::Gather,
                                         VramOptions::Batch::Measured));

TEST(VramBatchTest, AFailingKernelIsNotAskedAgain) {
  TestCache T(batched(VramOptions::Batch::Gather), 64 * MiB, true);
  T.put(1, 100);
  T.put(2, 100);
  T.Memory->failNext(Call::Gather, DeviceError::Kind::Refused);
  EXPECT_TRUE(Many(T, {1, 2}).holds(1, 2, 100));
  EXPECT_TRUE(Many(T, {1, 2}).holds(1, 2, 100));
  EXPECT_EQ(T.statistics().Batches, 2u);
  EXPECT_EQ(T.statistics().Gathers, 0u);
}

TEST(VramBatchTest, MeasuringSurvivesEveryFault) {
  // However the timing at the start ends, the cache is there and works.
  for (Call C : {Call::Fill, Call::CopyOutMany, Call::Gather, Call::Wait})
    for (int After = 0; After < 40; After += 7) {
      auto Memory = openTestDevice(64 * MiB);
      Memory->pretend().IsGpu = true;
      Memory->failAfter(C, After, DeviceError::Kind::Refused);
      auto *Faults = Memory.get();
      auto Cache = VramCache::create(std::move(Memory),
                                     batched(VramOptions::Batch::Measured));
      ASSERT_TRUE(Cache);
      Faults->heal();
      EXPECT_TRUE(
          (*Cache)->put(keyOf(1), PayloadKind::Object, payloadOf(1, 1000), 0));
      Bytes Got;
      ContainerSink Into(Got);
      EXPECT_TRUE(*(*Cache)->get(keyOf(1), Into));
      EXPECT_TRUE(same(Got, payloadOf(1, 1000)));
    }
}

TEST(VramBatchTest, MeasuringLeavesNothingBehind) {
  // Timed out, and then another fault: what was measured with must not stay.
  for (int Waits = 0; Waits < 16; Waits += 3)
    for (int After = 10; After < 80; ++After) {
      auto Memory = openTestDevice(64 * MiB);
      Memory->pretend().IsGpu = true;
      Memory->failAfter(Call::Wait, Waits, DeviceError::Kind::TimedOut);
      Memory->failAnyAfter(After, DeviceError::Kind::TimedOut);
      auto *Faults = Memory.get();
      auto Cache = VramCache::create(std::move(Memory),
                                     batched(VramOptions::Batch::Measured));
      if (!Cache)
        continue;
      Faults->heal();
      (*Cache)->relieve(std::chrono::steady_clock::now());
      (*Cache)->giveBack(64 * MiB);
      ASSERT_EQ((*Cache)->statistics().MappedBytes, 0u)
          << Waits << " " << After;
    }
}

TEST(VramBatchTest, AfterTheLossAllAreUnavailable) {
  TestCache T(batched(VramOptions::Batch::Copies), 64 * MiB, true);
  for (uint64_t Number : {1, 2, 3})
    T.put(Number, 200'000);
  // With the first piece under way, so that the lane is never idle again.
  T.Memory->failAfter(Call::CopyOut, 1, DeviceError::Kind::Lost);
  Many M(T, {1, 2, 3});
  for (auto &A : M.Answers)
    EXPECT_EQ(A.error().Reason, Kind::Unavailable);
}

TEST(VramBatchTest, NoTransferBeginsAfterTheDeadline) {
  // Alone, and several in one transfer: 6 of the pinned memory's size.
  for (auto [Size, AtOnce] : {std::pair(60'000, 1u), std::pair(10'000, 6u)}) {
    TestCache T(batched(VramOptions::Batch::Copies), 64 * MiB, true);
    Bytes Mine(MiB);
    auto Registered = T.Cache->registerMemory(Mine);
    ASSERT_TRUE(Registered);
    constexpr unsigned Count = 12;
    std::vector<RoomSink> Sinks;
    for (unsigned I = 0; I != Count; ++I) {
      T.put(I, Size);
      Sinks.emplace_back(std::span(Mine).subspan(I * 65536, Size));
    }
    std::vector<Tier::Request> Requests;
    for (unsigned I = 0; I != Count; ++I)
      Requests.push_back({keyOf(I), &Sinks[I]});
    // The first transfer lasts until then.
    auto Until = Clock::now() + milliseconds(20);
    unsigned Begun = 0;
    T.Memory->beforeCopyOutTo([&](const std::byte *) {
      ++Begun;
      std::this_thread::sleep_until(Until);
    });
    auto Answers = T.Cache->getMany(Requests, Until);
    EXPECT_LE(Begun, AtOnce);
    for (unsigned I = 0; I != Count; ++I) {
      if (I < Begun)
        EXPECT_TRUE(Answers[I] && *Answers[I]);
      else
        EXPECT_EQ(Answers[I].error().Reason, Kind::Deadline);
    }
    EXPECT_EQ(T.statistics().TimedOut, Count - Begun);
    // All were let go.
    T.Memory->beforeCopyOutTo({});
    T.Cache->clear();
    T.Cache->giveBack(64 * MiB);
    EXPECT_EQ(T.statistics().MappedBytes, 0u);
  }
}

TEST(VramBatchTest, TheFrontServesItsShare) {
  VramOptions Options = smallOptions();
  Options.FrontBytes = 64 * KiB;
  TestCache T(Options);
  for (uint64_t Number = 1; Number != 5; ++Number)
    T.put(Number, 1000);
  for (int I = 0; I != 2; ++I)
    T.get(2);
  Many M(T, {1, 2, 3});
  EXPECT_TRUE(M.holds(0, 1, 1000));
  EXPECT_TRUE(M.holds(1, 2, 1000));
  EXPECT_TRUE(M.holds(2, 3, 1000));
  EXPECT_EQ(T.statistics().FrontHits, 1u);
}

} // namespace
