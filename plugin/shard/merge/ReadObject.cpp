//===- ReadObject.cpp - Reads a shard's object ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Every number of the input is looked at here, once: later steps index without
/// asking. Lists of what is known (types, flags) rather than of what is not:
/// something new in an object is then an error, not a wrong object.
//===----------------------------------------------------------------------===//

#include "ReadObject.h"
#include "RelocationTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hapax::merge {

/// The most that padding may grow an object by, at each piece of it.
static constexpr uint64_t MaxAlign = 1 << 24;

static constexpr uint64_t KnownFlags =
    SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR | SHF_MERGE | SHF_STRINGS |
    SHF_INFO_LINK | SHF_LINK_ORDER | SHF_GROUP | SHF_TLS | SHF_EXCLUDE |
    SHF_GNU_RETAIN | SHF_X86_64_LARGE;

/// Whether sections of this type hold what programs, linkers or debuggers read,
/// and mean the same when they stand one after the other.
static bool isCarriedType(uint32_t Type) {
  switch (Type) {
  case SHT_PROGBITS:
  case SHT_NOBITS:
  case SHT_NOTE:
  case SHT_INIT_ARRAY:
  case SHT_FINI_ARRAY:
  case SHT_PREINIT_ARRAY:
  case SHT_X86_64_UNWIND:
  case SHT_LLVM_ADDRSIG:
  case SHT_LLVM_DEPENDENT_LIBRARIES:
  case SHT_LLVM_LINKER_OPTIONS:
  case SHT_LLVM_BB_ADDR_MAP:
    return true;
  default:
    return false;
  }
}

/// Whether a mergeable section consists of constants, or of strings with ends.
static bool hasWholeEntries(const InputSection &Section) {
  if (!Section.EntrySize || Section.Type == SHT_NOBITS ||
      Section.Size % Section.EntrySize)
    return false;
  return !(Section.Flags & SHF_STRINGS) || Section.Contents.empty() ||
         all_of(Section.Contents.take_back(Section.EntrySize),
                [](uint8_t Byte) { return Byte == 0; });
}

namespace {
class Reader {
public:
  Reader(object::ELFFile<ELFT> File, InputObject &Object)
      : File(std::move(File)), Object(Object) {}

  Error read() {
    if (Error E = checkHeader())
      return E;
    if (Error E = readSections())
      return E;
    if (Error E = readSymbols())
      return E;
    if (Error E = readGroups())
      return E;
    return readRelocations();
  }

private:
  Error checkHeader();
  Error readSections();
  Error readSection(InputSection &Section, const ELFT::Shdr &Header);
  Error readSymbols();
  Error readSymbol(InputSymbol &Symbol, const ELFT::Sym &From);
  Error readGroups();
  Error readGroup(const InputSection &Section, const ELFT::Shdr &Header);
  Error readRelocations();
  Error readRelocationsOf(InputSection &Target, const ELFT::Shdr &Header);

  object::ELFFile<ELFT> File;
  InputObject &Object;
  ArrayRef<ELFT::Shdr> Headers;
  ArrayRef<ELFT::Sym> RawSymbols;
  ArrayRef<ELFT::Word> ExtendedIndices;
  StringRef Names; ///< of symbols
  uint32_t SymbolTable = 0;
};
} // namespace

Error Reader::checkHeader() {
  const ELFT::Ehdr &Header = File.getHeader();
  if (!Header.checkMagic() || Header.getFileClass() != ELFCLASS64 ||
      Header.getDataEncoding() != ELFDATA2LSB ||
      Header.e_ident[EI_VERSION] != EV_CURRENT || Header.e_type != ET_REL ||
      Header.e_machine != EM_X86_64)
    return faultIn(Object, "not a relocatable x86-64 ELF object");
  Object.OSABI = Header.e_ident[EI_OSABI];
  if ((Object.OSABI != ELFOSABI_NONE && Object.OSABI != ELFOSABI_GNU) ||
      Header.e_ident[EI_ABIVERSION] || Header.e_flags)
    return faultIn(Object, "of an ABI that is not known");
  return Error::success();
}

