//===- RequestChecker.cpp - What a client may ask ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "RequestChecker.h"
#include "hapax/Cache/Entry.h"

using namespace hapax;

std::expected<void, RequestFault>
RequestChecker::check(const RequestDescriptor &R) const {
  auto Bad = [](RequestFault F) { return std::unexpected(F); };
  if (R.Id != NextId)
    return Bad(RequestFault::BadId);

  bool HasKey = true, MayLease = false, IsBatch = false;
  uint64_t LeastSlot = 0;
  bool HasSlot = true;
  switch (R.What) {
  case Operation::Get:
    MayLease = true;
    break;
  case Operation::GetMany:
    IsBatch = true;
    break;
  case Operation::Put:
    LeastSlot = EntryHeader::Bytes;
    break;
  case Operation::Contains:
  case Operation::Remove:
    HasSlot = false;
    break;
  case Operation::Clear:
    HasKey = HasSlot = false;
    break;
  case Operation::Stats:
    HasKey = false;
    LeastSlot = sizeof(DaemonStatistics);
    break;
  default:
    return Bad(RequestFault::BadOperation);
  }

  // Offset first: the difference cannot wrap around then.
  if (R.SlotOffset > ArenaBytes || R.SlotBytes > ArenaBytes - R.SlotOffset ||
      R.SlotBytes < LeastSlot)
    return Bad(RequestFault::BadSlot);
  if (InBatch != (IsBatch && R.Index != 0))
    return Bad(RequestFault::BadBatch);
  if (IsBatch) {
    if (R.Count == 0 || R.Count > MaxBatch || R.Index >= R.Count)
      return Bad(RequestFault::BadBatch);
    const RequestDescriptor &First = InBatch ? Kept[0] : R;
    if (InBatch &&
        (R.Index != Count || R.Count != First.Count ||
         R.SlotOffset != First.SlotOffset || R.SlotBytes != First.SlotBytes))
      return Bad(RequestFault::BadBatch);
  }

  bool Clean = R.Zero == 0 && (HasKey || (R.KeyHigh == 0 && R.KeyLow == 0)) &&
               (HasSlot || (R.SlotOffset == 0 && R.SlotBytes == 0)) &&
               R.WantsLease <= (MayLease ? 1 : 0) &&
               (IsBatch || (R.Index == 0 && R.Count == 0));
  if (!Clean)
    return Bad(RequestFault::NotZero);
  return {};
}

std::expected<bool, RequestFault>
RequestChecker::accept(const RequestDescriptor &R) {
  if (auto Good = check(R); !Good)
    return std::unexpected(Good.error());
  ++NextId;
  if (!InBatch)
    Count = 0;
  Kept[Count++] = R;
  InBatch = R.What == Operation::GetMany && Count != R.Count;
  return !InBatch;
}
