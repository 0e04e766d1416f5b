//===- VramCore.h - The GPU cache on one device -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: many threads fetch and store entries of a device at once; copies
/// take microseconds to milliseconds and can hang; others want the memory; and
/// whatever happens, no caller may get a wrong byte.
///
/// Idea: one mutex guards all bookkeeping (VramIndex, the lanes) and is never
/// held across a copy. A call holds its entry, takes a lane, lets the mutex go,
/// copies and hashes, and takes the mutex again to account for it. A payload
/// that does not have its digest is not handed out; its entry goes.
///
/// A new entry is written to a block that nobody else knows, and becomes an
/// entry afterwards: a failed put has changed nothing, except that old entries
/// may have gone for its block. Room for it is made in this order: a hole; a
/// new slab; the oldest entries, if the limit says so; holes joined by moving
/// entries (makeHole); the oldest entries after all. All of it within
/// TransferTimeout, and no more often than the cache can have entries: others
/// may take what is made.
///
/// When a copy is not done in time: the call ends, and what the copy uses stays
/// held by its lane, until the queue is drained or dropped; a lane that is
/// stuck for longer than TransferTimeout counts as the loss of the device.
/// Memory of the caller's cannot be held so, and no driver takes a copy back.
/// So copies to and from it are waited for longer, and one whose end is not
/// known even then counts as the loss of the device at once: the memory stays
/// pinned, and what was to be written is poisoned (PoisonedMemory.h) for all
/// cores.
///
/// When the device is lost, or a queue came to its end, every call says
/// Unavailable; VramCache goes on with another core on host memory.
///
/// Lock order: Mutex alone. Sinks are called without it.
///
/// Cost of a hit besides the copy: one short hold of the mutex where the front
/// serves it, else three; no allocation.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_VRAM_VRAMCORE_H
#define HAPAX_RUNTIME_VRAM_VRAMCORE_H

#include "BatchPlan.h"
#include "PoisonedMemory.h"
#include <condition_variable>

namespace hapax {

class VramCore {
public:
  using Clock = std::chrono::steady_clock;
  using Answer = Tier::Answer;
  using Use = VramIndex::Use;

  /// \p Poisoned outlives it.
  static std::expected<std::unique_ptr<VramCore>, DeviceError>
  create(std::unique_ptr<DeviceMemory> Memory, const VramOptions &Options,
         PoisonedMemory &Poisoned);
  ~VramCore();

  Answer get(const CacheKey &Key, Sink &Into, Deadline Until, Use How);
  std::vector<Answer> getMany(std::span<const Tier::Request> Requests,
                              Deadline Until);
  enum class IfThere : bool { Keep, Replace };
  std::expected<void, TierError> put(const CacheKey &Key, PayloadKind Kind,
                                     std::span<const std::byte> Payload,
                                     uint32_t CostMs, Deadline Until,
                                     IfThere What);
  std::expected<bool, TierError> contains(const CacheKey &Key);
  std::expected<void, TierError> remove(const CacheKey &Key);
  Pin pin(const CacheKey &Key);
  void clear();

  std::expected<void, TierError> registerMemory(std::span<std::byte> Memory);
  void unregisterMemory(std::span<std::byte> Memory);
  bool isPoisoned(std::span<const std::byte> Memory) const {
    return Poisoned.touches(Memory);
  }

  std::vector<CacheKey> keys() const;
  VramStatistics statistics() const;
  void relieve(Clock::time_point Now);
  uint64_t giveBack(uint64_t Bytes);
  std::string check() const;
  std::span<std::byte> frontMemory() const { return Index.front().memory(); }

  bool isLost() const { return Lost.load(std::memory_order_acquire); }

private:
  using Lock = std::unique_lock<std::mutex>;
  enum class Wait : bool { No, Yes };

  VramCore(std::unique_ptr<DeviceMemory> Memory, VramIndex Index,
           const VramOptions &Options, PoisonedMemory &Poisoned);

  // VramCore.cpp
  Answer fromFront(const CacheKey &Key, const HeldCopy &H, Sink &Into,
                   Deadline Until);
  /// Serves an entry from the front, and lets its copy go; false when the copy
  /// is bad.
  bool copyFromFront(const HeldCopy &H, std::span<std::byte> Room);
  void leave(const HeldCopy &H);
  /// What serves in the place of a bad copy in the front, of so many bytes: the
  /// entry, or an answer.
  std::expected<HeldEntry, Answer> insteadOfCopy(const CacheKey &Key,
                                                 uint64_t Size);
  Answer fromDevice(const HeldEntry &H, std::span<std::byte> Room,
                    Deadline Until);
  /// Accounts for a payload that arrived with this digest.
  Answer arrived(const HeldEntry &H, const Digest &Seen,
                 std::span<const std::byte> Payload);
  std::expected<ArenaBlock, DeviceError>
  place(Lock &L, Lane &Q, const CacheKey &Key, uint64_t Size, Deadline Until);
  std::unexpected<TierError> fail(DeviceError E);
  std::unexpected<TierError> failed(TierError::Kind Kind, std::string Message);
  std::unexpected<TierError> lost();
  std::unexpected<TierError> poisoned();
  /// Room of the caller's for a payload, in which an answer can stand.
  std::expected<std::span<std::byte>, TierError> roomFor(uint64_t Size,
                                                         Sink &Into);
  std::unexpected<TierError> corrupt();
  /// Count a hit; with the mutex held. One of the front is counted before it is
  /// one, so that the mutex is held once, and rarely taken back.
  void countHit(uint64_t Bytes);
  void countFrontHit(uint64_t Bytes);
  void uncountFrontHit(uint64_t Bytes);

