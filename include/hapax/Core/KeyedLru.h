//===- KeyedLru.h - Keys in order of recency --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The C++ face of Lru.h and KeyIndex.h: a bounded set of 128-bit keys in order
/// of recency. Each key has a slot, a number from 1 to capacity(), under which
/// the caller keeps what belongs to the key.
///
/// The proofs of the two C parts assume that their arrays are valid, of the
/// stated lengths, and overlap nothing. This class makes that true: it
/// allocates all arrays in one block, side by side, and lets nobody else have
/// them. Nothing else is assumed: the C functions take any argument.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CORE_KEYEDLRU_H
#define HAPAX_CORE_KEYEDLRU_H

#include "hapax/Core/KeyIndex.h"
#include "hapax/Core/Lru.h"
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <memory>
#include <string>

namespace hapax {

/// A 128-bit key whose low 32 bits are spread evenly, such as a digest.
struct LruKey {
  uint64_t High = 0;
  uint64_t Low = 0;

  bool operator==(const LruKey &) const = default;
};

struct LruLimits {
  uint32_t Entries = 0;
  uint64_t Bytes = 0;

  bool operator==(const LruLimits &) const = default;
};

/// Not thread-safe. A slot of 0 stands for none throughout. What is moved from
/// may only be destroyed or assigned to.
class KeyedLru {
public:
  /// Room for \p Capacity keys, at most HAPAX_LRU_MAX_CAPACITY. Fails when the
  /// limits do not fit the capacity or there is not the memory (70 bytes for
  /// each slot).
  static std::expected<KeyedLru, std::string> create(uint32_t Capacity,
                                                     LruLimits Limits);

  /// The slot of \p Key. Does not count as a use.
  uint32_t find(const LruKey &Key) const {
    return hapaxKeyIndexFind(&X, Key.Low, Key.High);
  }
  /// The slot of \p Key, which becomes the newest.
  uint32_t use(const LruKey &Key) {
    uint32_t Slot = find(Key);
    hapaxLruTouch(&L, Slot);
    return Slot;
  }
  /// Makes a slot's key the newest; false when the slot is free.
  bool touch(uint32_t Slot) { return hapaxLruTouch(&L, Slot); }

  /// Takes a slot for \p Key, as the newest, and evicts the oldest keys where
  /// they are in the way, none too many. Before the call returns, \p Evicted
  /// is called for each of them, oldest first, as Evicted(uint32_t Slot, const
  /// LruKey &, uint64_t Size); it must not use this object. Gives 0, and
  /// evicts none, when the key is there already or when \p Size does not fit
  /// beside the pinned entries.
  template <typename Fn>
  uint32_t insert(const LruKey &Key, uint64_t Size, Fn &&Evicted) {
    if (hapaxKeyIndexSeek(&X, Key.Low, Key.High) != 0)
      return 0;
    uint32_t Before = L.Count;
    if (!hapaxLruMakeRoom(&L, Size))
      return 0;
    dropEvicted(Before - L.Count, Evicted);
    uint32_t Slot = hapaxLruInsert(&L, Size);
    hapaxKeyIndexInsert(&X, Slot, Key.Low, Key.High);
    return Slot;
  }
  uint32_t insert(const LruKey &Key, uint64_t Size) {
    return insert(Key, Size, ignore);
  }

  /// Frees a slot; false when it is free or pinned.
  bool remove(uint32_t Slot) {
    return hapaxLruRemove(&L, Slot) && hapaxKeyIndexRemove(&X, Slot);
  }

  /// Keeps a key from being evicted or removed until it was unpinned as often;
  /// it is the newest then. False for a free slot (unpin: one not pinned), and
  /// after HAPAX_LRU_MAX_PINS pins.
  bool pin(uint32_t Slot) { return hapaxLruPin(&L, Slot); }
  bool unpin(uint32_t Slot) { return hapaxLruUnpin(&L, Slot); }
  bool isPinned(uint32_t Slot) const {
    return contains(Slot) && L.State[Slot] > 1;
  }

  /// Evicts what is above the new limits, as insert() does. False, and nothing
  /// is changed, when the pinned keys are above them, or Entries above
  /// capacity().
  template <typename Fn> bool setLimits(LruLimits Limits, Fn &&Evicted) {
    uint32_t Before = L.Count;
    if (!hapaxLruSetLimits(&L, Limits.Entries, Limits.Bytes))
      return false;
    dropEvicted(Before - L.Count, Evicted);
    return true;
  }
  bool setLimits(LruLimits Limits) { return setLimits(Limits, ignore); }

  /// Evicts all keys that are not pinned.
  template <typename Fn> void clear(Fn &&Evicted) {
    uint32_t Before = L.Count;
    hapaxLruClear(&L);
    dropEvicted(Before - L.Count, Evicted);
  }
  void clear() { clear(ignore); }

  bool contains(uint32_t Slot) const { return hapaxLruContains(&L, Slot); }
  /// The key and the size of a slot that is not free.
  LruKey key(uint32_t Slot) const {
    return contains(Slot) ? keyIn(Slot) : LruKey();
  }
  uint64_t bytesOf(uint32_t Slot) const {
    uint64_t Size = 0;
    hapaxLruPeek(&L, Slot, &Size);
    return Size;
  }

  /// The key to be evicted next.
  uint32_t victim() const { return hapaxLruVictim(&L); }
  /// The neighbours of a slot in the order of recency, among those that are
  /// not pinned. Slot 0 lies before the oldest and after the newest.
  uint32_t newer(uint32_t Slot) const { return hapaxLruNewer(&L, Slot); }
  uint32_t older(uint32_t Slot) const { return hapaxLruOlder(&L, Slot); }

  uint32_t capacity() const { return L.Capacity; }
  LruLimits limits() const { return {L.MaxEntries, L.MaxBytes}; }
  uint32_t size() const { return L.Count; }
  uint64_t bytes() const { return L.Bytes; }
  uint32_t pinnedCount() const { return L.PinnedCount; }
  uint64_t pinnedBytes() const { return L.PinnedBytes; }
  uint64_t remaining() const { return hapaxLruRemaining(&L); }
  bool isFull() const { return hapaxLruIsFull(&L); }

private:
  struct Freer {
    void operator()(std::byte *Memory) const { std::free(Memory); }
  };

  KeyedLru() = default;
  static void ignore(uint32_t, const LruKey &, uint64_t) {}
  LruKey keyIn(uint32_t Slot) const { return {X.High[Slot], X.Low[Slot]}; }
  template <typename Fn> void dropEvicted(uint32_t Count, Fn &Evicted) {
    while (Count-- != 0) {
      uint32_t Slot = hapaxLruFreed(&L, Count);
      hapaxKeyIndexRemove(&X, Slot);
      Evicted(Slot, keyIn(Slot), L.Size[Slot]);
    }
  }

  std::unique_ptr<std::byte[], Freer> Block;
  HapaxLru L{};
  HapaxKeyIndex X{};
};

} // namespace hapax

#endif // HAPAX_CORE_KEYEDLRU_H
