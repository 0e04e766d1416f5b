//===- Lru.c - Recency order and byte accounting ------------------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
// Problem: the order of recency of a million entries, constant time for each
// step, with a proof that provers find by themselves.
//
// Idea: a circular doubly linked list through arrays of slot numbers, with slot
// 0 as sentinel; free slots on a stack; pinned entries off the list.
//
// Invariant (Lru.h): a proof about a list usually needs induction along it.
// Here each slot has a stamp, the time of its last use, and the list is
// described by facts about pairs of slots: stamps rise along Next, none lies
// between a slot's and its successor's, and the last slot's is the largest. So
// the first slot has the smallest stamp: there is none between the sentinel's,
// which is 0, and its own. The sums over the live entries are recursive; they
// change in one function, setSlot, whose ghost loop tells by how much.
//
// How the functions are cut: public ones check and call a static one that has
// no branch. A slot on its way into or out of the list is exempt from the
// facts (the parameter e of the predicates); exempt() and include() tell that
// this makes no difference for a slot that is not linked.
//
// Cost: a use writes six words in at most four places; an eviction likewise.
//===----------------------------------------------------------------------===//
#include "hapax/Core/Lru.h"

#include "Refused.h"

/*@ requires valid: \valid_read(L);
    requires arrays: lruArrays(*L);
    assigns \nothing;
    ensures exact: \result == true <==>
      1 <= Slot <= L->Capacity && L->State[Slot] != 0;
 */
static bool isLive(const HapaxLru *L, uint32_t Slot) {
  return Slot != 0 && Slot <= L->Capacity && L->State[Slot] != 0;
}

/// Ghost code: the list is as it is without a slot that is not linked.
/*@ ghost
  /@ requires valid: \valid_read(L);
     requires arrays: lruArrays(*L);
     requires list: lruList(*L, -1);
     requires slot: 1 <= I <= L->Capacity && L->State[I] != 1;
     assigns \nothing;
     ensures sentinel: lruSentinel(L->State, L->Stamp);
     ensures stampRange: lruStampRange(L->Stamp, L->Capacity, L->Clock);
     ensures nextLinked: lruNextLinked(L->State, L->Next, L->Capacity, I);
     ensures prevLinked: lruPrevLinked(L->State, L->Prev, L->Capacity, I);
     ensures nextInverse: lruNextInverse(L->State, L->Prev, L->Next,
       L->Capacity, I);
     ensures prevInverse: lruPrevInverse(L->State, L->Prev, L->Next,
       L->Capacity, I);
     ensures stampsDiffer: lruStampsDiffer(L->State, L->Stamp, L->Capacity, I);
     ensures stampsRise: lruStampsRise(L->State, L->Stamp, L->Next, L->Capacity,
       I);
     ensures noneBetween: lruNoneBetween(L->State, L->Stamp, L->Next,
       L->Capacity, I);
     ensures lastNewest: lruLastNewest(L->State, L->Stamp, L->Prev, L->Capacity,
       I);
   @/
  static void exempt(const HapaxLru *L, uint32_t I) {}
*/

/// Ghost code: the other way round.
/*@ ghost
  /@ requires valid: \valid_read(L);
     requires arrays: lruArrays(*L);
     requires list: lruList(*L, I);
     requires slot: 1 <= I <= L->Capacity && L->State[I] != 1;
     assigns \nothing;
     ensures sentinel: lruSentinel(L->State, L->Stamp);
     ensures stampRange: lruStampRange(L->Stamp, L->Capacity, L->Clock);
     ensures nextLinked: lruNextLinked(L->State, L->Next, L->Capacity, -1);
     ensures prevLinked: lruPrevLinked(L->State, L->Prev, L->Capacity, -1);
     ensures nextInverse: lruNextInverse(L->State, L->Prev, L->Next,
       L->Capacity, -1);
     ensures prevInverse: lruPrevInverse(L->State, L->Prev, L->Next,
       L->Capacity, -1);
     ensures stampsDiffer: lruStampsDiffer(L->State, L->Stamp, L->Capacity, -1);
     ensures stampsRise: lruStampsRise(L->State, L->Stamp, L->Next, L->Capacity,
       -1);
     ensures noneBetween: lruNoneBetween(L->State, L->Stamp, L->Next,
       L->Capacity, -1);
     ensures lastNewest: lruLastNewest(L->State, L->Stamp, L->Prev, L->Capacity,
       -1);
   @/
  static void include(const HapaxLru *L, uint32_t I) {}
*/

/// Ghost code: the parts of the invariant make the whole. Here nothing else is
/// known that could lead the provers astray.
/*@ ghost
  /@ requires valid: \valid_read(L);
     requires arrays: lruArrays(*L);
     requires totals: lruTotals(*L);
     requires limits: lruLimits(*L);
     requires spareFree:
       lruSpareFree(L->State, L->Spare, L->Capacity, L->Count);
     requires spareDiffer: lruSpareDiffer(L->Spare, L->Capacity, L->Count);
     requires list: lruList(*L, -1);
     assigns \nothing;
     ensures invariant: lruValid(*L);
   @/
  static void assemble(const HapaxLru *L) {}
*/

