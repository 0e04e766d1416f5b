//===- ShardKeysTest.cpp ----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The oracle of a shard's digest is the hash of the module that is compiled
/// for it, which is what extraction makes, with tokens for lines: over all
/// shards of all mutants, each must determine the other.
//===----------------------------------------------------------------------===//
#include "shard/ShardKeys.h"
#include "ShardTestSupport.h"
#include "shard/Extractor.h"
#include "support/TextMutator.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/Regex.h"
#include <map>

using namespace hapax;
using namespace llvm;

namespace {

std::unique_ptr<Module> reread(const Module &M, LLVMContext &Context) {
  SmallVector<char, 0> Bitcode;
  raw_svector_ostream OS(Bitcode);
  WriteBitcodeToFile(M, OS);
  return cantFail(parseBitcodeFile(
      {StringRef(Bitcode.data(), Bitcode.size()), "shard"}, Context));
}

/// What is compiled for a shard.
Digest compiled(const Divided &D, const ShardContents &Contents, unsigned N) {
  LLVMContext First, Second;
  std::unique_ptr<Module> Shard = extractShard(*D.M, *D.Parts, *D.Debug, N);
  if (N != 0 && D.M->getNamedMetadata("llvm.dbg.cu")) {
    Shard = reread(*Shard, First);
    EXPECT_TRUE(Contents.Lines.hide(*Shard, N));
    Shard = reread(*Shard, Second);
    EXPECT_FALSE(verifyModule(*Shard));
  }
  return hashModule(*Shard, {.UseOrder = false});
}

/// Sets digests and oracles against each other.
class Tables {
public:
  void add(const std::string &Text, const std::string &What,
           unsigned ImportLimit) {
    {
      LLVMContext Context;
      SMDiagnostic Wrong;
      std::unique_ptr<Module> M = parseAssemblyString(Text, Wrong, Context);
      if (!M || verifyModule(*M))
        return;
    }
    Divided D(Text, everything(ImportLimit));
    if (!D.Parts)
      return;
    ++Modules;
    ShardContents Contents = shardContents(*D.M, *D.Hash, *D.Parts, *D.Debug);
    for (unsigned N = 0; N != Contents.Digests.size(); ++N) {
      std::string Mine = Contents.Digests[N].hex();
      std::string Theirs = compiled(D, Contents, N).hex();
      auto [ByMine, MineIsNew] = OracleOf.try_emplace(Mine, Theirs, What);
      if (ByMine->second.first != Theirs)
        Wrongs.push_back(What + " and " + ByMine->second.second);
      auto [ByTheirs, TheirsIsNew] = DigestOf.try_emplace(Theirs, Mine, What);
      if (ByTheirs->second.first != Mine)
        Needless.push_back(What + " and " + ByTheirs->second.second);
    }
  }

