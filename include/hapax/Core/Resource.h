//===- Resource.h - A bounded table of resources and handles ------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Who holds which of a fixed number of resources (device allocations, streams,
/// registrations): handles that cannot be forged by reuse, reference counts,
/// leases, and what is still held at the end. Part of the verified core: the
/// contracts are proved for runtime/core/Resource.c by scripts/prove, and they
/// bind the caller as well (docs/PROOFS.md). From C++, use SafeResource.h,
/// which owns the arrays.
///
/// A slot is unacquired until its first use, then acquired, then released, then
/// acquired again. A handle names a slot and the acquisition by which it is
/// held: no two acquisitions in the life of a table have the same number, so a
/// handle that was released for good is refused for ever after.
///
/// Every call that can be refused says so by its result, and a refused call
/// changes nothing. No call allocates or blocks; nothing here is thread-safe.
/// Times are ticks of one monotonic clock of the caller's.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CORE_RESOURCE_H
#define HAPAX_CORE_RESOURCE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The states of a slot.
enum { HapaxUnacquired = 0, HapaxAcquired = 1, HapaxReleased = 2 };

/// What hapaxResourceRelease() did.
typedef enum HapaxRelease {
  HapaxReleaseRefused = 0, ///< the handle does not hold: nothing has changed
  HapaxReleaseShared = 1,  ///< one reference less, others remain
  HapaxReleaseLast = 2,    ///< that was the last one: the slot is free
} HapaxRelease;

/// One acquisition of one slot. All zero is a handle that never holds.
typedef struct HapaxHandle {
  uint64_t Generation;
  uint32_t Slot;
} HapaxHandle;

/// The table. The arrays have Capacity elements each and belong to the caller;
/// they have as many element types as possible, since the memory model of the
/// proof keeps those apart by itself. Only the calls below write to any of it.
typedef struct HapaxResources {
  uint8_t *State;
  uint64_t *Generation;  ///< the last acquisition of the slot; 0: none yet
  uint32_t *References;  ///< 0 unless acquired
  int32_t *Free;         ///< stack of the slots that are not acquired
  int64_t *AcquiredAt;   ///< time of the last acquisition
  int64_t *ReleasedAt;   ///< time of the last release for good
  int64_t *Expires;      ///< the last tick of the lease; INT64_MAX: for ever
  uint64_t Acquisitions; ///< so far
  uint32_t Capacity;     ///< slots, at most INT32_MAX
  uint32_t InUse;        ///< slots that are acquired
} HapaxResources;

/// What is known of a slot.
typedef struct HapaxResourceRecord {
  uint64_t Generation;
  int64_t AcquiredAt;
  int64_t ReleasedAt;
  int64_t Expires;
  uint32_t References;
  uint8_t State;
} HapaxResourceRecord;

