//===- SourceLinesTest.cpp ------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "shard/SourceLines.h"
#include "ShardTestSupport.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/DebugInfoMetadata.h"

using namespace hapax;
using namespace llvm;

namespace {

std::unique_ptr<Module> parsed(StringRef Text, LLVMContext &Context) {
  SMDiagnostic Wrong;
  std::unique_ptr<Module> M = parseAssemblyString(Text, Wrong, Context);
  EXPECT_TRUE(M) << Wrong.getMessage().str();
  return M;
}

TEST(SourceLinesTest, OneTokenForALineOfAFileInAShard) {
  LLVMContext Context;
  auto *A = DIFile::get(Context, "a.c", "/w");
  auto *Same = DIFile::get(Context, "a.c", "/w",
                           DIFile::ChecksumInfo<StringRef>(
                               DIFile::CSK_MD5, "00000000000000000000000000"));
  auto *Other = DIFile::get(Context, "b.c", "/w");
  SourceLines Lines;
  SourceLines::Id Ten = Lines.idOf({A, 10}), OtherTen = Lines.idOf({Other, 10});
  EXPECT_EQ(Lines.idOf({Same, 10}), Ten);
  EXPECT_EQ(Lines.lineOf(OtherTen), 10u);

  Lines.beginShard();
  EXPECT_EQ(Lines.tokenOf(Ten), 1u);
  EXPECT_EQ(Lines.tokenOf(OtherTen), 2u);
  EXPECT_EQ(Lines.tokenOf(Ten), 1u);
  Lines.beginShard();
  EXPECT_EQ(Lines.tokenOf(OtherTen), 1u);
  EXPECT_EQ(Lines.tokenOf(Lines.idOf({nullptr, 1000})), 256u);
  EXPECT_EQ(Lines.tokensOf(0).lineOf(2), 10u);
  EXPECT_EQ(Lines.tokensOf(1).lineOf(2), std::nullopt);
  EXPECT_EQ(Lines.tokensOf(1).lineOf(256), 1000u);
}

/// A function with a node of each kind that has a line, all of which are above
/// 100. What \p Extra defines is !99.
std::string withLines(StringRef Extra = "!{}", StringRef Assembly = "nop") {
  return ("define void @f() !dbg !4 {\n"
          "  #dbg_declare(ptr poison, !7, !DIExpression(), !9)\n"
          "  #dbg_label(!8, !9)\n"
          "  call void asm sideeffect \"" +
          Assembly +
          "\", \"\"(), !dbg !9\n"
          "  ret void, !dbg !DILocation(line: 109, column: 3, scope: !4)\n"
          "}\n"
          "!llvm.dbg.cu = !{!0}\n!llvm.module.flags = !{!1}\n!x = !{!99}\n"
          "!0 = distinct !DICompileUnit(language: DW_LANG_C, file: !2, "
          "emissionKind: FullDebug, imports: !12)\n"
          "!1 = !{i32 2, !\"Debug Info Version\", i32 3}\n"
          "!2 = !DIFile(filename: \"a.c\", directory: \"/w\")\n"
          "!3 = !DIFile(filename: \"b.h\", directory: \"/w\")\n"
          "!4 = distinct !DISubprogram(name: \"f\", scope: !2, file: !2, "
          "line: 101, type: !5, scopeLine: 102, spFlags: DISPFlagDefinition, "
          "unit: !0)\n"
          "!5 = !DISubroutineType(types: !{null})\n"
          "!6 = distinct !DILexicalBlock(scope: !4, file: !2, line: 103, "
          "column: 1)\n"
          "!7 = !DILocalVariable(name: \"v\", scope: !6, file: !2, line: 104, "
          "type: !10)\n"
          "!8 = !DILabel(scope: !6, name: \"l\", file: !2, line: 105)\n"
          "!9 = !DILocation(line: 106, column: 2, scope: !6)\n"
          "!10 = !DIDerivedType(tag: DW_TAG_typedef, name: \"t\", file: !3, "
          "line: 107, baseType: !11)\n"
          "!11 = distinct !DICompositeType(tag: DW_TAG_structure_type, "
          "name: \"s\", file: !3, line: 108)\n"
          "!12 = !{!13}\n"
          "!13 = !DIImportedEntity(tag: DW_TAG_imported_declaration, "
          "scope: !0, entity: !4, file: !3, line: 110)\n"
          "!99 = " +
          Extra + "\n")
      .str();
}

/// One shard that mentions lines 101 to 110 of both files, and has the tokens
/// from 1 and from 11 for them.
SourceLines linesOf(const Module &M) {
  SourceLines Lines;
  Lines.beginShard();
  LLVMContext &Context = M.getContext();
  for (const char *File : {"a.c", "b.h"})
    for (unsigned Line = 101; Line != 111; ++Line)
      Lines.tokenOf(Lines.idOf({DIFile::get(Context, File, "/w"), Line}));
  return Lines;
}

std::string written(const Module &M) {
  SmallVector<char, 0> Bitcode;
  raw_svector_ostream OS(Bitcode);
  WriteBitcodeToFile(M, OS);
  LLVMContext Context;
  std::unique_ptr<Module> Read = cantFail(parseBitcodeFile(
      {StringRef(Bitcode.data(), Bitcode.size()), "shard"}, Context));
  std::string Text;
  raw_string_ostream Out(Text);
  Read->print(Out, nullptr);
  return Text;
}

TEST(SourceLinesTest, HidingChangesLinesAndNothingElse) {
  LLVMContext Context, Another;
  std::unique_ptr<Module> M = parsed(withLines(), Context);
  ASSERT_TRUE(linesOf(*M).hide(*M, 0));
  std::string Expected = withLines();
  for (unsigned Line = 101; Line != 111; ++Line) {
    std::string Old = "ine: " + utostr(Line);
    size_t At = Expected.find(Old);
    ASSERT_NE(At, std::string::npos) << Line;
    bool IsOther = Line == 107 || Line == 108 || Line == 110;
    Expected.replace(At, Old.size(),
                     "ine: " + utostr(Line - 100 + (IsOther ? 10 : 0)));
  }
  EXPECT_EQ(written(*M), written(*parsed(Expected, Another)));
}

TEST(SourceLinesTest, WhatCannotBeHiddenIsRefused) {
  auto Hides = [](const std::string &Text) {
    LLVMContext Context;
    std::unique_ptr<Module> M = parsed(Text, Context);
    return linesOf(*M).hide(*M, 0);
  };
  EXPECT_TRUE(Hides(withLines()));
  EXPECT_TRUE(Hides(withLines("!DIModule(scope: null, name: \"m\")")));
  // A line that no token stands for, in a file that is known, and in another.
  EXPECT_FALSE(Hides(withLines("!DILabel(scope: !6, name: \"m\", file: !2, "
                               "line: 111)")));
  EXPECT_FALSE(Hides(
      withLines("!DILabel(scope: !6, name: \"m\", file: "
                "!DIFile(filename: \"c\", directory: \"\"), line: 101)")));
  // Lines that stay as they are.
  EXPECT_FALSE(
      Hides(withLines("!DIModule(scope: null, name: \"m\", line: 1)")));
  EXPECT_FALSE(Hides(withLines("!DIMacro(type: DW_MACINFO_define, line: 1, "
                               "name: \"m\")")));
  EXPECT_FALSE(Hides(withLines("!{}", ".loc 1 7")));
}

} // namespace
