//===- SocketIo.h - Messages over unix sockets ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Messages of a fixed form over SOCK_SEQPACKET sockets that never block: one
/// call sends or receives one message, or nothing.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_SOCKETIO_H
#define HAPAX_RUNTIME_IPC_SOCKETIO_H

#include "hapax/Ipc/FileDescriptor.h"
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

namespace hapax {

/// Sends one message, with \p Attached if it is not empty. False when the peer
/// is gone or does not take it.
bool sendMessage(const FileDescriptor &Socket, std::span<const std::byte> Bytes,
                 const FileDescriptor &Attached = FileDescriptor());

struct ReceivedMessage {
  /// Bytes of the message that are in the caller's memory; 0 when the peer hung
  /// up.
  size_t Bytes = 0;
  /// The message was longer than the caller's memory.
  bool Cut = false;
  FileDescriptor Attached;
};

/// The next message; none when there is none yet. What a peer attaches beyond
/// one descriptor is closed.
std::optional<ReceivedMessage> receiveMessage(const FileDescriptor &Socket,
                                              std::span<std::byte> Into);

/// Waits until there is something to receive, or the peer hung up; false when
/// the deadline passed first. A negative descriptor only waits.
bool waitReadable(int Descriptor, std::chrono::steady_clock::time_point Until);

/// Whether the peer has hung up or said something.
bool hasHungUp(const FileDescriptor &Socket);

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_SOCKETIO_H
