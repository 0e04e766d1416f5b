//===- TokenBucket.h - So many a second ------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_TOKENBUCKET_H
#define HAPAX_RUNTIME_IPC_TOKENBUCKET_H

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace hapax {

/// Bounds a rate: of what happens at most PerSecond times a second, a second's
/// worth may come at once. Used by one thread.
class TokenBucket {
public:
  using Clock = std::chrono::steady_clock;

  TokenBucket(uint32_t PerSecond, Clock::time_point Now)
      : PerSecond(PerSecond), Tokens(PerSecond), Last(Now) {}

  /// Whether it may happen once more now.
  bool take(Clock::time_point Now) {
    if (Tokens < 1) {
      std::chrono::duration<double> Passed = Now - Last;
      Tokens = std::min<double>(PerSecond, Tokens + Passed.count() * PerSecond);
      Last = Now;
      if (Tokens < 1)
        return false;
    } else if (Now - Last > std::chrono::seconds(1)) {
      Tokens = PerSecond;
      Last = Now;
    }
    Tokens -= 1;
    return true;
  }

private:
  uint32_t PerSecond;
  double Tokens;
  Clock::time_point Last;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_TOKENBUCKET_H
