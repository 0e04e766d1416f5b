//===- ArenaChurnTest.cpp - Holes under churn -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// How much of the memory is in use when a block first finds no room, with
/// blocks as large as real objects that go in no order: the worst that a cache
/// does. Once for holes alone, once with slabs being emptied.
//===----------------------------------------------------------------------===//
#include "EmptyDevice.h"
#include "ObjectSizes.h"
#include "hapax/Gpu/Arena.h"
#include <cstdio>
#include <gtest/gtest.h>

using namespace hapax;

namespace {

constexpr uint64_t MiB = uint64_t(1) << 20;

/// A crowd of blocks; a block is its id and its size as it was asked for.
class Crowd {
public:
  Crowd(uint64_t Bytes, uint64_t SlabBytes)
      : Memory(Bytes),
        A(std::move(*Arena::create(Memory, {.LimitBytes = Bytes,
                                            .SlabBytes = SlabBytes,
                                            .KeepFreeBytes = 0,
                                            .KeepFreePercent = 0}))) {}

  /// One new block. False when there is no room for it.
  bool add(uint64_t Size) {
    auto Block = A.alloc(Size);
    if (!Block)
      return false;
    insert(Block->Id, Size);
    return true;
  }
  void removeOne() {
    size_t I = Random() % Blocks.size();
    EXPECT_TRUE(A.free(Blocks[I].first));
    Useful -= Blocks[I].second;
    SlotIn[Blocks.back().first.Slot] = I;
    std::swap(Blocks[I], Blocks.back());
    Blocks.pop_back();
  }
  /// Moves the blocks of the cheapest slab elsewhere; false where that fails.
  bool emptyOne() {
    // A block larger than a slab would need several of them to move to.
    auto Slab = A.cheapestSlab([this](HapaxHandle Id) {
      return Blocks[SlotIn[Id.Slot]].second <= A.slabBytes();
    });
    if (!Slab)
      return false;
    for (HapaxHandle Id : A.beginEmptying(*Slab)) {
      auto &Block = Blocks[SlotIn[Id.Slot]];
      auto Target = A.alloc(Block.second, Arena::Room::Spare);
      if (!Target) {
        EXPECT_TRUE(A.endEmptying());
        return false;
      }
      Moved += Block.second;
      EXPECT_TRUE(A.free(Id));
      Block.first = Target->Id;
      SlotIn[Target->Id.Slot] = &Block - Blocks.data();
    }
    EXPECT_TRUE(A.endEmptying());
    return true;
  }
  double share() const { return double(Useful) / double(A.limit()); }
  uint64_t size() { return objectSize(Random); }

  test::EmptyDevice Memory;
  Arena A;
  std::mt19937_64 Random{7};
  uint64_t Useful = 0, Moved = 0;

private:
  void insert(HapaxHandle Id, uint64_t Size) {
    if (SlotIn.size() <= Id.Slot)
      SlotIn.resize(Id.Slot + 1);
    SlotIn[Id.Slot] = Blocks.size();
    Blocks.push_back({Id, Size});
    Useful += Size;
  }
  std::vector<std::pair<HapaxHandle, uint64_t>> Blocks;
  std::vector<size_t> SlotIn;
};

struct ChurnTest : testing::TestWithParam<std::pair<uint64_t, uint64_t>> {};

/// What TLSF alone does, for the record; the bound is what Arena.cpp states.
TEST_P(ChurnTest, HolesAlone) {
  Crowd C(GetParam().first, GetParam().second);
  double Sum = 0, Least = 1;
  int Times = 0;
  for (int Step = 0; Step != 60'000; ++Step) {
    uint64_t Size = C.size();
    bool Full = false;
    while (!C.add(Size)) {
      if (!Full && Step > 20'000) {
        Sum += C.share();
        Least = std::min(Least, C.share());
        ++Times;
      }
      Full = true;
      C.removeOne();
    }
  }
  ASSERT_EQ(C.A.check(), "");
  std::printf("  holes alone: %.1f %% in use on average, %.1f %% at least\n",
              100 * Sum / Times, 100 * Least);
  RecordProperty("percent", int(100 * Sum / Times));
}

/// Blocks go only when nine tenths are in use, as long as slabs are emptied.
TEST_P(ChurnTest, NineTenthsAreUsefulBeforeAnythingGoes) {
  Crowd C(GetParam().first, GetParam().second);
  uint64_t Added = 0;
  double Least = 1;
  for (int Step = 0; Step != 60'000; ++Step) {
    uint64_t Size = C.size();
    Added += Size;
    while (!C.add(Size)) {
      bool Room = false;
      uint64_t Budget = C.Moved + 16 * Size + 4 * C.A.slabBytes();
      while (C.share() < 0.9 && !Room && C.Moved < Budget) {
        if (!C.emptyOne())
          break;
        Room = C.add(Size);
        if (!Room) {
          ASSERT_TRUE(C.A.trim());
          Room = C.add(Size);
        }
      }
      if (Room)
        break;
      // Of a large block, what it would have used counts.
      Least = std::min(Least, C.share() + double(Size) / double(C.A.limit()));
      C.removeOne();
    }
  }
  ASSERT_EQ(C.A.check(), "");
  std::printf("  with slabs emptied: %.1f %% in use at least, %.2f bytes moved "
              "for each byte added\n",
              100 * Least, double(C.Moved) / double(Added));
  EXPECT_GE(Least, 0.9);
}

INSTANTIATE_TEST_SUITE_P(Sizes, ChurnTest,
                         testing::Values(std::pair(2048 * MiB, 0),
                                         std::pair(1024 * MiB, 0),
                                         std::pair(256 * MiB, 0)));

} // namespace
