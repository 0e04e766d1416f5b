//===- MpmcQueueTest.cpp ----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Concurrency/MpmcQueue.h"
#include "Elements.h"
#include "gtest/gtest.h"
#include <deque>
#include <random>
#include <thread>
#include <vector>

using namespace hapax;
using namespace elements;

namespace {

template <typename T, typename Atomics = StdAtomics>
std::unique_ptr<MpmcQueue<T, Atomics>> queue(size_t Capacity) {
  auto Made = MpmcQueue<T, Atomics>::create(Capacity);
  if (!Made) {
    ADD_FAILURE() << Made.error();
    std::abort();
  }
  return std::move(*Made);
}

TEST(MpmcQueueTest, TakesPowersOfTwoWithinBounds) {
  EXPECT_EQ(queue<int>(8)->capacity(), 8u);
  EXPECT_EQ(queue<uint8_t>(1 << 20)->capacity(), size_t(1) << 20);
  for (size_t Bad : {0, 4, 9, 32 << 20})
    EXPECT_FALSE(MpmcQueue<int>::create(Bad));
}

/// Has no memory for objects of the size of a queue.
struct NoObjects : StdAtomics {
  static void *allocate(size_t Bytes, size_t Alignment) {
    return Bytes == sizeof(MpmcQueue<int, StdAtomics>)
               ? nullptr
               : StdAtomics::allocate(Bytes, Alignment);
  }
};

TEST(MpmcQueueTest, SaysWhenThereIsNoMemory) {
  auto Made = MpmcQueue<int, NoObjects>::create(8);
  ASSERT_FALSE(Made);
  EXPECT_EQ(Made.error(), "no memory for a queue");
}

TEST(MpmcQueueTest, AFullQueueLeavesTheArgumentAlone) {
  auto Q = queue<std::unique_ptr<int>>(8);
  for (int I = 0; I != 8; ++I)
    ASSERT_TRUE(Q->tryPush(std::make_unique<int>(I)));
  auto Kept = std::make_unique<int>(8);
  EXPECT_FALSE(Q->tryPush(std::move(Kept)));
  EXPECT_NE(Kept, nullptr);
  EXPECT_EQ(**Q->tryPop(), 0);
  EXPECT_TRUE(Q->tryPush(std::move(Kept)));
}

TEST(MpmcQueueTest, DestroysWhatIsLeft) {
  auto Count = std::make_shared<int>();
  {
    auto Q = queue<std::shared_ptr<int>, WrappingAtomics>(8);
    for (int I = 0; I != 7; ++I)
      Q->tryPush(Count);
    Q->tryPop();
    EXPECT_EQ(Count.use_count(), 7);
  }
  EXPECT_EQ(Count.use_count(), 1);
}

TEST(MpmcQueueTest, BehavesLikeADeque) {
  std::mt19937_64 Random(20261121);
  for (size_t Capacity : {8, 32}) {
    auto Q = queue<uint64_t, WrappingAtomics>(Capacity);
    std::deque<uint64_t> Model;
    for (uint64_t I = 0; I != 20000; ++I) {
      if (Random() % 2) {
        ASSERT_EQ(Q->tryPush(I), Model.size() < Capacity);
        if (Model.size() < Capacity)
          Model.push_back(I);
      } else {
        uint64_t Value = 0;
        ASSERT_EQ(Q->tryPop(Value), !Model.empty());
        if (!Model.empty()) {
          ASSERT_EQ(Value, Model.front());
          Model.pop_front();
        }
      }
      ASSERT_EQ(Q->size(), Model.size());
    }
  }
}

//===----------------------------------------------------------------------===//
// Many threads, every kind of element, several capacities
//===----------------------------------------------------------------------===//

struct Threads {
  unsigned Producers, Consumers;
};

/// Each producer's values are numbers from its own range. What went in comes
/// out once, and for each consumer in the order of each producer.
template <typename Element>
void conserves(size_t Capacity, Threads Count, uint64_t PerProducer) {
  using T = typename Element::Type;
  auto Q = queue<T, WrappingAtomics>(Capacity);
  uint64_t Total = Count.Producers * PerProducer;
  std::atomic<uint64_t> Popped = 0;
  std::vector<std::vector<uint64_t>> Got(Count.Consumers);
  std::vector<std::thread> All;
  for (unsigned P = 0; P != Count.Producers; ++P)
    All.emplace_back([&, P] {
      for (uint64_t I = 0; I != PerProducer; ++I) {
        T Value = Element::make(P * PerProducer + I);
        while (!Q->tryPush(std::move(Value)))
          std::this_thread::yield();
      }
    });
  for (unsigned C = 0; C != Count.Consumers; ++C)
    All.emplace_back([&, C] {
      while (Popped.load() != Total) {
        if (auto Value = Q->tryPop()) {
          Got[C].push_back(Element::read(*Value));
          ++Popped;
        } else {
          std::this_thread::yield();
        }
      }
    });
  for (std::thread &One : All)
    One.join();

  std::vector<unsigned> Times(Total);
  for (const auto &Values : Got) {
    std::vector<uint64_t> Next(Count.Producers);
    for (uint64_t Value : Values) {
      ASSERT_LT(Value, Total);
      ++Times[Value];
      uint64_t &Least = Next[Value / PerProducer];
      EXPECT_GE(Value, Least);
      Least = Value + 1;
    }
  }
  EXPECT_EQ(std::count(Times.begin(), Times.end(), 1u), ptrdiff_t(Total));
  EXPECT_EQ(Q->size(), 0u);
}

template <typename Element> class MpmcQueueStress : public testing::Test {};
using AllElements = testing::Types<Word, Block, Text, Owned>;
TYPED_TEST_SUITE(MpmcQueueStress, AllElements);

TYPED_TEST(MpmcQueueStress, Conserves) {
  for (size_t Capacity : {8, 256})
    for (Threads Count : {Threads{1, 1}, {1, 3}, {3, 1}, {2, 2}, {4, 4}})
      conserves<TypeParam>(Capacity, Count, 2000);
}

TEST(MpmcQueueTest, ConservesBytes) {
  // So few numbers that only their counts can be compared.
  auto Q = queue<uint8_t>(8);
  std::array<std::atomic<int>, 256> Balance{};
  std::atomic<int> Producing = 2;
  std::vector<std::thread> All;
  for (int P = 0; P != 2; ++P)
    All.emplace_back([&] {
      for (int I = 0; I != 20000; ++I) {
        while (!Q->tryPush(uint8_t(I)))
          std::this_thread::yield();
        ++Balance[uint8_t(I)];
      }
      --Producing;
    });
  for (int C = 0; C != 2; ++C)
    All.emplace_back([&] {
      for (;;) {
        // Asked first: what was pushed by then is still found below.
        bool Last = Producing == 0;
        uint8_t Value;
        if (Q->tryPop(Value))
          --Balance[Value];
        else if (Last)
          return;
        else
          std::this_thread::yield();
      }
    });
  for (std::thread &One : All)
    One.join();
  for (auto &Count : Balance)
    EXPECT_EQ(Count, 0);
}

} // namespace
