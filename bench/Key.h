//===- Key.h - Keys of the caches to time -----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_BENCH_KEY_H
#define HAPAX_BENCH_KEY_H

#include <cstddef>
#include <cstdint>

namespace hapax::bench {

/// A digest: evenly spread.
struct Key {
  uint64_t High, Low;

  bool operator==(const Key &) const = default;
};

struct KeyHash {
  size_t operator()(const Key &K) const { return K.Low; }
};

} // namespace hapax::bench

#endif // HAPAX_BENCH_KEY_H
