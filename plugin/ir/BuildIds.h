//===- BuildIds.h - Identity of the code in this process --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PLUGIN_IR_BUILDIDS_H
#define HAPAX_PLUGIN_IR_BUILDIDS_H

#include "hapax/IR/Bypass.h"
#include <expected>
#include <string>
#include <vector>

namespace hapax {

/// One loaded program or library.
struct LoadedObject {
  std::string Name; ///< base name of its file
  std::string Id;   ///< build id in hexadecimal, or "content:" and a digest
  bool operator==(const LoadedObject &) const = default;
  auto operator<=>(const LoadedObject &) const = default;
};

/// The program and every library loaded when this was first asked, sorted. The
/// kernel's vDSO is left out. Bypass: no-build-id. Thread-safe.
const std::expected<std::vector<LoadedObject>, BypassInfo> &loadedObjects();

} // namespace hapax

#endif // HAPAX_PLUGIN_IR_BUILDIDS_H
