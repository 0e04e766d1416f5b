//===- ExtractorTest.cpp ----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "shard/Extractor.h"
#include "ShardTestSupport.h"
#include "hapax/IR/ModuleHash.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Verifier.h"
#include "gmock/gmock.h"
#include <map>
#include <set>

using namespace hapax;
using namespace llvm;

namespace {

Digest shardHash(const Module &M) {
  return hashModule(M, {.Kind = OutputKind::Object, .UseOrder = false});
}

std::string bitcode(const Module &M) {
  std::string Bytes;
  raw_string_ostream OS(Bytes);
  WriteBitcodeToFile(M, OS);
  return Bytes;
}

std::vector<std::unique_ptr<Module>> extractAll(const Divided &D) {
  std::vector<std::unique_ptr<Module>> All;
  for (unsigned N = 0; N != D.Parts->shards().size(); ++N)
    All.push_back(extractShard(*D.M, *D.Parts, *D.Debug, N));
  return All;
}

std::multiset<std::string> hashes(const Divided &D) {
  std::multiset<std::string> Result;
  for (const auto &M : extractAll(D))
    Result.insert(shardHash(*M).hex());
  return Result;
}

class ExtractorTest : public testing::TestWithParam<const char *> {};

TEST_P(ExtractorTest, ShardsAreValidAndTheModuleStaysWhatItIs) {
  Divided D(input(GetParam()), everything(/*ImportLimit=*/50));
  ASSERT_TRUE(D.Parts) << name(D.Parts.error()).str();
  Digest Before = hashModule(*D.M, {.Kind = OutputKind::Bitcode});
  std::string Text = bitcode(*D.M);
  std::map<std::string, unsigned> Definitions;
  {
    auto All = extractAll(D);
    for (const auto &M : All) {
      EXPECT_FALSE(verifyModule(*M, &errs()));
      for (const GlobalValue &GV : M->global_values())
        if (!GV.isDeclarationForLinker() && !GV.hasLocalLinkage() &&
            !GV.getName().starts_with("llvm."))
          ++Definitions[GV.getName().str()];
    }
  }
  // Every name that others can see is defined once.
  for (const GlobalValue &GV : D.M->global_values())
    if (!GV.isDeclarationForLinker() && !GV.hasLocalLinkage() &&
        !GV.getName().starts_with("llvm.")) {
      EXPECT_EQ(Definitions[GV.getName().str()], 1u) << GV.getName().str();
    }
  for (const auto &[Name, Times] : Definitions)
    EXPECT_EQ(Times, 1u) << Name;
  EXPECT_EQ(hashModule(*D.M, {.Kind = OutputKind::Bitcode}), Before);
  EXPECT_EQ(bitcode(*D.M), Text);
}

// What a compile gets to see is the bitcode: equal keys must mean equal
// bitcode, and the reverse, or entries would be missed.
TEST_P(ExtractorTest, HashAndBitcodeDetermineEachOther) {
  Divided A(input(GetParam()), everything(/*ImportLimit=*/50));
  ASSERT_TRUE(A.Parts);
  // Another process: the same module in another context, with other ones
  // around it.
  Divided B(input(GetParam()), everything(/*ImportLimit=*/50));
  std::map<std::string, std::string> BitcodeOf, HashOf;
  for (const Divided *D : {&A, &B})
    for (const auto &M : extractAll(*D)) {
      std::string Hash = shardHash(*M).hex(), Code = bitcode(*M);
      EXPECT_EQ(BitcodeOf.try_emplace(Hash, Code).first->second, Code);
      EXPECT_EQ(HashOf.try_emplace(Code, Hash).first->second, Hash);
    }
  EXPECT_EQ(hashes(A), hashes(B));
}

INSTANTIATE_TEST_SUITE_P(Inputs, ExtractorTest,
                         testing::Values("list-O0.ll", "shapes-O2.ll",
                                         "list-O0-g.ll", "shapes-O0-g.ll"),
                         [](const auto &Info) { return testName(Info.param); });

constexpr StringLiteral Program = R"(
  @.str = private unnamed_addr constant [3 x i8] c"ab\00"
  @.str.1 = private unnamed_addr constant [3 x i8] c"cd\00"
  @state = internal global i32 7
  @llvm.used = appending global [1 x ptr] [ptr @kept], section "llvm.metadata"
  define internal void @kept() noinline { ret void }
  define linkonce_odr i32 @inline(i32 %x) { %y = add i32 %x, 1 ret i32 %y }
  define internal i32 @small(i32 %x) {
    %s = load i32, ptr @state %y = add i32 %x, %s ret i32 %y }
  define i32 @f(i32 %x) {
    %a = call i32 @small(i32 %x) %b = call i32 @inline(i32 %a)
    %c = call i32 @puts(ptr @.str) ret i32 %b }
  define i32 @g(i32 %x) {
    %a = call i32 @small(i32 %x) %b = call i32 @inline(i32 %a)
    %c = call i32 @puts(ptr @.str.1) store i32 %c, ptr @state ret i32 %b }
  declare i32 @puts(ptr) nounwind
)";

