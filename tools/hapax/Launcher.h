//===- Launcher.h - hapax COMPILER ARGUMENTS... -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_LAUNCHER_H
#define HAPAX_TOOLS_LAUNCHER_H

namespace hapax {

/// Becomes the compiler that \p Arguments[0] names, with what makes it load the
/// plugin added where that is of use and safe. Returns only when the program
/// cannot be run: then the exit code that a shell would give (127, 126).
/// \p Arguments ends in a null pointer.
int launch(char **Arguments);

} // namespace hapax

#endif // HAPAX_TOOLS_LAUNCHER_H
