//===- ConfigFiles.h - What clang's driver reads besides argv ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PLUGIN_IR_CONFIGFILES_H
#define HAPAX_PLUGIN_IR_CONFIGFILES_H

#include "hapax/IR/Bypass.h"
#include "hapax/IR/Invocation.h"
#include "hapax/IR/KeyFields.h"
#include <optional>
#include <vector>

namespace hapax {

/// A configuration file and the arguments in it, expanded.
struct ConfigFile {
  std::string Path;
  std::vector<std::string> Args;
};

/// Every configuration file that the driver's command \p Inv could load,
/// sorted by path: rather too many than too few. Bypass: unclear-command.
std::expected<std::vector<ConfigFile>, BypassInfo>
findConfigFiles(const HostProcess &Process, const Invocation &Inv);

/// Keys what reaches LLVM or the driver's decisions by way of the environment.
void addEnvironment(KeyBuilder &Key, const HostProcess &Process,
                    const Invocation &Inv);

} // namespace hapax

#endif // HAPAX_PLUGIN_IR_CONFIGFILES_H
