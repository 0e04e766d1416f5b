//===- BatchPlan.h - How many small entries are fetched at once -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Many small pieces can be copied by the driver, in one call, or by a kernel
/// that gathers them. Which is faster depends on the device, the driver, how
/// many there are and how large; so both are timed once, for a few and for
/// many, tiny and small ones, and the nearest case decides.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_VRAM_BATCHPLAN_H
#define HAPAX_RUNTIME_VRAM_BATCHPLAN_H

#include "Lane.h"

namespace hapax {

class BatchPlan {
public:
  /// Copies for everything.
  BatchPlan() = default;
  static BatchPlan of(VramOptions::Batch How) {
    BatchPlan Plan;
    for (auto &Row : Plan.Gather)
      Row.fill(How == VramOptions::Batch::Gather);
    return Plan;
  }
  /// Times both ways. Copies for everything where that does not work. A lane
  /// that is not idle afterwards is stuck.
  static BatchPlan measure(Arena &Blocks, Lane &Q);

  /// Whether \p Count pieces of \p Bytes together are to be gathered.
  bool gathers(uint64_t Count, uint64_t Bytes) const {
    if (Count == 0)
      return false;
    return Gather[Count > FewPieces][Bytes / Count > TinyBytes];
  }

private:
  /// The borders lie halfway between the cases that are timed.
  static constexpr uint64_t FewPieces = 23, TinyBytes = 8192;
  /// By number (few, many) and by size (tiny, small).
  std::array<std::array<bool, 2>, 2> Gather{};
};

} // namespace hapax

#endif // HAPAX_RUNTIME_VRAM_BATCHPLAN_H
