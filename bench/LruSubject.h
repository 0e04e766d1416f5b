//===- LruSubject.h - Three LRU caches to time ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// KeyedLru as it ships and compiled without the checks of the core
/// (HAPAX_CORE_UNCHECKED), both called through the same few functions that are
/// not inlined, so that they differ in the checks alone.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_BENCH_LRUSUBJECT_H
#define HAPAX_BENCH_LRUSUBJECT_H

#include "Key.h"
#include <cstdint>
#include <memory>

namespace hapax::bench {

class Subject {
public:
  virtual ~Subject() = default;
  /// Finds and touches each key; the number of those found.
  virtual uint64_t useAll(const Key *Keys, size_t Count) = 0;
  /// Inserts each key with size 1, evicting where the cache is full.
  virtual void insertAll(const Key *Keys, size_t Count) = 0;
  virtual void clear() = 0;
};

std::unique_ptr<Subject> makeChecked(uint32_t Capacity);
std::unique_ptr<Subject> makeUnchecked(uint32_t Capacity);
std::unique_ptr<Subject> makeStandard(uint32_t Capacity);

} // namespace hapax::bench

#endif // HAPAX_BENCH_LRUSUBJECT_H
