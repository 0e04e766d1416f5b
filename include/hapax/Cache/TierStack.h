//===- TierStack.h - Several tiers as one -----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// An ordered stack of tiers that is itself a tier.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CACHE_TIERSTACK_H
#define HAPAX_CACHE_TIERSTACK_H

#include "hapax/Cache/LatencyHistogram.h"
#include "hapax/Cache/Tier.h"
#include <atomic>
#include <deque>
#include <memory>

namespace hapax {

/// Asks its tiers in order, the one that answers fastest first.
///
///  - get(): the first tier that has the entry delivers it, and the tiers asked
///    before it receive it (a failure to fill them is counted, not reported).
///    When no tier has it, the first error is the answer, if there was one.
///  - put(): to every tier (write-through), to those that keep it first: when
///    all of them refuse, the others do not get it, since none may hold the
///    only copy. It succeeds when one tier took the entry; otherwise the first
///    error is the answer.
///  - remove(): at every tier, left out or not; any error is the answer, since
///    a tier that failed may still hold the entry.
///  - A tier that answers Unavailable or Deadline is left out from then on, so
///    that a tier that hangs costs a process one deadline. Once the caller's
///    deadline has passed, no further tier is asked.
///
/// Thread-safe once all tiers are added.
class TierStack final : public Tier {
public:
  /// Adds a tier below all others. Not thread-safe; before the first use.
  void add(std::unique_ptr<Tier> Lower);

  std::string_view name() const override { return "stack"; }
  std::expected<std::optional<EntryInfo>, TierError>
  get(const CacheKey &Key, Sink &Into, Deadline Until = NoDeadline) override;
  std::vector<Answer> getMany(std::span<const Request> Requests,
                              Deadline Until = NoDeadline) override;
  std::expected<void, TierError> put(const CacheKey &Key, PayloadKind Kind,
                                     std::span<const std::byte> Payload,
                                     uint32_t CostMs,
                                     Deadline Until = NoDeadline) override;
  std::expected<bool, TierError> contains(const CacheKey &Key,
                                          Deadline Until = NoDeadline) override;
  std::expected<void, TierError> remove(const CacheKey &Key,
                                        Deadline Until = NoDeadline) override;
  Pin pin(const CacheKey &Key) override;
  /// The stack as a whole: a hit is a hit in any tier, every error of a tier
  /// is an error of the stack.
  TierCounters counters() const override;

  size_t size() const { return Levels.size(); }
  Tier &tier(size_t Index) { return *Levels[Index].Self; }
  const Tier &tier(size_t Index) const { return *Levels[Index].Self; }
  /// How long the tier took for each call that fetched something.
  Latencies hitTimes(size_t Index) const {
    return Levels[Index].HitTimes.read();
  }
  /// Whether the tier is no longer asked in this process.
  bool leftOut(size_t Index) const {
    return Levels[Index].LeftOut.load(std::memory_order_relaxed);
  }

private:
  struct Level {
    std::unique_ptr<Tier> Self;
    std::atomic<bool> LeftOut = false;
    LatencyHistogram HitTimes;
  };
  void note(Level &L, const TierError &E);
  void fill(size_t Below, const CacheKey &Key, const EntryInfo &Info,
            std::span<const std::byte> Payload, Deadline Until);
  Answer settle(std::optional<EntryInfo> Found,
                const std::optional<TierError> &First);

  // A deque, since atomics do not move.
  std::deque<Level> Levels;
  std::atomic<uint64_t> Hits = 0, Misses = 0, Errors = 0, CorruptEvicted = 0,
                        Puts = 0, BytesRead = 0, BytesWritten = 0;
};

} // namespace hapax

#endif // HAPAX_CACHE_TIERSTACK_H
