//===- VramSubject.cpp - VramIndex as a subject -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Compiled twice, with and without HAPAX_CORE_UNCHECKED.
//===----------------------------------------------------------------------===//
#include "VramSubject.h"

#include "../runtime/vram/VramIndex.h"
#include "../test/gpu/EmptyDevice.h"
#include <cstdlib>

using namespace hapax;

#ifndef HAPAX_CORE_UNCHECKED
#define MAKE makeChecked
#else
#define MAKE makeUnchecked
#endif

namespace {

class IndexSubject final : public vrambench::Subject {
public:
  explicit IndexSubject(uint64_t Bytes)
      // With room for holes, so that no entry has to be moved.
      : Device(Bytes + Bytes / 2), Index(make(Device, Bytes)) {}

  uint64_t getAll(const vrambench::Key *Keys, size_t Count) override {
    uint64_t Found = 0;
    for (size_t I = 0; I != Count; ++I) {
      uint32_t Slot = Index.find({Keys[I].High, Keys[I].Low});
      if (auto H = Index.hold(Slot, VramIndex::Use::Yes)) {
        ++Found;
        // All of it is there to be read, as for a copy, and nobody knows what
        // becomes of it.
        asm volatile("" : "+m"(*H));
        Index.release(*H);
      }
    }
    return Found;
  }
  void putAll(const vrambench::Key *Keys, const uint32_t *Sizes,
              size_t Count) override {
    for (size_t I = 0; I != Count; ++I) {
      CacheKey Key{Keys[I].High, Keys[I].Low};
      if (Index.find(Key) != 0)
        continue;
      auto Block = Index.Blocks.alloc(Sizes[I]);
      // Without moves: where no hole is large enough, the oldest go.
      while (!Block && Index.evictOldest())
        Block = Index.Blocks.alloc(Sizes[I]);
      if (!Block)
        std::abort();
      EntryInfo Info;
      Info.Size = Sizes[I];
      if (!Index.publish(Key, *Block, Info))
        std::abort();
    }
  }

private:
  static VramIndex make(DeviceMemory &Device, uint64_t Bytes) {
    VramOptions Options;
    Options.Memory.KeepFreeBytes = 0;
    Options.Memory.KeepFreePercent = 0;
    Options.MaxBytes = Bytes;
    Options.MaxEntries = uint32_t(Bytes / 16384);
    Options.FrontBytes = 0;
    return std::move(*VramIndex::create(Device, Options));
  }

  test::EmptyDevice Device;
  VramIndex Index;
};

} // namespace

__attribute__((visibility("default"))) std::unique_ptr<vrambench::Subject>
vrambench::MAKE(uint64_t Bytes) {
  return std::make_unique<IndexSubject>(Bytes);
}
