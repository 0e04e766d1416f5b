//===- JobTokens.h - Threads that a build allows ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Below `make -j` the other processors have work of their own. Its job server
/// hands out a token for each job beyond the one that a process is; whoever
/// wants more threads takes tokens and gives them back.
///
/// Only a job server with a named pipe is asked (make 4.4, ninja 1.13). The
/// older kind passes two file numbers, which a compiler may well have used for
/// files of its own by now, and whose mode is shared with make itself: taking
/// tokens there could break the build. Below such a one, there is one thread.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_JOBTOKENS_H
#define HAPAX_SHARD_JOBTOKENS_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Jobserver.h"

namespace hapax {

/// Holds tokens as long as it lives. For one thread.
class JobTokens {
public:
  /// Takes as many tokens as there are, waiting for none, for at most \p Most
  /// threads. \p Most are allowed where no job server is.
  explicit JobTokens(unsigned Most);
  ~JobTokens();
  JobTokens(const JobTokens &) = delete;
  JobTokens &operator=(const JobTokens &) = delete;

  /// How many threads may work; at least one.
  unsigned threads() const { return Threads; }

private:
  llvm::SmallVector<llvm::JobSlot, 8> Held;
  unsigned Threads = 1;
};

} // namespace hapax

#endif // HAPAX_SHARD_JOBTOKENS_H
