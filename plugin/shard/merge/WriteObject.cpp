//===- WriteObject.cpp - Writes the merged object -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// In the file: header, names, groups, sections each followed by its
/// relocations, symbols, section table. First every header is made, with size
/// and offset; then the bytes are written, in one buffer of the right size.
//===----------------------------------------------------------------------===//

#include "WriteObject.h"
#include "Nops.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/MC/StringTableBuilder.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace llvm;
using namespace llvm::ELF;

namespace hapax::merge {

namespace {
class Writer {
public:
  Writer(ArrayRef<OutputSection *> Sections, ArrayRef<InputObject> Objects,
         const Symbols &Known)
      : Sections(Sections), Objects(Objects), Known(Known) {}

  Expected<SmallVector<char, 0>> write() {
    if (Error E = collectGroups())
      return E;
    numberSections();
    makeNames();
    makeHeaders();
    if (Error E = layOut())
      return E;
    File.resize_for_overwrite(FileSize);
    std::memset(File.data(), 0, sizeof(ELFT::Ehdr));
    writeHeader();
    writeNames();
    writeGroups();
    for (const OutputSection *Section : Sections) {
      writeContents(*Section);
      writeRelocations(*Section);
    }
    writeSymbols();
    writeSectionTable();
    return std::move(File);
  }

private:
  struct Group {
    const InputGroup *From;
    uint32_t Signature; ///< merged symbol
    SmallVector<uint32_t, 4> Members;
  };

  Error collectGroups();
  void numberSections();
  void makeNames();
  void makeHeaders();
  Error layOut();
  void writeHeader();
  void writeNames();
  void writeGroups();
  void writeContents(const OutputSection &Section);
  void writeRelocations(const OutputSection &Section);
  void writeSymbols();
  void writeSectionTable();

  uint32_t sectionOf(const MergedSymbol &Symbol) const;
  uint8_t *at(const ELFT::Shdr &Header) {
    return reinterpret_cast<uint8_t *>(File.data()) + Header.sh_offset;
  }
  /// Zeros in front of what begins at \p Offset.
  void fillUpTo(uint64_t Offset) {
    std::memset(File.data() + Written, 0, Offset - Written);
    Written = Offset;
  }

  static constexpr uint32_t NamesIndex = 1;

  ArrayRef<OutputSection *> Sections;
  ArrayRef<InputObject> Objects;
  const Symbols &Known;

