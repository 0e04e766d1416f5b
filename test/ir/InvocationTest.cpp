//===- InvocationTest.cpp - Resolving the command of a process --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/Invocation.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

using namespace hapax;
using namespace llvm;
using testing::ElementsAre;

namespace {

class InvocationTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("hapax-invocation", Directory));
  }
  void TearDown() override { sys::fs::remove_directories(Directory); }

  std::string path(StringRef Name) const {
    SmallString<128> Path(Directory);
    sys::path::append(Path, Name);
    return Path.str().str();
  }
  std::string write(StringRef Name, StringRef Text) const {
    std::error_code Code;
    raw_fd_ostream OS(path(Name), Code);
    EXPECT_FALSE(Code);
    OS << Text;
    return path(Name);
  }

  SmallString<128> Directory;
};

HostProcess clang(std::vector<std::string> Args) {
  HostProcess Process;
  Process.Executable = "/usr/lib/llvm-22/bin/clang";
  Process.Argv = {"/usr/bin/clang-22"};
  Process.Argv.insert(Process.Argv.end(), Args.begin(), Args.end());
  return Process;
}

BypassReason reasonOf(const std::expected<Invocation, BypassInfo> &Result) {
  EXPECT_FALSE(Result.has_value());
  return Result ? BypassReason::UnknownHost : Result.error().Reason;
}

/// What clang does to its arguments (sys::printArg with quotes).
std::string flatten(ArrayRef<std::string> Args) {
  std::string Text;
  raw_string_ostream OS(Text);
  for (const std::string &Arg : Args) {
    if (&Arg != Args.begin())
      OS << ' ';
    sys::printArg(OS, Arg, /*Quote=*/true);
  }
  return Text;
}

TEST(HostTool, IsToldByTheProgramsName) {
  EXPECT_EQ(hostToolOf("/usr/bin/clang"), HostTool::Clang);
  EXPECT_EQ(hostToolOf("/usr/bin/clang-22"), HostTool::Clang);
  EXPECT_EQ(hostToolOf("clang++-22"), HostTool::Clang);
  EXPECT_EQ(hostToolOf("/x/flang-22"), HostTool::Flang);
  EXPECT_EQ(hostToolOf("flang-new-22"), HostTool::Flang);
  EXPECT_EQ(hostToolOf("/x/opt"), HostTool::Opt);
  EXPECT_EQ(hostToolOf("opt-22.1"), HostTool::Opt);
  EXPECT_EQ(hostToolOf("/x/llc-22"), HostTool::Llc);
  EXPECT_EQ(hostToolOf("/usr/libexec/hapax/hapax-tool"), HostTool::Hapax);
  for (StringRef Other : {"clang-cl", "clang-repl", "clangd", "ld.lld", "lld",
                          "clang-tidy-22", "optimise", "", "-22", "clang-"})
    EXPECT_EQ(hostToolOf(Other), HostTool::Unknown) << Other.str();
}

TEST(HostProcessTest, ReadsThisProcess) {
  const HostProcess &Process = HostProcess::current();
  EXPECT_TRUE(StringRef(Process.Executable).contains("InvocationTest") ||
              sys::fs::exists(Process.Executable));
  ASSERT_FALSE(Process.Argv.empty());
  EXPECT_TRUE(Process.Environment.contains("PATH"));
  // The code is linked into the test program itself.
  EXPECT_EQ(Process.OwnLibrary, Process.Executable);
}

TEST(FlattenedArgs, RoundTrip) {
  std::vector<std::string> Args = {"-cc1",        "a b",    "q\"uote",
                                   "back\\slash", "do$lar", "-DX=\"a\\b\"",
                                   "\\",          "\""};
  std::vector<std::string> Parsed;
  ASSERT_TRUE(parseFlattenedArgs(flatten(Args), Parsed));
  EXPECT_EQ(Parsed, Args);
}

TEST(FlattenedArgs, RefusesWhatClangDoesNotWrite) {
  std::vector<std::string> Parsed;
  for (StringRef Text :
       {"-cc1", "\"-cc1", "\"a\"\"b\"", "\"a\" ", "\"a\"  \"b\"", "\"a\\",
        "\"a\\n\"", "\"a\" b", "\"a\"\t\"b\""})
    EXPECT_FALSE(parseFlattenedArgs(Text, Parsed)) << Text.str();
  EXPECT_TRUE(parseFlattenedArgs("", Parsed));
  EXPECT_TRUE(Parsed.empty());
}

TEST(OverrideOptions, EditsAsClangDoes) {
  auto Edit = [](StringRef Edits, std::vector<std::string> Args) {
    applyOverrideOptions(Edits, Args);
    return Args;
  };
  EXPECT_THAT(Edit("+-g", {"-c", "a.c"}), ElementsAre("-c", "a.c", "-g"));
  EXPECT_THAT(Edit("# ^-g", {"-c"}), ElementsAre("-g", "-c"));
  EXPECT_THAT(Edit("#^-g +-v", {"-c"}), ElementsAre("-g", "-c", "-v"));
  EXPECT_THAT(Edit("x-g", {"-g", "-c", "-g", "-g1"}), ElementsAre("-c", "-g1"));
  EXPECT_THAT(Edit("X-o", {"-o", "x", "-c", "-o", "y", "-o"}),
              ElementsAre("-c", "-o"));
  EXPECT_THAT(Edit("O3", {"-O", "-O2", "-c", "-Os", "-Ofast", "-Oz"}),
              ElementsAre("-c", "-Ofast", "-O3"));
  EXPECT_THAT(Edit("s/a.c/b.c/", {"-c", "dir/a.c"}),
              ElementsAre("-c", "dir/b.c"));
  // What clang only complains about changes nothing.
  EXPECT_THAT(Edit("?x s/a/ ", {"a"}), ElementsAre("a"));
}

