//===- BlockChecks.h - What every allocation and free looks at --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The functions of AlignedPool that are on the path of every call, for it and
/// for PoolCache: a few instructions each, too short to be called.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_MEMORY_BLOCKCHECKS_H
#define HAPAX_RUNTIME_MEMORY_BLOCKCHECKS_H

#include "Poison.h"
#include "hapax/Memory/AlignedPool.h"
#include <cstring>

namespace hapax {

/// Guards are plain words, so that a header needs no construction, but one
/// thread may look at them while another sets them for the first time.
inline uint64_t readGuard(const uint64_t &Word) {
  return std::atomic_ref<uint64_t>(const_cast<uint64_t &>(Word))
      .load(std::memory_order_relaxed);
}
inline void writeGuard(uint64_t &Word, uint64_t Value) {
  std::atomic_ref<uint64_t>(Word).store(Value, std::memory_order_relaxed);
}

uint32_t AlignedPool::strideOf(size_t Offset) const {
  // Offset / Stride in lines: n / d with n * d < 2^64, where the reciprocal's
  // error cannot reach the next integer (Granlund and Montgomery, "Division by
  // invariant integers using multiplication", PLDI 1994).
  __extension__ using Product = unsigned __int128;
  return static_cast<uint32_t>(
      static_cast<Product>(Offset / Alignment) * Reciprocal >> 64);
}

std::expected<uint32_t, MemoryError>
AlignedPool::indexOf(const void *Block) const {
  // Addresses below the base wrap around and are too large as well.
  size_t Offset =
      reinterpret_cast<uintptr_t>(Block) - reinterpret_cast<uintptr_t>(Base);
  if (Offset >= Reserved)
    return std::unexpected(MemoryError::Foreign);
  uint32_t Index = strideOf(Offset);
  if (Offset != Index * Stride + HeaderBytes || Index >= Free.begun())
    return std::unexpected(MemoryError::NotABlock);
  return Index;
}

uint64_t AlignedPool::guard(const Header &H) const {
  return Secret ^ reinterpret_cast<uintptr_t>(&H);
}

bool AlignedPool::isSound(const Header &H) const {
  return readGuard(H.Front) == guard(H) && readGuard(H.Back) == ~guard(H);
}

bool AlignedPool::isSoundBehind(uint32_t Index) const {
  if (Index + 1 == Limit ||
      (Index + 1) * Stride >= Committed.load(std::memory_order_relaxed))
    return true;
  const Header &Behind = header(Index + 1);
  uint64_t Front = readGuard(Behind.Front);
  // Zero: not used yet, or being used for the first time.
  return Front == guard(Behind) || Front == 0;
}

bool AlignedPool::open(TakenSlot Slot) {
  if (!isSound(header(Slot.Index))) {
    // It is in use, by us; nobody else changes that.
    (void)Free.retire(Slot.Index);
    return false;
  }
  // The memory of a fresh block is new, and so zero.
  if (Slot.IsFresh)
    return true;
  std::byte *Block = block(Slot.Index);
  unpoison(Block, blockSize());
  if (Zeroed)
    std::memset(Block, 0, blockSize());
  return true;
}

std::expected<uint32_t, MemoryError> AlignedPool::close(void *Block) {
  auto Index = indexOf(Block);
  if (!Index)
    return Index;
  if (!isSound(header(*Index)) || !isSoundBehind(*Index)) {
    if (auto Done = Free.retire(*Index); !Done)
      return std::unexpected(Done.error());
    return std::unexpected(MemoryError::Corrupt);
  }
  return Index;
}

} // namespace hapax

#endif // HAPAX_RUNTIME_MEMORY_BLOCKCHECKS_H
