//===- DaemonArguments.h - The command line of hapaxd -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_HAPAXD_DAEMONARGUMENTS_H
#define HAPAX_TOOLS_HAPAXD_DAEMONARGUMENTS_H

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hapax {

struct DaemonArguments {
  enum class Action : uint8_t { Serve, Ensure, Stop, Help, Version };
  Action What = Action::Serve;
  /// Empty: where the settings say.
  std::string Socket;
  bool UseGpu = true;
  int Device = 0;
  /// None: as much as is free, less what is kept for others.
  std::optional<uint64_t> VramBytes;
  uint64_t HostBytes = uint64_t(256) << 20;
  uint64_t ArenaBytes = uint64_t(4) << 20;
  unsigned MaxClients = 512;
  std::chrono::seconds IdleExit{1800};
};

/// Reads the arguments (without the program's name), or says in one line what
/// is wrong with them.
std::expected<DaemonArguments, std::string>
parseDaemonArguments(std::span<const char *const> Words);

/// What --help prints.
std::string_view daemonHelp();

} // namespace hapax

#endif // HAPAX_TOOLS_HAPAXD_DAEMONARGUMENTS_H
