//===- ConcurrencyBench.cpp - Ring and queue beside their peers -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// SpscRing and MpmcQueue against what Debian has to offer, in one process, on
/// 64-bit values and capacity 1024:
///
///   concurrency-bench --benchmark_enable_random_interleaving=true
///       --benchmark_repetitions=9 --benchmark_report_aggregates_only=true
///
/// Rows:
///   spsc/alone      push and pop by one thread: the cost of the code itself
///   spsc/stream     one thread pushes, one pops, as fast as they can
///   spsc/batches    the same, 64 values at a time (for those that have it)
///   spsc/round-trip a value there and back through two rings
///   mpmc/alone, mpmc/1x1, mpmc/2x2
///   event/...       what a notification costs when nobody sleeps
/// Whoever finds a queue full or empty waits in the same way in all of them.
//===----------------------------------------------------------------------===//
#include "hapax/Concurrency/EventCount.h"
#include "hapax/Concurrency/MpmcQueue.h"
#include "hapax/Concurrency/SpscRing.h"

#include <atomic_queue/atomic_queue.h>
#include <benchmark/benchmark.h>
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <concurrentqueue/concurrentqueue.h>
#include <readerwriterqueue/readerwriterqueue.h>
#include <tbb/concurrent_queue.h>
#include <thread>
#include <vector>

