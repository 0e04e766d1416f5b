//===- ProtocolFuzz.cpp - libFuzzer target for hostile clients --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The input is what a client puts into its ring of requests: descriptors,
/// most of them mended where they must be right for the next step to be
/// reached. Whatever the server accepts must lie within the arena, and what it
/// is to do next must be as the protocol says.
//===----------------------------------------------------------------------===//
#include "RequestChecker.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace hapax;

namespace {

constexpr uint64_t FirstId = 17, Arena = 65536;

void require(bool Holds) {
  if (!Holds)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  RequestChecker Checker(FirstId, Arena);
  uint64_t NextId = FirstId;
  size_t InBatch = 0;
  // A byte that says what to mend, then a descriptor.
  while (Size > sizeof(RequestDescriptor)) {
    uint8_t Mend = *Data;
    RequestDescriptor R;
    std::memcpy(&R, Data + 1, sizeof(R));
    Data += 1 + sizeof(R);
    Size -= 1 + sizeof(R);
    if (Mend & 1)
      R.Id = NextId;
    if (Mend & 2)
      R.What = Operation(1 + uint8_t(R.What) % uint8_t(LastOperation));
    if (Mend & 4) {
      R.SlotOffset %= Arena + 2;
      R.SlotBytes %= Arena + 2;
    }
    if (Mend & 8)
      R.Zero = R.Index = R.Count = R.WantsLease = 0;
    if (Mend & 16) {
      R.Index = uint16_t(InBatch);
      R.Count %= 8;
    }
    auto Done = Checker.accept(R);
    if (!Done)
      return 0;
    require(R.Id == NextId);
    ++NextId;
    bool IsBatch = R.What == Operation::GetMany;
    InBatch = IsBatch ? InBatch + 1 : 0;
    require(*Done == (!IsBatch || InBatch == R.Count));
    auto Todo = Checker.todo();
    require(!Todo.empty() && Todo.size() <= MaxBatch);
    require(Todo.size() == std::max<size_t>(InBatch, 1));
    for (const RequestDescriptor &T : Todo) {
      require(uint8_t(T.What) >= 1 && T.What <= LastOperation);
      require(T.SlotOffset <= Arena && T.SlotBytes <= Arena - T.SlotOffset);
      require(T.SlotOffset == Todo[0].SlotOffset &&
              T.SlotBytes == Todo[0].SlotBytes && T.What == Todo[0].What);
    }
    if (*Done)
      InBatch = 0;
  }
  return 0;
}
