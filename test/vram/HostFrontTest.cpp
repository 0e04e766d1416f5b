//===- HostFrontTest.cpp ----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "../../runtime/vram/HostFront.h"
#include "VramTestSupport.h"
#include <gtest/gtest.h>

using namespace hapax;

namespace {

LruKey key(uint64_t Number) {
  CacheKey Key = keyOf(Number);
  return {Key.High, Key.Low};
}

uint32_t add(HostFront &Front, uint64_t Number, uint64_t Size) {
  return Front.add(key(Number), payloadOf(Number, Size), [](const LruKey &) {});
}

TEST(HostFrontTest, GivesWhatWasAdded) {
  HostFront Front(4096);
  uint32_t Slot = add(Front, 1, 1000);
  ASSERT_NE(Slot, 0u);
  EXPECT_TRUE(Front.holds(Slot, key(1)));
  auto Copy = Front.keep(Slot);
  EXPECT_TRUE(same(Front.bytes(Copy, 1000), payloadOf(1, 1000)));
  // The slot has it, so that nothing is to be given back.
  EXPECT_FALSE(Front.leave(Copy));
  EXPECT_EQ(Front.check(), "");
}

TEST(HostFrontTest, ACopyThatIsReadStaysWhereItIs) {
  HostFront Front(4096);
  uint32_t Slot = add(Front, 1, 4096);
  auto One = Front.keep(Slot), Two = Front.keep(Slot);
  Front.remove(Slot);
  EXPECT_EQ(Front.size(), 0u);
  EXPECT_EQ(add(Front, 2, 4096), 0u);
  EXPECT_FALSE(Front.leave(One));
  EXPECT_EQ(add(Front, 2, 4096), 0u);
  EXPECT_TRUE(same(Front.bytes(Two, 4096), payloadOf(1, 4096)));
  ASSERT_TRUE(Front.leave(Two));
  Front.reclaim(Two);
  EXPECT_NE(add(Front, 2, 4096), 0u);
  EXPECT_EQ(Front.check(), "");
}

TEST(HostFrontTest, HasABoundOfCopiesThatAreReadAfterTheyHaveGone) {
  // More ranges of the smallest size than there are numbers for.
  HostFront Front(256 * KiB);
  std::vector<RangeMap::Node> Read;
  while (uint32_t Slot = add(Front, Read.size(), 64)) {
    Read.push_back(Front.keep(Slot));
    Front.remove(Slot);
  }
  EXPECT_GT(Read.size(), 1024u);
  EXPECT_LT(Read.size(), 256 * KiB / 64);
  EXPECT_TRUE(same(Front.bytes(Read[7], 64), payloadOf(7, 64)));
  for (auto Copy : Read) {
    ASSERT_TRUE(Front.leave(Copy));
    Front.reclaim(Copy);
  }
  EXPECT_NE(add(Front, 1, 64), 0u);
  EXPECT_EQ(Front.check(), "");
}

TEST(HostFrontTest, OneThatIsTooSmallHoldsNothing) {
  HostFront Front(255);
  EXPECT_EQ(add(Front, 1, 10), 0u);
  EXPECT_EQ(Front.size(), 0u);
}

} // namespace
