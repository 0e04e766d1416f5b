//===- DiskStoreMaintenanceTest.cpp - Verify, prune, clear, limits -*- C++ -*-//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DiskStoreTestSupport.h"

using namespace hapax;
using namespace hapax::test;
namespace fs = std::filesystem;

namespace {

void putMany(DiskStore &Store, unsigned From, unsigned To) {
  for (unsigned N = From; N != To; ++N)
    ASSERT_TRUE(putNumber(Store, N));
}

TEST_F(DiskStoreTest, VerifyFindsNothingInASoundStore) {
  EXPECT_EQ(DiskStore::verify(Settings)->Checked, 0u) << "no store at all";
  auto Store = open();
  putMany(*Store, 0, 50);
  ASSERT_TRUE(Store->remove(keyOf(3)));
  ASSERT_TRUE(Store->remove(keyOf(4)));
  ASSERT_TRUE(putNumber(*Store, 4));
  uint64_t Calls = 0, Last = 0, Total = 0;
  auto Result =
      DiskStore::verify(Settings, [&](uint64_t Checked, uint64_t All) {
        ++Calls;
        Last = Checked;
        Total = All;
      });
  ASSERT_TRUE(Result) << Result.error().Message;
  EXPECT_EQ(Result->Checked, 49u);
  EXPECT_EQ(Result->Bad, 0u);
  EXPECT_FALSE(Result->Rebuilt);
  EXPECT_EQ(Calls, 49u);
  EXPECT_EQ(Last, 49u);
  EXPECT_EQ(Total, 49u);
}

TEST_F(DiskStoreTest, VerifyRemovesWhatIsBadAndOnlyThat) {
  Settings.Compress = CompressionPolicy::none();
  putMany(*open(), 0, 40);
  // Damage the first bytes of every payload file, and one header in the pool.
  unsigned Damaged = 0;
  for (const fs::path &File : files()) {
    if (File.filename().string().starts_with("leaf")) {
      std::fstream(File, std::ios::in | std::ios::out) << "damage";
      ++Damaged;
    } else if (File.filename() == "data.v1") {
      std::fstream Pool(File, std::ios::in | std::ios::out);
      std::string Start(1 << 20, '\0');
      Pool.read(Start.data(), Start.size());
      size_t At = Start.find("HPXE");
      ASSERT_NE(At, std::string::npos);
      Pool.seekp(At + 5);
      Pool.put('?');
      ++Damaged;
    }
  }
  ASSERT_GT(Damaged, 5u);
  auto Result = DiskStore::verify(Settings);
  ASSERT_TRUE(Result) << Result.error().Message;
  EXPECT_EQ(Result->Checked, 40u);
  EXPECT_EQ(Result->Bad, Damaged);
  EXPECT_FALSE(Result->Rebuilt);

  Result = DiskStore::verify(Settings);
  ASSERT_TRUE(Result) << Result.error().Message;
  EXPECT_EQ(Result->Checked, 40u - Damaged);
  EXPECT_EQ(Result->Bad, 0u);
  auto Store = open();
  unsigned Hits = 0;
  for (unsigned N = 0; N != 40; ++N) {
    Outcome Got = getNumber(*Store, N);
    EXPECT_TRUE(Got == Outcome::Hit || Got == Outcome::Miss) << N;
    Hits += Got == Outcome::Hit;
  }
  EXPECT_EQ(Hits, 40u - Damaged);
  putMany(*Store, 0, 40);
  for (unsigned N = 0; N != 40; ++N)
    EXPECT_EQ(getNumber(*Store, N), Outcome::Hit) << N;
}

TEST_F(DiskStoreTest, VerifyRebuildsWhatCannotBeRead) {
  ASSERT_EQ(inProcess([&] { return putNumber(*open(), 1) ? 0 : 1; }), 0);
  for (const fs::path &File : files())
    if (File.filename() == "index.v1" || File.filename() == "actions.v1") {
      // All of it but the header that says what it is.
      std::fstream Index(File, std::ios::in | std::ios::out);
      Index.seekp(256);
      for (unsigned I = 0; I != 100000; ++I)
        Index.put(static_cast<char>(I * 77 + 13));
    }
  auto Result = DiskStore::verify(Settings);
  ASSERT_TRUE(Result) << Result.error().Message;
  EXPECT_TRUE(Result->Rebuilt);
  auto Store = open();
  EXPECT_EQ(getNumber(*Store, 1), Outcome::Miss);
  ASSERT_TRUE(putNumber(*Store, 1));
  EXPECT_EQ(getNumber(*Store, 1), Outcome::Hit);
  Result = DiskStore::verify(Settings);
  ASSERT_TRUE(Result);
  EXPECT_FALSE(Result->Rebuilt);
}

TEST_F(DiskStoreTest, VerifyReadsOlderGenerations) {
  Settings.SizeLimit = 2 << 20;
  ASSERT_EQ(inProcess([&] {
              auto Store = open();
              putMany(*Store, 0, 60);
              Store->close();
              return 0;
            }),
            0);
  ASSERT_EQ(inProcess([&] {
              auto Store = open();
              // One old entry moves up, and one new one.
              return getNumber(*Store, 7) == Outcome::Hit &&
                             putNumber(*Store, 1000)
                         ? 0
                         : 1;
            }),
            0);
  auto Result = DiskStore::verify(Settings);
  ASSERT_TRUE(Result) << Result.error().Message;
  EXPECT_EQ(Result->Checked, 61u);
  EXPECT_EQ(Result->Bad, 0u);
  // Damage of the old generation is found, too.
  unsigned Damaged = 0;
  for (const fs::path &File : files())
    if (File.filename().string().starts_with("leaf") &&
        File.parent_path().filename() == "v1.1") {
      std::fstream(File, std::ios::in | std::ios::out) << "damage";
      ++Damaged;
    }
  ASSERT_GT(Damaged, 0u);
  Result = DiskStore::verify(Settings);
  ASSERT_TRUE(Result) << Result.error().Message;
  EXPECT_FALSE(Result->Rebuilt);
  // The entry that moved up has a copy of its own.
  EXPECT_GE(Result->Bad, Damaged - 1);
  EXPECT_LE(Result->Bad, Damaged);
  EXPECT_EQ(DiskStore::verify(Settings)->Bad, 0u);
}

TEST_F(DiskStoreTest, ReadOnlyVerifyRemovesNothing) {
  putMany(*open(), 0, 20);
  for (const fs::path &File : files())
    if (File.filename().string().starts_with("leaf"))
      std::fstream(File, std::ios::in | std::ios::out) << "damage";
  Settings.ReadOnly = true;
  auto First = DiskStore::verify(Settings);
  ASSERT_TRUE(First);
  EXPECT_GT(First->Bad, 0u);
  EXPECT_EQ(DiskStore::verify(Settings)->Bad, First->Bad);
}

TEST_F(DiskStoreTest, SizeLimitHoldsOverManyProcesses) {
  Settings.SizeLimit = 8 << 20;
  Settings.Compress = CompressionPolicy::none();
  uint64_t Largest = 0;
  for (unsigned P = 0; P != 20; ++P) {
    ASSERT_EQ(inProcess([&] {
                auto Store = open();
                for (unsigned I = 0; I != 20; ++I)
                  if (!Store->put(keyOf(100 * P + I), PayloadKind::Object,
                                  payloadOf(100 * P + I, 100000), 1))
                    return 1;
                Store->close();
                return 0;
              }),
              0);
    Largest = std::max(Largest, DiskStore::bytesOnDisk(Settings));
  }
  // 40 MB were put. Each of the two generations may exceed its half by what one
  // process puts, and LLVM's tables take blocks of their own.
  EXPECT_LT(Largest, 20u << 20);
  // The newest are there.
  Bytes Got;
  ContainerSink<Bytes> Into(Got);
  auto Answer = open()->get(keyOf(1919), Into);
  ASSERT_TRUE(Answer && *Answer);
  EXPECT_EQ(Got, payloadOf(1919, 100000));
}

TEST_F(DiskStoreTest, SizeLimitHoldsWhileOthersHaveItOpen) {
  Settings.SizeLimit = 8 << 20;
  Settings.Compress = CompressionPolicy::none();
  // A process that has the store open all the time, as in a parallel build.
  int Ends[2];
  ASSERT_EQ(::pipe(Ends), 0);
  pid_t Other = ::fork();
  if (Other == 0) {
    ::close(Ends[1]);
    auto Store = open();
    char Byte;
    (void)!::read(Ends[0], &Byte, 1);
    ::_exit(0);
  }
  ::close(Ends[0]);
  ::usleep(100000);
  uint64_t Largest = 0;
  for (unsigned P = 0; P != 40; ++P) {
    ASSERT_EQ(inProcess([&] {
                auto Store = open();
                for (unsigned I = 0; I != 20; ++I)
                  if (!Store->put(keyOf(100 * P + I), PayloadKind::Object,
                                  payloadOf(100 * P + I, 100000), 1))
                    return 1;
                Store->close();
                return 0;
              }),
              0);
    Largest = std::max(Largest, DiskStore::bytesOnDisk(Settings));
  }
  ::close(Ends[1]);
  ::waitpid(Other, nullptr, 0);
  EXPECT_LT(Largest, 50u << 20); // of 80 MB put
}

TEST_F(DiskStoreTest, EntriesInUseSurviveANewGeneration) {
  Settings.SizeLimit = 4 << 20;
  auto Fill = [&](unsigned From) {
    return inProcess([&] {
      auto Store = open();
      if (getNumber(*Store, 7) == Outcome::Miss && !putNumber(*Store, 7))
        return 1;
      for (unsigned N = From; N != From + 100; ++N)
        if (!putNumber(*Store, N))
          return 2;
      Store->close();
      return 0;
    });
  };
  for (unsigned Round = 0; Round != 8; ++Round)
    ASSERT_EQ(Fill(1000 * (Round + 1)), 0);
  auto Store = open();
  EXPECT_EQ(getNumber(*Store, 7), Outcome::Hit) << "used in each round";
  EXPECT_EQ(getNumber(*Store, 1000), Outcome::Miss) << "used in the first only";
}

TEST_F(DiskStoreTest, PruneReachesItsTarget) {
  auto Nothing = DiskStore::prune(Settings, 0);
  ASSERT_TRUE(Nothing);
  EXPECT_EQ(Nothing->BytesBefore, 0u);
  putMany(*open(), 0, 100);
  uint64_t Before = DiskStore::bytesOnDisk(Settings);
  auto Result = DiskStore::prune(Settings, Before);
  ASSERT_TRUE(Result);
  EXPECT_EQ(Result->BytesAfter, Before);
  EXPECT_EQ(getNumber(*open(), 5), Outcome::Hit);
  Result = DiskStore::prune(Settings, 1 << 20);
  ASSERT_TRUE(Result) << Result.error().Message;
  EXPECT_EQ(Result->BytesBefore, Before);
  EXPECT_LE(Result->BytesAfter, 1u << 20);
  auto Store = open();
  EXPECT_EQ(getNumber(*Store, 5), Outcome::Miss);
  ASSERT_TRUE(putNumber(*Store, 5));
  EXPECT_EQ(getNumber(*Store, 5), Outcome::Hit);
}

TEST_F(DiskStoreTest, ClearRemovesEverything) {
  ASSERT_TRUE(DiskStore::clear(Settings)) << "nothing there";
  auto Old = open();
  putMany(*Old, 0, 30);
  ASSERT_TRUE(DiskStore::clear(Settings));
  EXPECT_LT(DiskStore::bytesOnDisk(Settings), 64u << 10);
  EXPECT_EQ(getNumber(*Old, 5), Outcome::Failed) << "opened before";
  auto Store = open();
  EXPECT_EQ(getNumber(*Store, 5), Outcome::Miss);
  ASSERT_TRUE(putNumber(*Store, 5));
  EXPECT_EQ(getNumber(*Store, 5), Outcome::Hit);
  Settings.ReadOnly = true;
  EXPECT_FALSE(DiskStore::clear(Settings));
  EXPECT_FALSE(DiskStore::prune(Settings, 0));
}

TEST_F(DiskStoreTest, EntryLargerThanTheLimitAllowsIsRefused) {
  Settings.SizeLimit = 1 << 20;
  Settings.Compress = CompressionPolicy::none();
  auto Put =
      open()->put(keyOf(1), PayloadKind::Object, payloadOf(1, 600 << 10), 1);
  ASSERT_FALSE(Put);
  EXPECT_EQ(Put.error().Reason, TierError::Kind::Full);
}

} // namespace
