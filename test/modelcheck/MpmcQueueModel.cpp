//===- MpmcQueueModel.cpp - The queue under the explorer --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ModelAtomics.h"
#include "QueueHistory.h"
#include "Scenario.h"
#include "hapax/Concurrency/MpmcQueue.h"

using namespace modelcheck;

namespace {

using Queue = hapax::MpmcQueue<int, ModelAtomics>;

/// What a thread does: a string of '+' (push the thread's next value) and '-'
/// (pop).
using Script = const char *;

void perform(Queue &Q, QueueHistory &H, Script Steps) {
  int Value = 10 * Explorer::current().self();
  for (; *Steps; ++Steps) {
    if (*Steps == '+')
      H.push(++Value, [&] { return Q.tryPush(Value); });
    else
      H.pop([&] { return Q.tryPop().value_or(QueueHistory::Nothing); });
  }
}

/// Threads that work on a queue of \p Capacity into which \p Before values were
/// pushed, and of which the body then pops all.
Explorer::Program scripts(size_t Capacity, int Before,
                          std::vector<Script> Scripts) {
  return [=](Explorer &E) {
    auto Q = std::move(*Queue::create(Capacity));
    QueueHistory H;
    for (int I = 1; I <= Before; ++I)
      H.push(I, [&] { return Q->tryPush(I); });
    auto Does = [&](size_t I) {
      return [&, I] {
        if (I < Scripts.size())
          perform(*Q, H, Scripts[I]);
      };
    };
    E.run({Does(0), Does(1), Does(2), Does(3)});
    while (H.pop([&] { return Q->tryPop().value_or(QueueHistory::Nothing); }))
      ;
    E.check(H.isLinearizable(Capacity), "no queue could have done this");
  };
}

} // namespace

std::vector<Scenario> modelcheck::mpmcQueueScenarios() {
  const char *Header = "Concurrency/MpmcQueue.h";
  return {
      {"QueueOneToOne", Header, scripts(2, 0, {"++++", "----"})},
      {"QueueBothSides", Header, scripts(2, 1, {"+-+-", "-+-+"})},
      {"QueueTwoProducers", Header, scripts(2, 0, {"++", "++", "--"})},
      {"QueueTwoConsumers", Header, scripts(2, 2, {"++", "--", "--"})},
      {"QueueTwoByTwo", Header, scripts(2, 0, {"++", "+", "-", "--"})},
      {"QueueTwoByTwoWhenFull", Header, scripts(2, 2, {"++", "+", "-", "--"})},
  };
}
