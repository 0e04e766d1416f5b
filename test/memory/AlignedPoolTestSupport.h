//===- AlignedPoolTestSupport.h ---------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_MEMORY_ALIGNEDPOOLTESTSUPPORT_H
#define HAPAX_TEST_MEMORY_ALIGNEDPOOLTESTSUPPORT_H

#include "hapax/Memory/AlignedPool.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <memory>
#include <vector>

// Sanitizers need more addresses than a limit on them leaves.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAPAX_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAPAX_TEST_SANITIZED 1
#endif
#endif

namespace hapax::test {

/// A pool whose leaks fail the test.
inline std::unique_ptr<AlignedPool> makePool(AlignedPoolOptions Options) {
  if (!Options.OnLeak)
    Options.OnLeak = [](const PoolLeaks &Leaks) {
      ADD_FAILURE() << Leaks.Blocks << " blocks leaked";
    };
  auto Pool = AlignedPool::create(std::move(Options));
  if (!Pool) {
    ADD_FAILURE() << message(Pool.error());
    std::abort();
  }
  return std::move(*Pool);
}

inline void *allocate(AlignedPool &Pool) {
  auto Block = Pool.allocate();
  if (!Block) {
    ADD_FAILURE() << message(Block.error());
    std::abort();
  }
  return *Block;
}

} // namespace hapax::test

#endif // HAPAX_TEST_MEMORY_ALIGNEDPOOLTESTSUPPORT_H
