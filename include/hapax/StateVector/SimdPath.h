//===- SimdPath.h - Which instructions the kernels use ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The kernels of a state vector exist once for every instruction set that is
/// worth it; which one runs is decided when the program runs.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STATEVECTOR_SIMDPATH_H
#define HAPAX_STATEVECTOR_SIMDPATH_H

#include <array>
#include <cstdint>
#include <string_view>

namespace hapax {

/// Slowest first.
enum class SimdPath : uint8_t {
  Portable, ///< what every processor of the target has; tests compare with it
  Avx2,     ///< x86-64 with AVX2 and FMA
  Avx512,   ///< x86-64 with AVX-512F
};

inline constexpr std::array AllSimdPaths = {SimdPath::Portable, SimdPath::Avx2,
                                            SimdPath::Avx512};

/// A short lower-case name: "portable", "avx2", "avx512".
std::string_view name(SimdPath Path);

/// Whether this build has the path and this processor (and its operating
/// system) can run it.
bool isSupported(SimdPath Path);

/// The fastest path that is supported.
SimdPath bestSimdPath();

} // namespace hapax

#endif // HAPAX_STATEVECTOR_SIMDPATH_H