/// Sets State and Size of a slot: the one place that changes what the sums are
/// taken over. The loop is ghost code: it carries the sums past the change.
/*@ requires valid: \valid(L);
    requires arrays: lruArrays(*L);
    requires slot: 1 <= I <= L->Capacity;
    assigns L->State[I], L->Size[I];
    ensures state: L->State[I] == State && L->Size[I] == Size;
    ensures liveBytes: lruLiveBytes(L->State, L->Size, L->Capacity) ==
      \old(lruLiveBytes(L->State, L->Size, L->Capacity)) -
      \old(L->State[I] != 0 ? L->Size[I] : 0) + (State != 0 ? Size : 0);
    ensures pinnedBytes: lruPinnedBytes(L->State, L->Size, L->Capacity) ==
      \old(lruPinnedBytes(L->State, L->Size, L->Capacity)) -
      \old(L->State[I] > 1 ? L->Size[I] : 0) + (State > 1 ? Size : 0);
    ensures liveCount: lruLiveCount(L->State, L->Capacity) ==
      \old(lruLiveCount(L->State, L->Capacity)) -
      \old(L->State[I] != 0 ? 1 : 0) + (State != 0 ? 1 : 0);
    ensures pinnedCount: lruPinnedCount(L->State, L->Capacity) ==
      \old(lruPinnedCount(L->State, L->Capacity)) -
      \old(L->State[I] > 1 ? 1 : 0) + (State > 1 ? 1 : 0);
    ensures bytesBound: 0 <= lruPinnedBytes(L->State, L->Size, L->Capacity) <=
      lruLiveBytes(L->State, L->Size, L->Capacity);
    ensures countBound: 0 <= lruPinnedCount(L->State, L->Capacity) <=
      lruLiveCount(L->State, L->Capacity);
 */
static void setSlot(HapaxLru *L, uint32_t I, uint16_t State, uint64_t Size) {
  L->State[I] = State;
  L->Size[I] = Size;
  /*@ ghost
    uint32_t K = 0;
    /@ loop invariant range: 0 <= K <= L->Capacity;
       loop invariant liveBytes: lruLiveBytes(L->State, L->Size, K) ==
         lruLiveBytes{Pre}(L->State, L->Size, K) +
         (K < I ? 0 : (State != 0 ? Size : 0) -
            \at(L->State[I] != 0 ? L->Size[I] : 0, Pre));
       loop invariant pinnedBytes: lruPinnedBytes(L->State, L->Size, K) ==
         lruPinnedBytes{Pre}(L->State, L->Size, K) +
         (K < I ? 0 : (State > 1 ? Size : 0) -
            \at(L->State[I] > 1 ? L->Size[I] : 0, Pre));
       loop invariant liveCount: lruLiveCount(L->State, K) ==
         lruLiveCount{Pre}(L->State, K) +
         (K < I ? 0 : (State != 0 ? 1 : 0) -
            \at(L->State[I] != 0 ? 1 : 0, Pre));
       loop invariant pinnedCount: lruPinnedCount(L->State, K) ==
         lruPinnedCount{Pre}(L->State, K) +
         (K < I ? 0 : (State > 1 ? 1 : 0) -
            \at(L->State[I] > 1 ? 1 : 0, Pre));
       loop invariant bytesBound:
         0 <= lruPinnedBytes(L->State, L->Size, K) <=
         lruLiveBytes(L->State, L->Size, K);
       loop invariant countBound:
         0 <= lruPinnedCount(L->State, K) <= lruLiveCount(L->State, K);
       loop assigns K;
       loop variant L->Capacity - K;
     @/
    while (K < L->Capacity)
      K++;
  */
}

/// The same for a slot that is not in the list: the list stays what it is.
/*@ requires valid: \valid(L);
    requires arrays: lruArrays(*L);
    requires slot: 1 <= I <= L->Capacity;
    requires list: lruList(*L, I);
    assigns L->State[I], L->Size[I];
    ensures state: L->State[I] == State && L->Size[I] == Size;
    ensures liveBytes: lruLiveBytes(L->State, L->Size, L->Capacity) ==
      \old(lruLiveBytes(L->State, L->Size, L->Capacity)) -
      \old(L->State[I] != 0 ? L->Size[I] : 0) + (State != 0 ? Size : 0);
    ensures pinnedBytes: lruPinnedBytes(L->State, L->Size, L->Capacity) ==
      \old(lruPinnedBytes(L->State, L->Size, L->Capacity)) -
      \old(L->State[I] > 1 ? L->Size[I] : 0) + (State > 1 ? Size : 0);
    ensures liveCount: lruLiveCount(L->State, L->Capacity) ==
      \old(lruLiveCount(L->State, L->Capacity)) -
      \old(L->State[I] != 0 ? 1 : 0) + (State != 0 ? 1 : 0);
    ensures pinnedCount: lruPinnedCount(L->State, L->Capacity) ==
      \old(lruPinnedCount(L->State, L->Capacity)) -
      \old(L->State[I] > 1 ? 1 : 0) + (State > 1 ? 1 : 0);
    ensures bytesBound: 0 <= lruPinnedBytes(L->State, L->Size, L->Capacity) <=
      lruLiveBytes(L->State, L->Size, L->Capacity);
    ensures countBound: 0 <= lruPinnedCount(L->State, L->Capacity) <=
      lruLiveCount(L->State, L->Capacity);
    ensures sentinel: lruSentinel(L->State, L->Stamp);
    ensures stampRange: lruStampRange(L->Stamp, L->Capacity, L->Clock);
    ensures nextLinked: lruNextLinked(L->State, L->Next, L->Capacity, I);
    ensures prevLinked: lruPrevLinked(L->State, L->Prev, L->Capacity, I);
    ensures nextInverse: lruNextInverse(L->State, L->Prev, L->Next, L->Capacity,
      I);
    ensures prevInverse: lruPrevInverse(L->State, L->Prev, L->Next, L->Capacity,
      I);
    ensures stampsDiffer: lruStampsDiffer(L->State, L->Stamp, L->Capacity, I);
    ensures stampsRise: lruStampsRise(L->State, L->Stamp, L->Next, L->Capacity,
      I);
    ensures noneBetween: lruNoneBetween(L->State, L->Stamp, L->Next,
      L->Capacity, I);
    ensures lastNewest: lruLastNewest(L->State, L->Stamp, L->Prev, L->Capacity,
      I);
 */
