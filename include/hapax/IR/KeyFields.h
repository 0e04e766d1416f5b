//===- KeyFields.h - Tagged, printable fields of a key ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A key is a digest of fields. Each field has a tag and a value; both are
/// hashed with their lengths, so no two lists of fields can be confused, and
/// both can be printed, so that `hapax key` and `hapax why` can show what a
/// key was made of.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_KEYFIELDS_H
#define HAPAX_IR_KEYFIELDS_H

#include "hapax/Cache/Digest.h"
#include "llvm/ADT/StringRef.h"
#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

namespace hapax {

/// One field in its printable form.
struct KeyField {
  std::string Tag;
  /// Control characters are escaped; a value of more than 240 bytes is cut and
  /// ends in its length and digest. Equal fields print equally; different ones
  /// differently.
  std::string Value;

  bool operator==(const KeyField &) const = default;
};

/// Collects the fields of a key. Not thread-safe.
class KeyBuilder {
public:
  void add(llvm::StringRef Tag, llvm::StringRef Value);
  void add(llvm::StringRef Tag, const char *Value) {
    add(Tag, llvm::StringRef(Value));
  }
  void add(llvm::StringRef Tag, const Digest &Value);
  /// Integers, booleans and enumerations, as a decimal number.
  template <typename T>
    requires std::integral<T> || std::is_enum_v<T>
  void add(llvm::StringRef Tag, T Value) {
    addNumber(Tag, static_cast<int64_t>(Value));
  }

  /// The digest of the fields so far.
  Digest finish() const { return Hash.finish(); }
  const std::vector<KeyField> &fields() const { return Fields; }
  std::vector<KeyField> takeFields() { return std::move(Fields); }

private:
  void addNumber(llvm::StringRef Tag, int64_t Value);

  Hasher Hash;
  std::vector<KeyField> Fields;
};

} // namespace hapax

#endif // HAPAX_IR_KEYFIELDS_H
