//===- DaemonTier.h - The daemon, once it is needed -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The daemon as a tier that connects when it is first asked: a compile that
/// the disk serves has nothing to do with it.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_DAEMONTIER_H
#define HAPAX_STORE_DAEMONTIER_H

#include "hapax/Ipc/DaemonClient.h"
#include <atomic>
#include <mutex>

namespace hapax {

/// Where no daemon runs, this tier has nothing and takes nothing (Unavailable,
/// which is not counted as an error). A daemon that may not be talked to is an
/// error of the first call.
class DaemonTier final : public Tier {
public:
  /// With \p ReadOnly, nothing is stored or removed (ReadOnly).
  DaemonTier(DaemonClientOptions Options, bool ReadOnly)
      : Options(std::move(Options)), ReadOnly(ReadOnly) {}

  std::string_view name() const override { return "daemon"; }
  bool keeps() const override { return false; }
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
  /// Removing from a daemon that does not run succeeds: it holds nothing.
  std::expected<void, TierError> remove(const CacheKey &Key,
                                        Deadline Until = NoDeadline) override;
  TierCounters counters() const override;

private:
  /// The connection, made by the first call; nullptr where no daemon runs.
  std::expected<DaemonClient *, TierError> client();
  /// What \p Ask gets from the client; \p Absent where no daemon runs.
  template <typename T, typename Fn> T ask(T Absent, Fn Ask);

  const DaemonClientOptions Options;
  const bool ReadOnly;
  std::once_flag Connected;
  // Neither changes once Tried is set; counters() connects nobody.
  std::unique_ptr<DaemonClient> Owner;
  std::optional<TierError> Fault;
  std::atomic<bool> Tried = false;
};

} // namespace hapax

#endif // HAPAX_STORE_DAEMONTIER_H
