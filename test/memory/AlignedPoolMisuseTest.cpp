//===- AlignedPoolMisuseTest.cpp - Misuse is an error value -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "AlignedPoolTestSupport.h"
#include <algorithm>
#include <cstring>
#include <set>

using namespace hapax;
using namespace hapax::test;

namespace {

class AlignedPoolMisuseTest : public ::testing::Test {
protected:
  static constexpr size_t Size = 192;
  std::unique_ptr<AlignedPool> Pool =
      makePool({.BlockSize = Size, .MaxBlocks = 64, .ChunkBytes = 4096});

  std::byte *take() { return static_cast<std::byte *>(allocate(*Pool)); }
  void free(void *Block) { EXPECT_TRUE(Pool->deallocate(Block)); }
  void expectError(void *Block, MemoryError Error) {
    auto Done = Pool->deallocate(Block);
    ASSERT_FALSE(Done);
    EXPECT_EQ(Done.error(), Error) << message(Done.error());
  }
  /// What the pool can still give; all of it is then freed again.
  std::set<void *> everything() {
    std::set<void *> Blocks;
    for (;;) {
      auto Block = Pool->allocate();
      if (!Block) {
        if (Block.error() == MemoryError::Corrupt)
          continue;
        EXPECT_EQ(Block.error(), MemoryError::Exhausted);
        break;
      }
      EXPECT_TRUE(Blocks.insert(*Block).second);
    }
    for (void *Block : Blocks)
      free(Block);
    return Blocks;
  }
};

TEST_F(AlignedPoolMisuseTest, ForeignPointers) {
  std::byte *Block = take();
  int OnStack = 0;
  auto OnHeap = std::make_unique<int>();
  auto Other = makePool({.BlockSize = Size, .MaxBlocks = 64});
  void *Others = allocate(*Other);
  for (void *Wrong :
       {static_cast<void *>(nullptr), static_cast<void *>(&OnStack),
        static_cast<void *>(OnHeap.get()), Others,
        reinterpret_cast<void *>(uintptr_t(64)),
        reinterpret_cast<void *>(~uintptr_t(63)),
        static_cast<void *>(Block - 64 - 1)})
    expectError(Wrong, MemoryError::Foreign);
  free(Block);
  EXPECT_TRUE(Other->deallocate(Others));
}

TEST_F(AlignedPoolMisuseTest, PointersBesideABlocksStart) {
  std::byte *First = take(), *Second = take();
  ASSERT_EQ(Second - First, ptrdiff_t(Size + 64));
  for (ptrdiff_t Offset = -64; Offset != ptrdiff_t(2 * Size + 64); ++Offset)
    if (Offset != 0 && First + Offset != Second)
      expectError(First + Offset, MemoryError::NotABlock);
  free(First);
  free(Second);
}

TEST_F(AlignedPoolMisuseTest, BlocksThatWereNeverGivenOut) {
  std::byte *Block = take();
  // Within the first chunk, past it, and at the very end.
  for (ptrdiff_t Blocks : {1, 2, 63})
    expectError(Block + Blocks * ptrdiff_t(Size + 64), MemoryError::NotABlock);
  free(Block);
}

TEST_F(AlignedPoolMisuseTest, DoubleFree) {
  std::byte *First = take(), *Second = take();
  free(First);
  expectError(First, MemoryError::DoubleFree);
  free(Second);
  expectError(First, MemoryError::DoubleFree);
  expectError(Second, MemoryError::DoubleFree);
  EXPECT_EQ(everything().size(), 64u);
}

TEST_F(AlignedPoolMisuseTest, OverrunIsFoundWhenTheBlockIsFreed) {
  std::byte *Block = take(), *Behind = take();
  Block[Size] ^= std::byte(1);
  expectError(Block, MemoryError::Corrupt);
  expectError(Block, MemoryError::DoubleFree);
  expectError(Behind, MemoryError::Corrupt);
  // Neither is given out again.
  auto Rest = everything();
  EXPECT_EQ(Rest.size(), 62u);
  EXPECT_FALSE(Rest.contains(Block));
  EXPECT_FALSE(Rest.contains(Behind));
  EXPECT_EQ(Pool->statistics().Retired, 2u);
}

TEST_F(AlignedPoolMisuseTest, OverrunIntoABlockNeverUsed) {
  std::byte *Block = take();
  Block[Size] = std::byte(1);
  expectError(Block, MemoryError::Corrupt);
  EXPECT_EQ(everything().size(), 63u);
}

TEST_F(AlignedPoolMisuseTest, OverrunOfZerosIsFoundWithTheBlockBehind) {
  std::byte *Block = take(), *Behind = take();
  std::memset(Block + Size, 0, 64);
  free(Block);
  expectError(Behind, MemoryError::Corrupt);
  EXPECT_EQ(Pool->statistics().Corrupt, 1u);
  // The word that told that it is in use is gone as well.
  EXPECT_EQ(everything().size(), 63u);
}

TEST_F(AlignedPoolMisuseTest, WriteInFrontOfABlock) {
  std::byte *Block = take();
  Block[-1] ^= std::byte(0x80);
  expectError(Block, MemoryError::Corrupt);
  EXPECT_EQ(everything().size(), 63u);
}

// Each byte of a header that holds something.
TEST_F(AlignedPoolMisuseTest, EveryGuardedByteOfAHeader) {
  for (ptrdiff_t Offset : {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                           12, 13, 14, 15, 56, 57, 58, 59, 60, 61, 62, 63}) {
    std::byte *Block = take();
    Block[Offset - 64] ^= std::byte(0x10);
    expectError(Block, MemoryError::Corrupt);
    // Mended, so that the pool's own count is right in the end.
    Block[Offset - 64] ^= std::byte(0x10);
    auto Done = Pool->deallocate(Block);
    EXPECT_TRUE(Done || Done.error() == MemoryError::DoubleFree);
  }
}

TEST_F(AlignedPoolMisuseTest, DamageToAFreeBlockIsFoundWhenItIsTaken) {
  std::byte *Block = take(), *Behind = take();
  free(Block);
  free(Behind);
  Behind[-64] ^= std::byte(1); // its front guard
  auto Next = Pool->allocate();
  ASSERT_FALSE(Next);
  EXPECT_EQ(Next.error(), MemoryError::Corrupt);
  EXPECT_EQ(take(), Block);
  Behind[-64] ^= std::byte(1); // the block's neighbour is checked as well
  free(Block);
  EXPECT_EQ(everything().size(), 63u);
}

TEST_F(AlignedPoolMisuseTest, LostLinkOfAFreeBlockLosesTheFreeBlocks) {
  std::byte *Blocks[4];
  for (std::byte *&Block : Blocks)
    Block = take();
  for (std::byte *Block : Blocks)
    free(Block);
  Blocks[3][8 - 64] ^= std::byte(1);
  auto Next = Pool->allocate();
  ASSERT_FALSE(Next);
  EXPECT_EQ(Next.error(), MemoryError::Corrupt);
  EXPECT_EQ(everything().size(), 60u);
}

#if HAPAX_TEST_SANITIZED && defined(__has_feature)
#if __has_feature(address_sanitizer)
TEST_F(AlignedPoolMisuseTest, AddressSanitizerFindsUseAfterFree) {
  std::byte *Block = take();
  Block[100] = std::byte(1);
  free(Block);
  EXPECT_DEATH(Block[100] = std::byte(2), "use-after-poison");
}
#endif
#endif

} // namespace
