//===- ChannelTest.cpp - Memory of channels, and their pool -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ChannelPool.h"
#include "IpcTestSupport.h"
#include "TokenBucket.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

using namespace hapax;
using testing::HasSubstr;

namespace {

constexpr uint64_t ArenaBytes = 64 * KiB;

FileDescriptor duplicate(const FileDescriptor &File) {
  return FileDescriptor(::dup(File.get()));
}

TEST(ChannelMemoryTest, ItsPartsLieBesideEachOther) {
  auto M = ChannelMemory::create(ArenaBytes);
  ASSERT_TRUE(M);
  auto Begin = reinterpret_cast<std::byte *>(&M->events());
  auto End = [](std::span<std::byte> S) { return S.data() + S.size(); };
  EXPECT_LE(Begin + sizeof(ChannelEvents), M->requestRing().data());
  EXPECT_LE(End(M->requestRing()), M->answerRing().data());
  EXPECT_LE(End(M->answerRing()), M->arena().data());
  EXPECT_EQ(End(M->arena()), Begin + M->bytes());
  EXPECT_EQ(M->arena().size(), ArenaBytes);
  EXPECT_EQ(M->bytes(), channelBytes(ArenaBytes));
}

TEST(ChannelMemoryTest, AForkedChildLetsAloneWhatIsNotThere) {
  auto M = ChannelMemory::create(ArenaBytes);
  ASSERT_TRUE(M);
  std::byte *Page = M->arena().data();
  pid_t Child = ::fork();
  if (Child == 0) {
    // What a child maps may come to lie where the channel is in the parent.
    auto *Mine = static_cast<volatile char *>(
        ::mmap(Page, 4096, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    M->~ChannelMemory();
    *Mine = 1;
    ::_exit(0);
  }
  int Status = -1;
  ASSERT_EQ(::waitpid(Child, &Status, 0), Child);
  EXPECT_EQ(Status, 0);
}

TEST(ChannelMemoryTest, SizesHaveBounds) {
  for (uint64_t Bad :
       {uint64_t(0), uint64_t(4096), 64 * KiB + 1,
        2 * ChannelMemory::MaxArenaBytes, ~uint64_t(0), ~uint64_t(4095)}) {
    EXPECT_EQ(channelBytes(Bad), 0u) << Bad;
    EXPECT_FALSE(ChannelMemory::create(Bad)) << Bad;
  }
}

TEST(ChannelMemoryTest, CannotChangeItsSize) {
  auto M = ChannelMemory::create(ArenaBytes);
  ASSERT_TRUE(M);
  EXPECT_NE(::ftruncate(M->file().get(), 0), 0);
  EXPECT_NE(::ftruncate(M->file().get(), off_t(M->bytes() * 2)), 0);
  EXPECT_NE(::fcntl(M->file().get(), F_ADD_SEALS, F_SEAL_WRITE), 0);
  // All of its pages are there.
  struct stat Info;
  ASSERT_EQ(::fstat(M->file().get(), &Info), 0);
  EXPECT_GE(uint64_t(Info.st_blocks) * 512, M->bytes());
}

TEST(ChannelMemoryTest, IsSharedWithWhoAdoptsIt) {
  auto M = ChannelMemory::create(ArenaBytes);
  ASSERT_TRUE(M);
  auto Other = ChannelMemory::adopt(duplicate(M->file()), ArenaBytes);
  ASSERT_TRUE(Other);
  M->arena().back() = std::byte(42);
  EXPECT_EQ(Other->arena().back(), std::byte(42));
}

TEST(ChannelMemoryTest, IsNotAdoptedUnsealedOrWithAnotherSize) {
  auto M = ChannelMemory::create(ArenaBytes);
  ASSERT_TRUE(M);
  EXPECT_THAT(
      ChannelMemory::adopt(duplicate(M->file()), 2 * ArenaBytes).error(),
      HasSubstr("size"));
  EXPECT_FALSE(ChannelMemory::adopt(duplicate(M->file()), 0));
  EXPECT_FALSE(ChannelMemory::adopt(FileDescriptor(), ArenaBytes));
  for (int Seals : {0, F_SEAL_SHRINK, F_SEAL_GROW | F_SEAL_SEAL}) {
    FileDescriptor Loose(::memfd_create("test", MFD_ALLOW_SEALING));
    ASSERT_EQ(::ftruncate(Loose.get(), off_t(M->bytes())), 0);
    ASSERT_EQ(::fcntl(Loose.get(), F_ADD_SEALS, Seals), 0);
    EXPECT_THAT(ChannelMemory::adopt(std::move(Loose), ArenaBytes).error(),
                HasSubstr("not sealed"));
  }
}

/// A process that lives until it is told to end.
class OtherProcess {
public:
  OtherProcess() {
    const char *Words[] = {"sleep", "1000", nullptr};
    ::posix_spawnp(&Pid, "sleep", nullptr, nullptr, const_cast<char **>(Words),
                   environ);
  }
  ~OtherProcess() { end(); }
  FileDescriptor handle() const {
    return FileDescriptor(int(::syscall(SYS_pidfd_open, Pid, 0)));
  }
  void end() {
    if (Pid > 0) {
      ::kill(Pid, SIGKILL);
      ::waitpid(Pid, nullptr, 0);
    }
    Pid = -1;
  }

private:
  pid_t Pid = -1;
};

struct ChannelPoolTest : testing::Test {
  std::unique_ptr<DaemonCache> Cache = std::move(*DaemonCache::create({}));
  ChannelPool::Clock::time_point Now = ChannelPool::Clock::now();
  uint64_t One = channelBytes(ArenaBytes);
};

TEST_F(ChannelPoolTest, MemoryOfAProcessThatEndedIsWipedAndUsedAgain) {
  ChannelPool Pool(ArenaBytes, 10 * One, 1);
  OtherProcess P;
  auto First = std::move(*Pool.take());
  std::byte *Place = First->Memory.arena().data();
  std::ranges::fill(First->Memory.arena().first(1000), std::byte(7));
  First->Used = 1000;
  Pool.giveBack(std::move(First), P.handle());
  P.end();
  Pool.tend(*Cache, Now);
  auto Second = std::move(*Pool.take());
  EXPECT_EQ(Second->Memory.arena().data(), Place);
  EXPECT_EQ(Second->Used, 0u);
  EXPECT_TRUE(std::ranges::all_of(
      Second->Memory.arena(), [](std::byte B) { return B == std::byte(0); }));
  Second.reset();
}

TEST_F(ChannelPoolTest, MemoryOfAProcessThatLivesOnIsForgotten) {
  ChannelPool Pool(ArenaBytes, 10 * One, 1);
  OtherProcess P;
  Pool.giveBack(std::move(*Pool.take()), P.handle());
  Pool.tend(*Cache, Now);
  EXPECT_EQ(Pool.bytes(), 2 * One) << "it may still end; and there is a spare";
  Pool.tend(*Cache, Now + std::chrono::minutes(1));
  EXPECT_EQ(Pool.bytes(), One);
  P.end();
  Pool.tend(*Cache, Now + std::chrono::minutes(1));
  EXPECT_EQ(Pool.bytes(), One) << "no more than the spare comes back";
}

TEST_F(ChannelPoolTest, MemoryOfAnUnknownProcessIsForgotten) {
  ChannelPool Pool(ArenaBytes, 10 * One, 0);
  Pool.giveBack(std::move(*Pool.take()), FileDescriptor());
  Pool.tend(*Cache, Now);
  EXPECT_EQ(Pool.bytes(), 0u);
}

TEST_F(ChannelPoolTest, KeepsNoMoreThanItsSparesAndItsLimit) {
  ChannelPool Pool(ArenaBytes, 3 * One, 2);
  Pool.tend(*Cache, Now);
  EXPECT_EQ(Pool.bytes(), 2 * One);
  std::vector<std::unique_ptr<Channel>> Taken;
  for (unsigned I = 0; I != 3; ++I)
    Taken.push_back(std::move(*Pool.take()));
  EXPECT_THAT(Pool.take().error(), HasSubstr("all the memory"));
  OtherProcess P;
  for (auto &C : Taken)
    Pool.giveBack(std::move(C), P.handle());
  P.end();
  Pool.tend(*Cache, Now);
  EXPECT_EQ(Pool.bytes(), 2 * One);
}

TEST(TokenBucketTest, BoundsARate) {
  using std::chrono::milliseconds;
  TokenBucket::Clock::time_point Now{};
  TokenBucket B(10, Now);
  auto TakeAll = [&] {
    unsigned Taken = 0;
    while (B.take(Now))
      ++Taken;
    return Taken;
  };
  EXPECT_EQ(TakeAll(), 10u);
  Now += milliseconds(100);
  EXPECT_EQ(TakeAll(), 1u);
  Now += milliseconds(50);
  EXPECT_EQ(TakeAll(), 0u);
  Now += milliseconds(500);
  EXPECT_EQ(TakeAll(), 5u);
  Now += std::chrono::hours(1);
  EXPECT_EQ(TakeAll(), 10u) << "no more than a second's worth is saved up";
}

} // namespace
