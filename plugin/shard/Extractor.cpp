//===- Extractor.cpp - A shard as a module of its own ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: a shard must become a module at a cost in proportion to the shard,
/// not to the module that it comes from, and nothing in it may depend on what
/// else that module contains.
///
/// Idea: the definitions are made first, empty and in module order; then their
/// bodies are cloned, and whatever else they mention comes into being when it
/// is first mapped: a declaration, or a copy of a small constant. Constants,
/// types and metadata belong to the context and stay as they are.
///
/// Invariant: order and names in the new module follow from the shard's content
/// (Partition.h). The old module is only read; what was cloned lets go of it.
///
/// Cost: one visit of each instruction and operand of the shard.
//===----------------------------------------------------------------------===//
#include "Extractor.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

using namespace llvm;

namespace hapax {

namespace {
class Extractor final : public ValueMaterializer {
public:
  Extractor(const Module &M, const Partition &Parts, DebugDivision *Debug,
            unsigned Number)
      : M(M), Parts(Parts), Debug(Debug), Number(Number),
        Part(Parts.shards()[Number]),
        New(std::make_unique<Module>(M.getModuleIdentifier(), M.getContext())) {
  }
  std::unique_ptr<Module> run();
  std::unique_ptr<Module> declareAll();

  /// What the mapper does not know yet.
  Value *materialize(Value *V) override;

private:
  void copyHeader();
  GlobalValue *create(const GlobalValue &GV, bool IsDefinition);
  GlobalValue::LinkageTypes linkageOf(const GlobalValue &GV,
                                      bool IsDefinition) const;
  void takeComdat(const GlobalObject &From, GlobalObject &To);
  void define(const GlobalValue &GV);
  void divideDebugInfo(const Function &From, Function &To);
  void defineFunction(const Function &From, bool IsImport);
  void copyList(StringRef Name);
  void copyUsed(StringRef Name);
  Constant *map(const Constant *C) {
    return MapValue(C, Values, Flags, nullptr, this, &Same);
  }

