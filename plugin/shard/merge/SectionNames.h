//===- SectionNames.h - What a section would have been called ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// With a section for each function and variable, a section's name is made of
/// what it would be without (`.text`, `.text.unlikely`, `.rodata`), a dot, and
/// the name of what is in it, its owner. Names with dots make that ambiguous:
/// what the section defines decides.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_SECTIONNAMES_H
#define HAPAX_SHARD_MERGE_SECTIONNAMES_H

#include "../ObjectMerge.h"
#include "Model.h"
#include "llvm/Support/StringSaver.h"

namespace hapax::merge {

/// Takes names apart and puts them together again.
class SectionNames {
public:
  /// Borrows both.
  SectionNames(const MergeOptions &Options, llvm::StringSaver &Saver)
      : Options(Options), Saver(Saver) {}

  /// Finds bases, owners and ranks of the sections of \p Objects.
  void analyse(llvm::MutableArrayRef<InputObject> Objects);

  /// The name that \p Section has in the output.
  llvm::StringRef outputName(const InputSection &Section);

  /// Flags of \p Section in the output.
  uint64_t outputFlags(const InputSection &Section) const;

  /// \p Name as it was before promotion, wherever in it the suffix stands.
  llvm::StringRef withoutSuffix(llvm::StringRef Name);

  /// A name that lives as long as the merge.
  llvm::StringRef save(const llvm::Twine &Name) { return Saver.save(Name); }

private:
  bool isSeparate(const InputSection &Section) const;

  const MergeOptions &Options;
  llvm::StringSaver &Saver;
};

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_SECTIONNAMES_H
