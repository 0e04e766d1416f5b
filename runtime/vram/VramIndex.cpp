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
      Entries(Lru.capacity() + 1), Usages(Entries.size()),
      SlotOfBlock(blocksFor(Lru.capacity())) {
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
  uint32_t Mirror = Usages[Slot].Front;
  if (!Mirror || !Lru.touch(Slot))
    return std::nullopt;
  RangeMap::Node Copy = Front.keep(Mirror);
  const HeldEntry &E = Entries[Slot];
  return HeldCopy{E.info(), Front.bytes(Copy, E.size()), Copy};
}

std::optional<HeldEntry> VramIndex::insteadOfCopy(const CacheKey &Key,
                                                  uint64_t Size) {
  // The entry may have moved, and the key may have got a new one, since.
  uint32_t Slot = find(Key);
  if (Slot == 0)
    return std::nullopt;
  // Whether it still is the bad one or not: there will be another.
  if (uint32_t Copy = std::exchange(Usages[Slot].Front, 0))
    Front.remove(Copy);
  if (Entries[Slot].size() != Size)
    return std::nullopt;
  return hold(Slot, Use::No);
}

void VramIndex::offerToFront(const HeldEntry &H,
                             std::span<const std::byte> Payload) {
  if (!isCurrent(H) || Payload.size() > FrontEntryBytes)
    return;
  Usage &U = Usages[H.Slot];
  if (U.Front || U.Asked < HotAfter)
    return;
  U.Front = Front.add(Lru.key(H.Slot), Payload, [this](const LruKey &Gone) {
    if (uint32_t Slot = Lru.find(Gone))
      Usages[Slot].Front = 0;
  });
}

std::optional<PinnedKey> VramIndex::pin(uint32_t Slot) {
  if (!Lru.pin(Slot))
    return std::nullopt;
  ++Usages[Slot].Pins;
  return PinnedKey{cacheKey(Lru.key(Slot)), Slot, Usages[Slot].Serial};
}

void VramIndex::unpin(const PinnedKey &P) {
  uint32_t Slot = Usages[P.Slot].Serial == P.Serial ? P.Slot : find(P.Key);
  if (Usages[Slot].Serial == P.Serial && Lru.unpin(Slot))
    --Usages[Slot].Pins;
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
    Serial = Usages[Old].Serial;
    Pins = Usages[Old].Pins;
    forget(Old);
  }
  uint32_t Slot = Lru.insert(lruKey(Key), Size, evicted());
  if (Slot == 0)
    return false;
  HeldEntry E(Block.Id);
  E.Region = Block.Region;
  E.PayloadDigest = Info.PayloadDigest;
  E.Slot = Slot;
  E.CostMs = Info.CostMs;
  E.Kind = Info.Kind;
  Entries[Slot] = E;
  Usages[Slot].Serial = Serial;
  SlotOfBlock[Block.Id.Slot] = Slot;
  for (; Pins != 0; --Pins)
    (void)pin(Slot);
  return true;
}

void VramIndex::dropEntry(uint32_t Slot) {
  HapaxHandle Block = Entries[Slot].block();
  Usage &U = Usages[Slot];
  if (U.Front)
    Front.remove(U.Front);
  SlotOfBlock[Block.Slot] = 0;
  // From now on, each of those who use the block has a reference.
  for (; U.Users != 0; --U.Users)
    (void)Blocks.retain(Block);
  (void)Blocks.free(Block);
  Entries[Slot] = HeldEntry();
  U = Usage();
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
  return Slot && Usages[Slot].Users == 0 &&
         Entries[Slot].Region.capacity() <= Blocks.slabBytes();
}

bool VramIndex::canDrop(HapaxHandle Block) const {
  uint32_t Slot = slotOf(Block);
  return Slot && Usages[Slot].Users == 0 && !Lru.isPinned(Slot);
}

bool VramIndex::moved(const HeldEntry &From, const ArenaBlock &To) {
  // Readers of the old place would not mind, but it would not become free.
  bool Takes = isCurrent(From) && Usages[From.Slot].Users == 1;
  release(From);
  if (!Takes) {
    (void)Blocks.free(To.Id);
    return false;
  }
  HeldEntry &E = Entries[From.Slot];
  SlotOfBlock[E.BlockSlot] = 0;
  (void)Blocks.free(E.block());
  E.Generation = To.Id.Generation;
  E.BlockSlot = To.Id.Slot;
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
    const HeldEntry &E = Entries[Slot];
    const Usage &U = Usages[Slot];
    if (Lru.contains(Slot) != (U.Serial != 0))
      return "an entry and its slot do not agree";
    if (U.Serial == 0)
      continue;
    ++Live;
    Bytes += E.Region.capacity();
    if (Lru.bytesOf(Slot) != E.Region.capacity() || E.Slot != Slot)
      return "an entry's region is not of its size, or its slot not its own";
    if (Lru.isPinned(Slot) != (U.Pins != 0))
      return "an entry's pins are miscounted";
    if (Blocks.references(E.block()) != 1 || SlotOfBlock[E.BlockSlot] != Slot)
      return "an entry without a block of its own";
    if (U.Front && !Front.holds(U.Front, Lru.key(Slot)))
      return "an entry's copy is another's";
    Mirrored += U.Front != 0;
  }
  if (Live != Lru.size() || Bytes != Lru.bytes() || Mirrored != Front.size())
    return "the sums are wrong";
  return "";
}
