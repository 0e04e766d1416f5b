//===- KeyIndex.c - From 128-bit keys to slots --------------------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
// Problem: a map from keys to slots whose proof needs no induction over lists.
//
// Idea: a hash table with singly linked chains through the slots. Each slot
// remembers when it was inserted (Born), new slots go in front, so Born falls
// along every chain.
//
// Invariant: a bucket's head is the newest slot of the bucket, each slot leads
// to the next older one of its bucket: no slot of the bucket was born between
// the two. These are facts about pairs of slots. A walk along a chain that has
// come to a slot has therefore seen every newer slot of the bucket: that is all
// that finding needs.
//
// A key that was sought in vain is remembered until something is inserted:
// whoever looks for a key before inserting it does not pay for two walks.
//
// Cost: with at least as many buckets as slots and uniform keys a walk has
// about one step. A step reads half a key and a link.
//===----------------------------------------------------------------------===//
#include "hapax/Core/KeyIndex.h"

#include "Refused.h"

/*@ requires some: 1 <= Buckets;
    assigns \nothing;
    ensures bucket: \result == indexBucket(Low, Buckets);
    ensures range: \result < Buckets;
 */
static uint32_t bucketOf(uint64_t Low, uint32_t Buckets) {
  return (uint32_t)(Low % 4294967296 * Buckets / 4294967296);
}

/// Makes a free slot the first of its bucket.
/*@ requires valid: \valid(X);
    requires invariant: indexValid(*X);
    requires free: 1 <= I <= X->Capacity && X->Born[I] == 0;
    requires absent:
      !indexHas(X->Low, X->High, X->Born, X->Capacity, Low, High);
    requires clock: X->Clock < INT64_MAX;
    assigns X->Clock, X->Missed, X->Head[0 .. X->Buckets - 1], X->Chain[I],
      X->Low[I], X->High[I], X->Born[I];
    ensures there: X->Born[I] > 0 && X->Low[I] == Low && X->High[I] == High;
    ensures arrays: indexArrays(*X);
    ensures bornRange: indexBornRange(X->Born, X->Capacity, X->Clock);
    ensures bornDiffer: indexBornDiffer(X->Born, X->Capacity);
    ensures headIn:
      indexHeadIn(X->Head, X->Low, X->Born, X->Capacity, X->Buckets);
    ensures headNewest:
      indexHeadNewest(X->Head, X->Low, X->Born, X->Capacity, X->Buckets);
    ensures chainIn:
      indexChainIn(X->Chain, X->Low, X->Born, X->Capacity, X->Buckets);
    ensures noneBetween:
      indexNoneBetween(X->Chain, X->Low, X->Born, X->Capacity, X->Buckets);
    ensures keysDiffer: indexKeysDiffer(X->Low, X->High, X->Born, X->Capacity);
    ensures bucketRange:
      indexBucketRange(X->Low, X->Born, X->Capacity, X->Buckets);
    ensures missed: indexMissed(*X);
 */
static void linkFirst(HapaxKeyIndex *X, uint32_t I, uint64_t Low,
                      uint64_t High) {
  uint32_t B = bucketOf(Low, X->Buckets);
  /*@ assert unlike: \forall integer j; 1 <= j <= X->Capacity &&
        X->Born[j] > 0 && X->Low[j] == Low ==> X->High[j] != High; */
  X->Low[I] = Low;
  X->High[I] = High;
  X->Chain[I] = (uint32_t)X->Head[B];
  X->Head[B] = (int32_t)I;
  X->Clock += 1;
  X->Born[I] = X->Clock;
  X->Missed = false;
  /*@ assert apart: \forall integer j; 1 <= j <= X->Capacity && j != I &&
        X->Born[j] > 0 && X->Low[j] == Low ==> X->High[j] != High; */
}

/// Takes a slot out of its bucket. Before is the slot before it there, or 0.
/*@ requires valid: \valid(X);
    requires invariant: indexValid(*X);
    requires there: 1 <= I <= X->Capacity && X->Born[I] > 0;
    requires bucket: B == indexBucket(X->Low[I], X->Buckets) && B < X->Buckets;
    requires first: Before == 0 ==> X->Head[B] == I;
    requires before: Before != 0 ==> Before <= X->Capacity &&
      X->Born[Before] > 0 && X->Chain[Before] == I;
    assigns X->Head[B], X->Chain[Before], X->Born[I];
    ensures gone: X->Born[I] == 0;
    ensures arrays: indexArrays(*X);
    ensures bornRange: indexBornRange(X->Born, X->Capacity, X->Clock);
    ensures bornDiffer: indexBornDiffer(X->Born, X->Capacity);
    ensures headIn:
      indexHeadIn(X->Head, X->Low, X->Born, X->Capacity, X->Buckets);
    ensures headNewest:
      indexHeadNewest(X->Head, X->Low, X->Born, X->Capacity, X->Buckets);
    ensures chainIn:
      indexChainIn(X->Chain, X->Low, X->Born, X->Capacity, X->Buckets);
    ensures noneBetween:
      indexNoneBetween(X->Chain, X->Low, X->Born, X->Capacity, X->Buckets);
    ensures keysDiffer: indexKeysDiffer(X->Low, X->High, X->Born, X->Capacity);
    ensures bucketRange:
      indexBucketRange(X->Low, X->Born, X->Capacity, X->Buckets);
    ensures missed: indexMissed(*X);
 */