namespace {

constexpr unsigned Capacity = 1024;
constexpr size_t BatchSize = 64;
using Value = uint64_t;

//===----------------------------------------------------------------------===//
// One shape for all. Values are not 0, which atomic_queue keeps for itself.
//===----------------------------------------------------------------------===//

struct HapaxRing {
  std::unique_ptr<hapax::SpscRing<Value>> Q =
      std::move(*hapax::SpscRing<Value>::create(Capacity));
  bool push(Value V) { return Q->tryPush(V); }
  bool pop(Value &V) { return Q->tryPop(V); }
  size_t push(std::span<Value> V) { return Q->tryPushMany(V); }
  size_t pop(std::span<Value> V) { return Q->tryPopMany(V); }
};

struct BoostRing {
  boost::lockfree::spsc_queue<Value, boost::lockfree::capacity<Capacity>> Q;
  bool push(Value V) { return Q.push(V); }
  bool pop(Value &V) { return Q.pop(V); }
  size_t push(std::span<Value> V) { return Q.push(V.data(), V.size()); }
  size_t pop(std::span<Value> V) { return Q.pop(V.data(), V.size()); }
};

struct MoodycamelRing {
  moodycamel::ReaderWriterQueue<Value> Q{Capacity};
  bool push(Value V) { return Q.try_enqueue(V); }
  bool pop(Value &V) { return Q.try_dequeue(V); }
};

template <bool IsSpsc> struct AtomicQueue {
  atomic_queue::AtomicQueue<Value, Capacity, 0, true, true, false, IsSpsc> Q;
  bool push(Value V) { return Q.try_push(V); }
  bool pop(Value &V) { return Q.try_pop(V); }
};

struct HapaxQueue {
  std::unique_ptr<hapax::MpmcQueue<Value>> Q =
      std::move(*hapax::MpmcQueue<Value>::create(Capacity));
  bool push(Value V) { return Q->tryPush(V); }
  bool pop(Value &V) { return Q->tryPop(V); }
};

struct BoostQueue {
  boost::lockfree::queue<Value, boost::lockfree::capacity<Capacity>> Q;
  bool push(Value V) { return Q.push(V); }
  bool pop(Value &V) { return Q.pop(V); }
};

/// Not bounded, and in order only for each producer.
struct MoodycamelQueue {
  moodycamel::ConcurrentQueue<Value> Q{Capacity};
  bool push(Value V) { return Q.enqueue(V); }
  bool pop(Value &V) { return Q.try_dequeue(V); }
};

struct TbbQueue {
  tbb::concurrent_bounded_queue<Value> Q;
  TbbQueue() { Q.set_capacity(Capacity); }
  bool push(Value V) { return Q.try_push(V); }
  bool pop(Value &V) { return Q.try_pop(V); }
};

//===----------------------------------------------------------------------===//
// Measurements
//===----------------------------------------------------------------------===//

/// Calls \p Try until it succeeds.
template <typename F> auto insist(F Try) {
  for (unsigned Round = 0;; ++Round) {
    if (auto Done = Try())
      return Done;
    hapax::StdAtomics::waitForPeer(Round);
  }
}

template <typename Queue> void alone(benchmark::State &State) {
  Queue Q;
  Value V = 1;
  for (auto _ : State) {
    for (size_t I = 0; I != BatchSize; ++I)
      Q.push(V + I);
    Value Got = 0;
    for (size_t I = 0; I != BatchSize; ++I)
      Q.pop(Got);
    benchmark::DoNotOptimize(Got);
  }
  State.SetItemsProcessed(State.iterations() * BatchSize);
}

/// Each iteration hands over so many values between fresh threads.
constexpr Value PerRun = 1 << 19;

template <typename Queue>
void stream(benchmark::State &State, unsigned Producers, unsigned Consumers) {
  for (auto _ : State) {
    Queue Q;
    std::atomic<unsigned> Ready = 0;
    auto Start = [&] {
      ++Ready;
      while (Ready != Producers + Consumers)
        std::this_thread::yield();
    };
    std::vector<std::thread> Threads;
    for (unsigned P = 0; P != Producers; ++P)
      Threads.emplace_back([&] {
        Start();
        for (Value V = 1; V <= PerRun / Producers; ++V)
          insist([&] { return Q.push(V); });
      });
    for (unsigned C = 0; C != Consumers; ++C)
      Threads.emplace_back([&] {
        Start();
        Value Sum = 0, V = 0;
        for (Value I = 0; I != PerRun / Consumers; ++I) {
          insist([&] { return Q.pop(V); });
          Sum += V;
        }
        benchmark::DoNotOptimize(Sum);
      });
    for (std::thread &T : Threads)
      T.join();
  }
  State.SetItemsProcessed(State.iterations() * PerRun);
}

template <typename Queue> void batches(benchmark::State &State) {
  for (auto _ : State) {
    Queue Q;
    std::thread Producer([&] {
      std::vector<Value> Values(BatchSize, 1);
      for (Value Done = 0; Done != PerRun;)
        Done += insist([&] {
          return Q.push(std::span(Values).first(
              std::min<Value>(BatchSize, PerRun - Done)));
        });
    });
    std::vector<Value> Values(BatchSize);
    for (Value Done = 0; Done != PerRun;)
      Done += insist([&] { return Q.pop(std::span(Values)); });
    benchmark::DoNotOptimize(Values);
    Producer.join();
  }
  State.SetItemsProcessed(State.iterations() * PerRun);
}

template <typename Queue> void roundTrip(benchmark::State &State) {
  constexpr Value Trips = 1 << 14;
  for (auto _ : State) {
    Queue There, Back;
    std::thread Echo([&] {
      Value V = 0;
      for (Value I = 0; I != Trips; ++I) {
        insist([&] { return There.pop(V); });
        insist([&] { return Back.push(V); });
      }
    });
    Value V = 0;
    for (Value I = 1; I <= Trips; ++I) {
      insist([&] { return There.push(I); });
      insist([&] { return Back.pop(V); });
    }
    Echo.join();
  }
  State.SetItemsProcessed(State.iterations() * Trips);
}

void notifiesNobody(benchmark::State &State) {
  hapax::EventCount<> E;
  for (auto _ : State)
    E.notifyOne();
}

void fenceAlone(benchmark::State &State) {
  for (auto _ : State)
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

/// The ring, with a notification for each value pushed.
void pushesAndNotifies(benchmark::State &State) {
  HapaxRing R;
  hapax::EventCount<> E;
  Value V = 0;
  for (auto _ : State) {
    R.push(1);
    E.notifyOne();
    R.pop(V);
  }
}

using Function = void (*)(benchmark::State &);

/// Threads are measured by the clock on the wall.
void timed(const char *Name, Function F) {
  benchmark::RegisterBenchmark(Name, F)->UseRealTime();
}
template <typename Queue>
void streams(const char *Name, unsigned P, unsigned C) {
  benchmark::RegisterBenchmark(Name, [=](benchmark::State &State) {
    stream<Queue>(State, P, C);
  })->UseRealTime();
}

} // namespace

int main(int ArgCount, char **Args) {
  benchmark::Initialize(&ArgCount, Args);
  using benchmark::RegisterBenchmark;
  RegisterBenchmark("spsc/alone/hapax", alone<HapaxRing>);
  RegisterBenchmark("spsc/alone/boost", alone<BoostRing>);
  RegisterBenchmark("spsc/alone/moodycamel", alone<MoodycamelRing>);
  RegisterBenchmark("spsc/alone/atomic_queue", alone<AtomicQueue<true>>);
  streams<HapaxRing>("spsc/stream/hapax", 1, 1);
  streams<BoostRing>("spsc/stream/boost", 1, 1);
  streams<MoodycamelRing>("spsc/stream/moodycamel", 1, 1);
  streams<AtomicQueue<true>>("spsc/stream/atomic_queue", 1, 1);
  timed("spsc/batches/hapax", batches<HapaxRing>);
  timed("spsc/batches/boost", batches<BoostRing>);
  timed("spsc/round-trip/hapax", roundTrip<HapaxRing>);
  timed("spsc/round-trip/boost", roundTrip<BoostRing>);
  timed("spsc/round-trip/moodycamel", roundTrip<MoodycamelRing>);
  timed("spsc/round-trip/atomic_queue", roundTrip<AtomicQueue<true>>);

  RegisterBenchmark("mpmc/alone/hapax", alone<HapaxQueue>);
  RegisterBenchmark("mpmc/alone/boost", alone<BoostQueue>);
  RegisterBenchmark("mpmc/alone/moodycamel", alone<MoodycamelQueue>);
  RegisterBenchmark("mpmc/alone/atomic_queue", alone<AtomicQueue<false>>);
  RegisterBenchmark("mpmc/alone/tbb", alone<TbbQueue>);
  streams<HapaxQueue>("mpmc/1x1/hapax", 1, 1);
  streams<BoostQueue>("mpmc/1x1/boost", 1, 1);
  streams<MoodycamelQueue>("mpmc/1x1/moodycamel", 1, 1);
  streams<AtomicQueue<false>>("mpmc/1x1/atomic_queue", 1, 1);
  streams<TbbQueue>("mpmc/1x1/tbb", 1, 1);
  streams<HapaxQueue>("mpmc/2x2/hapax", 2, 2);
  streams<BoostQueue>("mpmc/2x2/boost", 2, 2);
  streams<MoodycamelQueue>("mpmc/2x2/moodycamel", 2, 2);
  streams<AtomicQueue<false>>("mpmc/2x2/atomic_queue", 2, 2);
  streams<TbbQueue>("mpmc/2x2/tbb", 2, 2);

  RegisterBenchmark("event/notify/hapax", notifiesNobody);
  RegisterBenchmark("event/notify/fence-alone", fenceAlone);
  RegisterBenchmark("event/push-notify-pop/hapax", pushesAndNotifies);
  benchmark::RunSpecifiedBenchmarks();
}
