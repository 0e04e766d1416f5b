//===- MemoryError.cpp - Why memory was not given or taken ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Memory/MemoryError.h"

#include <utility>

std::string_view hapax::message(MemoryError Error) {
  switch (Error) {
  case MemoryError::NoMemory:
    return "the system has no memory left; free some, or raise its limits";
  case MemoryError::Exhausted:
    return "the pool is at its limit; free blocks, or create it with a larger "
           "limit";
  case MemoryError::BadOptions:
    return "block size, chunk or limit of the pool is out of range";
  case MemoryError::TooLarge:
    return "more memory is wanted than a block of the pool holds; create the "
           "pool with larger blocks";
  case MemoryError::Foreign:
    return "the pointer does not lead into this pool; return it where it came "
           "from";
  case MemoryError::NotABlock:
    return "the pointer does not lead to the start of a block that was given "
           "out; return the pointer that allocate() gave";
  case MemoryError::DoubleFree:
    return "the block is free already; look for the second owner";
  case MemoryError::Corrupt:
    return "a block's header was overwritten; look for a write outside the "
           "bounds of this block or the one before it";
  }
  std::unreachable();
}
