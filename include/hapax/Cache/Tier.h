//===- Tier.h - The contract of one tier of the cache -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// One tier of the cache: the disk store, the daemon, the memory of a GPU. This
/// header is the whole contract.
///
/// What every tier promises:
///  - It fails open: whatever goes wrong inside a tier comes back as a
///    TierError. The caller treats it as a miss; it never ends the process.
///  - Nothing corrupt is served: get() and getMany() check the entry's digest
///    (and that it is the entry of the key asked for) before they return it. An
///    entry that fails is removed and reported as TierError::Corrupt.
///  - put() is atomic: a reader sees the whole entry or none. Concurrent
///    writers of one key are harmless (a key determines its content). A failed
///    put leaves the old state.
///  - Every call may be made from any thread.
///  - A call gives up when its deadline has passed (TierError::Deadline);
///    tiers that cannot block for long may ignore it.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CACHE_TIER_H
#define HAPAX_CACHE_TIER_H

#include "hapax/Cache/Digest.h"
#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hapax {

/// What an entry's payload is. The values are part of the entry format.
enum class PayloadKind : uint8_t {
  Object = 1,
  Assembly = 2,
  Bitcode = 3,
};

/// A point in time after which the caller no longer wants an answer.
using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline NoDeadline = Deadline::max();

/// Why a tier could not answer. "Not there" is no error: see Tier::get.
struct TierError {
  enum class Kind : uint8_t {
    Corrupt,     ///< The entry was there and bad; it has been removed.
    Full,        ///< No space (disk, memory, quota, or the entry is too large).
    Io,          ///< The medium failed, or permission was denied.
    Deadline,    ///< No answer in time.
    Unavailable, ///< The tier is gone or was never there (for this process).
    ReadOnly,    ///< A write to a tier opened for reading.
  };
  Kind Reason;
  /// One line for a person: cause and remedy.
  std::string Message;
};
std::string_view name(TierError::Kind Kind);

/// What is known of an entry besides its payload.
struct EntryInfo {
  PayloadKind Kind = PayloadKind::Object;
  /// Bytes of the payload as the compiler wants it.
  uint64_t Size = 0;
  /// Bytes that the tier keeps for it (smaller when compressed).
  uint64_t StoredSize = 0;
  /// XXH3-128 of the payload as the compiler wants it.
  Digest PayloadDigest;
  /// CPU time in milliseconds that making the payload took: what a hit saves.
  uint32_t CostMs = 0;
  /// Name of the tier that had it, where a stack of tiers was asked.
  std::string_view Tier = {};
};

/// Memory of the caller's that receives a payload.
class Sink {
public:
  virtual ~Sink();
  /// Room for exactly \p Size bytes, valid until the get() that asked returns;
  /// an empty span with Size > 0 refuses (the get fails with Full). A tier
  /// calls it at most once per entry; with several tiers it is called again
  /// when one fails after asking, and the last room counts. What the room holds
  /// after a failed get is undefined.
  virtual std::span<std::byte> reserve(size_t Size) = 0;
};

/// A Sink over a container with resize() and data() (std::vector, SmallVector).
template <typename Container> class ContainerSink final : public Sink {
public:
  explicit ContainerSink(Container &Target) : Target(Target) {}
  std::span<std::byte> reserve(size_t Size) override {
    Target.resize(Size);
    return {reinterpret_cast<std::byte *>(Target.data()), Size};
  }

private:
  Container &Target;
};

/// Keeps an entry from being evicted while it lives. Move-only.
class Pin {
public:
  Pin() = default;
  explicit Pin(std::function<void()> Release) : Release(std::move(Release)) {}
  Pin(Pin &&Other) noexcept : Release(std::exchange(Other.Release, nullptr)) {}
  Pin &operator=(Pin &&Other) noexcept {
    std::swap(Release, Other.Release);
    return *this;
  }
  ~Pin() {
    if (Release)
      Release();
  }

private:
  std::function<void()> Release;
};

/// Counters of one tier in this process.
struct TierCounters {
  uint64_t Hits = 0;
  uint64_t Misses = 0;
  uint64_t Errors = 0;
  uint64_t CorruptEvicted = 0;
  uint64_t Puts = 0;
  uint64_t BytesRead = 0;
  uint64_t BytesWritten = 0;
};

/// One tier. See the file comment for what every implementation promises.
class Tier {
public:
  virtual ~Tier();

  /// A short lower-case name for counters and logs, e.g. "disk". Constant, and
  /// valid after the tier is gone.
  virtual std::string_view name() const = 0;

  /// Whether what it took is there until it is removed or pruned; false where
  /// it may be gone any moment, with the process or the card that holds it.
  virtual bool keeps() const { return true; }

  /// Fetches the payload of \p Key into \p Into. Returns its description,
  /// std::nullopt when the tier does not have it, or why it could not tell.
  virtual std::expected<std::optional<EntryInfo>, TierError>
  get(const CacheKey &Key, Sink &Into, Deadline Until = NoDeadline) = 0;

  struct Request {
    CacheKey Key;
    Sink *Into;
  };
  using Answer = std::expected<std::optional<EntryInfo>, TierError>;
  /// Fetches many at once; answers stand in the order of the requests. The
  /// default asks get() for each.
  virtual std::vector<Answer> getMany(std::span<const Request> Requests,
                                      Deadline Until = NoDeadline);

  /// Stores \p Payload under \p Key. A key that is already there is left as it
  /// is (the content is the same by construction).
  virtual std::expected<void, TierError>
  put(const CacheKey &Key, PayloadKind Kind, std::span<const std::byte> Payload,
      uint32_t CostMs, Deadline Until = NoDeadline) = 0;

  /// Whether get() would find the key; may be wrong about a corrupt entry.
  virtual std::expected<bool, TierError>
  contains(const CacheKey &Key, Deadline Until = NoDeadline) = 0;

  /// Forgets the key: from then on it is a miss and may be stored anew.
  /// Removing what is not there succeeds.
  virtual std::expected<void, TierError>
  remove(const CacheKey &Key, Deadline Until = NoDeadline) = 0;

  /// Keeps the entry from being evicted until the Pin dies. The default pins
  /// nothing, which is right for tiers whose eviction cannot hit a reader.
  virtual Pin pin(const CacheKey &Key);

  virtual TierCounters counters() const = 0;
};

} // namespace hapax

#endif // HAPAX_CACHE_TIER_H
