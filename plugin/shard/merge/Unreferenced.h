//===- Unreferenced.h - What nothing refers to any more ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_UNREFERENCED_H
#define HAPAX_SHARD_MERGE_UNREFERENCED_H

#include "../ObjectMerge.h"
#include "Model.h"

namespace hapax::merge {

/// Drops the sections of promoted functions and variables that nothing refers
/// to, and what only they refer to: their tables, local constants, undefined
/// symbols. SectionNames has analysed \p Objects.
void dropUnreferenced(llvm::MutableArrayRef<InputObject> Objects,
                      const MergeOptions &Options);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_UNREFERENCED_H
