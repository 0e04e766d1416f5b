//===- IndexPoolModel.cpp - The pool under the explorer ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Every slot comes with a word of plain memory, as a block of AlignedPool
/// does. Its owner writes to it and reads it back: two owners at a time, or an
/// owner that the last one's writes do not happen before, are a race or a wrong
/// value.
//===----------------------------------------------------------------------===//
#include "IndexPoolModel.h"
#include "ModelAtomics.h"
#include "hapax/Memory/IndexPool.h"

using namespace modelcheck;
using hapax::MemoryError;
using hapax::TakenSlot;

namespace {

constexpr uint32_t MostSlots = 3;

struct Words {
  std::array<ModelAtomics::Atomic<uint64_t>, MostSlots> Links;
  std::array<ModelAtomics::Plain<unsigned>, MostSlots> Blocks;
};

struct WordSlots {
  Words *Of;
  ModelAtomics::Atomic<uint64_t> &link(uint32_t Index) const {
    Explorer::current().check(Index < MostSlots, "a link of no slot is read");
    return Of->Links[Index % MostSlots];
  }
  bool prepare(uint32_t) const { return true; }
  // Hints change nothing that the explorer could see.
  void noteAhead(uint32_t, uint32_t) const {}
  void prefetchAhead(uint32_t) const {}
};

template <uint32_t TagStep> struct PoolModel {
  using Pool = hapax::IndexPool<ModelAtomics, WordSlots, TagStep>;

  PoolModel(uint32_t Limit, bool UsesBlocks)
      : Slots(WordSlots{&Memory}, Limit, 0x0123456789abcdef),
        UsesBlocks(UsesBlocks) {}

  /// Writes to a slot as its new owner.
  void own(uint32_t Index) {
    if (UsesBlocks)
      Memory.Blocks[Index].write(Explorer::current().self());
  }
  /// Looks at a slot as the owner that it still is.
  void disown(uint32_t Index) {
    if (UsesBlocks)
      Explorer::current().check(Memory.Blocks[Index].read() ==
                                    Explorer::current().self(),
                                "a block has two owners");
  }

  Words Memory;
  Pool Slots;
  const bool UsesBlocks;
  /// For handing a slot over; its index plus one.
  ModelAtomics::Atomic<uint32_t> Handed{0};
};

/// What a thread does, letter by letter:
///   +  takes a slot
///   -  gives back the slot that it took first of those that it has
///   (  takes up to two slots for its cache
///   )  gives its cache back
///   !  hands its first slot over to the thread that does
///   ?  and gives it back, if it is there already
///   x  gives slot 0 back, though it may not have it
using Script = const char *;

/// One thread with its slots.
template <uint32_t TagStep> class Worker {
public:
  Worker(PoolModel<TagStep> &Model, bool MayFail)
      : Model(Model), MayFail(MayFail) {}

  void perform(Script Steps) {
    for (; *Steps; ++Steps)
      step(*Steps);
  }
  /// How often 'x' succeeded.
  unsigned stolen() const { return Stolen; }

private:
  void step(char Step) {
    Explorer &E = Explorer::current();
    switch (Step) {
    case '+':
      if (auto Slot = Model.Slots.take()) {
        Model.own(Slot->Index);
        Mine[Count++] = Slot->Index;
      } else {
        E.check(Slot.error() == MemoryError::Exhausted,
                "taking a slot finds damage");
        E.check(MayFail, "a slot is left, but none is found");
      }
      return;
    case '-':
      if (Count == 0)
        return;
      Model.disown(Mine[0]);
      E.check(Model.Slots.give(drop()).has_value(), "a slot is not taken back");
      return;
    case '(':
      if (auto Got = Model.Slots.takeForCache(Cache)) {
        Cached = *Got;
        for (size_t I = 0; I != Cached; ++I)
          Model.own(Cache[I].Index);
      } else {
        E.check(Got.error() == MemoryError::Exhausted,
                "taking slots finds damage");
        E.check(MayFail, "a slot is left, but none is found");
      }
      return;
    case ')':
      for (size_t I = 0; I != Cached; ++I) {
        Model.disown(Cache[I].Index);
        // As a cache does that gives a slot to its user and gets it back.
        E.check(Model.Slots.useFromCache(Cache[I].Index),
                "a slot of a cache is not free");
        E.check(Model.Slots.giveToCache(Cache[I].Index).has_value(),
                "a slot is not taken back");
      }
      Model.Slots.giveFromCache(std::span(Cache).first(Cached));
      Cached = 0;
      return;
    case '!':
      if (Count != 0)
        Model.Handed.store(drop() + 1, std::memory_order_release);
      return;
    case '?':
      if (uint32_t Index =
              Model.Handed.exchange(0, std::memory_order_acquire)) {
        Model.own(Index - 1);
        E.check(Model.Slots.give(Index - 1).has_value(),
                "a slot is not taken back");
      }
      return;
    case 'x':
      if (Model.Slots.give(0))
        ++Stolen;
      return;
    }
  }
  uint32_t drop() {
    uint32_t First = Mine[0];
    std::copy(Mine.begin() + 1, Mine.end(), Mine.begin());
    --Count;
    return First;
  }

  PoolModel<TagStep> &Model;
  const bool MayFail;
  std::array<uint32_t, MostSlots + 1> Mine{};
  unsigned Count = 0;
  std::array<TakenSlot, 2> Cache{};
  size_t Cached = 0;
  unsigned Stolen = 0;
};

struct Setup {
  uint32_t Limit;
  /// Slots that were taken and given back before the threads start.
  uint32_t Free = 0;
  /// Slots that are in use by nobody: 0 alone, for 'x'.
  bool FirstInUse = false;
  bool MayFail = false;
  /// Owners write to their blocks.
  bool UsesBlocks = true;
};

template <uint32_t TagStep>
Explorer::Program program(Setup S, std::vector<Script> Scripts) {
  return [=](Explorer &E) {
    PoolModel<TagStep> Model(S.Limit, S.UsesBlocks);
    std::array<uint32_t, MostSlots> Before;
    for (uint32_t I = 0; I != S.Free + S.FirstInUse; ++I)
      Before[I] = Model.Slots.take()->Index;
    for (uint32_t I = S.FirstInUse; I != S.Free + S.FirstInUse; ++I)
      E.check(Model.Slots.give(Before[I]).has_value(), "set-up failed");

    std::array<Worker<TagStep>, 3> Workers = {
        Worker<TagStep>{Model, S.MayFail}, Worker<TagStep>{Model, S.MayFail},
        Worker<TagStep>{Model, S.MayFail}};
    auto Does = [&](size_t I) {
      return [&, I] { Workers[I].perform(Scripts[I]); };
    };
    if (Scripts.size() == 2)
      E.run({Does(0), Does(1)});
    else
      E.run({Does(0), Does(1), Does(2)});
    if (S.FirstInUse) {
      unsigned Stolen = 0;
      for (auto &W : Workers)
        Stolen += W.stolen();
      E.check(Stolen == 1, "one slot is given back several times, or never");
    }
    if (uint32_t Index = Model.Handed.load(std::memory_order_relaxed))
      E.check(Model.Slots.give(Index - 1).has_value(),
              "a slot is not taken back");
    // Nothing was lost and nothing doubled: all slots can be had, once each.
    uint32_t Seen = 0;
    for (uint32_t I = 0; I != S.Limit; ++I) {
      auto Slot = Model.Slots.take();
      if (!Slot) {
        E.check(false, "a slot is lost");
        return;
      }
      Model.own(Slot->Index);
      E.check(!(Seen >> Slot->Index & 1), "a slot is there twice");
      Seen |= 1u << Slot->Index;
    }
    E.check(!Model.Slots.take(), "there are more slots than the limit");
  };
}

/// One thread is about to take the first of two free slots; the other takes
/// both and gives the first one back.
template <uint32_t TagStep> Explorer::Program reuse(bool UsesBlocks) {
  return program<TagStep>({.Limit = 3, .Free = 2, .UsesBlocks = UsesBlocks},
                          {"+-", "++--"});
}

} // namespace

