//===- CrashGuardTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CrashGuard.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/Process.h"
#include "gtest/gtest.h"
#include <atomic>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace llvm;
using hapax::store::runGuarded;

namespace {

constexpr int Signals[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};

using Handler = void (*)(int);

Handler handlerOf(int Signal) {
  struct sigaction Action = {};
  sigaction(Signal, nullptr, &Action);
  return Action.sa_handler;
}

TEST(CrashGuardTest, SurvivesEachSignal) {
  for (int Signal : Signals) {
    Handler Before = handlerOf(Signal);
    EXPECT_FALSE(runGuarded([&] { raise(Signal); })) << Signal;
    EXPECT_EQ(handlerOf(Signal), Before) << "left as it was";
  }
  bool Ran = false;
  EXPECT_TRUE(runGuarded([&] { Ran = true; }));
  EXPECT_TRUE(Ran);
}

TEST(CrashGuardTest, SaysNothing) {
  testing::internal::CaptureStderr();
  EXPECT_FALSE(runGuarded([] { raise(SIGSEGV); }));
  EXPECT_FALSE(runGuarded([] { abort(); }));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

// A compiler driver runs the compiler within a recovery of its own. Ours must
// neither end that nor be passed over by it.
TEST(CrashGuardTest, NestsInTheRecoveryOfADriver) {
  CrashRecoveryContext::Enable();
  bool Reached = false, Caught = true;
  {
    CrashRecoveryContext Driver;
    EXPECT_TRUE(Driver.RunSafely([&] {
      Caught = runGuarded([] { raise(SIGSEGV); });
      Caught |= runGuarded([] { sys::Process::Exit(1); });
      Reached = true;
      EXPECT_EQ(CrashRecoveryContext::GetCurrent(), &Driver);
    }));
  }
  EXPECT_TRUE(Reached);
  EXPECT_FALSE(Caught);
  {
    // And still catches what is its own business.
    CrashRecoveryContext Driver;
    EXPECT_FALSE(Driver.RunSafely([] {
      (void)runGuarded([] {});
      raise(SIGSEGV);
    }));
  }
  CrashRecoveryContext::Disable();
}

TEST(CrashGuardTest, LeavesTheRecoveryOfOthersOn) {
  CrashRecoveryContext::Enable();
  Handler Theirs = handlerOf(SIGSEGV);
  EXPECT_FALSE(runGuarded([] { raise(SIGSEGV); }));
  EXPECT_EQ(handlerOf(SIGSEGV), Theirs);
  CrashRecoveryContext::Disable();
  EXPECT_NE(handlerOf(SIGSEGV), Theirs);
}

TEST(CrashGuardTest, CatchesExitWithoutADriver) {
  EXPECT_FALSE(runGuarded([] { sys::Process::Exit(3); }));
}

TEST(CrashGuardTest, ThreadsAreGuardedEachForItself) {
  Handler Before = handlerOf(SIGSEGV);
  std::atomic<unsigned> Survived = 0, Completed = 0;
  std::vector<std::thread> Threads;
  for (unsigned T = 0; T != 8; ++T)
    Threads.emplace_back([&, T] {
      for (unsigned I = 0; I != 500; ++I) {
        if ((T + I) % 3 == 0)
          Survived += !runGuarded([] { raise(SIGSEGV); });
        else
          Completed += runGuarded([] {});
      }
    });
  for (std::thread &T : Threads)
    T.join();
  EXPECT_EQ(Survived + Completed, 8u * 500);
  EXPECT_EQ(handlerOf(SIGSEGV), Before);
}

TEST(CrashGuardTest, CrashElsewhereIsStillACrash) {
  pid_t Pid = ::fork();
  if (Pid == 0) {
    std::atomic<bool> Inside = false;
    std::thread Guarded([&] {
      (void)runGuarded([&] {
        Inside = true;
        ::pause();
      });
    });
    while (!Inside)
      ;
    raise(SIGSEGV); // not on the guarded thread
    ::_exit(0);
  }
  int Status = 0;
  ::waitpid(Pid, &Status, 0);
  EXPECT_NE(Status, 0);
}

} // namespace
