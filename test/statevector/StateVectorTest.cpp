//===- StateVectorTest.cpp - Norms and products of states -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "StateVectorTestSupport.h"
#include "hapax/Memory/AlignedPool.h"

using namespace hapax;
using namespace hapax::test;

namespace {

template <typename Real> class StateVectorTest : public ::testing::Test {};
using Reals = ::testing::Types<float, double>;
TYPED_TEST_SUITE(StateVectorTest, Reals);

/// Beyond several blocks of the sums.
constexpr unsigned MostQubits = 16;

constexpr long double SumBound = 0x1p-43L;

TYPED_TEST(StateVectorTest, BeginsAsZeroState) {
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits = 0; Qubits <= MostQubits; ++Qubits) {
      auto V = StateVector<TypeParam>::create(Qubits, Path);
      ASSERT_TRUE(V);
      EXPECT_EQ(V->qubits(), Qubits);
      EXPECT_EQ(V->path(), Path);
      ASSERT_EQ(V->size(), size_t(1) << Qubits);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(V->real().data()) % 64, 0u);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(V->imag().data()) % 64, 0u);
      for (size_t I = 0; I != V->size(); ++I) {
        EXPECT_EQ(V->real()[I], I == 0);
        EXPECT_EQ(V->imag()[I], 0);
      }
      EXPECT_EQ(V->norm(), 1);
    }
}

TYPED_TEST(StateVectorTest, NormIsWithinItsBound) {
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits = 0; Qubits <= MostQubits; ++Qubits) {
      auto P = randomParts<TypeParam>(Qubits, 1 + Qubits);
      long double Expected = std::sqrt(squaredNorm(P));
      auto Norm = stateOf(P, Path).norm();
      ASSERT_TRUE(Norm);
      EXPECT_LE(std::fabs(*Norm - Expected), SumBound * Expected)
          << name(Path) << ' ' << Qubits;
    }
}

TYPED_TEST(StateVectorTest, EveryAmplitudeCountsInTheNorm) {
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits = 0; Qubits <= 9; ++Qubits)
      for (size_t I = 0; I != size_t(2) << Qubits; ++I) {
        Parts<TypeParam> P;
        P.Re.resize(size_t(1) << Qubits);
        P.Im.resize(P.size());
        (I & 1 ? P.Im : P.Re)[I / 2] = -3;
        EXPECT_EQ(stateOf(P, Path).norm(), 3) << name(Path) << ' ' << I;
      }
}

TYPED_TEST(StateVectorTest, NormaliseIsWithinItsBound) {
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits = 0; Qubits <= MostQubits; ++Qubits) {
      auto P = randomParts<TypeParam>(Qubits, 50 + Qubits);
      auto V = stateOf(P, Path);
      ASSERT_TRUE(V.normalise());
      long double Norm = std::sqrt(squaredNorm(P));
      long double Bound = 3 * U<TypeParam> + SumBound;
      auto Got = partsOf(V);
      for (size_t I = 0; I != P.size(); ++I)
        for (auto [From, To] :
             {std::pair(P.Re[I], Got.Re[I]), std::pair(P.Im[I], Got.Im[I])})
          ASSERT_LE(std::fabs(From / Norm - To),
                    Bound * std::fabs(From / Norm) + Least<TypeParam>);
      EXPECT_LE(std::fabs(squaredNorm(Got) - 1), 6 * U<TypeParam> + 0x1p-42L);
    }
}

// Squares, or the reciprocal of the norm, are out of range here.
TYPED_TEST(StateVectorTest, NormalisesTheLargestAndTheSmallest) {
  using Limits = std::numeric_limits<TypeParam>;
  const TypeParam Magnitudes[] = {Limits::max(),
                                  Limits::max() / 8,
                                  std::sqrt(Limits::max()),
                                  std::sqrt(Limits::min()),
                                  Limits::min(),
                                  Limits::denorm_min() * 64,
                                  Limits::denorm_min()};
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits : {0u, 1u, 5u, 12u})
      for (TypeParam Magnitude : Magnitudes) {
        Parts<TypeParam> P;
        P.Re.assign(size_t(1) << Qubits, Magnitude);
        P.Im.assign(P.size(), -Magnitude);
        auto V = stateOf(P, Path);
        ASSERT_TRUE(V.normalise());
        EXPECT_LE(std::fabs(squaredNorm(partsOf(V)) - 1),
                  6 * U<TypeParam> + 0x1p-42L)
            << name(Path) << ' ' << Qubits << ' ' << Magnitude;
      }
}

