//===- Model.h - What the merge knows of objects ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The shards as they were read, and the object that is being made of them.
/// Names and contents are borrowed from the shards' buffers.
///
/// The steps of a merge, each in a file of its own: read (ReadObject), put
/// lines back (Lines, LineTable, DebugEntries), leave out comdat groups that
/// are there already (Comdats) and what nothing refers to (Unreferenced),
/// choose the output sections and lay their pieces out (SectionNames, Sections,
/// Mergeable), resolve symbols (Symbols), rewrite relocations (Relocations,
/// EhFrame), write (WriteObject, AddrSig).
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_MODEL_H
#define HAPAX_SHARD_MERGE_MODEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <limits>
#include <vector>

namespace hapax::merge {

using ELFT = llvm::object::ELF64LE;

inline constexpr uint32_t None = std::numeric_limits<uint32_t>::max();

struct OutputSection;

/// A stretch of a mergeable section: one string, or one constant.
struct Entry {
  uint64_t From; ///< offset in the input section
  uint64_t To;   ///< offset in the output section
};

struct InputSection {
  llvm::StringRef Name;
  uint32_t Type = llvm::ELF::SHT_NULL;
  uint64_t Flags = 0;
  uint64_t Align = 1;
  uint64_t EntrySize = 0;
  uint64_t Size = 0;
  llvm::ArrayRef<uint8_t> Contents; ///< Size bytes; empty for SHT_NOBITS
  /// Checked: offsets are at most Size, symbols are in the object.
  llvm::ArrayRef<ELFT::Rela> Relocations;
  uint32_t Link = 0;     ///< the linked-to section, for SHF_LINK_ORDER
  uint32_t Group = None; ///< index of the section's group
  uint32_t Shard = 0;
  uint32_t Index = 0; ///< in the shard's section table

  /// Not part of the output.
  bool Dropped = false;
  /// It is dropped since nothing refers to it, so its symbols go as well.
  bool Unreferenced = false;
  /// The name less its owner, where the name was made of both; see
  /// SectionNames.h.
  llvm::StringRef Base, Owner;
  bool OwnerIsFunction = false;
  /// Position in the module's order; None comes last.
  uint32_t Rank = None;

  OutputSection *Out = nullptr; ///< null: meta data, or dropped
  uint64_t Offset = 0;          ///< of this piece, in Out
  /// Sorted by From; not empty: Offset is without meaning.
  std::vector<Entry> Entries;
  /// Where the last search in Entries ended: the next one mostly ends there or
  /// one further.
  mutable size_t LastEntry = 0;

  /// Whether this type of section is carried over (tables of symbols and the
  /// like are made anew).
  bool Carried = false;
  bool isPiece() const { return Carried && !Dropped; }
};

enum class Place : uint8_t {
  Undefined,
  Section,
  Absolute,
  Common,
  /// It stands for a comdat group and for nothing in it. (LLVM makes such a
  /// symbol where the signature is no symbol otherwise.)
  Group,
};

struct InputSymbol {
  llvm::StringRef Name;
  uint64_t Value = 0;
  uint64_t Size = 0;
  uint8_t Binding = llvm::ELF::STB_LOCAL;
  uint8_t Type = llvm::ELF::STT_NOTYPE;
  uint8_t Visibility = llvm::ELF::STV_DEFAULT;
  Place Where = Place::Undefined;
  uint32_t Section = 0; ///< if Where is Section or Group
  /// Only what is not in the output refers to it, or defines it.
  bool Unreferenced = false;
  /// Index of the output's symbol; None for section symbols and for what goes
  /// with a dropped section.
  uint32_t Merged = None;
};

struct InputGroup {
  uint32_t Section = 0; ///< in the shard's section table
  llvm::StringRef Signature;
  uint32_t SignatureSymbol = 0; ///< in the shard's symbol table
  uint32_t Flags = 0;
  llvm::SmallVector<uint32_t, 4> Members; ///< without relocation sections
  bool Dropped = false;
};

struct InputObject {
  llvm::StringRef Name; ///< for messages
  uint32_t Shard = 0;
  uint8_t OSABI = 0;
  std::vector<InputSection> Sections; ///< as in the section table
  std::vector<InputSymbol> Symbols;   ///< as in the symbol table
  std::vector<InputGroup> Groups;
};

/// An error that tells where.
inline llvm::Error faultIn(const InputObject &Object,
                           const llvm::Twine &Message) {
  return llvm::createStringError(Object.Name + ": " + Message);
}
inline llvm::Error faultIn(const InputObject &Object,
                           const InputSection &Section,
                           const llvm::Twine &Message) {
  return llvm::createStringError(Object.Name + ": section " +
                                 llvm::Twine(Section.Index) + " (" +
                                 Section.Name + "): " + Message);
}

struct Relocation {
  uint64_t Offset = 0;
  uint32_t Type = 0;
  uint32_t Symbol = 0; ///< index of the merged symbol; 0 for none
  int64_t Addend = 0;
};

/// A relocation whose value is known.
struct Patch {
  uint64_t Offset = 0;
  uint64_t Value = 0;
  uint32_t Size = 0; ///< in bytes
};

enum class SectionKind : uint8_t {
  Plain,     ///< pieces one after the other
  Mergeable, ///< equal entries of the pieces once
  Once,      ///< all pieces are the same
  EhFrame,
  AddrSig,
};

struct OutputSection {
  llvm::StringRef Name;
  uint32_t Type = 0;
  uint64_t Flags = 0;
  uint64_t EntrySize = 0;
  uint64_t Align = 1;
  uint64_t Size = 0;
  SectionKind Kind = SectionKind::Plain;
  const InputGroup *Group = nullptr;
  OutputSection *LinkedTo = nullptr;   ///< for SHF_LINK_ORDER
  std::vector<InputSection *> Pieces;  ///< in order
  llvm::SmallVector<char, 0> Contents; ///< unless Plain: all bytes
  std::vector<Relocation> Relocations; ///< by offset, as far as inputs are
  std::vector<Patch> Patches;          ///< for Plain
  uint32_t Position = 0;               ///< among the output sections
  uint32_t Symbol = None;              ///< its section symbol, once asked for
  uint32_t Index = 0, RelocationIndex = 0; ///< in the section table
};

struct MergedSymbol {
  llvm::StringRef Name;
  uint64_t Value = 0; ///< in the output section; the alignment, if common
  uint64_t Size = 0;
  uint8_t Binding = llvm::ELF::STB_LOCAL;
  uint8_t Type = llvm::ELF::STT_NOTYPE;
  uint8_t Visibility = llvm::ELF::STV_DEFAULT;
  Place Where = Place::Undefined;
  const OutputSection *Section = nullptr; ///< if Where is Section
  const InputGroup *Group = nullptr;      ///< if Where is Group
  uint32_t Shard = None;                  ///< where it is defined
  uint32_t Index = 0;                     ///< in the symbol table
};

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_MODEL_H
