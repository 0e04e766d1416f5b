//===- SpscRingTest.cpp -----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Concurrency/SpscRing.h"
#include "Elements.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <deque>
#include <random>
#include <thread>
#include <vector>

using namespace hapax;
using namespace elements;

namespace {

template <typename T, typename Atomics = StdAtomics>
std::unique_ptr<SpscRing<T, Atomics>> ring(size_t Capacity) {
  auto Made = SpscRing<T, Atomics>::create(Capacity);
  if (!Made) {
    ADD_FAILURE() << Made.error();
    std::abort();
  }
  return std::move(*Made);
}

TEST(SpscRingTest, TakesPowersOfTwoWithinBounds) {
  for (size_t Good : {8, 16, 1024, 16 << 20})
    EXPECT_EQ(ring<uint8_t>(Good)->capacity(), Good);
  for (size_t Bad : {0, 1, 2, 4, 7, 9, 12, 1000, 32 << 20}) {
    auto Made = SpscRing<uint8_t>::create(Bad);
    ASSERT_FALSE(Made);
    EXPECT_EQ(Made.error(), "capacity " + std::to_string(Bad) +
                                " is not a power of two from 8 to 16777216");
  }
}

/// Has no memory for arrays, or none for objects.
template <bool ForArrays> struct NoMemory : StdAtomics {
  static void *allocate(size_t Bytes, size_t Alignment) {
    bool IsArray = Bytes == 8 * sizeof(uint64_t);
    return IsArray == ForArrays ? nullptr
                                : StdAtomics::allocate(Bytes, Alignment);
  }
};

TEST(SpscRingTest, SaysWhenThereIsNoMemory) {
  auto NoCells = SpscRing<uint64_t, NoMemory<true>>::create(8);
  ASSERT_FALSE(NoCells);
  EXPECT_EQ(NoCells.error(), "no memory for 8 elements of 8 bytes");
  EXPECT_FALSE((SpscRing<uint64_t, NoMemory<false>>::create(8)));
}

TEST(SpscRingTest, LargeRingsBeginAtAPage) {
  auto R = ring<std::array<char, 64>>(1024);
  ASSERT_TRUE(R->tryPush({}));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(R->front()) % PageBytes, 0u);
}

TEST(SpscRingTest, PushesUntilFullAndPopsUntilEmpty) {
  auto R = ring<int>(8);
  EXPECT_EQ(R->front(), nullptr);
  for (int Round = 0; Round != 3; ++Round) {
    for (int I = 0; I != 8; ++I) {
      EXPECT_EQ(R->size(), size_t(I));
      EXPECT_TRUE(R->tryPush(I));
    }
    EXPECT_FALSE(R->tryPush(8));
    EXPECT_EQ(R->size(), 8u);
    for (int I = 0; I != 8; ++I) {
      ASSERT_NE(R->front(), nullptr);
      EXPECT_EQ(*R->front(), I);
      EXPECT_EQ(R->tryPop(), I);
    }
    EXPECT_EQ(R->tryPop(), std::nullopt);
  }
}

TEST(SpscRingTest, AFullRingLeavesTheArgumentAlone) {
  auto R = ring<std::unique_ptr<int>>(8);
  for (int I = 0; I != 8; ++I)
    ASSERT_TRUE(R->tryPush(std::make_unique<int>(I)));
  auto Kept = std::make_unique<int>(8);
  EXPECT_FALSE(R->tryPush(std::move(Kept)));
  ASSERT_NE(Kept, nullptr);
  EXPECT_EQ(*Kept, 8);
  EXPECT_FALSE(R->tryEmplace(std::move(Kept)));
  EXPECT_NE(Kept, nullptr);
}

TEST(SpscRingTest, BatchesTakeWhatFits) {
  auto R = ring<int>(8);
  std::vector<int> Five = {1, 2, 3, 4, 5};
  EXPECT_EQ(R->tryPushMany(Five), 5u);
  EXPECT_EQ(R->tryPushMany(Five), 3u);
  EXPECT_EQ(R->tryPushMany(Five), 0u);
  EXPECT_EQ(R->tryPushMany({}), 0u);
  std::vector<int> Into(6, -1);
  EXPECT_EQ(R->tryPopMany(Into), 6u);
  EXPECT_THAT(Into, testing::ElementsAre(1, 2, 3, 4, 5, 1));
  EXPECT_EQ(R->tryPopMany(Into), 2u);
  EXPECT_THAT(Into, testing::ElementsAre(2, 3, 3, 4, 5, 1));
  EXPECT_EQ(R->tryPopMany(Into), 0u);
}

TEST(SpscRingTest, DestroysWhatIsLeft) {
  auto Count = std::make_shared<int>();
  {
    auto R = ring<std::shared_ptr<int>>(8);
    for (int I = 0; I != 5; ++I)
      R->tryPush(Count);
    R->tryPop();
    EXPECT_EQ(Count.use_count(), 5);
  }
  EXPECT_EQ(Count.use_count(), 1);
}

TEST(SpscRingTest, ProducerAndConsumerShareNoCacheLine) {
  // Three groups: read-only, producer, consumer.
  EXPECT_GE(sizeof(SpscRing<int>), 3 * FalseSharingRange);
  EXPECT_EQ(alignof(SpscRing<int>), FalseSharingRange);
}

