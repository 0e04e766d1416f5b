//===- KeyIndex.h - From 128-bit keys to slots --------------------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Finds the slot (a number from 1 to Capacity, as in Lru.h) that was put under
/// a key. Keys are digests: their low 32 bits are spread evenly and choose the
/// bucket. Keys that somebody can choose would make the chains long.
///
/// Every function is total: what cannot be done is refused and changes
/// nothing. Finding, inserting and removing take as many steps as the bucket
/// has slots: about one. Not thread-safe. The contracts are proved by
/// scripts/prove from this header and KeyIndex.c; docs/PROOFS.md tells under
/// which assumptions.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CORE_KEYINDEX_H
#define HAPAX_CORE_KEYINDEX_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The largest Capacity.
#define HAPAX_KEY_INDEX_MAX_CAPACITY 0x7ffffffe

/// A bucket is a chain of slots, the one inserted last first. Slot 0 ends a
/// chain. The arrays belong to the caller and must overlap neither each other
/// nor this structure. Each has an element type of its own, except Low and
/// High, so that the proof knows most of them apart by type.
typedef struct HapaxKeyIndex {
  uint32_t Capacity;   ///< number of slots
  uint32_t Buckets;    ///< number of chains, best at least Capacity
  int64_t Clock;       ///< insertions so far
  bool Missed;         ///< the key below was sought in vain, and is not there
  uint64_t MissedLow;  ///< its low half
  uint64_t MissedHigh; ///< its high half
  int32_t *Head;       ///< Buckets elements: the first slot of a bucket, or 0
  uint32_t *Chain;     ///< Capacity + 1 elements: the next slot, or 0
  uint64_t *Low;       ///< Capacity + 1 elements: the low half of a slot's key
  uint64_t *High;      ///< Capacity + 1 elements: the high half
  int64_t *Born;       ///< Capacity + 1 elements: the insertion that filled the
                       ///< slot, counted by Clock; 0: it holds no key
} HapaxKeyIndex;

/*@
  // The low 32 bits as a fraction of 2^32 choose among the buckets.
  logic integer indexBucket(integer low, integer buckets) =
    (low % 4294967296 * buckets) / 4294967296;

  predicate indexArrays{L}(HapaxKeyIndex s) =
    1 <= s.Capacity <= HAPAX_KEY_INDEX_MAX_CAPACITY &&
    1 <= s.Buckets && \valid(s.Head + (0 .. s.Buckets - 1)) &&
    \valid(s.Chain + (0 .. s.Capacity)) &&
    \valid(s.Low + (0 .. s.Capacity)) &&
    \valid(s.High + (0 .. s.Capacity)) &&
    \valid(s.Born + (0 .. s.Capacity)) &&
    \separated(s.Low + (0 .. s.Capacity), s.High + (0 .. s.Capacity));

  predicate indexBornRange{L}(int64_t *born, integer n, integer clock) =
    0 <= clock && born[0] == 0 &&
    (\forall integer i; 0 <= i <= n ==> 0 <= born[i] <= clock);
  predicate indexBornDiffer{L}(int64_t *born, integer n) =
    \forall integer i, j; 0 <= i <= n && 0 <= j <= n && born[i] > 0 ==>
      i != j ==> born[i] != born[j];

  predicate indexBucketRange{L}(uint64_t *low, int64_t *born, integer n,
    integer buckets) =
    \forall integer i; 0 <= i <= n && born[i] > 0 ==>
      0 <= indexBucket(low[i], buckets) < buckets;
  // A bucket begins with the newest of its slots;
  predicate indexHeadIn{L}(int32_t *head, uint64_t *low, int64_t *born,
    integer n, integer buckets) =
    \forall integer b; 0 <= b < buckets ==> 0 <= head[b] <= n &&
      (head[b] != 0 ==> born[head[b]] > 0 &&
         indexBucket(low[head[b]], buckets) == b);
  predicate indexHeadNewest{L}(int32_t *head, uint64_t *low, int64_t *born,
    integer n, integer buckets) =
    \forall integer i; 0 <= i <= n && born[i] > 0 ==>
      born[i] <= born[head[indexBucket(low[i], buckets)]];
  // a slot leads to the next older one of its bucket.
  predicate indexChainIn{L}(uint32_t *chain, uint64_t *low, int64_t *born,
    integer n, integer buckets) =
    \forall integer i; 0 <= i <= n && born[i] > 0 ==> chain[i] <= n &&
      born[chain[i]] < born[i] &&
      (chain[i] != 0 ==> born[chain[i]] > 0 &&
         indexBucket(low[chain[i]], buckets) ==
         indexBucket(low[i], buckets));
  predicate indexNoneBetween{L}(uint32_t *chain, uint64_t *low, int64_t *born,
    integer n, integer buckets) =
    \forall integer i, j; 0 <= i <= n && 0 <= j <= n && born[i] > 0 &&
      born[j] > 0 ==>
      indexBucket(low[j], buckets) == indexBucket(low[i], buckets) ==>
      born[j] < born[i] ==> born[j] <= born[chain[i]];
  predicate indexKeysDiffer{L}(uint64_t *low, uint64_t *high, int64_t *born,
  integer n) =
    \forall integer i, j; 0 <= i <= n && 0 <= j <= n && born[i] > 0 &&
      born[j] > 0 ==> i != j ==> low[i] == low[j] ==>
      high[i] != high[j];

  predicate indexHas{L}(uint64_t *low, uint64_t *high, int64_t *born, integer n,
    integer lo, integer hi) =
    \exists integer i; 1 <= i <= n && born[i] > 0 && low[i] == lo &&
      high[i] == hi;
  predicate indexMissed{L}(HapaxKeyIndex s) =
    s.Missed == true ==> !indexHas(s.Low, s.High, s.Born, s.Capacity,
      s.MissedLow, s.MissedHigh);

  predicate indexValid{L}(HapaxKeyIndex s) =
    indexArrays(s) && indexBornRange(s.Born, s.Capacity, s.Clock) &&
    indexBornDiffer(s.Born, s.Capacity) &&
    indexHeadIn(s.Head, s.Low, s.Born, s.Capacity, s.Buckets) &&
    indexHeadNewest(s.Head, s.Low, s.Born, s.Capacity, s.Buckets) &&
    indexChainIn(s.Chain, s.Low, s.Born, s.Capacity, s.Buckets) &&
    indexNoneBetween(s.Chain, s.Low, s.Born, s.Capacity, s.Buckets) &&
    indexKeysDiffer(s.Low, s.High, s.Born, s.Capacity) &&
    indexBucketRange(s.Low, s.Born, s.Capacity, s.Buckets) && indexMissed(s);
*/

