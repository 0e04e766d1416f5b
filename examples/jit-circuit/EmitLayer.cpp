//===- EmitLayer.cpp - Gates as loops over amplitudes ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Circuit.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Module.h"
#include <algorithm>
#include <utility>

using namespace llvm;

namespace {

/// Emits the gates of one layer into one function.
class LayerEmitter {
public:
  LayerEmitter(Module &M, StringRef Name, unsigned Qubits);

  void emit(const Gate &G);
  void finish() { B.CreateRetVoid(); }

private:
  /// Calls \p Body with the index of each amplitude whose bits \p Clear
  /// (ascending) are zero. The innermost loop runs over neighbours.
  void forEachIndex(ArrayRef<unsigned> Clear,
                    function_ref<void(Value *Index)> Body);
  /// for (I = 0; I < End; I += Step)
  void loop(uint64_t End, uint64_t Step, function_ref<void(Value *I)> Body);
  void nest(ArrayRef<std::pair<uint64_t, uint64_t>> Loops, Value *Sum,
            function_ref<void(Value *Index)> Body);

  Value *at(Value *Array, Value *Index) {
    return B.CreateGEP(B.getDoubleTy(), Array, Index);
  }
  Value *load(Value *Array, Value *Index) {
    return B.CreateLoad(B.getDoubleTy(), at(Array, Index));
  }
  void store(Value *New, Value *Array, Value *Index) {
    B.CreateStore(New, at(Array, Index));
  }
  /// P * X + Q * Y
  Value *sum(Value *P, Value *X, Value *Q, Value *Y) {
    return B.CreateFAdd(B.CreateFMul(P, X), B.CreateFMul(Q, Y));
  }
  void rotate(const Gate &G);
  void entangle(const Gate &G);

  IRBuilder<> B;
  unsigned Qubits;
  Function *F;
  Value *Re, *Im, *Angles;
};

} // namespace

LayerEmitter::LayerEmitter(Module &M, StringRef Name, unsigned Qubits)
    : B(M.getContext()), Qubits(Qubits) {
  Type *Array = B.getPtrTy();
  F = Function::Create(
      FunctionType::get(B.getVoidTy(), {Array, Array, Array}, false),
      Function::ExternalLinkage, Name, M);
  Re = F->getArg(0);
  Im = F->getArg(1);
  Angles = F->getArg(2);
  // The arrays are apart: nothing has to be checked before vector code runs.
  for (Argument &A : F->args())
    A.addAttr(Attribute::NoAlias);
  B.SetInsertPoint(BasicBlock::Create(M.getContext(), "", F));
}

void LayerEmitter::loop(uint64_t End, uint64_t Step,
                        function_ref<void(Value *I)> Body) {
  BasicBlock *Before = B.GetInsertBlock();
  BasicBlock *Loop = BasicBlock::Create(B.getContext(), "", F);
  BasicBlock *After = BasicBlock::Create(B.getContext(), "", F);
  B.CreateBr(Loop);
  B.SetInsertPoint(Loop);
  PHINode *I = B.CreatePHI(B.getInt64Ty(), 2);
  Body(I);
  Value *Next = B.CreateAdd(I, B.getInt64(Step), "", /*HasNUW=*/true,
                            /*HasNSW=*/true);
  I->addIncoming(B.getInt64(0), Before);
  I->addIncoming(Next, B.GetInsertBlock());
  B.CreateCondBr(B.CreateICmpULT(Next, B.getInt64(End)), Loop, After);
  B.SetInsertPoint(After);
}

void LayerEmitter::nest(ArrayRef<std::pair<uint64_t, uint64_t>> Loops,
                        Value *Sum, function_ref<void(Value *Index)> Body) {
  if (Loops.empty())
    return Body(Sum);
  auto [End, Step] = Loops.front();
  loop(End, Step, [&](Value *I) {
    nest(Loops.drop_front(), B.CreateAdd(Sum, I, "", true, true), Body);
  });
}

void LayerEmitter::forEachIndex(ArrayRef<unsigned> Clear,
                                function_ref<void(Value *Index)> Body) {
  // Between two clear bits, and above and below them, all bits run.
  SmallVector<std::pair<uint64_t, uint64_t>> Loops;
  uint64_t End = uint64_t(1) << Qubits;
  for (unsigned Bit : reverse(Clear)) {
    Loops.push_back({End, uint64_t(2) << Bit});
    End = uint64_t(1) << Bit;
  }
  Loops.push_back({End, 1});
  nest(Loops, B.getInt64(0), Body);
}

void LayerEmitter::rotate(const Gate &G) {
  Value *Half = B.CreateFMul(load(Angles, B.getInt64(G.Parameter)),
                             ConstantFP::get(B.getDoubleTy(), 0.5));
  Value *C = B.CreateUnaryIntrinsic(Intrinsic::cos, Half);
  Value *S = B.CreateUnaryIntrinsic(Intrinsic::sin, Half);
  Value *MinusS = B.CreateFNeg(S);
  forEachIndex(G.A, [&](Value *I0) {
    Value *I1 = B.CreateOr(I0, B.getInt64(uint64_t(1) << G.A));
    Value *Re0 = load(Re, I0), *Im0 = load(Im, I0);
    Value *Re1 = load(Re, I1), *Im1 = load(Im, I1);
    switch (G.What) {
    case Gate::Kind::RotateX:
      store(sum(C, Re0, S, Im1), Re, I0);
      store(sum(C, Im0, MinusS, Re1), Im, I0);
      store(sum(C, Re1, S, Im0), Re, I1);
      store(sum(C, Im1, MinusS, Re0), Im, I1);
      break;
    case Gate::Kind::RotateY:
      store(sum(C, Re0, MinusS, Re1), Re, I0);
      store(sum(C, Im0, MinusS, Im1), Im, I0);
      store(sum(C, Re1, S, Re0), Re, I1);
      store(sum(C, Im1, S, Im0), Im, I1);
      break;
    default:
      store(sum(C, Re0, S, Im0), Re, I0);
      store(sum(C, Im0, MinusS, Re0), Im, I0);
      store(sum(C, Re1, MinusS, Im1), Re, I1);
      store(sum(C, Im1, S, Re1), Im, I1);
    }
  });
}

void LayerEmitter::entangle(const Gate &G) {
  const unsigned Clear[] = {std::min(G.A, G.B), std::max(G.A, G.B)};
  const uint64_t Control = uint64_t(1) << G.A, Other = uint64_t(1) << G.B;
  forEachIndex(Clear, [&](Value *I) {
    Value *Both = B.CreateOr(I, B.getInt64(Control | Other));
    Value *One = B.CreateOr(I, B.getInt64(Control));
    for (Value *Part : {Re, Im}) {
      Value *Old = load(Part, Both);
      if (G.What == Gate::Kind::ControlledZ) {
        store(B.CreateFNeg(Old), Part, Both);
      } else {
        store(load(Part, One), Part, Both);
        store(Old, Part, One);
      }
    }
  });
}

void LayerEmitter::emit(const Gate &G) {
  if (G.isRotation())
    rotate(G);
  else
    entangle(G);
}

std::unique_ptr<Module> Circuit::emitLayer(size_t Layer,
                                           LLVMContext &Context) const {
  auto M = std::make_unique<Module>(layerName(Layer), Context);
  LayerEmitter Emitter(*M, layerName(Layer), Qubits);
  for (const Gate &G : Layers[Layer])
    Emitter.emit(G);
  Emitter.finish();
  return M;
}
