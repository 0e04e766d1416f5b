//===- KernelBodies.h - What the kernels do ---------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Two things are cheaper done by the device than by the host: to bring many
/// small pieces to the host at once (one kernel in place of as many copies),
/// and to tell whether what lies in the device is still what was put there
/// (without bringing it to the host at all). These are the functions that do
/// it, compiled by nvcc for the device and by any compiler for the host, where
/// they are tested and where they stand in for the device.
///
/// A gather: the threads of a piece take its 16-byte words in turn, so that
/// what goes over the bus are whole, aligned words of the target. The source
/// may lie anywhere: a word is put together of aligned ones.
///
/// A digest is XXH3-128 with seed 0, made after its specification. Beyond 240
/// bytes it is a chain of blocks of 16 stripes of 8 lanes; within a block the
/// contributions to a lane are only added, in any order. So a team of 32
/// threads takes a block at once: 8 lanes times 4 groups, each of which takes 4
/// stripes, sums its 4 contributions, and the groups' sums are added. The keys
/// of a thread's contributions are the same in every block: they stay in
/// registers. On the host a team is one thread that has all lanes.
///
/// This file is C++20: nvcc 13.0 compiles nothing newer.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_KERNELBODIES_H
#define HAPAX_RUNTIME_GPU_KERNELBODIES_H

#include <cstdint>
#include <cstring>

#ifdef __CUDACC__
#define HAPAX_KERNEL __device__ inline
#define HAPAX_KERNEL_DATA __device__ const
#else
#define HAPAX_KERNEL inline
#define HAPAX_KERNEL_DATA inline constexpr
#endif

