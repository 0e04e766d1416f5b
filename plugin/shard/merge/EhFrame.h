//===- EhFrame.h - The table of call frames ---------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// `.eh_frame` is a list of records. A CIE holds what functions have in common
/// (the personality routine, say); an FDE describes one function and points
/// back to its CIE by a distance in bytes. So the list cannot be carried over
/// as it is: the CIEs of all shards are the same few, and dropped functions
/// must not be described.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_EHFRAME_H
#define HAPAX_SHARD_MERGE_EHFRAME_H

#include "Model.h"
#include "Symbols.h"

namespace hapax::merge {

/// Fills contents and relocations of \p Section, whose kind is EhFrame: equal
/// CIEs once, each before its first FDE; FDEs in the order of their functions,
/// without those of dropped sections.
llvm::Error buildEhFrame(OutputSection &Section,
                         llvm::ArrayRef<InputObject> Objects, Symbols &Known);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_EHFRAME_H
