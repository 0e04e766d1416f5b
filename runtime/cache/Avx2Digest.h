//===- Avx2Digest.h - XXH3 with AVX2 ----------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The same digests of long ranges as with the registers that every processor
/// of the target has, in half the time. (AVX-512 gains 7 % more: not worth a
/// third way.)
///
/// Nothing but these two functions may leave their file: an inline function of
/// the standard library compiled there could be the copy that the linker keeps
/// for everybody.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_CACHE_AVX2DIGEST_H
#define HAPAX_RUNTIME_CACHE_AVX2DIGEST_H

#include <stddef.h>
#include <stdint.h>

namespace hapax::avx2 {

/// The digest of a range, high half first.
void digest(const void *Data, size_t Size, uint64_t (&Halves)[2]);
/// XXH3_128bits_update() on the XXH3_state_t that \p State points to.
void update(void *State, const void *Data, size_t Size);

} // namespace hapax::avx2

#endif // HAPAX_RUNTIME_CACHE_AVX2DIGEST_H
