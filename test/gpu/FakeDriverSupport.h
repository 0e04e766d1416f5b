//===- FakeDriverSupport.h - Tests with the fake driver ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_GPU_FAKEDRIVERSUPPORT_H
#define HAPAX_TEST_GPU_FAKEDRIVERSUPPORT_H

#include "CudaLoader.h"
#include "FakeCuda.h"
#include <cstdlib>
#include <dlfcn.h>

namespace hapax::test {

inline fake::FakeCuda &fakeCuda() {
  static fake::FakeCuda *Fake = [] {
    void *Library = dlopen(HAPAX_FAKE_CUDA, RTLD_NOW | RTLD_LOCAL);
    void *Symbol = Library ? dlsym(Library, "hapaxFakeCuda") : nullptr;
    if (!Symbol)
      std::abort();
    return reinterpret_cast<fake::FakeCudaFunction *>(Symbol)();
  }();
  return *Fake;
}

/// The driver loads any image, so that kernels can be tested without nvcc.
inline CudaSource fakeSource() {
  static constexpr unsigned char Image[] = {1};
  CudaSource Source;
  Source.Library = HAPAX_FAKE_CUDA;
  Source.KernelImage = Image;
  return Source;
}

/// A device of a driver that was just booted.
inline std::expected<std::unique_ptr<DeviceMemory>, DeviceError>
openFake(const fake::Settings &S = {}) {
  fakeCuda().reset(S);
  return openCudaMemoryFrom(fakeSource(), 0);
}

} // namespace hapax::test

#endif // HAPAX_TEST_GPU_FAKEDRIVERSUPPORT_H
