//===- SpscRing.h - A queue from one thread to another ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: hand values from one thread to one other, in order, without locks,
/// at the cost of a few instructions.
///
/// Idea (Lamport, "Specifying concurrent program modules", 1983; the cached
/// indices: Lee et al., "A lock-free, cache-efficient shared ring buffer",
/// 2009): a ring of cells; Tail counts what was ever pushed, Head what was ever
/// popped, and only the producer writes the one, only the consumer the other.
/// Both grow for ever and wrap around harmlessly, since only differences and
/// the low bits are used. Each side keeps the last value of the other's index
/// that it saw and looks again only when that says full (or empty): so in
/// steady state a cache line moves once per many values.
///
/// Invariant: Tail - Head is in [0, capacity]; the cells of the indices in
/// [Head, Tail) hold values and belong to the consumer, all others are empty
/// and belong to the producer. A store of an index hands cells over: it
/// releases, and the load on the other side acquires.
///
/// Cost: push and pop are wait-free; a batch costs one index exchange.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CONCURRENCY_SPSCRING_H
#define HAPAX_CONCURRENCY_SPSCRING_H

#include "hapax/Concurrency/CellArray.h"
#include <optional>
#include <span>

namespace hapax {

/// A bounded queue with one producer and one consumer thread. The functions of
/// each side may be called from one thread at a time (handing a side to another
/// thread needs an ordering of its own); size() from any.
template <typename T, typename Atomics = StdAtomics>
class SpscRing : public AllocatedBy<Atomics> {
  static_assert(std::is_nothrow_move_constructible_v<T> &&
                std::is_nothrow_destructible_v<T>);
  using Cell = typename Atomics::template Cell<T>;
  using Index = typename Atomics::template Atomic<size_t>;
  using Seen = typename Atomics::template Plain<size_t>;

public:
  /// A ring for \p Capacity values: a power of two in [8, 16 Mi] (the bounds
  /// are the policy's). Otherwise, or without memory, a one-line message.
  static std::expected<std::unique_ptr<SpscRing>, std::string>
  create(size_t Capacity) {
    auto Cells = CellArray<Cell, Atomics>::create(Capacity);
    if (!Cells)
      return std::unexpected(std::move(Cells.error()));
    std::unique_ptr<SpscRing> Made(new (std::nothrow)
                                       SpscRing(std::move(*Cells)));
    if (!Made)
      return std::unexpected("no memory for a ring");
    return Made;
  }

  /// Destroys what is left. Both sides must be done.
  ~SpscRing() {
    while (front())
      popFront();
  }

  size_t capacity() const { return Cells.capacity(); }

  /// About how many values are in the ring. The producer never gets less, the
  /// consumer never more than there are.
  size_t size() const {
    return sizeFrom(Head.load(std::memory_order_relaxed),
                    Tail.load(std::memory_order_relaxed), capacity());
  }

  //===--- The producer's side --------------------------------------------===//

  /// Appends a value made from the arguments; false when the ring is full (the
  /// arguments are then left as they are).
  template <typename... Args> bool tryEmplace(Args &&...Arguments) {
    size_t At = Tail.load(std::memory_order_relaxed);
    if (room(At, 1) == 0)
      return false;
    Cells[At].construct(std::forward<Args>(Arguments)...);
    Tail.store(At + 1, std::memory_order_release);
    return true;
  }
  bool tryPush(T &&Value) { return tryEmplace(std::move(Value)); }
  bool tryPush(const T &Value) { return tryEmplace(Value); }

  /// Appends as many of \p Values as fit, in order, moved from; returns how
  /// many. They become visible together.
  size_t tryPushMany(std::span<T> Values) {
    size_t At = Tail.load(std::memory_order_relaxed);
    size_t Count = std::min(room(At, Values.size()), Values.size());
    for (size_t I = 0; I != Count; ++I)
      Cells[At + I].construct(std::move(Values[I]));
    if (Count != 0)
      Tail.store(At + Count, std::memory_order_release);
    return Count;
  }

  //===--- The consumer's side --------------------------------------------===//

  /// The oldest value, in place; nullptr when the ring is empty. Valid until it
  /// is popped.
  T *front() {
    size_t At = Head.load(std::memory_order_relaxed);
    return filled(At, 1) == 0 ? nullptr : &Cells[At].value();
  }
  /// Removes the oldest value. The last front() must have found one.
  void popFront() { popAt(Head.load(std::memory_order_relaxed)); }

  /// Moves the oldest value to \p Into; false when the ring is empty.
  bool tryPop(T &Into) {
    size_t At = Head.load(std::memory_order_relaxed);
    if (filled(At, 1) == 0)
      return false;
    Into = std::move(Cells[At].value());
    popAt(At);
    return true;
  }
  /// The same for types that have no value to begin with.
  std::optional<T> tryPop() {
    size_t At = Head.load(std::memory_order_relaxed);
    if (filled(At, 1) == 0)
      return std::nullopt;
    std::optional<T> Result(std::move(Cells[At].value()));
    popAt(At);
    return Result;
  }

  /// Moves the oldest values into \p Into, as many as there are and fit;
  /// returns how many.
  size_t tryPopMany(std::span<T> Into) {
    size_t At = Head.load(std::memory_order_relaxed);
    size_t Count = std::min(filled(At, Into.size()), Into.size());
    for (size_t I = 0; I != Count; ++I) {
      Cell &From = Cells[At + I];
      Into[I] = std::move(From.value());
      From.destroy();
    }
    if (Count != 0)
      Head.store(At + Count, std::memory_order_release);
    return Count;
  }

private:
  explicit SpscRing(CellArray<Cell, Atomics> Cells) : Cells(std::move(Cells)) {}

  /// Free cells from index \p At on; looks at the consumer's index only when
  /// there seem to be fewer than \p Wanted.
  size_t room(size_t At, size_t Wanted) {
    size_t Free = capacity() - (At - SeenHead.read());
    if (Free < Wanted) {
      SeenHead.write(Head.load(std::memory_order_acquire));
      Free = capacity() - (At - SeenHead.read());
    }
    return Free;
  }
  void popAt(size_t At) {
    Cells[At].destroy();
    Head.store(At + 1, std::memory_order_release);
  }
  /// Values from index \p At on, in the same way.
  size_t filled(size_t At, size_t Wanted) {
    size_t There = SeenTail.read() - At;
    if (There < Wanted) {
      SeenTail.write(Tail.load(std::memory_order_acquire));
      There = SeenTail.read() - At;
    }
    return There;
  }

  // Three groups that do not share cache lines: what nobody writes, what the
  // producer writes, what the consumer writes.
  const CellArray<Cell, Atomics> Cells;

  alignas(FalseSharingRange) Index Tail{Atomics::FirstIndex};
  Seen SeenHead{Atomics::FirstIndex};

  alignas(FalseSharingRange) Index Head{Atomics::FirstIndex};
  Seen SeenTail{Atomics::FirstIndex};
};

} // namespace hapax

#endif // HAPAX_CONCURRENCY_SPSCRING_H
