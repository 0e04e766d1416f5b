//===- Avx2Digest.cpp - XXH3 with AVX2 --------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
// The upper halves of the registers are cleared by hand: GCC 12 forgets it
// behind a call of a function of its own, and the next instruction for narrow
// registers then costs as much as a kilobyte.
#include "Avx2Digest.h"

#define XXH_INLINE_ALL
#include <immintrin.h>
#include <xxhash.h>

void hapax::avx2::digest(const void *Data, size_t Size, uint64_t (&Halves)[2]) {
  XXH128_hash_t H = XXH3_128bits(Data, Size);
  Halves[0] = H.high64;
  Halves[1] = H.low64;
  _mm256_zeroupper();
}

void hapax::avx2::update(void *State, const void *Data, size_t Size) {
  XXH3_128bits_update(static_cast<XXH3_state_t *>(State), Data, Size);
  _mm256_zeroupper();
}
