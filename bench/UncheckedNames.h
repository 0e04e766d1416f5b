//===- UncheckedNames.h - Names for the core without its checks -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Put in front of the sources of the core, so that a build of them without
/// checks can stand beside the one that ships in one program.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_BENCH_UNCHECKEDNAMES_H
#define HAPAX_BENCH_UNCHECKEDNAMES_H

#define HAPAX_CORE_UNCHECKED
#define KeyedLru UncheckedKeyedLru
#define hapaxKeyIndexFind uncheckedKeyIndexFind
#define hapaxKeyIndexInit uncheckedKeyIndexInit
#define hapaxKeyIndexInsert uncheckedKeyIndexInsert
#define hapaxKeyIndexRemove uncheckedKeyIndexRemove
#define hapaxKeyIndexSeek uncheckedKeyIndexSeek
#define hapaxLruClear uncheckedLruClear
#define hapaxLruContains uncheckedLruContains
#define hapaxLruCount uncheckedLruCount
#define hapaxLruFreed uncheckedLruFreed
#define hapaxLruInit uncheckedLruInit
#define hapaxLruInsert uncheckedLruInsert
#define hapaxLruIsFull uncheckedLruIsFull
#define hapaxLruMakeRoom uncheckedLruMakeRoom
#define hapaxLruNewer uncheckedLruNewer
#define hapaxLruOlder uncheckedLruOlder
#define hapaxLruPeek uncheckedLruPeek
#define hapaxLruPin uncheckedLruPin
#define hapaxLruRemaining uncheckedLruRemaining
#define hapaxLruRemove uncheckedLruRemove
#define hapaxLruSetLimits uncheckedLruSetLimits
#define hapaxLruTouch uncheckedLruTouch
#define hapaxLruUnpin uncheckedLruUnpin
#define hapaxLruVictim uncheckedLruVictim

#endif // HAPAX_BENCH_UNCHECKEDNAMES_H
