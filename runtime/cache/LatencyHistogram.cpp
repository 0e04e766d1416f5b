//===- LatencyHistogram.cpp - How long calls took ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/LatencyHistogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>

using namespace hapax;

uint64_t Latencies::count() const {
  return std::accumulate(Calls.begin(), Calls.end(), uint64_t(0));
}

std::optional<uint64_t> Latencies::quantileUs(double Share) const {
  uint64_t All = count();
  if (All == 0)
    return std::nullopt;
  uint64_t Wanted =
      std::max<uint64_t>(1, uint64_t(std::ceil(Share * double(All))));
  uint64_t Seen = 0;
  for (size_t Class = 0; Class != Bounds; ++Class) {
    Seen += Calls[Class];
    if (Seen >= Wanted)
      return boundUs(Class);
  }
  return std::nullopt;
}

Latencies Latencies::since(const Latencies &Before) const {
  Latencies New;
  std::ranges::transform(Calls, Before.Calls, New.Calls.begin(), std::minus());
  New.SumUs = SumUs - Before.SumUs;
  return New;
}

void LatencyHistogram::add(std::chrono::nanoseconds Time) {
  uint64_t Ns = uint64_t(std::max<int64_t>(0, Time.count()));
  uint64_t Us = (Ns + 999) / 1000;
  // The first class whose bound, a power of two, is not below the time.
  size_t Class = Us <= 1 ? 0 : size_t(std::bit_width(Us - 1));
  Calls[std::min(Class, Latencies::Bounds)].fetch_add(
      1, std::memory_order_relaxed);
  SumNs.fetch_add(Ns, std::memory_order_relaxed);
}

Latencies LatencyHistogram::read() const {
  Latencies Now;
  std::ranges::transform(Calls, Now.Calls.begin(), [](const auto &Value) {
    return Value.load(std::memory_order_relaxed);
  });
  Now.SumUs = SumNs.load(std::memory_order_relaxed) / 1000;
  return Now;
}
