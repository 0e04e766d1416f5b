//===- Explorer.cpp - Every execution of a small program --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Explorer.h"

#define XXH_INLINE_ALL
#include <cstdio>
#include <xxhash.h>

using namespace modelcheck;

Explorer *Explorer::Active = nullptr;

bool Explorer::StateSet::insert(uint64_t High, uint64_t Low) {
  // All zero marks a free slot.
  Low |= 1;
  if (2 * Count >= Slots.size())
    grow();
  size_t Mask = Slots.size() - 1;
  for (size_t I = High & Mask;; I = (I + 1) & Mask) {
    Slot &S = Slots[I];
    if (S.Low == 0) {
      S = {High, Low};
      ++Count;
      return true;
    }
    if (S.High == High && S.Low == Low)
      return false;
  }
}

void Explorer::StateSet::grow() {
  std::vector<Slot> Old(Slots.size() * 2);
  Old.swap(Slots);
  size_t Mask = Slots.size() - 1;
  for (const Slot &S : Old) {
    if (S.Low == 0)
      continue;
    size_t I = S.High & Mask;
    while (Slots[I].Low != 0)
      I = (I + 1) & Mask;
    Slots[I] = S;
  }
}

//===----------------------------------------------------------------------===//
// Depth-first search over choices
//===----------------------------------------------------------------------===//

Outcome Explorer::explore(const Program &Body, Options Bounds) {
  Explorer E(Bounds);
  Active = &E;
  do {
    E.execute(Body);
    ++E.Result.Executions;
    if (!E.Result.Failure.empty()) {
      // Once more, writing down the steps.
      std::string Failure = std::move(E.Result.Failure);
      E.Result.Failure.clear();
      E.Tracing = true;
      E.execute(Body);
      E.Result.Failure = Failure + "\n" + E.Trace;
      break;
    }
    E.Result.Complete = !E.nextChoices();
  } while (!E.Result.Complete && E.Result.Executions < Bounds.MaxExecutions);
  E.Result.States = E.States.size();
  Active = nullptr;
  return std::move(E.Result);
}

void Explorer::execute(const Program &Body) {
  Model.reset();
  NextChoice = 0;
  Running = 0;
  ThreadCount = 0;
  InThreads = Starting = false;
  State.fill(Status::Done);
  SpuriousWakes = SpuriousFailures = Timeouts = 0;
  Live = 0;
  Trace.clear();
  History = {};
  ArenaUsed = {};
  this->Body = &Body;
  Fibers[0].start(bodyMain);
  Fiber::change(Driver, Fibers[0]);
}

void Explorer::bodyMain() {
  Explorer &E = *Active;
  (*E.Body)(E);
  ++E.Result.Finished;
  Fiber::change(E.Fibers[0], E.Driver);
  __builtin_unreachable();
}

/// Moves on to the next leaf; false when there is none.
bool Explorer::nextChoices() {
  Choices.resize(NextChoice);
  while (!Choices.empty() && Choices.back().Taken + 1 == Choices.back().Count)
    Choices.pop_back();
  if (Choices.empty())
    return false;
  ++Choices.back().Taken;
  return true;
}

unsigned Explorer::choose(unsigned Count) {
  if (Count <= 1)
    return 0;
  if (NextChoice == Choices.size())
    Choices.push_back({static_cast<uint8_t>(Count), 0});
  return Choices[NextChoice++].Taken;
}

bool Explorer::seenBefore() {
  StateBytes.clear();
  Model.appendState(StateBytes, ThreadCount);
  for (unsigned Id = 1; Id <= ThreadCount; ++Id) {
    auto *From = reinterpret_cast<const uint8_t *>(History[Id].data());
    StateBytes.insert(StateBytes.end(), From, From + sizeof(History[Id]));
    StateBytes.push_back(static_cast<uint8_t>(State[Id]));
  }
  StateBytes.push_back(SpuriousWakes);
  StateBytes.push_back(SpuriousFailures);
  StateBytes.push_back(Timeouts);
  XXH128_hash_t Hash = XXH3_128bits(StateBytes.data(), StateBytes.size());
  return !States.insert(Hash.high64, Hash.low64);
}

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

void Explorer::goTo(unsigned Thread) {
  unsigned From = Running;
  Running = Thread;
  if (From != Thread)
    Fiber::change(Fibers[From], Fibers[Thread]);
}

void Explorer::giveUp() {
  Fiber::change(Fibers[Running], Driver);
  __builtin_unreachable();
}

