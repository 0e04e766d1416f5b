//===- CrashingClient.cpp - A process that is killed ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Asks a daemon again and again until somebody kills it. Says "ready" when it
/// has begun.
//===----------------------------------------------------------------------===//
#include "IpcTestSupport.h"
#include <cstdio>

using namespace hapax;

int main(int Count, char **Arguments) {
  if (Count != 2)
    return 2;
  auto C = DaemonClient::connect(patientClient(Arguments[1]));
  if (!C || !*C)
    return 1;
  for (uint64_t I = 0;; ++I) {
    if (!put(**C, I % 100, 20'000) || !holds(**C, I % 100, 20'000))
      return 1;
    if (I == 0) {
      std::puts("ready");
      std::fflush(stdout);
    }
  }
}
