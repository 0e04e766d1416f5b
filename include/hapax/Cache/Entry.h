//===- Entry.h - The format of a cache entry --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// How an entry looks as bytes, in every tier that keeps bytes. Decoding is
/// total: any bytes give an entry or an error.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CACHE_ENTRY_H
#define HAPAX_CACHE_ENTRY_H

#include "hapax/Cache/Digest.h"
#include "hapax/Cache/Tier.h"
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>

namespace hapax {

/// How the stored payload is compressed. The values are part of the format.
enum class Compression : uint8_t {
  None = 0,
  Zstd = 1, ///< one zstd frame that declares its content size
};

/// What to compress. Reading understands every method, whatever is set here.
struct CompressionPolicy {
  /// zstd level; 0 stores as is.
  int Level = 0;
  /// Payloads of fewer bytes are stored as they are.
  uint64_t MinSize = 0;

  static CompressionPolicy none() { return {}; }
  static CompressionPolicy level(int Level) { return {Level, 0}; }
  /// The measured default; the figures stand in Entry.cpp.
  static CompressionPolicy automatic();
};

/// Everything of an entry but its payload.
///
/// The bytes of an entry; integers are little-endian, digests as
/// Digest::bytes() gives them, offsets in bytes:
///
///   entry   := header stored-payload
///   header  :=  0  magic           4  "HPXE"
///               4  version         2  1
///               6  kind            1  PayloadKind
///               7  method          1  Compression
///               8  cost            4  CPU milliseconds that the compile took
///              12  zero            4
///              16  size            8  bytes of the payload
///              24  stored size     8  bytes of the stored payload
///              32  key            16
///              48  payload digest 16  XXH3-128 of the payload, uncompressed
///              64  header digest  16  XXH3-128 of the 64 bytes before
///   stored-payload := the payload (method None; stored size = size)
///                   | a zstd frame (method Zstd; stored size < size)
///
/// An entry is a function of its content alone: equal entries are equal bytes.
struct EntryHeader {
  static constexpr uint16_t Version = 1;
  static constexpr size_t Bytes = 80;
  /// No payload is larger; a larger size in a header is damage.
  static constexpr uint64_t MaxPayload = uint64_t(1) << 33;

  CacheKey Key;
  Compression Method = Compression::None;
  EntryInfo Info;

  std::array<std::byte, Bytes> encode() const;
  /// Reads a header from the front of \p From, of which it uses the first
  /// Bytes bytes. Fails with Corrupt on anything that encode() does not write.
  static std::expected<EntryHeader, TierError>
  decode(std::span<const std::byte> From);
};

/// An entry ready to be stored.
struct PackedEntry {
  EntryHeader Header;
  /// The stored payload: within Storage, or the caller's own bytes where
  /// compression is off or does not pay.
  std::span<const std::byte> Stored;
  std::unique_ptr<std::byte[]> Storage;
};

/// Makes the entry of \p Payload, which must outlive the result. Fails with
/// Full when the payload is larger than EntryHeader::MaxPayload.
std::expected<PackedEntry, TierError>
packEntry(const CacheKey &Key, PayloadKind Kind,
          std::span<const std::byte> Payload, uint32_t CostMs,
          CompressionPolicy Policy);

/// Unpacks \p Stored straight into memory of \p Into and checks the digest.
/// Asks for no more memory than the header declares and the stored bytes can
/// hold. Fails with Corrupt when the bytes do not give the declared payload,
/// with Full when \p Into refuses.
std::expected<EntryInfo, TierError>
unpackPayload(const EntryHeader &Header, std::span<const std::byte> Stored,
              Sink &Into);

/// Reads a whole entry (header, then the stored payload, and nothing behind it)
/// that is expected to be the entry of \p Key. Errors as unpackPayload(); the
/// entry of another key is Corrupt.
std::expected<EntryInfo, TierError>
decodeEntry(const CacheKey &Key, std::span<const std::byte> Entry, Sink &Into);

} // namespace hapax

#endif // HAPAX_CACHE_ENTRY_H
