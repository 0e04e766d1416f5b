//===- PathsTest.cpp ------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Paths.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace hapax;

namespace {

struct PathsTest : testing::Test {
  std::string Root;
  void SetUp() override {
    char Template[] = "/tmp/hapax-paths-XXXXXX";
    ASSERT_NE(::mkdtemp(Template), nullptr);
    Root = Template;
  }
  void TearDown() override {
    std::string Command = "rm -rf " + Root;
    ASSERT_EQ(std::system(Command.c_str()), 0);
  }
  std::string put(const std::string &Name, const std::string &Text) {
    std::string Path = Root + "/" + Name;
    std::ofstream(Path, std::ios::binary) << Text;
    return Path;
  }
};

TEST_F(PathsTest, OnlyElfFilesLinkToLLVM) {
  EXPECT_EQ(linkedLLVM(Root + "/none"), "");
  EXPECT_EQ(linkedLLVM(Root), "");
  EXPECT_EQ(linkedLLVM(put("empty", "")), "");
  EXPECT_EQ(linkedLLVM(put("script", "#!/bin/sh\n# libLLVM.so.22.1\n")), "");
  EXPECT_EQ(linkedLLVM(realPath("/proc/self/exe")), "")
      << "this test does not link LLVM";
}

TEST_F(PathsTest, DamagedElfFilesAreSurvived) {
  std::ifstream In("/proc/self/exe", std::ios::binary);
  std::string Good(1 << 16, '\0');
  In.read(Good.data(), static_cast<std::streamsize>(Good.size()));
  Good.resize(static_cast<size_t>(In.gcount()));
  uint64_t State = 3;
  for (int Round = 0; Round != 2000; ++Round) {
    std::string Bad = Good;
    for (int Hit = 0; Hit != 8; ++Hit) {
      State = State * 6364136223846793005u + 1442695040888963407u;
      // Headers only: the rest is not looked at.
      Bad[8 + (State >> 33) % 1000] = static_cast<char>(State >> 56);
    }
    Bad.resize(64 + (State >> 20) % (Bad.size() - 64));
    EXPECT_EQ(linkedLLVM(put("bad", Bad)).find_first_of('\n'),
              std::string::npos);
  }
}

TEST_F(PathsTest, ProgramsAreFoundAsAShellFindsThem) {
  const char *Old = std::getenv("PATH");
  std::string Saved = Old ? Old : "";
  put("plain", "");
  std::string Program = put("program", "");
  ASSERT_EQ(::chmod(Program.c_str(), 0755), 0);
  ::setenv("PATH", ("/none:" + Root).c_str(), 1);
  EXPECT_EQ(findProgram("program"), Program);
  EXPECT_EQ(findProgram("none"), "");
  EXPECT_EQ(findProgram(Program), Program);
  EXPECT_EQ(findProgram(Root + "/plain"), "") << "not executable";
  EXPECT_EQ(findProgram("plain"), "");
  EXPECT_EQ(findProgram(Root), "") << "a folder";
  ::setenv("PATH", Saved.c_str(), 1);
}

TEST_F(PathsTest, PluginCanBeNamed) {
  std::string Plugin = put("P.so", "");
  ::setenv("HAPAX_PLUGIN", Plugin.c_str(), 1);
  EXPECT_EQ(findPlugin(), realPath(Plugin));
  ::setenv("HAPAX_PLUGIN", (Root + "/none.so").c_str(), 1);
  std::vector<std::string> Looked;
  EXPECT_EQ(findPlugin(&Looked), "") << "a wrong name is not guessed around";
  EXPECT_EQ(Looked, std::vector<std::string>{Root + "/none.so"});
  ::unsetenv("HAPAX_PLUGIN");
}

} // namespace
