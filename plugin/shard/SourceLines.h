//===- SourceLines.h - Lines that the shards of a module mention -*- C++ -*-==//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_SOURCELINES_H
#define HAPAX_SHARD_SOURCELINES_H

#include "LineTokens.h"
#include "hapax/IR/SourceLine.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace llvm {
class Module;
} // namespace llvm

namespace hapax {

/// Which lines the shards of a module mention, and which token stands for which
/// (LineTokens.h). Once filled, it may be read from several threads.
class SourceLines {
public:
  using Id = uint32_t;

  /// The number of a line, the same for files of equal names.
  Id idOf(const SourceLine &Line);
  unsigned lineOf(Id Line) const { return All[Line].second; }

  /// Begins the next shard's list.
  void beginShard();
  /// The token for \p Line in the shard that was begun last.
  uint32_t tokenOf(Id Line);

  /// Empty: the shard has lines as they are.
  const LineTokens &tokensOf(unsigned Shard) const {
    return Shards[Shard].Tokens;
  }

  /// Puts tokens into the place of lines in \p M, which is what was extracted
  /// of \p Shard and shares its metadata with no other module. M is then only
  /// good for being written, since its context does not know its nodes any
  /// more. False: something in M has a line that has no token, or can have
  /// none.
  bool hide(llvm::Module &M, unsigned Shard) const;

private:
  struct ShardLines {
    LineTokens Tokens;
    llvm::DenseMap<Id, uint32_t> OfLine;
  };

  static std::string nameOf(const llvm::DIFile *File);

  llvm::StringMap<unsigned> Files; ///< by name
  llvm::DenseMap<const llvm::DIFile *, unsigned> KnownFiles;
  llvm::DenseMap<std::pair<unsigned, unsigned>, Id> Ids; ///< of file and line
  std::vector<std::pair<unsigned, unsigned>> All;        ///< by Id
  std::vector<ShardLines> Shards;
  /// By Id, for the last shard: 0: none yet, else its number in the low half,
  /// the shard's in the high half.
  std::vector<uint64_t> Latest;
};

} // namespace hapax

#endif // HAPAX_SHARD_SOURCELINES_H
