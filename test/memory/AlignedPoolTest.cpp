//===- AlignedPoolTest.cpp --------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Memory/AlignedPool.h"
#include "AlignedPoolTestSupport.h"
#include "gmock/gmock.h"
#include <algorithm>
#include <cstring>
#include <sys/resource.h>

using namespace hapax;
using namespace hapax::test;

namespace {

bool isAll(const void *Block, size_t Size, unsigned char Value) {
  auto *Bytes = static_cast<const unsigned char *>(Block);
  return std::all_of(Bytes, Bytes + Size,
                     [=](unsigned char B) { return B == Value; });
}

TEST(AlignedPoolTest, BlocksAreAlignedApartAndZeroed) {
  for (size_t Size : {1, 8, 64, 65, 100, 128, 1000, 4096, 70000}) {
    auto Pool = makePool({.BlockSize = Size, .MaxBlocks = 50});
    EXPECT_GE(Pool->blockSize(), Size);
    EXPECT_LT(Pool->blockSize(), Size + 64);
    EXPECT_EQ(Pool->maxBlocks(), 50u);
    for (int Round = 0; Round != 3; ++Round) {
      std::vector<void *> Blocks;
      for (int I = 0; I != 50; ++I) {
        void *Block = allocate(*Pool);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(Block) % 64, 0u);
        EXPECT_TRUE(isAll(Block, Pool->blockSize(), 0));
        std::memset(Block, I + 1, Pool->blockSize());
        Blocks.push_back(Block);
      }
      for (int I = 0; I != 50; ++I) {
        EXPECT_TRUE(isAll(Blocks[I], Pool->blockSize(), I + 1));
        EXPECT_TRUE(Pool->deallocate(Blocks[I]));
      }
    }
  }
}

TEST(AlignedPoolTest, UnzeroedBlocksKeepTheirBytes) {
  auto Pool = makePool({.BlockSize = 256, .MaxBlocks = 4, .Zeroed = false});
  void *Block = allocate(*Pool);
  EXPECT_TRUE(isAll(Block, 256, 0));
  std::memset(Block, 0x5a, 256);
  ASSERT_TRUE(Pool->deallocate(Block));
  ASSERT_EQ(allocate(*Pool), Block);
  EXPECT_TRUE(isAll(Block, 256, 0x5a));
  ASSERT_TRUE(Pool->deallocate(Block));
}

TEST(AlignedPoolTest, GrowsByChunksUpToItsLimit) {
  constexpr size_t Chunk = 64 << 10;
  auto Pool =
      makePool({.BlockSize = 960, .MaxBlocks = 200, .ChunkBytes = Chunk});
  EXPECT_EQ(Pool->statistics().CommittedBytes, 0u);
  std::vector<void *> Blocks;
  for (uint64_t I = 0; I != 200; ++I) {
    Blocks.push_back(allocate(*Pool));
    uint64_t Used = (I + 1) * 1024;
    uint64_t Committed = Pool->statistics().CommittedBytes;
    EXPECT_GE(Committed, Used);
    EXPECT_LT(Committed, Used + Chunk);
  }
  EXPECT_EQ(Pool->statistics().CommittedBytes,
            Pool->statistics().ReservedBytes);
  auto More = Pool->allocate();
  ASSERT_FALSE(More);
  EXPECT_EQ(More.error(), MemoryError::Exhausted);
  ASSERT_TRUE(Pool->deallocate(Blocks[77]));
  EXPECT_EQ(allocate(*Pool), Blocks[77]);
  for (void *Block : Blocks)
    EXPECT_TRUE(Pool->deallocate(Block));
}

TEST(AlignedPoolTest, OptionsOutOfRange) {
  for (AlignedPoolOptions Bad : std::initializer_list<AlignedPoolOptions>{
           {.BlockSize = 0, .MaxBlocks = 1},
           {.BlockSize = (size_t(1) << 30) + 1, .MaxBlocks = 1},
           {.BlockSize = ~size_t(0), .MaxBlocks = 1},
           {.BlockSize = 64, .MaxBlocks = 0},
           {.BlockSize = 64, .MaxBlocks = (uint64_t(1) << 31) + 1},
           {.BlockSize = size_t(1) << 30, .MaxBlocks = uint64_t(1) << 17},
           {.BlockSize = 64, .MaxBlocks = 1, .ChunkBytes = 0},
           {.BlockSize = 64, .MaxBlocks = 1, .ChunkBytes = ~size_t(0)}}) {
    auto Pool = AlignedPool::create(Bad);
    ASSERT_FALSE(Pool);
    EXPECT_EQ(Pool.error(), MemoryError::BadOptions);
  }
}

// Every offset of several strides, those that are no power of two above all.
TEST(AlignedPoolTest, OwnsExactlyItsBlocks) {
  for (size_t Size : {64, 128, 192, 320, 448, 1216}) {
    auto Pool = makePool({.BlockSize = Size, .MaxBlocks = 40});
    std::vector<std::byte *> Blocks;
    for (int I = 0; I != 20; ++I)
      Blocks.push_back(static_cast<std::byte *>(allocate(*Pool)));
    const std::byte *Start = Blocks[0] - 64;
    for (size_t Offset = 0; Offset != 40 * (Size + 64); ++Offset) {
      bool InHeader = Offset % (Size + 64) < 64;
      bool Begun = Offset / (Size + 64) < 20;
      ASSERT_EQ(Pool->owns(Start + Offset), Begun && !InHeader) << Offset;
    }
    EXPECT_FALSE(Pool->owns(Start - 1));
    EXPECT_FALSE(Pool->owns(nullptr));
    EXPECT_FALSE(Pool->owns(&Pool));
    for (std::byte *Block : Blocks)
      ASSERT_TRUE(Pool->deallocate(Block));
  }
}

