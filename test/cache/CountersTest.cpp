//===- CountersTest.cpp -----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/Counters.h"
#include "gtest/gtest.h"
#include <filesystem>
#include <fstream>
#include <random>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace hapax;
namespace fs = std::filesystem;
using Map = std::map<std::string, uint64_t>;

namespace {

class CountersTest : public ::testing::Test {
protected:
  void SetUp() override {
    std::string Template = ::testing::TempDir() + "hapax-counters-XXXXXX";
    ASSERT_NE(::mkdtemp(Template.data()), nullptr);
    Root = Template;
    Path = Root / "counters";
  }
  void TearDown() override { fs::remove_all(Root); }
  Map read() const { return Counters::open(Path, /*ReadOnly=*/true).read(); }

  fs::path Root;
  std::string Path;
};

TEST_F(CountersTest, KeepsCountsInTheFile) {
  {
    Counters C = Counters::open(Path);
    ASSERT_TRUE(C);
    EXPECT_TRUE(C.read().empty());
    C.add("hit");
    C.add("hit");
    C.add("bypass.split-dwarf", 40);
    EXPECT_EQ(C.read(), (Map{{"hit", 2}, {"bypass.split-dwarf", 40}}));
  }
  Counters C = Counters::open(Path);
  C.add("hit", 5);
  EXPECT_EQ(read(), (Map{{"hit", 7}, {"bypass.split-dwarf", 40}}));
  C.zero();
  EXPECT_EQ(read(), (Map{{"hit", 0}, {"bypass.split-dwarf", 0}}));
}

TEST_F(CountersTest, NamesThatDoNotFitAreCountedUnderOther) {
  Counters C = Counters::open(Path);
  std::string Longest(Counters::MaxName, 'a');
  C.add(Longest, 1);
  C.add(Longest + "a", 2);
  C.add("", 4);
  C.add("Upper", 8);
  C.add("with space", 16);
  EXPECT_EQ(C.read(), (Map{{Longest, 1}, {"other", 30}}));
}

TEST_F(CountersTest, FullTableLosesNothing) {
  Counters C = Counters::open(Path);
  for (unsigned I = 0; I != 1000; ++I)
    C.add("name." + std::to_string(I));
  uint64_t Sum = 0;
  for (const auto &[Name, Value] : C.read())
    Sum += Value;
  EXPECT_EQ(Sum, 1000u);
  EXPECT_GT(C.read().size(), 400u);
  EXPECT_GT(C.read()["other"], 400u);
}

TEST_F(CountersTest, ProcessesCountTogether) {
  constexpr unsigned Processes = 16, Rounds = 2000;
  std::vector<pid_t> Pids;
  for (unsigned P = 0; P != Processes; ++P) {
    pid_t Pid = ::fork();
    if (Pid == 0) {
      // All of them race for the creation of the file and of each name.
      for (unsigned I = 0; I != Rounds; ++I) {
        if (I % 100 == 0) {
          Counters C = Counters::open(Path);
          C.add("opened");
        }
        static Counters C = Counters::open(Path);
        C.add("shared." + std::to_string(I % 50));
        C.add("own." + std::to_string(P), 2);
      }
      ::_exit(0);
    }
    Pids.push_back(Pid);
  }
  for (pid_t Pid : Pids) {
    int Status = 0;
    ::waitpid(Pid, &Status, 0);
    EXPECT_EQ(Status, 0);
  }
  Map Values = read();
  EXPECT_EQ(Values["opened"], Processes * Rounds / 100);
  for (unsigned I = 0; I != 50; ++I)
    EXPECT_EQ(Values["shared." + std::to_string(I)], Processes * Rounds / 50);
  for (unsigned P = 0; P != Processes; ++P)
    EXPECT_EQ(Values["own." + std::to_string(P)], 2 * Rounds);
  // Nothing else is left in the folder.
  EXPECT_EQ(std::distance(fs::directory_iterator(Root), {}), 1);
}

TEST_F(CountersTest, ThreadsCountTogether) {
  Counters C = Counters::open(Path);
  std::vector<std::thread> Threads;
  for (unsigned T = 0; T != 8; ++T)
    Threads.emplace_back([&] {
      for (unsigned I = 0; I != 5000; ++I)
        C.add("n." + std::to_string(I % 20));
    });
  for (std::thread &T : Threads)
    T.join();
  uint64_t Sum = 0;
  for (const auto &[Name, Value] : C.read())
    Sum += Value;
  EXPECT_EQ(Sum, 8u * 5000);
  EXPECT_EQ(C.read().size(), 20u);
}

TEST_F(CountersTest, ProcessThatDiesWhileNamingStopsNobody) {
  for (unsigned Round = 0; Round != 20; ++Round) {
    pid_t Pid = ::fork();
    if (Pid == 0) {
      for (;;)
        Counters::open(Path).add("n." + std::to_string(::random() % 400));
    }
    ::usleep(2000);
    ::kill(Pid, SIGKILL);
    ::waitpid(Pid, nullptr, 0);
    Counters C = Counters::open(Path);
    uint64_t Before = C.read()["after"];
    C.add("after");
    EXPECT_EQ(C.read()["after"], Before + 1);
  }
}

TEST_F(CountersTest, DamagedFileIsReplaced) {
  const std::string Contents[] = {"", "x", std::string(32768, 'x'),
                                  std::string(100000, '\0')};
  for (const std::string &Content : Contents) {
    std::ofstream(Path, std::ios::trunc) << Content;
    EXPECT_FALSE(Counters::open(Path, /*ReadOnly=*/true));
    Counters C = Counters::open(Path);
    ASSERT_TRUE(C);
    C.add("hit");
    EXPECT_EQ(read(), (Map{{"hit", 1}}));
  }
}

TEST_F(CountersTest, EveryTruncationAndAnyNoiseIsSurvived) {
  std::mt19937 Random(4);
  for (unsigned Round = 0; Round != 200; ++Round) {
    Counters::open(Path).add("hit");
    if (Round % 2) {
      fs::resize_file(Path, Random() % 32768);
    } else {
      std::fstream File(Path, std::ios::in | std::ios::out | std::ios::binary);
      File.seekp(Random() % 32768);
      for (unsigned I = 0; I != 200; ++I)
        File.put(static_cast<char>(Random()));
    }
    Counters C = Counters::open(Path);
    ASSERT_TRUE(C);
    uint64_t Before = C.read()["hit"];
    C.add("hit");
    EXPECT_EQ(C.read()["hit"], Before + 1);
    C.add("new." + std::to_string(Round));
  }
}

TEST_F(CountersTest, ZeroRepairsDamagedSlots) {
  Counters C = Counters::open(Path);
  {
    std::fstream File(Path, std::ios::in | std::ios::out | std::ios::binary);
    File.seekp(64);
    for (unsigned I = 0; I != 511 * 64; ++I)
      File.put(static_cast<char>(0x81 + I % 100));
  }
  C.add("hit");
  EXPECT_EQ(C.read(), (Map{{"other", 1}})) << "no slot is left";
  C.zero();
  EXPECT_TRUE(C.read().empty());
  C.add("hit");
  EXPECT_EQ(C.read(), (Map{{"hit", 1}}));
}

TEST_F(CountersTest, FoldersAreCreated) {
  Path = Root / "a" / "b" / "counters";
  EXPECT_FALSE(Counters::open(Path, /*ReadOnly=*/true));
  EXPECT_FALSE(fs::exists(Root / "a"));
  Counters C = Counters::open(Path);
  ASSERT_TRUE(C);
  C.add("hit");
  EXPECT_EQ(read(), (Map{{"hit", 1}}));
}

TEST_F(CountersTest, UnusablePathCountsNothing) {
  std::ofstream(Root / "file") << "x";
  for (const std::string &Bad :
       {(Root / "file" / "counters").string(), Root.string(),
        std::string("/proc/nowhere/counters"), std::string()}) {
    Counters C = Counters::open(Bad);
    EXPECT_FALSE(C) << Bad;
    C.add("hit");
    C.zero();
    EXPECT_TRUE(C.read().empty());
  }
  EXPECT_TRUE(fs::is_directory(Root));
}

TEST_F(CountersTest, ReadOnlyChangesNothing) {
  Counters::open(Path).add("hit");
  Counters C = Counters::open(Path, /*ReadOnly=*/true);
  C.add("hit");
  C.zero();
  EXPECT_EQ(C.read(), (Map{{"hit", 1}}));
}

TEST_F(CountersTest, UnwritableFolderOfAnotherUser) {
  if (::getuid() != 0)
    GTEST_SKIP() << "needs to change the user";
  Counters::open(Path).add("hit");
  ::chmod(Path.c_str(), 0644);
  ::chmod(Root.c_str(), 0755);
  pid_t Pid = ::fork();
  if (Pid == 0) {
    if (::setuid(65534) != 0)
      ::_exit(1);
    Counters C = Counters::open(Path);
    C.add("hit");
    ::_exit(C ? 2 : 0);
  }
  int Status = 0;
  ::waitpid(Pid, &Status, 0);
  EXPECT_EQ(Status, 0);
  EXPECT_EQ(read(), (Map{{"hit", 1}}));
}

TEST_F(CountersTest, Moves) {
  Counters A = Counters::open(Path);
  Counters B = std::move(A);
  EXPECT_FALSE(A);
  A.add("lost");
  B.add("hit");
  A = std::move(B);
  A.add("hit");
  EXPECT_EQ(A.read(), (Map{{"hit", 2}}));
}

} // namespace
