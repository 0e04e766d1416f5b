//===- TestDevice.h - Which device a cache is tested on ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The tests of the cache run on host memory, and the same tests on the real
/// device or on the fake driver when HAPAX_TEST_DEVICE is "real" or "fake".
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_VRAM_TESTDEVICE_H
#define HAPAX_TEST_VRAM_TESTDEVICE_H

#include "../gpu/FaultyMemory.h"
#ifdef HAPAX_FAKE_CUDA
#include "../gpu/FakeDriverSupport.h"
#endif
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace hapax {

/// Ends the tests where the device that was asked for is not there: none of
/// them may pass for it.
inline std::unique_ptr<DeviceMemory>
must(std::expected<std::unique_ptr<DeviceMemory>, DeviceError> Opened) {
  if (Opened)
    return std::move(*Opened);
  std::fprintf(stderr, "HAPAX_TEST_DEVICE: %s\n",
               Opened.error().Message.c_str());
  std::exit(1);
}

/// A device that offers so many bytes and fails on request.
inline std::unique_ptr<FaultyMemory> openTestDevice(uint64_t Bytes) {
  const char *Value = std::getenv("HAPAX_TEST_DEVICE");
  std::string_view Which = Value ? Value : "";
  if (Which == "real") {
    // A second context of the process is made in no time.
    static const std::unique_ptr<DeviceMemory> Keeper = must(openCudaMemory());
    return std::make_unique<FaultyMemory>(must(openCudaMemory()), Bytes);
  }
#ifdef HAPAX_FAKE_CUDA
  if (Which == "fake") {
    static const bool Booted = [] {
      test::fakeCuda().reset({});
      return true;
    }();
    (void)Booted;
    return std::make_unique<FaultyMemory>(
        must(openCudaMemoryFrom(test::fakeSource(), 0)), Bytes);
  }
#endif
  return std::make_unique<FaultyMemory>(openHostMemory(Bytes), Bytes);
}

} // namespace hapax

#endif // HAPAX_TEST_VRAM_TESTDEVICE_H
