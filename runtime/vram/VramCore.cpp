//===- VramCore.cpp - The GPU cache on one device ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramCore.h"
#include "hapax/Cache/Entry.h"

#include <cstring>

using namespace hapax;

VramCore::VramCore(std::unique_ptr<DeviceMemory> Memory, VramIndex Index,
                   const VramOptions &Options, PoisonedMemory &Poisoned)
    : Memory(std::move(Memory)), Options(Options),
      IsGpu(this->Memory->capabilities().IsGpu), Poisoned(Poisoned),
      Index(std::move(Index)) {}

VramCore::~VramCore() {
  // All queues end before the first piece of pinned memory goes back: a driver
  // may wait for each of them to do that, for ever if one hangs, unless the
  // device is lost by then. And before the blocks, and the callers' memory.
  for (const auto &Each : Lanes)
    Each->endQueue();
}

std::expected<std::unique_ptr<VramCore>, DeviceError>
VramCore::create(std::unique_ptr<DeviceMemory> Memory,
                 const VramOptions &Options, PoisonedMemory &Poisoned) {
  auto Index = VramIndex::create(*Memory, Options);
  if (!Index)
    return std::unexpected(Index.error());
  std::unique_ptr<VramCore> Core(
      new VramCore(std::move(Memory), std::move(*Index), Options, Poisoned));
  for (unsigned I = 0; I != std::max(Options.Lanes, 1u); ++I) {
    auto Q = Lane::create(*Core->Memory, Options.LaneBytes, I);
    if (!Q)
      return std::unexpected(Q.error());
    Core->FreeLanes.push_back(Q->get());
    Core->Lanes.push_back(std::move(*Q));
  }
  Core->StuckLanes.reserve(Core->Lanes.size());
  if (Options.Batches != VramOptions::Batch::Measured)
    Core->Plan = BatchPlan::of(Options.Batches);
  else if (Core->IsGpu && Core->Memory->capabilities().Kernels)
    Core->Plan = BatchPlan::measure(Core->Index.Blocks, *Core->Lanes[0]);
  // One whose work could not be waited for is looked after.
  if (!Core->Lanes[0]->isIdle()) {
    std::erase(Core->FreeLanes, Core->Lanes[0].get());
    Core->Lanes[0]->StuckSince = Clock::now();
    Core->StuckLanes.push_back(Core->Lanes[0].get());
  }
  Core->GatherWorks = Core->Memory->capabilities().Kernels;
  return Core;
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

void VramCore::notice(const DeviceError &E) {
  if (E.Reason == DeviceError::Kind::Lost)
    lose();
}

std::unexpected<TierError> VramCore::failed(TierError::Kind Kind,
                                            std::string Message) {
  Lock L(Mutex);
  ++Counts.Errors;
  Counts.TimedOut += Kind == TierError::Kind::Deadline;
  return std::unexpected(TierError{Kind, std::move(Message)});
}

std::unexpected<TierError> VramCore::lost() {
  return failed(TierError::Kind::Unavailable, "the device was lost");
}

std::unexpected<TierError> VramCore::poisoned() {
  return failed(TierError::Kind::Unavailable,
                "a lost device may still write to the caller's memory: the "
                "process needs to start anew");
}

DeviceError VramCore::tooLate() {
  return {DeviceError::Kind::TimedOut,
          "the deadline came before the transfer could begin"};
}

std::expected<std::span<std::byte>, TierError> VramCore::roomFor(uint64_t Size,
                                                                 Sink &Into) {
  std::span<std::byte> Room = Into.reserve(Size);
  if (Room.size() < Size)
    return failed(TierError::Kind::Full, "the caller has no room for an entry");
  if (Poisoned.touches(Room.first(Size)))
    return poisoned();
  return Room.first(Size);
}

std::unexpected<TierError> VramCore::fail(DeviceError E) {
  notice(E);
  // Whatever a dying device says: it is gone.
  TierError::Kind Kind = TierError::Kind::Io;
  if (isLost())
    Kind = TierError::Kind::Unavailable;
  else if (E.Reason == DeviceError::Kind::TimedOut)
    Kind = TierError::Kind::Deadline;
  else if (E.Reason == DeviceError::Kind::OutOfMemory)
    Kind = TierError::Kind::Full;
  return failed(Kind, std::move(E.Message));
}

//===----------------------------------------------------------------------===//
// Fetching
//===----------------------------------------------------------------------===//

VramCore::Answer VramCore::get(const CacheKey &Key, Sink &Into, Deadline Until,
                               Use How) {
  if (isLost())
    return lost();
  std::optional<HeldCopy> Copy;
  std::optional<HeldEntry> Entry;
  {
    Lock L(Mutex);
    ++Uses;
    uint32_t Slot = Index.find(Key);
    if (How == Use::Yes)
      Copy = Index.holdCopy(Slot);
    if (Copy)
      countFrontHit(Copy->Info.Size);
    else
      Entry = Index.hold(Slot, How);
    if (!Copy && !Entry) {
      ++Counts.Misses;
      return std::nullopt;
    }
  }
  if (Copy)
    return fromFront(Key, *Copy, Into, Until);
  auto Room = roomFor(Entry->size(), Into);
  if (Room)
    return fromDevice(*Entry, *Room, Until);
  Lock L(Mutex);
  Index.release(*Entry);
  return std::unexpected(std::move(Room.error()));
}

void VramCore::countHit(uint64_t Bytes) {
  ++Counts.Hits;
  Counts.BytesRead += Bytes;
}

void VramCore::countFrontHit(uint64_t Bytes) {
  countHit(Bytes);
  ++Counts.FrontHits;
}

void VramCore::uncountFrontHit(uint64_t Bytes) {
  --Counts.Hits;
  --Counts.FrontHits;
  Counts.BytesRead -= Bytes;
}

VramCore::Answer VramCore::fromFront(const CacheKey &Key, const HeldCopy &H,
                                     Sink &Into, Deadline Until) {
  auto Room = roomFor(H.Info.Size, Into);
  if (!Room) {
    leave(H);
    Lock L(Mutex);
    uncountFrontHit(H.Info.Size);
    return std::unexpected(std::move(Room.error()));
  }
  if (copyFromFront(H, *Room))
    return H.Info;
  auto Entry = insteadOfCopy(Key, Room->size());
  return Entry ? fromDevice(*Entry, *Room, Until) : Entry.error();
}

bool VramCore::copyFromFront(const HeldCopy &H, std::span<std::byte> Room) {
  if (!Room.empty())
    std::memcpy(Room.data(), H.Bytes.data(), Room.size());
  leave(H);
  return digestOf(Room) == H.Info.PayloadDigest;
}

void VramCore::leave(const HeldCopy &H) {
  if (!Index.leave(H))
    return;
  Lock L(Mutex);
  Index.reclaim(H);
}

std::expected<HeldEntry, VramCore::Answer>
VramCore::insteadOfCopy(const CacheKey &Key, uint64_t Size) {
  Lock L(Mutex);
  uncountFrontHit(Size);
  ++Counts.CorruptEvicted;
  if (auto Entry = Index.insteadOfCopy(Key, Size))
    return *Entry;
  ++Counts.Errors;
  return std::unexpected(Answer(corrupt()));
}

VramCore::Answer VramCore::fromDevice(const HeldEntry &H,
                                      std::span<std::byte> Room,
                                      Deadline Until) {
  Clock::time_point Now = Clock::now();
  Lock L(Mutex);
  auto Q = takeLane(L, Until, Now);
  if (!Q) {
    Index.release(H);
    L.unlock();
    return fail(Q.error());
  }
  bool Direct = isDirect(Room);
  L.unlock();
  Deadline Within = patience(Until, Direct, Now);
  auto Seen = (*Q)->fetch(H.Region, Room, Direct, Within);
  if (!Seen && !settle(**Q, Seen.error(), Direct, Within))
    Poisoned.add(Room);
  L.lock();
  if (Seen) {
    Answer A = arrived(H, *Seen, Room);
    giveLane(**Q, {&H, 1});
    return A;
  }
  giveLane(**Q, {&H, 1});
  L.unlock();
  return fail(Seen.error());
}

std::unexpected<TierError> VramCore::corrupt() {
  return std::unexpected(TierError{TierError::Kind::Corrupt,
                                   "an entry in the memory of " +
                                       Memory->capabilities().Name +
                                       " was damaged; it has been removed"});
}

VramCore::Answer VramCore::arrived(const HeldEntry &H, const Digest &Seen,
                                   std::span<const std::byte> Payload) {
  if (Seen != H.PayloadDigest) {
    // Unless it is another entry's by now.
    if (Index.isCurrent(H))
      Index.forget(H.Slot);
    ++Counts.CorruptEvicted;
    ++Counts.Errors;
    return corrupt();
  }
  countHit(Payload.size());
  Index.offerToFront(H, Payload);
  return H.info();
}

//===----------------------------------------------------------------------===//
// Storing
//===----------------------------------------------------------------------===//

std::expected<void, TierError> VramCore::put(const CacheKey &Key,
                                             PayloadKind Kind,
                                             std::span<const std::byte> Payload,
                                             uint32_t CostMs, Deadline Until,
                                             IfThere What) {
  if (isLost())
    return lost();
  Clock::time_point Now = Clock::now();
  if (Now >= Until)
    return fail(tooLate());
  if (Poisoned.touches(Payload))
    return poisoned();
  Lock L(Mutex);
  ++Uses;
  auto IsThere = [&] { return What == IfThere::Keep && Index.find(Key) != 0; };
  if (IsThere())
    return {};
  if (Payload.size() > EntryHeader::MaxPayload ||
      !Index.hasRoom(Key, Index.Blocks.roundUp(Payload.size()))) {
    L.unlock();
    return failed(TierError::Kind::Full,
                  "an entry of " + std::to_string(Payload.size()) +
                      " bytes is larger than the cache, or than what the "
                      "pinned entries leave");
  }
  auto Q = takeLane(L, Until, Now);
  if (!Q) {
    L.unlock();
    return fail(Q.error());
  }
  // Somebody may have stored it while this waited.
  if (IsThere()) {
    giveLane(**Q, {});
    return {};
  }
  auto Block = place(L, **Q, Key, Payload.size(), Until);
  if (Block && isLate(Until)) {
    (void)Index.Blocks.free(Block->Id);
    Block = std::unexpected(tooLate());
  }
  if (!Block) {
    giveLane(**Q, {});
    L.unlock();
    return fail(Block.error());
  }
  // The second reference is the transfer's: it keeps the block where it is.
  (void)Index.Blocks.retain(Block->Id);
  HeldEntry Writing(Block->Id);

  bool Direct = isDirect(Payload);
  L.unlock();
  Deadline Within = patience(Until, Direct);
  auto Sent = (*Q)->send(Block->Region, Payload, Direct, Within);
  // What is only read can be believed: nothing is poisoned.
  if (!Sent)
    (void)settle(**Q, Sent.error(), Direct, Within);
  L.lock();
  bool Known = Index.find(Key) != 0;
  bool Published =
      Sent && !IsThere() &&
      Index.publish(Key, *Block,
                    {Kind, Payload.size(), Payload.size(), *Sent, CostMs});
  bool Kept = Published || (Sent && IsThere());
  if (!Published)
    (void)Index.Blocks.free(Block->Id);
  giveLane(**Q, {&Writing, 1});
  if (Published) {
    ++(Known ? Counts.Replaced : Counts.Puts);
    Counts.BytesWritten += Payload.size();
  }
  L.unlock();
  if (!Sent)
    return fail(Sent.error());
  if (!Kept)
    return failed(TierError::Kind::Full, "pinned entries leave no room");
  return {};
}

std::expected<ArenaBlock, DeviceError> VramCore::place(Lock &L, Lane &Q,
                                                       const CacheKey &Key,
                                                       uint64_t Size,
                                                       Deadline Until) {
  uint64_t Rounded = Index.Blocks.roundUp(Size);
  // Others may take the room that is made: they are not fought for ever.
  Until = patience(Until, false);
  for (uint32_t Rounds = Index.lru().capacity();; --Rounds) {
    auto Block = Index.Blocks.alloc(Size);
    if (Block || Block.error().Reason != DeviceError::Kind::OutOfMemory)
      return Block;
    // The device may have less for us than before. What the key has stays until
    // the new payload is there, too.
    Index.adaptLimit(Index.find(Key));
    if (!Index.hasRoom(Key, Rounded) || !Index.hasRoomBeside(Key, Rounded))
      return Block;
    uint64_t Others =
        Index.lru().bytes() - Index.lru().bytesOf(Index.find(Key));
    bool Fits = Others <= Index.limitBytes() - Rounded;
    if (Fits) {
      Block = makeHole(L, Q, Size, Until);
      if (Block || Block.error().Reason != DeviceError::Kind::OutOfMemory)
        return Block;
    }
    if (isLate(Until))
      return std::unexpected(tooLate());
    if (Rounds == 0)
      return std::unexpected(
          DeviceError{DeviceError::Kind::OutOfMemory,
                      "others took the room that was made for an entry, as "
                      "often as the cache has entries"});
    if (!Index.evictOldest(Index.find(Key)))
      return Block;
    ++(Fits ? Counts.EvictedForRoom : Index.Evicted);
  }
}

//===----------------------------------------------------------------------===//
// The rest
//===----------------------------------------------------------------------===//

std::expected<bool, TierError> VramCore::contains(const CacheKey &Key) {
  if (isLost())
    return lost();
  Lock L(Mutex);
  return Index.find(Key) != 0;
}

std::expected<void, TierError> VramCore::remove(const CacheKey &Key) {
  // Of a device that is gone, nothing is there any more.
  Lock L(Mutex);
  Index.forget(Index.find(Key));
  return {};
}

Pin VramCore::pin(const CacheKey &Key) {
  Lock L(Mutex);
  auto P = Index.pin(Index.find(Key));
  if (!P)
    return Pin();
  return Pin([this, P = *P] {
    Lock L(Mutex);
    Index.unpin(P);
  });
}

void VramCore::clear() {
  Lock L(Mutex);
  Index.forgetAll();
}

std::vector<CacheKey> VramCore::keys() const {
  Lock L(Mutex);
  return Index.keys();
}

VramStatistics VramCore::statistics() const {
  Lock L(Mutex);
  VramStatistics S = Counts;
  S.Evicted = Index.Evicted;
  S.Entries = Index.lru().size();
  S.Bytes = Index.lru().bytes();
  S.LimitBytes = Index.lru().limits().Bytes;
  S.LimitEntries = Index.lru().limits().Entries;
  S.PinnedEntries = Index.lru().pinnedCount();
  S.FrontEntries = Index.front().size();
  S.FrontBytes = Index.front().bytes();
  S.MappedBytes = Index.Blocks.mappedBytes();
  S.SlabBytes = Index.Blocks.slabBytes();
  S.OnHost = !IsGpu;
  S.Lost = isLost();
  S.PoisonedBytes = Poisoned.bytes();
  return S;
}

std::string VramCore::check() const {
  Lock L(Mutex);
  return Index.check();
}
