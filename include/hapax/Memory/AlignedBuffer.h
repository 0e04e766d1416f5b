//===- AlignedBuffer.h - Owned bytes on a cache line ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MEMORY_ALIGNEDBUFFER_H
#define HAPAX_MEMORY_ALIGNEDBUFFER_H

#include "hapax/Memory/MemoryError.h"
#include <cstddef>
#include <expected>
#include <span>
#include <utility>

namespace hapax {

class AlignedPool;

/// Owns zeroed bytes that begin on a cache line. Move-only; an empty buffer
/// owns nothing. As thread-safe as a plain array.
class AlignedBuffer {
public:
  static constexpr size_t Alignment = 64;

  /// \p Size bytes from the system, zeroed. Fails with NoMemory.
  static std::expected<AlignedBuffer, MemoryError> allocate(size_t Size);

  /// \p Size bytes in one block of \p Pool, zeroed; the pool must outlive the
  /// buffer. Fails with TooLarge, and as AlignedPool::allocate(). A block whose
  /// header was overwritten is counted by the pool when the buffer ends.
  static std::expected<AlignedBuffer, MemoryError> allocate(size_t Size,
                                                            AlignedPool &Pool);

  AlignedBuffer() = default;
  AlignedBuffer(AlignedBuffer &&Other) noexcept
      : Start(std::exchange(Other.Start, nullptr)),
        Length(std::exchange(Other.Length, 0)),
        Pool(std::exchange(Other.Pool, nullptr)) {}
  AlignedBuffer &operator=(AlignedBuffer &&Other) noexcept {
    std::swap(Start, Other.Start);
    std::swap(Length, Other.Length);
    std::swap(Pool, Other.Pool);
    return *this;
  }
  ~AlignedBuffer();

  std::byte *data() const { return Start; }
  size_t size() const { return Length; }
  std::span<std::byte> bytes() const { return {Start, Length}; }

private:
  AlignedBuffer(std::byte *Start, size_t Length, AlignedPool *Pool)
      : Start(Start), Length(Length), Pool(Pool) {}

  std::byte *Start = nullptr;
  size_t Length = 0;
  /// Where the bytes came from; null: the system.
  AlignedPool *Pool = nullptr;
};

} // namespace hapax

#endif // HAPAX_MEMORY_ALIGNEDBUFFER_H
