//===- Buffer.h - Bounds-checked regions of bytes -----------------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CORE_BUFFER_H
#define HAPAX_CORE_BUFFER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A region of memory that bytes are appended to: those below Length are
/// filled. The memory belongs to the caller.
typedef struct HapaxBuffer {
  uint8_t *Base;
  uint64_t Capacity; ///< bytes
  uint64_t Length;   ///< bytes, at most Capacity
} HapaxBuffer;

/*@ predicate hapaxBufferFits(HapaxBuffer B) = B.Length <= B.Capacity; */

/// Bytes that can still be appended.
/*@ requires \valid_read(B);
    requires hapaxBufferFits(*B);
    assigns \nothing;
    ensures exact: \result == B->Capacity - B->Length;
 */
uint64_t hapaxBufferRemaining(const HapaxBuffer *B);

#ifdef __cplusplus
}
#endif

#endif // HAPAX_CORE_BUFFER_H
