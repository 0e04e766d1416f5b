//===- AttemptTest.cpp - What is left of compiles that failed -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "jit/Attempt.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "gtest/gtest.h"

using namespace hapax;
using namespace llvm;

namespace {

std::unique_ptr<Module> makeModule(LLVMContext &Context) {
  auto M = std::make_unique<Module>("m", Context);
  auto *Zero = ConstantInt::get(Type::getInt32Ty(Context), 0);
  for (auto Linkage :
       {GlobalValue::InternalLinkage, GlobalValue::WeakODRLinkage,
        GlobalValue::ExternalLinkage})
    new GlobalVariable(*M, Zero->getType(), false, Linkage, Zero, "g");
  return M;
}

Attempt attemptAt(const Module &M) {
  Attempt New;
  New.M = &M;
  return New;
}

TEST(Attempt, IsThereForItsModuleOnce) {
  LLVMContext Context;
  auto M = makeModule(Context), Other = makeModule(Context);
  Attempts Pending;
  EXPECT_FALSE(Pending.take(*M));
  Pending.add(attemptAt(*M));
  std::optional<Attempt> Found = Pending.take(*M);
  ASSERT_TRUE(Found);
  EXPECT_TRUE(Found->Watch.isInstalled(Context));
  EXPECT_FALSE(Pending.take(*M));

  Pending.add(attemptAt(*M));
  EXPECT_FALSE(Pending.take(*Other));
  EXPECT_EQ(Pending.size(), 0u);
}

TEST(Attempt, OneThatIsLeftOverTakesItsHandlerAway) {
  LLVMContext Context;
  const DiagnosticHandler *Own = Context.getDiagHandlerPtr();
  auto M = makeModule(Context);
  Attempts Pending;
  for (int Time = 0; Time != 3; ++Time) {
    Pending.forget(Context);
    EXPECT_EQ(Context.getDiagHandlerPtr(), Own);
    Pending.add(attemptAt(*M));
    EXPECT_NE(Context.getDiagHandlerPtr(), Own);
  }
  EXPECT_EQ(Pending.size(), 1u);
  Pending.forget(Context);
  EXPECT_EQ(Pending.size(), 0u);
}

TEST(Attempt, ThoseOfDeadModulesDoNotPileUp) {
  Attempts Pending;
  for (int Failed = 0; Failed != 1000; ++Failed) {
    LLVMContext Context;
    auto M = makeModule(Context);
    Pending.add(attemptAt(*M));
  }
  EXPECT_LT(Pending.size(), 200u);
}

TEST(Attempt, OutlivesAndIsOutlivedByItsModule) {
  LLVMContext Context;
  auto M = makeModule(Context);
  {
    Attempts Pending;
    Pending.add(attemptAt(*M));
  }
  ModuleMark Mark(*M);
  EXPECT_TRUE(Mark.isAlive());
  M.reset();
  EXPECT_FALSE(Mark.isAlive());
  Mark.remove();
  EXPECT_FALSE(Mark.isAlive());
}

TEST(Attempt, IsMarkedByWhatStays) {
  LLVMContext Context;
  auto M = makeModule(Context);
  ModuleMark Mark(*M);
  for (GlobalVariable &G : make_early_inc_range(M->globals())) {
    EXPECT_TRUE(Mark.isAlive());
    G.eraseFromParent();
  }
  EXPECT_FALSE(Mark.isAlive());
}

TEST(Attempt, AModuleThatDefinesNothingHasNone) {
  LLVMContext Context;
  Module Empty("m", Context);
  Attempts Pending;
  Pending.add(attemptAt(Empty));
  EXPECT_EQ(Pending.size(), 0u);
  EXPECT_FALSE(ModuleMark(Empty).isAlive());
}

} // namespace
