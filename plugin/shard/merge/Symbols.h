//===- Symbols.h - The symbols of the output --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_SYMBOLS_H
#define HAPAX_SHARD_MERGE_SYMBOLS_H

#include "Model.h"
#include "SectionNames.h"
#include "llvm/ADT/CachedHashString.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include <map>
#include <tuple>

namespace hapax::merge {

/// The merged symbols. Symbol 0 is none.
class Symbols {
public:
  Symbols(const MergeOptions &Options, SectionNames &Names)
      : Options(Options), Names(Names) {}

  /// Makes the symbols of \p Objects and tells them which they became. Their
  /// sections have been laid out.
  llvm::Error resolve(llvm::MutableArrayRef<InputObject> Objects);

  const MergedSymbol &operator[](uint32_t Symbol) const { return All[Symbol]; }

  /// The symbol of \p Section, made when it is asked for first.
  uint32_t ofSection(OutputSection &Section);

  /// Gives every symbol its index: names of files, other locals, sections,
  /// globals. No symbol comes after that.
  void number();

  /// In the order of the symbol table, without symbol 0.
  llvm::ArrayRef<const MergedSymbol *> inOrder() const { return Order; }
  uint32_t firstGlobal() const { return FirstGlobal; }

private:
  llvm::Error add(const InputObject &Object, InputSymbol &From);
  llvm::Error addGlobal(const InputObject &Object, InputSymbol &From);
  uint32_t add(MergedSymbol Symbol);
  llvm::Error define(MergedSymbol &Symbol, const InputObject &Object,
                     const InputSymbol &From);
  llvm::Error finishGlobal(MergedSymbol &Symbol);
  bool isNamedByContent(const MergedSymbol &Symbol) const {
    return !Options.ContentPrefix.empty() &&
           Symbol.Binding == llvm::ELF::STB_LOCAL &&
           Symbol.Name.starts_with(Options.ContentPrefix);
  }

  const MergeOptions &Options;
  SectionNames &Names;
  std::vector<MergedSymbol> All{1};
  std::vector<const MergedSymbol *> Order;
  llvm::DenseMap<llvm::CachedHashStringRef, uint32_t> Files, Globals;
  /// Of symbols that are named by content, by section, value and size.
  std::map<std::tuple<const OutputSection *, uint64_t, uint64_t>, uint32_t>
      Contents;
  /// Names of what is local to some shard.
  llvm::DenseSet<llvm::CachedHashStringRef> Locals;
  uint32_t FirstGlobal = 0;
};

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_SYMBOLS_H
