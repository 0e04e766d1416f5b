//===- ArenaTest.cpp --------------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Gpu/Arena.h"
#include "FaultyMemory.h"
#include <gtest/gtest.h>
#include <map>
#include <random>

using namespace hapax;

namespace {

using Kind = DeviceError::Kind;
constexpr uint64_t MiB = uint64_t(1) << 20;

ArenaOptions small(uint64_t LimitBytes) {
  return {.LimitBytes = LimitBytes,
          .SlabBytes = 2 * MiB,
          .MaxBlocks = 1000,
          .KeepFreeBytes = 0,
          .KeepFreePercent = 0};
}
bool any(HapaxHandle) { return true; }
/// The slab that is kept for moving blocks.
constexpr uint64_t Spare = 2 * MiB;

struct ArenaTest : testing::Test {
  FaultyMemory Memory{openHostMemory(64 * MiB)};

  Arena make(uint64_t LimitBytes) {
    return std::move(*Arena::create(Memory, small(LimitBytes)));
  }
};

TEST_F(ArenaTest, MapsWhatItNeedsAndGivesItBack) {
  Arena A = make(16 * MiB);
  EXPECT_EQ(A.mappedBytes(), 0u);
  auto Block = A.alloc(1000);
  ASSERT_TRUE(Block);
  EXPECT_EQ(Block->Region.capacity(), 1024u);
  EXPECT_EQ(Block->Region.length(), 0u);
  EXPECT_EQ(A.mappedBytes(), 2 * MiB);
  EXPECT_EQ(A.usedBytes(), 1024u);
  EXPECT_EQ(A.trim(), 0u);
  EXPECT_TRUE(A.free(Block->Id));
  EXPECT_EQ(A.mappedBytes(), 2 * MiB);
  EXPECT_EQ(A.trim(), 2 * MiB);
  EXPECT_EQ(A.mappedBytes(), 0u);
  EXPECT_EQ(*Memory.freeBytes(), 64 * MiB);
  EXPECT_EQ(A.check(), "");
}

TEST_F(ArenaTest, RefusesIdsThatDoNotHold) {
  Arena A = make(4 * MiB);
  auto Block = A.alloc(10);
  HapaxHandle Foreign{Block->Id.Generation, Block->Id.Slot + 1};
  HapaxHandle Beyond{1, 1u << 30};
  EXPECT_EQ(A.free(Foreign).error().Reason, Kind::Refused);
  EXPECT_EQ(A.free(Beyond).error().Reason, Kind::Refused);
  EXPECT_EQ(A.free({}).error().Reason, Kind::Refused);
  EXPECT_TRUE(A.free(Block->Id));
  EXPECT_EQ(A.free(Block->Id).error().Reason, Kind::Refused);
  EXPECT_EQ(A.retain(Block->Id).error().Reason, Kind::Refused);
  // Another block in the same place is not freed by the old id.
  auto Other = A.alloc(10);
  EXPECT_EQ(Other->Id.Slot, Block->Id.Slot);
  EXPECT_FALSE(A.free(Block->Id));
  EXPECT_EQ(A.references(Block->Id), 0u);
  EXPECT_EQ(A.references(Other->Id), 1u);
  EXPECT_EQ(A.check(), "");
}

TEST_F(ArenaTest, KeepsABlockUntilItsLastReference) {
  Arena A = make(4 * MiB);
  auto Block = A.alloc(10);
  EXPECT_TRUE(A.retain(Block->Id));
  EXPECT_EQ(A.references(Block->Id), 2u);
  EXPECT_TRUE(A.free(Block->Id));
  EXPECT_EQ(A.usedBytes(), 256u);
  EXPECT_EQ(A.trim(), 0u);
  EXPECT_TRUE(A.free(Block->Id));
  EXPECT_EQ(A.usedBytes(), 0u);
}

TEST_F(ArenaTest, HasALimit) {
  Arena A = make(4 * MiB + Spare);
  EXPECT_EQ(A.alloc(4 * MiB + Spare + 1).error().Reason, Kind::Refused);
  EXPECT_EQ(A.alloc(4 * MiB + 1).error().Reason, Kind::OutOfMemory);
  auto One = A.alloc(4 * MiB);
  ASSERT_TRUE(One);
  EXPECT_EQ(A.alloc(1).error().Reason, Kind::OutOfMemory);
  A.free(One->Id);
  EXPECT_TRUE(A.alloc(1));
}

TEST_F(ArenaTest, HasAsManyBlocksAsItMay) {
  Arena A = make(4 * MiB);
  for (int I = 0; I != 1000; ++I)
    ASSERT_TRUE(A.alloc(1));
  EXPECT_EQ(A.alloc(1).error().Reason, Kind::OutOfMemory);
  EXPECT_EQ(A.blocks(), 1000u);
}

TEST_F(ArenaTest, RefusesOptionsThatDoNotFit) {
  EXPECT_EQ(Arena::create(Memory, small(MiB)).error().Reason, Kind::Refused);
  ArenaOptions Many = small(4 * MiB);
  Many.MaxBlocks = 1u << 31;
  EXPECT_EQ(Arena::create(Memory, Many).error().Reason, Kind::Refused);
  Memory.failNext(FaultyMemory::Call::Reserve, Kind::OutOfMemory);
  EXPECT_EQ(Arena::create(Memory, small(4 * MiB)).error().Reason,
            Kind::OutOfMemory);
}

TEST_F(ArenaTest, KeepsMemoryForOthers) {
  ArenaOptions Options = small(64 * MiB);
  Options.KeepFreePercent = 90;
  auto A = Arena::create(Memory, Options);
  ASSERT_TRUE(A);
  EXPECT_TRUE(A->alloc(2 * MiB));
  EXPECT_TRUE(A->alloc(4 * MiB));
  EXPECT_EQ(A->alloc(2 * MiB).error().Reason, Kind::OutOfMemory);
  // It stays so until somebody has looked at the device again.
  EXPECT_EQ(A->mayGrowTo(), 6 * MiB);
  A->setMayGrowTo(64 * MiB);
  EXPECT_EQ(A->alloc(2 * MiB).error().Reason, Kind::OutOfMemory);
  EXPECT_LE(*A->spareBytes(), int64_t(2 * MiB));
  Memory.takeAway(10 * MiB);
  EXPECT_LT(*A->spareBytes(), 0);
}

TEST_F(ArenaTest, MappingIsAllOrNothing) {
  Arena A = make(32 * MiB);
  // Of five slabs the fourth is not to be had.
  Memory.failAfter(FaultyMemory::Call::Map, 3, Kind::OutOfMemory);
  EXPECT_EQ(A.alloc(9 * MiB).error().Reason, Kind::OutOfMemory);
  EXPECT_EQ(A.mappedBytes(), 0u);
  EXPECT_EQ(*Memory.freeBytes(), 64 * MiB);
  EXPECT_EQ(A.mayGrowTo(), 0u);
  A.setMayGrowTo(32 * MiB);
  EXPECT_TRUE(A.alloc(9 * MiB));
  EXPECT_EQ(A.check(), "");
}

TEST_F(ArenaTest, WhatCannotBeRolledBackStaysInUse) {
  Arena A = make(32 * MiB);
  Memory.failAfter(FaultyMemory::Call::Map, 3, Kind::OutOfMemory);
  Memory.failNext(FaultyMemory::Call::Unmap, Kind::Refused);
  EXPECT_FALSE(A.alloc(9 * MiB));
  EXPECT_EQ(A.mappedBytes(), 2 * MiB);
  EXPECT_EQ(*Memory.freeBytes(), 62 * MiB);
  EXPECT_TRUE(A.alloc(2 * MiB));
  EXPECT_EQ(A.mappedBytes(), 2 * MiB);
  EXPECT_EQ(A.check(), "");
}

TEST_F(ArenaTest, SaysWhenTheDeviceIsLost) {
  Arena A = make(32 * MiB);
  auto Block = A.alloc(MiB);
  A.free(Block->Id);
  Memory.failNext(FaultyMemory::Call::Unmap, Kind::Lost);
  EXPECT_EQ(A.trim().error().Reason, Kind::Lost);
  EXPECT_EQ(A.mappedBytes(), 2 * MiB);
  Memory.failNext(FaultyMemory::Call::FreeBytes, Kind::Lost);
  EXPECT_EQ(A.alloc(3 * MiB).error().Reason, Kind::Lost);
  Memory.failNext(FaultyMemory::Call::Map, Kind::Lost);
  EXPECT_EQ(A.alloc(3 * MiB).error().Reason, Kind::Lost);
  EXPECT_EQ(A.mayGrowTo(), 32 * MiB);
  EXPECT_EQ(A.check(), "");
}

TEST_F(ArenaTest, ASlabThatIsEmptiedTakesNoBlocks) {
  Arena A = make(4 * MiB + Spare);
  std::vector<HapaxHandle> Blocks;
  for (int I = 0; I != 8; ++I)
    Blocks.push_back(A.alloc(MiB / 2)->Id);
  // Three in the first slab, and one in the second.
  for (int I : {0, 5, 6, 7})
    A.free(Blocks[I]);
  auto Slab = A.cheapestSlab(any);
  ASSERT_TRUE(Slab);
  auto Inside = A.beginEmptying(*Slab);
  ASSERT_EQ(Inside.size(), 1u);
  EXPECT_TRUE(A.beginEmptying(0).empty());
  auto Target = A.alloc(MiB / 2, Arena::Room::Holes);
  ASSERT_TRUE(Target);
  EXPECT_FALSE(A.alloc(256));
  EXPECT_EQ(A.trim(), 0u);
  A.free(Inside[0]);
  EXPECT_FALSE(A.alloc(256));
  EXPECT_EQ(A.check(), "");
  EXPECT_TRUE(A.endEmptying());
  EXPECT_EQ(A.check(), "");
  EXPECT_TRUE(A.alloc(2 * MiB));
  EXPECT_EQ(A.mappedBytes(), 4 * MiB);
}

TEST_F(ArenaTest, HasASlabToMoveBlocksTo) {
  Arena A = make(4 * MiB + Spare);
  std::vector<HapaxHandle> Blocks;
  for (int I = 0; I != 4; ++I)
    Blocks.push_back(A.alloc(I % 2 ? MiB + MiB / 2 : MiB / 2)->Id);
  EXPECT_FALSE(A.alloc(256));
  // Two holes of half a slab's quarter each, and no room to join them.
  A.free(Blocks[0]);
  A.free(Blocks[2]);
  EXPECT_FALSE(A.alloc(MiB));
  auto Inside = A.beginEmptying(*A.cheapestSlab(any));
  ASSERT_EQ(Inside.size(), 1u);
  EXPECT_FALSE(A.alloc(MiB + MiB / 2));
  auto Target = A.alloc(MiB + MiB / 2, Arena::Room::Spare);
  ASSERT_TRUE(Target);
  EXPECT_EQ(A.mappedBytes(), 6 * MiB);
  A.free(Inside[0]);
  // The emptied slab goes back in the place of the one that was used.
  EXPECT_TRUE(A.endEmptying());
  EXPECT_EQ(A.mappedBytes(), 4 * MiB);
  Memory.failNext(FaultyMemory::Call::Unmap, Kind::Lost);
  EXPECT_TRUE(A.endEmptying());
  EXPECT_EQ(A.check(), "");
  Memory.heal();
}

TEST_F(ArenaTest, ABlockInUseKeepsItsSlab) {
  Arena A = make(4 * MiB + Spare);
  auto One = A.alloc(MiB), Two = A.alloc(2 * MiB);
  A.retain(One->Id);
  A.retain(Two->Id);
  EXPECT_EQ(A.cheapestSlab(any), std::nullopt);
  A.free(Two->Id);
  // The second block lies in both slabs.
  ASSERT_EQ(A.cheapestSlab(any), 1u);
  A.free(Two->Id);
  EXPECT_EQ(A.cheapestSlab(any), std::nullopt);
  EXPECT_EQ(A.trim(), 2 * MiB);
}

TEST_F(ArenaTest, ABlockThatMayNotLeaveKeepsItsSlab) {
  Arena A = make(8 * MiB + Spare);
  HapaxHandle Stays = A.alloc(MiB / 2)->Id;
  A.alloc(MiB + MiB / 2);
  A.alloc(MiB);
  std::vector<uint32_t> Asked;
  auto Slab = A.cheapestSlab([&](HapaxHandle Id) {
    Asked.push_back(Id.Slot);
    return Id.Slot != Stays.Slot || Id.Generation != Stays.Generation;
  });
  EXPECT_EQ(Slab, 1u);
  EXPECT_EQ(A.cheapestSlab([](HapaxHandle) { return false; }), std::nullopt);
}

TEST_F(ArenaTest, WhatIsFreedInASlabThatIsEmptiedIsNotForOthers) {
  // Blocks in one slab, and one over each of its borders.
  Arena A = make(6 * MiB + Spare);
  std::vector<HapaxHandle> Blocks;
  for (uint64_t Size : {MiB + MiB / 2, MiB, MiB / 4, MiB / 4, MiB / 4, MiB / 2,
                        MiB, MiB + MiB / 4})
    Blocks.push_back(A.alloc(Size)->Id);
  EXPECT_EQ(A.usedBytes(), 6 * MiB);
  auto Inside = A.beginEmptying(1);
  ASSERT_EQ(Inside.size(), 6u);
  for (unsigned I : {2, 0, 4, 1, 5, 3}) {
    EXPECT_TRUE(A.free(Inside[I]));
    EXPECT_EQ(A.check(), "");
  }
  // What the two at the borders had of the other slabs can be had.
  EXPECT_FALSE(A.alloc(3 * MiB / 4 + 256));
  EXPECT_TRUE(A.alloc(3 * MiB / 4));
  EXPECT_TRUE(A.alloc(MiB / 2));
  EXPECT_FALSE(A.alloc(256));
  EXPECT_TRUE(A.endEmptying());
  EXPECT_EQ(A.check(), "");
}

/// Blocks keep their bytes whatever happens around them, and the counts are
/// those of a plain model; with faults of the device in between.
TEST_F(ArenaTest, BehavesLikeAPlainModel) {
  struct Known {
    ArenaBlock Block;
    std::byte Value;
    unsigned References;
  };
  for (unsigned Seed = 0; Seed != 6; ++Seed) {
    std::mt19937_64 Random(Seed);
    Arena A = make(16 * MiB);
    auto Queue = std::move(*Memory.createQueue("model"));
    std::vector<Known> Blocks;
    std::vector<std::byte> Seen;
    for (int Step = 0; Step != 3000; ++Step) {
      if (Random() % 50 == 0)
        Memory.failNext(FaultyMemory::Call(Random() % 4),
                        Random() % 2 ? Kind::OutOfMemory : Kind::Refused);
      if (unsigned What = Random() % 16; What == 0) {
        (void)A.trim(Random() % 3 * 2 * MiB);
      } else if (What == 1) {
        A.setMayGrowTo(Random() % 9 * 2 * MiB);
      } else if (What < 8 && !Blocks.empty()) {
        Known &K = Blocks[Random() % Blocks.size()];
        if (What == 2 && K.References == 1) {
          EXPECT_TRUE(A.retain(K.Block.Id));
          ++K.References;
          continue;
        }
        Seen.assign(K.Block.Region.capacity(), std::byte());
        auto T = Queue->copyOut(Seen, K.Block.Region, 0);
        ASSERT_TRUE(T && Queue->wait(*T, std::chrono::steady_clock::now() +
                                             std::chrono::seconds(9)));
        for (std::byte B : Seen)
          ASSERT_EQ(B, K.Value);
        EXPECT_TRUE(A.free(K.Block.Id));
        if (--K.References == 0) {
          HapaxHandle Old = K.Block.Id;
          std::swap(K, Blocks.back());
          Blocks.pop_back();
          EXPECT_FALSE(A.free(Old));
        }
      } else {
        uint64_t Size = 1 + Random() % (Random() % 8 ? 100'000 : 3 * MiB);
        auto Block = A.alloc(Size);
        if (!Block)
          continue;
        Known K{*Block, std::byte(Random()), 1};
        EXPECT_EQ(K.Block.Region.capacity(), A.roundUp(Size));
        ASSERT_TRUE(Queue->fill(K.Block.Region, 0, A.roundUp(Size), K.Value));
        Blocks.push_back(K);
      }
      uint64_t Used = 0;
      for (const Known &K : Blocks)
        Used += K.Block.Region.capacity();
      ASSERT_EQ(A.usedBytes(), Used);
      ASSERT_EQ(A.blocks(), Blocks.size());
      ASSERT_LE(A.mappedBytes(), A.limit());
      if (Step % 16 == 0) {
        ASSERT_EQ(A.check(), "");
      }
    }
    Memory.heal();
  }
  EXPECT_EQ(*Memory.freeBytes(), 64 * MiB);
}

} // namespace
