//===- Relocations.cpp - Rewrites relocations -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Relocations.h"
#include "Mergeable.h"
#include "RelocationTypes.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hapax::merge {

Expected<Relocation> convert(const InputObject &Object,
                             const InputSection &Piece, const ELFT::Rela &From,
                             Symbols &Known) {
  Relocation To;
  To.Offset = From.r_offset;
  To.Type = From.getType(/*isMips64EL=*/false);
  To.Addend = From.r_addend;
  uint32_t Index = From.getSymbol(/*isMips64EL=*/false);
  if (!Index)
    return To;

  const InputSymbol &Symbol = Object.Symbols[Index];
  if (Symbol.Type != STT_SECTION) {
    if (Symbol.Merged == None || Symbol.Where == Place::Group)
      return faultIn(Object, Piece,
                     "refers to symbol " + Symbol.Name +
                         ", which is not in the output");
    To.Symbol = Symbol.Merged;
    return To;
  }

  const InputSection &Target = Object.Sections[Symbol.Section];
  if (Target.Dropped)
    return faultIn(Object, Piece,
                   "refers to section " + Target.Name +
                       ", which is not in the output");
  switch (Target.Out->Kind) {
  case SectionKind::Plain:
    To.Addend = int64_t(uint64_t(To.Addend) + Target.Offset);
    break;
  case SectionKind::Mergeable: {
    std::optional<uint64_t> Offset;
    if (To.Addend >= 0)
      Offset = outputOffset(Target, To.Addend);
    if (!Offset)
      return faultIn(Object, Piece,
                     "refers to what is outside of section " + Target.Name);
    To.Addend = int64_t(*Offset);
    break;
  }
  default:
    return faultIn(Object, Piece, "refers to section " + Target.Name);
  }
  To.Symbol = Known.ofSection(*Target.Out);
  return To;
}

/// The value of \p R, in \p Section, where it does not depend on a linker.
static std::optional<Patch> resolve(const OutputSection &Section,
                                    const Relocation &R, const Symbols &Known) {
  RelocationType Type = *relocationType(R.Type);
  const MergedSymbol &Symbol = Known[R.Symbol];
  if (!Type.Resolvable || Symbol.Section != &Section ||
      Symbol.Binding != STB_LOCAL || Symbol.Type == STT_GNU_IFUNC ||
      Symbol.Type == STT_TLS)
    return std::nullopt;
  // (Unsigned: an addend may be anything.)
  auto Value = int64_t(Symbol.Value + uint64_t(R.Addend) - R.Offset);
  if (Type.Size == 4 && !isInt<32>(Value))
    return std::nullopt;
  return Patch{R.Offset, uint64_t(Value), Type.Size};
}

Error relocatePieces(OutputSection &Section, ArrayRef<InputObject> Objects,
                     Symbols &Known) {
  size_t Sum = 0;
  for (const InputSection *Piece : Section.Pieces)
    Sum += Piece->Relocations.size();
  Section.Relocations.reserve(Sum);
  for (const InputSection *Piece : Section.Pieces)
    for (const ELFT::Rela &From : Piece->Relocations) {
      Expected<Relocation> To =
          convert(Objects[Piece->Shard], *Piece, From, Known);
      if (!To)
        return To.takeError();
      To->Offset += Piece->Offset;
      if (std::optional<Patch> Value = resolve(Section, *To, Known))
        Section.Patches.push_back(*Value);
      else
        Section.Relocations.push_back(*To);
    }
  return Error::success();
}

} // namespace hapax::merge
