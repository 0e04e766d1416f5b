//===- DaemonServer.h - The daemon, as a library ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Serves a cache, in the memory of a GPU where there is one, to the compiler
/// processes of one user (Protocol.h). How it works stands in
/// runtime/ipc/Server.h; tools/hapaxd makes a program of it.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IPC_DAEMONSERVER_H
#define HAPAX_IPC_DAEMONSERVER_H

#include "hapax/Ipc/FileDescriptor.h"
#include "hapax/Ipc/Protocol.h"
#include "hapax/Vram/VramCache.h"
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace hapax {

using DeviceOpener =
    std::function<std::expected<std::unique_ptr<DeviceMemory>, DeviceError>()>;

struct DaemonOptions {
  /// Opens the device, on a thread of its own; empty: there is none, and the
  /// host tier alone serves.
  DeviceOpener OpenDevice = {};
  /// How long to wait before it: after a loss, for the device to come to rest.
  std::chrono::milliseconds DeviceDelay{0};
  /// The cache on the device. Its HostFallbackBytes are not used.
  VramOptions Device = {};
  /// Host memory for entries, as long as there is no device.
  uint64_t HostBytes = uint64_t(256) << 20;

  /// Bytes of each client's arena, a multiple of 4096 from 64 KiB to 1 GiB. No
  /// larger entry passes through it.
  uint64_t ArenaBytes = uint64_t(4) << 20;
  /// Memory of all channels together; 0: what MaxClients need at most.
  uint64_t MaxChannelBytes = 0;
  /// Channels that are kept ready.
  unsigned SpareChannels = 8;
  unsigned MaxClients = 512;
  /// A client that makes more waits; one that connects more often is refused.
  uint32_t RequestsPerSecond = 1'000'000;
  uint32_t ConnectionsPerSecond = 2000;
  /// How long a connection may stay without a Hello. A compiler on a machine
  /// that has no time for it is no stranger.
  std::chrono::milliseconds HelloTimeout{10'000};

  /// Without clients for so long, run() ends; 0: never.
  std::chrono::milliseconds IdleExit{0};
  /// A request that takes longer is given up. Clients are less patient.
  std::chrono::milliseconds RequestTimeout{1000};
  /// How long clients are served on after requestStop().
  std::chrono::milliseconds DrainTimeout{2000};

  /// Which program this is, for who asks (Presence.h); 0: not known.
  uint64_t Build = 0;
  /// For the statistics.
  uint64_t Restarts = 0;
  /// Receives lines for a log; called from any thread. May be empty.
  std::function<void(const std::string &)> Log = {};
};

/// Why run() ended.
enum class DaemonEnd : uint8_t {
  Stopped,    ///< requestStop() was called, or another daemon wants the place.
  Idle,       ///< No client came for IdleExit.
  DeviceLost, ///< The process should begin anew: the driver's state in it is
              ///< beyond repair.
  Failed,     ///< The listening socket failed.
};

/// A server. Must not outlive what OpenDevice refers to.
class DaemonServer {
public:
  /// \p Listening is a unix socket of type SOCK_SEQPACKET that listens. A
  /// one-line message where the options make no sense or memory is lacking.
  static std::expected<std::unique_ptr<DaemonServer>, std::string>
  create(FileDescriptor Listening, const DaemonOptions &Options);
  virtual ~DaemonServer();

  /// Serves until there is a reason to end. Called once. After DeviceLost,
  /// clients may still be served by the host tier when it returns; the
  /// destructor hangs up on them.
  virtual DaemonEnd run() = 0;
  /// Ends run(): nobody is admitted any more, whoever comes is told so, and
  /// those who are there are served until they have no request under way. From
  /// any thread, and from a signal handler.
  virtual void requestStop() = 0;
  /// From any thread.
  virtual DaemonStatistics statistics() const = 0;
  /// The socket, to hand it on; closed once run() has returned Stopped or Idle.
  virtual const FileDescriptor &listening() const = 0;
};

} // namespace hapax

#endif // HAPAX_IPC_DAEMONSERVER_H
