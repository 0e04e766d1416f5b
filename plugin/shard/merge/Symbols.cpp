//===- Symbols.cpp - The symbols of the output ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Symbols.h"
#include "Mergeable.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hapax::merge {

uint32_t Symbols::add(MergedSymbol Symbol) {
  All.push_back(Symbol);
  return All.size() - 1;
}

/// Of two visibilities the one that allows less, as linkers have it.
static uint8_t stricter(uint8_t A, uint8_t B) {
  if (A == STV_DEFAULT || B == STV_DEFAULT)
    return std::max(A, B);
  return std::min(A, B);
}

/// Notes where \p From is defined.
Error Symbols::define(MergedSymbol &Symbol, const InputObject &Object,
                      const InputSymbol &From) {
  Symbol.Binding = From.Binding;
  Symbol.Type = From.Type;
  Symbol.Size = From.Size;
  Symbol.Value = From.Value;
  Symbol.Where = From.Where;
  Symbol.Shard = Object.Shard;
  if (From.Where != Place::Section)
    return Error::success();
  const InputSection &Piece = Object.Sections[From.Section];
  if (Piece.Out->Kind == SectionKind::EhFrame ||
      Piece.Out->Kind == SectionKind::Once)
    return faultIn(Object, Piece, "has symbol " + From.Name);
  std::optional<uint64_t> Value = outputOffset(Piece, From.Value);
  if (!Value)
    return faultIn(Object, Piece, "symbol " + From.Name + " is at its end");
  Symbol.Value = *Value;
  Symbol.Section = Piece.Out;
  return Error::success();
}

Error Symbols::addGlobal(const InputObject &Object, InputSymbol &From) {
  auto [Found, IsNew] =
      Globals.try_emplace(CachedHashStringRef(From.Name), uint32_t(All.size()));
  if (IsNew) {
    MergedSymbol Symbol;
    Symbol.Name = From.Name;
    // Weak if all that refer to it say so.
    Symbol.Binding = STB_WEAK;
    add(Symbol);
  }
  From.Merged = Found->second;
  MergedSymbol &Symbol = All[From.Merged];
  Symbol.Visibility = stricter(Symbol.Visibility, From.Visibility);

  // What is defined in a group that was dropped is defined in the one kept.
  bool IsReference =
      From.Where == Place::Undefined ||
      (From.Where == Place::Section && Object.Sections[From.Section].Dropped);
  if (!IsReference) {
    if (Symbol.Where != Place::Undefined)
      return faultIn(Object, "symbol " + From.Name +
                                 " is also defined in shard " +
                                 Twine(Symbol.Shard));
    return define(Symbol, Object, From);
  }
  if (From.Where == Place::Section)
    Symbol.Shard = Object.Shard; // there is a definition; see finishGlobal()
  if (Symbol.Where == Place::Undefined) {
    if (From.Binding != STB_WEAK)
      Symbol.Binding = STB_GLOBAL;
    if (Symbol.Type == STT_NOTYPE)
      Symbol.Type = From.Type;
  }
  return Error::success();
}

Error Symbols::add(const InputObject &Object, InputSymbol &From) {
  if (From.Type == STT_SECTION || From.Unreferenced)
    return Error::success();
  if (From.Binding != STB_LOCAL)
    return addGlobal(Object, From);

  MergedSymbol Symbol;
  Symbol.Visibility = From.Visibility;
  if (From.Type == STT_FILE) {
    auto [Found, IsNew] =
        Files.try_emplace(CachedHashStringRef(From.Name), uint32_t(All.size()));
    From.Merged = Found->second;
    if (!IsNew)
      return Error::success();
    Symbol.Name = From.Name;
    Symbol.Type = STT_FILE;
    Symbol.Where = Place::Absolute;
    add(Symbol);
    return Error::success();
  }

  if (From.Where == Place::Section && Object.Sections[From.Section].Dropped)
    return Error::success();
  if (From.Where == Place::Group) {
    auto Group = find_if(Object.Groups, [&](const InputGroup &G) {
      return G.Section == From.Section;
    });
    if (Group->Dropped)
      return Error::success();
    Symbol.Group = &*Group;
  }
  Symbol.Name = Names.withoutSuffix(From.Name);
  if (Error E = define(Symbol, Object, From))
    return E;
  if (isNamedByContent(Symbol) && Symbol.Where == Place::Section) {
    auto [Found, IsNew] = Contents.try_emplace(
        {Symbol.Section, Symbol.Value, Symbol.Size}, uint32_t(All.size()));
    From.Merged = Found->second;
    if (!IsNew)
      return Error::success();
  }
  Locals.insert(CachedHashStringRef(Symbol.Name));
  From.Merged = add(Symbol);
  return Error::success();
}

