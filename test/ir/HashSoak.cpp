//===- HashSoak.cpp - The module hash against its oracle --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// hapax-hash-soak [--seed=N] [--count=N] [--save=DIR] FILE...
///
/// Makes mutants of the modules (.ll or .bc) until the given number of distinct
/// ones has been seen, or all have been tried, and checks that hash and oracle
/// determine each other over all mutants of a file. Prints a line of JSON per
/// file and one in total. Exit code 1: there were exceptions (both modules are
/// saved); 2: bad usage.
//===----------------------------------------------------------------------===//
#include "support/HashCheck.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <numeric>

using namespace llvm;
using namespace hapax::test;

static cl::list<std::string> Files(cl::Positional, cl::OneOrMore,
                                   cl::desc("FILE..."));
static cl::opt<uint64_t> Seed("seed", cl::init(1), cl::desc("random seed"));
static cl::opt<uint64_t> Count("count", cl::init(100000),
                               cl::desc("distinct mutants wanted in total"));
static cl::opt<std::string> Save("save", cl::init("."),
                                 cl::desc("where exceptions are saved"));

/// How often the changes of text are gone through before a file is done.
static constexpr unsigned MaxRounds = 8;

static std::string readAsText(StringRef File) {
  LLVMContext Context;
  SMDiagnostic Diagnostic;
  std::unique_ptr<Module> M = parseIRFile(File, Diagnostic, Context);
  if (!M) {
    Diagnostic.print("hapax-hash-soak", errs());
    exit(2);
  }
  std::string Text;
  raw_string_ostream(Text) << *M;
  return Text;
}

static void saveText(const Twine &Name, StringRef Text) {
  SmallString<128> Path(Save);
  sys::path::append(Path, Name);
  std::error_code Error;
  raw_fd_ostream(Path, Error) << Text;
}

int main(int ArgCount, char **Args) {
  cl::ParseCommandLineOptions(ArgCount, Args, "module hash against its oracle");
  Rng Random(Seed);
  size_t Distinct = 0, Tried = 0, Exceptions = 0;
  for (auto [FileNumber, File] : enumerate(Files)) {
    size_t Share = (Count - Distinct) / (Files.size() - FileNumber);
    HashCheck Check(readAsText(File));
    Check.add(MutantRecipe());
    if (!Check.numAdded()) {
      errs() << File << ": not a valid module\n";
      return 2;
    }
    // First each change of text, every fifth mutant also or only changed in
    // memory; then, as often as needed, changes of both sorts together.
    std::vector<long> Order(Check.textMutations().size());
    std::iota(Order.begin(), Order.end(), 0);
    std::shuffle(Order.begin(), Order.end(), Random);
    size_t Attempts = 0, Next = 0;
    for (unsigned Round = 0;
         Check.numDistinct() < Share && Round != MaxRounds;) {
      std::vector<MutantRecipe> Batch;
      // Not many more than are wanted: large modules take long.
      size_t Size =
          std::clamp<size_t>((Share - Check.numDistinct()) * 2, 16, 1000);
      while (Batch.size() != Size && Next != Order.size()) {
        MutantRecipe &Recipe = Batch.emplace_back();
        unsigned Sort = Random() % 16;
        if (Round > 0 || Sort >= 3)
          Recipe.TextMutation = Order[Next++];
        if (Round > 0 || Sort <= 3)
          Recipe.Seed = Random() | 1;
      }
      if (Next == Order.size()) {
        Next = 0;
        ++Round;
      }
      Check.add(Batch);
      Attempts += Batch.size();
    }
    std::string Stem = sys::path::stem(File).str();
    for (auto [N, E] : enumerate(Check.exceptions())) {
      if (N == 10)
        break;
      std::string Name = (Stem + "-" + Twine(N) + "-" + E.Setting->Name +
                          (E.WrongHit ? "-wrong-hit" : "-wrong-miss"))
                             .str();
      saveText(Name + "-a.ll", Check.textOf(E.First));
      saveText(Name + "-b.ll", Check.textOf(E.Second));
    }
    outs() << "{\"file\": \"" << Stem << "\", \"tried\": " << Attempts
           << ", \"valid\": " << Check.numAdded()
           << ", \"crashes\": " << Check.numCrashes()
           << ", \"distinct\": " << Check.numDistinct()
           << ", \"exceptions\": " << Check.exceptions().size() << "}\n";
    outs().flush();
    Distinct += Check.numDistinct();
    Tried += Attempts;
    Exceptions += Check.exceptions().size();
  }
  outs() << "{\"seed\": " << Seed << ", \"tried\": " << Tried
         << ", \"distinct\": " << Distinct << ", \"exceptions\": " << Exceptions
         << "}\n";
  return Exceptions ? 1 : 0;
}
