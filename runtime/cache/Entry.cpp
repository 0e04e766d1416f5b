//===- Entry.cpp - The format of a cache entry ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/Entry.h"

#include <cstring>
#include <new>
#include <type_traits>
#include <zstd.h>

using namespace hapax;

namespace {

constexpr std::byte Magic[4] = {std::byte('H'), std::byte('P'), std::byte('X'),
                                std::byte('E')};

enum Offset : size_t {
  MagicAt = 0,
  VersionAt = 4,
  KindAt = 6,
  MethodAt = 7,
  CostAt = 8,
  ZeroAt = 12,
  SizeAt = 16,
  StoredSizeAt = 24,
  KeyAt = 32,
  PayloadDigestAt = 48,
  HeaderDigestAt = 64,
};
static_assert(HeaderDigestAt + 16 == EntryHeader::Bytes);

template <typename T> void putInt(std::byte *To, T Value) {
  for (size_t I = 0; I != sizeof(T); ++I)
    To[I] = static_cast<std::byte>(Value >> (8 * I));
}

template <typename T> T getInt(const std::byte *From) {
  T Value = 0;
  for (size_t I = 0; I != sizeof(T); ++I)
    Value |= static_cast<T>(static_cast<T>(From[I]) << (8 * I));
  return Value;
}

void putDigest(std::byte *To, const Digest &D) {
  auto Bytes = D.bytes();
  std::memcpy(To, Bytes.data(), Bytes.size());
}

Digest getDigest(const std::byte *From) {
  std::array<uint8_t, 16> Bytes;
  std::memcpy(Bytes.data(), From, Bytes.size());
  return Digest::fromBytes(Bytes);
}

std::unexpected<TierError> corrupt(const char *Why) {
  return std::unexpected(
      TierError{TierError::Kind::Corrupt,
                std::string("bad cache entry (") + Why + "); it is not used"});
}

/// The most bytes that one stored byte of a zstd frame can stand for, rounded
/// up: a block of 128 KiB of one repeated byte takes 4 bytes.
constexpr uint64_t MaxZstdRatio = 1 << 16;

} // namespace

// Measured on 275 objects of LLVM (-O2, 50 kB each on average) and on objects
// with -g, zstd 1.5.4, x86-64. A hit costs 75 us/MB to copy and check in any
// case.
//
//   level      ratio     compress us/MB   decompress us/MB   (without -g)
//     -7        1.9          1750              590
//     -3        2.5          1700              600
//     -1        3.0          1860              610
//      1        3.2          2190              750
//      3        3.4          2970              800
//
// -1 costs a hit of 85 kB about 50 us, of the 30 ms or more that a compile
// takes up to there, and triples what a given size limit holds; -g objects
// shrink to a quarter. Below 4 KiB there is nothing to gain.
CompressionPolicy CompressionPolicy::automatic() { return {-1, 4096}; }

std::array<std::byte, EntryHeader::Bytes> EntryHeader::encode() const {
  std::array<std::byte, Bytes> To = {};
  std::memcpy(&To[MagicAt], Magic, sizeof(Magic));
  putInt<uint16_t>(&To[VersionAt], Version);
  To[KindAt] = static_cast<std::byte>(Info.Kind);
  To[MethodAt] = static_cast<std::byte>(Method);
  putInt<uint32_t>(&To[CostAt], Info.CostMs);
  putInt<uint64_t>(&To[SizeAt], Info.Size);
  putInt<uint64_t>(&To[StoredSizeAt], Info.StoredSize);
  putDigest(&To[KeyAt], Key);
  putDigest(&To[PayloadDigestAt], Info.PayloadDigest);
  putDigest(&To[HeaderDigestAt],
            digestOf(std::span<const std::byte>(To).first(HeaderDigestAt)));
  return To;
}

