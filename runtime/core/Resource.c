//===- Resource.c - A bounded table of resources and handles ------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: what the driver hands out must be given back once, and not used
/// after that; an index or a pointer alone cannot tell an old holder from the
/// new one.
///
/// Idea: acquisitions are numbered, and the number is part of the handle. The
/// free slots are a stack, so that acquire and release are O(1) and a slot that
/// was just released, still warm in the caches, is taken first.
///
/// Invariant: InUse is the number of acquired slots; a slot is acquired exactly
/// when it has references; the first Capacity - InUse entries of Free are
/// distinct slots that are not acquired; no slot's number exceeds Acquisitions.
///
/// Cost: O(1), but for hapaxResourcesInit() and hapaxResourceNextHeld(), which
/// walk over the slots.
//===----------------------------------------------------------------------===//
#include "hapax/Core/Resource.h"

// The count of acquired slots is a sum over the whole array: its change is
// proved here, by a walk that exists in the proof alone, and used elsewhere.
/*@ requires mapped: \valid(State + (0 .. Capacity - 1));
    requires slot: Slot < Capacity;
    assigns State[Slot];
    ensures state: State[Slot] == Value;
    ensures natural: hapaxHeldSlots(State, Capacity) >= 0;
    ensures count: hapaxHeldSlots(State, Capacity) ==
      hapaxHeldSlots{Pre}(State, Capacity) +
        (Value == HapaxAcquired ? 1 : 0) -
        (\old(State[Slot]) == HapaxAcquired ? 1 : 0);
 */
static void setState(uint8_t *State, uint32_t Capacity, uint32_t Slot,
                     uint8_t Value) {
  State[Slot] = Value;
  (void)Capacity; // The proof alone reads it.
  /*@ ghost
      uint32_t I = 0;
      /@ loop invariant range: 0 <= I <= Capacity;
         loop invariant natural: hapaxHeldSlots(State, I) >= 0;
         loop invariant count: hapaxHeldSlots(State, I) ==
           hapaxHeldSlots{Pre}(State, I) +
             (I <= Slot ? 0 : (Value == HapaxAcquired ? 1 : 0) -
               (\at(State[Slot], Pre) == HapaxAcquired ? 1 : 0));
         loop assigns I;
         loop variant Capacity - I;
       @/
      while (I < Capacity)
        ++I;
   */
}

/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    assigns \nothing;
    ensures exact: \result <==> hapaxHandleHolds(*R, H);
 */
static bool holds(const HapaxResources *R, HapaxHandle H) {
  return H.Slot < R->Capacity && R->State[H.Slot] == HapaxAcquired &&
         R->Generation[H.Slot] == H.Generation;
}

// Takes the top of the stack; there is one.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    requires free: R->InUse < R->Capacity;
    requires number: R->Acquisitions < UINT64_MAX;
    assigns R->InUse, R->Acquisitions, R->State[0 .. R->Capacity - 1],
            R->Generation[0 .. R->Capacity - 1],
            R->References[0 .. R->Capacity - 1],
            R->AcquiredAt[0 .. R->Capacity - 1],
            R->Expires[0 .. R->Capacity - 1];
    ensures slot: \result ==
      \old(R->Free[R->Capacity - R->InUse - 1]);
    ensures in_range: 0 <= \result < R->Capacity;
    ensures in_use: R->InUse == \old(R->InUse) + 1;
    ensures acquisitions: R->Acquisitions == \old(R->Acquisitions) + 1;
    ensures state: R->State[\result] == HapaxAcquired;
    ensures generation: R->Generation[\result] == R->Acquisitions;
    ensures one_reference: R->References[\result] == 1;
    ensures acquired_at: R->AcquiredAt[\result] == Now;
    ensures expires: R->Expires[\result] == Expires;
    ensures others: \forall integer I;
      0 <= I < R->Capacity && I != \result ==>
        hapaxSlotKept{Pre, Post}(*R, I);
    ensures states: hapaxResourceStates(*R);
    ensures generations: hapaxResourceGenerations(*R);
    ensures first_use: hapaxResourceFirstUse(*R);
    ensures references: hapaxResourceReferences(*R);
    ensures counts: hapaxResourceCounts(*R);
    ensures free_range: hapaxResourceFreeRange(*R);
    ensures free_slots: hapaxResourceFreeSlots(*R);
    ensures free_once: hapaxResourceFreeOnce(*R);
 */
