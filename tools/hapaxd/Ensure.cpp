//===- Ensure.cpp - Starting the daemon unless it runs --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Ensure.h"
#include "hapax/Ipc/Presence.h"
#include "hapax/Ipc/Protocol.h"
#include "hapax/Ipc/Rendezvous.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <thread>
#include <vector>

using namespace hapax;

namespace {

using Clock = std::chrono::steady_clock;

/// The daemon listens before it opens the GPU: this is plenty, also on a
/// machine full of compilers.
constexpr auto Patience = std::chrono::seconds(30);
/// For one answer.
constexpr auto AnswersWithin = std::chrono::seconds(5);

/// Starts the program in a session of its own, so that it outlives the terminal
/// and the build.
std::expected<pid_t, int> startInBackground(char **Arguments,
                                            const std::string &Log) {
  posix_spawn_file_actions_t Files;
  posix_spawn_file_actions_init(&Files);
  posix_spawn_file_actions_addopen(&Files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&Files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(
      &Files, 2, Log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
  // A make's job server, say, is not to be held open.
  posix_spawn_file_actions_addclosefrom_np(&Files, 3);
  posix_spawnattr_t Attributes;
  posix_spawnattr_init(&Attributes);
  sigset_t None;
  sigemptyset(&None);
  posix_spawnattr_setsigmask(&Attributes, &None);
  posix_spawnattr_setflags(&Attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  pid_t Child = -1;
  int Error = ::posix_spawn(&Child, "/proc/self/exe", &Files, &Attributes,
                            Arguments, environ);
  posix_spawnattr_destroy(&Attributes);
  posix_spawn_file_actions_destroy(&Files);
  if (Error)
    return std::unexpected(Error);
  return Child;
}

/// The daemon that is started, at most one at a time.
class Starter {
public:
  Starter(char **Arguments, std::string Log) : Log(std::move(Log)) {
    for (char **Word = Arguments; *Word; ++Word)
      if (std::string_view(*Word) != "--ensure")
        Words.push_back(*Word);
    Words.push_back(nullptr);
  }

  /// Called while nobody listens: starts one, or the next one where the last
  /// one found that another process has the place, which just ends.
  std::expected<void, std::string> start() {
    if (Child > 0) {
      int Status = 0;
      if (::waitpid(Child, &Status, WNOHANG) != Child)
        return {};
      if (!WIFEXITED(Status) || WEXITSTATUS(Status) != 0)
        return std::unexpected("the daemon did not start; " + Log +
                               " says why");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    auto Started = startInBackground(Words.data(), Log);
    if (!Started)
      return std::unexpected(std::string("cannot start the daemon: ") +
                             std::strerror(Started.error()));
    Child = *Started;
    return {};
  }

private:
  const std::string Log;
  std::vector<char *> Words;
  pid_t Child = -1;
};

std::string leftAlone(std::string Why) {
  return std::move(Why) +
         "; it is left alone (to be rid of it: pkill -u $(id -u) hapaxd)";
}

} // namespace

std::expected<void, std::string> hapax::ensureDaemon(const std::string &Socket,
                                                     uint64_t Build,
                                                     char **Arguments) {
  std::string Folder = folderOf(Socket);
  if (auto Ready = prepareFolder(Folder); !Ready)
    return Ready;
  std::string Log = Folder + "/daemon.log";
  Starter Next(Arguments, Log);
  bool HasAsked = false;
  for (auto Until = Clock::now() + Patience; Clock::now() < Until;
       std::this_thread::sleep_for(std::chrono::milliseconds(2))) {
    auto There = daemonAt(Socket, Clock::now() + AnswersWithin);
    if (!There)
      return std::unexpected(leftAlone(std::move(There.error())));
    if (!*There) {
      if (auto Started = Next.start(); !Started)
        return Started;
      continue;
    }
    const DaemonIdentity &Who = **There;
    if (Who.IsEnding)
      continue;
    if (Who.Version == ProtocolVersion &&
        (Who.Build == Build || Build == 0 || Who.Build == 0))
      return {};
    if (HasAsked)
      return std::unexpected("another build of hapaxd has taken the place at " +
                             Socket +
                             "; whoever starts it (a service manager?) "
                             "should start this one");
    if (auto Heard = askDaemonToEnd(Socket, Clock::now() + AnswersWithin);
        !Heard)
      return std::unexpected(leftAlone(std::move(Heard.error())));
    HasAsked = true;
  }
  return std::unexpected("the daemon does not answer; " + Log + " may say why");
}

std::expected<void, std::string> hapax::stopDaemon(const std::string &Socket) {
  if (auto Heard = askDaemonToEnd(Socket, Clock::now() + AnswersWithin); !Heard)
    return std::unexpected(leftAlone(std::move(Heard.error())));
  return {};
}
