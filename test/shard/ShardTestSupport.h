//===- ShardTestSupport.h - Modules to divide -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_SHARD_SHARDTESTSUPPORT_H
#define HAPAX_TEST_SHARD_SHARDTESTSUPPORT_H

#include "shard/ShardKeys.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

namespace hapax {

/// Divides anything.
inline PartitionOptions everything(unsigned ImportLimit = 0) {
  PartitionOptions Options;
  Options.MinInstructions = 0;
  Options.ImportLimit = ImportLimit;
  return Options;
}

/// The text of one of the modules that the module hash is tested with.
inline std::string input(llvm::StringRef Name) {
  auto File =
      llvm::MemoryBuffer::getFile(llvm::Twine(HAPAX_TEST_INPUTS "/") + Name);
  return File ? (*File)->getBuffer().str() : std::string();
}

/// A file's name as part of the name of a test.
inline std::string testName(std::string File) {
  for (char &C : File)
    C = llvm::isAlnum(C) ? C : '_';
  return File;
}

/// A module out of text, and its division.
struct Divided {
  explicit Divided(llvm::StringRef Text,
                   PartitionOptions Options = everything()) {
    llvm::SMDiagnostic Wrong;
    M = llvm::parseAssemblyString(Text, Wrong, Context);
    if (!M) {
      Wrong.print("test", llvm::errs());
      std::abort();
    }
    divide(Options);
  }
  void divide(PartitionOptions Options = everything()) {
    Names.emplace(*M);
    Hash.emplace(*M, shardHashOptions(*Names));
    Parts = Partition::of(*M, *Hash, *Names, Options);
    if (Parts)
      Debug = std::make_unique<DebugDivision>(*M, *Parts);
  }
  bool isRefused(Refusal Why) const { return !Parts && Parts.error() == Why; }
  const llvm::GlobalValue *global(llvm::StringRef Name) const {
    return M->getNamedValue(Name);
  }
  /// The shard of a definition; -1: none.
  int shardOf(llvm::StringRef Name) const {
    for (size_t N = 0; N != Parts->shards().size(); ++N)
      if (llvm::is_contained(Parts->shards()[N].Definitions, global(Name)))
        return int(N);
    return -1;
  }
  bool imports(llvm::StringRef Into, llvm::StringRef Name) const {
    return llvm::is_contained(Parts->shards()[shardOf(Into)].Imports,
                              global(Name));
  }

  llvm::LLVMContext Context;
  std::unique_ptr<llvm::Module> M;
  std::optional<ContentNames> Names;
  std::optional<ModuleHash> Hash;
  std::unique_ptr<DebugDivision> Debug;
  std::expected<Partition, Refusal> Parts = std::unexpected(Refusal::Small);
};

} // namespace hapax

#endif // HAPAX_TEST_SHARD_SHARDTESTSUPPORT_H
