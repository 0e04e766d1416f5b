//===- MemoryMutator.cpp - Changes that text cannot express -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "MemoryMutator.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/NoFolder.h"
#include "llvm/IR/TypeFinder.h"
#include <algorithm>
#include <functional>

using namespace llvm;
using namespace hapax::test;

template <typename List> static auto *pick(List &From, Rng &Random) {
  return From[Random() % From.size()];
}

template <typename Fn>
static std::vector<Instruction *> instructions(Module &M, Fn Wanted) {
  std::vector<Instruction *> All;
  for (Function &F : M)
    for (Instruction &I : llvm::instructions(F))
      if (Wanted(I))
        All.push_back(&I);
  return All;
}

/// Values of this module alone that have a list of more than one use.
static std::vector<Value *> manyUsed(Module &M) {
  SetVector<Value *> All;
  auto Add = [&](Value *V) {
    if (V->hasUseList() && V->hasNUsesOrMore(2))
      All.insert(V);
  };
  std::function<void(Constant *)> AddConstant = [&](Constant *C) {
    Add(C);
    if (!isa<GlobalValue>(C))
      for (Value *Operand : C->operand_values())
        if (auto *Inner = dyn_cast<Constant>(Operand))
          AddConstant(Inner);
  };
  for (GlobalValue &GV : M.global_values())
    Add(&GV);
  for (GlobalVariable &V : M.globals())
    if (V.hasInitializer())
      AddConstant(V.getInitializer());
  for (Function &F : M) {
    for (Argument &A : F.args())
      Add(&A);
    for (BasicBlock &BB : F) {
      Add(&BB);
      for (Instruction &I : BB) {
        Add(&I);
        for (Value *Operand : I.operand_values()) {
          if (auto *C = dyn_cast<Constant>(Operand))
            AddConstant(C);
          else if (isa<InlineAsm>(Operand))
            Add(Operand);
        }
      }
    }
  }
  return {All.begin(), All.end()};
}

static bool shuffleUses(Module &M, Rng &Random) {
  std::vector<Value *> All = manyUsed(M);
  if (All.empty())
    return false;
  Value *V = pick(All, Random);
  std::vector<const Use *> Order;
  for (const Use &U : V->uses())
    Order.push_back(&U);
  std::vector<const Use *> New = Order;
  std::shuffle(New.begin(), New.end(), Random);
  DenseMap<const Use *, unsigned> Place;
  for (auto [N, U] : enumerate(New))
    Place[U] = N;
  V->sortUseList(
      [&](const Use &A, const Use &B) { return Place[&A] < Place[&B]; });
  return New != Order;
}

static bool reverseUses(Module &M, Rng &Random) {
  std::vector<Value *> All = manyUsed(M);
  if (All.empty())
    return false;
  pick(All, Random)->reverseUseList();
  return true;
}

static bool swapOperands(Module &M, Rng &Random) {
  auto All = instructions(M, [](Instruction &I) {
    return I.getNumOperands() >= 2 &&
           I.getOperand(0)->getType() == I.getOperand(1)->getType() &&
           I.getOperand(0) != I.getOperand(1);
  });
  if (All.empty())
    return false;
  Instruction *I = pick(All, Random);
  I->getOperandUse(0).swap(I->getOperandUse(1));
  return true;
}

static bool swapInstructions(Module &M, Rng &Random) {
  auto All = instructions(M, [](Instruction &I) {
    Instruction *Next = I.getNextNode();
    return Next && !Next->isTerminator() &&
           isa<PHINode>(I) == isa<PHINode>(Next) &&
           !is_contained(Next->operand_values(), &I) && !I.DebugMarker &&
           !Next->DebugMarker;
  });
  if (All.empty())
    return false;
  Instruction *I = pick(All, Random);
  I->moveAfter(I->getNextNode());
  return true;
}

static bool reorderPhi(Module &M, Rng &Random) {
  auto All = instructions(M, [](Instruction &I) {
    return isa<PHINode>(I) && I.getNumOperands() >= 2;
  });
  if (All.empty())
    return false;
  auto *Phi = cast<PHINode>(pick(All, Random));
  BasicBlock *First = Phi->getIncomingBlock(0);
  Phi->setIncomingBlock(0, Phi->getIncomingBlock(1));
  Phi->setIncomingBlock(1, First);
  if (Random() % 2)
    Phi->getOperandUse(0).swap(Phi->getOperandUse(1));
  return true;
}

