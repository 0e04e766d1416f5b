//===- PartitionTest.cpp ----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ShardTestSupport.h"
#include "gmock/gmock.h"
#include <map>

using namespace hapax;
using namespace llvm;

namespace {

/// Two functions that have nothing to do with each other.
constexpr StringLiteral TwoMore = R"(
  define void @one() { ret void }
  define void @two() { ret void }
)";

Divided divided(const Twine &Text, PartitionOptions Options = everything()) {
  return Divided((Text + TwoMore).str(), Options);
}

TEST(PartitionTest, EachDefinitionIsInOneShard) {
  auto D = divided(R"(
    @v = global i32 1
    @w = internal global i32 2
    @a = alias i32, ptr @v
    declare void @elsewhere()
    define available_externally void @known() { ret void }
    define i32 @f() { call void @elsewhere() %x = load i32, ptr @w ret i32 %x }
    define i32 @g() { call void @known() %x = load i32, ptr @w ret i32 %x }
  )");
  ASSERT_TRUE(D.Parts);
  std::map<const GlobalValue *, unsigned> Times;
  for (const Shard &S : D.Parts->shards())
    for (const GlobalValue *GV : S.Definitions)
      ++Times[GV];
  for (StringRef Name : {"v", "w", "a", "f", "g", "one", "two"})
    EXPECT_EQ(Times[D.global(Name)], 1u) << Name.str();
  EXPECT_EQ(Times.size(), 7u);
  // The first has what belongs to no function.
  EXPECT_EQ(D.shardOf("v"), 0);
  EXPECT_EQ(D.shardOf("w"), 0);
  EXPECT_EQ(D.shardOf("a"), 0);
  EXPECT_NE(D.shardOf("f"), D.shardOf("g"));
}

TEST(PartitionTest, WhatCannotBeSeparatedStaysTogether) {
  auto D = divided(R"(
    $c = comdat any
    @c = linkonce_odr global i32 0, comdat
    define linkonce_odr void @inComdat() comdat($c) { ret void }
    define void @aliasee() { ret void }
    @alias = alias void (), ptr @aliasee
    @table = internal global ptr blockaddress(@jumps, %to)
    define void @jumps() {
      %x = load ptr, ptr @table
      indirectbr ptr %x, [label %to]
    to:
      ret void
    }
    define ptr @takes() { ret ptr blockaddress(@jumps, %to) }
  )");
  ASSERT_TRUE(D.Parts);
  EXPECT_EQ(D.shardOf("c"), D.shardOf("inComdat"));
  EXPECT_NE(D.shardOf("c"), 0);
  EXPECT_EQ(D.shardOf("alias"), D.shardOf("aliasee"));
  EXPECT_EQ(D.shardOf("table"), D.shardOf("jumps"));
  EXPECT_EQ(D.shardOf("takes"), D.shardOf("jumps"));
}

TEST(PartitionTest, ALocalJoinsItsOnlyUser) {
  constexpr StringLiteral Text = R"(
    @own = internal global i32 0
    @part = internal global ptr @own
    define internal void @helper() { store i32 1, ptr @own ret void }
    define void @user() { call void @helper() %p = load ptr, ptr @part ret void }
    define internal void @kept() noinline { ret void }
    define void @callsKept() { call void @kept() ret void }
    define internal void @shared() { ret void }
    define void @userA() { call void @shared() ret void }
    define void @userB() { call void @shared() ret void }
    define linkonce_odr void @once() { ret void }
    define void @userOfOnce() { call void @once() ret void }
    define void @visible() { ret void }
    define void @userOfVisible() { call void @visible() ret void }
    define internal void @recursive() { call void @recursive() ret void }
    define void @userOfRecursive() { call void @recursive() ret void }
  )";
  auto D = divided(Text);
  ASSERT_TRUE(D.Parts);
  EXPECT_EQ(D.shardOf("helper"), D.shardOf("user"));
  EXPECT_EQ(D.shardOf("part"), D.shardOf("user"));
  EXPECT_EQ(D.shardOf("once"), D.shardOf("userOfOnce"));
  EXPECT_EQ(D.shardOf("recursive"), D.shardOf("userOfRecursive"));
  EXPECT_NE(D.shardOf("kept"), D.shardOf("callsKept"));
  EXPECT_NE(D.shardOf("visible"), D.shardOf("userOfVisible"));
  EXPECT_NE(D.shardOf("shared"), D.shardOf("userA"));
  EXPECT_NE(D.shardOf("shared"), D.shardOf("userB"));
  EXPECT_FALSE(D.Parts->isPromoted(*D.global("helper")));
  EXPECT_TRUE(D.Parts->isPromoted(*D.global("shared")));
  EXPECT_EQ(D.Parts->nameOf(*D.global("shared")), "shared.hapax.shard");
  EXPECT_EQ(D.Parts->nameOf(*D.global("helper")), "helper");

  PartitionOptions Apart = everything();
  Apart.MaxJoined = 4;
  auto Capped = divided(Text, Apart);
  EXPECT_NE(Capped.shardOf("helper"), Capped.shardOf("user"));
  EXPECT_EQ(Capped.shardOf("once"), Capped.shardOf("userOfOnce"));
}

