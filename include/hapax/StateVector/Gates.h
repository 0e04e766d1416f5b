//===- Gates.h - Matrices of the usual gates --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// One- and two-qubit gates as matrices, row by row.
///
/// Of a two-qubit gate the first qubit is the more significant one: row and
/// column 0 to 3 stand for the basis states 00, 01, 10, 11, the first qubit's
/// digit first. So controlledX() has its control on the first qubit.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STATEVECTOR_GATES_H
#define HAPAX_STATEVECTOR_GATES_H

#include <array>
#include <cmath>
#include <complex>
#include <numbers>

namespace hapax {

template <typename Real> using OneQubitGate = std::array<std::complex<Real>, 4>;
template <typename Real>
using TwoQubitGate = std::array<std::complex<Real>, 16>;

namespace gates {

template <typename Real> OneQubitGate<Real> hadamard() {
  const Real R = std::numbers::sqrt2_v<Real> / 2;
  return {R, R, R, -R};
}

template <typename Real> OneQubitGate<Real> pauliX() { return {0, 1, 1, 0}; }

template <typename Real> OneQubitGate<Real> pauliY() {
  using Complex = std::complex<Real>;
  return {Complex(0), Complex(0, -1), Complex(0, 1), Complex(0)};
}

template <typename Real> OneQubitGate<Real> pauliZ() { return {1, 0, 0, -1}; }

/// Multiplies the amplitude of |1> by exp(i * Angle); Angle in radians.
template <typename Real> OneQubitGate<Real> phase(Real Angle) {
  return {1, 0, 0, std::complex<Real>(std::cos(Angle), std::sin(Angle))};
}

template <typename Real> TwoQubitGate<Real> controlledX() {
  return {1, 0, 0, 0, //
          0, 1, 0, 0, //
          0, 0, 0, 1, //
          0, 0, 1, 0};
}

template <typename Real> TwoQubitGate<Real> controlledZ() {
  return {1, 0, 0, 0, //
          0, 1, 0, 0, //
          0, 0, 1, 0, //
          0, 0, 0, -1};
}

template <typename Real> TwoQubitGate<Real> swap() {
  return {1, 0, 0, 0, //
          0, 0, 1, 0, //
          0, 1, 0, 0, //
          0, 0, 0, 1};
}

} // namespace gates
} // namespace hapax

#endif // HAPAX_STATEVECTOR_GATES_H
