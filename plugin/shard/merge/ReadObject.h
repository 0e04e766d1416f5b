//===- ReadObject.h - Reads a shard's object --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_READOBJECT_H
#define HAPAX_SHARD_MERGE_READOBJECT_H

#include "Model.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace hapax::merge {

/// Reads \p Buffer, the object of shard number \p Shard. What it returns has no
/// index, offset or size that points outside; what the merge could not carry
/// over is an error.
llvm::Expected<InputObject> readObject(llvm::MemoryBufferRef Buffer,
                                       uint32_t Shard);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_READOBJECT_H
