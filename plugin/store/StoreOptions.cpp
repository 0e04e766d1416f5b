//===- StoreOptions.cpp - From the settings to the disk store -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
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

} // namespace hapax