static void setUnlisted(HapaxLru *L, uint32_t I, uint16_t State,
                        uint64_t Size) {
  setSlot(L, I, State, Size);
}

/// Stamps a slot that is not in the list: the list stays what it is.
/*@ requires valid: \valid(L);
    requires arrays: lruArrays(*L);
    requires slot: 1 <= I <= L->Capacity;
    requires list: lruList(*L, I);
    requires clock: L->Clock < INT64_MAX;
    assigns L->Clock, L->Stamp[I];
    ensures clock: L->Clock == \old(L->Clock) + 1;
    ensures stamp: L->Stamp[I] == L->Clock;
    ensures sentinel: lruSentinel(L->State, L->Stamp);
    ensures stampRange: lruStampRange(L->Stamp, L->Capacity, L->Clock);
    ensures nextLinked: lruNextLinked(L->State, L->Next, L->Capacity, I);
    ensures prevLinked: lruPrevLinked(L->State, L->Prev, L->Capacity, I);
    ensures nextInverse: lruNextInverse(L->State, L->Prev, L->Next, L->Capacity,
      I);
    ensures prevInverse: lruPrevInverse(L->State, L->Prev, L->Next, L->Capacity,
      I);
    ensures stampsDiffer: lruStampsDiffer(L->State, L->Stamp, L->Capacity, I);
    ensures stampsRise: lruStampsRise(L->State, L->Stamp, L->Next, L->Capacity,
      I);
    ensures noneBetween: lruNoneBetween(L->State, L->Stamp, L->Next,
      L->Capacity, I);
    ensures lastNewest: lruLastNewest(L->State, L->Stamp, L->Prev, L->Capacity,
      I);
 */
static void stampUnlisted(HapaxLru *L, uint32_t I) {
  L->Clock += 1;
  L->Stamp[I] = L->Clock;
}

/// Takes a linked slot out of the list; its own links and State stay.
/*@ requires valid: \valid(L);
    requires arrays: lruArrays(*L);
    requires list: lruList(*L, -1);
    requires linked: 1 <= I <= L->Capacity && L->State[I] == 1;
    assigns L->Prev[0 .. L->Capacity], L->Next[0 .. L->Capacity];
    ensures sentinel: lruSentinel(L->State, L->Stamp);
    ensures stampRange: lruStampRange(L->Stamp, L->Capacity, L->Clock);
    ensures nextLinked: lruNextLinked(L->State, L->Next, L->Capacity, I);
    ensures prevLinked: lruPrevLinked(L->State, L->Prev, L->Capacity, I);
    ensures nextInverse: lruNextInverse(L->State, L->Prev, L->Next, L->Capacity,
      I);
    ensures prevInverse: lruPrevInverse(L->State, L->Prev, L->Next, L->Capacity,
      I);
    ensures stampsDiffer: lruStampsDiffer(L->State, L->Stamp, L->Capacity, I);
    ensures stampsRise: lruStampsRise(L->State, L->Stamp, L->Next, L->Capacity,
      I);
    ensures noneBetween: lruNoneBetween(L->State, L->Stamp, L->Next,
      L->Capacity, I);
    ensures lastNewest: lruLastNewest(L->State, L->Stamp, L->Prev, L->Capacity,
      I);
 */
static void unlinkSlot(HapaxLru *L, uint32_t I) {
  uint32_t Older = L->Prev[I], Newer = L->Next[I];
  /*@ assert neighbour: L->Next[Older] == I && L->Prev[Newer] == I; */
  /*@ assert between: \forall integer j; 0 <= j <= L->Capacity && j != I &&
        L->State[j] == 1 && Newer != 0 && L->Stamp[Older] < L->Stamp[j] ==>
        L->Stamp[Newer] <= L->Stamp[j];
   */
  L->Next[Older] = Newer;
  L->Prev[Newer] = Older;
  /*@ assert kept: \forall integer i; 0 <= i <= L->Capacity && i != Older ==>
        L->Next[i] == \at(L->Next[i], Pre);
   */
}

