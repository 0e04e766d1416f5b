//===- CudaFaultsTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A workload that uses all there is, once for each call of the driver in it
/// and each way in which that call can fail. Whatever happens: nothing crashes,
/// what is reported as done is done right, an error says what failed, and what
/// the driver takes back was given back.
//===----------------------------------------------------------------------===//
#include "DeviceContract.h"
#include "FakeDriverSupport.h"
#include "hapax/Cache/Digest.h"
#include "gmock/gmock.h"
#include <cstring>
#include <set>

using namespace hapax;
using namespace hapax::test;
using namespace std::chrono_literals;
using ::testing::IsEmpty;
using Kind = DeviceError::Kind;
using cuda::Result;

namespace {

constexpr uint64_t Slab = uint64_t(2) << 20;
constexpr size_t Size = 5000, Pieces = 3;

class Workload {
public:
  void run() {
    auto Opened = openCudaMemoryFrom(fakeSource(), 0);
    if (!good(Opened))
      return;
    Memory = std::move(*Opened);
    good(Memory->freeBytes());
    auto Base = Memory->reserve(8 * Slab);
    if (good(Base)) {
      bool First = good(Memory->map(*Base, Slab)),
           Second = good(Memory->map(*Base + Slab, 2 * Slab));
      if (First && Second)
        transfer(*Base);
      if (First)
        good(Memory->unmap(*Base, Slab));
      if (Second)
        good(Memory->unmap(*Base + Slab, 2 * Slab));
    }
    Memory = nullptr;
  }

  bool IsLost = false;
  unsigned Errors = 0, Transfers = 0;

private:
  template <typename T> bool good(const std::expected<T, DeviceError> &Result) {
    if (Result)
      return true;
    ++Errors;
    IsLost |= Result.error().Reason == Kind::Lost;
    EXPECT_FALSE(Result.error().Message.empty());
    EXPECT_EQ(Result.error().Message.find('\n'), std::string::npos);
    EXPECT_NE(Result.error().Reason, Kind::TimedOut);
    return false;
  }
  bool done(const TransferQueue::Started &Work) {
    if (!good(Work))
      return false;
    // What was begun is waited for, whatever the question came to: until then
    // its memory is in use.
    bool Asked = good(Queue->isDone(*Work));
    bool Good = good(Queue->wait(*Work, soon())) && Asked;
    Transfers += Good;
    return Good;
  }

  void transfer(uint64_t Base) {
    auto Made = Memory->createQueue("workload");
    if (!good(Made))
      return;
    Queue = std::move(*Made);
    std::vector<std::byte> Plain(Size), Callers(Size);
    auto Pinned = Memory->allocatePinned(2 * Size);
    auto Registered = Memory->pin(Callers);
    // Over the border of two mappings.
    auto Region = *DeviceRegion::create(Base + Slab - 1000, Size);
    auto Other = *DeviceRegion::create(Base, 2 * Size);
    auto Bytes = randomBytes(Size, 7);
    // Two, so that an event is needed.
    auto Half = Queue->copyIn(Region, 0, std::span(Bytes).first(Size / 2));
    bool HasHalf = good(Half);
    auto Rest =
        Queue->copyIn(Region, Size / 2, std::span(Bytes).subspan(Size / 2));
    if (HasHalf && good(Queue->isDone(*Half)) && done(Rest)) {
      if (done(Queue->copyOut(Plain, Region, 0))) {
        EXPECT_EQ(Plain, Bytes);
      }
      if (done(Queue->copyWithin(Other, 0, Region, 0, Size)) &&
          done(Queue->fill(Other, Size, 100, std::byte(3)))) {
        std::vector<std::byte> Want = Bytes, Got(Size + 100);
        Want.resize(Size + 100, std::byte(3));
        if (done(Queue->copyOut(Got, Other, 0))) {
          EXPECT_EQ(Got, Want);
        }
      }
      if (good(Pinned))
        many(Region, Bytes, Pinned->bytes());
      if (good(Registered))
        many(Region, Bytes, Registered->bytes());
      many(Region, Bytes, Plain);
    }
    // Before the memory that it may use.
    Queue = nullptr;
  }

  /// Copies pieces out and digests them, in every way that there is.
  void many(const DeviceRegion &Region, std::span<const std::byte> Bytes,
            std::span<std::byte> To) {
    std::vector<TransferQueue::CopyOut> Copies;
    for (size_t I = 0; I != Pieces; ++I)
      Copies.push_back({To.subspan(I * 1000, 1000), &Region, I * 1500});
    auto Check = [&] {
      for (size_t I = 0; I != Pieces; ++I)
        EXPECT_EQ(
            std::memcmp(To.data() + I * 1000, Bytes.data() + I * 1500, 1000),
            0);
      std::ranges::fill(To, std::byte(0));
    };
    if (done(Queue->copyOutMany(Copies)))
      Check();
    if (!Memory->capabilities().Kernels)
      return;
    // Into plain memory a kernel does not write.
    auto IsOffered = [](const TransferQueue::Started &Work) {
      return Work || Work.error().Reason != Kind::Unsupported;
    };
    if (auto Work = Queue->gather(Copies); IsOffered(Work) && done(Work))
      Check();
    const DeviceRegion *Regions[] = {&Region};
    if (auto Work = Queue->digest(Regions, To.first(16));
        IsOffered(Work) && done(Work)) {
      EXPECT_EQ(std::memcmp(To.data(), digestOf(Bytes).bytes().data(), 16), 0);
    }
  }

