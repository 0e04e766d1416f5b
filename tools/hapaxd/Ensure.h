//===- Ensure.h - Starting the daemon unless it runs ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_HAPAXD_ENSURE_H
#define HAPAX_TOOLS_HAPAXD_ENSURE_H

#include <cstdint>
#include <expected>
#include <string>

namespace hapax {

/// Returns when a daemon of this build listens at \p Socket: one that ran
/// before, or this program, started with \p Arguments but for "--ensure", in
/// the background. Its messages go to daemon.log beside the socket. One of
/// another build, or protocol, is asked to end first; what does not answer,
/// does not understand, or is of another user is left alone, and the message
/// says so.
/// \p Build is the one of this program; 0: not known, and any other will do.
std::expected<void, std::string> ensureDaemon(const std::string &Socket,
                                              uint64_t Build, char **Arguments);

/// Asks the daemon at \p Socket to serve those who are there, and end; nobody
/// new is admitted from then on. Succeeds where none runs.
std::expected<void, std::string> stopDaemon(const std::string &Socket);

} // namespace hapax

#endif // HAPAX_TOOLS_HAPAXD_ENSURE_H
