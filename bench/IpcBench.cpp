//===- IpcBench.cpp - The daemon against what else there is -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Rows are what/who[/bytes]:
///
///   round-trip-spinning  one question after the other, so that both sides look
///                        for it in a loop (on two free cores)
///   round-trip-parked    a pause before each, so that the server sleeps
///   get                  an entry of so many bytes, again and again
///   gets-of-8            the same by eight clients at a time
///   connect-get          a process that begins, and its first entry
///
/// The server is in this process, on threads of its own; Redis' is another
/// process. Hapax compares digests besides, and checks every index.
//===----------------------------------------------------------------------===//
#include "hapax/Ipc/DaemonClient.h"
#include "hapax/Ipc/DaemonServer.h"
#include "hapax/Ipc/Rendezvous.h"
#include <algorithm>
#include <benchmark/benchmark.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#ifdef HAPAX_REDIS
#include <hiredis/hiredis.h>
#endif

using namespace hapax;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto Patience = std::chrono::seconds(10);
/// So long nobody spins.
constexpr auto Pause = std::chrono::microseconds(200);

struct Folder {
  Folder() {
    char Name[] = "/tmp/hapax-bench-XXXXXX";
    Path = ::mkdtemp(Name);
  }
  ~Folder() { std::filesystem::remove_all(Path); }
  std::string Path;
};

struct Daemon {
  Daemon() {
    Server = std::move(
        *DaemonServer::create(std::move(*listenAt(socket())), DaemonOptions()));
    Thread = std::thread([this] { Server->run(); });
  }
  ~Daemon() {
    Server->requestStop();
    Thread.join();
  }
  std::string socket() const { return Place.Path + "/daemon.socket"; }
  std::unique_ptr<DaemonClient> connect() const {
    DaemonClientOptions Options;
    Options.Socket = socket();
    Options.ConnectTimeout = Options.CallTimeout = Patience;
    auto Made = DaemonClient::connect(Options);
    return Made ? std::move(*Made) : nullptr;
  }

  Folder Place;
  std::unique_ptr<DaemonServer> Server;
  std::thread Thread;
};

CacheKey keyOf(uint64_t Number) {
  return digestOf(std::as_bytes(std::span(&Number, 1)));
}

/// Times of single calls: the mean is the row, the quantiles stand beside it.
class Times {
public:
  template <typename Fn> bool measure(benchmark::State &State, Fn Call) {
    auto Began = Clock::now();
    bool Good = Call();
    add(State, std::chrono::duration<double>(Clock::now() - Began).count());
    return Good;
  }
  void add(benchmark::State &State, double Seconds) {
    State.SetIterationTime(Seconds);
    All.push_back(Seconds * 1e6);
  }
  void report(benchmark::State &State) {
    if (All.empty())
      return;
    std::ranges::sort(All);
    State.counters["p50_us"] = All[All.size() / 2];
    State.counters["p99_us"] = All[All.size() * 99 / 100];
  }

private:
  std::vector<double> All;
};

//===----------------------------------------------------------------------===//
// Round trips
//===----------------------------------------------------------------------===//

template <typename Fn>
void roundTrips(benchmark::State &State, bool Parked, Fn Ask) {
  Times T;
  for (auto _ : State) {
    if (Parked)
      std::this_thread::sleep_for(Pause);
    if (!T.measure(State, Ask)) {
      State.SkipWithError("no answer");
      break;
    }
  }
  T.report(State);
}

void askDaemon(benchmark::State &State, bool Parked) {
  Daemon D;
  auto C = D.connect();
  roundTrips(State, Parked, [&] { return C->contains(keyOf(1)).has_value(); });
}

/// Another thread sends back what it gets.
void askSocket(benchmark::State &State, bool Parked) {
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
  roundTrips(State, Parked, [&] {
    return ::write(Mine.get(), Message, sizeof(Message)) == sizeof(Message) &&
           ::read(Mine.get(), Message, sizeof(Message)) == sizeof(Message);
  });
  ::shutdown(Mine.get(), SHUT_RDWR);
  Echo.join();
}

BENCHMARK_CAPTURE(askDaemon, , false)
    ->Name("round-trip-spinning/hapax")
    ->UseManualTime();
BENCHMARK_CAPTURE(askSocket, , false)
    ->Name("round-trip-spinning/socket")
    ->UseManualTime();
BENCHMARK_CAPTURE(askDaemon, , true)
    ->Name("round-trip-parked/hapax")
    ->UseManualTime()
    ->Iterations(2000);
BENCHMARK_CAPTURE(askSocket, , true)
    ->Name("round-trip-parked/socket")
    ->UseManualTime()
    ->Iterations(2000);

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

void getFromDaemon(benchmark::State &State) {
  static std::unique_ptr<Daemon> D;
  std::vector<std::byte> Payload(size_t(State.range(0)), std::byte(5)), Got;
  if (State.thread_index() == 0) {
    D = std::make_unique<Daemon>();
    if (!D->connect()->put(keyOf(1), PayloadKind::Object, Payload, 1))
      State.SkipWithError("not stored");
  }
  std::unique_ptr<DaemonClient> C;
  ContainerSink Into(Got);
  // All threads wait for each other where the loop begins, and at its end.
  for (auto _ : State) {
    if (!C)
      C = D->connect();
    auto A = C->get(keyOf(1), Into);
    if (!A || !*A) {
      State.SkipWithError("not there");
      break;
    }
  }
  State.SetItemsProcessed(State.iterations());
  State.SetBytesProcessed(State.iterations() * State.range(0));
  C.reset();
  if (State.thread_index() == 0)
    D.reset();
}
BENCHMARK(getFromDaemon)
    ->Name("get/hapax")
    ->Arg(1024)
    ->Arg(16384)
    ->Arg(65536)
    ->Arg(1 << 20)
    ->UseRealTime();
