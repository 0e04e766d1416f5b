//===- StoreStateTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "StoreState.h"
#include "gtest/gtest.h"
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <stdlib.h>

using namespace hapax;
using namespace hapax::store;
namespace fs = std::filesystem;

namespace {

StoreState sample(unsigned Removed) {
  StoreState State = StoreState::fresh();
  for (unsigned I = 0; I != Removed; ++I)
    State.Epochs[{I, ~uint64_t(I)}] = I + 1;
  return State;
}

TEST(StoreStateTest, RoundTrips) {
  for (unsigned Removed : {0u, 1u, 1024u}) {
    StoreState State = sample(Removed);
    auto Parsed = StoreState::parse(State.serialise());
    ASSERT_TRUE(Parsed);
    EXPECT_EQ(Parsed->Base, State.Base);
    EXPECT_EQ(Parsed->Epochs, State.Epochs);
  }
  EXPECT_FALSE(StoreState::parse(sample(1025).serialise()));
}

TEST(StoreStateTest, DamageIsFound) {
  std::string Good = sample(3).serialise();
  for (size_t Bit = 0; Bit != Good.size() * 8; ++Bit) {
    std::string Bad = Good;
    Bad[Bit / 8] ^= static_cast<char>(1 << Bit % 8);
    EXPECT_FALSE(StoreState::parse(Bad)) << Bit;
  }
  for (size_t Size = 0; Size != Good.size(); ++Size)
    EXPECT_FALSE(StoreState::parse(llvm::StringRef(Good).take_front(Size)));
  EXPECT_FALSE(StoreState::parse(Good + "x"));
}

TEST(StoreStateTest, EveryEpochHasItsOwnLookupKey) {
  std::set<Digest> Seen;
  for (uint64_t Key = 0; Key != 10; ++Key)
    for (uint64_t Epoch = 0; Epoch != 10; ++Epoch)
      EXPECT_TRUE(Seen.insert(StoreState::lookupKey({Key, 1}, Epoch)).second);
  EXPECT_EQ(StoreState::lookupKey({5, 6}, 0), (Digest{5, 6}));
}

class StoreFolderTest : public ::testing::Test {
protected:
  void SetUp() override {
    std::string Template = ::testing::TempDir() + "hapax-state-XXXXXX";
    ASSERT_NE(::mkdtemp(Template.data()), nullptr);
    Root = Template;
  }
  void TearDown() override { fs::remove_all(Root); }
  fs::path Root;
};

TEST_F(StoreFolderTest, LosingTheStateBeginsANewBase) {
  StoreFolder Folder(Root.string());
  EXPECT_FALSE(Folder.read());
  auto First = Folder.readOrCreate();
  ASSERT_TRUE(First);
  EXPECT_EQ(Folder.readOrCreate()->Base, First->Base);
  for (const char *Content : {"", "noise"}) {
    std::ofstream(Folder.statePath(), std::ios::trunc) << Content;
    auto Next = Folder.readOrCreate();
    ASSERT_TRUE(Next);
    EXPECT_NE(Next->Base, First->Base);
    EXPECT_EQ(Folder.read()->Base, Next->Base);
    First = Next;
  }
}

TEST_F(StoreFolderTest, TooManyRemovalsBeginANewBase) {
  StoreFolder Folder(Root.string());
  Digest Base = Folder.readOrCreate()->Base;
  auto Add = [&](unsigned Count) {
    return Folder.update([&](StoreState &State) {
      for (unsigned I = 0; I != Count; ++I)
        State.Epochs[{State.Epochs.size(), 7}] = 1;
      return true;
    });
  };
  EXPECT_EQ(Add(1024)->Base, Base);
  auto After = Add(1);
  ASSERT_TRUE(After);
  EXPECT_NE(After->Base, Base);
  EXPECT_TRUE(After->Epochs.empty());
}

TEST_F(StoreFolderTest, OnlyTheLastBrokenStorageIsKept) {
  StoreFolder Folder(Root.string());
  Digest First = Folder.readOrCreate()->Base;
  fs::create_directories(Folder.storagePath(First));
  Folder.moveAside(Digest{1, 2});
  EXPECT_EQ(Folder.read()->Base, First) << "of another base";
  Folder.moveAside(First);
  Digest Second = Folder.read()->Base;
  EXPECT_NE(Second, First);
  EXPECT_TRUE(fs::exists(Folder.path() + "/broken-" + First.hex()));
  // Within seconds the files are not to blame again.
  Folder.moveAside(Second);
  EXPECT_EQ(Folder.read()->Base, Second);
  Folder.removeOthers(Second, /*KeepBroken=*/true);
  EXPECT_TRUE(fs::exists(Folder.path() + "/broken-" + First.hex()));
  Folder.removeOthers(Second, /*KeepBroken=*/false);
  EXPECT_FALSE(fs::exists(Folder.path() + "/broken-" + First.hex()));
}

} // namespace
