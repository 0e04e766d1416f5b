//===- SectionNames.cpp - What a section would have been called -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "SectionNames.h"
#include "llvm/ADT/CachedHashString.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hapax::merge {

/// What LLVM's TargetLoweringObjectFileELF begins names with. The longer ones
/// of two that begin alike come first.
static constexpr StringLiteral Kinds[] = {
    ".text",         ".ltext", ".rodata",          ".lrodata", ".data.rel.ro",
    ".ldata.rel.ro", ".data",  ".ldata",           ".bss",     ".lbss",
    ".tdata",        ".tbss",  ".gcc_except_table"};

/// How often something is used, which may stand between kind and owner. Without
/// an owner such a name ends in a dot, so that it is not taken for an owner's.
static constexpr StringLiteral Prefixes[] = {"hot",  "unlikely", "startup",
                                             "exit", "unknown",  "split"};

namespace {
/// What the symbols of one object say.
class Definitions {
public:
  explicit Definitions(const InputObject &Object) {
    for (const InputSymbol &Symbol : Object.Symbols)
      if (Symbol.Where == Place::Section && Symbol.Type != STT_SECTION)
        ByName.try_emplace(CachedHashStringRef(Symbol.Name), &Symbol);
  }

  /// Whether \p Section, of kind \p Kind, can be that of \p Name.
  bool isOwner(StringRef Name, const InputSection &Section, StringRef Kind) {
    // Private constants: there is no symbol, or it is of no use.
    if (Name.starts_with(".L"))
      return true;
    const InputSymbol *Symbol = ByName.lookup(CachedHashStringRef(Name));
    if (!Symbol)
      return false;
    if (Symbol->Section == Section.Index)
      return true;
    // Jump tables and tables of exceptions have no symbols.
    return (Kind == ".rodata" || Kind == ".lrodata" ||
            Kind == ".gcc_except_table") &&
           isFunction(Name);
  }

  bool isFunction(StringRef Name) {
    const InputSymbol *Symbol = ByName.lookup(CachedHashStringRef(Name));
    return Symbol &&
           (Symbol->Type == STT_FUNC || Symbol->Type == STT_GNU_IFUNC);
  }

private:
  DenseMap<CachedHashStringRef, const InputSymbol *> ByName;
};
} // namespace

static void takeApart(InputSection &Section, Definitions &Known) {
  for (StringRef Kind : Kinds) {
    StringRef Rest = Section.Name;
    if (!Rest.consume_front(Kind) || !Rest.consume_front("."))
      continue;
    if (!Known.isOwner(Rest, Section, Kind)) {
      StringRef Prefix, Owner;
      std::tie(Prefix, Owner) = Rest.split('.');
      if (!is_contained(Prefixes, Prefix) ||
          !Known.isOwner(Owner, Section, Kind))
        continue;
      Rest = Owner;
    }
    Section.Owner = Rest;
    Section.Base = Section.Name.drop_back(Rest.size() + 1);
    Section.OwnerIsFunction =
        Kind == ".text" || Kind == ".ltext" || Known.isFunction(Rest);
    return;
  }
}

void SectionNames::analyse(MutableArrayRef<InputObject> Objects) {
  DenseMap<CachedHashStringRef, uint32_t> Ranks;
  for (StringRef Name : Options.Order)
    Ranks.try_emplace(CachedHashStringRef(Name), Ranks.size());
  auto RankOf = [&](StringRef Name) {
    auto Found = Ranks.find(CachedHashStringRef(withoutSuffix(Name)));
    return Found == Ranks.end() ? None : Found->second;
  };

  for (InputObject &Object : Objects) {
    Definitions Known(Object);
    for (InputSection &Section : Object.Sections)
      if (Section.isPiece()) {
        takeApart(Section, Known);
        if (!Section.Owner.empty())
          Section.Rank = RankOf(Section.Owner);
      }
    for (const InputSymbol &Symbol : Object.Symbols) {
      if (Symbol.Where != Place::Section || Symbol.Type == STT_SECTION)
        continue;
      InputSection &Section = Object.Sections[Symbol.Section];
      if (Section.Owner.empty())
        Section.Rank = std::min(Section.Rank, RankOf(Symbol.Name));
    }
  }
}

StringRef SectionNames::withoutSuffix(StringRef Name) {
  StringRef Suffix = Options.PromotedSuffix;
  if (Suffix.empty() || !Name.contains(Suffix))
    return Name;
  SmallString<128> Left;
  for (size_t At; (At = Name.find(Suffix)) != StringRef::npos;
       Name = Name.substr(At + Suffix.size()))
    Left += Name.take_front(At);
  Left += Name;
  return Saver.save(Left.str());
}

bool SectionNames::isSeparate(const InputSection &Section) const {
  // LLVM gives such sections names of their own in any case.
  if (Section.Owner.empty() || Section.Group != None ||
      Section.Flags & (SHF_MERGE | SHF_GNU_RETAIN))
    return true;
  return Section.OwnerIsFunction ? Options.FunctionSections
                                 : Options.DataSections;
}

StringRef SectionNames::outputName(const InputSection &Section) {
  if (isSeparate(Section))
    return withoutSuffix(Section.Name);
  if (is_contained(Kinds, Section.Base))
    return Section.Base;
  return Section.Name.take_front(Section.Base.size() + 1); // with the dot
}

uint64_t SectionNames::outputFlags(const InputSection &Section) const {
  // The table of exceptions is linked to its function only where functions have
  // sections of their own.
  if (!isSeparate(Section) && Section.Base == ".gcc_except_table")
    return Section.Flags & ~uint64_t(SHF_LINK_ORDER);
  return Section.Flags;
}

} // namespace hapax::merge