std::vector<Scenario> modelcheck::indexPoolScenarios() {
  const char *Header = "Memory/IndexPool.h";
  return {
      {"PoolFreshSlots", Header, program<1>({.Limit = 2}, {"+-+-", "+-+-"})},
      {"PoolOneSlot", Header,
       program<1>({.Limit = 1, .MayFail = true}, {"+-+-", "+-+-"})},
      {"PoolReuse", Header, reuse<1>(true)},
      {"PoolThreeThreads", Header,
       program<1>({.Limit = 2, .Free = 1, .MayFail = true},
                  {"+-", "+-", "+-"})},
      {"PoolThreeThreadsFresh", Header,
       program<1>({.Limit = 3}, {"+-", "+-", "+-"})},
      {"PoolThreeThreadsOneSlot", Header,
       program<1>({.Limit = 1, .MayFail = true}, {"+-", "+-", "+-"})},
      {"PoolHandedOver", Header,
       program<1>({.Limit = 2, .MayFail = true}, {"+!+-", "??+-"})},
      {"PoolDoubleFree", Header,
       program<1>({.Limit = 2, .Free = 1, .FirstInUse = true},
                  {"x", "x", "x"})},
      {"PoolBatchAndSlots", Header,
       program<1>({.Limit = 3, .Free = 3, .MayFail = true}, {"()", "++--"})},
      {"PoolBatchAmongSlots", Header,
       program<1>({.Limit = 3, .Free = 3, .MayFail = true}, {"()", "+()-"})},
      {"PoolFreshBatches", Header,
       program<1>({.Limit = 3, .MayFail = true}, {"()", "()", "+-"})},
  };
}

Explorer::Program modelcheck::poolWithoutTag(bool UsesBlocks) {
  return reuse<0>(UsesBlocks);
}
