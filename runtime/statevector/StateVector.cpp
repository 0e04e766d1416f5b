//===- StateVector.cpp - The state of a few qubits --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// What is the same for all kernels: checks, blocks of sums, and vectors so
/// large or small that squares of their amplitudes leave the range of double.
//===----------------------------------------------------------------------===//
#include "hapax/StateVector/StateVector.h"

#include "Kernels.h"
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

using namespace hapax;
using statevector::KernelTable;
using statevector::SumBlock;

std::string_view hapax::message(StateError Error) {
  switch (Error) {
  case StateError::QubitsOutOfRange:
    return "the number of qubits, or of a qubit, is out of range";
  case StateError::SameQubit:
    return "a gate of two qubits needs two different qubits";
  case StateError::LengthMismatch:
    return "the lengths do not fit; both must be the same power of two";
  case StateError::NotFinite:
    return "a value is NaN or infinite, or the result does not fit";
  case StateError::ZeroVector:
    return "the zero vector is no state and cannot be normalised";
  case StateError::OutOfScale:
    return "the amplitudes are too large or too small; normalise first";
  case StateError::UnsupportedPath:
    return "this processor or build lacks the instructions asked for; take "
           "bestSimdPath()";
  case StateError::NoMemory:
    return "there is no memory for the amplitudes, or the pool's "
           "blocks are too short; take fewer qubits";
  }
  std::unreachable();
}

namespace {

/// Sums numbers with an error that does not grow with their count (Neumaier,
/// "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen",
/// 1974).
class CompensatedSum {
public:
  void add(double Value) {
    double Next = Sum + Value;
    Lost += std::abs(Sum) >= std::abs(Value) ? (Sum - Next) + Value
                                             : (Value - Next) + Sum;
    Sum = Next;
  }
  double value() const { return Sum + Lost; }

private:
  double Sum = 0;
  double Lost = 0;
};

template <typename Real>
const KernelTable<Real> &kernelsOf(SimdPath Path, size_t Count) {
  const KernelTable<Real> &Portable = statevector::portableKernels<Real>();
#if HAPAX_X86_KERNELS
  if (Path != SimdPath::Portable) {
    const KernelTable<Real> &Table = Path == SimdPath::Avx512
                                         ? statevector::avx512Kernels<Real>()
                                         : statevector::avx2Kernels<Real>();
    return Count >= Table.MinCount ? Table : Portable;
  }
#endif
  return Portable;
}

template <typename Complexes> bool allFinite(const Complexes &Values) {
  return std::ranges::all_of(Values, [](auto Value) {
    return std::isfinite(Value.real()) && std::isfinite(Value.imag());
  });
}

/// What a double adds up of squares without losing more than rounding: at
/// least this, since what underflows of 2^31 squares is below 2^-1043.
constexpr double LeastSquares = 0x1p-900;

} // namespace

/// The norm as sqrt(Squares) * 2^Exponent. Squares is 0 for the zero vector.
template <typename Real> struct StateVector<Real>::Magnitude {
  double Squares;
  int Exponent;
};

template <typename Real>
auto StateVector<Real>::createEmpty(unsigned Qubits, SimdPath Path,
                                    AlignedPool *Pool)
    -> std::expected<StateVector, StateError> {
  if (Qubits > MaxQubits)
    return std::unexpected(StateError::QubitsOutOfRange);
  if (!isSupported(Path))
    return std::unexpected(StateError::UnsupportedPath);
  StateVector V;
  V.Qubits = Qubits;
  V.Path = Path;
  V.Kernels = &kernelsOf<Real>(Path, V.size());
  auto Memory = Pool ? AlignedBuffer::allocate(bytesFor(Qubits), *Pool)
                     : AlignedBuffer::allocate(bytesFor(Qubits));
  if (!Memory)
    return std::unexpected(StateError::NoMemory);
  V.Memory = std::move(*Memory);
  V.Re = reinterpret_cast<Real *>(V.Memory.data());
  V.Im = V.Re + imagOffset(Qubits);
  return V;
}

