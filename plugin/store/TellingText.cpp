//===- TellingText.cpp - Strings that differ between compiles -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/TellingText.h"

#include <algorithm>
#include <array>

namespace hapax {

namespace {

/// Whether \p Text begins as \p Form does, in which '0' stands for a digit and
/// '_' for a digit or a blank, and does not go on with a digit.
bool beginsAs(std::string_view Text, std::string_view Form) {
  auto IsDigit = [](char C) { return C >= '0' && C <= '9'; };
  if (Text.size() < Form.size() ||
      (Text.size() > Form.size() && IsDigit(Text[Form.size()])))
    return false;
  for (size_t I = 0; I != Form.size(); ++I) {
    char C = Text[I];
    bool Fits = Form[I] == '0'   ? IsDigit(C)
                : Form[I] == '_' ? IsDigit(C) || C == ' '
                                 : C == Form[I];
    if (!Fits)
      return false;
  }
  return true;
}

constexpr std::array<std::string_view, 12> Months = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

} // namespace

bool tellsTime(std::string_view Text) {
  if (Text.size() > MaxTellingText)
    return false;
  for (size_t I = 0; I < Text.size(); ++I) {
    std::string_view Rest = Text.substr(I);
    if (beginsAs(Rest, "00:00:00"))
      return true;
    if (beginsAs(Rest.substr(std::min<size_t>(3, Rest.size())), " _0 0000") &&
        std::ranges::find(Months, Rest.substr(0, 3)) != Months.end())
      return true;
  }
  return false;
}

bool tellsPath(std::string_view Text) {
  if (Text.size() > MaxTellingText)
    return false;
  size_t Slash = Text.rfind('/');
  return Slash != std::string_view::npos && Slash + 1 != Text.size() &&
         std::ranges::all_of(
             Text, [](unsigned char C) { return C > ' ' && C != 0x7f; });
}

} // namespace hapax
