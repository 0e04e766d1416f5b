//===- Ensure.h - Starting the daemon unless it runs ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_HAPAXD_ENSURE_H
#define HAPAX_TOOLS_HAPAXD_ENSURE_H

#include <expected>
#include <string>

namespace hapax {

/// Returns when a daemon listens at \p Socket: one that ran before, or this
/// program, started with \p Arguments but for "--ensure", in the background.
/// Its messages go to daemon.log beside the socket.
std::expected<void, std::string> ensureDaemon(const std::string &Socket,
                                              char **Arguments);

} // namespace hapax

#endif // HAPAX_TOOLS_HAPAXD_ENSURE_H
