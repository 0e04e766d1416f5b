//===- Advice.h - What would make the next compile hit ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// From the records of two compiles to what a person can do so that the next
/// one hits. Each rule is a row of one table in Advice.cpp. A rule says
/// nothing where it is not sure of the cause.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_ADVICE_H
#define HAPAX_TOOLS_ADVICE_H

#include "hapax/Store/CompileRecord.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace hapax {

struct Advice {
  /// Name of the rule, lower-case words joined by '-': equal causes have equal
  /// names.
  llvm::StringRef Rule;
  /// One line: the cause, then the remedy.
  std::string Text;
};

/// What helps against the miss or bypass \p Now, in the order of the table;
/// nothing for a hit. \p Before is a compile to compare it with: of the same
/// source, or of the same file in another place. \p SizeLimit is the store's,
/// in bytes.
std::vector<Advice> adviceFor(const CompileRecord &Now,
                              const CompileRecord *Before, uint64_t SizeLimit);

/// The names of all rules, in the order of the table.
std::vector<llvm::StringRef> adviceRules();

} // namespace hapax

#endif // HAPAX_TOOLS_ADVICE_H
