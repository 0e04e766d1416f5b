//===- Mergeable.h - Strings and constants, each once -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_MERGEABLE_H
#define HAPAX_SHARD_MERGE_MERGEABLE_H

#include "Model.h"
#include <optional>

namespace hapax::merge {

/// Whether equal entries of \p Section's pieces may become one.
bool isMergeable(const OutputSection &Section);

/// Fills the contents of \p Section (which isMergeable()) with each entry of
/// its pieces, once, in order of first occurrence, and notes in the pieces
/// where their entries went.
void mergeEntries(OutputSection &Section);

/// Where in its output section offset \p At of \p Piece is; nothing where that
/// is behind the last entry of a mergeable section.
std::optional<uint64_t> outputOffset(const InputSection &Piece, uint64_t At);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_MERGEABLE_H
