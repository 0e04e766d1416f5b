//===- VramCache.h - The cache in the memory of a GPU -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A Tier that keeps entries in device memory, the least recently used ones
/// going first, exactly, by bytes and by count. How it works stands in
/// runtime/vram/VramCore.h.
///
/// It holds nothing that exists nowhere else, and nothing of it survives the
/// process. Every payload is checked against its digest, streamed behind the
/// copy, before it is handed out.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_VRAM_VRAMCACHE_H
#define HAPAX_VRAM_VRAMCACHE_H

#include "hapax/Cache/Tier.h"
#include "hapax/Gpu/Arena.h"
#include "hapax/Gpu/DeviceMemory.h"
#include <atomic>
#include <chrono>
#include <mutex>

namespace hapax {

class PoisonedMemory;
class VramCore;

struct VramOptions {
  /// Device memory: limit, slabs, what is kept for others.
  ArenaOptions Memory;
  /// The most bytes of entries, each rounded up (Arena::roundUp). Never more
  /// than nine tenths of Memory.LimitBytes: the rest is for holes. Rounded down
  /// to whole blocks.
  uint64_t MaxBytes = std::numeric_limits<uint64_t>::max();
  /// The most entries; 0: one for each 64 KiB, from 4096 to 2^20. Each takes
  /// about 300 bytes of host memory.
  uint32_t MaxEntries = 0;
  /// Host memory for copies of small entries that are asked for again and
  /// again; 0: none.
  uint64_t FrontBytes = uint64_t(64) << 20;
  /// The largest payload that is small.
  uint64_t FrontEntryBytes = 16384;
  /// How many transfers may be under way at a time, and the pinned host memory
  /// that each has.
  unsigned Lanes = 4;
  uint64_t LaneBytes = uint64_t(1) << 20;
  /// A transfer that takes longer is given up. A device that needs as long
  /// again to come to its end is lost.
  std::chrono::milliseconds TransferTimeout{2000};
  /// Without any use for so long, relieve() gives everything back; 0: never.
  std::chrono::milliseconds IdleAfter{0};
  /// After giving back, how long relieve() waits before it takes more again.
  std::chrono::milliseconds RegrowAfter{10'000};
  /// How long giveBack() moves entries out of the way before it rather drops
  /// them.
  std::chrono::milliseconds MoveFor{3};
  /// How many small entries are fetched at once.
  enum class Batch : uint8_t {
    Measured, ///< As was found faster when the cache was made.
    Copies,
    Gather,
  };
  Batch Batches = Batch::Measured;
  /// When the device is lost the cache goes on, empty, in so much host memory;
  /// 0: it is Unavailable from then on.
  uint64_t HostFallbackBytes = 0;
};

/// Numbers since the cache was made, and of this moment.
struct VramStatistics {
  uint64_t Hits = 0, Misses = 0, Errors = 0, Puts = 0, Replaced = 0;
  uint64_t BytesRead = 0, BytesWritten = 0;
  /// Hits that the front served.
  uint64_t FrontHits = 0;
  /// Entries that had to go because of the limits.
  uint64_t Evicted = 0;
  /// Entries that had to go although the limits had room: no hole was large
  /// enough, or slabs were given back faster than by moving entries.
  uint64_t EvictedForRoom = 0;
  uint64_t CorruptEvicted = 0;
  uint64_t TimedOut = 0;
  /// Batches of getMany(), and how many of them by a kernel.
  uint64_t Batches = 0, Gathers = 0;
  uint64_t MovedBytes = 0, GivenBackBytes = 0;
  /// Now:
  uint64_t Entries = 0, Bytes = 0, LimitBytes = 0, LimitEntries = 0;
  uint64_t PinnedEntries = 0;
  uint64_t FrontEntries = 0, FrontBytes = 0;
  uint64_t MappedBytes = 0, SlabBytes = 0;
  /// In host memory: there is no device, or it was lost.
  bool OnHost = false;
  /// The device was lost.
  bool Lost = false;
  /// Registered memory that a lost device may still write to, in bytes. Unless
  /// it is 0, the process needs to start anew.
  uint64_t PoisonedBytes = 0;
};

/// Memory of the caller's that transfers go to and come from directly, as long
/// as this lives; it must end before the memory and before the cache, and no
/// call may be using it then. Move-only; empty after a move.
///
/// Nothing is written to it after a call has returned, but for one case: a copy
/// into it was under way when the device hung or was lost, and did not end
/// within TransferTimeout. The driver cannot take it back. Then the call says
/// Unavailable, the cache gives no more answers in that place, out of the
/// host's memory neither, and leaves the memory pinned; and the caller must
/// keep the memory until the process ends, or starts anew, and neither read an
/// answer from that place nor let another tier answer there; nor is a payload
/// stored that lies there. Memory that such a copy only reads is left pinned
/// too, but what stands in it can be believed.
class RegisteredMemory {
public:
  RegisteredMemory() = default;
  RegisteredMemory(VramCore &Owner, std::span<std::byte> Memory)
      : Owner(&Owner), Memory(Memory) {}
  RegisteredMemory(RegisteredMemory &&Other) noexcept {
    *this = std::move(Other);
  }
  RegisteredMemory &operator=(RegisteredMemory &&Other) noexcept {
    std::swap(Owner, Other.Owner);
    std::swap(Memory, Other.Memory);
    return *this;
  }
  ~RegisteredMemory();

