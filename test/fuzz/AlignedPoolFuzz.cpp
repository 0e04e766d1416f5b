//===- AlignedPoolFuzz.cpp - libFuzzer target for the pool ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The input is a sequence of calls, right ones and wrong ones, to a pool and a
/// cache of it, and of writes to blocks and to headers. A model knows what each
/// call must answer; after damage, the pool may answer with errors, but must
/// neither crash nor give out a block that is in use.
//===----------------------------------------------------------------------===//
#include "hapax/Memory/PoolCache.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

using namespace hapax;

namespace {

constexpr uint64_t Limit = 150;

void require(bool Holds) {
  if (!Holds)
    std::abort();
}

/// The pool and what is known of its blocks.
class Game {
public:
  explicit Game(size_t BlockSize, bool Zeroed)
      : Pool(makePool(BlockSize, Zeroed)), Zeroed(Zeroed) {}

  void play(uint8_t Step, uint8_t Detail) {
    switch (Step % 8) {
    case 0:
    case 1:
      return take(Step & 8);
    case 2:
    case 3:
      return free(Detail, Step & 8);
    case 4: // a block that may have been freed, or a pointer beside it
      return freeAny(Detail, Step & 8);
    case 5:
      return (void)write(Detail);
    case 6:
      return Step & 8 ? damage(Detail, Step) : Cache.flush();
    case 7:
      require(Pool->statistics().InUse <= Limit);
    }
  }

private:
  static std::unique_ptr<AlignedPool> makePool(size_t BlockSize, bool Zeroed) {
    auto Pool = AlignedPool::create({.BlockSize = BlockSize,
                                     .MaxBlocks = Limit,
                                     .ChunkBytes = 4096,
                                     .Zeroed = Zeroed,
                                     .OnLeak = [](const PoolLeaks &) {}});
    require(Pool.has_value());
    return std::move(*Pool);
  }

  void take(bool FromCache) {
    auto Block = FromCache ? Cache.allocate() : Pool->allocate();
    if (!Block) {
      // A cache may hold all that is left.
      require(Damaged ? Block.error() != MemoryError::NoMemory
                      : Block.error() == MemoryError::Exhausted &&
                            InUse.size() + PoolCache::Capacity >= Limit);
      return;
    }
    auto *Bytes = static_cast<std::byte *>(*Block);
    require(Pool->owns(Bytes) && reinterpret_cast<uintptr_t>(Bytes) % 64 == 0);
    if (Zeroed && !Damaged)
      require(std::all_of(Bytes, Bytes + Pool->blockSize(),
                          [](std::byte B) { return B == std::byte(0); }));
    require(InUse.emplace(Bytes, 0).second);
    Known.push_back(Bytes);
  }

  /// One of the blocks in use.
  std::map<std::byte *, uint8_t>::iterator pick(uint8_t Detail) {
    return InUse.empty() ? InUse.end()
                         : std::next(InUse.begin(), Detail % InUse.size());
  }

  void release(std::byte *Block, bool ToCache, bool MustSucceed) {
    auto Done = ToCache ? Cache.deallocate(Block) : Pool->deallocate(Block);
    bool WasInUse = InUse.contains(Block);
    require(Done.has_value() ? WasInUse : !MustSucceed);
    // What could not be freed for damage is never given out again, unless the
    // damage is undone by chance and it is freed then.
    if (Done)
      InUse.erase(Block);
  }

  void free(uint8_t Detail, bool ToCache) {
    auto At = pick(Detail);
    if (At == InUse.end())
      return;
    if (!Damaged)
      require(std::all_of(
          At->first, At->first + Pool->blockSize(), [&](std::byte B) {
            return B == std::byte(At->second) || (!Zeroed && At->second == 0);
          }));
    release(At->first, ToCache, !Damaged);
  }

  void freeAny(uint8_t Detail, bool ToCache) {
    if (Known.empty())
      return;
    std::byte *Block = Known[Detail % Known.size()];
    if (Detail & 0x80)
      Block += ptrdiff_t(Detail & 0x7f) * 16 - 512;
    release(Block, ToCache, InUse.contains(Block) && !Damaged);
  }

  void write(uint8_t Value) {
    if (auto At = pick(Value); At != InUse.end()) {
      std::memset(At->first, Value, Pool->blockSize());
      At->second = Value;
    }
  }

  /// Changes a byte of a header that was in use.
  void damage(uint8_t Detail, uint8_t Step) {
    if (Known.empty())
      return;
    Known[Detail % Known.size()][-1 - (Step >> 2)] ^= std::byte(Detail | 1);
    Damaged = true;
  }

  std::unique_ptr<AlignedPool> Pool;
  const bool Zeroed;
  PoolCache Cache{*Pool};
  bool Damaged = false;
  /// Each block in use, and the byte that fills it.
  std::map<std::byte *, uint8_t> InUse;
  std::vector<std::byte *> Known;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  if (Size < 2)
    return 0;
  Game G(1 + Data[0] * 4, Data[1] & 1);
  for (size_t I = 2; I + 1 < Size; I += 2)
    G.play(Data[I], Data[I + 1]);
  return 0;
}
