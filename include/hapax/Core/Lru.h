//===- Lru.h - Recency order and byte accounting ------------------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Which of a cache's entries were used least recently, and how many bytes they
/// take. An entry is a slot, a number from 1 to Capacity; what it holds is the
/// caller's business. KeyedLru.h is the C++ face.
///
/// Every function is total: what cannot be done is refused and changes
/// nothing. Every function but hapaxLruInit (which fills the arrays) and those
/// that evict (one step for each evicted entry) takes constant time.
///
/// The clock counts 2^63 - 1 uses; after these, uses are refused.
///
/// Not thread-safe. The contracts are proved by scripts/prove from this header
/// and Lru.c; docs/PROOFS.md tells under which assumptions.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CORE_LRU_H
#define HAPAX_CORE_LRU_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The largest Capacity.
#define HAPAX_LRU_MAX_CAPACITY 0x7ffffffe
/// The most pins that one entry takes.
#define HAPAX_LRU_MAX_PINS 0xfffe

/// An entry is free, linked (in the recency list) or pinned (live, but off the
/// list, so that it cannot be evicted). The list is circular; slot 0 is its
/// sentinel, Next leads to the newer neighbour. So Next[0] is the oldest linked
/// entry and Prev[0] the newest.
///
/// The arrays belong to the caller and must not overlap each other nor this
/// structure; Spare has Capacity elements, the others Capacity + 1. Each has an
/// element type of its own, except Prev and Next, so that the proof knows most
/// of them apart by type.
typedef struct HapaxLru {
  uint32_t Capacity;    ///< number of slots
  uint32_t MaxEntries;  ///< limit of Count, at most Capacity
  uint32_t Count;       ///< live entries
  uint32_t PinnedCount; ///< pinned entries, counted in Count too
  uint64_t MaxBytes;    ///< limit of Bytes
  uint64_t Bytes;       ///< sum of the sizes of the live entries
  uint64_t PinnedBytes; ///< the share of the pinned ones in Bytes
  int64_t Clock;        ///< the last stamp given
  uint16_t *State;      ///< 0: free; 1: linked; above: pinned State - 1 times
  uint64_t *Size;       ///< bytes of a live entry
  int64_t *Stamp;       ///< when the entry was used last; rises along Next
  uint32_t *Prev;       ///< the older neighbour of a linked entry, or 0
  uint32_t *Next;       ///< the newer neighbour of a linked entry, or 0
  int32_t *Spare;       ///< free slots: a stack of Capacity - Count elements
} HapaxLru;

