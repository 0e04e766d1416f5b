//===- HostileSoak.cpp - Millions of messages at a live daemon --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// hapax-hostile-soak SOCKET [MESSAGES [SEED]]: hostile clients, four at a
/// time, against the daemon that listens there, beside an honest one that must
/// get exact bytes. Prints one line; fails when anything was wrong. Whether the
/// daemon keeps anything of them afterwards, who runs this looks.
//===----------------------------------------------------------------------===//
#include "HostileWork.h"
#include <cstdio>

using namespace hapax;

int main(int ArgCount, char **Args) {
  constexpr unsigned Clients = 4;
  if (ArgCount < 2)
    return 2;
  std::string Socket = Args[1];
  uint64_t Messages =
      ArgCount > 2 ? std::strtoull(Args[2], nullptr, 10) : 10'000'000;
  uint64_t Seed = ArgCount > 3 ? std::strtoull(Args[3], nullptr, 10) : 1;

  auto Began = std::chrono::steady_clock::now();
  std::atomic<bool> Stop = false, Served = true;
  HonestCounts Honest;
  std::jthread Other([&] { Honest = serveHonestly(Socket, Stop); });
  std::vector<HostileWork> Works;
  for (unsigned I = 0; I != Clients; ++I)
    Works.emplace_back(Socket, Seed * Clients + I);
  std::vector<std::jthread> Threads;
  for (HostileWork &Work : Works)
    Threads.emplace_back([&] {
      if (!Work.run(Messages / Clients))
        Served = false;
    });
  Threads.clear();
  Stop = true;
  Other.join();

  HostileCounts All;
  for (const HostileWork &Work : Works)
    All += Work.counts();
  std::chrono::duration<double> Took = std::chrono::steady_clock::now() - Began;
  std::printf(
      "%llu messages (%.0f a second), %llu answers, %llu batches, "
      "%llu connections, %llu hung up on, %llu wrong; an honest client: "
      "%llu right, %llu misses, %llu damaged, %llu wrong%s%s\n",
      (unsigned long long)All.Messages, double(All.Messages) / Took.count(),
      (unsigned long long)All.Answers, (unsigned long long)All.Batches,
      (unsigned long long)All.Connections, (unsigned long long)All.HungUp,
      (unsigned long long)All.Wrong, (unsigned long long)Honest.Right,
      (unsigned long long)Honest.Misses, (unsigned long long)Honest.Damaged,
      (unsigned long long)Honest.Wrong, Honest.Fault.empty() ? "" : "; ",
      Honest.Fault.c_str());
  return Served && All.Wrong == 0 && Honest.Wrong == 0 && Honest.Right != 0 &&
                 Honest.Fault.empty()
             ? 0
             : 1;
}
