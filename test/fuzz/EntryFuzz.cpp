//===- EntryFuzz.cpp - libFuzzer target for entries -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/Entry.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

using namespace hapax;
using Bytes = std::vector<std::byte>;

/// Takes what a tier would, and no more than a fuzzer has.
namespace {
class BoundedSink final : public Sink {
public:
  std::span<std::byte> reserve(size_t Size) override {
    if (Size > (64u << 20))
      return {};
    Room.resize(Size);
    return Room;
  }
  Bytes Room;
};
} // namespace

static void decode(std::span<const std::byte> Entry) {
  auto Header = EntryHeader::decode(Entry);
  if (!Header)
    return;
  // What decodes is what encode() writes.
  auto Again = Header->encode();
  if (!std::ranges::equal(Again, Entry.first(Again.size())))
    std::abort();
  BoundedSink Into;
  auto Info = decodeEntry(Header->Key, Entry, Into);
  if (Info && digestOf(Into.Room) != Info->PayloadDigest)
    std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  auto Input = std::as_bytes(std::span(Data, Size));
  decode(Input);
  if (Size < EntryHeader::Bytes)
    return 0;
  // Once more with the digest put right, so that the fields are reached.
  Bytes Sealed(Input.begin(), Input.end());
  auto Sum = digestOf(Input.first(64)).bytes();
  std::memcpy(&Sealed[64], Sum.data(), Sum.size());
  decode(Sealed);
  return 0;
}
