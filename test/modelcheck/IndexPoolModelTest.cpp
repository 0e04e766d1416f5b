//===- IndexPoolModelTest.cpp - What the pool's tag is for ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "IndexPoolModel.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace modelcheck;
using testing::HasSubstr;

namespace {

TEST(IndexPoolModelTest, WithoutTheTagFreeSlotsAreInAWrongState) {
  Outcome O = Explorer::explore(poolWithoutTag(/*UsesBlocks=*/false));
  EXPECT_THAT(O.Failure, HasSubstr("taking a slot finds damage"));
}

TEST(IndexPoolModelTest, WithoutTheTagABlockHasTwoOwners) {
  Outcome O = Explorer::explore(poolWithoutTag(/*UsesBlocks=*/true));
  EXPECT_THAT(O.Failure, HasSubstr("data race"));
}

} // namespace
