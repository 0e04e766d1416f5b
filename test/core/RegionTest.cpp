//===- RegionTest.cpp -------------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "BufferCheck.h"
#include "gtest/gtest.h"
#include <limits>

using namespace hapax;
using hapax::test::fits;

namespace {

constexpr uint64_t Most = std::numeric_limits<uint64_t>::max();
/// Around small bounds, around half of all addresses, and where sums wrap.
constexpr uint64_t Numbers[] = {
    0, 1, 2, 3, 4, Most / 2, Most / 2 + 1, Most - 3, Most - 2, Most - 1, Most};

TEST(RegionTest, EveryRangeOfEveryRegionIsJudgedRight) {
  for (uint64_t Address : Numbers)
    for (uint64_t Capacity : Numbers) {
      auto Empty = DeviceRegion::create(Address, Capacity);
      ASSERT_EQ(Empty.has_value(), fits(Address, Capacity, Most));
      if (!Empty)
        continue;
      for (uint64_t Length : Numbers) {
        DeviceRegion Region = *Empty;
        auto First = Region.append(Length);
        ASSERT_EQ(First.has_value(), Length <= Capacity);
        if (!First)
          continue;
        ASSERT_EQ(*First, Address);
        ASSERT_EQ(Region.length(), Length);
        ASSERT_EQ(Region.remaining(), Capacity - Length);
        ASSERT_EQ(Region.isFull(), Length == Capacity);
        for (uint64_t Offset : Numbers)
          for (uint64_t Size : Numbers) {
            bool Filled = fits(Offset, Size, Length);
            auto Read = Region.read(Offset, Size);
            ASSERT_EQ(Read.has_value(), Filled);
            auto Slice = Region.slice(Offset, Size);
            ASSERT_EQ(Slice.has_value(), Filled);
            if (Filled) {
              ASSERT_EQ(*Read, Address + Offset);
              ASSERT_EQ(Slice->address(), Address + Offset);
              ASSERT_EQ(Slice->capacity(), Size);
              ASSERT_EQ(Slice->length(), Size);
            }
            DeviceRegion Written = Region;
            auto Write = Written.write(Offset, Size);
            bool Open = Offset <= Length && fits(Offset, Size, Capacity);
            ASSERT_EQ(Write.has_value(), Open);
            if (Open) {
              ASSERT_EQ(*Write, Address + Offset);
            }
            ASSERT_EQ(Written.length(),
                      Open ? std::max(Length, Offset + Size) : Length);
            ASSERT_EQ(Written.address(), Address);
            ASSERT_EQ(Written.capacity(), Capacity);
          }
      }
    }
}

TEST(RegionTest, CopiesNeedBothRegions) {
  constexpr uint64_t To = 1000, From = 5000;
  for (uint64_t Length : {0, 2, 4})
    for (uint64_t ToOffset : Numbers)
      for (uint64_t FromOffset : Numbers)
        for (uint64_t Size : Numbers) {
          DeviceRegion Target = *DeviceRegion::create(To, 4);
          DeviceRegion Source = *DeviceRegion::create(From, 4);
          ASSERT_TRUE(Target.append(Length) && Source.append(3));
          auto Plan = Target.copy(ToOffset, Source, FromOffset, Size);
          bool Good = ToOffset <= Length && fits(ToOffset, Size, 4) &&
                      fits(FromOffset, Size, 3);
          ASSERT_EQ(Plan.has_value(), Good);
          if (Good) {
            ASSERT_EQ(Plan->To, To + ToOffset);
            ASSERT_EQ(Plan->From, From + FromOffset);
            ASSERT_EQ(Plan->Size, Size);
          }
          ASSERT_EQ(Target.length(),
                    Good ? std::max(Length, ToOffset + Size) : Length);
          ASSERT_EQ(Source.length(), 3u);
        }
}

TEST(RegionTest, CopiesWithinOneRegion) {
  DeviceRegion Region = *DeviceRegion::create(64, 8);
  ASSERT_TRUE(Region.append(4));
  auto Plan = Region.copy(4, Region, 0, 4);
  ASSERT_TRUE(Plan);
  EXPECT_EQ(Plan->To, 68u);
  EXPECT_EQ(Plan->From, 64u);
  EXPECT_TRUE(Region.isFull());
  Region.clear();
  EXPECT_EQ(Region.length(), 0u);
}

} // namespace
