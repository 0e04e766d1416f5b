//===- Invocation.h - The command that a compile runs under -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Which tool this process is and which arguments it works with. Reading the
/// process is kept apart from understanding it (HostProcess), so that tests can
/// stage any command.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_INVOCATION_H
#define HAPAX_IR_INVOCATION_H

#include "hapax/IR/Bypass.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <vector>

namespace hapax {

enum class HostTool : uint8_t {
  Clang = 1,
  Flang,
  Opt,
  Llc,
  Unknown,
  Hapax, ///< `hapax compile`: all of its arguments count, and make an object
  Jit,   ///< a program that compiles for itself; no command line tells how
};
std::string_view name(HostTool Tool);

/// What is read from a process. A value; the reader is current().
struct HostProcess {
  std::string Executable; ///< real path of the program, e.g. /usr/bin/clang-22
  std::vector<std::string> Argv;                  ///< with argv[0]
  std::map<std::string, std::string> Environment; ///< all of it
  std::string OwnLibrary; ///< real path of the object this code lies in

  /// The process we are in, read once. Thread-safe.
  static const HostProcess &current();
};

/// A command as the tool itself sees it.
struct Invocation {
  HostTool Tool = HostTool::Unknown;
  /// Args are those of clang -cc1 or flang -fc1, which determine the compile;
  /// else they are those of the driver, or of opt or llc.
  bool IsFrontend = false;
  /// Args come from clang's flattened text, which leaves out empty arguments,
  /// "-o FILE", "-main-file-name FILE" and the input.
  bool IsFlattened = false;
  /// Without argv[0] and -cc1; response files expanded and
  /// CCC_OVERRIDE_OPTIONS applied.
  std::vector<std::string> Args;
  /// Base name of argv[0]: it chooses language, target and driver mode.
  std::string ProgramName;
};

/// The tool that the program file \p Executable is, by its base name: "clang",
/// "clang-22", "clang++-22", "flang-new-22", "opt-22", "llc", "hapax-tool", ...
HostTool hostToolOf(llvm::StringRef Executable);

/// Resolves the command of \p Process. \p FlattenedArgs is
/// TargetOptions.MCOptions.CommandlineArgs, which clang fills under
/// -gcodeview-command-line with the exact -cc1 arguments; where it is empty the
/// process's own command line counts. Reads response files.
/// Bypasses: unknown-host, unclear-command.
std::expected<Invocation, BypassInfo>
readInvocation(const HostProcess &Process, llvm::StringRef FlattenedArgs);

/// Splits clang's flattened text: words in double quotes, in which a backslash
/// precedes '"', '\' and '$', joined by single blanks. False when the text is
/// not of that form.
bool parseFlattenedArgs(llvm::StringRef Text, std::vector<std::string> &Args);

/// Applies clang's CCC_OVERRIDE_OPTIONS edits ("# ^A +B s/X/Y/ xC XD O3") to
/// arguments without argv[0].
void applyOverrideOptions(llvm::StringRef Edits,
                          std::vector<std::string> &Args);

} // namespace hapax

#endif // HAPAX_IR_INVOCATION_H
