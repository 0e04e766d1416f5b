//===- RingFuzz.cpp - libFuzzer target for rings and queues -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The input is a sequence of operations by one thread. SpscRing and MpmcQueue
/// must do what a bounded deque does; the indices wrap around on the way.
//===----------------------------------------------------------------------===//
#include "hapax/Concurrency/MpmcQueue.h"
#include "hapax/Concurrency/SpscRing.h"
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <vector>

namespace {

struct WrappingAtomics : hapax::StdAtomics {
  static constexpr size_t FirstIndex = size_t(0) - 20;
};
// Owns memory: what is lost or doubled is a leak or a double free.
using Element = std::unique_ptr<unsigned>;
using Ring = hapax::SpscRing<Element, WrappingAtomics>;
using Queue = hapax::MpmcQueue<Element, WrappingAtomics>;

void require(bool Holds) {
  if (!Holds)
    std::abort();
}

struct Model {
  std::deque<unsigned> Values;
  unsigned Next = 0;

  Element make() { return std::make_unique<unsigned>(Next++); }
  void pushed() { Values.push_back(Next - 1); }
  void popped(const Element &Value) {
    require(Value && !Values.empty() && *Value == Values.front());
    Values.pop_front();
  }
};

template <typename Container>
void step(Container &C, Model &M, unsigned Operation) {
  if (Operation % 2 == 0) {
    Element Value = M.make();
    bool Done = C.tryPush(std::move(Value));
    require(Done == (M.Values.size() < C.capacity()));
    require(Done == (Value == nullptr));
    if (Done)
      M.pushed();
  } else if (auto Value = C.tryPop()) {
    M.popped(*Value);
  } else {
    require(M.Values.empty());
  }
  require(C.size() == M.Values.size());
}

void batch(Ring &R, Model &M, bool Push, size_t Count) {
  std::vector<Element> Values(Count);
  size_t Before = M.Values.size();
  if (Push) {
    for (Element &V : Values)
      V = M.make();
    size_t Done = R.tryPushMany(Values);
    require(Done == std::min(Count, R.capacity() - Before));
    for (size_t I = 0; I != Count; ++I) {
      require((Values[I] == nullptr) == (I < Done));
      if (I < Done)
        M.Values.push_back(M.Next - Count + I);
    }
  } else {
    size_t Done = R.tryPopMany(Values);
    require(Done == std::min(Count, Before));
    for (size_t I = 0; I != Done; ++I)
      M.popped(Values[I]);
  }
  require(R.size() == M.Values.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  if (Size == 0)
    return 0;
  size_t Capacity = size_t(8) << (Data[0] % 3);
  auto R = std::move(*Ring::create(Capacity));
  auto Q = std::move(*Queue::create(Capacity));
  Model OfRing, OfQueue;
  for (size_t I = 1; I != Size; ++I) {
    unsigned Operation = Data[I];
    step(*Q, OfQueue, Operation);
    // The high bits say how many; none: a single one.
    if (size_t Count = Operation >> 3)
      batch(*R, OfRing, Operation % 2 == 0, Count);
    else
      step(*R, OfRing, Operation);
  }
  return 0;
}