/*@
  // Sums over the slots 1 to n.
  logic integer lruLiveBytes{L}(uint16_t *state, uint64_t *size, integer n) =
    n <= 0 ? 0 : lruLiveBytes(state, size, n - 1) +
                 (state[n] != 0 ? size[n] : 0);
  logic integer lruPinnedBytes{L}(uint16_t *state, uint64_t *size, integer n) =
    n <= 0 ? 0 : lruPinnedBytes(state, size, n - 1) +
                 (state[n] > 1 ? size[n] : 0);
  logic integer lruLiveCount{L}(uint16_t *state, integer n) =
    n <= 0 ? 0 : lruLiveCount(state, n - 1) + (state[n] != 0 ? 1 : 0);
  logic integer lruPinnedCount{L}(uint16_t *state, integer n) =
    n <= 0 ? 0 : lruPinnedCount(state, n - 1) + (state[n] > 1 ? 1 : 0);

  predicate lruArrays{L}(HapaxLru s) =
    1 <= s.Capacity <= HAPAX_LRU_MAX_CAPACITY &&
    \valid(s.State + (0 .. s.Capacity)) &&
    \valid(s.Size + (0 .. s.Capacity)) &&
    \valid(s.Stamp + (0 .. s.Capacity)) &&
    \valid(s.Prev + (0 .. s.Capacity)) &&
    \valid(s.Next + (0 .. s.Capacity)) &&
    \valid(s.Spare + (0 .. s.Capacity - 1)) &&
    \separated(s.Prev + (0 .. s.Capacity), s.Next + (0 .. s.Capacity));

  // The counters tell the truth and keep to the limits.
  predicate lruTotals{L}(HapaxLru s) =
    s.Count == lruLiveCount(s.State, s.Capacity) &&
    s.PinnedCount == lruPinnedCount(s.State, s.Capacity) &&
    s.Bytes == lruLiveBytes(s.State, s.Size, s.Capacity) &&
    s.PinnedBytes == lruPinnedBytes(s.State, s.Size, s.Capacity);
  predicate lruLimits{L}(HapaxLru s) =
    s.Count <= s.MaxEntries <= s.Capacity && s.Bytes <= s.MaxBytes;

  // The stack of free slots holds free slots, each once.
  predicate lruSpareFree{L}(uint16_t *state, int32_t *spare, integer n,
    integer count) =
    \forall integer k; 0 <= k < n - count ==>
      1 <= spare[k] <= n && state[spare[k]] == 0;
  predicate lruSpareDiffer{L}(int32_t *spare, integer n, integer count) =
    \forall integer k, l; 0 <= k < l < n - count ==> spare[k] != spare[l];

  // The list. Flat facts about pairs, for the sake of the provers: links stay
  // among linked slots; Prev and Next are each other's inverse; stamps differ
  // and rise along Next, and none lies between a slot's and its successor's;
  // the last one is the largest. All are said of the linked slots other than
  // e, since a slot is for a moment on its way into the list or out of it.
  predicate lruSentinel{L}(uint16_t *state, int64_t *stamp) =
    state[0] == 1 && stamp[0] == 0;
  predicate lruStampRange{L}(int64_t *stamp, integer n, integer clock) =
    0 <= clock && (\forall integer i; 0 <= i <= n ==>
                       0 <= stamp[i] <= clock);
  predicate lruNextLinked{L}(uint16_t *state, uint32_t *next, integer n, integer
    e) =
    \forall integer i; 0 <= i <= n && i != e && state[i] == 1 ==>
      next[i] <= n && next[i] != e && state[next[i]] == 1;
  predicate lruPrevLinked{L}(uint16_t *state, uint32_t *prev, integer n, integer
    e) =
    \forall integer i; 0 <= i <= n && i != e && state[i] == 1 ==>
      prev[i] <= n && prev[i] != e && state[prev[i]] == 1;
  predicate lruNextInverse{L}(uint16_t *state, uint32_t *prev, uint32_t *next,
    integer n, integer e) =
    \forall integer i, j; 0 <= i <= n && 0 <= j <= n &&
      i != e && j != e && state[i] == 1 && state[j] == 1 ==>
      prev[j] != i ==> next[i] != j;
  predicate lruPrevInverse{L}(uint16_t *state, uint32_t *prev, uint32_t *next,
    integer n, integer e) =
    \forall integer i, j; 0 <= i <= n && 0 <= j <= n &&
      i != e && j != e && state[i] == 1 && state[j] == 1 ==>
      next[i] != j ==> prev[j] != i;
  predicate lruStampsDiffer{L}(uint16_t *state, int64_t *stamp, integer n,
    integer e) =
    \forall integer i, j; 0 <= i <= n && 0 <= j <= n &&
      i != e && j != e && state[i] == 1 && state[j] == 1 ==>
      i != j ==> stamp[i] != stamp[j];
  predicate lruStampsRise{L}(uint16_t *state, int64_t *stamp, uint32_t *next,
    integer n, integer e) =
    \forall integer i; 0 <= i <= n && i != e && state[i] == 1 ==>
      next[i] != 0 ==> stamp[i] < stamp[next[i]];
  predicate lruNoneBetween{L}(uint16_t *state, int64_t *stamp, uint32_t *next,
    integer n, integer e) =
    \forall integer i, j; 0 <= i <= n && 0 <= j <= n &&
      i != e && j != e && state[i] == 1 && state[j] == 1 ==>
      next[i] != 0 ==> stamp[i] < stamp[j] ==>
      stamp[next[i]] <= stamp[j];
  predicate lruLastNewest{L}(uint16_t *state, int64_t *stamp, uint32_t *prev,
    integer n, integer e) =
    \forall integer j; 0 <= j <= n && j != e && state[j] == 1 ==>
      stamp[j] <= stamp[prev[0]];
  predicate lruList{L}(HapaxLru s, integer e) =
    lruSentinel(s.State, s.Stamp) &&
    lruStampRange(s.Stamp, s.Capacity, s.Clock) &&
    lruNextLinked(s.State, s.Next, s.Capacity, e) &&
    lruPrevLinked(s.State, s.Prev, s.Capacity, e) &&
    lruNextInverse(s.State, s.Prev, s.Next, s.Capacity, e) &&
    lruPrevInverse(s.State, s.Prev, s.Next, s.Capacity, e) &&
    lruStampsDiffer(s.State, s.Stamp, s.Capacity, e) &&
    lruStampsRise(s.State, s.Stamp, s.Next, s.Capacity, e) &&
    lruNoneBetween(s.State, s.Stamp, s.Next, s.Capacity, e) &&
    lruLastNewest(s.State, s.Stamp, s.Prev, s.Capacity, e);

  predicate lruValid{L}(HapaxLru s) =
    lruArrays(s) && lruTotals(s) && lruLimits(s) &&
    lruSpareFree(s.State, s.Spare, s.Capacity, s.Count) &&
    lruSpareDiffer(s.Spare, s.Capacity, s.Count) &&
    lruList(s, -1);
*/

