//===- ContentNames.h - Names of constants by their content -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_CONTENTNAMES_H
#define HAPAX_SHARD_CONTENTNAMES_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/GlobalValue.h"
#include <string>

namespace hapax {

/// Front ends number the constants that they make (`.str.7`), so a new one
/// renames all that follow. Here, constants whose names nobody sees have names
/// made of what they are, which no edit elsewhere changes.
class ContentNames {
public:
  /// What the names begin with.
  static constexpr llvm::StringLiteral Prefix = "hapax.";

  explicit ContentNames(const llvm::Module &M);

  /// Whether \p GV is a small constant whose address does not matter either:
  /// each shard that uses it gets a copy of its own. Equal ones have one name.
  bool isCopied(const llvm::GlobalValue &GV) const {
    return Copied.contains(&GV);
  }
  /// The name by content if there is one, else the name.
  llvm::StringRef of(const llvm::GlobalValue &GV) const {
    auto Found = Names.find(&GV);
    return Found != Names.end() ? llvm::StringRef(Found->second) : GV.getName();
  }
  /// For ModuleHashOptions.
  const llvm::DenseMap<const llvm::GlobalValue *, std::string> &all() const {
    return Names;
  }

private:
  llvm::DenseMap<const llvm::GlobalValue *, std::string> Names;
  llvm::DenseSet<const llvm::GlobalValue *> Copied;
};

} // namespace hapax

#endif // HAPAX_SHARD_CONTENTNAMES_H
