//===- Lines.cpp - Puts lines back into debug information -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Lines.h"
#include "DebugEntries.h"
#include "LineTable.h"

using namespace llvm;

namespace hapax::merge {

/// A line table's rows lie elsewhere in the new one, so nothing may refer to
/// them; its beginning stays.
static Error refuseReferencesInto(const InputObject &Object, uint32_t Table) {
  for (const InputSymbol &Symbol : Object.Symbols)
    if (Symbol.Where == Place::Section && Symbol.Section == Table &&
        Symbol.Value != 0)
      return faultIn(Object, "symbol " + Symbol.Name + " is in a line table");
  for (const InputSection &Section : Object.Sections)
    for (const ELFT::Rela &R : Section.Relocations) {
      const InputSymbol &To = Object.Symbols[R.getSymbol(/*isMips64EL=*/false)];
      if (To.Where == Place::Section && To.Section == Table && R.r_addend != 0)
        return faultIn(Object, Section, "refers into a line table");
    }
  return Error::success();
}

Error restoreLines(InputObject &Object, const LineTokens &Tokens,
                   BumpPtrAllocator &Memory) {
  for (InputSection &Section : Object.Sections) {
    if (Section.Type != ELF::SHT_PROGBITS)
      continue;
    if (Section.Name == ".debug_line") {
      if (Error E = refuseReferencesInto(Object, Section.Index))
        return E;
      Expected<RewrittenSection> New =
          restoreLineTable(Object, Section, Tokens);
      if (!New)
        return New.takeError();
      Section.Contents = ArrayRef(New->Contents).copy(Memory);
      Section.Size = Section.Contents.size();
      Section.Relocations = ArrayRef(New->Relocations).copy(Memory);
    } else if (Section.Name == ".debug_info" ||
               Section.Name == ".debug_types") {
      Expected<std::vector<uint8_t>> New =
          restoreDebugEntries(Object, Section, Tokens);
      if (!New)
        return New.takeError();
      Section.Contents = ArrayRef(*New).copy(Memory);
    } else if (Section.Name.starts_with(".debug_mac")) {
      return faultIn(Object, Section, "has lines that cannot be put back");
    }
  }
  return Error::success();
}

} // namespace hapax::merge
