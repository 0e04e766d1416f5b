//===- LineFields.cpp - Where nodes keep lines ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Nodes let nobody change their lines. The arguments of an explicit
// instantiation are not subject to access control ([temp.spec.general]/6): each
// Grant hands a member pointer to a friend function that is found by its tag.
//
//===----------------------------------------------------------------------===//
#include "LineFields.h"
#include "llvm/IR/DebugInfoMetadata.h"

using namespace llvm;

namespace hapax {

namespace {
template <typename Tag, typename Tag::Pointer Pointer> struct Grant {
  friend typename Tag::Pointer memberOf(Tag) { return Pointer; }
};

struct NumberTag {
  using Pointer = unsigned Metadata::*;
  friend Pointer memberOf(NumberTag);
};
struct TypeTag {
  using Pointer = unsigned DIType::*;
  friend Pointer memberOf(TypeTag);
};
struct SubprogramTag {
  using Pointer = unsigned DISubprogram::*;
  friend Pointer memberOf(SubprogramTag);
};
struct BodyTag {
  using Pointer = unsigned DISubprogram::*;
  friend Pointer memberOf(BodyTag);
};
struct VariableTag {
  using Pointer = unsigned DIVariable::*;
  friend Pointer memberOf(VariableTag);
};

// Which nodes keep a line in the number that all nodes have: see their getters.
template struct Grant<NumberTag, &Metadata::SubclassData32>;
template struct Grant<TypeTag, &DIType::Line>;
template struct Grant<SubprogramTag, &DISubprogram::Line>;
template struct Grant<BodyTag, &DISubprogram::ScopeLine>;
template struct Grant<VariableTag, &DIVariable::Line>;
} // namespace

bool forEachLine(MDNode &N,
                 function_ref<bool(const DIFile *File, unsigned &Line)> Do) {
  unsigned &Number = N.*memberOf(NumberTag());
  if (auto *Location = dyn_cast<DILocation>(&N))
    return Do(Location->getFile(), Number);
  if (auto *Block = dyn_cast<DILexicalBlock>(&N))
    return Do(Block->getFile(), Number);
  if (auto *Label = dyn_cast<DILabel>(&N))
    return Do(Label->getFile(), Number);
  if (auto *Type = dyn_cast<DIType>(&N))
    return Do(Type->getFile(), Type->*memberOf(TypeTag()));
  if (auto *Function = dyn_cast<DISubprogram>(&N))
    return Do(Function->getFile(), Function->*memberOf(SubprogramTag())) &&
           Do(Function->getFile(), Function->*memberOf(BodyTag()));
  if (auto *Variable = dyn_cast<DIVariable>(&N))
    return Do(Variable->getFile(), Variable->*memberOf(VariableTag()));
  if (auto *Import = dyn_cast<DIImportedEntity>(&N))
    return Do(Import->getFile(), Number);
  if (auto *Unit = dyn_cast<DIModule>(&N))
    return Unit->getLineNo() == 0;
  if (auto *Block = dyn_cast<DICommonBlock>(&N))
    return Block->getLineNo() == 0;
  // Macros and properties: the latter have lines in any case.
  return !isa<DIMacroNode, DIObjCProperty>(N);
}

} // namespace hapax
