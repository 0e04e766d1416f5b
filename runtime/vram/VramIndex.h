//===- VramIndex.h - What the GPU cache holds, and where --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The bookkeeping of VramCache: order of recency, limits, blocks, pins, and
/// the host's copies. It moves no bytes of entries but those of the front.
///
/// An entry is a slot of KeyedLru with a block of the arena. Who reads a block,
/// or moves it, is counted at the entry. The entry can be evicted, removed or
/// replaced at any time: then each of those who are counted gets a reference to
/// the block in the arena, and the memory is free when the last of them goes.
/// While the entry lives, its own one reference stands for all of them: so a
/// get costs the order of recency, and two words of the entry.
///
/// Pins, on the other hand, are of the key: they keep the LRU from choosing it,
/// and hold no memory.
///
/// Invariant: a slot that KeyedLru has is one whose Serial is not 0; its block
/// is held, with one reference, SlotOfBlock of it names the slot, and its
/// region is the block's. A slot's Pins are the pins that KeyedLru counts.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_VRAM_VRAMINDEX_H
#define HAPAX_RUNTIME_VRAM_VRAMINDEX_H

#include "HostFront.h"
#include "hapax/Vram/VramCache.h"

namespace hapax {

/// An entry in use: what is needed to read it and to let it go again. One cache
/// line, since one is kept for each entry, and copied by each get.
struct alignas(64) HeldEntry {
  HeldEntry() = default;
  /// A block that is no entry's.
  explicit HeldEntry(HapaxHandle Block)
      : Generation(Block.Generation), BlockSlot(Block.Slot) {}

  /// As long as the payload.
  DeviceRegion Region = *DeviceRegion::create(0, 0);
  Digest PayloadDigest;
  uint64_t Generation = 0; ///< of the block
  uint32_t BlockSlot = 0;
  uint32_t Slot = 0; ///< 0: the block alone
  uint32_t CostMs = 0;
  PayloadKind Kind = PayloadKind::Object;

  HapaxHandle block() const { return {Generation, BlockSlot}; }
  uint64_t size() const { return Region.length(); }
  EntryInfo info() const {
    return {Kind, size(), size(), PayloadDigest, CostMs};
  }
};
static_assert(sizeof(HeldEntry) == 64);

/// The host's copy of an entry, in use.
struct HeldCopy {
  EntryInfo Info;
  std::span<const std::byte> Bytes;
  RangeMap::Node Front = 0;
};

/// A pin of a key.
struct PinnedKey {
  CacheKey Key;
  uint32_t Slot;
  uint64_t Serial;
};

/// Not thread-safe.
class VramIndex {
public:
  static std::expected<VramIndex, DeviceError>
  create(DeviceMemory &Memory, const VramOptions &Options);

  /// The slot of a key, or 0. No use.
  uint32_t find(const CacheKey &Key) const { return Lru.find(lruKey(Key)); }

  /// Keeps an entry's block as it is, until release(); as a use, makes the
  /// entry the newest. None for a free slot.
  enum class Use : bool { No, Yes };
  std::optional<HeldEntry> hold(uint32_t Slot, Use How) {
    if (Slot == 0 || (How == Use::Yes ? !Lru.touch(Slot) : !Lru.contains(Slot)))
      return std::nullopt;
    Usage &U = Usages[Slot];
    if (How == Use::Yes && U.Asked < HotAfter)
      ++U.Asked;
    ++U.Users;
    return Entries[Slot];
  }
  void release(const HeldEntry &H) {
    if (isCurrent(H))
      --Usages[H.Slot].Users;
    else
      (void)Blocks.free(H.block());
  }
  /// Whether the entry still is what was held.
  bool isCurrent(const HeldEntry &H) const {
    return H.Slot && Entries[H.Slot].Generation == H.Generation;
  }

