//===- main.cpp - hapaxd: one cache for all compilers of a user -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Daemon.h"

int main(int Count, char **Arguments) {
  return hapax::daemonMain(Count, Arguments, [](int Ordinal) {
    return hapax::openCudaMemory(Ordinal);
  });
}
