//===- Lines.cpp - Puts lines back into debug information -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Lines.h"
#include "DebugEntries.h"
#include "LineTable.h"

using namespace llvm;

namespace hapax::merge {

Error restoreLines(InputObject &Object, const LineTokens &Tokens,
                   BumpPtrAllocator &Memory) {
  for (InputSection &Section : Object.Sections) {
    if (Section.Type != ELF::SHT_PROGBITS)
      continue;
    if (Section.Name == ".debug_line") {
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
