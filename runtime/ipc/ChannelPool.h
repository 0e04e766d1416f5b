//===- ChannelPool.h - Memory of channels, used again and again -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: a compiler lives for a second, and the memory of a channel costs a
/// millisecond to make (all its pages) and another one to register with the
/// device.
///
/// Idea: keep a few that are ready. What comes back is wiped and registered
/// away from the path of any request, by tend().
///
/// Memory is used again only when the process that had it has ended, so that no
/// two clients ever share memory; a client that hung up but lives on keeps its
/// own, which the server forgets.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_CHANNELPOOL_H
#define HAPAX_RUNTIME_IPC_CHANNELPOOL_H

#include "ChannelMemory.h"
#include "DaemonCache.h"
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace hapax {

/// The memory of one channel, on the side of the server.
struct Channel {
  ChannelMemory Memory;
  /// Empty where the device does not copy to it directly.
  std::optional<RegisteredMemory> Registered;
  /// Bytes of the arena, from its begin, that may have been written to.
  uint64_t Used = 0;
};

/// All calls are thread-safe. What was taken must be given back, or be gone,
/// before the pool ends, and the cache outlives both.
class ChannelPool {
public:
  using Clock = std::chrono::steady_clock;

  /// \p MaxBytes bounds all memory of channels, \p Spares what is kept ready.
  ChannelPool(uint64_t ArenaBytes, uint64_t MaxBytes, size_t Spares);

  /// One that nobody has used, or that is wiped; a one-line message when there
  /// is no memory for one more.
  std::expected<std::unique_ptr<Channel>, std::string> take();

  /// \p Process is a pidfd of the client that had it, or empty when it is not
  /// known.
  void giveBack(std::unique_ptr<Channel> Had, FileDescriptor Process);

  /// Makes ready what can be: called now and then, by one thread.
  void tend(DaemonCache &Cache, Clock::time_point Now);

  /// Bytes of all channels: in use, ready, and coming back.
  uint64_t bytes() const;

private:
  struct Returned {
    std::unique_ptr<Channel> Self;
    FileDescriptor Process;
    Clock::time_point Since;
  };
  std::expected<std::unique_ptr<Channel>, std::string> make();
  void drop(std::unique_ptr<Channel> Old);
  /// Spares may have been made before the device was ready.
  void registerSpares(DaemonCache &Cache);

  const uint64_t ArenaBytes, MaxBytes;
  const size_t Spares;
  mutable std::mutex Mutex;
  std::vector<std::unique_ptr<Channel>> Ready;
  std::vector<Returned> Back;
  uint64_t Bytes = 0;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_CHANNELPOOL_H
