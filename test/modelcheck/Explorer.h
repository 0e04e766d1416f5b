//===- Explorer.h - Every execution of a small program ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: show that lock-free code is right under every schedule and every
/// weak behaviour, on programs with a few threads and a few operations each.
///
/// Idea: the program runs again and again, its threads as fibers, its shared
/// memory as a model (Memory.h). Wherever more than one thing can happen next
/// (which thread goes on, which write a load reads, where a store goes in the
/// modification order) the explorer takes the first choice that has not been
/// explored, until there is none left: depth first, by replaying the choices
/// before.
///
/// A thread need not lose control before every operation (Lipton, "Reduction",
/// 1975). A load can as well happen later: what it read can still be read, and
/// nobody sees that it happened. A store can as well happen earlier, right
/// behind the thread's operation before it: others may go on to read what was
/// there before, and may still put their own stores in front of it. So loads,
/// then one operation of any other kind, then stores run in one piece; only a
/// load or other operation behind that is a point at which others may go on.
///
/// Many schedules lead to the same state. Before each new step the explorer
/// looks the state up and gives an execution up whose state it has seen. A
/// state is the model's memory (with all views) and, for each thread, a hash of
/// everything that its operations have returned: the thread is deterministic,
/// so this stands for its local state and for where in its code it is. Shared
/// data that is not atomic needs no entry: who wrote it last, and what, follows
/// from the histories, as long as there is no race, and a race is a fault.
/// States are compared by 128-bit hashes.
///
/// Cost: states x length of an execution; some million states a minute.
///
/// A program is a function that makes shared objects, calls run() with the
/// threads' functions, and checks what came out. An execution that is given up
/// is simply left where it is, without unwinding: so while run() runs, neither
/// the program nor its threads may own memory other than from
/// ModelAtomics::allocate().
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MODELCHECK_EXPLORER_H
#define HAPAX_MODELCHECK_EXPLORER_H