/// Makes an empty cache of the arrays and the Capacity that \p L names.
/// Refused when \p MaxEntries is above Capacity.
/*@ requires valid: \valid(L);
    requires arrays: lruArrays(*L);
    assigns *L, L->State[0 .. L->Capacity], L->Size[0 .. L->Capacity],
      L->Stamp[0 .. L->Capacity], L->Prev[0 .. L->Capacity],
      L->Next[0 .. L->Capacity], L->Spare[0 .. L->Capacity - 1];
    behavior ok:
      assumes MaxEntries <= L->Capacity;
      ensures result: \result == true;
      ensures invariant: lruValid(*L);
      ensures empty: L->Count == 0 && L->Bytes == 0 && L->PinnedCount == 0;
      ensures none: \forall integer j; 1 <= j <= L->Capacity ==>
        L->State[j] == 0;
      ensures limits: L->MaxEntries == MaxEntries && L->MaxBytes == MaxBytes;
    behavior refused:
      assumes MaxEntries > L->Capacity;
      assigns \nothing;
      ensures result: \result == false;
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxLruInit(HapaxLru *L, uint32_t MaxEntries, uint64_t MaxBytes);

/// Whether \p Slot holds an entry, linked or pinned.
/*@ requires valid: \valid_read(L);
    requires invariant: lruValid(*L);
    assigns \nothing;
    ensures exact: \result == true <==>
      1 <= Slot <= L->Capacity && L->State[Slot] != 0;
 */
bool hapaxLruContains(const HapaxLru *L, uint32_t Slot);

/// The size of an entry, without using it.
/*@ requires valid: \valid_read(L) && \valid(Size);
    requires invariant: lruValid(*L);
    assigns *Size;
    ensures result: \result == true <==>
      1 <= Slot <= L->Capacity && L->State[Slot] != 0;
    ensures size: \result == true ==> *Size == L->Size[Slot];
    ensures kept: \result == false ==> *Size == \old(*Size);
    ensures invariant: lruValid(*L);
 */
bool hapaxLruPeek(const HapaxLru *L, uint32_t Slot, uint64_t *Size);

/// The linked entry that was used least recently; 0 when there is none.
/*@ requires valid: \valid_read(L);
    requires invariant: lruValid(*L);
    assigns \nothing;
    ensures linked: \result != 0 ==>
      1 <= \result <= L->Capacity && L->State[\result] == 1;
    ensures oldest: \result != 0 ==>
      (\forall integer j; 1 <= j <= L->Capacity && L->State[j] == 1 ==>
         j != \result ==> L->Stamp[\result] < L->Stamp[j]);
    ensures none: \result == 0 ==>
      (\forall integer j; 1 <= j <= L->Capacity ==> L->State[j] != 1);
 */
uint32_t hapaxLruVictim(const HapaxLru *L);

