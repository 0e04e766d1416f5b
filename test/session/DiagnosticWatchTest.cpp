//===- DiagnosticWatchTest.cpp --------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "session/DiagnosticWatch.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/LLVMContext.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace hapax;

namespace {

struct Counting final : DiagnosticHandler {
  int &Count;
  explicit Counting(int &Count) : Count(Count) {}
  bool handleDiagnostics(const DiagnosticInfo &) override {
    ++Count;
    return true;
  }
  bool isAnyRemarkEnabled() const override { return true; }
  bool isMissedOptRemarkEnabled(StringRef Pass) const override {
    return Pass == "inline";
  }
};

TEST(DiagnosticWatch, ForwardsAndNotices) {
  LLVMContext Context;
  int Count = 0;
  auto Own = std::make_unique<Counting>(Count);
  const DiagnosticHandler *OwnAddress = Own.get();
  Context.setDiagnosticHandler(std::move(Own));

  DiagnosticWatch Watch;
  EXPECT_FALSE(Watch.sawDiagnostic());
  Watch.install(Context);
  EXPECT_NE(OwnAddress, Context.getDiagHandlerPtr());
  EXPECT_TRUE(Watch.isInstalled(Context));
  EXPECT_TRUE(Context.getDiagHandlerPtr()->isAnyRemarkEnabled());
  EXPECT_TRUE(Context.getDiagHandlerPtr()->isMissedOptRemarkEnabled("inline"));
  EXPECT_FALSE(Context.getDiagHandlerPtr()->isMissedOptRemarkEnabled("licm"));
  EXPECT_FALSE(Watch.sawDiagnostic());
  Context.diagnose(DiagnosticInfoGeneric("careful", DS_Warning));
  EXPECT_TRUE(Watch.sawDiagnostic());
  EXPECT_EQ(1, Count);

  Watch.remove(Context);
  EXPECT_FALSE(Watch.isInstalled(Context));
  EXPECT_EQ(OwnAddress, Context.getDiagHandlerPtr());
  Watch.remove(Context);
  EXPECT_EQ(OwnAddress, Context.getDiagHandlerPtr());
  EXPECT_TRUE(Watch.sawDiagnostic());
}

TEST(DiagnosticWatch, ErrorsReachTheOwnersFlag) {
  LLVMContext Context;
  int Count = 0;
  Context.setDiagnosticHandler(std::make_unique<Counting>(Count));
  DiagnosticWatch Watch;
  Watch.install(Context);
  Context.diagnose(DiagnosticInfoGeneric("broken", DS_Error));
  EXPECT_TRUE(Context.getDiagHandlerPtr()->HasErrors);
  Watch.remove(Context);
  EXPECT_TRUE(Context.getDiagHandlerPtr()->HasErrors);
  EXPECT_EQ(1, Count);
}

TEST(DiagnosticWatch, LeavesAnothersHandlerAlone) {
  LLVMContext Context;
  int Count = 0;
  DiagnosticWatch Watch;
  Watch.install(Context);
  // The context destroys ours.
  auto Other = std::make_unique<Counting>(Count);
  const DiagnosticHandler *OtherAddress = Other.get();
  Context.setDiagnosticHandler(std::move(Other));
  EXPECT_FALSE(Watch.isInstalled(Context));
  Watch.remove(Context);
  EXPECT_EQ(OtherAddress, Context.getDiagHandlerPtr());
  EXPECT_FALSE(Watch.sawDiagnostic());
}

} // namespace
