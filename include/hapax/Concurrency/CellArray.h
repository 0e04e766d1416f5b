//===- CellArray.h - Storage of a ring or queue -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A power-of-two number of cells, found by an index that only ever grows: what
/// SpscRing and MpmcQueue have in common.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CONCURRENCY_CELLARRAY_H
#define HAPAX_CONCURRENCY_CELLARRAY_H

#include "hapax/Concurrency/Atomics.h"
#include <algorithm>
#include <bit>
#include <expected>
#include <memory>
#include <string>

namespace hapax {

/// Whether a ring or queue may have \p Capacity.
template <typename Atomics> constexpr bool isCapacity(size_t Capacity) {
  return std::has_single_bit(Capacity) && Capacity >= Atomics::MinCapacity &&
         Capacity <= Atomics::MaxCapacity;
}

/// What is wrong with \p Capacity for a ring or queue, in one line; empty if
/// nothing is.
template <typename Atomics> std::string capacityFault(size_t Capacity) {
  if (isCapacity<Atomics>(Capacity))
    return {};
  return "capacity " + std::to_string(Capacity) +
         " is not a power of two from " + std::to_string(Atomics::MinCapacity) +
         " to " + std::to_string(Atomics::MaxCapacity);
}

/// How many values lie between two indices that were read one after the other
/// while both move on: the difference, if it is one that can have been.
inline size_t sizeFrom(size_t Head, size_t Tail, size_t Capacity) {
  auto Between = static_cast<std::ptrdiff_t>(Tail - Head);
  return Between <= 0 ? 0 : std::min<size_t>(Between, Capacity);
}

/// Owns the memory of the cells; whoever uses it begins and ends the lives of
/// the values in them. Movable, not thread-safe itself.
template <typename Cell, typename Atomics> class CellArray {
public:
  /// Fails with a one-line message when the capacity is not allowed or there is
  /// no memory.
  static std::expected<CellArray, std::string> create(size_t Capacity) {
    if (std::string Fault = capacityFault<Atomics>(Capacity); !Fault.empty())
      return std::unexpected(std::move(Fault));
    // No overflow: a cell is far below 2^40 bytes, the capacity at most 2^24.
    static_assert(sizeof(Cell) < size_t(1) << 39);
    void *Memory =
        Atomics::allocate(Capacity * sizeof(Cell), alignment(Capacity));
    if (!Memory)
      return std::unexpected("no memory for " + std::to_string(Capacity) +
                             " elements of " + std::to_string(sizeof(Cell)) +
                             " bytes");
    auto *Cells = static_cast<Cell *>(Memory);
    // No code for cells that are mere storage.
    std::uninitialized_default_construct_n(Cells, Capacity);
    return CellArray(Cells, Capacity);
  }

  CellArray(CellArray &&Other) noexcept
      : Cells(std::exchange(Other.Cells, nullptr)), Mask(Other.Mask) {}
  CellArray &operator=(CellArray &&) = delete;
  ~CellArray() {
    if (!Cells)
      return;
    std::destroy_n(Cells, capacity());
    Atomics::deallocate(Cells, capacity() * sizeof(Cell),
                        alignment(capacity()));
  }

  size_t capacity() const { return Mask + 1; }
  /// The cell of an index; no index is out of bounds.
  Cell &operator[](size_t Index) const { return Cells[Index & Mask]; }

private:
  CellArray(Cell *Cells, size_t Capacity) : Cells(Cells), Mask(Capacity - 1) {}

  static size_t alignment(size_t Capacity) {
    size_t Least =
        Capacity * sizeof(Cell) >= PageBytes ? PageBytes : FalseSharingRange;
    return std::max(Least, alignof(Cell));
  }

  Cell *Cells;
  size_t Mask;
};

} // namespace hapax

#endif // HAPAX_CONCURRENCY_CELLARRAY_H
