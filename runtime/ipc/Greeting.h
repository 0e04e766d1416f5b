//===- Greeting.h - The first words over the socket -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_GREETING_H
#define HAPAX_RUNTIME_IPC_GREETING_H

#include "hapax/Ipc/FileDescriptor.h"
#include "hapax/Ipc/Protocol.h"
#include <chrono>
#include <expected>
#include <optional>
#include <string>

namespace hapax {

/// What a server has answered to a Hello.
struct Greeting {
  FileDescriptor Socket;
  /// Of a server of another version, what stands where it does in every
  /// version; the rest is zero.
  Welcome Said;
  /// The memory of the channel, for who is admitted.
  FileDescriptor Memory;
};

/// Connects to the server at \p Path and says that it wants \p Wanted. None
/// where nobody listens, or hangs up without a word, as one that ends does; a
/// one-line message for anything that should not be.
std::expected<std::optional<Greeting>, std::string>
greet(const std::string &Path, Wish Wanted,
      std::chrono::steady_clock::time_point Until);

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_GREETING_H
