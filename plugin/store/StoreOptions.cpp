//===- StoreOptions.cpp - From the settings to the tiers ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Ipc/DaemonClient.h"
#include "hapax/Store/Config.h"
#include "hapax/Store/DiskStore.h"

namespace hapax {

DiskStoreOptions diskStoreOptions(const Config &Settings) {
  DiskStoreOptions Options;
  Options.Directory = Settings.Directory;
  Options.SizeLimit = Settings.SizeLimit;
  Options.ReadOnly = Settings.ReadOnly;
  if (Settings.CompressionLevel >= 0)
    Options.Compress = CompressionPolicy::level(Settings.CompressionLevel);
  return Options;
}

DaemonClientOptions daemonClientOptions(const Config &Settings) {
  DaemonClientOptions Options;
  Options.Socket = daemonSocket(Settings);
  Options.ConnectTimeout = Options.CallTimeout =
      std::chrono::milliseconds(Settings.DaemonTimeoutMs);
  // Who stores nothing makes nothing that others could wait for; and nobody is
  // to wait for what lies on the disk, which is asked only afterwards.
  if (Settings.ReadOnly || Settings.Daemon == DaemonUse::BeforeDisk)
    Options.LeaseWait = std::chrono::milliseconds(0);
  return Options;
}

} // namespace hapax
