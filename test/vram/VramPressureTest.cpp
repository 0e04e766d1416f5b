//===- VramPressureTest.cpp - Room for others -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramTestSupport.h"
#include <gtest/gtest.h>

using namespace hapax;

namespace {

using Call = FaultyMemory::Call;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// The entries that are there of those that were put; what is there is right.
std::vector<uint64_t> left(TestCache &T, uint64_t Count, uint64_t Size) {
  std::vector<uint64_t> There;
  for (uint64_t Number = 0; Number != Count; ++Number)
    if (*T.Cache->contains(keyOf(Number))) {
      Bytes Got;
      ContainerSink Into(Got);
      auto A = T.Cache->peek(keyOf(Number), Into);
      EXPECT_TRUE(A && *A && same(Got, payloadOf(Number, Size)));
      There.push_back(Number);
    }
  return There;
}

TEST(VramPressureTest, GivesBackTheOldest) {
  TestCache T(smallOptions(32 * MiB));
  for (uint64_t Number = 0; Number != 50; ++Number)
    ASSERT_TRUE(T.put(Number, 400'000));
  uint64_t Before = T.statistics().MappedBytes;
  EXPECT_GE(T.Cache->giveBack(8 * MiB), 8 * MiB);
  VramStatistics S = T.statistics();
  EXPECT_LE(S.MappedBytes, Before - 8 * MiB);
  EXPECT_EQ(S.GivenBackBytes, Before - S.MappedBytes);
  EXPECT_EQ(*T.Memory->freeBytes(), 64 * MiB - S.MappedBytes);
  auto There = left(T, 50, 400'000);
  EXPECT_GT(There.size(), 15u);
  EXPECT_LT(There.size(), 35u);
  EXPECT_TRUE(*T.Cache->contains(keyOf(49)));
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, MovesRatherThanDrops) {
  VramOptions Options = smallOptions(32 * MiB);
  Options.MoveFor = milliseconds(10'000);
  TestCache T(Options);
  for (uint64_t Number = 0; Number != 50; ++Number)
    ASSERT_TRUE(T.put(Number, 400'000));
  // Every second one: all slabs are half empty.
  for (uint64_t Number = 0; Number != 50; Number += 2)
    T.Cache->remove(keyOf(Number));
  EXPECT_GE(T.Cache->giveBack(6 * MiB), 6 * MiB);
  EXPECT_EQ(T.statistics().EvictedForRoom, 0u);
  EXPECT_GT(T.statistics().MovedBytes, 0u);
  EXPECT_EQ(left(T, 50, 400'000).size(), 25u);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, DropsWhereThereIsNoTimeToMove) {
  VramOptions Options = smallOptions(32 * MiB);
  Options.MoveFor = milliseconds(0);
  TestCache T(Options);
  for (uint64_t Number = 0; Number != 50; ++Number)
    T.put(Number, 400'000);
  for (uint64_t Number = 0; Number != 50; Number += 2)
    T.Cache->remove(keyOf(Number));
  EXPECT_GE(T.Cache->giveBack(6 * MiB), 6 * MiB);
  EXPECT_GT(T.statistics().EvictedForRoom, 0u);
  EXPECT_EQ(T.statistics().MovedBytes, 0u);
  left(T, 50, 400'000);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, MakesHolesByMoving) {
  TestCache T(smallOptions(10 * MiB));
  for (uint64_t Number = 0; Number != 80; ++Number)
    ASSERT_TRUE(T.put(Number, 100'000));
  // What is left of the newest half has holes everywhere between.
  for (uint64_t Number = 0; Number != 80; ++Number)
    if (Number % 3)
      T.Cache->remove(keyOf(Number));
  uint64_t Kept = T.Cache->size();
  ASSERT_TRUE(T.put(1000, 1'900'000));
  ASSERT_TRUE(T.put(1001, 1'200'000));
  EXPECT_EQ(T.Cache->size(), Kept + 2);
  EXPECT_GT(T.statistics().MovedBytes, 0u);
  EXPECT_EQ(T.statistics().EvictedForRoom, 0u);
  EXPECT_TRUE(T.holds(1000, 1'900'000));
  EXPECT_TRUE(T.holds(1001, 1'200'000));
  left(T, 80, 100'000);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, PinnedEntriesStay) {
  TestCache T(smallOptions(32 * MiB));
  for (uint64_t Number = 0; Number != 50; ++Number)
    T.put(Number, 400'000);
  Pin One = T.Cache->pin(keyOf(0)), Two = T.Cache->pin(keyOf(20));
  T.Cache->giveBack(64 * MiB);
  EXPECT_EQ(left(T, 50, 400'000), (std::vector<uint64_t>{0, 20}));
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, PinnedEntriesAreMoved) {
  VramOptions Options = smallOptions(32 * MiB);
  Options.MoveFor = milliseconds(10'000);
  TestCache T(Options);
  for (uint64_t Number = 0; Number != 50; ++Number)
    ASSERT_TRUE(T.put(Number, 400'000));
  std::vector<Pin> Pins;
  for (uint64_t Number = 0; Number != 50; Number += 2) {
    T.Cache->remove(keyOf(Number));
    Pins.push_back(T.Cache->pin(keyOf(Number + 1)));
  }
  EXPECT_GE(T.Cache->giveBack(6 * MiB), 6 * MiB);
  EXPECT_EQ(left(T, 50, 400'000).size(), 25u);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, APinHoldsNoMemoryOfARemovedEntry) {
  TestCache T;
  T.put(1, MiB);
  T.put(2, MiB);
  Pin One = T.Cache->pin(keyOf(1)), Two = T.Cache->pin(keyOf(2));
  T.Cache->remove(keyOf(1));
  T.Cache->clear();
  T.Cache->giveBack(64 * MiB);
  EXPECT_EQ(T.statistics().MappedBytes, 0u);
}

TEST(VramPressureTest, ABlockThatIsNoEntrysStopsNobody) {
  for (auto MoveFor : {milliseconds(0), milliseconds(10'000)}) {
    VramOptions Options = smallOptions(32 * MiB);
    Options.MoveFor = MoveFor;
    TestCache T(Options);
    for (uint64_t Number = 0; Number != 50; ++Number)
      T.put(Number, 400'000);
    // One entry in each of a few slabs.
    std::vector<uint64_t> Kept = {20, 30, 38, 44, 49};
    for (uint64_t Number = 0; Number != 50; ++Number)
      if (std::ranges::find(Kept, Number) == Kept.end())
        T.Cache->remove(keyOf(Number));
    bool Once = false;
    T.Memory->beforeCopyOutTo([&](const std::byte *) {
      if (std::exchange(Once, true))
        return;
      T.Cache->remove(keyOf(44));
      T.Cache->giveBack(18 * MiB);
    });
    EXPECT_TRUE(T.holds(44, 400'000));
    EXPECT_EQ(T.statistics().MappedBytes, 2 * MiB);
    EXPECT_EQ(T.Cache->check(), "");
  }
}

TEST(VramPressureTest, EntriesLargerThanASlabGoToo) {
  TestCache T(smallOptions(48 * MiB));
  for (uint64_t Number = 0; Number != 10; ++Number)
    ASSERT_TRUE(T.put(Number, 3'900'000));
  for (uint64_t Number : {1, 3, 5, 7, 9})
    T.Cache->remove(keyOf(Number));
  // The limits leave room for four of them, which lie in three slabs each.
  EXPECT_GE(T.Cache->giveBack(18 * MiB), 18 * MiB);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, MakesRoomForOthersByItself) {
  VramOptions Options = smallOptions(48 * MiB);
  Options.Memory.KeepFreeBytes = 8 * MiB;
  TestCache T(Options);
  for (uint64_t Number = 0; Number != 90; ++Number)
    ASSERT_TRUE(T.put(Number, 400'000));
  T.Memory->takeAway(26 * MiB);
  T.Cache->relieve(Clock::now());
  EXPECT_GE(*T.Memory->freeBytes(), 8 * MiB);
  EXPECT_GT(T.statistics().GivenBackBytes, 0u);
  uint64_t Small = T.statistics().LimitBytes;
  left(T, 90, 400'000);
  // And takes it again when they are gone.
  T.Memory->takeAway(-26 * int64_t(MiB));
  T.Cache->relieve(Clock::now() + milliseconds(1));
  EXPECT_GT(T.statistics().LimitBytes, Small);
  for (uint64_t Number = 100; Number != 190; ++Number)
    ASSERT_TRUE(T.put(Number, 400'000));
  EXPECT_GE(*T.Memory->freeBytes(), 8 * MiB);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, WaitsBeforeItGrowsAgain) {
  VramOptions Options = smallOptions(32 * MiB);
  Options.RegrowAfter = milliseconds(60'000);
  TestCache T(Options);
  T.put(1, MiB);
  T.Cache->giveBack(MiB);
  uint64_t Small = T.statistics().LimitBytes;
  T.Cache->relieve(Clock::now());
  EXPECT_EQ(T.statistics().LimitBytes, Small);
  T.Cache->relieve(Clock::now() + milliseconds(61'000));
  EXPECT_GT(T.statistics().LimitBytes, Small);
}

TEST(VramPressureTest, GoesOnWithWhatItHasWhenTheDeviceIsFull) {
  TestCache T(smallOptions(32 * MiB));
  T.put(0, 400'000);
  T.Memory->takeAway(60 * MiB);
  for (uint64_t Number = 1; Number != 40; ++Number) {
    ASSERT_TRUE(T.put(Number, 400'000));
    ASSERT_TRUE(T.holds(Number, 400'000));
  }
  EXPECT_LE(T.statistics().MappedBytes, 4 * MiB);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, EmptySlabsThatAreApartMakeRoomForALargeEntry) {
  TestCache T(smallOptions(10 * MiB));
  for (uint64_t Number = 0; Number != 4; ++Number)
    ASSERT_TRUE(T.put(Number, Number == 3 ? MiB : 2 * MiB));
  {
    // Every second slab goes back to the device.
    Pin One = T.Cache->pin(keyOf(0)), Two = T.Cache->pin(keyOf(2));
    T.Cache->remove(keyOf(1));
    T.Cache->remove(keyOf(3));
    EXPECT_EQ(T.Cache->giveBack(4 * MiB), 4 * MiB);
  }
  T.Cache->clear();
  // The device has a slab to spare, which is for moving.
  T.Memory->takeAway(58 * MiB);
  T.Cache->relieve(Clock::now());
  EXPECT_EQ(T.statistics().MappedBytes, 4 * MiB);
  EXPECT_TRUE(T.put(4, 3'800'000));
  EXPECT_TRUE(T.holds(4, 3'800'000));
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, OnlyAsManyEmptySlabsMoveAsALargeEntryNeeds) {
  TestCache T(smallOptions(24 * MiB));
  for (uint64_t Number = 0; Number != 10; ++Number)
    ASSERT_TRUE(T.put(Number, 2 * MiB));
  for (uint64_t Number : {1, 3, 5, 7})
    T.Cache->remove(keyOf(Number));
  ASSERT_EQ(T.statistics().MappedBytes, 20 * MiB);
  // Two of the four that are empty, side by side somewhere else.
  EXPECT_TRUE(T.put(10, 3'800'000));
  EXPECT_EQ(T.statistics().MappedBytes, 20 * MiB);
  EXPECT_EQ(T.statistics().EvictedForRoom, 0u);
  EXPECT_EQ(left(T, 10, 2 * MiB), (std::vector<uint64_t>{0, 2, 4, 6, 8, 9}));
  EXPECT_TRUE(T.holds(10, 3'800'000));
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, APutMakesRoomOnlySoLong) {
  VramOptions Options = smallOptions(10 * MiB);
  Options.TransferTimeout = milliseconds(200);
  TestCache T(Options);
  for (uint64_t Number = 0; Number != 80; ++Number)
    T.put(Number, 100'000);
  for (uint64_t Number = 0; Number != 80; ++Number)
    if (Number % 3)
      T.Cache->remove(keyOf(Number));
  uint64_t Kept = T.Cache->size(), Moves = 0;
  // It needs two slabs, one after the other.
  T.Memory->beforeCopyWithin([&] {
    if (Moves++ == 0)
      std::this_thread::sleep_for(milliseconds(250));
  });
  EXPECT_EQ(T.put(1000, 3'900'000).error().Reason, TierError::Kind::Deadline);
  EXPECT_GT(Moves, 0u);
  EXPECT_EQ(T.Cache->size(), Kept);
  // What was moved by then is of use to the next ones: one of them gets done,
  // also where the machine has little time for it.
  bool Done = false;
  for (int Try = 0; Try != 100 && !Done; ++Try)
    Done = T.put(1000, 3'900'000).has_value();
  EXPECT_TRUE(Done);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, APutMakesRoomOnlySoOften) {
  constexpr uint64_t Most = 8, Size = 900'000, Enough = 400;
  VramOptions Options = smallOptions(10 * MiB);
  Options.MaxEntries = Most;
  Options.TransferTimeout = std::chrono::hours(1);
  TestCache T(Options);
  uint64_t Next = 0;
  for (; Next != Most; ++Next)
    ASSERT_TRUE(T.put(Next, Size));
  // Each time that one put moves entries out of its way, others take what is
  // free by then. They do not wait until it has moved them.
  std::mt19937_64 Random(5);
  auto TakeAll = [&] {
    uint64_t End = Next + Most;
    for (unsigned Failures = 0; Failures != 2 && Next != End; ++Next)
      Failures =
          T.Cache->put(keyOf(Next), PayloadKind::Object, payloadOf(Next, Size),
                       0, Clock::now() + milliseconds(5))
              ? 0
              : Failures + 1;
    // And use them in no order: where the oldest go, holes remain.
    auto Keys = T.Cache->keys();
    std::ranges::shuffle(Keys, Random);
    for (const CacheKey &Key : Keys)
      Pin Newest = T.Cache->pin(Key);
  };
  uint64_t Times = 0;
  bool Inside = false;
  T.Memory->beforeCopyWithin([&] {
    if (Inside || Times == Enough)
      return;
    Inside = true;
    TakeAll();
    ++Times;
    Inside = false;
  });
  auto Done = T.put(1'000'000, 3'900'000);
  ASSERT_FALSE(Done);
  EXPECT_EQ(Done.error().Reason, TierError::Kind::Full);
  EXPECT_LT(Times, Enough);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, WhatNoLongerFitsEvictsNothing) {
  TestCache T(smallOptions(32 * MiB));
  for (uint64_t Number = 0; Number != 4; ++Number)
    T.put(Number, 400'000);
  // One slab is left: too little for this, and enough for the others.
  T.Memory->takeAway(62 * MiB);
  EXPECT_EQ(T.put(4, MaxTestPayload).error().Reason, TierError::Kind::Full);
  EXPECT_EQ(left(T, 5, 400'000), (std::vector<uint64_t>{0, 1, 2, 3}));
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, APutPastItsDeadlineEvictsNothing) {
  TestCache T(smallOptions(8 * MiB));
  for (uint64_t Number = 0; Number != 20; ++Number)
    T.put(Number, 400'000);
  auto Before = left(T, 20, 400'000);
  EXPECT_EQ(T.Cache
                ->put(keyOf(20), PayloadKind::Object, payloadOf(20, MiB), 0,
                      Clock::now() - milliseconds(1))
                .error()
                .Reason,
            TierError::Kind::Deadline);
  EXPECT_EQ(left(T, 20, 400'000), Before);
}

TEST(VramPressureTest, APutWhoseRoomCameTooLateStoresNothing) {
  TestCache T(smallOptions(10 * MiB));
  for (uint64_t Number = 0; Number != 80; ++Number)
    T.put(Number, 100'000);
  for (uint64_t Number = 0; Number != 80; ++Number)
    if (Number % 3)
      T.Cache->remove(keyOf(Number));
  uint64_t Kept = T.Cache->size();
  Clock::time_point Until;
  uint64_t Moves = 0;
  T.Memory->beforeCopyWithin([&] {
    ++Moves;
    std::this_thread::sleep_until(Until);
  });
  T.Memory->failNext(Call::CopyIn, DeviceError::Kind::Refused);
  // Again, should it be late before it moves anything.
  while (Moves == 0) {
    Until = Clock::now() + milliseconds(20);
    auto Done = T.Cache->put(keyOf(1000), PayloadKind::Object,
                             payloadOf(1000, 1'900'000), 0, Until);
    ASSERT_EQ(Done.error().Reason, TierError::Kind::Deadline);
  }
  EXPECT_EQ(T.Cache->size(), Kept);
  EXPECT_EQ(T.Cache->check(), "");
  // What was to be its block is free again, and what a move used, once it is
  // over.
  T.Cache->clear();
  for (int I = 0; I != 10'000 && T.statistics().MappedBytes != 0; ++I) {
    std::this_thread::sleep_for(milliseconds(1));
    T.Cache->relieve(Clock::now());
    T.Cache->giveBack(64 * MiB);
  }
  EXPECT_EQ(T.statistics().MappedBytes, 0u);
}

TEST(VramPressureTest, AFailedReplacementForWhichOthersWentLeavesTheOldEntry) {
  TestCache T(smallOptions(8 * MiB));
  while (T.statistics().Evicted + T.statistics().EvictedForRoom == 0)
    T.put(T.Cache->size() + 1, 400'000);
  // The oldest of all, and the device has no more for anybody.
  CacheKey Oldest = T.Cache->keys().back();
  uint64_t Number = 0;
  while (keyOf(Number) != Oldest)
    ++Number;
  T.Memory->failNext(Call::CopyIn, DeviceError::Kind::Refused);
  EXPECT_FALSE(T.Cache->replace(Oldest, PayloadKind::Object,
                                payloadOf(99, 2'000'000), 0));
  EXPECT_EQ(T.Cache->keys().back(), Oldest);
  EXPECT_TRUE(T.holds(Number, 400'000));
  // Also when the memory becomes less in between.
  T.Memory->takeAway(60 * MiB);
  T.Cache->giveBack(2 * MiB);
  Oldest = T.Cache->keys().back();
  T.Memory->failNext(Call::CopyIn, DeviceError::Kind::Refused);
  EXPECT_FALSE(T.Cache->replace(Oldest, PayloadKind::Object,
                                payloadOf(99, 2'000'000), 0));
  EXPECT_TRUE(*T.Cache->contains(Oldest));
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, GivesEverythingBackWhenNobodyUsesIt) {
  VramOptions Options = smallOptions();
  Options.IdleAfter = milliseconds(1000);
  TestCache T(Options);
  T.put(1, MiB);
  auto Now = Clock::now();
  T.Cache->relieve(Now);
  T.Cache->relieve(Now + milliseconds(900));
  EXPECT_TRUE(T.holds(1, MiB));
  T.Cache->relieve(Now + milliseconds(1800));
  T.Cache->relieve(Now + milliseconds(2700));
  EXPECT_TRUE(*T.Cache->contains(keyOf(1)));
  T.Cache->relieve(Now + milliseconds(2900));
  EXPECT_FALSE(*T.Cache->contains(keyOf(1)));
  EXPECT_EQ(T.statistics().MappedBytes, 0u);
  EXPECT_EQ(*T.Memory->freeBytes(), 64 * MiB);
  // It is as good as new.
  EXPECT_TRUE(T.put(1, MiB));
  EXPECT_TRUE(T.holds(1, MiB));
}

TEST(VramPressureTest, AnEntryInUseIsNotMoved) {
  VramOptions Options = smallOptions(32 * MiB);
  Options.MoveFor = milliseconds(10'000);
  TestCache T(Options);
  for (uint64_t Number = 0; Number != 50; ++Number)
    T.put(Number, 400'000);
  for (uint64_t Number = 0; Number != 50; Number += 2)
    T.Cache->remove(keyOf(Number));
  // While one is read, its neighbours are moved and given back.
  bool Once = false;
  T.Memory->beforeCopyOutTo([&](const std::byte *) {
    if (!std::exchange(Once, true))
      T.Cache->giveBack(6 * MiB);
  });
  EXPECT_TRUE(T.holds(25, 400'000));
  EXPECT_TRUE(Once);
  EXPECT_EQ(left(T, 50, 400'000).size(), 25u);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, AnEntryThatMovedServesInThePlaceOfABadCopy) {
  for (bool Many : {false, true}) {
    VramOptions Options = smallOptions(32 * MiB);
    Options.FrontBytes = 32 * KiB;
    Options.MoveFor = milliseconds(10'000);
    TestCache T(Options);
    // The small entry lies among large ones, in the first of two slabs.
    T.put(1, 1000);
    for (uint64_t Number = 2; Number != 10; ++Number)
      T.put(Number, 400'000);
    T.get(1);
    T.get(1);
    ASSERT_EQ(T.statistics().FrontEntries, 1u);
    for (uint64_t Number = 2; Number != 6; ++Number)
      T.Cache->remove(keyOf(Number));
    T.Cache->remove(keyOf(9));
    Bytes Room(1000);
    RoomSink Into(Room, [&] {
      T.Cache->giveBack(2 * MiB);
      T.Cache->frontMemory()[500] ^= std::byte(1);
    });
    Tier::Request Requests[] = {{keyOf(1), &Into}};
    auto Answer =
        Many ? T.Cache->getMany(Requests)[0] : T.Cache->get(keyOf(1), Into);
    EXPECT_GT(T.statistics().MovedBytes, 0u);
    EXPECT_TRUE(Answer && *Answer);
    EXPECT_TRUE(same(Room, payloadOf(1, 1000)));
    EXPECT_EQ(T.statistics().CorruptEvicted, 1u);
    EXPECT_EQ(T.statistics().Errors, 0u);
    EXPECT_EQ(T.statistics().FrontHits, 0u);
    EXPECT_TRUE(T.holds(1, 1000));
    EXPECT_EQ(T.Cache->check(), "");
  }
}

TEST(VramPressureTest, AnEntryOfAnotherSizeDoesNotServeInThePlaceOfABadCopy) {
  VramOptions Options = smallOptions();
  Options.FrontBytes = 32 * KiB;
  TestCache T(Options);
  T.put(1, 1000);
  T.get(1);
  T.get(1);
  Bytes Room(1000);
  RoomSink Into(Room, [&] {
    T.Cache->frontMemory()[500] ^= std::byte(1);
    ASSERT_TRUE(
        T.Cache->replace(keyOf(1), PayloadKind::Object, payloadOf(7, 2000), 0));
  });
  EXPECT_EQ(T.Cache->get(keyOf(1), Into).error().Reason,
            TierError::Kind::Corrupt);
  EXPECT_TRUE(same(*T.get(1), payloadOf(7, 2000)));
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramPressureTest, AnEntryCanGoWhileItIsRead) {
  TestCache T;
  T.put(1, 400'000);
  bool Once = false;
  T.Memory->beforeCopyOutTo([&](const std::byte *) {
    if (std::exchange(Once, true))
      return;
    T.Cache->remove(keyOf(1));
    T.put(1, 500, 77);
    // Were the old block free, this would lie in it.
    T.put(2, 400'000);
  });
  EXPECT_TRUE(T.holds(1, 400'000));
  EXPECT_TRUE(same(*T.get(1), payloadOf(77, 500)));
  EXPECT_TRUE(T.holds(2, 400'000));
  EXPECT_EQ(T.Cache->check(), "");
}

} // namespace
