//===- HashCheck.cpp - Hash and oracle side by side -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "HashCheck.h"

#include "hapax/IR/ModuleHash.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;
using namespace hapax;
using namespace hapax::test;

HashCheck::HashCheck(std::string BaseText)
    : BaseText(std::move(BaseText)), Texts(allTextMutations(this->BaseText)) {}

std::unique_ptr<Module> HashCheck::make(const MutantRecipe &Recipe,
                                        LLVMContext &Context,
                                        uint64_t &Applied) const {
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
      size_t Index = Random() % All.size();
      if (All[Index].Apply(*M, Random))
        Applied |= uint64_t(1) << Index;
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
  uint64_t Applied = 0;
  if (auto M = make(Recipe, Context, Applied))
    M->print(Stream, nullptr, /*ShouldPreserveUseListOrder=*/true);
  return Text;
}

HashCheck::Report HashCheck::evaluate(const MutantRecipe &Recipe) const {
  Report R;
  LLVMContext Context;
  std::unique_ptr<Module> M = make(Recipe, Context, R.Applied);
  if (!M)
    return R;
  R.IsValid = true;
  for (auto [N, Setting] : enumerate(HashSettings)) {
    Context.setDiscardValueNames(Setting.DiscardNames);
    R.Hashes[N] = hashModule(*M, {.Kind = Setting.Kind});
  }
  Context.setDiscardValueNames(false);
  std::string Names = takeLocalNames(*M);
  for (auto [N, Setting] : enumerate(HashSettings)) {
    canonicalise(*M, Setting);
    R.Oracles[N] = digestOf(oracleOf(*M, Names));
  }
  return R;
}

/// Evaluates recipes in order up to the first that kills the child.
std::vector<HashCheck::Report>
HashCheck::evaluateInChild(ArrayRef<MutantRecipe> Recipes) const {
  std::vector<Report> Reports;
  int Ends[2];
  if (pipe(Ends))
    std::abort();
  pid_t Child = fork();
  if (Child < 0)
    std::abort();
  if (Child == 0) {
    close(Ends[0]);
    // Crashes are expected: no core files, no complaints.
    struct rlimit None = {0, 0};
    setrlimit(RLIMIT_CORE, &None);
    if (int Null = open("/dev/null", O_WRONLY); Null >= 0)
      dup2(Null, STDERR_FILENO);
    for (const MutantRecipe &Recipe : Recipes) {
      // Ample for a module of this size: what runs into it does not end. It is
      // CPU time, so that a busy machine changes no outcome.
      struct itimerval Limit = {};
      Limit.it_value.tv_sec = long(10 + BaseText.size() / 200'000);
      setitimer(ITIMER_PROF, &Limit, nullptr);
      Report R = evaluate(Recipe);
      if (write(Ends[1], &R, sizeof(R)) != sizeof(R))
        _exit(1);
    }
    _exit(0);
  }
  close(Ends[1]);
  Report R;
  for (size_t Have = 0;;) {
    ssize_t Got =
        read(Ends[0], reinterpret_cast<char *>(&R) + Have, sizeof(R) - Have);
    if (Got <= 0)
      break;
    Have += Got;
    if (Have == sizeof(R)) {
      Reports.push_back(R);
      Have = 0;
    }
  }
  close(Ends[0]);
  waitpid(Child, nullptr, 0);
  return Reports;
}

void HashCheck::enter(const MutantRecipe &Recipe, const Report &R) {
  for (auto [Index, Mutation] : enumerate(memoryMutations()))
    if (R.Applied >> Index & 1)
      ++Applied[Mutation.Name];
  if (!R.IsValid)
    return;
  ++Added;
  for (auto [N, Setting] : enumerate(HashSettings)) {
    auto &[HashOf, OracleOf] = Tables[N];
    auto [ByOracle, NewOracle] =
        HashOf.try_emplace(R.Oracles[N], Known{R.Hashes[N], Recipe});
    if (!NewOracle && ByOracle->second.Other != R.Hashes[N])
      Exceptions.push_back({&Setting, ByOracle->second.By, Recipe, false});
    auto [ByHash, NewHash] =
        OracleOf.try_emplace(R.Hashes[N], Known{R.Oracles[N], Recipe});
    if (!NewHash && ByHash->second.Other != R.Oracles[N])
      Exceptions.push_back({&Setting, ByHash->second.By, Recipe, true});
  }
}

void HashCheck::add(ArrayRef<MutantRecipe> Recipes) {
  while (!Recipes.empty()) {
    std::vector<Report> Reports = evaluateInChild(Recipes.take_front(1000));
    for (auto [Recipe, R] : zip(Recipes, Reports))
      enter(Recipe, R);
    if (Reports.size() < std::min<size_t>(Recipes.size(), 1000)) {
      ++Crashes;
      Recipes = Recipes.drop_front(Reports.size() + 1);
    } else {
      Recipes = Recipes.drop_front(Reports.size());
    }
  }
}