TYPED_TEST(StateVectorTest, NormOfTinyAmplitudesIsNotLost) {
  for (SimdPath Path : testedPaths()) {
    Parts<TypeParam> P;
    P.Re.assign(1024, 0);
    P.Im.assign(1024, 0);
    const TypeParam Tiny = std::numeric_limits<TypeParam>::min();
    P.Re[17] = 3 * Tiny;
    P.Im[1000] = 4 * Tiny;
    auto Norm = stateOf(P, Path).norm();
    ASSERT_TRUE(Norm);
    EXPECT_DOUBLE_EQ(*Norm / Tiny, 5);
  }
}

TYPED_TEST(StateVectorTest, ScaleIsWithinItsBound) {
  const std::complex<TypeParam> Factor(TypeParam(0.8125), TypeParam(-1.3));
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits = 0; Qubits <= MostQubits; ++Qubits) {
      auto P = randomParts<TypeParam>(Qubits, 100 + Qubits);
      auto V = stateOf(P, Path);
      ASSERT_TRUE(V.scale(Factor));
      for (size_t I = 0; I != P.size(); ++I) {
        Exact Expected = P.at(I) * Exact(Factor.real(), Factor.imag());
        Exact Got(V.real()[I], V.imag()[I]);
        long double Bound =
            2.1L * U<TypeParam> *
            (std::fabs(P.at(I).real()) + std::fabs(P.at(I).imag())) *
            std::abs(Exact(Factor.real(), Factor.imag()));
        ASSERT_LE(std::fabs((Got - Expected).real()), Bound);
        ASSERT_LE(std::fabs((Got - Expected).imag()), Bound);
      }
    }
}

TYPED_TEST(StateVectorTest, InnerProductIsWithinItsBound) {
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits = 0; Qubits <= MostQubits; ++Qubits) {
      auto A = randomParts<TypeParam>(Qubits, 200 + Qubits, 20);
      auto B = randomParts<TypeParam>(Qubits, 300 + Qubits, 20);
      ExactSum Re, Im;
      long double AbsRe = 0, AbsIm = 0;
      for (size_t I = 0; I != A.size(); ++I) {
        Exact X = A.at(I), Y = B.at(I);
        for (long double Term : {X.real() * Y.real(), X.imag() * Y.imag()}) {
          Re.add(Term);
          AbsRe += std::fabs(Term);
        }
        for (long double Term : {X.real() * Y.imag(), -X.imag() * Y.real()}) {
          Im.add(Term);
          AbsIm += std::fabs(Term);
        }
      }
      auto Got = stateOf(A, Path).innerProduct(stateOf(B, Path));
      ASSERT_TRUE(Got);
      EXPECT_LE(std::fabs(Got->real() - Re.value()), SumBound * AbsRe)
          << name(Path) << ' ' << Qubits;
      EXPECT_LE(std::fabs(Got->imag() - Im.value()), SumBound * AbsIm)
          << name(Path) << ' ' << Qubits;
    }
}

TYPED_TEST(StateVectorTest, FidelityIsWithinItsBound) {
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits = 0; Qubits <= 12; ++Qubits) {
      auto A = randomParts<TypeParam>(Qubits, 400 + Qubits);
      auto B = randomParts<TypeParam>(Qubits, 500 + Qubits);
      ExactSum Re, Im;
      for (size_t I = 0; I != A.size(); ++I) {
        Exact Term = std::conj(A.at(I)) * B.at(I);
        Re.add(Term.real());
        Im.add(Term.imag());
      }
      long double Expected = std::norm(Exact(Re.value(), Im.value())) /
                             (squaredNorm(A) * squaredNorm(B));
      auto X = stateOf(A, Path), Y = stateOf(B, Path);
      auto Got = X.fidelity(Y);
      ASSERT_TRUE(Got);
      EXPECT_LE(std::fabs(*Got - Expected), 0x1p-40L);
      // A state and itself turned by a phase are the same state.
      auto Turned = X.copy();
      ASSERT_TRUE(Turned && Turned->scale({0, -2}));
      auto Same = X.fidelity(*Turned);
      ASSERT_TRUE(Same);
      EXPECT_LE(std::fabs(*Same - 1), 0x1p-40L);
    }
}

