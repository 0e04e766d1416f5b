//===- Lanes.cpp - Who has which lane ---------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramCore.h"

#include <algorithm>

using namespace hapax;

void VramCore::lose() {
  Lost.store(true, std::memory_order_release);
  Changed.notify_all();
}

std::expected<Lane *, DeviceError>
VramCore::takeLane(Lock &L, Deadline Until, Clock::time_point &Now, Wait W) {
  // Whoever has a lane gives it back within that time.
  Deadline Patience = patience(Until, false, Now);
  // A lane that is stuck, and nothing else, may need to be looked at again and
  // again.
  constexpr auto LookAgain = std::chrono::milliseconds(1);
  for (;;) {
    if (isLost())
      return std::unexpected(
          DeviceError{DeviceError::Kind::Lost, "the device was lost"});
    if (Now >= Until)
      return std::unexpected(tooLate());
    if (FreeLanes.empty()) {
      drainLanes(Now);
      if (isLost())
        continue;
    }
    if (!FreeLanes.empty()) {
      Lane *Q = FreeLanes.back();
      FreeLanes.pop_back();
      return Q;
    }
    if (W == Wait::No || Now >= Patience)
      return std::unexpected(
          DeviceError{DeviceError::Kind::TimedOut,
                      "all transfers that may be under way are"});
    Deadline Next = StuckLanes.empty() ? Patience : Now + LookAgain;
    Changed.wait_until(L, std::min(Next, Patience));
    Now = Clock::now();
  }
}

void VramCore::giveLane(Lane &Q, std::span<const HeldEntry> Used) {
  if (Q.isIdle()) {
    for (const HeldEntry &H : Used)
      Index.release(H);
    FreeLanes.push_back(&Q);
  } else {
    Q.Stuck.insert(Q.Stuck.end(), Used.begin(), Used.end());
    Q.StuckSince = Clock::now();
    StuckLanes.push_back(&Q);
  }
  Changed.notify_all();
}

void VramCore::drainLanes(Clock::time_point Now) {
  for (size_t I = 0; I != StuckLanes.size();) {
    Lane &Q = *StuckLanes[I];
    auto Done = Q.poll();
    if (Done && !*Done && Now - Q.StuckSince <= Options.TransferTimeout) {
      ++I;
      continue;
    }
    if (!Done || !*Done) {
      // The queue is at its end, or the device hangs: whether it still writes,
      // nobody can tell, so nothing of it is used again.
      lose();
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

Deadline VramCore::patience(Deadline Until, bool Direct,
                            Clock::time_point Now) const {
  Deadline Most = Now + Options.TransferTimeout;
  return Direct ? Most : std::min(Until, Most);
}

bool VramCore::settle(Lane &Q, const DeviceError &E, bool Direct,
                      Deadline Within) {
  // A queue that only refused its last piece is done with the others soon; one
  // that timed out has had its time.
  bool HadItsTime = E.Reason == DeviceError::Kind::TimedOut;
  if (!HadItsTime && Q.finish(Within))
    return true;
  if (!Direct || Q.isQuiet())
    return true;
  // The device may use memory that the caller takes for its own again.
  lose();
  return false;
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
  if (Poisoned.touches(Range))
    return poisoned();
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
  // Calls that have returned may have left copies behind: until the queues end.
  if (isLost())
    return;
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