/*@ // The number of acquired slots among the first Count.
    logic integer hapaxHeldSlots{L}(uint8_t *State, integer Count) =
      Count <= 0 ? 0
                 : hapaxHeldSlots{L}(State, Count - 1) +
                     (State[Count - 1] == HapaxAcquired ? 1 : 0);

    // The memory is there, and no two parts of it overlap.
    predicate hapaxResourcesMapped{L}(HapaxResources *R) =
      \valid(R) && R->Capacity <= INT32_MAX &&
      \valid(R->State + (0 .. R->Capacity - 1)) &&
      \valid(R->Generation + (0 .. R->Capacity - 1)) &&
      \valid(R->References + (0 .. R->Capacity - 1)) &&
      \valid(R->Free + (0 .. R->Capacity - 1)) &&
      \valid(R->AcquiredAt + (0 .. R->Capacity - 1)) &&
      \valid(R->ReleasedAt + (0 .. R->Capacity - 1)) &&
      \valid(R->Expires + (0 .. R->Capacity - 1)) &&
      \separated(R, R->State + (0 .. R->Capacity - 1),
                 R->Generation + (0 .. R->Capacity - 1),
                 R->References + (0 .. R->Capacity - 1),
                 R->Free + (0 .. R->Capacity - 1),
                 R->AcquiredAt + (0 .. R->Capacity - 1),
                 R->ReleasedAt + (0 .. R->Capacity - 1),
                 R->Expires + (0 .. R->Capacity - 1));

    predicate hapaxResourceStates{L}(HapaxResources R) =
      \forall integer I; 0 <= I < R.Capacity ==> R.State[I] <= HapaxReleased;

    predicate hapaxResourceGenerations{L}(HapaxResources R) =
      \forall integer I; 0 <= I < R.Capacity ==>
        R.Generation[I] <= R.Acquisitions;

    predicate hapaxResourceFirstUse{L}(HapaxResources R) =
      \forall integer I; 0 <= I < R.Capacity ==>
        (R.State[I] == HapaxUnacquired <==> R.Generation[I] == 0);

    predicate hapaxResourceReferences{L}(HapaxResources R) =
      \forall integer I; 0 <= I < R.Capacity ==>
        (R.State[I] == HapaxAcquired <==> R.References[I] >= 1);

    predicate hapaxResourceCounts{L}(HapaxResources R) =
      R.InUse <= R.Capacity &&
      R.InUse == hapaxHeldSlots(R.State, R.Capacity);

    predicate hapaxResourceFreeRange{L}(HapaxResources R) =
      \forall integer P; 0 <= P < R.Capacity - R.InUse ==>
        0 <= R.Free[P] < R.Capacity;

    predicate hapaxResourceFreeSlots{L}(HapaxResources R) =
      \forall integer P; 0 <= P < R.Capacity - R.InUse ==>
        R.State[R.Free[P]] != HapaxAcquired;

    predicate hapaxResourceFreeOnce{L}(HapaxResources R) =
      \forall integer P, Q; 0 <= P < Q < R.Capacity - R.InUse ==>
        R.Free[P] != R.Free[Q];

    // What every call keeps.
    predicate hapaxResourcesOk{L}(HapaxResources R) =
      hapaxResourceStates(R) && hapaxResourceGenerations(R) &&
      hapaxResourceFirstUse(R) && hapaxResourceReferences(R) &&
      hapaxResourceCounts(R) && hapaxResourceFreeRange(R) &&
      hapaxResourceFreeSlots(R) && hapaxResourceFreeOnce(R);

    // The handle holds its slot.
    predicate hapaxHandleHolds{L}(HapaxResources R, HapaxHandle H) =
      H.Slot < R.Capacity && R.State[H.Slot] == HapaxAcquired &&
      R.Generation[H.Slot] == H.Generation;

    // Nothing that the table says of slot I differs between Then and Now.
    predicate hapaxSlotKept{Then, Now}(HapaxResources R, integer I) =
      \at(R.State[I], Now) == \at(R.State[I], Then) &&
      \at(R.Generation[I], Now) == \at(R.Generation[I], Then) &&
      \at(R.References[I], Now) == \at(R.References[I], Then) &&
      \at(R.AcquiredAt[I], Now) == \at(R.AcquiredAt[I], Then) &&
      \at(R.ReleasedAt[I], Now) == \at(R.ReleasedAt[I], Then) &&
      \at(R.Expires[I], Now) == \at(R.Expires[I], Then);
 */

/// Makes an empty table of what the caller has put into *R: the pointers and
/// the Capacity. Everything else is written here.
/*@ requires mapped: hapaxResourcesMapped(R);
    assigns R->InUse, R->Acquisitions, R->State[0 .. R->Capacity - 1],
            R->Generation[0 .. R->Capacity - 1],
            R->References[0 .. R->Capacity - 1],
            R->Free[0 .. R->Capacity - 1],
            R->AcquiredAt[0 .. R->Capacity - 1],
            R->ReleasedAt[0 .. R->Capacity - 1],
            R->Expires[0 .. R->Capacity - 1];
    ensures ok: hapaxResourcesOk(*R);
    ensures empty: R->InUse == 0;
    ensures unused: R->Acquisitions == 0;
    ensures unacquired: \forall integer I; 0 <= I < R->Capacity ==>
                          R->State[I] == HapaxUnacquired;
    ensures acquired_at: \forall integer I; 0 <= I < R->Capacity ==>
                           R->AcquiredAt[I] == 0;
    ensures released_at: \forall integer I; 0 <= I < R->Capacity ==>
                           R->ReleasedAt[I] == 0;
    ensures expires: \forall integer I; 0 <= I < R->Capacity ==>
                       R->Expires[I] == 0;
 */
