//===- HashNodeFields.cpp - Fields of metadata nodes ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// What a metadata node holds besides its operands, for every kind of node.
/// Operands (strings included) are written by the caller.
//===----------------------------------------------------------------------===//
#include "HashMetadata.h"

#include "llvm/IR/DebugInfoMetadata.h"

using namespace llvm;
using namespace hapax;

static void addInt(HashWords &To, const APInt &I) {
  To.add(I.getBitWidth());
  for (unsigned N = 0; N != I.getNumWords(); ++N)
    To.add(I.getRawData()[N]);
}

template <typename T>
static void addOptional(HashWords &To, const std::optional<T> &Value) {
  To.add(Value.has_value());
  if (Value)
    To.add(uint64_t(*Value));
}

static void addTypeFields(HashWords &To, const DIType &T, HashLines &Lines) {
  To.add(T.getTag());
  To.add(Lines.number(T.getFile(), T.getLine()));
  To.add(T.getFlags());
  To.add(T.getNumExtraInhabitants());
}

static void add(HashWords &To, const DILocation &L, HashLines &Lines) {
  To.add(Lines.number(L.getFile(), L.getLine()));
  To.add(L.getColumn());
  To.add(L.isImplicitCode());
  To.add(L.getAtomGroup());
  To.add(L.getAtomRank());
}

static void add(HashWords &To, const DIExpression &E) {
  To.add(E.getNumElements());
  for (uint64_t Element : E.getElements())
    To.add(Element);
}

static void add(HashWords &To, const DIFile &F) {
  // The checksum's text and the source lie outside of the operands of some
  // versions; content is what counts.
  auto Checksum = F.getChecksum();
  To.add(Checksum.has_value());
  if (Checksum) {
    To.add(Checksum->Kind);
    To.add(Checksum->Value);
  }
  auto Source = F.getSource();
  To.add(Source.has_value());
  if (Source)
    To.add(*Source);
}

static void add(HashWords &To, const DIFixedPointType &T, HashLines &Lines) {
  addTypeFields(To, T, Lines);
  To.add(T.getAlignInBits());
  To.add(T.getEncoding());
  To.add(T.getDataSizeInBits());
  To.add(T.getKind());
  To.add(T.getFactorRaw());
  addInt(To, T.getNumeratorRaw());
  addInt(To, T.getDenominatorRaw());
}

static void add(HashWords &To, const DIDerivedType &T, HashLines &Lines) {
  addTypeFields(To, T, Lines);
  // Where a pointer is signed, the schema lies where the alignment would.
  if (auto PtrAuth = T.getPtrAuthData())
    To.add(PtrAuth->RawData, 1u);
  else
    To.add(T.getAlignInBits(), 0u);
  addOptional(To, T.getDWARFAddressSpace());
}

static void add(HashWords &To, const DICompositeType &T, HashLines &Lines) {
  addTypeFields(To, T, Lines);
  To.add(T.getAlignInBits());
  To.add(T.getRuntimeLang());
  addOptional(To, T.getEnumKind());
}

static void add(HashWords &To, const DICompileUnit &CU) {
  DISourceLanguageName Language = CU.getSourceLanguage();
  To.add(Language.getName());
  To.add(Language.hasVersionedName());
  if (Language.hasVersionedName())
    To.add(Language.getVersion());
  To.add(CU.isOptimized());
  To.add(CU.getRuntimeVersion());
  To.add(CU.getEmissionKind());
  To.add(CU.getDWOId());
  To.add(CU.getSplitDebugInlining());
  To.add(CU.getDebugInfoForProfiling());
  To.add(static_cast<uint64_t>(CU.getNameTableKind()));
  To.add(CU.getRangesBaseAddress());
}

static void add(HashWords &To, const DISubprogram &SP, HashLines &Lines) {
  To.add(Lines.number(SP.getFile(), SP.getLine()));
  To.add(Lines.number(SP.getFile(), SP.getScopeLine()));
  To.add(SP.getVirtualIndex());
  To.add(uint64_t(int64_t(SP.getThisAdjustment())));
  To.add(SP.getFlags());
  To.add(SP.getSPFlags());
  To.add(SP.getKeyInstructionsEnabled());
}

