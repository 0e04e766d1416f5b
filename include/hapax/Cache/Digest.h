//===- Digest.h - 128-bit digests and the hasher that makes them *- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Every digest of Hapax is a 128-bit XXH3 (xxHash 0.8, seed 0). It guards
/// against accidents (changed input, flipped bits), not against an adversary
/// who can choose the input: whoever can write the store can write the objects.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CACHE_DIGEST_H
#define HAPAX_CACHE_DIGEST_H

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hapax {

/// A 128-bit digest. A value type; all zero is a digest like any other.
struct Digest {
  uint64_t High = 0;
  uint64_t Low = 0;

  auto operator<=>(const Digest &) const = default;

  /// The canonical (big-endian) bytes: the same on every host.
  std::array<uint8_t, 16> bytes() const;
  static Digest fromBytes(std::span<const uint8_t, 16> Bytes);

  /// 32 lower-case hexadecimal digits.
  std::string hex() const;
  /// The inverse of hex(); nothing else is accepted.
  static std::optional<Digest> fromHex(std::string_view Text);
};

/// The key of a cache entry: a digest of everything that can influence the
/// entry's content (hapax/IR/CompileKey.h).
using CacheKey = Digest;

/// Digest of one contiguous range.
Digest digestOf(std::span<const std::byte> Bytes);
Digest digestOf(std::string_view Bytes);

/// Streaming hasher. Not thread-safe; one per thread.
///
/// The typed calls hash a fixed number of bytes, strings and nested digests
/// carry their length, so that a sequence of calls cannot be confused with
/// another sequence that has the same bytes.
class Hasher {
public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher &) = delete;
  Hasher &operator=(const Hasher &) = delete;

  /// Raw bytes, without a length.
  void raw(const void *Data, size_t Size);

  /// An integer or enumeration, as its 8 bytes.
  template <typename T>
    requires std::integral<T> || std::is_enum_v<T>
  void add(T Value) {
    uint64_t Wide = static_cast<uint64_t>(Value);
    raw(&Wide, sizeof(Wide));
  }
  /// The length, then the bytes.
  void add(std::string_view Text);
  void add(const Digest &D);

  /// The digest of what was added so far; adding may go on.
  Digest finish() const;
  void reset();

private:
  struct State;
  std::unique_ptr<State> Impl;
};

} // namespace hapax

template <> struct std::hash<hapax::Digest> {
  size_t operator()(const hapax::Digest &D) const noexcept { return D.Low; }
};

#endif // HAPAX_CACHE_DIGEST_H