TEST(AlignedPoolTest, CountsWhatHappens) {
  auto Pool = makePool({.BlockSize = 64, .MaxBlocks = 4});
  std::vector<void *> Blocks;
  for (int I = 0; I != 4; ++I)
    Blocks.push_back(allocate(*Pool));
  EXPECT_FALSE(Pool->allocate());
  EXPECT_TRUE(Pool->deallocate(Blocks[0]));
  EXPECT_TRUE(Pool->deallocate(Blocks[1]));
  EXPECT_FALSE(Pool->deallocate(Blocks[1]));
  EXPECT_FALSE(Pool->deallocate(nullptr));
  auto S = Pool->statistics();
  EXPECT_EQ(S.InUse, 2u);
  EXPECT_EQ(S.Free, 2u);
  EXPECT_EQ(S.Retired, 0u);
  EXPECT_EQ(S.HighWater, 4u);
  EXPECT_EQ(S.Exhausted, 1u);
  EXPECT_EQ(S.DoubleFrees, 1u);
  EXPECT_EQ(S.InvalidFrees, 1u);
  EXPECT_EQ(S.Corrupt, 0u);
  EXPECT_EQ(S.NoMemory, 0u);
  EXPECT_TRUE(Pool->deallocate(Blocks[2]));
  EXPECT_TRUE(Pool->deallocate(Blocks[3]));
  EXPECT_EQ(Pool->statistics().InUse, 0u);
}

TEST(AlignedPoolTest, ReportsLeaks) {
  std::string Name;
  uint64_t Count = 0;
  std::vector<const void *> Examples, Expected;
  auto OnLeak = [&](const PoolLeaks &Leaks) {
    Name = Leaks.PoolName;
    Count = Leaks.Blocks;
    EXPECT_EQ(Leaks.BlockSize, 128u);
    Examples.assign(Leaks.Examples.begin(), Leaks.Examples.end());
  };
  {
    auto Pool = AlignedPool::create({.BlockSize = 100,
                                     .MaxBlocks = 100,
                                     .Name = "nodes",
                                     .OnLeak = OnLeak});
    ASSERT_TRUE(Pool);
    for (int I = 0; I != 30; ++I) {
      void *Block = allocate(**Pool);
      if (I < 10)
        EXPECT_TRUE((*Pool)->deallocate(Block));
      else if (Expected.size() < 8)
        Expected.push_back(Block);
    }
  }
  // The first ten were one block, freed ten times.
  EXPECT_EQ(Name, "nodes");
  EXPECT_EQ(Count, 20u);
  EXPECT_EQ(Examples, Expected);
}

TEST(AlignedPoolTest, LeaksAreWrittenInOneLineByDefault) {
  ::testing::internal::CaptureStderr();
  {
    auto Pool = AlignedPool::create(
        {.BlockSize = 64, .MaxBlocks = 10, .Name = "nodes"});
    ASSERT_TRUE(Pool);
    allocate(**Pool);
    allocate(**Pool);
  }
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::MatchesRegex("hapax: nodes: 2 blocks of 64 bytes were "
                                      "never freed, the first at .*\n"));
}

TEST(AlignedPoolTest, NoLeaksNoReport) {
  bool Reported = false;
  {
    auto Pool = AlignedPool::create(
        {.BlockSize = 64, .MaxBlocks = 10, .OnLeak = [&](const PoolLeaks &) {
           Reported = true;
         }});
    ASSERT_TRUE(Pool);
    EXPECT_TRUE((*Pool)->deallocate(allocate(**Pool)));
  }
  EXPECT_FALSE(Reported);
}

#ifndef HAPAX_TEST_SANITIZED
TEST(AlignedPoolTest, LargeLimitTakesNoMemoryBeforeItsTime) {
  // 32 TiB of addresses.
  auto Pool = makePool({.BlockSize = 16320, .MaxBlocks = uint64_t(1) << 31});
  void *Block = allocate(*Pool);
  EXPECT_EQ(Pool->statistics().CommittedBytes, uint64_t(1) << 20);
  EXPECT_TRUE(Pool->deallocate(Block));
}

/// In a process of its own, for what it limits stays limited.
int runOutOfMemory() {
  // Room for the addresses of one pool, not for those of two.
  rlimit Small = {size_t(3) << 30, size_t(3) << 30};
  if (setrlimit(RLIMIT_AS, &Small) != 0)
    return 1;
  AlignedPoolOptions Options = {.BlockSize = 4032,
                                .MaxBlocks = uint64_t(1) << 19};
  auto First = AlignedPool::create(Options);
  auto Second = AlignedPool::create(Options);
  if (!First || Second || Second.error() != MemoryError::NoMemory)
    return 2;
  // Private memory that may be written is what RLIMIT_DATA counts.
  rlimit None = {1, 1};
  if (setrlimit(RLIMIT_DATA, &None) != 0)
    return 3;
  auto Block = (*First)->allocate();
  if (Block || Block.error() != MemoryError::NoMemory)
    return 4;
  return (*First)->statistics().NoMemory == 1 ? 0 : 5;
}

TEST(AlignedPoolTest, NoMemoryOfTheSystemIsAnError) {
  EXPECT_EXIT(std::_Exit(runOutOfMemory()), ::testing::ExitedWithCode(0), "");
}
#endif

} // namespace
