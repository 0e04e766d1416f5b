//===- DaemonCache.h - The host tier, and the device's ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: opening a device takes a third of a second, it may not be there,
/// and it may be lost; a compiler must wait for none of that.
///
/// Idea: two caches of one kind. The one in host memory is there at once; the
/// one on the device is opened by a thread of its own, and used from the moment
/// that it is ready. New entries go to the device then, if it has room, and
/// tend() moves those of the host over, a few at a time. When the device is
/// lost, the host's cache serves on, as far as it goes, and not in memory that
/// the device may still write to; whoever owns this ends the process soon.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_DAEMONCACHE_H
#define HAPAX_RUNTIME_IPC_DAEMONCACHE_H

#include "hapax/Concurrency/WorkerThread.h"
#include "hapax/Ipc/DaemonServer.h"
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace hapax {

/// Every call may be made from any thread, but tend(): one thread at a time.
class DaemonCache {
public:
  /// EntryInfo.Tier of what the device had.
  static constexpr std::string_view DeviceName = "vram";

  /// Fails when there is no memory for the host's bookkeeping, or no thread.
  static std::expected<std::unique_ptr<DaemonCache>, std::string>
  create(const DaemonOptions &Options);
  /// Waits for a device that is being opened.
  ~DaemonCache();

  Tier::Answer get(const CacheKey &Key, Sink &Into, Deadline Until);
  std::vector<Tier::Answer> getMany(std::span<const Tier::Request> Requests,
                                    Deadline Until);
  std::expected<void, TierError> put(const CacheKey &Key, PayloadKind Kind,
                                     std::span<const std::byte> Payload,
                                     uint32_t CostMs, Deadline Until);
  std::expected<bool, TierError> contains(const CacheKey &Key);
  void remove(const CacheKey &Key);
  /// Forgets all entries. One that is being stored meanwhile may stay.
  void clear();

  /// Lets the device copy to and from \p Memory; none where that is not
  /// possible (now).
  std::optional<RegisteredMemory> registerMemory(std::span<std::byte> Memory);

  DeviceState state() const { return State.load(std::memory_order_acquire); }
  bool isDeviceReady() const { return state() == DeviceState::Ready; }
  /// Why there is no device, once that is known; empty else.
  std::string deviceFault() const;
  /// Fills in what is known of the two caches.
  void report(DaemonStatistics &Into) const;

  /// Maintenance: gives memory of the device back where others need it, and
  /// moves entries of the host to the device.
  void tend(std::chrono::steady_clock::time_point Now);

private:
  explicit DaemonCache(const DaemonOptions &Options) : Options(Options) {}
  void openDevice();
  /// Notes an error of the device's cache.
  void notice(const TierError &E);
  void moveToDevice();
  /// What get() answers, given the device's answer and the value of Moves from
  /// before the device was asked.
  Tier::Answer complete(const Tier::Request &R, Tier::Answer OnDevice,
                        Deadline Until, uint64_t MovesBefore);
  Tier::Answer getElsewhere(const CacheKey &Key, Sink &Into, Deadline Until,
                            uint64_t MovesBefore);

  const DaemonOptions Options;
  std::unique_ptr<VramCache> Host;
  /// Published through State, and then there for good.
  std::unique_ptr<VramCache> Device;
  std::atomic<DeviceState> State = DeviceState::None;

  mutable std::mutex Mutex;
  std::condition_variable Ending;
  bool MustEnd = false;
  std::string Fault;
  /// Held while an entry moves, so that none that is removed comes back.
  std::mutex Moving;
  /// Entries that are on the device, or were, having been on the host.
  std::atomic<uint64_t> Moves = 0;
  std::optional<WorkerThread> Opener;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_DAEMONCACHE_H