static uint32_t take(HapaxResources *R, int64_t Now, int64_t Expires) {
  uint32_t Slot = (uint32_t)R->Free[R->Capacity - R->InUse - 1];
  R->InUse += 1;
  R->Acquisitions += 1;
  setState(R->State, R->Capacity, Slot, HapaxAcquired);
  R->Generation[Slot] = R->Acquisitions;
  R->References[Slot] = 1;
  R->AcquiredAt[Slot] = Now;
  R->Expires[Slot] = Expires;
  return Slot;
}

// Gives a slot back, whatever its references.
/*@ requires mapped: hapaxResourcesMapped(R);
    requires ok: hapaxResourcesOk(*R);
    requires slot: Slot < R->Capacity;
    requires acquired: R->State[Slot] == HapaxAcquired;
    assigns R->InUse, R->State[Slot], R->References[Slot],
            R->Free[R->Capacity - R->InUse], R->ReleasedAt[Slot];
    ensures in_use: R->InUse == \old(R->InUse) - 1;
    ensures state: R->State[Slot] == HapaxReleased;
    ensures released_at: R->ReleasedAt[Slot] == Now;
    ensures others: \forall integer I;
      0 <= I < R->Capacity && I != Slot ==>
        hapaxSlotKept{Pre, Post}(*R, I);
    ensures states: hapaxResourceStates(*R);
    ensures generations: hapaxResourceGenerations(*R);
    ensures first_use: hapaxResourceFirstUse(*R);
    ensures references: hapaxResourceReferences(*R);
    ensures counts: hapaxResourceCounts(*R);
    ensures free_range: hapaxResourceFreeRange(*R);
    ensures free_slots: hapaxResourceFreeSlots(*R);
    ensures free_once: hapaxResourceFreeOnce(*R);
 */
static void giveBack(HapaxResources *R, uint32_t Slot, int64_t Now) {
  // First, since it proves that InUse is not 0.
  setState(R->State, R->Capacity, Slot, HapaxReleased);
  R->Free[R->Capacity - R->InUse] = (int32_t)Slot;
  R->InUse -= 1;
  R->References[Slot] = 0;
  R->ReleasedAt[Slot] = Now;
}

/*@ requires mapped: hapaxResourcesMapped(R);
    assigns R->State[0 .. R->Capacity - 1],
            R->Generation[0 .. R->Capacity - 1],
            R->References[0 .. R->Capacity - 1],
            R->Free[0 .. R->Capacity - 1],
            R->AcquiredAt[0 .. R->Capacity - 1],
            R->ReleasedAt[0 .. R->Capacity - 1],
            R->Expires[0 .. R->Capacity - 1];
    ensures state: \forall integer I; 0 <= I < R->Capacity ==>
      R->State[I] == HapaxUnacquired;
    ensures generation: \forall integer I; 0 <= I < R->Capacity ==>
      R->Generation[I] == 0;
    ensures references: \forall integer I; 0 <= I < R->Capacity ==>
      R->References[I] == 0;
    ensures free: \forall integer I; 0 <= I < R->Capacity ==>
      R->Free[I] == R->Capacity - 1 - I;
    ensures acquired_at: \forall integer I; 0 <= I < R->Capacity ==>
      R->AcquiredAt[I] == 0;
    ensures released_at: \forall integer I; 0 <= I < R->Capacity ==>
      R->ReleasedAt[I] == 0;
    ensures expires: \forall integer I; 0 <= I < R->Capacity ==>
      R->Expires[I] == 0;
    ensures count: hapaxHeldSlots(R->State, R->Capacity) == 0;
 */
static void clearSlots(HapaxResources *R) {
  const uint32_t Capacity = R->Capacity;
  /*@ loop invariant record: *R == \at(*R, LoopEntry);
      loop invariant range: 0 <= I <= Capacity;
      loop invariant state: \forall integer J; 0 <= J < I ==>
        R->State[J] == HapaxUnacquired;
      loop invariant generation: \forall integer J; 0 <= J < I ==>
        R->Generation[J] == 0;
      loop invariant references: \forall integer J; 0 <= J < I ==>
        R->References[J] == 0;
      loop invariant free: \forall integer J; 0 <= J < I ==>
        R->Free[J] == Capacity - 1 - J;
      loop invariant acquired_at: \forall integer J; 0 <= J < I ==>
        R->AcquiredAt[J] == 0;
      loop invariant released_at: \forall integer J; 0 <= J < I ==>
        R->ReleasedAt[J] == 0;
      loop invariant expires: \forall integer J; 0 <= J < I ==>
        R->Expires[J] == 0;
      loop assigns I, R->State[0 .. Capacity - 1],
                   R->Generation[0 .. Capacity - 1],
                   R->References[0 .. Capacity - 1],
                   R->Free[0 .. Capacity - 1],
                   R->AcquiredAt[0 .. Capacity - 1],
                   R->ReleasedAt[0 .. Capacity - 1],
                   R->Expires[0 .. Capacity - 1];
      loop variant Capacity - I;
   */
  for (uint32_t I = 0; I < Capacity; ++I) {
    R->State[I] = HapaxUnacquired;
    R->Generation[I] = 0;
    R->References[I] = 0;
    // Slot 0 on top.
    R->Free[I] = (int32_t)(Capacity - 1 - I);
    R->AcquiredAt[I] = 0;
    R->ReleasedAt[I] = 0;
    R->Expires[I] = 0;
  }
  /*@ ghost
      uint32_t I = 0;
      /@ loop invariant range: 0 <= I <= Capacity;
         loop invariant count: hapaxHeldSlots(R->State, I) == 0;
         loop assigns I;
         loop variant Capacity - I;
       @/
      while (I < Capacity)
        ++I;
   */
}

