//===- HostileClientTest.cpp - Clients that break the rules -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "RawClient.h"
#include "hapax/Cache/Entry.h"
#include "gtest/gtest.h"
#include <random>

using namespace hapax;

namespace {

/// Whether the server still serves, another client, what it should.
bool serves(const TestServer &S) {
  auto C = S.connect();
  return C && put(*C, 4711, 3000) && holds(*C, 4711, 3000);
}

TEST(HostileClientTest, AFalseRequestIsHungUpOn) {
  TestServer S;
  for (auto Change : std::initializer_list<void (*)(RequestDescriptor &)>{
           [](auto &R) { R.Id += 1; }, [](auto &R) { R.What = Operation(9); },
           [](auto &R) { R.SlotOffset = ~uint64_t(0); },
           [](auto &R) { R.SlotBytes = uint64_t(1) << 40; },
           [](auto &R) { R.Zero = 1; }, [](auto &R) { R.Count = 1; }}) {
    Hostile H(S);
    ASSERT_TRUE(H.Answered);
    RequestDescriptor R = H.request(Operation::Get);
    Change(R);
    EXPECT_EQ(H.ask(R), std::nullopt);
  }
  EXPECT_TRUE(S.becomesEmpty());
  EXPECT_EQ(S.statistics().Faults, 6u);
  EXPECT_TRUE(serves(S));
}

TEST(HostileClientTest, AnEntryThatIsNoneIsNotStored) {
  TestServer S;
  Hostile H(S);
  CacheKey Key = keyOf(1);
  auto Payload = payloadOf(1, 100);
  auto Entry = packEntry(Key, PayloadKind::Object, Payload, 1,
                         CompressionPolicy::none());
  ASSERT_TRUE(Entry);
  auto Head = Entry->Header.encode();
  RequestDescriptor R = H.request(Operation::Put);
  auto Try = [&](std::span<const std::byte> Header, CacheKey As,
                 uint64_t Bytes) {
    std::ranges::copy(Header, H.Memory.arena().begin());
    std::ranges::copy(Payload, H.Memory.arena().begin() + Header.size());
    R.KeyHigh = As.High;
    R.KeyLow = As.Low;
    R.SlotBytes = Bytes;
    auto A = H.ask(R);
    ++R.Id;
    return A ? std::optional(A->Result) : std::nullopt;
  };
  uint64_t Size = Head.size() + Payload.size();
  EXPECT_EQ(Try(Head, keyOf(2), Size), Status::Corrupt) << "another key";
  EXPECT_EQ(Try(Head, Key, Size - 1), Status::Corrupt) << "cut";
  EXPECT_EQ(Try(Head, Key, Size + 1), Status::Corrupt) << "padded";
  auto Flipped = Head;
  Flipped[20] ^= std::byte(1);
  EXPECT_EQ(Try(Flipped, Key, Size), Status::Corrupt) << "a changed header";
  auto C = S.connect();
  EXPECT_TRUE(misses(*C, 1) && misses(*C, 2));
  EXPECT_EQ(Try(Head, Key, Size), Status::Done);
  EXPECT_TRUE(holds(*C, 1, 100));
}

/// Stores the entry of 1 with a good header and without its payload.
auto putFalsePayload(Hostile &H) {
  auto Entry = packEntry(keyOf(1), PayloadKind::Object, payloadOf(1, 100), 1,
                         CompressionPolicy::none());
  auto Head = Entry->Header.encode();
  std::ranges::copy(Head, H.Memory.arena().begin());
  RequestDescriptor R = H.request(Operation::Put);
  R.KeyHigh = keyOf(1).High;
  R.KeyLow = keyOf(1).Low;
  R.SlotBytes = Head.size() + 100;
  return H.ask(R);
}

TEST(HostileClientTest, AFalsePayloadIsFoundByWhoeverReadsIt) {
  TestServer S;
  Hostile H(S);
  auto A = putFalsePayload(H);
  ASSERT_TRUE(A);
  ASSERT_EQ(A->Result, Status::Done) << "the server does not look at payloads";
  auto C = S.connect();
  Bytes Got;
  ContainerSink Into(Got);
  auto Answer = C->get(keyOf(1), Into);
  ASSERT_FALSE(Answer);
  EXPECT_EQ(Answer.error().Reason, TierError::Kind::Corrupt);
  EXPECT_EQ(C->counters().CorruptEvicted, 1u);
  // It has been removed, and can be stored anew.
  EXPECT_TRUE(misses(*C, 1));
  ASSERT_TRUE(put(*C, 1, 100));
  EXPECT_TRUE(holds(*C, 1, 100));
}

TEST(HostileClientTest, AFalsePayloadInABatchIsFoundToo) {
  TestServer S;
  Hostile H(S);
  ASSERT_TRUE(putFalsePayload(H));
  auto C = S.connect();
  ASSERT_TRUE(put(*C, 2, 200));
  Bytes One, Two;
  ContainerSink IntoOne(One), IntoTwo(Two);
  Tier::Request Wanted[] = {{keyOf(1), &IntoOne}, {keyOf(2), &IntoTwo}};
  auto Answers = C->getMany(Wanted);
  ASSERT_FALSE(Answers[0]);
  EXPECT_EQ(Answers[0].error().Reason, TierError::Kind::Corrupt);
  ASSERT_TRUE(Answers[1] && *Answers[1]);
  EXPECT_TRUE(same(Two, payloadOf(2, 200)));
  EXPECT_TRUE(misses(*C, 1));
}

TEST(HostileClientTest, WhoTakesNoAnswersIsHungUpOn) {
  TestServer S;
  Hostile H(S);
  RequestDescriptor R = H.request(Operation::Contains);
  for (unsigned I = 0; I != 4 * ChannelRingCapacity && !hasHungUp(H.Socket);) {
    if (H.push(R)) {
      ++R.Id;
      ++I;
    } else {
      std::this_thread::yield();
    }
  }
  EXPECT_TRUE(S.becomesEmpty());
  EXPECT_EQ(S.statistics().Faults, 1u);
  EXPECT_TRUE(serves(S));
}

TEST(HostileClientTest, ABatchWithoutAnEndEndsWithItsClient) {
  TestServer S;
  {
    Hostile H(S);
    RequestDescriptor R = H.request(Operation::GetMany);
    R.Count = 3;
    ASSERT_TRUE(H.push(R));
  }
  EXPECT_TRUE(S.becomesEmpty());
  EXPECT_TRUE(serves(S));
}

/// What a hostile client may do, at random; the server must survive it and
/// serve others, whatever it makes of this one.
void scribble(Hostile &H, std::mt19937_64 &Random, unsigned Steps) {
  // Without the arena, what is shared is this long.
  size_t Shared = size_t(H.Memory.arena().data() -
                         reinterpret_cast<std::byte *>(&H.Memory.events()));
  std::span All(reinterpret_cast<std::byte *>(&H.Memory.events()),
                Shared + H.Memory.arena().size());
  RequestDescriptor R = H.request(Operation::Get);
  for (unsigned I = 0; I != Steps; ++I) {
    switch (Random() % 8) {
    case 0: {
      // A word anywhere.
      uint64_t Word = Random();
      size_t At = Random() % (Shared / 8) * 8;
      reinterpret_cast<std::atomic<uint64_t> *>(All.data() + At)->store(Word);
      break;
    }
    case 1: {
      // The indices of the rings, by a little.
      auto Ring = Random() % 2 ? H.Memory.requestRing() : H.Memory.answerRing();
      auto *Index = reinterpret_cast<std::atomic<uint64_t> *>(
          Ring.data() + Random() % 2 * FalseSharingRange);
      Index->store(Index->load() + Random() % 5 - 2);
      break;
    }
    case 2: {
      // The event counts, with the word of who waits.
      auto *Word = reinterpret_cast<std::atomic<uint32_t> *>(
          All.data() + Random() % 2 * FalseSharingRange + Random() % 3 * 4);
      Word->store(uint32_t(Random()));
      break;
    }
    default:
      // Requests that are almost right.
      R.What = Operation(1 + Random() % 6);
      R.KeyLow = Random() % 4;
      R.SlotOffset =
          Random() % 2 ? 0 : Random() % (2 * H.Memory.arena().size());
      R.SlotBytes = Random() % (H.Memory.arena().size() + 2);
      R.WantsLease = Random() % 16 == 0;
      if (R.What == Operation::Contains || R.What == Operation::Remove)
        R.SlotOffset = R.SlotBytes = 0;
      if (R.What == Operation::Stats)
        R.KeyLow = 0;
      R.Count = R.What == Operation::GetMany ? uint16_t(Random() % 4) : 0;
      if (Random() % 32 == 0)
        reinterpret_cast<unsigned char *>(&R)[Random() % sizeof(R)] ^=
            uint8_t(1 << Random() % 8);
      if (H.push(R))
        ++R.Id;
    }
    AnswerDescriptor A;
    (void)H.Answers.tryPop(A);
  }
}

TEST(HostileClientTest, ScribblingHarmsNobodyElse) {
  DaemonOptions Options = smallDaemon();
  Options.ArenaBytes = 64 * KiB;
  TestServer S(Options);
  auto Honest = S.connect();
  ASSERT_TRUE(put(*Honest, 1, 5000));
  std::mt19937_64 Random(20261121);
  for (unsigned Round = 0; Round != 200; ++Round) {
    Hostile H(S);
    ASSERT_TRUE(H.Answered);
    scribble(H, Random, 1 + Random() % 200);
    if (Round % 10 == 0) {
      ASSERT_TRUE(holds(*Honest, 1, 5000)) << Round;
    }
  }
  EXPECT_TRUE(comesTrue([&] { return S.statistics().Clients == 1; }));
  EXPECT_TRUE(holds(*Honest, 1, 5000));
  EXPECT_TRUE(serves(S));
}

/// Descriptors of this process that are open.
size_t openFiles() {
  size_t Count = 0;
  for (auto &Entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    (void)Entry;
    ++Count;
  }
  return Count;
}

TEST(HostileClientTest, NothingIsLeftOfClientsThatCameAndWent) {
  TestServer S;
  auto Settled = [&] {
    // What the spares are is all that stays.
    uint64_t Spares = 2 * channelBytes(smallDaemon().ArenaBytes);
    return S.becomesEmpty() &&
           comesTrue([&] { return S.statistics().ChannelBytes == Spares; });
  };
  ASSERT_TRUE(serves(S));
  ASSERT_TRUE(Settled());
  size_t Files = openFiles();
  std::mt19937_64 Random(7);
  for (unsigned I = 0; I != 300; ++I) {
    if (I % 3 == 0) {
      auto C = S.connect();
      ASSERT_TRUE(C && put(*C, I, 100));
    } else if (I % 3 == 1) {
      Hostile H(S);
      scribble(H, Random, 20);
    } else {
      // Hangs up in the middle of a request.
      Hostile H(S);
      RequestDescriptor R = H.request(Operation::Get);
      R.SlotBytes = 4096;
      H.push(R);
    }
  }
  ASSERT_TRUE(Settled());
  // A channel may have been on its way back when they were counted.
  EXPECT_TRUE(comesTrue([&] { return openFiles() <= Files; }));
  EXPECT_TRUE(serves(S));
}

} // namespace