static void unlinkSlot(HapaxKeyIndex *X, uint32_t I, uint32_t B,
                       uint32_t Before) {
  /*@ assert older: \forall integer j; 1 <= j <= X->Capacity && j != I &&
        0 < X->Born[j] <= X->Born[I] &&
        indexBucket(X->Low[j], X->Buckets) == B ==>
        X->Born[j] <= X->Born[X->Chain[I]]; */
  /*@ assert newer: Before == 0 ==>
        (\forall integer j; 1 <= j <= X->Capacity && X->Born[j] > 0 &&
           indexBucket(X->Low[j], X->Buckets) == B ==>
           X->Born[j] <= X->Born[I]); */
  //@ assert notFirst: Before != 0 ==> X->Head[B] != I;
  /*@ assert elsewhere: \forall integer j; 1 <= j <= X->Capacity &&
        X->Born[j] > 0 && indexBucket(X->Low[j], X->Buckets) != B ==>
        X->Head[indexBucket(X->Low[j], X->Buckets)] != I; */
  /*@ assert alone: \forall integer j; 1 <= j <= X->Capacity &&
        X->Born[j] > 0 && j != Before ==> X->Chain[j] != I; */
  if (Before == 0)
    X->Head[B] = (int32_t)X->Chain[I];
  else
    X->Chain[Before] = X->Chain[I];
  X->Born[I] = 0;
}

uint32_t hapaxKeyIndexFind(const HapaxKeyIndex *X, uint64_t Low,
                           uint64_t High) {
  uint32_t I = (uint32_t)X->Head[bucketOf(Low, X->Buckets)];
  /*@ loop invariant slot: I <= X->Capacity;
      loop invariant there: I != 0 ==> X->Born[I] > 0 &&
        indexBucket(X->Low[I], X->Buckets) == indexBucket(Low, X->Buckets);
      loop invariant ahead: \forall integer j; 1 <= j <= X->Capacity &&
        X->Born[j] > 0 && X->Low[j] == Low && X->High[j] == High ==>
        X->Born[j] <= X->Born[I];
      loop assigns I;
      loop variant X->Born[I];
   */
  while (I != 0 && (X->Low[I] != Low || X->High[I] != High))
    I = X->Chain[I];
  return I;
}

uint32_t hapaxKeyIndexSeek(HapaxKeyIndex *X, uint64_t Low, uint64_t High) {
  uint32_t I = hapaxKeyIndexFind(X, Low, High);
  X->Missed = I == 0;
  X->MissedLow = Low;
  X->MissedHigh = High;
  return I;
}

/*@ requires valid: \valid_read(X);
    requires invariant: indexValid(*X);
    assigns \nothing;
    ensures exact: \result == true <==>
      !indexHas(X->Low, X->High, X->Born, X->Capacity, Low, High);
 */
static bool isAbsent(const HapaxKeyIndex *X, uint64_t Low, uint64_t High) {
  return (X->Missed && X->MissedLow == Low && X->MissedHigh == High) ||
         hapaxKeyIndexFind(X, Low, High) == 0;
}

bool hapaxKeyIndexInsert(HapaxKeyIndex *X, uint32_t Slot, uint64_t Low,
                         uint64_t High) {
  if (REFUSED(Slot == 0 || Slot > X->Capacity || X->Born[Slot] != 0 ||
              X->Clock == INT64_MAX || !isAbsent(X, Low, High)))
    return false;
  linkFirst(X, Slot, Low, High);
  return true;
}

bool hapaxKeyIndexRemove(HapaxKeyIndex *X, uint32_t Slot) {
  if (REFUSED(Slot == 0 || Slot > X->Capacity || X->Born[Slot] == 0))
    return false;
  uint32_t B = bucketOf(X->Low[Slot], X->Buckets);
  uint32_t Before = 0, I = (uint32_t)X->Head[B];
  /*@ loop invariant there: 1 <= I <= X->Capacity && X->Born[I] > 0 &&
        indexBucket(X->Low[I], X->Buckets) == B;
      loop invariant ahead: X->Born[Slot] <= X->Born[I];
      loop invariant first: Before == 0 ==> X->Head[B] == I;
      loop invariant before: Before != 0 ==> Before <= X->Capacity &&
        X->Born[Before] > 0 && X->Chain[Before] == I;
      loop assigns I, Before;
      loop variant X->Born[I];
   */
  while (I != Slot) {
    Before = I;
    I = X->Chain[I];
  }
  unlinkSlot(X, Slot, B, Before);
  return true;
}

void hapaxKeyIndexInit(HapaxKeyIndex *X) {
  X->Clock = 0;
  X->Missed = false;
  /*@ loop invariant range: 0 <= B <= X->Buckets;
      loop invariant zero: \forall integer b; 0 <= b < B ==> X->Head[b] == 0;
      loop assigns B, X->Head[0 .. X->Buckets - 1];
      loop variant X->Buckets - B;
   */
  for (uint64_t B = 0; B < X->Buckets; ++B)
    X->Head[B] = 0;
  /*@ loop invariant range: 0 <= I <= X->Capacity + 1;
      loop invariant zero: \forall integer i; 0 <= i < I ==> X->Born[i] == 0;
      loop assigns I, X->Chain[0 .. X->Capacity], X->Low[0 .. X->Capacity],
        X->High[0 .. X->Capacity], X->Born[0 .. X->Capacity];
      loop variant X->Capacity + 1 - I;
   */
  for (uint64_t I = 0; I <= X->Capacity; ++I) {
    X->Chain[I] = 0;
    X->Low[I] = 0;
    X->High[I] = 0;
    X->Born[I] = 0;
  }
}
