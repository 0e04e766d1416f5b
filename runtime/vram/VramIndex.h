//===- VramIndex.h - What the GPU cache holds, and where --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The bookkeeping of VramCache: order of recency, limits, blocks, pins, and
/// the host's copies. It moves no bytes of entries but those of the front.
///
/// An entry is a slot of KeyedLru with a block of the arena. Who reads or
/// writes a block, or moves it, has a reference to the block of his own, so
/// that the entry can be evicted, removed or replaced at any time: its memory
/// is free when the last reference goes. Pins, on the other hand, are of the
/// key: they keep the LRU from choosing it. A get does both.
///
/// Invariant: a slot that KeyedLru has is one whose Serial is not 0; its block
/// is held, SlotOfBlock of it names the slot, and its region is the block's. A
/// slot's Pins are the pins that KeyedLru counts.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_VRAM_VRAMINDEX_H
#define HAPAX_RUNTIME_VRAM_VRAMINDEX_H

#include "HostFront.h"
#include "hapax/Vram/VramCache.h"

namespace hapax {

/// An entry in use: what is needed to read it and to let it go again.
struct HeldEntry {
  CacheKey Key;
  DeviceRegion Region = *DeviceRegion::create(0, 0);
  EntryInfo Info;
  HapaxHandle Block{};
  uint32_t Slot = 0; ///< 0: the block alone
  uint64_t Serial = 0;
  bool Pinned = false;
  RangeMap::Node Front = 0; ///< the host's copy, if there is one
};

/// Not thread-safe.
class VramIndex {
public:
  static std::expected<VramIndex, DeviceError>
  create(DeviceMemory &Memory, const VramOptions &Options);

  /// The slot of a key, or 0. No use.
  uint32_t find(const CacheKey &Key) const { return Lru.find(lruKey(Key)); }

  /// As a use, pins the entry; otherwise keeps only its block. None for a free
  /// slot.
  enum class Use : bool { No, Yes };
  std::optional<HeldEntry> hold(uint32_t Slot, Use How);
  void release(const HeldEntry &H);
  /// Whether the entry still is what was held.
  bool isCurrent(const HeldEntry &H) const;
  /// Copies a small entry that was asked for before to the front.
  void offerToFront(const HeldEntry &H, std::span<const std::byte> Payload);
  /// The host's copy of an entry was found bad.
  void dropFront(const HeldEntry &H);

  /// Whether an entry of \p Size bytes, as rounded, has room beside the pinned
  /// ones, when what the key has now goes.
  bool hasRoom(const CacheKey &Key, uint64_t Size) const;
  /// Makes \p Block, whose reference becomes the entry's, the entry of \p Key,
  /// in the place of one that is there. Evicts what has to go. False, and
  /// nothing has changed, without hasRoom().
  bool publish(const CacheKey &Key, const ArenaBlock &Block,
               const EntryInfo &Info);
  /// Forgets a key, pinned or not.
  void forget(uint32_t Slot);
  /// Forgets the key that was used least recently; false when all are pinned.
  bool evictOldest();
  void forgetAll();

  /// Moves of a block to another: what is at \p From now is at \p To, unless
  /// somebody uses it. The caller has references to both, which it gives up.
  bool moved(const HeldEntry &From, const ArenaBlock &To);
  /// The slot that a block belongs to; 0: none (yet, or any more).
  uint32_t slotOf(HapaxHandle Block) const;

  /// Evicts down to what the arena may have now, or lets the cache grow again.
  void adaptLimit();
  uint64_t limitBytes() const { return Lru.limits().Bytes; }

  std::vector<CacheKey> keys() const;
  const KeyedLru &lru() const { return Lru; }
  const HostFront &front() const { return Front; }
  std::string check() const;

  Arena Blocks;
  /// How many entries went because of the limits.
  uint64_t Evicted = 0;

private:
  struct Entry {
    DeviceRegion Region = *DeviceRegion::create(0, 0);
    EntryInfo Info;
    HapaxHandle Block{};
    /// Tells the entries of one slot apart; 0: none.
    uint64_t Serial = 0;
    uint32_t Pins = 0;
    uint32_t Uses = 0;
    uint32_t Front = 0;
  };

  VramIndex(Arena Memory, KeyedLru Lru, const VramOptions &Options);
  static LruKey lruKey(const CacheKey &K) { return {K.High, K.Low}; }
  static CacheKey cacheKey(const LruKey &K) { return {K.High, K.Low}; }
  bool pin(uint32_t Slot);
  /// Pins follow a key to another slot when it is replaced.
  void unpin(const HeldEntry &H);
  /// What belongs to a slot that KeyedLru has freed.
  void dropEntry(uint32_t Slot);
  /// What KeyedLru is to call for those that go because of the limits.
  auto evicted() {
    return [this](uint32_t Slot, const LruKey &, uint64_t) {
      ++Evicted;
      dropEntry(Slot);
    };
  }

  KeyedLru Lru;
  HostFront Front;
  const uint64_t MaxBytes, FrontEntryBytes;
  std::vector<Entry> Entries;
  std::vector<uint32_t> SlotOfBlock;
  uint64_t LastSerial = 0;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_VRAM_VRAMINDEX_H
