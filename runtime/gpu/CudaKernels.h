//===- CudaKernels.h - The kernels on a CUDA device -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_CUDAKERNELS_H
#define HAPAX_RUNTIME_GPU_CUDAKERNELS_H

#include "CudaContext.h"
#include "HeldResources.h"
#include "KernelBodies.h"

namespace hapax {

/// The kernels of KernelBodies.h, loaded into a context. Thread-safe: each
/// launch carries what it works on in its parameters.
class CudaKernels {
public:
  using Done = CudaContext::Done;

  /// Unsupported where the driver cannot load the image (code of CUDA 13 needs
  /// a driver of 13.0) or there is none. The thread has entered the context;
  /// what is referred to outlives the kernels.
  static std::expected<std::unique_ptr<CudaKernels>, DeviceError>
  load(CudaContext &Context, HeldResources &Held,
       std::span<const unsigned char> Image);
  ~CudaKernels();

  // Begin the work on a stream, of which an error leaves a part begun. The
  // thread has entered the context.
  Done gather(cuda::Stream Stream,
              std::span<const kernel::Transfer> Transfers) const;
  Done digest(cuda::Stream Stream, std::span<const kernel::Extent> Extents,
              uint64_t To) const;

private:
  CudaKernels(CudaContext &Context, HeldResources &Held)
      : Context(Context), ResourcesHeld(Held) {}

  Done launch(cuda::Function Function, unsigned GridX, unsigned GridY,
              unsigned Block, cuda::Stream Stream, void *Parameter) const;

  CudaContext &Context;
  HeldResources &ResourcesHeld;
  HapaxHandle Handle = {};
  cuda::Module Module = nullptr;
  cuda::Function Gather = nullptr, Digest = nullptr;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_CUDAKERNELS_H
