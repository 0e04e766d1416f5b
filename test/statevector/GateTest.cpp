//===- GateTest.cpp - Gates on one and two qubits ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "StateVectorTestSupport.h"

using namespace hapax;
using namespace hapax::test;

namespace {

template <typename Real> class GateTest : public ::testing::Test {};
using Reals = ::testing::Types<float, double>;
TYPED_TEST_SUITE(GateTest, Reals);

/// Past the widest register by enough that bits on both sides of it occur.
constexpr unsigned MostQubits = 8;

template <typename Real, size_t Size>
std::array<std::complex<Real>, Size> randomGate(unsigned Seed) {
  std::mt19937_64 Random(Seed);
  std::uniform_real_distribution<double> Part(-1, 1);
  std::array<std::complex<Real>, Size> Gate;
  for (auto &Entry : Gate)
    Entry = {static_cast<Real>(Part(Random)), static_cast<Real>(Part(Random))};
  return Gate;
}

/// Compares with the definition: the new amplitude at an index is the sum, over
/// all values of the gate's qubits, of the matrix's entry times the amplitude
/// at the index with those values. \p Where names the qubits, the most
/// significant digit of a row first.
template <typename Real, size_t Size>
void expectApplied(const Parts<Real> &Before, const StateVector<Real> &After,
                   const std::array<std::complex<Real>, Size> &Gate,
                   const std::vector<unsigned> &Where) {
  const size_t Rows = size_t(1) << Where.size();
  auto DigitsOf = [&](size_t Index) {
    size_t Digits = 0;
    for (unsigned Qubit : Where)
      Digits = 2 * Digits + (Index >> Qubit & 1);
    return Digits;
  };
  auto WithDigits = [&](size_t Index, size_t Digits) {
    for (size_t D = 0; D != Where.size(); ++D) {
      size_t Bit = Digits >> (Where.size() - 1 - D) & 1;
      Index = (Index & ~(size_t(1) << Where[D])) | Bit << Where[D];
    }
    return Index;
  };
  for (size_t I = 0; I != Before.size(); ++I) {
    Exact Expected = 0;
    long double SumRe = 0, SumIm = 0;
    for (size_t Column = 0; Column != Rows; ++Column) {
      auto Entry = Gate[DigitsOf(I) * Rows + Column];
      Exact E(Entry.real(), Entry.imag());
      Exact A = Before.at(WithDigits(I, Column));
      Expected += E * A;
      SumRe += std::fabs(E.real() * A.real()) + std::fabs(E.imag() * A.imag());
      SumIm += std::fabs(E.real() * A.imag()) + std::fabs(E.imag() * A.real());
    }
    const long double Bound = (2 * Rows + 0.1L) * U<Real>;
    Exact Error = Exact(After.real()[I], After.imag()[I]) - Expected;
    ASSERT_LE(std::fabs(Error.real()), Bound * SumRe) << "index " << I;
    ASSERT_LE(std::fabs(Error.imag()), Bound * SumIm) << "index " << I;
  }
}

TYPED_TEST(GateTest, OneQubitGatesOnEveryQubit) {
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits = 1; Qubits <= MostQubits; ++Qubits)
      for (unsigned Qubit = 0; Qubit != Qubits; ++Qubit) {
        SCOPED_TRACE(testing::Message()
                     << name(Path) << ' ' << Qubit << '/' << Qubits);
        auto P = randomParts<TypeParam>(Qubits, Qubits);
        auto Gate = randomGate<TypeParam, 4>(Qubit);
        auto V = stateOf(P, Path);
        ASSERT_TRUE(V.applyGate(Qubit, Gate));
        expectApplied(P, V, Gate, {Qubit});
      }
}

