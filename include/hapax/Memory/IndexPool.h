//===- IndexPool.h - Lock-free allocation of slots --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: hand out and take back numbered slots, from any number of threads,
/// without a lock, and notice when a slot is given back twice or its word was
/// overwritten. This is the whole concurrent part of AlignedPool.
///
/// Idea: free slots form a stack (Treiber, "Systems programming: coping with
/// parallelism", 1986). The head is one 64-bit word: the index of the first
/// free slot and a tag. Each slot has one word, its link: the index of the next
/// free slot, or a mark (in use, cached, retired). Slots that were never handed
/// out are not on the stack; they are taken in order, by counting Fresh up, so
/// nothing has to be prepared and no page touched before its time.
///
/// ABA. A thread that takes slot X reads X's link, say Y, and then exchanges
/// the head (X, t) for (Y, t + 1). Meanwhile others may have taken X and Y and
/// given X back: the head shows X again, though Y is in use. The tag counts
/// removals, so the head is (X, t + 2) and the exchange fails. The tag has 32
/// bits: the scheme errs only if a thread is held up between two instructions
/// for exactly a multiple of 2^32 removals. Even then the slot that is handed
/// out twice has the wrong mark, which the next removal reports.
///
/// Invariant: a slot's link is its mark "in use" exactly while a caller has it
/// (or, for the instant of the exchange, is getting it). Only the thread that
/// changes that mark, by compare-and-exchange, puts the slot on the
/// stack; so it is there at most once.
///
/// Memory order. Whoever gives a slot back releases (the exchange of the head
/// in give()); whoever takes it acquires (the load of the head in take()): so
/// what the last owner did with the slot happens before what the next one does.
/// All other changes of the head are read-modify-writes as well, so they carry
/// the release on. Links need no order of their own: a stale link can be read,
/// but then the exchange fails.
///
/// Damage. Each link is sealed: its upper half is a checksum over index, value
/// and a secret of the pool. A link that does not open, in a slot that is still
/// first on the stack, was overwritten; the free slots behind it can no longer
/// be told, and are given up.
///
/// Cost: one compare-and-exchange to take, two to give; a batch costs as much
/// on the shared head as one slot. To take a batch means to follow its links,
/// and what another processor gave back lies in that one's cache: a wait for
/// each link. So each slot of a batch also notes which one comes a few places
/// behind it, and whoever takes the batch asks for those lines ahead of time.
/// The notes are hints: nothing depends on what they say.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MEMORY_INDEXPOOL_H
#define HAPAX_MEMORY_INDEXPOOL_H

#include "hapax/Concurrency/Atomics.h"
#include "hapax/Memory/MemoryError.h"
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

namespace hapax {

/// A slot that take() gave. One word: a cache that stored two and then loads
/// both at once waits until they are in memory.
struct TakenSlot {
  uint32_t Index : 31;
  /// It was never handed out before.
  bool IsFresh : 1;
};
static_assert(sizeof(TakenSlot) == 4);

/// Hands out the indices 0 to Limit - 1.
///
/// Slots tells where the words are; copies of it must be equivalent:
///   Atomics::Atomic<uint64_t> &link(uint32_t Index)
///       a slot's word, 0 until the slot is first handed out; asked for only
///       after prepare()
///   bool prepare(uint32_t Count)
///       makes room for the slots below Count, false when there is none; any
///       number of threads may call it at once, also for the same room
///   void noteAhead(uint32_t Index, uint32_t Ahead)
///       slot Ahead will be taken a little after slot Index, perhaps
///   void prefetchAhead(uint32_t Index)
///       fetches the word of the slot noted there, perhaps; the note may be old
///       or overwritten
///
/// TagStep is what a removal adds to the tag: 1; the model checker shows with 0
/// what the tag is for.
///
/// All member functions may be called by any thread.
template <typename Atomics, typename Slots, uint32_t TagStep = 1>
class IndexPool {
public:
  /// The largest limit: indices above are marks.
  static constexpr uint32_t MaxLimit = uint32_t(1) << 31;

  IndexPool(Slots Where, uint32_t Limit, uint64_t Secret)
      : Where(Where), Limit(Limit), Secret(Secret), Head(packed(End, 0)),
        Fresh(0) {}
  IndexPool(const IndexPool &) = delete;
  IndexPool &operator=(const IndexPool &) = delete;

