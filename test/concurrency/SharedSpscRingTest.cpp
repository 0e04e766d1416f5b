//===- SharedSpscRingTest.cpp -----------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Concurrency/SharedSpscRing.h"
#include "gtest/gtest.h"
#include <cstring>
#include <limits>
#include <random>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace hapax;

namespace {

struct Item {
  uint64_t A, B;
  bool operator==(const Item &) const = default;
};
using Ring = SharedSpscRing<Item>;

/// A shared mapping that holds one ring.
class Room {
public:
  explicit Room(size_t Capacity) : Bytes(Ring::bytesFor(Capacity)) {
    Memory = mmap(nullptr, Bytes, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(Memory, MAP_FAILED);
    EXPECT_TRUE(Ring::initialise(span(), Capacity));
  }
  ~Room() { munmap(Memory, Bytes); }
  std::span<std::byte> span() {
    return {static_cast<std::byte *>(Memory), Bytes};
  }
  /// The peer's index, as a hostile peer would write it: the layout is Tail,
  /// then Head, each on lines of its own.
  void setTail(uint64_t Value) { word(0).store(Value); }
  void setHead(uint64_t Value) { word(FalseSharingRange).store(Value); }

private:
  std::atomic<uint64_t> &word(size_t Offset) {
    return *reinterpret_cast<std::atomic<uint64_t> *>(
        static_cast<std::byte *>(Memory) + Offset);
  }
  size_t Bytes;
  void *Memory;
};

TEST(SharedSpscRingTest, RefusesWhatDoesNotFit) {
  alignas(Ring::Alignment) std::byte Memory[4096];
  std::span All(Memory);
  EXPECT_EQ(Ring::bytesFor(7), 0u);
  EXPECT_EQ(Ring::bytesFor(std::numeric_limits<size_t>::max()), 0u);
  EXPECT_EQ(Ring::initialise(All, 7).error(),
            "capacity 7 is not a power of two from 8 to 16777216");
  EXPECT_EQ(Ring::initialise(All, 1024).error(),
            "a ring of capacity 1024 needs 16640 bytes, not 4096");
  EXPECT_EQ(Ring::initialise(All.subspan(8), 8).error(),
            "a ring must lie at a multiple of 128 bytes");
  EXPECT_FALSE(Ring::Producer::attach(All, 1024));
  EXPECT_FALSE(Ring::Consumer::attach(All.first(300), 8));
  EXPECT_TRUE(Ring::initialise(All.first(Ring::bytesFor(8)), 8));
}

TEST(SharedSpscRingTest, FullAndEmpty) {
  Room M(8);
  auto From = *Ring::Producer::attach(M.span(), 8);
  auto To = *Ring::Consumer::attach(M.span(), 8);
  Item Got;
  for (uint64_t Round = 0; Round != 3; ++Round) {
    EXPECT_EQ(To.tryPop(Got), false);
    for (uint64_t I = 0; I != 8; ++I)
      EXPECT_EQ(From.tryPush({I, Round}), true);
    EXPECT_EQ(From.tryPush({8, Round}), false);
    for (uint64_t I = 0; I != 8; ++I) {
      EXPECT_EQ(To.tryPop(Got), true);
      EXPECT_EQ(Got, (Item{I, Round}));
    }
  }
}

TEST(SharedSpscRingTest, AConsumerCatchesATailOutOfRange) {
  for (uint64_t Bad : {uint64_t(9), uint64_t(1) << 32, ~uint64_t(0)}) {
    Room M(8);
    auto To = *Ring::Consumer::attach(M.span(), 8);
    Item Got;
    M.setTail(Bad);
    EXPECT_EQ(To.tryPop(Got), std::unexpected(RingFault::BadIndex));
    // Once caught, always out.
    M.setTail(0);
    EXPECT_TRUE(To.isBroken());
    EXPECT_EQ(To.tryPop(Got), std::unexpected(RingFault::BadIndex));
  }
}

TEST(SharedSpscRingTest, AConsumerCatchesATailThatGoesBack) {
  Room M(8);
  auto To = *Ring::Consumer::attach(M.span(), 8);
  Item Got;
  M.setTail(2);
  EXPECT_EQ(To.tryPop(Got), true);
  EXPECT_EQ(To.tryPop(Got), true);
  M.setTail(1);
  EXPECT_EQ(To.tryPop(Got), std::unexpected(RingFault::BadIndex));
}

TEST(SharedSpscRingTest, AProducerCatchesABadHead) {
  for (uint64_t Bad : {uint64_t(9), ~uint64_t(0), uint64_t(1) << 63}) {
    Room M(8);
    auto From = *Ring::Producer::attach(M.span(), 8);
    M.setHead(Bad);
    for (uint64_t I = 0; I != 8; ++I)
      EXPECT_EQ(From.tryPush({I, I}), true);
    EXPECT_EQ(From.tryPush({8, 8}), std::unexpected(RingFault::BadIndex));
    EXPECT_EQ(From.tryPush({8, 8}), std::unexpected(RingFault::BadIndex));
    EXPECT_TRUE(From.isBroken());
  }
}

// An endpoint's own index in shared memory is for the peer: what the peer makes
// of it changes nothing here.
TEST(SharedSpscRingTest, OwnIndicesAreNotReadBack) {
  Room M(8);
  auto From = *Ring::Producer::attach(M.span(), 8);
  auto To = *Ring::Consumer::attach(M.span(), 8);
  EXPECT_EQ(From.tryPush({1, 2}), true);
  EXPECT_EQ(From.tryPush({3, 4}), true);
  Item Got;
  EXPECT_EQ(To.tryPop(Got), true);
  M.setTail(77);
  M.setHead(99);
  EXPECT_EQ(To.tryPop(Got), true);
  EXPECT_EQ(Got, (Item{3, 4}));
  EXPECT_EQ(From.tryPush({5, 6}), true);
  EXPECT_EQ(To.tryPop(Got), true);
  EXPECT_EQ(Got, (Item{5, 6}));
}

// A peer that writes anything anywhere, all the time: nothing is touched
// outside the ring (the sanitizers and the guard pattern watch), calls return.
TEST(SharedSpscRingTest, SurvivesAPeerThatWritesNonsense) {
  constexpr size_t Capacity = 8;
  size_t Bytes = Ring::bytesFor(Capacity);
  for (uint64_t Seed = 0; Seed != 200; ++Seed) {
    std::mt19937_64 Random(Seed);
    alignas(Ring::Alignment) std::byte Memory[4096];
    std::memset(Memory, 0x5a, sizeof(Memory));
    std::span Room(Memory + 1024, Bytes);
    ASSERT_TRUE(Ring::initialise(Room, Capacity));
    auto From = *Ring::Producer::attach(Room, Capacity);
    auto To = *Ring::Consumer::attach(Room, Capacity);
    uint64_t Tail = 0;
    for (int I = 0; I != 300; ++I) {
      uint64_t Near = Tail + Random() % 12 - 2;
      uint64_t Value = Random() % 50 ? Near : Random();
      size_t At = Random() % 2 ? 0 : FalseSharingRange;
      std::memcpy(Room.data() + At, &Value, sizeof(Value));
      Item Got;
      if (auto Done = To.tryPop(Got); Done && *Done)
        ++Tail;
      (void)From.tryPush({Value, Value});
    }
    for (size_t I = 0; I != sizeof(Memory); ++I)
      if (I < 1024 || I >= 1024 + Bytes) {
        ASSERT_EQ(Memory[I], std::byte(0x5a)) << I;
      }
  }
}

TEST(SharedSpscRingTest, HandsOverBetweenThreads) {
  Room M(16);
  constexpr uint64_t Count = 50000;
  std::thread Producer([&] {
    auto From = *Ring::Producer::attach(M.span(), 16);
    for (uint64_t I = 0; I != Count;) {
      if (*From.tryPush({I, ~I}))
        ++I;
      else
        std::this_thread::yield();
    }
  });
  auto To = *Ring::Consumer::attach(M.span(), 16);
  uint64_t Wrong = 0;
  for (uint64_t I = 0; I != Count;) {
    Item Got;
    if (*To.tryPop(Got))
      Wrong += Got != Item{I, ~I}, ++I;
    else
      std::this_thread::yield();
  }
  Producer.join();
  EXPECT_EQ(Wrong, 0u);
}

TEST(SharedSpscRingTest, HandsOverBetweenProcesses) {
  Room M(64);
  constexpr uint64_t Count = 50000;
  pid_t Child = fork();
  ASSERT_GE(Child, 0);
  if (Child == 0) {
    auto From = *Ring::Producer::attach(M.span(), 64);
    for (uint64_t I = 0; I != Count;) {
      auto Done = From.tryPush({I, ~I});
      if (!Done)
        _exit(1);
      if (*Done)
        ++I;
      else
        sched_yield();
    }
    _exit(0);
  }
  auto To = *Ring::Consumer::attach(M.span(), 64);
  uint64_t Wrong = 0;
  for (uint64_t I = 0; I != Count;) {
    Item Got;
    if (*To.tryPop(Got))
      Wrong += Got != Item{I, ~I}, ++I;
    else
      std::this_thread::yield();
  }
  EXPECT_EQ(Wrong, 0u);
  int Status = 0;
  ASSERT_EQ(waitpid(Child, &Status, 0), Child);
  EXPECT_TRUE(WIFEXITED(Status) && WEXITSTATUS(Status) == 0);
}

} // namespace
