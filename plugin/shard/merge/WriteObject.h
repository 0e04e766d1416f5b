//===- WriteObject.h - Writes the merged object -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_WRITEOBJECT_H
#define HAPAX_SHARD_MERGE_WRITEOBJECT_H

#include "Model.h"
#include "Symbols.h"

namespace hapax::merge {

/// The object file made of \p Sections and \p Known, whose symbols have been
/// numbered. \p Objects is where the groups are from.
llvm::Expected<llvm::SmallVector<char, 0>>
writeObject(llvm::ArrayRef<OutputSection *> Sections,
            llvm::ArrayRef<InputObject> Objects, const Symbols &Known);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_WRITEOBJECT_H
