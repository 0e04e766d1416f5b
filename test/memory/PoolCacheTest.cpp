//===- PoolCacheTest.cpp ----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Memory/PoolCache.h"
#include "AlignedPoolTestSupport.h"
#include "hapax/Concurrency/SpscRing.h"
#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <span>
#include <thread>

using namespace hapax;
using namespace hapax::test;

namespace {

void *take(PoolCache &Cache) {
  auto Block = Cache.allocate();
  EXPECT_TRUE(Block);
  return Block.value_or(nullptr);
}

TEST(PoolCacheTest, GivesDistinctZeroedBlocks) {
  auto Pool = makePool({.BlockSize = 100, .MaxBlocks = 1000});
  PoolCache Cache(*Pool);
  for (int Round = 0; Round != 3; ++Round) {
    std::set<void *> Blocks;
    for (int I = 0; I != 1000; ++I) {
      auto *Block = static_cast<unsigned char *>(take(Cache));
      EXPECT_TRUE(Blocks.insert(Block).second);
      EXPECT_TRUE(std::all_of(Block, Block + Pool->blockSize(),
                              [](unsigned char B) { return B == 0; }));
      std::memset(Block, 0xff, Pool->blockSize());
    }
    EXPECT_EQ(Cache.allocate().error(), MemoryError::Exhausted);
    for (void *Block : Blocks)
      EXPECT_TRUE(Cache.deallocate(Block));
  }
  auto S = Pool->statistics();
  EXPECT_EQ(S.InUse, 0u);
  EXPECT_EQ(S.Free, 1000u);
  EXPECT_EQ(S.Exhausted, 3u);
}

TEST(PoolCacheTest, FreedBlockIsTheNextOne) {
  auto Pool = makePool({.BlockSize = 64, .MaxBlocks = 1000});
  PoolCache Cache(*Pool);
  void *First = take(Cache), *Second = take(Cache);
  EXPECT_TRUE(Cache.deallocate(First));
  EXPECT_TRUE(Cache.deallocate(Second));
  EXPECT_EQ(take(Cache), Second);
  EXPECT_EQ(take(Cache), First);
  EXPECT_TRUE(Cache.deallocate(First));
  EXPECT_TRUE(Cache.deallocate(Second));
}

TEST(PoolCacheTest, HoldsBackNoMoreThanItsCapacity) {
  auto Pool = makePool({.BlockSize = 64, .MaxBlocks = 200});
  PoolCache Cache(*Pool);
  std::vector<void *> Blocks;
  for (int I = 0; I != 200; ++I)
    Blocks.push_back(allocate(*Pool));
  for (void *Block : Blocks)
    EXPECT_TRUE(Cache.deallocate(Block));
  size_t Rest = 0;
  Blocks.clear();
  for (; auto Block = Pool->allocate(); ++Rest)
    Blocks.push_back(*Block);
  EXPECT_GE(Rest, 200 - PoolCache::Capacity);
  Cache.flush();
  for (; auto Block = Pool->allocate(); ++Rest)
    Blocks.push_back(*Block);
  EXPECT_EQ(Rest, 200u);
  for (void *Block : Blocks)
    EXPECT_TRUE(Pool->deallocate(Block));
}

// What a cache took and never used is as good as new for others.
TEST(PoolCacheTest, UnusedBlocksGoBackSound) {
  auto Pool = makePool({.BlockSize = 64, .MaxBlocks = 100});
  {
    PoolCache Cache(*Pool);
    EXPECT_TRUE(Cache.deallocate(take(Cache)));
  }
  std::vector<void *> Blocks;
  for (int I = 0; I != 100; ++I)
    Blocks.push_back(allocate(*Pool));
  for (void *Block : Blocks)
    EXPECT_TRUE(Pool->deallocate(Block));
  EXPECT_EQ(Pool->statistics().Corrupt, 0u);
}

TEST(PoolCacheTest, MisuseIsAnError) {
  auto Pool = makePool({.BlockSize = 64, .MaxBlocks = 100});
  PoolCache Cache(*Pool), Other(*Pool);
  auto *Block = static_cast<std::byte *>(take(Cache));
  EXPECT_EQ(Cache.deallocate(nullptr).error(), MemoryError::Foreign);
  EXPECT_EQ(Cache.deallocate(Block + 64).error(), MemoryError::NotABlock);
  EXPECT_TRUE(Cache.deallocate(Block));
  for (PoolCache *Any : {&Cache, &Other})
    EXPECT_EQ(Any->deallocate(Block).error(), MemoryError::DoubleFree);
  EXPECT_EQ(Pool->deallocate(Block).error(), MemoryError::DoubleFree);
  // A block that lies in the cache, unused.
  EXPECT_EQ(Cache.deallocate(Block + 128).error(), MemoryError::DoubleFree);
  EXPECT_EQ(Pool->statistics().DoubleFrees, 4u);
}

TEST(PoolCacheTest, DamagedBlocksAreNotUsed) {
  auto Pool = makePool({.BlockSize = 64, .MaxBlocks = 100});
  PoolCache Cache(*Pool);
  auto *Block = static_cast<std::byte *>(take(Cache));
  EXPECT_TRUE(Cache.deallocate(Block));
  Block[-64] ^= std::byte(1); // the guard
  EXPECT_EQ(Cache.allocate().error(), MemoryError::Corrupt);
  auto *Next = static_cast<std::byte *>(take(Cache));
  EXPECT_NE(Next, Block);
  EXPECT_TRUE(Cache.deallocate(Next));
  Next[-56] ^= std::byte(1); // the link
  EXPECT_EQ(Cache.allocate().error(), MemoryError::Corrupt);
  EXPECT_EQ(Pool->statistics().Retired, 2u);
}

// What a header notes about the next blocks is only a hint.
TEST(PoolCacheTest, ANoteMaySayAnything) {
  auto Pool = makePool({.BlockSize = 64, .MaxBlocks = 100});
  PoolCache Cache(*Pool);
  std::vector<void *> Blocks;
  for (int Round = 0; Round != 20; ++Round) {
    for (int I = 0; I != 100; ++I)
      Blocks.push_back(take(Cache));
    for (void *Block : Blocks)
      EXPECT_TRUE(Cache.deallocate(Block));
    Cache.flush();
    std::mt19937 Random(Round);
    for (void *Block : Blocks) {
      uint32_t Note = Round == 0 ? ~0u : Random();
      std::memcpy(static_cast<std::byte *>(Block) - 48, &Note, sizeof(Note));
    }
    Blocks.clear();
  }
  EXPECT_EQ(Pool->statistics().Corrupt, 0u);
}

// One thread allocates, others free; each with a cache of its own.
TEST(PoolCacheTest, BlocksGoFromThreadToThread) {
  constexpr unsigned Consumers = 3, Count = 20000;
  auto Pool = makePool({.BlockSize = 128, .MaxBlocks = 600});
  std::vector<std::unique_ptr<SpscRing<uint64_t *>>> Rings;
  for (unsigned I = 0; I != Consumers; ++I)
    Rings.push_back(std::move(*SpscRing<uint64_t *>::create(64)));
  std::atomic<uint64_t> Faults = 0;
  std::vector<std::thread> Threads;
  for (auto &Ring : Rings)
    Threads.emplace_back([&] {
      PoolCache Cache(*Pool);
      for (unsigned I = 0; I != Count;) {
        uint64_t *Block;
        if (!Ring->tryPop(Block)) {
          std::this_thread::yield();
          continue;
        }
        Faults += Block[0] != I || Block[15] != ~uint64_t(I);
        Block[0] = Block[15] = 7;
        Faults += !Cache.deallocate(Block);
        ++I;
      }
    });
  {
    PoolCache Cache(*Pool);
    for (unsigned I = 0; I != Count; ++I)
      for (auto &Ring : Rings) {
        // The consumers' caches hold some; the rest is on its way.
        auto Block = Cache.allocate();
        for (; !Block; Block = Cache.allocate()) {
          ASSERT_EQ(Block.error(), MemoryError::Exhausted);
          std::this_thread::yield();
        }
        auto *Words = static_cast<uint64_t *>(*Block);
        Faults += Words[0] != 0 || Words[15] != 0;
        Words[0] = I;
        Words[15] = ~uint64_t(I);
        while (!Ring->tryPush(Words))
          std::this_thread::yield();
      }
  }
  for (std::thread &T : Threads)
    T.join();
  EXPECT_EQ(Faults, 0u);
  auto S = Pool->statistics();
  EXPECT_EQ(S.InUse, 0u);
  EXPECT_EQ(S.Free, S.HighWater);
}

} // namespace
