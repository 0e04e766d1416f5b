//===- HashValues.cpp - Globals and constants in the module hash -*- C++ -*-==//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "HashValues.h"

#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Operator.h"

using namespace llvm;
using namespace hapax;

HashValues::HashValues(const Module &M, const ModuleHashRules &Rules,
                       const DenseMap<const GlobalValue *, std::string> *Names)
    : Types(Rules), Attributes(Types), Numbers(12), DataNumbers(10) {
  uint32_t Unnamed = 0;
  for (const GlobalValue &GV : M.global_values()) {
    Scratch.clear();
    StringRef Name = GV.getName();
    if (Names)
      if (auto Found = Names->find(&GV); Found != Names->end())
        Name = Found->second;
    Scratch.add(!Name.empty());
    if (!Name.empty())
      Scratch.add(Name);
    else
      Scratch.add(Unnamed++);
    addEntry(&GV, Scratch.digest());
  }
  Scratch.clear();
}

uint32_t HashValues::addEntry(const Value *V, const Digest &Content) {
  bool IsNew;
  uint32_t Number = Entries.size();
  Numbers.insert(V, IsNew) = Number;
  Entries.push_back({Content});
  Uses.addValue(V);
  return Number;
}

uint32_t HashValues::blockIndex(const BasicBlock *BB) {
  if (uint32_t Index = BlockIndices.lookup(BB); Index != ~0u)
    return Index;
  uint32_t Index = 0;
  bool IsNew;
  for (const BasicBlock &Block : *BB->getParent())
    BlockIndices.insert(&Block, IsNew) = Index++;
  return BlockIndices.lookup(BB);
}

uint32_t HashValues::blockNumber(const BasicBlock *BB) {
  if (uint32_t Number = Numbers.lookup(BB); Number != ~0u)
    return Number;
  size_t From = Scratch.size();
  Scratch.add(nameOf(*BB->getParent()));
  Scratch.add(blockIndex(BB));
  Digest Content = Scratch.digest(From);
  Scratch.truncate(From);
  return addEntry(BB, Content);
}

void HashValues::describe(HashWords &To, const InlineAsm &Asm) {
  To.add(Value::InlineAsmVal);
  Types.write(To, Asm.getFunctionType());
  To.add(Asm.hasSideEffects() | Asm.isAlignStack() << 1 | Asm.canThrow() << 2 |
         Asm.getDialect() << 3);
  To.add(Asm.getAsmString());
  To.add(Asm.getConstraintString());
}

/// What \p C is, without its operands.
void HashValues::describe(HashWords &To, const Constant &C) {
  To.add(C.getValueID());
  Types.write(To, C.getType());
  auto AddInt = [&](const APInt &I) {
    To.add(I.getBitWidth());
    for (unsigned N = 0; N != I.getNumWords(); ++N)
      To.add(I.getRawData()[N]);
  };
  switch (C.getValueID()) {
  case Value::ConstantIntVal:
    AddInt(cast<ConstantInt>(C).getValue());
    break;
  case Value::ConstantFPVal:
    AddInt(cast<ConstantFP>(C).getValueAPF().bitcastToAPInt());
    break;
  case Value::ConstantDataArrayVal:
  case Value::ConstantDataVectorVal:
    To.add(cast<ConstantDataSequential>(C).getRawDataValues());
    break;
  case Value::ConstantExprVal: {
    const auto &CE = cast<ConstantExpr>(C);
    To.add(CE.getOpcode(), CE.getRawSubclassOptionalData());
    if (const auto *GEP = dyn_cast<GEPOperator>(&CE)) {
      Types.write(To, GEP->getSourceElementType());
      std::optional<ConstantRange> InRange = GEP->getInRange();
      To.add(InRange.has_value());
      if (InRange) {
        AddInt(InRange->getLower());
        AddInt(InRange->getUpper());
      }
    } else if (CE.getOpcode() == Instruction::ShuffleVector) {
      To.add(CE.getShuffleMask().size());
      for (int Element : CE.getShuffleMask())
        To.add(Element);
    }
    break;
  }
  case Value::BlockAddressVal: {
    const BasicBlock *BB = cast<BlockAddress>(C).getBasicBlock();
    To.add(nameOf(*BB->getParent()));
    To.add(blockIndex(BB));
    break;
  }
  default:
    // Null, undef, poison, zero and none are their type; aggregates, pointer
    // authentication and references to functions are their operands.
    break;
  }
}

