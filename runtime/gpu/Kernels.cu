//===- Kernels.cu - The kernels ---------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The thin part that differs on the device; what the kernels do stands in
/// KernelBodies.h.
//===----------------------------------------------------------------------===//
#include "KernelBodies.h"

using namespace hapax::kernel;

namespace {

/// A warp: 8 lanes times 4 groups.
struct Warp {
  static constexpr unsigned LanesEach = 1, Groups = 4;
  static constexpr unsigned All = 0xFFFFFFFF;
  __device__ unsigned firstLane() const { return threadIdx.x % Lanes; }
  __device__ unsigned group() const { return threadIdx.x / Lanes; }
  __device__ uint64_t sum(uint64_t OfGroup) const {
    OfGroup += __shfl_xor_sync(All, OfGroup, 8);
    return OfGroup + __shfl_xor_sync(All, OfGroup, 16);
  }
  __device__ void collect(const uint64_t *Mine, uint64_t *Sums) const {
    for (unsigned I = 0; I != Lanes; ++I)
      Sums[I] = __shfl_sync(All, Mine[0], I);
  }
};

} // namespace

/// A row of blocks for each item.
extern "C" __global__ void hapaxGather(const __grid_constant__ GatherBatch B) {
  const Transfer &T = B.Items[blockIdx.y];
  copyPiece(reinterpret_cast<uint8_t *>(T.To),
            reinterpret_cast<const uint8_t *>(T.From), T.Size,
            uint64_t(blockIdx.x) * blockDim.x + threadIdx.x,
            uint64_t(gridDim.x) * blockDim.x);
}

/// A block of one warp for each item.
extern "C" __global__ void hapaxDigest(const __grid_constant__ DigestBatch B) {
  const Extent &E = B.Items[blockIdx.x];
  Digest128 D = digestRegion(
      Warp(), reinterpret_cast<const uint8_t *>(E.Address), E.Size);
  if (threadIdx.x == 0)
    store(D, reinterpret_cast<uint8_t *>(B.To) + 16 * blockIdx.x);
}