void hapax::writeNodeFields(HashWords &To, const MDNode &N, HashLines &Lines) {
  auto AddLine = [&](const auto &Node) {
    To.add(Lines.number(Node.getFile(), Node.getLine()));
  };
  To.add(N.getMetadataID() | N.isDistinct() << 16 | N.isTemporary() << 17);
  switch (static_cast<Metadata::MetadataKind>(N.getMetadataID())) {
  case Metadata::MDTupleKind:
  case Metadata::DIGlobalVariableExpressionKind:
  case Metadata::DIAssignIDKind:
  case Metadata::DISubrangeKind:
  case Metadata::DIGenericSubrangeKind:
    break; // operands only
  case Metadata::DILocationKind:
    return add(To, cast<DILocation>(N), Lines);
  case Metadata::DIExpressionKind:
    return add(To, cast<DIExpression>(N));
  case Metadata::GenericDINodeKind:
    To.add(cast<DINode>(N).getTag());
    break;
  case Metadata::DIEnumeratorKind:
    To.add(cast<DIEnumerator>(N).isUnsigned());
    addInt(To, cast<DIEnumerator>(N).getValue());
    break;
  case Metadata::DIBasicTypeKind:
    addTypeFields(To, cast<DIType>(N), Lines);
    To.add(cast<DIType>(N).getAlignInBits());
    To.add(cast<DIBasicType>(N).getEncoding());
    To.add(cast<DIBasicType>(N).getDataSizeInBits());
    break;
  case Metadata::DIFixedPointTypeKind:
    return add(To, cast<DIFixedPointType>(N), Lines);
  case Metadata::DIStringTypeKind:
    addTypeFields(To, cast<DIType>(N), Lines);
    To.add(cast<DIType>(N).getAlignInBits());
    To.add(cast<DIStringType>(N).getEncoding());
    break;
  case Metadata::DISubrangeTypeKind:
    addTypeFields(To, cast<DIType>(N), Lines);
    To.add(cast<DIType>(N).getAlignInBits());
    break;
  case Metadata::DIDerivedTypeKind:
    return add(To, cast<DIDerivedType>(N), Lines);
  case Metadata::DICompositeTypeKind:
    return add(To, cast<DICompositeType>(N), Lines);
  case Metadata::DISubroutineTypeKind:
    addTypeFields(To, cast<DIType>(N), Lines);
    To.add(cast<DIType>(N).getAlignInBits());
    To.add(cast<DISubroutineType>(N).getCC());
    break;
  case Metadata::DIFileKind:
    return add(To, cast<DIFile>(N));
  case Metadata::DICompileUnitKind:
    return add(To, cast<DICompileUnit>(N));
  case Metadata::DISubprogramKind:
    return add(To, cast<DISubprogram>(N), Lines);
  case Metadata::DILexicalBlockKind:
    AddLine(cast<DILexicalBlock>(N));
    To.add(cast<DILexicalBlock>(N).getColumn());
    break;
  case Metadata::DILexicalBlockFileKind:
    To.add(cast<DILexicalBlockFile>(N).getDiscriminator());
    break;
  case Metadata::DINamespaceKind:
    To.add(cast<DINamespace>(N).getExportSymbols());
    break;
  case Metadata::DIModuleKind:
    To.add(cast<DIModule>(N).getLineNo());
    To.add(cast<DIModule>(N).getIsDecl());
    break;
  case Metadata::DITemplateTypeParameterKind:
  case Metadata::DITemplateValueParameterKind:
    To.add(cast<DINode>(N).getTag());
    To.add(cast<DITemplateParameter>(N).isDefault());
    break;
  case Metadata::DIGlobalVariableKind:
    AddLine(cast<DIGlobalVariable>(N));
    To.add(cast<DIGlobalVariable>(N).getAlignInBits());
    To.add(cast<DIGlobalVariable>(N).isLocalToUnit());
    To.add(cast<DIGlobalVariable>(N).isDefinition());
    break;
  case Metadata::DILocalVariableKind:
    AddLine(cast<DILocalVariable>(N));
    To.add(cast<DILocalVariable>(N).getAlignInBits());
    To.add(cast<DILocalVariable>(N).getArg());
    To.add(cast<DILocalVariable>(N).getFlags());
    break;
  case Metadata::DILabelKind:
    AddLine(cast<DILabel>(N));
    To.add(cast<DILabel>(N).getColumn());
    To.add(cast<DILabel>(N).isArtificial());
    addOptional(To, cast<DILabel>(N).getCoroSuspendIdx());
    break;
  case Metadata::DIObjCPropertyKind:
    To.add(cast<DIObjCProperty>(N).getLine());
    To.add(cast<DIObjCProperty>(N).getAttributes());
    break;
  case Metadata::DIImportedEntityKind:
    To.add(cast<DINode>(N).getTag());
    AddLine(cast<DIImportedEntity>(N));
    break;
  case Metadata::DIMacroKind:
    To.add(cast<DIMacroNode>(N).getMacinfoType());
    To.add(cast<DIMacro>(N).getLine());
    break;
  case Metadata::DIMacroFileKind:
    To.add(cast<DIMacroNode>(N).getMacinfoType());
    To.add(cast<DIMacroFile>(N).getLine());
    break;
  case Metadata::DICommonBlockKind:
    To.add(cast<DICommonBlock>(N).getLineNo());
    break;
  case Metadata::MDStringKind:
  case Metadata::ConstantAsMetadataKind:
  case Metadata::LocalAsMetadataKind:
  case Metadata::DistinctMDOperandPlaceholderKind:
  case Metadata::DIArgListKind:
    llvm_unreachable("not a node");
  }
}
