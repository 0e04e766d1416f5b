//===- Sections.cpp - The sections of the output --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Sections.h"
#include "Mergeable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hapax::merge {

/// No object of a translation unit is larger; and sums of sizes below it are
/// far from overflow.
static constexpr uint64_t MaxSize = uint64_t(1) << 40;
/// The bytes of a file, which are kept in memory.
static constexpr uint64_t MaxFileSize = uint64_t(1) << 32;

static SectionKind kindOf(const OutputSection &Section) {
  if (Section.Type == SHT_LLVM_ADDRSIG)
    return SectionKind::AddrSig;
  if (Section.Name == ".eh_frame")
    return SectionKind::EhFrame;
  if (Section.Name == ".note.gnu.property")
    return SectionKind::Once;
  return SectionKind::Plain;
}

OutputSection &Sections::find(const OutputSection &Like) {
  SmallVectorImpl<OutputSection *> *Found;
  if (Like.Group)
    Found = &ByGroup[Like.Group];
  else
    Found = &ByName[CachedHashStringRef(Like.Name)];
  for (OutputSection *Section : *Found)
    if (Section->Name == Like.Name && Section->Type == Like.Type &&
        Section->Flags == Like.Flags && Section->EntrySize == Like.EntrySize &&
        Section->LinkedTo == Like.LinkedTo)
      return *Section;
  Found->push_back(&All.emplace_back(Like));
  return All.back();
}

Error Sections::assign(InputObject &Object, InputSection &Piece,
                       SectionNames &Names) {
  OutputSection Like;
  Like.Name = Names.outputName(Piece);
  Like.Type = Piece.Type;
  Like.Flags = Names.outputFlags(Piece);
  Like.EntrySize = Piece.EntrySize;
  if (Piece.Group != None)
    Like.Group = &Object.Groups[Piece.Group];
  if (Like.Flags & SHF_LINK_ORDER && Piece.Link) {
    const InputSection &LinkedTo = Object.Sections[Piece.Link];
    if (!LinkedTo.Out)
      return faultIn(Object, Piece, "is linked to what is not in the output");
    Like.LinkedTo = LinkedTo.Out;
  }
  // The stack is executable if any shard needs it so.
  uint64_t Executable = 0;
  if (Like.Name == ".note.GNU-stack") {
    Executable = Like.Flags & SHF_EXECINSTR;
    Like.Flags &= ~uint64_t(SHF_EXECINSTR);
    if (auto Found = ByName.find(CachedHashStringRef(Like.Name));
        Found != ByName.end())
      Like.Flags |= Found->second.front()->Flags & SHF_EXECINSTR;
  }
  Like.Kind = kindOf(Like);
  if (Like.Kind == SectionKind::EhFrame && Like.Group)
    return faultIn(Object, Piece, "is in a group");

  OutputSection &Out = find(Like);
  Out.Flags |= Executable;
  Out.Align = std::max(Out.Align, Piece.Align);
  Out.Pieces.push_back(&Piece);
  Piece.Out = &Out;
  return Error::success();
}

Error Sections::layOut(OutputSection &Section) {
  if (Section.Kind == SectionKind::EhFrame ||
      Section.Kind == SectionKind::AddrSig)
    return Error::success();
  if (Section.Kind == SectionKind::Once) {
    Section.Size = Section.Pieces.front()->Size;
    ArrayRef<uint8_t> Contents = Section.Pieces.front()->Contents;
    for (const InputSection *Piece : Section.Pieces)
      if (Piece->Contents != Contents || !Piece->Relocations.empty())
        return createStringError("sections " + Section.Name + " differ");
    Section.Contents.assign(Contents.begin(), Contents.end());
    return Error::success();
  }

  llvm::stable_sort(Section.Pieces,
                    [](const InputSection *A, const InputSection *B) {
                      return A->Rank < B->Rank;
                    });
  if (isMergeable(Section)) {
    Section.Kind = SectionKind::Mergeable;
    mergeEntries(Section);
    return Error::success();
  }
  for (InputSection *Piece : Section.Pieces) {
    // The sections that the assembler makes unasked are empty; they do not move
    // what comes after.
    if (Piece->Size || !Piece->Owner.empty())
      Section.Size = alignTo(Section.Size, Piece->Align);
    Piece->Offset = Section.Size;
    Section.Size += Piece->Size;
    if (Section.Size > MaxSize ||
        (Section.Type != SHT_NOBITS && Section.Size > MaxFileSize))
      return createStringError("section " + Section.Name + " is too large");
  }
  return Error::success();
}

void Sections::sort() {
  for (OutputSection &Section : All)
    Order.push_back(&Section);
  // What is loaded comes first; there, the code without a name of its own.
  auto Class = [](const OutputSection &Section) {
    if (Section.Name == ".text")
      return 0;
    return Section.Flags & SHF_ALLOC ? 1 : 2;
  };
  llvm::stable_sort(Order, [&](const OutputSection *A, const OutputSection *B) {
    return std::pair(Class(*A), A->Pieces.front()->Rank) <
           std::pair(Class(*B), B->Pieces.front()->Rank);
  });
  for (auto [Position, Section] : enumerate(Order))
    Section->Position = Position;
}

Error Sections::build(MutableArrayRef<InputObject> Objects,
                      SectionNames &Names) {
  // First what others may be linked to.
  for (bool IsLinked : {false, true})
    for (InputObject &Object : Objects)
      for (InputSection &Piece : Object.Sections)
        if (Piece.isPiece() &&
            bool(Names.outputFlags(Piece) & SHF_LINK_ORDER) == IsLinked)
          if (Error E = assign(Object, Piece, Names))
            return E;
  for (OutputSection &Section : All)
    if (Error E = layOut(Section))
      return E;
  sort();
  return Error::success();
}

void Sections::removeIf(function_ref<bool(const OutputSection &)> IsUseless) {
  erase_if(Order,
           [&](const OutputSection *Section) { return IsUseless(*Section); });
}

} // namespace hapax::merge