template <typename List> static bool moveToEnd(List &Globals, Rng &Random) {
  if (Globals.size() < 2)
    return false;
  auto It = Globals.begin();
  std::advance(It, Random() % (Globals.size() - 1));
  auto *Moved = &*It;
  Moved->removeFromParent();
  Globals.insert(Globals.end(), Moved);
  return true;
}

static bool reorderFunctions(Module &M, Rng &Random) {
  return moveToEnd(M.getFunctionList(), Random);
}

static bool reorderVariables(Module &M, Rng &Random) {
  if (M.global_size() < 2)
    return false;
  auto It = M.global_begin();
  std::advance(It, Random() % (M.global_size() - 1));
  GlobalVariable *Moved = &*It;
  M.removeGlobalVariable(Moved);
  M.insertGlobalVariable(Moved);
  return true;
}

static bool nameValue(Module &M, Rng &Random) {
  std::vector<Value *> All;
  for (Function &F : M) {
    for (Argument &A : F.args())
      All.push_back(&A);
    for (BasicBlock &BB : F) {
      All.push_back(&BB);
      for (Instruction &I : BB)
        if (!I.getType()->isVoidTy())
          All.push_back(&I);
    }
  }
  for (GlobalValue &GV : M.global_values())
    if (!GV.getName().starts_with("llvm."))
      All.push_back(&GV);
  static const char *const Names[] = {"", "a", "b.i", "sum", "main2", "_x"};
  if (All.empty())
    return false;
  pick(All, Random)->setName(Names[Random() % std::size(Names)]);
  return true;
}

static bool nameStruct(Module &M, Rng &Random) {
  TypeFinder Types;
  Types.run(M, /*onlyNamed=*/false);
  std::vector<StructType *> All;
  for (StructType *ST : Types)
    if (!ST->isLiteral())
      All.push_back(ST);
  static const char *const Names[] = {
      "struct.a", "struct.b", "class.c",    "union.d",
      "",         "other",    "struct.__x", "struct.ident_t"};
  if (All.empty())
    return false;
  pick(All, Random)->setName(Names[Random() % std::size(Names)]);
  return true;
}

/// Two identified structs of one body become one, or one becomes two.
static bool retypeAlloca(Module &M, Rng &Random) {
  auto All = instructions(M, [](Instruction &I) { return isa<AllocaInst>(I); });
  if (All.empty())
    return false;
  LLVMContext &Context = M.getContext();
  Type *I32 = Type::getInt32Ty(Context);
  auto Nameless = [&] {
    StructType *ST = StructType::create(Context);
    ST->setBody({I32, I32});
    return ST;
  };
  Type *New = Nameless();
  auto *First = cast<AllocaInst>(pick(All, Random));
  auto *Second = cast<AllocaInst>(pick(All, Random));
  First->setAllocatedType(New);
  Second->setAllocatedType(Random() % 2 ? New : Nameless());
  return true;
}

static const char *const DeclarationNames[] = {
    "helper", "_Z3foov", "puts", "_Znwm", "memcpy", "_reserved", "with.dot"};

static bool declareFunction(Module &M, Rng &Random) {
  LLVMContext &Context = M.getContext();
  Type *Types[] = {Type::getVoidTy(Context), Type::getInt32Ty(Context)};
  StringRef Name = DeclarationNames[Random() % std::size(DeclarationNames)];
  if (M.getNamedValue(Name))
    return false;
  auto *F = Function::Create(FunctionType::get(Types[Random() % 2], false),
                             Random() % 4 ? GlobalValue::ExternalLinkage
                                          : GlobalValue::ExternalWeakLinkage,
                             Name, M);
  if (Random() % 4 == 0)
    F->setVisibility(GlobalValue::HiddenVisibility);
  if (Random() % 4 == 0)
    F->addFnAttr(Attribute::NoUnwind);
  if (Random() % 4 == 0)
    F->setCallingConv(CallingConv::Fast);
  return true;
}

static bool declareVariable(Module &M, Rng &Random) {
  Type *I32 = Type::getInt32Ty(M.getContext());
  StringRef Name = DeclarationNames[Random() % std::size(DeclarationNames)];
  if (M.getNamedValue(Name))
    return false;
  auto *V = new GlobalVariable(M, I32, Random() % 2,
                               GlobalValue::ExternalLinkage, nullptr, Name);
  if (Random() % 4 == 0)
    V->setSection("abc");
  if (Random() % 4 == 0)
    V->setThreadLocal(true);
  return true;
}

