//===- JobTokensTest.cpp --------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "shard/JobTokens.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace hapax;
using namespace llvm;

namespace {

/// A job server, as make 4.4 is one.
class JobTokensTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("hapax-jobs", Folder));
    Path = (Folder + "/fifo").str();
    ASSERT_EQ(::mkfifo(Path.c_str(), 0600), 0);
    Fifo = ::open(Path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(Fifo, 0);
    JobserverClient::resetForTesting();
  }
  void TearDown() override {
    ::unsetenv("MAKEFLAGS");
    JobserverClient::resetForTesting();
    ::close(Fifo);
    sys::fs::remove_directories(Folder);
  }

  void serve(StringRef Tokens) {
    ASSERT_EQ(::write(Fifo, Tokens.data(), Tokens.size()),
              ssize_t(Tokens.size()));
    ::setenv("MAKEFLAGS", ("-j4 --jobserver-auth=fifo:" + Path).c_str(), 1);
  }
  /// Takes what is there, and puts it back.
  std::string tokens() {
    char Text[64];
    ssize_t Count = ::read(Fifo, Text, sizeof(Text));
    std::string Left(Text, Count > 0 ? size_t(Count) : 0);
    EXPECT_EQ(::write(Fifo, Left.data(), Left.size()), ssize_t(Left.size()));
    llvm::sort(Left);
    return Left;
  }

  SmallString<128> Folder;
  std::string Path;
  int Fifo = -1;
};

TEST_F(JobTokensTest, TakesWhatIsThereAndGivesItBack) {
  serve("abc");
  {
    JobTokens Mine(8);
    EXPECT_EQ(Mine.threads(), 4u);
    EXPECT_EQ(tokens(), "");
    // Nothing is left for another process, which goes on with one thread.
  }
  EXPECT_EQ(tokens(), "abc");
}

TEST_F(JobTokensTest, TakesNoMoreThanItNeeds) {
  serve("abc");
  {
    JobTokens Mine(2);
    EXPECT_EQ(Mine.threads(), 2u);
    EXPECT_EQ(tokens().size(), 2u);
  }
  EXPECT_EQ(tokens(), "abc");
  {
    JobTokens One(1);
    EXPECT_EQ(One.threads(), 1u);
    EXPECT_EQ(tokens(), "abc");
  }
  EXPECT_EQ(tokens(), "abc");
}

TEST_F(JobTokensTest, WithoutAServerThereIsNoLimit) {
  ::unsetenv("MAKEFLAGS");
  EXPECT_EQ(JobTokens(8).threads(), 8u);
  ::setenv("MAKEFLAGS", "k", 1);
  EXPECT_EQ(JobTokens(8).threads(), 8u);
  EXPECT_EQ(JobTokens(0).threads(), 1u);
}

TEST_F(JobTokensTest, FileNumbersAreLeftAlone) {
  // They are open, but who knows as what.
  std::string Number = std::to_string(Fifo);
  ASSERT_EQ(::write(Fifo, "ab", 2), 2);
  ::setenv("MAKEFLAGS",
           ("-j3 --jobserver-auth=" + Number + "," + Number).c_str(), 1);
  EXPECT_EQ(JobTokens(8).threads(), 1u);
  EXPECT_EQ(tokens(), "ab");
}

TEST_F(JobTokensTest, AServerThatIsGoneAllowsOne) {
  ::setenv("MAKEFLAGS", "-j3 --jobserver-auth=fifo:/nowhere/fifo", 1);
  testing::internal::CaptureStderr();
  EXPECT_EQ(JobTokens(8).threads(), 1u);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

} // namespace
