//===- VramIndex.cpp - What the GPU cache holds, and where ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramIndex.h"

#include <algorithm>

using namespace hapax;

namespace {

/// Blocks beside those of entries: of transfers and moves under way, as many as
/// a slab of small entries has.
constexpr uint32_t MostExtraBlocks = 1u << 16;

uint32_t blocksFor(uint32_t Entries) {
  return Entries + std::min(Entries, MostExtraBlocks) + 64;
}

uint32_t maxEntries(const VramOptions &Options, uint64_t Limit) {
  if (Options.MaxEntries)
    return std::min<uint32_t>(Options.MaxEntries, HAPAX_LRU_MAX_CAPACITY / 2);
  return uint32_t(std::clamp<uint64_t>(Limit >> 16, 4096, 1u << 20));
}

} // namespace

std::expected<VramIndex, DeviceError>
VramIndex::create(DeviceMemory &Memory, const VramOptions &Options) {
  ArenaOptions Wanted = Options.Memory;
  uint64_t Limit =
      std::min(Wanted.LimitBytes, Memory.capabilities().TotalBytes);
  uint32_t Most = maxEntries(Options, Limit);
  Wanted.MaxBlocks = blocksFor(Most);
  auto Made = Arena::create(Memory, Wanted);
  if (!Made)
    return std::unexpected(Made.error());
  auto Lru = KeyedLru::create(Most, {Most, 0});
  if (!Lru)
    return std::unexpected(
        DeviceError{DeviceError::Kind::OutOfMemory, Lru.error()});
  return VramIndex(std::move(*Made), std::move(*Lru), Options);
}

VramIndex::VramIndex(Arena Memory, KeyedLru L, const VramOptions &Options)
    : Blocks(std::move(Memory)), Lru(std::move(L)), Front(Options.FrontBytes),
      MaxBytes(Options.MaxBytes), FrontEntryBytes(Options.FrontEntryBytes),
      Entries(Lru.capacity() + 1), SlotOfBlock(blocksFor(Lru.capacity())) {
  adaptLimit();
}

uint64_t VramIndex::bytesWithPinned(uint32_t Slot) const {
  return Lru.pinnedBytes() + (Lru.isPinned(Slot) ? 0 : Lru.bytesOf(Slot));
}

void VramIndex::adaptLimit(uint32_t Except) {
  // A tenth is for holes: so much is found without giving up entries
  // (Arena.cpp). Of a small arena, the slab for moving is more than its share.
  uint64_t MayHave = Blocks.mayGrowTo(), MayFill = Blocks.growLimit();
  uint64_t Bytes =
      std::min({MaxBytes, MayHave - MayHave / 10, MayFill - MayFill / 12});
  // A part of a block is of no use to anybody.
  Bytes -= Bytes % Blocks.roundUp(1);
  // Pinned entries stay, whatever the limit.
  Bytes = std::max(Bytes, bytesWithPinned(Except));
  if (Bytes == Lru.limits().Bytes)
    return;
  while (Lru.bytes() > Bytes && evictOldest(Except))
    ++Evicted;
  Lru.setLimits({Lru.limits().Entries, Bytes}, evicted());
}

//===----------------------------------------------------------------------===//
// Entries in use
//===----------------------------------------------------------------------===//

std::optional<HeldCopy> VramIndex::holdCopy(uint32_t Slot) {
  Entry &E = Entries[Slot];
  if (!E.Front || !Lru.touch(Slot))
    return std::nullopt;
  RangeMap::Node Copy = Front.keep(E.Front);
  return HeldCopy{E.Info, Front.bytes(Copy, E.Info.Size), Copy};
}

std::optional<HeldEntry> VramIndex::insteadOfCopy(const CacheKey &Key,
                                                  uint64_t Size) {
  // The entry may have moved, and the key may have got a new one, since.
  uint32_t Slot = find(Key);
  if (Slot == 0)
    return std::nullopt;
  // Whether it still is the bad one or not: there will be another.
  if (uint32_t Copy = std::exchange(Entries[Slot].Front, 0))
    Front.remove(Copy);
  if (Entries[Slot].Info.Size != Size)
    return std::nullopt;
  return hold(Slot, Use::No);
}

