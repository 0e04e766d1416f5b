//===- Avx2Kernels.cpp - Kernels for AVX2 and FMA ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VectorKernels.h"

#include <immintrin.h>

using namespace hapax::statevector;

namespace {

typedef double Doubles __attribute__((vector_size(32)));
typedef int Ints __attribute__((vector_size(32)));

struct FloatLanes {
  using Real = float;
  typedef float Vec __attribute__((vector_size(32)));
  using Wide = Doubles;
  typedef float Narrow __attribute__((vector_size(16)));
  using Index = Ints;

  static Index exchange(size_t Mask) {
    Index Source = {};
    for (int I = 0; I != 8; ++I)
      Source[I] = I ^ static_cast<int>(Mask);
    return Source;
  }
  static Vec permute(Vec V, Index Source) {
    return (Vec)_mm256_permutevar8x32_ps((__m256)V, (__m256i)Source);
  }
};

struct DoubleLanes {
  using Real = double;
  using Vec = Doubles;
  using Wide = Doubles;
  using Narrow = Doubles;
  using Index = Ints;

  // AVX2 permutes doubles by a constant only; as pairs of floats they go by a
  // variable.
  static Index exchange(size_t Mask) {
    Index Source = {};
    for (int I = 0; I != 8; ++I)
      Source[I] = I ^ static_cast<int>(2 * Mask);
    return Source;
  }
  static Vec permute(Vec V, Index Source) {
    return (Vec)_mm256_permutevar8x32_ps((__m256)V, (__m256i)Source);
  }
};

} // namespace

template <> const KernelTable<float> &hapax::statevector::avx2Kernels<float>() {
  return VectorKernels<FloatLanes>::Table;
}
template <>
const KernelTable<double> &hapax::statevector::avx2Kernels<double>() {
  return VectorKernels<DoubleLanes>::Table;
}
