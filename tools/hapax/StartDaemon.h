//===- StartDaemon.h - The launcher starts the daemon -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_STARTDAEMON_H
#define HAPAX_TOOLS_STARTDAEMON_H

#include "hapax/Store/Config.h"
#include <string>

namespace hapax {

/// Starts hapaxd in the background unless it runs or starts already; nobody
/// waits for it. Returns a one-line message if that cannot be done, else an
/// empty string. A folder that others may use is left alone, in silence. Costs
/// a few system calls when it runs.
std::string startDaemon(const Config &Settings);

} // namespace hapax

#endif // HAPAX_TOOLS_STARTDAEMON_H
