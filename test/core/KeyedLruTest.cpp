//===- KeyedLruTest.cpp -----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "LruModel.h"
#include "gtest/gtest.h"
#include <functional>
#include <random>

using namespace hapax;

namespace {

constexpr uint64_t NoLimit = UINT64_MAX;

KeyedLru make(uint32_t Capacity, LruLimits Limits) {
  auto Made = KeyedLru::create(Capacity, Limits);
  EXPECT_TRUE(Made) << Made.error();
  return std::move(*Made);
}

std::vector<LruKey> order(const KeyedLru &Cache) {
  std::vector<LruKey> Keys;
  for (uint32_t Slot = Cache.newer(0); Slot != 0; Slot = Cache.newer(Slot))
    Keys.push_back(Cache.key(Slot));
  return Keys;
}

/// Keys of one bucket, whatever the number of buckets; some share a half.
std::vector<LruKey> collidingKeys(size_t Count) {
  std::vector<LruKey> Keys;
  for (size_t I = 0; I != Count; ++I)
    Keys.push_back({I % 2, uint64_t(I / 2) << 40});
  return Keys;
}

std::vector<LruKey> randomKeys(size_t Count, std::mt19937_64 &Random) {
  std::vector<LruKey> Keys;
  for (size_t I = 0; I != Count; ++I)
    Keys.push_back({Random(), Random()});
  return Keys;
}

TEST(KeyedLru, CreateRefusesWhatDoesNotFit) {
  EXPECT_FALSE(KeyedLru::create(0, {0, 0}));
  EXPECT_FALSE(KeyedLru::create(4, {5, 0}));
  EXPECT_FALSE(KeyedLru::create(UINT32_MAX, {1, 1}));
  EXPECT_TRUE(KeyedLru::create(1, {0, 0}));
}

TEST(KeyedLru, TheLeastRecentGoesFirst) {
  KeyedLru Cache = make(3, {3, NoLimit});
  LruKey A{1, 1}, B{2, 2}, C{3, 3}, D{4, 4};
  Cache.insert(A, 10);
  Cache.insert(B, 20);
  Cache.insert(C, 30);
  EXPECT_NE(Cache.use(A), 0u);
  EXPECT_EQ(Cache.key(Cache.victim()), B);
  std::vector<LruKey> Gone;
  EXPECT_NE(Cache.insert(D, 5,
                         [&](uint32_t, const LruKey &Key, uint64_t Size) {
                           Gone.push_back(Key);
                           EXPECT_EQ(Size, 20u);
                         }),
            0u);
  EXPECT_EQ(Gone, std::vector{B});
  EXPECT_EQ(order(Cache), (std::vector{C, A, D}));
  EXPECT_EQ(Cache.bytes(), 45u);
  EXPECT_TRUE(Cache.isFull());
}

TEST(KeyedLru, EvictsByBytesNoneTooMany) {
  KeyedLru Cache = make(10, {10, 100});
  std::vector<LruKey> Keys = collidingKeys(6);
  for (size_t I = 0; I != 5; ++I)
    Cache.insert(Keys[I], 20);
  EXPECT_EQ(Cache.remaining(), 0u);
  unsigned Gone = 0;
  EXPECT_NE(Cache.insert(Keys[5], 21,
                         [&](uint32_t, const LruKey &, uint64_t) { ++Gone; }),
            0u);
  EXPECT_EQ(Gone, 2u);
  EXPECT_EQ(order(Cache), (std::vector(Keys.begin() + 2, Keys.end())));
}

TEST(KeyedLru, RefusalsChangeNothing) {
  LruPair Pair(3, {3, 30});
  std::vector<LruKey> Keys = collidingKeys(5);
  for (size_t I = 0; I != 3; ++I)
    Pair.insert(Keys[I], 10);
  Pair.pin(Keys[0]);
  Pair.insert(Keys[3], 21);      // beside the pinned one: one too much
  Pair.insert(Keys[3], 31);      // more than the limit
  Pair.insert(Keys[3], NoLimit); // sums would wrap around
  Pair.insert(Keys[1], 1);       // there already
  Pair.remove(Keys[0]);          // pinned
  Pair.remove(Keys[4]);          // not there
  Pair.unpin(Keys[1]);           // not pinned
  Pair.setLimits({4, 30});       // above the capacity
  Pair.setLimits({3, 9});        // below the pinned
  Pair.setLimits({0, 30});       // below the pinned
  for (uint32_t Slot : {0u, 4u, 5u, UINT32_MAX}) {
    EXPECT_FALSE(Pair.Real.touch(Slot));
    EXPECT_FALSE(Pair.Real.remove(Slot));
    EXPECT_FALSE(Pair.Real.pin(Slot));
    EXPECT_FALSE(Pair.Real.unpin(Slot));
    EXPECT_FALSE(Pair.Real.contains(Slot));
    EXPECT_FALSE(Pair.Real.isPinned(Slot));
    EXPECT_EQ(Pair.Real.bytesOf(Slot), 0u);
    EXPECT_EQ(Pair.Real.key(Slot), LruKey());
  }
  EXPECT_EQ(Pair.Real.newer(4), 0u);
  EXPECT_EQ(Pair.Real.older(UINT32_MAX), 0u);
  Pair.compare(Keys);
  EXPECT_EQ(Pair.fault(), "");
  EXPECT_EQ(Pair.Real.size(), 3u);
}

TEST(KeyedLru, PinsCountAndAreBounded) {
  KeyedLru Cache = make(2, {2, NoLimit});
  LruKey A{0, 1}, B{0, 2}, C{0, 3};
  uint32_t Slot = Cache.insert(A, 1);
  Cache.insert(B, 1);
  unsigned Pins = 0;
  while (Cache.pin(Slot))
    ++Pins;
  EXPECT_EQ(Pins, unsigned(HAPAX_LRU_MAX_PINS));
  EXPECT_NE(Cache.insert(C, 1), 0u);
  EXPECT_EQ(Cache.find(B), 0u);
  Cache.clear();
  EXPECT_EQ(Cache.size(), 1u);
  for (; Pins != 0; --Pins)
    EXPECT_TRUE(Cache.unpin(Slot));
  EXPECT_FALSE(Cache.unpin(Slot));
  Cache.clear();
  EXPECT_EQ(Cache.size(), 0u);
  EXPECT_EQ(Cache.find(A), 0u);
}

TEST(KeyedLru, SurvivesBeingMoved) {
  KeyedLru Old = make(2, {2, NoLimit});
  uint32_t Slot = Old.insert({7, 7}, 3);
  KeyedLru Cache = std::move(Old);
  EXPECT_EQ(Cache.use({7, 7}), Slot);
  EXPECT_EQ(Cache.bytes(), 3u);
}

/// Every sequence of up to five of these operations on up to three slots, with
/// keys that share a bucket, compared with the model after its last operation.
TEST(KeyedLru, AllShortSequences) {
  std::vector<LruKey> Keys = collidingKeys(4);
  using Op = std::function<void(LruPair &)>;
  std::vector<Op> Ops;
  for (size_t K = 0; K != 4; ++K)
    Ops.push_back([=](LruPair &P) { P.insert(Keys[K], 1 + K % 3); });
  for (size_t K = 0; K != 2; ++K) {
    Ops.push_back([=](LruPair &P) { P.use(Keys[K]); });
    Ops.push_back([=](LruPair &P) { P.remove(Keys[K]); });
    Ops.push_back([=](LruPair &P) { P.pin(Keys[K]); });
    Ops.push_back([=](LruPair &P) { P.unpin(Keys[K]); });
  }
  Ops.push_back([](LruPair &P) { P.setLimits({2, 3}); });
  Ops.push_back([](LruPair &P) { P.clear(); });

  constexpr size_t Longest = 5;
  size_t Sequences = 0;
  for (size_t Length = 1; Length <= Longest; ++Length) {
    std::vector<size_t> Sequence(Length, 0);
    for (bool More = true; More; ++Sequences) {
      LruPair Pair(3, {3, 5});
      for (size_t I : Sequence)
        Ops[I](Pair);
      Pair.compare(Keys);
      if (!Pair.fault().empty()) {
        std::string Text;
        for (size_t I : Sequence)
          Text += std::to_string(I) + " ";
        FAIL() << Pair.fault() << " after " << Text;
      }
      size_t I = 0;
      while (I != Length && ++Sequence[I] == Ops.size())
        Sequence[I++] = 0;
      More = I != Length;
    }
  }
  EXPECT_EQ(Sequences, 14u + 14 * 14 + 14 * 14 * 14 + 14 * 14 * 14 * 14 +
                           14 * 14 * 14 * 14 * 14);
}

void runRandomly(uint32_t Capacity, std::span<const LruKey> Keys,
                 unsigned Steps, uint64_t Seed) {
  SCOPED_TRACE("seed " + std::to_string(Seed));
  std::mt19937_64 Random(Seed);
  uint64_t Bytes = uint64_t(Capacity) * 50;
  LruPair Pair(Capacity, {Capacity, Bytes});
  for (unsigned Step = 0; Step != Steps; ++Step) {
    const LruKey &Key = Keys[Random() % Keys.size()];
    switch (uint64_t Choice = Random() % 100) {
    default:
      Choice < 60 ? Pair.insert(Key, Random() % 120) : Pair.use(Key);
      break;
    case 90 ... 93:
      Pair.remove(Key);
      break;
    case 94 ... 95:
      Pair.pin(Key);
      break;
    case 96 ... 98:
      Pair.unpin(Key);
      break;
    case 99:
      if (Random() % 20 == 0)
        Pair.clear();
      else
        Pair.setLimits(
            {uint32_t(Random() % (Capacity + 2)), Random() % (2 * Bytes)});
    }
    if (Step % 16 == 0)
      Pair.compare(Keys);
    ASSERT_EQ(Pair.fault(), "") << "step " << Step;
  }
  Pair.compare(Keys);
  ASSERT_EQ(Pair.fault(), "");
}

TEST(KeyedLru, RandomSequences) {
  std::mt19937_64 Random(1);
  for (uint64_t Seed = 0; Seed != 20; ++Seed) {
    runRandomly(1 + Seed % 7, collidingKeys(10), 3000, Seed);
    runRandomly(40 + uint32_t(Seed), randomKeys(100, Random), 3000, Seed);
  }
}

TEST(KeyedLru, LargeCachesStayConsistent) {
  constexpr uint32_t Capacity = 200'000;
  KeyedLru Cache = make(Capacity, {Capacity, NoLimit});
  std::mt19937_64 Random(3);
  std::vector<LruKey> Keys = randomKeys(2 * Capacity, Random);
  for (const LruKey &Key : Keys)
    ASSERT_NE(Cache.insert(Key, 1), 0u);
  EXPECT_EQ(Cache.bytes(), Capacity);
  for (size_t I = 0; I != Keys.size(); ++I)
    ASSERT_EQ(Cache.find(Keys[I]) != 0, I >= Capacity);
  EXPECT_EQ(order(Cache).size(), Capacity);
}

} // namespace
