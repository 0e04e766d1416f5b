//===- ObjectSizes.h - How large real objects are ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Sizes of the 31,875 ELF objects in /usr/lib of a Debian 12 with the
/// development packages of scripts/packages.txt (members of .a files, and .o
/// files): the middle of each 64th of them, and of each 16th of the last 64th.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_GPU_OBJECTSIZES_H
#define HAPAX_TEST_GPU_OBJECTSIZES_H

#include <cstdint>
#include <random>

namespace hapax {

inline constexpr uint32_t ObjectSizes[63] = {
    300,   432,   432,   496,   556,   728,    848,    1008,   1096,
    1160,  1192,  1240,  1312,  1376,  1480,   1592,   1720,   1880,
    2048,  2232,  2424,  2592,  2832,  3056,   3312,   3552,   3808,
    4104,  4428,  4768,  5112,  5448,  5896,   6336,   6840,   7504,
    8080,  8728,  9416,  10240, 11216, 12368,  13512,  14808,  16120,
    17864, 19828, 21840, 23976, 26232, 28616,  31400,  35080,  40008,
    44816, 50992, 59072, 70168, 85456, 104344, 134944, 183056, 297992};
inline constexpr uint32_t LargeObjectSizes[16] = {
    437944, 461344,  491408,  531688,  568680,  621880,  708632,  820176,
    940416, 1100528, 1273104, 1790424, 2388648, 3311008, 4967912, 9044144};

/// The size of a real object, within an eighth of it.
template <typename Engine> uint64_t objectSize(Engine &Random) {
  uint64_t I = Random() % 64;
  uint64_t Size = I == 63 ? LargeObjectSizes[Random() % 16] : ObjectSizes[I];
  return Size - Size / 8 + Random() % (Size / 4);
}

} // namespace hapax

#endif // HAPAX_TEST_GPU_OBJECTSIZES_H
