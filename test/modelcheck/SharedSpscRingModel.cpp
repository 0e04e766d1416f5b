//===- SharedSpscRingModel.cpp - The shared ring explored -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ModelAtomics.h"
#include "Scenario.h"
#include "hapax/Concurrency/SharedSpscRing.h"

using namespace modelcheck;

namespace {

using Ring = hapax::SharedSpscRing<int, ModelAtomics>;

/// Each side tries \p Operations times; honest peers are never called broken.
Explorer::Program honest(size_t Capacity, int Operations) {
  return [=](Explorer &E) {
    size_t Bytes = Ring::bytesFor(Capacity);
    auto *Room = ModelAtomics::allocate(Bytes, Ring::Alignment);
    std::span Memory(static_cast<std::byte *>(Room), Bytes);
    bool Made = Ring::initialise(Memory, Capacity).has_value();
    auto From = Ring::Producer::attach(Memory, Capacity);
    auto To = Ring::Consumer::attach(Memory, Capacity);
    E.check(Made && From && To, "the ring cannot be made");

    int Pushed = 0, Popped = 0;
    auto Pop = [&] {
      int Value = 0;
      auto Done = To->tryPop(Value);
      E.check(Done.has_value(), "an honest producer is called broken");
      if (*Done)
        E.check(Value == ++Popped, "values out of order");
      return *Done;
    };
    E.run({[&] {
             for (int I = 0; I != Operations; ++I) {
               auto Done = From->tryPush(Pushed + 1);
               E.check(Done.has_value(), "an honest consumer is called broken");
               Pushed += *Done;
             }
           },
           [&] {
             for (int I = 0; I != Operations; ++I)
               Pop();
           }});
    while (Pop())
      ;
    E.check(Popped == Pushed, "values were lost");
  };
}

} // namespace

std::vector<Scenario> modelcheck::sharedSpscRingScenarios() {
  const char *Header = "Concurrency/SharedSpscRing.h";
  return {
      {"SharedRingOf2", Header, honest(2, 7)},
      {"SharedRingOf4", Header, honest(4, 7)},
  };
}
