//===- TextMutator.h - Modules that differ in one token ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Every property of every construct stands somewhere in the text of a module:
/// so changing each token to each of its alternatives reaches them all, those
/// that nobody thought of included. Most changes make no valid module; the
/// parser and the verifier sort these out.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_IR_TEXTMUTATOR_H
#define HAPAX_TEST_IR_TEXTMUTATOR_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace hapax::test {

/// One change: bytes [Begin, End) of the text become Replacement.
struct TextMutation {
  size_t Begin;
  size_t End;
  std::string Replacement;
};

/// All changes of one token of \p Text (LLVM assembly), in order of the text:
/// other values for numbers and strings, other words of the same family, other
/// references of the same sort, left out, put in.
std::vector<TextMutation> allTextMutations(llvm::StringRef Text);

std::string applyMutation(llvm::StringRef Text, const TextMutation &Mutation);

} // namespace hapax::test

#endif // HAPAX_TEST_IR_TEXTMUTATOR_H
