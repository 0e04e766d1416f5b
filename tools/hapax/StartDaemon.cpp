//===- StartDaemon.cpp - The launcher starts the daemon ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "StartDaemon.h"
#include "Paths.h"
#include "hapax/Ipc/Presence.h"
#include "hapax/Ipc/Rendezvous.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hapax {

namespace {

/// Runs a program that nobody waits for and that has nothing of ours: not the
/// terminal, and not the pipe that a build may wait on.
bool runDetached(const char *const *Arguments) {
  pid_t Child = ::fork();
  if (Child == 0) {
    // Twice, so that it is nobody's child: the compiler that we are to become
    // must not find one.
    if (::setsid() < 0 || ::fork() != 0)
      ::_exit(0);
    sigset_t None;
    ::sigemptyset(&None);
    ::sigprocmask(SIG_SETMASK, &None, nullptr);
    // The build's folder must not stay in use.
    if (::chdir("/") != 0)
      ::_exit(127);
    if (int Null = ::open("/dev/null", O_RDWR); Null >= 0)
      for (int Standard : {0, 1, 2})
        ::dup2(Null, Standard);
    ::close_range(3, ~0U, 0);
    ::execv(Arguments[0], const_cast<char **>(Arguments));
    ::_exit(127);
  }
  if (Child < 0)
    return false;
  // It may be reaped already, where SIGCHLD is ignored.
  while (::waitpid(Child, nullptr, 0) < 0 && errno == EINTR)
    ;
  return true;
}

} // namespace

std::string startDaemon(const Config &Settings) {
  std::string Socket = daemonSocket(Settings);
  std::string Folder = folderOf(Socket);
  if (::access(Folder.c_str(), F_OK) == 0) {
    // What is wrong with the folder, the plugin says.
    if (!folderFault(Folder).empty() || isPlaceTaken(Socket))
      return {};
  }
  std::string Program = programFolder() + "hapaxd";
  if (::access(Program.c_str(), X_OK) != 0)
    return "there is no " + Program +
           " to start; install it, or unset "
           "HAPAX_START_DAEMON";
  std::string Where = "--socket=" + Socket;
  const char *const Arguments[] = {Program.c_str(), "--ensure", Where.c_str(),
                                   nullptr};
  return runDetached(Arguments) ? std::string()
                                : "cannot start " + Program + ": no process";
}

} // namespace hapax
