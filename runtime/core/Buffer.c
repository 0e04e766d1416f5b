//===- Buffer.c - Bounds-checked regions of bytes -----------------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Core/Buffer.h"

uint64_t hapaxBufferRemaining(const HapaxBuffer *B) {
  return B->Capacity - B->Length;
}
