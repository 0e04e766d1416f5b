//===- ShardKeys.h - What a shard is, without extracting it -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_SHARDKEYS_H
#define HAPAX_SHARD_SHARDKEYS_H

#include "DebugDivision.h"
#include "Partition.h"
#include "SourceLines.h"

namespace hapax {

/// How the module of which shards are to be keyed must be hashed.
inline ModuleHashOptions shardHashOptions(const ContentNames &Names) {
  return {.Kind = OutputKind::Object,
          .ModuleName = false,
          .UseOrder = false,
          .Lines = false,
          .Names = &Names.all()};
}

/// What the shards of a module are.
struct ShardContents {
  /// Of what extractShard() would make of each, with tokens in the place of
  /// lines: equal digests mean equal bitcode.
  std::vector<Digest> Digests;
  SourceLines Lines;
};

/// Of the shards of \p Parts. \p Hash is of \p M by shardHashOptions(),
/// \p Debug of both.
ShardContents shardContents(const llvm::Module &M, const ModuleHash &Hash,
                            const Partition &Parts, DebugDivision &Debug);

} // namespace hapax

#endif // HAPAX_SHARD_SHARDKEYS_H
