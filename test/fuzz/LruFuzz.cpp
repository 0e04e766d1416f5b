//===- LruFuzz.cpp - libFuzzer target for the LRU cache ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "../core/LruModel.h"
#include <cstdio>

using namespace hapax;

/// Two bytes make one operation; after each the cache is compared with its
/// model.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  if (Size == 0)
    return 0;
  uint32_t Capacity = 1 + Data[0] % 8;
  LruPair Pair(Capacity, {Capacity, 64});
  std::vector<LruKey> Keys;
  for (uint64_t I = 0; I != 16; ++I)
    Keys.push_back({I & 1, I / 2 % 4 << 40 | I / 8 << 31});
  for (size_t I = 1; I + 1 < Size; I += 2) {
    const LruKey &Key = Keys[Data[I] >> 4];
    uint8_t Value = Data[I + 1];
    switch (Data[I] & 15) {
    default:
      Pair.insert(Key, Value % 48);
      break;
    case 0 ... 3:
      Pair.use(Key);
      break;
    case 4:
      Pair.remove(Key);
      break;
    case 5:
      Pair.pin(Key);
      break;
    case 6 ... 7:
      Pair.unpin(Key);
      break;
    case 8:
      Pair.setLimits({Value % 10u, Value});
      break;
    case 9:
      Value == 0 ? Pair.clear() : Pair.insert(Key, UINT64_MAX - Value);
      break;
    }
    Pair.compare(Keys);
    if (!Pair.fault().empty()) {
      std::fprintf(stderr, "differs from the model: %s\n",
                   Pair.fault().c_str());
      std::abort();
    }
  }
  return 0;
}
