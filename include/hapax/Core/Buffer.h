//===- Buffer.h - Bounds-checked regions of bytes -----------------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A region of host memory that is filled from its beginning, and calls that
/// never touch a byte outside it, whatever their arguments. Part of the
/// verified core: the contracts below are proved for runtime/core/Buffer.c by
/// scripts/prove, and they bind the caller as well (docs/PROOFS.md). From C++,
/// use SafeBuffer.h, which checks what the contracts require.
///
/// Every call that can be refused says so by its result: `true` means done,
/// `false` means that nothing at all has changed. No call allocates, blocks or
/// fails in another way. Nothing here is thread-safe.
///
/// Offsets, sizes and lengths are bytes. A range is given as (Offset, Size)
/// and tested as `Size <= Bound - Offset`: no sum is formed, so none can wrap.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CORE_BUFFER_H
#define HAPAX_CORE_BUFFER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A region of memory: the bytes below Length are filled, those from Length to
/// Capacity are free. The memory belongs to the caller and outlives the
/// region. Base and Capacity stay as they were initialised.
typedef struct HapaxBuffer {
  uint8_t *Base;
  uint64_t Capacity; ///< bytes
  uint64_t Length;   ///< bytes, at most Capacity
} HapaxBuffer;

/*@ // What every call keeps, besides the memory being there.
    predicate hapaxBufferFits(HapaxBuffer B) = B.Length <= B.Capacity;

    // The memory is there, and the region's own record is no part of it.
    predicate hapaxBufferMapped{L}(HapaxBuffer *B) =
      \valid(B) && \valid(B->Base + (0 .. B->Capacity - 1)) &&
      \separated(B, B->Base + (0 .. B->Capacity - 1));

    predicate hapaxBufferReadable{L}(HapaxBuffer *B) =
      \valid_read(B) && \valid_read(B->Base + (0 .. B->Capacity - 1));

    // Offset .. Offset + Size is filled.
    predicate hapaxBufferFilled(HapaxBuffer B, integer Offset, integer Size) =
      Offset + Size <= B.Length;

    // Bytes may be written there: inside the region, and no gap is left.
    predicate hapaxBufferOpen(HapaxBuffer B, integer Offset, integer Size) =
      Offset <= B.Length && Offset + Size <= B.Capacity;

    // The same bytes now and then, from First up to Last.
    predicate hapaxBytesKept{Then, Now}(uint8_t *Base, integer First,
                                        integer Last) =
      \forall integer I; First <= I < Last ==>
        \at(Base[I], Now) == \at(Base[I], Then);
 */

/// Makes an empty region of the Capacity bytes at Base.
/*@ requires record: \valid(B);
    requires memory: \valid(Base + (0 .. Capacity - 1));
    requires apart: \separated(B, Base + (0 .. Capacity - 1));
    assigns *B;
    ensures base: B->Base == Base;
    ensures capacity: B->Capacity == Capacity;
    ensures empty: B->Length == 0;
    ensures fits: hapaxBufferFits(*B);
 */
void hapaxBufferInit(HapaxBuffer *B, uint8_t *Base, uint64_t Capacity);

/// Bytes that can still be appended.
/*@ requires record: \valid_read(B);
    requires fits: hapaxBufferFits(*B);
    assigns \nothing;
    ensures exact: \result == B->Capacity - B->Length;
 */
uint64_t hapaxBufferRemaining(const HapaxBuffer *B);

/// Whether nothing can be appended any more.
/*@ requires record: \valid_read(B);
    requires fits: hapaxBufferFits(*B);
    assigns \nothing;
    ensures exact: \result <==> B->Length == B->Capacity;
 */
bool hapaxBufferIsFull(const HapaxBuffer *B);

/// Forgets the contents; the bytes stay as they are.
/*@ requires record: \valid(B);
    assigns B->Length;
    ensures empty: B->Length == 0;
    ensures fits: hapaxBufferFits(*B);
 */
void hapaxBufferClear(HapaxBuffer *B);

