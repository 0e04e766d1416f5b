//===- VectorKernels.h - Kernels over vector registers ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The kernels for instruction sets with vector registers, written once over a
/// traits class "Lanes" that names the registers and the one instruction that C
/// operators do not reach, the permutation of lanes.
///
/// A gate, in general. A gate on k qubits mixes groups of 2^k amplitudes whose
/// indices differ in k bits. A bit at or above the vector's width selects
/// between vectors ("outer"); a bit below it selects between lanes of one
/// vector ("inner"). For inner bits, lane l of the result needs the lanes
/// l ^ m for every combination m of the inner bits, so the sources are the
/// vector itself and its lanes exchanged by each mask m, and every lane has a
/// coefficient of its own:
///
///   out[x][l] = sum over y, m of Matrix[row(x, l)][row(y, l ^ m)] *
///               in[y][l ^ m]
///
/// where x and y run over the combinations of the outer bits. Both kinds of
/// bits, alone and mixed, are this one formula: mixGroups<Outer, Inner>. The
/// coefficients are laid out once a call; the loop is loads, permutations and
/// fused multiply-adds. Cost: 4 * 2^k multiply-adds an amplitude, one read and
/// one write of the vector.
///
/// Why the anonymous namespace, and no function of the standard library: this
/// file is compiled several times with different instruction sets. A function
/// with external linkage, even an inline one, would be kept once by the linker,
/// perhaps in the version that the processor cannot run. A test checks the
/// symbols of the object files.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_STATEVECTOR_VECTORKERNELS_H
#define HAPAX_RUNTIME_STATEVECTOR_VECTORKERNELS_H

#include "Kernels.h"

