//===- Scenario.h - Programs that the explorer runs -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The list of all programs over shipped templates. Each must be explored
/// completely and without a fault; and for each weakened memory order in the
/// templates at least one of them must show a fault.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MODELCHECK_SCENARIO_H
#define HAPAX_MODELCHECK_SCENARIO_H

#include "Explorer.h"
#include <iosfwd>
#include <string>
#include <vector>

namespace modelcheck {

struct Scenario {
  /// A valid name of a test.
  std::string Name;
  /// The header, in include/hapax, whose memory orders it puts to the test.
  std::string Header;
  Explorer::Program Program;
  Options Bounds = {};
};

/// How GoogleTest prints one.
void PrintTo(const Scenario &S, std::ostream *Out);

std::vector<Scenario> spscRingScenarios();
std::vector<Scenario> mpmcQueueScenarios();
std::vector<Scenario> eventCountScenarios();
std::vector<Scenario> hazardPointerScenarios();
std::vector<Scenario> sharedSpscRingScenarios();

/// All of them.
std::vector<Scenario> allScenarios();

} // namespace modelcheck

#endif // HAPAX_MODELCHECK_SCENARIO_H
