//===- BufferTest.cpp -------------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Core/Buffer.h"
#include "gtest/gtest.h"

namespace {

TEST(BufferTest, RemainingIsWhatIsNotFilled) {
  uint8_t Bytes[8] = {};
  HapaxBuffer B = {Bytes, 8, 3};
  EXPECT_EQ(hapaxBufferRemaining(&B), 5u);
}

} // namespace
