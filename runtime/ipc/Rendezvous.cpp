//===- Rendezvous.cpp - Where compilers and the daemon meet -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Ipc/Rendezvous.h"
#include "SocketIo.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/un.h>

using namespace hapax;

namespace {

std::string because(const std::string &What, int Error) {
  return What + ": " + std::strerror(Error);
}

std::unexpected<std::string> fail(const std::string &What, int Error = errno) {
  return std::unexpected(because(What, Error));
}

std::expected<sockaddr_un, std::string> addressOf(const std::string &Path) {
  sockaddr_un Address = {};
  Address.sun_family = AF_UNIX;
  if (Path.empty() || Path.size() >= sizeof(Address.sun_path))
    return std::unexpected("the socket path '" + Path + "' is " +
                           (Path.empty() ? "empty" : "too long") +
                           "; set HAPAX_SOCKET to one of 1 to " +
                           std::to_string(sizeof(Address.sun_path) - 1) +
                           " bytes");
  std::memcpy(Address.sun_path, Path.data(), Path.size());
  return Address;
}

FileDescriptor newSocket() {
  return FileDescriptor(
      ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// Connections that wait to be accepted: as many compilers may begin at once.
constexpr int Backlog = 1024;

} // namespace

std::string hapax::defaultSocketPath() {
  if (const char *Named = std::getenv("HAPAX_SOCKET"); Named && *Named)
    return Named;
  // A relative one is to be ignored, says the specification of these folders.
  if (const char *Runtime = std::getenv("XDG_RUNTIME_DIR");
      Runtime && *Runtime == '/')
    return std::string(Runtime) + "/hapax/daemon.socket";
  return "/tmp/hapax-" + std::to_string(::getuid()) + "/daemon.socket";
}

std::string hapax::folderOf(const std::string &Socket) {
  size_t Slash = Socket.rfind('/');
  if (Slash == std::string::npos)
    return ".";
  return Slash == 0 ? "/" : Socket.substr(0, Slash);
}

std::string hapax::folderFault(const std::string &Path, const struct stat &Info,
                               uid_t User) {
  if (!S_ISDIR(Info.st_mode))
    return Path + " is no folder; remove it, or set HAPAX_SOCKET to another "
                  "place";
  if (Info.st_uid != User)
    return Path + " belongs to another user; set HAPAX_SOCKET to another place";
  if (Info.st_mode & 077)
    return "others may use " + Path + "; run: chmod 700 " + Path;
  return {};
}

std::string hapax::folderFault(const std::string &Path) {
  struct stat Info;
  if (::lstat(Path.c_str(), &Info) != 0)
    return because("cannot look at " + Path, errno);
  return folderFault(Path, Info, ::geteuid());
}

std::expected<void, std::string> hapax::prepareFolder(const std::string &Path) {
  if (::mkdir(Path.c_str(), 0700) != 0 && errno != EEXIST)
    return fail("cannot make the folder " + Path);
  if (std::string Fault = folderFault(Path); !Fault.empty())
    return std::unexpected(std::move(Fault));
  return {};
}

bool hapax::mayTalkTo(const ucred &Peer, uid_t User) {
  return Peer.uid == User;
}

std::optional<ucred> hapax::peerOf(const FileDescriptor &Socket) {
  ucred Peer = {};
  socklen_t Bytes = sizeof(Peer);
  if (::getsockopt(Socket.get(), SOL_SOCKET, SO_PEERCRED, &Peer, &Bytes) != 0 ||
      Bytes != sizeof(Peer) || Peer.pid <= 0)
    return std::nullopt;
  return Peer;
}

std::expected<FileDescriptor, std::string>
hapax::listenAt(const std::string &Path) {
  auto Address = addressOf(Path);
  if (!Address)
    return std::unexpected(std::move(Address.error()));
  if (std::string Fault = folderFault(folderOf(Path)); !Fault.empty())
    return std::unexpected(std::move(Fault));
  struct stat Info;
  if (::lstat(Path.c_str(), &Info) == 0) {
    if (!S_ISSOCK(Info.st_mode))
      return std::unexpected(Path + " is there and is no socket; remove it, or "
                                    "set HAPAX_SOCKET to another place");
    ::unlink(Path.c_str());
  }
  FileDescriptor Socket = newSocket();
  if (!Socket)
    return fail("cannot make a socket");
  if (::bind(Socket.get(), reinterpret_cast<const sockaddr *>(&*Address),
             sizeof(*Address)) != 0)
    return fail("cannot listen at " + Path);
  if (::chmod(Path.c_str(), 0600) != 0 || ::listen(Socket.get(), Backlog) != 0)
    return fail("cannot listen at " + Path);
  return Socket;
}

std::expected<FileDescriptor, std::string>
hapax::lockFor(const std::string &Socket) {
  std::string Path = Socket + ".lock";
  FileDescriptor File(
      ::open(Path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!File)
    return fail("cannot open " + Path);
  if (::flock(File.get(), LOCK_EX | LOCK_NB) == 0)
    return File;
  if (errno == EWOULDBLOCK)
    return FileDescriptor();
  return fail("cannot lock " + Path);
}

std::expected<FileDescriptor, std::string>
hapax::connectTo(const std::string &Path,
                 std::chrono::steady_clock::time_point Until) {
  auto Address = addressOf(Path);
  if (!Address)
    return std::unexpected(std::move(Address.error()));
  // The usual case of all who have no daemon: one call and no more.
  std::string Folder = folderOf(Path);
  struct stat Info;
  if (::lstat(Folder.c_str(), &Info) != 0)
    return FileDescriptor();
  if (std::string Fault = folderFault(Folder, Info, ::geteuid());
      !Fault.empty())
    return std::unexpected(std::move(Fault));
  FileDescriptor Socket = newSocket();
  if (!Socket)
    return fail("cannot make a socket");
  // On a unix socket it succeeds at once, or the queue of the server is full.
  while (::connect(Socket.get(), reinterpret_cast<const sockaddr *>(&*Address),
                   sizeof(*Address)) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED)
      return FileDescriptor();
    if (errno != EAGAIN && errno != EINTR)
      return fail("cannot connect to " + Path);
    if (std::chrono::steady_clock::now() >= Until)
      return std::unexpected("the daemon at " + Path + " does not answer");
    waitReadable(-1, std::chrono::steady_clock::now() +
                         std::chrono::milliseconds(1));
  }
  auto Peer = peerOf(Socket);
  if (!Peer || !mayTalkTo(*Peer, ::geteuid()))
    return std::unexpected("the process that listens at " + Path +
                           " is of another user; it is not talked to");
  return Socket;
}
