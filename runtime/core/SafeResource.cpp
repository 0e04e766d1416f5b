//===- SafeResource.cpp - Tables of resources, for C++ ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Core/SafeResource.h"

using namespace hapax;

std::expected<ResourceTable, std::string>
ResourceTable::create(uint32_t Capacity) {
  if (Capacity > uint32_t(std::numeric_limits<int32_t>::max()))
    return std::unexpected("a table of resources has at most 2^31 - 1 slots");
  ResourceTable New;
  New.State.resize(Capacity);
  New.Generation.resize(Capacity);
  New.References.resize(Capacity);
  New.Free.resize(Capacity);
  New.AcquiredAt.resize(Capacity);
  New.ReleasedAt.resize(Capacity);
  New.Expires.resize(Capacity);
  HapaxResources &T = New.Table;
  T.State = New.State.data();
  T.Generation = New.Generation.data();
  T.References = New.References.data();
  T.Free = New.Free.data();
  T.AcquiredAt = New.AcquiredAt.data();
  T.ReleasedAt = New.ReleasedAt.data();
  T.Expires = New.Expires.data();
  T.Capacity = Capacity;
  hapaxResourcesInit(&T);
  return New;
}

ResourceTable &ResourceTable::operator=(ResourceTable &&Other) noexcept {
  if (this == &Other)
    return *this;
  State = std::move(Other.State);
  Generation = std::move(Other.Generation);
  References = std::move(Other.References);
  Free = std::move(Other.Free);
  AcquiredAt = std::move(Other.AcquiredAt);
  ReleasedAt = std::move(Other.ReleasedAt);
  Expires = std::move(Other.Expires);
  // The other one is left as a table without slots, which refuses everything.
  Table = std::exchange(Other.Table, {});
  return *this;
}

std::vector<HapaxHandle> ResourceTable::held() const {
  std::vector<HapaxHandle> Found;
  for (uint32_t From = 0;;) {
    HapaxHandle H = hapaxResourceNextHeld(&Table, From);
    if (!H.Generation)
      return Found;
    Found.push_back(H);
    From = H.Slot + 1;
  }
}

std::vector<HapaxHandle> ResourceTable::expireAll(int64_t Now) {
  std::vector<HapaxHandle> Expired;
  for (HapaxHandle H : held())
    if (expire(H, Now))
      Expired.push_back(H);
  return Expired;
}

std::string ResourceTable::report(int64_t Now) const {
  std::string Lines;
  for (HapaxHandle H : held()) {
    HapaxResourceRecord R = hapaxResourceRecordOf(&Table, H.Slot);
    Lines += "slot " + std::to_string(H.Slot) + ", acquisition " +
             std::to_string(H.Generation) + ", acquired at " +
             std::to_string(R.AcquiredAt) + ", references " +
             std::to_string(R.References) +
             (R.Expires < Now ? ", lease has run out\n" : "\n");
  }
  return Lines;
}
