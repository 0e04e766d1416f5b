//===- EmptyDevice.h - A device without bytes -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// For tests and benchmarks of what only counts addresses: a device of any size
/// that maps whatever it is asked to, and can copy nothing.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_GPU_EMPTYDEVICE_H
#define HAPAX_TEST_GPU_EMPTYDEVICE_H

#include "hapax/Gpu/DeviceMemory.h"

namespace hapax::test {

class EmptyDevice : public DeviceMemory {
public:
  static constexpr uint64_t Base = uint64_t(1) << 40;

  explicit EmptyDevice(uint64_t TotalBytes, uint64_t SlabBytes = uint64_t(2)
                                                                 << 20) {
    What.TotalBytes = TotalBytes;
    What.SlabBytes = SlabBytes;
  }
  const DeviceCapabilities &capabilities() const override { return What; }
  std::expected<uint64_t, DeviceError> freeBytes() override {
    return What.TotalBytes;
  }
  std::expected<uint64_t, DeviceError> reserve(uint64_t) override {
    return Base;
  }
  std::expected<void, DeviceError> map(uint64_t, uint64_t) override {
    return {};
  }
  std::expected<void, DeviceError> unmap(uint64_t, uint64_t) override {
    return {};
  }
  std::expected<std::unique_ptr<TransferQueue>, DeviceError>
  createQueue(std::string_view) override {
    return nullptr;
  }
  std::expected<PinnedMemory, DeviceError> allocatePinned(uint64_t) override {
    return PinnedMemory();
  }
  std::expected<PinnedMemory, DeviceError> pin(std::span<std::byte>) override {
    return PinnedMemory();
  }
  std::string report() const override { return {}; }

private:
  DeviceCapabilities What;
};

} // namespace hapax::test

#endif // HAPAX_TEST_GPU_EMPTYDEVICE_H
