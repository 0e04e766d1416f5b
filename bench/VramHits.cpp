//===- VramHits.cpp - Whole hits of small entries ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A get of VramCache, all of it: lock, order of recency, copy, digest. On the
/// implementation in host memory, whose copies cost least, so that the rest
/// shows: out of the front, and out of what stands for the device's memory.
/// Beside it the least that does the same: std::list + std::unordered_map under
/// a mutex, held while it copies, and the same digest.
//===----------------------------------------------------------------------===//
#include "VramHits.h"

#include "hapax/Vram/VramCache.h"
#include <benchmark/benchmark.h>
#include <cstring>
#include <list>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

using namespace hapax;

namespace {

constexpr uint64_t Entries = 1000;
constexpr size_t Batch = 1000, Asks = 64 * Batch;
constexpr uint64_t Limit = uint64_t(256) << 20;

CacheKey keyOf(uint64_t Number) {
  return digestOf(std::as_bytes(std::span(&Number, 1)));
}

class Room final : public Sink {
public:
  explicit Room(size_t Size) : Memory(Size) {}
  std::span<std::byte> reserve(size_t Size) override {
    return std::span(Memory).first(Size);
  }

private:
  std::vector<std::byte> Memory;
};

class LockedList {
public:
  void put(const CacheKey &Key, std::span<const std::byte> Payload) {
    Order.push_front({{Payload.begin(), Payload.end()}, digestOf(Payload)});
    Index[Key] = Order.begin();
  }
  bool get(const CacheKey &Key, Sink &Into) {
    std::span<std::byte> To;
    Digest Expected;
    {
      std::lock_guard Lock(Mutex);
      auto It = Index.find(Key);
      if (It == Index.end())
        return false;
      Order.splice(Order.begin(), Order, It->second);
      const Entry &E = *It->second;
      To = Into.reserve(E.Payload.size());
      std::memcpy(To.data(), E.Payload.data(), To.size());
      Expected = E.PayloadDigest;
    }
    return digestOf(To) == Expected;
  }

private:
  struct Entry {
    std::vector<std::byte> Payload;
    Digest PayloadDigest;
  };
  struct Hash {
    size_t operator()(const CacheKey &K) const { return K.Low; }
  };
  std::mutex Mutex;
  std::list<Entry> Order;
  std::unordered_map<CacheKey, std::list<Entry>::iterator, Hash> Index;
};

/// VramCache, with a front of so many bytes.
class Whole {
public:
  explicit Whole(uint64_t FrontBytes) {
    VramOptions Options;
    Options.Memory.LimitBytes = Limit;
    Options.Memory.KeepFreeBytes = 0;
    Options.Memory.KeepFreePercent = 0;
    Options.FrontBytes = FrontBytes;
    Cache = std::move(*VramCache::create(openHostMemory(Limit), Options));
  }
  void put(const CacheKey &Key, std::span<const std::byte> Payload) {
    if (!Cache->put(Key, PayloadKind::Object, Payload, 0))
      std::abort();
  }
  bool get(const CacheKey &Key, Sink &Into) {
    return Cache->get(Key, Into).value_or(std::nullopt).has_value();
  }

private:
  std::unique_ptr<VramCache> Cache;
};

template <typename T> void hits(benchmark::State &State, T &Cache) {
  std::vector<std::byte> Payload(State.range(0), std::byte(7));
  Room Into(Payload.size());
  for (uint64_t I = 0; I != Entries; ++I) {
    Cache.put(keyOf(I), Payload);
    // What is small comes to the front when it was asked for.
    for (int Times = 0; Times != 3; ++Times)
      if (!Cache.get(keyOf(I), Into))
        std::abort();
  }
  std::mt19937_64 Random(1);
  std::vector<CacheKey> Asked;
  for (size_t I = 0; I != Asks; ++I)
    Asked.push_back(keyOf(Random() % Entries));
  size_t At = 0;
  for (auto _ : State) {
    for (size_t I = 0; I != Batch; ++I)
      benchmark::DoNotOptimize(Cache.get(Asked[At + I], Into));
    At = (At + Batch) % Asks;
  }
  State.SetItemsProcessed(State.iterations() * Batch);
}

template <uint64_t FrontBytes> void ours(benchmark::State &State) {
  Whole Cache(FrontBytes);
  hits(State, Cache);
}

void locked(benchmark::State &State) {
  LockedList Cache;
  hits(State, Cache);
}

} // namespace

void vrambench::registerHits() {
  constexpr std::pair<const char *, void (*)(benchmark::State &)> All[] = {
      {"hitFront/ours", ours<Limit / 4>},
      {"hitFront/locked", locked},
      {"hitMemory/ours", ours<0>},
      {"hitMemory/locked", locked}};
  for (auto [Name, Function] : All)
    benchmark::RegisterBenchmark(Name, Function)
        ->Arg(256)
        ->Arg(4096)
        ->Arg(16384);
}
