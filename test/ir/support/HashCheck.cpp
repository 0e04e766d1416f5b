//===- HashCheck.cpp - Hash and oracle side by side -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "HashCheck.h"

#include "hapax/IR/ModuleHash.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <unistd.h>

using namespace llvm;
using namespace hapax;
using namespace hapax::test;

namespace {
/// Turns an endless loop into a crash, which can be recovered from.
class TimeLimit {
public:
  explicit TimeLimit(unsigned Seconds) {
    struct sigaction Action = {};
    Action.sa_handler = [](int) { raise(SIGTRAP); };
    Action.sa_flags = SA_NODEFER;
    sigaction(SIGALRM, &Action, nullptr);
    alarm(Seconds);
  }
  ~TimeLimit() { alarm(0); }
};
} // namespace

HashCheck::HashCheck(std::string BaseText)
    : BaseText(std::move(BaseText)), Texts(allTextMutations(this->BaseText)) {
  CrashRecoveryContext::Enable();
}

std::unique_ptr<Module>
HashCheck::make(const MutantRecipe &Recipe, LLVMContext &Context,
                std::map<std::string, size_t> *Count) const {
  prepareContext(Context);
  std::unique_ptr<Module> M =
      parseModule(Recipe.TextMutation < 0
                      ? BaseText
                      : applyMutation(BaseText, Texts[Recipe.TextMutation]),
                  Context);
  if (!M)
    return nullptr;
  if (Recipe.Seed) {
    Rng Random(Recipe.Seed);
    for (uint64_t N = Random() % 3 + 1; N; --N) {
      ArrayRef<MemoryMutation> All = memoryMutations();
      const MemoryMutation &Mutation = All[Random() % All.size()];
      if (Mutation.Apply(*M, Random) && Count)
        ++(*Count)[Mutation.Name];
    }
    if (verifyModule(*M))
      return nullptr;
  }
  // Bitcode does not show uses by dead constants; the hash does.
  for (GlobalValue &GV : M->global_values())
    GV.removeDeadConstantUsers();
  return M;
}

std::string HashCheck::textOf(const MutantRecipe &Recipe) const {
  LLVMContext Context;
  std::string Text;
  raw_string_ostream Stream(Text);
  if (auto M = make(Recipe, Context, nullptr))
    M->print(Stream, nullptr, /*ShouldPreserveUseListOrder=*/true);
  return Text;
}

bool HashCheck::add(const MutantRecipe &Recipe) {
  // The parser and the verifier crash or loop on some mutants. What they had
  // under their hands is then left alone, not even freed.
  auto Owned = std::make_unique<LLVMContext>();
  LLVMContext &Context = *Owned;
  std::unique_ptr<Module> M;
  CrashRecoveryContext Recovery;
  TimeLimit Limit(/*Seconds=*/5);
  if (!Recovery.RunSafely([&] { M = make(Recipe, Context, &Applied); })) {
    Owned.release();
    M.release();
    ++Crashes;
    return false;
  }
  alarm(0);
  if (!M)
    return false;
  ++Added;

  Digest Hashes[std::size(HashSettings)];
  for (auto [N, Setting] : enumerate(HashSettings)) {
    Context.setDiscardValueNames(Setting.DiscardNames);
    Hashes[N] = hashModule(*M, {.Kind = Setting.Kind});
  }
  Context.setDiscardValueNames(false);

  std::string Names = takeLocalNames(*M);
  for (auto [N, Setting] : enumerate(HashSettings)) {
    canonicalise(*M, Setting);
    Digest Oracle = digestOf(oracleOf(*M, Names));
    auto &[HashOf, OracleOf] = Tables[N];
    auto [ByOracle, NewOracle] =
        HashOf.try_emplace(Oracle, Known{Hashes[N], Recipe});
    if (!NewOracle && ByOracle->second.Other != Hashes[N])
      Exceptions.push_back({&Setting, ByOracle->second.By, Recipe, false});
    auto [ByHash, NewHash] =
        OracleOf.try_emplace(Hashes[N], Known{Oracle, Recipe});
    if (!NewHash && ByHash->second.Other != Oracle)
      Exceptions.push_back({&Setting, ByHash->second.By, Recipe, true});
  }
  return true;
}
