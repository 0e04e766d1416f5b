//===- Kernels.h - The inner loops of a state vector ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// One table of functions for every instruction set and precision.
///
/// Common to all functions: Re and Im point to the real and imaginary parts of
/// Count amplitudes each, aligned to 64 bytes; Count is a power of two, at
/// least the table's MinCount. Other pointers need the alignment of their type.
/// No two ranges overlap. The functions have no state.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_STATEVECTOR_KERNELS_H
#define HAPAX_RUNTIME_STATEVECTOR_KERNELS_H

// This header is compiled with the flags of every instruction set: see
// VectorKernels.h for why it holds declarations and constants alone.
#include <cstddef>

namespace hapax::statevector {

/// The most amplitudes that one call of a summing kernel takes. Sums are kept
/// in double in several independent chains, of at most SumBlock additions each;
/// the caller adds up the blocks with compensation. So the length of a chain,
/// and with it the rounding error, does not grow with the vector. Larger blocks
/// gain nothing: at this size the call is under 2 % of the time in L1.
inline constexpr size_t SumBlock = 2048;

template <typename Real> struct KernelTable {
  size_t MinCount;
  /// Sum of Re^2 + Im^2; Count at most SumBlock.
  double (*SumOfSquares)(const Real *Re, const Real *Im, size_t Count);
  /// Adds up conj(A) * B into Sum[0] (real) and Sum[1] (imaginary); Count at
  /// most SumBlock.
  void (*Inner)(const Real *ARe, const Real *AIm, const Real *BRe,
                const Real *BIm, size_t Count, double *Sum);
  /// Multiplies all parts by Factor.
  void (*ScaleReal)(Real *Re, Real *Im, size_t Count, Real Factor);
  /// Multiplies all amplitudes by FactorRe + i * FactorIm.
  void (*Scale)(Real *Re, Real *Im, size_t Count, Real FactorRe, Real FactorIm);
  /// Writes Re^2 + Im^2 to Out; false when one of them is not finite.
  bool (*Probabilities)(const Real *Re, const Real *Im, Real *Out,
                        size_t Count);
  /// Applies a gate of one qubit (Stride = 2^qubit, at most Count / 2). Matrix
  /// holds 4 pairs (real, imaginary), row by row.
  void (*Gate1)(Real *Re, Real *Im, size_t Count, size_t Stride,
                const Real *Matrix);
  /// Applies a gate of two qubits, High > Low. Matrix holds 16 pairs; the qubit
  /// of High is the more significant digit of a row.
  void (*Gate2)(Real *Re, Real *Im, size_t Count, size_t High, size_t Low,
                const Real *Matrix);
};

template <typename Real> const KernelTable<Real> &portableKernels();
template <typename Real> const KernelTable<Real> &avx2Kernels();
template <typename Real> const KernelTable<Real> &avx512Kernels();

template <> const KernelTable<float> &portableKernels<float>();
template <> const KernelTable<double> &portableKernels<double>();
template <> const KernelTable<float> &avx2Kernels<float>();
template <> const KernelTable<double> &avx2Kernels<double>();
template <> const KernelTable<float> &avx512Kernels<float>();
template <> const KernelTable<double> &avx512Kernels<double>();

} // namespace hapax::statevector

#endif // HAPAX_RUNTIME_STATEVECTOR_KERNELS_H
