//===- HashUseOrder.cpp - Order of use lists in the module hash -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "HashUseOrder.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalValue.h"
#include <algorithm>

using namespace llvm;
using namespace hapax;

static constexpr uint32_t Unknown = ~0u;
/// Stands for a use by a constant that the module does not contain.
static constexpr uint32_t DeadConstant = ~0u - 1;

void HashUseOrder::gather() {
  // A counting sort of the mentions of irregular values: by value, and within a
  // value in order of mention.
  for (const Mention &M : Log)
    if (Watched &W = Values[M.Number]; W.Irregular)
      ++W.Count;
  uint32_t Total = 0;
  for (Watched &W : Values) {
    W.Begin = Total;
    Total += W.Count;
    W.Count = 0;
  }
  Mentions.resize(Total);
  for (const Mention &M : Log)
    if (Watched &W = Values[M.Number]; W.Irregular)
      Mentions[W.Begin + W.Count++] = M;
}

void HashUseOrder::findRuns(const Watched &W) {
  Runs.clear();
  const Use *Head = W.V->use_empty() ? nullptr : &*W.V->use_begin();
  if (!Head)
    return;
  if (!runsFromBreaks(W, Head))
    runsFromWalk(W);
}

/// Puts the runs together from their ends alone. False if the list also holds
/// uses that were not mentioned.
bool HashUseOrder::runsFromBreaks(const Watched &W, const Use *Head) {
  const Mention *Mine = Mentions.data() + W.Begin;
  Breaks.clear();
  Positions.clear();
  bool IsNew;
  Positions.insert(Head, IsNew) = Unknown;
  for (uint32_t I = 0; I != W.Count; ++I)
    if (I == 0 || Mine[I].Next != Mine[I - 1].U) {
      Breaks.push_back({I, Mine[I].Next});
      if (Mine[I].Next)
        Positions.insert(Mine[I].Next, IsNew) = Unknown;
    }
  // Few uses start a run; only for those are the positions wanted.
  for (uint32_t I = 0; I != W.Count; ++I)
    if (uint32_t *Position = Positions.find(Mine[I].U))
      *Position = I;

  for (const Use *U = Head; U;) {
    uint32_t Start = Positions.lookup(U, Unknown);
    if (Start == Unknown) {
      Runs.clear();
      return false;
    }
    auto End = std::prev(std::upper_bound(
        Breaks.begin(), Breaks.end(), Start,
        [](uint32_t P, const Break &B) { return P < B.Position; }));
    Runs.push_back({Start, Start - End->Position + 1});
    U = End->Next;
  }
  return true;
}

void HashUseOrder::runsFromWalk(const Watched &W) {
  const Mention *Mine = Mentions.data() + W.Begin;
  Positions.clear();
  for (uint32_t I = 0; I != W.Count; ++I) {
    bool IsNew;
    Positions.insert(Mine[I].U, IsNew) = I;
  }
  for (const Use &U : W.V->uses()) {
    uint32_t Position = Positions.lookup(&U, Unknown);
    if (Position == Unknown) {
      // Values that modules of one context share have users elsewhere.
      if (!isa<Constant>(U.getUser()) || isa<GlobalValue>(U.getUser()))
        continue;
      Position = DeadConstant;
    }
    if (!Runs.empty() && Position != DeadConstant &&
        Runs.back().Start != DeadConstant &&
        Runs.back().Start == Position + Runs.back().Length)
      ++Runs.back().Length;
    else
      Runs.push_back({Position, 1});
  }
}
