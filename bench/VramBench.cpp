//===- VramBench.cpp - The GPU cache's bookkeeping --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Times what VramCache does besides copying (order of recency, bytes, blocks)
/// beside std::list + std::unordered_map with malloc, and beside itself without
/// the checks of the core. The ratios are the figures:
///
///   vram-bench --benchmark_enable_random_interleaving=true
///              --benchmark_repetitions=9
///              --benchmark_report_aggregates_only=true
///
/// Sizes are those of real objects. Nobody takes a lock, and nobody touches the
/// memory of an entry: of a GPU's there would be none to touch. Whole hits,
/// with locks and copies, are in VramHits.cpp.
//===----------------------------------------------------------------------===//
#include "VramHits.h"
#include "VramSubject.h"

#include "../test/gpu/ObjectSizes.h"
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

using namespace vrambench;

namespace {

/// What one writes without a library: the newest is in front, and whoever uses
/// an entry counts himself in.
class StandardSubject final : public Subject {
public:
  explicit StandardSubject(uint64_t Bytes) : Limit(Bytes) {}
  ~StandardSubject() override {
    for (const Entry &E : Order)
      std::free(E.Memory);
  }
  uint64_t getAll(const Key *Keys, size_t Count) override {
    uint64_t Found = 0;
    for (size_t I = 0; I != Count; ++I)
      if (auto It = Index.find(Keys[I]); It != Index.end()) {
        Order.splice(Order.begin(), Order, It->second);
        ++It->second->Users;
        benchmark::DoNotOptimize(It->second->Memory);
        --It->second->Users;
        ++Found;
      }
    return Found;
  }
  void putAll(const Key *Keys, const uint32_t *Sizes, size_t Count) override {
    for (size_t I = 0; I != Count; ++I) {
      if (Index.contains(Keys[I]))
        continue;
      void *Memory = std::malloc(Sizes[I]);
      benchmark::DoNotOptimize(Memory);
      while (Used + Sizes[I] > Limit) {
        Entry &Oldest = Order.back();
        Used -= Oldest.Size;
        std::free(Oldest.Memory);
        Index.erase(Oldest.Self);
        Order.pop_back();
      }
      Order.push_front({Keys[I], Memory, Sizes[I], 0});
      Used += Sizes[I];
      Index.emplace(Keys[I], Order.begin());
    }
  }

private:
  struct Entry {
    Key Self;
    void *Memory;
    uint64_t Size;
    unsigned Users;
  };
  uint64_t Limit, Used = 0;
  std::list<Entry> Order;
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> Index;
};

std::unique_ptr<Subject> makeStandard(uint64_t Bytes) {
  return std::make_unique<StandardSubject>(Bytes);
}

using Maker = std::unique_ptr<Subject> (*)(uint64_t);

constexpr size_t Batch = 1000, Asks = 64 * Batch;
/// Of the sizes that ObjectSizes.h gives.
constexpr uint64_t MeanSize = 52'000;

/// A full cache whose order of recency has nothing to do with the order in
/// which its memory was taken, and keys that it does not have. Those that it
/// has are asked for at random: in the order of recency, each would be the
/// oldest, and its neighbour in the list the one before.
struct Worn {
  Worn(Maker Make, uint64_t Entries) : Cache(Make(Entries * MeanSize)) {
    std::mt19937_64 Random(1);
    for (uint64_t I = 0; I != 4 * Entries + Batch; ++I) {
      Keys.push_back({Random(), Random()});
      Sizes.push_back(uint32_t(hapax::objectSize(Random)));
    }
    Cache->putAll(Keys.data(), Sizes.data(), Keys.size());
    for (const Key &K : Keys)
      if (Cache->getAll(&K, 1))
        There.push_back(K);
    std::ranges::shuffle(There, std::mt19937_64(2));
    Cache->getAll(There.data(), There.size());
    for (size_t I = 0; I != Asks; ++I)
      Asked.push_back(There[Random() % There.size()]);
  }
  std::unique_ptr<Subject> Cache;
  std::vector<Key> Keys, There, Asked;
  std::vector<uint32_t> Sizes;
};

void get(benchmark::State &State, Maker Make) {
  Worn W(Make, State.range(0));
  size_t At = 0;
  for (auto _ : State) {
    benchmark::DoNotOptimize(W.Cache->getAll(&W.Asked[At], Batch));
    At = (At + Batch) % Asks;
  }
  State.SetItemsProcessed(State.iterations() * Batch);
}

void putAndEvict(benchmark::State &State, Maker Make) {
  Worn W(Make, State.range(0));
  size_t At = 0;
  for (auto _ : State) {
    W.Cache->putAll(&W.Keys[At], &W.Sizes[At], Batch);
    At = At + 2 * Batch > W.Keys.size() ? 0 : At + Batch;
  }
  State.SetItemsProcessed(State.iterations() * Batch);
}

void registerAll() {
  constexpr std::pair<const char *, Maker> Makers[] = {
      {"checked", makeChecked},
      {"unchecked", makeUnchecked},
      {"standard", makeStandard}};
  constexpr std::pair<const char *, void (*)(benchmark::State &, Maker)>
      Runs[] = {{"get", get}, {"putAndEvict", putAndEvict}};
  for (auto [Run, Function] : Runs)
    for (auto [Name, Make] : Makers)
      benchmark::RegisterBenchmark((std::string(Run) + "/" + Name).c_str(),
                                   Function, Make)
          ->Arg(1000)
          ->Arg(20'000);
}

} // namespace

int main(int ArgCount, char **Args) {
  benchmark::Initialize(&ArgCount, Args);
  registerAll();
  registerHits();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
