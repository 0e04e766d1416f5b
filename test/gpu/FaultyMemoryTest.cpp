//===- FaultyMemoryTest.cpp - The test of a test's device -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "FaultyMemory.h"
#include "DeviceContract.h"
#include "gmock/gmock.h"

using namespace hapax;
using namespace hapax::test;
using Kind = DeviceError::Kind;
using ::testing::ElementsAre;

namespace {

constexpr uint64_t Slab = uint64_t(2) << 20;

struct FaultyMemoryTest : ::testing::Test {
  FaultyMemory Memory{openHostMemory(8 * Slab)};
  uint64_t Base = *Memory.reserve(8 * Slab);
  std::unique_ptr<TransferQueue> Queue = std::move(*Memory.createQueue("q"));
  std::vector<std::byte> Bytes = randomBytes(1000, 1), To{2000};
  DeviceRegion Region = *DeviceRegion::create(Base, 1000);

  void SetUp() override {
    ASSERT_TRUE(Memory.map(Base, Slab));
    finish(Queue->copyIn(Region, 0, Bytes));
  }
  void TearDown() override {
    Queue = nullptr;
    (void)Memory.unmap(Base, Slab);
  }
  void finish(TransferQueue::Started Work) {
    ASSERT_TRUE(Work) << reasonOf(Work);
    EXPECT_TRUE(Queue->wait(*Work, soon()));
  }
  bool arrived(size_t At, size_t Size) const {
    return std::equal(To.begin() + At, To.begin() + At + Size, Bytes.begin());
  }
};

TEST_F(FaultyMemoryTest, TheHookSeesEachCopyOfABatch) {
  std::vector<const std::byte *> Seen;
  Memory.beforeCopyOutTo([&](const std::byte *At) { Seen.push_back(At); });
  auto Part = *Region.slice(500, 100);
  TransferQueue::CopyOut Copies[] = {
      {std::span(To).first(100), &Region, 0},
      {std::span(To).subspan(100, 100), &Part, 0}};
  finish(Queue->copyOutMany(Copies));
  EXPECT_THAT(Seen, ElementsAre(To.data(), To.data() + 100));
  EXPECT_EQ(Memory.lastRead().address(), Part.address());
  Seen.clear();
  auto Pinned = Memory.pin(To);
  finish(Queue->gather(Copies));
  EXPECT_THAT(Seen, ElementsAre(To.data(), To.data() + 100));
  Seen.clear();
  finish(Queue->copyOut(std::span(To).first(10), Region, 0));
  EXPECT_THAT(Seen, ElementsAre(To.data()));
}

TEST_F(FaultyMemoryTest, WhatHangsHappensLate) {
  Memory.hang(true);
  auto T = Queue->copyOut(std::span(To).first(1000), Region, 0);
  TransferQueue::CopyOut Copies[] = {
      {std::span(To).subspan(1000, 500), &Region, 0}};
  auto Many = Queue->copyOutMany(Copies);
  ASSERT_TRUE(T && Many);
  EXPECT_FALSE(*Queue->isDone(*T));
  EXPECT_EQ(kindOf(Queue->wait(*Many, std::chrono::steady_clock::now())),
            Kind::TimedOut);
  EXPECT_FALSE(Queue->isQuiet());
  EXPECT_TRUE(Memory.mayTouch(std::span(To).subspan(1400)));
  EXPECT_FALSE(Memory.mayTouch(std::span(To).subspan(1500)));
  EXPECT_FALSE(arrived(0, 1000));
  Memory.hang(false);
  EXPECT_TRUE(arrived(0, 1000));
  EXPECT_TRUE(arrived(1000, 500));
  EXPECT_TRUE(Queue->isQuiet());
  EXPECT_TRUE(*Queue->isDone(*Many));
  EXPECT_TRUE(Queue->wait(*T, soon()));
  // In order with what comes then.
  To.assign(2000, std::byte(0));
  auto After = Queue->copyOut(std::span(To).first(1000), Region, 0);
  ASSERT_TRUE(After);
  EXPECT_GT(*After, *Many);
  finish(After);
  EXPECT_TRUE(arrived(0, 1000));
}

TEST_F(FaultyMemoryTest, LateWritesReadTheirSourceLate) {
  Memory.hang(true);
  auto Other = *DeviceRegion::create(Base + 4096, 1000);
  ASSERT_TRUE(Queue->copyIn(Other, 0, Bytes));
  EXPECT_EQ(Other.length(), 1000u);
  EXPECT_EQ(kindOf(Queue->copyIn(Other, 1, Bytes)), Kind::Refused);
  Bytes[0] ^= std::byte(1);
  Memory.hang(false);
  finish(Queue->copyOut(std::span(To).first(1000), Other, 0));
  EXPECT_TRUE(arrived(0, 1000));
}

TEST_F(FaultyMemoryTest, AQueueThatDoesNotEndTakesTheDeviceWithIt) {
  auto Pinned = std::move(*Memory.pin(To));
  Memory.hang(true);
  ASSERT_TRUE(Queue->copyOut(std::span(To).first(1000), Region, 0));
  Queue = nullptr;
  EXPECT_EQ(kindOf(Memory.freeBytes()), Kind::Lost);
  EXPECT_EQ(Memory.unpinnedTooEarly(), 0u);
  PinnedMemory End = std::move(Pinned);
  End = PinnedMemory();
  EXPECT_EQ(Memory.unpinnedTooEarly(), 1u);
  Memory.hang(false);
  EXPECT_TRUE(arrived(0, 1000));
}

TEST_F(FaultyMemoryTest, MemoryThatGoesBackWaitsForEveryQueueThatHangs) {
  std::vector<bool> Waited;
  Memory.whenUnpinned([&](bool Waits) { Waited.push_back(Waits); });
  auto Give = [&] { PinnedMemory Gone = *Memory.allocatePinned(4096); };
  Give();
  Memory.hang(true);
  ASSERT_TRUE(Queue->copyOut(std::span(To).first(1000), Region, 0));
  EXPECT_EQ(Memory.lateCopies(), 1u);
  Give();
  auto More = std::move(*Memory.allocatePinned(4096));
  // Of a lost device nothing goes back.
  Queue = nullptr;
  {
    PinnedMemory Gone = std::move(More);
  }
  EXPECT_THAT(Waited, ElementsAre(false, true, false));
  Memory.hang(false);
  EXPECT_EQ(Memory.lateCopies(), 0u);
}

TEST_F(FaultyMemoryTest, NoticesWhoWouldWaitForLonger) {
  auto Limit = soon();
  Memory.waitsEndBy(Limit);
  auto T = Queue->copyOut(std::span(To).first(10), Region, 0);
  ASSERT_TRUE(T && Queue->wait(*T, Limit));
  EXPECT_EQ(Memory.waitsBeyond(), 0u);
  ASSERT_TRUE(Queue->wait(*T, Limit + std::chrono::nanoseconds(1)));
  EXPECT_EQ(Memory.waitsBeyond(), 1u);
}

} // namespace
