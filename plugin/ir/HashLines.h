//===- HashLines.h - Lines of the source in hashes --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_HASHLINES_H
#define HAPAX_IR_HASHLINES_H

#include "hapax/IR/SourceLine.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include <vector>

namespace hapax {

/// How lines are written into a hash: as they are, or, where what they are is
/// keyed elsewhere, as numbers in order of first mention.
class HashLines {
public:
  explicit HashLines(bool AsTheyAre) : AsTheyAre(AsTheyAre) {}

  /// Starts the list of lines that the next part of the module mentions.
  void beginPart() {
    Mentioned.clear();
    Numbers.clear();
  }
  /// Those mentioned since; none where they are written as they are.
  llvm::ArrayRef<SourceLine> partLines() const { return Mentioned; }

  /// What is written for \p Line of \p File. No line is 0 in any case.
  uint32_t number(const llvm::DIFile *File, unsigned Line) {
    return AsTheyAre || Line == 0 ? Line : mention(File, Line);
  }

private:
  uint32_t mention(const llvm::DIFile *File, unsigned Line) {
    auto [Found, IsNew] =
        Numbers.try_emplace({File, Line}, uint32_t(Mentioned.size() + 1));
    if (IsNew)
      Mentioned.push_back({File, Line});
    return Found->second;
  }

  const bool AsTheyAre;
  std::vector<SourceLine> Mentioned;
  llvm::DenseMap<std::pair<const llvm::DIFile *, unsigned>, uint32_t> Numbers;
};

} // namespace hapax

#endif // HAPAX_IR_HASHLINES_H
