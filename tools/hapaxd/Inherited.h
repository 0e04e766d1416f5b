//===- Inherited.h - What the daemon is given by who starts it --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A service manager that listens for the daemon hands it the socket
/// (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, descriptor 3). A daemon that
/// begins anew hands itself the socket, its lock, and a count in the same
/// manner (HAPAXD_RESUME); this count is what keeps a card that fails again and
/// again from being tried for ever.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_HAPAXD_INHERITED_H
#define HAPAX_TOOLS_HAPAXD_INHERITED_H

#include "hapax/Ipc/FileDescriptor.h"
#include <chrono>
#include <expected>
#include <optional>
#include <string>

namespace hapax {

struct Inherited {
  /// Empty when none was given.
  FileDescriptor Listening;
  /// Empty where a service manager owns the socket.
  FileDescriptor Lock;
  /// How often in a row the device was lost.
  unsigned Losses = 0;
};

/// Takes over what the environment says, and takes it out of the environment. A
/// message when something was given that is not what it should be.
std::expected<Inherited, std::string> takeInherited();

/// Runs this program anew with the same arguments, in this process. Returns
/// only when that fails, with the reason.
std::string beginAnew(char **Arguments, const FileDescriptor &Listening,
                      const FileDescriptor &Lock, unsigned Losses);

/// How long to wait before the device is opened after so many losses in a row;
/// none: it is not tried again.
std::optional<std::chrono::milliseconds> deviceDelay(unsigned Losses);

/// The number of losses in a row, after one more, when the device had worked
/// for \p Served.
unsigned countLoss(unsigned Before, std::chrono::milliseconds Served);

} // namespace hapax

#endif // HAPAX_TOOLS_HAPAXD_INHERITED_H
