//===- PoolBench.cpp - AlignedPool against allocators -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Times AlignedPool beside malloc, jemalloc, mimalloc and boost::pool in one
/// process:
///
///   pool-bench --benchmark_enable_random_interleaving=true
///              --benchmark_repetitions=11
///              --benchmark_report_aggregates_only=true
///
/// The rows' ratios are the figures; "hapax-cached" is PoolCache. Every
/// allocator gives blocks aligned to 64 bytes, but for boost::pool, which
/// cannot, and takes no other thread. None zeroes unless the row says so. A
/// user of a block writes to its first word.
///
///   pair      allocate, free, again and again
///   many      allocate 1000, then free them in random order
///   shared    the same as pair, in two threads at once
///   handover  one thread allocates, the other frees: a ring between them
//===----------------------------------------------------------------------===//
#include "hapax/Concurrency/SpscRing.h"
#include "hapax/Memory/AlignedPool.h"
#include "hapax/Memory/PoolCache.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <benchmark/benchmark.h>
#include <bit>
#include <boost/pool/pool.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace hapax;

namespace {

/// An allocator that is loaded beside the program's own: linked, it would
/// replace malloc for all.
template <typename Function>
Function *functionOf(const char *Library, const char *Name) {
  void *Handle = dlopen(Library, RTLD_NOW | RTLD_LOCAL);
  auto *Found =
      Handle ? reinterpret_cast<Function *>(dlsym(Handle, Name)) : nullptr;
  if (!Found) {
    std::fprintf(stderr, "pool-bench: no %s in %s\n", Name, Library);
    std::exit(1);
  }
  return Found;
}

// Each allocator is made for one block size and shared by threads; a thread
// uses what its local() gives.

struct Malloc {
  size_t Size;
  Malloc &local() { return *this; }
  void *allocate() { return std::aligned_alloc(64, Size); }
  void free(void *Block) { std::free(Block); }
};

struct Jemalloc {
  size_t Size;
  Jemalloc &local() { return *this; }
  void *(*Allocate)(size_t, size_t) =
      functionOf<void *(size_t, size_t)>(HAPAX_JEMALLOC, "aligned_alloc");
  void (*Free)(void *) = functionOf<void(void *)>(HAPAX_JEMALLOC, "free");
  void *allocate() { return Allocate(64, Size); }
  void free(void *Block) { Free(Block); }
};

struct Mimalloc {
  size_t Size;
  Mimalloc &local() { return *this; }
  void *(*Allocate)(size_t, size_t) =
      functionOf<void *(size_t, size_t)>(HAPAX_MIMALLOC, "mi_malloc_aligned");
  void (*Free)(void *) = functionOf<void(void *)>(HAPAX_MIMALLOC, "mi_free");
  void *allocate() { return Allocate(Size, 64); }
  void free(void *Block) { Free(Block); }
};

struct MimallocZeroed : Mimalloc {
  explicit MimallocZeroed(size_t Size) : Mimalloc{Size} {
    Allocate =
        functionOf<void *(size_t, size_t)>(HAPAX_MIMALLOC, "mi_zalloc_aligned");
  }
};

struct JemallocZeroed : Jemalloc {
  explicit JemallocZeroed(size_t Size) : Jemalloc{Size} {}
  JemallocZeroed &local() { return *this; }
  void *allocate() {
    void *Block = Allocate(64, Size);
    return Block ? std::memset(Block, 0, Size) : nullptr;
  }
};

struct BoostPool {
  explicit BoostPool(size_t Size) : Pool(Size) {}
  boost::pool<> Pool;
  BoostPool &local() { return *this; }
  void *allocate() { return Pool.malloc(); }
  void free(void *Block) { Pool.free(Block); }
};

template <bool Zeroed> struct Hapax {
  explicit Hapax(size_t Size) {
    auto Made = AlignedPool::create(
        {.BlockSize = Size, .MaxBlocks = 1 << 16, .Zeroed = Zeroed});
    if (!Made)
      std::exit(1);
    Pool = std::move(*Made);
  }
  std::unique_ptr<AlignedPool> Pool;
  Hapax &local() { return *this; }
  void *allocate() { return Pool->allocate().value_or(nullptr); }
  void free(void *Block) {
    if (!Pool->deallocate(Block))
      std::abort();
  }
};

/// With a cache for each thread.
template <bool Zeroed> struct HapaxCached : Hapax<Zeroed> {
  using Hapax<Zeroed>::Hapax;
  struct Local {
    PoolCache Cache;
    void *allocate() { return Cache.allocate().value_or(nullptr); }
    void free(void *Block) {
      if (!Cache.deallocate(Block))
        std::abort();
    }
  };
  Local local() { return {PoolCache(*this->Pool)}; }
};

void use(void *Block) { *static_cast<uint64_t volatile *>(Block) = 1; }

template <typename Allocator> void pair(benchmark::State &State) {
  Allocator A{static_cast<size_t>(State.range(0))};
  auto &&Local = A.local();
  for (auto _ : State) {
    void *Block = Local.allocate();
    use(Block);
    Local.free(Block);
  }
}

template <typename Allocator> void many(benchmark::State &State) {
  constexpr size_t Count = 1000;
  Allocator A{static_cast<size_t>(State.range(0))};
  auto &&Local = A.local();
  std::vector<void *> Blocks(Count);
  std::vector<size_t> Order(Count);
  for (size_t I = 0; I != Count; ++I)
    Order[I] = I;
  std::ranges::shuffle(Order, std::mt19937(1));
  for (auto _ : State) {
    for (void *&Block : Blocks) {
      Block = Local.allocate();
      use(Block);
    }
    for (size_t I : Order)
      Local.free(Blocks[I]);
  }
  State.SetItemsProcessed(State.iterations() * Count);
}

template <typename Allocator> void shared(benchmark::State &State) {
  // Made by the first thread that comes, for all rows of this size.
  static std::array<std::unique_ptr<Allocator>, 64> OfSize;
  static std::mutex Making;
  const size_t Size = static_cast<size_t>(State.range(0));
  Allocator *A;
  {
    std::scoped_lock Lock(Making);
    auto &Made = OfSize[std::bit_width(Size)];
    if (!Made)
      Made.reset(new Allocator{Size});
    A = Made.get();
  }
  auto &&Local = A->local();
  for (auto _ : State) {
    void *Block = Local.allocate();
    use(Block);
    Local.free(Block);
  }
}

template <typename Allocator> void handover(benchmark::State &State) {
  constexpr size_t Count = 20000;
  Allocator A{static_cast<size_t>(State.range(0))};
  auto Ring = SpscRing<void *>::create(1024);
  if (!Ring)
    std::abort();
  std::atomic<bool> Done = false;
  std::thread Consumer([&] {
    auto &&Local = A.local();
    void *Block;
    for (unsigned Round = 0;;) {
      if ((*Ring)->tryPop(Block)) {
        Local.free(Block);
        Round = 0;
      } else if (Done.load(std::memory_order_acquire)) {
        return;
      } else {
        StdAtomics::waitForPeer(Round++);
      }
    }
  });
  auto &&Local = A.local();
  for (auto _ : State)
    for (size_t I = 0; I != Count; ++I) {
      void *Block = Local.allocate();
      use(Block);
      for (unsigned Round = 0; !(*Ring)->tryPush(Block);)
        StdAtomics::waitForPeer(Round++);
    }
  while ((*Ring)->size() != 0)
    std::this_thread::yield();
  Done.store(true, std::memory_order_release);
  Consumer.join();
  State.SetItemsProcessed(State.iterations() * Count);
}

template <typename Allocator> void addRows(const std::string &Name) {
  for (int Size : {64, 256, 1024, 4096}) {
    benchmark::RegisterBenchmark(("pair/" + Name).c_str(), pair<Allocator>)
        ->Arg(Size);
    benchmark::RegisterBenchmark(("many/" + Name).c_str(), many<Allocator>)
        ->Arg(Size);
  }
}
template <typename Allocator> void addThreadRows(const std::string &Name) {
  for (int Size : {64, 1024}) {
    benchmark::RegisterBenchmark(("shared/" + Name).c_str(), shared<Allocator>)
        ->Arg(Size)
        ->Threads(2)
        ->UseRealTime();
    benchmark::RegisterBenchmark(("handover/" + Name).c_str(),
                                 handover<Allocator>)
        ->Arg(Size)
        ->UseRealTime();
  }
}

} // namespace

int main(int ArgCount, char **Args) {
  // The peers want more thread-local storage than is left for libraries that
  // are loaded late; how much there is, is decided when a process starts.
  if (!std::getenv("GLIBC_TUNABLES")) {
    setenv("GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=16384", 1);
    execv("/proc/self/exe", Args);
  }
  benchmark::Initialize(&ArgCount, Args);
  addRows<Hapax<false>>("hapax");
  addRows<HapaxCached<false>>("hapax-cached");
  addRows<Malloc>("malloc");
  addRows<Jemalloc>("jemalloc");
  addRows<Mimalloc>("mimalloc");
  addRows<BoostPool>("boost");
  addRows<Hapax<true>>("zeroed-hapax");
  addRows<HapaxCached<true>>("zeroed-hapax-cached");
  addRows<JemallocZeroed>("zeroed-jemalloc");
  addRows<MimallocZeroed>("zeroed-mimalloc");
  addThreadRows<Hapax<false>>("hapax");
  addThreadRows<HapaxCached<false>>("hapax-cached");
  addThreadRows<Malloc>("malloc");
  addThreadRows<Jemalloc>("jemalloc");
  addThreadRows<Mimalloc>("mimalloc");
  benchmark::RunSpecifiedBenchmarks();
}