// Random operations against std::deque, indices wrapping around.
TEST(SpscRingTest, BehavesLikeADeque) {
  std::mt19937_64 Random(20261121);
  for (size_t Capacity : {8, 16, 64}) {
    auto R = ring<uint64_t, WrappingAtomics>(Capacity);
    std::deque<uint64_t> Model;
    uint64_t Next = 0;
    for (int I = 0; I != 20000; ++I) {
      switch (Random() % 5) {
      case 0:
        if (R->tryPush(Next))
          Model.push_back(Next++);
        else
          EXPECT_EQ(Model.size(), Capacity);
        break;
      case 1: {
        auto Value = R->tryPop();
        ASSERT_EQ(Value.has_value(), !Model.empty());
        if (Value) {
          ASSERT_EQ(*Value, Model.front());
          Model.pop_front();
        }
        break;
      }
      case 2: {
        std::vector<uint64_t> Values(Random() % (Capacity + 4));
        for (uint64_t &V : Values)
          V = Next++;
        size_t Count = R->tryPushMany(Values);
        ASSERT_EQ(Count, std::min(Values.size(), Capacity - Model.size()));
        Model.insert(Model.end(), Values.begin(), Values.begin() + Count);
        break;
      }
      case 3: {
        std::vector<uint64_t> Values(Random() % (Capacity + 4));
        size_t Count = R->tryPopMany(Values);
        ASSERT_EQ(Count, std::min(Values.size(), Model.size()));
        for (size_t J = 0; J != Count; ++J) {
          ASSERT_EQ(Values[J], Model.front());
          Model.pop_front();
        }
        break;
      }
      case 4:
        ASSERT_EQ(R->front() != nullptr, !Model.empty());
        if (R->front()) {
          ASSERT_EQ(*R->front(), Model.front());
        }
      }
      ASSERT_EQ(R->size(), Model.size());
    }
  }
}

//===----------------------------------------------------------------------===//
// Two threads, every kind of element, several capacities
//===----------------------------------------------------------------------===//

template <typename Element> class SpscRingStress : public testing::Test {};
using AllElements = testing::Types<Byte, Word, Block, Text, Owned>;
TYPED_TEST_SUITE(SpscRingStress, AllElements);

/// What one thread pushes, the other gets: all of it, in order, undamaged.
template <typename Element, typename Push, typename Pop>
void handOver(uint64_t Count, Push PushSome, Pop PopSome) {
  std::thread Producer([&] {
    for (uint64_t Done = 0; Done != Count;) {
      uint64_t Some = PushSome(Done);
      Done += Some;
      if (Some == 0)
        std::this_thread::yield();
    }
  });
  uint64_t Wrong = 0, Popped = 0;
  while (Popped != Count) {
    uint64_t At = Popped;
    uint64_t Some = PopSome([&](const typename Element::Type &Value) {
      Wrong += Element::read(Value) != At++ % Element::Numbers;
    });
    Popped += Some;
    if (Some == 0)
      std::this_thread::yield();
  }
  Producer.join();
  EXPECT_EQ(Wrong, 0u);
}

TYPED_TEST(SpscRingStress, OneByOne) {
  using T = typename TypeParam::Type;
  for (size_t Capacity : {8, 64, 4096}) {
    auto R = ring<T, WrappingAtomics>(Capacity);
    handOver<TypeParam>(
        30000,
        [&](uint64_t At) { return uint64_t(R->tryPush(TypeParam::make(At))); },
        [&](auto Take) {
          auto Value = R->tryPop();
          if (Value)
            Take(*Value);
          return uint64_t(Value.has_value());
        });
    EXPECT_EQ(R->size(), 0u);
  }
}

TYPED_TEST(SpscRingStress, InBatches) {
  using T = typename TypeParam::Type;
  for (size_t Capacity : {8, 64, 4096}) {
    auto R = ring<T>(Capacity);
    constexpr uint64_t Count = 30000;
    std::vector<T> Out, In(11);
    handOver<TypeParam>(
        Count,
        [&](uint64_t At) {
          Out.clear();
          for (uint64_t I = At; I != std::min(At + 7, Count); ++I)
            Out.push_back(TypeParam::make(I));
          return uint64_t(R->tryPushMany(Out));
        },
        [&](auto Take) {
          size_t Some = R->tryPopMany(In);
          for (size_t I = 0; I != Some; ++I)
            Take(In[I]);
          return uint64_t(Some);
        });
    EXPECT_EQ(R->size(), 0u);
  }
}

TEST(SpscRingTest, SizeStaysWithinBoundsForABystander) {
  auto R = ring<int>(8);
  std::atomic<bool> Stop = false;
  std::thread Both[] = {std::thread([&] {
                          while (!Stop)
                            R->tryPush(1);
                        }),
                        std::thread([&] {
                          while (!Stop)
                            R->tryPop();
                        })};
  for (int I = 0; I != 20000; ++I)
    ASSERT_LE(R->size(), 8u);
  Stop = true;
  for (std::thread &T : Both)
    T.join();
}

} // namespace
