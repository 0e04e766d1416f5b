//===- ObjectMerge.h - One object of the shards' objects --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A translation unit that was cut into shards leaves one object a shard; the
/// compiler was asked for one. mergeObjects() makes it: as far as it can, the
/// object that the compiler would have written for the whole.
///
/// It is no linker. The shards are known to come from one module, made by one
/// compiler with a section for each function and variable, and whatever does
/// not look like that is an error: the caller then compiles the whole module.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_OBJECTMERGE_H
#define HAPAX_SHARD_OBJECTMERGE_H

#include "LineTokens.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace hapax {

/// How shards are put together. Borrows everything.
struct MergeOptions {
  /// Local symbols that another shard refers to were made hidden globals, and
  /// got this at the end of their names. The merge takes it away, from names of
  /// sections and of other local symbols too, and makes them local again. Must
  /// not occur in names otherwise. Empty: nothing was promoted.
  llvm::StringRef PromotedSuffix;
  /// Local symbols whose names begin so have them from their content, and each
  /// shard has its own: those in one place become one, with a short name that
  /// assemblers keep to themselves. Empty: there are none.
  llvm::StringRef ContentPrefix;
  /// Names of functions and variables in the module's order, without the
  /// suffix. Their sections follow it; what is not named comes after, in the
  /// order of the shards.
  llvm::ArrayRef<llvm::StringRef> Order;
  /// Whether the user asked for a section for each function (variable). If not,
  /// `.text.f` becomes part of `.text`, and so on. Sections of comdat groups
  /// and those that the source names stay as they are either way.
  bool FunctionSections = false;
  bool DataSections = false;
  /// Leaves out what was promoted and nothing refers to in the end, as the
  /// compiler would have, had it not been promoted. What debug information
  /// describes stays.
  bool DropUnreferenced = false;
  /// Names, without the suffix, of promoted symbols that stay even so: those
  /// that the module wants kept (llvm.used, llvm.compiler.used).
  llvm::ArrayRef<llvm::StringRef> Kept;
  /// For each shard, what the lines in its debug information stand for; none:
  /// they are as they are. Empty: they are so in all shards.
  llvm::ArrayRef<LineTokens> Lines;
};

/// Merges \p Shards, x86-64 ELF relocatable objects, into one. Equal inputs
/// give equal bytes.
///
/// Symbols are resolved by name. A name that two shards define is an error,
/// save for comdat groups that back ends make by themselves (they are in each
/// shard that needs them, and must be the same).
///
/// Any input is safe to pass. One that is damaged, or has something in it that
/// the merge does not know how to carry over, is an error that names it:
/// compressed debug information and profiles of calls, say. Thread-safe.
llvm::Expected<llvm::SmallVector<char, 0>>
mergeObjects(llvm::ArrayRef<llvm::MemoryBufferRef> Shards,
             const MergeOptions &Options);

} // namespace hapax

#endif // HAPAX_SHARD_OBJECTMERGE_H
