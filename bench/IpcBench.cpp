//===- IpcBench.cpp - The daemon against a unix socket ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Round trips to a server in this process, on a thread of its own, and beside
/// them an echo over a unix socket between two threads. On a machine with two
/// free cores the round trip is that of two sides that spin; otherwise each of
/// them sleeps at times.
//===----------------------------------------------------------------------===//
#include "hapax/Ipc/DaemonClient.h"
#include "hapax/Ipc/DaemonServer.h"
#include "hapax/Ipc/Rendezvous.h"
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <thread>

using namespace hapax;

namespace {

constexpr auto Patience = std::chrono::seconds(10);

struct Daemon {
  Daemon() {
    char Name[] = "/tmp/hapax-bench-XXXXXX";
    Folder = ::mkdtemp(Name);
    Server = std::move(
        *DaemonServer::create(std::move(*listenAt(socket())), DaemonOptions()));
    Thread = std::thread([this] { Server->run(); });
  }
  ~Daemon() {
    Server->requestStop();
    Thread.join();
    std::filesystem::remove_all(Folder);
  }
  std::string socket() const { return Folder + "/daemon.socket"; }
  std::unique_ptr<DaemonClient> connect() const {
    DaemonClientOptions Options;
    Options.Socket = socket();
    Options.ConnectTimeout = Options.CallTimeout = Patience;
    return std::move(*DaemonClient::connect(Options));
  }

  std::string Folder;
  std::unique_ptr<DaemonServer> Server;
  std::thread Thread;
};

CacheKey keyOf(uint64_t Number) {
  return digestOf(std::as_bytes(std::span(&Number, 1)));
}

void roundTrip(benchmark::State &State) {
  Daemon D;
  auto C = D.connect();
  for (auto _ : State)
    if (!C->contains(keyOf(1)))
      State.SkipWithError("the daemon was given up");
}
BENCHMARK(roundTrip)->UseRealTime();

void socketEcho(benchmark::State &State) {
  int Ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, Ends) != 0)
    return State.SkipWithError("no sockets");
  FileDescriptor Mine(Ends[0]), Others(Ends[1]);
  std::thread Echo([&] {
    char Message[48];
    for (ssize_t N; (N = ::read(Others.get(), Message, sizeof(Message))) > 0;)
      if (::write(Others.get(), Message, size_t(N)) != N)
        return;
  });
  char Message[48] = {};
  for (auto _ : State)
    if (::write(Mine.get(), Message, sizeof(Message)) != sizeof(Message) ||
        ::read(Mine.get(), Message, sizeof(Message)) != sizeof(Message))
      State.SkipWithError("the echo has ended");
  ::shutdown(Mine.get(), SHUT_RDWR);
  Echo.join();
}
BENCHMARK(socketEcho)->UseRealTime();

void get(benchmark::State &State) {
  Daemon D;
  auto C = D.connect();
  std::vector<std::byte> Payload(size_t(State.range(0)), std::byte(5)), Got;
  if (!C->put(keyOf(1), PayloadKind::Object, Payload, 1))
    return State.SkipWithError("not stored");
  ContainerSink Into(Got);
  for (auto _ : State) {
    auto A = C->get(keyOf(1), Into);
    if (!A || !*A)
      State.SkipWithError("not there");
  }
  State.SetBytesProcessed(State.iterations() * State.range(0));
}
BENCHMARK(get)->Arg(1024)->Arg(16384)->Arg(65536)->Arg(1 << 20)->UseRealTime();

/// This process lives on after each connection, so no channel is used again
/// (ChannelPool.h): beyond the spares the cost of making one is in the figure.
/// Compilers that end find a spare.
void connectWithoutSpare(benchmark::State &State) {
  Daemon D;
  std::vector<std::byte> Payload(65536, std::byte(5)), Got;
  if (!D.connect()->put(keyOf(1), PayloadKind::Object, Payload, 1))
    return State.SkipWithError("not stored");
  ContainerSink Into(Got);
  for (auto _ : State) {
    auto A = D.connect()->get(keyOf(1), Into);
    if (!A || !*A)
      State.SkipWithError("not there");
  }
}
BENCHMARK(connectWithoutSpare)->UseRealTime()->Iterations(200);

} // namespace

BENCHMARK_MAIN();
