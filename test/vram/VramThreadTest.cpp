//===- VramThreadTest.cpp - Many threads ------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramTestSupport.h"
#include <gtest/gtest.h>
#include <thread>

using namespace hapax;

namespace {

constexpr uint64_t Keys = 120, Players = 4;

/// A payload every word of which names its key and its version.
Bytes payloadOfVersion(uint64_t Number, uint64_t Version) {
  uint64_t Words = 2 + Number * 991 % 7500 + Version % 5;
  std::vector<uint64_t> All(Words);
  for (uint64_t I = 0; I != Words; ++I)
    All[I] = Number << 48 ^ Version << 16 ^ I;
  auto Raw = std::as_bytes(std::span(All));
  return {Raw.begin(), Raw.end()};
}

/// What is known of a key from outside. It has one writer.
struct Story {
  /// No get that begins from now on may bring an older version.
  std::atomic<uint64_t> Oldest = 1;
  /// Nor this one, nor a later one.
  std::atomic<uint64_t> Next = 1;
  /// Versions whose put has failed.
  std::mutex Mutex;
  std::vector<uint64_t> Failed;
};

class Stories {
public:
  uint64_t oldest(uint64_t Number) const { return All[Number].Oldest; }

  /// Whether an answer is right to a get that began when oldest() was so.
  bool isRight(const Tier::Answer &A, const Bytes &Got, uint64_t Number,
               uint64_t OldestThen) {
    if (!A)
      return A.error().Reason != TierError::Kind::Corrupt;
    if (!*A)
      return true;
    uint64_t First;
    if (Got.size() < sizeof(First))
      return false;
    std::memcpy(&First, Got.data(), sizeof(First));
    uint64_t Version = (First ^ Number << 48) >> 16;
    Story &S = All[Number];
    std::lock_guard Lock(S.Mutex);
    return Version >= OldestThen && Version < S.Next &&
           std::ranges::find(S.Failed, Version) == S.Failed.end() &&
           Got == payloadOfVersion(Number, Version);
  }

