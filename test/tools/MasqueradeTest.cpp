//===- MasqueradeTest.cpp -------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Masquerade.h"
#include "Paths.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

using namespace hapax;
namespace fs = std::filesystem;

namespace {

/// Folders of programs, of links to hapax (that is, to this test), and of links
/// to what passes for ccache.
struct MasqueradeTest : testing::Test {
  std::string Root, SavedPath;

  void SetUp() override {
    char Template[] = "/tmp/hapax-masquerade-XXXXXX";
    ASSERT_NE(::mkdtemp(Template), nullptr);
    Root = realPath(Template);
    const char *Path = std::getenv("PATH");
    SavedPath = Path ? Path : "";
    ::unsetenv("HAPAX_PASSED");
    program("bin/ccache");
  }
  void TearDown() override {
    ::setenv("PATH", SavedPath.c_str(), 1);
    ::unsetenv("HAPAX_PASSED");
    fs::remove_all(Root);
  }

  std::string place(const std::string &Name) {
    std::string Path = Root + "/" + Name;
    fs::create_directories(fs::path(Path).parent_path());
    return Path;
  }
  std::string program(const std::string &Name) {
    std::string Path = place(Name);
    std::ofstream(Path) << "a program";
    EXPECT_EQ(::chmod(Path.c_str(), 0755), 0);
    return Path;
  }
  std::string hapax(const std::string &Name) {
    std::string Path = place(Name);
    fs::create_symlink("/proc/self/exe", Path);
    return Path;
  }
  std::string ccache(const std::string &Name) {
    std::string Path = place(Name);
    fs::create_symlink(Root + "/bin/ccache", Path);
    return Path;
  }
  void path(std::initializer_list<const char *> Folders) {
    std::string List;
    for (const char *Folder : Folders)
      List += (List.empty() ? "" : ":") + Root + "/" + Folder;
    ::setenv("PATH", List.c_str(), 1);
  }
};

TEST(Masquerade, HapaxIsItselfUnderItsNames) {
  for (const char *Name : {"hapax", "/usr/bin/hapax", "./hapax", "hapax-0.1"})
    EXPECT_FALSE(isMasquerade(Name)) << Name;
  for (const char *Name : {"clang", "/opt/hapax/clang++-22", "cc", "flang", ""})
    EXPECT_TRUE(isMasquerade(Name)) << Name;
}

TEST_F(MasqueradeTest, OtherProgramsAreWhatAShellFinds) {
  std::string Clang = program("a/clang");
  path({"a"});
  FoundCompiler Found = findCompiler("clang");
  EXPECT_EQ(Found.Program, Clang);
  EXPECT_FALSE(Found.Behind);
  EXPECT_EQ(findCompiler(Clang).Program, Clang);
  EXPECT_EQ(findCompiler("none").Program, "");
  EXPECT_FALSE(findCompiler("none").Behind);
}

TEST_F(MasqueradeTest, TheCompilerStandsBehindTheLink) {
  program("before/clang");
  std::string Link = hapax("links/clang");
  std::string Clang = program("a/clang");
  program("b/clang");
  path({"before", "links", "a", "b"});
  FoundCompiler Found = findCompiler(Link);
  EXPECT_EQ(Found.Program, Clang);
  EXPECT_TRUE(Found.Behind);
  path({"links", "a"});
  EXPECT_EQ(findCompiler("clang").Program, Clang);
}

TEST_F(MasqueradeTest, ALinkOutsidePathStandsBeforeAllOfIt) {
  std::string Link = hapax("links/clang");
  std::string Clang = program("a/clang");
  path({"a"});
  EXPECT_EQ(findCompiler(Link).Program, Clang);
}

TEST_F(MasqueradeTest, ALinkCalledCcacheStandsForTheOneBehindIt) {
  hapax("links/ccache");
  path({"links"});
  EXPECT_EQ(findCompiler("ccache").Program, "");
  path({"links", "bin"});
  FoundCompiler Found = findCompiler("ccache");
  EXPECT_EQ(Found.Program, Root + "/bin/ccache");
  EXPECT_TRUE(Found.Behind);
  path({"bin", "links"});
  EXPECT_FALSE(findCompiler("ccache").Behind);
}

TEST_F(MasqueradeTest, ALinkCalledByItsPathAlsoFindsWhatStandsBeforeIt) {
  std::string Clang = program("before/clang");
  std::string Link = hapax("links/clang");
  path({"before", "links"});
  EXPECT_EQ(findCompiler(Link).Program, Clang);
}

TEST_F(MasqueradeTest, APrefixCommandOfTheUsersStays) {
  ::unsetenv("CCACHE_PREFIX");
  std::string Conf = place("conf/ccache.conf");
  ::setenv("CCACHE_CONFIGPATH", Conf.c_str(), 1);
  std::ofstream(Conf) << "max_size = 5G\nprefix_command = distcc\n";
  prefixCcache();
  EXPECT_EQ(std::getenv("CCACHE_PREFIX"), nullptr);
  ::unsetenv("CCACHE_CONFIGPATH");
}

TEST_F(MasqueradeTest, EveryCopyOfHapaxIsPassed) {
  hapax("links/clang");
  program("other/hapax");
  fs::create_directories(Root + "/more");
  fs::create_symlink(Root + "/other/hapax", Root + "/more/clang");
  fs::create_symlink(Root + "/more/clang", place("again/clang"));
  std::string Clang = program("a/clang");
  path({"links", "more", "again", "links", "a"});
  EXPECT_EQ(findCompiler("clang").Program, Clang);
}

TEST_F(MasqueradeTest, NoCompilerIsNone) {
  hapax("links/clang");
  path({"links", "links"});
  FoundCompiler Found = findCompiler("clang");
  EXPECT_EQ(Found.Program, "");
  EXPECT_TRUE(Found.Behind);
}

TEST_F(MasqueradeTest, CcacheIsNotTheCompiler) {
  std::string Link = hapax("links/clang");
  ccache("ccache/clang");
  std::string Clang = program("a/clang");
  for (auto Order :
       {std::initializer_list<const char *>{"links", "ccache", "a"},
        {"ccache", "links", "a"}}) {
    path(Order);
    FoundCompiler Found = findCompiler("clang");
    EXPECT_EQ(Found.Program, Clang);
    EXPECT_EQ(Found.Ccache, Root + "/bin/ccache");
    EXPECT_TRUE(Found.Behind);
  }
  // ccache has called us: it had its turn.
  EXPECT_EQ(findCompiler(Link).Ccache, "");
}

TEST_F(MasqueradeTest, CcacheByItsNameOrAloneIsAProgramLikeAnyOther) {
  path({"bin"});
  EXPECT_EQ(findCompiler("ccache").Program, Root + "/bin/ccache");
  EXPECT_FALSE(findCompiler("ccache").Behind);
  std::string Link = ccache("ccache/clang");
  path({"ccache"});
  EXPECT_EQ(findCompiler("clang").Program, Link);
  EXPECT_FALSE(findCompiler("clang").Behind);
}

TEST_F(MasqueradeTest, WhatWasPassedIsNotRunAgain) {
  hapax("links/clang");
  std::string First = program("wrap/clang");
  std::string Second = program("more/clang");
  std::string Clang = program("a/clang");
  path({"links", "wrap", "more", "a"});
  for (const std::string &Next : {First, Second, Clang, std::string()}) {
    EXPECT_EQ(findCompiler("clang").Program, Next);
    rememberPassed(Next);
  }
}

} // namespace
