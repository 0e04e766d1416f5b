//===- ArtifactTest.cpp - Emptying, storing and restoring modules ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "hapax/IR/Artifact.h"
#include "hapax/IR/SymbolTables.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ValueSymbolTable.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace hapax;

namespace {

std::unique_ptr<Module> parse(LLVMContext &Context, StringRef Text) {
  SMDiagnostic Error;
  std::unique_ptr<Module> M = parseAssemblyString(Text, Error, Context);
  if (!M)
    Error.print("ArtifactTest", errs());
  return M;
}

std::string printed(const Module &M) {
  std::string Text;
  raw_string_ostream OS(Text);
  M.print(OS, nullptr, /*ShouldPreserveUseListOrder=*/true);
  return Text;
}

MemoryBufferRef ref(const Bytes &B) {
  return {StringRef(B.data(), B.size()), "test"};
}

constexpr StringLiteral Everything = R"(
target triple = "x86_64-pc-linux-gnu"
%pair = type { i32, ptr }
module asm ".globl other"
$group = comdat any
@table = global [2 x ptr] [ptr @f, ptr blockaddress(@g, %again)], comdat($group)
@alias = alias i32, getelementptr (i8, ptr @number, i64 4)
@number = global [2 x i32] [i32 1, i32 2]
@chosen = ifunc void (), ptr @resolve
@llvm.used = appending global [1 x ptr] [ptr @number], section "llvm.metadata"
define void @f(ptr %p) comdat($group) personality ptr @handler {
entry:
  %x = getelementptr %pair, ptr %p, i32 0, i32 1
  %y = load ptr, ptr %x
  call void @llvm.assume(i1 true) [ "align"(ptr %y, i64 8) ]
  ret void
}
define i32 @g(ptr %where) {
entry:
  indirectbr ptr %where, [label %again, label %out]
again:
  %v = phi i32 [ 1, %entry ], [ %w, %again ]
  %w = add i32 %v, 1
  %c = icmp eq i32 %w, 9
  br i1 %c, label %out, label %again
out:
  ret i32 7
}
define ptr @resolve() {
  ret ptr @f
}
declare i32 @handler(...)
declare void @llvm.assume(i1) #0
attributes #0 = { nounwind mustprogress }
!llvm.module.flags = !{!0}
!named = !{!1}
!0 = !{i32 1, !"answer", i32 42}
!1 = !{ptr @f, !"text"}
)";

static void expectEmpty(const Module &M) {
  EXPECT_TRUE(M.empty());
  EXPECT_TRUE(M.global_empty());
  EXPECT_TRUE(M.alias_empty());
  EXPECT_TRUE(M.ifunc_empty());
  EXPECT_TRUE(M.named_metadata_empty());
  EXPECT_TRUE(M.getComdatSymbolTable().empty());
  EXPECT_TRUE(M.getModuleInlineAsm().empty());
  EXPECT_FALSE(verifyModule(M, &errs()));
}

TEST(EraseContents, LeavesNothing) {
  LLVMContext Context;
  auto M = parse(Context, Everything);
  ASSERT_TRUE(M);
  eraseContents(*M);
  expectEmpty(*M);
}

TEST(LeaveContentsToContext, LeavesNothingInTheModule) {
  LLVMContext Context;
  auto M = parse(Context, Everything);
  ASSERT_TRUE(M);
  Function *F = M->getFunction("f");
  size_t Blocks = F->size();
  leaveContentsToContext(*M);
  expectEmpty(*M);
  EXPECT_FALSE(M->getNamedValue("f"));
  // What still points to the contents stays valid.
  EXPECT_EQ(F->size(), Blocks);
  EXPECT_NE(F->getParent(), M.get());
}

TEST(StoredModule, PutsEverythingBack) {
  LLVMContext Context;
  auto M = parse(Context, Everything);
  ASSERT_TRUE(M);
  std::string Before = printed(*M);
  std::string Tables = saveSymbolTables(*M);
  Bytes Bitcode = writeBitcode(*M);
  EXPECT_EQ(Before, printed(*M)) << "writing must not leave a trace";
  EXPECT_EQ(Tables, saveSymbolTables(*M));

  Expected<StoredModule> Stored = StoredModule::read(ref(Bitcode), *M);
  ASSERT_TRUE(bool(Stored));
  std::move(*Stored).moveInto(*M);
  EXPECT_EQ(Before, printed(*M));
  EXPECT_FALSE(verifyModule(*M, &errs()));
}

TEST(StoredModule, FailureLeavesTheModuleAlone) {
  LLVMContext Context;
  auto M = parse(Context, Everything);
  ASSERT_TRUE(M);
  std::string Before = printed(*M);
  Bytes Bitcode = writeBitcode(*M);
  Bitcode.truncate(Bitcode.size() / 2 / 4 * 4);
  Expected<StoredModule> Stored = StoredModule::read(ref(Bitcode), *M);
  EXPECT_FALSE(bool(Stored));
  consumeError(Stored.takeError());
  EXPECT_EQ(Before, printed(*M));
}

