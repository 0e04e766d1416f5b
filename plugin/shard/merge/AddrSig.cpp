//===- AddrSig.cpp - Symbols whose address matters ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "AddrSig.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace hapax::merge {

Error buildAddrSig(OutputSection &Section, ArrayRef<InputObject> Objects,
                   const Symbols &Known) {
  raw_svector_ostream Stream(Section.Contents);
  DenseSet<uint32_t> Seen;
  for (const InputSection *Piece : Section.Pieces) {
    const InputObject &Object = Objects[Piece->Shard];
    if (!Piece->Relocations.empty())
      return faultIn(Object, *Piece, "has relocations");
    for (const uint8_t *At = Piece->Contents.begin();
         At != Piece->Contents.end();) {
      unsigned Length = 0;
      const char *Message = nullptr;
      uint64_t Index =
          decodeULEB128(At, &Length, Piece->Contents.end(), &Message);
      if (Message)
        return faultIn(Object, *Piece, Message);
      At += Length;
      uint32_t Merged = None;
      if (Index < Object.Symbols.size()) {
        const InputSymbol &Symbol = Object.Symbols[Index];
        if (Symbol.Unreferenced)
          continue;
        Merged = Symbol.Merged;
        // What has no name of its own is listed as its section; if nothing
        // refers to that any more, its address does not matter either.
        if (Symbol.Type == ELF::STT_SECTION) {
          const InputSection &Target = Object.Sections[Symbol.Section];
          if (Target.Dropped || !Target.Out || Target.Out->Symbol == None)
            continue;
          Merged = Target.Out->Symbol;
        }
      }
      if (Merged == None)
        return faultIn(Object, *Piece,
                       "lists symbol " + Twine(Index) +
                           ", which is not in the output");
      if (Seen.insert(Merged).second)
        encodeULEB128(Known[Merged].Index, Stream);
    }
  }
  Section.Size = Section.Contents.size();
  return Error::success();
}

} // namespace hapax::merge