/// Marks an entry as just used: it becomes the newest. A pinned entry only
/// takes a new stamp. Refused for a free slot or a slot that there is not.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    assigns L->Clock, L->Stamp[0 .. L->Capacity], L->Prev[0 .. L->Capacity],
      L->Next[0 .. L->Capacity];
    ensures invariant: lruValid(*L);
    ensures others: \forall integer j; 0 <= j <= L->Capacity ==>
      j != Slot ==> L->Stamp[j] == \old(L->Stamp[j]);
    behavior ok:
      assumes 1 <= Slot <= L->Capacity && L->State[Slot] != 0 &&
        L->Clock < INT64_MAX;
      ensures result: \result == true;
      ensures newest: \forall integer j; 0 <= j <= L->Capacity ==>
        j != Slot ==> L->Stamp[j] < L->Stamp[Slot];
    behavior refused:
      assumes !(1 <= Slot <= L->Capacity && L->State[Slot] != 0 &&
        L->Clock < INT64_MAX);
      assigns \nothing;
      ensures result: \result == false;
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxLruTouch(HapaxLru *L, uint32_t Slot);

/// Takes a free slot for an entry of \p Size bytes, as the newest; gives its
/// number, or 0 when refused: too many entries or bytes (hapaxLruMakeRoom).
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    assigns L->Clock, L->Count, L->Bytes, L->State[0 .. L->Capacity],
      L->Size[0 .. L->Capacity], L->Stamp[0 .. L->Capacity],
      L->Prev[0 .. L->Capacity], L->Next[0 .. L->Capacity];
    ensures invariant: lruValid(*L);
    ensures others: \forall integer j; 0 <= j <= L->Capacity ==>
      j != \result ==> L->State[j] == \old(L->State[j]) &&
      L->Size[j] == \old(L->Size[j]) && L->Stamp[j] == \old(L->Stamp[j]);
    behavior ok:
      assumes L->Count < L->MaxEntries && Size <= L->MaxBytes - L->Bytes &&
        L->Clock < INT64_MAX;
      ensures slot: 1 <= \result <= L->Capacity;
      ensures wasFree: \at(L->State[\at(\result, Post)], Pre) == 0;
      ensures entry: L->State[\result] == 1 && L->Size[\result] == Size;
      ensures newest: \forall integer j; 0 <= j <= L->Capacity ==>
        j != \result ==> L->Stamp[j] < L->Stamp[\result];
      ensures totals: L->Count == \old(L->Count) + 1 &&
        L->Bytes == \old(L->Bytes) + Size;
    behavior refused:
      assumes !(L->Count < L->MaxEntries && Size <= L->MaxBytes - L->Bytes &&
        L->Clock < INT64_MAX);
      assigns \nothing;
      ensures result: \result == 0;
    complete behaviors;
    disjoint behaviors;
 */
uint32_t hapaxLruInsert(HapaxLru *L, uint64_t Size);

/// Makes an entry's slot free. Refused for a pinned one: it is in use.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    assigns L->Count, L->Bytes, L->State[0 .. L->Capacity],
      L->Size[0 .. L->Capacity], L->Prev[0 .. L->Capacity],
      L->Next[0 .. L->Capacity], L->Spare[0 .. L->Capacity - 1];
    ensures invariant: lruValid(*L);
    ensures others: \forall integer j; 0 <= j <= L->Capacity ==>
      j != Slot ==> L->State[j] == \old(L->State[j]) &&
      L->Size[j] == \old(L->Size[j]);
    behavior ok:
      assumes 1 <= Slot <= L->Capacity && L->State[Slot] == 1;
      ensures result: \result == true;
      ensures free: L->State[Slot] == 0;
      ensures totals: L->Count == \old(L->Count) - 1 &&
        L->Bytes == \old(L->Bytes) - \old(L->Size[Slot]);
    behavior refused:
      assumes !(1 <= Slot <= L->Capacity && L->State[Slot] == 1);
      assigns \nothing;
      ensures result: \result == false;
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxLruRemove(HapaxLru *L, uint32_t Slot);

