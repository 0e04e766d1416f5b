//===- Options.h - -hapax-* options of the host's command line --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SESSION_OPTIONS_H
#define HAPAX_SESSION_OPTIONS_H

#include <functional>
#include <map>
#include <string>

namespace hapax {

/// Registers one `-hapax-<name>` option a setting with LLVM's command line.
/// May be called more than once, also by several copies of the plugin in one
/// process: LLVM ends the process when one name is registered twice.
void registerOptions();

/// The settings given as options, by name.
std::map<std::string, std::string, std::less<>> givenOptions();

} // namespace hapax

#endif // HAPAX_SESSION_OPTIONS_H
