//===- PinnedRanges.h - Which host memory is pinned -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_PINNEDRANGES_H
#define HAPAX_RUNTIME_GPU_PINNEDRANGES_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <span>

namespace hapax {

/// Ranges of host memory that do not overlap. Thread-safe.
class PinnedRanges {
public:
  /// False where it is empty or overlaps a range that is there.
  bool add(std::span<const std::byte> Memory);
  void remove(std::span<const std::byte> Memory);
  /// Whether one range holds all of it.
  bool contain(std::span<const std::byte> Memory) const;

private:
  static uint64_t addressOf(std::span<const std::byte> Memory) {
    return reinterpret_cast<uintptr_t>(Memory.data());
  }

  mutable std::shared_mutex Mutex;
  /// Ends by address.
  std::map<uint64_t, uint64_t> Ends;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_PINNEDRANGES_H
