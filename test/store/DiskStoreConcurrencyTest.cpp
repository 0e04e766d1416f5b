//===- DiskStoreConcurrencyTest.cpp - Many processes, many threads -*- C++ -*-//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DiskStoreTestSupport.h"
#include <thread>

using namespace hapax;
using namespace hapax::test;

namespace {

unsigned workers() {
  return 2 * std::max(2u, std::thread::hardware_concurrency());
}

/// Starts one process per worker and adds up their exit statuses, which are 0
/// for success.
template <typename Callable> int inProcesses(Callable Work) {
  std::vector<pid_t> Pids;
  for (unsigned W = 0; W != workers(); ++W) {
    pid_t Pid = ::fork();
    if (Pid == 0)
      ::_exit(Work(W));
    Pids.push_back(Pid);
  }
  int Sum = 0;
  for (pid_t Pid : Pids) {
    int Status = 0;
    ::waitpid(Pid, &Status, 0);
    Sum += WIFEXITED(Status) ? WEXITSTATUS(Status) : 1000;
  }
  return Sum;
}

TEST_F(DiskStoreTest, ProcessesCreateTheStoreTogether) {
  for (unsigned Round = 0; Round != 10; ++Round) {
    std::filesystem::remove_all(Settings.Directory);
    EXPECT_EQ(inProcesses([&](unsigned W) {
                auto Store = DiskStore::open(Settings);
                return Store && putNumber(**Store, W) &&
                               getNumber(**Store, W) == Outcome::Hit
                           ? 0
                           : 1;
              }),
              0);
    // Nobody has put into a store that another has replaced.
    auto Store = open();
    for (unsigned W = 0; W != workers(); ++W)
      EXPECT_EQ(getNumber(*Store, W), Outcome::Hit) << W;
    Store->close();
    ASSERT_TRUE(DiskStore::clear(Settings));
  }
}

TEST_F(DiskStoreTest, ProcessesOnTheSameAndOnDifferentKeys) {
  constexpr unsigned Keys = 200;
  EXPECT_EQ(inProcesses([&](unsigned W) {
              auto Store = open();
              for (unsigned I = 0; I != Keys; ++I) {
                // Half of the keys are everybody's, half are its own.
                unsigned N = I % 2 ? I : 1000 * (W + 1) + I;
                Outcome Before = getNumber(*Store, N);
                if (Before != Outcome::Hit && Before != Outcome::Miss)
                  return 1;
                if (!putNumber(*Store, N))
                  return 1;
                if (getNumber(*Store, N) != Outcome::Hit)
                  return 1;
              }
              return 0;
            }),
            0);
  auto Store = open();
  for (unsigned W = 0; W != workers(); ++W)
    for (unsigned I = 0; I != Keys; ++I)
      ASSERT_EQ(getNumber(*Store, I % 2 ? I : 1000 * (W + 1) + I),
                Outcome::Hit);
}

TEST_F(DiskStoreTest, RemovalsAmongReadersAndWriters) {
  EXPECT_EQ(inProcesses([&](unsigned W) {
              auto Store = open();
              std::mt19937 Random(W);
              for (unsigned I = 0; I != 100; ++I) {
                unsigned N = Random() % 10;
                if (W == 0 && !Store->remove(keyOf(N)))
                  return 1;
                if (!putNumber(*Store, N))
                  return 2;
                Outcome Got = getNumber(*Store, N);
                if (Got != Outcome::Hit && Got != Outcome::Miss)
                  return 3;
              }
              return 0;
            }),
            0);
}

TEST_F(DiskStoreTest, ClearAndPruneUnderUse) {
  pid_t Sweeper = ::fork();
  if (Sweeper == 0) {
    for (unsigned I = 0; I != 20; ++I) {
      ::usleep(10000);
      if (I % 2)
        (void)DiskStore::clear(Settings);
      else
        (void)DiskStore::prune(Settings, 1 << 20);
    }
    ::_exit(0);
  }
  EXPECT_EQ(inProcesses([&](unsigned) {
              for (unsigned Round = 0; Round != 10; ++Round) {
                // A store that is cleared away fails; it never lies.
                auto Store = DiskStore::open(Settings);
                if (!Store)
                  continue;
                for (unsigned N = 0; N != 30; ++N) {
                  (void)putNumber(**Store, N);
                  if (getNumber(**Store, N) == Outcome::Wrong)
                    return 1;
                }
              }
              return 0;
            }),
            0);
  int Status = 0;
  ::waitpid(Sweeper, &Status, 0);
  EXPECT_EQ(Status, 0);
  auto Store = open();
  ASSERT_TRUE(putNumber(*Store, 7));
  EXPECT_EQ(getNumber(*Store, 7), Outcome::Hit);
}

TEST_F(DiskStoreTest, ThreadsShareOneStore) {
  auto Store = open();
  std::atomic<unsigned> Wrong = 0;
  std::vector<std::thread> Threads;
  for (unsigned W = 0; W != workers(); ++W)
    Threads.emplace_back([&, W] {
      for (unsigned I = 0; I != 100; ++I) {
        unsigned N = I % 2 ? I : 1000 * (W + 1) + I;
        if (!putNumber(*Store, N) || getNumber(*Store, N) != Outcome::Hit)
          ++Wrong;
      }
    });
  for (std::thread &T : Threads)
    T.join();
  EXPECT_EQ(Wrong, 0u);
  EXPECT_EQ(Store->counters().Hits, 100u * workers());
}

} // namespace
