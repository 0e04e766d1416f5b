//===- KeyedLru.cpp - Keys in order of recency ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Core/KeyedLru.h"

#include <algorithm>
#include <sys/mman.h>

using namespace hapax;

namespace {

constexpr size_t CacheLine = 64;
constexpr size_t HugePage = size_t(2) << 20;

size_t roundUp(size_t Size, size_t To) { return (Size + To - 1) / To * To; }

/// Gives out parts of a block, each on cache lines of its own. Without a block
/// it only adds up their sizes.
class Layout {
public:
  explicit Layout(std::byte *Block) : Block(Block) {}

  template <typename T> void place(T *&Array, size_t Count) {
    if (Block)
      Array = reinterpret_cast<T *>(Block + Used);
    Used += roundUp(Count * sizeof(T), CacheLine);
  }
  size_t used() const { return Used; }

private:
  std::byte *Block;
  size_t Used = 0;
};

size_t placeAll(HapaxLru &L, HapaxKeyIndex &X, std::byte *Block) {
  size_t Slots = size_t(L.Capacity) + 1;
  Layout Parts(Block);
  Parts.place(X.Head, X.Buckets);
  Parts.place(X.Chain, Slots);
  Parts.place(X.Low, Slots);
  Parts.place(X.High, Slots);
  Parts.place(X.Born, Slots);
  Parts.place(L.State, Slots);
  Parts.place(L.Size, Slots);
  Parts.place(L.Stamp, Slots);
  Parts.place(L.Prev, Slots);
  Parts.place(L.Next, Slots);
  Parts.place(L.Spare, L.Capacity);
  return Parts.used();
}

} // namespace

std::expected<KeyedLru, std::string> KeyedLru::create(uint32_t Capacity,
                                                      LruLimits Limits) {
  if (Capacity == 0 || Capacity > HAPAX_LRU_MAX_CAPACITY)
    return std::unexpected("the capacity of an LRU cache must be from 1 to " +
                           std::to_string(HAPAX_LRU_MAX_CAPACITY));
  if (Limits.Entries > Capacity)
    return std::unexpected("an LRU cache cannot be limited to more entries "
                           "than it has slots");
  KeyedLru Made;
  Made.L.Capacity = Made.X.Capacity = Capacity;
  // Most chains have one slot then: a second one costs cache misses and, since
  // nobody can foresee it, a mispredicted branch.
  Made.X.Buckets = std::min<uint64_t>(uint64_t(Capacity) * 3, UINT32_MAX);

  // Random accesses to megabytes spend much of their time in the page tables:
  // ask for huge pages where they fit.
  size_t Size = placeAll(Made.L, Made.X, nullptr);
  size_t Alignment = Size >= HugePage ? HugePage : CacheLine;
  Size = roundUp(Size, Alignment);
  Made.Block.reset(
      static_cast<std::byte *>(std::aligned_alloc(Alignment, Size)));
  if (!Made.Block)
    return std::unexpected("no memory for an LRU cache of " +
                           std::to_string(Capacity) + " slots");
  if (Alignment == HugePage)
    (void)madvise(Made.Block.get(), Size, MADV_HUGEPAGE);

  placeAll(Made.L, Made.X, Made.Block.get());
  hapaxKeyIndexInit(&Made.X);
  hapaxLruInit(&Made.L, Limits.Entries, Limits.Bytes);
  return Made;
}
