//===- Unreferenced.cpp - What nothing refers to any more -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The compiler drops a local function once all calls to it are inlined. A
/// promoted one is a global to it and stays, though each shard that called it
/// may have inlined its copy. Here is seen what is referred to in the end:
/// marks spread along relocations, from every section that has to stay.
/// Sections of debug information are among those, so what they describe stays
/// as well.
///
/// Frames do not keep their function (else none would go), and are dropped with
/// it. They do refer to its table of exceptions: that stays with the function.
//===----------------------------------------------------------------------===//

#include "Unreferenced.h"
#include "llvm/ADT/CachedHashString.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hapax::merge {

namespace {
class Marker {
public:
  Marker(MutableArrayRef<InputObject> Objects, const MergeOptions &Options)
      : Objects(Objects), Suffix(Options.PromotedSuffix),
        Kept(Options.Kept.begin(), Options.Kept.end()) {}

  void run();

private:
  /// What is known of one section.
  struct State {
    bool MayGo = false;
    bool IsMarked = false;
  };

  bool mayGo(const InputSection &Section) const;
  bool keeps(const InputSection &Section, const InputSymbol &Symbol) const;
  void findCandidates(InputObject &Object);
  void mark(InputSection &Section);
  void follow(InputSection &Section);
  void refer(InputObject &Object, uint32_t Symbol);
  void drop(InputObject &Object);

  State &of(const InputSection &Section) {
    return States[Section.Shard][Section.Index];
  }

  MutableArrayRef<InputObject> Objects;
  StringRef Suffix;
  DenseSet<StringRef> Kept;
  std::vector<std::vector<State>> States;
  /// By shard and symbol, whether something that stays refers to it.
  std::vector<std::vector<bool>> Referred;
  DenseMap<CachedHashStringRef, InputSection *> Definitions;
  /// By shard and function, its tables of exceptions.
  std::vector<DenseMap<CachedHashStringRef, InputSection *>> Exceptions;
  std::vector<InputSection *> Work;
};
} // namespace

static bool isFrames(const InputSection &Section) {
  return Section.Name == ".eh_frame";
}

/// As far as the section itself goes; its symbols are yet to be looked at.
bool Marker::mayGo(const InputSection &Section) const {
  return !Section.Owner.empty() && Section.Group == None &&
         Section.Flags & SHF_ALLOC &&
         !(Section.Flags & (SHF_MERGE | SHF_GNU_RETAIN | SHF_LINK_ORDER));
}

/// Whether \p Symbol, in \p Section, is not ours to take away.
bool Marker::keeps(const InputSection &Section,
                   const InputSymbol &Symbol) const {
  if (Symbol.Binding != STB_LOCAL) {
    StringRef Name = Symbol.Name;
    return !Name.consume_back(Suffix) || Kept.contains(Name);
  }
  // Made by the compiler: private, in a table, or of a promoted one.
  return !Symbol.Name.starts_with(".L") &&
         Section.Base != ".gcc_except_table" && !Symbol.Name.contains(Suffix);
}

void Marker::findCandidates(InputObject &Object) {
  DenseMap<CachedHashStringRef, InputSection *> &Tables =
      Exceptions.emplace_back();
  for (InputSection &Section : Object.Sections) {
    of(Section).MayGo = Section.isPiece() && mayGo(Section);
    if (of(Section).MayGo && Section.Base == ".gcc_except_table")
      Tables.try_emplace(CachedHashStringRef(Section.Owner), &Section);
  }
  // A table without its function would never be marked.
  DenseSet<CachedHashStringRef> WithCode;
  for (const InputSection &Section : Object.Sections)
    if (Section.isPiece() && Section.Flags & SHF_EXECINSTR &&
        !Section.Owner.empty())
      WithCode.insert(CachedHashStringRef(Section.Owner));
  for (auto &[Owner, Table] : Tables)
    if (!WithCode.contains(Owner))
      of(*Table).MayGo = false;

  for (const InputSymbol &Symbol : Object.Symbols) {
    if (Symbol.Where != Place::Section || Symbol.Type == STT_SECTION)
      continue;
    InputSection &Section = Object.Sections[Symbol.Section];
    if (Section.Dropped)
      continue;
    if (Symbol.Binding != STB_LOCAL)
      Definitions.try_emplace(CachedHashStringRef(Symbol.Name), &Section);
    if (keeps(Section, Symbol))
      of(Section).MayGo = false;
  }
}