  /// The host's copy of an entry, as a use; none where there is no copy.
  std::optional<HeldCopy> holdCopy(uint32_t Slot);
  /// Lets it go; at any time, on any thread. When true, reclaim() it.
  [[nodiscard]] bool leave(const HeldCopy &H) { return Front.leave(H.Front); }
  void reclaim(const HeldCopy &H) { Front.reclaim(H.Front); }
  /// A copy of the key's was found bad, and goes. The entry itself, unless the
  /// key has none, or one of another size, by now.
  std::optional<HeldEntry> insteadOfCopy(const CacheKey &Key, uint64_t Size);
  /// Copies a small entry that was asked for before to the front.
  void offerToFront(const HeldEntry &H, std::span<const std::byte> Payload);

  /// Makes an entry the newest, and keeps it from being evicted until unpin().
  /// None for a free slot, and for one with HAPAX_LRU_MAX_PINS pins.
  std::optional<PinnedKey> pin(uint32_t Slot);
  /// Pins follow a key to another slot when it is replaced.
  void unpin(const PinnedKey &P);

  /// Whether an entry of \p Size bytes, as rounded, has room beside the pinned
  /// ones, when what the key has now goes.
  bool hasRoom(const CacheKey &Key, uint64_t Size) const;
  /// Whether the memory has room for \p Size bytes, as rounded, beside the
  /// pinned entries and what the key has now.
  bool hasRoomBeside(const CacheKey &Key, uint64_t Size) const;
  /// Makes \p Block, whose reference becomes the entry's, the entry of \p Key,
  /// in the place of one that is there. Evicts what has to go. False, and
  /// nothing has changed, without hasRoom().
  bool publish(const CacheKey &Key, const ArenaBlock &Block,
               const EntryInfo &Info);
  /// Forgets a key, pinned or not.
  void forget(uint32_t Slot);
  /// Forgets the key that was used least recently, but for one slot; false when
  /// there is none that is not pinned.
  bool evictOldest(uint32_t Except = 0);
  void forgetAll();

  /// Moves of a block to another: what is at \p From now is at \p To, unless
  /// somebody else uses it. The caller holds both, and lets them go.
  bool moved(const HeldEntry &From, const ArenaBlock &To);
  /// Whether a block is one of an entry that nobody uses, and fits in a slab.
  bool canMove(HapaxHandle Block) const;
  /// Whether a block is free once its entry is forgotten, which is not pinned.
  bool canDrop(HapaxHandle Block) const;
  /// The slot that a block belongs to; 0: none (yet, or any more).
  uint32_t slotOf(HapaxHandle Block) const;

  /// Evicts down to what the arena may have now, but for one slot, or lets the
  /// cache grow again.
  void adaptLimit(uint32_t Except = 0);
  uint64_t limitBytes() const { return Lru.limits().Bytes; }

  std::vector<CacheKey> keys() const;
  const KeyedLru &lru() const { return Lru; }
  const HostFront &front() const { return Front; }
  std::string check() const;

  Arena Blocks;
  /// How many entries went because of the limits.
  uint64_t Evicted = 0;

private:
  /// What changes of an entry while it lives.
  struct Usage {
    /// Tells the lives of one slot apart, which pins are of; 0: none.
    uint64_t Serial = 0;
    uint32_t Pins = 0;
    /// Who reads or moves the block now.
    uint32_t Users = 0;
    /// How often it was asked for, up to HotAfter.
    uint32_t Asked = 0;
    /// The slot of the host's copy; 0: none.
    uint32_t Front = 0;
  };
  /// An entry is copied to the front when it is asked for so many times.
  static constexpr uint32_t HotAfter = 2;

  VramIndex(Arena Memory, KeyedLru Lru, const VramOptions &Options);
  static LruKey lruKey(const CacheKey &K) { return {K.High, K.Low}; }
  static CacheKey cacheKey(const LruKey &K) { return {K.High, K.Low}; }
  /// Of the pinned entries, and of one more.
  uint64_t bytesWithPinned(uint32_t Slot) const;
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
  /// By slot; apart, so that a get writes to few lines.
  std::vector<HeldEntry> Entries;
  std::vector<Usage> Usages;
  std::vector<uint32_t> SlotOfBlock;
  uint64_t LastSerial = 0;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_VRAM_VRAMINDEX_H
