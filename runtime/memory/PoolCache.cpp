//===- PoolCache.cpp - A thread's own stock of blocks -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Memory/PoolCache.h"

#include "BlockChecks.h"
#include <algorithm>

using namespace hapax;

std::expected<void *, MemoryError> PoolCache::allocate() {
  if (Count == 0)
    if (auto Done = refill(); !Done)
      return std::unexpected(Done.error());
  TakenSlot Slot = Slots[--Count];
  // A slot that is not used because of damage is nobody's any more.
  if (!Pool.Free.useFromCache(Slot.Index) || !Pool.open(Slot))
    return std::unexpected(Pool.failed(MemoryError::Corrupt));
  return Pool.block(Slot.Index);
}

std::expected<void, MemoryError> PoolCache::deallocate(void *Block) {
  auto Index = Pool.close(Block);
  if (!Index)
    return std::unexpected(Pool.failed(Index.error()));
  if (auto Done = Pool.Free.giveToCache(*Index); !Done)
    return std::unexpected(Pool.failed(Done.error()));
  poison(Block, Pool.blockSize());
  if (Count == Capacity)
    give(Batch);
  Slots[Count++] = {*Index, false};
  return {};
}

std::expected<void, MemoryError> PoolCache::refill() {
  auto Taken = Pool.Free.takeForCache(std::span(Slots).first(Batch));
  if (!Taken)
    return std::unexpected(Pool.failed(Taken.error()));
  Count = *Taken;
  // The pool's first is used first: the one freed last, or the lowest address.
  std::reverse(Slots.begin(), Slots.begin() + Count);
  for (const TakenSlot &Slot : std::span(Slots).first(Count))
    if (Slot.IsFresh)
      Pool.begin(Slot.Index);
  return {};
}

void PoolCache::give(size_t Oldest) {
  Pool.Free.giveFromCache(std::span(Slots).first(Oldest));
  std::copy(Slots.begin() + Oldest, Slots.begin() + Count, Slots.begin());
  Count -= Oldest;
}
