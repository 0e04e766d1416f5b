//===- Inherited.cpp - What the daemon is given by who starts it ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Inherited.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/socket.h>

using namespace hapax;

namespace {

constexpr int FirstListenFd = 3;
constexpr const char *Resume = "HAPAXD_RESUME";

bool listens(int Descriptor) {
  auto Option = [&](int Name) {
    int Value = -1;
    socklen_t Bytes = sizeof(Value);
    return ::getsockopt(Descriptor, SOL_SOCKET, Name, &Value, &Bytes) == 0
               ? Value
               : -1;
  };
  return Option(SO_DOMAIN) == AF_UNIX && Option(SO_TYPE) == SOCK_SEQPACKET &&
         Option(SO_ACCEPTCONN) == 1;
}

/// Owns a descriptor that came with the environment; empty if it is not open.
FileDescriptor own(int Descriptor) {
  if (::fcntl(Descriptor, F_SETFD, FD_CLOEXEC) != 0)
    return FileDescriptor();
  return FileDescriptor(Descriptor);
}

std::string take(const char *Name) {
  const char *Value = std::getenv(Name);
  std::string Result = Value ? Value : "";
  ::unsetenv(Name);
  return Result;
}

} // namespace

std::expected<Inherited, std::string> hapax::takeInherited() {
  Inherited Result;
  std::string Mine = take(Resume);
  std::string Pid = take("LISTEN_PID"), Count = take("LISTEN_FDS");
  ::unsetenv("LISTEN_FDNAMES");
  int Listening = -1, Lock = -1;
  if (!Mine.empty()) {
    if (std::sscanf(Mine.c_str(), "%d %d %u", &Listening, &Lock,
                    &Result.Losses) != 3 ||
        Listening < 0)
      return std::unexpected(std::string(Resume) + " is for hapaxd alone; "
                                                   "unset it");
    if (Lock >= 0)
      Result.Lock = own(Lock);
  } else if (!Pid.empty() && Pid == std::to_string(::getpid())) {
    if (Count != "1")
      return std::unexpected("the service manager hands over " + Count +
                             " sockets; hapaxd takes one");
    Listening = FirstListenFd;
  } else {
    return Result;
  }
  if (!listens(Listening))
    return std::unexpected(
        "what was handed over is no listening unix socket of sequenced packets "
        "(systemd: ListenSequentialPacket=)");
  Result.Listening = own(Listening);
  return Result;
}

std::string hapax::beginAnew(char **Arguments, const FileDescriptor &Listening,
                             const FileDescriptor &Lock, unsigned Losses) {
  // Whatever a driver has opened stays behind.
  ::close_range(FirstListenFd, ~0u, CLOSE_RANGE_CLOEXEC);
  for (const FileDescriptor *Kept : {&Listening, &Lock})
    if (*Kept)
      ::fcntl(Kept->get(), F_SETFD, 0);
  std::string Value = std::to_string(Listening.get()) + " " +
                      std::to_string(Lock.get()) + " " + std::to_string(Losses);
  ::setenv(Resume, Value.c_str(), 1);
  ::execv("/proc/self/exe", Arguments);
  return std::string("cannot begin anew: ") + std::strerror(errno);
}

std::optional<std::chrono::milliseconds> hapax::deviceDelay(unsigned Losses) {
  constexpr unsigned Delays[] = {0, 250, 1000, 4000};
  if (Losses >= std::size(Delays))
    return std::nullopt;
  return std::chrono::milliseconds(Delays[Losses]);
}

unsigned hapax::countLoss(unsigned Before, std::chrono::milliseconds Served) {
  return Served >= std::chrono::minutes(10) ? 1 : Before + 1;
}
