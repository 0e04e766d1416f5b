//===- ModuleHashTest.cpp - Module hash ------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/ModuleHash.h"

#include "hapax/IR/MetadataComponents.h"
#include "support/HashCheck.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>
#include <set>

using namespace llvm;
using namespace hapax;
using namespace hapax::test;

namespace {

std::vector<std::string> inputs() {
  std::vector<std::string> Files;
  std::error_code Error;
  for (sys::fs::directory_iterator It(HAPAX_TEST_INPUTS, Error), End;
       It != End && !Error; It.increment(Error))
    if (StringRef(It->path()).ends_with(".ll"))
      Files.push_back(It->path());
  llvm::sort(Files);
  return Files;
}

std::string textOf(const std::string &File) {
  return (*MemoryBuffer::getFile(File))->getBuffer().str();
}

/// A module in a context of its own.
struct Parsed {
  explicit Parsed(StringRef Text, bool DiscardNames = false) {
    prepareContext(Context);
    M = parseModule(Text, Context);
    Context.setDiscardValueNames(DiscardNames);
  }
  Digest hash(OutputKind Kind = OutputKind::Object) const {
    return hashModule(*M, {.Kind = Kind});
  }
  LLVMContext Context;
  std::unique_ptr<Module> M;
};

Digest hashOf(StringRef Text, OutputKind Kind = OutputKind::Object,
              bool DiscardNames = false) {
  Parsed P(Text, DiscardNames);
  EXPECT_TRUE(P.M) << Text.str();
  return P.M ? P.hash(Kind) : Digest();
}

class ModuleHashFile : public testing::TestWithParam<std::string> {};

/// Reading back what was written must find the same module: the hash sees
/// nothing that bitcode does not carry, such as addresses or numbers that the
/// context gives.
TEST_P(ModuleHashFile, SurvivesBitcode) {
  Parsed P(textOf(GetParam()));
  ASSERT_TRUE(P.M);
  SmallVector<char, 0> Bytes;
  raw_svector_ostream Stream(Bytes);
  WriteBitcodeToFile(*P.M, Stream, /*ShouldPreserveUseListOrder=*/true);
  LLVMContext Other;
  // Kinds get other numbers here.
  Other.getMDKindID("hapax.z");
  Other.getMDKindID("hapax.c");
  Other.getMDKindID("hapax.b");
  auto Read = parseBitcodeFile(
      MemoryBufferRef(StringRef(Bytes.data(), Bytes.size()), "other"), Other);
  ASSERT_TRUE(bool(Read));
  for (OutputKind Kind :
       {OutputKind::Object, OutputKind::Assembly, OutputKind::Bitcode})
    EXPECT_EQ(P.hash(Kind), hashModule(**Read, {.Kind = Kind}));
}

/// Equal hash exactly when the oracle is equal, over a fixed sample of mutants.
/// The soak program does the same for as many as one likes.
TEST_P(ModuleHashFile, AgreesWithOracle) {
  HashCheck Check(textOf(GetParam()));
  Rng Random(7);
  std::vector<long> Order(Check.textMutations().size());
  std::iota(Order.begin(), Order.end(), 0);
  std::shuffle(Order.begin(), Order.end(), Random);
  std::vector<MutantRecipe> Recipes(1); // the module as it is
  for (long Text : ArrayRef(Order).take_front(700))
    Recipes.push_back({.TextMutation = Text});
  for (unsigned N = 0; N != 150; ++N)
    Recipes.push_back({.Seed = Random() | 1});
  Check.add(Recipes);
  // The sample must not have been a sample of nothing.
  EXPECT_GT(Check.numDistinct(), 150u);
  for (const HashCheck::Exception &E : Check.exceptions())
    ADD_FAILURE() << (E.WrongHit ? "wrong hit" : "wrong miss") << ", "
                  << E.Setting->Name << "\n"
                  << Check.textOf(E.First) << "\n--- against\n"
                  << Check.textOf(E.Second);
}

INSTANTIATE_TEST_SUITE_P(Inputs, ModuleHashFile, testing::ValuesIn(inputs()),
                         [](const testing::TestParamInfo<std::string> &Info) {
                           std::string Name = sys::path::stem(Info.param).str();
                           std::replace(Name.begin(), Name.end(), '-', '_');
                           return Name;
                         });

/// More values than the tables of the hash begin with, then few again.
std::string largeModule(unsigned Blocks) {
  std::string Text = "define i32 @large(i32 %x, ptr %p) {\n";
  raw_string_ostream Stream(Text);
  for (unsigned N = 0; N != Blocks; ++N)
    Stream << "  %e" << N << " = add i32 %x, " << N << "\n";
  Stream << "  br label %b0\n";
  for (unsigned N = 0; N != Blocks; ++N)
    Stream << "b" << N << ":\n  store i32 %e" << N / 2 << ", ptr %p\n  %c" << N
           << " = icmp eq i32 %e" << N << ", %x\n  br i1 %c" << N
           << ", label %b" << N + 1 << ", label %b" << (N * 7 + 1) % Blocks
           << "\n";
  Stream << "b" << Blocks << ":\n  ret i32 %x\n}\n"
         << "define i32 @small(i32 %x) {\n  %y = mul i32 %x, %x\n"
         << "  ret i32 %y\n}\n";
  return Text;
}

TEST(ModuleHash, LargeFunctionsAgreeWithOracle) {
  HashCheck Check(largeModule(400));
  std::vector<MutantRecipe> Recipes(1);
  for (uint64_t Seed = 1; Seed != 60; ++Seed)
    Recipes.push_back({.Seed = Seed});
  Check.add(Recipes);
  EXPECT_GT(Check.numDistinct(), 25u);
  EXPECT_TRUE(Check.exceptions().empty());
}

TEST(ModuleHash, EveryChangeInMemoryWasTried) {
  std::map<std::string, size_t> Applied;
  for (const std::string &File : inputs()) {
    HashCheck Check(textOf(File));
    std::vector<MutantRecipe> Recipes;
    for (uint64_t Seed = 1; Seed != 60; ++Seed)
      Recipes.push_back({.Seed = Seed});
    Check.add(Recipes);
    for (auto &[Name, Count] : Check.applied())
      Applied[Name] += Count;
  }
  for (const MemoryMutation &Mutation : memoryMutations())
    EXPECT_GT(Applied[Mutation.Name], 0u) << Mutation.Name;
}

constexpr StringRef Target = "target triple = \"x86_64-unknown-linux-gnu\"\n";

TEST(ModuleHash, IgnoresPlainUnusedDeclarations) {
  std::string Without = (Target + "define void @f() { ret void }").str();
  for (StringRef Declaration :
       {"declare void @helper(i32)", "@variable = external global i32",
        "declare void @_Z3foov()"}) {
    std::string With = (Without + "\n" + Declaration).str();
    EXPECT_EQ(hashOf(Without), hashOf(With)) << Declaration.str();
    EXPECT_EQ(hashOf(Without, OutputKind::Assembly),
              hashOf(With, OutputKind::Assembly));
    EXPECT_NE(hashOf(Without, OutputKind::Bitcode),
              hashOf(With, OutputKind::Bitcode));
  }
}

TEST(ModuleHash, KeysUnusedDeclarationsThatCanMatter) {
  std::string Without = (Target + "define void @f() { ret void }").str();
  for (StringRef Declaration :
       {"declare i32 @puts(ptr)", "declare void @llvm.trap()",
        "declare hidden void @helper()", "declare extern_weak void @helper()",
        "declare void @__asan_init()", "declare ptr @_Znwm(i64)",
        "@x = external thread_local global i32",
        "@x = external global i32, section \"s\"",
        "declare fastcc void @helper()", "declare void @with.dot()"})
    EXPECT_NE(hashOf(Without), hashOf((Without + "\n" + Declaration).str()))
        << Declaration.str();
  // On a target that was not studied, all count.
  StringRef Other = "target triple = \"armv7-unknown-linux-gnueabi\"\n"
                    "define void @f() { ret void }\n";
  EXPECT_NE(hashOf(Other), hashOf((Other + "declare void @helper(i32)").str()));
}

TEST(ModuleHash, KeysOrderOfUsedDeclarations) {
  StringRef Body = "define void @f() {\n call void @a()\n call void @b()\n"
                   " ret void\n}\n";
  EXPECT_NE(hashOf((Body + "declare void @a()\ndeclare void @b()").str()),
            hashOf((Body + "declare void @b()\ndeclare void @a()").str()));
}

TEST(ModuleHash, StructNamesMatterUnlessNamesAreDiscarded) {
  auto Module = [](StringRef Name) {
    return (Target + "%" + Name + " = type { i32 }\n" + "@g = global %" + Name +
            " zeroinitializer")
        .str();
  };
  auto A = Module("struct.a"), B = Module("struct.b"), Other = Module("other");
  EXPECT_EQ(hashOf(A, OutputKind::Object, true),
            hashOf(B, OutputKind::Object, true));
  EXPECT_NE(hashOf(A, OutputKind::Object, true),
            hashOf(Other, OutputKind::Object, true));
  EXPECT_NE(hashOf(A, OutputKind::Object), hashOf(B, OutputKind::Object));
  EXPECT_NE(hashOf(A, OutputKind::Assembly, true),
            hashOf(B, OutputKind::Assembly, true));
}

TEST(ModuleHash, NamelessStructsAreToldApart) {
  auto Module = [](StringRef First, StringRef Second) {
    return (Target + "%struct.a = type { i32 }\n%struct.b = type { i32 }\n" +
            "define void @f() {\n %x = alloca %" + First + "\n %y = alloca %" +
            Second + "\n ret void\n}")
        .str();
  };
  EXPECT_EQ(hashOf(Module("struct.a", "struct.b"), OutputKind::Object, true),
            hashOf(Module("struct.b", "struct.a"), OutputKind::Object, true));
  EXPECT_NE(hashOf(Module("struct.a", "struct.a"), OutputKind::Object, true),
            hashOf(Module("struct.a", "struct.b"), OutputKind::Object, true));
}

/// Two inline assemblies with the given places, and metadata besides.
std::string withPlaces(StringRef First, StringRef Second,
                       StringRef More = "!2 = !{}") {
  return (Target + "define void @f() {\n call void asm \"nop\", \"\"(), " +
          "!srcloc !0\n call void asm \"nop\", \"\"(), !srcloc !1\n" +
          " ret void\n}\n!named = !{!2}\n!0 = " + First + "\n!1 = " + Second +
          "\n" + More)
      .str();
}

TEST(ModuleHash, PlacesOfInlineAssemblyDoNotMatter) {
  std::string Base = withPlaces("!{i64 10}", "!{i64 20}");
  for (StringRef First : {"!{i64 11}", "!{i64 30}", "!{i64 0}"}) {
    std::string Other = withPlaces(First, "!{i64 20}");
    for (OutputKind Kind : {OutputKind::Object, OutputKind::Assembly})
      EXPECT_EQ(hashOf(Base, Kind), hashOf(Other, Kind)) << First.str();
    EXPECT_NE(hashOf(Base, OutputKind::Bitcode),
              hashOf(Other, OutputKind::Bitcode));
  }
}

TEST(ModuleHash, KeysWhatElseThereIsToPlacesOfInlineAssembly) {
  Digest Base = hashOf(withPlaces("!{i64 10}", "!{i64 20}"));
  // Whether they are the same, how many there are, and all that is no place.
  for (StringRef First :
       {"!{i64 20}", "!{i64 10, i64 15}", "!{i32 10}", "distinct !{i64 10}",
        "!{}", "!{!\"10\"}", "!{null}", "!{<1 x i64> <i64 10>}"})
    EXPECT_NE(Base, hashOf(withPlaces(First, "!{i64 20}"))) << First.str();
  for (StringRef Change : {"i32", "distinct"}) {
    auto Of = [&](StringRef Value) {
      return hashOf(withPlaces(Change == "i32"
                                   ? ("!{i32 " + Value + "}").str()
                                   : ("distinct !{i64 " + Value + "}").str(),
                               "!{i64 20}"));
    };
    EXPECT_NE(Of("10"), Of("11")) << Change.str();
  }
  // A node that something else refers to, too.
  for (StringRef More : {"!2 = !{!0}", "!named2 = !{!0}\n!2 = !{}"})
    EXPECT_NE(hashOf(withPlaces("!{i64 10}", "!{i64 20}", More)),
              hashOf(withPlaces("!{i64 11}", "!{i64 20}", More)))
        << More.str();
  // Another target, and what is no call.
  auto Elsewhere = [](StringRef Text, StringRef Value) {
    return hashOf((Text + "\n!0 = !{i64 " + Value + "}\n").str());
  };
  for (StringRef Text :
       {"target triple = \"armv7-unknown-linux-gnueabi\"\n"
        "define void @f() {\n call void asm \"nop\", \"\"(), !srcloc !0\n"
        " ret void\n}",
        "target triple = \"x86_64-unknown-linux-gnu\"\n"
        "define i32 @f(ptr %p) {\n %v = load i32, ptr %p, !srcloc !0\n"
        " ret i32 %v\n}",
        "target triple = \"x86_64-unknown-linux-gnu\"\n"
        "define void @f() {\n call void asm \"nop\", \"\"(), !other !0\n"
        " ret void\n}",
        "target triple = \"x86_64-unknown-linux-gnu\"\n"
        "define void @f() !srcloc !0 {\n ret void\n}"})
    EXPECT_NE(Elsewhere(Text, "10"), Elsewhere(Text, "11")) << Text.str();
}

TEST(ModuleHash, TellsWhetherThereIsInlineAssembly) {
  auto Has = [](StringRef Body) {
    Parsed P(("define void @f(ptr %p) personality ptr @g {\n" + Body +
              "\n}\ndeclare void @g(...)\n")
                 .str());
    return hapax::ModuleHash(*P.M, {}).hasInlineAsm();
  };
  EXPECT_FALSE(Has("call void @g()\n ret void"));
  EXPECT_TRUE(Has("call void asm \"nop\", \"\"()\n ret void"));
  EXPECT_TRUE(Has("%x = call i32 asm \"nop\", \"=r,r\"(i32 7)\n ret void"));
  EXPECT_TRUE(Has("invoke void asm unwind \"nop\", \"\"() to label %a unwind "
                  "label %b\na: ret void\nb: %l = landingpad i32 cleanup\n"
                  "ret void"));
  EXPECT_TRUE(Has("callbr void asm \"nop\", \"!i\"() to label %a [label %b]\n"
                  "a: ret void\nb: ret void"));
}

TEST(ModuleHash, ModuleNameCountsOnRequest) {
  Parsed P("define void @f() { ret void }");
  Digest Before = P.hash();
  auto WithName = [&] {
    return hashModule(*P.M, {.Kind = OutputKind::Object, .ModuleName = true});
  };
  Digest BeforeWithName = WithName();
  P.M->setModuleIdentifier("renamed");
  EXPECT_EQ(Before, P.hash());
  EXPECT_NE(BeforeWithName, WithName());
}

TEST(ModuleHash, DeadConstantUsersCount) {
  Parsed P("@g = internal global [4 x i32] zeroinitializer\n"
           "define i32 @f() {\n %v = load i32, ptr @g\n ret i32 %v\n}");
  Digest Before = P.hash();
  Constant *G = P.M->getNamedGlobal("g");
  ConstantExpr::getPtrToInt(G, Type::getInt64Ty(P.Context));
  EXPECT_NE(Before, P.hash());
  G->removeDeadConstantUsers();
  EXPECT_EQ(Before, P.hash());
}

TEST(ModuleHash, OtherModulesOfTheContextDoNotMatter) {
  StringRef Text = "@a = global ptr inttoptr (i64 64 to ptr)\n"
                   "define ptr @f() { ret ptr inttoptr (i64 64 to ptr) }";
  Parsed P(Text);
  Digest Before = P.hash();
  std::unique_ptr<Module> Other = parseModule(Text, P.Context);
  EXPECT_EQ(Before, P.hash());
  EXPECT_EQ(Before, hashModule(*Other, {.Kind = OutputKind::Object}));
}

const GlobalHash &partOf(const hapax::ModuleHash &Hash, StringRef Name) {
  for (const GlobalHash &Part : Hash.globals())
    if (Part.Global->getName() == Name)
      return Part;
  static const GlobalHash None;
  ADD_FAILURE() << Name.str();
  return None;
}

TEST(ModuleHash, PartsStandForThemselves) {
  StringRef Text =
      "@table = global [1 x ptr] [ptr @callee]\n"
      "define void @f(i32 %x) {\n"
      " call void @callee(), !hapax.a !0, !hapax.b !1\n"
      " store ptr getelementptr (i8, ptr @table, i64 8), ptr null\n"
      " ret void\n}\n"
      "define void @g() { ret void }\n"
      "declare void @callee()\n"
      "!0 = distinct !{!\"x\"}\n!1 = distinct !{!\"x\"}\n";
  Parsed P(Text);
  hapax::ModuleHash Hash(*P.M, {.Kind = OutputKind::Object});
  EXPECT_EQ(Hash.digest(), P.hash());
  const GlobalHash &F = partOf(Hash, "f");
  EXPECT_THAT(F.Globals, testing::ElementsAre(P.M->getFunction("callee"),
                                              P.M->getNamedGlobal("table")));
  EXPECT_EQ(F.Metadata.size(), 2u);

  // A change in @g and in what the metadata says changes neither @f's content
  // nor the table's.
  std::string Changed = Text.str();
  Changed.replace(Changed.find("@g() { ret void"), 15, "@g() { unreachable");
  Changed.replace(Changed.find("\"x\""), 3, "\"y\"");
  Parsed Q(Changed);
  ASSERT_TRUE(Q.M);
  hapax::ModuleHash Other(*Q.M, {.Kind = OutputKind::Object});
  EXPECT_NE(Hash.digest(), Other.digest());
  EXPECT_EQ(F.Content, partOf(Other, "f").Content);
  EXPECT_EQ(partOf(Hash, "table").Content, partOf(Other, "table").Content);
  EXPECT_NE(partOf(Hash, "g").Content, partOf(Other, "g").Content);
  EXPECT_NE(Hash.metadata(), Other.metadata());
  EXPECT_EQ(Hash.header(), Other.header());
}

TEST(ModuleHash, PartsAreTheSameBehindLargeAndSmallFunctions) {
  Parsed Large(largeModule(1500)), Small(largeModule(2));
  ASSERT_TRUE(Large.M && Small.M);
  hapax::ModuleHash A(*Large.M, {}), B(*Small.M, {});
  EXPECT_EQ(partOf(A, "small").Content, partOf(B, "small").Content);
  EXPECT_NE(partOf(A, "large").Content, partOf(B, "large").Content);
}

TEST(MetadataComponents, CyclesAreOneComponent) {
  Parsed P("!named = !{!0, !3}\n"
           "!0 = distinct !{!1, !\"a\"}\n"
           "!1 = distinct !{!0, !2}\n"
           "!2 = !{!\"leaf\"}\n"
           "!3 = distinct !{!3}\n");
  ASSERT_TRUE(P.M);
  const NamedMDNode &Named = *P.M->getNamedMetadata("named");
  const MDNode *Cycle = Named.getOperand(0), *Self = Named.getOperand(1);
  MetadataComponents Components(*P.M, {Cycle, Self});
  ASSERT_EQ(Components.all().size(), 3u);
  unsigned Index = Components.indexOf(Cycle);
  const auto &C = Components.all()[Index];
  EXPECT_EQ(C.Nodes.size(), 2u);
  ASSERT_EQ(C.References.size(), 1u);
  EXPECT_LT(C.References[0], Index);
  EXPECT_EQ(Components.all()[Components.indexOf(Self)].Nodes.size(), 1u);
}

TEST(MetadataComponents, ContentReachesThroughReferences) {
  auto Content = [](StringRef Leaf) {
    Parsed P(("!named = !{!0}\n!0 = !{!1}\n!1 = !{!2}\n!2 = distinct !{!\"" +
              Leaf + "\"}\n")
                 .str());
    const MDNode *Root = P.M->getNamedMetadata("named")->getOperand(0);
    MetadataComponents Components(*P.M, {Root});
    return Components.all()[Components.indexOf(Root)].Content;
  };
  EXPECT_EQ(Content("a"), Content("a"));
  EXPECT_NE(Content("a"), Content("b"));
}

} // namespace
