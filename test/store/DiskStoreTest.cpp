//===- DiskStoreTest.cpp ----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DiskStoreTestSupport.h"

using namespace hapax;
using namespace hapax::test;

namespace {

TEST_F(DiskStoreTest, KeepsWhatItIsGivenForOtherProcesses) {
  ASSERT_EQ(inProcess([&] {
              auto Store = open();
              for (unsigned N = 0; N != 16; ++N)
                if (!putNumber(*Store, N))
                  return 1;
              // No close(): a compiler exits without.
              return 0;
            }),
            0);
  auto Store = open();
  for (unsigned N = 0; N != 16; ++N)
    EXPECT_EQ(getNumber(*Store, N), Outcome::Hit) << N;
  EXPECT_EQ(getNumber(*Store, 16), Outcome::Miss);
  TierCounters C = Store->counters();
  EXPECT_EQ(C.Hits, 16u);
  EXPECT_EQ(C.Misses, 1u);
  EXPECT_EQ(C.Errors, 0u);
}

TEST_F(DiskStoreTest, TellsWhatItKnowsOfAnEntry) {
  auto Store = open();
  Bytes Payload = payloadOf(7, 50000);
  ASSERT_TRUE(
      Store->put(keyOf(7), PayloadKind::Bitcode, Payload, /*CostMs=*/1234));
  Bytes Got;
  ContainerSink<Bytes> Into(Got);
  auto Answer = Store->get(keyOf(7), Into);
  ASSERT_TRUE(Answer && *Answer);
  EXPECT_EQ((*Answer)->Kind, PayloadKind::Bitcode);
  EXPECT_EQ((*Answer)->Size, Payload.size());
  EXPECT_LT((*Answer)->StoredSize, Payload.size());
  EXPECT_EQ((*Answer)->CostMs, 1234u);
  EXPECT_EQ((*Answer)->PayloadDigest, digestOf(Payload));
  EXPECT_EQ(*Store->contains(keyOf(7)), true);
  EXPECT_EQ(*Store->contains(keyOf(8)), false);
}

TEST_F(DiskStoreTest, StoresEqualPayloadsOnce) {
  Settings.Compress = CompressionPolicy::none();
  auto Store = open();
  Bytes Payload = payloadOf(1, 4 << 20);
  ASSERT_TRUE(Store->put(keyOf(1), PayloadKind::Object, Payload, 1));
  uint64_t Before = DiskStore::bytesOnDisk(Settings);
  for (unsigned N = 2; N != 20; ++N)
    ASSERT_TRUE(Store->put(keyOf(N), PayloadKind::Object, Payload, N));
  EXPECT_LT(DiskStore::bytesOnDisk(Settings), Before + (1 << 20));
  Bytes Got;
  ContainerSink<Bytes> Into(Got);
  auto Answer = Store->get(keyOf(19), Into);
  ASSERT_TRUE(Answer && *Answer);
  EXPECT_EQ(Got, Payload);
  EXPECT_EQ((*Answer)->CostMs, 19u);
}

TEST_F(DiskStoreTest, RemovedEntryIsAMissAndCanBeStoredAgain) {
  auto Store = open();
  for (unsigned Round = 0; Round != 5; ++Round) {
    Bytes Payload = payloadOf(100 + Round, 30000);
    ASSERT_TRUE(Store->put(keyOf(1), PayloadKind::Object, Payload, Round));
    ASSERT_TRUE(putNumber(*Store, 2));
    Bytes Got;
    ContainerSink<Bytes> Into(Got);
    auto Answer = Store->get(keyOf(1), Into);
    ASSERT_TRUE(Answer && *Answer);
    // Without the removal put() would have left the first payload.
    EXPECT_EQ(Got, Payload);
    ASSERT_TRUE(Store->remove(keyOf(1)));
    EXPECT_EQ(getNumber(*Store, 1), Outcome::Miss);
    // For every process.
    EXPECT_EQ(inProcess([&] {
                return getNumber(*open(), 1) == Outcome::Miss ? 0 : 1;
              }),
              0);
  }
  EXPECT_EQ(getNumber(*Store, 2), Outcome::Hit);
  EXPECT_TRUE(Store->remove(keyOf(999))) << "not there";
}

TEST_F(DiskStoreTest, RemovalByAnotherProcessIsSeen) {
  auto Store = open();
  ASSERT_TRUE(putNumber(*Store, 4));
  ASSERT_EQ(getNumber(*Store, 4), Outcome::Hit);
  ASSERT_EQ(inProcess([&] { return open()->remove(keyOf(4)) ? 0 : 1; }), 0);
  EXPECT_EQ(getNumber(*Store, 4), Outcome::Miss);
  ASSERT_TRUE(putNumber(*Store, 4));
  EXPECT_EQ(getNumber(*Store, 4), Outcome::Hit);
}

TEST_F(DiskStoreTest, ManyRemovalsNeverBringAnEntryBack) {
  auto Store = open();
  constexpr unsigned Count = 1030; // more than one state file remembers
  for (unsigned N = 0; N != Count; ++N)
    ASSERT_TRUE(Store->put(keyOf(N), PayloadKind::Object, payloadOf(N, 8), 1));
  unsigned Removed = 0;
  for (; Removed != Count && Store->remove(keyOf(Removed)); ++Removed)
    ;
  EXPECT_GT(Removed, 1000u);
  auto Next = open();
  for (unsigned N = 0; N != Removed; ++N) {
    Bytes Got;
    ContainerSink<Bytes> Into(Got);
    auto Answer = Next->get(keyOf(N), Into);
    ASSERT_TRUE(Answer) << Answer.error().Message;
    EXPECT_FALSE(*Answer) << N;
  }
}

TEST_F(DiskStoreTest, ReadOnlyReadsAndChangesNothing) {
  {
    Settings.ReadOnly = true;
    auto Nothing = DiskStore::open(Settings);
    ASSERT_FALSE(Nothing);
    EXPECT_EQ(Nothing.error().Reason, TierError::Kind::Unavailable);
    EXPECT_FALSE(std::filesystem::exists(Settings.Directory));
    Settings.ReadOnly = false;
  }
  ASSERT_TRUE(putNumber(*open(), 5));
  Settings.ReadOnly = true;
  auto Store = open();
  EXPECT_EQ(getNumber(*Store, 5), Outcome::Hit);
  auto Put = putNumber(*Store, 6);
  ASSERT_FALSE(Put);
  EXPECT_EQ(Put.error().Reason, TierError::Kind::ReadOnly);
  auto Removed = Store->remove(keyOf(5));
  ASSERT_FALSE(Removed);
  EXPECT_EQ(Removed.error().Reason, TierError::Kind::ReadOnly);
  EXPECT_EQ(getNumber(*Store, 6), Outcome::Miss);
  EXPECT_EQ(getNumber(*Store, 5), Outcome::Hit);
}

TEST_F(DiskStoreTest, ReadsEveryCompression) {
  for (auto Policy : {CompressionPolicy::none(), CompressionPolicy::automatic(),
                      CompressionPolicy::level(19)}) {
    Settings.Compress = Policy;
    auto Store = open();
    for (unsigned N = 0; N != 8; ++N)
      ASSERT_TRUE(Store->put(keyOf(N + 100 * Policy.Level + 1000),
                             PayloadKind::Object, payloadOf(N, 90000), 1));
  }
  Settings.Compress = CompressionPolicy::none();
  auto Store = open();
  for (int Level : {0, -1, 19})
    for (unsigned N = 0; N != 8; ++N) {
      Bytes Got;
      ContainerSink<Bytes> Into(Got);
      auto Answer = Store->get(keyOf(N + 100 * Level + 1000), Into);
      ASSERT_TRUE(Answer && *Answer);
      EXPECT_EQ(Got, payloadOf(N, 90000));
    }
}

TEST_F(DiskStoreTest, PassedDeadlineIsAnError) {
  auto Store = open();
  Bytes Got;
  ContainerSink<Bytes> Into(Got);
  auto Past = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  auto Answer = Store->get(keyOf(1), Into, Past);
  ASSERT_FALSE(Answer);
  EXPECT_EQ(Answer.error().Reason, TierError::Kind::Deadline);
}

TEST_F(DiskStoreTest, ClosedStoreIsUnavailable) {
  auto Store = open();
  ASSERT_TRUE(putNumber(*Store, 3));
  Store->close();
  Store->close();
  EXPECT_EQ(getNumber(*Store, 3), Outcome::Failed);
  auto Put = putNumber(*Store, 3);
  ASSERT_FALSE(Put);
  EXPECT_EQ(Put.error().Reason, TierError::Kind::Unavailable);
  EXPECT_EQ(getNumber(*open(), 3), Outcome::Hit);
}

TEST_F(DiskStoreTest, ReceiverThatRefusesIsNoDamage) {
  class : public Sink {
    std::span<std::byte> reserve(size_t) override { return {}; }
  } Refusing;
  auto Store = open();
  ASSERT_TRUE(putNumber(*Store, 3));
  auto Answer = Store->get(keyOf(3), Refusing);
  ASSERT_FALSE(Answer);
  EXPECT_EQ(Answer.error().Reason, TierError::Kind::Full);
  EXPECT_EQ(getNumber(*Store, 3), Outcome::Hit);
}

TEST_F(DiskStoreTest, OtherVersionIsLeftAlone) {
  namespace fs = std::filesystem;
  fs::create_directories(Settings.Directory + "/v0/cas");
  fs::create_directories(Settings.Directory + "/v2/cas");
  std::ofstream(Settings.Directory + "/v0/cas/state") << "older";
  std::ofstream(Settings.Directory + "/v2/cas/state") << "newer";
  {
    auto Store = open();
    ASSERT_TRUE(putNumber(*Store, 3));
    EXPECT_EQ(getNumber(*Store, 3), Outcome::Hit);
  }
  ASSERT_TRUE(DiskStore::clear(Settings));
  ASSERT_TRUE(DiskStore::prune(Settings, 0));
  for (auto [Version, Text] : {std::pair("v0", "older"), {"v2", "newer"}}) {
    std::string Read;
    std::ifstream(Settings.Directory + "/" + Version + "/cas/state") >> Read;
    EXPECT_EQ(Read, Text);
  }
}

} // namespace