template <typename Real>
auto StateVector<Real>::create(unsigned Qubits, SimdPath Path,
                               AlignedPool *Pool)
    -> std::expected<StateVector, StateError> {
  auto V = createEmpty(Qubits, Path, Pool);
  if (V)
    V->Re[0] = 1;
  return V;
}

template <typename Real>
auto StateVector<Real>::fromAmplitudes(std::span<const Real> Re,
                                       std::span<const Real> Im, SimdPath Path,
                                       AlignedPool *Pool)
    -> std::expected<StateVector, StateError> {
  if (Re.size() != Im.size() || !std::has_single_bit(Re.size()))
    return std::unexpected(StateError::LengthMismatch);
  auto V = createEmpty(std::bit_width(Re.size()) - 1, Path, Pool);
  if (V) {
    std::ranges::copy(Re, V->Re);
    std::ranges::copy(Im, V->Im);
  }
  return V;
}

template <typename Real>
auto StateVector<Real>::copy(AlignedPool *Pool) const
    -> std::expected<StateVector, StateError> {
  return fromAmplitudes(real(), imag(), Path, Pool);
}

template <typename Real>
auto StateVector<Real>::magnitude() const
    -> std::expected<Magnitude, StateError> {
  CompensatedSum Sum;
  for (size_t I = 0; I < size(); I += SumBlock)
    Sum.add(Kernels->SumOfSquares(Re + I, Im + I, std::min(size(), SumBlock)));
  // With a block that overflowed, the compensation is NaN.
  double Squares = Sum.value();
  if (std::isfinite(Squares) && Squares >= LeastSquares)
    return Magnitude{Squares, 0};

  // NaN or infinity, the zero vector, or far from 1 (in double alone: squares
  // of floats fit in any case). The slow way is for those.
  double Largest = 0;
  for (std::span<const Real> Parts : {real(), imag()})
    for (Real Part : Parts) {
      if (!std::isfinite(Part))
        return std::unexpected(StateError::NotFinite);
      Largest = std::max(Largest, std::abs(double(Part)));
    }
  if (Largest == 0)
    return Magnitude{0, 0};
  int Exponent = std::ilogb(Largest);
  CompensatedSum Scaled;
  for (std::span<const Real> Parts : {real(), imag()})
    for (Real Part : Parts) {
      double Value = std::scalbn(double(Part), -Exponent);
      Scaled.add(Value * Value);
    }
  return Magnitude{Scaled.value(), Exponent};
}

template <typename Real>
std::expected<double, StateError> StateVector<Real>::norm() const {
  auto M = magnitude();
  if (!M)
    return std::unexpected(M.error());
  double Norm = std::scalbn(std::sqrt(M->Squares), M->Exponent);
  if (!std::isfinite(Norm))
    return std::unexpected(StateError::NotFinite);
  return Norm;
}

template <typename Real>
std::expected<void, StateError> StateVector<Real>::normalise() {
  auto M = magnitude();
  if (!M)
    return std::unexpected(M.error());
  if (M->Squares == 0)
    return std::unexpected(StateError::ZeroVector);
  double Factor = 1 / std::sqrt(M->Squares);
  if (M->Exponent == 0 && std::isnormal(static_cast<Real>(Factor))) {
    Kernels->ScaleReal(Re, Im, size(), static_cast<Real>(Factor));
    return {};
  }
  // The factor has no place in Real, its parts have one in double.
  for (std::span<Real> Parts : {real(), imag()})
    for (Real &Part : Parts)
      Part =
          static_cast<Real>(std::scalbn(double(Part), -M->Exponent) * Factor);
  return {};
}

template <typename Real>
std::expected<void, StateError>
StateVector<Real>::scale(std::complex<Real> Factor) {
  if (!allFinite(std::span(&Factor, 1)))
    return std::unexpected(StateError::NotFinite);
  Kernels->Scale(Re, Im, size(), Factor.real(), Factor.imag());
  return {};
}

