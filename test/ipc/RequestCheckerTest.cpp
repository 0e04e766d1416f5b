//===- RequestCheckerTest.cpp -----------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "RequestChecker.h"
#include "hapax/Cache/Entry.h"
#include "gtest/gtest.h"
#include <functional>
#include <limits>
#include <random>

using namespace hapax;

namespace {

constexpr uint64_t FirstId = 1000, Arena = 65536;
constexpr uint64_t Huge = std::numeric_limits<uint64_t>::max();

RequestDescriptor request(Operation What, uint64_t Offset = 0,
                          uint64_t Size = 0) {
  RequestDescriptor R;
  R.Id = FirstId;
  R.What = What;
  R.SlotOffset = Offset;
  R.SlotBytes = Size;
  return R;
}

/// What a fresh checker says of one request; none when it accepts.
std::optional<RequestFault> faultOf(const RequestDescriptor &R) {
  RequestChecker Checker(FirstId, Arena);
  auto Done = Checker.accept(R);
  return Done ? std::nullopt : std::optional(Done.error());
}

TEST(RequestCheckerTest, AcceptsWhatTheProtocolSays) {
  RequestDescriptor Leasing = request(Operation::Get, 0, Arena);
  Leasing.WantsLease = 1;
  for (const RequestDescriptor &R :
       {request(Operation::Get, 0, Arena), request(Operation::Get, Arena, 0),
        request(Operation::Put, Arena - EntryHeader::Bytes, EntryHeader::Bytes),
        request(Operation::Contains), request(Operation::Remove),
        request(Operation::Stats, 0, sizeof(DaemonStatistics)),
        request(Operation::Clear), Leasing}) {
    RequestChecker Checker(FirstId, Arena);
    auto Done = Checker.accept(R);
    ASSERT_TRUE(Done);
    EXPECT_TRUE(*Done);
    EXPECT_EQ(Checker.todo().size(), 1u);
  }
}

TEST(RequestCheckerTest, NumbersCountUpByOne) {
  RequestChecker Checker(FirstId, Arena);
  RequestDescriptor R = request(Operation::Contains);
  ASSERT_TRUE(Checker.accept(R));
  EXPECT_EQ(Checker.accept(R).error(), RequestFault::BadId) << "again";
  ++R.Id;
  EXPECT_TRUE(Checker.accept(R));
  R.Id += 2;
  EXPECT_EQ(Checker.accept(R).error(), RequestFault::BadId) << "one left out";
  RequestDescriptor Zero = request(Operation::Contains);
  Zero.Id = 0;
  EXPECT_EQ(faultOf(Zero), RequestFault::BadId);
}

TEST(RequestCheckerTest, SlotsLieWithinTheArena) {
  for (auto [Offset, Size] :
       std::initializer_list<std::pair<uint64_t, uint64_t>>{
           {0, Arena + 1},
           {1, Arena},
           {Arena, 1},
           {Arena + 1, 0},
           {Huge, 0},
           {Huge, 1},
           {1, Huge},
           {Huge, Huge},
           {Arena, Huge},
           {Huge - Arena + 1, Arena}})
    for (Operation What : {Operation::Get, Operation::Put, Operation::Stats})
      EXPECT_EQ(faultOf(request(What, Offset, Size)), RequestFault::BadSlot)
          << Offset << " " << Size;
  EXPECT_EQ(faultOf(request(Operation::Put, 0, EntryHeader::Bytes - 1)),
            RequestFault::BadSlot);
  EXPECT_EQ(faultOf(request(Operation::Stats, 0, sizeof(DaemonStatistics) - 1)),
            RequestFault::BadSlot);
}

TEST(RequestCheckerTest, UnusedFieldsAreZero) {
  auto With = [](Operation What, auto Change) {
    RequestDescriptor R = request(What);
    if (What == Operation::Put || What == Operation::Stats)
      R.SlotBytes = 4096;
    Change(R);
    return faultOf(R);
  };
  for (Operation What :
       {Operation::Get, Operation::Put, Operation::Contains, Operation::Remove,
        Operation::Stats, Operation::Clear}) {
    EXPECT_EQ(With(What, [](auto &R) { R.Zero = 1; }), RequestFault::NotZero);
    EXPECT_EQ(With(What, [](auto &R) { R.Count = 1; }), RequestFault::NotZero);
    EXPECT_NE(With(What, [](auto &R) { R.Index = 1; }), std::nullopt);
    EXPECT_EQ(With(What, [](auto &R) { R.WantsLease = 2; }),
              RequestFault::NotZero);
    EXPECT_EQ(With(What, [](auto &R) { R.WantsLease = 1; }),
              What == Operation::Get ? std::nullopt
                                     : std::optional(RequestFault::NotZero));
  }
  for (Operation What :
       {Operation::Contains, Operation::Remove, Operation::Clear})
    EXPECT_EQ(With(What, [](auto &R) { R.SlotBytes = 1; }),
              RequestFault::NotZero);
  for (Operation What : {Operation::Stats, Operation::Clear})
    EXPECT_EQ(With(What, [](auto &R) { R.KeyLow = 1; }), RequestFault::NotZero);
}

TEST(RequestCheckerTest, ThereAreSevenOperations) {
  for (unsigned What = 0; What != 256; ++What) {
    auto Fault = faultOf(request(Operation(What), 0, Arena));
    bool IsNone = Fault == RequestFault::BadOperation;
    EXPECT_EQ(IsNone, What == 0 || What > 7) << What;
  }
}

RequestDescriptor ofBatch(unsigned Index, unsigned Count) {
  RequestDescriptor R = request(Operation::GetMany, 64, 1024);
  R.Id = FirstId + Index;
  R.Index = uint16_t(Index);
  R.Count = uint16_t(Count);
  return R;
}

TEST(RequestCheckerTest, ABatchIsThereWhenItsLastRequestIs) {
  for (unsigned Count : {1u, 2u, 17u, unsigned(MaxBatch)}) {
    RequestChecker Checker(FirstId, Arena);
    for (unsigned I = 0; I != Count; ++I) {
      auto Done = Checker.accept(ofBatch(I, Count));
      ASSERT_TRUE(Done);
      EXPECT_EQ(*Done, I + 1 == Count);
    }
    ASSERT_EQ(Checker.todo().size(), Count);
    for (unsigned I = 0; I != Count; ++I)
      EXPECT_EQ(Checker.todo()[I].Index, I);
    RequestDescriptor Next = request(Operation::Contains);
    Next.Id = FirstId + Count;
    ASSERT_TRUE(Checker.accept(Next));
    EXPECT_EQ(Checker.todo().size(), 1u);
  }
}

TEST(RequestCheckerTest, ABatchKeepsItsOrderItsSizeAndItsSlot) {
  EXPECT_EQ(faultOf(ofBatch(0, 0)), RequestFault::BadBatch);
  EXPECT_EQ(faultOf(ofBatch(0, MaxBatch + 1)), RequestFault::BadBatch);
  auto Second = [](std::function<void(RequestDescriptor &)> Change) {
    RequestChecker Checker(FirstId, Arena);
    EXPECT_TRUE(Checker.accept(ofBatch(0, 3)));
    RequestDescriptor R = ofBatch(1, 3);
    Change(R);
    auto Done = Checker.accept(R);
    return Done ? std::nullopt : std::optional(Done.error());
  };
  EXPECT_EQ(Second([](auto &) {}), std::nullopt);
  EXPECT_EQ(Second([](auto &R) { R.Index = 0; }), RequestFault::BadBatch);
  EXPECT_EQ(Second([](auto &R) { R.Index = 2; }), RequestFault::BadBatch);
  EXPECT_EQ(Second([](auto &R) { R.Count = 2; }), RequestFault::BadBatch);
  EXPECT_EQ(Second([](auto &R) { R.SlotOffset = 0; }), RequestFault::BadBatch);
  EXPECT_EQ(Second([](auto &R) { R.SlotBytes = 2048; }),
            RequestFault::BadBatch);
  EXPECT_EQ(Second([](auto &R) {
              R = request(Operation::Contains);
              R.Id = FirstId + 1;
            }),
            RequestFault::BadBatch);
  RequestDescriptor Middle = ofBatch(1, 3);
  Middle.Id = FirstId;
  EXPECT_EQ(faultOf(Middle), RequestFault::BadBatch);
}

TEST(RequestCheckerTest, WhateverIsAcceptedStaysWithinTheArena) {
  std::mt19937_64 Random(5);
  RequestChecker Checker(0, Arena);
  uint64_t NextId = 0, Accepted = 0;
  for (unsigned I = 0; I != 200'000; ++I) {
    RequestDescriptor R;
    R.Id = NextId;
    R.What = Operation(Random() % 8);
    // Near the bounds, where mistakes live.
    R.SlotOffset = Random() % 3 ? Random() % (Arena + 2) : Random();
    R.SlotBytes = Random() % 3 ? (Arena + 1 - R.SlotOffset) - Random() % 3
                               : Random() % Arena;
    R.Count = uint16_t(Random() % 4 ? 0 : 1);
    auto Done = Checker.accept(R);
    if (!Done)
      continue;
    ++NextId;
    ++Accepted;
    for (const RequestDescriptor &T : Checker.todo()) {
      ASSERT_LE(T.SlotOffset, Arena);
      ASSERT_LE(T.SlotBytes, Arena);
      ASSERT_LE(T.SlotOffset + T.SlotBytes, Arena);
    }
  }
  EXPECT_GT(Accepted, 1000u);
}

} // namespace
