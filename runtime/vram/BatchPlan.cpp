//===- BatchPlan.cpp - How many entries are fetched at once -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "BatchPlan.h"

#include <algorithm>

using namespace hapax;

namespace {

using Clock = std::chrono::steady_clock;

/// Odd, so that there is a middle one.
constexpr unsigned Runs = 7;
constexpr auto Patience = std::chrono::seconds(1);

/// The median of a few runs; none when one fails.
std::optional<Clock::duration> time(Lane &Q, bool Gather) {
  std::array<Clock::duration, Runs> Times;
  for (Clock::duration &Time : Times) {
    Clock::time_point Begin = Clock::now();
    auto T = Q.begun(Gather ? Q.queue().gather(Q.Copies)
                            : Q.queue().copyOutMany(Q.Copies));
    if (!T || !Q.finish(Begin + Patience))
      return std::nullopt;
    Time = Clock::now() - Begin;
  }
  std::ranges::nth_element(Times, Times.begin() + Runs / 2);
  return Times[Runs / 2];
}

} // namespace

BatchPlan BatchPlan::measure(Arena &Blocks, Lane &Q) {
  constexpr std::array<uint64_t, 2> Counts = {8, 64}, Sizes = {4096, 16384};
  BatchPlan Plan;
  auto Block = Blocks.alloc(Q.staging().size());
  if (!Block)
    return Plan;
  auto Filled = Q.begun(
      Q.queue().fill(Block->Region, 0, Block->Region.capacity(), std::byte(0)));
  for (unsigned C = 0; Filled && C != Counts.size(); ++C)
    for (unsigned S = 0; S != Sizes.size(); ++S) {
      if (Counts[C] * Sizes[S] > Q.staging().size())
        continue;
      Q.Copies.clear();
      for (uint64_t I = 0; I != Counts[C]; ++I)
        Q.Copies.push_back({Q.staging().subspan(I * Sizes[S], Sizes[S]),
                            &Block->Region, I * Sizes[S]});
      auto ByCopies = time(Q, false), ByKernel = time(Q, true);
      Plan.Gather[C][S] = ByKernel && ByCopies && *ByKernel < *ByCopies;
    }
  // What a timing left behind is done before the block can be another's.
  if (Q.finish(Clock::now() + Patience)) {
    (void)Blocks.free(Block->Id);
  } else {
    Q.Stuck.push_back(HeldEntry(Block->Id));
  }
  return Plan;
}
