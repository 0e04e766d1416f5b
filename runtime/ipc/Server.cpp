//===- Server.cpp - Clients come and go -------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Server.h"
#include "SocketIo.h"
#include "hapax/Ipc/Rendezvous.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/syscall.h>

using namespace hapax;

namespace {

// Numbers of what epoll watches; clients come after them.
constexpr uint64_t ListeningNumber = 0, BellNumber = 1, FirstClient = 2;

/// Between two looks at deadlines, and two rounds of maintenance.
constexpr auto Tick = std::chrono::milliseconds(100);

/// Connections beyond those of clients, from who only asks, or has yet to say
/// what it wants.
constexpr size_t MaxAskers = 16;

/// Request numbers of different clients, and of different servers, are far
/// apart: what an earlier owner of a channel says is no request of this one's.
constexpr uint64_t IdsPerClient = uint64_t(1) << 32;

uint64_t randomNumber() {
  uint64_t Number = 0;
  // Without it the numbers are no less different within one server.
  (void)!::getrandom(&Number, sizeof(Number), GRND_NONBLOCK);
  return Number;
}

/// A channel that was given back is in use until its client has ended.
uint64_t mostChannelBytes(const DaemonOptions &Options) {
  if (Options.MaxChannelBytes)
    return Options.MaxChannelBytes;
  return (2 * uint64_t(Options.MaxClients) + Options.SpareChannels) *
         channelBytes(Options.ArenaBytes);
}

} // namespace

DaemonServer::~DaemonServer() = default;

std::expected<std::unique_ptr<DaemonServer>, std::string>
DaemonServer::create(FileDescriptor Listening, const DaemonOptions &Options) {
  if (channelBytes(Options.ArenaBytes) == 0)
    return std::unexpected(
        "an arena cannot have " + std::to_string(Options.ArenaBytes) +
        " bytes; give a multiple of 4 KiB from 64 KiB to 1 GiB");
  if (Options.MaxClients == 0 || Options.RequestsPerSecond == 0 ||
      Options.ConnectionsPerSecond == 0)
    return std::unexpected("a server without clients is no use");
  FileDescriptor Epoll(::epoll_create1(EPOLL_CLOEXEC));
  FileDescriptor Bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!Epoll || !Bell)
    return std::unexpected(std::string("cannot make an epoll instance: ") +
                           std::strerror(errno));
  auto Cache = DaemonCache::create(Options);
  if (!Cache)
    return std::unexpected(std::move(Cache.error()));
  return std::make_unique<Server>(std::move(Listening), Options,
                                  std::move(Epoll), std::move(Bell),
                                  std::move(*Cache));
}

Server::Server(FileDescriptor Socket, const DaemonOptions &Given,
               FileDescriptor Epoll, FileDescriptor Bell,
               std::unique_ptr<DaemonCache> Serving)
    : Listening(std::move(Socket)), Options(Given), Epoll(std::move(Epoll)),
      Bell(std::move(Bell)), Cache(std::move(Serving)),
      Pool(Options.ArenaBytes, mostChannelBytes(Options),
           Options.SpareChannels),
      Services{*Cache,
               Leases,
               Counts,
               Options.RequestsPerSecond,
               Options.RequestTimeout,
               [this] { return statistics(); }},
      NextNumber(FirstClient), NextId(randomNumber()),
      Arrivals(Options.ConnectionsPerSecond, Began), LastClient(Began) {}

Server::~Server() {
  {
    std::lock_guard Lock(Mutex);
    MustEnd = true;
  }
  MaintenanceEnds.notify_all();
  Maintenance.reset();
  endAll();
}

//===----------------------------------------------------------------------===//
// Coming
//===----------------------------------------------------------------------===//

bool Server::watch(int Descriptor, uint64_t Number) {
  epoll_event Event = {};
  Event.events = EPOLLIN | EPOLLRDHUP;
  Event.data.u64 = Number;
  return ::epoll_ctl(Epoll.get(), EPOLL_CTL_ADD, Descriptor, &Event) == 0;
}

