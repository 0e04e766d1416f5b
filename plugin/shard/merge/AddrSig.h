//===- AddrSig.h - Symbols whose address matters ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_ADDRSIG_H
#define HAPAX_SHARD_MERGE_ADDRSIG_H

#include "Model.h"
#include "Symbols.h"

namespace hapax::merge {

/// Fills the contents of \p Section, whose kind is AddrSig: the indices of the
/// symbols that the pieces list, each once. The symbols have been numbered.
llvm::Error buildAddrSig(OutputSection &Section,
                         llvm::ArrayRef<InputObject> Objects,
                         const Symbols &Known);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_ADDRSIG_H