/// Makes an empty index of the arrays, Capacity and Buckets that \p X names.
/*@ requires valid: \valid(X);
    requires arrays: indexArrays(*X);
    assigns X->Clock, X->Missed, X->Head[0 .. X->Buckets - 1],
      X->Chain[0 .. X->Capacity], X->Low[0 .. X->Capacity],
      X->High[0 .. X->Capacity], X->Born[0 .. X->Capacity];
    ensures invariant: indexValid(*X);
    ensures empty: \forall integer i; 0 <= i <= X->Capacity ==>
      X->Born[i] == 0;
 */
void hapaxKeyIndexInit(HapaxKeyIndex *X);

/// The slot that holds a key; 0 when none does.
/*@ requires valid: \valid_read(X);
    requires invariant: indexValid(*X);
    assigns \nothing;
    ensures found: \result != 0 ==> 1 <= \result <= X->Capacity &&
      X->Born[\result] > 0 && X->Low[\result] == Low &&
      X->High[\result] == High;
    ensures absent: \result == 0 ==>
      !indexHas(X->Low, X->High, X->Born, X->Capacity, Low, High);
 */
uint32_t hapaxKeyIndexFind(const HapaxKeyIndex *X, uint64_t Low, uint64_t High);

/// The same, for a caller who is about to insert a key that is not there: it is
/// remembered, and its insertion need not search again.
/*@ requires valid: \valid(X);
    requires invariant: indexValid(*X);
    assigns X->Missed, X->MissedLow, X->MissedHigh;
    ensures invariant: indexValid(*X);
    ensures found: \result != 0 ==> 1 <= \result <= X->Capacity &&
      X->Born[\result] > 0 && X->Low[\result] == Low &&
      X->High[\result] == High;
    ensures absent: \result == 0 ==>
      !indexHas(X->Low, X->High, X->Born, X->Capacity, Low, High);
    ensures missed: \result == 0 ==> X->Missed == true &&
      X->MissedLow == Low && X->MissedHigh == High;
 */
uint32_t hapaxKeyIndexSeek(HapaxKeyIndex *X, uint64_t Low, uint64_t High);

/// Puts a slot under a key. Refused when the key is there, when the slot holds
/// a key, and for a slot that there is not.
/*@ requires valid: \valid(X);
    requires invariant: indexValid(*X);
    assigns X->Clock, X->Missed, X->Head[0 .. X->Buckets - 1],
      X->Chain[0 .. X->Capacity], X->Low[0 .. X->Capacity],
      X->High[0 .. X->Capacity], X->Born[0 .. X->Capacity];
    ensures invariant: indexValid(*X);
    ensures others: \forall integer i; 0 <= i <= X->Capacity && i != Slot ==>
      X->Born[i] == \old(X->Born[i]) && X->Low[i] == \old(X->Low[i]) &&
      X->High[i] == \old(X->High[i]);
    behavior ok:
      assumes 1 <= Slot <= X->Capacity && X->Born[Slot] == 0 &&
        X->Clock < INT64_MAX &&
        !indexHas(X->Low, X->High, X->Born, X->Capacity, Low, High);
      ensures result: \result == true;
      ensures there: X->Born[Slot] > 0 && X->Low[Slot] == Low &&
        X->High[Slot] == High;
    behavior refused:
      assumes !(1 <= Slot <= X->Capacity && X->Born[Slot] == 0 &&
        X->Clock < INT64_MAX &&
        !indexHas(X->Low, X->High, X->Born, X->Capacity, Low, High));
      assigns \nothing;
      ensures result: \result == false;
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxKeyIndexInsert(HapaxKeyIndex *X, uint32_t Slot, uint64_t Low,
                         uint64_t High);

/// Takes a slot and its key out. Refused for a slot that holds no key.
/*@ requires valid: \valid(X);
    requires invariant: indexValid(*X);
    assigns X->Head[0 .. X->Buckets - 1], X->Chain[0 .. X->Capacity],
      X->Born[0 .. X->Capacity];
    ensures invariant: indexValid(*X);
    ensures others: \forall integer i; 0 <= i <= X->Capacity && i != Slot ==>
      X->Born[i] == \old(X->Born[i]);
    behavior ok:
      assumes 1 <= Slot <= X->Capacity && X->Born[Slot] > 0;
      ensures result: \result == true;
      ensures gone: X->Born[Slot] == 0;
    behavior refused:
      assumes !(1 <= Slot <= X->Capacity && X->Born[Slot] > 0);
      assigns \nothing;
      ensures result: \result == false;
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxKeyIndexRemove(HapaxKeyIndex *X, uint32_t Slot);

#ifdef __cplusplus
}
#endif

#endif // HAPAX_CORE_KEYINDEX_H
