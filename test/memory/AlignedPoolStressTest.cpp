//===- AlignedPoolStressTest.cpp - Many threads, one pool -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Every block is marked by its owner: two owners of one block, or one that
/// still sees the bytes of the owner before, are found.
//===----------------------------------------------------------------------===//
#include "AlignedPoolTestSupport.h"
#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <span>
#include <thread>
#include <tuple>

using namespace hapax;
using namespace hapax::test;

namespace {

/// Threads, block size, limit of the pool.
using Shape = std::tuple<unsigned, size_t, uint64_t>;

class AlignedPoolStressTest : public ::testing::TestWithParam<Shape> {
protected:
  const unsigned Threads = std::get<0>(GetParam());
  /// About the same work for every shape.
  const unsigned Steps =
      40000 / Threads / (1 + unsigned(std::get<1>(GetParam()) / 512));
  const uint64_t Limit = std::get<2>(GetParam());
  std::unique_ptr<AlignedPool> Pool =
      makePool({.BlockSize = std::get<1>(GetParam()),
                .MaxBlocks = Limit,
                .ChunkBytes = 4096});
  std::atomic<uint64_t> Faults = 0;

  std::span<uint64_t> words(void *Block) {
    return {static_cast<uint64_t *>(Block), Pool->blockSize() / 8};
  }
  void mark(void *Block, uint64_t Owner) {
    for (uint64_t &Word : words(Block)) {
      Faults += Word != 0;
      Word = Owner;
    }
  }
  void unmark(void *Block, uint64_t Owner) {
    for (uint64_t Word : words(Block))
      Faults += Word != Owner;
    Faults += !Pool->deallocate(Block);
  }
  template <typename F> void onThreads(F Work) {
    std::vector<std::thread> Running;
    for (unsigned I = 0; I != Threads; ++I)
      Running.emplace_back(Work, I);
    for (std::thread &T : Running)
      T.join();
  }
  void expectConserved() {
    EXPECT_EQ(Faults, 0u);
    auto S = Pool->statistics();
    EXPECT_EQ(S.InUse, 0u);
    EXPECT_EQ(S.Free, S.HighWater);
    EXPECT_LE(S.HighWater, Limit);
    EXPECT_EQ(S.Corrupt + S.DoubleFrees + S.InvalidFrees, 0u);
    // All of it can be had at once, each block once.
    std::vector<void *> Blocks;
    for (uint64_t I = 0; I != Limit; ++I)
      Blocks.push_back(allocate(*Pool));
    EXPECT_FALSE(Pool->allocate());
    std::ranges::sort(Blocks);
    EXPECT_EQ(std::ranges::adjacent_find(Blocks), Blocks.end());
    for (void *Block : Blocks)
      EXPECT_TRUE(Pool->deallocate(Block));
  }
};

TEST_P(AlignedPoolStressTest, EachThreadFreesItsOwn) {
  onThreads([this](unsigned Thread) {
    std::mt19937 Random(Thread);
    std::vector<void *> Mine;
    for (unsigned Step = 0; Step != Steps; ++Step)
      if (Mine.empty() || Random() % 2) {
        if (auto Block = Pool->allocate()) {
          mark(*Block, Thread + 1);
          Mine.push_back(*Block);
        } else {
          Faults += Block.error() != MemoryError::Exhausted;
        }
      } else {
        std::swap(Mine[Random() % Mine.size()], Mine.back());
        unmark(Mine.back(), Thread + 1);
        Mine.pop_back();
      }
    for (void *Block : Mine)
      unmark(Block, Thread + 1);
  });
  expectConserved();
}

// Blocks change hands: whoever exchanges one out of a common place frees it.
TEST_P(AlignedPoolStressTest, OthersFreeWhatOneAllocated) {
  constexpr uint64_t Common = 99;
  std::array<std::atomic<void *>, 16> Places = {};
  onThreads([&](unsigned Thread) {
    std::mt19937 Random(Thread + 100);
    for (unsigned Step = 0; Step != Steps; ++Step) {
      auto Block = Pool->allocate();
      if (Block)
        mark(*Block, Common);
      else
        Faults += Block.error() != MemoryError::Exhausted;
      void *Old = Places[Random() % Places.size()].exchange(
          Block ? *Block : nullptr, std::memory_order_acq_rel);
      if (Old)
        unmark(Old, Common);
    }
  });
  for (auto &Place : Places)
    if (void *Old = Place.load())
      unmark(Old, Common);
  expectConserved();
}

// Of many that free the same block at once, one succeeds.
TEST_P(AlignedPoolStressTest, OneOfManyFreesWins) {
  constexpr unsigned Rounds = 300;
  std::vector<void *> Blocks;
  for (unsigned I = 0; I != std::min<uint64_t>(Rounds, Limit); ++I)
    Blocks.push_back(allocate(*Pool));
  std::atomic<uint64_t> Won = 0, Refused = 0;
  onThreads([&](unsigned) {
    for (void *Block : Blocks)
      if (auto Done = Pool->deallocate(Block))
        ++Won;
      else
        Refused += Done.error() == MemoryError::DoubleFree;
  });
  EXPECT_EQ(Won, Blocks.size());
  EXPECT_EQ(Refused, Blocks.size() * (Threads - 1));
  EXPECT_EQ(Pool->statistics().DoubleFrees, Refused);
  EXPECT_EQ(Pool->statistics().InUse, 0u);
}

INSTANTIATE_TEST_SUITE_P(Shapes, AlignedPoolStressTest,
                         ::testing::Combine(::testing::Values(1u, 2u, 4u, 8u),
                                            ::testing::Values(8, 64, 200, 4096),
                                            ::testing::Values(1, 3, 64, 5000)),
                         [](const auto &Info) {
                           return "Threads" +
                                  std::to_string(std::get<0>(Info.param)) +
                                  "Size" +
                                  std::to_string(std::get<1>(Info.param)) +
                                  "Limit" +
                                  std::to_string(std::get<2>(Info.param));
                         });

} // namespace
