//===- SlabLedger.cpp - Which addresses have memory behind them -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "SlabLedger.h"
#include "Failure.h"

using namespace hapax;

std::expected<void, DeviceError> SlabLedger::canReserve(uint64_t Bytes) const {
  if (!Bytes || Bytes % SlabBytes)
    return refused("a reserved range is a multiple of " +
                   std::to_string(SlabBytes) + " bytes");
  if (Count.load(std::memory_order_relaxed) == MaxRanges)
    return refused("no more than " + std::to_string(MaxRanges) +
                   " ranges can be reserved");
  return {};
}

void SlabLedger::addRange(const Range &R) {
  uint32_t Next = Count.load(std::memory_order_relaxed);
  Slabs &New = Ranges[Next];
  static_cast<Range &>(New) = R;
  New.IsMapped = std::make_unique<std::atomic<uint8_t>[]>(R.Bytes / SlabBytes);
  Count.store(Next + 1, std::memory_order_release);
}

const SlabLedger::Slabs *SlabLedger::rangeOf(uint64_t Address,
                                             uint64_t Size) const {
  uint32_t End = Count.load(std::memory_order_acquire);
  for (uint32_t I = 0; I != End; ++I) {
    const Slabs &R = Ranges[I];
    if (Address >= R.Address && Address - R.Address < R.Bytes)
      return Size <= R.Bytes - (Address - R.Address) ? &R : nullptr;
  }
  return nullptr;
}

std::expected<void, DeviceError> SlabLedger::canMap(uint64_t Address,
                                                    uint64_t Bytes) const {
  const Slabs *R = rangeOf(Address, Bytes);
  if (!R || !Bytes)
    return refused("only a part of a reserved range can be mapped");
  if ((Address - R->Address) % SlabBytes || Bytes % SlabBytes)
    return refused("what is mapped begins and ends at multiples of " +
                   std::to_string(SlabBytes) + " bytes");
  // The last one that begins below the end, if it reaches in.
  auto Next = Mappings.lower_bound(Address + Bytes);
  if (Next != Mappings.begin()) {
    auto Last = std::prev(Next);
    if (Last->first + Last->second.Bytes > Address)
      return refused("a part of it is mapped already");
  }
  return {};
}

void SlabLedger::mark(uint64_t Address, uint64_t Bytes, uint8_t Value) {
  const Slabs *R = rangeOf(Address, Bytes);
  uint64_t First = (Address - R->Address) / SlabBytes;
  for (uint64_t I = 0; I != Bytes / SlabBytes; ++I)
    R->IsMapped[First + I].store(Value, std::memory_order_release);
}

void SlabLedger::map(uint64_t Address, const Mapping &M) {
  Mappings[Address] = M;
  MappedBytes += M.Bytes;
  mark(Address, M.Bytes, 1);
}

std::expected<void, DeviceError> SlabLedger::canUnmap(uint64_t Address,
                                                      uint64_t Bytes) const {
  auto Found = Mappings.find(Address);
  if (Found == Mappings.end() || Found->second.Bytes != Bytes)
    return refused("it was not mapped so, by one call");
  return {};
}

SlabLedger::Mapping SlabLedger::unmap(uint64_t Address) {
  auto Found = Mappings.find(Address);
  Mapping M = Found->second;
  mark(Address, M.Bytes, 0);
  Mappings.erase(Found);
  MappedBytes -= M.Bytes;
  return M;
}

bool SlabLedger::covers(uint64_t Address, uint64_t Size) const {
  if (!Size)
    return true;
  const Slabs *R = rangeOf(Address, Size);
  if (!R)
    return false;
  uint64_t Offset = Address - R->Address;
  uint64_t Last = (Offset + Size - 1) >> SlabBits;
  for (uint64_t I = Offset >> SlabBits; I <= Last; ++I)
    if (!R->IsMapped[I].load(std::memory_order_acquire))
      return false;
  return true;
}

std::vector<SlabLedger::Range> SlabLedger::ranges() const {
  uint32_t End = Count.load(std::memory_order_acquire);
  return {Ranges.begin(), Ranges.begin() + End};
}