/// Refers to the last declaration from metadata alone.
static bool mentionInMetadata(Module &M, Rng &Random) {
  for (Function &F : reverse(M))
    if (F.isDeclaration() && F.use_empty() && !F.isIntrinsic()) {
      auto *N = MDNode::get(M.getContext(), ConstantAsMetadata::get(&F));
      M.getOrInsertNamedMetadata("hapax.mention")->addOperand(N);
      return true;
    }
  return false;
}

static bool setIdentifier(Module &M, Rng &Random) {
  M.setModuleIdentifier("module" + std::to_string(Random() % 3));
  return true;
}

static bool addUnusedComdat(Module &M, Rng &) {
  M.getOrInsertComdat("hapax.unused");
  return true;
}

/// Says of a call that it is elsewhere in the source: where another is, at a
/// new place, or something that is no place.
static bool movePlace(Module &M, Rng &Random) {
  auto All = instructions(M, [](Instruction &I) { return isa<CallBase>(I); });
  if (All.empty())
    return false;
  LLVMContext &Context = M.getContext();
  auto Place = [&](unsigned Bits) {
    return ConstantAsMetadata::get(
        ConstantInt::get(IntegerType::get(Context, Bits), 100 + Random() % 3));
  };
  MDNode *New = nullptr;
  switch (Random() % 8) {
  case 0:
    New = MDNode::get(Context, {Place(64), Place(64)});
    break;
  case 1:
    New = MDNode::get(Context, Place(32));
    break;
  case 2:
    New = MDNode::getDistinct(Context, Place(64));
    break;
  default:
    New = MDNode::get(Context, Place(64));
    break;
  }
  pick(All, Random)->setMetadata("srcloc", New);
  Instruction *Other = pick(All, Random);
  switch (Random() % 6) {
  case 0: // where it is no place
    Other->setMetadata("hapax.a", New);
    break;
  case 1:
    M.getOrInsertNamedMetadata("hapax.place")->addOperand(New);
    break;
  case 2:
    M.getOrInsertNamedMetadata("hapax.place")
        ->addOperand(MDNode::get(Context, New));
    break;
  default:
    Other->setMetadata("srcloc", New);
    break;
  }
  return true;
}

/// Equal distinct nodes, shared or not.
static bool attachDistinct(Module &M, Rng &Random) {
  auto All = instructions(M, [](Instruction &) { return true; });
  if (All.empty())
    return false;
  LLVMContext &Context = M.getContext();
  auto *String = MDString::get(Context, "text");
  MDNode *Nodes[] = {MDNode::getDistinct(Context, String),
                     MDNode::getDistinct(Context, String),
                     MDNode::get(Context, String)};
  for (unsigned N = 0; N != 3; ++N)
    pick(All, Random)
        ->setMetadata(Random() % 2 ? "hapax.a" : "hapax.b",
                      Nodes[Random() % 3]);
  return true;
}

static bool changeNodeOperand(Module &M, Rng &Random) {
  SetVector<MDNode *> Nodes;
  auto Add = [&](MDNode *N) { Nodes.insert(N); };
  for (NamedMDNode &Named : M.named_metadata())
    for (MDNode *N : Named.operands())
      Add(N);
  SmallVector<std::pair<unsigned, MDNode *>, 4> Attached;
  for (Function &F : M) {
    Attached.clear();
    F.getAllMetadata(Attached);
    for (auto &[Kind, N] : Attached)
      Add(N);
    for (Instruction &I : llvm::instructions(F)) {
      Attached.clear();
      I.getAllMetadata(Attached);
      for (auto &[Kind, N] : Attached)
        Add(N);
    }
  }
  for (size_t I = 0; I != Nodes.size(); ++I)
    for (const MDOperand &Operand : Nodes[I]->operands())
      if (auto *N = dyn_cast_or_null<MDNode>(Operand.get()))
        Add(N);
  std::vector<MDNode *> Tuples;
  for (MDNode *N : Nodes)
    if (isa<MDTuple>(N) && N->getNumOperands() >= 1 && N->isDistinct())
      Tuples.push_back(N);
  if (Tuples.empty())
    return false;
  MDNode *N = pick(Tuples, Random);
  Metadata *Others[] = {MDString::get(M.getContext(), "other"),
                        Nodes[Random() % Nodes.size()], N, nullptr};
  N->replaceOperandWith(Random() % N->getNumOperands(), Others[Random() % 4]);
  return true;
}

