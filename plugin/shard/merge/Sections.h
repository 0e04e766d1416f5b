//===- Sections.h - The sections of the output ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_SECTIONS_H
#define HAPAX_SHARD_MERGE_SECTIONS_H

#include "Model.h"
#include "SectionNames.h"
#include "llvm/ADT/CachedHashString.h"
#include "llvm/ADT/DenseMap.h"
#include <deque>

namespace hapax::merge {

/// The output sections: which pieces they are made of, and where those lie.
class Sections {
public:
  /// Gives every piece of \p Objects its output section and its place in it.
  /// Sections with tables that refer to others (EhFrame, AddrSig) are still
  /// without contents.
  llvm::Error build(llvm::MutableArrayRef<InputObject> Objects,
                    SectionNames &Names);

  /// In the order of the output.
  llvm::ArrayRef<OutputSection *> inOrder() const { return Order; }

  /// Leaves out the sections that \p IsUseless says.
  void removeIf(llvm::function_ref<bool(const OutputSection &)> IsUseless);

private:
  llvm::Error assign(InputObject &Object, InputSection &Piece,
                     SectionNames &Names);
  OutputSection &find(const OutputSection &Like);
  llvm::Error layOut(OutputSection &Section);
  void sort();

  std::deque<OutputSection> All; ///< do not move
  std::vector<OutputSection *> Order;
  llvm::DenseMap<llvm::CachedHashStringRef,
                 llvm::SmallVector<OutputSection *, 1>>
      ByName;
  llvm::DenseMap<const InputGroup *, llvm::SmallVector<OutputSection *, 4>>
      ByGroup;
};

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_SECTIONS_H
