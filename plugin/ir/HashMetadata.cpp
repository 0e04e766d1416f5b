//===- HashMetadata.cpp - Metadata in the module hash -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "HashMetadata.h"

#include "llvm/IR/LLVMContext.h"

using namespace llvm;
using namespace hapax;

HashMetadata::HashMetadata(const Module &M, const ModuleHashRules &Rules,
                           HashValues &Values)
    : Rules(Rules), Values(Values), Numbers(10) {
  M.getMDKindNames(KindNames);
  if (Rules.ignoresPlaces())
    if (auto *Kind = find(KindNames, "srcloc"); Kind != KindNames.end())
      PlaceKind = Kind - KindNames.begin();
}

uint32_t HashMetadata::numberOf(const Metadata *MD) {
  bool IsNew;
  uint32_t &Number = Numbers.insert(MD, IsNew);
  if (IsNew) {
    Number = Entries.size();
    Entries.push_back({MD});
  }
  return Number;
}

uint32_t HashMetadata::mentionAs(const MDNode &N, bool IsNode) {
  uint32_t Number = numberOf(&N);
  Entry &E = Entries[Number];
  E.IsNode |= IsNode;
  if (E.Part != Part) {
    E.Part = Part;
    E.Place = PartNodes.size();
    PartNodes.push_back(&N);
    PartNumbers.push_back(Number);
  }
  return E.Place;
}

void HashMetadata::writeOther(HashWords &To, const Metadata &MD) {
  if (const auto *C = dyn_cast<ConstantAsMetadata>(&MD)) {
    To.add(static_cast<uint64_t>(MetadataTag::Constant));
    Values.writeConstant(To, C->getValue());
    return;
  }
  // A string as an operand of a call: by content.
  To.add(uint64_t(MD.getMetadataID()) << 8);
  To.add(cast<MDString>(MD).getString());
}

void HashMetadata::writeOperand(HashWords &To, const Metadata *MD) {
  if (!MD) {
    To.add(static_cast<uint64_t>(MetadataTag::None));
  } else if (isa<MDNode>(MD) || isa<MDString>(MD)) {
    uint32_t Number = numberOf(MD);
    Entries[Number].IsNode = true;
    To.add(uint64_t(Number) << 8 | static_cast<uint64_t>(MetadataTag::Node));
  } else {
    writeOther(To, *MD);
  }
}

void HashMetadata::writeSortedAttachments(HashWords &To,
                                          MutableArrayRef<Attachment> Attached,
                                          const Instruction *I) {
  // LLVM sorts them by number. Of one kind there can be several on a global:
  // their order counts.
  llvm::stable_sort(Attached, [&](const auto &A, const auto &B) {
    unsigned KindA = std::min(A.first, NumFixedKinds);
    unsigned KindB = std::min(B.first, NumFixedKinds);
    if (KindA != KindB || KindA != NumFixedKinds)
      return KindA < KindB;
    return KindNames[A.first] < KindNames[B.first];
  });
  assert(!Attached.empty());
  for (const auto &[Kind, Node] : Attached) {
    bool IsPlace = Kind == PlaceKind && I && Rules.isIgnoredPlace(*I, *Node);
    To.add(attachment(std::min(Kind, NumFixedKinds),
                      &Node == &Attached.back().second,
                      mentionAs(*Node, /*IsNode=*/!IsPlace)));
    if (Kind >= NumFixedKinds)
      To.add(KindNames[Kind]);
  }
}

void HashMetadata::writeContent(HashWords &To, const MDNode &N) {
  HashLines Lines(/*AsTheyAre=*/true);
  writeNodeFields(To, N, Lines);
  To.add(N.getNumOperands());
  for (const MDOperand &Operand : N.operands())
    writeOperand(To, Operand.get());
}

void HashMetadata::writeAll(HashWords &To, const Module &M) {
  To.add(M.named_metadata_size());
  for (const NamedMDNode &Named : M.named_metadata()) {
    To.add(Named.getName());
    To.add(Named.getNumOperands());
    for (const MDNode *N : Named.operands())
      writeOperand(To, N);
  }
  std::vector<uint32_t> Places;
  for (size_t I = 0; I != Entries.size(); ++I) {
    const Metadata *MD = Entries[I].MD;
    if (!Entries[I].IsNode) {
      Places.push_back(I);
    } else if (const auto *String = dyn_cast<MDString>(MD)) {
      To.add(MD->getMetadataID());
      To.add(String->getString());
    } else {
      writeContent(To, *cast<MDNode>(MD));
    }
  }
  // No node starts like this. Places refer to no other nodes.
  To.add(~uint64_t(0));
  To.add(Places.size());
  for (uint32_t Number : Places) {
    const auto &N = *cast<MDNode>(Entries[Number].MD);
    To.add(Number, Entries[Number].IsNode);
    if (Entries[Number].IsNode)
      writeContent(To, N);
    else
      To.add(N.getNumOperands());
  }
}
