//===- HashFunction.cpp - Bodies of functions in the module hash -*- C++ -*-==//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "HashFunction.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/ValueSymbolTable.h"

using namespace llvm;
using namespace hapax;

HashFunction::HashFunction(const LLVMContext &Context, HashValues &Values,
                           HashMetadata &Nodes, HashLines &Lines, bool UseOrder)
    : Values(Values), Nodes(Nodes), Lines(Lines), UseOrder(UseOrder) {
  Context.getSyncScopeNames(ScopeNames);
}

void HashFunction::write(HashWords &To, const Function &F) {
  Locals.clear();
  HasForeign = false;
  WithAttachments.clear();
  LastLocation = nullptr;
  for (const Argument &A : F.args())
    Locals.define(&A);
  for (const BasicBlock &BB : F) {
    HasForeign |= BB.hasAddressTaken();
    // No instruction has an opcode of 0.
    To.add(uint64_t(Locals.define(&BB)) << 32);
    for (const Instruction &I : BB) {
      // Instructions mostly lie one behind the other, each behind its operands.
      // Fetching a good way ahead does no harm where they do not.
      const char *Address = reinterpret_cast<const char *>(&I);
      __builtin_prefetch(Address + 2048);
      __builtin_prefetch(Address + 2048 - 64);
      writeInstruction(To, I);
    }
  }
  To.add(~uint64_t(0));
  writeAttachments(To);
  if (const ValueSymbolTable *Names = F.getValueSymbolTable();
      Names && !Names->empty())
    writeNames(To);
  To.add(~uint64_t(0));
  if (UseOrder && (HasForeign || !Locals.allRegular()))
    writeUseOrder(To, F);
  To.add(~uint64_t(0));
}

/// Goes through the operands again, in the same order, for the values with
/// irregular lists alone and in the blocks alone that use these. The uses of
/// blocks whose address is taken are kept with the module.
void HashFunction::writeUseOrder(HashWords &To, const Function &F) {
  constexpr uint32_t Regular = ~0u, Foreign = ~0u - 1;
  Watched.clear();
  Uses.clear();
  UsingBlocks.assign(Locals.size(), false);
  for (uint32_t Number = 0; Number != Locals.size(); ++Number) {
    uint32_t &Note = Locals.note(Number) = Regular;
    const Value *V = Locals.value(Number);
    if (HasForeign && isa<BasicBlock>(V) &&
        cast<BasicBlock>(V)->hasAddressTaken()) {
      Note = Foreign;
    } else if (!Locals.isRegular(Number)) {
      Note = Uses.size();
      Uses.addValue(V);
      Watched.push_back(Number);
    } else {
      continue;
    }
    for (const User *User : V->users())
      if (const auto *I = dyn_cast<Instruction>(User))
        if (uint32_t Block = Locals.lookup(I->getParent());
            Block != HashLocals::Unknown)
          UsingBlocks[Block] = true;
  }
  for (const BasicBlock &BB : F) {
    if (!UsingBlocks[Locals.lookup(&BB)])
      continue;
    for (const Instruction &I : BB)
      for (const Use &U : I.operands()) {
        uint32_t Number = Locals.lookup(U.get());
        if (Number == HashLocals::Unknown)
          continue;
        uint32_t Note = Locals.note(Number);
        if (Note == Foreign) {
          Values.mentionBlock(U);
        } else if (Note != Regular) {
          Uses.mention(Note, U);
          Uses.log(Note, U);
        }
      }
  }
  Uses.write(
      To, [](uint32_t) { return false; },
      [&](HashWords &To, uint32_t Place) { To.add(Watched[Place]); });
}

void HashFunction::writeNames(HashWords &To) {
  for (uint32_t Number = 0; Number != Locals.size(); ++Number)
    if (const Value *V = Locals.value(Number); V->hasName()) {
      To.add(Number);
      To.add(V->getName());
    }
}

