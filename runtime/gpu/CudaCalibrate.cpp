//===- CudaCalibrate.cpp - What of the optional works -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Kernels and batched copies depend on the driver's age and are new in it. So
/// each is tried once on bytes whose result is known, before anyone relies on
/// it, and is given up when it is not there or does not what it should. A trial
/// that loses the device, by a kernel that faults, say, loses it before it was
/// ever used: it is opened again without what was on trial.
//===----------------------------------------------------------------------===//
#include "CudaMemory.h"
#include <cstring>

using namespace hapax;
using namespace std::chrono_literals;

namespace {

constexpr uint64_t PatternBytes = 16 << 10;
/// One of each kind of digest; together less than the pattern.
constexpr uint64_t Sizes[] = {0, 3, 7, 15, 100, 200, 1000, 5000, 8192};
constexpr size_t Count = std::size(Sizes);

/// A queue, memory for the pattern and what comes back, and the pattern in
/// regions of the device.
struct Bench {
  CudaQueue &Queue;
  std::span<std::byte> Pattern, Back;
  std::vector<DeviceRegion> Regions;

  using Done = std::expected<void, DeviceError>;

  Done finish(TransferQueue::Started Work) {
    if (!Work)
      return std::unexpected(std::move(Work.error()));
    return Queue.wait(*Work, std::chrono::steady_clock::now() + 5s);
  }

  Done fill(uint64_t Base) {
    uint64_t State = 1;
    for (std::byte &B : Pattern)
      B = std::byte((State = State * 6364136223846793005 + 1) >> 56);
    uint64_t Offset = 0;
    for (uint64_t Size : Sizes) {
      // One after the other: aligned and not.
      auto Region = DeviceRegion::create(Base + Offset, Size);
      if (Done Good =
              finish(Queue.copyIn(*Region, 0, Pattern.subspan(Offset, Size)));
          !Good)
        return Good;
      Regions.push_back(*Region);
      Offset += Size;
    }
    return {};
  }

  std::vector<TransferQueue::CopyOut> copies() {
    std::ranges::fill(Back, std::byte(0));
    std::vector<TransferQueue::CopyOut> Copies;
    uint64_t Offset = 0;
    for (const DeviceRegion &R : Regions) {
      Copies.push_back({Back.subspan(Offset, R.length()), &R, 0});
      Offset += R.length();
    }
    return Copies;
  }
  bool cameBack() const {
    uint64_t Offset = Regions.back().address() - Regions.front().address() +
                      Regions.back().length();
    return std::memcmp(Back.data(), Pattern.data(), Offset) == 0;
  }

  bool batchWorks() {
    auto Copies = copies();
    return finish(Queue.copyOutMany(Copies)) && cameBack() &&
           Queue.batchWorks();
  }
  bool gatherWorks() {
    auto Copies = copies();
    return finish(Queue.gather(Copies)) && cameBack();
  }
  bool digestWorks() {
    std::vector<const DeviceRegion *> Pointers;
    for (const DeviceRegion &R : Regions)
      Pointers.push_back(&R);
    std::ranges::fill(Back, std::byte(0));
    if (!finish(Queue.digest(Pointers, Back.first(16 * Count))))
      return false;
    const std::byte *From = Pattern.data(), *To = Back.data();
    for (uint64_t Size : Sizes) {
      uint8_t Want[16];
      kernel::runDigest({reinterpret_cast<uintptr_t>(From), Size},
                        reinterpret_cast<uintptr_t>(Want));
      if (std::memcmp(To, Want, 16) != 0)
        return false;
      From += Size;
      To += 16;
    }
    return true;
  }
};

} // namespace

CudaMemory::Done
CudaMemory::calibrate(std::span<const unsigned char> KernelImage,
                      Optional &Wanted) {
  if (Done Good = Context->enter(); !Good)
    return Good;
  What.BatchedCopies &= Wanted.Batches;
  if (Wanted.Kernels) {
    if (auto Loaded = CudaKernels::load(*Context, Held, KernelImage))
      Kernels = std::move(*Loaded);
    Wanted.Kernels = !Context->isLost();
  }
  // Without memory for a trial both are given up.
  Optional Works = {false, false};
  if (What.BatchedCopies || Kernels) {
    auto Base = reserve(What.SlabBytes);
    if (Base && map(*Base, What.SlabBytes)) {
      Works = tryOut(*Base, Wanted);
      if (Done Good = unmap(*Base, What.SlabBytes); !Good)
        return Good;
    }
  }
  What.BatchedCopies = Works.Batches;
  What.Kernels = Works.Kernels;
  if (!Works.Kernels)
    Kernels = nullptr;
  // An error that stays makes itself known here at the latest.
  return Context->enter();
}

CudaMemory::Optional CudaMemory::tryOut(uint64_t Base, Optional &Wanted) {
  Optional Works = {false, false};
  auto Memory = allocatePinned(2 * PatternBytes);
  if (!Memory)
    return Works;
  auto Queue = CudaQueue::create(owner(), "trial");
  if (!Queue)
    return Works;
  Bench B = {**Queue,
             Memory->bytes().first(PatternBytes),
             Memory->bytes().last(PatternBytes),
             {}};
  if (!B.fill(Base))
    return Works;
  Works.Batches = What.BatchedCopies && B.batchWorks();
  if (Context->isLost()) {
    Wanted.Batches = false;
    return Works;
  }
  Works.Kernels = Kernels && B.gatherWorks() && B.digestWorks();
  if (Context->isLost())
    Wanted.Kernels = false;
  return Works;
}