  static constexpr RemapFlags Flags = RF_None;
  const MetadataPredicate Same = [](const Metadata *) { return true; };
  const Module &M;
  const Partition &Parts;
  DebugDivision *Debug; ///< null: nothing but declarations is made
  unsigned Number;
  const Shard &Part;
  std::unique_ptr<Module> New;
  ValueToValueMapTy Values;
  StringMap<GlobalVariable *> Copies; ///< by name
};
} // namespace

void Extractor::copyHeader() {
  New->setSourceFileName(M.getSourceFileName());
  New->setTargetTriple(M.getTargetTriple());
  New->setDataLayout(M.getDataLayout());
  for (const NamedMDNode &Named : M.named_metadata()) {
    bool ListsUnits = Named.getName() == "llvm.dbg.cu";
    if (ListsUnits && !Debug)
      continue;
    NamedMDNode *Copy = New->getOrInsertNamedMetadata(Named.getName());
    if (ListsUnits) {
      for (DICompileUnit *Unit : Debug->unitsOf(Number))
        Copy->addOperand(Unit);
      continue;
    }
    for (const MDNode *Node : Named.operands())
      Copy->addOperand(const_cast<MDNode *>(Node));
  }
}

GlobalValue::LinkageTypes Extractor::linkageOf(const GlobalValue &GV,
                                               bool IsDefinition) const {
  if (!IsDefinition)
    return GV.hasExternalWeakLinkage() ? GlobalValue::ExternalWeakLinkage
                                       : GlobalValue::ExternalLinkage;
  if (Parts.isPromoted(GV))
    return GlobalValue::ExternalLinkage;
  if (!Parts.isShared(GV))
    return GV.getLinkage();
  // Its users may all be in other shards.
  switch (GV.getLinkage()) {
  case GlobalValue::LinkOnceAnyLinkage:
    return GlobalValue::WeakAnyLinkage;
  case GlobalValue::LinkOnceODRLinkage:
    return GlobalValue::WeakODRLinkage;
  default:
    return GV.getLinkage();
  }
}

/// Makes the global itself, without body or initializer.
GlobalValue *Extractor::create(const GlobalValue &GV, bool IsDefinition) {
  GlobalValue::LinkageTypes Linkage = linkageOf(GV, IsDefinition);
  StringRef Name = Parts.nameOf(GV);
  GlobalValue *Made;
  if (const auto *A = dyn_cast<GlobalAlias>(&GV); A && IsDefinition) {
    auto *Alias = GlobalAlias::create(A->getValueType(), A->getAddressSpace(),
                                      Linkage, Name, New.get());
    Alias->copyAttributesFrom(A);
    Made = Alias;
  } else if (auto *Type = dyn_cast<FunctionType>(GV.getValueType())) {
    auto *F =
        Function::Create(Type, Linkage, GV.getAddressSpace(), Name, New.get());
    if (const auto *From = dyn_cast<Function>(&GV)) {
      F->setAttributes(From->getAttributes());
      F->setCallingConv(From->getCallingConv());
    }
    Made = F;
  } else {
    const auto *From = dyn_cast<GlobalVariable>(&GV);
    auto *V = new GlobalVariable(
        *New, GV.getValueType(), From && From->isConstant(), Linkage,
        /*Initializer=*/nullptr, Name, /*InsertBefore=*/nullptr,
        GV.getThreadLocalMode(), GV.getAddressSpace(),
        From && From->isExternallyInitialized());
    if (From && IsDefinition) {
      V->copyAttributesFrom(From);
    } else if (From) {
      V->setAlignment(From->getAlign());
      if (std::optional<CodeModel::Model> Model = From->getCodeModel())
        V->setCodeModel(*Model);
    }
    Made = V;
  }
  Made->setVisibility(GV.getVisibility());
  Made->setUnnamedAddr(GV.getUnnamedAddr());
  Made->setDLLStorageClass(GV.getDLLStorageClass());
  Made->setThreadLocalMode(GV.getThreadLocalMode());
  Made->setDSOLocal(GV.isDSOLocal());
  if (Parts.isPromoted(GV)) {
    Made->setVisibility(GlobalValue::HiddenVisibility);
    Made->setDSOLocal(true);
  }
  return Made;
}

Value *Extractor::materialize(Value *V) {
  auto *GV = dyn_cast<GlobalValue>(V);
  if (!GV || GV->getParent() == New.get())
    return nullptr;
  if (!Parts.isCopied(*GV))
    return create(*GV, /*IsDefinition=*/false);
  GlobalVariable *&Copy = Copies[Parts.nameOf(*GV)];
  if (!Copy) {
    Copy = cast<GlobalVariable>(create(*GV, /*IsDefinition=*/true));
    // It has nothing in it that would have to be mapped.
    Copy->setInitializer(cast<GlobalVariable>(GV)->getInitializer());
  }
  return Copy;
}

void Extractor::takeComdat(const GlobalObject &From, GlobalObject &To) {
  const Comdat *Old = From.getComdat();
  if (!Old)
    return;
  Comdat *C = New->getOrInsertComdat(Old->getName());
  C->setSelectionKind(Old->getSelectionKind());
  To.setComdat(C);
}

/// Puts the shard's own nodes into a body that was cloned with those of the
/// module.
void Extractor::divideDebugInfo(const Function &From, Function &To) {
  auto Mapped = [&](const MDNode *N) { return Debug->in(From, N); };
  auto MappedPlace = [&](const DebugLoc &Place) {
    return Place ? DebugLoc(cast<DILocation>(Mapped(Place.get()))) : Place;
  };
  SmallVector<std::pair<unsigned, MDNode *>, 8> Attached;
  To.getAllMetadata(Attached);
  To.clearMetadata();
  for (auto [Kind, N] : Attached)
    To.addMetadata(Kind, *Mapped(N));
  for (Instruction &I : instructions(To)) {
    I.setDebugLoc(MappedPlace(I.getDebugLoc()));
    Attached.clear();
    I.getAllMetadataOtherThanDebugLoc(Attached);
    for (auto [Kind, N] : Attached)
      if (MDNode *Now = Mapped(N); Now != N)
        I.setMetadata(Kind, Now);
    for (DbgRecord &R : I.getDbgRecordRange()) {
      R.setDebugLoc(MappedPlace(R.getDebugLoc()));
      if (auto *Label = dyn_cast<DbgLabelRecord>(&R)) {
        Label->setLabel(cast<DILabel>(Mapped(Label->getLabel())));
        continue;
      }
      auto &V = cast<DbgVariableRecord>(R);
      V.setVariable(cast<DILocalVariable>(Mapped(V.getVariable())));
      if (V.isDbgAssign())
        V.setAssignId(cast<DIAssignID>(Mapped(V.getAssignID())));
    }
  }
}

void Extractor::defineFunction(const Function &From, bool IsImport) {
  auto *To = cast<Function>(Values.lookup(&From));
  GlobalValue::LinkageTypes Linkage = To->getLinkage();
  GlobalValue::VisibilityTypes Visibility = To->getVisibility();
  bool IsLocal = To->isDSOLocal();
  for (auto [Old, Arg] : zip_equal(From.args(), To->args())) {
    Arg.setName(Old.getName());
    Values[&Old] = &Arg;
  }
  CloneFunctionAttributesInto(To, &From, Values, /*ModuleLevelChanges=*/true,
                              nullptr, this);
  CloneFunctionMetadataInto(*To, From, Values, Flags, nullptr, this, &Same);
  SmallVector<ReturnInst *, 8> Returns;
  CloneFunctionBodyInto(*To, From, Values, Flags, Returns, "", nullptr, nullptr,
                        this, &Same);
  if (M.getNamedMetadata("llvm.dbg.cu"))
    divideDebugInfo(From, *To);
  To->setLinkage(Linkage);
  To->setVisibility(Visibility);
  To->setDSOLocal(IsLocal);
  if (IsImport)
    To->setSection("");
  else
    takeComdat(From, *To);
}

void Extractor::define(const GlobalValue &GV) {
  if (const auto *F = dyn_cast<Function>(&GV)) {
    defineFunction(*F, /*IsImport=*/false);
  } else if (const auto *A = dyn_cast<GlobalAlias>(&GV)) {
    cast<GlobalAlias>(Values.lookup(A))->setAliasee(map(A->getAliasee()));
  } else {
    const auto *From = cast<GlobalVariable>(&GV);
    auto *To = cast<GlobalVariable>(Values.lookup(From));
    if (From->hasInitializer())
      To->setInitializer(map(From->getInitializer()));
    SmallVector<std::pair<unsigned, MDNode *>, 4> Attached;
    From->getAllMetadata(Attached);
    for (auto [Kind, Node] : Attached)
      To->addMetadata(Kind, *Debug->in(GV, Node));
    takeComdat(*From, *To);
  }
}

/// Constructors and destructors: all are in the first shard.
void Extractor::copyList(StringRef Name) {
  const GlobalVariable *List = M.getNamedGlobal(Name);
  if (!List || Number != 0)
    return;
  new GlobalVariable(*New, List->getValueType(), List->isConstant(),
                     List->getLinkage(), map(List->getInitializer()), Name);
}

/// Of what must be kept, each shard keeps what is its own.
void Extractor::copyUsed(StringRef Name) {
  SmallVector<GlobalValue *, 8> List, Ours;
  collectUsedGlobalVariables(M, List, Name == "llvm.compiler.used");
  DenseSet<const GlobalValue *> Used(List.begin(), List.end());
  for (const GlobalValue *GV : Part.Definitions)
    if (Used.contains(GV))
      Ours.push_back(cast<GlobalValue>(Values.lookup(GV)));
  if (Ours.empty())
    return;
  if (Name == "llvm.used")
    appendToUsed(*New, Ours);
  else
    appendToCompilerUsed(*New, Ours);
}

std::unique_ptr<Module> Extractor::run() {
  copyHeader();
  for (const GlobalValue *GV : Part.Definitions)
    Values[GV] = create(*GV, /*IsDefinition=*/true);
  for (const Function *F : Part.Imports) {
    GlobalValue *Made = create(*F, /*IsDefinition=*/false);
    Made->setLinkage(GlobalValue::AvailableExternallyLinkage);
    Values[F] = Made;
  }
  for (const GlobalValue *GV : Part.Definitions)
    define(*GV);
  for (const Function *F : Part.Imports)
    defineFunction(*F, /*IsImport=*/true);
  copyList("llvm.global_ctors");
  copyList("llvm.global_dtors");
  copyUsed("llvm.used");
  copyUsed("llvm.compiler.used");
  return std::move(New);
}

std::unique_ptr<Module> Extractor::declareAll() {
  copyHeader();
  for (const GlobalValue &GV : M.global_values())
    if (!Parts.isCopied(GV))
      create(GV, /*IsDefinition=*/false);
  return std::move(New);
}

std::unique_ptr<Module> extractDeclarations(const Module &M,
                                            const Partition &Parts) {
  return Extractor(M, Parts, nullptr, 0).declareAll();
}

std::unique_ptr<Module> extractShard(const Module &M, const Partition &Parts,
                                     DebugDivision &Debug, unsigned Number) {
  return Extractor(M, Parts, &Debug, Number).run();
}

} // namespace hapax
