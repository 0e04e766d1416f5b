//===- PinnedRanges.cpp - Which host memory is pinned -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "PinnedRanges.h"

using namespace hapax;

bool PinnedRanges::add(std::span<const std::byte> Memory) {
  uint64_t Begin = addressOf(Memory), End = Begin + Memory.size();
  std::unique_lock Lock(Mutex);
  auto Next = Ends.lower_bound(End);
  if (Begin == End || (Next != Ends.begin() && std::prev(Next)->second > Begin))
    return false;
  Ends[Begin] = End;
  return true;
}

void PinnedRanges::remove(std::span<const std::byte> Memory) {
  std::unique_lock Lock(Mutex);
  Ends.erase(addressOf(Memory));
}

bool PinnedRanges::contain(std::span<const std::byte> Memory) const {
  uint64_t Begin = addressOf(Memory);
  std::shared_lock Lock(Mutex);
  auto Next = Ends.upper_bound(Begin);
  return Next != Ends.begin() &&
         std::prev(Next)->second >= Begin + Memory.size();
}
