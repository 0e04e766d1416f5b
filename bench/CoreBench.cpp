//===- CoreBench.cpp - Buffers and resources --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Times the verified buffer and resource table beside what one would write
/// without them: a memcpy or a store behind no check, a free list of indices
/// without generations. The ratio is the figure:
///
///   core-bench --benchmark_enable_random_interleaving=true
///              --benchmark_repetitions=9
///              --benchmark_report_aggregates_only=true
///
/// The aims that the project started from: buffer write 10 ns, acquire 20 ns.
//===----------------------------------------------------------------------===//
#include "hapax/Core/SafeBuffer.h"
#include "hapax/Core/SafeResource.h"
#include <benchmark/benchmark.h>
#include <cstring>
#include <vector>

using namespace hapax;

namespace {

constexpr size_t Room = size_t(1) << 16;

void bufferWriteByte(benchmark::State &State) {
  std::vector<std::byte> Memory(Room);
  SafeBuffer Buffer(Memory);
  for (auto _ : State) {
    if (!Buffer.write(std::byte(1))) {
      Buffer.clear();
      Buffer.write(std::byte(1));
    }
    benchmark::ClobberMemory();
  }
  State.SetLabel("aim: 10 ns");
}
BENCHMARK(bufferWriteByte);

void bareWriteByte(benchmark::State &State) {
  std::vector<std::byte> Memory(Room);
  size_t Length = 0;
  for (auto _ : State) {
    if (Length == Room)
      Length = 0;
    Memory[Length++] = std::byte(1);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(bareWriteByte);

void bufferWriteMany(benchmark::State &State) {
  std::vector<std::byte> Memory(Room), From(State.range(0));
  SafeBuffer Buffer(Memory);
  for (auto _ : State) {
    if (!Buffer.append(From)) {
      Buffer.clear();
      Buffer.append(From);
    }
    benchmark::ClobberMemory();
  }
}
BENCHMARK(bufferWriteMany)->Arg(16)->Arg(256)->Arg(4096);

void bareWriteMany(benchmark::State &State) {
  std::vector<std::byte> Memory(Room), From(State.range(0));
  size_t Length = 0;
  for (auto _ : State) {
    if (Length + From.size() > Room)
      Length = 0;
    std::memcpy(&Memory[Length], From.data(), From.size());
    Length += From.size();
    benchmark::ClobberMemory();
  }
}
BENCHMARK(bareWriteMany)->Arg(16)->Arg(256)->Arg(4096);

/// Acquires and releases in turn, in a table that is half in use.
void resourceAcquireRelease(benchmark::State &State) {
  uint32_t Capacity = State.range(0);
  ResourceTable Table = std::move(*ResourceTable::create(Capacity));
  for (uint32_t I = 0; I != Capacity / 2; ++I)
    Table.acquire(0);
  int64_t Now = 0;
  for (auto _ : State) {
    auto H = Table.acquire(++Now);
    benchmark::DoNotOptimize(H);
    benchmark::DoNotOptimize(Table.release(*H, Now));
  }
  State.SetLabel("aim: 20 ns for the first half");
}
BENCHMARK(resourceAcquireRelease)->Arg(64)->Arg(65536);

void bareAcquireRelease(benchmark::State &State) {
  std::vector<uint32_t> Free(State.range(0));
  for (uint32_t I = 0; I != Free.size(); ++I)
    Free[I] = I;
  Free.resize(Free.size() / 2);
  for (auto _ : State) {
    uint32_t Slot = Free.back();
    Free.pop_back();
    benchmark::DoNotOptimize(Slot);
    Free.push_back(Slot);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(bareAcquireRelease)->Arg(64)->Arg(65536);

} // namespace

BENCHMARK_MAIN();
