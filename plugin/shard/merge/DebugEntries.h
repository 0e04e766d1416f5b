//===- DebugEntries.h - Lines for tokens in entries -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_DEBUGENTRIES_H
#define HAPAX_SHARD_MERGE_DEBUGENTRIES_H

#include "../LineTokens.h"
#include "Model.h"

namespace hapax::merge {

/// The contents of \p Section, a `.debug_info` or `.debug_types` of \p Object,
/// with lines in the place of their tokens.
llvm::Expected<std::vector<uint8_t>>
restoreDebugEntries(const InputObject &Object, const InputSection &Section,
                    const LineTokens &Tokens);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_DEBUGENTRIES_H
