//===- LaunchPlanTest.cpp -------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "LaunchPlan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

using namespace hapax;
using testing::ElementsAre;

namespace {

std::vector<std::string> words(const std::string &Line) {
  std::istringstream In(Line);
  return {std::istream_iterator<std::string>(In), {}};
}

LaunchPlan clang(const std::string &Line, const char *Name = "clang-22") {
  return planLaunch(CompilerKind::Clang, Name, words(Line));
}
LaunchPlan flang(const std::string &Line) {
  return planLaunch(CompilerKind::Flang, "flang-22", words(Line));
}

bool addsBoth(const LaunchPlan &P) { return P.AddPlugin && P.AddCommandLine; }
bool addsNothing(const LaunchPlan &P) {
  return !P.AddPlugin && !P.AddCommandLine && !P.Why.empty();
}

TEST(CompilerKind, KnowsClangByTheFileThatRuns) {
  const char *Clang = "/usr/lib/llvm-22/bin/clang";
  for (const char *Name :
       {"clang", "clang++", "clang-22", "clang++-22", "/usr/bin/clang++-22",
        "x86_64-linux-gnu-clang++-22", "aarch64-linux-gnu-clang", "cc", "c++",
        "clang-22.1", "clang-g++"})
    EXPECT_EQ(compilerKind(Name, Clang), CompilerKind::Clang) << Name;
  EXPECT_EQ(compilerKind("cc", "/opt/llvm/bin/clang-22"), CompilerKind::Clang);
  EXPECT_EQ(compilerKind("c++", "/opt/llvm/bin/clang++"), CompilerKind::Clang);
}

TEST(CompilerKind, KnowsFlang) {
  for (const char *Real :
       {"/usr/lib/llvm-22/bin/flang-22", "/x/flang", "/x/flang-new",
        "/x/flang-new-22", "/x/x86_64-linux-gnu-flang"})
    EXPECT_EQ(compilerKind("fc", Real), CompilerKind::Flang) << Real;
}

TEST(CompilerKind, LeavesOtherModesOfClangAlone) {
  const char *Clang = "/usr/lib/llvm-22/bin/clang";
  for (const char *Name :
       {"clang-cl", "clang-cl-22", "clang-cpp-22", "cpp", "cl", "clang-dxc",
        "x86_64-pc-windows-msvc-clang-cl"})
    EXPECT_EQ(compilerKind(Name, Clang), CompilerKind::Other) << Name;
}

TEST(CompilerKind, LeavesOtherProgramsAlone) {
  for (const char *Real :
       {"/usr/bin/x86_64-linux-gnu-gcc-12", "/usr/bin/ccache", "/bin/dash",
        "/usr/bin/clangd-22", "/usr/lib/llvm-22/bin/clang-tidy",
        "/usr/lib/llvm-22/bin/clang-format-22", "/usr/bin/myclang",
        "/x/flang-to-external-fc", "/usr/lib/llvm-22/bin/opt", ""})
    EXPECT_EQ(compilerKind("clang-22", Real), CompilerKind::Other) << Real;
}

TEST(LaunchPlan, OrdinaryCompilesGetBoth) {
  for (const char *Line : {"-O2 -c a.c",
                           "-c a.c -o a.o",
                           "-S a.cpp",
                           "a.c -o a",
                           "a.c b.o -o a",
                           "-c -emit-llvm a.c",
                           "-flto=thin -c a.cc",
                           "-c a.ll",
                           "-c a.bc",
                           "-MD -MF a.d -c a.c",
                           "-MMD -MP -c a.c",
                           "-c a.i",
                           "-c a.cppm",
                           "-x c -c -",
                           "-xc -c -",
                           "-x c++ -c a.txt",
                           "-c -x c a.txt -x none",
                           "-c -- a.c",
                           "-c -- -a.c",
                           "-save-temps -c a.c",
                           "-v -c a.c",
                           "-c a.c a.s",
                           "-include x.h -c a.c",
                           "-fmodules -c a.m",
                           "-dumpdir x -c a.c",
                           "-c sub.dir/a.c",
                           "-x cuda -c a.cu",
                           "-fpass-plugin=other.so -c a.c",
                           "--target=aarch64-linux-gnu -c a.c",
                           "-arch x86_64 -c a.c",
                           "-Xclang -verify -c a.c",
                           "-Werror -c a.c",
                           "--driver-mode=g++ -c a.c",
                           "-DX=-E -c a.c",
                           "-D -E -c a.c",
                           "-o -E -c a.c",
                           "-Xclang -fsyntax-only -c a.c",
                           "-Wp,-MD,x -c a.c"})
    EXPECT_TRUE(addsBoth(clang(Line))) << Line;
}

TEST(LaunchPlan, NothingIsAddedWhereNoCodeIsMade) {
  for (const char *Line : {"-E a.c",
                           "-M a.c",
                           "-MM a.c",
                           "-fsyntax-only a.c",
                           "-### -c a.c",
                           "--version",
                           "-v",
                           "",
                           "-print-search-dirs",
                           "--print-targets a.c",
                           "-dumpmachine",
                           "-dumpversion",
                           "--help",
                           "--analyze a.c",
                           "--precompile a.cppm",
                           "-ccc-print-phases -c a.c",
                           "a.o b.o -o a",
                           "-shared a.o -o a.so",
                           "-flto a.o -o a",
                           "-emit-ast a.c",
                           "-fdriver-only -c a.c"})
    EXPECT_TRUE(addsNothing(clang(Line))) << Line;
}

TEST(LaunchPlan, NothingIsAddedWhereItWouldBeReportedAsUnused) {
  for (const char *Line :
       {"-c a.s", "-c a.S", "-c a.sx", "-x assembler -c a.c",
        "-x assembler-with-cpp -c a.c", "-xassembler -c -", "-c a.s b.o",
        "-x f95 -c a.f90", "-c a.f90", "-x c-header a.h -o a.pch",
        "-x c++-header a.h", "a.h", "-include a.c -c a.s", "-o a.c a.o",
        "-MF a.c -c a.s", "-Xclang a.c -c a.s", "-c a.unknown",
        "-x c -x none -c a.s"})
    EXPECT_TRUE(addsNothing(clang(Line))) << Line;
}

TEST(LaunchPlan, NothingIsAddedWhereTheCommandLineIsRecorded) {
  for (const char *Line :
       {"-frecord-command-line -c a.c", "-fembed-bitcode=marker -c a.c",
        "-c a.hip", "-x hip -c a.cu", "@pipe -c a.c",
        "-g -grecord-command-line -c a.c", "-frecord-gcc-switches -c a.c",
        "--sycl-link a.c", "-grecord-gcc-switches -g -c a.c",
        "-MJ a.json -c a.c", "-MJa.json -c a.c",
        "-gen-cdb-fragment-path db -c a.c"})
    EXPECT_TRUE(addsNothing(clang(Line))) << Line;
  EXPECT_TRUE(addsNothing(flang("-frecord-command-line -c a.f90")));
}

TEST(LaunchPlan, NothingIsAddedBehindTheDriver) {
  EXPECT_TRUE(addsNothing(clang("-cc1 -emit-obj a.c")));
  EXPECT_TRUE(addsNothing(clang("-cc1as a.s")));
  EXPECT_TRUE(addsNothing(flang("-fc1 -emit-obj a.f90")));
  EXPECT_TRUE(addsNothing(clang("--driver-mode=cl -c a.c")));
  EXPECT_TRUE(addsNothing(clang("--driver-mode=cpp a.c")));
  EXPECT_TRUE(
      addsNothing(planLaunch(CompilerKind::Other, "gcc", words("-O2 -c a.c"))));
}

TEST(LaunchPlan, NothingIsAddedWhereCodeViewMayRecordTheCommandLine) {
  for (const char *Line :
       {"--target=x86_64-windows-msvc -c a.c", "-gcodeview -c a.c",
        "-target x86_64-pc-win32 -c a.c", "--target=x86_64-w64-mingw32 -c a.c",
        "--target=x86_64-uefi -c a.c", "--config=x.cfg -c a.c",
        "--config x.cfg -c a.c", "-Xclang -gcodeview -c a.c"})
    EXPECT_TRUE(addsNothing(clang(Line))) << Line;
  EXPECT_TRUE(addsNothing(clang("-c a.c", "x86_64-w64-mingw32-clang")));
  // Not a target: a folder.
  EXPECT_TRUE(addsBoth(clang("-c a.c", "/msvc/clang")));
  EXPECT_TRUE(addsBoth(clang("-Imsvc -c a.c")));
}

TEST(LaunchPlan, NothingIsAddedTwice) {
  LaunchPlan P = clang("-fpass-plugin=/x/Hapax.so -c a.c");
  EXPECT_FALSE(P.AddPlugin);
  EXPECT_TRUE(P.AddCommandLine);
  P = clang("-Xclang -gcodeview-command-line -c a.c");
  EXPECT_TRUE(P.AddPlugin);
  EXPECT_FALSE(P.AddCommandLine);
  P = flang("-fpass-plugin=Hapax.so -c a.f90");
  EXPECT_TRUE(addsNothing(P));
}

TEST(LaunchPlan, FlangGetsThePluginAlone) {
  for (const char *Line :
       {"-O2 -c a.f90", "a.f -o a", "-c a.F90", "-c a.F", "-c a.for",
        "-J mod -c a.f08", "-c a.ll", "-module-dir mod -c a.f95", "-S a.f90"}) {
    LaunchPlan P = flang(Line);
    EXPECT_TRUE(P.AddPlugin) << Line;
    EXPECT_FALSE(P.AddCommandLine) << Line;
  }
  for (const char *Line : {"a.o -o a", "-E a.F90", "-fsyntax-only a.f90",
                           "-c a.s", "--version", "-c a.c"})
    EXPECT_TRUE(addsNothing(flang(Line))) << Line;
}

TEST(LaunchPlan, EndOfTheLineIsNoTrouble) {
  for (const char *Line : {"-c a.c -o", "-c a.c -Xclang", "-c a.c -x",
                           "-c a.c --", "-c a.c -target", "-c a.c -"})
    EXPECT_TRUE(clang(Line).AddPlugin) << Line;
  EXPECT_TRUE(addsNothing(clang("-x")));
  EXPECT_TRUE(addsNothing(clang("-")));
  EXPECT_TRUE(addsNothing(clang("--")));
}

struct Files {
  std::map<std::string, std::string> Content;
  std::vector<std::string> expand(std::vector<std::string> Arguments) const {
    return expandResponseFiles(Arguments, [this](const std::string &Path) {
      auto Found = Content.find(Path);
      return Found == Content.end() ? std::nullopt
                                    : std::optional(Found->second);
    });
  }
};

TEST(ResponseFiles, AreExpandedInPlace) {
  Files F{{{"r", "-O2\n-c  'a b.c'\t\"c\\\"d\" e\\ f '' "}}};
  EXPECT_THAT(F.expand({"x", "@r", "y"}),
              ElementsAre("x", "-O2", "-c", "a b.c", "c\"d", "e f", "", "y"));
}

TEST(ResponseFiles, MayNest) {
  Files F{{{"r", "1 @s 4"}, {"s", "2 3"}}};
  EXPECT_THAT(F.expand({"@r"}), ElementsAre("1", "2", "3", "4"));
}

TEST(ResponseFiles, MissingOnesStay) {
  Files F;
  EXPECT_THAT(F.expand({"@none", "@"}), ElementsAre("@none", "@"));
}

TEST(ResponseFiles, LoopsEnd) {
  Files F{{{"r", "a @r"}}};
  EXPECT_LT(F.expand({"@r"}).size(), 100u);
}

TEST(ResponseFiles, UnfinishedQuotesAreRead) {
  Files F{{{"r", "a 'b c"}, {"s", "a\\"}}};
  EXPECT_THAT(F.expand({"@r"}), ElementsAre("a", "b c"));
  EXPECT_THAT(F.expand({"@s"}), ElementsAre("a\\"));
}

} // namespace