std::expected<EntryHeader, TierError>
EntryHeader::decode(std::span<const std::byte> From) {
  if (From.size() < Bytes)
    return corrupt("shorter than a header");
  const std::byte *At = From.data();
  if (std::memcmp(At + MagicAt, Magic, sizeof(Magic)) != 0)
    return corrupt("no magic");
  if (getInt<uint16_t>(At + VersionAt) != Version)
    return corrupt("unknown format version");
  if (digestOf(From.first(HeaderDigestAt)) != getDigest(At + HeaderDigestAt))
    return corrupt("header digest differs");

  // The digest only says that some encoder wrote these bytes. What follows
  // depends on the fields, so they are checked one by one as well.
  auto Kind = static_cast<uint8_t>(At[KindAt]);
  auto Method = static_cast<uint8_t>(At[MethodAt]);
  EntryHeader H;
  H.Info.Size = getInt<uint64_t>(At + SizeAt);
  H.Info.StoredSize = getInt<uint64_t>(At + StoredSizeAt);
  if (Kind < uint8_t(PayloadKind::Object) ||
      Kind > uint8_t(PayloadKind::Bitcode))
    return corrupt("unknown payload kind");
  if (Method > uint8_t(Compression::Zstd))
    return corrupt("unknown compression method");
  if (getInt<uint32_t>(At + ZeroAt) != 0)
    return corrupt("reserved bytes are set");
  H.Info.Kind = static_cast<PayloadKind>(Kind);
  H.Method = static_cast<Compression>(Method);
  bool SizesAgree = H.Method == Compression::None
                        ? H.Info.StoredSize == H.Info.Size
                        : H.Info.StoredSize < H.Info.Size;
  if (H.Info.Size > MaxPayload || !SizesAgree)
    return corrupt("implausible size");
  H.Info.CostMs = getInt<uint32_t>(At + CostAt);
  H.Key = getDigest(At + KeyAt);
  H.Info.PayloadDigest = getDigest(At + PayloadDigestAt);
  return H;
}

std::expected<PackedEntry, TierError>
hapax::packEntry(const CacheKey &Key, PayloadKind Kind,
                 std::span<const std::byte> Payload, uint32_t CostMs,
                 CompressionPolicy Policy) {
  if (Payload.size() > EntryHeader::MaxPayload)
    return std::unexpected(
        TierError{TierError::Kind::Full, "the output is too large to cache"});

  PackedEntry Entry;
  Entry.Header.Key = Key;
  Entry.Header.Info = {Kind, Payload.size(), Payload.size(), digestOf(Payload),
                       CostMs};
  Entry.Stored = Payload;
  if (Policy.Level == 0 || Payload.empty() || Payload.size() < Policy.MinSize)
    return Entry;

  // A frame must save an eighth to be worth its decompression. With no more
  // room than that zstd gives up by itself.
  size_t Room = Payload.size() - Payload.size() / 8 - 1;
  std::unique_ptr<std::byte[]> Storage(new (std::nothrow) std::byte[Room]);
  if (!Storage)
    return Entry;
  size_t Size = ZSTD_compress(Storage.get(), Room, Payload.data(),
                              Payload.size(), Policy.Level);
  if (ZSTD_isError(Size))
    return Entry;
  Entry.Header.Method = Compression::Zstd;
  Entry.Header.Info.StoredSize = Size;
  Entry.Storage = std::move(Storage);
  Entry.Stored = {Entry.Storage.get(), Size};
  return Entry;
}

std::expected<EntryInfo, TierError>
hapax::unpackPayload(const EntryHeader &Header,
                     std::span<const std::byte> Stored, Sink &Into) {
  const EntryInfo &Info = Header.Info;
  if (Stored.size() != Info.StoredSize)
    return corrupt("payload is cut or padded");
  if (Header.Method == Compression::Zstd &&
      (Info.Size / MaxZstdRatio > Stored.size() ||
       ZSTD_getFrameContentSize(Stored.data(), Stored.size()) != Info.Size))
    return corrupt("frame declares another size");

  std::span<std::byte> Room = Into.reserve(Info.Size);
  if (Room.size() != Info.Size)
    return std::unexpected(TierError{TierError::Kind::Full,
                                     "the receiver has no room for the entry"});

  if (Header.Method == Compression::Zstd) {
    size_t Size =
        ZSTD_decompress(Room.data(), Room.size(), Stored.data(), Stored.size());
    if (ZSTD_isError(Size) || Size != Info.Size)
      return corrupt("payload does not decompress");
  } else if (!Stored.empty()) {
    std::memcpy(Room.data(), Stored.data(), Stored.size());
  }
  // Over the copy, not over the source: what the caller holds is what was
  // checked, even when the stored bytes change meanwhile.
  if (digestOf(std::span<const std::byte>(Room)) != Info.PayloadDigest)
    return corrupt("payload digest differs");
  return Info;
}

std::expected<EntryInfo, TierError>
hapax::decodeEntry(const CacheKey &Key, std::span<const std::byte> Entry,
                   Sink &Into) {
  auto Header = EntryHeader::decode(Entry);
  if (!Header)
    return std::unexpected(Header.error());
  if (Header->Key != Key)
    return corrupt("entry of another key");
  return unpackPayload(*Header, Entry.subspan(EntryHeader::Bytes), Into);
}