namespace hapax::kernel {

/// The parameters of a kernel are at most 4096 bytes.
struct Transfer {
  uint64_t To, From, Size;
};
struct GatherBatch {
  static constexpr uint32_t Most = 160;
  uint32_t Count;
  Transfer Items[Most];
};
struct Extent {
  uint64_t Address, Size;
};
struct DigestBatch {
  static constexpr uint32_t Most = 240;
  /// 16 bytes for each item.
  uint64_t To;
  uint32_t Count;
  Extent Items[Most];
};
static_assert(sizeof(GatherBatch) <= 4096 && sizeof(DigestBatch) <= 4096);

/// Little-endian, from any address. On the device only aligned words are read,
/// each of which holds at least one of the bytes asked for.
HAPAX_KERNEL uint64_t load64(const uint8_t *From) {
#ifdef __CUDA_ARCH__
  uint64_t Address = reinterpret_cast<uint64_t>(From);
  unsigned Shift = (Address & 7) * 8;
  auto *Words = reinterpret_cast<const uint64_t *>(Address & ~uint64_t(7));
  return Shift ? Words[0] >> Shift | Words[1] << (64 - Shift) : Words[0];
#else
  uint64_t Value;
  std::memcpy(&Value, From, sizeof(Value));
  return Value;
#endif
}

HAPAX_KERNEL uint32_t load32(const uint8_t *From) {
  return From[0] | From[1] << 8 | From[2] << 16 | uint32_t(From[3]) << 24;
}

/// Copies a piece as the one of \p Threads threads whose number is \p Thread.
HAPAX_KERNEL void copyPiece(uint8_t *To, const uint8_t *From, uint64_t Size,
                            uint64_t Thread, uint64_t Threads) {
  uint64_t Head = -reinterpret_cast<uint64_t>(To) & 15;
  if (Head > Size)
    Head = Size;
  uint64_t Words = (Size - Head) / 16, Tail = Head + 16 * Words;
  for (uint64_t I = Thread; I < Head; I += Threads)
    To[I] = From[I];
  for (uint64_t I = Thread; I < Words; I += Threads) {
    uint64_t At = Head + 16 * I;
    uint64_t Low = load64(From + At), High = load64(From + At + 8);
#ifdef __CUDA_ARCH__
    *reinterpret_cast<ulonglong2 *>(To + At) = make_ulonglong2(Low, High);
#else
    std::memcpy(To + At, &Low, 8);
    std::memcpy(To + At + 8, &High, 8);
#endif
  }
  for (uint64_t I = Tail + Thread; I < Size; I += Threads)
    To[I] = From[I];
}

struct Digest128 {
  uint64_t High, Low;
};

// The constants of the specification.
inline constexpr uint32_t Prime32A = 0x9E3779B1, Prime32B = 0x85EBCA77,
                          Prime32C = 0xC2B2AE3D;
inline constexpr uint64_t Prime64A = 0x9E3779B185EBCA87,
                          Prime64B = 0xC2B2AE3D27D4EB4F,
                          Prime64C = 0x165667B19E3779F9,
                          Prime64D = 0x85EBCA77C2B2AE63,
                          Prime64E = 0x27D4EB2F165667C5,
                          PrimeMixA = 0x165667919E3779F9,
                          PrimeMixB = 0x9FB21C651E98DF25;
inline constexpr unsigned SecretBytes = 192, Lanes = 8, Stripe = 64,
                          BlockStripes = (SecretBytes - Stripe) / 8,
                          Block = BlockStripes * Stripe;
alignas(8) HAPAX_KERNEL_DATA uint8_t Secret[SecretBytes] = {
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c,
    0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb,
    0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e,
    0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
    0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6,
    0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb,
    0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97,
    0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
    0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7,
    0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31,
    0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64, 0xea, 0xc5, 0xac, 0x83,
    0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26,
    0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc,
    0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f,
    0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
};

HAPAX_KERNEL uint64_t secret64(unsigned Offset) {
  return load64(Secret + Offset);
}
HAPAX_KERNEL uint32_t secret32(unsigned Offset) {
  return load32(Secret + Offset);
}
HAPAX_KERNEL uint32_t swap32(uint32_t X) {
  return X << 24 | (X & 0xFF00) << 8 | (X >> 8 & 0xFF00) | X >> 24;
}
HAPAX_KERNEL uint64_t swap64(uint64_t X) {
  return uint64_t(swap32(uint32_t(X))) << 32 | swap32(uint32_t(X >> 32));
}
HAPAX_KERNEL uint64_t mulHigh(uint64_t A, uint64_t B) {
#ifdef __CUDA_ARCH__
  return __umul64hi(A, B);
#else
  return uint64_t(static_cast<unsigned __int128>(A) * B >> 64);
#endif
}
HAPAX_KERNEL uint64_t mulFold(uint64_t A, uint64_t B) {
  return A * B ^ mulHigh(A, B);
}
HAPAX_KERNEL uint64_t avalanche(uint64_t H) {
  H = (H ^ H >> 37) * PrimeMixA;
  return H ^ H >> 32;
}
/// That of XXH64, for the shortest inputs.
HAPAX_KERNEL uint64_t avalanche64(uint64_t H) {
  H = (H ^ H >> 33) * Prime64B;
  H = (H ^ H >> 29) * Prime64C;
  return H ^ H >> 32;
}

HAPAX_KERNEL Digest128 digestUpTo16(const uint8_t *Data, uint32_t Size) {
  if (Size > 8) {
    uint64_t Low = load64(Data), High = load64(Data + Size - 8);
    uint64_t Mixed = Low ^ High ^ secret64(32) ^ secret64(40);
    uint64_t A = Mixed * Prime64A, B = mulHigh(Mixed, Prime64A);
    A += uint64_t(Size - 1) << 54;
    High ^= secret64(48) ^ secret64(56);
    B += High + uint64_t(uint32_t(High)) * (Prime32B - 1);
    A ^= swap64(B);
    return {avalanche(mulHigh(A, Prime64B) + B * Prime64B),
            avalanche(A * Prime64B)};
  }
  if (Size >= 4) {
    uint64_t Both = load32(Data) | uint64_t(load32(Data + Size - 4)) << 32;
    uint64_t Keyed = Both ^ secret64(16) ^ secret64(24);
    uint64_t Factor = Prime64A + (Size << 2);
    uint64_t Low = Keyed * Factor, High = mulHigh(Keyed, Factor);
    High += Low << 1;
    Low ^= High >> 3;
    Low = (Low ^ Low >> 35) * PrimeMixB;
    return {avalanche(High), Low ^ Low >> 28};
  }
  if (Size) {
    uint32_t Low = uint32_t(Data[0]) << 16 | uint32_t(Data[Size >> 1]) << 24 |
                   Data[Size - 1] | Size << 8;
    uint32_t High = swap32(Low);
    High = High << 13 | High >> 19;
    return {avalanche64(High ^ uint64_t(secret32(8) ^ secret32(12))),
            avalanche64(Low ^ uint64_t(secret32(0) ^ secret32(4)))};
  }
  return {avalanche64(secret64(80) ^ secret64(88)),
          avalanche64(secret64(64) ^ secret64(72))};
}

HAPAX_KERNEL uint64_t mix16(const uint8_t *Data, unsigned At) {
  return mulFold(load64(Data) ^ secret64(At),
                 load64(Data + 8) ^ secret64(At + 8));
}

HAPAX_KERNEL void mix32(Digest128 &Sum, const uint8_t *A, const uint8_t *B,
                        unsigned At) {
  Sum.Low += mix16(A, At);
  Sum.Low ^= load64(B) + load64(B + 8);
  Sum.High += mix16(B, At + 16);
  Sum.High ^= load64(A) + load64(A + 8);
}

HAPAX_KERNEL Digest128 digestUpTo240(const uint8_t *Data, uint32_t Size) {
  Digest128 Sum = {0, Size * Prime64A};
  if (Size <= 128) {
    // From the middle outwards.
    for (unsigned I = (Size - 1) / 32 + 1; I-- != 0;)
      mix32(Sum, Data + 16 * I, Data + Size - 16 * (I + 1), 32 * I);
  } else {
    for (unsigned I = 0; I != 4; ++I)
      mix32(Sum, Data + 32 * I, Data + 32 * I + 16, 32 * I);
    Sum = {avalanche(Sum.High), avalanche(Sum.Low)};
    for (unsigned I = 4; I != Size / 32; ++I)
      mix32(Sum, Data + 32 * I, Data + 32 * I + 16, 32 * (I - 4) + 3);
    mix32(Sum, Data + Size - 16, Data + Size - 32, 136 - 17 - 16);
  }
  uint64_t High = Sum.Low * Prime64A + Sum.High * Prime64D + Size * Prime64B;
  return {0 - avalanche(High), avalanche(Sum.Low + Sum.High)};
}

/// What a stripe adds to a lane.
HAPAX_KERNEL uint64_t contribution(const uint8_t *Stripe, unsigned Lane,
                                   uint64_t Key) {
  uint64_t Keyed = load64(Stripe + 8 * Lane) ^ Key;
  return load64(Stripe + 8 * (Lane ^ 1)) +
         uint64_t(uint32_t(Keyed)) * (Keyed >> 32);
}

HAPAX_KERNEL uint64_t mergeLanes(const uint64_t *Sums, unsigned At,
                                 uint64_t Start) {
  for (unsigned I = 0; I != Lanes; I += 2)
    Start += mulFold(Sums[I] ^ secret64(At + 8 * I),
                     Sums[I + 1] ^ secret64(At + 8 * I + 8));
  return avalanche(Start);
}

/// A team of one thread.
struct Alone {
  static constexpr unsigned LanesEach = Lanes, Groups = 1;
  unsigned firstLane() const { return 0; }
  unsigned group() const { return 0; }
  /// The sum over all groups, for each of them.
  uint64_t sum(uint64_t OfGroup) const { return OfGroup; }
  /// All lanes, for each thread.
  void collect(const uint64_t *Mine, uint64_t *All) const {
    std::memcpy(All, Mine, Lanes * sizeof(uint64_t));
  }
};

/// More than 240 bytes.
template <typename Team>
HAPAX_KERNEL Digest128 digestLong(const Team &T, const uint8_t *Data,
                                  uint64_t Size) {
  constexpr unsigned Keys = BlockStripes / Team::Groups;
  constexpr unsigned LastKeys = SecretBytes - Stripe;
  const uint64_t Begin[Lanes] = {Prime32C, Prime64A, Prime64B, Prime64C,
                                 Prime64D, Prime32B, Prime64E, Prime32A};
  uint64_t Sums[Team::LanesEach], Key[Team::LanesEach][Keys];
  for (unsigned L = 0; L != Team::LanesEach; ++L) {
    unsigned Lane = T.firstLane() + L;
    Sums[L] = Begin[Lane];
    for (unsigned K = 0; K != Keys; ++K)
      Key[L][K] = secret64(8 * (T.group() + Team::Groups * K + Lane));
  }
  uint64_t Blocks = (Size - 1) / Block;
  for (uint64_t B = 0; B <= Blocks; ++B, Data += Block) {
    // The last one is not full.
    unsigned Stripes = B == Blocks ? (Size - 1) % Block / Stripe : BlockStripes;
    for (unsigned L = 0; L != Team::LanesEach; ++L) {
      unsigned Lane = T.firstLane() + L;
      uint64_t Sum = 0;
      for (unsigned K = 0; K != Keys; ++K) {
        unsigned S = T.group() + Team::Groups * K;
        if (S < Stripes)
          Sum += contribution(Data + Stripe * S, Lane, Key[L][K]);
      }
      if (B == Blocks && T.group() == 0)
        // The last 64 bytes, whatever of them was in a stripe before.
        Sum += contribution(Data + (Size - 1) % Block + 1 - Stripe, Lane,
                            secret64(LastKeys - 7 + 8 * Lane));
      Sums[L] += T.sum(Sum);
      if (B != Blocks)
        Sums[L] = (Sums[L] ^ Sums[L] >> 47 ^ secret64(LastKeys + 8 * Lane)) *
                  Prime32A;
    }
  }
  uint64_t All[Lanes];
  T.collect(Sums, All);
  return {mergeLanes(All, LastKeys - 11, ~(Size * Prime64B)),
          mergeLanes(All, 11, Size * Prime64A)};
}

/// Every thread of the team gets the digest.
template <typename Team>
HAPAX_KERNEL Digest128 digestRegion(const Team &T, const uint8_t *Data,
                                    uint64_t Size) {
  if (Size <= 16)
    return digestUpTo16(Data, uint32_t(Size));
  if (Size <= 240)
    return digestUpTo240(Data, uint32_t(Size));
  return digestLong(T, Data, Size);
}

/// The canonical bytes, big-endian.
HAPAX_KERNEL void store(const Digest128 &D, uint8_t *To) {
  for (unsigned I = 0; I != 8; ++I) {
    To[I] = uint8_t(D.High >> (56 - 8 * I));
    To[8 + I] = uint8_t(D.Low >> (56 - 8 * I));
  }
}

#ifndef __CUDACC__
// The kernels as the host runs them; addresses are the host's.

inline void runGather(const Transfer &T) {
  copyPiece(reinterpret_cast<uint8_t *>(T.To),
            reinterpret_cast<const uint8_t *>(T.From), T.Size, 0, 1);
}

inline void runDigest(const Extent &E, uint64_t To) {
  store(digestRegion(Alone(), reinterpret_cast<const uint8_t *>(E.Address),
                     E.Size),
        reinterpret_cast<uint8_t *>(To));
}
#endif

} // namespace hapax::kernel

#endif // HAPAX_RUNTIME_GPU_KERNELBODIES_H
