//===- EventCountTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Concurrency/EventCount.h"
#include "hapax/Concurrency/MpmcQueue.h"
#include "hapax/Concurrency/SpscRing.h"
#include "gtest/gtest.h"
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace hapax;
using namespace std::chrono_literals;

namespace {

WakeDeadline in(std::chrono::milliseconds Time) {
  return std::chrono::steady_clock::now() + Time;
}

TEST(EventCountTest, ReturnsAtOnceWhenTheConditionHolds) {
  EventCount<> E;
  EXPECT_TRUE(E.await([] { return true; }));
  EXPECT_TRUE(E.await([] { return true; }, WakeDeadline(), /*Spins=*/0));
}

TEST(EventCountTest, GivesUpAtTheDeadline) {
  EventCount<> E;
  WakeDeadline Until = in(20ms);
  EXPECT_FALSE(E.await([] { return false; }, Until));
  EXPECT_GE(std::chrono::steady_clock::now(), Until);
  // A deadline long past, even before the clock began.
  EXPECT_FALSE(E.await([] { return false; }, WakeDeadline::min(), 0));
}

TEST(EventCountTest, LooksOnceMoreAfterTheDeadline) {
  EventCount<> E;
  int Looks = 0;
  EXPECT_TRUE(E.await([&] { return ++Looks == 2; }, WakeDeadline(), 0));
}

TEST(EventCountTest, ANotificationAfterPrepareIsNotLost) {
  EventCount<> E;
  auto Key = E.prepareWait();
  E.notifyOne();
  // Would sleep for ever otherwise.
  EXPECT_TRUE(E.wait(Key));
  auto Second = E.prepareWait();
  EXPECT_FALSE(E.wait(Second, in(1ms)));
}

/// Small rings, both sides asleep half of the time.
TEST(EventCountTest, RingWhoseSidesSleep) {
  auto R = std::move(*SpscRing<uint64_t>::create(8));
  EventCount<> NotEmpty, NotFull;
  constexpr uint64_t Count = 30000;
  std::thread Producer([&] {
    for (uint64_t I = 0; I != Count; ++I) {
      NotFull.await([&] { return R->tryPush(I); }, NoWakeDeadline, I % 3);
      NotEmpty.notifyOne();
    }
  });
  uint64_t Wrong = 0;
  for (uint64_t I = 0; I != Count; ++I) {
    uint64_t Value = 0;
    NotEmpty.await([&] { return R->tryPop(Value); }, NoWakeDeadline, I % 2);
    NotFull.notifyOne();
    Wrong += Value != I;
  }
  Producer.join();
  EXPECT_EQ(Wrong, 0u);
}

TEST(EventCountTest, ManySleepersOneNotificationEach) {
  auto Q = std::move(*MpmcQueue<int>::create(8));
  EventCount<> NotEmpty, NotFull;
  constexpr int PerThread = 4000;
  std::atomic<long> Sum = 0;
  std::vector<std::thread> All;
  for (int T = 0; T != 3; ++T) {
    All.emplace_back([&] {
      for (int I = 1; I <= PerThread; ++I) {
        NotFull.await([&] { return Q->tryPush(I); }, NoWakeDeadline, 0);
        NotEmpty.notifyOne();
      }
    });
    All.emplace_back([&] {
      for (int I = 1; I <= PerThread; ++I) {
        int Value = 0;
        NotEmpty.await([&] { return Q->tryPop(Value); }, NoWakeDeadline, 0);
        NotFull.notifyOne();
        Sum += Value;
      }
    });
  }
  for (std::thread &One : All)
    One.join();
  EXPECT_EQ(Sum, 3l * PerThread * (PerThread + 1) / 2);
}

TEST(EventCountTest, NotifyAllWakesEverybody) {
  EventCount<> E;
  std::atomic<int> Round = 0, Arrived = 0;
  constexpr int Sleepers = 4, Rounds = 200;
  std::vector<std::thread> All;
  for (int T = 0; T != Sleepers; ++T)
    All.emplace_back([&] {
      for (int I = 1; I <= Rounds; ++I) {
        E.await([&] { return Round >= I; }, NoWakeDeadline, 0);
        ++Arrived;
      }
    });
  for (int I = 1; I <= Rounds; ++I) {
    Round = I;
    E.notifyAll();
    while (Arrived != I * Sleepers)
      std::this_thread::yield();
  }
  for (std::thread &One : All)
    One.join();
}

TEST(EventCountTest, WorksBetweenProcesses) {
  struct Shared {
    EventCount<> There{FutexScope::Shared}, Back{FutexScope::Shared};
    std::atomic<int> Ping = 0, Pong = 0;
  };
  void *Memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(Memory, MAP_FAILED);
  auto *S = new (Memory) Shared;
  constexpr int Rounds = 2000;
  pid_t Child = fork();
  ASSERT_GE(Child, 0);
  if (Child == 0) {
    for (int I = 1; I <= Rounds; ++I) {
      if (!S->There.await([&] { return S->Ping >= I; }, in(20000ms), I % 2))
        _exit(1);
      S->Pong = I;
      S->Back.notifyOne();
    }
    _exit(0);
  }
  bool All = true;
  for (int I = 1; I <= Rounds && All; ++I) {
    S->Ping = I;
    S->There.notifyOne();
    All = S->Back.await([&] { return S->Pong >= I; }, in(20000ms), I % 3);
  }
  EXPECT_TRUE(All);
  int Status = 0;
  ASSERT_EQ(waitpid(Child, &Status, 0), Child);
  EXPECT_TRUE(WIFEXITED(Status) && WEXITSTATUS(Status) == 0);
  munmap(Memory, sizeof(Shared));
}

} // namespace
