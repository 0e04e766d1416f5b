//===- ModuleHashBench.cpp - Module hash against hashed bitcode -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Times hashModule() beside its peer, writing bitcode to memory and hashing
/// that, on modules named on the command line:
///
///   module-hash-bench [Google Benchmark options] FILE.bc...
///
/// The ratio is the figure; both run in one process, interleaved with
/// --benchmark_enable_random_interleaving=true. Each module has a context of
/// its own, as in a compiler: contexts keep the attachments of all their
/// modules in one table.
//===----------------------------------------------------------------------===//
#include "hapax/IR/ModuleHash.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <benchmark/benchmark.h>
#include <string>
#include <vector>

using namespace llvm;

static void hashes(benchmark::State &State, const Module *M) {
  for (auto _ : State)
    benchmark::DoNotOptimize(
        hapax::hashModule(*M, {.Kind = hapax::OutputKind::Object}));
}

static void writesBitcode(benchmark::State &State, const Module *M,
                          bool UseLists) {
  for (auto _ : State) {
    SmallVector<char, 0> Bytes;
    raw_svector_ostream Stream(Bytes);
    WriteBitcodeToFile(*M, Stream, UseLists);
    benchmark::DoNotOptimize(
        hapax::digestOf(std::string_view(Bytes.data(), Bytes.size())));
  }
}

int main(int ArgCount, char **Args) {
  benchmark::Initialize(&ArgCount, Args);
  struct Input {
    LLVMContext Context;
    std::unique_ptr<Module> M;
  };
  std::vector<std::unique_ptr<Input>> Inputs;
  for (int I = 1; I < ArgCount; ++I) {
    SMDiagnostic Diagnostic;
    Input &In = *Inputs.emplace_back(std::make_unique<Input>());
    In.Context.setDiscardValueNames(true);
    In.M = parseIRFile(Args[I], Diagnostic, In.Context);
    const Module *M = In.M.get();
    if (!M) {
      Diagnostic.print(Args[0], errs());
      return 1;
    }
    std::string Name = Args[I];
    benchmark::RegisterBenchmark(("hash/" + Name).c_str(), hashes, M)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("bitcode/" + Name).c_str(), writesBitcode, M,
                                 false)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("bitcode-with-use-lists/" + Name).c_str(),
                                 writesBitcode, M, true)
        ->Unit(benchmark::kMillisecond);
  }
  if (Inputs.empty()) {
    errs() << "usage: " << Args[0] << " [benchmark options] FILE...\n";
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
}
