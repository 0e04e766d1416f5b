//===- BufferCheck.h - A buffer beside a naive model ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Applies calls to a SafeBuffer and to a naive model of it and says whether
/// they agree: in the answer, in every byte of the memory, filled or not, and
/// in the bytes on both sides of it. For the unit tests and the fuzz target.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_CORE_BUFFERCHECK_H
#define HAPAX_TEST_CORE_BUFFERCHECK_H

#include "hapax/Core/SafeBuffer.h"
#include <algorithm>
#include <vector>

namespace hapax::test {

/// Whether a range lies below a bound; no sum of 64 bits, so nothing wraps.
inline bool fits(uint64_t Offset, uint64_t Size, uint64_t Bound) {
  return static_cast<unsigned __int128>(Offset) + Size <= Bound;
}

class BufferCheck {
public:
  static constexpr size_t Fence = 16;
  /// Memory that calls write from and read to.
  static constexpr size_t MaxRun = 64;

  explicit BufferCheck(size_t Capacity)
      : Memory(Capacity + 2 * Fence, std::byte(0xee)), Shadow(Memory),
        Buffer(std::span(Memory).subspan(Fence, Capacity)) {}
  // The buffer refers to the memory beside it.
  BufferCheck(const BufferCheck &) = delete;

  /// A mutating call with what the model says of it.
  bool write(std::byte Value) {
    bool Fits = Length < capacity();
    if (Fits)
      at(Length++) = Value;
    return Buffer.write(Value) == Fits && agrees();
  }
  bool set(uint64_t Index, std::byte Value) {
    bool Fits = Index < Length;
    if (Fits)
      at(Index) = Value;
    return Buffer.set(Index, Value) == Fits && agrees();
  }
  bool writeMany(uint64_t Offset, std::span<const std::byte> From) {
    bool Fits = opens(Offset, From.size());
    if (Fits)
      put(Offset, From);
    return Buffer.writeMany(Offset, From) == Fits && agrees();
  }
  bool reserve(uint64_t Size) {
    bool Fits = fits(Length, Size, capacity());
    auto Part = Buffer.reserve(Size);
    if (Part && (!Fits || Part->size() != Size ||
                 Part->data() != Memory.data() + Fence + Length))
      return false;
    if (Fits)
      Length += Size;
    return Part.has_value() == Fits && agrees();
  }
  bool copy(uint64_t ToOffset, const SafeBuffer &From, uint64_t FromOffset,
            uint64_t Size) {
    bool Fits = opens(ToOffset, Size) && fits(FromOffset, Size, From.length());
    if (Fits)
      put(ToOffset, From.contents().subspan(FromOffset, Size));
    return Buffer.copy(ToOffset, From, FromOffset, Size) == Fits && agrees();
  }
  bool clear() {
    Length = 0;
    Buffer.clear();
    return agrees();
  }

  /// A call that only looks.
  bool get(uint64_t Index) const {
    auto Value = Buffer.get(Index);
    return Value.has_value() == (Index < Length) &&
           (!Value || *Value == at(Index));
  }
  bool read(uint64_t Offset, size_t Size) const {
    std::vector<std::byte> Into(Size + 1, std::byte(0xdd)), Before = Into;
    bool Fits = fits(Offset, Size, Length);
    if (Fits)
      std::copy_n(&Shadow[Fence] + Offset, Size, Before.begin());
    return Buffer.read(Offset, std::span(Into).first(Size)) == Fits &&
           Into == Before;
  }
  bool slice(uint64_t Offset, uint64_t Size) const {
    auto Part = Buffer.slice(Offset, Size);
    if (Part.has_value() != fits(Offset, Size, Length))
      return false;
    return !Part || (Part->capacity() == Size && Part->isFull() &&
                     Part->contents().data() == Memory.data() + Fence + Offset);
  }

  bool agrees() const {
    return Buffer.length() == Length && Buffer.capacity() == capacity() &&
           Buffer.remaining() == capacity() - Length &&
           Buffer.isFull() == (Length == capacity()) && Memory == Shadow;
  }
  const SafeBuffer &buffer() const { return Buffer; }

private:
  uint64_t capacity() const { return Memory.size() - 2 * Fence; }
  std::byte &at(uint64_t Index) { return Shadow[Fence + Index]; }
  std::byte at(uint64_t Index) const { return Shadow[Fence + Index]; }
  bool opens(uint64_t Offset, uint64_t Size) const {
    return Offset <= Length && fits(Offset, Size, capacity());
  }
  void put(uint64_t Offset, std::span<const std::byte> From) {
    std::ranges::copy(From, Shadow.begin() + Fence + Offset);
    Length = std::max(Length, Offset + From.size());
  }

  std::vector<std::byte> Memory, Shadow;
  uint64_t Length = 0;
  SafeBuffer Buffer;
};

} // namespace hapax::test

#endif // HAPAX_TEST_CORE_BUFFERCHECK_H
