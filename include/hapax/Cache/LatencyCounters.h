//===- LatencyCounters.h - Latencies of all processes -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Keeps latencies among the counters that all processes share, by a name such
/// as that of a tier: "latency.<name>.le-<bound in us>", "latency.<name>.more"
/// and "latency.<name>.sum-us".
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CACHE_LATENCYCOUNTERS_H
#define HAPAX_CACHE_LATENCYCOUNTERS_H

#include "hapax/Cache/Counters.h"
#include "hapax/Cache/LatencyHistogram.h"
#include <map>
#include <string>
#include <string_view>

namespace hapax {

void addLatencies(Counters &To, std::string_view Name, const Latencies &New);

/// All latencies among \p Values, what Counters::read() gave, by their names.
std::map<std::string, Latencies>
readLatencies(const std::map<std::string, uint64_t> &Values);

} // namespace hapax

#endif // HAPAX_CACHE_LATENCYCOUNTERS_H
