//===- SpscRingModel.cpp - The ring under the explorer ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ModelAtomics.h"
#include "Scenario.h"
#include "hapax/Concurrency/SpscRing.h"

using namespace modelcheck;

namespace {

using Ring = hapax::SpscRing<int, ModelAtomics>;

/// Checks that values come out as they went in: 1, 2, 3 and so on.
struct Conservation {
  Explorer &E;
  int Pushed = 0;
  int Popped = 0;

  void gotten(int Value) { E.check(Value == ++Popped, "values out of order"); }
  /// After the threads: what is left must be all the rest.
  void drain(Ring &R) {
    while (int *Value = R.front()) {
      gotten(*Value);
      R.popFront();
    }
    E.check(Popped == Pushed, "values were lost");
  }
};

/// Each side tries \p Operations times to hand over one value.
Explorer::Program single(size_t Capacity, int Operations) {
  return [=](Explorer &E) {
    auto R = std::move(*Ring::create(Capacity));
    Conservation C{E};
    E.run({[&] {
             for (int I = 0; I != Operations; ++I)
               if (R->tryPush(C.Pushed + 1))
                 ++C.Pushed;
           },
           [&] {
             for (int I = 0; I != Operations; ++I)
               if (auto Value = R->tryPop())
                 C.gotten(*Value);
           }});
    C.drain(*R);
  };
}

/// Batches on both sides, larger than the ring at times.
Explorer::Program batches(size_t Capacity, int Rounds) {
  return [=](Explorer &E) {
    auto R = std::move(*Ring::create(Capacity));
    Conservation C{E};
    E.run({[&] {
             for (int I = 0; I != Rounds; ++I) {
               int Values[] = {C.Pushed + 1, C.Pushed + 2, C.Pushed + 3};
               C.Pushed += R->tryPushMany(Values);
             }
           },
           [&] {
             for (int I = 0; I != Rounds; ++I) {
               int Values[2];
               size_t Count = R->tryPopMany(Values);
               for (size_t J = 0; J != Count; ++J)
                 C.gotten(Values[J]);
             }
           }});
    C.drain(*R);
  };
}

/// Looking before taking, and size() from both sides.
Explorer::Program inPlace(size_t Capacity, int Operations) {
  return [=](Explorer &E) {
    auto R = std::move(*Ring::create(Capacity));
    Conservation C{E};
    E.run({[&] {
             for (int I = 0; I != Operations; ++I) {
               if (R->tryEmplace(C.Pushed + 1))
                 ++C.Pushed;
               else
                 E.check(R->size() <= Capacity, "more than fit");
             }
           },
           [&] {
             for (int I = 0; I != Operations; ++I) {
               size_t AtLeast = R->size();
               int *Value = R->front();
               E.check(Value || AtLeast == 0, "less than size() said");
               if (!Value)
                 continue;
               C.gotten(*Value);
               R->popFront();
             }
           }});
    C.drain(*R);
  };
}

} // namespace

std::vector<Scenario> modelcheck::spscRingScenarios() {
  const char *Header = "Concurrency/SpscRing.h";
  return {
      {"RingOf2", Header, single(2, 7)},
      {"RingOf4", Header, single(4, 7)},
      {"RingOf2InBatches", Header, batches(2, 4)},
      {"RingOf4InBatches", Header, batches(4, 4)},
      {"RingOf2InPlace", Header, inPlace(2, 6)},
  };
}