namespace hapax::statevector {
namespace {

// Registers reach memory by copies of bytes, which compile to one instruction:
// that needs no leave to alias, and template arguments would lose attributes.

/// The register at \p Ptr, which is aligned to it.
template <typename Vec, typename Real> Vec load(const Real *Ptr) {
  Vec V;
  __builtin_memcpy(&V, __builtin_assume_aligned(Ptr, sizeof(Vec)), sizeof(Vec));
  return V;
}
template <typename Vec, typename Real> void store(Real *Ptr, const Vec &V) {
  __builtin_memcpy(__builtin_assume_aligned(Ptr, sizeof(Vec)), &V, sizeof(Vec));
}
/// The same to any address.
template <typename Vec, typename Real>
void storeLoose(Real *Ptr, const Vec &V) {
  __builtin_memcpy(Ptr, &V, sizeof(Vec));
}

/// The kernels over Lanes, which has
///   Real     float or double
///   Vec      a register of Real, of VecCount lanes
///   Wide     a register of double, of WideCount lanes
///   Narrow   WideCount lanes of Real
///   Index    what permute() takes
///   static Index exchange(size_t Mask)  lane l comes from lane l ^ Mask
///   static Vec permute(Vec, Index)
template <typename Lanes> struct VectorKernels {
  using Real = typename Lanes::Real;
  using Vec = typename Lanes::Vec;
  using Wide = typename Lanes::Wide;
  using Narrow = typename Lanes::Narrow;
  static constexpr size_t VecCount = sizeof(Vec) / sizeof(Real);
  static constexpr size_t WideCount = sizeof(Wide) / sizeof(double);

  /// WideCount elements as doubles: products of two floats are then exact.
  static Wide wide(const Real *Ptr) {
    return __builtin_convertvector(load<Narrow>(Ptr), Wide);
  }

  static double sumLanes(Wide V) {
    double Sum = 0;
    for (size_t I = 0; I != WideCount; ++I)
      Sum += V[I];
    return Sum;
  }

  static void addSquare(Wide &Sum, const Real *Ptr) {
    Wide V = wide(Ptr);
    Sum += V * V;
  }

  static double sumOfSquares(const Real *Re, const Real *Im, size_t Count) {
    // Eight chains cover the latency of a multiply-add at two a cycle.
    constexpr size_t W = WideCount;
    Wide S0 = {}, S1 = {}, S2 = {}, S3 = {}, S4 = {}, S5 = {}, S6 = {}, S7 = {};
    size_t I = 0;
    for (; I + 4 * W <= Count; I += 4 * W) {
      addSquare(S0, Re + I);
      addSquare(S1, Re + I + W);
      addSquare(S2, Re + I + 2 * W);
      addSquare(S3, Re + I + 3 * W);
      addSquare(S4, Im + I);
      addSquare(S5, Im + I + W);
      addSquare(S6, Im + I + 2 * W);
      addSquare(S7, Im + I + 3 * W);
    }
    for (; I != Count; I += W) {
      addSquare(S0, Re + I);
      addSquare(S4, Im + I);
    }
    return sumLanes(((S0 + S1) + (S2 + S3)) + ((S4 + S5) + (S6 + S7)));
  }

  struct InnerSums {
    Wide ReRe = {}, ImIm = {}, ReIm = {}, ImRe = {};

    void add(const Real *ARe, const Real *AIm, const Real *BRe,
             const Real *BIm) {
      Wide Ar = wide(ARe), Ai = wide(AIm), Br = wide(BRe), Bi = wide(BIm);
      ReRe += Ar * Br;
      ImIm += Ai * Bi;
      ReIm += Ar * Bi;
      ImRe += Ai * Br;
    }
  };

  static void inner(const Real *ARe, const Real *AIm, const Real *BRe,
                    const Real *BIm, size_t Count, double *Sum) {
    constexpr size_t W = WideCount;
    InnerSums S, T;
    size_t I = 0;
    for (; I + 2 * W <= Count; I += 2 * W) {
      S.add(ARe + I, AIm + I, BRe + I, BIm + I);
      T.add(ARe + I + W, AIm + I + W, BRe + I + W, BIm + I + W);
    }
    for (; I != Count; I += W)
      S.add(ARe + I, AIm + I, BRe + I, BIm + I);
    Sum[0] = sumLanes((S.ReRe + T.ReRe) + (S.ImIm + T.ImIm));
    Sum[1] = sumLanes((S.ReIm + T.ReIm) - (S.ImRe + T.ImRe));
  }

  static void scaleReal(Real *Re, Real *Im, size_t Count, Real Factor) {
    for (size_t I = 0; I != Count; I += VecCount) {
      store(Re + I, load<Vec>(Re + I) * Factor);
      store(Im + I, load<Vec>(Im + I) * Factor);
    }
  }

  static void scale(Real *Re, Real *Im, size_t Count, Real FactorRe,
                    Real FactorIm) {
    for (size_t I = 0; I != Count; I += VecCount) {
      Vec R = load<Vec>(Re + I), J = load<Vec>(Im + I);
      store(Re + I, R * FactorRe - J * FactorIm);
      store(Im + I, R * FactorIm + J * FactorRe);
    }
  }

  static bool probabilities(const Real *Re, const Real *Im, Real *Out,
                            size_t Count) {
    // A finite value times zero is zero, any other NaN.
    Vec Odd = {};
    for (size_t I = 0; I != Count; I += VecCount) {
      Vec R = load<Vec>(Re + I), J = load<Vec>(Im + I);
      Vec P = R * R + J * J;
      Odd += P * Real(0);
      storeLoose(Out + I, P);
    }
    for (size_t I = 0; I != VecCount; ++I)
      if (Odd[I] != 0)
        return false;
    return true;
  }

  /// \p I with a zero inserted at the bit that \p Stride is.
  static size_t insertZero(size_t I, size_t Stride) {
    return ((I & ~(Stride - 1)) << 1) | (I & (Stride - 1));
  }

  /// The general gate of the file comment. OuterStrides: one for each outer
  /// bit, most significant first; InnerStrides likewise.
  template <unsigned Outer, unsigned Inner>
  static void mixGroups(Real *Re, Real *Im, size_t Count,
                        const size_t *OuterStrides, const size_t *InnerStrides,
                        const Real *Matrix) {
    constexpr unsigned Rows = Outer * Inner;
    // Offsets of the outer vectors, exchange masks of the inner bits.
    size_t Offset[Outer] = {}, Mask[Inner] = {};
    for (unsigned X = 0; X != Outer; ++X)
      for (unsigned Bit = 1, At = Outer / 2; At != 0; ++Bit, At /= 2)
        Offset[X] += X & At ? OuterStrides[Bit - 1] : 0;
    for (unsigned M = 0; M != Inner; ++M)
      for (unsigned Bit = 1, At = Inner / 2; At != 0; ++Bit, At /= 2)
        Mask[M] += M & At ? InnerStrides[Bit - 1] : 0;

    typename Lanes::Index Exchange[Inner];
    for (unsigned M = 0; M != Inner; ++M)
      Exchange[M] = Lanes::exchange(Mask[M]);

    Vec CoefRe[Outer][Outer][Inner], CoefIm[Outer][Outer][Inner];
    for (size_t Lane = 0; Lane != VecCount; ++Lane) {
      unsigned Digit = 0; // the inner bits of the lane, as part of a row
      for (unsigned M = 0; M != Inner; ++M)
        if ((Lane & Mask[Inner - 1]) == Mask[M])
          Digit = M;
      for (unsigned X = 0; X != Outer; ++X)
        for (unsigned Y = 0; Y != Outer; ++Y)
          for (unsigned M = 0; M != Inner; ++M) {
            unsigned Row = X * Inner + Digit, Column = Y * Inner + (Digit ^ M);
            CoefRe[X][Y][M][Lane] = Matrix[2 * (Row * Rows + Column)];
            CoefIm[X][Y][M][Lane] = Matrix[2 * (Row * Rows + Column) + 1];
          }
    }

    for (size_t Group = 0; Group != Count / Outer; Group += VecCount) {
      size_t Base = Group;
      if constexpr (Outer == 4)
        Base = insertZero(Base, OuterStrides[1]);
      if constexpr (Outer >= 2)
        Base = insertZero(Base, OuterStrides[0]);
      Vec InRe[Outer][Inner], InIm[Outer][Inner];
      for (unsigned Y = 0; Y != Outer; ++Y) {
        InRe[Y][0] = load<Vec>(Re + Base + Offset[Y]);
        InIm[Y][0] = load<Vec>(Im + Base + Offset[Y]);
        for (unsigned M = 1; M < Inner; ++M) {
          InRe[Y][M] = Lanes::permute(InRe[Y][0], Exchange[M]);
          InIm[Y][M] = Lanes::permute(InIm[Y][0], Exchange[M]);
        }
      }
      for (unsigned X = 0; X != Outer; ++X) {
        Vec OutRe = {}, OutIm = {};
        for (unsigned Y = 0; Y != Outer; ++Y)
          for (unsigned M = 0; M != Inner; ++M) {
            OutRe += CoefRe[X][Y][M] * InRe[Y][M];
            OutRe -= CoefIm[X][Y][M] * InIm[Y][M];
            OutIm += CoefRe[X][Y][M] * InIm[Y][M];
            OutIm += CoefIm[X][Y][M] * InRe[Y][M];
          }
        store(Re + Base + Offset[X], OutRe);
        store(Im + Base + Offset[X], OutIm);
      }
    }
  }

  static void gate1(Real *Re, Real *Im, size_t Count, size_t Stride,
                    const Real *Matrix) {
    if (Stride >= VecCount)
      mixGroups<2, 1>(Re, Im, Count, &Stride, nullptr, Matrix);
    else
      mixGroups<1, 2>(Re, Im, Count, nullptr, &Stride, Matrix);
  }

  static void gate2(Real *Re, Real *Im, size_t Count, size_t High, size_t Low,
                    const Real *Matrix) {
    const size_t Strides[] = {High, Low};
    if (Low >= VecCount)
      mixGroups<4, 1>(Re, Im, Count, Strides, nullptr, Matrix);
    else if (High >= VecCount)
      mixGroups<2, 2>(Re, Im, Count, Strides, Strides + 1, Matrix);
    else
      mixGroups<1, 4>(Re, Im, Count, nullptr, Strides, Matrix);
  }

  static constexpr KernelTable<Real> Table = {
      VecCount, sumOfSquares,  inner, scaleReal,
      scale,    probabilities, gate1, gate2};
};

} // namespace
} // namespace hapax::statevector

#endif // HAPAX_RUNTIME_STATEVECTOR_VECTORKERNELS_H
