//===- HostFront.h - Small, hot entries in host memory ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A bounded mirror of entries that the device holds: fetching a few kilobytes
/// over the bus takes 6 microseconds, copying them 0.2. LRU of its own, by
/// bytes. Its memory is one block, cut by a RangeMap, so that a hit allocates
/// nothing.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_VRAM_HOSTFRONT_H
#define HAPAX_RUNTIME_VRAM_HOSTFRONT_H

#include "hapax/Core/KeyedLru.h"
#include "hapax/Gpu/RangeMap.h"
#include "hapax/Memory/AlignedBuffer.h"
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace hapax {

/// Not thread-safe, but the bytes of a copy that is kept may be read while
/// other threads change the front.
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
    RangeMap::Node N = Map.take(Payload.size());
    if (N == 0) { // holes, or copies that are still read
      Lru->remove(Slot);
      return 0;
    }
    Nodes[Slot] = N;
    if (References.size() <= N)
      References.resize(N + 1, 0);
    References[N] = 1;
    if (!Payload.empty())
      std::memcpy(place(N), Payload.data(), Payload.size());
    return Slot;
  }
  void remove(uint32_t Slot) {
    if (Lru && Lru->remove(Slot))
      forget(Slot);
  }

  /// Keeps a slot's bytes where they are until as many calls of drop().
  RangeMap::Node keep(uint32_t Slot) {
    Lru->touch(Slot);
    ++References[Nodes[Slot]];
    return Nodes[Slot];
  }
  void drop(RangeMap::Node N) {
    if (--References[N] == 0)
      Map.give(N);
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
  static uint64_t pageBytes(uint64_t Bytes) {
    return std::max<uint64_t>(Bytes & ~uint64_t(63), 64);
  }
  std::byte *place(RangeMap::Node N) { return Buffer.data() + Map.offset(N); }
  void forget(uint32_t Slot) { drop(std::exchange(Nodes[Slot], 0)); }

  RangeMap Map;
  AlignedBuffer Buffer;
  std::optional<KeyedLru> Lru;
  /// The range of a slot; who keeps a range: its slot, and readers.
  std::vector<RangeMap::Node> Nodes;
  std::vector<uint32_t> References;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_VRAM_HOSTFRONT_H
