//===- ThreadCpuTime.h - What was spent so far ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CONCURRENCY_THREADCPUTIME_H
#define HAPAX_CONCURRENCY_THREADCPUTIME_H

#include <cstdint>
#include <ctime>

namespace hapax {

/// CPU time of the calling thread since it began, in nanoseconds.
inline uint64_t threadCpuNs() {
  timespec T;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &T);
  return uint64_t(T.tv_sec) * 1'000'000'000 + T.tv_nsec;
}

/// CPU time of all threads of this process since it began, in nanoseconds.
inline uint64_t processCpuNs() {
  timespec T;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &T);
  return uint64_t(T.tv_sec) * 1'000'000'000 + T.tv_nsec;
}

} // namespace hapax

#endif // HAPAX_CONCURRENCY_THREADCPUTIME_H
