//===- PinnedRanges.h - Which host memory is pinned -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_PINNEDRANGES_H
#define HAPAX_RUNTIME_GPU_PINNEDRANGES_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>

namespace hapax {

/// Ranges of host memory that do not overlap. Thread-safe.
class PinnedRanges {
public:
  /// \p DeviceAddress is where a device sees it. False where it is empty or
  /// overlaps a range that is there.
  bool add(std::span<const std::byte> Memory, uint64_t DeviceAddress);
  void remove(std::span<const std::byte> Memory);
  /// Where a device sees it; none where no range holds all of it.
  std::optional<uint64_t> find(std::span<const std::byte> Memory) const;

private:
  static uint64_t addressOf(std::span<const std::byte> Memory) {
    return reinterpret_cast<uintptr_t>(Memory.data());
  }

  mutable std::shared_mutex Mutex;
  struct Range {
    uint64_t End;
    uint64_t DeviceAddress;
  };
  /// By address.
  std::map<uint64_t, Range> Ranges;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_PINNEDRANGES_H