Error Reader::readSections() {
  Expected<ELFT::ShdrRange> Read = File.sections();
  if (!Read)
    return faultIn(Object, toString(Read.takeError()));
  Headers = *Read;
  if (Headers.empty())
    return faultIn(Object, "no sections");
  Expected<StringRef> SectionNames = File.getSectionStringTable(Headers);
  if (!SectionNames)
    return faultIn(Object, toString(SectionNames.takeError()));

  Object.Sections.resize(Headers.size());
  for (size_t I = 1; I != Headers.size(); ++I) {
    InputSection &Section = Object.Sections[I];
    Section.Shard = Object.Shard;
    Section.Index = I;
    Expected<StringRef> Name = File.getSectionName(Headers[I], *SectionNames);
    if (!Name)
      return faultIn(Object, toString(Name.takeError()));
    Section.Name = *Name;
    if (Error E = readSection(Section, Headers[I]))
      return E;
  }
  return Error::success();
}

Error Reader::readSection(InputSection &Section, const ELFT::Shdr &Header) {
  Section.Type = Header.sh_type;
  Section.Flags = Header.sh_flags;
  Section.Align = std::max<uint64_t>(Header.sh_addralign, 1);
  Section.EntrySize = Header.sh_entsize;
  Section.Size = Header.sh_size;
  if (Section.Flags & ~KnownFlags)
    return faultIn(Object, Section,
                   "flags 0x" + Twine::utohexstr(Section.Flags) +
                       " are not known");
  if (!isPowerOf2_64(Section.Align) || Section.Align > MaxAlign)
    return faultIn(Object, Section,
                   "alignment " + Twine(Section.Align) + " is not supported");

  switch (Section.Type) {
  case SHT_NULL:
  case SHT_STRTAB:
  case SHT_RELA:
  case SHT_GROUP:
  case SHT_SYMTAB_SHNDX:
    return Error::success();
  case SHT_SYMTAB:
    if (SymbolTable)
      return faultIn(Object, Section, "a second symbol table");
    SymbolTable = Section.Index;
    return Error::success();
  }
  if (!isCarriedType(Section.Type))
    return faultIn(Object, Section,
                   "type 0x" + Twine::utohexstr(Section.Type) +
                       " is not known");
  Section.Carried = true;
  if (Header.sh_addr || Header.sh_info || Section.Flags & SHF_INFO_LINK ||
      (Header.sh_link && Section.Type != SHT_LLVM_ADDRSIG &&
       !(Section.Flags & SHF_LINK_ORDER)))
    return faultIn(Object, Section, "has an address, link or information");

  if (Section.Type == SHT_NOBITS) {
    // Sizes of several are added up.
    if (Section.Size > std::numeric_limits<uint64_t>::max() >> 16)
      return faultIn(Object, Section, "is too large");
  } else {
    Expected<ArrayRef<uint8_t>> Contents = File.getSectionContents(Header);
    if (!Contents)
      return faultIn(Object, Section, toString(Contents.takeError()));
    Section.Contents = *Contents;
  }
  if (Section.Flags & SHF_MERGE && !hasWholeEntries(Section))
    return faultIn(Object, Section, "entries are not whole");
  if (Section.Flags & SHF_LINK_ORDER) {
    Section.Link = Header.sh_link;
    if (Section.Link >= Headers.size())
      return faultIn(Object, Section, "is linked to no section");
  }
  return Error::success();
}

Error Reader::readSymbols() {
  if (!SymbolTable)
    return faultIn(Object, "no symbol table");
  const ELFT::Shdr &Header = Headers[SymbolTable];
  Expected<ELFT::SymRange> Symbols = File.symbols(&Header);
  if (!Symbols)
    return faultIn(Object, toString(Symbols.takeError()));
  Expected<StringRef> Table = File.getStringTableForSymtab(Header, Headers);
  if (!Table)
    return faultIn(Object, toString(Table.takeError()));
  RawSymbols = *Symbols;
  Names = *Table;
  for (const InputSection &Section : Object.Sections) {
    if (Section.Type != SHT_SYMTAB_SHNDX)
      continue;
    Expected<ArrayRef<ELFT::Word>> Indices =
        File.getSHNDXTable(Headers[Section.Index], Headers);
    if (!Indices)
      return faultIn(Object, Section, toString(Indices.takeError()));
    ExtendedIndices = *Indices;
  }

  Object.Symbols.resize(RawSymbols.size());
  for (size_t I = 1; I < RawSymbols.size(); ++I)
    if (Error E = readSymbol(Object.Symbols[I], RawSymbols[I]))
      return E;
  return Error::success();
}

