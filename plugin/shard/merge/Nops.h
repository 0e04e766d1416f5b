//===- Nops.h - Instructions that do nothing --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_NOPS_H
#define HAPAX_SHARD_MERGE_NOPS_H

#include <cstdint>

namespace hapax::merge {

/// Fills \p Size bytes at \p To with no-ops, as LLVM's assembler pads code when
/// it is not told for which processor.
void writeNops(uint8_t *To, uint64_t Size);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_NOPS_H
