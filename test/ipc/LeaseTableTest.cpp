//===- LeaseTableTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "LeaseTable.h"
#include "gtest/gtest.h"

using namespace hapax;

namespace {

using std::chrono::milliseconds;

CacheKey key(uint64_t Number) { return {Number, Number * 0x9e3779b97f4a7c15}; }

struct Table : LeaseTable {
  Status at(unsigned Ms, uint64_t Client, uint64_t Number = 1) {
    auto V = ask(key(Number), Client, Clock::time_point(milliseconds(Ms)));
    WaitMs = V.WaitMs;
    return V.Result;
  }
  uint32_t WaitMs = 0;
};

TEST(LeaseTableTest, OneCompilesAndTheOthersWait) {
  Table T;
  T.made(key(99), 1000);
  EXPECT_EQ(T.at(0, 1), Status::Leased);
  for (uint64_t Client = 2; Client != 11; ++Client) {
    EXPECT_EQ(T.at(100, Client), Status::Awaited);
    EXPECT_EQ(T.WaitMs, 900u);
  }
  EXPECT_EQ(T.at(200, 1), Status::Leased) << "it is its own";
  T.made(key(1), 1000);
  EXPECT_EQ(T.size(), 0u);
}

TEST(LeaseTableTest, NobodyWaitsWithoutAnIdeaOfTheCost) {
  Table T;
  EXPECT_EQ(T.at(0, 1), Status::Leased);
  EXPECT_EQ(T.at(0, 2), Status::Leased);
  T.made(key(99), LeaseTable::WorthWaitingMs - 1);
  EXPECT_EQ(T.at(0, 3), Status::Leased) << "cheaper than waiting";
}

TEST(LeaseTableTest, WaitingIsBoundedByTheCost) {
  Table T;
  T.made(key(99), 1000);
  EXPECT_EQ(T.at(0, 1), Status::Leased);
  EXPECT_EQ(T.at(1400, 2), Status::Awaited);
  EXPECT_GT(T.WaitMs, 0u);
  EXPECT_EQ(T.at(1500, 2), Status::Leased) << "it takes over";
  EXPECT_EQ(T.at(1500, 3), Status::Awaited);
  EXPECT_EQ(T.at(1500, 1), Status::Awaited);
}

TEST(LeaseTableTest, NoLeaseIsLongerThanTheLongest) {
  Table T;
  T.made(key(99), 1'000'000'000);
  EXPECT_EQ(T.at(0, 1), Status::Leased);
  EXPECT_EQ(T.at(LeaseTable::LongestMs - 1, 2), Status::Awaited);
  EXPECT_EQ(T.at(LeaseTable::LongestMs, 2), Status::Leased);
}

TEST(LeaseTableTest, TheCostFollowsTheLatestEntries) {
  Table T;
  T.made(key(99), 10);
  for (unsigned I = 0; I != 100; ++I)
    T.made(key(99), 2000);
  EXPECT_EQ(T.at(0, 1), Status::Leased);
  EXPECT_EQ(T.at(0, 2), Status::Awaited);
  EXPECT_NEAR(T.WaitMs, 2000, 10);
}

TEST(LeaseTableTest, ALeaseEndsWithItsClient) {
  Table T;
  T.made(key(99), 1000);
  EXPECT_EQ(T.at(0, 1, 1), Status::Leased);
  EXPECT_EQ(T.at(0, 1, 2), Status::Leased);
  EXPECT_EQ(T.at(0, 2, 3), Status::Leased);
  T.leave(1);
  EXPECT_EQ(T.size(), 1u);
  EXPECT_EQ(T.at(1, 5, 1), Status::Leased);
  EXPECT_EQ(T.at(1, 5, 3), Status::Awaited);
}

TEST(LeaseTableTest, HasALimit) {
  Table T;
  for (uint64_t I = 0; I != LeaseTable::MaxLeases; ++I)
    EXPECT_EQ(T.at(0, 1, I), Status::Leased);
  EXPECT_EQ(T.at(0, 1, LeaseTable::MaxLeases), Status::Miss);
  EXPECT_EQ(T.size(), LeaseTable::MaxLeases);
}

} // namespace