Error Reader::readSymbol(InputSymbol &Symbol, const ELFT::Sym &From) {
  Expected<StringRef> Name = From.getName(Names);
  if (!Name)
    return faultIn(Object, toString(Name.takeError()));
  Symbol.Name = *Name;
  Symbol.Value = From.st_value;
  Symbol.Size = From.st_size;
  Symbol.Binding = From.getBinding();
  Symbol.Type = From.getType();
  Symbol.Visibility = From.getVisibility();
  auto Fault = [&](const Twine &Message) {
    return faultIn(Object, "symbol " + Twine(&From - RawSymbols.data()) + " (" +
                               Symbol.Name + "): " + Message);
  };
  if (From.st_other != Symbol.Visibility)
    return Fault("st_other is not known");
  switch (Symbol.Binding) {
  case STB_LOCAL:
  case STB_GLOBAL:
  case STB_WEAK:
  case STB_GNU_UNIQUE:
    break;
  default:
    return Fault("binding is not known");
  }

  uint32_t Index = From.st_shndx;
  if (Index == SHN_ABS) {
    Symbol.Where = Place::Absolute;
  } else if (Index == SHN_COMMON) {
    Symbol.Where = Place::Common;
  } else if (Index != SHN_UNDEF) {
    if (Index == SHN_XINDEX) {
      size_t Position = &From - RawSymbols.data();
      if (Position >= ExtendedIndices.size())
        return Fault("has no extended section index");
      Index = ExtendedIndices[Position];
    } else if (Index >= SHN_LORESERVE) {
      return Fault("section index is not known");
    }
    if (!Index || Index >= Object.Sections.size())
      return Fault("section index is out of range");
    Symbol.Section = Index;
    Symbol.Where = Object.Sections[Index].Type == SHT_GROUP ? Place::Group
                                                            : Place::Section;
  }

  switch (Symbol.Type) {
  case STT_NOTYPE:
  case STT_OBJECT:
  case STT_FUNC:
  case STT_TLS:
  case STT_GNU_IFUNC:
  case STT_COMMON:
    break;
  case STT_FILE:
    if (Symbol.Binding != STB_LOCAL || Symbol.Where != Place::Absolute)
      return Fault("an odd name of a file");
    return Error::success();
  case STT_SECTION:
    if (Symbol.Binding != STB_LOCAL || Symbol.Where != Place::Section ||
        Symbol.Value)
      return Fault("an odd section symbol");
    return Error::success();
  default:
    return Fault("type is not known");
  }
  if (Symbol.Name.empty())
    return Fault("no name");
  if (Symbol.Binding == STB_LOCAL &&
      (Symbol.Where == Place::Undefined || Symbol.Where == Place::Common))
    return Fault("a local symbol that is not defined");
  if (Symbol.Where == Place::Group &&
      (Symbol.Binding != STB_LOCAL || Symbol.Type != STT_NOTYPE ||
       Symbol.Value || Symbol.Size))
    return Fault("an odd signature of a group");
  if (Symbol.Where == Place::Section) {
    const InputSection &Section = Object.Sections[Symbol.Section];
    if (!Section.Carried || Section.Type == SHT_LLVM_ADDRSIG)
      return Fault("in a section that cannot have symbols");
    if (Symbol.Value > Section.Size)
      return Fault("behind the end of its section");
  }
  return Error::success();
}

Error Reader::readGroups() {
  for (const InputSection &Section : Object.Sections)
    if (Section.Type == SHT_GROUP)
      if (Error E = readGroup(Section, Headers[Section.Index]))
        return E;
  for (const InputSection &Section : Object.Sections)
    if (Section.Carried &&
        (Section.Group != None) != bool(Section.Flags & SHF_GROUP))
      return faultIn(Object, Section, "flag and membership of groups differ");
  return Error::success();
}

