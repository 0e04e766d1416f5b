//===- ServerCounts.h - What the server counts ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_SERVERCOUNTS_H
#define HAPAX_RUNTIME_IPC_SERVERCOUNTS_H

#include "hapax/Ipc/Protocol.h"
#include <atomic>
#include <bit>
#include <chrono>

namespace hapax {

/// The counts of DaemonStatistics that sessions add to, from their threads.
struct ServerCounts {
  using Count = std::atomic<uint64_t>;

  Count Faults = 0, Gets = 0, Hits = 0, Misses = 0, Puts = 0, Removes = 0,
        Errors = 0, BytesRead = 0, BytesWritten = 0, Leases = 0, Waits = 0;
  std::array<Count, std::tuple_size_v<decltype(DaemonStatistics::GetTimes)>>
      GetTimes = {};

  static void add(Count &To, uint64_t Amount = 1) {
    To.fetch_add(Amount, std::memory_order_relaxed);
  }

  void addGetTime(std::chrono::nanoseconds Took) {
    auto Bits = std::bit_width(uint64_t(std::max<int64_t>(Took.count(), 0)));
    add(GetTimes[std::min<size_t>(Bits, GetTimes.size() - 1)]);
  }

  void report(DaemonStatistics &Into) const {
    auto Get = [](const Count &C) { return C.load(std::memory_order_relaxed); };
    Into.Faults = Get(Faults);
    Into.Gets = Get(Gets);
    Into.Hits = Get(Hits);
    Into.Misses = Get(Misses);
    Into.Puts = Get(Puts);
    Into.Removes = Get(Removes);
    Into.Errors = Get(Errors);
    Into.BytesRead = Get(BytesRead);
    Into.BytesWritten = Get(BytesWritten);
    Into.Leases = Get(Leases);
    Into.Waits = Get(Waits);
    for (size_t I = 0; I != GetTimes.size(); ++I)
      Into.GetTimes[I] = Get(GetTimes[I]);
  }
};

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_SERVERCOUNTS_H
