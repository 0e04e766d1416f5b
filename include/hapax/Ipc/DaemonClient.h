//===- DaemonClient.h - The daemon, as a tier -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The daemon's cache as one tier of a compiler process. Whatever becomes of
/// the daemon, a call ends by its deadline; after the first fault the daemon is
/// given up for the life of the object, and every further call says so at once
/// (Unavailable).
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IPC_DAEMONCLIENT_H
#define HAPAX_IPC_DAEMONCLIENT_H

#include "hapax/Cache/Tier.h"
#include "hapax/Ipc/Protocol.h"
#include <chrono>
#include <memory>
#include <string>

namespace hapax {

struct DaemonClientOptions {
  /// Where the daemon listens; empty: defaultSocketPath().
  std::string Socket = {};
  /// How long connecting may take.
  std::chrono::milliseconds ConnectTimeout{20};
  /// How long a call may take, and how much longer for each MiB that it may
  /// move. A call that has an earlier deadline keeps to that.
  std::chrono::milliseconds CallTimeout{20};
  std::chrono::milliseconds TimeoutPerMiB{10};
  /// When another process is making the entry that get() asks for: how long to
  /// wait for it at most, where the daemon thinks that waiting is cheaper than
  /// compiling; 0: not at all, nor are others told that this process makes
  /// what it misses.
  std::chrono::milliseconds LeaseWait{10'000};
};

/// Calls may be made from any thread; one is under way at a time, the others
/// wait for it within their deadlines. A process that was forked has no daemon:
/// its calls are Unavailable.
class DaemonClient : public Tier {
public:
  /// A client of the daemon that runs; nullptr where none runs, or one that is
  /// about to end, which is no fault. Any error is one that a person may want
  /// to know of, once.
  static std::expected<std::unique_ptr<DaemonClient>, TierError>
  connect(const DaemonClientOptions &Options = {});

  std::string_view name() const override { return "daemon"; }
  bool keeps() const override { return false; }
  /// What the daemon knows of itself.
  virtual std::expected<DaemonStatistics, TierError>
  statistics(Deadline Until = NoDeadline) = 0;
  /// Makes the daemon forget all entries, whoever stored them. One that is
  /// being stored meanwhile may stay.
  virtual std::expected<void, TierError> clear(Deadline Until = NoDeadline) = 0;
  /// The largest payload that passes; larger ones are Full.
  virtual uint64_t maxPayload() const = 0;
};

} // namespace hapax

#endif // HAPAX_IPC_DAEMONCLIENT_H