/// Links a slot in as the newest.
/*@ requires valid: \valid(L);
    requires arrays: lruArrays(*L);
    requires list: lruList(*L, I);
    requires linked: 1 <= I <= L->Capacity && L->State[I] == 1;
    requires clock: L->Clock < INT64_MAX;
    assigns L->Clock, L->Stamp[I], L->Prev[0 .. L->Capacity],
      L->Next[0 .. L->Capacity];
    ensures clock: L->Clock == \old(L->Clock) + 1;
    ensures stamp: L->Stamp[I] == L->Clock;
    ensures sentinel: lruSentinel(L->State, L->Stamp);
    ensures stampRange: lruStampRange(L->Stamp, L->Capacity, L->Clock);
    ensures nextLinked: lruNextLinked(L->State, L->Next, L->Capacity, -1);
    ensures prevLinked: lruPrevLinked(L->State, L->Prev, L->Capacity, -1);
    ensures nextInverse: lruNextInverse(L->State, L->Prev, L->Next, L->Capacity,
      -1);
    ensures prevInverse: lruPrevInverse(L->State, L->Prev, L->Next, L->Capacity,
      -1);
    ensures stampsDiffer: lruStampsDiffer(L->State, L->Stamp, L->Capacity, -1);
    ensures stampsRise: lruStampsRise(L->State, L->Stamp, L->Next, L->Capacity,
      -1);
    ensures noneBetween: lruNoneBetween(L->State, L->Stamp, L->Next,
      L->Capacity, -1);
    ensures lastNewest: lruLastNewest(L->State, L->Stamp, L->Prev, L->Capacity,
      -1);
 */
static void linkNewest(HapaxLru *L, uint32_t I) {
  uint32_t Newest = L->Prev[0];
  L->Next[Newest] = I;
  L->Prev[I] = Newest;
  L->Next[I] = 0;
  L->Prev[0] = I;
  L->Clock += 1;
  L->Stamp[I] = L->Clock;
  /*@ assert newest: \forall integer j; 0 <= j <= L->Capacity && j != I ==>
        L->Stamp[j] < L->Stamp[I];
   */
  /*@ assert kept: \forall integer i; 0 <= i <= L->Capacity && i != Newest &&
        i != I ==> L->Next[i] == \at(L->Next[i], Pre);
   */
}

/// Moves a linked entry to the new end of the list.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    requires linked: 1 <= I <= L->Capacity && L->State[I] == 1;
    requires clock: L->Clock < INT64_MAX;
    assigns L->Clock, L->Stamp[I], L->Prev[0 .. L->Capacity],
      L->Next[0 .. L->Capacity];
    ensures clock: L->Clock == \old(L->Clock) + 1;
    ensures stamp: L->Stamp[I] == L->Clock;
    ensures newest: \forall integer j; 0 <= j <= L->Capacity && j != I ==>
      L->Stamp[j] < L->Stamp[I];
    ensures invariant: lruValid(*L);
 */
static void moveToNewest(HapaxLru *L, uint32_t I) {
  unlinkSlot(L, I);
  linkNewest(L, I);
  //@ ghost assemble(L);
}

/// Gives a pinned entry a new stamp; it has no place in the list.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    requires pinned: 1 <= I <= L->Capacity && L->State[I] > 1;
    requires clock: L->Clock < INT64_MAX;
    assigns L->Clock, L->Stamp[I];
    ensures clock: L->Clock == \old(L->Clock) + 1;
    ensures stamp: L->Stamp[I] == L->Clock;
    ensures newest: \forall integer j; 0 <= j <= L->Capacity && j != I ==>
      L->Stamp[j] < L->Stamp[I];
    ensures invariant: lruValid(*L);
 */
static void stampPinned(HapaxLru *L, uint32_t I) {
  //@ ghost exempt(L, I);
  stampUnlisted(L, I);
  //@ ghost include(L, I);
  //@ ghost assemble(L);
}

/// Makes the top of the stack of free slots the newest entry.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    requires room: L->Count < L->MaxEntries && Size <= L->MaxBytes - L->Bytes;
    requires clock: L->Clock < INT64_MAX;
    assigns L->Clock, L->Count, L->Bytes, L->State[0 .. L->Capacity],
      L->Size[0 .. L->Capacity], L->Stamp[0 .. L->Capacity],
      L->Prev[0 .. L->Capacity], L->Next[0 .. L->Capacity];
    ensures slot: 1 <= \result <= L->Capacity;
    ensures wasFree: \at(L->State[\at(\result, Post)], Pre) == 0;
    ensures state: L->State[\result] == 1 && L->Size[\result] == Size;
    ensures newest: \forall integer j; 0 <= j <= L->Capacity &&
      j != \result ==> L->Stamp[j] < L->Stamp[\result];
    ensures others: \forall integer j; 0 <= j <= L->Capacity &&
      j != \result ==> L->State[j] == \old(L->State[j]) &&
      L->Size[j] == \old(L->Size[j]) && L->Stamp[j] == \old(L->Stamp[j]);
    ensures count: L->Count == \old(L->Count) + 1;
    ensures bytes: L->Bytes == \old(L->Bytes) + Size;
    ensures invariant: lruValid(*L);
 */
