//===- VramSoak.cpp - Millions of operations against the model --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// hapax-vram-soak [OPERATIONS [SEED]]: random operations on caches of several
/// shapes, each compared with a naive model: answers, content, byte counts and
/// counters at every step, order and invariants every few thousand. Prints one
/// line; fails at the first difference.
//===----------------------------------------------------------------------===//
#include "VramModel.h"
#include <cstdio>
#include <cstdlib>

using namespace hapax;

namespace {

struct Shape {
  const char *Name;
  VramPair::Plan P;
  unsigned Share; ///< of 100 operations
};

std::vector<Shape> shapes() {
  std::vector<Shape> All(5);
  All[0].Name = "bytes";
  All[0].Share = 40;
  All[0].P.Options.MaxBytes = 60'000;
  All[0].P.MostBytes = 1500;
  All[1].Name = "count";
  All[1].Share = 25;
  All[1].P.Options.MaxEntries = 60;
  All[1].P.MostBytes = 1000;
  All[2].Name = "front";
  All[2].Share = 25;
  All[2].P.Options.MaxBytes = 60'000;
  All[2].P.Options.FrontBytes = 16'384;
  All[2].P.MostBytes = 1500;
  All[3].Name = "memory";
  All[3].Share = 5;
  All[3].P.Options.Memory.LimitBytes = 8 * MiB;
  All[3].P.MostBytes = 100'000;
  All[4].Name = "pressure";
  All[4].Share = 5;
  All[4].P.AsGpu = true;
  All[4].P.Options.Memory.LimitBytes = 24 * MiB;
  All[4].P.MostBytes = 60'000;
  All[4].P.Pressure = true;
  return All;
}

} // namespace

int main(int ArgCount, char **Args) {
  uint64_t Operations =
      ArgCount > 1 ? std::strtoull(Args[1], nullptr, 10) : 50'000'000;
  uint64_t Seed = ArgCount > 2 ? std::strtoull(Args[2], nullptr, 10) : 1;
  uint64_t Done = 0, Evicted = 0, ForRoom = 0;
  for (const Shape &S : shapes()) {
    VramPair Pair(S.P, Seed);
    for (uint64_t I = 0; I != (Operations * S.Share + 99) / 100; ++I, ++Done) {
      Pair.step();
      Pair.compareCounts();
      if (I % 4096 == 0)
        Pair.compare();
      if (!Pair.fault().empty()) {
        std::printf("%s: operation %llu: %s differs\n", S.Name,
                    static_cast<unsigned long long>(I), Pair.fault().c_str());
        return 1;
      }
    }
    Evicted += Pair.evicted();
    ForRoom += Pair.evictedForRoom();
  }
  std::printf("%llu operations, %llu evicted, %llu of them for room, no "
              "difference\n",
              static_cast<unsigned long long>(Done),
              static_cast<unsigned long long>(Evicted),
              static_cast<unsigned long long>(ForRoom));
  return 0;
}
