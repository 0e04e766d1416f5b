//===- EventCount.h - Sleeping until lock-free data changes -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: a thread that finds a ring empty wants to sleep until it is not,
/// and whoever pushes must not pay for a system call when nobody sleeps; no
/// wake-up may be lost.
///
/// Idea (event counts: Reed and Kanodia, 1979; the form with a count of
/// waiters: D. Vyukov): the waiter announces itself, looks at its condition
/// once more, and sleeps only as long as Epoch is what it was at the
/// announcement. The notifier changes the condition, then looks for waiters;
/// only if there are any does it change Epoch and call the kernel.
///
/// Why no wake-up is lost: the waiter writes Waiters and then reads the
/// condition; the notifier writes the condition and then reads Waiters. With a
/// seq_cst fence between the two steps on both sides at least one of them sees
/// the other's write (store buffering). Acquire and release alone do not give
/// that. If the notifier sees the waiter, it changes Epoch: the waiter either
/// finds it changed when it falls asleep (the kernel compares) or sleeps
/// already and is woken; and if it took the new Epoch for the old one it read
/// what the notifier wrote, and with it the condition.
///
/// Everything but the two fences is relaxed: the condition brings its own
/// orders along.
///
/// Cost: notify() without waiters is a fence and a load; prepareWait() an
/// update, a load, and a fence.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CONCURRENCY_EVENTCOUNT_H
#define HAPAX_CONCURRENCY_EVENTCOUNT_H

#include "hapax/Concurrency/Atomics.h"
#include <limits>

namespace hapax {

/// Lets threads sleep until others tell them to look again. Every function may
/// be called from any thread. Lies in memory of the processes that share it and
/// is built there by one of them; a process that writes nonsense to it can
/// delay the sleepers (give wait() a deadline) and nothing else.
///
/// A waiter:                              A notifier:
///   auto Key = E.prepareWait();            <make the condition true>
///   if (<condition>)                       E.notifyOne();
///     E.cancelWait();
///   else
///     E.wait(Key);
///   <look at the condition again>
///
/// A sleeper misses a change if exactly 2^32 epochs pass between its
/// prepareWait() and the kernel's comparison.
template <typename Atomics = StdAtomics> class EventCount {
public:
  explicit EventCount(FutexScope Scope = FutexScope::Private) : Scope(Scope) {}
  EventCount(const EventCount &) = delete;
  EventCount &operator=(const EventCount &) = delete;

  /// What prepareWait() gives and wait() takes.
  class Key {
    friend class EventCount;
    explicit Key(uint32_t Epoch) : Epoch(Epoch) {}
    uint32_t Epoch;
  };

  /// Announces a waiter. Exactly one of cancelWait() and wait() must follow.
  [[nodiscard]] Key prepareWait() {
    Waiters.fetch_add(1, std::memory_order_relaxed);
    Key Result(Epoch.load(std::memory_order_relaxed));
    Atomics::fence(std::memory_order_seq_cst);
    return Result;
  }
  void cancelWait() { Waiters.fetch_sub(1, std::memory_order_relaxed); }

  /// Sleeps until a notification that came after prepareWait(), or until the
  /// deadline; false if the deadline passed. May return early.
  bool wait(Key Prepared, WakeDeadline Until = NoWakeDeadline) {
    bool InTime = Atomics::futexWait(Epoch, Prepared.Epoch, Scope, Until);
    Waiters.fetch_sub(1, std::memory_order_relaxed);
    return InTime;
  }

  /// Wakes one waiter, or all, if there are any.
  void notifyOne() { notify(1); }
  void notifyAll() { notify(std::numeric_limits<uint32_t>::max()); }

  /// Returns when \p Condition holds (true) or the deadline has passed and it
  /// does not (false). Asks up to \p Spins times before the first sleep: what
  /// comes within a microsecond is cheaper to wait for than to sleep for.
  template <typename Predicate>
  bool await(Predicate Condition, WakeDeadline Until = NoWakeDeadline,
             unsigned Spins = 64) {
    for (unsigned I = 0; I != Spins; ++I) {
      if (Condition())
        return true;
      Atomics::waitForPeer(I);
    }
    for (bool InTime = true;;) {
      Key Prepared = prepareWait();
      if (Condition()) {
        cancelWait();
        return true;
      }
      if (!InTime) {
        cancelWait();
        return false;
      }
      InTime = wait(Prepared, Until);
    }
  }

private:
  void notify(uint32_t Count) {
    Atomics::fence(std::memory_order_seq_cst);
    if (Waiters.load(std::memory_order_relaxed) == 0)
      return;
    Epoch.fetch_add(1, std::memory_order_relaxed);
    Atomics::futexWake(Epoch, Count, Scope);
  }

  typename Atomics::template Atomic<uint32_t> Epoch{0};
  typename Atomics::template Atomic<uint32_t> Waiters{0};
  const FutexScope Scope;
};

} // namespace hapax

#endif // HAPAX_CONCURRENCY_EVENTCOUNT_H
