//===- VramThreadTest.cpp - Many threads ------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramTestSupport.h"
#include <gtest/gtest.h>
#include <thread>

using namespace hapax;

namespace {

constexpr uint64_t Keys = 120;

uint64_t sizeOf(uint64_t Number) { return Number * 7919 % 60'000; }

/// What one thread does; every answer must be right.
void play(TestCache &T, uint64_t Seed, int Steps, std::atomic<int> &Wrong) {
  std::mt19937_64 Random(Seed);
  std::vector<Bytes> Got(4);
  std::vector<Pin> Pins(3);
  auto Check = [&](const Tier::Answer &A, const Bytes &B, uint64_t Number) {
    if (A && *A && !same(B, payloadOf(Number, sizeOf(Number))))
      ++Wrong;
    if (!A && A.error().Reason == TierError::Kind::Corrupt)
      ++Wrong;
  };
  for (int Step = 0; Step != Steps; ++Step) {
    uint64_t Number = Random() % Keys;
    ContainerSink Into(Got[0]);
    switch (Random() % 16) {
    default:
      Check(T.Cache->get(keyOf(Number), Into), Got[0], Number);
      break;
    case 6 ... 9:
      (void)T.put(Number, sizeOf(Number));
      break;
    case 10:
      (void)T.Cache->replace(keyOf(Number), PayloadKind::Object,
                             payloadOf(Number, sizeOf(Number)), 0);
      break;
    case 11:
      Check(T.Cache->peek(keyOf(Number), Into), Got[0], Number);
      break;
    case 12:
      (void)T.Cache->remove(keyOf(Number));
      break;
    case 13:
      Pins[Random() % Pins.size()] = T.Cache->pin(keyOf(Number));
      break;
    case 14: {
      std::vector<ContainerSink<Bytes>> Sinks(Got.begin(), Got.end());
      std::vector<Tier::Request> Requests;
      for (uint64_t I = 0; I != Got.size(); ++I)
        Requests.push_back({keyOf((Number + I) % Keys), &Sinks[I]});
      auto Answers = T.Cache->getMany(Requests);
      for (uint64_t I = 0; I != Got.size(); ++I)
        Check(Answers[I], Got[I], (Number + I) % Keys);
      break;
    }
    case 15:
      (void)T.Cache->contains(keyOf(Number));
    }
  }
}

void playTogether(TestCache &T, int Steps, bool Pressure) {
  std::atomic<int> Wrong = 0, Done = 0;
  std::vector<std::thread> Threads;
  for (uint64_t I = 0; I != 4; ++I)
    Threads.emplace_back([&, I] {
      play(T, I, Steps, Wrong);
      ++Done;
    });
  while (Done != 4) {
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