void hapaxResourcesInit(HapaxResources *R) {
  clearSlots(R);
  R->InUse = 0;
  R->Acquisitions = 0;
  // One by one, so that each prover finds the whole.
  //@ assert counts: hapaxResourceCounts(*R);
  //@ assert references: hapaxResourceReferences(*R);
  //@ assert free_slots: hapaxResourceFreeSlots(*R);
  //@ assert free_once: hapaxResourceFreeOnce(*R);
}

uint32_t hapaxResourcesAvailable(const HapaxResources *R) {
  return R->Capacity - R->InUse;
}

HapaxHandle hapaxResourceAcquire(HapaxResources *R, int64_t Now,
                                 int64_t Expires) {
  HapaxHandle H = {0, 0};
  if (R->InUse >= R->Capacity || R->Acquisitions == UINT64_MAX)
    return H;
  H.Slot = take(R, Now, Expires);
  H.Generation = R->Acquisitions;
  return H;
}

bool hapaxResourceIsHeld(const HapaxResources *R, HapaxHandle H) {
  return holds(R, H);
}

bool hapaxResourceIsExpired(const HapaxResources *R, HapaxHandle H,
                            int64_t Now) {
  return holds(R, H) && R->Expires[H.Slot] < Now;
}

bool hapaxResourceRetain(HapaxResources *R, HapaxHandle H) {
  if (!holds(R, H) || R->References[H.Slot] == UINT32_MAX)
    return false;
  R->References[H.Slot] += 1;
  return true;
}

HapaxRelease hapaxResourceRelease(HapaxResources *R, HapaxHandle H,
                                  int64_t Now) {
  if (!holds(R, H))
    return HapaxReleaseRefused;
  if (R->References[H.Slot] > 1) {
    R->References[H.Slot] -= 1;
    return HapaxReleaseShared;
  }
  giveBack(R, H.Slot, Now);
  return HapaxReleaseLast;
}

bool hapaxResourceRenew(HapaxResources *R, HapaxHandle H, int64_t Now,
                        int64_t Expires) {
  if (!holds(R, H) || R->Expires[H.Slot] < Now)
    return false;
  R->Expires[H.Slot] = Expires;
  return true;
}

bool hapaxResourceExpire(HapaxResources *R, HapaxHandle H, int64_t Now) {
  if (!holds(R, H) || R->Expires[H.Slot] >= Now)
    return false;
  giveBack(R, H.Slot, Now);
  return true;
}

HapaxHandle hapaxResourceNextHeld(const HapaxResources *R, uint32_t From) {
  HapaxHandle H = {0, 0};
  /*@ loop invariant range: I >= From;
      loop invariant passed: \forall integer J; From <= J < I ==>
        J < R->Capacity ==> R->State[J] != HapaxAcquired;
      loop assigns I;
      loop variant R->Capacity - I;
   */
  for (uint32_t I = From; I < R->Capacity; ++I)
    if (R->State[I] == HapaxAcquired) {
      H.Slot = I;
      H.Generation = R->Generation[I];
      return H;
    }
  return H;
}

HapaxResourceRecord hapaxResourceRecordOf(const HapaxResources *R,
                                          uint32_t Slot) {
  HapaxResourceRecord Record = {0, 0, 0, 0, 0, HapaxUnacquired};
  if (Slot >= R->Capacity)
    return Record;
  Record.Generation = R->Generation[Slot];
  Record.AcquiredAt = R->AcquiredAt[Slot];
  Record.ReleasedAt = R->ReleasedAt[Slot];
  Record.Expires = R->Expires[Slot];
  Record.References = R->References[Slot];
  Record.State = R->State[Slot];
  return Record;
}
