//===- Futex.cpp - Sleeping on a 32-bit word --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Concurrency/Futex.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

using namespace hapax;

// The kernel sees the word as four bytes at its address.
static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));
static_assert(std::atomic<uint32_t>::is_always_lock_free);

static int operation(int Plain, FutexScope Scope) {
  return Scope == FutexScope::Private ? Plain | FUTEX_PRIVATE_FLAG : Plain;
}

bool hapax::futexWait(const std::atomic<uint32_t> &Word, uint32_t Expected,
                      FutexScope Scope, WakeDeadline Until) {
  timespec Time = {};
  if (Until != NoWakeDeadline) {
    // steady_clock is CLOCK_MONOTONIC, which FUTEX_WAIT_BITSET takes as an
    // absolute time.
    auto Nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(
                           Until.time_since_epoch())
                           .count();
    Nanoseconds = std::max<decltype(Nanoseconds)>(Nanoseconds, 0);
    Time.tv_sec = Nanoseconds / 1'000'000'000;
    Time.tv_nsec = Nanoseconds % 1'000'000'000;
  }
  long Done = syscall(SYS_futex, &Word, operation(FUTEX_WAIT_BITSET, Scope),
                      Expected, Until == NoWakeDeadline ? nullptr : &Time,
                      nullptr, FUTEX_BITSET_MATCH_ANY);
  return Done == 0 || errno != ETIMEDOUT;
}

void hapax::futexWake(const std::atomic<uint32_t> &Word, uint32_t Count,
                      FutexScope Scope) {
  syscall(SYS_futex, &Word, operation(FUTEX_WAKE, Scope),
          std::min<uint32_t>(Count, INT_MAX), nullptr, nullptr, 0);
}
