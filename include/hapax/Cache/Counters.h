//===- Counters.h - Named counters shared by all processes ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Named 64-bit counters in one small memory-mapped file, so that hundreds of
/// short compiler processes count together without a lock. The grammar of the
/// file stands in Counters.cpp.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CACHE_COUNTERS_H
#define HAPAX_CACHE_COUNTERS_H

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace hapax {

/// Handle on the counters file. Thread-safe. Never fails visibly: when the file
/// cannot be opened, created or mapped, or is not ours, adding does nothing and
/// reading gives no counters.
class Counters {
public:
  /// Bytes of the longest name.
  static constexpr size_t MaxName = 47;

  Counters() = default;
  ~Counters();
  Counters(Counters &&) noexcept;
  Counters &operator=(Counters &&) noexcept;

  /// Opens or creates the file (a damaged one is replaced), with the folders
  /// that it lies in. With \p ReadOnly nothing is created or changed and add()
  /// and zero() do nothing.
  static Counters open(const std::string &Path, bool ReadOnly = false);

  /// Whether the file is open.
  explicit operator bool() const { return Base != nullptr; }

  /// Adds \p Amount to the counter \p Name (at most MaxName bytes: lower-case
  /// letters, digits, '.', '-' and '_', e.g. "bypass.split-dwarf"). One atomic
  /// addition. Another name, or one beyond the table's capacity, is counted
  /// under "other".
  void add(std::string_view Name, uint64_t Amount = 1);

  /// All counters that were ever used, by name.
  std::map<std::string, uint64_t> read() const;

  /// Sets all counters to zero, and clears what is damaged in the table.
  void zero();

private:
  void *Base = nullptr;
  bool Writable = false;
};

} // namespace hapax

#endif // HAPAX_CACHE_COUNTERS_H
