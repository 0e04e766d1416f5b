//===- CudaKernels.cpp - The kernels on a CUDA device -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CudaKernels.h"
#include "Failure.h"
#include <algorithm>

using namespace hapax;

/// Threads that gather, in a block; and the bytes that are worth a block.
static constexpr unsigned GatherThreads = 256;
static constexpr uint64_t GatherBlockBytes = 16 << 10;
/// More blocks for one piece make no bus faster.
static constexpr uint64_t MostGatherBlocks = 64;
static constexpr unsigned WarpThreads = 32;

std::expected<std::unique_ptr<CudaKernels>, DeviceError>
CudaKernels::load(CudaContext &Context, HeldResources &Held,
                  std::span<const unsigned char> Image) {
  if (Image.empty())
    return failure(DeviceError::Kind::Unsupported,
                   "this was built without nvcc, so without kernels");
  std::unique_ptr<CudaKernels> New(new CudaKernels(Context, Held));
  auto Handle = Held.add("kernels", HeldResources::Holder::Self);
  if (!Handle)
    return std::unexpected(std::move(Handle.error()));
  New->Handle = *Handle;
  const cuda::Api &Api = Context.api();
  Done Good = Context.run(Api.ModuleLoadData, &New->Module,
                          static_cast<const void *>(Image.data()));
  if (!Good)
    New->Module = nullptr;
  if (Good)
    Good = Context.run(Api.ModuleGetFunction, &New->Gather, New->Module,
                       "hapaxGather");
  if (Good)
    Good = Context.run(Api.ModuleGetFunction, &New->Digest, New->Module,
                       "hapaxDigest");
  if (!Good)
    return std::unexpected(std::move(Good.error()));
  return New;
}

CudaKernels::~CudaKernels() {
  Done Good;
  if (Module && !Context.isLost()) {
    Good = Context.enter();
    if (Good)
      Good = Context.run(Context.api().ModuleUnload, Module);
  }
  if (Good || Context.isLost())
    ResourcesHeld.remove(Handle);
}

CudaKernels::Done CudaKernels::launch(cuda::Function Function, unsigned GridX,
                                      unsigned GridY, unsigned Block,
                                      cuda::Stream Stream,
                                      void *Parameter) const {
  void *Parameters[] = {Parameter};
  return Context.run(
      Context.api().LaunchKernel, Function, GridX, GridY, 1u, Block, 1u, 1u, 0u,
      Stream, static_cast<void **>(Parameters), static_cast<void **>(nullptr));
}

CudaKernels::Done
CudaKernels::gather(cuda::Stream Stream,
                    std::span<const kernel::Transfer> Transfers) const {
  kernel::GatherBatch Batch;
  while (!Transfers.empty()) {
    size_t Count =
        std::min<size_t>(Transfers.size(), kernel::GatherBatch::Most);
    Batch.Count = uint32_t(Count);
    std::copy_n(Transfers.begin(), Count, Batch.Items);
    uint64_t Longest = 0;
    for (size_t I = 0; I != Count; ++I)
      Longest = std::max(Longest, Batch.Items[I].Size);
    uint64_t Blocks =
        std::clamp<uint64_t>(Longest / GatherBlockBytes, 1, MostGatherBlocks);
    if (Done Good = launch(Gather, unsigned(Blocks), unsigned(Count),
                           GatherThreads, Stream, &Batch);
        !Good)
      return Good;
    Transfers = Transfers.subspan(Count);
  }
  return {};
}

CudaKernels::Done CudaKernels::digest(cuda::Stream Stream,
                                      std::span<const kernel::Extent> Extents,
                                      uint64_t To) const {
  kernel::DigestBatch Batch;
  while (!Extents.empty()) {
    size_t Count = std::min<size_t>(Extents.size(), kernel::DigestBatch::Most);
    Batch.To = To;
    Batch.Count = uint32_t(Count);
    std::copy_n(Extents.begin(), Count, Batch.Items);
    if (Done Good =
            launch(Digest, unsigned(Count), 1, WarpThreads, Stream, &Batch);
        !Good)
      return Good;
    Extents = Extents.subspan(Count);
    To += 16 * Count;
  }
  return {};
}
