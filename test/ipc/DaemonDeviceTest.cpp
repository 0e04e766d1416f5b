//===- DaemonDeviceTest.cpp - The daemon and its device ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "../gpu/FakeDriverSupport.h"
#include "RawClient.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <atomic>
#include <condition_variable>
#include <mutex>

using namespace hapax;
using namespace hapax::test;
using testing::IsEmpty;

namespace {

/// A daemon with a device of the fake driver, whose opening can be held up.
struct DeviceServer {
  explicit DeviceServer(
      const fake::Settings &S = {}, bool Waits = false,
      uint64_t KeepFreeBytes = 0,
      std::chrono::milliseconds TransferTimeout = TestPatience)
      : MayOpen(!Waits) {
    fakeCuda().reset(S);
    DaemonOptions Options = smallDaemon();
    Options.Device = smallOptions(64 * MiB);
    Options.Device.Memory.KeepFreeBytes = KeepFreeBytes;
    Options.Device.TransferTimeout = TransferTimeout;
    Options.OpenDevice = [this] {
      std::unique_lock Lock(Mutex);
      Opened.wait(Lock, [this] { return MayOpen; });
      return openCudaMemoryFrom(fakeSource(), 0);
    };
    Self.emplace(Options);
  }
  void open() {
    {
      std::lock_guard Lock(Mutex);
      MayOpen = true;
    }
    Opened.notify_all();
  }
  bool becomes(DeviceState S) {
    return comesTrue([&] { return Self->statistics().Device == uint64_t(S); });
  }

