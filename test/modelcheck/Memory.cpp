//===- Memory.cpp - The C++ memory model, operationally ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Memory.h"

#include <cstring>

using namespace modelcheck;

namespace {

bool acquires(std::memory_order Order) {
  return Order == std::memory_order_acquire ||
         Order == std::memory_order_acq_rel ||
         Order == std::memory_order_seq_cst;
}

bool releases(std::memory_order Order) {
  return Order == std::memory_order_release ||
         Order == std::memory_order_acq_rel ||
         Order == std::memory_order_seq_cst;
}

/// Locations made by the body and by each thread have numbers of their own, so
/// that a state is the same in whichever order threads make theirs.
constexpr unsigned BodyLocations = 39;
constexpr unsigned ThreadLocations =
    (MaxLocations - BodyLocations) / (MaxThreads - 1);

} // namespace

Arbiter::~Arbiter() = default;

void Memory::reset() {
  for (Location &L : Locations) {
    L.Order.clear();
    L.Alive = false;
  }
  Threads.fill({});
  Threads[0].Current.Clock[0] = 1;
  Fences = {};
  FutexLock = {};
}

void Memory::fork(unsigned Parent, unsigned Child) {
  Thread &C = Threads[Child];
  C.Current = C.Acquired = Threads[Parent].Current;
  C.Current.Clock[Child] = C.Acquired.Clock[Child] = 1;
  step(Parent);
}

void Memory::join(unsigned Parent, unsigned Child) {
  Threads[Parent].Current.join(Threads[Child].Current);
  Threads[Parent].Acquired.join(Threads[Child].Current);
}

void Memory::step(unsigned Id) {
  Thread &T = Threads[Id];
  if (T.Current.Clock[Id] == 255)
    Rules.fail("a thread takes more steps than the explorer can count");
  ++T.Current.Clock[Id];
  T.Acquired.Clock[Id] = T.Current.Clock[Id];
}

LocationId Memory::create(unsigned Id, uint64_t Value) {
  Thread &T = Threads[Id];
  unsigned Most = Id == 0 ? BodyLocations : ThreadLocations;
  if (T.Locations == Most)
    Rules.fail("more atomic locations than the explorer can hold");
  unsigned First = Id == 0 ? 0 : BodyLocations + (Id - 1) * ThreadLocations;
  auto Number = static_cast<LocationId>(First + T.Locations++);
  Location &L = Locations[Number];
  L.Order.assign(1, Message{Value, View(), false});
  L.Alive = true;
  L.Life = {};
  writePlain(Id, L.Life);
  return Number;
}

void Memory::destroy(unsigned Id, LocationId Where) {
  Location &L = Locations[Where];
  if (!L.Alive)
    Rules.fail("an atomic variable is destroyed twice");
  writePlain(Id, L.Life);
  L.Alive = false;
}

// An atomic access is no race with another, but it is one with the beginning
// and the end of the variable's life.
Memory::Location *Memory::access(unsigned Id, LocationId Where) {
  Location &L = Locations[Where];
  if (!L.Alive)
    Rules.fail("an atomic variable is used after its destruction");
  readPlain(Id, L.Life);
  return &L;
}

void Memory::see(Thread &T, LocationId Where, unsigned At, const View &Released,
                 std::memory_order Order) {
  T.Current.Position[Where] = At;
  if (acquires(Order))
    T.Current.join(Released);
  T.Acquired.join(Released);
  T.Acquired.join(T.Current);
}

uint64_t Memory::load(unsigned Id, LocationId Where, std::memory_order Order) {
  if (Order == std::memory_order_release ||
      Order == std::memory_order_acq_rel || Order == std::memory_order_seq_cst)
    Rules.fail("a load of an order that the explorer does not take");
  Location &L = *access(Id, Where);
  Thread &T = Threads[Id];
  unsigned Last = L.Order.size() - 1;
  unsigned At = Last - Rules.choose(Last - T.Current.Position[Where] + 1);
  see(T, Where, At, L.Order[At].Released, Order);
  step(Id);
  return L.Order[At].Value;
}

void Memory::put(unsigned Id, LocationId Where, unsigned At, Message New,
                 std::memory_order Order) {
  Location &L = Locations[Where];
  Thread &T = Threads[Id];
  if (L.Order.size() == 255)
    Rules.fail("more writes to a location than the explorer can hold");
  // Positions are indices: what lies behind the new message moves up.
  if (At != L.Order.size()) {
    auto Shift = [&](View &V) { V.Position[Where] += V.Position[Where] >= At; };
    for (Thread &Other : Threads) {
      Shift(Other.Current);
      Shift(Other.Acquired);
      Shift(Other.Released);
    }
    for (Location &Other : Locations)
      for (Message &M : Other.Order)
        Shift(M.Released);
    Shift(New.Released);
    Shift(Fences);
    Shift(FutexLock);
  }
  T.Current.Position[Where] = At;
  T.Acquired.Position[Where] =
      std::max<uint8_t>(T.Acquired.Position[Where], At);
  New.Released.join(releases(Order) ? T.Current : T.Released);
  New.Released.Position[Where] = At;
  L.Order.insert(L.Order.begin() + At, std::move(New));
  step(Id);
}

void Memory::store(unsigned Id, LocationId Where, uint64_t Value,
                   std::memory_order Order) {
  if (acquires(Order))
    Rules.fail("a store of an order that the explorer does not take");
  Location &L = *access(Id, Where);
  std::array<uint8_t, 256> Places{};
  unsigned Count = 0;
  for (unsigned At = L.Order.size(); At > Threads[Id].Current.Position[Where];
       --At)
    if (At == L.Order.size() || !L.Order[At].IsUpdate)
      Places[Count++] = At;
  put(Id, Where, Places[Rules.choose(Count)], {Value, View(), false}, Order);
}

