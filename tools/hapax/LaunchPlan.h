//===- LaunchPlan.h - What the launcher adds to a compile -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The launcher's decision, as a function of the command line alone.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_LAUNCHPLAN_H
#define HAPAX_TOOLS_LAUNCHPLAN_H

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hapax {

enum class CompilerKind {
  Other, ///< not a compiler that the plugin can serve
  Clang, ///< clang's driver with GNU-style arguments
  Flang,
};

/// The kind by name: \p Invoked is the program as it was called (clang takes
/// its mode from that), \p Real the file that is executed. Both may have
/// folders before and a version and a target triple around the name.
CompilerKind compilerKind(std::string_view Invoked, std::string_view Real);

/// What to add before the user's own arguments.
struct LaunchPlan {
  /// -fpass-plugin=<Hapax.so>
  bool AddPlugin = false;
  /// -Xclang -gcodeview-command-line: hands cc1's arguments to the plugin. It
  /// is clang 22's default; saying so overrides a configuration file.
  bool AddCommandLine = false;
  /// Why the plugin is not added, for the log; else empty.
  std::string_view Why;

  bool operator==(const LaunchPlan &) const = default;
};

/// Decides for a compiler of \p Kind called as \p Invoked with \p Arguments
/// (response files expanded; without the program's name). Adds nothing where
/// the flags would be reported as unused, would change the output, or nothing
/// is compiled that could be cached.
LaunchPlan planLaunch(CompilerKind Kind, std::string_view Invoked,
                      std::span<const std::string> Arguments);

/// Replaces each @FILE by the arguments in it, as GNU tools and clang read
/// them; files may name files. What cannot be read stays as it is. \p ReadFile
/// gives a file's content.
std::vector<std::string> expandResponseFiles(
    std::span<const std::string> Arguments,
    const std::function<std::optional<std::string>(const std::string &)>
        &ReadFile);

} // namespace hapax

#endif // HAPAX_TOOLS_LAUNCHPLAN_H