std::string changed(StringRef From, StringRef To) {
  std::string Text = Program.str();
  size_t At = Text.find(From);
  EXPECT_NE(At, std::string::npos) << From.str();
  return Text.replace(At, From.size(), To);
}

/// How many shards of the program after an edit were not there before.
size_t dirtied(const std::string &After, unsigned ImportLimit = 0) {
  Divided A(Program, everything(ImportLimit)),
      B(After, everything(ImportLimit));
  EXPECT_TRUE(A.Parts && B.Parts);
  std::multiset<std::string> Old = hashes(A), New = hashes(B), Fresh;
  std::ranges::set_difference(New, Old, std::inserter(Fresh, Fresh.end()));
  return Fresh.size();
}

TEST(ExtractorTest, AnEditChangesTheShardsThatSeeIt) {
  EXPECT_EQ(dirtied(Program.str()), 0u);
  EXPECT_EQ(dirtied(changed("add i32 %x, 1", "add i32 %x, 2")), 1u);
  // Both users have the body of it.
  EXPECT_EQ(dirtied(changed("add i32 %x, 1", "add i32 %x, 2"), 20), 3u);
  EXPECT_EQ(dirtied(changed("i32 7", "i32 8")), 1u);
  EXPECT_EQ(dirtied(changed("c\"ab", "c\"ax")), 1u);
  // What others are to know of it has changed as well.
  EXPECT_EQ(dirtied(changed("nounwind", "noreturn")), 2u);
  EXPECT_EQ(dirtied(changed("define i32 @g(i32 %x) {",
                            "define i32 @g(i32 %x) nounwind {")),
            1u);
}

TEST(ExtractorTest, NewDeletedAndRenumberedNeighboursChangeNothing) {
  EXPECT_EQ(
      dirtied(changed("declare i32 @puts", "define void @new() { ret void }\n"
                                           "declare i32 @puts")),
      1u);
  EXPECT_EQ(
      dirtied(changed("@state = ", "@.str.2 = private unnamed_addr constant "
                                   "[3 x i8] c\"ef\\00\"\n@state = ")),
      0u);
  std::string Renamed = Program.str();
  for (size_t At; (At = Renamed.find("@.str.1")) != std::string::npos;)
    Renamed.replace(At, 7, "@.str.9");
  EXPECT_EQ(dirtied(Renamed), 0u);
}

TEST(ExtractorTest, LinkageIsWhatOtherShardsNeed) {
  Divided D(Program, everything(20));
  ASSERT_TRUE(D.Parts);
  auto InShardOf = [&](StringRef Name) {
    return extractShard(*D.M, *D.Parts, *D.Debug, unsigned(D.shardOf(Name)));
  };
  auto Home = InShardOf("small");
  const GlobalValue *Small = Home->getNamedValue("small.hapax.shard");
  ASSERT_TRUE(Small);
  EXPECT_TRUE(Small->hasExternalLinkage() && Small->hasHiddenVisibility() &&
              Small->isDSOLocal() && !Small->isDeclaration());
  auto User = InShardOf("f");
  Small = User->getNamedValue("small.hapax.shard");
  ASSERT_TRUE(Small);
  EXPECT_TRUE(Small->hasAvailableExternallyLinkage() &&
              Small->hasHiddenVisibility() && Small->isDSOLocal());
  // A shard of nothing else must not drop it.
  auto Once = InShardOf("inline");
  EXPECT_TRUE(Once->getNamedValue("inline")->hasWeakODRLinkage());
  // With all its users beside it, it may be dropped as ever.
  Divided Beside("define linkonce_odr void @own() { ret void }\n"
                 "define void @user() { call void @own() ret void }\n"
                 "define void @other() { ret void }\n");
  ASSERT_EQ(Beside.shardOf("own"), Beside.shardOf("user"));
  auto Both = extractShard(*Beside.M, *Beside.Parts, *Beside.Debug,
                           unsigned(Beside.shardOf("own")));
  EXPECT_TRUE(Both->getNamedValue("own")->hasLinkOnceODRLinkage());
  auto Kept = InShardOf("kept");
  EXPECT_TRUE(Kept->getNamedValue("llvm.used"));
  EXPECT_FALSE(User->getNamedValue("llvm.used"));
  auto *Puts = User->getFunction("puts");
  ASSERT_TRUE(Puts);
  EXPECT_TRUE(Puts->hasFnAttribute(Attribute::NoUnwind));
  for (const GlobalVariable &V : User->globals())
    EXPECT_FALSE(V.getName().starts_with(".str")) << V.getName().str();
}

} // namespace
