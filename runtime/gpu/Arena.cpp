//===- Arena.cpp - Blocks of device memory that comes and goes --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: a cache wants most of a device's memory while nobody else does, and
/// must give it back in milliseconds when somebody does. Blocks are of all
/// sizes, live as long as they are used, and must lie in one piece each.
///
/// Idea: one range of addresses, twice as long as the memory that may stand
/// behind it, cut into slabs of up to 32 MiB. RangeMap (TLSF) gives out blocks
/// of those that are mapped, across slab boundaries too; its nodes are on the
/// host. A slab is mapped when no hole is large enough, and unmapped when it
/// has no block left and trim() is called. The addresses to spare mean that
/// empty slabs anywhere are as good as slabs side by side: they are unmapped
/// here and mapped there.
///
/// Holes: when a block first found none under churn at random, TLSF alone had
/// 96 % of 2 GiB in use on average, but 76 % of 256 MiB, where the largest
/// objects are several slabs long (sizes of real objects; ArenaChurnTest prints
/// the figures). What is missing is made by emptying slabs: cheapestSlab(),
/// beginEmptying(), and the owner of the blocks moves them within the device.
/// Then 90 % are in use before anything has to go, at 0.03 to 0.16 bytes moved
/// for each byte that comes in. That pays: a device copies within itself about
/// forty times as fast as over the bus. One slab of the limit is kept for the
/// purpose, so that blocks can always be moved whatever the holes are like. A
/// slab with a block in use, or one that its owner cannot let go now, is left
/// alone; who cannot wait evicts instead.
///
/// Why it is safe: an address comes only from RangeMap, which tiles the space
/// (its invariant), and goes out only as a DeviceRegion of the verified core.
/// A block's id is a handle of the verified core's table: an id freed before,
/// or made up, is refused. A slab is unmapped only when RangeMap has it free as
/// a whole, so no block lies in it.
///
/// Mapping is all or nothing: what was mapped for a block that does not come
/// about is unmapped again; where even that fails, it stays as a free slab.
///
/// Cost: a block about 90 bytes on the host; alloc and free are constant, but
/// for mapping (about 0.1 ms a slab). trim() and cheapestSlab() look at every
/// slab.
//===----------------------------------------------------------------------===//
#include "hapax/Gpu/Arena.h"

#include <algorithm>

using namespace hapax;

namespace {

constexpr uint64_t UsualSlab = uint64_t(32) << 20;

std::unexpected<DeviceError> refused(std::string Message) {
  return std::unexpected(
      DeviceError{DeviceError::Kind::Refused, std::move(Message)});
}

std::unexpected<DeviceError> outOfMemory(std::string Message) {
  return std::unexpected(
      DeviceError{DeviceError::Kind::OutOfMemory, std::move(Message)});
}

} // namespace

Arena::Arena(DeviceMemory &Memory, uint64_t Base, uint64_t Limit,
             uint64_t KeepFree, RangeMap Map, ResourceTable Ids)
    : Memory(&Memory), Base(Base), Limit(Limit), Allowed(Limit),
      KeepFree(KeepFree), Map(std::move(Map)), Ids(std::move(Ids)),
      NodeOf(this->Ids.capacity(), 0) {}

std::expected<Arena, DeviceError> Arena::create(DeviceMemory &Memory,
                                                const ArenaOptions &Options) {
  const DeviceCapabilities &Device = Memory.capabilities();
  if (Device.SlabBytes == 0)
    return refused("the device maps no memory");
  uint64_t Limit = std::min(Options.LimitBytes, Device.TotalBytes);
  uint64_t Wanted =
      Options.SlabBytes ? Options.SlabBytes : std::min(UsualSlab, Limit / 64);
  Wanted =
      std::clamp(Wanted, Device.SlabBytes, std::max(Limit, Device.SlabBytes));
  uint64_t Slab =
      (Wanted + Device.SlabBytes - 1) / Device.SlabBytes * Device.SlabBytes;
  uint64_t Slabs = Limit / Slab;
  if (Slabs == 0)
    return refused("an arena needs a limit of at least one slab (" +
                   std::to_string(Slab) + " bytes)");
  auto Ids = ResourceTable::create(Options.MaxBlocks);
  if (!Ids)
    return refused(Ids.error());
  RangeMap Map(2 * Slabs, Slab);
  auto Base = Memory.reserve(Map.size());
  if (!Base)
    return std::unexpected(Base.error());
  // What is kept of a percentage is never more than the device has.
  uint64_t Share = Device.TotalBytes / 100 * Options.KeepFreePercent;
  return Arena(Memory, *Base, Slabs * Slab,
               std::max(Share, Options.KeepFreeBytes), std::move(Map),
               std::move(*Ids));
}