TYPED_TEST(StateVectorTest, BasisStatesAreOrthogonal) {
  for (SimdPath Path : testedPaths()) {
    auto Zero = StateVector<TypeParam>::create(6, Path);
    auto Other = StateVector<TypeParam>::create(6, Path);
    ASSERT_TRUE(Zero && Other);
    ASSERT_TRUE(Other->applyGate(3, gates::pauliX<TypeParam>()));
    EXPECT_EQ(Zero->fidelity(*Other), 0);
    EXPECT_EQ(Zero->innerProduct(*Other), std::complex<double>(0));
  }
}

// The result may begin at any element of a line.
TYPED_TEST(StateVectorTest, ProbabilitiesAreWithinTheirBoundAtEveryAlignment) {
  const TypeParam Untouched = -7;
  for (SimdPath Path : testedPaths())
    for (unsigned Qubits = 0; Qubits <= 9; ++Qubits) {
      auto P = randomParts<TypeParam>(Qubits, 600 + Qubits);
      auto V = stateOf(P, Path);
      for (size_t Offset = 0; Offset != 64 / sizeof(TypeParam); ++Offset) {
        auto Memory = AlignedBuffer::allocate((P.size() + 2 + Offset) *
                                              sizeof(TypeParam));
        ASSERT_TRUE(Memory);
        std::span<TypeParam> Room(
            reinterpret_cast<TypeParam *>(Memory->data()) + Offset,
            P.size() + 2);
        Room.front() = Room.back() = Untouched;
        auto Out = Room.subspan(1, P.size());
        ASSERT_TRUE(V.probabilities(Out));
        for (size_t I = 0; I != P.size(); ++I) {
          long double Expected = std::norm(P.at(I));
          ASSERT_LE(std::fabs(Out[I] - Expected),
                    2.1L * U<TypeParam> * Expected + 2 * Least<TypeParam>);
        }
        EXPECT_EQ(Room.front(), Untouched);
        EXPECT_EQ(Room.back(), Untouched);
      }
    }
}

TYPED_TEST(StateVectorTest, MovesItsAmplitudes) {
  auto P = randomParts<TypeParam>(4, 1);
  auto V = stateOf(P, bestSimdPath());
  const TypeParam *Where = V.real().data();
  StateVector<TypeParam> Moved = std::move(V);
  EXPECT_EQ(Moved.real().data(), Where);
  EXPECT_EQ(partsOf(Moved).Re, P.Re);
  auto Copy = Moved.copy();
  ASSERT_TRUE(Copy);
  EXPECT_NE(Copy->real().data(), Where);
  EXPECT_EQ(partsOf(*Copy).Im, P.Im);
}

TYPED_TEST(StateVectorTest, LiesInABlockOfAPool) {
  using State = StateVector<TypeParam>;
  for (unsigned Qubits : {0u, 3u, 10u}) {
    auto Pool = AlignedPool::create(
        {.BlockSize = State::bytesFor(Qubits), .MaxBlocks = 2});
    ASSERT_TRUE(Pool);
    {
      auto V = State::create(Qubits, bestSimdPath(), Pool->get());
      ASSERT_TRUE(V);
      EXPECT_TRUE((*Pool)->owns(V->real().data()));
      EXPECT_TRUE((*Pool)->owns(&V->imag().back()));
      auto Copy = V->copy(Pool->get());
      ASSERT_TRUE(Copy);
      EXPECT_EQ(Copy->fidelity(*V), 1);
      EXPECT_EQ((*Pool)->statistics().InUse, 2u);
      EXPECT_EQ(V->copy(Pool->get()).error(), StateError::NoMemory);
    }
    EXPECT_EQ((*Pool)->statistics().InUse, 0u);
    EXPECT_EQ(State::create(Qubits + 5, bestSimdPath(), Pool->get()).error(),
              StateError::NoMemory);
  }
}

TEST(SimdPathTest, BestPathIsSupportedAndNamed) {
  EXPECT_TRUE(isSupported(SimdPath::Portable));
  EXPECT_TRUE(isSupported(bestSimdPath()));
  EXPECT_EQ(name(SimdPath::Portable), "portable");
  EXPECT_EQ(name(SimdPath::Avx2), "avx2");
  EXPECT_EQ(name(SimdPath::Avx512), "avx512");
}

} // namespace