/// Keeps an entry from being evicted or removed until it was unpinned as often.
/// Refused for a free slot, and after HAPAX_LRU_MAX_PINS pins.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    assigns L->PinnedCount, L->PinnedBytes, L->State[0 .. L->Capacity],
      L->Size[0 .. L->Capacity], L->Prev[0 .. L->Capacity],
      L->Next[0 .. L->Capacity];
    ensures invariant: lruValid(*L);
    ensures others: \forall integer j; 0 <= j <= L->Capacity ==>
      j != Slot ==> L->State[j] == \old(L->State[j]) &&
      L->Size[j] == \old(L->Size[j]);
    behavior ok:
      assumes 1 <= Slot <= L->Capacity && L->State[Slot] != 0 &&
        L->State[Slot] <= HAPAX_LRU_MAX_PINS;
      ensures result: \result == true;
      ensures pinned: L->State[Slot] == \old(L->State[Slot]) + 1 &&
        L->Size[Slot] == \old(L->Size[Slot]);
    behavior refused:
      assumes !(1 <= Slot <= L->Capacity && L->State[Slot] != 0 &&
        L->State[Slot] <= HAPAX_LRU_MAX_PINS);
      assigns \nothing;
      ensures result: \result == false;
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxLruPin(HapaxLru *L, uint32_t Slot);

/// Takes one pin back; with the last one the entry becomes the newest of the
/// list. Refused for an entry that is not pinned.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    assigns L->Clock, L->PinnedCount, L->PinnedBytes,
      L->State[0 .. L->Capacity], L->Size[0 .. L->Capacity],
      L->Stamp[0 .. L->Capacity], L->Prev[0 .. L->Capacity],
      L->Next[0 .. L->Capacity];
    ensures invariant: lruValid(*L);
    ensures others: \forall integer j; 0 <= j <= L->Capacity ==>
      j != Slot ==> L->State[j] == \old(L->State[j]) &&
      L->Size[j] == \old(L->Size[j]) && L->Stamp[j] == \old(L->Stamp[j]);
    behavior ok:
      assumes 1 <= Slot <= L->Capacity && L->State[Slot] > 1 &&
        L->Clock < INT64_MAX;
      ensures result: \result == true;
      ensures unpinned: L->State[Slot] == \old(L->State[Slot]) - 1 &&
        L->Size[Slot] == \old(L->Size[Slot]);
      ensures newest: L->State[Slot] == 1 ==>
        (\forall integer j; 0 <= j <= L->Capacity && j != Slot ==>
           L->Stamp[j] < L->Stamp[Slot]);
    behavior refused:
      assumes !(1 <= Slot <= L->Capacity && L->State[Slot] > 1 &&
        L->Clock < INT64_MAX);
      assigns \nothing;
      ensures result: \result == false;
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxLruUnpin(HapaxLru *L, uint32_t Slot);

/*@
  // What evicting does between two points of a program. Only linked entries go;
  predicate lruEvictedLinked{A, B}(uint16_t *state, integer n) =
    \forall integer i; 0 <= i <= n ==>
      \at(state[i], B) != \at(state[i], A) ==>
      \at(state[i], A) == 1 && \at(state[i], B) == 0;
  // those that go are older than those that stay;
  predicate lruEvictedOldest{A, B}(uint16_t *state, int64_t *stamp, integer n) =
    \forall integer i, j; 0 <= i <= n && 0 < j <= n ==>
      \at(state[i], B) != \at(state[i], A) ==> \at(state[j], B) == 1 ==>
      \at(stamp[i], A) < \at(stamp[j], A);
  // those that went lie on the stack of free slots, the last one on top;
  predicate lruEvictedOnStack{A, B}(uint16_t *state, int32_t *spare, integer n,
    integer before, integer after) =
    \forall integer k; n - before <= k < n - after ==>
      1 <= \at(spare[k], B) <= n && \at(state[\at(spare[k], B)], A) == 1;
  // and the last one had to go.
  predicate lruEvictedNeeded{L}(uint64_t *size, int32_t *spare, integer n,
    integer before, integer after, integer bytes, integer maxEntries,
    integer maxBytes) =
    after != before ==> after + 1 > maxEntries ||
      bytes + size[spare[n - after - 1]] > maxBytes;
*/