  size_t Modules = 0;
  using Known = std::pair<std::string, std::string>;
  std::map<std::string, Known> OracleOf, DigestOf;
  /// Equal digests of different shards; different digests of equal ones.
  std::vector<std::string> Wrongs, Needless;
};

/// LLVM's own parser crashes on some mutants; these numbers steer clear of
/// them.
struct Mutated {
  const char *File;
  size_t Mutants;
};
class ShardKeysTest : public testing::TestWithParam<Mutated> {};

TEST_P(ShardKeysTest, DigestAndOracleDetermineEachOther) {
  std::string Text = input(GetParam().File);
  for (unsigned ImportLimit : {0, 50}) {
    Tables T;
    T.add(Text, "the input", ImportLimit);
    ASSERT_EQ(T.Modules, 1u);
    auto Mutations = test::allTextMutations(Text);
    // The verifier and the parser do not survive debug information that makes
    // no sense: only numbers that mean nothing to them are changed there.
    if (Text.find("!llvm.dbg.cu") != std::string::npos)
      std::erase_if(Mutations, [&](const test::TextMutation &Mutation) {
        StringRef Before = StringRef(Text).take_front(Mutation.Begin);
        return !isDigit(Text[Mutation.Begin]) ||
               !(Before.ends_with("line: ") || Before.ends_with("column: ") ||
                 Before.ends_with("size: "));
      });
    size_t Stride = std::max<size_t>(1, Mutations.size() / GetParam().Mutants);
    for (size_t N = 0; N < Mutations.size(); N += Stride)
      T.add(test::applyMutation(Text, Mutations[N]),
            "mutation " + std::to_string(N), ImportLimit);
    EXPECT_GT(T.Modules, GetParam().Mutants / 8);
    EXPECT_EQ(T.Wrongs, std::vector<std::string>());
    EXPECT_EQ(T.Needless, std::vector<std::string>());
  }
}

INSTANTIATE_TEST_SUITE_P(Inputs, ShardKeysTest,
                         testing::Values(Mutated{"list-O0.ll", 3000},
                                         Mutated{"list-O0-g.ll", 150},
                                         Mutated{"shapes-O0-g.ll", 30},
                                         Mutated{"shapes-O2.ll", 600}),
                         [](const auto &Info) {
                           return testName(Info.param.File);
                         });

size_t distinct(StringRef Text) {
  Tables T;
  T.add(Text.str(), "", 0);
  EXPECT_EQ(T.Modules, 1u);
  return T.OracleOf.size();
}

// Two nodes of one content are not one node.
TEST(ShardKeysTest, HowMetadataIsJoinedCounts) {
  auto Text = [](StringRef Second) {
    return ("define void @one() { ret void }\n"
            "define void @f(i1 %c, i1 %d) {\n"
            "entry: br label %a\n"
            "a: br i1 %c, label %a, label %b, !llvm.loop !0\n"
            "b: br i1 %d, label %b, label %e, !llvm.loop " +
            Second +
            "\ne: ret void }\n"
            "!0 = distinct !{!0, !2}\n!1 = distinct !{!1, !2}\n"
            "!2 = !{!\"llvm.loop.mustprogress\"}\n")
        .str();
  };
  Tables T;
  T.add(Text("!0"), "one loop", 0);
  T.add(Text("!1"), "two loops", 0);
  EXPECT_EQ(T.Modules, 2u);
  EXPECT_TRUE(T.Wrongs.empty() && T.Needless.empty());
  EXPECT_EQ(T.OracleOf.size(), 4u); // two of f, @one, and an empty first
}

TEST(ShardKeysTest, EqualConstantsAreOne) {
  auto Text = [](StringRef Second) {
    return ("@.str = private unnamed_addr constant [2 x i8] c\"a\\00\"\n"
            "@.str.1 = private unnamed_addr constant [2 x i8] c\"a\\00\"\n"
            "define void @one() { ret void }\n"
            "define ptr @f(i1 %c) { %r = select i1 %c, ptr @.str, ptr " +
            Second + " ret ptr %r }\n")
        .str();
  };
  Tables T;
  T.add(Text("@.str"), "one", 0);
  T.add(Text("@.str.1"), "two", 0);
  EXPECT_EQ(T.Modules, 2u);
  EXPECT_TRUE(T.Wrongs.empty() && T.Needless.empty());
}

/// The digests of a text's shards, and what tokens stand for.
struct Contents {
  explicit Contents(StringRef Text) : D(Text) {
    Of = shardContents(*D.M, *D.Hash, *D.Parts, *D.Debug);
  }
  Divided D;
  ShardContents Of;
};

/// The text with all lines moved.
std::string moved(StringRef Text, unsigned By) {
  std::string Result;
  Regex Line("[lL]ine: ([0-9]+)");
  SmallVector<StringRef, 2> Found;
  while (Line.match(Text, &Found)) {
    unsigned Number = 0;
    EXPECT_FALSE(Found[1].getAsInteger(10, Number));
    Result += Text.take_front(Found[1].begin() - Text.begin());
    Result += utostr(Number ? Number + By : 0);
    Text = Text.drop_front(Found[1].end() - Text.begin());
  }
  return Result + Text.str();
}

TEST(ShardKeysTest, MovedLinesChangeTheFirstShardAlone) {
  std::string Text = input("list-O0-g.ll");
  Contents Before(Text), After(moved(Text, 9));
  size_t Shards = Before.Of.Digests.size();
  ASSERT_GT(Shards, 2u);
  ASSERT_EQ(Shards, After.Of.Digests.size());
  EXPECT_NE(Before.Of.Digests[0], After.Of.Digests[0]);
  EXPECT_TRUE(Before.Of.Lines.tokensOf(0).empty());
  for (unsigned N = 1; N != Shards; ++N) {
    EXPECT_EQ(Before.Of.Digests[N], After.Of.Digests[N]) << N;
    for (uint32_t Token = 1; Token != 256; ++Token) {
      auto Was = Before.Of.Lines.tokensOf(N).lineOf(Token);
      EXPECT_EQ(After.Of.Lines.tokensOf(N).lineOf(Token),
                Was ? std::optional(*Was + 9) : std::nullopt);
    }
    EXPECT_NE(Before.Of.Lines.tokensOf(N).lineOf(1), std::nullopt) << N;
  }
}

// Two bytes are not put where one was.
TEST(ShardKeysTest, LinesThatNeedMoreBytesCount) {
  std::string Text = input("list-O0-g.ll");
  Contents Before(Text), After(moved(Text, 300));
  for (unsigned N = 1; N != Before.Of.Digests.size(); ++N)
    EXPECT_NE(Before.Of.Digests[N], After.Of.Digests[N]) << N;
}

// Nothing is compiled with a line that is in no key.
TEST(ShardKeysTest, LinesOfOtherShardsAreRefused) {
  Contents C(input("list-O0-g.ll"));
  unsigned Refused = 0;
  for (unsigned N = 1; N != C.Of.Digests.size(); ++N)
    for (unsigned Other = 1; Other != C.Of.Digests.size(); ++Other) {
      LLVMContext Context;
      auto Shard =
          reread(*extractShard(*C.D.M, *C.D.Parts, *C.D.Debug, N), Context);
      bool IsHidden = C.Of.Lines.hide(*Shard, Other);
      EXPECT_TRUE(IsHidden || N != Other);
      Refused += !IsHidden;
    }
  EXPECT_GT(Refused, 0u);
}

TEST(ShardKeysTest, ShardsOfOneModuleAreToldApart) {
  EXPECT_EQ(distinct("define void @a() { ret void }\n"
                     "define void @b() { ret void }\n"),
            3u);
}

} // namespace