/// The byte at Index, if that is filled.
/*@ requires readable: hapaxBufferReadable(B);
    requires fits: hapaxBufferFits(*B);
    requires out: \valid(Value);
    requires apart: \separated(Value, B, B->Base + (0 .. B->Capacity - 1));
    assigns *Value;
    ensures done: \result <==> Index < B->Length;
    behavior ok:
      assumes Index < B->Length;
      assigns *Value;
      ensures value: *Value == B->Base[Index];
    behavior refused:
      assumes Index >= B->Length;
      assigns \nothing;
      ensures kept: *Value == \old(*Value);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxBufferGet(const HapaxBuffer *B, uint64_t Index, uint8_t *Value);

/// Replaces the byte at Index, if that is filled.
/*@ requires mapped: hapaxBufferMapped(B);
    requires fits: hapaxBufferFits(*B);
    assigns B->Base[Index];
    ensures done: \result <==> Index < B->Length;
    ensures record: *B == \old(*B);
    behavior ok:
      assumes Index < B->Length;
      assigns B->Base[Index];
      ensures value: B->Base[Index] == Value;
      ensures before: hapaxBytesKept{Pre, Post}(B->Base, 0, Index);
      ensures after: hapaxBytesKept{Pre, Post}(B->Base, Index + 1, B->Capacity);
    behavior refused:
      assumes Index >= B->Length;
      assigns \nothing;
      ensures kept: hapaxBytesKept{Pre, Post}(B->Base, 0, B->Capacity);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxBufferSet(HapaxBuffer *B, uint64_t Index, uint8_t Value);

/// Appends one byte, if there is room.
/*@ requires mapped: hapaxBufferMapped(B);
    requires fits: hapaxBufferFits(*B);
    assigns B->Length, B->Base[B->Length];
    ensures done: \result <==> \old(B->Length) < B->Capacity;
    ensures base: B->Base == \old(B->Base);
    ensures capacity: B->Capacity == \old(B->Capacity);
    ensures fits: hapaxBufferFits(*B);
    behavior ok:
      assumes B->Length < B->Capacity;
      assigns B->Length, B->Base[B->Length];
      ensures length: B->Length == \old(B->Length) + 1;
      ensures value: B->Base[\old(B->Length)] == Value;
      ensures before: hapaxBytesKept{Pre, Post}(B->Base, 0, \old(B->Length));
      ensures after: hapaxBytesKept{Pre, Post}(B->Base, B->Length, B->Capacity);
    behavior refused:
      assumes B->Length >= B->Capacity;
      assigns \nothing;
      ensures length: B->Length == \old(B->Length);
      ensures kept: hapaxBytesKept{Pre, Post}(B->Base, 0, B->Capacity);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxBufferWrite(HapaxBuffer *B, uint8_t Value);

/// Writes Size bytes at Offset, over what is filled, beyond its end, or both;
/// refused where they do not fit or would leave a gap. Offset == Length
/// appends. From must not overlap the region.
/*@ requires mapped: hapaxBufferMapped(B);
    requires fits: hapaxBufferFits(*B);
    requires source: \valid_read(From + (0 .. Size - 1));
    requires apart: \separated(From + (0 .. Size - 1), B,
                               B->Base + (0 .. B->Capacity - 1));
    assigns B->Length, B->Base[Offset .. Offset + Size - 1];
    ensures done: \result <==> hapaxBufferOpen(\old(*B), Offset, Size);
    ensures base: B->Base == \old(B->Base);
    ensures capacity: B->Capacity == \old(B->Capacity);
    ensures fits: hapaxBufferFits(*B);
    behavior ok:
      assumes hapaxBufferOpen(*B, Offset, Size);
      assigns B->Length, B->Base[Offset .. Offset + Size - 1];
      ensures length: B->Length == \max(\old(B->Length), Offset + Size);
      ensures copied: \forall integer I; 0 <= I < Size ==>
                        B->Base[Offset + I] == From[I];
      ensures before: hapaxBytesKept{Pre, Post}(B->Base, 0, Offset);
      ensures after: hapaxBytesKept{Pre, Post}(B->Base, Offset + Size,
                                               B->Capacity);
    behavior refused:
      assumes !hapaxBufferOpen(*B, Offset, Size);
      assigns \nothing;
      ensures length: B->Length == \old(B->Length);
      ensures kept: hapaxBytesKept{Pre, Post}(B->Base, 0, B->Capacity);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxBufferWriteMany(HapaxBuffer *B, uint64_t Offset, const uint8_t *From,
                          uint64_t Size);

/// Copies Size filled bytes at Offset to To, which must not overlap the
/// region; refused where they are not all filled.
/*@ requires readable: hapaxBufferReadable(B);
    requires fits: hapaxBufferFits(*B);
    requires target: \valid(To + (0 .. Size - 1));
    requires apart: \separated(To + (0 .. Size - 1), B,
                               B->Base + (0 .. B->Capacity - 1));
    assigns To[0 .. Size - 1];
    ensures done: \result <==> hapaxBufferFilled(*B, Offset, Size);
    ensures source: hapaxBytesKept{Pre, Post}(B->Base, 0, B->Capacity);
    behavior ok:
      assumes hapaxBufferFilled(*B, Offset, Size);
      assigns To[0 .. Size - 1];
      ensures copied: \forall integer I; 0 <= I < Size ==>
                        To[I] == B->Base[Offset + I];
    behavior refused:
      assumes !hapaxBufferFilled(*B, Offset, Size);
      assigns \nothing;
      ensures kept: hapaxBytesKept{Pre, Post}(To, 0, Size);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxBufferRead(const HapaxBuffer *B, uint64_t Offset, uint8_t *To,
                     uint64_t Size);

/// A full region of the Size filled bytes at Offset. It shares the memory.
/*@ requires readable: hapaxBufferReadable(B);
    requires fits: hapaxBufferFits(*B);
    requires out: \valid(Slice);
    requires apart: \separated(Slice, B, B->Base + (0 .. B->Capacity - 1));
    assigns *Slice;
    ensures done: \result <==> hapaxBufferFilled(*B, Offset, Size);
    behavior ok:
      assumes hapaxBufferFilled(*B, Offset, Size);
      assigns *Slice;
      ensures base: Slice->Base == B->Base + Offset;
      ensures capacity: Slice->Capacity == Size;
      ensures length: Slice->Length == Size;
      ensures inside: Offset + Slice->Capacity <= B->Capacity;
      ensures memory: hapaxBufferReadable(Slice);
    behavior refused:
      assumes !hapaxBufferFilled(*B, Offset, Size);
      assigns \nothing;
      ensures kept: *Slice == \old(*Slice);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxBufferSlice(const HapaxBuffer *B, uint64_t Offset, uint64_t Size,
                      HapaxBuffer *Slice);

/// Appends Size bytes as they lie and hands them out as a full region that
/// shares the memory: for a writer that is not this library (a device, a
/// decompressor). They count as filled at once.
/*@ requires mapped: hapaxBufferMapped(B);
    requires fits: hapaxBufferFits(*B);
    requires out: \valid(Slice);
    requires apart: \separated(Slice, B, B->Base + (0 .. B->Capacity - 1));
    assigns B->Length, *Slice;
    ensures done: \result <==> Size <= \old(B->Capacity - B->Length);
    ensures base: B->Base == \old(B->Base);
    ensures capacity: B->Capacity == \old(B->Capacity);
    ensures fits: hapaxBufferFits(*B);
    behavior ok:
      assumes Size <= B->Capacity - B->Length;
      assigns B->Length, *Slice;
      ensures length: B->Length == \old(B->Length) + Size;
      ensures slice_base: Slice->Base == B->Base + \old(B->Length);
      ensures slice_capacity: Slice->Capacity == Size;
      ensures slice_length: Slice->Length == Size;
      ensures memory: \valid(Slice->Base + (0 .. Slice->Capacity - 1));
    behavior refused:
      assumes Size > B->Capacity - B->Length;
      assigns \nothing;
      ensures length: B->Length == \old(B->Length);
      ensures kept: *Slice == \old(*Slice);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxBufferReserve(HapaxBuffer *B, uint64_t Size, HapaxBuffer *Slice);

/// Copies Size filled bytes at FromOffset of one region to ToOffset of another
/// one that shares no memory with it, under the rules of both
/// hapaxBufferRead() and hapaxBufferWriteMany().
/*@ requires mapped: hapaxBufferMapped(To);
    requires fits: hapaxBufferFits(*To);
    requires readable: hapaxBufferReadable(From);
    requires from_fits: hapaxBufferFits(*From);
    requires apart: \separated(To, From, To->Base + (0 .. To->Capacity - 1),
                               From->Base + (0 .. From->Capacity - 1));
    assigns To->Length, To->Base[ToOffset .. ToOffset + Size - 1];
    ensures done: \result <==>
      hapaxBufferOpen(\old(*To), ToOffset, Size) &&
      hapaxBufferFilled(*From, FromOffset, Size);
    ensures base: To->Base == \old(To->Base);
    ensures capacity: To->Capacity == \old(To->Capacity);
    ensures fits: hapaxBufferFits(*To);
    ensures source: hapaxBytesKept{Pre, Post}(From->Base, 0, From->Capacity);
    behavior ok:
      assumes open: hapaxBufferOpen(*To, ToOffset, Size);
      assumes filled: hapaxBufferFilled(*From, FromOffset, Size);
      assigns To->Length, To->Base[ToOffset .. ToOffset + Size - 1];
      ensures length: To->Length == \max(\old(To->Length), ToOffset + Size);
      ensures copied: \forall integer I; 0 <= I < Size ==>
                        To->Base[ToOffset + I] ==
                          \old(From->Base[FromOffset + I]);
      ensures before: hapaxBytesKept{Pre, Post}(To->Base, 0, ToOffset);
      ensures after: hapaxBytesKept{Pre, Post}(To->Base, ToOffset + Size,
                                               To->Capacity);
    behavior refused:
      assumes !hapaxBufferOpen(*To, ToOffset, Size) ||
              !hapaxBufferFilled(*From, FromOffset, Size);
      assigns \nothing;
      ensures length: To->Length == \old(To->Length);
      ensures kept: hapaxBytesKept{Pre, Post}(To->Base, 0, To->Capacity);
    complete behaviors;
    disjoint behaviors;
 */
bool hapaxBufferCopy(HapaxBuffer *To, uint64_t ToOffset,
                     const HapaxBuffer *From, uint64_t FromOffset,
                     uint64_t Size);

#ifdef __cplusplus
}
#endif

#endif // HAPAX_CORE_BUFFER_H
