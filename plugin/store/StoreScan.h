//===- StoreScan.h - Check every entry of a storage -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_STORESCAN_H
#define HAPAX_STORE_STORESCAN_H

#include "OpenStore.h"
#include <functional>
#include <vector>

namespace hapax::store {

struct ScanResult {
  uint64_t Checked = 0;
  std::vector<CacheKey> Bad;
  /// False when the storage's own structure is damaged, or reading it brought
  /// the child down or to a standstill.
  bool Completed = false;
};

/// Reads every entry that \p State can still reach and checks it. \p Progress
/// receives the entries checked and their total.
ScanResult scanStore(OpenStore &Store, const StoreState &State,
                     const std::function<void(uint64_t, uint64_t)> &Progress);

} // namespace hapax::store

#endif // HAPAX_STORE_STORESCAN_H
