//===- TellingText.h - Strings that differ between compiles -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// String constants that make the same source another module: when it was
/// compiled (__TIME__, __DATE__, __TIMESTAMP__) or where it lies (__FILE__,
/// assert()). Guesses from their form, for advice; no key depends on them.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_TELLINGTEXT_H
#define HAPAX_STORE_TELLINGTEXT_H

#include <string_view>

namespace hapax {

/// Longest text that is looked at.
inline constexpr size_t MaxTellingText = 512;

/// Whether a time as of __TIME__ ("23:59:59") or a date as of __DATE__
/// ("Jan  1 2026") stands anywhere in \p Text.
bool tellsTime(std::string_view Text);

/// Whether \p Text has the form of a file's path with a folder.
bool tellsPath(std::string_view Text);

} // namespace hapax

#endif // HAPAX_STORE_TELLINGTEXT_H
