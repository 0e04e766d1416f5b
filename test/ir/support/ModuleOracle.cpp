//===- ModuleOracle.cpp - The module hash's oracle --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ModuleOracle.h"

#include "hapax/IR/ModuleHashRules.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/TypeFinder.h"
#include "llvm/IR/ValueSymbolTable.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace hapax;

namespace {
struct Silent final : DiagnosticHandler {
  bool handleDiagnostics(const DiagnosticInfo &) override { return true; }
};
} // namespace

void hapax::test::prepareContext(LLVMContext &Context) {
  Context.setDiagnosticHandler(std::make_unique<Silent>());
  for (StringRef Kind : {"hapax.a", "hapax.b", "hapax.c", "srcloc"})
    Context.getMDKindID(Kind);
  for (StringRef Scope : {"agent", "workgroup", "wavefront"})
    Context.getOrInsertSyncScopeID(Scope);
  for (StringRef Tag : {"foo", "bar", "align"})
    Context.getOrInsertBundleTag(Tag);
}

std::unique_ptr<Module> hapax::test::parseModule(StringRef Text,
                                                 LLVMContext &Context) {
  SMDiagnostic Diagnostic;
  // Upgrading would verify too, and end the process where the module is broken.
  auto M = std::make_unique<Module>("module", Context);
  if (parseAssemblyInto(MemoryBufferRef(Text, "module"), M.get(), nullptr,
                        Diagnostic))
    return nullptr;
  if (verifyModule(*M))
    return nullptr;
  return M;
}

/// Puts a number for each place of an inline assembly that nothing else refers
/// to, in order of first mention.
static void numberPlaces(Module &M, const ModuleHashRules &Rules) {
  SetVector<MDNode *> Places;
  SmallPtrSet<const Metadata *, 32> Others;
  SmallVector<const MDNode *> Work;
  std::vector<std::pair<Instruction *, MDNode *>> Uses;
  auto Refer = [&](const Metadata *MD) {
    const auto *N = dyn_cast_or_null<MDNode>(MD);
    if (N && Others.insert(N).second)
      Work.push_back(N);
  };
  SmallVector<std::pair<unsigned, MDNode *>> Attached;
  unsigned PlaceKind = M.getContext().getMDKindID("srcloc");
  for (NamedMDNode &Named : M.named_metadata())
    for (MDNode *N : Named.operands())
      Refer(N);
  for (GlobalObject &Object : M.global_objects()) {
    Attached.clear();
    Object.getAllMetadata(Attached);
    for (auto [Kind, N] : Attached)
      Refer(N);
  }
  for (Function &F : M)
    for (Instruction &I : instructions(F)) {
      Attached.clear();
      I.getAllMetadata(Attached);
      for (auto [Kind, N] : Attached)
        if (Kind == PlaceKind && Rules.isIgnoredPlace(I, *N)) {
          Places.insert(N);
          Uses.push_back({&I, N});
        } else {
          Refer(N);
        }
      for (Value *Operand : I.operand_values())
        if (auto *Wrapped = dyn_cast<MetadataAsValue>(Operand))
          Refer(Wrapped->getMetadata());
      for (DbgRecord &Record : I.getDbgRecordRange()) {
        Refer(Record.getDebugLoc().getAsMDNode());
        if (auto *Label = dyn_cast<DbgLabelRecord>(&Record))
          Refer(Label->getRawLabel());
        if (auto *Variable = dyn_cast<DbgVariableRecord>(&Record)) {
          Refer(Variable->getRawLocation());
          Refer(Variable->getRawVariable());
          Refer(Variable->getRawExpression());
          if (Variable->isDbgAssign()) {
            Refer(Variable->getRawAssignID());
            Refer(Variable->getRawAddress());
            Refer(Variable->getRawAddressExpression());
          }
        }
      }
    }
  while (!Work.empty())
    for (const MDOperand &Operand : Work.pop_back_val()->operands())
      Refer(Operand.get());

  LLVMContext &Context = M.getContext();
  auto Number = [&](uint64_t N) {
    return ConstantAsMetadata::get(
        ConstantInt::get(Type::getInt64Ty(Context), N));
  };
  unsigned Next = 0;
  DenseMap<MDNode *, MDNode *> Numbered;
  for (MDNode *Place : Places)
    if (!Others.contains(Place))
      Numbered[Place] = MDNode::get(
          Context, {MDString::get(Context, "hapax.place"), Number(Next++),
                    Number(Place->getNumOperands())});
  for (auto [I, Place] : Uses)
    if (MDNode *New = Numbered.lookup(Place))
      I->setMetadata(PlaceKind, New);
}

void hapax::test::canonicalise(Module &M, const HashSetting &Setting) {
  M.getContext().setDiscardValueNames(Setting.DiscardNames);
  ModuleHashRules Rules(M, Setting.Kind);
  for (GlobalObject &Object : make_early_inc_range(M.global_objects()))
    if (Rules.isPlainDeclaration(Object)) {
      Object.removeDeadConstantUsers();
      if (Object.use_empty() && !Object.isUsedByMetadata())
        Object.eraseFromParent();
    }
  if (Rules.ignoresPlaces())
    numberPlaces(M, Rules);
  if (Rules.ignoresStructNames()) {
    TypeFinder Types;
    Types.run(M, /*onlyNamed=*/true);
    for (StructType *ST : Types)
      if (Rules.isIgnoredStructName(ST->getName()))
        ST->setName("");
  }
}

std::string hapax::test::takeLocalNames(Module &M) {
  std::string Names;
  raw_string_ostream Stream(Names);
  auto Take = [&](Value &V, unsigned Number) {
    if (!V.hasName())
      return;
    Stream << Number << ' ' << V.getName().size() << ' ' << V.getName() << '\n';
    V.setName("");
  };
  for (Function &F : M) {
    unsigned Number = 0;
    if (F.isDeclaration())
      continue;
    Stream << "function\n";
    for (Argument &A : F.args())
      Take(A, Number++);
    for (BasicBlock &BB : F) {
      Take(BB, Number++);
      for (Instruction &I : BB)
        Take(I, Number++);
    }
  }
  return Names;
}

std::string hapax::test::oracleOf(const Module &M, StringRef Names) {
  std::string Bytes;
  raw_string_ostream Stream(Bytes);
  WriteBitcodeToFile(M, Stream, /*ShouldPreserveUseListOrder=*/true);
  Stream << Names << M.getContext().shouldDiscardValueNames();
  return Bytes;
}
