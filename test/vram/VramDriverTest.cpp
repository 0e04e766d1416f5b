//===- VramDriverTest.cpp - On a CUDA driver that fails ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The work of a cache on the fake driver (test/gpu/fake), again and again,
/// with one call of the driver failing, each time a later one: no answer is
/// wrong, the cache goes on, on the host if need be, and the driver's rules are
/// kept.
//===----------------------------------------------------------------------===//
#include "../gpu/FakeDriverSupport.h"
#include "VramWork.h"
#include "gmock/gmock.h"

using namespace hapax;
using namespace hapax::test;
using cuda::Result;
using ::testing::IsEmpty;

namespace {

VramOptions driverOptions() {
  VramOptions Options = busyOptions();
  Options.TransferTimeout = std::chrono::milliseconds(500);
  Options.HostFallbackBytes = 8 * MiB;
  return Options;
}

/// The work on a driver that was set up; whether there was a cache.
bool workOnDriver(bool &IsLost) {
  auto Opened = openCudaMemoryFrom(fakeSource(), 0);
  if (!Opened)
    return false;
  auto Made = VramCache::create(std::move(*Opened), driverOptions());
  if (!Made)
    return false;
  TestCache T(std::move(*Made));
  work(T);
  EXPECT_EQ(T.Cache->check(), "");
  // It goes on. The first call may be the one that sees the loss.
  (void)T.put(100, 1000);
  (void)T.get(100);
  EXPECT_TRUE(T.put(100, 1000));
  EXPECT_TRUE(T.holds(100, 1000));
  VramStatistics S = T.statistics();
  EXPECT_EQ(S.Lost, S.OnHost);
  EXPECT_EQ(S.CorruptEvicted, 0u);
  IsLost = S.Lost;
  return true;
}

/// The work with one fault; false when the fault did not come.
bool survives(const fake::Fault &F) {
  SCOPED_TRACE("call " + std::to_string(F.Nth) + " of " + F.Function +
               ": error " + std::to_string(int(F.Code)) +
               (F.Sticks ? ", sticks" : "") + (F.Late ? ", late" : ""));
  fakeCuda().reset({.Faults = {F}});
  testing::internal::CaptureStderr();
  bool IsLost = false;
  bool Worked = workOnDriver(IsLost);
  std::string Output = testing::internal::GetCapturedStderr();
  EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
  // What was not given back is named, unless all of it went with the device.
  if (Worked && !IsLost && !F.Sticks && !fakeCuda().leaks().empty()) {
    EXPECT_FALSE(Output.empty());
  }
  return !fakeCuda().failed().empty();
}

TEST(VramDriverTest, WorksWithoutFaults) {
  for (int Version : {12000, 12080, 13000}) {
    fakeCuda().reset(
        {.Version = Version, .MostDelay = std::chrono::microseconds(200)});
    bool IsLost = true;
    EXPECT_TRUE(workOnDriver(IsLost));
    EXPECT_FALSE(IsLost);
    EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
    EXPECT_THAT(fakeCuda().leaks(), IsEmpty());
  }
}

TEST(VramDriverTest, WrongKernelsAndBatchesAreNotBelieved) {
  // Whatever they deliver, no wrong byte is served: the open either sees
  // through them, or each digest does.
  for (fake::Settings S : {fake::Settings{.WrongGather = true},
                           fake::Settings{.WrongDigest = true},
                           fake::Settings{.WrongBatches = true}}) {
    fakeCuda().reset(S);
    auto Opened = openCudaMemoryFrom(fakeSource(), 0);
    if (!Opened)
      continue;
    auto Made = VramCache::create(std::move(*Opened), driverOptions());
    ASSERT_TRUE(Made);
    TestCache T(std::move(*Made));
    work(T);
    EXPECT_EQ(T.Cache->check(), "");
  }
}

TEST(VramDriverTest, ACopyThatHangsKeepsItsMemory) {
  fakeCuda().reset({});
  CudaSource Source = fakeSource();
  Source.Patience = std::chrono::milliseconds(20);
  auto Opened = openCudaMemoryFrom(Source, 0);
  ASSERT_TRUE(Opened);
  auto Made = VramCache::create(std::move(*Opened), driverOptions());
  ASSERT_TRUE(Made);
  Bytes Mine(MiB);
  RoomSink Into(Mine);
  {
    TestCache T(std::move(*Made));
    auto Registered = T.Cache->registerMemory(Mine);
    ASSERT_TRUE(Registered);
    ASSERT_TRUE(T.put(1, 300'000));
    fakeCuda().pause();
    auto Hangs = T.Cache->get(keyOf(1), Into);
    ASSERT_FALSE(Hangs);
    EXPECT_EQ(Hangs.error().Reason, TierError::Kind::Unavailable);
    EXPECT_TRUE(Registered->isPoisoned());
    {
      RegisteredMemory End = std::move(*Registered);
    }
    ASSERT_TRUE(T.put(2, 300'000));
    auto Poisoned = T.Cache->get(keyOf(2), Into);
    ASSERT_FALSE(Poisoned);
    EXPECT_EQ(Poisoned.error().Reason, TierError::Kind::Unavailable);
    EXPECT_TRUE(T.holds(2, 300'000));
    fakeCuda().resume();
  }
  EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
  EXPECT_THAT(fakeCuda().leaks(), IsEmpty());
}

TEST(VramDriverTest, OthersTakeTheMemory) {
  fakeCuda().reset({.TotalBytes = 32 * MiB, .OthersTake = 2 * MiB});
  bool IsLost = true;
  EXPECT_TRUE(workOnDriver(IsLost));
  EXPECT_FALSE(IsLost);
  EXPECT_THAT(fakeCuda().leaks(), IsEmpty());
}

struct VramDriverFaultTest
    : testing::TestWithParam<std::tuple<int, bool, bool>> {};

TEST_P(VramDriverFaultTest, CallsOfTheDriver) {
  auto [Code, Sticks, Late] = GetParam();
  fake::Fault F{.Code = Result(Code), .Sticks = Sticks, .Late = Late};
  unsigned Runs = 0;
  // Every call of the beginning; later, calls repeat what earlier ones did.
  for (F.Nth = 1; survives(F); F.Nth += 1 + F.Nth / 8) {
    ASSERT_FALSE(testing::Test::HasFailure());
    ASSERT_LT(++Runs, 5000u);
  }
  EXPECT_GT(Runs, 20u);
}

INSTANTIATE_TEST_SUITE_P(
    Codes, VramDriverFaultTest,
    testing::Values(std::tuple(int(Result::OutOfMemory), false, false),
                    std::tuple(int(Result::InvalidValue), false, false),
                    std::tuple(int(Result::NotSupported), false, false),
                    std::tuple(int(Result::Unknown), true, false),
                    std::tuple(int(Result::IllegalAddress), true, true)));

} // namespace
