//===- VramAllocationTest.cpp - A hit allocates no memory -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Replaces the global operator new by one that counts. Not under
/// ThreadSanitizer, whose own cannot be replaced.
//===----------------------------------------------------------------------===//
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAPAX_CANNOT_COUNT
#endif
#endif
#ifndef HAPAX_CANNOT_COUNT

#include "VramTestSupport.h"
#include <cstdlib>
#include <gtest/gtest.h>

namespace {

thread_local uint64_t Allocations = 0;

void *allocate(size_t Size) {
  ++Allocations;
  void *Memory = std::malloc(Size ? Size : 1);
  if (!Memory)
    std::abort();
  return Memory;
}

} // namespace

void *operator new(size_t Size) { return allocate(Size); }
void *operator new[](size_t Size) { return allocate(Size); }
void operator delete(void *Memory) noexcept { std::free(Memory); }
void operator delete[](void *Memory) noexcept { std::free(Memory); }
void operator delete(void *Memory, size_t) noexcept { std::free(Memory); }
void operator delete[](void *Memory, size_t) noexcept { std::free(Memory); }

using namespace hapax;

namespace {

uint64_t allocationsOfHits(TestCache &T, uint64_t Size) {
  Bytes Room(MiB);
  RoomSink Into(Room);
  T.put(1, Size);
  // The first ones may: queues keep memory for their lists.
  for (int I = 0; I != 3; ++I)
    EXPECT_TRUE(*T.Cache->get(keyOf(1), Into));
  uint64_t Before = Allocations;
  for (int I = 0; I != 5; ++I)
    EXPECT_TRUE(*T.Cache->get(keyOf(1), Into));
  EXPECT_TRUE(*T.Cache->contains(keyOf(1)));
  return Allocations - Before;
}

TEST(VramAllocationTest, TheCounterCounts) {
  uint64_t Before = Allocations;
  delete new int;
  EXPECT_EQ(Allocations, Before + 1);
}

TEST(VramAllocationTest, AHitAllocatesNothing) {
  for (uint64_t Size : {100, 10'000, 500'000})
    for (bool AsGpu : {false, true}) {
      TestCache T(smallOptions(), 64 * MiB, AsGpu);
      EXPECT_EQ(allocationsOfHits(T, Size), 0u) << Size;
    }
}

TEST(VramAllocationTest, AHitOfTheFrontAllocatesNothing) {
  VramOptions Options = smallOptions();
  Options.FrontBytes = 64 * KiB;
  TestCache T(Options);
  EXPECT_EQ(allocationsOfHits(T, 5000), 0u);
  EXPECT_GE(T.statistics().FrontHits, 5u);
}

TEST(VramAllocationTest, ComingToTheFrontAllocatesNothing) {
  VramOptions Options = smallOptions();
  Options.FrontBytes = 16 * KiB;
  TestCache T(Options);
  Bytes Room(MiB);
  RoomSink Into(Room);
  // Sizes of all kinds, so that the front has holes of all kinds.
  auto Size = [](uint64_t Number) { return 1 + Number * 7919 % 1500; };
  for (uint64_t Number = 0; Number != 500; ++Number)
    T.put(Number, Size(Number));
  for (int I = 0; I != 3; ++I)
    EXPECT_TRUE(*T.Cache->get(keyOf(0), Into));
  uint64_t Before = Allocations;
  for (uint64_t Number = 1; Number != 500; ++Number)
    for (int I = 0; I != 3; ++I)
      EXPECT_TRUE(*T.Cache->get(keyOf(Number), Into));
  EXPECT_EQ(Allocations, Before);
  EXPECT_GE(T.statistics().FrontHits, 300u);
}

} // namespace

#endif // HAPAX_CANNOT_COUNT