// A declaration of a member is found in its context by scope and name alone;
// the restored one must be the stored one, with the stored one's type.
TEST(StoredModule, DoesNotMixDebugInformation) {
  constexpr StringLiteral Text = R"(
define void @f() !dbg !4 {
  ret void, !dbg !9
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C_plus_plus, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.cpp", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DICompositeType(tag: DW_TAG_class_type, name: "C", file: !1, identifier: "_ZTS1C", flags: DIFlagFwdDecl)
!4 = distinct !DISubprogram(name: "f", linkageName: "_ZN1C1fEv", scope: !3, file: !1, type: !5, unit: !0, spFlags: DISPFlagDefinition, declaration: !7)
!5 = !DISubroutineType(types: !6)
!6 = !{!8}
!7 = !DISubprogram(name: "f", linkageName: "_ZN1C1fEv", scope: !3, file: !1, type: !5, spFlags: 0)
!8 = distinct !DICompositeType(tag: DW_TAG_class_type, name: "D", file: !1, identifier: "_ZTS1D")
!9 = !DILocation(line: 1, scope: !4)
)";
  for (bool MergeTypes : {false, true}) {
    LLVMContext Context;
    if (MergeTypes)
      Context.enableDebugTypeODRUniquing();
    auto M = parse(Context, Text);
    ASSERT_TRUE(M);
    std::string Before = printed(*M);
    Bytes Bitcode = writeBitcode(*M);
    Expected<StoredModule> Stored = StoredModule::read(ref(Bitcode), *M);
    ASSERT_TRUE(bool(Stored));
    std::move(*Stored).moveInto(*M);
    EXPECT_EQ(Before, printed(*M));
    EXPECT_EQ(MergeTypes, Context.isODRUniquingDebugTypes());
  }
}

TEST(SymbolTables, NextNameIsTheSameAfterRestoring) {
  LLVMContext Context;
  auto M = parse(Context, Everything);
  ASSERT_TRUE(M);
  Function *G = M->getFunction("g");
  // Names that collided and are gone again.
  for (int I = 0; I < 40; ++I)
    BasicBlock::Create(Context, "out", G)->eraseFromParent();
  for (int I = 0; I < 3; ++I)
    (new GlobalVariable(*M, Type::getInt32Ty(Context), false,
                        GlobalValue::ExternalLinkage, nullptr, "number"))
        ->eraseFromParent();

  Bytes Bitcode = writeBitcode(*M);
  std::string Tables = saveSymbolTables(*M);
  auto NextNames = [&] {
    auto *Block = BasicBlock::Create(Context, "out", M->getFunction("g"));
    auto *Global =
        new GlobalVariable(*M, Type::getInt32Ty(Context), false,
                           GlobalValue::ExternalLinkage, nullptr, "number");
    std::string Names = (Block->getName() + " " + Global->getName()).str();
    Block->eraseFromParent();
    Global->eraseFromParent();
    return Names;
  };
  std::string Expected = NextNames();
  auto Stored = StoredModule::read(ref(Bitcode), *M);
  ASSERT_TRUE(bool(Stored));
  std::move(*Stored).moveInto(*M);
  EXPECT_EQ(Tables, saveSymbolTables(*M));
  EXPECT_EQ(Expected, NextNames());
}

TEST(SymbolTables, DamagedStateIsRefused) {
  LLVMContext Context;
  auto M = parse(Context, Everything);
  ASSERT_TRUE(M);
  std::string State = saveSymbolTables(*M);
  EXPECT_TRUE(restoreSymbolTables(*M, State));
  for (size_t Cut = 0; Cut < State.size(); ++Cut)
    EXPECT_FALSE(restoreSymbolTables(*M, StringRef(State).take_front(Cut)));
  for (size_t At = 0; At < State.size(); ++At)
    for (int Bit = 0; Bit < 8; ++Bit) {
      std::string Damaged = State;
      Damaged[At] ^= 1 << Bit;
      // It may still be a state; what counts is that the tables stay sound.
      restoreSymbolTables(*M, Damaged);
      for (Function &F : *M)
        for (BasicBlock &B : F)
          if (B.hasName()) {
            ASSERT_EQ(&B, F.getValueSymbolTable()->lookup(B.getName()));
          }
      ASSERT_TRUE(restoreSymbolTables(*M, State));
    }
}

TEST(SymbolTables, DigestSeesCountersAlwaysAndOrderInBitcode) {
  LLVMContext Context;
  auto M = parse(Context, Everything);
  ASSERT_TRUE(M);
  Digest Object = symbolTableDigest(*M, OutputKind::Object);
  Digest Bitcode = symbolTableDigest(*M, OutputKind::Bitcode);
  Function *G = M->getFunction("g");
  BasicBlock::Create(Context, "fresh", G)->eraseFromParent();
  EXPECT_EQ(Object, symbolTableDigest(*M, OutputKind::Object));
  EXPECT_NE(Bitcode, symbolTableDigest(*M, OutputKind::Bitcode));
  BasicBlock::Create(Context, "out", G)->eraseFromParent();
  EXPECT_NE(Object, symbolTableDigest(*M, OutputKind::Object));
}

TEST(IsSameBitcode, IgnoresWhatAContextHappensToKnow) {
  LLVMContext A, B;
  B.getMDKindID("something.else");
  auto MA = parse(A, Everything), MB = parse(B, Everything);
  Bytes BytesA = writeBitcode(*MA), BytesB = writeBitcode(*MB);
  EXPECT_TRUE(isSameBitcode(ref(BytesA), ref(BytesB)));
  MB->getFunction("g")->setName("h");
  Bytes BytesC = writeBitcode(*MB);
  EXPECT_FALSE(isSameBitcode(ref(BytesA), ref(BytesC)));
}

} // namespace