  std::unique_ptr<DeviceMemory> Memory;
  std::unique_ptr<TransferQueue> Queue;
};

/// Runs the workload with one fault; false when the fault did not come.
bool survives(const fake::Fault &F, int Version = 13000) {
  SCOPED_TRACE("call " + std::to_string(F.Nth) + " of " + F.Function +
               ": error " + std::to_string(int(F.Code)) +
               (F.Sticks ? ", sticks" : "") + (F.Late ? ", late" : "") +
               (F.Count > 1 ? ", and all later ones" : ""));
  fakeCuda().reset({.Version = Version, .Faults = {F}});
  ::testing::internal::CaptureStderr();
  Workload W;
  W.run();
  std::string Output = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
  auto Failed = fakeCuda().failed();
  // What the driver refused to take back stays, and is named.
  static const std::set<std::string> Releases = {
      "cuMemUnmap",          "cuMemRelease",
      "cuMemAddressFree",    "cuMemFreeHost",
      "cuEventDestroy",      "cuStreamDestroy",
      "cuMemHostUnregister", "cuModuleUnload",
      "cuCtxSetCurrent",     "cuDevicePrimaryCtxRelease"};
  bool WasRelease = std::ranges::any_of(
      Failed, [&](const std::string &Name) { return Releases.contains(Name); });
  auto Leaks = fakeCuda().leaks();
  // A lost device takes nothing back, and may be lost at the very end.
  bool MayBeLost = W.IsLost || F.Sticks || F.Late ||
                   F.Code == Result::IllegalAddress ||
                   F.Code == Result::LaunchFailed || F.Code == Result::Unknown;
  if (!MayBeLost && !Leaks.empty()) {
    EXPECT_TRUE(WasRelease);
    EXPECT_FALSE(Output.empty())
        << ::testing::PrintToString(Failed) << ::testing::PrintToString(Leaks);
  }
  return !Failed.empty();
}

/// Every call of the workload up to a number, one run each.
void survivesEach(fake::Fault F, int Version = 13000, uint64_t Most = 5000) {
  unsigned Runs = 0;
  for (F.Nth = 1; F.Nth <= Most && survives(F, Version); ++F.Nth) {
    ASSERT_FALSE(::testing::Test::HasFailure());
    ++Runs;
  }
  EXPECT_GT(Runs, F.Function.empty() ? 100u : 0u);
}

TEST(CudaWorkloadTest, WithoutFaultsEverythingIsDone) {
  for (int Version : {12000, 12080, 13000}) {
    fakeCuda().reset({.Version = Version});
    Workload W;
    W.run();
    EXPECT_EQ(W.Errors, 0u);
    EXPECT_EQ(W.Transfers, Version < 13000 ? 8u : 12u);
    EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
    EXPECT_THAT(fakeCuda().leaks(), IsEmpty());
  }
}

class CudaFaultsTest : public ::testing::TestWithParam<int> {};

TEST_P(CudaFaultsTest, EachCallOnce) {
  survivesEach({.Code = Result(GetParam())});
}
TEST_P(CudaFaultsTest, EachCallForGood) {
  survivesEach({.Code = Result(GetParam()), .Sticks = true});
}
TEST_P(CudaFaultsTest, EachCallAndAllLaterOnes) {
  survivesEach({.Code = Result(GetParam()), .Count = UINT32_MAX});
}
TEST_P(CudaFaultsTest, EachPieceOfWorkOnItsStream) {
  survivesEach({.Code = Result(GetParam()), .Late = true});
}
TEST_P(CudaFaultsTest, EachCallOfOlderDrivers) {
  survivesEach({.Code = Result(GetParam())}, 12000);
  survivesEach({.Code = Result(GetParam())}, 12080);
}
TEST_P(CudaFaultsTest, EachQuery) {
  // How many there are depends on how fast the work is.
  for (const char *Function : {"cuStreamQuery", "cuEventQuery"})
    survivesEach({.Function = Function, .Code = Result(GetParam())}, 13000, 30);
}

INSTANTIATE_TEST_SUITE_P(
    Codes, CudaFaultsTest,
    ::testing::Values(int(Result::OutOfMemory), int(Result::InvalidValue),
                      int(Result::NotSupported), int(Result::IllegalAddress),
                      int(Result::LaunchFailed), int(Result::Unknown)));

} // namespace
