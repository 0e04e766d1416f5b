//===- QueueHistory.h - Is it a queue? --------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: decide whether what operations on a concurrent queue returned is
/// what a queue could have returned that does one at a time (linearizability;
/// Herlihy and Wing, 1990).
///
/// Idea (Wing and Gong, 1993): search for an order of all operations that obeys
/// happens-before between them and in which a sequential queue gives the same
/// results. "Before" is happens-before rather than time: in weak memory nothing
/// else tells one operation that another is over.
///
/// Cost: exponential in the number of operations, which is at most a dozen.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MODELCHECK_QUEUEHISTORY_H
#define HAPAX_MODELCHECK_QUEUEHISTORY_H

#include "Explorer.h"

namespace modelcheck {

/// Records the operations of one execution. Values are positive and distinct.
class QueueHistory {
public:
  static constexpr int Nothing = 0;

  /// Runs \p Push, which pushes \p Value and tells whether it could.
  template <typename F> bool push(int Value, F Push) {
    Operation &Op = begin(/*IsPush=*/true);
    bool Done = Push();
    end(Op, Done ? Value : Nothing);
    return Done;
  }
  /// Runs \p Pop, which gives what it popped, or Nothing.
  template <typename F> int pop(F Pop) {
    Operation &Op = begin(/*IsPush=*/false);
    int Value = Pop();
    end(Op, Value);
    return Value;
  }

  /// Whether a queue of \p Capacity could have done all this one at a time.
  bool isLinearizable(size_t Capacity) const {
    return search(0, {}, 0, 0, Capacity);
  }

private:
  static constexpr unsigned Most = 12;
  struct Operation {
    bool IsPush = false;
    uint8_t Thread = 0;
    /// The thread's clock behind the last step of the operation.
    uint8_t End = 0;
    std::array<uint8_t, 8> KnownAtBegin{};
    int Value = Nothing;
  };

  // Slots are taken by thread and number: the same in every schedule.
  Operation &begin(bool IsPush) {
    unsigned Thread = Explorer::current().self();
    unsigned Number = Counts[Thread]++;
    Explorer::current().check(Number != PerThread, "too many operations");
    Operation &Op = Operations[Thread][Number];
    Op.IsPush = IsPush;
    Op.Thread = Thread;
    Op.KnownAtBegin = Explorer::current().mark().Clock;
    return Op;
  }
  void end(Operation &Op, int Value) {
    // The clock counts the next step: the last one has the number before.
    Op.End = Explorer::current().mark().Clock[Op.Thread] - 1;
    Op.Value = Value;
  }

  static bool isBefore(const Operation &A, const Operation &B) {
    if (A.Thread == B.Thread)
      return A.End < B.KnownAtBegin[B.Thread];
    return B.KnownAtBegin[A.Thread] >= A.End;
  }

  bool search(uint64_t Done, std::array<int, Most> Queue, size_t Head,
              size_t Tail, size_t Capacity) const {
    bool AllDone = true;
    for (unsigned Thread = 0; Thread != MaxThreads; ++Thread)
      for (unsigned I = 0; I != Counts[Thread]; ++I) {
        uint64_t Bit = uint64_t(1) << (Thread * PerThread + I);
        if (Done & Bit)
          continue;
        AllDone = false;
        const Operation &Op = Operations[Thread][I];
        if (!isNext(Op, Done))
          continue;
        auto Next = Queue;
        size_t NextHead = Head, NextTail = Tail;
        if (Op.IsPush) {
          if ((Tail - Head == Capacity) != (Op.Value == Nothing))
            continue;
          if (Op.Value != Nothing)
            Next[NextTail++] = Op.Value;
        } else {
          if ((Head == Tail ? Nothing : Queue[Head]) != Op.Value)
            continue;
          if (Op.Value != Nothing)
            ++NextHead;
        }
        if (search(Done | Bit, Next, NextHead, NextTail, Capacity))
          return true;
      }
    return AllDone;
  }

  /// Nothing that is not done comes before \p Op.
  bool isNext(const Operation &Op, uint64_t Done) const {
    for (unsigned Thread = 0; Thread != MaxThreads; ++Thread)
      for (unsigned I = 0; I != Counts[Thread]; ++I)
        if (!(Done >> (Thread * PerThread + I) & 1) &&
            isBefore(Operations[Thread][I], Op))
          return false;
    return true;
  }

  static constexpr unsigned PerThread = 8;
  std::array<std::array<Operation, PerThread>, MaxThreads> Operations{};
  std::array<uint8_t, MaxThreads> Counts{};
};

} // namespace modelcheck

#endif // HAPAX_MODELCHECK_QUEUEHISTORY_H
