//===- DigestTest.cpp -------------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/Digest.h"
#include "gtest/gtest.h"
#include <vector>

using namespace hapax;

namespace {

TEST(DigestTest, IsXXH3) {
  // The published value for no input: keys on disk depend on the algorithm.
  EXPECT_EQ(digestOf(std::string_view()).hex(),
            "99aa06d3014798d86001c324468d497f");
}

TEST(DigestTest, HexAndBytesRoundTrip) {
  Digest D = digestOf(std::string_view("some text"));
  EXPECT_EQ(Digest::fromHex(D.hex()), D);
  EXPECT_EQ(Digest::fromBytes(D.bytes()), D);
  Digest Small = {0, 1};
  EXPECT_EQ(Small.hex(), "00000000000000000000000000000001");
  EXPECT_EQ(Small.bytes()[15], 1);
}

TEST(DigestTest, FromHexTakesNothingElse) {
  std::string Good(32, 'a');
  EXPECT_TRUE(Digest::fromHex(Good));
  EXPECT_FALSE(Digest::fromHex(""));
  EXPECT_FALSE(Digest::fromHex(Good + "a"));
  EXPECT_FALSE(Digest::fromHex(Good.substr(1)));
  for (char Bad : {'A', 'g', ' ', '-', '\0'}) {
    std::string Text = Good;
    Text[31] = Bad;
    EXPECT_FALSE(Digest::fromHex(Text));
  }
}

TEST(HasherTest, StreamsLikeOneRange) {
  std::vector<std::byte> Bytes(100000);
  for (size_t I = 0; I != Bytes.size(); ++I)
    Bytes[I] = static_cast<std::byte>(I * 31);
  Hasher H;
  for (size_t At = 0, Step = 1; At < Bytes.size(); At += Step, Step *= 3)
    H.raw(&Bytes[At], std::min(Step, Bytes.size() - At));
  EXPECT_EQ(H.finish(), digestOf(Bytes));
}

// What comes in short pieces never meets wide registers.
Digest digestInShortPieces(std::span<const std::byte> Bytes) {
  Hasher H;
  for (; !Bytes.empty();
       Bytes = Bytes.subspan(std::min<size_t>(Bytes.size(), 100)))
    H.raw(Bytes.data(), std::min<size_t>(Bytes.size(), 100));
  return H.finish();
}

// Where the processor has none, all goes the same way.
class WideDigestTest : public testing::Test {
protected:
  WideDigestTest() : Bytes(70000) {
    uint64_t Random = 1;
    for (std::byte &B : Bytes) {
      Random = Random * 6364136223846793005u + 1442695040888963407u;
      B = static_cast<std::byte>(Random >> 56);
    }
  }
  std::vector<std::byte> Bytes;
};

TEST_F(WideDigestTest, WideRegistersChangeNoDigest) {
  for (size_t Size = 0; Size < Bytes.size(); Size += 1 + Size / 9)
    for (size_t Offset : {0, 1, 31}) {
      auto Part = std::span(Bytes).subspan(Offset).first(
          std::min(Size, Bytes.size() - Offset));
      ASSERT_EQ(digestOf(Part), digestInShortPieces(Part))
          << Size << " bytes at " << Offset;
    }
}

TEST_F(WideDigestTest, LongAndShortPiecesMix) {
  for (size_t Long : {511, 512, 513, 1024, 4099, 30000}) {
    Hasher H;
    auto Rest = std::span<const std::byte>(Bytes);
    for (bool IsLong = true; !Rest.empty(); IsLong = !IsLong) {
      size_t Size = std::min<size_t>(Rest.size(), IsLong ? Long : 77);
      H.raw(Rest.data(), Size);
      Rest = Rest.subspan(Size);
    }
    EXPECT_EQ(H.finish(), digestInShortPieces(Bytes)) << Long;
  }
}

TEST(HasherTest, SequencesWithTheSameBytesDiffer) {
  auto DigestOfAll = [](auto... Values) {
    Hasher H;
    (H.add(Values), ...);
    return H.finish();
  };
  using View = std::string_view;
  EXPECT_NE(DigestOfAll(View("ab"), View("c")),
            DigestOfAll(View("a"), View("bc")));
  EXPECT_NE(DigestOfAll(View("")), DigestOfAll());
  EXPECT_NE(DigestOfAll(1, 2), DigestOfAll(2, 1));
  // An integer counts by its value, not by its type.
  EXPECT_EQ(DigestOfAll(uint8_t(7)), DigestOfAll(uint64_t(7)));
  Digest D = DigestOfAll(1);
  EXPECT_NE(DigestOfAll(D), DigestOfAll(D.High, D.Low));
}

TEST(HasherTest, GoesOnAfterFinishAndStartsOver) {
  Hasher H;
  H.add(1);
  Digest One = H.finish();
  EXPECT_EQ(H.finish(), One);
  H.add(2);
  Digest Two = H.finish();
  EXPECT_NE(One, Two);
  H.reset();
  H.add(1);
  EXPECT_EQ(H.finish(), One);
}

} // namespace
