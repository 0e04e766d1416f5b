//===- Arena.h - Blocks of device memory that comes and goes ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Device memory for a cache that shares the device with others. Blocks of any
/// size lie in slabs, which are mapped when they are needed and unmapped when
/// they are empty and somebody asks. The essay stands in Arena.cpp.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_GPU_ARENA_H
#define HAPAX_GPU_ARENA_H

#include "hapax/Core/SafeResource.h"
#include "hapax/Gpu/DeviceMemory.h"
#include "hapax/Gpu/RangeMap.h"
#include <expected>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace hapax {

struct ArenaOptions {
  /// The most bytes that are ever mapped. One slab of it is for moving blocks.
  uint64_t LimitBytes = std::numeric_limits<uint64_t>::max();
  /// The unit of mapping, rounded up to what the device maps; 0: 32 MiB, or a
  /// 64th of the limit where that is less. Small ones are emptied sooner, large
  /// ones mapped faster: 32 MiB take about 0.1 ms.
  uint64_t SlabBytes = 0;
  /// The most blocks at a time; each takes about 90 bytes of host memory.
  uint32_t MaxBlocks = 1u << 20;
  /// What stays free for other users of the device: the larger of the two.
  uint64_t KeepFreeBytes = uint64_t(1) << 30;
  unsigned KeepFreePercent = 10;
};

/// A block: the region is exactly Arena::roundUp() of what was asked for.
struct ArenaBlock {
  HapaxHandle Id;
  DeviceRegion Region;
};

/// Not thread-safe. The DeviceMemory must outlive it. Blocks are counted:
/// alloc() gives one reference, and the memory is free again with the last one,
/// so that a block under a transfer can be forgotten by its owner.
class Arena {
public:
  static std::expected<Arena, DeviceError> create(DeviceMemory &Memory,
                                                  const ArenaOptions &Options);
  Arena(Arena &&Other) = default;
  /// Unmaps everything. No transfer may be under way.
  ~Arena();

  uint64_t roundUp(uint64_t Bytes) const { return Map.roundUp(Bytes); }

  /// Where a block may lie.
  enum class Room : uint8_t {
    Holes, ///< In what is mapped.
    Grow,  ///< In new slabs too.
    Spare, ///< In the slab that is kept for moving blocks too.
  };
  /// A block of roundUp(\p Bytes) bytes. OutOfMemory when there is no hole of
  /// that size and no slab may be mapped; any other error is the device's.
  /// Nothing has changed after an error, but that mayGrowTo() can be less.
  std::expected<ArenaBlock, DeviceError> alloc(uint64_t Bytes,
                                               Room R = Room::Grow);
  /// One reference more, or fewer. Refused for a block that is not there (any
  /// more), whatever block there is in its place.
  std::expected<void, DeviceError> retain(HapaxHandle Id);
  std::expected<void, DeviceError> free(HapaxHandle Id);
  /// References to a block; 0 for one that is not there.
  uint32_t references(HapaxHandle Id) const;

  /// Unmaps empty slabs, as many as make up \p Bytes, and says how much that
  /// was. An error is the device's; what was unmapped before it stays so.
  std::expected<uint64_t, DeviceError>
  trim(uint64_t Bytes = std::numeric_limits<uint64_t>::max());

  /// The owner's word on whether a block, which has one reference, can leave
  /// its slab now.
  using MayLeave = std::function<bool(HapaxHandle)>;
  /// The slab with the fewest bytes to move to join its holes, of those whose
  /// blocks all may leave; none when there is no such slab. A block with two
  /// references stays where it is.
  std::optional<uint64_t> cheapestSlab(const MayLeave &May) const;
  /// Begins to empty a slab: its blocks, and no new ones go there until
  /// endEmptying(). One slab at a time.
  std::vector<HapaxHandle> beginEmptying(uint64_t Slab);
  /// Gives back the slab that was kept for moving, if it was used. An error is
  /// the device's.
  std::expected<void, DeviceError> endEmptying();

  /// The device's free memory above what is kept for others; negative when
  /// others need some of ours.
  std::expected<int64_t, DeviceError> spareBytes() const;
  /// How much may be mapped now: at most LimitBytes, less once the device had
  /// no more.
  uint64_t mayGrowTo() const { return Allowed; }
  void setMayGrowTo(uint64_t Bytes) { Allowed = std::min(Bytes, Limit); }

  uint64_t limit() const { return Limit; }
  /// What Room::Grow may map now.
  uint64_t growLimit() const {
    return Allowed < 2 * slabBytes() ? Allowed : Allowed - slabBytes();
  }
  uint64_t slabBytes() const { return Map.pageBytes(); }
  uint64_t mappedBytes() const { return Map.presentBytes(); }
  /// Bytes of blocks.
  uint64_t usedBytes() const { return Map.takenBytes(); }
  uint32_t blocks() const { return Ids.inUse(); }

  /// Empty when all invariants hold. Looks at everything.
  std::string check() const;

private:
  Arena(DeviceMemory &Memory, uint64_t Base, uint64_t Limit, uint64_t KeepFree,
        RangeMap Map, ResourceTable Ids);

  std::expected<void, DeviceError> grow(uint64_t Bytes, uint64_t UpTo);
  bool isWorthEmptying(uint64_t Slab, bool OnlyBroken,
                       const MayLeave &May) const;
  void release(RangeMap::Node N);
  std::expected<void, DeviceError> mapAll(RangeMap::Pages Slabs);
  uint64_t address(uint64_t Slab) const { return Base + Slab * slabBytes(); }

  /// Null when moved from.
  struct Unowned {
    void operator()(DeviceMemory *) const {}
  };
  std::unique_ptr<DeviceMemory, Unowned> Memory;
  uint64_t Base, Limit, Allowed, KeepFree;
  RangeMap Map;
  /// One slot for each block; its range, and the slot of each range.
  ResourceTable Ids;
  std::vector<RangeMap::Node> NodeOf;
  std::vector<uint32_t> SlotOf;
  std::optional<uint64_t> Emptying;
};

} // namespace hapax

#endif // HAPAX_GPU_ARENA_H
