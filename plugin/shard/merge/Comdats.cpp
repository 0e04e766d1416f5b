//===- Comdats.cpp - Comdat groups that several shards have ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Comdats.h"
#include "llvm/ADT/CachedHashString.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hapax::merge {

/// What a relocation refers to, by name.
static StringRef targetOf(const InputObject &Object, const ELFT::Rela &R) {
  const InputSymbol &Symbol = Object.Symbols[R.getSymbol(false)];
  return Symbol.Type == STT_SECTION ? Object.Sections[Symbol.Section].Name
                                    : Symbol.Name;
}

static bool isSame(const InputObject &A, const InputSection &InA,
                   const InputObject &B, const InputSection &InB) {
  return InA.Name == InB.Name && InA.Type == InB.Type &&
         InA.Flags == InB.Flags && InA.Size == InB.Size &&
         InA.Contents == InB.Contents &&
         equal(InA.Relocations, InB.Relocations,
               [&](const ELFT::Rela &X, const ELFT::Rela &Y) {
                 return X.r_offset == Y.r_offset &&
                        X.getType(false) == Y.getType(false) &&
                        X.r_addend == Y.r_addend &&
                        targetOf(A, X) == targetOf(B, Y);
               });
}

static bool isSame(const InputObject &A, const InputGroup &InA,
                   const InputObject &B, const InputGroup &InB) {
  return InA.Flags == InB.Flags &&
         equal(InA.Members, InB.Members, [&](uint32_t X, uint32_t Y) {
           return isSame(A, A.Sections[X], B, B.Sections[Y]);
         });
}

/// Whether there is nothing in \p Group that a program has at run time.
static bool isDebugInformation(const InputObject &Object,
                               const InputGroup &Group) {
  return all_of(Group.Members, [&](uint32_t Member) {
    const InputSection &Section = Object.Sections[Member];
    return !(Section.Flags & SHF_ALLOC) && Section.Name.starts_with(".debug_");
  });
}

Error dropRepeatedGroups(MutableArrayRef<InputObject> Objects) {
  struct Kept {
    const InputObject *Object;
    const InputGroup *Group;
  };
  DenseMap<CachedHashStringRef, Kept> First;
  for (InputObject &Object : Objects) {
    for (InputGroup &Group : Object.Groups) {
      if (!(Group.Flags & GRP_COMDAT))
        continue;
      auto [Found, IsFirst] = First.try_emplace(
          CachedHashStringRef(Group.Signature), Kept{&Object, &Group});
      if (IsFirst)
        continue;
      const Kept &Other = Found->second;
      if (!isSame(*Other.Object, *Other.Group, Object, Group) &&
          !(isDebugInformation(Object, Group) &&
            isDebugInformation(*Other.Object, *Other.Group)))
        return faultIn(Object, "group " + Group.Signature +
                                   " differs from that of " +
                                   Other.Object->Name);
      Group.Dropped = true;
      for (uint32_t Member : Group.Members)
        Object.Sections[Member].Dropped = true;
    }
  }
  return Error::success();
}

} // namespace hapax::merge
