//===- LineFields.h - Where nodes keep lines --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_LINEFIELDS_H
#define HAPAX_SHARD_LINEFIELDS_H

#include "llvm/ADT/STLFunctionalExtras.h"

namespace llvm {
class DIFile;
class MDNode;
} // namespace llvm

namespace hapax {

/// Calls \p Do for each line that \p N itself has, with the file that it is a
/// line of; Do may change it. A node that is changed is no longer found by its
/// content in its context. False: Do has said so, or N has a line that objects
/// can show and that is not to be had.
bool forEachLine(
    llvm::MDNode &N,
    llvm::function_ref<bool(const llvm::DIFile *File, unsigned &Line)> Do);

} // namespace hapax

#endif // HAPAX_SHARD_LINEFIELDS_H