void VramIndex::offerToFront(const HeldEntry &H,
                             std::span<const std::byte> Payload) {
  if (!isCurrent(H) || Payload.size() > FrontEntryBytes)
    return;
  Entry &E = Entries[H.Slot];
  if (E.Front || E.Asked < HotAfter)
    return;
  E.Front = Front.add(Lru.key(H.Slot), Payload, [this](const LruKey &Gone) {
    if (uint32_t Slot = Lru.find(Gone))
      Entries[Slot].Front = 0;
  });
}

std::optional<PinnedKey> VramIndex::pin(uint32_t Slot) {
  if (!Lru.pin(Slot))
    return std::nullopt;
  ++Entries[Slot].Pins;
  return PinnedKey{cacheKey(Lru.key(Slot)), Slot, Entries[Slot].Serial};
}

void VramIndex::unpin(const PinnedKey &P) {
  uint32_t Slot = Entries[P.Slot].Serial == P.Serial ? P.Slot : find(P.Key);
  if (Entries[Slot].Serial == P.Serial && Lru.unpin(Slot))
    --Entries[Slot].Pins;
}

//===----------------------------------------------------------------------===//
// Coming and going
//===----------------------------------------------------------------------===//

bool VramIndex::hasRoom(const CacheKey &Key, uint64_t Size) const {
  uint32_t Old = find(Key);
  bool OldPinned = Lru.isPinned(Old);
  uint64_t Bytes = Lru.pinnedBytes() - (OldPinned ? Lru.bytesOf(Old) : 0);
  uint32_t Count = Lru.pinnedCount() - OldPinned;
  LruLimits Most = Lru.limits();
  return Count < Most.Entries && Bytes <= Most.Bytes &&
         Size <= Most.Bytes - Bytes;
}

bool VramIndex::hasRoomBeside(const CacheKey &Key, uint64_t Size) const {
  uint64_t Stays = bytesWithPinned(find(Key));
  uint64_t Most = Blocks.growLimit();
  return Stays <= Most && Size <= Most - Stays;
}

bool VramIndex::publish(const CacheKey &Key, const ArenaBlock &Block,
                        const EntryInfo &Info) {
  uint64_t Size = Block.Region.capacity();
  if (!hasRoom(Key, Size))
    return false;
  uint64_t Serial = ++LastSerial;
  uint32_t Pins = 0;
  if (uint32_t Old = find(Key)) {
    Serial = Entries[Old].Serial;
    Pins = Entries[Old].Pins;
    forget(Old);
  }
  uint32_t Slot = Lru.insert(lruKey(Key), Size, evicted());
  if (Slot == 0)
    return false;
  Entry &E = Entries[Slot];
  E = {Block.Region, Info, Block.Id, Serial, 0, 0, 0, 0};
  SlotOfBlock[Block.Id.Slot] = Slot;
  for (; Pins != 0; --Pins)
    (void)pin(Slot);
  return true;
}

void VramIndex::dropEntry(uint32_t Slot) {
  Entry &E = Entries[Slot];
  if (E.Front)
    Front.remove(E.Front);
  SlotOfBlock[E.Block.Slot] = 0;
  // From now on, each of those who use the block has a reference.
  for (; E.Users != 0; --E.Users)
    (void)Blocks.retain(E.Block);
  (void)Blocks.free(E.Block);
  E = Entry();
}

void VramIndex::forget(uint32_t Slot) {
  while (Lru.isPinned(Slot))
    Lru.unpin(Slot);
  if (Lru.remove(Slot))
    dropEntry(Slot);
}