void hapaxResourcesInit(HapaxResources *R);

/// Slots that can still be acquired.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns \nothing;
    ensures exact:
      \result == R->Capacity - hapaxHeldSlots(R->State, R->Capacity);
 */
uint32_t hapaxResourcesAvailable(const HapaxResources *R);

/// Acquires a free slot with one reference. Expires is the last tick of the
/// lease, INT64_MAX for one without end. Refused, with a handle of Generation
/// 0, when every slot is in use (or after 2^64 - 1 acquisitions).
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns R->InUse, R->Acquisitions, R->State[0 .. R->Capacity - 1],
            R->Generation[0 .. R->Capacity - 1],
            R->References[0 .. R->Capacity - 1],
            R->AcquiredAt[0 .. R->Capacity - 1],
            R->Expires[0 .. R->Capacity - 1];
    ensures done: \result.Generation != 0 <==>
      (\old(R->InUse) < R->Capacity && \old(R->Acquisitions) < UINT64_MAX);
    ensures ok: hapaxResourcesOk(*R);
    ensures released_at: \forall integer I; 0 <= I < R->Capacity ==>
                           R->ReleasedAt[I] == \old(R->ReleasedAt[I]);
    behavior ok:
      assumes R->InUse < R->Capacity && R->Acquisitions < UINT64_MAX;
      ensures in_use: R->InUse == \old(R->InUse) + 1;
      ensures acquisitions: R->Acquisitions == \old(R->Acquisitions) + 1;
      ensures fresh: \result.Generation == R->Acquisitions;
      ensures holds: hapaxHandleHolds(*R, \result);
      ensures was_free: \at(R->State[\at(\result.Slot, Post)], Pre) !=
                          HapaxAcquired;
      ensures one_reference: R->References[\result.Slot] == 1;
      ensures acquired_at: R->AcquiredAt[\result.Slot] == Now;
      ensures expires: R->Expires[\result.Slot] == Expires;
      ensures others: \forall integer I;
        0 <= I < R->Capacity && I != \result.Slot ==>
          hapaxSlotKept{Pre, Post}(*R, I);
    behavior refused:
      assumes R->InUse >= R->Capacity || R->Acquisitions >= UINT64_MAX;
      assigns \nothing;
      ensures in_use: R->InUse == \old(R->InUse);
      ensures acquisitions: R->Acquisitions == \old(R->Acquisitions);
      ensures all_kept: \forall integer I; 0 <= I < R->Capacity ==>
                          hapaxSlotKept{Pre, Post}(*R, I);
    complete behaviors;
    disjoint behaviors;
 */
HapaxHandle hapaxResourceAcquire(HapaxResources *R, int64_t Now,
                                 int64_t Expires);

/// Whether the handle holds its slot, whatever its lease.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns \nothing;
    ensures exact: \result <==> hapaxHandleHolds(*R, H);
 */
bool hapaxResourceIsHeld(const HapaxResources *R, HapaxHandle H);

/// Whether the handle holds its slot and the lease has run out.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns \nothing;
    ensures exact: \result <==>
      (hapaxHandleHolds(*R, H) && R->Expires[H.Slot] < Now);
 */
bool hapaxResourceIsExpired(const HapaxResources *R, HapaxHandle H,
                            int64_t Now);

