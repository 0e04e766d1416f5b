//===- EventCountModel.cpp - Sleep and wake under the explorer --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The fault to be found is a sleeper whom nobody wakes; the explorer reports
/// it when no thread can go on. Conditions are relaxed variables, the weakest
/// there are, and rings, as in use.
//===----------------------------------------------------------------------===//
#include "ModelAtomics.h"
#include "Scenario.h"
#include "hapax/Concurrency/EventCount.h"
#include "hapax/Concurrency/SpscRing.h"

using namespace modelcheck;

namespace {

using Event = hapax::EventCount<ModelAtomics>;
using Ring = hapax::SpscRing<int, ModelAtomics>;
constexpr auto Relaxed = std::memory_order_relaxed;
// Spinning in the explorer would only repeat what not spinning shows.
constexpr unsigned NoSpins = 0;

/// One sleeper, \p Changes changes of which it waits for the last.
Explorer::Program counting(int Changes) {
  return [=](Explorer &E) {
    Event Changed;
    ModelAtomics::Atomic<int> Count{0};
    E.run({[&] {
             Changed.await([&] { return Count.load(Relaxed) == Changes; },
                           hapax::NoWakeDeadline, NoSpins);
           },
           [&] {
             for (int I = 1; I <= Changes; ++I) {
               Count.store(I, Relaxed);
               Changed.notifyOne();
             }
           }});
  };
}

/// A sleeper with a deadline gets an answer in every case, and the right one.
void deadline(Explorer &E) {
  Event Changed;
  ModelAtomics::Atomic<int> Flag{0};
  bool Seen = false, InTime = false;
  E.run({[&] {
           InTime =
               Changed.await([&] { return Seen = Flag.load(Relaxed) == 1; },
                             hapax::WakeDeadline(), NoSpins);
         },
         [&] {
           Flag.store(1, Relaxed);
           Changed.notifyOne();
         }});
  E.check(InTime == Seen, "await() says something else than its condition");
}

/// Two sleepers, two changes of one notifier each.
void twoSleepers(Explorer &E) {
  Event Changed;
  ModelAtomics::Atomic<int> Tokens{0};
  auto Take = [&] {
    int Seen = Tokens.load(Relaxed);
    while (Seen > 0)
      if (Tokens.compare_exchange_strong(Seen, Seen - 1, Relaxed, Relaxed))
        return true;
    return false;
  };
  auto Sleeper = [&] { Changed.await(Take, hapax::NoWakeDeadline, NoSpins); };
  E.run({Sleeper, Sleeper, [&] {
           for (int I = 0; I != 2; ++I) {
             Tokens.fetch_add(1, Relaxed);
             Changed.notifyOne();
           }
         }});
}

/// One change for all.
void everybody(Explorer &E) {
  Event Changed;
  ModelAtomics::Atomic<int> Flag{0};
  auto Sleeper = [&] {
    Changed.await([&] { return Flag.load(Relaxed) != 0; },
                  hapax::NoWakeDeadline, NoSpins);
  };
  E.run({Sleeper, Sleeper, [&] {
           Flag.store(1, Relaxed);
           Changed.notifyAll();
         }});
}

/// A consumer that sleeps when the ring is empty and a producer that sleeps
/// when it is full: every value arrives.
Explorer::Program ringBothSidesSleep(int Values) {
  return [=](Explorer &E) {
    auto R = std::move(*Ring::create(2));
    Event NotEmpty, NotFull;
    E.run({[&] {
             for (int I = 1; I <= Values; ++I) {
               NotFull.await([&] { return R->tryPush(I); },
                             hapax::NoWakeDeadline, NoSpins);
               NotEmpty.notifyOne();
             }
           },
           [&] {
             for (int I = 1; I <= Values; ++I) {
               int Value = 0;
               NotEmpty.await([&] { return R->tryPop(Value); },
                              hapax::NoWakeDeadline, NoSpins);
               E.check(Value == I, "values out of order");
               NotFull.notifyOne();
             }
           }});
  };
}

} // namespace

std::vector<Scenario> modelcheck::eventCountScenarios() {
  const char *Header = "Concurrency/EventCount.h";
  return {
      {"EventOneChange", Header, counting(1)},
      {"EventThreeChanges", Header, counting(3)},
      {"EventWakesForNoReason", Header, counting(2), {.SpuriousWakes = 2}},
      {"EventDeadline", Header, deadline, {.SpuriousWakes = 1, .Timeouts = 1}},
      {"EventTwoSleepers", Header, twoSleepers},
      {"EventEverybody", Header, everybody},
      {"EventRing", Header, ringBothSidesSleep(3)},
  };
}
