//===- Daemon.cpp - hapaxd, but for the device it opens -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Daemon.h"
#include "Build.h"
#include "DaemonArguments.h"
#include "Ensure.h"
#include "Inherited.h"
#include "hapax/Ipc/DaemonServer.h"
#include "hapax/Ipc/Rendezvous.h"
#include "hapax/Store/Config.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <sys/resource.h>

using namespace hapax;

namespace {

constexpr int Failure = 1, UsageError = 2;

/// Whatever hangs while the daemon ends (a driver, say): it ends.
constexpr unsigned EndsWithinSeconds = 10;

void say(const std::string &Line) {
  std::fprintf(stderr, "hapaxd: %s\n", Line.c_str());
}

/// A client takes three descriptors, and the usual limit is that of programs
/// that use select().
void allowManyFiles() {
  rlimit Limit;
  if (::getrlimit(RLIMIT_NOFILE, &Limit) != 0)
    return;
  Limit.rlim_cur = Limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &Limit);
}

/// Whom a signal stops.
std::atomic<DaemonServer *> Running = nullptr;

void stopOnSignal(int) {
  if (DaemonServer *Server = Running.load())
    Server->requestStop();
}

/// Signals stop the server as long as this lives.
class StopsOnSignals {
public:
  explicit StopsOnSignals(DaemonServer &Server) {
    Running = &Server;
    struct sigaction Action = {};
    Action.sa_handler = stopOnSignal;
    Action.sa_flags = SA_RESTART;
    for (int Signal : {SIGTERM, SIGINT, SIGHUP})
      ::sigaction(Signal, &Action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
  }
  ~StopsOnSignals() { Running = nullptr; }
};

/// Where compilers will look for the daemon, once this process may listen.
struct Place {
  FileDescriptor Listening, Lock;
  /// To be taken away at the end; empty for a socket that others own.
  std::string Path;
};

std::expected<Place, std::string> takePlace(const std::string &Socket,
                                            Inherited &Given) {
  Place P;
  P.Lock = std::move(Given.Lock);
  if (Given.Listening) {
    P.Listening = std::move(Given.Listening);
    if (P.Lock)
      P.Path = Socket;
    return P;
  }
  std::string Folder = folderOf(Socket);
  if (auto Ready = prepareFolder(Folder); !Ready)
    return std::unexpected(std::move(Ready.error()));
  auto Lock = lockFor(Socket);
  if (!Lock)
    return std::unexpected(std::move(Lock.error()));
  // One that a service manager has started listens without the lock.
  auto Other = connectTo(Socket, std::chrono::steady_clock::now() +
                                     std::chrono::milliseconds(100));
  if (Other && *Other)
    return P;
  P.Lock = std::move(*Lock);
  if (!P.Lock)
    return P;
  auto Listening = listenAt(Socket);
  if (!Listening)
    return std::unexpected(std::move(Listening.error()));
  P.Listening = std::move(*Listening);
  P.Path = Socket;
  return P;
}

DaemonOptions optionsFrom(const DaemonArguments &Args, unsigned Losses,
                          const DeviceByOrdinal &Open) {
  DaemonOptions Options;
  if (auto Delay = deviceDelay(Losses); Args.UseGpu && Delay) {
    Options.OpenDevice = [&Open, Ordinal = Args.Device] {
      return Open(Ordinal);
    };
    Options.DeviceDelay = *Delay;
  }
  if (Args.VramBytes)
    Options.Device.Memory.LimitBytes = *Args.VramBytes;
  Options.HostBytes = Args.HostBytes;
  Options.ArenaBytes = Args.ArenaBytes;
  Options.MaxClients = Args.MaxClients;
  Options.IdleExit = Args.IdleExit;
  Options.Build = thisBuild();
  Options.Restarts = Losses;
  Options.Log = say;
  return Options;
}

int serve(const DaemonArguments &Args, const std::string &Socket,
          char **Arguments, const DeviceByOrdinal &Open) {
  auto Given = takeInherited();
  if (!Given) {
    say(Given.error());
    return Failure;
  }
  auto Where = takePlace(Socket, *Given);
  if (!Where) {
    say(Where.error());
    return Failure;
  }
  if (!Where->Listening) {
    say("one runs already at " + Socket + "; there is nothing to do");
    return 0;
  }
  allowManyFiles();
  if (Given->Losses && !deviceDelay(Given->Losses))
    say("the device was lost again and again; it is left alone");
  auto Server = DaemonServer::create(std::move(Where->Listening),
                                     optionsFrom(Args, Given->Losses, Open));
  if (!Server) {
    say(Server.error());
    return Failure;
  }
  DaemonEnd End;
  {
    StopsOnSignals Guard(**Server);
    End = (*Server)->run();
  }
  if (End == DaemonEnd::DeviceLost) {
    auto Served = std::chrono::milliseconds((*Server)->statistics().UptimeMs);
    say(beginAnew(Arguments, (*Server)->listening(), Where->Lock,
                  countLoss(Given->Losses, Served)));
  }
  // From here on compilers find nobody; the lock is kept till the end.
  if (!Where->Path.empty())
    ::unlink(Where->Path.c_str());
  ::signal(SIGALRM, SIG_DFL);
  ::alarm(EndsWithinSeconds);
  Server->reset();
  return End == DaemonEnd::Stopped || End == DaemonEnd::Idle ? 0 : Failure;
}

/// Where compilers look for it, if nothing else is asked for.
std::string socketOf(const DaemonArguments &Args) {
  if (!Args.Socket.empty())
    return Args.Socket;
  Config Settings = Config::load(ConfigSources::process());
  for (const std::string &Warning : Settings.Warnings)
    say(Warning);
  return daemonSocket(Settings);
}

} // namespace

int hapax::daemonMain(int Count, char **Arguments,
                      const DeviceByOrdinal &Open) {
  std::span<const char *const> Words(Arguments, size_t(Count));
  auto Args = parseDaemonArguments(Words.subspan(Count > 0));
  if (!Args) {
    say(Args.error());
    return UsageError;
  }
  std::string Socket = socketOf(*Args);
  switch (Args->What) {
  case DaemonArguments::Action::Help:
    std::fputs(std::string(daemonHelp()).c_str(), stdout);
    return 0;
  case DaemonArguments::Action::Version:
    std::puts("hapaxd " HAPAX_VERSION);
    return 0;
  case DaemonArguments::Action::Ensure:
    if (auto Done = ensureDaemon(Socket, thisBuild(), Arguments); !Done) {
      say(Done.error());
      return Failure;
    }
    return 0;
  case DaemonArguments::Action::Stop:
    if (auto Done = stopDaemon(Socket); !Done) {
      say(Done.error());
      return Failure;
    }
    return 0;
  case DaemonArguments::Action::Serve:
    break;
  }
  return serve(*Args, Socket, Arguments, Open);
}
