//===- Scenario.cpp - Programs that the explorer runs -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Scenario.h"
#include "IndexPoolModel.h"

using namespace modelcheck;

std::vector<Scenario> modelcheck::allScenarios() {
  std::vector<Scenario> All;
  for (auto *Some :
       {spscRingScenarios, mpmcQueueScenarios, eventCountScenarios,
        hazardPointerScenarios, sharedSpscRingScenarios, indexPoolScenarios})
    for (Scenario &S : Some())
      All.push_back(std::move(S));
  return All;
}
