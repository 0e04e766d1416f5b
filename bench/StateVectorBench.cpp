//===- StateVectorBench.cpp - State vectors against memory ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Times operations of StateVector on every path, and what memory allows:
///
///   statevector-bench --benchmark_enable_random_interleaving=true
///                     --benchmark_repetitions=11
///                     --benchmark_report_aggregates_only=true
///
/// normalise() reads the vector, then reads and writes it. Its peer "libc" does
/// the same to as many bytes and nothing else: memchr() for a byte that is not
/// there, then memmove() onto itself by a line. Rows end in the number of
/// qubits: 12 lies in the caches of a core, 24 in memory. memory/copy is what
/// memcpy() does where no cache helps.
//===----------------------------------------------------------------------===//
#include "hapax/StateVector/StateVector.h"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <cstring>
#include <string>

using namespace hapax;

namespace {

template <typename Real>
StateVector<Real> makeState(unsigned Qubits, SimdPath Path) {
  auto V = StateVector<Real>::create(Qubits, Path);
  if (!V)
    std::abort();
  for (unsigned Qubit = 0; Qubit != Qubits; ++Qubit)
    if (!V->applyGate(Qubit, gates::hadamard<Real>()))
      std::abort();
  return std::move(*V);
}

/// Reports the bytes of the vector, once an operation.
template <typename Real> void setBytes(benchmark::State &State) {
  State.SetBytesProcessed(State.iterations() *
                          StateVector<Real>::bytesFor(State.range(0)));
}

template <typename Real>
void normalise(benchmark::State &State, SimdPath Path) {
  auto V = makeState<Real>(State.range(0), Path);
  for (auto _ : State)
    if (!V.normalise())
      std::abort();
  setBytes<Real>(State);
}

template <typename Real> void norm(benchmark::State &State, SimdPath Path) {
  auto V = makeState<Real>(State.range(0), Path);
  for (auto _ : State)
    benchmark::DoNotOptimize(V.norm());
  setBytes<Real>(State);
}

/// A gate on the lowest and on the highest qubit in turns.
template <typename Real> void oneQubit(benchmark::State &State, SimdPath Path) {
  auto V = makeState<Real>(State.range(0), Path);
  unsigned Qubit = 0;
  for (auto _ : State) {
    if (!V.applyGate(Qubit, gates::hadamard<Real>()))
      std::abort();
    Qubit = V.qubits() - 1 - Qubit;
  }
  setBytes<Real>(State);
}

/// Pairs of qubits: both low, one of each, both high.
template <typename Real>
void twoQubits(benchmark::State &State, SimdPath Path) {
  auto V = makeState<Real>(State.range(0), Path);
  const unsigned High = V.qubits() - 1;
  const unsigned Pairs[][2] = {{0, 1}, {0, High}, {High - 1, High}};
  unsigned Next = 0;
  for (auto _ : State) {
    auto [First, Second] = Pairs[Next];
    if (!V.applyGate(First, Second, gates::swap<Real>()))
      std::abort();
    Next = (Next + 1) % 3;
  }
  setBytes<Real>(State);
}

template <typename Real> void libc(benchmark::State &State) {
  auto Memory =
      AlignedBuffer::allocate(StateVector<Real>::bytesFor(State.range(0)));
  if (!Memory)
    std::abort();
  for (auto _ : State) {
    benchmark::DoNotOptimize(std::memchr(Memory->data(), 1, Memory->size()));
    std::memmove(Memory->data(), Memory->data() + 64, Memory->size() - 64);
    benchmark::ClobberMemory();
  }
  setBytes<Real>(State);
}

void copy(benchmark::State &State) {
  const size_t Bytes = size_t(128) << 20;
  auto From = AlignedBuffer::allocate(Bytes),
       To = AlignedBuffer::allocate(Bytes);
  if (!From || !To)
    std::abort();
  for (auto _ : State) {
    std::memcpy(To->data(), From->data(), Bytes);
    benchmark::ClobberMemory();
  }
  State.SetBytesProcessed(State.iterations() * Bytes);
}

template <typename Real> void addRows(const std::string &Precision) {
  auto Add = [](const std::string &Name, auto Function, auto... Arguments) {
    benchmark::RegisterBenchmark(Name.c_str(), Function, Arguments...)
        ->Arg(12)
        ->Arg(18)
        ->Arg(24);
  };
  for (SimdPath Path : AllSimdPaths)
    if (isSupported(Path)) {
      std::string Rest = "/" + Precision + "/" + std::string(name(Path));
      Add("normalise" + Rest, normalise<Real>, Path);
      Add("norm" + Rest, norm<Real>, Path);
      Add("one-qubit" + Rest, oneQubit<Real>, Path);
      Add("two-qubits" + Rest, twoQubits<Real>, Path);
    }
  Add("normalise/" + Precision + "/libc", libc<Real>);
}

} // namespace

int main(int ArgCount, char **Args) {
  benchmark::Initialize(&ArgCount, Args);
  addRows<float>("float");
  addRows<double>("double");
  benchmark::RegisterBenchmark("memory/copy", copy);
  benchmark::RunSpecifiedBenchmarks();
}
