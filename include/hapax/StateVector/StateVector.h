//===- StateVector.h - The state of a few qubits ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A vector of 2^n complex amplitudes, kept as two arrays (split-complex): all
/// real parts, then all imaginary parts. So a vector register holds parts of
/// one kind, and no operation has to take pairs apart.
///
/// Accuracy. u is the unit roundoff of Real (2^-24, 2^-53). Sums are kept in
/// double, with compensation between blocks, so that their bounds do not depend
/// on the length. The paths of SimdPath round differently; each one keeps the
/// bounds given at the operations below.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STATEVECTOR_STATEVECTOR_H
#define HAPAX_STATEVECTOR_STATEVECTOR_H

#include "hapax/Memory/AlignedBuffer.h"
#include "hapax/StateVector/Gates.h"
#include "hapax/StateVector/SimdPath.h"
#include <algorithm>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace hapax {

namespace statevector {
template <typename Real> struct KernelTable;
}

enum class StateError : uint8_t {
  QubitsOutOfRange, ///< More than MaxQubits, or a qubit the vector lacks.
  SameQubit,        ///< A two-qubit gate on one qubit.
  LengthMismatch,   ///< Lengths of vectors or spans do not fit.
  NotFinite,        ///< NaN, infinity, or a result that does not fit.
  ZeroVector,       ///< The zero vector is no state.
  OutOfScale,       ///< Products of amplitudes would vanish: normalise first.
  UnsupportedPath,  ///< This processor or build lacks the SimdPath.
  NoMemory,
};

/// One line for a person: cause and remedy.
std::string_view message(StateError Error);

/// The state of n qubits; Real is float or double. Bit q of an amplitude's
/// index is the value of qubit q.
///
/// A failed operation leaves the vector as it was. As thread-safe as a plain
/// array. Move-only; see copy().
template <typename Real> class StateVector {
public:
  /// 0 to 30 qubits: up to 8 GiB in float, 16 GiB in double.
  static constexpr unsigned MaxQubits = 30;

  /// The state |0...0> of \p Qubits qubits. Its amplitudes lie in a block of
  /// \p Pool, which must outlive it, or in memory of the system without one.
  /// Fails with QubitsOutOfRange, UnsupportedPath, and with NoMemory when there
  /// is none, or the pool's blocks are shorter than bytesFor().
  static std::expected<StateVector, StateError>
  create(unsigned Qubits, SimdPath Path = bestSimdPath(),
         AlignedPool *Pool = nullptr);

  /// What a vector of \p Qubits qubits, at most MaxQubits, takes.
  static constexpr size_t bytesFor(unsigned Qubits) {
    return (imagOffset(Qubits) + (size_t(1) << Qubits)) * sizeof(Real);
  }

  /// The state with these amplitudes, in any norm; what is not finite is found
  /// by the operations that say so. Fails like create(), and with
  /// LengthMismatch when the spans differ in length or the length is no power
  /// of two.
  static std::expected<StateVector, StateError>
  fromAmplitudes(std::span<const Real> Re, std::span<const Real> Im,
                 SimdPath Path = bestSimdPath(), AlignedPool *Pool = nullptr);

  /// A copy, from \p Pool if there is one.
  std::expected<StateVector, StateError>
  copy(AlignedPool *Pool = nullptr) const;

  unsigned qubits() const { return Qubits; }
  size_t size() const { return size_t(1) << Qubits; }
  SimdPath path() const { return Path; }

  /// The parts of the amplitudes, aligned to 64 bytes; valid until the vector
  /// is moved from or destroyed.
  std::span<Real> real() { return {Re, size()}; }
  std::span<Real> imag() { return {Im, size()}; }
  std::span<const Real> real() const { return {Re, size()}; }
  std::span<const Real> imag() const { return {Im, size()}; }

  /// The Euclidean norm. Relative error at most 2^-43. Fails with NotFinite.
  std::expected<double, StateError> norm() const;

  /// Scales to norm 1; any finite vector but zero will do, however large or
  /// small. Amplitudes get a relative error of at most 3 u + 2^-43, or an
  /// absolute one of the smallest positive number of Real; the squared norm is
  /// 1 within 6 u + 2^-42. Fails with NotFinite, ZeroVector.
  std::expected<void, StateError> normalise();

  /// Multiplies by \p Factor. Parts get an error of at most
  /// 2.1 u * (|re| + |im|) * |Factor|. Fails with NotFinite for the factor.
  std::expected<void, StateError> scale(std::complex<Real> Factor);

  /// <this|Other>: this one conjugated. Real and imaginary part get an error of
  /// at most 2^-43 * (sum of the absolute values of the products), plus
  /// 2^(n-1072) where products underflow. Fails with LengthMismatch, NotFinite.
  std::expected<std::complex<double>, StateError>
  innerProduct(const StateVector &Other) const;

  /// |<this|Other>|^2 for the two vectors normalised: 1 for equal states, 0 for
  /// orthogonal ones. Error at most 2^-40. Fails with LengthMismatch,
  /// NotFinite, ZeroVector, and with OutOfScale when a norm or the product of
  /// both is not within 2^-400 and 2^400.
  std::expected<double, StateError> fidelity(const StateVector &Other) const;

  /// Applies a gate to one qubit. The matrix may be any: that it is unitary is
  /// the caller's business. Parts get an error of at most 4.1 u * (sum of the
  /// absolute values of the four products). Fails with QubitsOutOfRange, and
  /// with NotFinite for the matrix; amplitudes are not looked at.
  std::expected<void, StateError> applyGate(unsigned Qubit,
                                            const OneQubitGate<Real> &Gate);

  /// Applies a gate to two qubits, \p First being the more significant digit of
  /// the matrix (see Gates.h); bound 8.1 u, else as above, and SameQubit.
  std::expected<void, StateError> applyGate(unsigned First, unsigned Second,
                                            const TwoQubitGate<Real> &Gate);

  /// Writes |amplitude|^2 of each basis state to \p Out, of size() elements
  /// with any alignment: the probabilities when the norm is 1. Relative error
  /// at most 2.1 u, or absolute twice the smallest positive number of Real.
  /// Fails with LengthMismatch; with NotFinite when an entry is not finite
  /// (what Out holds is then undefined).
  std::expected<void, StateError> probabilities(std::span<Real> Out) const;

private:
  struct Magnitude;

  StateVector() = default;
  /// Where the imaginary parts begin, counted in Real: on a cache line.
  static constexpr size_t imagOffset(unsigned Qubits) {
    return std::max(size_t(1) << Qubits,
                    AlignedBuffer::Alignment / sizeof(Real));
  }
  static std::expected<StateVector, StateError>
  createEmpty(unsigned Qubits, SimdPath Path, AlignedPool *Pool);
  std::expected<Magnitude, StateError> magnitude() const;

  AlignedBuffer Memory;
  Real *Re = nullptr;
  Real *Im = nullptr;
  const statevector::KernelTable<Real> *Kernels = nullptr;
  unsigned Qubits = 0;
  SimdPath Path = SimdPath::Portable;
};

extern template class StateVector<float>;
extern template class StateVector<double>;

} // namespace hapax

#endif // HAPAX_STATEVECTOR_STATEVECTOR_H
