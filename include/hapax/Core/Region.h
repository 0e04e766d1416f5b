//===- Region.h - Bounds-checked regions of device memory ---------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// What Buffer.h is for host memory, for memory that this process cannot
/// dereference: the same arithmetic on addresses alone. Every copy to, from or
/// within device memory takes its addresses from here. Part of the verified
/// core: the contracts are proved for runtime/core/Region.c by scripts/prove.
/// From C++, use SafeBuffer.h.
///
/// `true` means done, `false` that nothing at all has changed. Nothing here is
/// thread-safe. Offsets, sizes and lengths are bytes.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CORE_REGION_H
#define HAPAX_CORE_REGION_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A range of addresses: those below Address + Length are filled, the rest up
/// to Address + Capacity is free. Address and Capacity stay as they were
/// initialised.
typedef struct HapaxRegion {
  uint64_t Address;
  uint64_t Capacity; ///< bytes
  uint64_t Length;   ///< bytes, at most Capacity
} HapaxRegion;

/// A copy that lies within both of its regions.
typedef struct HapaxTransfer {
  uint64_t To;   ///< address
  uint64_t From; ///< address
  uint64_t Size; ///< bytes
} HapaxTransfer;

/*@ // What every call keeps: no address of the region wraps.
    predicate hapaxRegionFits(HapaxRegion R) =
      R.Length <= R.Capacity && R.Address + R.Capacity <= UINT64_MAX;

    // Offset .. Offset + Size is filled.
    predicate hapaxRegionFilled(HapaxRegion R, integer Offset, integer Size) =
      Offset + Size <= R.Length;

    // Inside the region, and no gap is left.
    predicate hapaxRegionOpen(HapaxRegion R, integer Offset, integer Size) =
      Offset <= R.Length && Offset + Size <= R.Capacity;

    // Address .. Address + Size lies in the region.
    predicate hapaxRegionHolds(HapaxRegion R, integer Address, integer Size) =
      R.Address <= Address && Address + Size <= R.Address + R.Capacity;
 */

/// Makes an empty region; refused where its end would not be an address.
/*@ requires record: \valid(R);
    assigns *R;
    ensures done: \result <==> Address + Capacity <= UINT64_MAX;
    behavior ok:
      assumes Address + Capacity <= UINT64_MAX;
      assigns *R;
      ensures address: R->Address == Address;
      ensures capacity: R->Capacity == Capacity;
      ensures empty: R->Length == 0;
      ensures fits: hapaxRegionFits(*R);
    behavior refused:
      assumes Address + Capacity > UINT64_MAX;
      assigns \nothing;
      ensures kept: *R == \old(*R);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxRegionInit(HapaxRegion *R, uint64_t Address, uint64_t Capacity);

/// Bytes that can still be appended.
/*@ requires record: \valid_read(R);
    requires fits: hapaxRegionFits(*R);
    assigns \nothing;
    ensures exact: \result == R->Capacity - R->Length;
 */
uint64_t hapaxRegionRemaining(const HapaxRegion *R);

/// Whether nothing can be appended any more.
/*@ requires record: \valid_read(R);
    requires fits: hapaxRegionFits(*R);
    assigns \nothing;
    ensures exact: \result <==> R->Length == R->Capacity;
 */
bool hapaxRegionIsFull(const HapaxRegion *R);

/// Forgets the contents.
/*@ requires record: \valid(R);
    requires fits: hapaxRegionFits(*R);
    assigns R->Length;
    ensures empty: R->Length == 0;
    ensures fits: hapaxRegionFits(*R);
 */
void hapaxRegionClear(HapaxRegion *R);

