//===- HostFront.h - Small, hot entries in host memory ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A bounded mirror of entries that the device holds: fetching a few kilobytes
/// over the bus takes 6 microseconds, copying them 0.2. LRU of its own, by
/// bytes. Its memory is one block, cut by a RangeMap, and all that it keeps
/// books with is there from the beginning, so that nothing is allocated later.
///
/// Who reads a copy is counted at its range, and so is the slot that it belongs
/// to. A reader gives up its count without the lock that guards the rest: as
/// long as the slot has the range, nothing else changes by that. Only the last
/// reader of a range that lost its slot meanwhile has to take the lock, and
/// gives the range back. The count's release and acquire order a reader's
/// reading before the next copy's writing.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_VRAM_HOSTFRONT_H
#define HAPAX_RUNTIME_VRAM_HOSTFRONT_H

#include "hapax/Core/KeyedLru.h"
#include "hapax/Gpu/RangeMap.h"
#include "hapax/Memory/AlignedBuffer.h"
#include <atomic>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace hapax {

/// Not thread-safe but for leave(), and the bytes of a copy that is kept, which
/// may be read while other threads change the front.
class HostFront {
public:
  /// A front of \p Bytes; one that holds nothing if they are too few, or not to
  /// be had.
  explicit HostFront(uint64_t Bytes) : Map(1, pageBytes(Bytes), 64) {
    uint32_t Capacity = uint32_t(std::min<uint64_t>(Bytes / 256, 1u << 20));
    if (Capacity == 0)
      return;
    auto Memory = AlignedBuffer::allocate(Map.size());
    auto Made = KeyedLru::create(Capacity, {Capacity, Map.size()});
    if (!Memory || !Made)
      return;
    Buffer = std::move(*Memory);
    Lru.emplace(std::move(*Made));
    Nodes.resize(Capacity + 1, 0);
    MostRanges = Capacity + MostUnowned;
    Map.reserve(MostRanges);
    References = std::make_unique<std::atomic<uint32_t>[]>(
        RangeMap::mostNodes(MostRanges, Map.pages()));
    Map.add({0, 1});
  }

  /// A copy of \p Payload; its slot, or 0. Calls Evicted(const LruKey &) for
  /// those that have to go.
  template <typename Fn>
  uint32_t add(const LruKey &Key, std::span<const std::byte> Payload,
               Fn &&Evicted) {
    if (!Lru)
      return 0;
    uint64_t Size = Map.roundUp(Payload.size());
    uint32_t Slot = Lru->insert(
        Key, Size, [&](uint32_t Gone, const LruKey &GoneKey, uint64_t) {
          forget(Gone);
          Evicted(GoneKey);
        });
    if (Slot == 0)
      return 0;
    // Holes, or copies that are still read, can leave no range.
    RangeMap::Node N = Ranges == MostRanges ? 0 : Map.take(Payload.size());
    if (N == 0) {
      Lru->remove(Slot);
      return 0;
    }
    ++Ranges;
    Nodes[Slot] = N;
    References[N].store(1, std::memory_order_relaxed);
    if (!Payload.empty())
      std::memcpy(place(N), Payload.data(), Payload.size());
    return Slot;
  }
  void remove(uint32_t Slot) {
    if (Lru && Lru->remove(Slot))
      forget(Slot);
  }

  /// Makes a slot's copy the newest, and keeps its bytes where they are until
  /// as many calls of leave().
  RangeMap::Node keep(uint32_t Slot) {
    Lru->touch(Slot);
    References[Nodes[Slot]].fetch_add(1, std::memory_order_relaxed);
    return Nodes[Slot];
  }
  /// Undoes a keep(); at any time, on any thread. True for the last one who
  /// leaves a range that has no slot any more, who then is to reclaim() it.
  [[nodiscard]] bool leave(RangeMap::Node N) {
    return References[N].fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  void reclaim(RangeMap::Node N) {
    Map.give(N);
    --Ranges;
  }

  std::span<const std::byte> bytes(RangeMap::Node N, uint64_t Size) const {
    return {Buffer.data() + Map.offset(N), Size};
  }
  /// For tests that damage a copy.
  std::span<std::byte> memory() const { return Buffer.bytes(); }

  uint32_t size() const { return Lru ? Lru->size() : 0; }
  uint64_t bytes() const { return Lru ? Lru->bytes() : 0; }
  bool holds(uint32_t Slot, const LruKey &Key) const {
    return Lru && Lru->contains(Slot) && Lru->key(Slot) == Key;
  }
  std::string check() const { return Map.check(); }

private:
  /// How many copies may be read that have no slot any more.
  static constexpr uint32_t MostUnowned = 1024;

  static uint64_t pageBytes(uint64_t Bytes) {
    return std::max<uint64_t>(Bytes & ~uint64_t(63), 64);
  }
  std::byte *place(RangeMap::Node N) { return Buffer.data() + Map.offset(N); }
  void forget(uint32_t Slot) {
    RangeMap::Node N = std::exchange(Nodes[Slot], 0);
    if (leave(N))
      reclaim(N);
  }

  RangeMap Map;
  AlignedBuffer Buffer;
  std::optional<KeyedLru> Lru;
  /// The range of a slot.
  std::vector<RangeMap::Node> Nodes;
  /// Of each range: its slot, and readers.
  std::unique_ptr<std::atomic<uint32_t>[]> References;
  uint32_t Ranges = 0, MostRanges = 0;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_VRAM_HOSTFRONT_H