/// Adds a reference. Refused for a handle that does not hold, and at the
/// greatest count.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns R->References[H.Slot];
    ensures done: \result <==>
      \old(hapaxHandleHolds(*R, H) && R->References[H.Slot] < UINT32_MAX);
    ensures record: *R == \old(*R);
    ensures ok: hapaxResourcesOk(*R);
    behavior ok:
      assumes hapaxHandleHolds(*R, H) && R->References[H.Slot] < UINT32_MAX;
      assigns R->References[H.Slot];
      ensures one_more:
        R->References[H.Slot] == \old(R->References[H.Slot]) + 1;
      ensures holds: hapaxHandleHolds(*R, H);
      ensures others: \forall integer I;
        0 <= I < R->Capacity && I != H.Slot ==>
          hapaxSlotKept{Pre, Post}(*R, I);
    behavior refused:
      assumes !hapaxHandleHolds(*R, H) ||
              R->References[H.Slot] >= UINT32_MAX;
      assigns \nothing;
      ensures all_kept: \forall integer I; 0 <= I < R->Capacity ==>
                          hapaxSlotKept{Pre, Post}(*R, I);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxResourceRetain(HapaxResources *R, HapaxHandle H);

/// Gives up a reference; with the last one the slot is released and free.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns R->InUse, R->State[H.Slot], R->References[H.Slot],
            R->Free[R->Capacity - R->InUse], R->ReleasedAt[H.Slot];
    ensures ok: hapaxResourcesOk(*R);
    ensures acquisitions: R->Acquisitions == \old(R->Acquisitions);
    behavior last:
      assumes hapaxHandleHolds(*R, H) && R->References[H.Slot] == 1;
      ensures done: \result == HapaxReleaseLast;
      ensures in_use: R->InUse == \old(R->InUse) - 1;
      ensures state: R->State[H.Slot] == HapaxReleased;
      ensures gone: !hapaxHandleHolds(*R, H);
      ensures generation:
        R->Generation[H.Slot] == \old(R->Generation[H.Slot]);
      ensures released_at: R->ReleasedAt[H.Slot] == Now;
      ensures others: \forall integer I;
        0 <= I < R->Capacity && I != H.Slot ==>
          hapaxSlotKept{Pre, Post}(*R, I);
    behavior shared:
      assumes hapaxHandleHolds(*R, H) && R->References[H.Slot] > 1;
      assigns R->References[H.Slot];
      ensures done: \result == HapaxReleaseShared;
      ensures in_use: R->InUse == \old(R->InUse);
      ensures one_less:
        R->References[H.Slot] == \old(R->References[H.Slot]) - 1;
      ensures holds: hapaxHandleHolds(*R, H);
      ensures others: \forall integer I;
        0 <= I < R->Capacity && I != H.Slot ==>
          hapaxSlotKept{Pre, Post}(*R, I);
    behavior refused:
      assumes !hapaxHandleHolds(*R, H);
      assigns \nothing;
      ensures done: \result == HapaxReleaseRefused;
      ensures in_use: R->InUse == \old(R->InUse);
      ensures all_kept: \forall integer I; 0 <= I < R->Capacity ==>
                          hapaxSlotKept{Pre, Post}(*R, I);
    complete behaviors;
    disjoint behaviors;
 */
HapaxRelease hapaxResourceRelease(HapaxResources *R, HapaxHandle H,
                                  int64_t Now);

/// Moves the end of a lease that has not run out; Expires may lie earlier too.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns R->Expires[H.Slot];
    ensures done: \result <==>
      \old(hapaxHandleHolds(*R, H) && R->Expires[H.Slot] >= Now);
    ensures record: *R == \old(*R);
    ensures ok: hapaxResourcesOk(*R);
    behavior ok:
      assumes hapaxHandleHolds(*R, H) && R->Expires[H.Slot] >= Now;
      assigns R->Expires[H.Slot];
      ensures expires: R->Expires[H.Slot] == Expires;
      ensures holds: hapaxHandleHolds(*R, H);
      ensures others: \forall integer I;
        0 <= I < R->Capacity && I != H.Slot ==>
          hapaxSlotKept{Pre, Post}(*R, I);
    behavior refused:
      assumes !hapaxHandleHolds(*R, H) || R->Expires[H.Slot] < Now;
      assigns \nothing;
      ensures all_kept: \forall integer I; 0 <= I < R->Capacity ==>
                          hapaxSlotKept{Pre, Post}(*R, I);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxResourceRenew(HapaxResources *R, HapaxHandle H, int64_t Now,
                        int64_t Expires);

