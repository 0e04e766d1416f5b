//===- Avx512Kernels.cpp - Kernels for AVX-512F -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VectorKernels.h"

#include <immintrin.h>

using namespace hapax::statevector;

namespace {

typedef double Doubles __attribute__((vector_size(64)));
typedef long long Words __attribute__((vector_size(64)));
typedef int HalfWords __attribute__((vector_size(64)));

// The permutations have a mask of all lanes: GCC 12 warns of an uninitialised
// variable within the intrinsics without one (GCC bug 105593). The instruction
// is the same.

struct FloatLanes {
  using Real = float;
  typedef float Vec __attribute__((vector_size(64)));
  using Wide = Doubles;
  typedef float Narrow __attribute__((vector_size(32)));
  using Index = HalfWords;

  static Index exchange(size_t Mask) {
    Index Source = {};
    for (int I = 0; I != 16; ++I)
      Source[I] = I ^ static_cast<int>(Mask);
    return Source;
  }
  static Vec permute(Vec V, Index Source) {
    return (Vec)_mm512_maskz_permutexvar_ps(0xffff, (__m512i)Source, (__m512)V);
  }
};

struct DoubleLanes {
  using Real = double;
  using Vec = Doubles;
  using Wide = Doubles;
  using Narrow = Doubles;
  using Index = Words;

  static Index exchange(size_t Mask) {
    Index Source = {};
    for (int I = 0; I != 8; ++I)
      Source[I] = I ^ static_cast<int>(Mask);
    return Source;
  }
  static Vec permute(Vec V, Index Source) {
    return (Vec)_mm512_maskz_permutexvar_pd(0xff, (__m512i)Source, (__m512d)V);
  }
};

} // namespace

template <>
const KernelTable<float> &hapax::statevector::avx512Kernels<float>() {
  return VectorKernels<FloatLanes>::Table;
}
template <>
const KernelTable<double> &hapax::statevector::avx512Kernels<double>() {
  return VectorKernels<DoubleLanes>::Table;
}