/// Evicts the oldest linked entries until an entry of \p Size bytes can be
/// inserted; evicts none too many. Refused, without evicting any, when the
/// pinned entries alone leave no such room. hapaxLruFreed names the evicted.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    assigns L->Count, L->Bytes, L->State[0 .. L->Capacity],
      L->Size[0 .. L->Capacity], L->Prev[0 .. L->Capacity],
      L->Next[0 .. L->Capacity], L->Spare[0 .. L->Capacity - 1];
    ensures invariant: lruValid(*L);
    behavior ok:
      assumes L->PinnedCount < L->MaxEntries && Size <= L->MaxBytes &&
        L->PinnedBytes <= L->MaxBytes - Size;
      ensures result: \result == true;
      ensures room: L->Count < L->MaxEntries && Size <= L->MaxBytes - L->Bytes;
      ensures fewer: L->Count <= \old(L->Count);
      ensures linked: lruEvictedLinked{Pre, Post}(L->State, L->Capacity);
      ensures oldest: lruEvictedOldest{Pre, Post}(L->State, L->Stamp,
        L->Capacity);
      ensures onStack: lruEvictedOnStack{Pre, Post}(L->State, L->Spare,
        L->Capacity, \old(L->Count), L->Count);
      ensures needed: lruEvictedNeeded(L->Size, L->Spare, L->Capacity,
        \old(L->Count), L->Count, L->Bytes, L->MaxEntries - 1,
        L->MaxBytes - Size);
    behavior refused:
      assumes !(L->PinnedCount < L->MaxEntries && Size <= L->MaxBytes &&
        L->PinnedBytes <= L->MaxBytes - Size);
      assigns \nothing;
      ensures result: \result == false;
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxLruMakeRoom(HapaxLru *L, uint64_t Size);

/// Sets new limits and evicts what is above them, as hapaxLruMakeRoom does.
/// Refused when the pinned entries alone are above them, or \p MaxEntries above
/// Capacity.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    assigns L->MaxEntries, L->MaxBytes, L->Count, L->Bytes,
      L->State[0 .. L->Capacity], L->Size[0 .. L->Capacity],
      L->Prev[0 .. L->Capacity], L->Next[0 .. L->Capacity],
      L->Spare[0 .. L->Capacity - 1];
    ensures invariant: lruValid(*L);
    behavior ok:
      assumes L->PinnedCount <= MaxEntries <= L->Capacity &&
        L->PinnedBytes <= MaxBytes;
      ensures result: \result == true;
      ensures limits: L->MaxEntries == MaxEntries && L->MaxBytes == MaxBytes;
      ensures fewer: L->Count <= \old(L->Count);
      ensures linked: lruEvictedLinked{Pre, Post}(L->State, L->Capacity);
      ensures oldest: lruEvictedOldest{Pre, Post}(L->State, L->Stamp,
        L->Capacity);
      ensures onStack: lruEvictedOnStack{Pre, Post}(L->State, L->Spare,
        L->Capacity, \old(L->Count), L->Count);
      ensures needed: lruEvictedNeeded(L->Size, L->Spare, L->Capacity,
        \old(L->Count), L->Count, L->Bytes, MaxEntries, MaxBytes);
    behavior refused:
      assumes !(L->PinnedCount <= MaxEntries <= L->Capacity &&
        L->PinnedBytes <= MaxBytes);
      assigns \nothing;
      ensures result: \result == false;
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxLruSetLimits(HapaxLru *L, uint32_t MaxEntries, uint64_t MaxBytes);

/// Evicts every entry that is not pinned.
/*@ requires valid: \valid(L);
    requires invariant: lruValid(*L);
    assigns L->Count, L->Bytes, L->State[0 .. L->Capacity],
      L->Size[0 .. L->Capacity], L->Prev[0 .. L->Capacity],
      L->Next[0 .. L->Capacity], L->Spare[0 .. L->Capacity - 1];
    ensures invariant: lruValid(*L);
    ensures none: L->Count == L->PinnedCount && L->Bytes == L->PinnedBytes;
    ensures linked: lruEvictedLinked{Pre, Post}(L->State, L->Capacity);
    ensures onStack: lruEvictedOnStack{Pre, Post}(L->State, L->Spare,
      L->Capacity, \old(L->Count), L->Count);
 */
