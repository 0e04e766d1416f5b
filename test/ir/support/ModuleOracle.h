//===- ModuleOracle.h - The module hash's oracle ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// What the module hash is tested against: bitcode with all use-list orders, of
/// a module from which canonicalise() has dropped what the list in ModuleHash.h
/// allows. Two modules must have equal hashes exactly when their oracles are
/// equal.
///
/// The module itself is changed, no clone: cloning loses use-list orders, and
/// reading bitcode back upgrades and merges what the hash must tell apart. So
/// the oracle shows what is in memory, with two corrections: names of locals
/// are appended in order of the IR (bitcode writes them in the order of a hash
/// table), and what a context knows besides the module (metadata kinds,
/// synchronisation scopes, bundle tags, all of which bitcode lists) must be
/// made equal by prepareContext().
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_IR_MODULEORACLE_H
#define HAPAX_TEST_IR_MODULEORACLE_H

#include "hapax/Cache/Digest.h"
#include "hapax/IR/OutputKind.h"
#include "llvm/ADT/StringRef.h"
#include <memory>
#include <string>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace hapax::test {

/// What a compile is for, as far as the hash can tell.
struct HashSetting {
  OutputKind Kind;
  bool DiscardNames;
  const char *Name;
};
/// In the order in which canonicalise() drops more and more.
inline constexpr HashSetting HashSettings[] = {
    {OutputKind::Bitcode, false, "bitcode"},
    {OutputKind::Assembly, false, "assembly"},
    {OutputKind::Object, false, "object"},
    {OutputKind::Object, true, "object-without-names"},
};

/// Makes \p Context know all metadata kinds, scopes and bundle tags that tests
/// use, in one order, and swallow diagnostics.
void prepareContext(llvm::LLVMContext &Context);

/// Parses \p Text into \p Context and verifies it; null if it is not valid.
std::unique_ptr<llvm::Module> parseModule(llvm::StringRef Text,
                                          llvm::LLVMContext &Context);

/// Drops from \p M what the hash may ignore for \p Setting.
void canonicalise(llvm::Module &M, const HashSetting &Setting);

/// Removes all names of locals from \p M and returns them, in order of the IR.
std::string takeLocalNames(llvm::Module &M);

/// The oracle's bytes, for a module whose local names were \p Names.
std::string oracleOf(const llvm::Module &M, llvm::StringRef Names);

} // namespace hapax::test

#endif // HAPAX_TEST_IR_MODULEORACLE_H