/// Any operand but a value of the function that is already known.
void HashFunction::writeOtherOperand(HashWords &To, const Use &U) {
  const Value *V = U.get();
  if (!V) {
    To.add(static_cast<uint64_t>(ValueTag::None));
  } else if (HashValues::writeSimple(To, V)) {
    return;
  } else if (isa<Constant>(V) || isa<InlineAsm>(V)) {
    Values.writeUse(To, U);
  } else if (const auto *Wrapped = dyn_cast<MetadataAsValue>(V)) {
    To.add(static_cast<uint64_t>(ValueTag::Metadata));
    writeMetadata(To, Wrapped->getMetadata());
  } else {
    writeLocalUse(To, U);
  }
}

/// Most operands are known values of the function. The look-up finds that out
/// without touching them, which would be a cache miss. Inlined everywhere, as
/// writeHead() is, so that each opcode has branches of its own to be foretold.
[[gnu::always_inline]] inline void HashFunction::writeOperand(HashWords &To,
                                                              const Use &U) {
  uint32_t Number = Locals.lookup(U.get());
  if (Number == HashLocals::Unknown)
    return writeOtherOperand(To, U);
  To.add(localReference(Number));
  Locals.mention(Number, U);
}

void HashFunction::writeScope(HashWords &To, SyncScope::ID Scope) {
  bool IsFixed = Scope == SyncScope::SingleThread || Scope == SyncScope::System;
  To.add(IsFixed ? Scope : ~uint64_t(0));
  if (!IsFixed)
    To.add(ScopeNames[Scope]);
}

void HashFunction::writeLocation(HashWords &To, const DILocation &Location) {
  if (&Location == LastLocation) {
    To.add(0);
    return;
  }
  LastLocation = &Location;
  if (Location.isDistinct()) {
    To.add(1);
    Nodes.writeNode(To, Location);
    return;
  }
  // Spelled out: giving every location a number would cost more.
  To.add(2 | Location.isImplicitCode() << 8 |
         uint64_t(Location.getColumn()) << 16 |
         uint64_t(Lines.number(Location.getFile(), Location.getLine())) << 32);
  To.add(Location.getAtomGroup());
  To.add(Location.getAtomRank());
  writeMetadata(To, Location.getRawScope());
  writeMetadata(To, Location.getRawInlinedAt());
}

void HashFunction::writeRecord(HashWords &To, const DbgRecord &Record) {
  if (const auto *Label = dyn_cast<DbgLabelRecord>(&Record)) {
    To.add(1);
    writeMetadata(To, Label->getRawLabel());
  } else {
    const auto &Variable = cast<DbgVariableRecord>(Record);
    To.add(2 | static_cast<uint64_t>(Variable.getType()) << 8);
    writeMetadata(To, Variable.getRawLocation());
    writeMetadata(To, Variable.getRawVariable());
    writeMetadata(To, Variable.getRawExpression());
    if (Variable.isDbgAssign()) {
      writeMetadata(To, Variable.getRawAssignID());
      writeMetadata(To, Variable.getRawAddress());
      writeMetadata(To, Variable.getRawAddressExpression());
    }
  }
  writeMetadata(To, Record.getDebugLoc().getAsMDNode());
}

/// What every instruction has. \p Extra, of at most 14 bits, is what else its
/// opcode has.
[[gnu::always_inline]] inline void
HashFunction::writeHead(HashWords &To, const Instruction &I, unsigned Extra) {
  assert(Extra < 1 << 14);
  Type *T = I.getType();
  // The number of a result is written even though it often is the next free
  // one: forward references take numbers too.
  uint32_t Result = T->isVoidTy() ? 0 : Locals.define(&I) + 1;
  uint64_t *Next = To.room(2);
  *Next++ = I.getOpcode() | I.getRawSubclassOptionalData() << 8 |
            bool(I.getDebugLoc()) << 16 |
            I.hasMetadataOtherThanDebugLoc() << 17 | uint64_t(Extra) << 18 |
            uint64_t(I.getNumOperands()) << 32;
  *Next++ = uint64_t(HashTypes::tag(T)) << 32 | Result;
  To.commit(Next);
  if (HashTypes::isCompound(T))
    To.add(Values.Types.digest(T));
}

/// Alignment, whether it is volatile, and ordering.
template <typename Access> static unsigned accessBits(const Access &I) {
  return Log2(I.getAlign()) | I.isVolatile() << 8 |
         static_cast<unsigned>(I.getOrdering()) << 9;
}

