//===- LineTable.h - Lines for tokens in a line table -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_LINETABLE_H
#define HAPAX_SHARD_MERGE_LINETABLE_H

#include "../LineTokens.h"
#include "Model.h"

namespace hapax::merge {

/// A section that takes the place of another.
struct RewrittenSection {
  std::vector<uint8_t> Contents;
  std::vector<ELFT::Rela> Relocations;
};

/// \p Section, a `.debug_line`, with lines in the place of their tokens. The
/// programs are those that the assembler would have written for the lines. An
/// error if they are not what it wrote for the tokens.
llvm::Expected<RewrittenSection> restoreLineTable(const InputObject &Object,
                                                  const InputSection &Section,
                                                  const LineTokens &Tokens);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_LINETABLE_H
