//===- Buffer.c - Bounds-checked regions of bytes -----------------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: offsets and sizes come from entries, from clients and from
/// arithmetic elsewhere; a wrong one must not reach memory.
///
/// Idea: one record knows what is filled and what is free, and every access is
/// checked against it first. A check subtracts what is known to be smaller
/// (`Size <= Capacity - Offset` once `Offset <= Length`), so that no argument
/// can make it wrap.
///
/// Invariant: Length <= Capacity; Base and Capacity never change.
///
/// Cost: one or two compares before the access. The byte loop below is what
/// the provers can follow; compilers turn it into memcpy.
//===----------------------------------------------------------------------===//
#include "hapax/Core/Buffer.h"

/*@ requires target: \valid(To + (0 .. Size - 1));
    requires source: \valid_read(From + (0 .. Size - 1));
    requires apart: \separated(To + (0 .. Size - 1), From + (0 .. Size - 1));
    assigns To[0 .. Size - 1];
    ensures copied: \forall integer I; 0 <= I < Size ==> To[I] == From[I];
 */
static void copyBytes(uint8_t *restrict To, const uint8_t *restrict From,
                      uint64_t Size) {
  /*@ loop invariant range: 0 <= I <= Size;
      loop invariant copied: \forall integer J; 0 <= J < I ==>
                               To[J] == From[J];
      loop assigns I, To[0 .. Size - 1];
      loop variant Size - I;
   */
  for (uint64_t I = 0; I < Size; ++I)
    To[I] = From[I];
}

/*@ requires fits: hapaxBufferFits(*B);
    requires record: \valid_read(B);
    assigns \nothing;
    ensures exact: \result <==> hapaxBufferFilled(*B, Offset, Size);
 */
static bool isFilled(const HapaxBuffer *B, uint64_t Offset, uint64_t Size) {
  return Offset <= B->Length && Size <= B->Length - Offset;
}

/*@ requires fits: hapaxBufferFits(*B);
    requires record: \valid_read(B);
    assigns \nothing;
    ensures exact: \result <==> hapaxBufferOpen(*B, Offset, Size);
 */
static bool isOpen(const HapaxBuffer *B, uint64_t Offset, uint64_t Size) {
  return Offset <= B->Length && Size <= B->Capacity - Offset;
}

/*@ requires mapped: hapaxBufferMapped(B);
    requires fits: hapaxBufferFits(*B);
    requires open: hapaxBufferOpen(*B, Offset, Size);
    requires source: \valid_read(From + (0 .. Size - 1));
    requires apart: \separated(From + (0 .. Size - 1), B,
                               B->Base + (0 .. B->Capacity - 1));
    assigns B->Length, B->Base[Offset .. Offset + Size - 1];
    ensures length: B->Length == \max(\old(B->Length), Offset + Size);
    ensures copied: \forall integer I; Offset <= I < Offset + Size ==>
                      B->Base[I] == \old(From[I - Offset]);
 */
static void put(HapaxBuffer *B, uint64_t Offset, const uint8_t *From,
                uint64_t Size) {
  copyBytes(B->Base + Offset, From, Size);
  if (Offset + Size > B->Length)
    B->Length = Offset + Size;
}

void hapaxBufferInit(HapaxBuffer *B, uint8_t *Base, uint64_t Capacity) {
  B->Base = Base;
  B->Capacity = Capacity;
  B->Length = 0;
}

uint64_t hapaxBufferRemaining(const HapaxBuffer *B) {
  return B->Capacity - B->Length;
}

bool hapaxBufferIsFull(const HapaxBuffer *B) {
  return B->Length == B->Capacity;
}

void hapaxBufferClear(HapaxBuffer *B) { B->Length = 0; }

bool hapaxBufferGet(const HapaxBuffer *B, uint64_t Index, uint8_t *Value) {
  if (Index >= B->Length)
    return false;
  *Value = B->Base[Index];
  return true;
}

bool hapaxBufferSet(HapaxBuffer *B, uint64_t Index, uint8_t Value) {
  if (Index >= B->Length)
    return false;
  B->Base[Index] = Value;
  return true;
}

bool hapaxBufferWrite(HapaxBuffer *B, uint8_t Value) {
  if (B->Length >= B->Capacity)
    return false;
  B->Base[B->Length] = Value;
  B->Length += 1;
  return true;
}

bool hapaxBufferWriteMany(HapaxBuffer *B, uint64_t Offset, const uint8_t *From,
                          uint64_t Size) {
  if (!isOpen(B, Offset, Size))
    return false;
  put(B, Offset, From, Size);
  return true;
}

bool hapaxBufferRead(const HapaxBuffer *B, uint64_t Offset, uint8_t *To,
                     uint64_t Size) {
  if (!isFilled(B, Offset, Size))
    return false;
  copyBytes(To, B->Base + Offset, Size);
  return true;
}

bool hapaxBufferSlice(const HapaxBuffer *B, uint64_t Offset, uint64_t Size,
                      HapaxBuffer *Slice) {
  if (!isFilled(B, Offset, Size))
    return false;
  Slice->Base = B->Base + Offset;
  Slice->Capacity = Size;
  Slice->Length = Size;
  return true;
}

bool hapaxBufferReserve(HapaxBuffer *B, uint64_t Size, HapaxBuffer *Slice) {
  if (Size > B->Capacity - B->Length)
    return false;
  Slice->Base = B->Base + B->Length;
  Slice->Capacity = Size;
  Slice->Length = Size;
  B->Length += Size;
  return true;
}

bool hapaxBufferCopy(HapaxBuffer *To, uint64_t ToOffset,
                     const HapaxBuffer *From, uint64_t FromOffset,
                     uint64_t Size) {
  if (!isOpen(To, ToOffset, Size) || !isFilled(From, FromOffset, Size))
    return false;
  put(To, ToOffset, From->Base + FromOffset, Size);
  return true;
}
