//===- ResourceCheck.h - A table of resources beside a model ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Applies calls to a ResourceTable and to a naive model of it, a map from the
/// number of an acquisition to what is known of it, and says whether they
/// agree. For the unit tests and the fuzz target.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_CORE_RESOURCECHECK_H
#define HAPAX_TEST_CORE_RESOURCECHECK_H

#include "hapax/Core/SafeResource.h"
#include <map>

namespace hapax::test {

class ResourceCheck {
public:
  explicit ResourceCheck(uint32_t Capacity)
      : Table(std::move(*ResourceTable::create(Capacity))), Last(Capacity) {}

  bool acquire(int64_t Now, int64_t Expires) {
    auto H = Table.acquire(Now, Expires);
    if (H.has_value() != (Held.size() < Last.size()))
      return false;
    if (!H)
      return agrees();
    // A number that was never given out, for a slot that nobody holds.
    if (H->Generation != ++Given || H->Slot >= Last.size())
      return false;
    for (auto &[Number, Entry] : Held)
      if (Entry.Slot == H->Slot)
        return false;
    Held[Given] = {H->Slot, 1, Expires};
    Last[H->Slot] = {Given, Now, Last[H->Slot].ReleasedAt, Expires};
    Handles.push_back(*H);
    return agrees();
  }
  bool retain(HapaxHandle H) {
    Entry *E = find(H);
    if (E)
      ++E->References;
    return Table.retain(H) == (E != nullptr) && agrees();
  }
  bool release(HapaxHandle H, int64_t Now) {
    Entry *E = find(H);
    HapaxRelease Expected = !E                   ? HapaxReleaseRefused
                            : E->References == 1 ? HapaxReleaseLast
                                                 : HapaxReleaseShared;
    if (Expected == HapaxReleaseLast)
      drop(H, Now);
    else if (E)
      --E->References;
    return Table.release(H, Now) == Expected && agrees();
  }
  bool renew(HapaxHandle H, int64_t Now, int64_t Expires) {
    Entry *E = find(H);
    bool Good = E && E->Expires >= Now;
    if (Good)
      E->Expires = Last[H.Slot].Expires = Expires;
    return Table.renew(H, Now, Expires) == Good && agrees();
  }
  bool expire(HapaxHandle H, int64_t Now) {
    Entry *E = find(H);
    bool Good = E && E->Expires < Now;
    if (Table.isExpired(H, Now) != Good)
      return false;
    if (Good)
      drop(H, Now);
    return Table.expire(H, Now) == Good && agrees();
  }

  /// Every handle that was ever given out.
  const std::vector<HapaxHandle> &handles() const { return Handles; }

  bool agrees() {
    if (Table.inUse() != Held.size() ||
        Table.available() != Last.size() - Held.size() ||
        Table.acquisitions() != Given || Table.held().size() != Held.size() ||
        Table.report(0).empty() != Held.empty() ||
        Table.record(uint32_t(Last.size())))
      return false;
    for (HapaxHandle H : Table.held())
      if (!find(H))
        return false;
    for (HapaxHandle H : Handles)
      if (Table.isHeld(H) != (find(H) != nullptr))
        return false;
    for (uint32_t Slot = 0; Slot != Last.size(); ++Slot) {
      auto Record = Table.record(Slot);
      const Life &L = Last[Slot];
      auto E = Held.find(L.Number);
      bool IsHeld = E != Held.end();
      uint8_t State = IsHeld     ? HapaxAcquired
                      : L.Number ? HapaxReleased
                                 : HapaxUnacquired;
      if (!Record || Record->State != State || Record->Generation != L.Number ||
          Record->References != (IsHeld ? E->second.References : 0) ||
          Record->AcquiredAt != L.AcquiredAt ||
          Record->ReleasedAt != L.ReleasedAt || Record->Expires != L.Expires)
        return false;
    }
    return true;
  }

private:
  struct Entry {
    uint32_t Slot;
    uint32_t References;
    int64_t Expires;
  };
  /// Of a slot: its last acquisition and its last release.
  struct Life {
    uint64_t Number = 0;
    int64_t AcquiredAt = 0, ReleasedAt = 0, Expires = 0;
  };
  Entry *find(HapaxHandle H) {
    auto At = Held.find(H.Generation);
    return At != Held.end() && At->second.Slot == H.Slot ? &At->second
                                                         : nullptr;
  }
  void drop(HapaxHandle H, int64_t Now) {
    Held.erase(H.Generation);
    Last[H.Slot].ReleasedAt = Now;
  }

  ResourceTable Table;
  std::map<uint64_t, Entry> Held;
  std::vector<Life> Last;
  std::vector<HapaxHandle> Handles;
  uint64_t Given = 0;
};

} // namespace hapax::test

#endif // HAPAX_TEST_CORE_RESOURCECHECK_H
