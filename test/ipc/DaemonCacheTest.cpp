//===- DaemonCacheTest.cpp - The host tier beside a device ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DaemonCache.h"
#include "IpcTestSupport.h"
#include "gtest/gtest.h"

using namespace hapax;

namespace {

using Kind = TierError::Kind;

/// With a device that hangs on request, and is there when the test says so.
struct DaemonCacheTest : testing::Test {
  DaemonCacheTest() {
    DaemonOptions Options = smallDaemon();
    Options.Device = smallOptions(64 * MiB);
    Options.Device.TransferTimeout = std::chrono::milliseconds(100);
    Options.OpenDevice =
        [this]() -> std::expected<std::unique_ptr<DeviceMemory>, DeviceError> {
      MayOpen.wait(false);
      auto Made = openTestDevice(64 * MiB);
      Device = Made.get();
      Device->pretend().IsGpu = true;
      return Made;
    };
    Cache = std::move(*DaemonCache::create(Options));
  }
  ~DaemonCacheTest() override { open(); }
  void open() {
    MayOpen = true;
    MayOpen.notify_all();
  }
  auto put(uint64_t Number) {
    return Cache->put(keyOf(Number), PayloadKind::Object,
                      payloadOf(Number, 3000), 0, NoDeadline);
  }

  std::atomic<bool> MayOpen = false;
  FaultyMemory *Device = nullptr;
  std::unique_ptr<DaemonCache> Cache;
};

TEST_F(DaemonCacheTest, TheHostAnswersNotWhereALostDeviceMayStillWrite) {
  // The host has both, the device the first.
  ASSERT_TRUE(put(1) && put(2));
  open();
  ASSERT_TRUE(comesTrue([&] { return Cache->isDeviceReady(); }));
  ASSERT_TRUE(put(1));
  Bytes Mine(8192);
  auto Registered = Cache->registerMemory(Mine);
  ASSERT_TRUE(Registered);
  RoomSink Into{std::span(Mine).first(3000)};
  Device->hang(true);
  auto Same = Cache->get(keyOf(1), Into, NoDeadline);
  EXPECT_EQ(Cache->state(), DeviceState::Lost);
  EXPECT_TRUE(Registered->isPoisoned());
  auto Next = Cache->get(keyOf(2), Into, NoDeadline);
  Tier::Request Requests[] = {{keyOf(2), &Into}};
  auto Many = Cache->getMany(Requests, NoDeadline);
  Device->hang(false);
  EXPECT_EQ(Same.error().Reason, Kind::Unavailable);
  EXPECT_EQ(Next.error().Reason, Kind::Unavailable);
  EXPECT_EQ(Many[0].error().Reason, Kind::Unavailable);
  // What lies there now can be anything: nor is it stored.
  EXPECT_EQ(Cache
                ->put(keyOf(3), PayloadKind::Object,
                      std::span(Mine).subspan(2999, 10), 0, NoDeadline)
                .error()
                .Reason,
            Kind::Unavailable);
  // Beside it, all is as ever.
  RoomSink Beside{std::span(Mine).subspan(3000, 3000)};
  auto Good = Cache->get(keyOf(2), Beside, NoDeadline);
  EXPECT_TRUE(Good && *Good);
  EXPECT_TRUE(same(std::span(Mine).subspan(3000, 3000), payloadOf(2, 3000)));
}

} // namespace
