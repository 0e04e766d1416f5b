//===- Extractor.h - A shard as a module of its own -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_EXTRACTOR_H
#define HAPAX_SHARD_EXTRACTOR_H

#include "DebugDivision.h"
#include "Partition.h"
#include <memory>

namespace hapax {

/// A module, in the context of \p M, with the definitions of the shard
/// \p Number of \p Parts, declarations of all else that they mention, and the
/// bodies that it imports. \p M is only read. Metadata nodes are shared with
/// \p M, or those that \p Debug has for them; its units are right until the
/// next shard is extracted. What is extracted depends on the content of the
/// shard alone; the order of uses across its functions is what a reader of its
/// bitcode finds.
std::unique_ptr<llvm::Module> extractShard(const llvm::Module &M,
                                           const Partition &Parts,
                                           DebugDivision &Debug,
                                           unsigned Number);

/// A module, in the context of \p M, with a declaration of every global as
/// shards see it that mention, but do not have it.
std::unique_ptr<llvm::Module> extractDeclarations(const llvm::Module &M,
                                                  const Partition &Parts);

} // namespace hapax

#endif // HAPAX_SHARD_EXTRACTOR_H
