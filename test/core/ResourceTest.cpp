//===- ResourceTest.cpp -----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ResourceCheck.h"
#include "gtest/gtest.h"
#include <random>

using namespace hapax;
using namespace hapax::test;

namespace {

/// The acquisitions that a handle of the sequences below may name, the first
/// of which is none: stale ones, live ones, and ones still to come.
constexpr unsigned Numbers = 4;
/// acquire on a short or an endless lease, and four calls on each handle.
constexpr unsigned Calls = 2 + 4 * Numbers;

HapaxHandle handle(const ResourceCheck &Check, unsigned Number) {
  if (Number == 0)
    return {0, 0};
  auto &Given = Check.handles();
  return Number <= Given.size() ? Given[Number - 1] : HapaxHandle{Number, 0};
}

bool apply(unsigned Call, ResourceCheck &To, int64_t Now) {
  if (Call < 2)
    return To.acquire(Now, Call ? ResourceTable::NoLease : Now + 1);
  Call -= 2;
  HapaxHandle H = handle(To, Call % Numbers);
  switch (Call / Numbers) {
  case 0:
    return To.retain(H);
  case 1:
    return To.release(H, Now);
  case 2:
    return To.renew(H, Now, Now + 2);
  default:
    return To.expire(H, Now);
  }
}

/// Goes through every continuation of a sequence of calls, which is replayed,
/// since a table cannot be copied.
void everySequence(uint32_t Capacity, std::vector<unsigned> &Sequence,
                   unsigned Depth) {
  for (unsigned Call = 0; Call != Calls; ++Call) {
    Sequence.push_back(Call);
    if (Depth > 1) {
      everySequence(Capacity, Sequence, Depth - 1);
    } else {
      ResourceCheck Check(Capacity);
      for (unsigned I = 0; I != Sequence.size(); ++I)
        ASSERT_TRUE(apply(Sequence[I], Check, I + 1))
            << "capacity " << Capacity << ", "
            << ::testing::PrintToString(Sequence);
    }
    Sequence.pop_back();
  }
}

TEST(ResourceTest, EverySequenceOfFourCallsAgreesWithTheModel) {
  for (uint32_t Capacity : {0, 1, 2}) {
    std::vector<unsigned> Sequence;
    everySequence(Capacity, Sequence, 4);
  }
}

TEST(ResourceTest, RandomCallsAgreeWithTheModel) {
  std::mt19937 Random(1);
  auto Below = [&](size_t Bound) { return Random() % Bound; };
  for (unsigned Round = 0; Round != 60; ++Round) {
    ResourceCheck Check(Below(12));
    for (int64_t Now = 1; Now != 150; ++Now) {
      auto &Given = Check.handles();
      // Mostly recent ones, which may still hold.
      HapaxHandle H = {Below(5), uint32_t(Below(14))};
      if (!Given.empty())
        H = Given[Given.size() - 1 - Below(std::min<size_t>(Given.size(), 15))];
      if (Below(30) == 0)
        H.Slot ^= 1;
      bool Good = true;
      switch (Below(6)) {
      case 0:
      case 1:
        Good = Check.acquire(Now, Below(2) ? ResourceTable::NoLease
                                           : Now + Below(20));
        break;
      case 2:
        Good = Check.retain(H);
        break;
      case 3:
        Good = Check.release(H, Now);
        break;
      case 4:
        Good = Check.renew(H, Now, Now + Below(30));
        break;
      case 5:
        Good = Check.expire(H, Now);
        break;
      }
      ASSERT_TRUE(Good) << "round " << Round << ", call " << Now;
    }
  }
}

TEST(ResourceTest, AStaleHandleStaysStaleWhenItsSlotIsUsedAgain) {
  ResourceTable Table = std::move(*ResourceTable::create(1));
  HapaxHandle Old = *Table.acquire(1);
  EXPECT_EQ(Table.release(Old, 2), HapaxReleaseLast);
  HapaxHandle New = *Table.acquire(3);
  EXPECT_EQ(New.Slot, Old.Slot);
  EXPECT_TRUE(Table.isHeld(New));
  EXPECT_FALSE(Table.isHeld(Old));
  EXPECT_FALSE(Table.retain(Old));
  EXPECT_FALSE(Table.renew(Old, 3, 9));
  EXPECT_EQ(Table.release(Old, 4), HapaxReleaseRefused);
  EXPECT_EQ(Table.inUse(), 1u);
}

TEST(ResourceTest, ReportsWhatIsHeld) {
  ResourceTable Table = std::move(*ResourceTable::create(4));
  EXPECT_EQ(Table.report(0), "");
  HapaxHandle First = *Table.acquire(5), Second = *Table.acquire(6, 8);
  ASSERT_TRUE(Table.retain(Second));
  EXPECT_EQ(Table.report(9), "slot 0, acquisition 1, acquired at 5, "
                             "references 1\n"
                             "slot 1, acquisition 2, acquired at 6, "
                             "references 2, lease has run out\n");
  auto Expired = Table.expireAll(9);
  ASSERT_EQ(Expired.size(), 1u);
  EXPECT_EQ(Expired[0].Generation, Second.Generation);
  EXPECT_EQ(Table.release(First, 9), HapaxReleaseLast);
  EXPECT_EQ(Table.report(9), "");
}

TEST(ResourceTest, ALeaseIncludesItsLastTick) {
  ResourceTable Table = std::move(*ResourceTable::create(2));
  HapaxHandle Short = *Table.acquire(1, 5);
  EXPECT_FALSE(Table.isExpired(Short, 5));
  EXPECT_TRUE(Table.isExpired(Short, 6));
  HapaxHandle Endless = *Table.acquire(1);
  EXPECT_FALSE(Table.isExpired(Endless, ResourceTable::NoLease));
}

TEST(ResourceTest, AMovedFromTableRefusesEverything) {
  ResourceTable Table = std::move(*ResourceTable::create(2));
  HapaxHandle H = *Table.acquire(1);
  ResourceTable Other = std::move(Table);
  EXPECT_TRUE(Other.isHeld(H));
  EXPECT_EQ(Table.capacity(), 0u); // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(Table.acquire(2));
  EXPECT_FALSE(Table.isHeld(H));
  EXPECT_EQ(Table.report(2), "");
}

TEST(ResourceTest, ATableThatIsTooBigIsAnError) {
  auto Table = ResourceTable::create(uint32_t(1) << 31);
  ASSERT_FALSE(Table);
  EXPECT_EQ(Table.error(), "a table of resources has at most 2^31 - 1 slots");
}

} // namespace
