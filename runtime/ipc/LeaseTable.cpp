//===- LeaseTable.cpp - One compiles, the others wait -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "LeaseTable.h"

#include <algorithm>

using namespace hapax;

namespace {

constexpr uint64_t CostUnit = 16;
/// An entry counts for an eighth of the mean.
constexpr uint64_t Weight = 8;

} // namespace

LeaseTable::Verdict LeaseTable::ask(const CacheKey &Key, uint64_t Client,
                                    Clock::time_point Now) {
  std::lock_guard Lock(Mutex);
  auto At = Leases.find(Key);
  if (At == Leases.end()) {
    if (Leases.size() == MaxLeases)
      return {};
    Leases.emplace(Key, Lease{Client, Now});
    return {Status::Leased, 0};
  }
  Lease &L = At->second;
  if (L.Client == Client)
    return {Status::Leased, 0};
  uint64_t Cost = std::min<uint64_t>(MeanCost / CostUnit, LongestMs * 2 / 3);
  auto Passed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::max(Now - L.Since, Clock::duration(0)));
  uint64_t PassedMs = uint64_t(Passed.count());
  if (Cost >= WorthWaitingMs && PassedMs < Cost + Cost / 2)
    return {Status::Awaited,
            uint32_t(PassedMs < Cost ? Cost - PassedMs : Cost / 8 + 1)};
  L = {Client, Now};
  return {Status::Leased, 0};
}

void LeaseTable::made(const CacheKey &Key, uint32_t CostMs) {
  std::lock_guard Lock(Mutex);
  Leases.erase(Key);
  uint64_t Cost = uint64_t(CostMs) * CostUnit;
  MeanCost = MeanCost == 0 ? Cost : (MeanCost * (Weight - 1) + Cost) / Weight;
}

void LeaseTable::leave(uint64_t Client) {
  std::lock_guard Lock(Mutex);
  std::erase_if(Leases,
                [&](const auto &L) { return L.second.Client == Client; });
}

size_t LeaseTable::size() const {
  std::lock_guard Lock(Mutex);
  return Leases.size();
}
