//===- Mergeable.cpp - Strings and constants, each once -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Mergeable.h"
#include "llvm/ADT/CachedHashString.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hapax::merge {

/// The length of the entry that \p Rest begins with, with its terminator.
static uint64_t entrySize(StringRef Rest, uint64_t Unit, bool IsString) {
  if (!IsString)
    return Unit;
  if (Unit == 1)
    return Rest.find('\0') + 1;
  for (uint64_t At = 0;; At += Unit)
    if (all_of(Rest.substr(At, Unit), [](char C) { return C == 0; }))
      return At + Unit;
}

bool isMergeable(const OutputSection &Section) {
  if (!(Section.Flags & SHF_MERGE) || Section.Group ||
      Section.Flags & (SHF_WRITE | SHF_TLS | SHF_LINK_ORDER))
    return false;
  return all_of(Section.Pieces, [&](const InputSection *Piece) {
    // Strings that are aligned to more than their characters would have to be
    // kept so; nobody has many.
    return Piece->Relocations.empty() && Section.EntrySize % Piece->Align == 0;
  });
}

void mergeEntries(OutputSection &Section) {
  DenseMap<CachedHashStringRef, uint64_t> Known;
  for (InputSection *Piece : Section.Pieces) {
    StringRef All = toStringRef(Piece->Contents);
    for (uint64_t At = 0; At != All.size();) {
      StringRef Rest = All.drop_front(At);
      StringRef Bytes = Rest.take_front(
          entrySize(Rest, Section.EntrySize, Section.Flags & SHF_STRINGS));
      auto [Found, IsNew] = Known.try_emplace(CachedHashStringRef(Bytes),
                                              Section.Contents.size());
      if (IsNew)
        Section.Contents.append(Bytes.begin(), Bytes.end());
      Piece->Entries.push_back({At, Found->second});
      At += Bytes.size();
    }
  }
  Section.Size = Section.Contents.size();
}

// A section's symbol with an addend names the entry at the addend, whatever the
// type of the relocation: so linkers have it, and LLVM uses a section's symbol
// for such sections only where the addend is exactly that.
std::optional<uint64_t> outputOffset(const InputSection &Piece, uint64_t At) {
  if (Piece.Out->Kind != SectionKind::Mergeable)
    return Piece.Offset + At;
  if (At >= Piece.Size)
    return std::nullopt;
  auto Holds = [&](size_t I) {
    return I < Piece.Entries.size() && Piece.Entries[I].From <= At &&
           (I + 1 == Piece.Entries.size() || At < Piece.Entries[I + 1].From);
  };
  size_t &Last = Piece.LastEntry;
  if (!Holds(Last) && !Holds(++Last))
    Last =
        upper_bound(Piece.Entries, At,
                    [](uint64_t At, const Entry &E) { return At < E.From; }) -
        Piece.Entries.begin() - 1;
  const Entry &In = Piece.Entries[Last];
  return In.To + (At - In.From);
}

} // namespace hapax::merge