Memory::Pick Memory::readForUpdate(unsigned Id, LocationId Where,
                                   const uint64_t *Expected,
                                   std::memory_order Order,
                                   std::memory_order Failure) {
  if (Order == std::memory_order_seq_cst ||
      Failure == std::memory_order_seq_cst)
    Rules.fail("an update of an order that the explorer does not take");
  Location &L = *access(Id, Where);
  Thread &T = Threads[Id];
  std::array<uint8_t, 256> Places{};
  unsigned Count = 0;
  for (unsigned At = L.Order.size(); At-- > T.Current.Position[Where];) {
    bool Fails = Expected && L.Order[At].Value != *Expected;
    bool Taken = At + 1 != L.Order.size() && L.Order[At + 1].IsUpdate;
    if (Fails || !Taken)
      Places[Count++] = At;
  }
  unsigned At = Places[Rules.choose(Count)];
  const Message &M = L.Order[At];
  bool Writes = !Expected || M.Value == *Expected;
  see(T, Where, At, M.Released, Writes ? Order : Failure);
  if (!Writes)
    step(Id);
  return {At, M.Value, Writes};
}

void Memory::writeUpdate(unsigned Id, LocationId Where, Pick Read,
                         uint64_t Value, std::memory_order Order) {
  // The view of the message read goes on in the new one: the release sequence.
  Message New = {Value, Locations[Where].Order[Read.At].Released, true};
  put(Id, Where, Read.At + 1, std::move(New), Order);
}

void Memory::fence(unsigned Id, std::memory_order Order) {
  Thread &T = Threads[Id];
  if (acquires(Order))
    T.Current = T.Acquired;
  if (Order == std::memory_order_seq_cst) {
    T.Current.joinPositions(Fences);
    Fences.joinPositions(T.Current);
    T.Acquired.joinPositions(T.Current);
  }
  if (releases(Order))
    T.Released = T.Current;
  step(Id);
}

void Memory::lockFutex(unsigned Id) {
  Threads[Id].Current.join(FutexLock);
  Threads[Id].Acquired.join(FutexLock);
}

void Memory::unlockFutex(unsigned Id) {
  FutexLock.join(Threads[Id].Current);
  step(Id);
}

void Memory::readPlain(unsigned Id, RaceState &State) {
  const auto &Clock = Threads[Id].Current.Clock;
  if (State.WrittenAt > Clock[State.Writer])
    Rules.fail("data race: a read is not ordered behind a write");
  State.ReadAt[Id] = Clock[Id];
}

void Memory::writePlain(unsigned Id, RaceState &State) {
  const auto &Clock = Threads[Id].Current.Clock;
  if (State.WrittenAt > Clock[State.Writer])
    Rules.fail("data race: a write is not ordered behind a write");
  for (unsigned Reader = 0; Reader != MaxThreads; ++Reader)
    if (State.ReadAt[Reader] > Clock[Reader])
      Rules.fail("data race: a write is not ordered behind a read");
  State.Writer = Id;
  State.WrittenAt = Clock[Id];
}

// Messages that every thread has left behind can neither be read nor have
// anything put before them: they are left out, and positions in them count as
// the lowest that still matters.
void Memory::appendState(std::vector<uint8_t> &Bytes,
                         unsigned ThreadCount) const {
  std::array<LocationId, MaxLocations> Used;
  std::array<uint8_t, MaxLocations> Lowest;
  unsigned UsedCount = 0;
  for (unsigned Where = 0; Where != MaxLocations; ++Where) {
    const Location &L = Locations[Where];
    if (!L.Alive)
      continue;
    uint8_t Low = 255;
    for (unsigned Id = 1; Id <= ThreadCount; ++Id)
      Low = std::min(Low, Threads[Id].Current.Position[Where]);
    Lowest[UsedCount] = Low;
    Used[UsedCount++] = Where;
  }

  auto Raw = [&](const void *Data, size_t Size) {
    auto *From = static_cast<const uint8_t *>(Data);
    Bytes.insert(Bytes.end(), From, From + Size);
  };
  auto Append = [&](const View &V) {
    size_t Begin = Bytes.size();
    Bytes.resize(Begin + UsedCount + ThreadCount + 1);
    uint8_t *To = Bytes.data() + Begin;
    for (unsigned I = 0; I != UsedCount; ++I)
      *To++ = std::max(V.Position[Used[I]], Lowest[I]) - Lowest[I];
    std::memcpy(To, V.Clock.data(), ThreadCount + 1);
  };
  for (unsigned Id = 1; Id <= ThreadCount; ++Id) {
    Append(Threads[Id].Current);
    Append(Threads[Id].Acquired);
    Append(Threads[Id].Released);
  }
  Append(Fences);
  Append(FutexLock);
  for (unsigned I = 0; I != UsedCount; ++I) {
    const Location &L = Locations[Used[I]];
    uint8_t Header[2] = {Used[I],
                         static_cast<uint8_t>(L.Order.size() - Lowest[I])};
    Raw(Header, sizeof(Header));
    for (unsigned At = Lowest[I]; At != L.Order.size(); ++At) {
      const Message &M = L.Order[At];
      Raw(&M.Value, sizeof(M.Value));
      Bytes.push_back(M.IsUpdate && At != Lowest[I]);
      Append(M.Released);
    }
  }
}