Error Reader::readGroup(const InputSection &Section, const ELFT::Shdr &Header) {
  Expected<ArrayRef<ELFT::Word>> Words =
      File.getSectionContentsAsArray<ELFT::Word>(Header);
  if (!Words)
    return faultIn(Object, Section, toString(Words.takeError()));
  if (Words->empty() || Header.sh_link != SymbolTable || !Header.sh_info ||
      Header.sh_info >= Object.Symbols.size())
    return faultIn(Object, Section, "no flags or no signature");

  InputGroup Group;
  Group.Section = Section.Index;
  Group.SignatureSymbol = Header.sh_info;
  const InputSymbol &Signature = Object.Symbols[Header.sh_info];
  Group.Signature = Signature.Name;
  Group.Flags = Words->front();
  if (Group.Flags & ~uint32_t(GRP_COMDAT))
    return faultIn(Object, Section, "flags are not known");
  if (Signature.Type == STT_SECTION || Signature.Type == STT_FILE)
    return faultIn(Object, Section, "the signature is no name");
  for (uint32_t Member : Words->drop_front()) {
    if (!Member || Member >= Object.Sections.size())
      return faultIn(Object, Section, "a member is out of range");
    InputSection &Part = Object.Sections[Member];
    if (Part.Type == SHT_RELA)
      continue; // follows what it relocates
    if (!Part.Carried || Part.Group != None)
      return faultIn(Object, Part, "cannot be a member of this group");
    Part.Group = Object.Groups.size();
    Group.Members.push_back(Member);
  }
  Object.Groups.push_back(std::move(Group));
  return Error::success();
}

Error Reader::readRelocations() {
  for (const InputSection &Section : Object.Sections) {
    if (Section.Type != SHT_RELA)
      continue;
    const ELFT::Shdr &Header = Headers[Section.Index];
    if (Header.sh_link != SymbolTable || !Header.sh_info ||
        Header.sh_info >= Object.Sections.size())
      return faultIn(Object, Section, "relocates no section");
    InputSection &Target = Object.Sections[Header.sh_info];
    if (!Target.Carried || !Target.Relocations.empty())
      return faultIn(Object, Section, "relocates what it must not");
    if (Error E = readRelocationsOf(Target, Header))
      return E;
  }
  return Error::success();
}

Error Reader::readRelocationsOf(InputSection &Target,
                                const ELFT::Shdr &Header) {
  Expected<ELFT::RelaRange> Read = File.relas(Header);
  if (!Read)
    return faultIn(Object, Target, toString(Read.takeError()));
  Target.Relocations = *Read;
  for (const ELFT::Rela &Relocation : Target.Relocations) {
    uint32_t Type = Relocation.getType(/*isMips64EL=*/false);
    std::optional<RelocationType> Known = relocationType(Type);
    if (!Known)
      return faultIn(Object, Target,
                     "relocation type " + Twine(Type) + " is not known");
    if (Relocation.r_offset > Target.Size ||
        Target.Size - Relocation.r_offset < Known->Size)
      return faultIn(Object, Target,
                     "a relocation is behind the end of its section");
    if (Target.Type == SHT_NOBITS)
      return faultIn(Object, Target, "relocations without contents");
    uint32_t Index = Relocation.getSymbol(/*isMips64EL=*/false);
    if (Index >= Object.Symbols.size())
      return faultIn(Object, Target, "a relocation's symbol is out of range");
    const InputSymbol &Symbol = Object.Symbols[Index];
    if (Symbol.Type == STT_FILE)
      return faultIn(Object, Target, "a relocation's symbol is a file");
    if (Symbol.Type != STT_SECTION)
      continue;
    const InputSection &Section = Object.Sections[Symbol.Section];
    if (!Section.Carried || Section.Type == SHT_LLVM_ADDRSIG)
      return faultIn(Object, Target, "a relocation's symbol has no section");
    if (!Known->TakesSections)
      return faultIn(Object, Target,
                     "relocation type " + Twine(Type) +
                         " against a section is not known");
  }
  return Error::success();
}

Expected<InputObject> readObject(MemoryBufferRef Buffer, uint32_t Shard) {
  InputObject Object;
  Object.Name = Buffer.getBufferIdentifier();
  Object.Shard = Shard;
  Expected<object::ELFFile<ELFT>> File =
      object::ELFFile<ELFT>::create(Buffer.getBuffer());
  if (!File)
    return faultIn(Object, toString(File.takeError()));
  if (Error E = Reader(std::move(*File), Object).read())
    return E;
  return Object;
}

} // namespace hapax::merge
