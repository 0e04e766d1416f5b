//===- IpcTestSupport.h - Servers and clients to test -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_IPC_IPCTESTSUPPORT_H
#define HAPAX_TEST_IPC_IPCTESTSUPPORT_H

#include "../vram/VramTestSupport.h"
#include "hapax/Ipc/DaemonClient.h"
#include "hapax/Ipc/DaemonServer.h"
#include "hapax/Ipc/Rendezvous.h"
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace hapax {

/// A folder of mode 0700 that goes with its contents.
class TestFolder {
public:
  TestFolder() {
    char Name[] = "/tmp/hapax-ipc-XXXXXX";
    Path = ::mkdtemp(Name);
  }
  TestFolder(const TestFolder &) = delete;
  TestFolder &operator=(const TestFolder &) = delete;
  ~TestFolder() { std::filesystem::remove_all(Path); }
  std::string path(const std::string &Name = "") const {
    return Name.empty() ? Path : Path + "/" + Name;
  }
  std::string socket() const { return path("daemon.socket"); }

private:
  std::string Path;
};

/// How long tests wait for what must come.
inline constexpr std::chrono::milliseconds TestPatience{30'000};

/// Whether \p Condition comes true; none of its own making may end a test's
/// wait.
template <typename Fn> bool comesTrue(Fn Condition) {
  auto Until = std::chrono::steady_clock::now() + TestPatience;
  while (!Condition()) {
    if (std::chrono::steady_clock::now() >= Until)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

/// A number that a longer run sets in the environment.
inline uint64_t parameter(const char *Name, uint64_t Default) {
  const char *Text = std::getenv(Name);
  return Text ? std::strtoull(Text, nullptr, 10) : Default;
}

/// Options with small channels, for many clients on a small machine.
inline DaemonOptions smallDaemon() {
  DaemonOptions Options;
  Options.HostBytes = 64 * MiB;
  Options.ArenaBytes = 256 * KiB;
  Options.SpareChannels = 2;
  Options.ConnectionsPerSecond = 1'000'000;
  // However loaded the machine is.
  Options.HelloTimeout = TestPatience;
  Options.RequestTimeout = TestPatience;
  Options.DrainTimeout = TestPatience;
  return Options;
}

/// Options of a client that no load of the machine makes give up.
inline DaemonClientOptions patientClient(const std::string &Socket) {
  DaemonClientOptions Options;
  Options.Socket = Socket;
  Options.ConnectTimeout = TestPatience;
  Options.CallTimeout = TestPatience;
  Options.LeaseWait = std::chrono::milliseconds(0);
  return Options;
}

/// A server on a thread.
class TestServer {
public:
  explicit TestServer(const DaemonOptions &Options = smallDaemon()) {
    auto Made =
        DaemonServer::create(std::move(*listenAt(Folder.socket())), Options);
    if (!Made)
      std::abort();
    Server = std::move(*Made);
    Thread = std::thread([this] { End = Server->run(); });
  }
  ~TestServer() { stop(); }

  /// Why it ended.
  DaemonEnd stop() {
    Server->requestStop();
    return wait();
  }
  /// Waits until it ends by itself.
  DaemonEnd wait() {
    if (Thread.joinable())
      Thread.join();
    return End;
  }
  std::string socket() const { return Folder.socket(); }
  std::unique_ptr<DaemonClient> connect() const {
    auto Made = DaemonClient::connect(patientClient(socket()));
    return Made ? std::move(*Made) : nullptr;
  }
  DaemonStatistics statistics() const { return Server->statistics(); }
  bool becomesEmpty() const {
    return comesTrue([&] { return statistics().Clients == 0; });
  }

  TestFolder Folder;
  std::unique_ptr<DaemonServer> Server;

private:
  DaemonEnd End = DaemonEnd::Failed;
  std::thread Thread;
};

inline std::expected<void, TierError> put(Tier &To, uint64_t Number,
                                          uint64_t Size, uint32_t CostMs = 7) {
  return To.put(keyOf(Number), PayloadKind::Object, payloadOf(Number, Size),
                CostMs);
}

/// Whether the tier has exactly the payload of a number.
inline bool holds(Tier &In, uint64_t Number, uint64_t Size) {
  Bytes Got;
  ContainerSink Into(Got);
  auto A = In.get(keyOf(Number), Into);
  return A && *A && (*A)->Size == Size && same(Got, payloadOf(Number, Size));
}

/// Whether it says, without an error, that it does not have it.
inline bool misses(Tier &In, uint64_t Number) {
  Bytes Got;
  ContainerSink Into(Got);
  auto A = In.get(keyOf(Number), Into);
  return A && !*A;
}

} // namespace hapax

#endif // HAPAX_TEST_IPC_IPCTESTSUPPORT_H