/// The address at which Size filled bytes at Offset can be read.
/*@ requires record: \valid_read(R);
    requires fits: hapaxRegionFits(*R);
    requires out: \valid(Address);
    requires apart: \separated(Address, R);
    assigns *Address;
    ensures done: \result <==> hapaxRegionFilled(*R, Offset, Size);
    behavior ok:
      assumes hapaxRegionFilled(*R, Offset, Size);
      assigns *Address;
      ensures address: *Address == R->Address + Offset;
      ensures inside: hapaxRegionHolds(*R, *Address, Size);
    behavior refused:
      assumes !hapaxRegionFilled(*R, Offset, Size);
      assigns \nothing;
      ensures kept: *Address == \old(*Address);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxRegionRead(const HapaxRegion *R, uint64_t Offset, uint64_t Size,
                     uint64_t *Address);

/// The address at which Size bytes are to be written at Offset; from now on
/// they count as filled. Refused where they do not fit or would leave a gap.
/// Offset == Length appends.
/*@ requires record: \valid(R);
    requires fits: hapaxRegionFits(*R);
    requires out: \valid(Address);
    requires apart: \separated(Address, R);
    assigns R->Length, *Address;
    ensures done: \result <==> hapaxRegionOpen(\old(*R), Offset, Size);
    ensures base: R->Address == \old(R->Address);
    ensures capacity: R->Capacity == \old(R->Capacity);
    ensures fits: hapaxRegionFits(*R);
    behavior ok:
      assumes hapaxRegionOpen(*R, Offset, Size);
      assigns R->Length, *Address;
      ensures length: R->Length == \max(\old(R->Length), Offset + Size);
      ensures address: *Address == R->Address + Offset;
      ensures inside: hapaxRegionHolds(*R, *Address, Size);
    behavior refused:
      assumes !hapaxRegionOpen(*R, Offset, Size);
      assigns \nothing;
      ensures length: R->Length == \old(R->Length);
      ensures kept: *Address == \old(*Address);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxRegionWrite(HapaxRegion *R, uint64_t Offset, uint64_t Size,
                      uint64_t *Address);

/// A full region of the Size filled bytes at Offset.
/*@ requires record: \valid_read(R);
    requires fits: hapaxRegionFits(*R);
    requires out: \valid(Slice);
    requires apart: \separated(Slice, R);
    assigns *Slice;
    ensures done: \result <==> hapaxRegionFilled(*R, Offset, Size);
    behavior ok:
      assumes hapaxRegionFilled(*R, Offset, Size);
      assigns *Slice;
      ensures address: Slice->Address == R->Address + Offset;
      ensures capacity: Slice->Capacity == Size;
      ensures length: Slice->Length == Size;
      ensures fits: hapaxRegionFits(*Slice);
      ensures inside: hapaxRegionHolds(*R, Slice->Address, Slice->Capacity);
    behavior refused:
      assumes !hapaxRegionFilled(*R, Offset, Size);
      assigns \nothing;
      ensures kept: *Slice == \old(*Slice);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxRegionSlice(const HapaxRegion *R, uint64_t Offset, uint64_t Size,
                      HapaxRegion *Slice);

/// The addresses of a copy of Size filled bytes at FromOffset of one region to
/// ToOffset of another one, under the rules of both hapaxRegionRead() and
/// hapaxRegionWrite(). Two records may describe one memory: whether the ranges
/// overlap is up to the caller.
/*@ requires record: \valid(To) && \valid_read(From);
    requires to_fits: hapaxRegionFits(*To);
    requires from_fits: hapaxRegionFits(*From);
    requires out: \valid(Plan);
    requires apart: \separated(To, From, Plan);
    assigns To->Length, *Plan;
    ensures done: \result <==>
      hapaxRegionOpen(\old(*To), ToOffset, Size) &&
      hapaxRegionFilled(*From, FromOffset, Size);
    ensures base: To->Address == \old(To->Address);
    ensures capacity: To->Capacity == \old(To->Capacity);
    ensures to_fits: hapaxRegionFits(*To);
    behavior ok:
      assumes open: hapaxRegionOpen(*To, ToOffset, Size);
      assumes filled: hapaxRegionFilled(*From, FromOffset, Size);
      assigns To->Length, *Plan;
      ensures length: To->Length == \max(\old(To->Length), ToOffset + Size);
      ensures to: Plan->To == To->Address + ToOffset;
      ensures from: Plan->From == From->Address + FromOffset;
      ensures size: Plan->Size == Size;
      ensures inside_to: hapaxRegionHolds(*To, Plan->To, Size);
      ensures inside_from: hapaxRegionHolds(*From, Plan->From, Size);
    behavior refused:
      assumes !hapaxRegionOpen(*To, ToOffset, Size) ||
              !hapaxRegionFilled(*From, FromOffset, Size);
      assigns \nothing;
      ensures length: To->Length == \old(To->Length);
      ensures kept: *Plan == \old(*Plan);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxRegionCopy(HapaxRegion *To, uint64_t ToOffset,
                     const HapaxRegion *From, uint64_t FromOffset,
                     uint64_t Size, HapaxTransfer *Plan);

#ifdef __cplusplus
}
#endif

#endif // HAPAX_CORE_REGION_H
