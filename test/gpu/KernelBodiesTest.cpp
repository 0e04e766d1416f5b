//===- KernelBodiesTest.cpp -------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "KernelBodies.h"
#include "DeviceContract.h"
#include "hapax/Cache/Digest.h"

using namespace hapax;
using namespace hapax::test;

namespace {

std::array<uint8_t, 16> digestByKernel(std::span<const std::byte> Bytes) {
  std::array<uint8_t, 16> To;
  kernel::runDigest({reinterpret_cast<uintptr_t>(Bytes.data()), Bytes.size()},
                    reinterpret_cast<uintptr_t>(To.data()));
  return To;
}

TEST(KernelBodiesTest, DigestsOfAllShortLengthsAreXXH3) {
  auto Bytes = randomBytes(2100, 1);
  for (size_t Size = 0; Size <= 2000; ++Size)
    for (size_t Offset : {0u, 1u, unsigned(Size % 100)}) {
      auto Part = std::span(Bytes).subspan(Offset, Size);
      ASSERT_EQ(digestByKernel(Part), digestOf(Part).bytes()) << Size;
    }
}

TEST(KernelBodiesTest, DigestsOfRandomLengthsAreXXH3) {
  std::mt19937_64 Random(2);
  auto Bytes = randomBytes(3 << 20, 3);
  for (int I = 0; I != 300; ++I) {
    size_t Size = Random() % (size_t(1) << (Random() % 22));
    auto Part = std::span(Bytes).subspan(Random() % 100, Size);
    ASSERT_EQ(digestByKernel(Part), digestOf(Part).bytes()) << Size;
  }
}

TEST(KernelBodiesTest, PiecesAreCopiedWhole) {
  std::mt19937_64 Random(5);
  auto From = randomBytes(5000, 6);
  for (int I = 0; I != 2000; ++I) {
    size_t Size = Random() % (I % 2 ? 100 : 4000), Threads = 1 + Random() % 300;
    size_t ToOffset = Random() % 32, FromOffset = Random() % 32;
    std::vector<std::byte> To(ToOffset + Size + 32, std::byte(1)), Want = To;
    std::copy_n(From.begin() + FromOffset, Size, Want.begin() + ToOffset);
    for (size_t T = 0; T != Threads; ++T)
      kernel::copyPiece(
          reinterpret_cast<uint8_t *>(To.data() + ToOffset),
          reinterpret_cast<const uint8_t *>(From.data() + FromOffset), Size, T,
          Threads);
    ASSERT_EQ(To, Want) << Size;
  }
}

} // namespace
