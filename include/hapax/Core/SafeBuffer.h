//===- SafeBuffer.h - Bounds-checked regions, for C++ -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The thin C++ faces of Buffer.h and Region.h. They check what the proved
/// calls require of their caller (docs/PROOFS.md): that memory handed in does
/// not overlap the region, nor its record. What a span cannot show, that its
/// memory is there, stays with whoever made the span.
///
/// Whatever does not fit is refused and changes nothing; no argument is
/// undefined. Not thread-safe.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CORE_SAFEBUFFER_H
#define HAPAX_CORE_SAFEBUFFER_H

#include "hapax/Core/Buffer.h"
#include "hapax/Core/Region.h"
#include <cstddef>
#include <functional>
#include <optional>
#include <span>

namespace hapax {

/// Host memory that is filled from its beginning. It refers to the memory,
/// which must outlive it, and copies refer to the same memory, each with a
/// length of its own.
class SafeBuffer {
public:
  SafeBuffer() : SafeBuffer(std::span<std::byte>()) {}
  /// An empty buffer; the SafeBuffer must not itself lie in Memory.
  explicit SafeBuffer(std::span<std::byte> Memory) {
    // C has no null pointer plus 0, not even where nothing is accessed.
    hapaxBufferInit(&Record, Memory.data() ? bytes(Memory.data()) : &Nowhere,
                    Memory.size());
  }

  uint64_t capacity() const { return Record.Capacity; }
  uint64_t length() const { return Record.Length; }
  uint64_t remaining() const { return hapaxBufferRemaining(&Record); }
  bool isFull() const { return hapaxBufferIsFull(&Record); }
  void clear() { hapaxBufferClear(&Record); }

  /// What is filled.
  std::span<const std::byte> contents() const {
    return {reinterpret_cast<const std::byte *>(Record.Base), Record.Length};
  }

  /// The byte at Index; none where nothing is filled.
  std::optional<std::byte> get(uint64_t Index) const {
    uint8_t Value;
    if (!hapaxBufferGet(&Record, Index, &Value))
      return std::nullopt;
    return std::byte(Value);
  }
  /// Replaces a filled byte.
  bool set(uint64_t Index, std::byte Value) {
    return hapaxBufferSet(&Record, Index, uint8_t(Value));
  }
  /// Appends a byte.
  bool write(std::byte Value) {
    return hapaxBufferWrite(&Record, uint8_t(Value));
  }
  /// Writes at an offset that is at most length(). Refused also where From
  /// overlaps the buffer.
  bool writeMany(uint64_t Offset, std::span<const std::byte> From) {
    if (touches(From.data(), From.size()))
      return false;
    return hapaxBufferWriteMany(&Record, Offset, bytes(From.data()),
                                From.size());
  }
  bool append(std::span<const std::byte> From) {
    return writeMany(Record.Length, From);
  }
  /// Fills To from an offset. Refused also where To overlaps the buffer.
  bool read(uint64_t Offset, std::span<std::byte> To) const {
    if (touches(To.data(), To.size()))
      return false;
    return hapaxBufferRead(&Record, Offset, bytes(To.data()), To.size());
  }
  /// A full buffer over a part of what is filled.
  std::optional<SafeBuffer> slice(uint64_t Offset, uint64_t Size) const {
    SafeBuffer Part;
    if (!hapaxBufferSlice(&Record, Offset, Size, &Part.Record))
      return std::nullopt;
    return Part;
  }
  /// Appends Size bytes as they lie, for someone else to write.
  std::optional<std::span<std::byte>> reserve(uint64_t Size) {
    HapaxBuffer Part;
    if (!hapaxBufferReserve(&Record, Size, &Part))
      return std::nullopt;
    return std::span(reinterpret_cast<std::byte *>(Part.Base), Part.Capacity);
  }
  /// Writes at an offset what another buffer has at one. Refused also where the
  /// two share memory.
  bool copy(uint64_t ToOffset, const SafeBuffer &From, uint64_t FromOffset,
            uint64_t Size) {
    if (&From == this || touches(From.Record.Base, From.Record.Capacity) ||
        overlap(&From.Record, sizeof(From.Record), Record.Base,
                Record.Capacity))
      return false;
    return hapaxBufferCopy(&Record, ToOffset, &From.Record, FromOffset, Size);
  }

private:
  static uint8_t *bytes(std::byte *Data) {
    return reinterpret_cast<uint8_t *>(Data);
  }
  static const uint8_t *bytes(const std::byte *Data) {
    return reinterpret_cast<const uint8_t *>(Data);
  }
  /// Whether two ranges of memory share a byte.
  static bool overlap(const void *A, uint64_t SizeA, const void *B,
                      uint64_t SizeB) {
    // std::less orders pointers into different objects, `<` need not.
    std::less<const char *> Below;
    auto *FirstA = static_cast<const char *>(A);
    auto *FirstB = static_cast<const char *>(B);
    return SizeA && SizeB && Below(FirstA, FirstB + SizeB) &&
           Below(FirstB, FirstA + SizeA);
  }
  bool touches(const void *Data, uint64_t Size) const {
    return overlap(Data, Size, Record.Base, Record.Capacity) ||
           overlap(Data, Size, &Record, sizeof(Record));
  }