void HashFunction::writeInstruction(HashWords &To, const Instruction &I) {
  if (I.DebugMarker && I.hasDbgRecords()) {
    for (const DbgRecord &Record : I.getDbgRecordRange()) {
      To.add(uint64_t(1) << 63);
      writeRecord(To, Record);
    }
  }
  // The most frequent opcodes go ways of their own, on which the processor can
  // foretell what comes next: number and sort of operands, type of the result.
  switch (I.getOpcode()) {
  case Instruction::Load: {
    const auto &Load = cast<LoadInst>(I);
    writeHead(To, I, accessBits(Load));
    if (Load.getOrdering() != AtomicOrdering::NotAtomic)
      writeScope(To, Load.getSyncScopeID());
    writeOperand(To, I.getOperandUse(0));
    break;
  }
  case Instruction::Store: {
    const auto &Store = cast<StoreInst>(I);
    writeHead(To, I, accessBits(Store));
    if (Store.getOrdering() != AtomicOrdering::NotAtomic)
      writeScope(To, Store.getSyncScopeID());
    writeOperand(To, I.getOperandUse(0));
    writeOperand(To, I.getOperandUse(1));
    break;
  }
  case Instruction::GetElementPtr: {
    writeHead(To, I);
    Values.Types.write(To, cast<GetElementPtrInst>(I).getSourceElementType());
    writeOperand(To, I.getOperandUse(0));
    writeOperand(To, I.getOperandUse(1));
    for (unsigned N = 2, E = I.getNumOperands(); N != E; ++N)
      writeOperand(To, I.getOperandUse(N));
    break;
  }
  case Instruction::Br: {
    writeHead(To, I);
    // Blocks further on need not be touched yet.
    if (I.getNumOperands() == 1) {
      writeLocalUse(To, I.getOperandUse(0));
    } else {
      writeOperand(To, I.getOperandUse(0));
      writeLocalUse(To, I.getOperandUse(1));
      writeLocalUse(To, I.getOperandUse(2));
    }
    break;
  }
  case Instruction::Alloca: {
    const auto &Alloca = cast<AllocaInst>(I);
    writeHead(To, I,
              Log2(Alloca.getAlign()) | Alloca.isUsedWithInAlloca() << 8 |
                  Alloca.isSwiftError() << 9);
    Values.Types.write(To, Alloca.getAllocatedType());
    writeOperand(To, I.getOperandUse(0));
    break;
  }
  case Instruction::ICmp:
  case Instruction::FCmp:
    writeHead(To, I, cast<CmpInst>(I).getPredicate());
    writeOperand(To, I.getOperandUse(0));
    writeOperand(To, I.getOperandUse(1));
    break;
  case Instruction::Call:
    writeHead(To, I, cast<CallInst>(I).getTailCallKind());
    writeCall(To, cast<CallBase>(I));
    for (const Use &U : I.operands())
      writeOperand(To, U);
    break;
  default:
    writeHead(To, I);
    writeExtras(To, I);
    for (const Use &U : I.operands())
      writeOperand(To, U);
    break;
  }
  if (const auto *Location =
          cast_or_null<DILocation>(I.getDebugLoc().getAsMDNode()))
    writeLocation(To, *Location);
  if (I.hasMetadataOtherThanDebugLoc())
    WithAttachments.push_back(&I);
}

/// Attachments lie in a hash table of the context, so each look-up is a cache
/// miss. Fetching them in one tight loop lets the processor overlap the misses,
/// which matters where most loads carry TBAA tags.
void HashFunction::writeAttachments(HashWords &To) {
  Fetched.clear();
  for (const Instruction *I : WithAttachments) {
    Attached.clear();
    I->getAllMetadataOtherThanDebugLoc(Attached);
    Fetched.push_back({unsigned(Attached.size()), nullptr});
    for (const auto &Attachment : Attached)
      Fetched.push_back(Attachment);
  }
  auto Next = Fetched.begin();
  for (const Instruction *I : WithAttachments) {
    unsigned Count = Next++->first;
    Nodes.writeAttachments(To, MutableArrayRef(&*Next, Count), I);
    Next += Count;
  }
}

