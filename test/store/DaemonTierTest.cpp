//===- DaemonTierTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/DaemonTier.h"
#include "../ipc/IpcTestSupport.h"
#include "gtest/gtest.h"

using namespace hapax;
using Kind = TierError::Kind;

namespace {

TEST(DaemonTierTest, WithoutADaemonItHasAndTakesNothing) {
  TestFolder Folder;
  DaemonTier Absent(patientClient(Folder.socket()), /*ReadOnly=*/false);
  EXPECT_TRUE(misses(Absent, 1));
  auto Put = put(Absent, 1, 10);
  ASSERT_FALSE(Put);
  EXPECT_EQ(Put.error().Reason, Kind::Unavailable);
  EXPECT_EQ(Absent.contains(keyOf(1)), false);
  EXPECT_TRUE(Absent.remove(keyOf(1)));
  EXPECT_EQ(Absent.counters().Errors, 0u);
}

TEST(DaemonTierTest, NobodyIsConnectedBeforeTheFirstCall) {
  TestServer Server;
  DaemonTier Tier(patientClient(Server.socket()), /*ReadOnly=*/false);
  EXPECT_EQ(Tier.counters().Errors, 0u);
  EXPECT_EQ(Server.statistics().ClientsEver, 0u);
  EXPECT_TRUE(misses(Tier, 1));
  EXPECT_EQ(Server.statistics().ClientsEver, 1u);
  EXPECT_TRUE(put(Tier, 1, 1000));
  EXPECT_TRUE(holds(Tier, 1, 1000));
  EXPECT_EQ(Server.statistics().ClientsEver, 1u);
  EXPECT_EQ(Tier.counters().Hits, 1u);
  EXPECT_EQ(Tier.counters().Misses, 1u);
  EXPECT_TRUE(Tier.remove(keyOf(1)));
  EXPECT_EQ(Tier.contains(keyOf(1)), false);
}

TEST(DaemonTierTest, ReadOnlyChangesNothing) {
  TestServer Server;
  auto Writer = Server.connect();
  ASSERT_TRUE(Writer && put(*Writer, 1, 1000));
  DaemonTier Tier(patientClient(Server.socket()), /*ReadOnly=*/true);
  EXPECT_TRUE(holds(Tier, 1, 1000));
  auto Put = put(Tier, 2, 1000), Removed = Tier.remove(keyOf(1));
  ASSERT_FALSE(Put || Removed);
  EXPECT_EQ(Put.error().Reason, Kind::ReadOnly);
  EXPECT_EQ(Removed.error().Reason, Kind::ReadOnly);
  EXPECT_TRUE(holds(*Writer, 1, 1000));
  EXPECT_TRUE(misses(*Writer, 2));
}

TEST(DaemonTierTest, OneThatMayNotBeTalkedToIsAnErrorOfEachCall) {
  TestFolder Folder;
  ASSERT_EQ(::chmod(Folder.path().c_str(), 0755), 0);
  DaemonTier Tier(patientClient(Folder.socket()), /*ReadOnly=*/false);
  for (int Call = 0; Call != 2; ++Call) {
    auto Has = Tier.contains(keyOf(1));
    ASSERT_FALSE(Has);
    EXPECT_EQ(Has.error().Reason, Kind::Unavailable);
  }
  EXPECT_EQ(Tier.counters().Errors, 1u);
}

TEST(DaemonTierTest, ManyAreFetchedAtOnceAndOneMayWait) {
  TestServer Server;
  DaemonClientOptions Options = patientClient(Server.socket());
  Options.LeaseWait = TestPatience;
  DaemonTier Maker(Options, false), Other(Options, false);
  ASSERT_TRUE(misses(Maker, 1));
  EXPECT_EQ(Server.statistics().Leases, 1u);

  ASSERT_TRUE(put(Maker, 1, 100) && put(Maker, 2, 200));
  Bytes A, B, C;
  ContainerSink IntoA(A), IntoB(B), IntoC(C);
  Tier::Request All[] = {
      {keyOf(1), &IntoA}, {keyOf(2), &IntoB}, {keyOf(3), &IntoC}};
  auto Answers = Other.getMany(All);
  ASSERT_EQ(Answers.size(), 3u);
  ASSERT_TRUE(Answers[0] && *Answers[0] && Answers[1] && *Answers[1]);
  EXPECT_TRUE(same(A, payloadOf(1, 100)) && same(B, payloadOf(2, 200)));
  EXPECT_TRUE(Answers[2] && !*Answers[2]);
}

TEST(DaemonTierTest, ThreadsShareOneConnection) {
  TestServer Server;
  DaemonTier Tier(patientClient(Server.socket()), false);
  std::vector<std::jthread> Threads;
  for (uint64_t T = 0; T != 4; ++T)
    Threads.emplace_back([&, T] {
      EXPECT_TRUE(put(Tier, T, 500));
      EXPECT_TRUE(holds(Tier, T, 500));
    });
  Threads.clear();
  EXPECT_EQ(Server.statistics().ClientsEver, 1u);
}

} // namespace
