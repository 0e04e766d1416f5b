//===- Lines.h - Puts lines back into debug information ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_LINES_H
#define HAPAX_SHARD_MERGE_LINES_H

#include "../LineTokens.h"
#include "Model.h"
#include "llvm/Support/Allocator.h"

namespace hapax::merge {

/// Puts lines into the place of their tokens in all of \p Object's debug
/// information. New contents of sections lie in \p Memory.
llvm::Error restoreLines(InputObject &Object, const LineTokens &Tokens,
                         llvm::BumpPtrAllocator &Memory);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_LINES_H
