//===- HashLocals.h - Numbers of a function's own values --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: every operand of a function must become a number, and it must be
/// found out whether use lists are in regular order (see HashUseOrder.h). These
/// two take most of the time of the whole hash.
///
/// Idea: one dense array of values in order of first mention, and an open
/// addressing table of nothing but indices into it, four bytes each, kept three
/// quarters empty. What stands in the array is needed anyway once a value is
/// found, so comparing the key there costs nothing. Values of a function mostly
/// lie one behind the other in memory, at least 32 bytes apart: the hash keeps
/// neighbours neighbours, so the table is read nearly in sequence and seldom
/// has two values at one place. Irregular values are only marked here; the rare
/// function that has any is gone through again.
///
/// Invariant: a value is regular only if the uses mentioned are its whole use
/// list, in reverse order.
///
/// Cost: per operand, one load from the table and one from the array; no branch
/// depends on the order of uses.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_HASHLOCALS_H
#define HAPAX_IR_HASHLOCALS_H

#include "llvm/IR/Value.h"
#include <algorithm>
#include <memory>

namespace hapax {

/// Arguments, blocks and instructions of one function, numbered from 0.
class HashLocals {
public:
  static constexpr uint32_t Unknown = ~0u;

  HashLocals() {
    Bits = MinBits;
    allocate();
    clear();
  }

  /// Forgets all values; keeps the memory.
  void clear() {
    Bits = MinBits;
    std::fill_n(Table.get(), size_t(1) << Bits, 0);
    Count = 0;
  }

  /// The number of \p V, or Unknown.
  uint32_t lookup(const llvm::Value *V) const { return *find(V) - 1; }

  /// The number of \p V, a new one on first mention.
  uint32_t number(const llvm::Value *V) {
    uint32_t *Place = find(V);
    return *Place ? *Place - 1 : add(V, Place);
  }

  /// The same, for the place where \p V itself stands. A value that never gets
  /// here counts as irregular.
  uint32_t define(const llvm::Value *V) {
    uint32_t Number = number(V);
    Values[Number].Head = V->use_empty() ? nullptr : &*V->use_begin();
    return Number;
  }

  /// The next mention of the value of that number.
  void mention(uint32_t Number, const llvm::Use &U) {
    Local &L = Values[Number];
    L.Irregular |= U.getNext() != L.Last;
    L.Last = &U;
  }

  uint32_t size() const { return Count; }
  const llvm::Value *value(uint32_t Number) const { return Values[Number].V; }

  /// Whether the use list of that value is the reverse of its mentions. To be
  /// asked after the last of them.
  bool isRegular(uint32_t Number) const {
    const Local &L = Values[Number];
    return !L.Irregular & (L.Head == L.Last);
  }
  bool allRegular() const {
    bool Result = true;
    for (uint32_t N = 0; N != Count; ++N)
      Result &= isRegular(N);
    return Result;
  }

  /// A number that the caller keeps with the value.
  uint32_t &note(uint32_t Number) { return Values[Number].Note; }

private:
  struct Local {
    const llvm::Value *V;
    /// The use mentioned last.
    const llvm::Use *Last;
    /// The first of the value's list.
    const llvm::Use *Head;
    /// Whether a use mentioned was not followed by the one mentioned before.
    uint32_t Irregular;
    uint32_t Note;
  };
  static_assert(sizeof(Local) == 32, "two to a cache line");
  static constexpr unsigned MinBits = 10;

  size_t capacity() const { return (size_t(1) << Bits) / 4; }

  /// Where the number of \p V plus one stands, or the 0 where it belongs.
  uint32_t *find(const llvm::Value *V) const {
    size_t Mask = (size_t(1) << Bits) - 1;
    auto Address = reinterpret_cast<uintptr_t>(V);
    size_t I = (Address >> 5 ^ Address >> 12) & Mask;
    while (Table[I] && Values[Table[I] - 1].V != V)
      I = (I + 1) & Mask;
    return &Table[I];
  }

  uint32_t add(const llvm::Value *V, uint32_t *Place) {
    if (Count == capacity()) [[unlikely]] {
      grow();
      Place = find(V);
    }
    // No use is at this address.
    auto *NotReached = reinterpret_cast<const llvm::Use *>(uintptr_t(1));
    Values[Count] = {V, nullptr, NotReached, false, 0};
    return (*Place = ++Count) - 1;
  }

  void allocate() {
    Table = std::make_unique_for_overwrite<uint32_t[]>(size_t(1) << Bits);
    Values = std::make_unique_for_overwrite<Local[]>(capacity());
    AllocatedBits = Bits;
  }

  [[gnu::noinline]] void grow() {
    Bits += 2;
    if (Bits > AllocatedBits) {
      std::unique_ptr<Local[]> Old = std::move(Values);
      allocate();
      std::copy_n(Old.get(), Count, Values.get());
    }
    std::fill_n(Table.get(), size_t(1) << Bits, 0);
    for (uint32_t N = 0; N != Count; ++N)
      *find(Values[N].V) = N + 1;
  }

  std::unique_ptr<uint32_t[]> Table;
  std::unique_ptr<Local[]> Values;
  /// Size of the table in use, and of what is allocated.
  unsigned Bits, AllocatedBits;
  uint32_t Count = 0;
};

} // namespace hapax

#endif // HAPAX_IR_HASHLOCALS_H
