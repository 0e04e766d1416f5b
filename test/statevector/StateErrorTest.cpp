//===- StateErrorTest.cpp - What a state vector refuses ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "StateVectorTestSupport.h"
#include "gmock/gmock.h"
#include <set>

using namespace hapax;
using namespace hapax::test;

namespace {

template <typename Real> class StateErrorTest : public ::testing::Test {
protected:
  using State = StateVector<Real>;
  using Limits = std::numeric_limits<Real>;

  static State zero(unsigned Qubits, SimdPath Path = bestSimdPath()) {
    Parts<Real> P;
    P.Re.resize(size_t(1) << Qubits);
    P.Im.resize(P.size());
    return stateOf(P, Path);
  }
};
using Reals = ::testing::Types<float, double>;
TYPED_TEST_SUITE(StateErrorTest, Reals);

template <typename Result> StateError errorOf(const Result &R) {
  EXPECT_FALSE(R);
  return R ? StateError::NoMemory : R.error();
}

TYPED_TEST(StateErrorTest, QubitsOutOfRange) {
  using State = StateVector<TypeParam>;
  EXPECT_EQ(errorOf(State::create(State::MaxQubits + 1)),
            StateError::QubitsOutOfRange);
  EXPECT_EQ(errorOf(State::create(~0u)), StateError::QubitsOutOfRange);
  auto V = this->zero(3);
  auto One = gates::pauliX<TypeParam>();
  auto Two = gates::swap<TypeParam>();
  EXPECT_EQ(errorOf(V.applyGate(3, One)), StateError::QubitsOutOfRange);
  EXPECT_EQ(errorOf(V.applyGate(0, 3, Two)), StateError::QubitsOutOfRange);
  EXPECT_EQ(errorOf(V.applyGate(~0u, 0, Two)), StateError::QubitsOutOfRange);
  EXPECT_EQ(errorOf(V.applyGate(2, 2, Two)), StateError::SameQubit);
  // No qubit at all.
  EXPECT_EQ(errorOf(this->zero(0).applyGate(0, One)),
            StateError::QubitsOutOfRange);
}

TYPED_TEST(StateErrorTest, LengthsThatDoNotFit) {
  using State = StateVector<TypeParam>;
  std::vector<TypeParam> Three(3), Four(4), None;
  EXPECT_EQ(errorOf(State::fromAmplitudes(Three, Three)),
            StateError::LengthMismatch);
  EXPECT_EQ(errorOf(State::fromAmplitudes(Three, Four)),
            StateError::LengthMismatch);
  EXPECT_EQ(errorOf(State::fromAmplitudes(None, None)),
            StateError::LengthMismatch);
  auto V = this->zero(3), W = this->zero(2);
  EXPECT_EQ(errorOf(V.innerProduct(W)), StateError::LengthMismatch);
  EXPECT_EQ(errorOf(V.fidelity(W)), StateError::LengthMismatch);
  EXPECT_EQ(errorOf(V.probabilities(Four)), StateError::LengthMismatch);
}

// One bad part at any place is found, whatever lies beside it.
TYPED_TEST(StateErrorTest, NotFiniteAtEveryPlace) {
  using Limits = std::numeric_limits<TypeParam>;
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits : {0u, 1u, 3u, 6u})
      for (TypeParam Bad :
           {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()})
        for (size_t I = 0; I != size_t(2) << Qubits; ++I) {
          auto P = randomParts<TypeParam>(Qubits, 9);
          auto Good = stateOf(P, Path);
          (I & 1 ? P.Im : P.Re)[I / 2] = Bad;
          auto V = stateOf(P, Path);
          std::vector<TypeParam> Out(P.size());
          EXPECT_EQ(errorOf(V.norm()), StateError::NotFinite);
          EXPECT_EQ(errorOf(V.normalise()), StateError::NotFinite);
          EXPECT_EQ(errorOf(V.innerProduct(Good)), StateError::NotFinite);
          EXPECT_EQ(errorOf(Good.innerProduct(V)), StateError::NotFinite);
          EXPECT_EQ(errorOf(V.fidelity(Good)), StateError::NotFinite);
          EXPECT_EQ(errorOf(Good.fidelity(V)), StateError::NotFinite);
          EXPECT_EQ(errorOf(V.probabilities(Out)), StateError::NotFinite);
          // Left as it was.
          for (size_t J = 0; J != P.size(); ++J)
            if (J != I / 2) {
              EXPECT_EQ(V.real()[J], P.Re[J]);
            }
        }
}

