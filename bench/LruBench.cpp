//===- LruBench.cpp - The LRU cache against the usual one -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Times KeyedLru beside std::list + std::unordered_map and beside itself
/// without the checks of the core. The ratios are the figures:
///
///   lru-bench --benchmark_enable_random_interleaving=true
///             --benchmark_repetitions=9
///             --benchmark_report_aggregates_only=true
///
/// The aims that the project started from: lookup 30 ns, insert 50 ns, evict
/// 100 ns; items_per_second counts operations.
//===----------------------------------------------------------------------===//
#include "LruSubject.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <list>
#include <random>
#include <unordered_map>
#include <vector>

using namespace hapax::bench;

namespace {

/// What one writes without a library: the newest is in front.
class StandardSubject final : public Subject {
public:
  explicit StandardSubject(size_t Capacity) : Capacity(Capacity) {
    Index.reserve(Capacity);
  }
  uint64_t useAll(const Key *Keys, size_t Count) override {
    uint64_t Found = 0;
    for (size_t I = 0; I != Count; ++I)
      if (auto It = Index.find(Keys[I]); It != Index.end()) {
        Order.splice(Order.begin(), Order, It->second);
        ++Found;
      }
    return Found;
  }
  void insertAll(const Key *Keys, size_t Count) override {
    for (size_t I = 0; I != Count; ++I) {
      if (Index.contains(Keys[I]))
        continue;
      if (Order.size() == Capacity) {
        Bytes -= Order.back().Size;
        Index.erase(Order.back().Self);
        Order.pop_back();
      }
      Order.push_front({Keys[I], 1});
      Bytes += 1;
      Index.emplace(Keys[I], Order.begin());
    }
  }
  void clear() override {
    Index.clear();
    Order.clear();
    Bytes = 0;
  }

private:
  struct Entry {
    Key Self;
    uint64_t Size;
  };
  size_t Capacity;
  uint64_t Bytes = 0;
  std::list<Entry> Order;
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> Index;
};

std::vector<Key> randomKeys(size_t Count, uint64_t Seed) {
  std::mt19937_64 Random(Seed);
  std::vector<Key> Keys(Count);
  for (Key &K : Keys)
    K = {Random(), Random()};
  return Keys;
}

using Maker = std::unique_ptr<Subject> (*)(uint32_t);

/// Keys in batches, so that the calls and the clock cost nothing.
constexpr size_t Batch = 1000;

/// A full cache whose order of recency has nothing to do with the order in
/// which its memory was taken, as after some time in use.
struct Worn {
  Worn(Maker Make, uint32_t Capacity)
      : Cache(Make(Capacity)), Keys(randomKeys(Capacity, 1)) {
    Cache->insertAll(Keys.data(), Keys.size());
    std::ranges::shuffle(Keys, std::mt19937_64(2));
    Cache->useAll(Keys.data(), Keys.size());
  }
  std::unique_ptr<Subject> Cache;
  std::vector<Key> Keys;
};

void findAndTouch(benchmark::State &State, Maker Make) {
  Worn W(Make, State.range(0));
  std::ranges::shuffle(W.Keys, std::mt19937_64(3));
  size_t At = 0;
  for (auto _ : State) {
    benchmark::DoNotOptimize(W.Cache->useAll(&W.Keys[At], Batch));
    At = At + 2 * Batch > W.Keys.size() ? 0 : At + Batch;
  }
  State.SetItemsProcessed(State.iterations() * Batch);
}

void insertNew(benchmark::State &State, Maker Make) {
  std::vector<Key> Keys = randomKeys(State.range(0), 4);
  std::unique_ptr<Subject> Cache = Make(State.range(0));
  // Memory that was used before, for all alike.
  Cache->insertAll(Keys.data(), Keys.size());
  for (auto _ : State) {
    State.PauseTiming();
    Cache->clear();
    State.ResumeTiming();
    Cache->insertAll(Keys.data(), Keys.size());
  }
  State.SetItemsProcessed(State.iterations() * Keys.size());
}

void evictAndInsert(benchmark::State &State, Maker Make) {
  Worn W(Make, State.range(0));
  // More keys than fit, so that those that come round again are new.
  std::vector<Key> New = randomKeys(2 * State.range(0) + Batch, 5);
  size_t At = 0;
  for (auto _ : State) {
    W.Cache->insertAll(&New[At], Batch);
    At = At + 2 * Batch > New.size() ? 0 : At + Batch;
  }
  State.SetItemsProcessed(State.iterations() * Batch);
}

void registerAll() {
  constexpr std::pair<const char *, Maker> Makers[] = {
      {"checked", makeChecked},
      {"unchecked", makeUnchecked},
      {"standard", makeStandard}};
  constexpr std::pair<const char *, void (*)(benchmark::State &, Maker)>
      Runs[] = {{"findAndTouch", findAndTouch},
                {"insert", insertNew},
                {"evictAndInsert", evictAndInsert}};
  for (auto [Run, Function] : Runs)
    for (auto [Name, Make] : Makers)
      benchmark::RegisterBenchmark((std::string(Run) + "/" + Name).c_str(),
                                   Function, Make)
          ->Arg(1000)
          ->Arg(100'000)
          ->Arg(1'000'000);
}

} // namespace

std::unique_ptr<Subject> hapax::bench::makeStandard(uint32_t Capacity) {
  return std::make_unique<StandardSubject>(Capacity);
}

int main(int ArgCount, char **Args) {
  benchmark::Initialize(&ArgCount, Args);
  registerAll();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
