//===- HashWords.h - Word buffer and pointer map of the hash ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The two containers that the speed of the module hash rests on. What is to be
/// hashed is first laid down as 64-bit words in one flat buffer and hashed in
/// one go: XXH3 runs at its best on long ranges. Pointers are mapped to small
/// numbers; only the numbers, which follow from the order of the IR, get into
/// the words.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_HASHWORDS_H
#define HAPAX_IR_HASHWORDS_H

#include "hapax/Cache/Digest.h"
#include "llvm/ADT/StringRef.h"
#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

namespace hapax {

/// A growing sequence of words. Writers make sequences that can be read back in
/// one way only: tags, counts and lengths stand before what they describe.
class HashWords {
public:
  void add(uint64_t Word) {
    if (Next == End)
      grow(1);
    *Next++ = Word;
  }
  void add(const Digest &D) {
    if (End - Next < 2)
      grow(2);
    *Next++ = D.High;
    *Next++ = D.Low;
  }
  void add(llvm::StringRef Text) {
    add(Text.size());
    size_t Needed = (Text.size() + 7) / 8;
    if (!Needed)
      return;
    if (size_t(End - Next) < Needed)
      grow(Needed);
    Next[Needed - 1] = 0;
    std::memcpy(Next, Text.data(), Text.size());
    Next += Needed;
  }
  /// Two halves of a word.
  void add(uint32_t Low, uint32_t High) { add(uint64_t(High) << 32 | Low); }

  /// Room for \p Count words, to be written through the pointer and then
  /// claimed with commit(): in a tight loop the position stays in a register.
  uint64_t *room(size_t Count) {
    if (size_t(End - Next) < Count)
      grow(Count);
    return Next;
  }
  void commit(uint64_t *UpTo) { Next = UpTo; }

  size_t size() const { return Next - Begin.get(); }
  void clear() { Next = Begin.get(); }
  /// Forgets what stands from \p From on.
  void truncate(size_t From) { Next = Begin.get() + From; }
  /// The digest of what stands from \p From on.
  Digest digest(size_t From = 0) const {
    return digestOf(
        std::as_bytes(std::span<const uint64_t>(Begin.get() + From, Next)));
  }

private:
  [[gnu::noinline]] void grow(size_t Needed) {
    size_t Size = size(), Capacity = End - Begin.get();
    Capacity = std::max<size_t>({64, Capacity * 2, Size + Needed});
    auto New = std::make_unique_for_overwrite<uint64_t[]>(Capacity);
    std::copy(Begin.get(), Next, New.get());
    Begin = std::move(New);
    Next = Begin.get() + Size;
    End = Begin.get() + Capacity;
  }

  std::unique_ptr<uint64_t[]> Begin;
  uint64_t *Next = nullptr;
  uint64_t *End = nullptr;
};

/// Open-addressing map from pointer to number that can be emptied in no time
/// and keeps its memory.
class PointerMap {
public:
  explicit PointerMap(unsigned MinBits = 8) : MinBits(MinBits) { clear(); }

  /// The slot of \p Key; \p IsNew tells whether it was just made (then the
  /// number is not set). Valid until the next insertion.
  uint32_t &insert(const void *Key, bool &IsNew) {
    if (Count * 2 >= size_t(1) << Bits)
      grow();
    Slot &S = slot(Key);
    IsNew = S.Epoch != Epoch;
    if (IsNew) {
      S = {Key, Epoch, 0};
      ++Count;
    }
    return S.Number;
  }
  /// The number of \p Key, or \p Missing.
  uint32_t lookup(const void *Key, uint32_t Missing = ~0u) const {
    const Slot &S = const_cast<PointerMap *>(this)->slot(Key);
    return S.Epoch == Epoch ? S.Number : Missing;
  }
  /// The number of \p Key, or null.
  uint32_t *find(const void *Key) {
    Slot &S = slot(Key);
    return S.Epoch == Epoch ? &S.Number : nullptr;
  }
  void clear() {
    Bits = MinBits;
    Count = 0;
    nextEpoch();
    if (Slots.size() < size_t(1) << Bits)
      Slots.resize(size_t(1) << Bits);
  }

private:
  struct Slot {
    const void *Key = nullptr;
    uint32_t Epoch = 0;
    uint32_t Number = 0;
  };

  Slot &slot(const void *Key) {
    size_t Mask = (size_t(1) << Bits) - 1;
    uintptr_t Address = reinterpret_cast<uintptr_t>(Key);
    for (size_t I = (Address >> 5 ^ Address >> 12) & Mask;;
         I = (I + 1) & Mask) {
      Slot &S = Slots[I];
      if (S.Epoch != Epoch || S.Key == Key)
        return S;
    }
  }
  void nextEpoch() {
    if (++Epoch == 0) {
      std::fill(Slots.begin(), Slots.end(), Slot());
      Epoch = 1;
    }
  }
  void grow() {
    std::vector<Slot> Old;
    for (size_t I = 0, E = size_t(1) << Bits; I != E; ++I)
      if (Slots[I].Epoch == Epoch)
        Old.push_back(Slots[I]);
    Bits += 2;
    nextEpoch();
    if (Slots.size() < size_t(1) << Bits)
      Slots.resize(size_t(1) << Bits);
    for (Slot &S : Old) {
      S.Epoch = Epoch;
      slot(S.Key) = S;
    }
  }

  std::vector<Slot> Slots;
  unsigned MinBits;
  unsigned Bits = 0;
  uint32_t Epoch = 0;
  size_t Count = 0;
};

} // namespace hapax

#endif // HAPAX_IR_HASHWORDS_H