  std::mutex Mutex;
  std::condition_variable Opened;
  bool MayOpen;
  std::optional<TestServer> Self;
};

fake::Fault lost(const std::string &Function, uint64_t Nth) {
  fake::Fault F;
  F.Function = Function;
  F.Nth = Nth;
  F.Sticks = true;
  return F;
}

TEST(DaemonDeviceTest, TheHostAnswersWhileTheDeviceStarts) {
  DeviceServer D({}, /*Waits=*/true);
  auto C = D.Self->connect();
  for (uint64_t I = 0; I != 100; ++I)
    ASSERT_TRUE(put(*C, I, 100 + 300 * I));
  EXPECT_TRUE(holds(*C, 50, 100 + 300 * 50));
  EXPECT_EQ(D.Self->statistics().Device, uint64_t(DeviceState::Starting));
  D.open();
  ASSERT_TRUE(D.becomes(DeviceState::Ready));
  // All moves over; at no moment is anything missing.
  do
    for (uint64_t I = 0; I != 100; ++I)
      ASSERT_TRUE(holds(*C, I, 100 + 300 * I)) << I;
  while (D.Self->statistics().HostEntries != 0);
  EXPECT_EQ(D.Self->statistics().DeviceEntries, 100u);
  for (uint64_t I = 0; I != 100; ++I)
    EXPECT_TRUE(holds(*C, I, 100 + 300 * I)) << I;
  EXPECT_GE(D.Self->statistics().DeviceHits, 100u);
}

TEST(DaemonDeviceTest, TransfersGoStraightToTheClientsArena) {
  {
    DeviceServer D;
    ASSERT_TRUE(D.becomes(DeviceState::Ready));
    ASSERT_TRUE(
        comesTrue([] { return fakeCuda().calls("cuMemHostRegister") != 0; }));
    auto C = D.Self->connect();
    for (uint64_t Size : {0, 1, 100, 65536, 65537, 200'000}) {
      ASSERT_TRUE(put(*C, Size, Size));
      EXPECT_TRUE(holds(*C, Size, Size)) << Size;
    }
    ASSERT_TRUE(C->remove(keyOf(100)));
    EXPECT_TRUE(misses(*C, 100));
    EXPECT_EQ(D.Self->statistics().DeviceEntries, 5u);
  }
  EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
  EXPECT_THAT(fakeCuda().leaks(), IsEmpty());
}

TEST(DaemonDeviceTest, TheAnswerTellsWhereTheEntryWas) {
  DeviceServer D({}, /*Waits=*/true);
  auto C = D.Self->connect();
  auto TierOf = [&](uint64_t Number) -> std::string {
    Bytes Got;
    ContainerSink Into(Got);
    auto A = C->get(keyOf(Number), Into);
    return A && *A ? std::string((*A)->Tier) : "";
  };
  auto TierInABatch = [&](uint64_t Number) -> std::string {
    std::vector<Bytes> Got(2);
    ContainerSink First(Got[0]), Second(Got[1]);
    Tier::Request Wanted[] = {{keyOf(Number), &First}, {keyOf(77), &Second}};
    auto A = C->getMany(Wanted);
    return A[0] && *A[0] ? std::string((*A[0])->Tier) : "";
  };
  ASSERT_TRUE(put(*C, 1, 1000));
  EXPECT_EQ(TierOf(1), "daemon-host");
  EXPECT_EQ(TierInABatch(1), "daemon-host");
  D.open();
  ASSERT_TRUE(D.becomes(DeviceState::Ready));
  ASSERT_TRUE(comesTrue([&] { return D.Self->statistics().HostEntries == 0; }));
  EXPECT_EQ(TierOf(1), "daemon-vram");
  EXPECT_EQ(TierInABatch(1), "daemon-vram");
  EXPECT_EQ(TierOf(2), "");
}

TEST(DaemonDeviceTest, ClearingReachesTheDevice) {
  DeviceServer D;
  ASSERT_TRUE(D.becomes(DeviceState::Ready));
  auto C = D.Self->connect();
  ASSERT_TRUE(put(*C, 1, 1000) && put(*C, 2, 50'000));
  EXPECT_EQ(D.Self->statistics().DeviceEntries, 2u);
  ASSERT_TRUE(C->clear());
  EXPECT_TRUE(misses(*C, 1) && misses(*C, 2));
  EXPECT_EQ(D.Self->statistics().DeviceEntries, 0u);
  ASSERT_TRUE(put(*C, 1, 1000));
  EXPECT_TRUE(holds(*C, 1, 1000));
}

TEST(DaemonDeviceTest, WithoutADeviceTheHostServesOn) {
  fake::Settings S;
  S.Devices = 0;
  DeviceServer D(S);
  ASSERT_TRUE(D.becomes(DeviceState::None));
  auto C = D.Self->connect();
  ASSERT_TRUE(put(*C, 1, 1000));
  EXPECT_TRUE(holds(*C, 1, 1000));
  EXPECT_EQ(D.Self->stop(), DaemonEnd::Stopped);
}

TEST(DaemonDeviceTest, WhatOthersLeaveNoRoomForStaysOnTheHost) {
  fake::Settings S;
  DeviceServer D(S, /*Waits=*/true, /*KeepFreeBytes=*/S.TotalBytes);
  auto C = D.Self->connect();
  ASSERT_TRUE(put(*C, 1, 1000));
  D.open();
  ASSERT_TRUE(D.becomes(DeviceState::Ready));
  ASSERT_TRUE(put(*C, 2, 1000));
  // Some rounds of maintenance, which would move what can be moved.
  uint64_t Then = D.Self->statistics().UptimeMs;
  ASSERT_TRUE(
      comesTrue([&] { return D.Self->statistics().UptimeMs > Then + 300; }));
  EXPECT_TRUE(holds(*C, 1, 1000));
  EXPECT_TRUE(holds(*C, 2, 1000));
  EXPECT_EQ(D.Self->statistics().HostEntries, 2u);
  EXPECT_EQ(D.Self->statistics().DeviceEntries, 0u);
}

TEST(DaemonDeviceTest, WhenTheDeviceIsLostTheServerEnds) {
  DeviceServer D;
  ASSERT_TRUE(D.becomes(DeviceState::Ready));
  auto C = D.Self->connect();
  ASSERT_TRUE(put(*C, 1, 1000));
  fakeCuda().add(lost("", fakeCuda().calls() + 1));
  // No wrong bytes, and no error that a build would mind.
  Bytes Got;
  ContainerSink Into(Got);
  auto A = C->get(keyOf(1), Into);
  EXPECT_TRUE(!A || !*A || same(Got, payloadOf(1, 1000)));
  EXPECT_EQ(D.Self->wait(), DaemonEnd::DeviceLost);
}

TEST(DaemonDeviceTest, WhoComesWhileItEndsIsToldSo) {
  DeviceServer D;
  ASSERT_TRUE(D.becomes(DeviceState::Ready));
  ASSERT_TRUE(put(*D.Self->connect(), 1, 100'000));
  // A request that takes its time, so that it cannot end.
  std::optional<Hostile> Slow(*D.Self);
  RequestDescriptor R = Slow->request(Operation::Get);
  R.KeyHigh = keyOf(1).High;
  R.KeyLow = keyOf(1).Low;
  R.SlotBytes = Slow->Memory.arena().size();
  fakeCuda().pause();
  ASSERT_TRUE(Slow->push(R));
  D.Self->Server->requestStop();
  // Nobody is admitted any more from some moment on, and nobody waits.
  EXPECT_TRUE(comesTrue([&] {
    RawClient C(D.Self->socket());
    return C.Answered && C.Said.Result == Admission::Ending;
  }));
  fakeCuda().resume();
  EXPECT_EQ(D.Self->wait(), DaemonEnd::Stopped);
  AnswerDescriptor A;
  auto Popped = Slow->Answers.tryPop(A);
  ASSERT_TRUE(Popped && *Popped);
  EXPECT_EQ(A.Result, Status::Hit);
}

TEST(DaemonDeviceTest, ADeviceThatIsLostAtTheStartEndsItToo) {
  fake::Settings S;
  S.Faults = {lost("", 12)};
  DeviceServer D(S);
  EXPECT_EQ(D.Self->wait(), DaemonEnd::DeviceLost);
}

/// Whatever call of the driver fails, at whatever moment: clients get what was
/// stored, or nothing.
TEST(DaemonDeviceTest, FaultsNeverReachAClient) {
  uint64_t Served = 0;
  for (bool Sticks : {false, true})
    for (uint64_t Nth = 1; Nth < 90; Nth += Sticks ? 7 : 4) {
      fake::Settings S;
      fake::Fault F = lost("", Nth);
      F.Sticks = Sticks;
      S.Faults = {F};
      S.MostDelay = std::chrono::microseconds(20);
      DeviceServer D(S, /*Waits=*/false, /*KeepFreeBytes=*/0,
                     std::chrono::milliseconds(500));
      std::vector<std::thread> Threads;
      std::atomic<uint64_t> Wrong = 0, Right = 0;
      for (uint64_t T = 0; T != 3; ++T)
        Threads.emplace_back([&, T] {
          // The server may have ended, with nobody to hang up.
          auto Options = patientClient(D.Self->socket());
          Options.ConnectTimeout = std::chrono::milliseconds(500);
          auto Made = DaemonClient::connect(Options);
          auto *C = Made ? Made->get() : nullptr;
          for (uint64_t I = 0; C && I != 30; ++I) {
            uint64_t Number = T * 100 + I % 10, Size = 100 + Number * 211;
            (void)put(*C, Number, Size);
            Bytes Got;
            ContainerSink Into(Got);
            auto A = C->get(keyOf(Number), Into);
            if (A && *A)
              ++(same(Got, payloadOf(Number, Size)) ? Right : Wrong);
          }
        });
      for (std::thread &T : Threads)
        T.join();
      EXPECT_EQ(Wrong, 0u) << Nth;
      Served += Right;
    }
  // A server whose device is lost ends at once, but not all were.
  EXPECT_GT(Served, 100u);
}

} // namespace