#include "Fiber.h"
#include "Memory.h"
#include "hapax/Concurrency/Futex.h"
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace modelcheck {

/// Bounds of an exploration.
struct Options {
  /// How often in one execution futexWait() may return for no reason, and
  /// compare_exchange_weak() may fail for no reason.
  unsigned SpuriousWakes = 0;
  unsigned SpuriousFailures = 0;
  /// How often in one execution a futexWait() with a deadline may time out.
  unsigned Timeouts = 0;
  /// An exploration that needs more executions than this is not complete.
  uint64_t MaxExecutions = 20'000'000;
};

struct Outcome {
  /// All executions were explored, within Options::MaxExecutions.
  bool Complete = false;
  /// What is wrong, and the steps that lead there; empty if nothing is.
  std::string Failure;
  uint64_t Executions = 0; ///< Begun.
  uint64_t Finished = 0;   ///< Run to their end.
  uint64_t Blocked = 0;    ///< Given up in waitForPeer().
  uint64_t States = 0;     ///< Different states seen.
};

class Explorer final : public Arbiter {
public:
  using Program = std::function<void(Explorer &)>;

  /// Explores until a fault is found or nothing is left. One at a time in a
  /// process.
  static Outcome explore(const Program &Body, Options Bounds = {});

  /// Refers to a callable object that outlives it.
  class ThreadFunction {
  public:
    template <typename F>
    ThreadFunction(const F &Function)
        : Object(&Function), Call([](const void *Object) {
            (*static_cast<const F *>(Object))();
          }) {}
    void operator()() const { Call(Object); }

  private:
    const void *Object;
    void (*Call)(const void *);
  };

  /// Runs the threads to their end. To be called once.
  void run(std::initializer_list<ThreadFunction> Functions);

  /// Fails the execution unless \p Holds.
  void check(bool Holds, const char *What) {
    if (!Holds)
      fail(What);
  }

  /// The number of the running thread: 0 is the program's body.
  unsigned self() const { return Running; }
  /// The running thread's view, now part of the state (so that a check at the
  /// end may depend on it).
  const View &mark();

  /// The explorer at work, for ModelAtomics.
  static Explorer &current() { return *Active; }

  // What ModelAtomics calls.
  LocationId create(uint64_t Value);
  void destroy(LocationId Id);
  uint64_t load(LocationId Id, std::memory_order Order);
  void store(LocationId Id, uint64_t Value, std::memory_order Order);
  template <typename F>
  uint64_t update(LocationId Id, std::memory_order Order, F NewValue);
  bool compareExchange(LocationId Id, uint64_t &Expected, uint64_t Value,
                       std::memory_order Order, std::memory_order Failure,
                       bool Weak);
  void fence(std::memory_order Order);
  void readPlain(RaceState &State);
  void writePlain(RaceState &State);
  void waitForPeer();
  bool futexWait(LocationId Id, uint32_t Expected, bool HasDeadline);
  void futexWake(LocationId Id, uint32_t Count);
  void *allocate(size_t Bytes, size_t Alignment);
  void deallocate(void *Memory, size_t Bytes);
  /// Blocks allocated and not freed in this execution.
  unsigned liveAllocations() const { return Live; }

  unsigned choose(unsigned Count) override;
  [[noreturn]] void fail(std::string Message) override;

private:
  enum class Status : uint8_t { Ready, Sleeping, Done };
  struct Choice {
    uint8_t Count;
    uint8_t Taken;
  };
  /// An open-addressing set of 128-bit hashes.
  class StateSet {
  public:
    StateSet() : Slots(size_t(1) << 12) {}
    /// False if it was there.
    bool insert(uint64_t High, uint64_t Low);
    size_t size() const { return Count; }

  private:
    void grow();
    struct Slot {
      uint64_t High = 0, Low = 0;
    };
    std::vector<Slot> Slots;
    size_t Count = 0;
  };

  explicit Explorer(Options Bounds) : Bounds(Bounds), Model(*this) {}
  void execute(const Program &Body);
  bool nextChoices();
  static void bodyMain();
  bool seenBefore();
  void schedule();
  enum class Kind : uint8_t { Load, Store, Other };
  void point(Kind Next);
  [[noreturn]] void giveUp();
  void goTo(unsigned Thread);
  void remember(uint64_t Kind, uint64_t Where, uint64_t Value);
  void note(const char *What, LocationId Id, uint64_t Value,
            std::memory_order Order);
  static void threadMain();

  static Explorer *Active;

  Options Bounds;
  Memory Model;
  Outcome Result;
  StateSet States;
  std::vector<Choice> Choices;
  std::vector<uint8_t> StateBytes;

  // The execution that is running.
  size_t NextChoice = 0;
  unsigned Running = 0;
  unsigned ThreadCount = 0;
  /// Threads run up to their first operation.
  bool Starting = false;
  bool InThreads = false;
  bool Tracing = false;
  unsigned SpuriousWakes = 0, SpuriousFailures = 0, Timeouts = 0;
  unsigned Live = 0;
  std::string Trace;
  std::array<Status, MaxThreads> State{};
  std::array<LocationId, MaxThreads> SleepsOn{};
  /// Whether the thread's next load begins a new piece.
  std::array<bool, MaxThreads> PieceEnds{};
  std::array<std::array<uint64_t, 2>, MaxThreads> History{};
  std::array<Fiber, MaxThreads> Fibers;
  /// The search itself.
  Fiber Driver;
  const Program *Body = nullptr;
  const ThreadFunction *Functions = nullptr;
  struct alignas(4096) Arena {
    std::array<std::byte, size_t(64) << 10> Bytes;
  };
  std::array<std::unique_ptr<Arena>, MaxThreads> Arenas;
  std::array<size_t, MaxThreads> ArenaUsed{};
};

template <typename F>
uint64_t Explorer::update(LocationId Id, std::memory_order Order, F NewValue) {
  point(Kind::Other);
  Memory::Pick Read = Model.readForUpdate(Running, Id, nullptr, Order,
                                          std::memory_order_relaxed);
  uint64_t New = NewValue(Read.Value);
  Model.writeUpdate(Running, Id, Read, New, Order);
  remember(3, Id, Read.Value);
  note("update to", Id, New, Order);
  return Read.Value;
}

} // namespace modelcheck

#endif // HAPAX_MODELCHECK_EXPLORER_H