void hapaxLruClear(HapaxLru *L);

/// The slot that became free last (\p Back = 0), the one before it (1), and so
/// on; 0 when there are not so many free ones. After a call that evicted N
/// entries, the slots 0 to N - 1 back are theirs, and Size still has their
/// sizes.
/*@ requires valid: \valid_read(L);
    requires invariant: lruValid(*L);
    assigns \nothing;
    ensures slot: Back < L->Capacity - L->Count ==>
      \result == L->Spare[L->Capacity - L->Count - 1 - Back] &&
      1 <= \result <= L->Capacity && L->State[\result] == 0;
    ensures none: Back >= L->Capacity - L->Count ==> \result == 0;
 */
uint32_t hapaxLruFreed(const HapaxLru *L, uint32_t Back);

/// The linked entry that was used next after \p Slot; for slot 0 the oldest.
/// 0 when there is none, and for an entry that is not linked.
/*@ requires valid: \valid_read(L);
    requires invariant: lruValid(*L);
    assigns \nothing;
    ensures linked: \result != 0 ==> Slot <= L->Capacity &&
      L->State[Slot] == 1 && 1 <= \result <= L->Capacity &&
      L->State[\result] == 1 && L->Stamp[Slot] < L->Stamp[\result];
    ensures adjacent: \result != 0 ==>
      (\forall integer j; 1 <= j <= L->Capacity && L->State[j] == 1 ==>
         L->Stamp[Slot] < L->Stamp[j] ==> L->Stamp[\result] <= L->Stamp[j]);
    ensures last: \result == 0 && Slot <= L->Capacity && L->State[Slot] == 1 ==>
      (\forall integer j; 1 <= j <= L->Capacity && L->State[j] == 1 ==>
         L->Stamp[j] <= L->Stamp[Slot]);
 */
uint32_t hapaxLruNewer(const HapaxLru *L, uint32_t Slot);

/// The other direction: the linked entry used last before \p Slot; for slot 0
/// the newest.
/*@ requires valid: \valid_read(L);
    requires invariant: lruValid(*L);
    assigns \nothing;
    ensures linked: \result != 0 ==> Slot <= L->Capacity &&
      L->State[Slot] == 1 && 1 <= \result <= L->Capacity &&
      L->State[\result] == 1;
    ensures older: \result != 0 && Slot != 0 ==>
      L->Stamp[\result] < L->Stamp[Slot];
    ensures adjacent: \result != 0 ==>
      (\forall integer j; 1 <= j <= L->Capacity && L->State[j] == 1 ==>
         Slot == 0 || L->Stamp[j] < L->Stamp[Slot] ==>
         L->Stamp[j] <= L->Stamp[\result]);
    ensures first: \result == 0 && Slot <= L->Capacity &&
      L->State[Slot] == 1 && Slot != 0 ==>
      (\forall integer j; 1 <= j <= L->Capacity && L->State[j] == 1 ==>
         L->Stamp[Slot] <= L->Stamp[j]);
 */
uint32_t hapaxLruOlder(const HapaxLru *L, uint32_t Slot);

/// Bytes that are left below the limit.
/*@ requires valid: \valid_read(L);
    requires invariant: lruValid(*L);
    assigns \nothing;
    ensures exact: \result == L->MaxBytes - L->Bytes;
 */
uint64_t hapaxLruRemaining(const HapaxLru *L);

/// Whether there are as many entries as there may be.
/*@ requires valid: \valid_read(L);
    requires invariant: lruValid(*L);
    assigns \nothing;
    ensures exact: \result == true <==> L->Count == L->MaxEntries;
 */
bool hapaxLruIsFull(const HapaxLru *L);

/// The number of live entries.
/*@ requires valid: \valid_read(L);
    requires invariant: lruValid(*L);
    assigns \nothing;
    ensures exact: \result == lruLiveCount(L->State, L->Capacity);
 */
uint32_t hapaxLruCount(const HapaxLru *L);

#ifdef __cplusplus
}
#endif

#endif // HAPAX_CORE_LRU_H