  /// One slot, now in use. Fails with Exhausted when all are in use, with
  /// NoMemory when prepare() fails, with Corrupt when the first free slot's
  /// link was overwritten: then all slots that were free are given up, and the
  /// next call starts over without them.
  std::expected<TakenSlot, MemoryError> take() {
    TakenSlot Slot;
    auto Count = takeMany({&Slot, 1}, InUse);
    if (!Count)
      return std::unexpected(Count.error());
    return Slot;
  }

  /// Takes up to Out.size() slots (at least one; Out is not empty) for a cache,
  /// all fresh or none. Returns their number. Errors as take().
  std::expected<size_t, MemoryError> takeForCache(std::span<TakenSlot> Out) {
    return takeMany(Out, Cached);
  }

  /// Gives a slot back. Fails with NotABlock when the index was never handed
  /// out, with DoubleFree when the slot is not in use, with Corrupt when its
  /// link was overwritten; then nothing changes.
  std::expected<void, MemoryError> give(uint32_t Index) {
    auto Done = giveToCache(Index);
    if (Done)
      giveFromCache({{{Index, false}}});
    return Done;
  }

  /// Gives a slot to the caller's cache instead: it is not in use any more, and
  /// the caller's. Errors as give().
  std::expected<void, MemoryError> giveToCache(uint32_t Index) {
    return leaveUse(Index, Cached);
  }

  /// Gives back slots of the caller's cache.
  void giveFromCache(std::span<const TakenSlot> Given) {
    if (Given.empty())
      return;
    for (size_t I = 0; I + 1 != Given.size(); ++I) {
      setLink(Given[I].Index, Given[I + 1].Index);
      if (I + Lead < Given.size())
        Where.noteAhead(Given[I].Index, Given[I + Lead].Index);
    }
    uint64_t First = Head.load(std::memory_order_relaxed);
    do
      setLink(Given.back().Index, indexOf(First));
    while (!Head.compare_exchange_weak(
        First, packed(Given.front().Index, tagOf(First)),
        std::memory_order_release, std::memory_order_relaxed));
  }

  /// A slot of the caller's cache is in use from now on. False when its link
  /// was overwritten.
  bool useFromCache(uint32_t Index) {
    auto &Link = Where.link(Index);
    if (Link.load(std::memory_order_relaxed) != sealed(Index, Cached))
      return false;
    Link.store(sealed(Index, InUse), std::memory_order_relaxed);
    return true;
  }

  /// Takes a slot that is in use out of service for good. Errors as give().
  std::expected<void, MemoryError> retire(uint32_t Index) {
    return leaveUse(Index, Retired);
  }

  /// Slots handed out so far, counting each once: the most that were ever in
  /// use or in caches at one time.
  uint32_t begun() const { return Fresh.load(std::memory_order_relaxed); }

  enum class SlotState : uint8_t {
    Starting, ///< Being handed out for the first time.
    InUse,
    Cached,
    Free,
    Retired,
    Damaged, ///< Its link was overwritten.
  };
  /// The state of a slot below begun(); may be old when other threads work.
  SlotState state(uint32_t Index) const {
    uint64_t Word = Where.link(Index).load(std::memory_order_relaxed);
    if (Word == 0)
      return SlotState::Starting;
    uint32_t Value = static_cast<uint32_t>(Word);
    if (Word != sealed(Index, Value))
      return SlotState::Damaged;
    return Value == InUse     ? SlotState::InUse
           : Value == Cached  ? SlotState::Cached
           : Value == Retired ? SlotState::Retired
                              : SlotState::Free;
  }

private:
  /// How many places a note points ahead. Measured in bench/PoolBench.cpp with
  /// one thread that allocates and one that frees: twice as fast with notes.
  static constexpr size_t Lead = 8;

  // Values of a link besides indices.
  static constexpr uint32_t End = ~uint32_t(0);
  static constexpr uint32_t InUse = End - 1;
  static constexpr uint32_t Cached = End - 2;
  static constexpr uint32_t Retired = End - 3;

