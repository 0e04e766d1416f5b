//===- DaemonView.h - What the daemon says of itself ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_DAEMONVIEW_H
#define HAPAX_TOOLS_DAEMONVIEW_H

#include "hapax/Cache/Tier.h"
#include "hapax/Ipc/Protocol.h"
#include "hapax/Store/Config.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

namespace hapax {

/// A number that the daemon tells. The names serve in JSON and for scraping.
struct DaemonField {
  llvm::StringLiteral Name;
  uint64_t DaemonStatistics::*Value;
  /// It only grows, as long as the daemon lives.
  bool IsCounter;
};
llvm::ArrayRef<DaemonField> daemonFields();

/// What the daemon of \p Settings says; no value when none runs or it is not to
/// be used, an error when it cannot be talked to.
std::expected<std::optional<DaemonStatistics>, TierError>
askDaemon(const Config &Settings);

/// Has the daemon of \p Settings forget all entries; nothing to do when none
/// runs or it is not to be used.
std::expected<void, TierError> clearDaemon(const Config &Settings);

/// The bound in microseconds that \p Share (0 to 1) of the daemon's gets kept
/// between two readings; none when there were no gets.
std::optional<double> daemonLatencyUs(const DaemonStatistics &Before,
                                      const DaemonStatistics &Now,
                                      double Share);

/// "off", "starting", "ready", "lost" for the device.
llvm::StringRef deviceState(const DaemonStatistics &Told);

llvm::json::Object toJson(const DaemonStatistics &Told);

} // namespace hapax

#endif // HAPAX_TOOLS_DAEMONVIEW_H
