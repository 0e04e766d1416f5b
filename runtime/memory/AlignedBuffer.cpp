//===- AlignedBuffer.cpp - Owned bytes on a cache line ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Memory/AlignedBuffer.h"
#include "hapax/Memory/AlignedPool.h"

#include <cstdlib>
#include <cstring>

using namespace hapax;

std::expected<AlignedBuffer, MemoryError> AlignedBuffer::allocate(size_t Size) {
  // aligned_alloc wants a multiple of the alignment, and more than nothing.
  size_t Whole = (Size + Alignment - 1) / Alignment * Alignment;
  if (Whole < Size)
    return std::unexpected(MemoryError::NoMemory);
  if (Whole == 0)
    Whole = Alignment;
  auto *Start = static_cast<std::byte *>(std::aligned_alloc(Alignment, Whole));
  if (!Start)
    return std::unexpected(MemoryError::NoMemory);
  std::memset(Start, 0, Whole);
  return AlignedBuffer(Start, Size, nullptr);
}

std::expected<AlignedBuffer, MemoryError>
AlignedBuffer::allocate(size_t Size, AlignedPool &Pool) {
  static_assert(AlignedPool::Alignment == Alignment);
  if (Size > Pool.blockSize())
    return std::unexpected(MemoryError::TooLarge);
  auto Block = Pool.allocate();
  if (!Block)
    return std::unexpected(Block.error());
  if (!Pool.isZeroed())
    std::memset(*Block, 0, Size);
  return AlignedBuffer(static_cast<std::byte *>(*Block), Size, &Pool);
}

AlignedBuffer::~AlignedBuffer() {
  if (!Pool)
    std::free(Start);
  else if (Start)
    (void)Pool->deallocate(Start);
}
