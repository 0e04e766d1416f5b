//===- MemoryError.h - Why memory was not given or taken --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MEMORY_MEMORYERROR_H
#define HAPAX_MEMORY_MEMORYERROR_H

#include <cstdint>
#include <string_view>

namespace hapax {

/// One byte, so that std::expected<void *, MemoryError> travels in registers.
enum class MemoryError : uint8_t {
  NoMemory,   ///< The system gave none.
  Exhausted,  ///< The pool is at its limit.
  BadOptions, ///< A pool with these options cannot exist.
  TooLarge,   ///< More was asked for than a block of the pool holds.
  Foreign,    ///< The pointer leads to no memory of this pool, or is null.
  NotABlock, ///< It leads into the pool, but not to a block that was given out.
  DoubleFree, ///< The block is free already.
  Corrupt,    ///< The block's header has been overwritten.
};

/// One line for a person: cause and remedy.
std::string_view message(MemoryError Error);

} // namespace hapax

#endif // HAPAX_MEMORY_MEMORYERROR_H
