//===- main.cpp - hapax: launcher and front of the commands ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Commands.h"
#include "Launcher.h"
#include "Masquerade.h"
#include "Paths.h"

#include <cstdio>
#include <string>
#include <unistd.h>
#include <vector>

using namespace hapax;

/// Runs a command: a program of its own, because it links LLVM.
static int runCommandProgram(char **Arguments) {
  std::vector<std::string> Looked;
  std::string Program = findCommandProgram(&Looked);
  if (!Program.empty())
    ::execv(Program.c_str(), Arguments);
  std::fputs("hapax: cannot run hapax-tool; install Hapax again (looked for",
             stderr);
  for (const std::string &Place : Looked)
    std::fprintf(stderr, " %s", Place.c_str());
  std::fputs(")\n", stderr);
  return 126;
}

int main(int Count, char **Arguments) {
  if (Count > 0 && isMasquerade(Arguments[0]))
    return launch(Arguments);
  std::string_view First = Count > 1 ? Arguments[1] : "help";
  if (isCommand(First) || First == "--help" || First == "-h" ||
      First == "--version")
    return runCommandProgram(Arguments);
  if (First.starts_with('-')) {
    std::fprintf(stderr,
                 "hapax: unknown option '%s'; 'hapax help' lists what there "
                 "is\n",
                 Arguments[1]);
    return UsageError;
  }
  // A word alone that is no program was meant as a command.
  if (Count == 2 && First.find('/') == std::string_view::npos &&
      findProgram(Arguments[1]).empty()) {
    std::fprintf(stderr,
                 "hapax: unknown command '%s'; 'hapax help' lists the "
                 "commands\n",
                 Arguments[1]);
    return UsageError;
  }
  return launch(Arguments + 1);
}
