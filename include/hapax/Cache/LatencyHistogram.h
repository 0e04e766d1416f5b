//===- LatencyHistogram.h - How long calls took -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Times of calls, counted in classes whose bounds double: a fixed, small
/// number of counters, which many processes can add up, and from which a
/// quantile is known to a factor of two.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CACHE_LATENCYHISTOGRAM_H
#define HAPAX_CACHE_LATENCYHISTOGRAM_H

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace hapax {

/// The first class by which \p Share (0 to 1) of all calls are counted; none
/// where there were no calls.
std::optional<size_t> quantileClass(std::span<const uint64_t> Calls,
                                    double Share);

/// What a LatencyHistogram has counted.
struct Latencies {
  /// Classes with an upper bound: 1 us, 2 us, 4 us, ... about 0.5 s.
  static constexpr size_t Bounds = 20;
  /// The upper bound of a class, itself included.
  static constexpr uint64_t boundUs(size_t Class) {
    return uint64_t(1) << Class;
  }

  /// Calls by class; what took longer than the last bound stands at the end.
  std::array<uint64_t, Bounds + 1> Calls{};
  /// All times together.
  uint64_t SumUs = 0;

  uint64_t count() const;
  /// The bound in microseconds that \p Share (0 to 1) of the calls kept; no
  /// value when that lies beyond the last bound or nothing was counted.
  std::optional<uint64_t> quantileUs(double Share) const;
  /// What was counted since \p Before, an earlier reading of the same.
  Latencies since(const Latencies &Before) const;
};

/// Thread-safe, without a lock. A reading while others add may miss some of
/// what they add.
class LatencyHistogram {
public:
  void add(std::chrono::nanoseconds Time);
  Latencies read() const;

private:
  std::array<std::atomic<uint64_t>, Latencies::Bounds + 1> Calls{};
  std::atomic<uint64_t> SumNs = 0;
};

} // namespace hapax

#endif // HAPAX_CACHE_LATENCYHISTOGRAM_H