BENCHMARK(getFromDaemon)
    ->Name("gets-of-8/hapax")
    ->Arg(16384)
    ->Threads(8)
    ->UseRealTime();

#ifdef HAPAX_REDIS
/// A server of Redis, without files and without a port.
struct Redis {
  Redis() {
    std::string Socket = socket();
    const char *Words[] = {"redis-server", "--port",      "0",  "--unixsocket",
                           Socket.c_str(), "--save",      "",   "--appendonly",
                           "no",           "--daemonize", "no", "--logfile",
                           "/dev/null",    nullptr};
    if (::posix_spawnp(&Child, HAPAX_REDIS, nullptr, nullptr,
                       const_cast<char **>(Words), environ) != 0)
      Child = -1;
    for (auto Until = Clock::now() + Patience;
         Child > 0 && !connect() && Clock::now() < Until;)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ~Redis() {
    if (Child <= 0)
      return;
    ::kill(Child, SIGTERM);
    ::waitpid(Child, nullptr, 0);
  }
  std::string socket() const { return Place.Path + "/redis"; }
  struct Closes {
    void operator()(redisContext *C) const { redisFree(C); }
  };
  using Connection = std::unique_ptr<redisContext, Closes>;
  Connection connect() const {
    Connection C(redisConnectUnix(socket().c_str()));
    return C && !C->err ? std::move(C) : nullptr;
  }

  Folder Place;
  pid_t Child = -1;
};

struct FreesReply {
  void operator()(redisReply *R) const { freeReplyObject(R); }
};
template <typename... Words>
std::unique_ptr<redisReply, FreesReply> command(redisContext *C, Words... W) {
  return std::unique_ptr<redisReply, FreesReply>(
      static_cast<redisReply *>(redisCommand(C, W...)));
}

void getFromRedis(benchmark::State &State) {
  static std::unique_ptr<Redis> R;
  std::string Payload(size_t(State.range(0)), 'x'), Got;
  if (State.thread_index() == 0) {
    R = std::make_unique<Redis>();
    auto C = R->connect();
    if (!C || !command(C.get(), "SET k %b", Payload.data(), Payload.size()))
      State.SkipWithError("no redis-server");
  }
  Redis::Connection C;
  for (auto _ : State) {
    if (!C)
      C = R->connect();
    auto A = C ? command(C.get(), "GET %s", "k") : nullptr;
    if (!A || A->len != Payload.size()) {
      State.SkipWithError("not there");
      break;
    }
    // Into memory of the caller's, as the daemon's client does.
    Got.assign(A->str, A->len);
  }
  State.SetItemsProcessed(State.iterations());
  State.SetBytesProcessed(State.iterations() * State.range(0));
  C.reset();
  if (State.thread_index() == 0)
    R.reset();
}
BENCHMARK(getFromRedis)
    ->Name("get/redis")
    ->Arg(1024)
    ->Arg(16384)
    ->Arg(65536)
    ->Arg(1 << 20)
    ->UseRealTime();
BENCHMARK(getFromRedis)
    ->Name("gets-of-8/redis")
    ->Arg(16384)
    ->Threads(8)
    ->UseRealTime();
#endif

/// Each connection is that of a process which begins and ends, as a compiler
/// does: memory of channels is used again only then (ChannelPool.h).
void connectAndGet(benchmark::State &State) {
  Daemon D;
  std::vector<std::byte> Payload(size_t(State.range(0)), std::byte(5));
  if (!D.connect()->put(keyOf(1), PayloadKind::Object, Payload, 1))
    return State.SkipWithError("not stored");
  Times T;
  for (auto _ : State) {
    // Until there are spares again.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    int Ends[2];
    if (::pipe(Ends) != 0)
      return State.SkipWithError("no pipe");
    FileDescriptor Read(Ends[0]), Write(Ends[1]);
    pid_t Child = ::fork();
    if (Child == 0) {
      std::vector<std::byte> Got;
      ContainerSink Into(Got);
      auto Began = Clock::now();
      auto C = D.connect();
      bool Good = C && C->get(keyOf(1), Into).value_or(std::nullopt);
      double Took =
          Good ? std::chrono::duration<double>(Clock::now() - Began).count()
               : -1;
      (void)!::write(Write.get(), &Took, sizeof(Took));
      ::_exit(0);
    }
    double Took = -1;
    bool Heard = ::read(Read.get(), &Took, sizeof(Took)) == sizeof(Took);
    ::waitpid(Child, nullptr, 0);
    if (!Heard || Took < 0) {
      State.SkipWithError("not there");
      break;
    }
    T.add(State, Took);
  }
  T.report(State);
}
BENCHMARK(connectAndGet)
    ->Name("connect-get/hapax")
    ->Arg(65536)
    ->UseManualTime()
    ->Iterations(100);

} // namespace

BENCHMARK_MAIN();