  std::vector<Group> Groups;
  DenseMap<const InputGroup *, uint32_t> GroupIndex; ///< in the section table
  uint32_t SymbolsIndex = 0, ExtendedIndex = 0, SectionCount = 0;
  StringTableBuilder Names{StringTableBuilder::ELF};
  std::vector<std::string> RelocationNames;
  std::vector<ELFT::Shdr> Headers;
  uint64_t TableOffset = 0, FileSize = 0, Written = 0;
  SmallVector<char, 0> File;
};
} // namespace

Error Writer::collectGroups() {
  for (const InputObject &Object : Objects)
    for (const InputGroup &From : Object.Groups) {
      if (From.Dropped)
        continue;
      uint32_t Signature = Object.Symbols[From.SignatureSymbol].Merged;
      if (Signature == None)
        return faultIn(Object, "the signature of group " + From.Signature +
                                   " is not in the output");
      Groups.push_back({&From, Signature, {}});
    }
  return Error::success();
}

void Writer::numberSections() {
  uint32_t Next = NamesIndex + 1;
  for (const Group &G : Groups)
    GroupIndex[G.From] = Next++;
  for (OutputSection *Section : Sections) {
    Section->Index = Next++;
    if (!Section->Relocations.empty())
      Section->RelocationIndex = Next++;
    if (!Section->Group)
      continue;
    Group &G = Groups[GroupIndex[Section->Group] - NamesIndex - 1];
    G.Members.push_back(Section->Index);
    if (Section->RelocationIndex)
      G.Members.push_back(Section->RelocationIndex);
  }
  SymbolsIndex = Next++;
  if (any_of(Known.inOrder(), [&](const MergedSymbol *Symbol) {
        return sectionOf(*Symbol) >= SHN_LORESERVE;
      }))
    ExtendedIndex = Next++;
  SectionCount = Next;
}

/// The index of the section in which \p Symbol is defined, else 0.
uint32_t Writer::sectionOf(const MergedSymbol &Symbol) const {
  if (Symbol.Where == Place::Group)
    return GroupIndex.lookup(Symbol.Group);
  return Symbol.Where == Place::Section ? Symbol.Section->Index : 0;
}

void Writer::makeNames() {
  for (StringRef Name : {".strtab", ".symtab", ".symtab_shndx", ".group"})
    Names.add(Name);
  RelocationNames.reserve(Sections.size()); // their bytes must not move
  for (const OutputSection *Section : Sections) {
    // Only the longer name: tables share ends.
    if (Section->Relocations.empty())
      Names.add(Section->Name);
    else
      Names.add(RelocationNames.emplace_back((".rela" + Section->Name).str()));
  }
  for (const MergedSymbol *Symbol : Known.inOrder())
    Names.add(Symbol->Name);
  Names.finalize();
}

void Writer::makeHeaders() {
  Headers.resize(SectionCount);
  std::memset(Headers.data(), 0, SectionCount * sizeof(ELFT::Shdr));
  auto Make = [&](uint32_t Index, StringRef Name, uint32_t Type, uint64_t Size,
                  uint64_t Align) -> ELFT::Shdr & {
    ELFT::Shdr &Header = Headers[Index];
    Header.sh_name = Names.getOffset(Name);
    Header.sh_type = Type;
    Header.sh_size = Size;
    Header.sh_addralign = Align;
    return Header;
  };

  Make(NamesIndex, ".strtab", SHT_STRTAB, Names.getSize(), 1);
  for (const Group &G : Groups) {
    ELFT::Shdr &Header =
        Make(GroupIndex[G.From], ".group", SHT_GROUP,
             (G.Members.size() + 1) * sizeof(ELFT::Word), sizeof(ELFT::Word));
    Header.sh_entsize = sizeof(ELFT::Word);
    Header.sh_link = SymbolsIndex;
    Header.sh_info = Known[G.Signature].Index;
  }

  auto RelocationName = RelocationNames.begin();
  for (const OutputSection *Section : Sections) {
    StringRef Name = Section->Name;
    if (Section->RelocationIndex) {
      StringRef Longer = *RelocationName++;
      ELFT::Shdr &Header =
          Make(Section->RelocationIndex, Longer, SHT_RELA,
               Section->Relocations.size() * sizeof(ELFT::Rela), 8);
      Header.sh_entsize = sizeof(ELFT::Rela);
      Header.sh_flags = Section->Group ? SHF_GROUP : SHF_INFO_LINK;
      Header.sh_link = SymbolsIndex;
      Header.sh_info = Section->Index;
    }
    ELFT::Shdr &Header = Make(Section->Index, Name, Section->Type,
                              Section->Size, Section->Align);
    if (Section->RelocationIndex)
      Header.sh_name = Headers[Section->RelocationIndex].sh_name + 5;
    Header.sh_flags = Section->Flags;
    Header.sh_entsize = Section->EntrySize;
    if (Section->LinkedTo)
      Header.sh_link = Section->LinkedTo->Index;
    if (Section->Type == SHT_LLVM_ADDRSIG)
      Header.sh_link = SymbolsIndex;
  }

  size_t Count = Known.inOrder().size() + 1;
  ELFT::Shdr &Symbols =
      Make(SymbolsIndex, ".symtab", SHT_SYMTAB, Count * sizeof(ELFT::Sym), 8);
  Symbols.sh_entsize = sizeof(ELFT::Sym);
  Symbols.sh_link = NamesIndex;
  Symbols.sh_info = Known.firstGlobal();
  if (ExtendedIndex) {
    ELFT::Shdr &Extended =
        Make(ExtendedIndex, ".symtab_shndx", SHT_SYMTAB_SHNDX,
             Count * sizeof(ELFT::Word), sizeof(ELFT::Word));
    Extended.sh_entsize = sizeof(ELFT::Word);
    Extended.sh_link = SymbolsIndex;
  }
}

Error Writer::layOut() {
  uint64_t At = sizeof(ELFT::Ehdr);
  for (ELFT::Shdr &Header : drop_begin(Headers)) {
    At = alignTo(At, std::max<uint64_t>(Header.sh_addralign, 1));
    Header.sh_offset = At;
    if (Header.sh_type != SHT_NOBITS)
      At += Header.sh_size;
    if (At > std::numeric_limits<uint32_t>::max())
      return createStringError("the object is too large");
  }
  TableOffset = alignTo(At, 8);
  FileSize = TableOffset + Headers.size() * sizeof(ELFT::Shdr);
  return Error::success();
}

void Writer::writeHeader() {
  auto &Header = *reinterpret_cast<ELFT::Ehdr *>(File.data());
  std::memcpy(Header.e_ident, ElfMagic, 4);
  Header.e_ident[EI_CLASS] = ELFCLASS64;
  Header.e_ident[EI_DATA] = ELFDATA2LSB;
  Header.e_ident[EI_VERSION] = EV_CURRENT;
  for (const InputObject &Object : Objects)
    Header.e_ident[EI_OSABI] =
        std::max<uint8_t>(Header.e_ident[EI_OSABI], Object.OSABI);
  Header.e_type = ET_REL;
  Header.e_machine = EM_X86_64;
  Header.e_version = EV_CURRENT;
  Header.e_shoff = TableOffset;
  Header.e_ehsize = sizeof(ELFT::Ehdr);
  Header.e_shentsize = sizeof(ELFT::Shdr);
  Header.e_shstrndx = NamesIndex;
  // Too many for the header's field: the first section's header has them.
  bool IsLarge = SectionCount >= SHN_LORESERVE;
  Header.e_shnum = IsLarge ? 0 : SectionCount;
  if (IsLarge)
    Headers[0].sh_size = SectionCount;
  Written = sizeof(ELFT::Ehdr);
}

void Writer::writeNames() {
  // The builder leaves the ends of strings to us.
  uint8_t *To = at(Headers[NamesIndex]);
  std::memset(To, 0, Names.getSize());
  Names.write(To);
}

void Writer::writeGroups() {
  for (const Group &G : Groups) {
    const ELFT::Shdr &Header = Headers[GroupIndex[G.From]];
    auto *Words = reinterpret_cast<ELFT::Word *>(at(Header));
    *Words++ = G.From->Flags;
    for (uint32_t Member : G.Members)
      *Words++ = Member;
  }
}

void Writer::writeContents(const OutputSection &Section) {
  if (Section.Type == SHT_NOBITS)
    return;
  uint8_t *To = at(Headers[Section.Index]);
  if (Section.Kind != SectionKind::Plain) {
    std::memcpy(To, Section.Contents.data(), Section.Contents.size());
    return;
  }
  uint64_t Filled = 0;
  for (const InputSection *Piece : Section.Pieces) {
    if (Piece->Offset > Filled) {
      if (Section.Flags & SHF_EXECINSTR)
        writeNops(To + Filled, Piece->Offset - Filled);
      else
        std::memset(To + Filled, 0, Piece->Offset - Filled);
    }
    if (Piece->Size)
      std::memcpy(To + Piece->Offset, Piece->Contents.data(), Piece->Size);
    Filled = Piece->Offset + Piece->Size;
  }
  for (const Patch &P : Section.Patches) {
    if (P.Size == 4)
      support::endian::write32le(To + P.Offset, P.Value);
    else
      support::endian::write64le(To + P.Offset, P.Value);
  }
}

void Writer::writeRelocations(const OutputSection &Section) {
  if (!Section.RelocationIndex)
    return;
  auto *To =
      reinterpret_cast<ELFT::Rela *>(at(Headers[Section.RelocationIndex]));
  for (const Relocation &From : Section.Relocations) {
    To->r_offset = From.Offset;
    To->setSymbolAndType(From.Symbol ? Known[From.Symbol].Index : 0, From.Type,
                         /*IsMips64EL=*/false);
    To->r_addend = From.Addend;
    ++To;
  }
}

void Writer::writeSymbols() {
  auto *To = reinterpret_cast<ELFT::Sym *>(at(Headers[SymbolsIndex]));
  std::memset(To, 0, Headers[SymbolsIndex].sh_size);
  ELFT::Word *Extended = nullptr;
  if (ExtendedIndex) {
    Extended = reinterpret_cast<ELFT::Word *>(at(Headers[ExtendedIndex]));
    std::memset(Extended, 0, Headers[ExtendedIndex].sh_size);
  }
  for (const MergedSymbol *From : Known.inOrder()) {
    ELFT::Sym &Symbol = To[From->Index];
    // A section's symbol goes by the name of its section.
    Symbol.st_name = From->Name.empty() ? 0 : Names.getOffset(From->Name);
    Symbol.setBindingAndType(From->Binding, From->Type);
    Symbol.st_other = From->Visibility;
    Symbol.st_value = From->Value;
    Symbol.st_size = From->Size;
    switch (From->Where) {
    case Place::Undefined:
      Symbol.st_shndx = SHN_UNDEF;
      break;
    case Place::Absolute:
      Symbol.st_shndx = SHN_ABS;
      break;
    case Place::Common:
      Symbol.st_shndx = SHN_COMMON;
      break;
    case Place::Section:
    case Place::Group: {
      uint32_t Index = sectionOf(*From);
      Symbol.st_shndx = std::min<uint32_t>(Index, SHN_XINDEX);
      if (Index >= SHN_LORESERVE) {
        Symbol.st_shndx = SHN_XINDEX;
        Extended[From->Index] = Index;
      }
      break;
    }
    }
  }
}

void Writer::writeSectionTable() {
  // What lies between the sections, for alignment, was not written yet.
  for (const ELFT::Shdr &Header : drop_begin(Headers)) {
    fillUpTo(Header.sh_offset);
    if (Header.sh_type != SHT_NOBITS)
      Written += Header.sh_size;
  }
  fillUpTo(TableOffset);
  std::memcpy(File.data() + TableOffset, Headers.data(),
              Headers.size() * sizeof(ELFT::Shdr));
}

Expected<SmallVector<char, 0>> writeObject(ArrayRef<OutputSection *> Sections,
                                           ArrayRef<InputObject> Objects,
                                           const Symbols &Known) {
  return Writer(Sections, Objects, Known).write();
}

} // namespace hapax::merge
