//===- RealDeviceTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The contract on a real device with the real driver; skipped where there is
/// none. scripts/gpu-check runs it on a machine that has one.
//===----------------------------------------------------------------------===//
#include "DeviceContract.h"
#include "gmock/gmock.h"

using namespace hapax;
using namespace hapax::test;

namespace {

std::unique_ptr<DeviceMemory> openReal() {
  auto Memory = openCudaMemory();
  return Memory ? std::move(*Memory) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(Real, DeviceContractTest,
                         ::testing::Values(Implementation{"Device", openReal}),
                         [](const auto &Info) { return Info.param.Name; });

// Whatever the machine: an answer, and if there is no device, a reason.
TEST(RealDeviceTest, OpensOrSaysWhyNot) {
  auto Memory = openCudaMemory();
  if (Memory) {
    EXPECT_TRUE((*Memory)->capabilities().IsGpu);
    // A driver that is new enough is one for which everything was made.
    if ((*Memory)->capabilities().Description.find("CUDA 13") !=
        std::string::npos) {
      EXPECT_TRUE((*Memory)->capabilities().BatchedCopies);
    }
  } else {
    EXPECT_FALSE(Memory.error().Message.empty());
    EXPECT_EQ(Memory.error().Message.find('\n'), std::string::npos);
    EXPECT_NE(Memory.error().Reason, DeviceError::Kind::Lost);
  }
}

TEST(RealDeviceTest, ManyPiecesInOneKernel) {
  auto Memory = openReal();
  if (!Memory || !Memory->capabilities().Kernels)
    GTEST_SKIP() << "no device with kernels";
  uint64_t Slab = Memory->capabilities().SlabBytes;
  uint64_t Base = Memory->reserve(16 * Slab).value_or(0);
  ASSERT_TRUE(Memory->map(Base, 16 * Slab));
  {
    auto Queue = Memory->createQueue("many");
    auto Pinned = Memory->allocatePinned(16 * Slab);
    ASSERT_TRUE(Queue && Pinned);
    auto Bytes = randomBytes(8 * Slab, 3);
    auto Region = *DeviceRegion::create(Base, 8 * Slab);
    ASSERT_TRUE((*Queue)->copyIn(Region, 0, Bytes));
    // More than one launch takes, of all alignments, from 1 byte to megabytes.
    std::mt19937_64 Random(4);
    std::vector<TransferQueue::CopyOut> Copies;
    uint64_t To = 0;
    for (int I = 0; I != 700; ++I) {
      uint64_t Size = 1 + Random() % (I % 100 ? 20000 : 1 << 20);
      if (To + Size > Pinned->bytes().size())
        break;
      Copies.push_back({Pinned->bytes().subspan(To, Size), &Region,
                        Random() % (Bytes.size() - Size)});
      To += Size + Random() % 3;
    }
    auto Work = (*Queue)->gather(Copies);
    ASSERT_TRUE(Work) << reasonOf(Work);
    ASSERT_TRUE((*Queue)->wait(*Work, soon()));
    for (auto &C : Copies)
      ASSERT_TRUE(
          std::equal(C.To.begin(), C.To.end(), Bytes.begin() + C.Offset));
  }
  EXPECT_TRUE(Memory->unmap(Base, 16 * Slab));
}

} // namespace