static uint32_t takeFree(HapaxLru *L, uint64_t Size) {
  uint32_t I = (uint32_t)L->Spare[L->Capacity - L->Count - 1];
  /*@ assert notSpare: \forall integer k; 0 <= k < L->Capacity - L->Count - 1
        ==> L->Spare[k] != I; */
  //@ assert free: L->State[I] == 0;
  //@ ghost exempt(L, I);
  setUnlisted(L, I, 1, Size);
  linkNewest(L, I);
  L->Count += 1;
  L->Bytes += Size;
  //@ ghost assemble(L);
  return I;
}

/// Puts a slot on top of the stack of free slots, before Count tells so.
/*@ requires valid: \valid(L);
    requires arrays: lruArrays(*L);
    requires slot: 1 <= I <= L->Capacity;
    requires count: 1 <= L->Count <= L->Capacity;
    requires differ: lruSpareDiffer(L->Spare, L->Capacity, L->Count);
    requires other: \forall integer k; 0 <= k < L->Capacity - L->Count ==>
      L->Spare[k] != I;
    assigns L->Spare[L->Capacity - L->Count];
    ensures top: L->Spare[L->Capacity - L->Count] == I;
    ensures kept: \forall integer k; 0 <= k < L->Capacity - L->Count ==>
      L->Spare[k] == \old(L->Spare[k]);
    ensures differ: lruSpareDiffer(L->Spare, L->Capacity, L->Count - 1);
 */
static void pushSpare(HapaxLru *L, uint32_t I) {
  L->Spare[L->Capacity - L->Count] = (int32_t)I;
}

/// Makes a linked entry free; it lies on top of the stack of free slots then.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    requires linked: 1 <= I <= L->Capacity && L->State[I] == 1;
    assigns L->Count, L->Bytes, L->State[I], L->Size[I],
      L->Prev[0 .. L->Capacity], L->Next[0 .. L->Capacity],
      L->Spare[0 .. L->Capacity - 1];
    ensures kept: \forall integer k; 0 <= k < L->Capacity - \old(L->Count) ==>
      L->Spare[k] == \old(L->Spare[k]);
    ensures state: L->State[I] == 0 && L->Size[I] == \old(L->Size[I]);
    ensures others: \forall integer j; 0 <= j <= L->Capacity && j != I ==>
      L->State[j] == \old(L->State[j]);
    ensures top: L->Spare[L->Capacity - L->Count - 1] == I;
    ensures count: L->Count == \old(L->Count) - 1;
    ensures bytes: L->Bytes == \old(L->Bytes) - L->Size[I];
    ensures invariant: lruValid(*L);
 */
static void release(HapaxLru *L, uint32_t I) {
  /*@ assert notSpare: \forall integer k; 0 <= k < L->Capacity - L->Count ==>
        L->Spare[k] != I; */
  unlinkSlot(L, I);
  setUnlisted(L, I, 0, L->Size[I]);
  //@ ghost include(L, I);
  pushSpare(L, I);
  L->Count -= 1;
  L->Bytes -= L->Size[I];
  //@ ghost assemble(L);
}

/// Takes a linked entry off the list, with one pin.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    requires linked: 1 <= I <= L->Capacity && L->State[I] == 1;
    assigns L->PinnedCount, L->PinnedBytes, L->State[I], L->Size[I],
      L->Prev[0 .. L->Capacity], L->Next[0 .. L->Capacity];
    ensures state: L->State[I] == 2 && L->Size[I] == \old(L->Size[I]);
    ensures invariant: lruValid(*L);
 */
static void pinLinked(HapaxLru *L, uint32_t I) {
  /*@ assert notSpare: \forall integer k; 0 <= k < L->Capacity - L->Count ==>
        L->Spare[k] != I; */
  unlinkSlot(L, I);
  setUnlisted(L, I, 2, L->Size[I]);
  //@ ghost include(L, I);
  L->PinnedCount += 1;
  L->PinnedBytes += L->Size[I];
  //@ ghost assemble(L);
}

/// Puts an entry with one pin back into the list, as the newest.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    requires pinned: 1 <= I <= L->Capacity && L->State[I] == 2;
    requires clock: L->Clock < INT64_MAX;
    assigns L->Clock, L->PinnedCount, L->PinnedBytes, L->State[I], L->Size[I],
      L->Stamp[I], L->Prev[0 .. L->Capacity], L->Next[0 .. L->Capacity];
    ensures state: L->State[I] == 1 && L->Size[I] == \old(L->Size[I]);
    ensures newest: \forall integer j; 0 <= j <= L->Capacity && j != I ==>
      L->Stamp[j] < L->Stamp[I];
    ensures invariant: lruValid(*L);
 */