TEST(PartitionTest, SmallOnesShareShards) {
  std::string Text;
  for (unsigned N = 0; N != 100; ++N)
    Text += "define void @f" + std::to_string(N) + "() { ret void }\n";
  PartitionOptions Options = everything();
  Options.MinShard = 10;
  auto D = divided(Text, Options);
  ASSERT_TRUE(D.Parts);
  // 102 instructions: 11 groups, rounded up; and the first.
  EXPECT_LE(D.Parts->shards().size(), 17u);
  EXPECT_GE(D.Parts->shards().size(), 10u);
  // One more function leaves the others where they are.
  auto More = divided(Text + "define void @more() { ret void }\n", Options);
  for (const Shard &S : D.Parts->shards())
    for (const GlobalValue *GV : S.Definitions)
      EXPECT_EQ(D.shardOf(S.Definitions[0]->getName()) ==
                    D.shardOf(GV->getName()),
                More.shardOf(S.Definitions[0]->getName()) ==
                    More.shardOf(GV->getName()));
}

TEST(PartitionTest, WhatRunsBeforeMainIsInTheFirst) {
  auto D = divided(R"(
    @llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [
      { i32, ptr, ptr } { i32 65535, ptr @init, ptr null }]
    define internal void @init() { call void @detail() ret void }
    define internal void @detail() { ret void }
  )");
  ASSERT_TRUE(D.Parts);
  EXPECT_EQ(D.shardOf("init"), 0);
  EXPECT_EQ(D.shardOf("detail"), 0);
}

TEST(PartitionTest, SmallConstantsAreCopiedUnderNamesOfTheirContent) {
  constexpr StringLiteral Text = R"(
    @.str = private unnamed_addr constant [3 x i8] c"ab\00"
    @.str.1 = private unnamed_addr constant [3 x i8] c"ac\00"
    @.str.2 = private unnamed_addr constant [3 x i8] c"ab\00"
    @wide = private unnamed_addr constant [3 x i8] c"ab\00", align 16
    @large = private unnamed_addr constant [600 x i8] zeroinitializer
    @seen = private constant [3 x i8] c"ab\00"
    @names = private unnamed_addr constant [1 x ptr] [ptr @one]
    @record = private unnamed_addr constant { i32, double, [2 x i8] }
                { i32 1, double 2.0, [2 x i8] c"xy" }
    @user = global [8 x ptr] [ptr @.str, ptr @.str.1, ptr @.str.2, ptr @wide,
              ptr @large, ptr @seen, ptr @names, ptr @record]
    define ptr @f() { ret ptr @large }
    define ptr @g() { ret ptr @seen }
  )";
  auto D = divided(Text);
  ASSERT_TRUE(D.Parts);
  auto Copied = [&](StringRef Name) {
    return D.Parts->isCopied(*D.global(Name));
  };
  EXPECT_TRUE(Copied(".str") && Copied(".str.1") && Copied("record"));
  EXPECT_FALSE(Copied("large") || Copied("seen") || Copied("names"));
  auto Name = [&](StringRef Name) {
    return D.Parts->nameOf(*D.global(Name)).str();
  };
  EXPECT_EQ(Name(".str"), Name(".str.2"));
  EXPECT_NE(Name(".str"), Name(".str.1"));
  EXPECT_NE(Name(".str"), Name("wide"));
  EXPECT_EQ(D.shardOf(".str"), -1);
  // What they look like counts, whatever their types are called.
  auto Of = [](StringRef Type) {
    auto D =
        divided("%inner = type " + Type +
                "\n%outer = type { i32, [2 x %inner], i32 }\n"
                "@c = private unnamed_addr constant %outer { i32 1, "
                "[2 x %inner] zeroinitializer, i32 7 }\n@u = global ptr @c");
    return D.Parts->nameOf(*D.global("c")).str();
  };
  EXPECT_NE(Of("{ i32 }"), Of("{ i32, i32 }"));
  EXPECT_NE(Of("{ i8, i32 }"), Of("<{ i8, i32 }>"));
  // Those that are not copied have names of their content as well.
  EXPECT_TRUE(D.Parts->isPromoted(*D.global("large")));
  EXPECT_FALSE(StringRef(Name("large")).contains("large"));
  EXPECT_TRUE(StringRef(Name("large")).ends_with(".hapax.shard"));
  EXPECT_NE(Name("large"), Name("seen"));
}

