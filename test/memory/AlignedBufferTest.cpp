//===- AlignedBufferTest.cpp ------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Memory/AlignedBuffer.h"
#include "AlignedPoolTestSupport.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>

using namespace hapax;
using namespace hapax::test;

namespace {

TEST(AlignedBufferTest, IsAlignedAndZeroed) {
  for (size_t Size : {size_t(0), size_t(1), size_t(63), size_t(64), size_t(65),
                      size_t(1) << 20}) {
    // Once more where the first one has left its bytes.
    for (int Round = 0; Round != 2; ++Round) {
      auto Buffer = AlignedBuffer::allocate(Size);
      ASSERT_TRUE(Buffer);
      EXPECT_EQ(Buffer->size(), Size);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(Buffer->data()) % 64, 0u);
      EXPECT_TRUE(std::ranges::all_of(
          Buffer->bytes(), [](std::byte B) { return B == std::byte(0); }));
      std::ranges::fill(Buffer->bytes(), std::byte(0xff));
    }
  }
}

TEST(AlignedBufferTest, NoMemoryIsAnError) {
  for (size_t Size : {
           ~size_t(0),
           ~size_t(0) - 62,
#ifndef HAPAX_TEST_SANITIZED // end the process instead of refusing
           size_t(1) << 62,
#endif
       }) {
    auto Buffer = AlignedBuffer::allocate(Size);
    ASSERT_FALSE(Buffer);
    EXPECT_EQ(Buffer.error(), MemoryError::NoMemory);
  }
}

TEST(AlignedBufferTest, MovesItsMemory) {
  auto From = AlignedBuffer::allocate(100);
  ASSERT_TRUE(From);
  std::byte *Where = From->data();
  AlignedBuffer To = std::move(*From);
  EXPECT_EQ(To.data(), Where);
  EXPECT_EQ(To.size(), 100u);
  EXPECT_EQ(From->data(), nullptr);
  AlignedBuffer Third;
  Third = std::move(To);
  EXPECT_EQ(Third.data(), Where);
}

TEST(AlignedBufferTest, TakesABlockOfAPool) {
  for (bool Zeroed : {true, false}) {
    auto Pool = makePool({.BlockSize = 256, .MaxBlocks = 1, .Zeroed = Zeroed});
    for (int Round = 0; Round != 2; ++Round) {
      auto Buffer = AlignedBuffer::allocate(200, *Pool);
      ASSERT_TRUE(Buffer);
      EXPECT_EQ(Buffer->size(), 200u);
      EXPECT_TRUE(Pool->owns(Buffer->data()));
      EXPECT_TRUE(std::ranges::all_of(
          Buffer->bytes(), [](std::byte B) { return B == std::byte(0); }));
      std::ranges::fill(Buffer->bytes(), std::byte(0xff));
      EXPECT_EQ(AlignedBuffer::allocate(200, *Pool).error(),
                MemoryError::Exhausted);
      AlignedBuffer Moved = std::move(*Buffer);
      EXPECT_EQ(Pool->statistics().InUse, 1u);
    }
    EXPECT_EQ(Pool->statistics().InUse, 0u);
    EXPECT_EQ(AlignedBuffer::allocate(257, *Pool).error(),
              MemoryError::TooLarge);
  }
}

TEST(MemoryErrorTest, EveryErrorHasItsOwnLine) {
  std::set<std::string_view> Lines;
  for (auto Error :
       {MemoryError::NoMemory, MemoryError::Exhausted, MemoryError::BadOptions,
        MemoryError::TooLarge, MemoryError::Foreign, MemoryError::NotABlock,
        MemoryError::DoubleFree, MemoryError::Corrupt}) {
    EXPECT_THAT(std::string(message(Error)),
                ::testing::AllOf(::testing::Not(::testing::IsEmpty()),
                                 ::testing::Not(::testing::HasSubstr("\n"))));
    Lines.insert(message(Error));
  }
  EXPECT_EQ(Lines.size(), 8u);
}

} // namespace
