//===- RelocationTypes.h - Relocations that can be carried over -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_RELOCATIONTYPES_H
#define HAPAX_SHARD_MERGE_RELOCATIONTYPES_H

#include "llvm/BinaryFormat/ELF.h"
#include <cstdint>
#include <optional>

namespace hapax::merge {

/// What the merge has to know of a type of relocation.
struct RelocationType {
  uint32_t Size; ///< of the place, in bytes
  /// Its value is symbol + addend - something: a section's symbol may stand for
  /// what is in the section, at the addend.
  bool TakesSections;
  /// The value is symbol + addend - place, and known when both lie in one
  /// section.
  bool Resolvable;
};

/// The types of x86-64 that object files have; nothing for others.
std::optional<RelocationType> relocationType(uint32_t Type);

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_RELOCATIONTYPES_H
