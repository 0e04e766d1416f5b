//===- BufferTest.cpp -------------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "BufferCheck.h"
#include "gtest/gtest.h"
#include <array>
#include <limits>
#include <random>

using namespace hapax;
using namespace hapax::test;

namespace {

constexpr uint64_t Most = std::numeric_limits<uint64_t>::max();
/// Around every bound that a capacity of up to 3 has, and where sums wrap.
constexpr uint64_t Offsets[] = {0, 1, 2, 3, 4, Most - 1, Most};
constexpr size_t Sizes[] = {0, 1, 2, 4};

/// Every mutating call with arguments from the lists, by number.
class Calls {
public:
  Calls() {
    std::array<std::byte, 3> Held = {std::byte(7), std::byte(8), std::byte(9)};
    SourceMemory = Held;
    Source.reserve(3);
  }
  static constexpr unsigned Count =
      2 + std::size(Offsets) * (2 + std::size(Sizes)) +
      std::size(Offsets) * std::size(Offsets);

  bool apply(unsigned Number, BufferCheck &To, unsigned Step) {
    auto Value = std::byte(0x10 + Step);
    if (Number == 0)
      return To.write(Value);
    if (Number == 1)
      return To.clear();
    Number -= 2;
    uint64_t Offset = Offsets[Number % std::size(Offsets)];
    unsigned Kind = Number / std::size(Offsets);
    if (Kind == 0)
      return To.set(Offset, Value);
    if (Kind == 1)
      return To.reserve(Offset);
    Kind -= 2;
    if (Kind < std::size(Sizes)) {
      std::array<std::byte, 4> From = {Value, std::byte(1), Value,
                                       std::byte(2)};
      return To.writeMany(Offset, std::span(From).first(Sizes[Kind]));
    }
    return To.copy(Offset, Source, 1, Offsets[Kind - std::size(Sizes)]);
  }

private:
  std::array<std::byte, 3> SourceMemory;
  SafeBuffer Source = SafeBuffer(SourceMemory);
};

bool looksRight(const BufferCheck &Check) {
  for (uint64_t Offset : Offsets) {
    if (!Check.get(Offset))
      return false;
    for (size_t Size : Sizes)
      if (!Check.read(Offset, Size))
        return false;
    for (uint64_t Size : Offsets)
      if (!Check.slice(Offset, Size))
        return false;
  }
  return true;
}

TEST(BufferTest, EverySequenceOfThreeCallsAgreesWithTheModel) {
  Calls All;
  constexpr unsigned N = Calls::Count;
  for (size_t Capacity = 0; Capacity != 4; ++Capacity)
    for (unsigned Sequence = 0; Sequence != N * N * N; ++Sequence) {
      BufferCheck Check(Capacity);
      ASSERT_TRUE(All.apply(Sequence % N, Check, 0) &&
                  All.apply(Sequence / N % N, Check, 1) &&
                  All.apply(Sequence / N / N, Check, 2))
          << "capacity " << Capacity << ", sequence " << Sequence;
      // What only looks: once for each sequence of two, and a write.
      if (Sequence / N / N == 0) {
        ASSERT_TRUE(looksRight(Check))
            << "capacity " << Capacity << ", sequence " << Sequence;
      }
    }
}

TEST(BufferTest, RandomCallsAgreeWithTheModel) {
  std::mt19937_64 Random(1);
  auto Below = [&](uint64_t Bound) { return Random() % Bound; };
  std::vector<std::byte> Run(BufferCheck::MaxRun);
  for (unsigned Round = 0; Round != 200; ++Round) {
    BufferCheck Check(Below(200));
    for (unsigned Call = 0; Call != 200; ++Call) {
      for (std::byte &B : Run)
        B = std::byte(Random());
      std::span<const std::byte> From =
          std::span(Run).first(Below(Run.size() + 1));
      uint64_t Offset = Below(8) ? Below(220) : Random();
      bool Good = true;
      switch (Below(9)) {
      case 0:
        Good = Check.write(Run[0]);
        break;
      case 1:
        Good = Check.set(Offset, Run[0]);
        break;
      case 2:
        Good = Check.writeMany(Offset, From);
        break;
      case 3:
        // Mostly appended, so that it gets full.
        Good = Check.writeMany(Check.buffer().length(), From);
        break;
      case 4:
        Good = Check.reserve(Below(4) ? From.size() : Random());
        break;
      case 5:
        Good = Check.get(Offset);
        break;
      case 6:
        Good = Check.read(Offset, From.size());
        break;
      case 7:
        Good = Check.slice(Offset, Below(4) ? From.size() : Random());
        break;
      case 8:
        Good = Below(10) || Check.clear();
        break;
      }
      ASSERT_TRUE(Good) << "round " << Round << ", call " << Call;
    }
  }
}

TEST(BufferTest, MemoryOfItsOwnIsRefused) {
  std::array<std::byte, 8> Memory = {};
  SafeBuffer Buffer(Memory);
  ASSERT_TRUE(Buffer.reserve(8));
  std::span<std::byte> Own(Memory);
  EXPECT_FALSE(Buffer.writeMany(0, Own.first(1)));
  EXPECT_FALSE(Buffer.writeMany(0, Own.last(1)));
  EXPECT_FALSE(Buffer.read(0, Own.subspan(3, 2)));
  // An empty range overlaps nothing.
  EXPECT_TRUE(Buffer.writeMany(4, Own.subspan(3, 0)));
  EXPECT_FALSE(Buffer.copy(0, Buffer, 4, 1));
  SafeBuffer Second = *Buffer.slice(4, 4);
  EXPECT_FALSE(Buffer.copy(0, Second, 0, 1));
  // The record of the buffer is not to be written either.
  auto *Record = reinterpret_cast<std::byte *>(&Buffer);
  EXPECT_FALSE(Buffer.read(0, std::span(Record, 1)));
  EXPECT_FALSE(Buffer.writeMany(0, std::span<const std::byte>(Record, 1)));
}

TEST(BufferTest, NeighboursOfOneArrayCopy) {
  std::array<std::byte, 8> Memory = {};
  std::span<std::byte> All = Memory;
  SafeBuffer Low(All.first(4)), High(All.last(4));
  ASSERT_TRUE(High.append(std::array{std::byte(1), std::byte(2)}));
  EXPECT_TRUE(Low.copy(0, High, 0, 2));
  EXPECT_EQ(Memory[0], std::byte(1));
  EXPECT_EQ(Memory[1], std::byte(2));
}

TEST(BufferTest, ANullBufferIsEmptyAndFull) {
  SafeBuffer Buffer;
  EXPECT_EQ(Buffer.capacity(), 0u);
  EXPECT_TRUE(Buffer.isFull());
  EXPECT_FALSE(Buffer.write(std::byte(1)));
  EXPECT_TRUE(Buffer.writeMany(0, {}));
  EXPECT_TRUE(Buffer.read(0, {}));
  EXPECT_TRUE(Buffer.slice(0, 0));
  EXPECT_TRUE(Buffer.reserve(0));
}

} // namespace
