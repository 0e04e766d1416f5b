//===- Region.c - Bounds-checked regions of device memory ---------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: a copy by the device has no page fault to stop it; a wrong address
/// or size destroys someone else's data, silently.
///
/// Idea: the checks of Buffer.c on addresses that are never dereferenced. What
/// a check lets through is handed to the driver as it is.
///
/// Invariant: Length <= Capacity; Address + Capacity does not wrap; Address and
/// Capacity never change.
///
/// Cost: two compares and an addition a call.
//===----------------------------------------------------------------------===//
#include "hapax/Core/Region.h"

/*@ requires record: \valid_read(R);
    requires fits: hapaxRegionFits(*R);
    assigns \nothing;
    ensures exact: \result <==> hapaxRegionFilled(*R, Offset, Size);
 */
static bool isFilled(const HapaxRegion *R, uint64_t Offset, uint64_t Size) {
  return Offset <= R->Length && Size <= R->Length - Offset;
}

/*@ requires record: \valid_read(R);
    requires fits: hapaxRegionFits(*R);
    assigns \nothing;
    ensures exact: \result <==> hapaxRegionOpen(*R, Offset, Size);
 */
static bool isOpen(const HapaxRegion *R, uint64_t Offset, uint64_t Size) {
  return Offset <= R->Length && Size <= R->Capacity - Offset;
}

/*@ requires record: \valid(R);
    requires fits: hapaxRegionFits(*R);
    requires end: End <= R->Capacity;
    assigns R->Length;
    ensures length: R->Length == \max(\old(R->Length), End);
 */
static void fillTo(HapaxRegion *R, uint64_t End) {
  if (End > R->Length)
    R->Length = End;
}

bool hapaxRegionInit(HapaxRegion *R, uint64_t Address, uint64_t Capacity) {
  if (Capacity > UINT64_MAX - Address)
    return false;
  R->Address = Address;
  R->Capacity = Capacity;
  R->Length = 0;
  return true;
}

uint64_t hapaxRegionRemaining(const HapaxRegion *R) {
  return R->Capacity - R->Length;
}

bool hapaxRegionIsFull(const HapaxRegion *R) {
  return R->Length == R->Capacity;
}

void hapaxRegionClear(HapaxRegion *R) { R->Length = 0; }

bool hapaxRegionRead(const HapaxRegion *R, uint64_t Offset, uint64_t Size,
                     uint64_t *Address) {
  if (!isFilled(R, Offset, Size))
    return false;
  *Address = R->Address + Offset;
  return true;
}

bool hapaxRegionWrite(HapaxRegion *R, uint64_t Offset, uint64_t Size,
                      uint64_t *Address) {
  if (!isOpen(R, Offset, Size))
    return false;
  fillTo(R, Offset + Size);
  *Address = R->Address + Offset;
  return true;
}

bool hapaxRegionSlice(const HapaxRegion *R, uint64_t Offset, uint64_t Size,
                      HapaxRegion *Slice) {
  if (!isFilled(R, Offset, Size))
    return false;
  Slice->Address = R->Address + Offset;
  Slice->Capacity = Size;
  Slice->Length = Size;
  return true;
}

bool hapaxRegionCopy(HapaxRegion *To, uint64_t ToOffset,
                     const HapaxRegion *From, uint64_t FromOffset,
                     uint64_t Size, HapaxTransfer *Plan) {
  if (!isOpen(To, ToOffset, Size) || !isFilled(From, FromOffset, Size))
    return false;
  fillTo(To, ToOffset + Size);
  Plan->To = To->Address + ToOffset;
  Plan->From = From->Address + FromOffset;
  Plan->Size = Size;
  return true;
}
