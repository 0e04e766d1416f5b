//===- RelocationTypes.cpp - Relocations that can be carried over ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "RelocationTypes.h"

using namespace llvm::ELF;

namespace hapax::merge {

std::optional<RelocationType> relocationType(uint32_t Type) {
  switch (Type) {
  case R_X86_64_NONE:
    return RelocationType{0, true, false};
  case R_X86_64_64:
  case R_X86_64_DTPOFF64:
  case R_X86_64_TPOFF64:
  case R_X86_64_GOTOFF64:
    return RelocationType{8, true, false};
  case R_X86_64_32:
  case R_X86_64_32S:
  case R_X86_64_DTPOFF32:
  case R_X86_64_TPOFF32:
    return RelocationType{4, true, false};
  case R_X86_64_16:
    return RelocationType{2, true, false};
  case R_X86_64_8:
    return RelocationType{1, true, false};
  case R_X86_64_PC64:
    return RelocationType{8, true, true};
  case R_X86_64_PC32:
  case R_X86_64_PLT32:
    return RelocationType{4, true, true};
  case R_X86_64_PC16:
    return RelocationType{2, true, false};
  case R_X86_64_PC8:
    return RelocationType{1, true, false};
  // The linker makes an entry of a table for the symbol: the addend is not
  // added to the symbol's value.
  case R_X86_64_GOT32:
  case R_X86_64_GOTPCREL:
  case R_X86_64_GOTPCRELX:
  case R_X86_64_REX_GOTPCRELX:
  case R_X86_64_CODE_4_GOTPCRELX:
  case R_X86_64_GOTTPOFF:
  case R_X86_64_CODE_4_GOTTPOFF:
  case R_X86_64_CODE_6_GOTTPOFF:
  case R_X86_64_TLSGD:
  case R_X86_64_TLSLD:
  case R_X86_64_GOTPC32:
  case R_X86_64_GOTPC32_TLSDESC:
  case R_X86_64_CODE_4_GOTPC32_TLSDESC:
  case R_X86_64_SIZE32:
    return RelocationType{4, false, false};
  case R_X86_64_GOT64:
  case R_X86_64_GOTPCREL64:
  case R_X86_64_GOTPC64:
  case R_X86_64_GOTPLT64:
  case R_X86_64_PLTOFF64:
  case R_X86_64_SIZE64:
    return RelocationType{8, false, false};
  // On the call itself; there is nothing to write.
  case R_X86_64_TLSDESC_CALL:
    return RelocationType{0, false, false};
  default:
    return std::nullopt;
  }
}

} // namespace hapax::merge
