//===- CudaMemory.h - Memory of a CUDA device -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_CUDAMEMORY_H
#define HAPAX_RUNTIME_GPU_CUDAMEMORY_H

#include "CudaQueue.h"

namespace hapax {

class CudaMemory final : public DeviceMemory {
public:
  static std::expected<std::unique_ptr<CudaMemory>, DeviceError>
  open(const CudaSource &Source, int Ordinal);
  ~CudaMemory() override;

  const DeviceCapabilities &capabilities() const override { return What; }
  std::expected<uint64_t, DeviceError> freeBytes() override;
  std::expected<uint64_t, DeviceError> reserve(uint64_t Bytes) override;
  std::expected<void, DeviceError> map(uint64_t Address,
                                       uint64_t Bytes) override;
  std::expected<void, DeviceError> unmap(uint64_t Address,
                                         uint64_t Bytes) override;
  std::expected<std::unique_ptr<TransferQueue>, DeviceError>
  createQueue(std::string_view Name) override;
  std::expected<PinnedMemory, DeviceError>
  allocatePinned(uint64_t Bytes) override;
  std::expected<PinnedMemory, DeviceError>
  pin(std::span<std::byte> Memory) override;
  std::string report() const override { return Held.report(); }

private:
  using Done = CudaContext::Done;

  /// What not every driver can do.
  struct Optional {
    bool Batches = true, Kernels = true;
    bool operator==(const Optional &) const = default;
  };

  CudaMemory(std::unique_ptr<CudaContext> TheContext, uint64_t SlabBytes);

  static std::expected<std::unique_ptr<CudaMemory>, DeviceError>
  openWith(const cuda::Api &Api, const CudaSource &Source, int Ordinal,
           Optional Wanted);
  /// Tries what is wanted, and keeps what works. A trial that loses the device
  /// is wanted no more.
  Done calibrate(std::span<const unsigned char> KernelImage, Optional &Wanted);
  Optional tryOut(uint64_t Base, Optional &Wanted);
  CudaQueue::Owner owner();

  Done createMapping(uint64_t Address, uint64_t Bytes);
  /// Takes a half-made mapping apart; the device is lost if that fails.
  Done undo(Done Why, Done Undone);

  /// Makes pinned memory of what the driver has pinned; Free undoes that.
  std::expected<PinnedMemory, DeviceError>
  track(std::span<std::byte> Memory, std::string Name,
        const cuda::Entry<cuda::Result(void *)> &Free);

  // The order is that of their ends, backwards.
  HeldResources Held;
  const std::unique_ptr<CudaContext> Context;
  const cuda::Api &Api;
  DeviceCapabilities What;
  HapaxHandle ContextHeld = {};
  /// Guards what changes Slabs.
  std::mutex Mutex;
  SlabLedger Slabs;
  PinnedRanges Pinned;
  std::unique_ptr<CudaKernels> Kernels;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_CUDAMEMORY_H