template <typename Real>
std::expected<std::complex<double>, StateError>
StateVector<Real>::innerProduct(const StateVector &Other) const {
  if (Qubits != Other.Qubits)
    return std::unexpected(StateError::LengthMismatch);
  CompensatedSum SumRe, SumIm;
  for (size_t I = 0; I < size(); I += SumBlock) {
    double Block[2];
    Kernels->Inner(Re + I, Im + I, Other.Re + I, Other.Im + I,
                   std::min(size(), SumBlock), Block);
    SumRe.add(Block[0]);
    SumIm.add(Block[1]);
  }
  std::complex<double> Product(SumRe.value(), SumIm.value());
  if (!allFinite(std::span(&Product, 1)))
    return std::unexpected(StateError::NotFinite);
  return Product;
}

template <typename Real>
std::expected<double, StateError>
StateVector<Real>::fidelity(const StateVector &Other) const {
  if (Qubits != Other.Qubits)
    return std::unexpected(StateError::LengthMismatch);
  double Norms = 1;
  for (const StateVector *V : {this, &Other}) {
    auto Norm = V->norm();
    if (!Norm)
      return std::unexpected(Norm.error());
    if (*Norm == 0)
      return std::unexpected(StateError::ZeroVector);
    Norms *= *Norm;
    if (*Norm < 0x1p-400 || *Norm > 0x1p400 || Norms < 0x1p-400 ||
        Norms > 0x1p400)
      return std::unexpected(StateError::OutOfScale);
  }
  auto Product = innerProduct(Other);
  if (!Product)
    return std::unexpected(Product.error());
  return std::norm(*Product / Norms);
}

template <typename Real>
std::expected<void, StateError>
StateVector<Real>::applyGate(unsigned Qubit, const OneQubitGate<Real> &Gate) {
  if (Qubit >= Qubits)
    return std::unexpected(StateError::QubitsOutOfRange);
  if (!allFinite(Gate))
    return std::unexpected(StateError::NotFinite);
  // std::complex is laid out as an array of two.
  Kernels->Gate1(Re, Im, size(), size_t(1) << Qubit,
                 reinterpret_cast<const Real *>(Gate.data()));
  return {};
}

template <typename Real>
std::expected<void, StateError>
StateVector<Real>::applyGate(unsigned First, unsigned Second,
                             const TwoQubitGate<Real> &Gate) {
  if (First >= Qubits || Second >= Qubits)
    return std::unexpected(StateError::QubitsOutOfRange);
  if (First == Second)
    return std::unexpected(StateError::SameQubit);
  if (!allFinite(Gate))
    return std::unexpected(StateError::NotFinite);
  TwoQubitGate<Real> Ordered = Gate;
  if (First < Second) {
    // The kernel wants the higher qubit first: exchange the digits of rows and
    // columns.
    constexpr unsigned Exchanged[] = {0, 2, 1, 3};
    for (unsigned Row = 0; Row != 4; ++Row)
      for (unsigned Column = 0; Column != 4; ++Column)
        Ordered[4 * Row + Column] =
            Gate[4 * Exchanged[Row] + Exchanged[Column]];
    std::swap(First, Second);
  }
  Kernels->Gate2(Re, Im, size(), size_t(1) << First, size_t(1) << Second,
                 reinterpret_cast<const Real *>(Ordered.data()));
  return {};
}

template <typename Real>
std::expected<void, StateError>
StateVector<Real>::probabilities(std::span<Real> Out) const {
  if (Out.size() != size())
    return std::unexpected(StateError::LengthMismatch);
  if (!Kernels->Probabilities(Re, Im, Out.data(), size()))
    return std::unexpected(StateError::NotFinite);
  return {};
}

template class hapax::StateVector<float>;
template class hapax::StateVector<double>;
