//===- Bypass.cpp - Why a compile is left alone -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/Bypass.h"
#include <utility>

using namespace hapax;

static constexpr BypassEntry Table[] = {
#define X(Enumerator, Name, Text) {BypassReason::Enumerator, Name, Text},
    HAPAX_BYPASS_REASONS(X)
#undef X
};

std::span<const BypassEntry> hapax::bypassTable() { return Table; }

std::string_view hapax::name(BypassReason Reason) {
  return Table[std::to_underlying(Reason)].Name;
}

std::string_view hapax::explanation(BypassReason Reason) {
  return Table[std::to_underlying(Reason)].Explanation;
}

std::optional<BypassReason> hapax::bypassReason(std::string_view Name) {
  for (const BypassEntry &Entry : Table)
    if (Entry.Name == Name)
      return Entry.Reason;
  return std::nullopt;
}
