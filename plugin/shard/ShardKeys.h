//===- ShardKeys.h - What a shard is, without extracting it -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_SHARDKEYS_H
#define HAPAX_SHARD_SHARDKEYS_H

#include "DebugDivision.h"
#include "Partition.h"

namespace hapax {

/// How the module of which shards are to be keyed must be hashed.
inline ModuleHashOptions shardHashOptions(const ContentNames &Names) {
  return {.Kind = OutputKind::Object,
          .ModuleName = false,
          .UseOrder = false,
          .Names = &Names.all()};
}

/// For each shard of \p Parts, a digest of what extractShard() would make of
/// it: equal digests mean equal bitcode. \p Hash is of \p M by
/// shardHashOptions(), \p Debug of both.
std::vector<Digest> shardDigests(const llvm::Module &M, const ModuleHash &Hash,
                                 const Partition &Parts, DebugDivision &Debug);

} // namespace hapax

#endif // HAPAX_SHARD_SHARDKEYS_H