TEST_F(InvocationTest, FlattenedArgumentsWin) {
  auto Result = readInvocation(clang({"-O2", "-c", "a.c"}),
                               "\"-cc1\" \"-O3\" \"-emit-obj\"");
  ASSERT_TRUE(Result);
  EXPECT_TRUE(Result->IsFrontend);
  EXPECT_TRUE(Result->IsFlattened);
  EXPECT_THAT(Result->Args, ElementsAre("-O3", "-emit-obj"));
}

TEST_F(InvocationTest, RefusesFlattenedArgumentsOfAnotherForm) {
  EXPECT_EQ(reasonOf(readInvocation(clang({"-c", "a.c"}), "-cc1 -O3")),
            BypassReason::UnclearCommand);
  EXPECT_EQ(reasonOf(readInvocation(clang({"-c", "a.c"}), "\"-O3\"")),
            BypassReason::UnclearCommand);
}

TEST_F(InvocationTest, SpawnedFrontEnd) {
  auto Result = readInvocation(clang({"-cc1", "-emit-obj", "a.c"}), "");
  ASSERT_TRUE(Result);
  EXPECT_TRUE(Result->IsFrontend);
  EXPECT_FALSE(Result->IsFlattened);
  EXPECT_THAT(Result->Args, ElementsAre("-emit-obj", "a.c"));
}

TEST_F(InvocationTest, DriverWithOverrides) {
  HostProcess Process = clang({"-O1", "-c", "a.c"});
  Process.Environment["CCC_OVERRIDE_OPTIONS"] = "# O3 +-g";
  auto Result = readInvocation(Process, "");
  ASSERT_TRUE(Result);
  EXPECT_FALSE(Result->IsFrontend);
  EXPECT_EQ(Result->ProgramName, "clang-22");
  EXPECT_THAT(Result->Args, ElementsAre("-c", "a.c", "-O3", "-g"));
}

TEST_F(InvocationTest, ExpandsNestedResponseFiles) {
  std::string Inner = write("inner", "-DX='a b' \"-DY=\\\"q\\\"\"\n");
  std::string Outer = write("outer", "-O2 @" + Inner + " -g");
  auto Result = readInvocation(clang({"@" + Outer, "-c", "a.c"}), "");
  ASSERT_TRUE(Result);
  EXPECT_THAT(Result->Args,
              ElementsAre("-O2", "-DX=a b", "-DY=\"q\"", "-g", "-c", "a.c"));
}

TEST_F(InvocationTest, FrontEndInAResponseFile) {
  std::string File = write("rsp", "-cc1 -emit-obj a.c");
  auto Result = readInvocation(clang({"@" + File}), "");
  ASSERT_TRUE(Result);
  EXPECT_TRUE(Result->IsFrontend);
}

TEST_F(InvocationTest, RefusesResponseFilesThatCannotBeReadAgain) {
  EXPECT_EQ(reasonOf(readInvocation(clang({"@" + path("gone"), "-c"}), "")),
            BypassReason::UnclearCommand);
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(reasonOf(readInvocation(clang({"@" + path("pipe"), "-c"}), "")),
            BypassReason::UnclearCommand);
  std::string Nested = write("nested", "@" + path("pipe"));
  EXPECT_EQ(reasonOf(readInvocation(clang({"@" + Nested, "-c"}), "")),
            BypassReason::UnclearCommand);
  std::string File = write("rsp", "-c");
  EXPECT_EQ(reasonOf(readInvocation(
                clang({"--rsp-quoting=windows", "@" + File}), "")),
            BypassReason::UnclearCommand);
}

TEST_F(InvocationTest, RefusesOtherDriverModes) {
  HostProcess Process = clang({"-c", "a.c"});
  Process.Argv[0] = "clang-cl-22";
  EXPECT_EQ(reasonOf(readInvocation(Process, "")),
            BypassReason::UnclearCommand);
  EXPECT_EQ(
      reasonOf(readInvocation(clang({"--driver-mode=cl", "-c", "a.c"}), "")),
      BypassReason::UnclearCommand);
  EXPECT_TRUE(readInvocation(clang({"--driver-mode=g++", "-c", "a.c"}), ""));
  EXPECT_EQ(reasonOf(readInvocation(clang({"-cc1as", "a.s"}), "")),
            BypassReason::UnclearCommand);
}

TEST_F(InvocationTest, FlangNeedsItsFrontEnd) {
  HostProcess Process = clang({"-fc1", "-emit-obj", "a.f90"});
  Process.Executable = "/usr/lib/llvm-22/bin/flang-22";
  auto Result = readInvocation(Process, "");
  ASSERT_TRUE(Result);
  EXPECT_EQ(Result->Tool, HostTool::Flang);
  EXPECT_TRUE(Result->IsFrontend);
  Process.Argv = {"flang-22", "-c", "a.f90"};
  EXPECT_EQ(reasonOf(readInvocation(Process, "")),
            BypassReason::UnclearCommand);
}

TEST_F(InvocationTest, UnknownHost) {
  HostProcess Process = clang({"-c", "a.c"});
  Process.Executable = "/usr/bin/clang-repl";
  EXPECT_EQ(reasonOf(readInvocation(Process, "")), BypassReason::UnknownHost);
  Process.Executable = "/usr/bin/clang";
  Process.Argv.clear();
  EXPECT_EQ(reasonOf(readInvocation(Process, "")),
            BypassReason::UnclearCommand);
}

} // namespace
