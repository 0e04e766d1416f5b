//===- Server.h - Clients come and go ---------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The threads of the server:
///
///  - the caller of run() admits clients, notices that they hang up, and takes
///    their things back. It waits in epoll, for all sockets at once, and never
///    for one client.
///  - each client has a session with a thread of its own (ClientSession.h).
///  - the device is opened by one thread (DaemonCache.h), which then ends.
///  - maintenance gives memory of the device back, wipes and registers
///    channels, and looks whether the device is lost.
///
/// A session ends in one way, whoever wants it to: it is told to, its thread
/// leaves run(), says so, and is joined by the caller of run(). Only then is
/// the memory of the client given back, so nothing writes to it any more.
///
/// Lock order: the mutexes here, of the pool, of the leases and of the cache
/// are held one at a time.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_SERVER_H
#define HAPAX_RUNTIME_IPC_SERVER_H

#include "ClientSession.h"
#include <map>

namespace hapax {

class Server final : public DaemonServer {
public:
  Server(FileDescriptor Listening, const DaemonOptions &Options,
         FileDescriptor Epoll, FileDescriptor Bell,
         std::unique_ptr<DaemonCache> Cache);
  ~Server() override;

  DaemonEnd run() override;
  void requestStop() override;
  DaemonStatistics statistics() const override;
  const FileDescriptor &listening() const override { return Listening; }

private:
  using Clock = std::chrono::steady_clock;

  /// Someone who has connected: at first without, then with a session.
  struct Connection {
    FileDescriptor Pending;
    Clock::time_point HelloUntil;
    FileDescriptor Process;
    std::unique_ptr<ClientSession> Serving;
    std::optional<WorkerThread> Thread;
  };
  using Connections = std::map<uint64_t, Connection>;

  bool watch(int Descriptor, uint64_t Number);
  void acceptAll();
  void accept(FileDescriptor Socket);
  /// Sends a Welcome; false when the peer is gone.
  bool answer(const FileDescriptor &Socket, Welcome Said,
              const FileDescriptor &Memory = FileDescriptor());
  void refuse(const FileDescriptor &Socket, Admission Why);
  /// Answers Tell and End.
  void tell(const FileDescriptor &Socket);
  void hello(uint64_t Number, Connection &C);
  /// What became of the client's connection is noticed.
  void hangUp(Connections::iterator At);
  /// Joins the sessions that have ended, and takes back what they had.
  void reap();
  void dropLateHellos(Clock::time_point Now);
  /// Handles what happens within \p AtMost; false when nobody may be admitted
  /// any more because of an error.
  bool handleEvents(std::chrono::milliseconds AtMost);
  std::optional<DaemonEnd> reasonToEnd(Clock::time_point Now);
  void drain();
  void endAll();
  void maintain();
  void log(const std::string &Line) const {
    if (Options.Log)
      Options.Log(Line);
  }

  FileDescriptor Listening;
  const DaemonOptions Options;
  const Clock::time_point Began = Clock::now();
  FileDescriptor Epoll;
  /// An eventfd that wakes the caller of run().
  FileDescriptor Bell;

  std::unique_ptr<DaemonCache> Cache;
  ChannelPool Pool;
  LeaseTable Leases;
  ServerCounts Counts;
  SessionServices Services;

  // Of the caller of run() alone.
  Connections All;
  uint64_t NextNumber;
  uint64_t NextId;
  TokenBucket Arrivals;
  Clock::time_point LastClient;
  bool Admitting = true;

  std::atomic<uint64_t> Clients = 0, ClientsEver = 0, Refused = 0;
  std::atomic<bool> StopRequested = false;

  mutable std::mutex Mutex;
  std::vector<uint64_t> Ended;
  std::condition_variable MaintenanceEnds;
  bool MustEnd = false;
  std::optional<WorkerThread> Maintenance;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_SERVER_H