void HashFunction::writeCall(HashWords &To, const CallBase &Call) {
  To.add(Call.getCallingConv());
  Values.Types.write(To, Call.getFunctionType());
  Values.Attributes.write(To, Call.getAttributes());
  To.add(Call.getNumOperandBundles());
  for (unsigned N = 0, E = Call.getNumOperandBundles(); N != E; ++N) {
    const CallBase::BundleOpInfo &Info = *(Call.bundle_op_info_begin() + N);
    To.add(Call.getOperandBundleAt(N).getTagName());
    To.add(Info.Begin, Info.End);
  }
}

/// What an instruction holds besides opcode, flags, type, operands and
/// attachments. The most frequent opcodes are dealt with before.
void HashFunction::writeExtras(HashWords &To, const Instruction &I) {
  switch (I.getOpcode()) {
  case Instruction::Fence:
    To.add(static_cast<uint64_t>(cast<FenceInst>(I).getOrdering()));
    writeScope(To, cast<FenceInst>(I).getSyncScopeID());
    break;
  case Instruction::AtomicCmpXchg: {
    const auto &Xchg = cast<AtomicCmpXchgInst>(I);
    To.add(Log2(Xchg.getAlign()) | Xchg.isVolatile() << 8 | Xchg.isWeak() << 9 |
           static_cast<uint64_t>(Xchg.getSuccessOrdering()) << 16 |
           static_cast<uint64_t>(Xchg.getFailureOrdering()) << 24);
    writeScope(To, Xchg.getSyncScopeID());
    break;
  }
  case Instruction::AtomicRMW: {
    const auto &RMW = cast<AtomicRMWInst>(I);
    To.add(Log2(RMW.getAlign()) | RMW.isVolatile() << 8 |
           static_cast<uint64_t>(RMW.getOrdering()) << 16 |
           uint64_t(RMW.getOperation()) << 32);
    writeScope(To, RMW.getSyncScopeID());
    break;
  }
  case Instruction::PHI:
    for (const BasicBlock *BB : cast<PHINode>(I).blocks())
      writeLocal(To, BB);
    break;
  case Instruction::Switch: {
    // The values of the cases are no operands.
    const auto &Switch = cast<SwitchInst>(I);
    for (const auto &Case : Switch.cases())
      Values.writeConstant(To, Case.getCaseValue());
    break;
  }
  case Instruction::CallBr:
    To.add(cast<CallBrInst>(I).getNumIndirectDests());
    writeCall(To, cast<CallBase>(I));
    break;
  case Instruction::Invoke:
    writeCall(To, cast<CallBase>(I));
    break;
  case Instruction::LandingPad: {
    const auto &Pad = cast<LandingPadInst>(I);
    To.add(Pad.isCleanup());
    for (unsigned N = 0, E = Pad.getNumClauses(); N != E; ++N)
      To.add(Pad.isCatch(N));
    break;
  }
  case Instruction::CleanupRet:
    To.add(cast<CleanupReturnInst>(I).hasUnwindDest());
    break;
  case Instruction::CatchSwitch:
    To.add(cast<CatchSwitchInst>(I).hasUnwindDest());
    break;
  case Instruction::ExtractValue:
  case Instruction::InsertValue: {
    ArrayRef<unsigned> Indices = I.getOpcode() == Instruction::ExtractValue
                                     ? cast<ExtractValueInst>(I).getIndices()
                                     : cast<InsertValueInst>(I).getIndices();
    To.add(Indices.size());
    for (unsigned Index : Indices)
      To.add(Index);
    break;
  }
  case Instruction::ShuffleVector: {
    ArrayRef<int> Mask = cast<ShuffleVectorInst>(I).getShuffleMask();
    To.add(Mask.size());
    for (int Element : Mask)
      To.add(uint64_t(int64_t(Element)));
    break;
  }
  default:
    // Arithmetic, casts, ret, br, indirectbr, resume, unreachable, catchret,
    // funclet pads, va_arg, select, freeze, insert- and extractelement: all is
    // said by opcode, flags, type and operands.
    break;
  }
}
