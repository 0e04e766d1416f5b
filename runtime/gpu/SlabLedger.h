//===- SlabLedger.h - Which addresses have memory behind them ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A region that is within its own bounds can still lie where nothing is
/// mapped: a kernel that reads there loses the device. So every transfer asks
/// the ledger first, which must not cost a lock.
///
/// A reserved range is an array of slabs with one atomic byte each, the range
/// itself never changes once it is published by Count. Invariant: a slab's byte
/// is 1 exactly while a mapping in Mappings holds it, which the one writer at a
/// time keeps. Cost: covers() looks at one byte for each slab it spans.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_SLABLEDGER_H
#define HAPAX_RUNTIME_GPU_SLABLEDGER_H

#include "hapax/Core/Resource.h"
#include "hapax/Gpu/DeviceMemory.h"
#include <array>
#include <atomic>
#include <bit>
#include <map>

namespace hapax {

/// covers() may be called at any time, the others one at a time.
class SlabLedger {
public:
  struct Range {
    uint64_t Address, Bytes;
    HapaxHandle Held;
  };
  struct Mapping {
    uint64_t Bytes;
    HapaxHandle Held;
  };

  /// \p SlabBytes is a power of two.
  explicit SlabLedger(uint64_t SlabBytes)
      : SlabBytes(SlabBytes), SlabBits(unsigned(std::countr_zero(SlabBytes))) {}

  /// Why a range of that size cannot be added, if so.
  std::expected<void, DeviceError> canReserve(uint64_t Bytes) const;
  /// The range must not overlap another one.
  void addRange(const Range &R);

  /// Why this cannot be mapped, if so.
  std::expected<void, DeviceError> canMap(uint64_t Address,
                                          uint64_t Bytes) const;
  void map(uint64_t Address, const Mapping &M);
  /// Why this cannot be unmapped, if so.
  std::expected<void, DeviceError> canUnmap(uint64_t Address,
                                            uint64_t Bytes) const;
  /// What to release; afterwards nothing covers it.
  Mapping unmap(uint64_t Address);

  /// Whether all of it is mapped.
  bool covers(uint64_t Address, uint64_t Size) const;

  uint64_t mappedBytes() const { return MappedBytes; }
  const std::map<uint64_t, Mapping> &mappings() const { return Mappings; }
  std::vector<Range> ranges() const;

private:
  static constexpr uint32_t MaxRanges = 64;

  struct Slabs : Range {
    std::unique_ptr<std::atomic<uint8_t>[]> IsMapped;
  };

  const Slabs *rangeOf(uint64_t Address, uint64_t Size) const;
  void mark(uint64_t Address, uint64_t Bytes, uint8_t Value);

  const uint64_t SlabBytes;
  /// Each transfer asks: divisions would be a tenth of what a small one takes.
  const unsigned SlabBits;
  std::atomic<uint32_t> Count = 0;
  std::array<Slabs, MaxRanges> Ranges = {};
  /// By address.
  std::map<uint64_t, Mapping> Mappings;
  uint64_t MappedBytes = 0;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_SLABLEDGER_H
