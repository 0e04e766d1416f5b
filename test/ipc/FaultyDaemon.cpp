//===- FaultyDaemon.cpp - hapaxd with a device that is lost -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The whole program with a device of the fake driver. HAPAX_TEST_FAULT is the
/// number of the driver's call from which on all of them fail; 0: none.
//===----------------------------------------------------------------------===//
#include "../gpu/FakeDriverSupport.h"
#include "Daemon.h"

using namespace hapax;

int main(int Count, char **Arguments) {
  fake::Settings S;
  // So much that something is left beside what the daemon keeps for others.
  S.TotalBytes = uint64_t(4) << 30;
  const char *Nth = std::getenv("HAPAX_TEST_FAULT");
  fake::Fault F;
  F.Nth = Nth ? std::strtoull(Nth, nullptr, 10) : 0;
  F.Sticks = true;
  if (F.Nth)
    S.Faults = {F};
  return daemonMain(Count, Arguments, [&](int) { return test::openFake(S); });
}
