//===- RangeMapTest.cpp -----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Gpu/RangeMap.h"
#include <gtest/gtest.h>
#include <map>
#include <random>

using namespace hapax;

namespace {

using State = RangeMap::State;

TEST(RangeMapTest, BeginsAbsent) {
  RangeMap Map(4, 4096);
  EXPECT_EQ(Map.size(), 4u * 4096);
  EXPECT_EQ(Map.presentBytes(), 0u);
  EXPECT_EQ(Map.take(1), 0u);
  EXPECT_EQ(Map.check(), "");
}

TEST(RangeMapTest, RoundsUpToTheGranule) {
  RangeMap Map(4, 4096);
  EXPECT_EQ(Map.roundUp(0), 256u);
  EXPECT_EQ(Map.roundUp(256), 256u);
  EXPECT_EQ(Map.roundUp(257), 512u);
}

TEST(RangeMapTest, RefusesPagesThatAreNotAbsent) {
  RangeMap Map(4, 4096);
  EXPECT_TRUE(Map.add({1, 2}));
  EXPECT_FALSE(Map.add({1, 1}));
  EXPECT_FALSE(Map.add({0, 2}));
  EXPECT_FALSE(Map.add({3, 2}));
  EXPECT_FALSE(Map.add({0, 0}));
  EXPECT_FALSE(Map.add({UINT64_MAX, 2}));
  EXPECT_EQ(Map.presentBytes(), 2u * 4096);
  EXPECT_EQ(Map.check(), "");
}

TEST(RangeMapTest, RefusesWhatIsNotTaken) {
  RangeMap Map(2, 4096);
  Map.add({0, 1});
  auto N = Map.take(100);
  ASSERT_NE(N, 0u);
  EXPECT_FALSE(Map.give(0));
  EXPECT_FALSE(Map.give(N + 1));
  EXPECT_FALSE(Map.give(999));
  EXPECT_TRUE(Map.give(N));
  EXPECT_FALSE(Map.give(N));
  EXPECT_EQ(Map.check(), "");
}

TEST(RangeMapTest, ARangeCrossesPagesThatAreSideBySide) {
  RangeMap Map(4, 4096);
  Map.add({1, 1});
  Map.add({2, 1});
  auto N = Map.take(8192);
  ASSERT_NE(N, 0u);
  EXPECT_EQ(Map.offset(N), 4096u);
  EXPECT_EQ(Map.takenIn(1), 4096u);
  EXPECT_EQ(Map.takenIn(2), 4096u);
  EXPECT_FALSE(Map.drop(1));
  Map.give(N);
  EXPECT_TRUE(Map.drop(1));
  EXPECT_FALSE(Map.drop(1));
  EXPECT_EQ(Map.take(8192), 0u);
  EXPECT_EQ(Map.check(), "");
}

TEST(RangeMapTest, GrowsBesideWhatIsFree) {
  RangeMap Map(8, 4096);
  auto Where = Map.whereToGrow(3 * 4096);
  ASSERT_TRUE(Where);
  EXPECT_EQ(Where->Count, 3u);
  Map.add({2, 1});
  auto N = Map.take(256);
  // Most of page 2 is free: what is missing is less than two pages.
  EXPECT_EQ(Map.whereToGrow(2 * 4096)->Count, 2u);
  Where = Map.whereToGrow(2 * 4096 - 256);
  ASSERT_TRUE(Where);
  EXPECT_EQ(Where->First, 3u);
  EXPECT_EQ(Where->Count, 1u);
  Map.add({3, 5});
  EXPECT_EQ(Map.whereToGrow(3 * 4096), std::nullopt);
  EXPECT_EQ(Map.whereToGrow(2 * 4096)->First, 0u);
  EXPECT_EQ(Map.whereToGrow(UINT64_MAX), std::nullopt);
  Map.give(N);
  // A gap between free pages need be no larger than the gap.
  Map.drop(4);
  Where = Map.whereToGrow(6 * 4096);
  ASSERT_TRUE(Where);
  EXPECT_EQ(Where->First, 4u);
  EXPECT_EQ(Where->Count, 1u);
}

TEST(RangeMapTest, GivesOutNothingOfAHeldPage) {
  RangeMap Map(2, 4096);
  Map.add({0, 2});
  auto A = Map.take(1024), B = Map.take(1024);
  Map.hold(0);
  EXPECT_EQ(Map.check(), "");
  auto C = Map.take(4096);
  ASSERT_NE(C, 0u);
  EXPECT_EQ(Map.offset(C), 4096u);
  EXPECT_EQ(Map.take(256), 0u);
  Map.give(A);
  Map.hold(0);
  EXPECT_EQ(Map.take(256), 0u);
  Map.give(B);
  Map.unhold(0);
  EXPECT_EQ(Map.check(), "");
  EXPECT_NE(Map.take(4096), 0u);
}

TEST(RangeMapTest, HoldsThePartOfOneRangeThatLiesInAPage) {
  RangeMap Map(3, 4096);
  Map.add({0, 3});
  auto A = Map.take(2048), B = Map.take(4096), C = Map.take(6144);
  Map.hold(A, 0); // taken: nothing to hold
  Map.hold(9, 0);
  auto Free = Map.give(B);
  ASSERT_NE(Free, 0u);
  EXPECT_EQ(Map.bytes(Free), 4096u);
  Map.hold(Free, 2);
  Map.hold(Free, 7);
  EXPECT_EQ(Map.take(4097), 0u);
  Map.hold(Free, 0);
  EXPECT_EQ(Map.check(), "");
  EXPECT_EQ(Map.take(2049), 0u);
  Free = Map.give(C);
  EXPECT_EQ(Map.bytes(Free), 2048u + 6144);
  Map.unhold(0);
  EXPECT_NE(Map.give(A), 0u);
  EXPECT_EQ(Map.bytes(Map.first(0)), 3u * 4096);
  EXPECT_EQ(Map.check(), "");
}

TEST(RangeMapTest, FindsTheLastRangeThatFits) {
  // All free ranges are of one class, and the only one that is large enough is
  // behind more of them than a usual search looks at.
  RangeMap Map(64, 65536);
  std::vector<RangeMap::Node> Large;
  Map.add({0, 64});
  std::vector<RangeMap::Node> Holes;
  for (int I = 0; I != 40; ++I) {
    Holes.push_back(Map.take(I == 0 ? 65536 + 1024 : 65536 + 256));
    Map.take(256);
  }
  while (Map.take(256))
    ;
  for (auto N : Holes)
    Map.give(N);
  EXPECT_NE(Map.take(65536 + 512), 0u);
  EXPECT_EQ(Map.take(65536 + 512), 0u);
  EXPECT_EQ(Map.check(), "");
}

/// Against a map of bytes: ranges never overlap, lie where there is memory, and
/// a range that is refused has no place in memory that is free.
TEST(RangeMapTest, BehavesLikeAPlainMap) {
  for (unsigned Seed = 0; Seed != 8; ++Seed) {
    std::mt19937_64 Random(Seed);
    constexpr uint64_t Pages = 12, PageBytes = 4096;
    RangeMap Map(Pages, PageBytes);
    std::map<RangeMap::Node, std::pair<uint64_t, uint64_t>> Taken;
    std::vector<bool> Present(Pages), Held(Pages);
    auto isFree = [&](uint64_t Granule) {
      uint64_t Page = Granule * 256 / PageBytes;
      if (!Present[Page] || Held[Page])
        return false;
      for (auto &[N, R] : Taken)
        if (Granule * 256 >= R.first && Granule * 256 < R.first + R.second)
          return false;
      return true;
    };
    auto largestFree = [&] {
      uint64_t Best = 0, Run = 0;
      for (uint64_t G = 0; G != Pages * PageBytes / 256; ++G) {
        Run = isFree(G) ? Run + 256 : 0;
        Best = std::max(Best, Run);
      }
      return Best;
    };
    for (int Step = 0; Step != 1500; ++Step) {
      uint64_t Page = Random() % Pages;
      switch (Random() % 8) {
      case 0:
        if (!Held[Page] && Map.add({Page, 1})) {
          EXPECT_FALSE(Present[Page]);
          Present[Page] = true;
        }
        break;
      case 1:
        if (!Held[Page] && Map.drop(Page)) {
          EXPECT_TRUE(Present[Page]);
          Present[Page] = false;
        }
        break;
      case 2:
        if (Random() % 4 == 0) {
          Map.hold(Page);
          Held[Page] = Present[Page] || Held[Page];
        } else {
          for (uint64_t P = 0; P != Pages; ++P) {
            Map.unhold(P);
            Held[P] = false;
          }
        }
        break;
      case 3:
      case 4:
        if (!Taken.empty()) {
          auto It = std::next(Taken.begin(), Random() % Taken.size());
          EXPECT_TRUE(Map.give(It->first));
          Taken.erase(It);
          // What is given back to a held page is held on request only.
          for (uint64_t P = 0; P != Pages; ++P)
            if (Held[P])
              Map.hold(P);
        }
        break;
      default: {
        uint64_t Size = 1 + Random() % (Random() % 4 ? 1500 : 9000);
        auto N = Map.take(Size);
        uint64_t Rounded = Map.roundUp(Size);
        if (N == 0) {
          EXPECT_LT(largestFree(), Rounded);
          break;
        }
        EXPECT_EQ(Map.bytes(N), Rounded);
        EXPECT_EQ(Map.state(N), State::Taken);
        for (uint64_t At = Map.offset(N); At != Map.offset(N) + Rounded;
             At += 256)
          ASSERT_TRUE(isFree(At / 256));
        Taken[N] = {Map.offset(N), Rounded};
      }
      }
      ASSERT_EQ(Map.check(), "") << "seed " << Seed << ", step " << Step;
    }
  }
}

} // namespace
