//===- PinnedRanges.cpp - Which host memory is pinned -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "PinnedRanges.h"

using namespace hapax;

bool PinnedRanges::add(std::span<const std::byte> Memory,
                       uint64_t DeviceAddress) {
  uint64_t Begin = addressOf(Memory), End = Begin + Memory.size();
  std::unique_lock Lock(Mutex);
  auto Next = Ranges.lower_bound(End);
  if (Begin == End ||
      (Next != Ranges.begin() && std::prev(Next)->second.End > Begin))
    return false;
  Ranges[Begin] = {End, DeviceAddress};
  return true;
}

void PinnedRanges::remove(std::span<const std::byte> Memory) {
  std::unique_lock Lock(Mutex);
  Ranges.erase(addressOf(Memory));
}

std::optional<uint64_t>
PinnedRanges::find(std::span<const std::byte> Memory) const {
  uint64_t Begin = addressOf(Memory);
  std::shared_lock Lock(Mutex);
  auto Next = Ranges.upper_bound(Begin);
  if (Next == Ranges.begin())
    return std::nullopt;
  auto [First, R] = *std::prev(Next);
  if (R.End < Begin || Memory.size() > R.End - Begin)
    return std::nullopt;
  return R.DeviceAddress + (Begin - First);
}
