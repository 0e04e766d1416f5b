//===- PortableKernels.cpp - Kernels in plain C++ ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The kernels that run everywhere and on vectors shorter than a register.
//===----------------------------------------------------------------------===//
#include "Kernels.h"

using namespace hapax::statevector;

namespace {

/// Independent chains of additions a sum is kept in.
constexpr size_t Chains = 4;

double sumChains(const double *Sum) {
  return (Sum[0] + Sum[1]) + (Sum[2] + Sum[3]);
}

template <typename Real>
double sumOfSquares(const Real *Re, const Real *Im, size_t Count) {
  double SumRe[Chains] = {}, SumIm[Chains] = {};
  auto Add = [&](size_t I, size_t Chain) {
    SumRe[Chain] += double(Re[I]) * double(Re[I]);
    SumIm[Chain] += double(Im[I]) * double(Im[I]);
  };
  size_t I = 0;
  for (; I + Chains <= Count; I += Chains)
    for (size_t Chain = 0; Chain != Chains; ++Chain)
      Add(I + Chain, Chain);
  for (; I != Count; ++I)
    Add(I, 0);
  return sumChains(SumRe) + sumChains(SumIm);
}

template <typename Real>
void inner(const Real *ARe, const Real *AIm, const Real *BRe, const Real *BIm,
           size_t Count, double *Sum) {
  double ReRe[Chains] = {}, ImIm[Chains] = {}, ReIm[Chains] = {},
         ImRe[Chains] = {};
  auto Add = [&](size_t I, size_t Chain) {
    double Ar = ARe[I], Ai = AIm[I], Br = BRe[I], Bi = BIm[I];
    ReRe[Chain] += Ar * Br;
    ImIm[Chain] += Ai * Bi;
    ReIm[Chain] += Ar * Bi;
    ImRe[Chain] += Ai * Br;
  };
  size_t I = 0;
  for (; I + Chains <= Count; I += Chains)
    for (size_t Chain = 0; Chain != Chains; ++Chain)
      Add(I + Chain, Chain);
  for (; I != Count; ++I)
    Add(I, 0);
  Sum[0] = sumChains(ReRe) + sumChains(ImIm);
  Sum[1] = sumChains(ReIm) - sumChains(ImRe);
}

template <typename Real>
void scaleReal(Real *Re, Real *Im, size_t Count, Real Factor) {
  for (size_t I = 0; I != Count; ++I) {
    Re[I] *= Factor;
    Im[I] *= Factor;
  }
}

template <typename Real>
void scale(Real *Re, Real *Im, size_t Count, Real FactorRe, Real FactorIm) {
  for (size_t I = 0; I != Count; ++I) {
    Real R = Re[I], J = Im[I];
    Re[I] = R * FactorRe - J * FactorIm;
    Im[I] = R * FactorIm + J * FactorRe;
  }
}

template <typename Real>
bool probabilities(const Real *Re, const Real *Im, Real *Out, size_t Count) {
  // A finite value times zero is zero, any other NaN.
  Real Odd = 0;
  for (size_t I = 0; I != Count; ++I) {
    Real P = Re[I] * Re[I] + Im[I] * Im[I];
    Odd += P * Real(0);
    Out[I] = P;
  }
  return Odd == 0;
}

/// \p I with a zero inserted at the bit that \p Stride is.
size_t insertZero(size_t I, size_t Stride) {
  return ((I & ~(Stride - 1)) << 1) | (I & (Stride - 1));
}

/// Multiplies the Rows amplitudes at Base + Offset[...] by the matrix.
template <unsigned Rows, typename Real>
void mixGroup(Real *Re, Real *Im, size_t Base, const size_t *Offset,
              const Real *Matrix) {
  Real InRe[Rows], InIm[Rows];
  for (unsigned Y = 0; Y != Rows; ++Y) {
    InRe[Y] = Re[Base + Offset[Y]];
    InIm[Y] = Im[Base + Offset[Y]];
  }
  for (unsigned X = 0; X != Rows; ++X) {
    Real OutRe = 0, OutIm = 0;
    for (unsigned Y = 0; Y != Rows; ++Y) {
      Real CoefRe = Matrix[2 * (X * Rows + Y)],
           CoefIm = Matrix[2 * (X * Rows + Y) + 1];
      OutRe += CoefRe * InRe[Y];
      OutRe -= CoefIm * InIm[Y];
      OutIm += CoefRe * InIm[Y];
      OutIm += CoefIm * InRe[Y];
    }
    Re[Base + Offset[X]] = OutRe;
    Im[Base + Offset[X]] = OutIm;
  }
}

template <typename Real>
void gate1(Real *Re, Real *Im, size_t Count, size_t Stride,
           const Real *Matrix) {
  const size_t Offset[] = {0, Stride};
  for (size_t Group = 0; Group != Count / 2; ++Group)
    mixGroup<2>(Re, Im, insertZero(Group, Stride), Offset, Matrix);
}

template <typename Real>
void gate2(Real *Re, Real *Im, size_t Count, size_t High, size_t Low,
           const Real *Matrix) {
  const size_t Offset[] = {0, Low, High, High + Low};
  for (size_t Group = 0; Group != Count / 4; ++Group)
    mixGroup<4>(Re, Im, insertZero(insertZero(Group, Low), High), Offset,
                Matrix);
}

template <typename Real>
constexpr KernelTable<Real> Table = {
    1,           sumOfSquares<Real>,  inner<Real>, scaleReal<Real>,
    scale<Real>, probabilities<Real>, gate1<Real>, gate2<Real>};

} // namespace

template <>
const KernelTable<float> &hapax::statevector::portableKernels<float>() {
  return Table<float>;
}
template <>
const KernelTable<double> &hapax::statevector::portableKernels<double>() {
  return Table<double>;
}
