//===- HashCheck.h - Hash and oracle side by side ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_IR_HASHCHECK_H
#define HAPAX_TEST_IR_HASHCHECK_H

#include "MemoryMutator.h"
#include "ModuleOracle.h"
#include "TextMutator.h"
#include "hapax/Cache/Digest.h"
#include <map>
#include <string>
#include <unordered_map>

namespace hapax::test {

/// How one module came about, so that it can be made again.
struct MutantRecipe {
  /// Index into the file's text mutations; -1: none.
  long TextMutation = -1;
  /// Seed of the changes in memory; 0: none.
  uint64_t Seed = 0;
};

/// Collects modules and holds that for each setting, over all of them, hash and
/// oracle determine each other.
class HashCheck {
public:
  explicit HashCheck(std::string BaseText);

  struct Exception {
    const HashSetting *Setting;
    MutantRecipe First, Second;
    /// True: hashes equal, oracles differ (a wrong hit). False: the reverse.
    bool WrongHit;
  };

  /// Makes the mutants and adds those that are valid modules. The parser and
  /// the verifier crash or loop on some, so this happens in child processes.
  void add(llvm::ArrayRef<MutantRecipe> Recipes);

  /// The recipe's module as text, to look at an exception.
  std::string textOf(const MutantRecipe &Recipe) const;

  const std::vector<TextMutation> &textMutations() const { return Texts; }
  /// Distinct modules by the bitcode setting's oracle.
  size_t numDistinct() const { return Tables[0].HashOf.size(); }
  size_t numAdded() const { return Added; }
  /// Mutants on which LLVM's parser or verifier crashed or did not end.
  size_t numCrashes() const { return Crashes; }
  const std::vector<Exception> &exceptions() const { return Exceptions; }
  const std::map<std::string, size_t> &applied() const { return Applied; }

private:
  /// What a child process reports of one mutant.
  struct Report {
    bool IsValid = false;
    /// Changes in memory that were made, one bit each.
    uint64_t Applied = 0;
    Digest Hashes[std::size(HashSettings)];
    Digest Oracles[std::size(HashSettings)];
  };
  std::unique_ptr<llvm::Module> make(const MutantRecipe &Recipe,
                                     llvm::LLVMContext &Context,
                                     uint64_t &Applied) const;
  Report evaluate(const MutantRecipe &Recipe) const;
  std::vector<Report>
  evaluateInChild(llvm::ArrayRef<MutantRecipe> Recipes) const;
  void enter(const MutantRecipe &Recipe, const Report &R);

  struct Known {
    Digest Other;
    MutantRecipe By;
  };
  struct Table {
    std::unordered_map<Digest, Known> HashOf;   // by oracle
    std::unordered_map<Digest, Known> OracleOf; // by hash
  };

  std::string BaseText;
  std::vector<TextMutation> Texts;
  Table Tables[std::size(HashSettings)];
  std::vector<Exception> Exceptions;
  std::map<std::string, size_t> Applied;
  size_t Added = 0;
  size_t Crashes = 0;
};

} // namespace hapax::test

#endif // HAPAX_TEST_IR_HASHCHECK_H