/// What can be said of a global only when all shards have been seen.
Error Symbols::finishGlobal(MergedSymbol &Symbol) {
  bool IsPromoted = !Options.PromotedSuffix.empty() &&
                    Symbol.Name.ends_with(Options.PromotedSuffix);
  if (Symbol.Where == Place::Undefined) {
    if (Symbol.Shard != None || IsPromoted)
      return createStringError("symbol " + Symbol.Name +
                               " is defined in no shard");
    return Error::success();
  }
  if (!IsPromoted)
    return Error::success();
  if (Symbol.Where == Place::Common)
    return createStringError("symbol " + Symbol.Name +
                             " is common and cannot become local");
  Symbol.Name = Names.withoutSuffix(Symbol.Name);
  Locals.insert(CachedHashStringRef(Symbol.Name));
  Symbol.Binding = STB_LOCAL;
  Symbol.Visibility = STV_DEFAULT;
  return Error::success();
}

Error Symbols::resolve(MutableArrayRef<InputObject> Objects) {
  size_t Sum = 1;
  for (const InputObject &Object : Objects)
    Sum += Object.Symbols.size();
  All.reserve(Sum);
  for (InputObject &Object : Objects)
    for (InputSymbol &From : drop_begin(Object.Symbols))
      if (Error E = add(Object, From))
        return E;
  for (MergedSymbol &Symbol : drop_begin(All))
    if (Symbol.Binding != STB_LOCAL)
      if (Error E = finishGlobal(Symbol))
        return E;
  // Assembly can name what is local to another shard, and the compiler does not
  // know.
  for (const MergedSymbol &Symbol : drop_begin(All))
    if (Symbol.Where == Place::Undefined &&
        Locals.contains(CachedHashStringRef(Symbol.Name)))
      return createStringError("symbol " + Symbol.Name +
                               " is local to another shard");
  return Error::success();
}

uint32_t Symbols::ofSection(OutputSection &Section) {
  if (Section.Symbol == None) {
    MergedSymbol Symbol;
    Symbol.Type = STT_SECTION;
    Symbol.Where = Place::Section;
    Symbol.Section = &Section;
    Section.Symbol = add(Symbol);
  }
  return Section.Symbol;
}

void Symbols::number() {
  for (const MergedSymbol &Symbol : drop_begin(All))
    Order.push_back(&Symbol);
  auto Class = [](const MergedSymbol &Symbol) {
    if (Symbol.Binding != STB_LOCAL)
      return 3;
    return Symbol.Type == STT_FILE ? 0 : Symbol.Type == STT_SECTION ? 2 : 1;
  };
  llvm::stable_sort(Order, [&](const MergedSymbol *A, const MergedSymbol *B) {
    return Class(*A) < Class(*B);
  });
  FirstGlobal = 1;
  unsigned Next = 0;
  for (auto [Position, Symbol] : enumerate(Order)) {
    MergedSymbol &Numbered = All[Symbol - All.data()];
    Numbered.Index = Position + 1;
    FirstGlobal += Symbol->Binding == STB_LOCAL;
    if (isNamedByContent(Numbered))
      Numbered.Name = Names.save(".L" + Twine(Next++));
  }
}

} // namespace hapax::merge