void Server::acceptAll() {
  // A few at a time: those who hang up meanwhile must be noticed too.
  for (unsigned I = 0; I != 64; ++I) {
    FileDescriptor Socket(::accept4(Listening.get(), nullptr, nullptr,
                                    SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (Socket) {
      accept(std::move(Socket));
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
        errno == ENOMEM)
      // Epoll would say at once that there is someone to accept.
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return;
  }
}

bool Server::answer(const FileDescriptor &Socket, Welcome Said,
                    const FileDescriptor &Memory) {
  Said.Build = Options.Build;
  return sendMessage(Socket, std::as_bytes(std::span(&Said, 1)), Memory);
}

void Server::refuse(const FileDescriptor &Socket, Admission Why) {
  Refused.fetch_add(1);
  Welcome Said;
  Said.Result = Why;
  answer(Socket, Said);
}

void Server::tell(const FileDescriptor &Socket) {
  Welcome Said;
  Said.Result = Admission::Told;
  answer(Socket, Said);
}

void Server::accept(FileDescriptor Socket) {
  auto Peer = peerOf(Socket);
  // Nothing is said to a stranger.
  if (!Peer || !mayTalkTo(*Peer, ::geteuid())) {
    Refused.fetch_add(1);
    return;
  }
  if (!Admitting)
    return refuse(Socket, Admission::Ending);
  if (All.size() >= Options.MaxClients + MaxAskers)
    return refuse(Socket, Admission::TooManyClients);
  auto Now = Clock::now();
  if (!Arrivals.take(Now))
    return refuse(Socket, Admission::TooFast);
  uint64_t Number = NextNumber++;
  if (!watch(Socket.get(), Number))
    return refuse(Socket, Admission::TooManyClients);
  Connection &C = All[Number];
  C.Pending = std::move(Socket);
  C.HelloUntil = Now + Options.HelloTimeout;
  C.Process = FileDescriptor(int(::syscall(SYS_pidfd_open, Peer->pid, 0)));
  // What it says may be there already.
  hello(Number, C);
}

void Server::hello(uint64_t Number, Connection &C) {
  Hello Said;
  auto Got =
      receiveMessage(C.Pending, std::as_writable_bytes(std::span(&Said, 1)));
  if (!Got)
    return;
  auto Refuse = [&](Admission Why) {
    refuse(C.Pending, Why);
    All.erase(Number);
  };
  if (Got->Bytes != sizeof(Said) || Said.Magic != ProtocolMagic) {
    // Who says nothing only looked whether someone listens.
    Refused.fetch_add(Got->Bytes != 0);
    All.erase(Number);
    return;
  }
  if (!Admitting)
    return Refuse(Admission::Ending);
  if (Said.Wants == Wish::Tell || Said.Wants == Wish::End) {
    if (Said.Wants == Wish::End) {
      log("asked to make room for another one");
      // Nobody whom it tells that it ends is admitted after that.
      Admitting = false;
      StopRequested.store(true);
    }
    tell(C.Pending);
    All.erase(Number);
    return;
  }
  if (Said.Version != ProtocolVersion || Got->Cut || Said.Wants != Wish::Serve)
    return Refuse(Admission::OtherVersion);
  if (Clients.load() >= Options.MaxClients)
    return Refuse(Admission::TooManyClients);
  auto Memory = Pool.take();
  if (!Memory)
    return Refuse(Admission::TooManyClients);

  Welcome Answer;
  Answer.FirstId = NextId;
  Answer.ArenaBytes = Options.ArenaBytes;
  NextId += IdsPerClient;
  const FileDescriptor &Shared = (*Memory)->Memory.file();
  auto Made = ClientSession::create(Services, Number, Answer.FirstId,
                                    std::move(C.Pending), std::move(*Memory));
  // It cannot fail: the rings are where they were made.
  if (!Made) {
    All.erase(Number);
    return;
  }
  C.Serving = std::move(*Made);
  auto Thread = WorkerThread::start("hapaxd client",
                                    [this, Number, Self = C.Serving.get()] {
                                      Self->run();
                                      {
                                        std::lock_guard Lock(Mutex);
                                        Ended.push_back(Number);
                                      }
                                      ::eventfd_write(Bell.get(), 1);
                                    });
  if (!Thread) {
    // The client is hung up on.
    Pool.giveBack(C.Serving->takeMemory(), std::move(C.Process));
    All.erase(Number);
    return;
  }
  C.Thread.emplace(std::move(*Thread));
  // Who has read the welcome finds itself counted.
  Clients.fetch_add(1);
  ClientsEver.fetch_add(1);
  if (!answer(C.Serving->socket(), Answer, Shared))
    C.Serving->close();
}

//===----------------------------------------------------------------------===//
// Going
//===----------------------------------------------------------------------===//

void Server::hangUp(Connections::iterator At) {
  Connection &C = At->second;
  if (!C.Serving) {
    hello(At->first, C);
    return;
  }
  // It is watched no more; its thread says when it has ended.
  ::epoll_ctl(Epoll.get(), EPOLL_CTL_DEL, C.Serving->socket().get(), nullptr);
  C.Serving->close();
}

void Server::reap() {
  std::vector<uint64_t> Done;
  {
    std::lock_guard Lock(Mutex);
    Done.swap(Ended);
  }
  for (uint64_t Number : Done) {
    Connection &C = All.at(Number);
    C.Thread.reset();
    Pool.giveBack(C.Serving->takeMemory(), std::move(C.Process));
    All.erase(Number);
    Clients.fetch_sub(1);
  }
}

void Server::dropLateHellos(Clock::time_point Now) {
  std::erase_if(All, [&](const auto &C) {
    return !C.second.Serving && Now >= C.second.HelloUntil;
  });
}

bool Server::handleEvents(std::chrono::milliseconds AtMost) {
  std::array<epoll_event, 64> Events;
  int Count = ::epoll_wait(Epoll.get(), Events.data(), Events.size(),
                           int(AtMost.count()));
  for (int I = 0; I < Count; ++I) {
    uint64_t Number = Events[I].data.u64;
    if (Number == ListeningNumber) {
      if (Events[I].events & (EPOLLERR | EPOLLHUP)) {
        ::epoll_ctl(Epoll.get(), EPOLL_CTL_DEL, Listening.get(), nullptr);
        return false;
      }
      acceptAll();
    } else if (Number == BellNumber) {
      eventfd_t Rung;
      ::eventfd_read(Bell.get(), &Rung);
    } else if (auto At = All.find(Number); At != All.end()) {
      hangUp(At);
    }
  }
  reap();
  dropLateHellos(Clock::now());
  return true;
}

//===----------------------------------------------------------------------===//
// Beginning and ending
//===----------------------------------------------------------------------===//

void Server::maintain() {
  std::unique_lock Lock(Mutex);
  while (!MustEnd) {
    Lock.unlock();
    auto Now = Clock::now();
    Cache->tend(Now);
    Pool.tend(*Cache, Now);
    if (Cache->state() == DeviceState::Lost)
      ::eventfd_write(Bell.get(), 1);
    Lock.lock();
    MaintenanceEnds.wait_for(Lock, Tick, [&] { return MustEnd; });
  }
}

void Server::requestStop() {
  StopRequested.store(true);
  ::eventfd_write(Bell.get(), 1);
}

std::optional<DaemonEnd> Server::reasonToEnd(Clock::time_point Now) {
  if (StopRequested.load())
    return DaemonEnd::Stopped;
  if (Cache->state() == DeviceState::Lost)
    return DaemonEnd::DeviceLost;
  if (!All.empty())
    LastClient = Now;
  else if (Options.IdleExit.count() != 0 &&
           Now - LastClient >= Options.IdleExit)
    return DaemonEnd::Idle;
  return std::nullopt;
}

DaemonEnd Server::run() {
  // Accepting must not block, whoever made the socket.
  if (::fcntl(Listening.get(), F_SETFL, O_NONBLOCK) != 0 ||
      !watch(Listening.get(), ListeningNumber) ||
      !watch(Bell.get(), BellNumber)) {
    log(std::string("cannot watch the socket: ") + std::strerror(errno));
    return DaemonEnd::Failed;
  }
  auto Thread = WorkerThread::start("hapaxd tend", [this] { maintain(); });
  if (!Thread) {
    log("no thread for maintenance");
    return DaemonEnd::Failed;
  }
  Maintenance.emplace(std::move(*Thread));
  LastClient = Clock::now();
  for (;;) {
    if (auto Reason = reasonToEnd(Clock::now())) {
      if (*Reason == DaemonEnd::DeviceLost)
        log("the device is lost: " + Cache->deviceFault());
      else
        drain();
      return *Reason;
    }
    if (!handleEvents(Tick)) {
      log("the listening socket has failed");
      return DaemonEnd::Failed;
    }
  }
}

void Server::drain() {
  Admitting = false;
  std::erase_if(All, [&](const auto &C) {
    if (!C.second.Serving)
      refuse(C.second.Pending, Admission::Ending);
    return !C.second.Serving;
  });
  for (auto &[Number, C] : All)
    C.Serving->drain();
  auto Until = Clock::now() + Options.DrainTimeout;
  while (!All.empty() && Clock::now() < Until)
    handleEvents(std::chrono::milliseconds(10));
  // The threads of a driver may take long to end. Meanwhile nobody shall wait
  // to be accepted.
  Listening.reset();
}

void Server::endAll() {
  for (auto &[Number, C] : All)
    if (C.Serving)
      C.Serving->close();
  for (auto &[Number, C] : All)
    C.Thread.reset();
  All.clear();
}

DaemonStatistics Server::statistics() const {
  DaemonStatistics Now;
  Now.UptimeMs = uint64_t(std::chrono::duration_cast<std::chrono::milliseconds>(
                              Clock::now() - Began)
                              .count());
  Now.Restarts = Options.Restarts;
  Now.Clients = Clients.load();
  Now.ClientsEver = ClientsEver.load();
  Now.Refused = Refused.load();
  Now.ChannelBytes = Pool.bytes();
  Counts.report(Now);
  Cache->report(Now);
  return Now;
}
