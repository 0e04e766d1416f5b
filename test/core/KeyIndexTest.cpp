//===- KeyIndexTest.cpp -----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Core/KeyIndex.h"

#include <gtest/gtest.h>

namespace {

/// An index of four slots and two buckets, whose arrays lie beside it.
struct SmallIndex {
  int32_t Head[2];
  uint32_t Chain[5];
  uint64_t Low[5], High[5];
  int64_t Born[5];
  HapaxKeyIndex X{};

  SmallIndex() {
    X.Capacity = 4;
    X.Buckets = 2;
    X.Head = Head;
    X.Chain = Chain;
    X.Low = Low;
    X.High = High;
    X.Born = Born;
    hapaxKeyIndexInit(&X);
  }
};

TEST(KeyIndex, AMissIsRememberedForTheInsertionOfItsKeyAlone) {
  SmallIndex S;
  EXPECT_EQ(hapaxKeyIndexSeek(&S.X, 1, 1), 0u);
  // Another key than the one that was missed, twice.
  EXPECT_TRUE(hapaxKeyIndexInsert(&S.X, 1, 2, 1));
  EXPECT_FALSE(hapaxKeyIndexInsert(&S.X, 2, 2, 1));
  EXPECT_EQ(hapaxKeyIndexSeek(&S.X, 1, 1), 0u);
  EXPECT_FALSE(hapaxKeyIndexInsert(&S.X, 2, 2, 1));
  EXPECT_TRUE(hapaxKeyIndexInsert(&S.X, 2, 1, 1));
  EXPECT_EQ(hapaxKeyIndexFind(&S.X, 1, 1), 2u);
}

TEST(KeyIndex, AMissIsForgottenWhenItsKeyIsInserted) {
  SmallIndex S;
  EXPECT_EQ(hapaxKeyIndexSeek(&S.X, 1, 1), 0u);
  EXPECT_TRUE(hapaxKeyIndexInsert(&S.X, 1, 1, 1));
  EXPECT_FALSE(hapaxKeyIndexInsert(&S.X, 2, 1, 1));
}

TEST(KeyIndex, WhatWasFoundIsNotTakenForMissed) {
  SmallIndex S;
  EXPECT_TRUE(hapaxKeyIndexInsert(&S.X, 1, 1, 1));
  EXPECT_EQ(hapaxKeyIndexSeek(&S.X, 2, 2), 0u);
  EXPECT_EQ(hapaxKeyIndexSeek(&S.X, 1, 1), 1u);
  EXPECT_FALSE(hapaxKeyIndexInsert(&S.X, 2, 1, 1));
}

TEST(KeyIndex, HalfOfAMissedKeyIsAnotherKey) {
  SmallIndex S;
  EXPECT_TRUE(hapaxKeyIndexInsert(&S.X, 1, 1, 1));
  EXPECT_TRUE(hapaxKeyIndexInsert(&S.X, 2, 2, 2));
  EXPECT_EQ(hapaxKeyIndexSeek(&S.X, 1, 2), 0u);
  EXPECT_FALSE(hapaxKeyIndexInsert(&S.X, 3, 1, 1));
  EXPECT_FALSE(hapaxKeyIndexInsert(&S.X, 3, 2, 2));
  EXPECT_TRUE(hapaxKeyIndexInsert(&S.X, 3, 1, 2));
}

TEST(KeyIndex, AMissOutlivesRefusalsAndRemovals) {
  SmallIndex S;
  EXPECT_TRUE(hapaxKeyIndexInsert(&S.X, 1, 1, 1));
  EXPECT_EQ(hapaxKeyIndexSeek(&S.X, 2, 2), 0u);
  EXPECT_FALSE(hapaxKeyIndexInsert(&S.X, 0, 2, 2));
  EXPECT_FALSE(hapaxKeyIndexInsert(&S.X, 5, 2, 2));
  EXPECT_FALSE(hapaxKeyIndexInsert(&S.X, 1, 2, 2));
  EXPECT_TRUE(hapaxKeyIndexRemove(&S.X, 1));
  EXPECT_TRUE(hapaxKeyIndexInsert(&S.X, 1, 2, 2));
  EXPECT_EQ(hapaxKeyIndexFind(&S.X, 2, 2), 1u);
  EXPECT_EQ(hapaxKeyIndexFind(&S.X, 1, 1), 0u);
}

} // namespace