void Explorer::fail(std::string Message) {
  Result.Failure = "thread " + std::to_string(Running) + ": " + Message;
  giveUp();
}

/// Decides who goes on; the running thread is about to do its next operation,
/// sleeps, or is done.
void Explorer::schedule() {
  if (NextChoice == Choices.size() && !Tracing && seenBefore())
    giveUp();
  // The running thread first: few switches make short traces.
  std::array<uint8_t, MaxThreads> Ready;
  unsigned Count = 0;
  if (State[Running] == Status::Ready)
    Ready[Count++] = Running;
  bool AllDone = true;
  for (unsigned Id = 1; Id <= ThreadCount; ++Id) {
    if (Id != Running && State[Id] == Status::Ready)
      Ready[Count++] = Id;
    AllDone &= State[Id] == Status::Done;
  }
  if (Count != 0)
    return goTo(Ready[choose(Count)]);
  if (!AllDone)
    fail("the threads that are left sleep for ever");
  goTo(0);
}

/// Lets others go on if the operation that is about to happen begins a new
/// piece.
void Explorer::point(Kind Next) {
  bool Begins = PieceEnds[Running] && Next != Kind::Store;
  PieceEnds[Running] = Next != Kind::Load;
  if (Starting)
    goTo(0);
  else if (InThreads && Begins)
    schedule();
}

void Explorer::threadMain() {
  Explorer &E = *Active;
  E.Functions[E.Running - 1]();
  E.State[E.Running] = Status::Done;
  if (E.Starting)
    E.goTo(0);
  else
    E.schedule();
  __builtin_unreachable();
}

void Explorer::run(std::initializer_list<ThreadFunction> Bodies) {
  if (Bodies.size() >= MaxThreads)
    fail("more threads than the explorer can hold");
  Functions = Bodies.begin();
  ThreadCount = Bodies.size();
  for (unsigned Id = 1; Id <= ThreadCount; ++Id) {
    State[Id] = Status::Ready;
    PieceEnds[Id] = false;
    Model.fork(0, Id);
    Fibers[Id].start(threadMain);
  }
  InThreads = true;
  Starting = true;
  for (unsigned Id = 1; Id <= ThreadCount; ++Id)
    goTo(Id);
  Starting = false;
  schedule();
  InThreads = false;
  for (unsigned Id = 1; Id <= ThreadCount; ++Id)
    Model.join(0, Id);
}

