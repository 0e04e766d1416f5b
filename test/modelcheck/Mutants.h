//===- Mutants.h - Memory orders that can be weakened -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// mutants.py copies the shipped headers and puts a call of at() around every
/// memory order. One build then holds all mutants; which one runs is a
/// variable.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MODELCHECK_MUTANTS_H
#define HAPAX_MODELCHECK_MUTANTS_H

#include <atomic>
#include <span>

namespace modelcheck::mutants {

/// One memory order in one place of a header, and one weaker order for it.
struct Mutant {
  /// The header below include/hapax.
  const char *Header;
  unsigned Line;
  const char *From;
  const char *To;
  unsigned Site;
  std::memory_order Weaker;
};

/// All of them; the definition is generated.
std::span<const Mutant> all();

/// The one that runs; nullptr: the code as it was written.
inline const Mutant *Active = nullptr;

inline std::memory_order at(unsigned Site, std::memory_order Written) {
  return Active && Active->Site == Site ? Active->Weaker : Written;
}

} // namespace modelcheck::mutants

#endif // HAPAX_MODELCHECK_MUTANTS_H