/// Moves a block; the entry stays.
static bool moveBlock(Module &M, Rng &Random) {
  std::vector<BasicBlock *> All;
  for (Function &F : M)
    for (BasicBlock &BB : F)
      if (&BB != &F.front() && &BB != &F.back())
        All.push_back(&BB);
  if (All.empty())
    return false;
  BasicBlock *BB = pick(All, Random);
  BB->moveAfter(&BB->getParent()->back());
  return true;
}

/// Puts in an instruction that nothing uses, of one of many kinds and types.
static bool insertInstruction(Module &M, Rng &Random) {
  auto All = instructions(M, [](Instruction &I) {
    return !isa<PHINode>(I) && !I.isEHPad() && !I.DebugMarker &&
           !(I.getPrevNode() && isa<CallInst>(I.getPrevNode()));
  });
  if (All.empty())
    return false;
  IRBuilder<NoFolder> B(pick(All, Random));
  LLVMContext &C = M.getContext();
  Type *Types[] = {B.getInt8Ty(),
                   B.getInt32Ty(),
                   B.getInt64Ty(),
                   B.getFloatTy(),
                   B.getPtrTy(),
                   FixedVectorType::get(B.getInt32Ty(), 2),
                   FixedVectorType::get(B.getInt32Ty(), 4),
                   ScalableVectorType::get(B.getInt32Ty(), 4),
                   StructType::get(C, {B.getInt8Ty(), B.getInt32Ty()}, false),
                   StructType::get(C, {B.getInt8Ty(), B.getInt32Ty()}, true)};
  Type *T = Types[Random() % std::size(Types)];
  Value *Null = ConstantPointerNull::get(B.getPtrTy());
  switch (Random() % 8) {
  case 0:
    B.CreateLoad(T, Null, Random() % 2);
    return true;
  case 1:
    B.CreateFreeze(PoisonValue::get(T));
    return true;
  case 2:
    B.CreateAlloca(T);
    return true;
  case 3:
    B.CreateVAArg(Null, T);
    return true;
  case 4:
    B.CreateGEP(B.getInt8Ty(), Null, B.getInt64(Random() % 3));
    return true;
  case 5:
    B.CreateStore(Random() % 2 ? UndefValue::get(T) : PoisonValue::get(T),
                  Null);
    return true;
  case 6:
    B.CreateFence(Random() % 2 ? AtomicOrdering::Acquire
                               : AtomicOrdering::Release,
                  Random() % 2 ? SyncScope::System : SyncScope::SingleThread);
    return true;
  default: {
    FunctionCallee Asm(FunctionType::get(B.getVoidTy(), false),
                       InlineAsm::get(FunctionType::get(B.getVoidTy(), false),
                                      "nop", Random() % 2 ? "~{memory}" : "",
                                      Random() % 2, Random() % 2,
                                      InlineAsm::AsmDialect(Random() % 2)));
    OperandBundleDef Bundle(Random() % 2 ? "foo" : "bar",
                            ArrayRef<Value *>(B.getInt32(Random() % 2)));
    if (Random() % 2)
      B.CreateCall(Asm);
    else
      B.CreateCall(Asm, {}, {Bundle});
    return true;
  }
  }
}

static const MemoryMutation All[] = {
    {"shuffle-uses", shuffleUses},
    {"reverse-uses", reverseUses},
    {"swap-operands", swapOperands},
    {"swap-instructions", swapInstructions},
    {"insert-instruction", insertInstruction},
    {"reorder-phi", reorderPhi},
    {"move-block", moveBlock},
    {"reorder-functions", reorderFunctions},
    {"reorder-variables", reorderVariables},
    {"name-value", nameValue},
    {"name-struct", nameStruct},
    {"retype-alloca", retypeAlloca},
    {"declare-function", declareFunction},
    {"declare-variable", declareVariable},
    {"mention-in-metadata", mentionInMetadata},
    {"set-identifier", setIdentifier},
    {"add-unused-comdat", addUnusedComdat},
    {"move-place", movePlace},
    {"attach-distinct", attachDistinct},
    {"change-node-operand", changeNodeOperand},
};

ArrayRef<MemoryMutation> hapax::test::memoryMutations() { return All; }
