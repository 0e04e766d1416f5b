//===- HostMemoryTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DeviceContract.h"
#include "gmock/gmock.h"

using namespace hapax;
using namespace hapax::test;
using Kind = DeviceError::Kind;

namespace {

constexpr uint64_t Slab = uint64_t(2) << 20;

INSTANTIATE_TEST_SUITE_P(Host, DeviceContractTest,
                         ::testing::Values(Implementation{
                             "host", [] { return openHostMemory(64 * Slab); }}),
                         [](const auto &Info) { return Info.param.Name; });

TEST(HostMemoryTest, OffersNoMoreThanItWasGiven) {
  auto Memory = openHostMemory(3 * Slab);
  EXPECT_FALSE(Memory->capabilities().IsGpu);
  EXPECT_EQ(Memory->capabilities().TotalBytes, 3 * Slab);
  // Address space is not memory.
  uint64_t Base = Memory->reserve(100 * Slab).value_or(0);
  EXPECT_EQ(Memory->freeBytes(), 3 * Slab);
  EXPECT_TRUE(Memory->map(Base, 2 * Slab));
  EXPECT_EQ(Memory->freeBytes(), Slab);
  EXPECT_EQ(kindOf(Memory->map(Base + 10 * Slab, 2 * Slab)), Kind::OutOfMemory);
  EXPECT_EQ(Memory->freeBytes(), Slab);
  EXPECT_TRUE(Memory->map(Base + 10 * Slab, Slab));
  EXPECT_EQ(Memory->freeBytes(), 0u);
  EXPECT_TRUE(Memory->unmap(Base, 2 * Slab));
  EXPECT_TRUE(Memory->unmap(Base + 10 * Slab, Slab));
  EXPECT_EQ(Memory->freeBytes(), 3 * Slab);
}

TEST(HostMemoryTest, MoreAddressesThanThereAreAreAnError) {
  auto Memory = openHostMemory(Slab);
  EXPECT_EQ(kindOf(Memory->reserve(uint64_t(1) << 60)), Kind::OutOfMemory);
  EXPECT_EQ(kindOf(Memory->reserve(UINT64_MAX - Slab + 1)), Kind::Refused);
  EXPECT_TRUE(Memory->reserve(Slab));
}

TEST(HostMemoryTest, RangesAreAtMostAFixedNumber) {
  auto Memory = openHostMemory(Slab);
  unsigned Count = 0;
  while (Memory->reserve(Slab))
    ASSERT_LT(++Count, 1000u);
  EXPECT_EQ(kindOf(Memory->reserve(Slab)), Kind::Refused);
  EXPECT_GE(Count, 16u);
}

TEST(HostMemoryTest, NamesWhatIsStillMappedAtItsEnd) {
  auto Memory = openHostMemory(4 * Slab);
  uint64_t Base = Memory->reserve(4 * Slab).value_or(0);
  ASSERT_TRUE(Memory->map(Base, 2 * Slab));
  ::testing::internal::CaptureStderr();
  Memory = nullptr;
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::ContainsRegex(
                  "still held at its end:\nmapping of 4194304 bytes, held for "
                  "[0-9]+ ms\n$"));
}

TEST(HostMemoryTest, EveryKindOfErrorHasAName) {
  std::set<std::string_view> Names;
  for (unsigned I = 0; I <= unsigned(Kind::Lost); ++I)
    Names.insert(name(Kind(I)));
  EXPECT_EQ(Names.size(), unsigned(Kind::Lost) + 1);
  EXPECT_FALSE(Names.contains("unknown"));
}

TEST(DeviceErrorTest, OnlyAMachineWithoutADeviceLacksOne) {
  std::set<Kind> Absences;
  for (int I = 0; I <= int(Kind::Lost); ++I)
    if (isAbsence(Kind(I)))
      Absences.insert(Kind(I));
  EXPECT_EQ(Absences, (std::set{Kind::NoDriver, Kind::NoDevice}));
}

} // namespace
