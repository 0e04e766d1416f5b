//===- MemoryMutator.h - Changes that text cannot express -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Changes to a module in memory: order of uses, operands, instructions and
/// globals; names; declarations that nothing uses; what the hash ignores.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_IR_MEMORYMUTATOR_H
#define HAPAX_TEST_IR_MEMORYMUTATOR_H

#include "llvm/ADT/ArrayRef.h"
#include <random>

namespace llvm {
class Module;
} // namespace llvm

namespace hapax::test {

using Rng = std::mt19937_64;

struct MemoryMutation {
  const char *Name;
  /// Returns whether it changed anything.
  bool (*Apply)(llvm::Module &M, Rng &Random);
};

llvm::ArrayRef<MemoryMutation> memoryMutations();

} // namespace hapax::test

#endif // HAPAX_TEST_IR_MEMORYMUTATOR_H
