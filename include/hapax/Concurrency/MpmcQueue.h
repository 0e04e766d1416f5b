//===- MpmcQueue.h - A bounded queue for any number of threads --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: a bounded first-in, first-out queue for any number of producers and
/// consumers, without locks.
///
/// Idea (D. Vyukov's bounded MPMC queue, 1024cores.net): a ring whose cells
/// carry a sequence number that says whose turn the cell is. For the index I
/// with which a cell is used, the number is
///   I                 empty: the producer that claims index I may fill it
///   I + 1             filled: the consumer that claims index I may empty it
///   I + capacity      empty again: free for the next round.
/// A thread claims an index by advancing Tail (or Head) and then has the cell
/// for itself; its store of the next number hands the cell on.
///
/// What is added here: a plain Vyukov queue says "empty" when the oldest value
/// was claimed but not yet written, even though values behind it are complete
/// (and "full" likewise), which no queue that acts in one instant could say. So
/// before it says so, an operation looks at the other index: only if nothing
/// was claimed is the queue empty (full). Otherwise the verdict hangs on a
/// thread that is between its claim and its store, and we wait for it.
///
/// Two orders serve these verdicts alone. The fence before the look puts all
/// verdicts into one order: without it a producer that knows of a push could
/// find the queue full because it misses a pop, and a consumer that knows of
/// the pop find it empty because it misses the push. And a claim releases, so
/// that whoever counts a pop (push) as done knows of what its thread had pushed
/// (popped) before.
///
/// Invariant: Head <= Tail <= Head + capacity (indices wrap around harmlessly);
/// a cell is touched only by the thread that claimed its index, from its claim
/// to its store of the number.
///
/// Cost: one compare-exchange and one store an operation. A thread that stops
/// between claim and store holds up those that need its very cell, and no
/// others: not lock-free in the strict sense, as any such array queue.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CONCURRENCY_MPMCQUEUE_H
#define HAPAX_CONCURRENCY_MPMCQUEUE_H

#include "hapax/Concurrency/CellArray.h"
#include <optional>

namespace hapax {

/// A bounded FIFO queue, linearizable. Every function may be called from any
/// thread; construction and destruction are for one.
template <typename T, typename Atomics = StdAtomics>
class MpmcQueue : public AllocatedBy<Atomics> {
  static_assert(std::is_nothrow_move_constructible_v<T> &&
                std::is_nothrow_destructible_v<T>);
  using Index = typename Atomics::template Atomic<size_t>;
  struct Slot {
    Index Turn;
    typename Atomics::template Cell<T> Content;
  };

public:
  /// A queue for \p Capacity values: a power of two in [8, 16 Mi] (the bounds
  /// are the policy's). Otherwise, or without memory, a one-line message.
  static std::expected<std::unique_ptr<MpmcQueue>, std::string>
  create(size_t Capacity) {
    auto Slots = CellArray<Slot, Atomics>::create(Capacity);
    if (!Slots)
      return std::unexpected(std::move(Slots.error()));
    std::unique_ptr<MpmcQueue> Made(new (std::nothrow)
                                        MpmcQueue(std::move(*Slots)));
    if (!Made)
      return std::unexpected("no memory for a queue");
    return Made;
  }

  /// Destroys what is left. All threads must be done.
  ~MpmcQueue() {
    while (tryPop())
      ;
  }

  size_t capacity() const { return Slots.capacity(); }

  /// About how many values are in the queue, those being pushed included.
  size_t size() const {
    return sizeFrom(Head.load(std::memory_order_relaxed),
                    Tail.load(std::memory_order_relaxed), capacity());
  }

  /// Appends a value made from the arguments; false when the queue is full (the
  /// arguments are then left as they are).
  template <typename... Args> bool tryEmplace(Args &&...Arguments) {
    size_t At;
    Slot *S = claim(Tail, Head, At, /*Turn=*/0, /*Behind=*/capacity());
    if (!S)
      return false;
    S->Content.construct(std::forward<Args>(Arguments)...);
    S->Turn.store(At + 1, std::memory_order_release);
    return true;
  }
  bool tryPush(T &&Value) { return tryEmplace(std::move(Value)); }
  bool tryPush(const T &Value) { return tryEmplace(Value); }

  /// Moves the oldest value to \p Into; false when the queue is empty.
  bool tryPop(T &Into) {
    size_t At;
    Slot *S = claim(Head, Tail, At, /*Turn=*/1, /*Behind=*/0);
    if (!S)
      return false;
    Into = std::move(S->Content.value());
    handBack(*S, At);
    return true;
  }
  /// The same for types that have no value to begin with.
  std::optional<T> tryPop() {
    size_t At;
    Slot *S = claim(Head, Tail, At, /*Turn=*/1, /*Behind=*/0);
    if (!S)
      return std::nullopt;
    std::optional<T> Result(std::move(S->Content.value()));
    handBack(*S, At);
    return Result;
  }

private:
  explicit MpmcQueue(CellArray<Slot, Atomics> Cells) : Slots(std::move(Cells)) {
    for (size_t I = 0; I != capacity(); ++I) {
      size_t First = Atomics::FirstIndex + I;
      Slots[First].Turn.store(First, std::memory_order_relaxed);
    }
  }

  /// Claims the next index \p At of \p Mine, whose cell must show the number
  /// At + \p Turn. nullptr when there is none: \p Other plus \p Behind has the
  /// same value, that is, nothing is left to claim.
  Slot *claim(Index &Mine, const Index &Other, size_t &At, size_t Turn,
              size_t Behind) {
    At = Mine.load(std::memory_order_relaxed);
    for (unsigned Round = 0;;) {
      Slot &S = Slots[At];
      size_t Number = S.Turn.load(std::memory_order_acquire);
      auto Ahead = static_cast<std::ptrdiff_t>(Number - (At + Turn));
      if (Ahead == 0) {
        if (Mine.compare_exchange_weak(At, At + 1, std::memory_order_release,
                                       std::memory_order_relaxed))
          return &S;
        continue;
      }
      if (Ahead < 0) {
        // Not our turn yet. If the other side has claimed the cell it will be.
        Atomics::fence(std::memory_order_seq_cst);
        if (Other.load(std::memory_order_relaxed) + Behind == At)
          return nullptr;
        Atomics::waitForPeer(Round++);
      }
      // Others have been faster.
      At = Mine.load(std::memory_order_relaxed);
    }
  }

  void handBack(Slot &S, size_t At) {
    S.Content.destroy();
    S.Turn.store(At + capacity(), std::memory_order_release);
  }

  // Producers, consumers and what nobody writes lie on lines of their own.
  const CellArray<Slot, Atomics> Slots;
  alignas(FalseSharingRange) Index Tail{Atomics::FirstIndex};
  alignas(FalseSharingRange) Index Head{Atomics::FirstIndex};
};

} // namespace hapax

#endif // HAPAX_CONCURRENCY_MPMCQUEUE_H
