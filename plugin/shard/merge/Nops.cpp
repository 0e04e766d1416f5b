//===- Nops.cpp - Instructions that do nothing ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Nops.h"
#include <algorithm>
#include <cstring>
#include <iterator>

namespace hapax::merge {

/// By length, from 1 (Intel's and AMD's manuals recommend these).
static constexpr const char *Nops[] = {
    "\x90",                                     // nop
    "\x66\x90",                                 // xchg %ax, %ax
    "\x0f\x1f\x00",                             // nopl (%rax)
    "\x0f\x1f\x40\x00",                         // nopl 0(%rax)
    "\x0f\x1f\x44\x00\x00",                     // nopl 0(%rax,%rax,1)
    "\x66\x0f\x1f\x44\x00\x00",                 // nopw 0(%rax,%rax,1)
    "\x0f\x1f\x80\x00\x00\x00\x00",             // nopl 0L(%rax)
    "\x0f\x1f\x84\x00\x00\x00\x00\x00",         // nopl 0L(%rax,%rax,1)
    "\x66\x0f\x1f\x84\x00\x00\x00\x00\x00",     // nopw 0L(%rax,%rax,1)
    "\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00", // nopw %cs:0L(...)
};

/// Longer ones are the longest of these behind prefixes that change nothing.
static constexpr uint8_t Prefix = 0x66;
static constexpr uint64_t MaxLength = 15;

void writeNops(uint8_t *To, uint64_t Size) {
  while (Size) {
    uint64_t Length = std::min<uint64_t>(Size, MaxLength);
    uint64_t Base = std::min<uint64_t>(Length, std::size(Nops));
    std::memset(To, Prefix, Length - Base);
    std::memcpy(To + (Length - Base), Nops[Base - 1], Base);
    To += Length;
    Size -= Length;
  }
}

} // namespace hapax::merge
