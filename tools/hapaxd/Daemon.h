//===- Daemon.h - hapaxd, but for the device it opens -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_HAPAXD_DAEMON_H
#define HAPAX_TOOLS_HAPAXD_DAEMON_H

#include "hapax/Gpu/DeviceMemory.h"
#include <functional>

namespace hapax {

/// Opens a device by its ordinal.
using DeviceByOrdinal =
    std::function<std::expected<std::unique_ptr<DeviceMemory>, DeviceError>(
        int Ordinal)>;

/// The whole program; tests give it a device of their own. \p Arguments are
/// those of main(), \p Open is called on a thread of its own. Returns the exit
/// code: 0, 1 for a failure, 2 for a command line that is wrong.
int daemonMain(int Count, char **Arguments, const DeviceByOrdinal &Open);

} // namespace hapax

#endif // HAPAX_TOOLS_HAPAXD_DAEMON_H