static void unpinLast(HapaxLru *L, uint32_t I) {
  /*@ assert notSpare: \forall integer k; 0 <= k < L->Capacity - L->Count ==>
        L->Spare[k] != I; */
  //@ ghost exempt(L, I);
  setUnlisted(L, I, 1, L->Size[I]);
  L->PinnedCount -= 1;
  L->PinnedBytes -= L->Size[I];
  linkNewest(L, I);
  //@ ghost assemble(L);
}

/// Changes the number of pins of an entry that stays pinned.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    requires pinned: 1 <= I <= L->Capacity && L->State[I] > 1 && State > 1;
    assigns L->State[I], L->Size[I];
    ensures state: L->State[I] == State && L->Size[I] == \old(L->Size[I]);
    ensures invariant: lruValid(*L);
 */
static void repin(HapaxLru *L, uint32_t I, uint16_t State) {
  /*@ assert notSpare: \forall integer k; 0 <= k < L->Capacity - L->Count ==>
        L->Spare[k] != I; */
  //@ ghost exempt(L, I);
  setUnlisted(L, I, State, L->Size[I]);
  //@ ghost include(L, I);
  //@ ghost assemble(L);
}

/// Ghost code: the pinned entries are some of the live ones, and all of them
/// where nothing is linked.
/*@ ghost
  /@ requires valid: \valid_read(L);
     requires arrays: lruArrays(*L);
     assigns \nothing;
     ensures bytes: lruPinnedBytes(L->State, L->Size, L->Capacity) <=
       lruLiveBytes(L->State, L->Size, L->Capacity);
     ensures count: lruPinnedCount(L->State, L->Capacity) <=
       lruLiveCount(L->State, L->Capacity);
     ensures allPinned:
       (\forall integer j; 1 <= j <= L->Capacity ==> L->State[j] != 1) ==>
       lruPinnedBytes(L->State, L->Size, L->Capacity) ==
         lruLiveBytes(L->State, L->Size, L->Capacity) &&
       lruPinnedCount(L->State, L->Capacity) ==
         lruLiveCount(L->State, L->Capacity);
   @/
  static void comparePinned(const HapaxLru *L) {
    uint32_t K = 0;
    /@ loop invariant range: 0 <= K <= L->Capacity;
       loop invariant bytes: lruPinnedBytes(L->State, L->Size, K) <=
         lruLiveBytes(L->State, L->Size, K);
       loop invariant count: lruPinnedCount(L->State, K) <=
         lruLiveCount(L->State, K);
       loop invariant allPinned:
         (\forall integer j; 1 <= j <= L->Capacity ==> L->State[j] != 1) ==>
         lruPinnedBytes(L->State, L->Size, K) ==
           lruLiveBytes(L->State, L->Size, K) &&
         lruPinnedCount(L->State, K) == lruLiveCount(L->State, K);
       loop assigns K;
       loop variant L->Capacity - K;
     @/
    while (K < L->Capacity)
      K++;
  }
*/

/// Evicts the oldest linked entries until at most Entries entries of Bytes
/// bytes are left.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    requires pinned: L->PinnedCount <= Entries && L->PinnedBytes <= Bytes;
    assigns L->Count, L->Bytes, L->State[0 .. L->Capacity],
      L->Size[0 .. L->Capacity], L->Prev[0 .. L->Capacity],
      L->Next[0 .. L->Capacity], L->Spare[0 .. L->Capacity - 1];
    ensures invariant: lruValid(*L);
    ensures done: L->Count <= Entries && L->Bytes <= Bytes;
    ensures fewer: L->Count <= \old(L->Count);
    ensures linked: lruEvictedLinked{Pre, Post}(L->State, L->Capacity);
    ensures oldest: lruEvictedOldest{Pre, Post}(L->State, L->Stamp,
      L->Capacity);
    ensures onStack: lruEvictedOnStack{Pre, Post}(L->State, L->Spare,
      L->Capacity, \old(L->Count), L->Count);
    ensures needed: lruEvictedNeeded(L->Size, L->Spare, L->Capacity,
      \old(L->Count), L->Count, L->Bytes, Entries, Bytes);
 */