  void put(VramCache &Cache, uint64_t Number, bool Replace) {
    Story &S = All[Number];
    uint64_t Version = S.Next++;
    Bytes Payload = payloadOfVersion(Number, Version);
    CacheKey Key = keyOf(Number);
    auto Done = Replace ? Cache.replace(Key, PayloadKind::Object, Payload, 0)
                        : Cache.put(Key, PayloadKind::Object, Payload, 0);
    if (!Done) {
      std::lock_guard Lock(S.Mutex);
      S.Failed.push_back(Version);
    } else if (Replace) {
      S.Oldest = Version;
    }
  }
  void remove(VramCache &Cache, uint64_t Number) {
    if (Cache.remove(keyOf(Number)))
      All[Number].Oldest = All[Number].Next.load();
  }

private:
  std::array<Story, Keys> All;
};

/// What one thread does; every answer must be right.
void play(TestCache &T, Stories &S, uint64_t Player, int Steps,
          std::atomic<int> &Wrong) {
  std::mt19937_64 Random(Player);
  std::vector<Bytes> Got(4);
  std::vector<Pin> Pins(3);
  for (int Step = 0; Step != Steps; ++Step) {
    uint64_t Number = Random() % Keys, Oldest = S.oldest(Number);
    uint64_t Mine = Number / Players * Players + Player;
    ContainerSink Into(Got[0]);
    switch (Random() % 16) {
    default:
      Wrong +=
          !S.isRight(T.Cache->get(keyOf(Number), Into), Got[0], Number, Oldest);
      break;
    case 6 ... 7:
      S.put(*T.Cache, Mine, false);
      break;
    case 8 ... 10:
      S.put(*T.Cache, Mine, true);
      break;
    case 11:
      Wrong += !S.isRight(T.Cache->peek(keyOf(Number), Into), Got[0], Number,
                          Oldest);
      break;
    case 12:
      S.remove(*T.Cache, Mine);
      break;
    case 13:
      Pins[Random() % Pins.size()] = T.Cache->pin(keyOf(Number));
      break;
    case 14: {
      std::vector<ContainerSink<Bytes>> Sinks(Got.begin(), Got.end());
      std::vector<Tier::Request> Requests;
      std::vector<uint64_t> OldestOf;
      for (uint64_t I = 0; I != Got.size(); ++I) {
        Requests.push_back({keyOf((Number + I) % Keys), &Sinks[I]});
        OldestOf.push_back(S.oldest((Number + I) % Keys));
      }
      auto Answers = T.Cache->getMany(Requests);
      for (uint64_t I = 0; I != Got.size(); ++I)
        Wrong +=
            !S.isRight(Answers[I], Got[I], (Number + I) % Keys, OldestOf[I]);
      break;
    }
    case 15:
      (void)T.Cache->contains(keyOf(Number));
    }
  }
}

void playTogether(TestCache &T, int Steps, bool Pressure) {
  std::atomic<int> Wrong = 0;
  std::atomic<uint64_t> Done = 0;
  Stories S;
  std::vector<std::thread> Threads;
  for (uint64_t I = 0; I != Players; ++I)
    Threads.emplace_back([&, I] {
      play(T, S, I, Steps, Wrong);
      ++Done;
    });
  while (Done != Players) {
    if (Pressure) {
      T.Cache->giveBack(2 * MiB);
      T.Cache->relieve(std::chrono::steady_clock::now());
    }
    (void)T.Cache->keys();
    (void)T.Cache->fillRatio();
    std::this_thread::yield();
  }
  for (std::thread &Thread : Threads)
    Thread.join();
  EXPECT_EQ(Wrong, 0);
  EXPECT_EQ(T.Cache->check(), "");
  EXPECT_EQ(T.statistics().PinnedEntries, 0u);
  EXPECT_EQ(T.statistics().CorruptEvicted, 0u);
}

TEST(VramThreadTest, EveryAnswerIsRight) {
  VramOptions Options = smallOptions();
  Options.MaxBytes = MiB;
  Options.FrontBytes = 64 * KiB;
  TestCache T(Options);
  playTogether(T, 3000, false);
  EXPECT_GT(T.statistics().Hits, 100u);
}

TEST(VramThreadTest, ThroughPinnedMemoryWithFewLanes) {
  VramOptions Options = smallOptions();
  Options.Lanes = 1;
  Options.Batches = VramOptions::Batch::Gather;
  TestCache T(Options, 64 * MiB, true);
  playTogether(T, 3000, false);
}

TEST(VramThreadTest, WhileMemoryComesAndGoes) {
  VramOptions Options = smallOptions(6 * MiB);
  Options.FrontBytes = 64 * KiB;
  TestCache T(Options, 64 * MiB, true);
  playTogether(T, 3000, true);
  // And all of it can still go.
  T.Cache->clear();
  T.Cache->giveBack(64 * MiB);
  EXPECT_EQ(T.statistics().MappedBytes, 0u);
}

TEST(VramThreadTest, WhileTheDeviceIsLost) {
  VramOptions Options = smallOptions();
  Options.HostFallbackBytes = 8 * MiB;
  TestCache T(Options, 64 * MiB, true);
  // A slow device, whose memory is asked back all the time, does little.
  T.Memory->failAnyAfter(300, DeviceError::Kind::Lost);
  playTogether(T, 3000, true);
  EXPECT_TRUE(T.statistics().OnHost);
  EXPECT_TRUE(T.statistics().Lost);
}

TEST(VramThreadTest, OfSeveralThatStoreAKeyOneDoes) {
  TestCache T;
  std::vector<std::thread> Threads;
  std::atomic<int> Good = 0;
  for (int I = 0; I != 4; ++I)
    Threads.emplace_back([&] {
      for (uint64_t Number = 0; Number != 50; ++Number)
        Good += T.put(Number, 20'000).has_value();
    });
  for (std::thread &Thread : Threads)
    Thread.join();
  EXPECT_EQ(Good, 200);
  EXPECT_EQ(T.statistics().Puts, 50u);
  EXPECT_EQ(T.Cache->size(), 50u);
  EXPECT_EQ(T.Cache->check(), "");
}

} // namespace
