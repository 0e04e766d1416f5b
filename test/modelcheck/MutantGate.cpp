//===- MutantGate.cpp - Is every memory order needed? -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Runs the scenarios against every mutant of the headers that they are about,
/// until one shows a fault. A mutant in which none does has survived: either
/// the scenarios are too weak or the order is stronger than it need be. Both
/// are mended at their root; there is no list of exceptions. Exit status 1 if
/// there are survivors, or no mutants at all.
///
///   MutantGate [TEXT]   only mutants in whose printed line TEXT occurs
//===----------------------------------------------------------------------===//
#include "Mutants.h"
#include "Scenario.h"

#include <cstdio>
#include <string_view>

using namespace modelcheck;

static const mutants::Mutant Table[] = {
#include "Mutants.inc"
};
std::span<const mutants::Mutant> modelcheck::mutants::all() { return Table; }

/// The name of the scenario that shows the mutant's fault; empty if none does.
static std::string catcher(const mutants::Mutant &M,
                           const std::vector<Scenario> &Scenarios) {
  mutants::Active = &M;
  for (const Scenario &S : Scenarios)
    if (S.Header == M.Header &&
        !Explorer::explore(S.Program, S.Bounds).Failure.empty())
      return S.Name;
  return {};
}

int main(int ArgCount, char **Args) {
  std::string_view Part = ArgCount > 1 ? Args[1] : "";
  std::vector<Scenario> Scenarios = allScenarios();
  size_t Run = 0, Survivors = 0;
  for (const mutants::Mutant &M : mutants::all()) {
    std::string Name = std::string(M.Header) + ":" + std::to_string(M.Line) +
                       ": " + M.From + " -> " + M.To;
    if (Name.find(Part) == std::string::npos)
      continue;
    std::string By = catcher(M, Scenarios);
    std::printf("%s: %s\n", Name.c_str(),
                By.empty() ? "SURVIVES" : ("caught by " + By).c_str());
    std::fflush(stdout);
    ++Run;
    Survivors += By.empty();
  }
  std::printf("%zu of %zu mutants caught\n", Run - Survivors, Run);
  return Survivors != 0 || Run == 0;
}