const View &Explorer::mark() {
  const View &V = Model.view(Running);
  History[Running][0] =
      XXH3_64bits_withSeed(V.Clock.data(), V.Clock.size(), History[Running][0]);
  return V;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

void Explorer::remember(uint64_t Kind, uint64_t Where, uint64_t Value) {
  auto &H = History[Running];
  uint64_t Fields[] = {H[0], H[1], Kind << 8 | Where, Value};
  XXH128_hash_t Hash = XXH3_128bits(Fields, sizeof(Fields));
  H = {Hash.low64, Hash.high64};
}

void Explorer::note(const char *What, LocationId Id, uint64_t Value,
                    std::memory_order Order) {
  if (!Tracing)
    return;
  static const char *const Names[] = {"relaxed", "consume", "acquire",
                                      "release", "acq_rel", "seq_cst"};
  char Line[120];
  snprintf(Line, sizeof(Line), "  thread %u: %s location %u: %llu (%s)\n",
           Running, What, Id, static_cast<unsigned long long>(Value),
           Names[static_cast<int>(Order)]);
  Trace += Line;
}

LocationId Explorer::create(uint64_t Value) {
  return Model.create(Running, Value);
}

void Explorer::destroy(LocationId Id) { Model.destroy(Running, Id); }

uint64_t Explorer::load(LocationId Id, std::memory_order Order) {
  point(Kind::Load);
  uint64_t Value = Model.load(Running, Id, Order);
  remember(1, Id, Value);
  note("load", Id, Value, Order);
  return Value;
}

void Explorer::store(LocationId Id, uint64_t Value, std::memory_order Order) {
  point(Kind::Store);
  Model.store(Running, Id, Value, Order);
  remember(2, Id, Value);
  note("store", Id, Value, Order);
}

bool Explorer::compareExchange(LocationId Id, uint64_t &Expected,
                               uint64_t Value, std::memory_order Order,
                               std::memory_order Failure, bool Weak) {
  point(Kind::Other);
  if (Weak && SpuriousFailures < Bounds.SpuriousFailures && choose(2) == 1) {
    ++SpuriousFailures;
    remember(5, Id, 0);
    note("compare-exchange fails for no reason", Id, Expected, Failure);
    return false;
  }
  Memory::Pick Read =
      Model.readForUpdate(Running, Id, &Expected, Order, Failure);
  remember(4, Id, Read.Value);
  if (Read.Wrote) {
    Model.writeUpdate(Running, Id, Read, Value, Order);
    note("compare-exchange to", Id, Value, Order);
  } else {
    note("compare-exchange fails with", Id, Read.Value, Failure);
  }
  Expected = Read.Value;
  return Read.Wrote;
}

void Explorer::fence(std::memory_order Order) {
  if (Order == std::memory_order_relaxed)
    return;
  // Acquire and release fences act on the thread's own views alone; when they
  // are done makes no difference to the others.
  if (Order == std::memory_order_seq_cst)
    point(Kind::Other);
  Model.fence(Running, Order);
  remember(6, 0, static_cast<uint64_t>(Order));
  note("fence", 0, 0, Order);
}

void Explorer::readPlain(RaceState &State) { Model.readPlain(Running, State); }

void Explorer::writePlain(RaceState &State) {
  Model.writePlain(Running, State);
}

// What waits has only read since its loop began, so every execution in which it
// goes on is also one in which it came later and did not wait: this one adds
// nothing.
void Explorer::waitForPeer() {
  if (!InThreads)
    fail("the last thread waits for a peer");
  ++Result.Blocked;
  giveUp();
}

// The kernel compares and goes to sleep under the lock of the word's queue, and
// takes the same lock to wake. That lock is all that is assumed of it: the
// comparison may read an old value, and sleeping threads learn nothing from
// whoever wakes them.
bool Explorer::futexWait(LocationId Id, uint32_t Expected, bool HasDeadline) {
  point(Kind::Other);
  if (SpuriousWakes < Bounds.SpuriousWakes && choose(2) == 1) {
    ++SpuriousWakes;
    remember(7, Id, 0);
    note("futex wait returns for no reason", Id, 0, std::memory_order_relaxed);
    return true;
  }
  if (HasDeadline && Timeouts < Bounds.Timeouts && choose(2) == 1) {
    ++Timeouts;
    remember(7, Id, 1);
    note("futex wait times out", Id, 0, std::memory_order_relaxed);
    return false;
  }
  Model.lockFutex(Running);
  uint64_t Value = Model.load(Running, Id, std::memory_order_relaxed);
  Model.unlockFutex(Running);
  remember(8, Id, Value);
  if (Value != Expected) {
    note("futex wait returns with", Id, Value, std::memory_order_relaxed);
    return true;
  }
  note("futex wait sleeps on", Id, Value, std::memory_order_relaxed);
  State[Running] = Status::Sleeping;
  SleepsOn[Running] = Id;
  schedule();
  remember(9, Id, 0);
  return true;
}

void Explorer::futexWake(LocationId Id, uint32_t Count) {
  point(Kind::Other);
  Model.lockFutex(Running);
  Model.unlockFutex(Running);
  remember(10, Id, 0);
  note("futex wake", Id, Count, std::memory_order_relaxed);
  while (Count-- != 0) {
    std::array<uint8_t, MaxThreads> Sleepers;
    unsigned Found = 0;
    for (unsigned Thread = 1; Thread <= ThreadCount; ++Thread)
      if (State[Thread] == Status::Sleeping && SleepsOn[Thread] == Id)
        Sleepers[Found++] = Thread;
    if (Found == 0)
      return;
    State[Sleepers[choose(Found)]] = Status::Ready;
  }
}

// Each thread has an arena of its own: addresses then do not depend on the
// schedule. Nothing is used again within an execution, so that whoever comes
// too late finds the remains of what he looks for.
void *Explorer::allocate(size_t Bytes, size_t Alignment) {
  if (!Arenas[Running])
    Arenas[Running] = std::make_unique<Arena>();
  auto &Room = Arenas[Running]->Bytes;
  size_t Begin = (ArenaUsed[Running] + Alignment - 1) & ~(Alignment - 1);
  if (Bytes > Room.size() || Begin > Room.size() - Bytes) {
    fail("more memory than the explorer has");
  }
  ArenaUsed[Running] = Begin + Bytes;
  ++Live;
  return Room.data() + Begin;
}

void Explorer::deallocate(void *Memory, size_t Bytes) { --Live; }
