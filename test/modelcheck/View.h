//===- View.h - What a thread has seen --------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Two things that travel together along every synchronisation: the position
/// in each location's modification order below which a thread cannot read any
/// more (coherence), and a vector clock (happens-before, for race detection).
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MODELCHECK_VIEW_H
#define HAPAX_MODELCHECK_VIEW_H

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace modelcheck {

/// Threads of one execution, the test body (thread 0) included.
inline constexpr size_t MaxThreads = 6;
/// Atomic locations of one execution.
inline constexpr size_t MaxLocations = 64;

struct View {
  /// For each location the index of a message in its modification order.
  std::array<uint8_t, MaxLocations> Position{};
  /// For each thread the number of its latest step that is known.
  std::array<uint8_t, 8> Clock{};

  void joinPositions(const View &Other) {
    for (size_t I = 0; I != MaxLocations; ++I)
      Position[I] = std::max(Position[I], Other.Position[I]);
  }
  void join(const View &Other) {
    joinPositions(Other);
    for (size_t I = 0; I != Clock.size(); ++I)
      Clock[I] = std::max(Clock[I], Other.Clock[I]);
  }
};
static_assert(MaxThreads <= std::tuple_size_v<decltype(View::Clock)>);

} // namespace modelcheck

#endif // HAPAX_MODELCHECK_VIEW_H