Arena::~Arena() {
  if (!Memory)
    return;
  for (uint64_t Slab = 0; Slab != Map.pages(); ++Slab)
    if (Map.isPresent(Slab))
      (void)Memory->unmap(address(Slab), slabBytes());
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

std::expected<ArenaBlock, DeviceError> Arena::alloc(uint64_t Bytes, Room R) {
  if (Bytes > Limit)
    return refused("a block of more bytes than the arena may have");
  if (Ids.available() == 0)
    return outOfMemory("the arena has as many blocks as it may have");
  RangeMap::Node N = Map.take(Bytes);
  if (!N && R != Room::Holes) {
    uint64_t UpTo = R == Room::Grow ? growLimit() : Allowed;
    if (auto Grown = grow(Bytes, UpTo); !Grown)
      return std::unexpected(Grown.error());
    N = Map.take(Bytes);
  }
  if (!N)
    return outOfMemory("no hole of the arena is large enough");
  auto Region = DeviceRegion::create(Base + Map.offset(N), Map.bytes(N));
  auto Id = Ids.acquire(0);
  if (!Region || !Id) {
    Map.give(N);
    return refused("the block is not within the device's addresses");
  }
  NodeOf[Id->Slot] = N;
  if (SlotOf.size() <= N)
    SlotOf.resize(N + 1, 0);
  SlotOf[N] = Id->Slot;
  return ArenaBlock{*Id, *Region};
}

std::expected<void, DeviceError> Arena::retain(HapaxHandle Id) {
  if (!Ids.retain(Id))
    return refused("a block that the arena does not have is to be kept");
  return {};
}

std::expected<void, DeviceError> Arena::free(HapaxHandle Id) {
  switch (Ids.release(Id, 0)) {
  case HapaxReleaseShared:
    return {};
  case HapaxReleaseLast:
    release(std::exchange(NodeOf[Id.Slot], 0));
    return {};
  case HapaxReleaseRefused:
    break;
  }
  return refused("a block that the arena does not have (any more) is freed");
}

void Arena::release(RangeMap::Node N) {
  RangeMap::Node Free = Map.give(N);
  // What becomes free in a slab that is being emptied is not for new blocks.
  if (Emptying)
    Map.hold(Free, *Emptying);
}

uint32_t Arena::references(HapaxHandle Id) const {
  if (!Ids.isHeld(Id))
    return 0;
  return Ids.record(Id.Slot)->References;
}

//===----------------------------------------------------------------------===//
// Slabs
//===----------------------------------------------------------------------===//

std::expected<int64_t, DeviceError> Arena::spareBytes() const {
  auto Free = Memory->freeBytes();
  if (!Free)
    return std::unexpected(Free.error());
  return int64_t(*Free) - int64_t(KeepFree);
}

std::expected<void, DeviceError> Arena::grow(uint64_t Bytes, uint64_t UpTo) {
  auto Slabs = Map.whereToGrow(Bytes);
  if (!Slabs)
    return outOfMemory("the arena's addresses have no room in one piece");
  uint64_t More = Slabs->Count * slabBytes();
  if (mappedBytes() > UpTo || More > UpTo - mappedBytes())
    return outOfMemory("the arena may not have more of the device");
  auto Spare = spareBytes();
  if (!Spare)
    return std::unexpected(Spare.error());
  if (*Spare < 0 || uint64_t(*Spare) < More) {
    Allowed = mappedBytes();
    return outOfMemory("the rest of the device is kept for others");
  }
  if (auto Mapped = mapAll(*Slabs); !Mapped) {
    if (Mapped.error().Reason == DeviceError::Kind::OutOfMemory)
      Allowed = mappedBytes();
    return Mapped;
  }
  return {};
}

std::expected<void, DeviceError> Arena::mapAll(RangeMap::Pages Slabs) {
  // Slab by slab, since what one call maps can only be unmapped as a whole.
  for (uint64_t Done = 0; Done != Slabs.Count; ++Done) {
    auto Mapped = Memory->map(address(Slabs.First + Done), slabBytes());
    if (Mapped)
      continue;
    while (Done-- != 0)
      if (!Memory->unmap(address(Slabs.First + Done), slabBytes()))
        Map.add({Slabs.First + Done, 1});
    return Mapped;
  }
  Map.add(Slabs);
  return {};
}

std::expected<uint64_t, DeviceError> Arena::trim(uint64_t Bytes) {
  uint64_t Given = 0;
  for (uint64_t Slab = Map.pages(); Slab-- != 0 && Given < Bytes;) {
    // Held slabs are being emptied: not yet.
    if (!Map.isPresent(Slab) || Map.takenIn(Slab) != 0 || Slab == Emptying)
      continue;
    if (auto Done = Memory->unmap(address(Slab), slabBytes()); !Done)
      return std::unexpected(Done.error());
    Map.drop(Slab);
    Given += slabBytes();
  }
  return Given;
}

bool Arena::isWorthEmptying(uint64_t Slab, bool OnlyBroken,
                            const MayLeave &May) const {
  uint64_t End = (Slab + 1) * slabBytes();
  unsigned Holes = 0;
  for (RangeMap::Node N = Map.first(Slab); N && Map.offset(N) < End;
       N = Map.next(N)) {
    Holes += Map.state(N) == RangeMap::State::Free;
    if (Map.state(N) != RangeMap::State::Taken)
      continue;
    auto Record = Ids.record(SlotOf[N]);
    if (Record->References != 1 || !May({Record->Generation, SlotOf[N]}))
      return false;
  }
  return !OnlyBroken || Holes > 1;
}

std::optional<uint64_t> Arena::cheapestSlab(const MayLeave &May) const {
  // A slab with one hole gains nothing unless others have room for its blocks:
  // those with several holes come first.
  for (bool OnlyBroken : {true, false}) {
    std::optional<uint64_t> Best;
    for (uint64_t Slab = 0; Slab != Map.pages(); ++Slab)
      if (Slab != Emptying && Map.takenIn(Slab) != 0 &&
          (!Best || Map.takenIn(Slab) < Map.takenIn(*Best)) &&
          isWorthEmptying(Slab, OnlyBroken, May))
        Best = Slab;
    if (Best)
      return Best;
  }
  return std::nullopt;
}

std::vector<HapaxHandle> Arena::beginEmptying(uint64_t Slab) {
  std::vector<HapaxHandle> Blocks;
  if (Emptying || Slab >= Map.pages())
    return Blocks;
  Emptying = Slab;
  Map.hold(Slab);
  uint64_t End = (Slab + 1) * slabBytes();
  for (RangeMap::Node N = Map.first(Slab); N && Map.offset(N) < End;
       N = Map.next(N))
    if (Map.state(N) == RangeMap::State::Taken)
      Blocks.push_back({Ids.record(SlotOf[N])->Generation, SlotOf[N]});
  return Blocks;
}

std::expected<void, DeviceError> Arena::endEmptying() {
  if (Emptying)
    Map.unhold(*Emptying);
  Emptying.reset();
  if (mappedBytes() > growLimit())
    if (auto Given = trim(mappedBytes() - growLimit()); !Given)
      return std::unexpected(Given.error());
  return {};
}

std::string Arena::check() const {
  if (std::string Fault = Map.check(); !Fault.empty())
    return Fault;
  if (mappedBytes() > Limit)
    return "more is mapped than may be";
  uint32_t Found = 0;
  for (RangeMap::Node N = Map.first(0); N; N = Map.next(N)) {
    if (Map.state(N) != RangeMap::State::Taken)
      continue;
    ++Found;
    auto Record = Ids.record(SlotOf[N]);
    if (NodeOf[SlotOf[N]] != N || Record->State != HapaxAcquired)
      return "a range that no block has";
  }
  if (Emptying)
    for (RangeMap::Node N = Map.first(*Emptying);
         N && Map.offset(N) < (*Emptying + 1) * slabBytes(); N = Map.next(N))
      if (Map.state(N) == RangeMap::State::Free)
        return "free memory in the slab that is being emptied";
  return Found == Ids.inUse() ? "" : "a block that has no range";
}
