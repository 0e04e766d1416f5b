//===- Assembled.h - Objects from assembly, and what is in them -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_SHARD_ASSEMBLED_H
#define HAPAX_TEST_SHARD_ASSEMBLED_H

#include "shard/ObjectMerge.h"
#include "llvm/Object/ELF.h"
#include <string>
#include <vector>

namespace hapax::test {

using Bytes = llvm::SmallVector<char, 0>;

/// The object that LLVM's assembler makes of \p Text, x86-64 in AT&T syntax.
/// Fails the test, and returns nothing, where there are errors in it.
Bytes assemble(llvm::StringRef Text);

llvm::MemoryBufferRef ref(const Bytes &Object, llvm::StringRef Name = "shard");

/// mergeObjects() of what assemble() makes of \p Texts. Fails the test if that
/// is an error.
Bytes merge(llvm::ArrayRef<llvm::StringRef> Texts,
            const MergeOptions &Options = {});

/// The message of mergeObjects(); empty if there was none.
std::string mergeError(llvm::ArrayRef<llvm::StringRef> Texts,
                       const MergeOptions &Options = {});
/// The same for one object.
std::string mergeErrorOf(const Bytes &Object);

/// What is in an object, as text. The object must be sound.
class View {
public:
  explicit View(Bytes Object);

  /// Names of the sections that hold something of the program, in order.
  std::vector<std::string> sections() const;
  llvm::object::ELF64LE::Shdr header(llvm::StringRef Section) const;
  std::string contents(llvm::StringRef Section) const;
  /// Such as "local func .text+10" or "weak notype undefined hidden"; offsets
  /// in hexadecimal.
  std::string symbol(llvm::StringRef Name) const;
  /// Names, in order, without sections' symbols.
  std::vector<std::string> symbols() const;
  /// Such as "4 PLT32 puts-4", or "8 64 .text+10" for a section's symbol.
  std::vector<std::string> relocations(llvm::StringRef Section) const;
  /// Such as "comdat f: .text.f .rela.text.f".
  std::vector<std::string> groups() const;

private:
  std::string nameOf(uint32_t Section) const;

  Bytes Object;
  llvm::object::ELF64LEFile File;
  llvm::ArrayRef<llvm::object::ELF64LE::Shdr> Headers;
  const llvm::object::ELF64LE::Shdr *SymbolTable = nullptr;
  llvm::ArrayRef<llvm::object::ELF64LE::Sym> Symbols;
  llvm::StringRef Names;
  llvm::object::DataRegion<llvm::object::ELF64LE::Word> ExtendedIndices;
};

} // namespace hapax::test

#endif // HAPAX_TEST_SHARD_ASSEMBLED_H
