//===- Poison.h - Tells AddressSanitizer what is free -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Without AddressSanitizer these functions do nothing.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_MEMORY_POISON_H
#define HAPAX_RUNTIME_MEMORY_POISON_H

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAPAX_ADDRESS_SANITIZER 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define HAPAX_ADDRESS_SANITIZER 1
#endif

#ifdef HAPAX_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace hapax {

/// The bytes must not be touched from now on.
inline void poison([[maybe_unused]] void *Start, [[maybe_unused]] size_t Size) {
#ifdef HAPAX_ADDRESS_SANITIZER
  __asan_poison_memory_region(Start, Size);
#endif
}

/// The bytes may be touched again.
inline void unpoison([[maybe_unused]] void *Start,
                     [[maybe_unused]] size_t Size) {
#ifdef HAPAX_ADDRESS_SANITIZER
  __asan_unpoison_memory_region(Start, Size);
#endif
}

} // namespace hapax

#endif // HAPAX_RUNTIME_MEMORY_POISON_H
