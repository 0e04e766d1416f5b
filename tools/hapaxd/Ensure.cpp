//===- Ensure.cpp - Starting the daemon unless it runs --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Ensure.h"
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

/// The daemon listens before it opens the GPU: this is plenty.
constexpr auto Patience = std::chrono::seconds(10);

std::expected<bool, std::string> listensAt(const std::string &Socket) {
  auto Found = connectTo(Socket, Clock::now() + std::chrono::milliseconds(100));
  if (!Found)
    return std::unexpected(std::move(Found.error()));
  return bool(*Found);
}

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

std::string noStart(int Error) {
  return std::string("cannot start the daemon: ") + std::strerror(Error);
}

} // namespace

std::expected<void, std::string> hapax::ensureDaemon(const std::string &Socket,
                                                     char **Arguments) {
  std::string Folder = folderOf(Socket);
  if (auto Ready = prepareFolder(Folder); !Ready)
    return Ready;
  auto Runs = listensAt(Socket);
  if (!Runs || *Runs)
    return Runs ? std::expected<void, std::string>()
                : std::unexpected(std::move(Runs.error()));

  std::vector<char *> Words;
  for (char **Word = Arguments; *Word; ++Word)
    if (std::string_view(*Word) != "--ensure")
      Words.push_back(*Word);
  Words.push_back(nullptr);
  std::string Log = Folder + "/daemon.log";
  auto Child = startInBackground(Words.data(), Log);
  if (!Child)
    return std::unexpected(noStart(Child.error()));

  for (auto Until = Clock::now() + Patience; Clock::now() < Until;) {
    auto Now = listensAt(Socket);
    if (Now && *Now)
      return {};
    int Status = 0;
    if (::waitpid(*Child, &Status, WNOHANG) == *Child) {
      if (!WIFEXITED(Status) || WEXITSTATUS(Status) != 0)
        return std::unexpected("the daemon did not start; " + Log +
                               " says why");
      // Another one has the place, but does not listen: it ends just now.
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      Child = startInBackground(Words.data(), Log);
      if (!Child)
        return std::unexpected(noStart(Child.error()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return std::unexpected("the daemon does not answer; " + Log + " may say why");
}
