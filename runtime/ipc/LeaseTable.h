//===- LeaseTable.h - One compiles, the others wait -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: ten compilers miss the same key at the same time, and ten times the
/// same work is done.
///
/// Idea: the first one gets a lease on the key, and the others are told in
/// about how long its entry may be there. They ask again then; nobody holds a
/// thread, a lock or an answer back for them. The lease ends with the entry,
/// with the client, or with time.
///
/// Waiting must be cheaper than compiling. What a compile will cost nobody
/// knows, but each entry says what it did cost: a lease lasts for one and a
/// half times the mean of the latest entries, and none is waited for where that
/// mean is small or unknown. A client waits for one lease only, so in vain it
/// loses at most one and a half ordinary compiles.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_LEASETABLE_H
#define HAPAX_RUNTIME_IPC_LEASETABLE_H

#include "hapax/Cache/Digest.h"
#include "hapax/Ipc/Protocol.h"
#include <chrono>
#include <mutex>
#include <unordered_map>

namespace hapax {

/// All calls are thread-safe.
class LeaseTable {
public:
  using Clock = std::chrono::steady_clock;

  /// Below this mean cost nobody waits.
  static constexpr uint32_t WorthWaitingMs = 20;
  /// No lease is longer.
  static constexpr uint32_t LongestMs = 30'000;
  /// At most so many at a time; beyond them everyone compiles.
  static constexpr size_t MaxLeases = 4096;

  struct Verdict {
    /// Leased, Awaited, or Miss (compile, and do not mind the others).
    Status Result = Status::Miss;
    uint32_t WaitMs = 0;
  };
  /// \p Client has missed the key, and would wait for it or make it.
  Verdict ask(const CacheKey &Key, uint64_t Client, Clock::time_point Now);

  /// The entry is there; making it took \p CostMs.
  void made(const CacheKey &Key, uint32_t CostMs);
  /// The client has hung up.
  void leave(uint64_t Client);

  size_t size() const;

private:
  struct Lease {
    uint64_t Client;
    Clock::time_point Since;
  };

  mutable std::mutex Mutex;
  std::unordered_map<CacheKey, Lease> Leases;
  /// Of the latest entries, in 1/16 ms.
  uint64_t MeanCost = 0;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_LEASETABLE_H
