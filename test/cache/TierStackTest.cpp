//===- TierStackTest.cpp ----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/TierStack.h"
#include "gtest/gtest.h"
#include <map>
#include <thread>

using namespace hapax;
using Bytes = std::vector<std::byte>;
using Kind = TierError::Kind;

namespace {

Bytes bytes(std::string_view Text) {
  Bytes B(Text.size());
  for (size_t I = 0; I != B.size(); ++I)
    B[I] = std::byte(Text[I]);
  return B;
}

/// A tier in memory that fails on demand.
class FakeTier final : public Tier {
public:
  std::map<CacheKey, std::pair<EntryInfo, Bytes>> Entries;
  std::optional<Kind> FailGet, FailPut, FailRemove;
  /// Asks the sink for room before it fails.
  bool ReserveBeforeFailing = false;
  std::chrono::milliseconds Delay{0};
  unsigned Gets = 0, PutCalls = 0, Removes = 0, Pinned = 0;
  bool Keeps = true;

  std::string_view Name = "fake";
  std::string_view name() const override { return Name; }
  bool keeps() const override { return Keeps; }
  std::expected<std::optional<EntryInfo>, TierError>
  get(const CacheKey &Key, Sink &Into, Deadline Until) override {
    ++Gets;
    std::this_thread::sleep_for(Delay);
    if (FailGet) {
      if (ReserveBeforeFailing)
        Into.reserve(3);
      return std::unexpected(TierError{*FailGet, "get"});
    }
    auto Found = Entries.find(Key);
    if (Found == Entries.end())
      return std::nullopt;
    auto &[Info, Payload] = Found->second;
    auto Room = Into.reserve(Payload.size());
    if (Room.size() != Payload.size())
      return std::unexpected(TierError{Kind::Full, "sink"});
    std::copy(Payload.begin(), Payload.end(), Room.begin());
    return Info;
  }
  std::expected<void, TierError> put(const CacheKey &Key, PayloadKind K,
                                     std::span<const std::byte> Payload,
                                     uint32_t CostMs, Deadline) override {
    ++PutCalls;
    if (FailPut)
      return std::unexpected(TierError{*FailPut, "put"});
    Entries[Key] = {
        {K, Payload.size(), Payload.size(), digestOf(Payload), CostMs},
        Bytes(Payload.begin(), Payload.end())};
    return {};
  }
  std::expected<bool, TierError> contains(const CacheKey &Key,
                                          Deadline) override {
    if (FailGet)
      return std::unexpected(TierError{*FailGet, "contains"});
    return Entries.count(Key) != 0;
  }
  std::expected<void, TierError> remove(const CacheKey &Key,
                                        Deadline) override {
    ++Removes;
    if (FailRemove)
      return std::unexpected(TierError{*FailRemove, "remove"});
    Entries.erase(Key);
    return {};
  }
  Pin pin(const CacheKey &) override {
    ++Pinned;
    return Pin([this] { --Pinned; });
  }
  TierCounters counters() const override { return {}; }
};

const CacheKey A = {1, 1}, B = {2, 2}, C = {3, 3};

class TierStackTest : public ::testing::Test {
protected:
  void SetUp() override {
    for (FakeTier *&T : {std::ref(Top), std::ref(Middle), std::ref(Bottom)}) {
      auto Owned = std::make_unique<FakeTier>();
      T = Owned.get();
      Stack.add(std::move(Owned));
    }
  }
  void store(FakeTier &T, const CacheKey &Key, std::string_view Text) {
    ASSERT_TRUE(T.put(Key, PayloadKind::Assembly, bytes(Text), 9, NoDeadline));
    T.PutCalls = 0;
  }
  Tier::Answer get(const CacheKey &Key, Deadline Until = NoDeadline) {
    Got.clear();
    ContainerSink<Bytes> Into(Got);
    return Stack.get(Key, Into, Until);
  }

