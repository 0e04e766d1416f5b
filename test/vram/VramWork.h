//===- VramWork.h - All that the cache does, in small -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_VRAM_VRAMWORK_H
#define HAPAX_TEST_VRAM_VRAMWORK_H

#include "VramTestSupport.h"
#include <gtest/gtest.h>

namespace hapax {

/// No answer may be wrong, whatever fails;
/// that there is one is another matter.
inline void work(TestCache &T) {
  auto Size = [](uint64_t Number) { return Number * Number * 900 % 70'000; };
  auto Get = [&](uint64_t Number) {
    auto Got = T.get(Number);
    EXPECT_TRUE(!Got || same(*Got, payloadOf(Number, Size(Number))));
  };
  Bytes Mine(80'000);
  auto Registered = T.Cache->registerMemory(Mine);
  for (uint64_t Number = 1; Number != 30; ++Number) {
    (void)T.put(Number, Size(Number));
    Get(Number / 2);
  }
  std::ranges::copy(payloadOf(50, Size(50)), Mine.begin());
  (void)T.Cache->put(keyOf(50), PayloadKind::Object,
                     std::span(Mine).first(Size(50)), 0);
  Get(50);
  Pin Held = T.Cache->pin(keyOf(20));
  std::vector<Bytes> Got(6);
  std::vector<ContainerSink<Bytes>> Sinks(Got.begin(), Got.end());
  std::vector<Tier::Request> Requests;
  for (uint64_t I = 0; I != 6; ++I)
    Requests.push_back({keyOf(I * 5), &Sinks[I]});
  auto Answers = T.Cache->getMany(Requests);
  for (uint64_t I = 0; I != 6; ++I)
    EXPECT_TRUE(!Answers[I] || !*Answers[I] ||
                same(Got[I], payloadOf(I * 5, Size(I * 5))));
  (void)T.Cache->replace(keyOf(3), PayloadKind::Object, payloadOf(3, Size(3)),
                         0);
  Get(3);
  (void)T.Cache->remove(keyOf(20));
  T.Cache->giveBack(2 * MiB);
  T.Cache->relieve(std::chrono::steady_clock::now());
  for (uint64_t Number = 30; Number != 45; ++Number) {
    (void)T.put(Number, Size(Number));
    Get(Number);
  }
}

/// Of a cache in which it does all of it.
inline VramOptions busyOptions() {
  VramOptions Options = smallOptions(8 * MiB);
  Options.MaxBytes = 600'000;
  Options.FrontBytes = 32 * KiB;
  Options.TransferTimeout = std::chrono::milliseconds(3);
  Options.Batches = VramOptions::Batch::Gather;
  return Options;
}

} // namespace hapax

#endif // HAPAX_TEST_VRAM_VRAMWORK_H
