//===- Relocations.h - Rewrites relocations ---------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_RELOCATIONS_H
#define HAPAX_SHARD_MERGE_RELOCATIONS_H

#include "Model.h"
#include "Symbols.h"

namespace hapax::merge {

/// \p From, of \p Piece, with the symbol and the addend that it has in the
/// output. Its offset is still one in the piece.
llvm::Expected<Relocation> convert(const InputObject &Object,
                                   const InputSection &Piece,
                                   const ELFT::Rela &From, Symbols &Known);

/// Fills relocations and patches of \p Section, of plain pieces. What the
/// assembler would have known in one piece is known now: the distance to a
/// local symbol of the same section.
llvm::Error relocatePieces(OutputSection &Section,
                           llvm::ArrayRef<InputObject> Objects, Symbols &Known);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_RELOCATIONS_H