TEST(PartitionTest, SmallFunctionsAreImported) {
  constexpr StringLiteral Text = R"(
    @state = internal global i32 0
    define i32 @leaf(i32 %x) { %y = add i32 %x, 1 ret i32 %y }
    define i32 @middle(i32 %x) {
      %s = load i32, ptr @state
      %y = call i32 @leaf(i32 %x) %z = add i32 %y, %s ret i32 %z }
    define i32 @top(i32 %x) { %y = call i32 @middle(i32 %x) ret i32 %y }
    define weak i32 @replaceable(i32 %x) { ret i32 %x }
    define i32 @callsReplaceable() { %y = call i32 @replaceable(i32 1) ret i32 %y }
    define i32 @must(i32 %x) alwaysinline { %a = mul i32 %x, %x
      %b = mul i32 %a, %x %c = mul i32 %b, %x %d = mul i32 %c, %x ret i32 %d }
    define i32 @callsMust() { %y = call i32 @must(i32 1) ret i32 %y }
    define i32 @never() noinline { ret i32 1 }
    define i32 @callsNever() { %y = call i32 @never() ret i32 %y }
    @table = global [2 x ptr] [ptr @middle, ptr @top]
  )";
  auto D = divided(Text, everything(/*ImportLimit=*/4));
  ASSERT_TRUE(D.Parts);
  EXPECT_TRUE(D.imports("top", "middle"));
  // Two calls away, the limit is 2; leaf has two instructions.
  EXPECT_TRUE(D.imports("top", "leaf"));
  EXPECT_TRUE(D.imports("callsMust", "must"));
  EXPECT_FALSE(D.imports("callsReplaceable", "replaceable"));
  EXPECT_FALSE(D.imports("callsNever", "never"));
  EXPECT_FALSE(D.imports("table", "middle"));
  // What an imported body refers to is visible where it is imported.
  EXPECT_TRUE(D.Parts->isPromoted(*D.global("state")));

  auto Less = divided(Text, everything(/*ImportLimit=*/1));
  ASSERT_TRUE(Less.Parts);
  EXPECT_FALSE(Less.imports("top", "middle"));
  EXPECT_TRUE(Less.imports("callsMust", "must"));
}

TEST(PartitionTest, WhatIsNotUnderstoodIsRefused) {
  auto Refused = [](const Twine &Text, Refusal Why) {
    auto D = divided(Text);
    EXPECT_TRUE(D.isRefused(Why))
        << Text.str() << (D.Parts ? "accepted" : name(D.Parts.error()).str());
  };
  Refused("module asm \".globl x\"", Refusal::ModuleAsm);
  Refused("define ptr @r() { ret ptr null }\n@i = ifunc void (), ptr @r",
          Refusal::Ifunc);
  Refused("@llvm.global.annotations = appending global [0 x ptr] []",
          Refusal::SpecialVariable);
  Refused("define void @x.hapax.shard() { ret void }",
          Refusal::SpecialVariable);
  Refused("define void @x.hapax.shard.1() { ret void }",
          Refusal::SpecialVariable);
  Refused("define void @x() section \".text.x.hapax.shard\" { ret void }",
          Refusal::SpecialVariable);
  Refused("!what.is.this = !{}", Refusal::NamedMetadata);
  Refused("define void @s() sanitize_address { ret void }",
          Refusal::Instrumented);
  Refused("define void @c() presplitcoroutine { ret void }",
          Refusal::Instrumented);
  Refused("define void @m(ptr %p) { call void %p(), !callees !0 ret void }\n"
          "!0 = !{ptr @m}",
          Refusal::GlobalMetadata);
  Refused("!llvm.dbg.cu = !{!0}\n!llvm.module.flags = !{!2}\n"
          "!0 = distinct !DICompileUnit(language: DW_LANG_C11, file: !1, "
          "splitDebugFilename: \"a.dwo\")\n"
          "!1 = !DIFile(filename: \"a.c\", directory: \"/\")\n"
          "!2 = !{i32 2, !\"Debug Info Version\", i32 3}",
          Refusal::DebugInfo);
  Refused("@local = internal global i32 0\n"
          "define void @a() { store i32 1, ptr @local ret void }\n"
          "define void @b() { store i32 2, ptr @local ret void }\n"
          "define void @names() { call void asm \"incl local(%rip)\", \"\"() "
          "ret void }",
          Refusal::AsmNamesLocal);
  // Nothing but assembly names it.
  Refused(
      "define internal void @jumped() { ret void }\n"
      "define void @jumps() { call void asm \"jmp jumped\", \"\"() ret void }",
      Refusal::AsmNamesLocal);
  Refused("!llvm.module.flags = !{!0}\n"
          "!0 = !{i32 5, !\"CG Profile\", !1}\n"
          "!1 = !{!2}\n!2 = !{ptr @one, ptr @two, i64 9}",
          Refusal::GlobalMetadata);
  EXPECT_TRUE(Divided("define void @only() { ret void }")
                  .isRefused(Refusal::OneCluster));
  PartitionOptions Large = everything();
  Large.MinInstructions = 3;
  EXPECT_TRUE(divided("", Large).isRefused(Refusal::Small));
  Large.MinInstructions = 2;
  EXPECT_TRUE(divided("", Large).Parts);
}

TEST(PartitionTest, AsmThatNamesOthersIsAccepted) {
  EXPECT_TRUE(
      divided("@local = internal global i32 0\n"
              "define void @a() { store i32 1, ptr @local ret void }\n"
              "define void @b() { store i32 2, ptr @local ret void }\n"
              "define void @n() { call void asm \"nop # localx\", \"\"()"
              " ret void }")
          .Parts);
}

} // namespace
