//===- Futex.h - Sleeping on a 32-bit word ----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The two calls of the Linux futex that EventCount is built on. Everything
/// else waits through EventCount.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CONCURRENCY_FUTEX_H
#define HAPAX_CONCURRENCY_FUTEX_H

#include <atomic>
#include <chrono>
#include <cstdint>

namespace hapax {

/// Who may sleep on a word.
enum class FutexScope : uint8_t {
  Private, ///< Threads of this process (cheaper).
  Shared,  ///< Every process that maps the memory the word lies in.
};

/// A point in time until which a thread is willing to sleep.
using WakeDeadline = std::chrono::steady_clock::time_point;
inline constexpr WakeDeadline NoWakeDeadline = WakeDeadline::max();

/// Sleeps while \p Word holds \p Expected: returns at once when it does not,
/// else when woken, at the deadline, or for no reason at all. The caller looks
/// at its condition again in every case. False only when the deadline passed.
///
/// Guarantee: a futexWake() on \p Word that is called after the word has
/// changed wakes every thread that went to sleep on the old value.
bool futexWait(const std::atomic<uint32_t> &Word, uint32_t Expected,
               FutexScope Scope, WakeDeadline Until);

/// Wakes at most \p Count threads that sleep on \p Word.
void futexWake(const std::atomic<uint32_t> &Word, uint32_t Count,
               FutexScope Scope);

} // namespace hapax

#endif // HAPAX_CONCURRENCY_FUTEX_H
