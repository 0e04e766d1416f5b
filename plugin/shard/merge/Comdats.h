//===- Comdats.h - Comdat groups that several shards have -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_COMDATS_H
#define HAPAX_SHARD_MERGE_COMDATS_H

#include "Model.h"

namespace hapax::merge {

/// Drops comdat groups that an earlier shard has too. What comes from the
/// module is in one shard; but back ends make groups by themselves wherever
/// they need one (references to personality routines, thunks). These are the
/// same everywhere: groups that differ are an error. Only of debug
/// information's type units any is as good as the other: their signatures are
/// hashes of what they describe, each in terms of its own shard.
llvm::Error dropRepeatedGroups(llvm::MutableArrayRef<InputObject> Objects);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_COMDATS_H
