//===- Lanes.cpp - Who has which lane ---------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramCore.h"

#include <algorithm>

using namespace hapax;

std::expected<Lane *, DeviceError> VramCore::takeLane(Lock &L, Deadline Until,
                                                      Wait W) {
  // A lane that is stuck, and nothing else, may need to be looked at again and
  // again.
  constexpr auto LookAgain = std::chrono::milliseconds(1);
  for (;;) {
    if (isLost())
      return std::unexpected(
          DeviceError{DeviceError::Kind::Lost, "the device was lost"});
    if (FreeLanes.empty())
      drainLanes();
    if (!FreeLanes.empty()) {
      Lane *Q = FreeLanes.back();
      FreeLanes.pop_back();
      return Q;
    }
    if (W == Wait::No || Clock::now() >= Until)
      return std::unexpected(
          DeviceError{DeviceError::Kind::TimedOut,
                      "all transfers that may be under way are"});
    Deadline Next = StuckLanes.empty() ? Clock::now() + Options.TransferTimeout
                                       : Clock::now() + LookAgain;
    Changed.wait_until(L, std::min(Next, Until));
  }
}

void VramCore::giveLane(Lane &Q, std::span<const HeldEntry> Used) {
  if (Q.isIdle()) {
    for (const HeldEntry &H : Used)
      Index.release(H);
    FreeLanes.push_back(&Q);
  } else {
    Q.Stuck.insert(Q.Stuck.end(), Used.begin(), Used.end());
    StuckLanes.push_back(&Q);
  }
  Changed.notify_all();
}

void VramCore::drainLanes() {
  for (size_t I = 0; I != StuckLanes.size();) {
    Lane &Q = *StuckLanes[I];
    auto Done = Q.poll();
    if (Done && !*Done) {
      ++I;
      continue;
    }
    if (!Done) {
      // The queue is at its end, and with it the device: whether it still
      // writes, nobody can tell, so nothing of it is used again.
      Lost.store(true, std::memory_order_release);
      return;
    }
    for (const HeldEntry &H : Q.Stuck)
      Index.release(H);
    Q.Stuck.clear();
    StuckLanes.erase(StuckLanes.begin() + I);
    FreeLanes.push_back(&Q);
    Changed.notify_all();
  }
}

Deadline VramCore::patience(Deadline Until, bool Direct) const {
  Deadline Most = Clock::now() + Options.TransferTimeout;
  return Direct ? Most : std::min(Until, Most);
}

void VramCore::settle(Lane &Q, const DeviceError &E, bool Direct) {
  // A queue that only refused its last piece is done with the others soon; one
  // that timed out has had its time.
  bool HadItsTime = E.Reason == DeviceError::Kind::TimedOut;
  if (!HadItsTime && Q.finish(Clock::now() + Options.TransferTimeout))
    return;
  // The device may write to memory that the caller takes for its own again.
  if (Direct && IsGpu && !Q.isIdle())
    Lost.store(true, std::memory_order_release);
}

//===----------------------------------------------------------------------===//
// Registered memory
//===----------------------------------------------------------------------===//

bool VramCore::isDirect(std::span<const std::byte> Memory) const {
  if (!IsGpu)
    return true; // host memory copies from and to anywhere alike
  auto After = std::ranges::upper_bound(
      Registered, Memory.data(), std::less<const std::byte *>(),
      [](const PinnedMemory &P) { return P.bytes().data(); });
  if (After == Registered.begin())
    return false;
  std::span<const std::byte> Before = std::prev(After)->bytes();
  size_t Offset = size_t(Memory.data() - Before.data());
  return Offset <= Before.size() && Memory.size() <= Before.size() - Offset;
}

std::expected<void, TierError>
VramCore::registerMemory(std::span<std::byte> Range) {
  if (isLost())
    return lost();
  auto Pinned = Memory->pin(Range);
  if (!Pinned)
    return fail(Pinned.error());
  Lock L(Mutex);
  Registered.insert(std::ranges::upper_bound(
                        Registered, Range.data(), std::less<std::byte *>(),
                        [](const PinnedMemory &P) { return P.bytes().data(); }),
                    std::move(*Pinned));
  return {};
}

void VramCore::unregisterMemory(std::span<std::byte> Range) {
  PinnedMemory Old; // ends after the lock
  Lock L(Mutex);
  auto It =
      std::ranges::find(Registered, Range.data(),
                        [](const PinnedMemory &P) { return P.bytes().data(); });
  if (It == Registered.end())
    return;
  Old = std::move(*It);
  Registered.erase(It);
}