  static constexpr uint64_t packed(uint32_t Index, uint32_t Tag) {
    return uint64_t(Tag) << 32 | Index;
  }
  static constexpr uint32_t indexOf(uint64_t Head) {
    return static_cast<uint32_t>(Head);
  }
  static constexpr uint32_t tagOf(uint64_t Head) {
    return static_cast<uint32_t>(Head >> 32);
  }

  uint64_t sealed(uint32_t Index, uint32_t Value) const {
    // Multiplication carries every bit upwards: the upper half depends on all.
    uint64_t Sum = (packed(Value, Index) ^ Secret) * 0x9e3779b97f4a7c15;
    return (Sum & ~uint64_t(0xffffffff)) | Value;
  }
  void setLink(uint32_t Index, uint32_t Value) {
    Where.link(Index).store(sealed(Index, Value), std::memory_order_relaxed);
  }
  /// The next free slot, or End; false when the slot's word is no link.
  bool follow(uint32_t Index, uint32_t &Next) const {
    uint64_t Word = Where.link(Index).load(std::memory_order_relaxed);
    Next = static_cast<uint32_t>(Word);
    return Word == sealed(Index, Next) && (Next < Limit || Next == End);
  }

  /// In use -> \p Value, for one of any number of callers.
  std::expected<void, MemoryError> leaveUse(uint32_t Index, uint32_t Value) {
    if (Index >= begun())
      return std::unexpected(MemoryError::NotABlock);
    uint64_t Word = sealed(Index, InUse);
    if (Where.link(Index).compare_exchange_strong(Word, sealed(Index, Value),
                                                  std::memory_order_relaxed,
                                                  std::memory_order_relaxed))
      return {};
    uint32_t Found = static_cast<uint32_t>(Word);
    return std::unexpected(Word == sealed(Index, Found)
                               ? MemoryError::DoubleFree
                               : MemoryError::Corrupt);
  }

  std::expected<size_t, MemoryError> takeMany(std::span<TakenSlot> Out,
                                              uint32_t Mark) {
    bool AtLimit = false;
    for (;;) {
      uint64_t First = Head.load(std::memory_order_acquire);
      if (indexOf(First) == End) {
        // Nothing is free now. If all had been begun before now, then at this
        // moment none was left.
        if (AtLimit)
          return std::unexpected(MemoryError::Exhausted);
        uint32_t Begun = begun();
        AtLimit = Begun == Limit;
        if (AtLimit)
          continue;
        uint32_t Count =
            static_cast<uint32_t>(std::min<size_t>(Out.size(), Limit - Begun));
        if (!Where.prepare(Begun + Count))
          return std::unexpected(MemoryError::NoMemory);
        if (!Fresh.compare_exchange_strong(Begun, Begun + Count,
                                           std::memory_order_relaxed,
                                           std::memory_order_relaxed))
          continue;
        for (uint32_t I = 0; I != Count; ++I) {
          Out[I] = {Begun + I, true};
          setLink(Begun + I, Mark);
        }
        return Count;
      }
      size_t Count = 0;
      uint32_t Next = indexOf(First);
      do {
        uint32_t Behind;
        if (Out.size() > Lead)
          Where.prefetchAhead(Next);
        if (!follow(Next, Behind))
          break;
        Out[Count++] = {Next, false};
        Next = Behind;
      } while (Count != Out.size() && Next != End);
      if (Count == 0)
        Next = End;
      // Has nothing been removed since? Then what was read still holds: also
      // that the first link does not open.
      if (!Head.compare_exchange_strong(
              First, packed(Next, tagOf(First) + TagStep),
              std::memory_order_relaxed, std::memory_order_relaxed))
        continue;
      if (Count == 0)
        return std::unexpected(MemoryError::Corrupt);
      for (const TakenSlot &Slot : Out.first(Count))
        setLink(Slot.Index, Mark);
      return Count;
    }
  }

  Slots Where;
  const uint32_t Limit;
  const uint64_t Secret;
  alignas(FalseSharingRange) typename Atomics::template Atomic<uint64_t> Head;
  alignas(FalseSharingRange) typename Atomics::template Atomic<uint32_t> Fresh;
};

} // namespace hapax

#endif // HAPAX_MEMORY_INDEXPOOL_H
