//===- HashTypes.cpp - Types and attributes in the module hash --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "HashTypes.h"

#include "llvm/IR/ConstantRange.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/TypedPointerType.h"

using namespace llvm;
using namespace hapax;

Digest HashTypes::digest(Type *T) {
  if (uint32_t Number = Known.lookup(T); Number != ~0u)
    return Digests[Number];

  HashWords Words;
  Words.add(T->getTypeID());
  bool IsNameless = false;
  switch (T->getTypeID()) {
  case Type::FunctionTyID: {
    auto *FT = cast<FunctionType>(T);
    Words.add(FT->isVarArg());
    Words.add(FT->getNumParams());
    write(Words, FT->getReturnType());
    for (Type *Param : FT->params())
      write(Words, Param);
    break;
  }
  case Type::StructTyID: {
    auto *ST = cast<StructType>(T);
    Words.add(ST->isLiteral() | ST->isPacked() << 1 | ST->isOpaque() << 2);
    if (!ST->isLiteral()) {
      StringRef Name = ST->hasName() ? ST->getName() : StringRef();
      if (Rules.isIgnoredStructName(Name))
        Name = StringRef();
      IsNameless = Name.empty();
      Words.add(Name);
    }
    if (!ST->isOpaque()) {
      Words.add(ST->getNumElements());
      for (Type *Element : ST->elements())
        write(Words, Element);
    }
    break;
  }
  case Type::ArrayTyID:
    Words.add(T->getArrayNumElements());
    write(Words, T->getArrayElementType());
    break;
  case Type::FixedVectorTyID:
  case Type::ScalableVectorTyID: {
    auto *VT = cast<VectorType>(T);
    Words.add(VT->getElementCount().getKnownMinValue());
    write(Words, VT->getElementType());
    break;
  }
  case Type::TypedPointerTyID: {
    auto *PT = cast<TypedPointerType>(T);
    Words.add(PT->getAddressSpace());
    write(Words, PT->getElementType());
    break;
  }
  case Type::TargetExtTyID: {
    auto *TT = cast<TargetExtType>(T);
    Words.add(TT->getName());
    Words.add(TT->getNumTypeParameters());
    for (Type *Param : TT->type_params())
      write(Words, Param);
    Words.add(TT->getNumIntParameters());
    for (unsigned Param : TT->int_params())
      Words.add(Param);
    break;
  }
  default:
    llvm_unreachable("simple types have no digest");
  }
  if (IsNameless)
    Words.add(Nameless[Words.digest()]++);

  bool IsNew;
  Known.insert(T, IsNew) = Digests.size();
  return Digests.emplace_back(Words.digest());
}

void HashAttributes::writeOne(HashWords &To, Attribute A) {
  if (A.isStringAttribute()) {
    To.add(~uint64_t(0));
    To.add(A.getKindAsString());
    To.add(A.getValueAsString());
    return;
  }
  auto AddRange = [&](const ConstantRange &Range) {
    To.add(Range.getBitWidth());
    for (const APInt &Bound : {Range.getLower(), Range.getUpper()})
      for (unsigned I = 0; I != Bound.getNumWords(); ++I)
        To.add(Bound.getRawData()[I]);
  };
  To.add(A.getKindAsEnum());
  if (A.isIntAttribute()) {
    To.add(A.getValueAsInt());
  } else if (A.isTypeAttribute()) {
    Type *T = A.getValueAsType();
    To.add(T != nullptr);
    if (T)
      Types.write(To, T);
  } else if (A.isConstantRangeAttribute()) {
    AddRange(A.getValueAsConstantRange());
  } else if (A.isConstantRangeListAttribute()) {
    To.add(A.getValueAsConstantRangeList().size());
    for (const ConstantRange &Range : A.getValueAsConstantRangeList())
      AddRange(Range);
  } else {
    assert(A.isEnumAttribute() && "an attribute of a new kind");
  }
}

void HashAttributes::write(HashWords &To, AttributeSet Set) {
  if (!Set.hasAttributes()) {
    To.add(Digest());
    return;
  }
  HashWords Words;
  Words.add(Set.getNumAttributes());
  for (Attribute A : Set)
    writeOne(Words, A);
  To.add(Words.digest());
}

void HashAttributes::write(HashWords &To, AttributeList List) {
  if (List.isEmpty()) {
    To.add(Digest());
    return;
  }
  void *Raw = List.getRawPointer();
  if (uint32_t Number = Known.lookup(Raw); Number != ~0u) {
    To.add(Digests[Number]);
    return;
  }
  HashWords Words;
  for (unsigned Index : List.indexes()) {
    AttributeSet Set = List.getAttributes(Index);
    if (!Set.hasAttributes())
      continue;
    Words.add(Index);
    write(Words, Set);
  }
  bool IsNew;
  Known.insert(Raw, IsNew) = Digests.size();
  To.add(Digests.emplace_back(Words.digest()));
}