TYPED_TEST(GateTest, TwoQubitGatesOnEveryPairInBothOrders) {
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits = 2; Qubits <= MostQubits; ++Qubits)
      for (unsigned First = 0; First != Qubits; ++First)
        for (unsigned Second = 0; Second != Qubits; ++Second) {
          if (First == Second)
            continue;
          SCOPED_TRACE(testing::Message() << name(Path) << ' ' << First << ','
                                          << Second << '/' << Qubits);
          auto P = randomParts<TypeParam>(Qubits, Qubits);
          auto Gate = randomGate<TypeParam, 16>(First * 64 + Second);
          auto V = stateOf(P, Path);
          ASSERT_TRUE(V.applyGate(First, Second, Gate));
          expectApplied(P, V, Gate, {First, Second});
        }
}

TYPED_TEST(GateTest, MakesAnEntangledPair) {
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits : {2u, 5u, 9u}) {
      auto V = StateVector<TypeParam>::create(Qubits, Path);
      ASSERT_TRUE(V);
      unsigned Last = Qubits - 1;
      ASSERT_TRUE(V->applyGate(0, gates::hadamard<TypeParam>()));
      ASSERT_TRUE(V->applyGate(0, Last, gates::controlledX<TypeParam>()));
      std::vector<TypeParam> Chances(V->size());
      ASSERT_TRUE(V->probabilities(Chances));
      for (size_t I = 0; I != V->size(); ++I) {
        bool Pair = I == 0 || I == ((size_t(1) << Last) | 1);
        EXPECT_NEAR(Chances[I], Pair ? 0.5 : 0, 8 * U<TypeParam>);
      }
    }
}

TYPED_TEST(GateTest, NamedGatesKeepTheirIdentities) {
  using namespace gates;
  auto P = randomParts<TypeParam>(7, 3);
  for (SimdPath Path : testedPaths()) {
    auto Same = [&](auto &&Apply) {
      auto V = stateOf(P, Path);
      Apply(V);
      for (size_t I = 0; I != P.size(); ++I) {
        EXPECT_NEAR(V.real()[I], P.Re[I], 32 * U<TypeParam>);
        EXPECT_NEAR(V.imag()[I], P.Im[I], 32 * U<TypeParam>);
      }
    };
    // H Z H X, (X Y) = i Z, a phase and its inverse, SWAP as three CX, CZ as
    // CX between two H.
    Same([&](auto &V) {
      EXPECT_TRUE(V.applyGate(2, hadamard<TypeParam>()));
      EXPECT_TRUE(V.applyGate(2, pauliZ<TypeParam>()));
      EXPECT_TRUE(V.applyGate(2, hadamard<TypeParam>()));
      EXPECT_TRUE(V.applyGate(2, pauliX<TypeParam>()));
    });
    Same([&](auto &V) {
      EXPECT_TRUE(V.applyGate(5, pauliZ<TypeParam>()));
      EXPECT_TRUE(V.applyGate(5, pauliY<TypeParam>()));
      EXPECT_TRUE(V.applyGate(5, pauliX<TypeParam>()));
      EXPECT_TRUE(V.scale({0, -1}));
    });
    Same([&](auto &V) {
      EXPECT_TRUE(V.applyGate(4, phase<TypeParam>(TypeParam(0.7))));
      EXPECT_TRUE(V.applyGate(4, phase<TypeParam>(TypeParam(-0.7))));
    });
    Same([&](auto &V) {
      EXPECT_TRUE(V.applyGate(1, 6, gates::swap<TypeParam>()));
      EXPECT_TRUE(V.applyGate(1, 6, controlledX<TypeParam>()));
      EXPECT_TRUE(V.applyGate(6, 1, controlledX<TypeParam>()));
      EXPECT_TRUE(V.applyGate(1, 6, controlledX<TypeParam>()));
    });
    Same([&](auto &V) {
      EXPECT_TRUE(V.applyGate(0, 3, controlledZ<TypeParam>()));
      EXPECT_TRUE(V.applyGate(3, hadamard<TypeParam>()));
      EXPECT_TRUE(V.applyGate(0, 3, controlledX<TypeParam>()));
      EXPECT_TRUE(V.applyGate(3, hadamard<TypeParam>()));
    });
  }
}

} // namespace
