//===- LruSubject.cpp - KeyedLru as a subject -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Compiled twice: as it is, and once with UncheckedNames.h in front.
//===----------------------------------------------------------------------===//
#include "LruSubject.h"

#include "hapax/Core/KeyedLru.h"

using namespace hapax;
using namespace hapax::bench;

#ifndef HAPAX_CORE_UNCHECKED
#define MAKE makeChecked
#else
#define MAKE makeUnchecked
#endif

namespace {

class KeyedLruSubject final : public Subject {
public:
  explicit KeyedLruSubject(KeyedLru Cache) : Cache(std::move(Cache)) {}
  uint64_t useAll(const Key *Keys, size_t Count) override {
    uint64_t Found = 0;
    for (size_t I = 0; I != Count; ++I)
      Found += Cache.use({Keys[I].High, Keys[I].Low}) != 0;
    return Found;
  }
  void insertAll(const Key *Keys, size_t Count) override {
    for (size_t I = 0; I != Count; ++I)
      Cache.insert({Keys[I].High, Keys[I].Low}, 1);
  }
  void clear() override { Cache.clear(); }

private:
  KeyedLru Cache;
};

} // namespace

std::unique_ptr<Subject> hapax::bench::MAKE(uint32_t Capacity) {
  return std::make_unique<KeyedLruSubject>(
      std::move(*KeyedLru::create(Capacity, {Capacity, UINT64_MAX})));
}
