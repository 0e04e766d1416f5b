//===- ByteReader.h - Reads bytes that nobody vouches for -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_MERGE_BYTEREADER_H
#define HAPAX_SHARD_MERGE_BYTEREADER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/LEB128.h"

namespace hapax::merge {

/// A place in a range of bytes. Reading or going beyond the end gives zeros and
/// is remembered.
class ByteReader {
public:
  explicit ByteReader(llvm::ArrayRef<uint8_t> All) : All(All) {}

  uint64_t position() const { return At; }
  bool isAtEnd() const { return At == All.size(); }
  /// Whether all that was asked for was there.
  bool isGood() const { return Good; }

  /// A number of \p Size bytes (1, 2, 4 or 8), little endian.
  uint64_t fixed(unsigned Size) {
    uint64_t From = At;
    skip(Size);
    if (!Good)
      return 0;
    const uint8_t *Bytes = All.data() + From;
    switch (Size) {
    case 1:
      return *Bytes;
    case 2:
      return llvm::support::endian::read16le(Bytes);
    case 4:
      return llvm::support::endian::read32le(Bytes);
    default:
      return llvm::support::endian::read64le(Bytes);
    }
  }
  uint64_t uleb() {
    if (At != All.size() && All[At] < 0x80)
      return All[At++];
    return leb<uint64_t>(llvm::decodeULEB128);
  }
  int64_t sleb() { return leb<int64_t>(llvm::decodeSLEB128); }
  /// Behind a LEB of either kind, whatever its value.
  void skipLeb() {
    while (Good && fixed(1) >= 0x80) {
    }
  }
  void skip(uint64_t Size) {
    if (Size > All.size() - At)
      fail();
    else
      At += Size;
  }
  /// Behind the next zero.
  void skipString() {
    while (Good && fixed(1)) {
    }
  }

private:
  template <typename T>
  T leb(T (*Decode)(const uint8_t *, unsigned *, const uint8_t *,
                    const char **)) {
    unsigned Length = 0;
    const char *Wrong = nullptr;
    T Value = Decode(All.data() + At, &Length, All.data() + All.size(), &Wrong);
    if (Wrong) {
      fail();
      return 0;
    }
    At += Length;
    return Value;
  }
  void fail() {
    Good = false;
    At = All.size();
  }

  llvm::ArrayRef<uint8_t> All;
  uint64_t At = 0;
  bool Good = true;
};

} // namespace hapax::merge

#endif // HAPAX_SHARD_MERGE_BYTEREADER_H