  static inline uint8_t Nowhere = 0;
  HapaxBuffer Record;
};

/// A range of device addresses, with the rules of SafeBuffer. It refers to
/// memory of a device and never dereferences an address.
class DeviceRegion {
public:
  /// An empty region; none where its end would not be an address.
  static std::optional<DeviceRegion> create(uint64_t Address,
                                            uint64_t Capacity) {
    DeviceRegion Region;
    if (!hapaxRegionInit(&Region.Record, Address, Capacity))
      return std::nullopt;
    return Region;
  }

  uint64_t address() const { return Record.Address; }
  uint64_t capacity() const { return Record.Capacity; }
  uint64_t length() const { return Record.Length; }
  uint64_t remaining() const { return hapaxRegionRemaining(&Record); }
  bool isFull() const { return hapaxRegionIsFull(&Record); }
  void clear() { hapaxRegionClear(&Record); }

  /// The address from which Size filled bytes can be read.
  std::optional<uint64_t> read(uint64_t Offset, uint64_t Size) const {
    uint64_t Address;
    if (!hapaxRegionRead(&Record, Offset, Size, &Address))
      return std::nullopt;
    return Address;
  }
  /// The address at which Size bytes are to be written; they count as filled.
  std::optional<uint64_t> write(uint64_t Offset, uint64_t Size) {
    uint64_t Address;
    if (!hapaxRegionWrite(&Record, Offset, Size, &Address))
      return std::nullopt;
    return Address;
  }
  std::optional<uint64_t> append(uint64_t Size) {
    return write(Record.Length, Size);
  }
  /// A full region of a part of what is filled.
  std::optional<DeviceRegion> slice(uint64_t Offset, uint64_t Size) const {
    DeviceRegion Part;
    if (!hapaxRegionSlice(&Record, Offset, Size, &Part.Record))
      return std::nullopt;
    return Part;
  }
  /// The addresses of a copy from another region, which may describe the same
  /// memory: whether the ranges overlap is up to the caller.
  std::optional<HapaxTransfer> copy(uint64_t ToOffset, const DeviceRegion &From,
                                    uint64_t FromOffset, uint64_t Size) {
    // By value: From may be this region.
    HapaxRegion Source = From.Record;
    HapaxTransfer Plan;
    if (!hapaxRegionCopy(&Record, ToOffset, &Source, FromOffset, Size, &Plan))
      return std::nullopt;
    return Plan;
  }

private:
  DeviceRegion() : Record{0, 0, 0} {}
  HapaxRegion Record;
};

} // namespace hapax

#endif // HAPAX_CORE_SAFEBUFFER_H
