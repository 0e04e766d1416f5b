//===- RelocationTypes.cpp - Relocations that can be carried over ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "RelocationTypes.h"
#include <array>

using namespace llvm::ELF;

namespace hapax::merge {

namespace {
using Table = std::array<std::optional<RelocationType>, 64>;
} // namespace

static constexpr Table makeTable() {
  Table Types;
  auto Add = [&](RelocationType Type, auto... Numbers) {
    ((Types[Numbers] = Type), ...);
  };
  // Size, TakesSections, Resolvable.
  Add({0, true, false}, R_X86_64_NONE);
  Add({8, true, false}, R_X86_64_64, R_X86_64_DTPOFF64, R_X86_64_TPOFF64,
      R_X86_64_GOTOFF64);
  Add({4, true, false}, R_X86_64_32, R_X86_64_32S, R_X86_64_DTPOFF32,
      R_X86_64_TPOFF32);
  Add({2, true, false}, R_X86_64_16, R_X86_64_PC16);
  Add({1, true, false}, R_X86_64_8, R_X86_64_PC8);
  Add({8, true, true}, R_X86_64_PC64);
  Add({4, true, true}, R_X86_64_PC32, R_X86_64_PLT32);
  // The linker makes an entry of a table for the symbol: the addend is not
  // added to the symbol's value.
  Add({4, false, false}, R_X86_64_GOT32, R_X86_64_GOTPCREL, R_X86_64_GOTPCRELX,
      R_X86_64_REX_GOTPCRELX, R_X86_64_CODE_4_GOTPCRELX, R_X86_64_GOTTPOFF,
      R_X86_64_CODE_4_GOTTPOFF, R_X86_64_CODE_6_GOTTPOFF, R_X86_64_TLSGD,
      R_X86_64_TLSLD, R_X86_64_GOTPC32, R_X86_64_GOTPC32_TLSDESC,
      R_X86_64_CODE_4_GOTPC32_TLSDESC, R_X86_64_SIZE32);
  Add({8, false, false}, R_X86_64_GOT64, R_X86_64_GOTPCREL64, R_X86_64_GOTPC64,
      R_X86_64_GOTPLT64, R_X86_64_PLTOFF64, R_X86_64_SIZE64);
  // On the call itself; there is nothing to write.
  Add({0, false, false}, R_X86_64_TLSDESC_CALL);
  return Types;
}

std::optional<RelocationType> relocationType(uint32_t Type) {
  static constexpr Table Types = makeTable();
  return Type < Types.size() ? Types[Type] : std::nullopt;
}

} // namespace hapax::merge
