//===- SharedRingFuzz.cpp - libFuzzer target for hostile peers --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The input is what a hostile peer does between the calls of honest endpoints:
/// it writes bytes of its choice anywhere in the shared memory. The endpoints
/// must stay inside it (AddressSanitizer watches), never hand out more values
/// than the peer's index allowed, and stay broken once they are.
//===----------------------------------------------------------------------===//
#include "hapax/Concurrency/SharedSpscRing.h"
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace {

using Ring = hapax::SharedSpscRing<uint64_t>;
constexpr size_t Capacity = 8;

struct alignas(Ring::Alignment) Memory {
  std::byte Bytes[Ring::bytesFor(Capacity)];
};

void require(bool Holds) {
  if (!Holds)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  // On the heap: an overrun ends in the sanitizer's red zone.
  auto M = std::make_unique<Memory>();
  require(Ring::initialise(M->Bytes, Capacity).has_value());
  auto From = *Ring::Producer::attach(M->Bytes, Capacity);
  auto To = *Ring::Consumer::attach(M->Bytes, Capacity);
  size_t PoppedInARow = 0;
  // Each step is one byte, a write two numbers more.
  for (const uint8_t *End = Data + Size; Data != End;) {
    uint8_t Step = *Data++;
    switch (Step % 4) {
    case 0: {
      bool Was = From.isBroken();
      auto Done = From.tryPush(Step);
      require(Done.has_value() == !From.isBroken());
      require(!Was || !Done);
      PoppedInARow = 0;
      break;
    }
    case 1: {
      bool Was = To.isBroken();
      uint64_t Value;
      auto Done = To.tryPop(Value);
      require(Done.has_value() == !To.isBroken());
      require(!Was || !Done);
      PoppedInARow = Done && *Done ? PoppedInARow + 1 : 0;
      // Without a push or a write in between: what is left of an index seen
      // before, and at most one ring full when it looks again.
      require(PoppedInARow < 2 * Capacity);
      break;
    }
    default:
      if (End - Data < 10)
        return 0;
      uint16_t Where;
      uint64_t What;
      std::memcpy(&Where, Data, sizeof(Where));
      std::memcpy(&What, Data + 2, sizeof(What));
      Data += 10;
      // Most writes go where they hurt: the two indices.
      size_t At = Step & 4   ? Where % (sizeof(M->Bytes) - 7)
                  : Step & 8 ? 0
                             : hapax::FalseSharingRange;
      if (Step & 16)
        What %= 32;
      std::memcpy(M->Bytes + At, &What, sizeof(What));
      PoppedInARow = 0;
    }
  }
  return 0;
}
