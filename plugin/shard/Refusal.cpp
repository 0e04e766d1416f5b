//===- Refusal.cpp - Why a module is compiled as a whole ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Refusal.h"
#include <utility>

using namespace hapax;
using llvm::StringRef;

namespace {
struct Row {
  Refusal Why;
  StringRef Name, Explanation;
};
constexpr Row Table[] = {
#define X(Enumerator, Name, Text) {Refusal::Enumerator, Name, Text},
    HAPAX_REFUSALS(X)
#undef X
};
} // namespace

StringRef hapax::name(Refusal Why) {
  return Table[std::to_underlying(Why)].Name;
}

StringRef hapax::explanation(Refusal Why) {
  return Table[std::to_underlying(Why)].Explanation;
}

std::optional<Refusal> hapax::refusal(StringRef Name) {
  for (const Row &R : Table)
    if (R.Name == Name)
      return R.Why;
  return std::nullopt;
}
