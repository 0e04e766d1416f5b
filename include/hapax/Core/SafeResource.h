//===- SafeResource.h - Tables of resources, for C++ ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The thin C++ face of Resource.h. It owns the table's arrays: separately
/// allocated, of the full capacity, and written by the proved calls alone. So
/// what these require of their caller (docs/PROOFS.md) holds by construction.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CORE_SAFERESOURCE_H
#define HAPAX_CORE_SAFERESOURCE_H

#include "hapax/Core/Resource.h"
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hapax {

/// A fixed number of slots that are acquired and released. What a slot stands
/// for (a device allocation, a stream) the user keeps beside it, by slot.
/// Times are ticks of one monotonic clock. Not thread-safe.
class ResourceTable {
public:
  /// A lease without end.
  static constexpr int64_t NoLease = std::numeric_limits<int64_t>::max();

  /// A table of Capacity slots, none acquired; an error above 2^31 - 1.
  static std::expected<ResourceTable, std::string> create(uint32_t Capacity);

  ResourceTable(ResourceTable &&Other) noexcept { *this = std::move(Other); }
  ResourceTable &operator=(ResourceTable &&Other) noexcept;
  ResourceTable(const ResourceTable &) = delete;
  ResourceTable &operator=(const ResourceTable &) = delete;

  uint32_t capacity() const { return Table.Capacity; }
  uint32_t inUse() const { return Table.InUse; }
  uint32_t available() const { return hapaxResourcesAvailable(&Table); }
  /// Acquisitions in the life of the table.
  uint64_t acquisitions() const { return Table.Acquisitions; }

  /// A free slot, with one reference; none when all are in use. Expires is the
  /// last tick of the lease.
  std::optional<HapaxHandle> acquire(int64_t Now, int64_t Expires = NoLease) {
    HapaxHandle H = hapaxResourceAcquire(&Table, Now, Expires);
    return H.Generation ? std::optional(H) : std::nullopt;
  }
  /// Gives up a reference, with the last one the slot.
  HapaxRelease release(HapaxHandle H, int64_t Now) {
    return hapaxResourceRelease(&Table, H, Now);
  }
  bool retain(HapaxHandle H) { return hapaxResourceRetain(&Table, H); }
  bool isHeld(HapaxHandle H) const { return hapaxResourceIsHeld(&Table, H); }

  /// Whether the handle holds and its lease has run out.
  bool isExpired(HapaxHandle H, int64_t Now) const {
    return hapaxResourceIsExpired(&Table, H, Now);
  }
  /// Moves the end of a lease that has not run out.
  bool renew(HapaxHandle H, int64_t Now, int64_t Expires) {
    return hapaxResourceRenew(&Table, H, Now, Expires);
  }
  /// Releases, whatever its references, what is held on a lease that has run
  /// out.
  bool expire(HapaxHandle H, int64_t Now) {
    return hapaxResourceExpire(&Table, H, Now);
  }
  /// expire() for everything; what was released, so that it can be freed.
  std::vector<HapaxHandle> expireAll(int64_t Now);

  /// What is known of a slot.
  std::optional<HapaxResourceRecord> record(uint32_t Slot) const {
    if (Slot >= Table.Capacity)
      return std::nullopt;
    return hapaxResourceRecordOf(&Table, Slot);
  }
  /// All that is held, by slot.
  std::vector<HapaxHandle> held() const;
  /// One line for each resource that is held; empty when none is: for the end,
  /// where such a line is a leak.
  std::string report(int64_t Now) const;

private:
  ResourceTable() = default;

  std::vector<uint8_t> State;
  std::vector<uint64_t> Generation;
  std::vector<uint32_t> References;
  std::vector<int32_t> Free;
  std::vector<int64_t> AcquiredAt, ReleasedAt, Expires;
  HapaxResources Table = {};
};

} // namespace hapax

#endif // HAPAX_CORE_SAFERESOURCE_H