  TierStack Stack;
  FakeTier *Top = nullptr, *Middle = nullptr, *Bottom = nullptr;
  Bytes Got;
};

TEST_F(TierStackTest, HitFillsTheTiersAbove) {
  store(*Middle, A, "payload");
  auto Answer = get(A);
  ASSERT_TRUE(Answer && *Answer);
  EXPECT_EQ(Got, bytes("payload"));
  EXPECT_EQ(Top->Entries.at(A).second, bytes("payload"));
  EXPECT_EQ(Top->Entries.at(A).first.CostMs, 9u);
  EXPECT_EQ(Top->Entries.at(A).first.Kind, PayloadKind::Assembly);
  EXPECT_EQ(Bottom->Gets, 0u);
  EXPECT_EQ(Bottom->PutCalls, 0u) << "only upwards";
  EXPECT_TRUE(*get(A));
  EXPECT_EQ(Middle->Gets, 1u) << "the top has it now";
  EXPECT_EQ(Stack.counters().Hits, 2u);
  EXPECT_EQ(Stack.counters().BytesRead, 14u);
}

TEST_F(TierStackTest, TheAnswerTellsWhoHadIt) {
  Middle->Name = "middle";
  store(*Middle, A, "payload");
  auto Answer = get(A);
  ASSERT_TRUE(Answer && *Answer);
  EXPECT_EQ((*Answer)->Tier, "middle");
  EXPECT_EQ((*get(A))->Tier, "fake") << "the top has it now";
  // A tier of several parts says which one it was.
  store(*Bottom, B, "payload");
  Bottom->Entries[B].first.Tier = "bottom's part";
  EXPECT_EQ((*get(B))->Tier, "bottom's part");
}

TEST_F(TierStackTest, MissAsksAll) {
  auto Answer = get(A);
  ASSERT_TRUE(Answer);
  EXPECT_FALSE(*Answer);
  EXPECT_EQ(Top->Gets + Middle->Gets + Bottom->Gets, 3u);
  EXPECT_EQ(Stack.counters().Misses, 1u);
}

TEST_F(TierStackTest, ErrorAboveIsNoErrorWhenATierBelowHasIt) {
  store(*Bottom, A, "payload");
  Top->FailGet = Kind::Corrupt;
  Top->ReserveBeforeFailing = true;
  auto Answer = get(A);
  ASSERT_TRUE(Answer && *Answer);
  EXPECT_EQ(Got, bytes("payload"));
  EXPECT_EQ(Top->Entries.at(A).second, bytes("payload"));
  EXPECT_EQ(Stack.counters().Errors, 1u);
  EXPECT_EQ(Stack.counters().CorruptEvicted, 1u);
  EXPECT_FALSE(Stack.leftOut(0)) << "one bad entry is not the tier's end";
}

TEST_F(TierStackTest, FirstErrorIsTheAnswerWhenNobodyHasIt) {
  Middle->FailGet = Kind::Corrupt;
  Bottom->FailGet = Kind::Io;
  auto Answer = get(A);
  ASSERT_FALSE(Answer);
  EXPECT_EQ(Answer.error().Reason, Kind::Corrupt);
  EXPECT_EQ(Stack.counters().Misses, 0u);
  EXPECT_EQ(Stack.counters().Errors, 2u);
}

TEST_F(TierStackTest, TierThatIsGoneIsLeftOut) {
  for (Kind Gone : {Kind::Unavailable, Kind::Deadline}) {
    TierStack Two;
    auto Owned = std::make_unique<FakeTier>();
    FakeTier &First = *Owned;
    Two.add(std::move(Owned));
    Two.add(std::make_unique<FakeTier>());
    First.FailGet = Gone;
    Bytes Ignored;
    ContainerSink<Bytes> Into(Ignored);
    EXPECT_FALSE(Two.get(A, Into));
    EXPECT_TRUE(Two.leftOut(0));
    EXPECT_FALSE(Two.leftOut(1));
    auto Answer = Two.get(A, Into);
    ASSERT_TRUE(Answer);
    EXPECT_FALSE(*Answer);
    EXPECT_TRUE(Two.put(A, PayloadKind::Object, bytes("x"), 1));
    EXPECT_EQ(First.Gets, 1u);
    EXPECT_EQ(First.PutCalls, 0u);
    // A removal must not be forgotten.
    EXPECT_TRUE(Two.remove(A));
    EXPECT_EQ(First.Removes, 1u);
  }
}

TEST_F(TierStackTest, PutWritesToAll) {
  ASSERT_TRUE(Stack.put(A, PayloadKind::Object, bytes("x"), 1));
  for (FakeTier *T : {Top, Middle, Bottom})
    EXPECT_EQ(T->Entries.at(A).second, bytes("x"));
  EXPECT_EQ(Stack.counters().Puts, 1u);
}

TEST_F(TierStackTest, WhatMayForgetNeverHasTheOnlyCopy) {
  Top->Keeps = false;
  Middle->FailPut = Bottom->FailPut = Kind::Full;
  auto Put = Stack.put(A, PayloadKind::Object, bytes("x"), 1);
  ASSERT_FALSE(Put);
  EXPECT_EQ(Put.error().Reason, Kind::Full);
  EXPECT_EQ(Top->PutCalls, 0u);
  // One copy that is kept is enough.
  Bottom->FailPut = std::nullopt;
  EXPECT_TRUE(Stack.put(A, PayloadKind::Object, bytes("x"), 1));
  EXPECT_EQ(Top->PutCalls, 1u);
  // A stack of such tiers alone is asked for nothing else.
  Middle->Keeps = Bottom->Keeps = false;
  EXPECT_TRUE(Stack.put(B, PayloadKind::Object, bytes("x"), 1));
  EXPECT_EQ(Top->PutCalls, 2u);
}

TEST_F(TierStackTest, PutSucceedsWhereOneTierTakesIt) {
  Top->FailPut = Kind::Full;
  Bottom->FailPut = Kind::Io;
  EXPECT_TRUE(Stack.put(A, PayloadKind::Object, bytes("x"), 1));
  Middle->FailPut = Kind::ReadOnly;
  auto Put = Stack.put(A, PayloadKind::Object, bytes("x"), 1);
  ASSERT_FALSE(Put);
  EXPECT_EQ(Put.error().Reason, Kind::Full);
  EXPECT_EQ(Stack.counters().Errors, 4u) << "read-only by choice is no error";
  EXPECT_FALSE(TierStack().put(A, PayloadKind::Object, bytes("x"), 1));
}

TEST_F(TierStackTest, FailureToFillIsNoFailureToGet) {
  store(*Bottom, A, "payload");
  Top->FailPut = Kind::Unavailable;
  auto Answer = get(A);
  ASSERT_TRUE(Answer && *Answer);
  EXPECT_TRUE(Stack.leftOut(0));
  EXPECT_EQ(Middle->Entries.count(A), 1u);
}

TEST_F(TierStackTest, RemoveReportsATierThatMayStillHaveIt) {
  store(*Top, A, "x");
  store(*Bottom, A, "x");
  Middle->FailRemove = Kind::Io;
  auto Removed = Stack.remove(A);
  ASSERT_FALSE(Removed);
  EXPECT_EQ(Removed.error().Reason, Kind::Io);
  EXPECT_TRUE(Top->Entries.empty());
  EXPECT_TRUE(Bottom->Entries.empty());
}

TEST_F(TierStackTest, GetManyAsksEachTierOnlyForWhatIsOpen) {
  store(*Top, A, "a");
  store(*Bottom, C, "ccc");
  Bytes Got[3];
  std::vector<ContainerSink<Bytes>> Sinks;
  for (Bytes &Target : Got)
    Sinks.emplace_back(Target);
  Tier::Request Requests[] = {{A, &Sinks[0]}, {B, &Sinks[1]}, {C, &Sinks[2]}};
  auto Answers = Stack.getMany(Requests);
  ASSERT_EQ(Answers.size(), 3u);
  EXPECT_TRUE(Answers[0] && *Answers[0]);
  EXPECT_TRUE(Answers[1] && !*Answers[1]);
  EXPECT_TRUE(Answers[2] && *Answers[2]);
  EXPECT_EQ(Got[0], bytes("a"));
  EXPECT_EQ(Got[2], bytes("ccc"));
  EXPECT_EQ(Top->Gets, 3u);
  EXPECT_EQ(Middle->Gets, 2u);
  EXPECT_EQ(Bottom->Gets, 2u);
  EXPECT_EQ(Top->Entries.count(C), 1u);
  EXPECT_TRUE(Stack.getMany({}).empty());
}

TEST_F(TierStackTest, NobodyIsAskedAfterTheDeadline) {
  store(*Bottom, A, "x");
  Top->Delay = std::chrono::milliseconds(30);
  auto Soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
  auto Answer = get(A, Soon);
  ASSERT_FALSE(Answer);
  EXPECT_EQ(Answer.error().Reason, Kind::Deadline);
  EXPECT_EQ(Middle->Gets + Bottom->Gets, 0u);
  EXPECT_FALSE(Stack.leftOut(1)) << "it was not asked, so it is not to blame";
  auto Past = std::chrono::steady_clock::now();
  EXPECT_FALSE(Stack.put(B, PayloadKind::Object, bytes("x"), 1, Past));
  EXPECT_EQ(Top->PutCalls, 0u);
}

TEST_F(TierStackTest, TimesTheTierThatFetched) {
  store(*Middle, A, "x");
  Middle->Delay = std::chrono::milliseconds(5);
  EXPECT_TRUE(*get(A));
  EXPECT_FALSE(*get(B));
  EXPECT_EQ(Stack.hitTimes(0).count(), 0u);
  EXPECT_EQ(Stack.hitTimes(1).count(), 1u) << "a miss is not timed";
  EXPECT_GE(Stack.hitTimes(1).SumUs, 5000u);
  EXPECT_EQ(Stack.hitTimes(2).count(), 0u);
}

TEST_F(TierStackTest, ContainsAsksUntilOneHasIt) {
  store(*Middle, A, "x");
  EXPECT_EQ(Stack.contains(A), true);
  EXPECT_EQ(Stack.contains(B), false);
  Bottom->FailGet = Kind::Io;
  EXPECT_FALSE(Stack.contains(B));
}

TEST_F(TierStackTest, PinHoldsInEveryTier) {
  {
    Pin P = Stack.pin(A);
    Pin Moved = std::move(P);
    EXPECT_EQ(Top->Pinned + Middle->Pinned + Bottom->Pinned, 3u);
  }
  EXPECT_EQ(Top->Pinned + Middle->Pinned + Bottom->Pinned, 0u);
}

TEST(TierErrorTest, NamesAreDistinct) {
  std::map<std::string_view, int> Names;
  for (Kind K : {Kind::Corrupt, Kind::Full, Kind::Io, Kind::Deadline,
                 Kind::Unavailable, Kind::ReadOnly})
    ++Names[name(K)];
  EXPECT_EQ(Names.size(), 6u);
  EXPECT_EQ(Names.count("unknown"), 0u);
}

} // namespace
