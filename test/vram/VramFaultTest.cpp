//===- VramFaultTest.cpp - When the device fails ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramWork.h"
#include <gtest/gtest.h>

using namespace hapax;

namespace {

using Kind = TierError::Kind;
using Call = FaultyMemory::Call;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// Each kind of fault at each call of the work, one at a time.
struct EveryFaultTest
    : testing::TestWithParam<std::tuple<DeviceError::Kind, bool>> {};

TEST_P(EveryFaultTest, NoByteIsWrongAndTheCacheGoesOn) {
  auto [How, AsGpu] = GetParam();
  uint64_t Calls;
  {
    TestCache T(busyOptions(), 64 * MiB, AsGpu);
    uint64_t Before = T.Memory->calls();
    work(T);
    Calls = T.Memory->calls() - Before;
  }
  ASSERT_GT(Calls, 150u);
  for (uint64_t At = 0; At < Calls; At += 1) {
    TestCache T(busyOptions(), 64 * MiB, AsGpu);
    T.Memory->failAnyAfter(int64_t(At), How);
    work(T);
    T.Memory->heal();
    ASSERT_EQ(T.Cache->check(), "") << "call " << At;
    if (How == DeviceError::Kind::Lost) {
      // Unless nobody saw the error: then the next call does.
      (void)T.put(100, 1000);
      EXPECT_EQ(T.put(101, 1000).error().Reason, Kind::Unavailable);
      EXPECT_TRUE(T.statistics().Lost);
      continue;
    }
    T.Cache->relieve(Clock::now());
    if (T.statistics().Lost) {
      // Only where the caller's memory may still be written.
      EXPECT_TRUE(AsGpu && How == DeviceError::Kind::TimedOut) << "call " << At;
      continue;
    }
    EXPECT_TRUE(T.put(100, 1000)) << "call " << At;
    EXPECT_TRUE(T.holds(100, 1000)) << "call " << At;
    EXPECT_EQ(T.statistics().PinnedEntries, 0u) << "call " << At;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, EveryFaultTest,
    testing::Combine(testing::Values(DeviceError::Kind::OutOfMemory,
                                     DeviceError::Kind::Unsupported,
                                     DeviceError::Kind::Refused,
                                     DeviceError::Kind::TimedOut,
                                     DeviceError::Kind::Lost),
                     testing::Bool()));

TEST(VramFaultTest, ALostDeviceIsUnavailable) {
  TestCache T;
  T.put(1, 1000);
  Pin Held = T.Cache->pin(keyOf(1));
  T.Memory->failNext(Call::CopyOut, DeviceError::Kind::Lost);
  EXPECT_FALSE(T.get(1));
  EXPECT_EQ(T.Last, Kind::Unavailable);
  EXPECT_FALSE(T.get(2));
  EXPECT_EQ(T.Last, Kind::Unavailable);
  EXPECT_EQ(T.put(2, 10).error().Reason, Kind::Unavailable);
  EXPECT_EQ(T.Cache->contains(keyOf(1)).error().Reason, Kind::Unavailable);
  EXPECT_TRUE(T.Cache->remove(keyOf(1)));
  Bytes Mine(4096);
  EXPECT_EQ(T.Cache->registerMemory(Mine).error().Reason, Kind::Unavailable);
  Bytes Got;
  ContainerSink Into(Got);
  Tier::Request Many[] = {{keyOf(1), &Into}};
  EXPECT_EQ(T.Cache->getMany(Many)[0].error().Reason, Kind::Unavailable);
  T.Cache->relieve(Clock::now());
  T.Cache->giveBack(MiB);
  EXPECT_TRUE(T.statistics().Lost);
}

TEST(VramFaultTest, ALostDeviceIsReplacedByTheHost) {
  VramOptions Options = smallOptions();
  Options.HostFallbackBytes = 8 * MiB;
  TestCache T(Options, 64 * MiB, true);
  Bytes Mine(4096);
  auto Registered = T.Cache->registerMemory(Mine);
  T.put(1, 1000);
  T.get(1);
  Pin Held = T.Cache->pin(keyOf(1));
  EXPECT_FALSE(T.statistics().OnHost);
  T.Memory->failNext(Call::CopyOut, DeviceError::Kind::Lost);
  EXPECT_FALSE(T.get(1));
  EXPECT_EQ(T.Last, Kind::Unavailable);
  // From here on it is an empty cache that works.
  EXPECT_FALSE(T.get(1));
  EXPECT_EQ(T.Last, std::nullopt);
  EXPECT_TRUE(T.put(1, 2000));
  EXPECT_TRUE(T.holds(1, 2000));
  VramStatistics S = T.statistics();
  EXPECT_TRUE(S.OnHost);
  EXPECT_TRUE(S.Lost);
  EXPECT_EQ(S.Hits, 2u);
  EXPECT_EQ(S.Puts, 2u);
  EXPECT_EQ(S.Entries, 1u);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramFaultTest, AHangingTransferEndsAtTheDeadline) {
  TestCache T(smallOptions(), 64 * MiB, true);
  T.put(1, 1000);
  T.put(2, 1000);
  T.Memory->hang(true);
  Bytes Got;
  ContainerSink Into(Got);
  uint64_t Calls = 0;
  auto Soon = [&] {
    ++Calls;
    return Clock::now() + milliseconds(5);
  };
  // Again, should one be late before it begins anything.
  while (T.Memory->lateCopies() == 0)
    EXPECT_EQ(T.Cache->get(keyOf(1), Into, Soon()).error().Reason,
              Kind::Deadline);
  while (T.Memory->lateCopies() == 1)
    EXPECT_EQ(
        T.Cache
            ->put(keyOf(3), PayloadKind::Object, payloadOf(3, 100), 0, Soon())
            .error()
            .Reason,
        Kind::Deadline);
  // With both lanes stuck there is no other.
  EXPECT_EQ(T.Cache->get(keyOf(2), Into, Soon()).error().Reason,
            Kind::Deadline);
  // What they use stays as it is, and with it its slab.
  T.Cache->clear();
  EXPECT_EQ(T.Cache->giveBack(64 * MiB), 0u);
  EXPECT_EQ(T.Cache->check(), "");
  EXPECT_EQ(T.statistics().MappedBytes, T.statistics().SlabBytes);
  // Drained: everything is let go.
  T.Memory->hang(false);
  T.Cache->relieve(Clock::now());
  T.Cache->giveBack(64 * MiB);
  EXPECT_EQ(T.statistics().MappedBytes, 0u);
  EXPECT_EQ(T.statistics().TimedOut, Calls);
  T.Cache->relieve(Clock::now());
  EXPECT_TRUE(T.put(1, 1000));
  EXPECT_TRUE(T.holds(1, 1000));
}

TEST(VramFaultTest, AHangingTransferToTheCallersMemoryIsTheEnd) {
  VramOptions Options = smallOptions();
  Options.TransferTimeout = milliseconds(250);
  TestCache T(Options, 64 * MiB, true);
  Bytes Mine(4096);
  auto Registered = T.Cache->registerMemory(Mine);
  ASSERT_TRUE(T.put(1, 1000));
  T.Memory->hang(true);
  RoomSink Into(Mine);
  EXPECT_EQ(T.Cache->get(keyOf(1), Into).error().Reason, Kind::Unavailable);
  EXPECT_TRUE(T.statistics().Lost);
  T.Memory->hang(false);
}

TEST(VramFaultTest, AQueueAtItsEndIsTheEnd) {
  TestCache T(smallOptions(), 64 * MiB, true);
  T.put(1, 1000);
  T.Memory->failNext(Call::Wait, DeviceError::Kind::TimedOut);
  EXPECT_FALSE(T.get(1));
  T.Memory->failNext(Call::IsDone, DeviceError::Kind::Refused);
  T.Cache->relieve(Clock::now());
  EXPECT_TRUE(T.statistics().Lost);
}

TEST(VramFaultTest, ADamagedCopyInTheFrontIsNotServed) {
  // The entry's own bytes are good: the front's copy alone goes.
  VramOptions Options = smallOptions();
  Options.FrontBytes = 32 * KiB;
  TestCache T(Options);
  T.put(1, 1000);
  T.get(1);
  T.get(1);
  ASSERT_EQ(T.statistics().FrontEntries, 1u);
  T.Cache->frontMemory()[500] ^= std::byte(1);
  EXPECT_TRUE(T.holds(1, 1000));
  EXPECT_EQ(T.statistics().CorruptEvicted, 1u);
  EXPECT_EQ(T.statistics().FrontHits, 0u);
  EXPECT_TRUE(T.holds(1, 1000));
  EXPECT_EQ(T.statistics().FrontHits, 1u);
}

} // namespace
