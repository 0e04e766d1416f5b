//===- CudaMemoryTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DeviceContract.h"
#include "FakeDriverSupport.h"
#include "gmock/gmock.h"
#include <cstring>
#include <thread>

using namespace hapax;
using namespace hapax::test;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = DeviceError::Kind;
using cuda::Result;

namespace {

constexpr uint64_t Slab = uint64_t(2) << 20;

std::unique_ptr<DeviceMemory> open(const fake::Settings &S) {
  auto Memory = openFake(S);
  EXPECT_TRUE(Memory) << reasonOf(Memory);
  return Memory ? std::move(*Memory) : nullptr;
}

/// What the driver has against us.
std::vector<std::string> faults() {
  auto Lines = fakeCuda().misuse(), Leaks = fakeCuda().leaks();
  Lines.insert(Lines.end(), Leaks.begin(), Leaks.end());
  return Lines;
}

INSTANTIATE_TEST_SUITE_P(
    Fake, DeviceContractTest,
    ::testing::Values(
        Implementation{"Newest", [] { return open({.MostDelay = 300us}); },
                       faults},
        Implementation{"AtOnce", [] { return open({}); }, faults},
        Implementation{"WithoutKernels",
                       [] { return open({.Version = 12080}); }, faults},
        Implementation{
            "Oldest",
            [] { return open({.Version = 12000, .MostDelay = 100us}); },
            faults},
        Implementation{"LargeSlabs",
                       [] {
                         return open(
                             {.TotalBytes = 1 << 30, .Granularity = 16 << 20});
                       },
                       faults}),
    [](const auto &Info) { return Info.param.Name; });

TEST(CudaMemoryTest, SaysWhatTheDriversAgeAllows) {
  struct {
    int Version;
    bool Batches, Kernels;
  } Cases[] = {
      {12000, false, false}, {12080, true, false}, {13000, true, true}};
  for (auto &C : Cases) {
    auto Memory = open({.Version = C.Version});
    ASSERT_TRUE(Memory);
    const DeviceCapabilities &Can = Memory->capabilities();
    EXPECT_TRUE(Can.IsGpu);
    EXPECT_EQ(Can.Name, "NVIDIA Fake");
    EXPECT_EQ(Can.TotalBytes, uint64_t(256) << 20);
    EXPECT_EQ(Can.SlabBytes, Slab);
    EXPECT_EQ(Can.BatchedCopies, C.Batches) << C.Version;
    EXPECT_EQ(Can.Kernels, C.Kernels) << C.Version;
  }
  EXPECT_THAT(open({})->capabilities().Description,
              "NVIDIA Fake, 256 MiB, compute capability 9.0, bus "
              "0000:1b:00.0, driver for CUDA 13.0");
  EXPECT_THAT(
      open({.Name = "NVIDIA H100 MIG 1g.10gb"})->capabilities().Description,
      HasSubstr("(a MIG slice)"));
  EXPECT_THAT(faults(), IsEmpty());
}

TEST(CudaMemoryTest, WhatDoesNotWorkIsNotOffered) {
  for (fake::Settings S : {fake::Settings{.WrongGather = true},
                           fake::Settings{.WrongDigest = true},
                           fake::Settings{.WrongBatches = true}}) {
    auto Wrong = open(S);
    EXPECT_EQ(Wrong->capabilities().Kernels, S.WrongBatches);
    EXPECT_EQ(Wrong->capabilities().BatchedCopies, !S.WrongBatches);
    Wrong = nullptr;
    EXPECT_THAT(faults(), IsEmpty());
  }
  for (const char *Function :
       {"cuModuleLoadData", "cuModuleGetFunction", "cuLaunchKernel"}) {
    auto Memory =
        open({.Faults = {{.Function = Function, .Code = Result::NotFound}}});
    EXPECT_FALSE(Memory->capabilities().Kernels);
    EXPECT_TRUE(Memory->capabilities().BatchedCopies);
  }
  struct {
    fake::Settings S;
    bool Batches, Kernels;
  } Cases[] = {
      {{.Faults = {{.Function = "cuMemcpyBatchAsync",
                    .Code = Result::InvalidValue}}},
       false,
       true},
      {{.Missing = {"cuMemcpyBatchAsync"}}, false, true},
      // A full card is a card all the same.
      {{.Faults = {{.Function = "cuMemCreate", .Code = Result::OutOfMemory}}},
       false,
       false},
  };
  for (auto &C : Cases) {
    auto Memory = open(C.S);
    EXPECT_EQ(Memory->capabilities().BatchedCopies, C.Batches);
    EXPECT_EQ(Memory->capabilities().Kernels, C.Kernels);
    Memory = nullptr;
    EXPECT_THAT(faults(), IsEmpty());
  }
}

/// A device with a mapped slab, a queue and a region with known bytes.
struct Ready {
  std::unique_ptr<DeviceMemory> Memory;
  uint64_t Base = 0;
  std::unique_ptr<TransferQueue> Queue;
  std::vector<std::byte> Bytes = randomBytes(5000, 1);
  std::optional<DeviceRegion> Region;

