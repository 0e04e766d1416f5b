//===- ContentNames.cpp - Names of constants by their content -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ContentNames.h"
#include "hapax/Cache/Digest.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include <optional>

using namespace llvm;

namespace hapax {

/// Adds what values of \p T look like in memory, whatever T is called.
static void addLayout(Hasher &To, Type &T) {
  To.add(uint64_t(T.getTypeID()));
  if (const auto *Int = dyn_cast<IntegerType>(&T))
    To.add(uint64_t(Int->getBitWidth()));
  else if (const auto *Pointer = dyn_cast<PointerType>(&T))
    To.add(uint64_t(Pointer->getAddressSpace()));
  else if (const auto *Struct = dyn_cast<StructType>(&T))
    To.add(uint64_t(Struct->isPacked()));
  else if (const auto *Array = dyn_cast<ArrayType>(&T))
    To.add(uint64_t(Array->getNumElements()));
  else if (const auto *Vector = dyn_cast<VectorType>(&T))
    To.add(uint64_t(Vector->getElementCount().getKnownMinValue()));
  To.add(uint64_t(T.getNumContainedTypes()));
  for (Type *Inner : T.subtypes())
    addLayout(To, *Inner);
}

/// Adds all that \p C is; false when it refers to something that has a name.
static bool addContent(Hasher &To, const Constant &C) {
  addLayout(To, *C.getType());
  To.add(uint64_t(C.getValueID()));
  if (const auto *Data = dyn_cast<ConstantDataSequential>(&C)) {
    To.add(std::string_view(Data->getRawDataValues()));
  } else if (isa<ConstantInt, ConstantFP>(C)) {
    APInt Bits = isa<ConstantInt>(C)
                     ? cast<ConstantInt>(C).getValue()
                     : cast<ConstantFP>(C).getValueAPF().bitcastToAPInt();
    for (unsigned W = 0; W != Bits.getNumWords(); ++W)
      To.add(Bits.getRawData()[W]);
  } else if (isa<ConstantAggregate>(C)) {
    for (const Value *Operand : C.operand_values())
      if (!addContent(To, *cast<Constant>(Operand)))
        return false;
  } else {
    return isa<ConstantData>(C);
  }
  return true;
}

static std::optional<std::string> contentName(const GlobalVariable &V) {
  Hasher Content;
  Content.add(uint64_t(V.getLinkage()));
  Content.add(uint64_t(V.getAlign() ? V.getAlign()->value() : 0));
  Content.add(uint64_t(V.getAddressSpace()));
  if (!addContent(Content, *V.getInitializer()))
    return std::nullopt;
  return ContentNames::Prefix.str() + Content.finish().hex();
}

/// (Front ends describe string literals; copies are not described.)
static bool hasOtherThanDebugInfo(const GlobalVariable &V) {
  SmallVector<std::pair<unsigned, MDNode *>, 2> Attached;
  V.getAllMetadata(Attached);
  return any_of(Attached,
                [](const auto &A) { return A.first != LLVMContext::MD_dbg; });
}

/// Larger copies would make objects grow.
constexpr uint64_t MaxCopiedBytes = 512;

ContentNames::ContentNames(const Module &M) {
  StringMap<unsigned> Taken;
  for (const GlobalVariable &V : M.globals()) {
    if (!V.hasPrivateLinkage() || !V.isConstant() || !V.hasInitializer())
      continue;
    std::optional<std::string> Name = contentName(V);
    if (!Name)
      continue;
    if (V.hasGlobalUnnamedAddr() && !V.hasComdat() && !V.hasSection() &&
        !V.isThreadLocal() && !hasOtherThanDebugInfo(V) && !V.hasAttributes() &&
        !V.isExternallyInitialized() && !V.getCodeModel() &&
        M.getDataLayout().getTypeAllocSize(V.getValueType()) <= MaxCopiedBytes)
      Copied.insert(&V);
    else if (unsigned Before = Taken[*Name]++)
      *Name += "." + utostr(Before);
    Names[&V] = std::move(*Name);
  }
}

} // namespace hapax