static void evictTo(HapaxLru *L, uint32_t Entries, uint64_t Bytes) {
  /*@ loop invariant invariant: lruValid(*L);
      loop invariant fewer: L->Count <= \at(L->Count, Pre);
      loop invariant linked: lruEvictedLinked{Pre, Here}(L->State, L->Capacity);
      loop invariant oldest: lruEvictedOldest{Pre, Here}(L->State, L->Stamp,
        L->Capacity);
      loop invariant onStack: lruEvictedOnStack{Pre, Here}(L->State, L->Spare,
        L->Capacity, \at(L->Count, Pre), L->Count);
      loop invariant needed: lruEvictedNeeded(L->Size, L->Spare, L->Capacity,
        \at(L->Count, Pre), L->Count, L->Bytes, Entries, Bytes);
      loop assigns L->Count, L->Bytes, L->State[0 .. L->Capacity],
        L->Size[0 .. L->Capacity], L->Prev[0 .. L->Capacity],
        L->Next[0 .. L->Capacity], L->Spare[0 .. L->Capacity - 1];
      loop variant L->Count;
   */
  while (L->Count > Entries || L->Bytes > Bytes) {
    uint32_t Oldest = hapaxLruVictim(L);
    //@ ghost comparePinned(L);
    //@ assert found: Oldest != 0;
    //@ assert waiting: \at(L->State[\at(Oldest, Here)], Pre) == 1;
    /*@ assert earlier: \forall integer i, j; 0 <= i <= L->Capacity &&
          0 < j <= L->Capacity ==>
          L->State[i] != \at(L->State[i], Pre) ==> L->State[j] == 1 ==>
          L->Stamp[i] < L->Stamp[j]; */
    /*@ assert stacked: \forall integer k; L->Capacity - \at(L->Count, Pre) <=
          k < L->Capacity - L->Count ==> 1 <= L->Spare[k] <= L->Capacity &&
          \at(L->State[\at(L->Spare[k], Here)], Pre) == 1; */
    release(L, Oldest);
    /*@ assert earlier: \forall integer i, j; 0 <= i <= L->Capacity &&
          i != Oldest && 0 < j <= L->Capacity ==>
          L->State[i] != \at(L->State[i], Pre) ==> L->State[j] == 1 ==>
          L->Stamp[i] < L->Stamp[j]; */
    /*@ assert below: \forall integer k; L->Capacity - \at(L->Count, Pre) <=
          k < L->Capacity - L->Count - 1 ==> 1 <= L->Spare[k] <= L->Capacity &&
          \at(L->State[\at(L->Spare[k], Here)], Pre) == 1; */
    //@ assert onTop: L->Spare[L->Capacity - L->Count - 1] == Oldest;
    /*@ assert all: \forall integer k; L->Capacity - \at(L->Count, Pre) <=
          k < L->Capacity - L->Count ==> 1 <= L->Spare[k] <= L->Capacity &&
          \at(L->State[\at(L->Spare[k], Here)], Pre) == 1; */
    /*@ assert older: \forall integer j; 1 <= j <= L->Capacity &&
          L->State[j] == 1 ==> L->Stamp[Oldest] < L->Stamp[j]; */
  }
}

bool hapaxLruContains(const HapaxLru *L, uint32_t Slot) {
  return isLive(L, Slot);
}

bool hapaxLruPeek(const HapaxLru *L, uint32_t Slot, uint64_t *Size) {
  if (!isLive(L, Slot))
    return false;
  *Size = L->Size[Slot];
  return true;
}

uint32_t hapaxLruVictim(const HapaxLru *L) { return L->Next[0]; }

bool hapaxLruTouch(HapaxLru *L, uint32_t Slot) {
  if (REFUSED(!isLive(L, Slot) || L->Clock == INT64_MAX))
    return false;
  if (L->State[Slot] == 1)
    moveToNewest(L, Slot);
  else
    stampPinned(L, Slot);
  return true;
}

uint32_t hapaxLruInsert(HapaxLru *L, uint64_t Size) {
  if (REFUSED(L->Count >= L->MaxEntries || Size > L->MaxBytes - L->Bytes ||
              L->Clock == INT64_MAX))
    return 0;
  return takeFree(L, Size);
}

bool hapaxLruRemove(HapaxLru *L, uint32_t Slot) {
  if (REFUSED(!isLive(L, Slot) || L->State[Slot] != 1))
    return false;
  release(L, Slot);
  return true;
}

bool hapaxLruPin(HapaxLru *L, uint32_t Slot) {
  if (REFUSED(!isLive(L, Slot) || L->State[Slot] > HAPAX_LRU_MAX_PINS))
    return false;
  if (L->State[Slot] == 1)
    pinLinked(L, Slot);
  else
    repin(L, Slot, (uint16_t)(L->State[Slot] + 1));
  return true;
}

bool hapaxLruUnpin(HapaxLru *L, uint32_t Slot) {
  if (REFUSED(!isLive(L, Slot) || L->State[Slot] == 1 || L->Clock == INT64_MAX))
    return false;
  if (L->State[Slot] == 2)
    unpinLast(L, Slot);
  else
    repin(L, Slot, (uint16_t)(L->State[Slot] - 1));
  return true;
}

bool hapaxLruMakeRoom(HapaxLru *L, uint64_t Size) {
  if (REFUSED(L->PinnedCount >= L->MaxEntries || Size > L->MaxBytes ||
              L->PinnedBytes > L->MaxBytes - Size))
    return false;
  uint32_t Entries = L->MaxEntries - 1;
  uint64_t Bytes = L->MaxBytes - Size;
  //@ assert exact: Entries == L->MaxEntries - 1 && Bytes == L->MaxBytes - Size;
  evictTo(L, Entries, Bytes);
  return true;
}

bool hapaxLruSetLimits(HapaxLru *L, uint32_t MaxEntries, uint64_t MaxBytes) {
  if (MaxEntries > L->Capacity || L->PinnedCount > MaxEntries ||
      L->PinnedBytes > MaxBytes)
    return false;
  evictTo(L, MaxEntries, MaxBytes);
  L->MaxEntries = MaxEntries;
  L->MaxBytes = MaxBytes;
  return true;
}