bool VramIndex::evictOldest(uint32_t Except) {
  uint32_t Slot = Lru.victim();
  if (Slot != 0 && Slot == Except)
    Slot = Lru.newer(Slot);
  if (Slot == 0)
    return false;
  forget(Slot);
  return true;
}

void VramIndex::forgetAll() {
  if (Lru.pinnedCount())
    for (uint32_t Slot = 1; Slot <= Lru.capacity(); ++Slot)
      if (Lru.isPinned(Slot))
        forget(Slot);
  Lru.clear(
      [this](uint32_t Slot, const LruKey &, uint64_t) { dropEntry(Slot); });
}

//===----------------------------------------------------------------------===//
// Moving
//===----------------------------------------------------------------------===//

uint32_t VramIndex::slotOf(HapaxHandle Block) const {
  return Blocks.references(Block) ? SlotOfBlock[Block.Slot] : 0;
}

bool VramIndex::canMove(HapaxHandle Block) const {
  uint32_t Slot = slotOf(Block);
  // What is larger would need several slabs to move to.
  return Slot && Entries[Slot].Users == 0 &&
         Entries[Slot].Region.capacity() <= Blocks.slabBytes();
}

bool VramIndex::canDrop(HapaxHandle Block) const {
  uint32_t Slot = slotOf(Block);
  return Slot && Entries[Slot].Users == 0 && !Lru.isPinned(Slot);
}

bool VramIndex::moved(const HeldEntry &From, const ArenaBlock &To) {
  // Readers of the old place would not mind, but it would not become free.
  bool Takes = isCurrent(From) && Entries[From.Slot].Users == 1;
  release(From);
  if (!Takes) {
    (void)Blocks.free(To.Id);
    return false;
  }
  Entry &E = Entries[From.Slot];
  SlotOfBlock[E.Block.Slot] = 0;
  (void)Blocks.free(E.Block);
  E.Block = To.Id;
  E.Region = To.Region;
  SlotOfBlock[To.Id.Slot] = From.Slot;
  return true;
}

//===----------------------------------------------------------------------===//
// All of it
//===----------------------------------------------------------------------===//

std::vector<CacheKey> VramIndex::keys() const {
  std::vector<CacheKey> Keys;
  Keys.reserve(Lru.size());
  if (Lru.pinnedCount())
    for (uint32_t Slot = 1; Slot <= Lru.capacity(); ++Slot)
      if (Lru.isPinned(Slot))
        Keys.push_back(cacheKey(Lru.key(Slot)));
  for (uint32_t Slot = Lru.older(0); Slot; Slot = Lru.older(Slot))
    Keys.push_back(cacheKey(Lru.key(Slot)));
  return Keys;
}

std::string VramIndex::check() const {
  if (std::string Fault = Blocks.check(); !Fault.empty())
    return Fault;
  if (std::string Fault = Front.check(); !Fault.empty())
    return "front: " + Fault;
  uint32_t Live = 0, Mirrored = 0;
  uint64_t Bytes = 0;
  for (uint32_t Slot = 1; Slot <= Lru.capacity(); ++Slot) {
    const Entry &E = Entries[Slot];
    if (Lru.contains(Slot) != (E.Serial != 0))
      return "an entry and its slot do not agree";
    if (E.Serial == 0)
      continue;
    ++Live;
    Bytes += E.Region.capacity();
    if (Lru.bytesOf(Slot) != E.Region.capacity() ||
        E.Region.length() != E.Info.Size)
      return "an entry's region is not of its size";
    if (Lru.isPinned(Slot) != (E.Pins != 0))
      return "an entry's pins are miscounted";
    if (Blocks.references(E.Block) != 1 || SlotOfBlock[E.Block.Slot] != Slot)
      return "an entry without a block of its own";
    if (E.Front && !Front.holds(E.Front, Lru.key(Slot)))
      return "an entry's copy is another's";
    Mirrored += E.Front != 0;
  }
  if (Live != Lru.size() || Bytes != Lru.bytes() || Mirrored != Front.size())
    return "the sums are wrong";
  return "";
}