void Marker::mark(InputSection &Section) {
  if (Section.isPiece() && !of(Section).IsMarked) {
    of(Section).IsMarked = true;
    Work.push_back(&Section);
  }
}

void Marker::refer(InputObject &Object, uint32_t Index) {
  Referred[Object.Shard][Index] = true;
  const InputSymbol &Symbol = Object.Symbols[Index];
  if (Symbol.Where == Place::Section)
    mark(Object.Sections[Symbol.Section]);
  if (Symbol.Binding == STB_LOCAL)
    return;
  auto Found = Definitions.find(CachedHashStringRef(Symbol.Name));
  if (Found != Definitions.end())
    mark(*Found->second);
}

void Marker::follow(InputSection &Section) {
  InputObject &Object = Objects[Section.Shard];
  for (const ELFT::Rela &R : Section.Relocations)
    refer(Object, R.getSymbol(/*isMips64EL=*/false));
  if (!(Section.Flags & SHF_EXECINSTR) || Section.Owner.empty())
    return;
  const auto &Tables = Exceptions[Section.Shard];
  auto Found = Tables.find(CachedHashStringRef(Section.Owner));
  if (Found != Tables.end())
    mark(*Found->second);
}

void Marker::drop(InputObject &Object) {
  std::vector<bool> Used(Object.Symbols.size());
  for (InputSection &Section : Object.Sections) {
    for (const ELFT::Rela &R : Section.Relocations)
      Used[R.getSymbol(/*isMips64EL=*/false)] = true;
    if (Section.isPiece() && of(Section).MayGo && !of(Section).IsMarked)
      Section.Dropped = Section.Unreferenced = true;
  }
  for (auto [Index, Symbol] : enumerate(Object.Symbols))
    Symbol.Unreferenced = Symbol.Where == Place::Section
                              ? Object.Sections[Symbol.Section].Unreferenced
                              : Symbol.Where == Place::Undefined &&
                                    Used[Index] &&
                                    !Referred[Object.Shard][Index];
}

void Marker::run() {
  for (InputObject &Object : Objects) {
    States.emplace_back(Object.Sections.size());
    Referred.emplace_back(Object.Symbols.size());
  }
  for (InputObject &Object : Objects)
    findCandidates(Object);
  for (InputObject &Object : Objects)
    for (InputSection &Section : Object.Sections)
      if (Section.isPiece() && !of(Section).MayGo && !isFrames(Section))
        mark(Section);
  while (!Work.empty()) {
    InputSection *Section = Work.back();
    Work.pop_back();
    follow(*Section);
  }
  for (InputObject &Object : Objects)
    for (const InputGroup &Group : Object.Groups)
      Referred[Object.Shard][Group.SignatureSymbol] = true;
  // Personality routines: what frames refer to outside.
  for (InputObject &Object : Objects)
    for (const InputSection &Section : Object.Sections)
      if (isFrames(Section))
        for (const ELFT::Rela &R : Section.Relocations)
          Referred[Object.Shard][R.getSymbol(/*isMips64EL=*/false)] = true;
  for (InputObject &Object : Objects)
    drop(Object);
}

void dropUnreferenced(MutableArrayRef<InputObject> Objects,
                      const MergeOptions &Options) {
  if (!Options.PromotedSuffix.empty())
    Marker(Objects, Options).run();
}

} // namespace hapax::merge