void hapaxLruClear(HapaxLru *L) {
  evictTo(L, L->PinnedCount, L->PinnedBytes);
  //@ ghost comparePinned(L);
}

uint32_t hapaxLruFreed(const HapaxLru *L, uint32_t Back) {
  if (Back >= L->Capacity - L->Count)
    return 0;
  return (uint32_t)L->Spare[L->Capacity - L->Count - 1 - Back];
}

uint32_t hapaxLruNewer(const HapaxLru *L, uint32_t Slot) {
  if (Slot > L->Capacity || L->State[Slot] != 1)
    return 0;
  return L->Next[Slot];
}

uint32_t hapaxLruOlder(const HapaxLru *L, uint32_t Slot) {
  if (Slot > L->Capacity || L->State[Slot] != 1)
    return 0;
  //@ assert inverse: L->Next[L->Prev[Slot]] == Slot;
  return L->Prev[Slot];
}

uint64_t hapaxLruRemaining(const HapaxLru *L) { return L->MaxBytes - L->Bytes; }

bool hapaxLruIsFull(const HapaxLru *L) { return L->Count == L->MaxEntries; }

uint32_t hapaxLruCount(const HapaxLru *L) { return L->Count; }

bool hapaxLruInit(HapaxLru *L, uint32_t MaxEntries, uint64_t MaxBytes) {
  if (MaxEntries > L->Capacity)
    return false;
  L->MaxEntries = MaxEntries;
  L->Count = 0;
  L->PinnedCount = 0;
  L->MaxBytes = MaxBytes;
  L->Bytes = 0;
  L->PinnedBytes = 0;
  L->Clock = 0;
  /*@ loop invariant range: 0 <= I <= L->Capacity + 1;
      loop invariant zero: \forall integer j; 0 <= j < I ==>
        L->State[j] == 0 && L->Size[j] == 0 && L->Stamp[j] == 0 &&
        L->Prev[j] == 0 && L->Next[j] == 0;
      loop assigns I, L->State[0 .. L->Capacity], L->Size[0 .. L->Capacity],
        L->Stamp[0 .. L->Capacity], L->Prev[0 .. L->Capacity],
        L->Next[0 .. L->Capacity];
      loop variant L->Capacity + 1 - I;
   */
  for (uint32_t I = 0; I <= L->Capacity; ++I) {
    L->State[I] = 0;
    L->Size[I] = 0;
    L->Stamp[I] = 0;
    L->Prev[I] = 0;
    L->Next[I] = 0;
  }
  // Slot 1 is taken first.
  /*@ loop invariant range: 0 <= K <= L->Capacity;
      loop invariant filled: \forall integer k; 0 <= k < K ==>
        L->Spare[k] == L->Capacity - k;
      loop assigns K, L->Spare[0 .. L->Capacity - 1];
      loop variant L->Capacity - K;
   */
  for (uint32_t K = 0; K < L->Capacity; ++K)
    L->Spare[K] = (int32_t)(L->Capacity - K);
  L->State[0] = 1;
  /*@ ghost
    uint32_t K = 0;
    /@ loop invariant range: 0 <= K <= L->Capacity;
       loop invariant none: lruLiveBytes(L->State, L->Size, K) == 0 &&
         lruPinnedBytes(L->State, L->Size, K) == 0 &&
         lruLiveCount(L->State, K) == 0 && lruPinnedCount(L->State, K) == 0;
       loop assigns K;
       loop variant L->Capacity - K;
     @/
    while (K < L->Capacity)
      K++;
  */
  //@ assert arrays: lruArrays(*L);
  //@ assert totals: lruTotals(*L);
  //@ assert limits: lruLimits(*L);
  //@ assert spareFree: lruSpareFree(L->State, L->Spare, L->Capacity, L->Count);
  //@ assert spareDiffer: lruSpareDiffer(L->Spare, L->Capacity, L->Count);
  /*@ assert only: \forall integer i; 1 <= i <= L->Capacity ==>
        L->State[i] == 0; */
  //@ assert sentinel: lruSentinel(L->State, L->Stamp);
  //@ assert stampRange: lruStampRange(L->Stamp, L->Capacity, L->Clock);
  //@ assert nextLinked: lruNextLinked(L->State, L->Next, L->Capacity, -1);
  //@ assert prevLinked: lruPrevLinked(L->State, L->Prev, L->Capacity, -1);
  /*@ assert nextInverse: lruNextInverse(L->State, L->Prev, L->Next,
        L->Capacity, -1); */
  /*@ assert prevInverse: lruPrevInverse(L->State, L->Prev, L->Next,
        L->Capacity, -1); */
  //@ assert stampsDiffer: lruStampsDiffer(L->State, L->Stamp, L->Capacity, -1);
  /*@ assert stampsRise: lruStampsRise(L->State, L->Stamp, L->Next,
        L->Capacity, -1); */
  /*@ assert noneBetween: lruNoneBetween(L->State, L->Stamp, L->Next,
        L->Capacity, -1); */
  /*@ assert lastNewest: lruLastNewest(L->State, L->Stamp, L->Prev,
        L->Capacity, -1); */
  return true;
}
