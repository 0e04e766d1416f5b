//===- EntryTest.cpp --------------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/Entry.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

using namespace hapax;
using Bytes = std::vector<std::byte>;

namespace {

const CacheKey Key = {0x0123456789abcdef, 0xfedcba9876543210};

Bytes compressible(size_t Size) {
  Bytes Payload(Size);
  std::mt19937 Random(1);
  for (size_t I = 0; I != Size; ++I)
    Payload[I] = static_cast<std::byte>(I % 8 ? 0x48 : Random());
  return Payload;
}

Bytes incompressible(size_t Size) {
  Bytes Payload(Size);
  std::mt19937 Random(2);
  for (std::byte &B : Payload)
    B = static_cast<std::byte>(Random());
  return Payload;
}

Bytes encode(const Bytes &Payload, CompressionPolicy Policy,
             PayloadKind Kind = PayloadKind::Object, uint32_t CostMs = 77) {
  auto Entry = packEntry(Key, Kind, Payload, CostMs, Policy);
  EXPECT_TRUE(Entry);
  auto Header = Entry->Header.encode();
  Bytes All(Header.size() + Entry->Stored.size());
  std::ranges::copy(Header, All.begin());
  std::ranges::copy(Entry->Stored, All.begin() + Header.size());
  return All;
}

std::expected<EntryInfo, TierError> decode(const Bytes &Entry, Bytes &Got) {
  ContainerSink<Bytes> Into(Got);
  return decodeEntry(Key, Entry, Into);
}

/// Puts a right header digest behind changed fields.
void seal(Bytes &Entry) {
  auto Sum = digestOf(std::span<const std::byte>(Entry).first(64)).bytes();
  std::memcpy(&Entry[64], Sum.data(), Sum.size());
}

TEST(EntryTest, RoundTrips) {
  for (auto Policy :
       {CompressionPolicy::none(), CompressionPolicy::automatic(),
        CompressionPolicy::level(1), CompressionPolicy::level(19)})
    for (size_t Size : {0, 1, 4095, 4096, 100000})
      for (const Bytes &Payload : {compressible(Size), incompressible(Size)}) {
        Bytes Got;
        auto Info = decode(encode(Payload, Policy, PayloadKind::Assembly), Got);
        ASSERT_TRUE(Info) << Info.error().Message;
        EXPECT_EQ(Got, Payload);
        EXPECT_EQ(Info->Kind, PayloadKind::Assembly);
        EXPECT_EQ(Info->Size, Size);
        EXPECT_EQ(Info->CostMs, 77u);
        EXPECT_EQ(Info->PayloadDigest, digestOf(Payload));
      }
}

TEST(EntryTest, CompressesWhereItPays) {
  Bytes Payload = compressible(100000);
  EXPECT_LT(encode(Payload, CompressionPolicy::automatic()).size(), 60000u);
  EXPECT_EQ(encode(Payload, CompressionPolicy::none()).size(), 100080u);
  EXPECT_EQ(
      encode(incompressible(100000), CompressionPolicy::automatic()).size(),
      100080u);
  EXPECT_EQ(encode(compressible(1000), CompressionPolicy::automatic()).size(),
            1080u);
}

TEST(EntryTest, LayoutIsTheDocumentedOne) {
  Bytes Entry = encode(compressible(300), CompressionPolicy::none(),
                       PayloadKind::Bitcode, 0x01020304);
  const unsigned char Start[] = {
      'H', 'P', 'X', 'E', 1, 0, 3, 0,  4, 3, 2, 1, 0, 0, 0, 0,    44,
      1,   0,   0,   0,   0, 0, 0, 44, 1, 0, 0, 0, 0, 0, 0, 0x01, 0x23};
  EXPECT_EQ(std::memcmp(Entry.data(), Start, sizeof(Start)), 0);
}

TEST(EntryTest, EveryFlippedBitIsFound) {
  for (auto Policy : {CompressionPolicy::none(), CompressionPolicy::level(1)}) {
    Bytes Entry = encode(compressible(600), Policy);
    for (size_t Bit = 0; Bit != Entry.size() * 8; ++Bit) {
      Bytes Damaged = Entry;
      Damaged[Bit / 8] ^= static_cast<std::byte>(1 << Bit % 8);
      Bytes Got;
      auto Info = decode(Damaged, Got);
      ASSERT_TRUE(!Info || Got == compressible(600)) << Bit;
      if (!Info) {
        ASSERT_EQ(Info.error().Reason, TierError::Kind::Corrupt) << Bit;
      }
    }
  }
}

TEST(EntryTest, EveryCutAndEveryTailIsFound) {
  for (auto Policy : {CompressionPolicy::none(), CompressionPolicy::level(1)}) {
    Bytes Entry = encode(compressible(600), Policy);
    for (size_t Size = 0; Size != Entry.size(); ++Size) {
      Bytes Got;
      EXPECT_FALSE(decode(Bytes(Entry.begin(), Entry.begin() + Size), Got));
    }
    Entry.push_back(std::byte(0));
    Bytes Got;
    EXPECT_FALSE(decode(Entry, Got));
  }
}

TEST(EntryTest, FieldsAreCheckedEvenWithARightDigest) {
  Bytes Good = encode(compressible(600), CompressionPolicy::none());
  struct {
    size_t At;
    uint8_t Value;
  } const Changes[] = {{4, 2},    {6, 0},  {6, 4},    {7, 1},
                       {7, 2},    {12, 1}, {16, 255}, {20, 255},
                       {23, 255}, {24, 1}, {31, 255}};
  for (auto [At, Value] : Changes) {
    Bytes Entry = Good;
    Entry[At] = std::byte(Value);
    seal(Entry);
    Bytes Got;
    auto Info = decode(Entry, Got);
    ASSERT_FALSE(Info) << At;
    EXPECT_EQ(Info.error().Reason, TierError::Kind::Corrupt);
    EXPECT_LE(Got.capacity(), 600u) << "no memory for a size that cannot be";
  }
}

TEST(EntryTest, DeclaredSizeMustBeTheFramesAndPossible) {
  // Right digests, but the header promises more than the frame holds.
  Bytes Entry = encode(compressible(100000), CompressionPolicy::level(1));
  for (uint64_t Size : {uint64_t(99999), uint64_t(100001), uint64_t(1) << 32}) {
    Bytes Changed = Entry;
    std::memcpy(&Changed[16], &Size, sizeof(Size));
    seal(Changed);
    Bytes Got;
    EXPECT_FALSE(decode(Changed, Got));
    EXPECT_EQ(Got.capacity(), 0u);
  }
}

TEST(EntryTest, EntryOfAnotherKeyIsCorrupt) {
  Bytes Entry = encode(compressible(10), CompressionPolicy::none());
  Bytes Got;
  ContainerSink<Bytes> Into(Got);
  auto Info = decodeEntry(CacheKey{1, 2}, Entry, Into);
  ASSERT_FALSE(Info);
  EXPECT_EQ(Info.error().Reason, TierError::Kind::Corrupt);
}

TEST(EntryTest, RefusingReceiverIsFull) {
  class : public Sink {
    std::span<std::byte> reserve(size_t) override { return {}; }
  } Refusing;
  for (auto Policy : {CompressionPolicy::none(), CompressionPolicy::level(1)}) {
    auto Info = decodeEntry(Key, encode(compressible(5000), Policy), Refusing);
    ASSERT_FALSE(Info);
    EXPECT_EQ(Info.error().Reason, TierError::Kind::Full);
  }
}

TEST(EntryTest, NoiseIsNoEntry) {
  std::mt19937 Random(9);
  Bytes Good = encode(compressible(5000), CompressionPolicy::level(1));
  for (unsigned Round = 0; Round != 20000; ++Round) {
    Bytes Entry = Good;
    // Behind a sound header: this is for the decompressor.
    for (unsigned Times = 1 + Random() % 20; Times; --Times)
      Entry[80 + Random() % (Entry.size() - 80)] = std::byte(Random());
    Bytes Got;
    auto Info = decode(Entry, Got);
    ASSERT_TRUE(!Info || Got == compressible(5000));
  }
}

} // namespace
