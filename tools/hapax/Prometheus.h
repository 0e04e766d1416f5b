//===- Prometheus.h - Statistics for scraping -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_PROMETHEUS_H
#define HAPAX_TOOLS_PROMETHEUS_H

#include "hapax/Ipc/Protocol.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace hapax {

/// Prints counters (Counters::read()), the size of the store and its limit, in
/// bytes, and what the daemon says, where one runs, in the text format of
/// Prometheus, version 0.0.4.
void printPrometheus(llvm::raw_ostream &To,
                     const std::map<std::string, uint64_t> &All,
                     uint64_t StoreBytes, uint64_t StoreLimit,
                     const std::optional<DaemonStatistics> &Daemon);

} // namespace hapax

#endif // HAPAX_TOOLS_PROMETHEUS_H
