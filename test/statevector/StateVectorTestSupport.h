//===- StateVectorTestSupport.h - States and their reference ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_STATEVECTOR_STATEVECTORTESTSUPPORT_H
#define HAPAX_TEST_STATEVECTOR_STATEVECTORTESTSUPPORT_H

#include "hapax/StateVector/StateVector.h"
#include "gtest/gtest.h"
#include <cmath>
#include <complex>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>
#include <vector>

namespace hapax::test {

using Exact = std::complex<long double>;

/// The unit roundoff.
template <typename Real>
inline constexpr long double U = std::numeric_limits<Real>::epsilon() / 2.0L;
template <typename Real>
inline constexpr long double Least = std::numeric_limits<Real>::denorm_min();

/// The paths that this processor runs.
inline std::vector<SimdPath> testedPaths() {
  std::vector<SimdPath> Paths;
  for (SimdPath Path : AllSimdPaths)
    if (isSupported(Path))
      Paths.push_back(Path);
    else
      std::cout << "path not run here: " << name(Path) << '\n';
  return Paths;
}

/// Real and imaginary parts of a state.
template <typename Real> struct Parts {
  std::vector<Real> Re, Im;

  Exact at(size_t I) const { return {Re[I], Im[I]}; }
  size_t size() const { return Re.size(); }
};

/// Amplitudes of both signs with magnitudes over \p Octaves powers of two.
template <typename Real>
Parts<Real> randomParts(unsigned Qubits, unsigned Seed, int Octaves = 8) {
  std::mt19937_64 Random(Seed);
  std::uniform_real_distribution<double> Mantissa(-1, 1);
  std::uniform_int_distribution<int> Exponent(-Octaves, 0);
  Parts<Real> P;
  for (std::vector<Real> *Part : {&P.Re, &P.Im})
    for (size_t I = 0; I != size_t(1) << Qubits; ++I)
      Part->push_back(
          static_cast<Real>(std::ldexp(Mantissa(Random), Exponent(Random))));
  return P;
}

template <typename Real>
StateVector<Real> stateOf(const Parts<Real> &P, SimdPath Path) {
  auto V = StateVector<Real>::fromAmplitudes(P.Re, P.Im, Path);
  if (!V) {
    ADD_FAILURE() << message(V.error());
    std::abort();
  }
  return std::move(*V);
}

/// A sum whose own error is far below every bound that is tested.
class ExactSum {
public:
  void add(long double Value) {
    long double Next = Sum + Value;
    Lost += std::fabs(Sum) >= std::fabs(Value) ? (Sum - Next) + Value
                                               : (Value - Next) + Sum;
    Sum = Next;
  }
  long double value() const { return Sum + Lost; }

private:
  long double Sum = 0, Lost = 0;
};

template <typename Real> long double squaredNorm(const Parts<Real> &P) {
  ExactSum Sum;
  for (size_t I = 0; I != P.size(); ++I) {
    Sum.add((long double)(P.Re[I]) * P.Re[I]);
    Sum.add((long double)(P.Im[I]) * P.Im[I]);
  }
  return Sum.value();
}

template <typename Real> Parts<Real> partsOf(const StateVector<Real> &V) {
  return {{V.real().begin(), V.real().end()},
          {V.imag().begin(), V.imag().end()}};
}

} // namespace hapax::test

#endif // HAPAX_TEST_STATEVECTOR_STATEVECTORTESTSUPPORT_H
