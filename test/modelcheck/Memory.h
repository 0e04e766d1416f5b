//===- Memory.h - The C++ memory model, operationally -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: execute atomic operations one after the other, yet show every
/// result that the C++ memory model allows.
///
/// Idea (the view-based, promise-free presentation of RC11; Kang et al., "A
/// promising semantics for relaxed-memory concurrency", POPL 2017; Lahav et
/// al., "Repairing sequential consistency in C/C++11", PLDI 2017): each atomic
/// location keeps all its writes ("messages") in modification order, and each
/// thread a view: the position in every location below which it may no longer
/// read. A load picks any message at or above its view; a store goes in at any
/// place above its view; a read-modify-write goes in right behind the message
/// that it read, where nothing can come between any more. A message carries the
/// view that its writer released with it; an acquiring reader joins it.
///
///  - Three views a thread: Current; Acquired, what an acquire fence would add
///    (the views of messages read so far); Released, what a relaxed store
///    publishes (the view at the last release fence).
///  - A release sequence is carried on by read-modify-writes alone (C++20).
///  - A seq_cst fence is both fences and exchanges positions with one global
///    view. It orders; it does not by itself make anything happen-before.
///  - Data that is not atomic is checked for races by vector clocks; its value
///    then needs no model.
///
/// Not covered: load buffering (a load that reads from a store that is later
/// in program order of a causal cycle: RC11 forbids it, the C++ standard
/// formally does not), consume, and seq_cst on accesses (refused).
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MODELCHECK_MEMORY_H
#define HAPAX_MODELCHECK_MEMORY_H

#include "View.h"
#include <atomic>
#include <string>
#include <vector>

namespace modelcheck {

/// Who decides what the model leaves open, and hears of what it forbids.
class Arbiter {
public:
  virtual ~Arbiter();
  /// One of [0, Count); Count > 0.
  virtual unsigned choose(unsigned Count) = 0;
  /// The execution shows a fault and ends here.
  [[noreturn]] virtual void fail(std::string Message) = 0;
};

/// Names one atomic location of an execution.
using LocationId = uint8_t;

/// Race detection for data that is not atomic. A value type: it lives in the
/// variable that it guards.
struct RaceState {
  uint8_t Writer = 0;
  uint8_t WrittenAt = 0;
  std::array<uint8_t, MaxThreads> ReadAt{};
};

class Memory {
public:
  explicit Memory(Arbiter &Rules) : Rules(Rules) {}

  void reset();

  /// Threads begin knowing what \p Parent knows.
  void fork(unsigned Parent, unsigned Child);
  /// \p Parent learns all that \p Child knows.
  void join(unsigned Parent, unsigned Child);

  LocationId create(unsigned Thread, uint64_t Value);
  void destroy(unsigned Thread, LocationId Id);
  uint64_t load(unsigned Thread, LocationId Id, std::memory_order Order);
  void store(unsigned Thread, LocationId Id, uint64_t Value,
             std::memory_order Order);

  /// A read-modify-write, in two calls: which value it reads, then what it
  /// writes there. With \p Expected given, a value that differs from it ends
  /// the operation as a load of order \p Failure, and Wrote is false.
  struct Pick {
    unsigned At;
    uint64_t Value;
    bool Wrote;
  };
  Pick readForUpdate(unsigned Thread, LocationId Id, const uint64_t *Expected,
                     std::memory_order Order, std::memory_order Failure);
  void writeUpdate(unsigned Thread, LocationId Id, Pick Read, uint64_t Value,
                   std::memory_order Order);

  void fence(unsigned Thread, std::memory_order Order);

  /// The lock of the kernel's futex queue: taken and released by each call.
  void lockFutex(unsigned Thread);
  void unlockFutex(unsigned Thread);

  void readPlain(unsigned Thread, RaceState &State);
  void writePlain(unsigned Thread, RaceState &State);

  const View &view(unsigned Thread) const { return Threads[Thread].Current; }
  /// Appends everything that the future of the execution depends on.
  void appendState(std::vector<uint8_t> &Bytes, unsigned ThreadCount) const;

private:
  struct Message {
    uint64_t Value = 0;
    View Released;
    /// Nothing may be put between this message and the one before it.
    bool IsUpdate = false;
  };
  struct Location {
    std::vector<Message> Order;
    RaceState Life;
    bool Alive = false;
  };
  struct Thread {
    View Current, Acquired, Released;
    unsigned Locations = 0;
  };

  Location *access(unsigned Thread, LocationId Id);
  void see(Thread &T, LocationId Id, unsigned At, const View &Released,
           std::memory_order Order);
  void put(unsigned Thread, LocationId Id, unsigned At, Message New,
           std::memory_order Order);
  void step(unsigned Thread);

  Arbiter &Rules;
  std::array<Location, MaxLocations> Locations;
  std::array<Thread, MaxThreads> Threads;
  /// The global view of seq_cst fences; its clock is not used.
  View Fences;
  View FutexLock;
};

} // namespace modelcheck

#endif // HAPAX_MODELCHECK_MEMORY_H