  /// Whether a part of it is poisoned: may still be written by a lost device.
  bool isPoisoned() const;

private:
  VramCore *Owner = nullptr;
  std::span<std::byte> Memory;
};

/// Every call may be made from any thread: one mutex guards the bookkeeping,
/// and transfers run outside of it. A hit allocates no memory. Besides the
/// deadline of a call, TransferTimeout bounds it; a transfer to or from
/// registered memory is bounded by TransferTimeout alone, since it cannot be
/// left behind: see RegisteredMemory for when it must be. To memory that is not
/// registered nothing is written after a call has returned, whatever happens.
/// An entry that is being fetched is the newest, and may still go: what is
/// fetched is what it was, and its memory is used again afterwards.
class VramCache final : public Tier {
public:
  /// \p Beside: another cache whose answers go to the same memory, if there is
  /// one. Where a lost device of either may still write, neither answers.
  static std::expected<std::unique_ptr<VramCache>, TierError>
  create(std::unique_ptr<DeviceMemory> Memory, const VramOptions &Options = {},
         const VramCache *Beside = nullptr);
  ~VramCache() override;

  std::string_view name() const override { return "vram"; }
  bool keeps() const override { return false; }
  std::expected<std::optional<EntryInfo>, TierError>
  get(const CacheKey &Key, Sink &Into, Deadline Until = NoDeadline) override;
  std::vector<Answer> getMany(std::span<const Request> Requests,
                              Deadline Until = NoDeadline) override;
  /// As Tier says; Full for a payload that is larger than the cache, and where
  /// pinned entries leave no room, or others take what is made.
  std::expected<void, TierError> put(const CacheKey &Key, PayloadKind Kind,
                                     std::span<const std::byte> Payload,
                                     uint32_t CostMs,
                                     Deadline Until = NoDeadline) override;
  std::expected<bool, TierError> contains(const CacheKey &Key,
                                          Deadline Until = NoDeadline) override;
  /// Also when it is pinned: the pins hold nothing from then on.
  std::expected<void, TierError> remove(const CacheKey &Key,
                                        Deadline Until = NoDeadline) override;
  /// The Pin must not outlive the cache. Makes the entry the newest. Holds
  /// nothing when the key is not there, or has 65,534 pins.
  Pin pin(const CacheKey &Key) override;
  TierCounters counters() const override;

  /// put(), but a key that is there gets the new payload. A failure leaves the
  /// old one, whatever else had to go; Full also where the memory has no room
  /// for both, in one piece each. Pins of the key hold the new entry.
  std::expected<void, TierError> replace(const CacheKey &Key, PayloadKind Kind,
                                         std::span<const std::byte> Payload,
                                         uint32_t CostMs,
                                         Deadline Until = NoDeadline);
  /// get(), but it does not count as a use.
  Answer peek(const CacheKey &Key, Sink &Into, Deadline Until = NoDeadline);
  /// Forgets all entries, pinned ones too.
  void clear();

  /// Lets the device copy straight to and from \p Memory, when a Sink reserves
  /// in it or a payload lies in it. Io where the memory cannot be registered.
  std::expected<RegisteredMemory, TierError>
  registerMemory(std::span<std::byte> Memory);

  uint64_t size() const { return statistics().Entries; }
  /// Whether another entry cannot come without one going.
  bool isFull() const;
  /// Bytes left below the limit.
  uint64_t remaining() const;
  /// Bytes in use, of the limit; from 0 to 1.
  double fillRatio() const;
  /// The newest first; pinned keys before all others, in no order.
  std::vector<CacheKey> keys() const;
  VramStatistics statistics() const;

  /// Maintenance; the daemon calls it every 100 ms or so. Gives memory back
  /// when others need it or nobody uses the cache, takes it again later, and
  /// looks after transfers that were given up.
  void relieve(std::chrono::steady_clock::time_point Now);
  /// Gives back \p Bytes of the device, or what can be: empty slabs, then those
  /// of the oldest entries. Says how much.
  uint64_t giveBack(uint64_t Bytes);

  /// Empty when all invariants hold. Looks at everything; for tests.
  std::string check() const;
  /// Where the copies in host memory lie, for tests that damage one.
  std::span<std::byte> frontMemory();

private:
  VramCache() = default;
  template <typename Fn> auto onCore(Fn &&Do) const;
  void turnToHost() const;

  VramOptions Options;
  std::shared_ptr<PoisonedMemory> Poisoned;
  /// The host's core takes over when the device's is lost. Both live as long as
  /// the cache: calls may be in them.
  mutable std::mutex Turning;
  std::unique_ptr<VramCore> OnDevice;
  mutable std::unique_ptr<VramCore> OnHost;
  mutable std::atomic<VramCore *> Current = nullptr;
};

} // namespace hapax

#endif // HAPAX_VRAM_VRAMCACHE_H
