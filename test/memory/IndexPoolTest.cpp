//===- IndexPoolTest.cpp ----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Memory/IndexPool.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <vector>

using namespace hapax;

namespace {

/// Words in an array; room for some of them only, if wanted.
struct ArraySlots {
  std::atomic<uint64_t> *Words;
  const uint32_t *Room;
  std::atomic<uint64_t> &link(uint32_t Index) const { return Words[Index]; }
  bool prepare(uint32_t Count) const { return Count <= *Room; }
  void noteAhead(uint32_t, uint32_t) const {}
  void prefetchAhead(uint32_t) const {}
};
using Pool = IndexPool<StdAtomics, ArraySlots>;
using State = Pool::SlotState;

class IndexPoolTest : public ::testing::Test {
protected:
  static constexpr uint32_t Limit = 8;
  std::unique_ptr<std::atomic<uint64_t>[]> Words{
      new std::atomic<uint64_t>[Limit]()};
  uint32_t Room = Limit;
  Pool Slots{ArraySlots{Words.get(), &Room}, Limit, 0x1234567890abcdef};

  uint32_t take() {
    auto Slot = Slots.take();
    EXPECT_TRUE(Slot);
    return Slot ? Slot->Index : ~0u;
  }
  void give(uint32_t Index) { EXPECT_TRUE(Slots.give(Index)); }
  MemoryError takeError() {
    auto Slot = Slots.take();
    EXPECT_FALSE(Slot);
    return Slot ? MemoryError::TooLarge : Slot.error();
  }
  MemoryError giveError(uint32_t Index) {
    auto Done = Slots.give(Index);
    EXPECT_FALSE(Done);
    return Done ? MemoryError::TooLarge : Done.error();
  }
};

TEST_F(IndexPoolTest, FreshSlotsInOrderThenLastInFirstOut) {
  for (uint32_t I = 0; I != 4; ++I) {
    auto Slot = Slots.take();
    ASSERT_TRUE(Slot);
    EXPECT_EQ(Slot->Index, I);
    EXPECT_TRUE(Slot->IsFresh);
  }
  give(1);
  give(3);
  for (uint32_t I : {3u, 1u}) {
    auto Slot = Slots.take();
    ASSERT_TRUE(Slot);
    EXPECT_EQ(Slot->Index, I);
    EXPECT_FALSE(Slot->IsFresh);
  }
  EXPECT_EQ(take(), 4u);
  EXPECT_EQ(Slots.begun(), 5u);
}

TEST_F(IndexPoolTest, ExhaustedAtTheLimitOnly) {
  for (uint32_t I = 0; I != Limit; ++I)
    take();
  EXPECT_EQ(takeError(), MemoryError::Exhausted);
  give(5);
  EXPECT_EQ(take(), 5u);
  EXPECT_EQ(takeError(), MemoryError::Exhausted);
}

TEST_F(IndexPoolTest, NoRoomIsNoMemory) {
  Room = 2;
  take();
  take();
  EXPECT_EQ(takeError(), MemoryError::NoMemory);
  give(0);
  EXPECT_EQ(take(), 0u);
  Room = 3;
  EXPECT_EQ(take(), 2u);
}

TEST_F(IndexPoolTest, SecondGiveAndUnknownSlotAreErrors) {
  take();
  take();
  give(0);
  EXPECT_EQ(giveError(0), MemoryError::DoubleFree);
  give(1);
  EXPECT_EQ(giveError(0), MemoryError::DoubleFree);
  EXPECT_EQ(giveError(2), MemoryError::NotABlock);
  EXPECT_EQ(giveError(Limit), MemoryError::NotABlock);
  EXPECT_EQ(giveError(~0u), MemoryError::NotABlock);
  EXPECT_EQ(take(), 1u);
  EXPECT_EQ(take(), 0u);
}

TEST_F(IndexPoolTest, RetiredSlotsDoNotComeBack) {
  uint32_t Slot = take();
  ASSERT_TRUE(Slots.retire(Slot));
  EXPECT_EQ(Slots.state(Slot), State::Retired);
  EXPECT_EQ(giveError(Slot), MemoryError::DoubleFree);
  EXPECT_FALSE(Slots.retire(Slot));
  for (uint32_t I = 1; I != Limit; ++I)
    EXPECT_NE(take(), Slot);
  EXPECT_EQ(takeError(), MemoryError::Exhausted);
}

// Whatever value a link is overwritten with.
TEST_F(IndexPoolTest, OverwrittenLinkOfASlotInUse) {
  uint32_t Slot = take();
  const uint64_t Good = Words[Slot];
  std::mt19937_64 Random(1);
  for (int I = 0; I != 1000; ++I) {
    uint64_t Bad = I < 64 ? Good ^ uint64_t(1) << I : Random();
    Words[Slot] = Bad;
    EXPECT_EQ(giveError(Slot), MemoryError::Corrupt) << std::hex << Bad;
    EXPECT_EQ(Words[Slot], Bad);
    EXPECT_EQ(Slots.state(Slot), State::Damaged);
  }
  Words[Slot] = Good;
  give(Slot);
}

TEST_F(IndexPoolTest, OverwrittenLinkOfAFreeSlotLosesWhatIsBehindIt) {
  for (uint32_t I = 0; I != 4; ++I)
    take();
  for (uint32_t I = 0; I != 4; ++I)
    give(I);
  // 3 2 1 0: the second one is damaged.
  Words[2] = Words[2] ^ 0x100;
  EXPECT_EQ(take(), 3u);
  EXPECT_EQ(takeError(), MemoryError::Corrupt);
  // It goes on with slots that are whole.
  for (uint32_t I = 4; I != Limit; ++I)
    EXPECT_EQ(take(), I);
  EXPECT_EQ(takeError(), MemoryError::Exhausted);
  give(3);
  EXPECT_EQ(take(), 3u);
}

// A link of one slot does not pass as that of another.
TEST_F(IndexPoolTest, CopiedLinkIsDamage) {
  take();
  take();
  Words[0] = Words[1].load();
  EXPECT_EQ(giveError(0), MemoryError::Corrupt);
}

// Nor does a mark pass as a link, though its seal is right.
TEST_F(IndexPoolTest, MarkOnAFreeSlotIsDamage) {
  uint32_t Slot = take();
  const uint64_t Mark = Words[Slot];
  give(Slot);
  Words[Slot] = Mark;
  EXPECT_EQ(takeError(), MemoryError::Corrupt);
  EXPECT_EQ(take(), 1u);
}

TEST_F(IndexPoolTest, BatchesForCaches) {
  TakenSlot Batch[3];
  auto Count = Slots.takeForCache(Batch);
  ASSERT_EQ(Count, 3u);
  for (uint32_t I = 0; I != 3; ++I) {
    EXPECT_EQ(Batch[I].Index, I);
    EXPECT_TRUE(Batch[I].IsFresh);
    EXPECT_EQ(Slots.state(I), State::Cached);
    EXPECT_EQ(giveError(I), MemoryError::DoubleFree);
  }
  ASSERT_TRUE(Slots.useFromCache(1));
  EXPECT_EQ(Slots.state(1), State::InUse);
  EXPECT_FALSE(Slots.useFromCache(1));
  ASSERT_TRUE(Slots.giveToCache(1));
  EXPECT_FALSE(Slots.giveToCache(1));
  Slots.giveFromCache(Batch);
  Slots.giveFromCache({});
  // They lie on the stack in the order of the batch.
  TakenSlot Again[2];
  Count = Slots.takeForCache(Again);
  ASSERT_EQ(Count, 2u);
  EXPECT_EQ(Again[0].Index, 0u);
  EXPECT_EQ(Again[1].Index, 1u);
  EXPECT_FALSE(Again[0].IsFresh);
  EXPECT_EQ(take(), 2u);
}

TEST_F(IndexPoolTest, BatchIsWhatThereIs) {
  TakenSlot Batch[16];
  EXPECT_EQ(Slots.takeForCache(Batch), Limit);
  EXPECT_EQ(takeError(), MemoryError::Exhausted);
  Slots.giveFromCache(std::span(Batch).first(5));
  EXPECT_EQ(Slots.takeForCache(Batch), 5u);
}

// A damaged slot in the middle ends the batch; it is reported when it is first.
TEST_F(IndexPoolTest, BatchEndsBeforeDamage) {
  TakenSlot Batch[6];
  ASSERT_EQ(Slots.takeForCache(Batch), 6u);
  Slots.giveFromCache(Batch);
  Words[2] = 0;
  ASSERT_EQ(Slots.takeForCache(Batch), 2u);
  EXPECT_EQ(Batch[1].Index, 1u);
  EXPECT_EQ(takeError(), MemoryError::Corrupt);
  EXPECT_EQ(take(), 6u);
}

// Any sequence of operations, against a model that keeps sets.
TEST_F(IndexPoolTest, RandomOperationsAgreeWithSets) {
  std::mt19937 Random(7);
  std::set<uint32_t> InUse, Seen;
  for (int Step = 0; Step != 100000; ++Step) {
    uint32_t Index = Random() % (Limit + 1);
    if (Random() % 2) {
      auto Slot = Slots.take();
      ASSERT_EQ(Slot.has_value(), InUse.size() < Limit);
      if (Slot) {
        ASSERT_TRUE(InUse.insert(Slot->Index).second);
        ASSERT_EQ(Slot->IsFresh, Seen.insert(Slot->Index).second);
      }
    } else {
      ASSERT_EQ(Slots.give(Index).has_value(), InUse.erase(Index) == 1);
    }
    ASSERT_EQ(Slots.begun(), Seen.size());
  }
}

} // namespace