uint32_t HashValues::numberOf(const Value *V) {
  if (uint32_t Number = Numbers.lookup(V); Number != ~0u)
    return Number;

  size_t From = Scratch.size();
  if (const auto *Asm = dyn_cast<InlineAsm>(V)) {
    SawInlineAsm = true;
    describe(Scratch, *Asm);
    Digest Content = Scratch.digest(From);
    Scratch.truncate(From);
    return addEntry(V, Content);
  }

  const auto &C = *cast<Constant>(V);
  describe(Scratch, C);
  Scratch.add(C.getNumOperands());
  bool RefersToGlobals = false;
  for (const Use &U : C.operands()) {
    // The nested digests use the same scratch buffer beyond what stands there.
    if (isa<BasicBlock>(U.get())) {
      RefersToGlobals = true;
      mentionBlock(U);
      continue;
    }
    uint32_t Number = write(Scratch, U.get());
    if (Number == NoNumber)
      continue;
    mention(Number, U);
    RefersToGlobals |=
        isa<GlobalValue>(U.get()) || Entries[Number].RefersToGlobals;
  }
  Digest Content = Scratch.digest(From);
  Scratch.truncate(From);
  uint32_t Number = addEntry(V, Content);
  Entries[Number].RefersToGlobals = RefersToGlobals;
  return Number;
}

/// Puts the globals that \p V is or refers to on the list of the current part.
void HashValues::mentionIn(uint32_t Number, const Value *V) {
  Entry &E = Entries[Number];
  if (E.Part == Part)
    return;
  E.Part = Part;
  if (const auto *GV = dyn_cast<GlobalValue>(V)) {
    PartGlobals.push_back(GV);
    return;
  }
  if (!E.RefersToGlobals)
    return;
  for (const Value *Operand : cast<Constant>(V)->operand_values()) {
    if (const auto *BB = dyn_cast<BasicBlock>(Operand))
      Operand = BB->getParent();
    if (uint32_t Inner = Numbers.lookup(Operand); Inner != ~0u)
      mentionIn(Inner, Operand);
  }
}

uint32_t HashValues::write(HashWords &To, const Value *V) {
  if (writeSimple(To, V))
    return NoNumber;
  auto Tag = [](ValueTag T) { return static_cast<uint64_t>(T); };
  switch (V->getValueID()) {
  case Value::FunctionVal:
  case Value::GlobalVariableVal:
  case Value::GlobalAliasVal:
  case Value::GlobalIFuncVal: {
    uint32_t Number = Numbers.lookup(V);
    To.add(Tag(ValueTag::Global));
    To.add(Entries[Number].Content);
    mentionIn(Number, V);
    return Number;
  }
  default:
    break;
  }

  To.add(Tag(ValueTag::Constant));
  if (isa<ConstantData>(V)) {
    uint32_t Number = DataNumbers.lookup(V);
    if (Number == ~0u) {
      size_t From = Scratch.size();
      describe(Scratch, *cast<Constant>(V));
      bool IsNew;
      Number = DataDigests.size();
      DataNumbers.insert(V, IsNew) = Number;
      DataDigests.push_back(Scratch.digest(From));
      Scratch.truncate(From);
    }
    To.add(DataDigests[Number]);
    return NoNumber;
  }
  uint32_t Number = numberOf(V);
  To.add(Entries[Number].Content);
  mentionIn(Number, V);
  return Number;
}
