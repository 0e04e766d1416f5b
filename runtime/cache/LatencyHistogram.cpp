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

static uint64_t sum(std::span<const uint64_t> Calls) {
  return std::accumulate(Calls.begin(), Calls.end(), uint64_t(0));
}

std::optional<size_t> hapax::quantileClass(std::span<const uint64_t> Calls,
                                           double Share) {
  uint64_t All = sum(Calls);
  if (All == 0)
    return std::nullopt;
  uint64_t Wanted =
      std::max<uint64_t>(1, uint64_t(std::ceil(Share * double(All))));
  uint64_t Seen = 0;
  size_t Class = 0;
  while (Class + 1 != Calls.size() && (Seen += Calls[Class]) < Wanted)
    ++Class;
  return Class;
}

uint64_t Latencies::count() const { return sum(Calls); }

std::optional<uint64_t> Latencies::quantileUs(double Share) const {
  auto Class = quantileClass(Calls, Share);
  if (!Class || *Class == Bounds)
    return std::nullopt;
  return boundUs(*Class);
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
