//===- OldNames.cpp - Names that must not meet their like -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "OldNames.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/Twine.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DebugProgramInstruction.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace hapax {

namespace {
/// Every metadata node that a module can reach.
class NodeCollector {
public:
  explicit NodeCollector(Module &M) {
    for (NamedMDNode &Named : M.named_metadata())
      for (MDNode *N : Named.operands())
        reach(N);
    for (GlobalObject &G : M.global_objects())
      attachments(G);
    for (Function &F : M)
      for (BasicBlock &B : F)
        for (Instruction &I : B)
          instruction(I);
    while (!Work.empty())
      for (const MDOperand &Operand : Work.pop_back_val()->operands())
        reach(Operand.get());
  }
  ArrayRef<MDNode *> nodes() const { return Nodes; }

private:
  void reach(Metadata *MD) {
    auto *N = dyn_cast_or_null<MDNode>(MD);
    if (N && Seen.insert(N).second) {
      Nodes.push_back(N);
      Work.push_back(N);
    }
  }
  template <typename T> void attachments(T &Holder) {
    SmallVector<std::pair<unsigned, MDNode *>, 4> Attached;
    Holder.getAllMetadata(Attached);
    for (auto [Kind, N] : Attached)
      reach(N);
  }
  void instruction(Instruction &I) {
    attachments(I);
    for (Value *Operand : I.operands())
      if (auto *Wrapped = dyn_cast<MetadataAsValue>(Operand))
        reach(Wrapped->getMetadata());
    for (DbgRecord &R : I.getDbgRecordRange()) {
      reach(R.getDebugLoc().getAsMDNode());
      if (auto *Label = dyn_cast<DbgLabelRecord>(&R))
        reach(Label->getLabel());
      if (auto *Variable = dyn_cast<DbgVariableRecord>(&R)) {
        reach(Variable->getVariable());
        reach(Variable->getRawLocation());
      }
    }
  }

  DenseSet<MDNode *> Seen;
  SmallVector<MDNode *, 0> Nodes;
  SmallVector<MDNode *, 0> Work;
};

/// The operand of a DIType that holds its name.
constexpr unsigned TypeNameOperand = 2;

bool isInIdentifiedType(const Metadata *Scope) {
  auto *Type = dyn_cast_or_null<DICompositeType>(Scope);
  return Type && Type->getRawIdentifier();
}
} // namespace

OldNamesAside::OldNamesAside(Module &M) {
  for (StructType *T : M.getIdentifiedStructTypes())
    if (T->hasName()) {
      Structs.emplace_back(T, T->getName().str());
      T->setName("");
    }

  if (!M.getNamedMetadata("llvm.dbg.cu"))
    return;
  NodeCollector Collector(M);
  for (MDNode *N : Collector.nodes()) {
    if (!N->isUniqued())
      continue;
    if (auto *P = dyn_cast<DISubprogram>(N)) {
      if (P->getRawLinkageName() && isInIdentifiedType(P->getRawScope()))
        Methods.emplace_back(P, P->getRawLinkageName());
    } else if (auto *T = dyn_cast<DIDerivedType>(N)) {
      if (T->getRawName() && isInIdentifiedType(T->getRawScope()))
        Members.emplace_back(T, T->getRawName());
    }
  }
  unsigned Number = 0;
  auto Aside = [&] {
    return MDString::get(M.getContext(),
                         ("hapax.old." + Twine(Number++)).str());
  };
  for (auto &[P, Name] : Methods)
    P->replaceLinkageName(Aside());
  for (auto &[T, Name] : Members)
    T->replaceOperandWith(TypeNameOperand, Aside());
}

OldNamesAside::~OldNamesAside() {
  for (auto &[T, Name] : Structs)
    T->setName(Name);
  for (auto &[P, Name] : Methods)
    P->replaceLinkageName(Name);
  for (auto &[T, Name] : Members)
    T->replaceOperandWith(TypeNameOperand, Name);
}

void OldNamesAside::leaveAside() {
  Structs.clear();
  Methods.clear();
  Members.clear();
}

} // namespace hapax