TYPED_TEST(StateErrorTest, NotFiniteInArguments) {
  using Limits = std::numeric_limits<TypeParam>;
  auto P = randomParts<TypeParam>(3, 1);
  auto V = stateOf(P, bestSimdPath());
  for (TypeParam Bad : {Limits::quiet_NaN(), Limits::infinity()}) {
    EXPECT_EQ(errorOf(V.scale({Bad, 0})), StateError::NotFinite);
    EXPECT_EQ(errorOf(V.scale({0, Bad})), StateError::NotFinite);
    for (size_t I = 0; I != 16; ++I) {
      auto One = gates::pauliX<TypeParam>();
      One[I % 4] = {0, Bad};
      EXPECT_EQ(errorOf(V.applyGate(0, One)), StateError::NotFinite);
      auto Two = gates::swap<TypeParam>();
      Two[I] = {Bad, 0};
      EXPECT_EQ(errorOf(V.applyGate(0, 1, Two)), StateError::NotFinite);
    }
  }
  EXPECT_EQ(partsOf(V).Re, P.Re);
  EXPECT_EQ(partsOf(V).Im, P.Im);
}

TYPED_TEST(StateErrorTest, ZeroVector) {
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits : {0u, 2u, 4u, 12u}) {
      auto V = this->zero(Qubits, Path);
      EXPECT_EQ(V.norm(), 0);
      EXPECT_EQ(errorOf(V.normalise()), StateError::ZeroVector);
      auto Unit = StateVector<TypeParam>::create(Qubits, Path);
      ASSERT_TRUE(Unit);
      EXPECT_EQ(errorOf(Unit->fidelity(V)), StateError::ZeroVector);
      EXPECT_EQ(errorOf(V.fidelity(*Unit)), StateError::ZeroVector);
    }
}

TEST(StateErrorScaleTest, ProductsThatWouldVanishOrOverflow) {
  for (SimdPath Path : testedPaths())
    for (double Magnitude : {1e-170, 1e170}) {
      Parts<double> P;
      P.Re.assign(64, Magnitude);
      P.Im.assign(64, Magnitude);
      auto V = stateOf(P, Path);
      EXPECT_EQ(errorOf(V.fidelity(V)), StateError::OutOfScale);
      auto Unit = V.copy();
      ASSERT_TRUE(Unit && Unit->normalise());
      EXPECT_EQ(errorOf(V.fidelity(*Unit)), StateError::OutOfScale);
      ASSERT_TRUE(V.normalise());
      EXPECT_NEAR(*V.fidelity(*Unit), 1, 0x1p-40);
    }
  // A norm that double cannot hold, though each amplitude fits.
  Parts<double> P;
  P.Re.assign(64, 1e308);
  P.Im.assign(64, 1e308);
  EXPECT_EQ(errorOf(stateOf(P, bestSimdPath()).norm()), StateError::NotFinite);
  std::vector<double> Out(64);
  EXPECT_EQ(errorOf(stateOf(P, bestSimdPath()).probabilities(Out)),
            StateError::NotFinite);
}

TEST(StateErrorPathTest, UnsupportedPathIsRefused) {
  for (SimdPath Path : AllSimdPaths) {
    auto V = StateVector<float>::create(3, Path);
    EXPECT_EQ(V.has_value(), isSupported(Path));
    if (!V) {
      EXPECT_EQ(V.error(), StateError::UnsupportedPath);
    }
  }
}

TEST(StateErrorMessageTest, EveryErrorHasItsOwnLine) {
  std::set<std::string_view> Lines;
  for (auto Error : {StateError::QubitsOutOfRange, StateError::SameQubit,
                     StateError::LengthMismatch, StateError::NotFinite,
                     StateError::ZeroVector, StateError::OutOfScale,
                     StateError::UnsupportedPath, StateError::NoMemory}) {
    EXPECT_THAT(std::string(message(Error)),
                ::testing::AllOf(::testing::Not(::testing::IsEmpty()),
                                 ::testing::Not(::testing::HasSubstr("\n"))));
    Lines.insert(message(Error));
  }
  EXPECT_EQ(Lines.size(), 8u);
}

} // namespace
