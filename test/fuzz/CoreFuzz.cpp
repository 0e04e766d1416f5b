//===- CoreFuzz.cpp - libFuzzer target for the core -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The input is a sequence of calls; each is made on the core's object and on
/// its naive model, and the two must agree.
//===----------------------------------------------------------------------===//
#include "../core/BufferCheck.h"
#include "../core/ResourceCheck.h"
#include <cstdlib>
#include <cstring>

using namespace hapax;
using namespace hapax::test;

namespace {
/// Takes numbers off the input; zeros once that is used up.
class Input {
public:
  Input(const uint8_t *Data, size_t Size) : Data(Data), Left(Size) {}
  template <typename T> T take() {
    T Value = 0;
    size_t Size = std::min(Left, sizeof(Value));
    std::memcpy(&Value, Data, Size);
    Data += Size;
    Left -= Size;
    return Value;
  }
  uint8_t byte() { return take<uint8_t>(); }
  /// Small, or anything.
  uint64_t number() {
    uint8_t Small = byte();
    return Small < 250 ? Small : take<uint64_t>();
  }
  bool empty() const { return !Left; }

private:
  const uint8_t *Data;
  size_t Left;
};
} // namespace

static void require(bool Good) {
  if (!Good)
    std::abort();
}

static void buffers(Input In) {
  BufferCheck Check(In.byte());
  std::byte SourceMemory[BufferCheck::MaxRun];
  for (unsigned I = 0; I != std::size(SourceMemory); ++I)
    SourceMemory[I] = std::byte(I);
  SafeBuffer Source(SourceMemory);
  Source.reserve(In.byte() % (BufferCheck::MaxRun + 1));
  while (!In.empty()) {
    uint8_t Call = In.byte() % 9;
    uint64_t Offset = In.number();
    size_t Run = In.byte() % (BufferCheck::MaxRun + 1);
    auto Value = std::byte(In.byte());
    std::span<const std::byte> From = std::span(SourceMemory).first(Run);
    switch (Call) {
    case 0:
      require(Check.write(Value));
      break;
    case 1:
      require(Check.set(Offset, Value));
      break;
    case 2:
      require(Check.writeMany(Offset, From));
      break;
    case 3:
      require(Check.reserve(In.number()));
      break;
    case 4:
      require(Check.copy(Offset, Source, In.number(), In.number()));
      break;
    case 5:
      require(Check.get(Offset));
      break;
    case 6:
      require(Check.read(Offset, Run));
      break;
    case 7:
      require(Check.slice(Offset, In.number()));
      break;
    case 8:
      require(Check.clear());
      break;
    }
  }
}

static void resources(Input In) {
  ResourceCheck Check(In.byte() % 8);
  while (!In.empty()) {
    uint8_t Call = In.byte() % 5;
    int64_t Now = In.take<int16_t>(), Expires = In.take<int16_t>();
    if (Expires == -1)
      Expires = ResourceTable::NoLease;
    auto &Given = Check.handles();
    uint8_t Which = In.byte();
    HapaxHandle H = Which < Given.size()
                        ? Given[Which]
                        : HapaxHandle{In.number(), uint32_t(In.number())};
    switch (Call) {
    case 0:
      require(Check.acquire(Now, Expires));
      break;
    case 1:
      require(Check.retain(H));
      break;
    case 2:
      require(Check.release(H, Now));
      break;
    case 3:
      require(Check.renew(H, Now, Expires));
      break;
    case 4:
      require(Check.expire(H, Now));
      break;
    }
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  buffers(Input(Data, Size));
  resources(Input(Data, Size));
  return 0;
}
