//===- Rendezvous.h - Where compilers and the daemon meet -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The place of the daemon's socket, and who may meet there. The folder belongs
/// to the user and lets nobody else in, and each side asks the kernel who the
/// other one is: so neither the squatter of a name in /tmp nor another user is
/// ever talked to.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IPC_RENDEZVOUS_H
#define HAPAX_IPC_RENDEZVOUS_H

#include "hapax/Ipc/FileDescriptor.h"
#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>

namespace hapax {

/// $HAPAX_SOCKET; else $XDG_RUNTIME_DIR/hapax/daemon.socket; else
/// /tmp/hapax-<uid>/daemon.socket.
std::string defaultSocketPath();

/// The folder that \p Socket lies in; "." where the path names none.
std::string folderOf(const std::string &Socket);

/// Empty if a folder with these properties is \p User's alone, else what is
/// wrong with it and what to do; \p Path is for the message.
std::string folderFault(const std::string &Path, const struct stat &Info,
                        uid_t User);
/// The same of the folder itself; it is not followed if it is a link.
std::string folderFault(const std::string &Path);

/// Makes the folder, with mode 0700, unless it is there, and checks it. Folders
/// above it are not made, but $XDG_RUNTIME_DIR/hapax needs none.
std::expected<void, std::string> prepareFolder(const std::string &Path);

/// Whether this peer may be talked to: it is of \p User.
bool mayTalkTo(const ucred &Peer, uid_t User);
/// Who is at the other end; none for what is no unix socket.
std::optional<ucred> peerOf(const FileDescriptor &Socket);

/// A socket that listens at \p Path, whose folder must be right. Takes away a
/// socket that is there: whoever calls this holds the lock (lockFor()).
/// Anything else that is there stays, and is an error.
std::expected<FileDescriptor, std::string> listenAt(const std::string &Path);

/// The right to listen at \p Socket, which one process at a time has, as long
/// as the descriptor (or one inherited from it) is open. An empty descriptor
/// when another process has it.
std::expected<FileDescriptor, std::string> lockFor(const std::string &Socket);

/// A connection to the server at \p Path: an empty descriptor when none
/// listens there; a one-line message for anything that should not be.
std::expected<FileDescriptor, std::string>
connectTo(const std::string &Path, std::chrono::steady_clock::time_point Until);

} // namespace hapax

#endif // HAPAX_IPC_RENDEZVOUS_H