  // Lanes.cpp
  /// A lane of one's own, before the deadline; waits for one if need be, no
  /// longer than TransferTimeout. \p Now is the time before and afterwards:
  /// looking at the clock takes longer than most of what a hit does.
  std::expected<Lane *, DeviceError>
  takeLane(Lock &L, Deadline Until, Clock::time_point &Now, Wait W = Wait::Yes);
  /// Gives it back, and lets go what it used; if it is not idle, then as soon
  /// as it is.
  void giveLane(Lane &Q, std::span<const HeldEntry> Used);
  /// Looks after lanes that are stuck.
  void drainLanes(Clock::time_point Now);
  /// Whether it is too late to begin a transfer, and what is said then.
  static bool isLate(Deadline Until) { return Clock::now() >= Until; }
  static DeviceError tooLate();
  /// Until when to wait for a transfer that begins now.
  Deadline patience(Deadline Until, bool Direct,
                    Clock::time_point Now = Clock::now()) const;
  /// After an error: waits for what was begun, as long as the transfer could
  /// have taken. When that does not end, the lane is not idle. False where
  /// memory of the caller's may then still be in use: the device is lost.
  [[nodiscard]] bool settle(Lane &Q, const DeviceError &E, bool Direct,
                            Deadline Within);
  void lose();
  bool isDirect(std::span<const std::byte> Memory) const;

  // Batches.cpp
  struct Wanted {
    HeldEntry Entry;
    Sink *Into;
    Answer *To;
    std::span<std::byte> Room{};
    bool Direct = false;
  };
  struct WantedCopy {
    CacheKey Key;
    HeldCopy Copy;
    Sink *Into;
    Answer *To;
  };
  /// Answers what the front has; what is bad there is added to \p Rest.
  void serveFromFront(std::span<const WantedCopy> Copies,
                      std::vector<Wanted> &Rest);
  /// Those whose caller has no room are answered and let go, the others stay.
  void makeRoom(std::vector<Wanted> &All);
  void fetchAll(Lane &Q, std::span<Wanted> All, Deadline Until);
  void fetchBatch(Lane &Q, std::span<Wanted> Batch, Deadline Until);
  TransferQueue::Started beginBatch(Lane &Q, uint64_t Bytes);

  // Pressure.cpp
  /// Unmaps empty slabs, as many as make up \p Bytes, and says how much that
  /// was. One by one, with the mutex open in between: others wait for it.
  std::expected<uint64_t, DeviceError> trim(Lock &L, uint64_t Bytes);
  std::expected<ArenaBlock, DeviceError>
  makeHole(Lock &L, Lane &Q, uint64_t Size, Deadline Until);
  /// Moves the entries of the cheapest slab. False when it did not become
  /// empty.
  bool emptySlab(Lock &L, Lane &Q, Deadline Until);
  struct Move {
    HeldEntry From;
    ArenaBlock To;
  };
  /// Where the entries of a slab are to go; all of them, or as many as can.
  std::vector<Move> planMoves(uint64_t Slab, bool &All);
  /// Forgets the entries of the cheapest slab; false when there is none.
  bool dropSlab();
  uint64_t giveBack(Lock &L, uint64_t Bytes);
  void notice(const DeviceError &E);

  const std::unique_ptr<DeviceMemory> Memory;
  const VramOptions Options;
  const bool IsGpu;
  PoisonedMemory &Poisoned;
  std::atomic<bool> Lost = false;

  mutable std::mutex Mutex;
  std::condition_variable Changed;
  VramIndex Index;
  VramStatistics Counts;
  BatchPlan Plan;
  std::atomic<bool> GatherWorks = false;

  std::vector<std::unique_ptr<Lane>> Lanes;
  std::vector<Lane *> FreeLanes, StuckLanes;
  /// By address.
  std::vector<PinnedMemory> Registered;

  bool Compacting = false;
  uint64_t Uses = 0, UsesSeen = 0;
  Clock::time_point LastUse = Clock::now(), LastGiven{};
};

} // namespace hapax

#endif // HAPAX_RUNTIME_VRAM_VRAMCORE_H
