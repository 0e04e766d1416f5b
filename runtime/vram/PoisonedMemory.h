//===- PoisonedMemory.h - Where a lost device may still write ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A copy that a device has begun cannot be taken back. Where it was to go to a
/// caller's memory, and its end is not known, no answer may stand any more: it
/// could be overwritten after its digest was checked.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_VRAM_POISONEDMEMORY_H
#define HAPAX_RUNTIME_VRAM_POISONEDMEMORY_H

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

namespace hapax {

/// Thread-safe. Nothing ever leaves it.
class PoisonedMemory {
public:
  using Place = std::span<const std::byte>;

  void add(Place P) {
    std::lock_guard Lock(Mutex);
    Places.push_back(P);
    Bytes.fetch_add(P.size(), std::memory_order_release);
  }
  /// Whether a part of it is poisoned. Who has just added it sees it.
  bool touches(Place P) const {
    if (bytes() == 0)
      return false;
    std::lock_guard Lock(Mutex);
    return std::ranges::any_of(Places, [P](Place Q) {
      std::less<const std::byte *> Before;
      return Before(Q.data(), P.data() + P.size()) &&
             Before(P.data(), Q.data() + Q.size());
    });
  }
  uint64_t bytes() const { return Bytes.load(std::memory_order_acquire); }

private:
  mutable std::mutex Mutex;
  std::vector<Place> Places;
  /// Of Places; not 0 when there is one, since no empty one is added.
  std::atomic<uint64_t> Bytes = 0;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_VRAM_POISONEDMEMORY_H
