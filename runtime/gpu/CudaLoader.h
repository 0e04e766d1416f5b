//===- CudaLoader.h - Loading the CUDA driver -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_CUDALOADER_H
#define HAPAX_RUNTIME_GPU_CUDALOADER_H

#include "CudaApi.h"
#include "KernelImage.h"
#include "hapax/Gpu/DeviceMemory.h"

namespace hapax {

/// Where the driver is; tests name others.
struct CudaSource {
  /// As dlopen() takes it.
  std::string Library = "libcuda.so.1";
  /// The folder of the device's nodes.
  std::string DeviceNodes = "/dev";
  std::span<const unsigned char> KernelImage = kernelImage();
  /// How long work may take whose end is waited for without a deadline of a
  /// caller's: when a queue ends or a call failed half-way. Beyond it the
  /// device is taken for lost.
  std::chrono::milliseconds Patience = std::chrono::seconds(5);
};

/// The version as people write it, "12.8".
std::string cudaVersionText(int Version);

/// Loads the library, which then stays loaded for the life of the process, and
/// initialises the driver. Each reason why there is no device to use is an
/// error of its own.
std::expected<cuda::Api, DeviceError> loadCuda(const CudaSource &Source);

/// "cuInit: CUDA_ERROR_NO_DEVICE (100)".
std::string describe(const cuda::Api &Api, const char *Call, cuda::Result Code);

/// openCudaMemory() with the driver of \p Source.
std::expected<std::unique_ptr<DeviceMemory>, DeviceError>
openCudaMemoryFrom(const CudaSource &Source, int Ordinal);

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_CUDALOADER_H