/// Releases for good, whatever its references, what is held on a lease that
/// has run out.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns R->InUse, R->State[H.Slot], R->References[H.Slot],
            R->Free[R->Capacity - R->InUse], R->ReleasedAt[H.Slot];
    ensures done: \result <==>
      \old(hapaxHandleHolds(*R, H) && R->Expires[H.Slot] < Now);
    ensures ok: hapaxResourcesOk(*R);
    ensures acquisitions: R->Acquisitions == \old(R->Acquisitions);
    behavior ok:
      assumes hapaxHandleHolds(*R, H) && R->Expires[H.Slot] < Now;
      ensures in_use: R->InUse == \old(R->InUse) - 1;
      ensures state: R->State[H.Slot] == HapaxReleased;
      ensures gone: !hapaxHandleHolds(*R, H);
      ensures generation:
        R->Generation[H.Slot] == \old(R->Generation[H.Slot]);
      ensures released_at: R->ReleasedAt[H.Slot] == Now;
      ensures others: \forall integer I;
        0 <= I < R->Capacity && I != H.Slot ==>
          hapaxSlotKept{Pre, Post}(*R, I);
    behavior refused:
      assumes !hapaxHandleHolds(*R, H) || R->Expires[H.Slot] >= Now;
      assigns \nothing;
      ensures in_use: R->InUse == \old(R->InUse);
      ensures all_kept: \forall integer I; 0 <= I < R->Capacity ==>
                          hapaxSlotKept{Pre, Post}(*R, I);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxResourceExpire(HapaxResources *R, HapaxHandle H, int64_t Now);

/// The handle of the first held slot from slot From on, Generation 0 if there
/// is none: to list what is held, at teardown or to look for ended leases.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns \nothing;
    ensures holds: \result.Generation != 0 ==>
      From <= \result.Slot && hapaxHandleHolds(*R, \result);
    ensures first: \result.Generation != 0 ==>
      \forall integer I; From <= I < \result.Slot ==>
        R->State[I] != HapaxAcquired;
    ensures none: \result.Generation == 0 ==>
      \forall integer I; From <= I < R->Capacity ==>
        R->State[I] != HapaxAcquired;
 */
HapaxHandle hapaxResourceNextHeld(const HapaxResources *R, uint32_t From);

/// What is known of a slot; all zero where there is no such slot.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns \nothing;
    ensures state: Slot < R->Capacity ==> \result.State == R->State[Slot];
    ensures generation: Slot < R->Capacity ==>
      \result.Generation == R->Generation[Slot];
    ensures references: Slot < R->Capacity ==>
      \result.References == R->References[Slot];
    ensures acquired_at: Slot < R->Capacity ==>
      \result.AcquiredAt == R->AcquiredAt[Slot];
    ensures released_at: Slot < R->Capacity ==>
      \result.ReleasedAt == R->ReleasedAt[Slot];
    ensures expires: Slot < R->Capacity ==>
      \result.Expires == R->Expires[Slot];
    ensures nowhere: Slot >= R->Capacity ==>
      \result.State == HapaxUnacquired && \result.Generation == 0 &&
      \result.References == 0 && \result.AcquiredAt == 0 &&
      \result.ReleasedAt == 0 && \result.Expires == 0;
 */
HapaxResourceRecord hapaxResourceRecordOf(const HapaxResources *R,
                                          uint32_t Slot);

#ifdef __cplusplus
}
#endif

#endif // HAPAX_CORE_RESOURCE_H
