//===- ObjectMerge.cpp - One object of the shards' objects ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "ObjectMerge.h"
#include "merge/AddrSig.h"
#include "merge/Comdats.h"
#include "merge/EhFrame.h"
#include "merge/Lines.h"
#include "merge/ReadObject.h"
#include "merge/Relocations.h"
#include "merge/Sections.h"
#include "merge/Symbols.h"
#include "merge/Unreferenced.h"
#include "merge/WriteObject.h"
#include "llvm/Support/Allocator.h"

using namespace llvm;
using namespace hapax::merge;

namespace hapax {

static Error build(OutputSection &Section, ArrayRef<InputObject> Objects,
                   Symbols &Known) {
  switch (Section.Kind) {
  case SectionKind::Plain:
    return relocatePieces(Section, Objects, Known);
  case SectionKind::EhFrame:
    return buildEhFrame(Section, Objects, Known);
  case SectionKind::Mergeable:
  case SectionKind::Once:
  case SectionKind::AddrSig: // needs the final numbers of symbols
    return Error::success();
  }
  llvm_unreachable("all kinds are handled");
}

Expected<SmallVector<char, 0>> mergeObjects(ArrayRef<MemoryBufferRef> Shards,
                                            const MergeOptions &Options) {
  BumpPtrAllocator Memory;
  std::vector<InputObject> Objects;
  Objects.reserve(Shards.size());
  for (MemoryBufferRef Shard : Shards) {
    Expected<InputObject> Object = readObject(Shard, Objects.size());
    if (!Object)
      return Object.takeError();
    if (!Options.Lines.empty() && !Options.Lines[Objects.size()].empty())
      if (Error E =
              restoreLines(*Object, Options.Lines[Objects.size()], Memory))
        return E;
    Objects.push_back(std::move(*Object));
  }
  if (Objects.empty())
    return createStringError("no shards");
  if (Error E = dropRepeatedGroups(Objects))
    return E;

  StringSaver Saver(Memory);
  SectionNames Names(Options, Saver);
  Names.analyse(Objects);
  if (Options.DropUnreferenced)
    dropUnreferenced(Objects, Options);
  Sections All;
  if (Error E = All.build(Objects, Names))
    return E;
  Symbols Known(Options, Names);
  if (Error E = Known.resolve(Objects))
    return E;

  for (OutputSection *Section : All.inOrder())
    if (Error E = build(*Section, Objects, Known))
      return E;
  All.removeIf([&](const OutputSection &Section) {
    // A shard without a list says that all its addresses matter; what an empty
    // list of frames says, none says as well.
    if (Section.Kind == SectionKind::AddrSig)
      return Section.Pieces.size() != Objects.size();
    return Section.Kind == SectionKind::EhFrame && !Section.Size;
  });
  Known.number();
  for (OutputSection *Section : All.inOrder())
    if (Section->Kind == SectionKind::AddrSig)
      if (Error E = buildAddrSig(*Section, Objects, Known))
        return E;
  return writeObject(All.inOrder(), Objects, Known);
}

} // namespace hapax