  explicit Ready(const fake::Settings &S, const CudaSource &Source) {
    fakeCuda().reset(S);
    auto Opened = openCudaMemoryFrom(Source, 0);
    EXPECT_TRUE(Opened) << reasonOf(Opened);
    Memory = std::move(*Opened);
    Base = Memory->reserve(8 * Slab).value_or(0);
    EXPECT_TRUE(Memory->map(Base, Slab));
    Queue = std::move(*Memory->createQueue("q"));
    Region = DeviceRegion::create(Base, Bytes.size());
  }
  explicit Ready(const fake::Settings &S = {}) : Ready(S, fakeSource()) {}
  void fill() {
    auto T = Queue->copyIn(*Region, 0, Bytes);
    ASSERT_TRUE(T) << reasonOf(T);
    EXPECT_TRUE(Queue->wait(*T, soon()));
  }
  /// Of a device that was lost, or that has lost something.
  void abandon() {
    Queue = nullptr;
    if (Memory)
      (void)Memory->unmap(Base, Slab);
    Memory = nullptr;
    EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
  }
  void close() {
    Queue = nullptr;
    EXPECT_TRUE(Memory->unmap(Base, Slab));
    Memory = nullptr;
    EXPECT_THAT(faults(), IsEmpty());
  }
};

fake::Fault after(const char *Function, Result Code, bool Sticks = false) {
  return {.Function = Function,
          .Nth = fakeCuda().calls(Function) + 1,
          .Code = Code,
          .Sticks = Sticks};
}

// The test of the test: who reuses a source too early is punished.
TEST(CudaMemoryTest, SourcesAreReadWhenTheStreamGetsThere) {
  Ready R;
  fakeCuda().pause();
  auto T = R.Queue->copyIn(*R.Region, 0, R.Bytes);
  ASSERT_TRUE(T) << reasonOf(T);
  std::ranges::copy(randomBytes(5000, 2), R.Bytes.begin());
  fakeCuda().resume();
  std::vector<std::byte> To(R.Bytes.size());
  T = R.Queue->copyOut(To, *R.Region, 0);
  ASSERT_TRUE(T) << reasonOf(T);
  EXPECT_TRUE(R.Queue->wait(*T, soon()));
  EXPECT_EQ(To, R.Bytes);
  R.close();
}

TEST(CudaMemoryTest, AStickyErrorLosesTheDeviceForGood) {
  for (Result Code : {Result::IllegalAddress, Result::LaunchFailed,
                      Result::EccUncorrectable, Result::DeviceUnavailable,
                      Result::ContextIsDestroyed, Result::InvalidHandle,
                      Result::InvalidContext, Result::Unknown, Result(4711)}) {
    Ready R;
    R.fill();
    std::vector<std::byte> To(R.Bytes.size());
    fakeCuda().add(after("cuMemcpyDtoHAsync", Code));
    auto Failed = R.Queue->copyOut(To, *R.Region, 0);
    EXPECT_EQ(kindOf(Failed), Kind::Lost);
    EXPECT_THAT(Failed.error().Message, HasSubstr("cuMemcpyDtoHAsync"));
    // It would work again, but is not trusted.
    auto Calls = [] {
      return fakeCuda().calls() - fakeCuda().calls("cuCtxSetCurrent");
    };
    uint64_t Before = Calls();
    EXPECT_EQ(kindOf(R.Queue->copyOut(To, *R.Region, 0)), Kind::Lost);
    EXPECT_EQ(kindOf(R.Queue->isDone(1)), Kind::Lost);
    EXPECT_EQ(kindOf(R.Queue->wait(1, soon())), Kind::Lost);
    EXPECT_EQ(kindOf(R.Memory->freeBytes()), Kind::Lost);
    EXPECT_EQ(kindOf(R.Memory->reserve(Slab)), Kind::Lost);
    EXPECT_EQ(kindOf(R.Memory->map(R.Base + Slab, Slab)), Kind::Lost);
    EXPECT_EQ(kindOf(R.Memory->unmap(R.Base, Slab)), Kind::Lost);
    EXPECT_EQ(kindOf(R.Memory->createQueue("x")), Kind::Lost);
    EXPECT_EQ(kindOf(R.Memory->allocatePinned(10)), Kind::Lost);
    EXPECT_EQ(kindOf(R.Memory->pin(To)), Kind::Lost);
    R.Queue = nullptr;
    ::testing::internal::CaptureStderr();
    R.Memory = nullptr;
    ::testing::internal::GetCapturedStderr();
    // But to ask whether work has ended.
    EXPECT_EQ(Calls(), Before);
    EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
  }
}

TEST(CudaMemoryTest, AnErrorOfTheWorkItselfIsSeenAtItsEnd) {
  Ready R;
  R.fill();
  std::vector<std::byte> To(R.Bytes.size());
  fake::Fault F = after("cuMemcpyDtoHAsync", Result::EccUncorrectable);
  F.Late = true;
  fakeCuda().add(F);
  auto T = R.Queue->copyOut(To, *R.Region, 0);
  ASSERT_TRUE(T) << reasonOf(T);
  EXPECT_EQ(kindOf(R.Queue->wait(*T, soon())), Kind::Lost);
  EXPECT_EQ(kindOf(R.Memory->freeBytes()), Kind::Lost);
}

TEST(CudaMemoryTest, ARefusedCallLeavesTheDeviceInUse) {
  Ready R;
  R.fill();
  std::vector<std::byte> To(R.Bytes.size());
  fakeCuda().add(after("cuMemcpyDtoHAsync", Result::OutOfMemory));
  EXPECT_EQ(kindOf(R.Queue->copyOut(To, *R.Region, 0)), Kind::OutOfMemory);
  fakeCuda().add(after("cuMemcpyHtoDAsync", Result::InvalidValue));
  DeviceRegion Fresh = *DeviceRegion::create(R.Base + 10000, 5000);
  EXPECT_EQ(kindOf(R.Queue->copyIn(Fresh, 0, R.Bytes)), Kind::Refused);
  EXPECT_EQ(Fresh.length(), 0u);
  auto T = R.Queue->copyOut(To, *R.Region, 0);
  ASSERT_TRUE(T) << reasonOf(T);
  EXPECT_TRUE(R.Queue->wait(*T, soon()));
  EXPECT_EQ(To, R.Bytes);
  R.close();
}

TEST(CudaMemoryTest, WhatABrokenOffCallBeganIsOverWhenItReturns) {
  Ready R({.Version = 12000, .MostDelay = 5ms});
  R.fill();
  auto Pinned = R.Memory->allocatePinned(5000);
  ASSERT_TRUE(Pinned);
  std::vector<TransferQueue::CopyOut> Copies;
  for (int I = 0; I != 5; ++I)
    Copies.push_back(
        {Pinned->bytes().subspan(1000 * I, 1000), &*R.Region, 1000u * I});
  fake::Fault F = after("cuMemcpyDtoHAsync", Result::OutOfMemory);
  F.Nth += 4;
  fakeCuda().add(F);
  EXPECT_EQ(kindOf(R.Queue->copyOutMany(Copies)), Kind::OutOfMemory);
  // Nothing comes in any more: the memory is the caller's again.
  std::vector<std::byte> Now(Pinned->bytes().begin(), Pinned->bytes().end());
  EXPECT_EQ(std::memcmp(Now.data(), R.Bytes.data(), 4000), 0);
  *Pinned = PinnedMemory();
  R.close();
}

TEST(CudaMemoryTest, ABatchThatIsRefusedIsCopiedOneByOne) {
  Ready R;
  R.fill();
  auto Pinned = R.Memory->allocatePinned(5000);
  ASSERT_TRUE(Pinned);
  std::vector<TransferQueue::CopyOut> Copies;
  for (int I = 0; I != 5; ++I)
    Copies.push_back(
        {Pinned->bytes().subspan(1000 * I, 1000), &*R.Region, 1000u * I});
  fakeCuda().add(after("cuMemcpyBatchAsync", Result::NotSupported));
  uint64_t Batches = fakeCuda().calls("cuMemcpyBatchAsync");
  for (int Round = 0; Round != 2; ++Round) {
    std::ranges::fill(Pinned->bytes(), std::byte(0));
    auto T = R.Queue->copyOutMany(Copies);
    ASSERT_TRUE(T) << reasonOf(T);
    EXPECT_TRUE(R.Queue->wait(*T, soon()));
    EXPECT_EQ(std::memcmp(Pinned->bytes().data(), R.Bytes.data(), 5000), 0);
  }
  // Not tried again.
  EXPECT_EQ(fakeCuda().calls("cuMemcpyBatchAsync"), Batches + 1);
  // Into plain memory each copy is one of its own.
  std::vector<std::byte> Plain(2000);
  TransferQueue::CopyOut Two[] = {
      {std::span(Plain).first(1000), &*R.Region, 0},
      {std::span(Plain).last(1000), &*R.Region, 1000}};
  auto Queue = R.Memory->createQueue("fresh");
  ASSERT_TRUE(Queue);
  auto T = (*Queue)->copyOutMany(Two);
  ASSERT_TRUE(T);
  EXPECT_TRUE((*Queue)->wait(*T, soon()));
  EXPECT_EQ(std::memcmp(Plain.data(), R.Bytes.data(), 2000), 0);
  *Queue = nullptr;
  *Pinned = PinnedMemory();
  R.close();
}

TEST(CudaMemoryTest, WaitingHasADeadline) {
  Ready R;
  R.fill();
  fakeCuda().pause();
  std::vector<std::byte> To(R.Bytes.size());
  std::vector<TransferQueue::Ticket> Tickets;
  // More than there are events, so that some tickets share one.
  for (int I = 0; I != 40; ++I) {
    auto T = R.Queue->copyOut(To, *R.Region, 0);
    ASSERT_TRUE(T) << reasonOf(T);
    Tickets.push_back(*T);
  }
  for (auto T : Tickets) {
    auto IsDone = R.Queue->isDone(T);
    ASSERT_TRUE(IsDone) << reasonOf(IsDone);
    EXPECT_FALSE(*IsDone);
  }
  auto Now = std::chrono::steady_clock::now();
  EXPECT_EQ(kindOf(R.Queue->wait(Tickets[0], Now)), Kind::TimedOut);
  EXPECT_EQ(kindOf(R.Queue->wait(Tickets[39], Now + 5ms)), Kind::TimedOut);
  fakeCuda().resume();
  for (auto T : Tickets)
    EXPECT_TRUE(R.Queue->wait(T, soon()));
  EXPECT_EQ(To, R.Bytes);
  R.close();
}

TEST(CudaMemoryTest, AQueueThatDoesNotEndTakesTheDeviceWithIt) {
  CudaSource Source = fakeSource();
  Source.Patience = 20ms;
  Ready R({}, Source);
  R.fill();
  fakeCuda().pause();
  ASSERT_TRUE(R.Queue->copyIn(*R.Region, 0, R.Bytes));
  R.Queue = nullptr;
  auto Free = R.Memory->freeBytes();
  EXPECT_EQ(kindOf(Free), Kind::Lost);
  EXPECT_THAT(Free.error().Message, HasSubstr("did not end within 20 ms"));
  ::testing::internal::CaptureStderr();
  R.Memory = nullptr;
  ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
  // The end of the copy too, before that of its source.
  fakeCuda().reset({});
}

TEST(CudaMemoryTest, ALostDeviceSaysWhetherItStillWrites) {
  // The device is lost by what has nothing to do with the copy.
  Ready R;
  R.fill();
  EXPECT_TRUE(R.Queue->isQuiet());
  std::vector<std::byte> To(R.Bytes.size());
  fakeCuda().pause();
  auto T = R.Queue->copyOut(To, *R.Region, 0);
  ASSERT_TRUE(T) << reasonOf(T);
  EXPECT_FALSE(R.Queue->isQuiet());
  fakeCuda().add(after("cuMemGetInfo", Result::Unknown));
  EXPECT_EQ(kindOf(R.Memory->freeBytes()), Kind::Lost);
  auto Now = std::chrono::steady_clock::now();
  EXPECT_EQ(kindOf(R.Queue->wait(*T, Now + 5ms)), Kind::Lost);
  EXPECT_FALSE(R.Queue->isQuiet());
  // A wait of a lost device waits for its end all the same.
  std::thread Later([] {
    std::this_thread::sleep_for(20ms);
    fakeCuda().resume();
  });
  EXPECT_EQ(kindOf(R.Queue->wait(*T, soon())), Kind::Lost);
  EXPECT_TRUE(R.Queue->isQuiet());
  EXPECT_EQ(To, R.Bytes);
  Later.join();
  R.abandon();
}

TEST(CudaMemoryTest, AContextInErrorDoesNotSayWhetherItStillWrites) {
  Ready R({.WorksOn = true});
  R.fill();
  std::vector<std::byte> To(R.Bytes.size());
  fakeCuda().pause();
  auto T = R.Queue->copyOut(To, *R.Region, 0);
  ASSERT_TRUE(T) << reasonOf(T);
  fakeCuda().add(after("cuMemGetInfo", Result::EccUncorrectable, true));
  EXPECT_EQ(kindOf(R.Memory->freeBytes()), Kind::Lost);
  // Nothing is to be learned, however long one asks.
  EXPECT_EQ(kindOf(R.Queue->wait(*T, soon())), Kind::Lost);
  EXPECT_FALSE(R.Queue->isQuiet());
  R.Queue = nullptr;
  EXPECT_EQ(To, std::vector<std::byte>(To.size()));
  fakeCuda().resume();
  R.abandon();
  // The end of the streams.
  fakeCuda().reset({});
}

TEST(CudaMemoryTest, OneErrorIsNotTheLastAnswer) {
  Ready R;
  R.fill();
  std::vector<std::byte> To(R.Bytes.size());
  fakeCuda().pause();
  auto T = R.Queue->copyOut(To, *R.Region, 0);
  ASSERT_TRUE(T) << reasonOf(T);
  // Several in quick succession, then the stream works on.
  fake::Fault F = after("cuStreamQuery", Result::Unknown);
  F.Count = 5;
  fakeCuda().add(F);
  std::thread Later([] {
    std::this_thread::sleep_for(20ms);
    fakeCuda().resume();
  });
  EXPECT_EQ(kindOf(R.Queue->wait(*T, soon())), Kind::Lost);
  EXPECT_TRUE(R.Queue->isQuiet());
  EXPECT_EQ(To, R.Bytes);
  Later.join();
  R.abandon();
}

TEST(CudaMemoryTest, AWaitForALostDeviceEndsAtItsDeadline) {
  CudaSource Source = fakeSource();
  Source.Patience = std::chrono::hours(1);
  Ready R({}, Source);
  R.fill();
  std::vector<std::byte> To(R.Bytes.size());
  fakeCuda().pause();
  auto T = R.Queue->copyOut(To, *R.Region, 0);
  ASSERT_TRUE(T) << reasonOf(T);
  fakeCuda().add(after("cuMemGetInfo", Result::Unknown));
  EXPECT_EQ(kindOf(R.Memory->freeBytes()), Kind::Lost);
  for (int I = 0; I != 3; ++I)
    EXPECT_EQ(kindOf(R.Queue->wait(*T, std::chrono::steady_clock::now() + 1ms)),
              Kind::Lost);
  // Nor does a call that begins something wait for the end of what was before.
  EXPECT_EQ(kindOf(R.Queue->copyOut(To, *R.Region, 0)), Kind::Lost);
  fakeCuda().resume();
  R.abandon();
  EXPECT_EQ(To, R.Bytes);
}

TEST(CudaMemoryTest, AllQueuesOfAHangingDeviceShareOnePatience) {
  CudaSource Source = fakeSource();
  Source.Patience = 20ms;
  Ready R({}, Source);
  R.fill();
  std::vector<std::byte> To(R.Bytes.size());
  std::vector<std::unique_ptr<TransferQueue>> Queues;
  for (int I = 0; I != 50; ++I)
    Queues.push_back(std::move(*R.Memory->createQueue("hangs")));
  fakeCuda().pause();
  for (auto &Queue : Queues)
    ASSERT_TRUE(Queue->copyOut(To, *R.Region, 0));
  Queues.pop_back();
  EXPECT_EQ(kindOf(R.Memory->freeBytes()), Kind::Lost);
  // Each of the others asks once.
  uint64_t Before = fakeCuda().calls("cuStreamQuery");
  Queues.clear();
  EXPECT_LE(fakeCuda().calls("cuStreamQuery"), Before + 49);
  fakeCuda().resume();
  R.abandon();
  fakeCuda().reset({});
}

TEST(CudaMemoryTest, AMappingThatLosesTheDeviceSaysSo) {
  for (const char *Release : {"cuMemRelease", "cuMemUnmap"}) {
    Ready R;
    fakeCuda().add(after("cuMemSetAccess", Result::OutOfMemory));
    fakeCuda().add(after(Release, Result::IllegalAddress));
    uint64_t Unmaps = fakeCuda().calls("cuMemUnmap");
    EXPECT_EQ(kindOf(R.Memory->map(R.Base + Slab, Slab)), Kind::Lost);
    // Once it is lost, the driver is left alone.
    EXPECT_EQ(fakeCuda().calls("cuMemUnmap") - Unmaps,
              Release == std::string("cuMemUnmap") ? 1u : 0u);
    R.abandon();
  }
}

TEST(CudaMemoryTest, ATrialThatLosesTheDeviceIsDoneWithout) {
  struct {
    const char *Function;
    bool Late;
    bool Batches, Kernels;
  } Cases[] = {{"cuLaunchKernel", true, true, false},
               {"cuLaunchKernel", false, true, false},
               {"cuModuleLoadData", false, true, false},
               {"cuMemcpyBatchAsync", true, false, true}};
  for (auto &C : Cases) {
    ::testing::internal::CaptureStderr();
    Ready R({.Faults = {{.Function = C.Function,
                         .Code = Result::IllegalAddress,
                         .Sticks = true,
                         .Late = C.Late}}});
    EXPECT_EQ(R.Memory->capabilities().BatchedCopies, C.Batches) << C.Function;
    EXPECT_EQ(R.Memory->capabilities().Kernels, C.Kernels) << C.Function;
    // As good as any.
    R.fill();
    std::vector<std::byte> To(R.Bytes.size());
    auto T = R.Queue->copyOut(To, *R.Region, 0);
    ASSERT_TRUE(T) << reasonOf(T);
    EXPECT_TRUE(R.Queue->wait(*T, soon()));
    EXPECT_EQ(To, R.Bytes);
    R.abandon();
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
    EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
  }
}

TEST(CudaMemoryTest, BothTrialsMayLoseTheDevice) {
  auto Fault = [](const char *Function) {
    return fake::Fault{.Function = Function,
                       .Code = Result::LaunchFailed,
                       .Sticks = true,
                       .Late = true};
  };
  auto Memory =
      open({.Faults = {Fault("cuMemcpyBatchAsync"), Fault("cuLaunchKernel")}});
  ASSERT_TRUE(Memory);
  EXPECT_FALSE(Memory->capabilities().BatchedCopies);
  EXPECT_FALSE(Memory->capabilities().Kernels);
}

TEST(CudaMemoryTest, ALossThatIsNoTrialsFaultIsReported) {
  auto Failed = openFake({.Faults = {{.Function = "cuMemAddressReserve",
                                      .Code = Result::IllegalAddress,
                                      .Sticks = true}}});
  EXPECT_EQ(kindOf(Failed), Kind::Lost);
}

TEST(CudaMemoryTest, AMappingIsWholeOrNotThere) {
  struct {
    const char *Function;
    Result Code;
    Kind Want;
  } Cases[] = {
      {"cuMemCreate", Result::OutOfMemory, Kind::OutOfMemory},
      {"cuMemMap", Result::OutOfMemory, Kind::OutOfMemory},
      {"cuMemMap", Result::InvalidValue, Kind::Refused},
      {"cuMemSetAccess", Result::OutOfMemory, Kind::OutOfMemory},
      {"cuMemRelease", Result::InvalidValue, Kind::Refused},
  };
  for (auto &C : Cases) {
    Ready R;
    auto Before = R.Memory->freeBytes();
    fakeCuda().add(after(C.Function, C.Code));
    EXPECT_EQ(kindOf(R.Memory->map(R.Base + Slab, 3 * Slab)), C.Want);
    EXPECT_EQ(R.Memory->freeBytes().value_or(0), Before.value_or(1));
    DeviceRegion There = *DeviceRegion::create(R.Base + Slab, 5000);
    EXPECT_EQ(kindOf(R.Queue->copyIn(There, 0, R.Bytes)), Kind::Refused);
    // The addresses are as good as before.
    EXPECT_TRUE(R.Memory->map(R.Base + Slab, 2 * Slab));
    auto T = R.Queue->copyIn(There, 0, R.Bytes);
    ASSERT_TRUE(T) << reasonOf(T);
    EXPECT_TRUE(R.Queue->wait(*T, soon()));
    EXPECT_TRUE(R.Memory->unmap(R.Base + Slab, 2 * Slab));
    R.close();
  }
}

TEST(CudaMemoryTest, AMappingThatCannotBeUndoneLosesTheDevice) {
  Ready R;
  fakeCuda().add(after("cuMemSetAccess", Result::OutOfMemory));
  fakeCuda().add(after("cuMemUnmap", Result::InvalidValue));
  auto Failed = R.Memory->map(R.Base + Slab, Slab);
  EXPECT_EQ(kindOf(Failed), Kind::Lost);
  EXPECT_THAT(Failed.error().Message, HasSubstr("could not be undone"));
  ::testing::internal::CaptureStderr();
  R.Queue = nullptr;
  R.Memory = nullptr;
  ::testing::internal::GetCapturedStderr();
}

TEST(CudaMemoryTest, OthersMayTakeTheMemory) {
  Ready R({.OthersTake = 8 * Slab});
  unsigned Mapped = 0;
  while (R.Memory->map(R.Base + Slab, Slab)) {
    EXPECT_TRUE(R.Memory->unmap(R.Base + Slab, Slab));
    ASSERT_LT(++Mapped, 1000u);
  }
  EXPECT_GT(Mapped, 2u);
  EXPECT_EQ(kindOf(R.Memory->map(R.Base + Slab, Slab)), Kind::OutOfMemory);
  EXPECT_EQ(R.Memory->freeBytes(), 0u);
  R.fill();
  R.close();
}

TEST(CudaMemoryTest, AnUnmappingThatIsRefusedLeavesTheMapping) {
  Ready R;
  fakeCuda().add(after("cuMemUnmap", Result::InvalidValue));
  EXPECT_EQ(kindOf(R.Memory->unmap(R.Base, Slab)), Kind::Refused);
  EXPECT_THAT(R.Memory->report(), HasSubstr("mapping of 2097152 bytes"));
  R.fill();
  R.close();
}

TEST(CudaMemoryTest, NamesWhatWasStillHeldAtItsEnd) {
  Ready R;
  R.Queue = nullptr;
  ::testing::internal::CaptureStderr();
  R.Memory = nullptr;
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::ContainsRegex(
                  "memory of NVIDIA Fake was still held at its end:\n"
                  "mapping of 2097152 bytes, held for [0-9]+ ms\n$"));
  // It was given back all the same.
  EXPECT_THAT(faults(), IsEmpty());
}

TEST(CudaMemoryTest, NamesWhatTheDriverDidNotTakeBack) {
  auto Memory = open({});
  fakeCuda().add(after("cuEventDestroy", Result::InvalidValue));
  (void)Memory->createQueue("stubborn");
  EXPECT_EQ(Memory->report(), "");
  ::testing::internal::CaptureStderr();
  Memory = nullptr;
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("event of queue 'stubborn', held for "));
  EXPECT_THAT(fakeCuda().leaks(), ::testing::ElementsAre("event"));
}

TEST(CudaMemoryTest, ManyAnswersOfNotReadyAreNoError) {
  Ready R({.NotReady = 500});
  R.fill();
  R.close();
}

} // namespace
