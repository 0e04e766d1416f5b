//===- VramSubject.h - Bookkeeping of caches to time ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// VramIndex as it ships and compiled without the checks of the core
/// (HAPAX_CORE_UNCHECKED). Each lies in a shared library of its own that shows
/// nothing but its maker, so that they differ in the checks alone.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_BENCH_VRAMSUBJECT_H
#define HAPAX_BENCH_VRAMSUBJECT_H

#include "Key.h"
#include <cstddef>
#include <cstdint>
#include <memory>

namespace vrambench {

using hapax::bench::Key;
using hapax::bench::KeyHash;

class Subject {
public:
  virtual ~Subject() = default;
  /// What a get does besides copying: finds each entry, makes it the newest,
  /// keeps its memory from going, and lets it go again; the number of
  /// those found.
  virtual uint64_t getAll(const Key *Keys, size_t Count) = 0;
  /// What a put does besides copying: memory of each size, and an entry, the
  /// oldest ones going by bytes.
  virtual void putAll(const Key *Keys, const uint32_t *Sizes, size_t Count) = 0;
};

/// With room for so many bytes.
std::unique_ptr<Subject> makeChecked(uint64_t Bytes);
std::unique_ptr<Subject> makeUnchecked(uint64_t Bytes);

} // namespace vrambench

#endif // HAPAX_BENCH_VRAMSUBJECT_H
