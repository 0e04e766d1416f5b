//===- OutputKind.h - What a compile is to produce --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_OUTPUTKIND_H
#define HAPAX_IR_OUTPUTKIND_H

#include <cstdint>
#include <string_view>

namespace hapax {

/// What stands at the end of the compile that a key is made for. It decides
/// which parts of the IR can reach the output (ModuleHash.h) and where a hit is
/// delivered (ModuleCompile.h).
enum class OutputKind : uint8_t {
  Object = 1,   ///< machine code, by code generation
  Assembly = 2, ///< assembly text, by code generation
  Bitcode = 3,  ///< optimised IR in memory: bitcode, .ll, LTO pre-link, opt
};

/// "object", "assembly" or "bitcode".
constexpr std::string_view name(OutputKind Kind) {
  switch (Kind) {
  case OutputKind::Object:
    return "object";
  case OutputKind::Assembly:
    return "assembly";
  case OutputKind::Bitcode:
    break;
  }
  return "bitcode";
}

} // namespace hapax

#endif // HAPAX_IR_OUTPUTKIND_H
