//===- Commands.h - The commands of hapax -----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The names and help texts of all commands: the launcher needs them to tell a
/// command from a compiler, the tool to run them and to describe them.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_COMMANDS_H
#define HAPAX_TOOLS_COMMANDS_H

#include <algorithm>
#include <string_view>

namespace hapax {

struct CommandHelp {
  std::string_view Name;
  std::string_view Arguments;
  std::string_view Help;
};

inline constexpr CommandHelp CommandTable[] = {
    {"compile", "[-O<level>] [-j N] [-o FILE | --output-dir DIR] FILE...",
     "IR files (.ll, .bc) to objects, as clang -c -x ir does; --stages and "
     "--trace FILE show the stages"},
    {"stats", "[--json | --prometheus]",
     "hits, misses, bypasses, time saved, size; for programs; for scraping"},
    {"top", "[--interval SECONDS] [--count N]",
     "the same, and the daemon, as it goes on"},
    {"why", "[--json] [FILE | DIR]",
     "why the last compile of FILE (source or object) hit, missed or was "
     "bypassed, and what helps; of all files below DIR"},
    {"report", "[--json] [--since AGE] [-o FILE] [DIR]",
     "the same for all files below DIR as one HTML page; AGE: 90s, 20m, 8h, "
     "2d"},
    {"key", "FILE", "the fields of the key of the last compile of FILE"},
    {"config", "", "every setting, its value and where it comes from"},
    {"plugin", "", "the path of the plugin, for -fpass-plugin="},
    {"doctor", "", "check compilers, plugin and cache directory"},
    {"verify", "", "check every entry of the store, remove bad ones"},
    {"prune", "[--max-size SIZE]", "shrink the store to its limit, or to SIZE"},
    {"clear", "", "remove all entries and records"},
    {"zero", "", "set all counters to zero"},
    {"help", "", "this text"},
};

inline bool isCommand(std::string_view Word) {
  return std::ranges::any_of(
      CommandTable, [&](const CommandHelp &C) { return C.Name == Word; });
}

/// Exit code for a command line that makes no sense.
inline constexpr int UsageError = 2;

} // namespace hapax

#endif // HAPAX_TOOLS_COMMANDS_H
