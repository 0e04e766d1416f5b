//===- Presence.h - Which daemon has the place ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// For who starts daemons: whether one is there, which one, and how it is asked
/// to make room. Whatever its version, a daemon is talked to only where it is
/// of this user (connectTo), and nothing is done to one that does not answer.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IPC_PRESENCE_H
#define HAPAX_IPC_PRESENCE_H

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace hapax {

struct DaemonIdentity {
  /// Of the protocol.
  uint16_t Version = 0;
  /// DaemonOptions.Build; 0 where it is of another version.
  uint64_t Build = 0;
  /// It admits nobody any more.
  bool IsEnding = false;
};

/// Who listens at \p Socket; none where nobody does. A one-line message where
/// it does not answer by \p Until, or may not be talked to.
std::expected<std::optional<DaemonIdentity>, std::string>
daemonAt(const std::string &Socket,
         std::chrono::steady_clock::time_point Until);

/// Asks whoever listens at \p Socket to serve those who are there, and end. On
/// success it admits nobody any more, or nobody is there; a one-line message
/// where it does not answer or does not understand (protocols below 2).
std::expected<void, std::string>
askDaemonToEnd(const std::string &Socket,
               std::chrono::steady_clock::time_point Until);

/// Whether a daemon listens at \p Socket or is about to, or something is in its
/// way.
bool isPlaceTaken(const std::string &Socket);

} // namespace hapax

#endif // HAPAX_IPC_PRESENCE_H
