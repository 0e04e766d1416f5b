//===- VramHangTest.cpp - When a copy does not end --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A device that hangs and goes on later: whatever it still writes then, it
/// writes to no memory in which the cache has given an answer.
//===----------------------------------------------------------------------===//
#include "VramTestSupport.h"
#include <gtest/gtest.h>

using namespace hapax;

namespace {

using Kind = TierError::Kind;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

VramOptions impatient(uint64_t HostFallbackBytes = 0) {
  VramOptions Options = smallOptions();
  Options.TransferTimeout = milliseconds(250);
  Options.HostFallbackBytes = HostFallbackBytes;
  return Options;
}

TEST(VramHangTest, NobodyWaitsForEverForALane) {
  TestCache T(impatient(8 * MiB), 64 * MiB, true);
  ASSERT_TRUE(T.put(1, 1000));
  T.Memory->hang(true);
  // Both lanes, and then somebody who has all the time in the world.
  for (int I = 0; I != 2; ++I) {
    EXPECT_FALSE(T.get(1));
    EXPECT_EQ(T.Last, Kind::Deadline);
  }
  while (!T.statistics().Lost) {
    EXPECT_FALSE(T.get(1));
    ASSERT_TRUE(T.Last == Kind::Deadline || T.Last == Kind::Unavailable);
  }
  EXPECT_TRUE(T.put(1, 2000));
  EXPECT_TRUE(T.holds(1, 2000));
  EXPECT_TRUE(T.statistics().OnHost);
}

TEST(VramHangTest, ALaneThatIsStuckForTooLongIsTheLossOfTheDevice) {
  VramOptions Options = smallOptions();
  TestCache T(Options, 64 * MiB, true);
  ASSERT_TRUE(T.put(1, 1000));
  T.Memory->hang(true);
  Bytes Got;
  ContainerSink Into(Got);
  auto Begin = Clock::now();
  // Again, should it be late before it begins anything.
  while (T.Memory->lateCopies() == 0)
    EXPECT_EQ(T.Cache->get(keyOf(1), Into, Clock::now() + milliseconds(2))
                  .error()
                  .Reason,
              Kind::Deadline);
  T.Cache->relieve(Begin + Options.TransferTimeout);
  EXPECT_FALSE(T.statistics().Lost);
  // There is another lane; but who does not answer for so long will not.
  T.Cache->relieve(Clock::now() + Options.TransferTimeout + milliseconds(1));
  EXPECT_TRUE(T.statistics().Lost);
  EXPECT_EQ(T.put(2, 100).error().Reason, Kind::Unavailable);
}

TEST(VramHangTest, ALateCopyIntoALanesOwnMemoryHarmsNobody) {
  TestCache T(impatient(8 * MiB), 64 * MiB, true);
  ASSERT_TRUE(T.put(1, 1000));
  Bytes Room(1000);
  RoomSink Into(Room);
  T.Memory->hang(true);
  EXPECT_EQ(T.Cache->get(keyOf(1), Into).error().Reason, Kind::Deadline);
  EXPECT_FALSE(T.Memory->mayTouch(Room));
  T.Memory->hang(false);
  EXPECT_EQ(Room, Bytes(1000));
  T.Cache->relieve(Clock::now());
  EXPECT_FALSE(T.statistics().Lost);
  EXPECT_TRUE(T.holds(1, 1000));
}

TEST(VramHangTest, NobodyWaitsLongerThanTheCallerAfterAnError) {
  TestCache T(smallOptions(), 64 * MiB, true);
  ASSERT_TRUE(T.put(1, 60'000));
  Bytes Room(60'000);
  RoomSink Into(Room);
  // One piece is under way when the next one is refused.
  T.Memory->hang(true);
  T.Memory->failAfter(FaultyMemory::Call::CopyOut, 1,
                      DeviceError::Kind::Refused);
  // Again, should it be late before it begins anything.
  while (T.Memory->lateCopies() == 0) {
    auto Until = Clock::now() + milliseconds(20);
    T.Memory->waitsEndBy(Until);
    EXPECT_FALSE(T.Cache->get(keyOf(1), Into, Until));
  }
  EXPECT_EQ(T.Memory->waitsBeyond(), 0u);
  EXPECT_FALSE(T.Memory->mayTouch(Room));
  T.Memory->hang(false);
  EXPECT_TRUE(T.holds(1, 60'000));
}

TEST(VramHangTest, AtTheEndNoMemoryWaitsForAQueueThatHangs) {
  bool Waits = false;
  {
    TestCache T(impatient(), 64 * MiB, true);
    ASSERT_TRUE(T.put(1, 1000));
    T.Memory->hang(true);
    EXPECT_FALSE(T.get(1));
    ASSERT_EQ(T.Memory->lateCopies(), 1u);
    T.Memory->whenUnpinned([&](bool Now) { Waits |= Now; });
  }
  EXPECT_FALSE(Waits);
}

/// get() and getMany() into registered memory.
struct DirectHangTest : testing::TestWithParam<bool> {
  Bytes Mine{64 * KiB};
  TestCache T{impatient(8 * MiB), 64 * MiB, true};
  RegisteredMemory Registered = std::move(*T.Cache->registerMemory(Mine));

  std::span<std::byte> room(uint64_t At, uint64_t Size) {
    return std::span(Mine).subspan(At, Size);
  }
  /// Those that are fetched in one transfer, or the one that is.
  std::vector<uint64_t> together(uint64_t First, uint64_t Second) const {
    return GetParam() ? std::vector{First, Second} : std::vector{First};
  }
  /// Where they come to.
  std::span<std::byte> roomOf(size_t I) { return room(I * 8192, 3000); }
  /// Fetches them; the kind of error, the same for all, or none.
  std::optional<Kind> fetch(uint64_t First, uint64_t Second) {
    std::vector<uint64_t> Numbers = together(First, Second);
    std::vector<RoomSink> Sinks;
    for (size_t I = 0; I != Numbers.size(); ++I)
      Sinks.emplace_back(roomOf(I));
    if (!GetParam())
      return kindOf(T.Cache->get(keyOf(First), Sinks[0]));
    Tier::Request Requests[] = {{keyOf(First), &Sinks[0]},
                                {keyOf(Second), &Sinks[1]}};
    auto Answers = T.Cache->getMany(Requests);
    EXPECT_EQ(kindOf(Answers[0]), kindOf(Answers[1]));
    return kindOf(Answers[0]);
  }
  static std::optional<Kind> kindOf(const Tier::Answer &A) {
    return A ? std::optional<Kind>() : A.error().Reason;
  }
};

TEST_P(DirectHangTest, NoAnswerIsGivenWhereALateCopyMayLand) {
  for (uint64_t Number : {1, 2, 3, 4})
    ASSERT_TRUE(T.put(Number, 3000));
  T.Memory->hang(true);
  EXPECT_EQ(fetch(1, 2), Kind::Unavailable);
  ASSERT_TRUE(T.statistics().Lost);
  EXPECT_TRUE(Registered.isPoisoned());
  EXPECT_EQ(T.statistics().PoisonedBytes, 3000 * together(1, 2).size());
  // The host has the next entries, but this is no place for them.
  ASSERT_TRUE(T.put(3, 3000) && T.put(4, 3000));
  bool Answered = !fetch(3, 4);
  T.Memory->hang(false);
  // What came late came to where nobody looks.
  for (size_t I = 0; I != together(1, 2).size(); ++I)
    EXPECT_TRUE(same(roomOf(I), payloadOf(1 + I, 3000)));
  EXPECT_FALSE(Answered);
  EXPECT_EQ(fetch(3, 4), Kind::Unavailable);
  // Other memory is as good as ever, and so is another part of this one.
  EXPECT_TRUE(T.holds(3, 3000));
  RoomSink Beside(room(30'000, 3000));
  EXPECT_TRUE(T.Cache->get(keyOf(3), Beside).value_or(std::nullopt));
  EXPECT_TRUE(same(room(30'000, 3000), payloadOf(3, 3000)));
}

TEST_P(DirectHangTest, TheMemoryStaysPinnedWhoeverLetsItGo) {
  ASSERT_TRUE(T.put(1, 3000) && T.put(2, 3000));
  T.Memory->hang(true);
  EXPECT_EQ(fetch(1, 2), Kind::Unavailable);
  {
    RegisteredMemory End = std::move(Registered);
  }
  EXPECT_EQ(T.Memory->unpinnedTooEarly(), 0u);
  // And is not taken in again.
  EXPECT_EQ(T.Cache->registerMemory(Mine).error().Reason, Kind::Unavailable);
  Bytes Other(4096);
  EXPECT_TRUE(T.Cache->registerMemory(Other));
  T.Memory->hang(false);
}

TEST_P(DirectHangTest, ALossThatLeavesACopyBehindPoisonsToo) {
  ASSERT_TRUE(T.put(1, 3000) && T.put(2, 3000));
  T.Memory->hang(true);
  T.Memory->failNext(FaultyMemory::Call::Wait, DeviceError::Kind::Lost);
  EXPECT_EQ(fetch(1, 2), Kind::Unavailable);
  EXPECT_TRUE(Registered.isPoisoned());
  T.Memory->hang(false);
}

TEST_P(DirectHangTest, ALossWithoutACopyLeftBehindDoesNot) {
  ASSERT_TRUE(T.put(1, 3000) && T.put(2, 3000));
  T.Memory->failNext(FaultyMemory::Call::Wait, DeviceError::Kind::Lost);
  EXPECT_EQ(fetch(1, 2), Kind::Unavailable);
  EXPECT_TRUE(T.statistics().Lost);
  EXPECT_FALSE(Registered.isPoisoned());
  EXPECT_EQ(T.statistics().PoisonedBytes, 0u);
}

TEST_P(DirectHangTest, ATransferThatOnlyAnsweredLateIsNoLoss) {
  ASSERT_TRUE(T.put(1, 3000) && T.put(2, 3000));
  T.Memory->failNext(FaultyMemory::Call::Wait, DeviceError::Kind::TimedOut);
  EXPECT_EQ(fetch(1, 2), Kind::Deadline);
  EXPECT_FALSE(T.statistics().Lost);
  EXPECT_EQ(fetch(1, 2), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Ways, DirectHangTest, testing::Bool(),
                         [](const auto &Info) {
                           return Info.param ? "Many" : "One";
                         });

TEST(VramHangTest, AHangingTransferOutOfTheCallersMemoryIsTheEndToo) {
  Bytes Mine(64 * KiB);
  TestCache T(impatient(), 64 * MiB, true);
  auto Registered = T.Cache->registerMemory(Mine);
  ASSERT_TRUE(Registered);
  T.Memory->hang(true);
  EXPECT_EQ(T.Cache->put(keyOf(1), PayloadKind::Object, Mine, 0).error().Reason,
            Kind::Unavailable);
  EXPECT_TRUE(T.statistics().Lost);
  // It is only read: what stands in it can be believed.
  EXPECT_FALSE(Registered->isPoisoned());
  {
    RegisteredMemory End = std::move(*Registered);
  }
  EXPECT_EQ(T.Memory->unpinnedTooEarly(), 0u);
  T.Memory->hang(false);
}

} // namespace
