//===- AlignedPool.cpp - Blocks of one size for many threads ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Memory/AlignedPool.h"

#include "BlockChecks.h"
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

using namespace hapax;

namespace {

constexpr size_t MaxBlockSize = size_t(1) << 30;
/// Offsets in lines times lines of a stride stay below 2^64: see strideOf().
constexpr size_t MaxReserved = size_t(1) << 46;

size_t roundUp(size_t Size, size_t To) { return (Size + To - 1) / To * To; }

size_t pageSize() {
  static const size_t Size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return Size;
}

/// Differs from pool to pool, so that the header of one does not pass in
/// another, or in a later one at the same address. Nothing secret to an
/// attacker.
uint64_t makeSecret(const void *Base) {
  static std::atomic<uint64_t> Count = 0;
  uint64_t Mix =
      Count.fetch_add(1, std::memory_order_relaxed) ^
      reinterpret_cast<uintptr_t>(Base) ^
      static_cast<uint64_t>(
          std::chrono::steady_clock::now().time_since_epoch().count());
  // Finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
  Mix = (Mix ^ (Mix >> 30)) * 0xbf58476d1ce4e5b9;
  Mix = (Mix ^ (Mix >> 27)) * 0x94d049bb133111eb;
  return Mix ^ (Mix >> 31);
}

void count(std::atomic<uint64_t> &Counter) {
  Counter.fetch_add(1, std::memory_order_relaxed);
}

void printLeaks(const PoolLeaks &Leaks) {
  std::fprintf(stderr,
               "hapax: %.*s: %llu blocks of %zu bytes were never freed, the "
               "first at %p\n",
               static_cast<int>(Leaks.PoolName.size()), Leaks.PoolName.data(),
               static_cast<unsigned long long>(Leaks.Blocks), Leaks.BlockSize,
               Leaks.Examples.front());
}

} // namespace

std::expected<std::unique_ptr<AlignedPool>, MemoryError>
AlignedPool::create(AlignedPoolOptions Options) {
  if (Options.BlockSize == 0 || Options.BlockSize > MaxBlockSize ||
      Options.MaxBlocks == 0 || Options.MaxBlocks > Indices::MaxLimit ||
      Options.ChunkBytes == 0 || Options.ChunkBytes > MaxReserved)
    return std::unexpected(MemoryError::BadOptions);
  size_t Stride = HeaderBytes + roundUp(Options.BlockSize, Alignment);
  if (Options.MaxBlocks > MaxReserved / Stride)
    return std::unexpected(MemoryError::BadOptions);
  size_t Reserved = roundUp(Options.MaxBlocks * Stride, pageSize());
  void *Base = mmap(nullptr, Reserved, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (Base == MAP_FAILED)
    return std::unexpected(MemoryError::NoMemory);
  return std::unique_ptr<AlignedPool>(new AlignedPool(
      std::move(Options), static_cast<std::byte *>(Base), Stride, Reserved));
}

AlignedPool::AlignedPool(AlignedPoolOptions Options, std::byte *Base,
                         size_t Stride, size_t Reserved)
    : Base(Base), Stride(Stride),
      // Stride is at least two lines, so this fits.
      Reciprocal(~uint64_t(0) / (Stride / Alignment) + 1), Reserved(Reserved),
      ChunkBytes(roundUp(Options.ChunkBytes, pageSize())),
      Limit(static_cast<uint32_t>(Options.MaxBlocks)), Zeroed(Options.Zeroed),
      Secret(makeSecret(Base)), Name(std::move(Options.Name)),
      OnLeak(Options.OnLeak ? std::move(Options.OnLeak) : printLeaks),
      Free(Slots{this}, Limit, Secret) {}

AlignedPool::~AlignedPool() {
  std::array<const void *, 8> Examples;
  uint64_t Leaked = 0;
  for (uint32_t I = 0, E = Free.begun(); I != E; ++I)
    if (Free.state(I) == Indices::SlotState::InUse) {
      if (Leaked < Examples.size())
        Examples[Leaked] = block(I);
      ++Leaked;
    }
  if (Leaked != 0)
    OnLeak({Name, blockSize(), Leaked,
            std::span(Examples).first(
                std::min<uint64_t>(Leaked, Examples.size()))});
  unpoison(Base, Committed.load(std::memory_order_relaxed));
  munmap(Base, Reserved);
}

std::expected<void *, MemoryError> AlignedPool::allocate() {
  auto Slot = Free.take();
  if (!Slot)
    return std::unexpected(failed(Slot.error()));
  if (Slot->IsFresh)
    begin(Slot->Index);
  if (!open(*Slot))
    return std::unexpected(failed(MemoryError::Corrupt));
  return block(Slot->Index);
}

std::expected<void, MemoryError> AlignedPool::deallocate(void *Block) {
  auto Index = close(Block);
  if (!Index)
    return std::unexpected(failed(Index.error()));
  if (auto Done = Free.giveToCache(*Index); !Done)
    return std::unexpected(failed(Done.error()));
  poison(Block, blockSize());
  Free.giveFromCache({{{*Index, false}}});
  return {};
}

void AlignedPool::begin(uint32_t Index) {
  Header &H = header(Index);
  writeGuard(H.Front, guard(H));
  writeGuard(H.Back, ~guard(H));
}

bool AlignedPool::owns(const void *Address) const {
  size_t Offset =
      reinterpret_cast<uintptr_t>(Address) - reinterpret_cast<uintptr_t>(Base);
  if (Offset >= Reserved)
    return false;
  uint32_t Index = strideOf(Offset);
  return Index < Free.begun() && Offset - Index * Stride >= HeaderBytes;
}

bool AlignedPool::commit(uint32_t Count) {
  size_t Needed = Count * Stride;
  size_t Before = Committed.load(std::memory_order_relaxed);
  if (Needed <= Before)
    return true;
  // Several threads may get here for the same chunk: the call is the same for
  // all of them, and does nothing the second time.
  size_t After = std::min(roundUp(Needed, ChunkBytes), Reserved);
  if (mprotect(Base + Before, After - Before, PROT_READ | PROT_WRITE) != 0)
    return false;
  while (Before < After && !Committed.compare_exchange_weak(
                               Before, After, std::memory_order_relaxed,
                               std::memory_order_relaxed))
    continue;
  return true;
}

MemoryError AlignedPool::failed(MemoryError Error) const {
  switch (Error) {
  case MemoryError::Exhausted:
    count(Exhausted);
    break;
  case MemoryError::NoMemory:
    count(NoMemory);
    break;
  case MemoryError::Foreign:
  case MemoryError::NotABlock:
    count(InvalidFrees);
    break;
  case MemoryError::DoubleFree:
    count(DoubleFrees);
    break;
  case MemoryError::Corrupt:
    count(Corrupt);
    break;
  case MemoryError::BadOptions:
  case MemoryError::TooLarge:
    break;
  }
  return Error;
}

AlignedPoolStatistics AlignedPool::statistics() const {
  AlignedPoolStatistics S = {};
  S.HighWater = Free.begun();
  for (uint32_t I = 0; I != S.HighWater; ++I)
    switch (Free.state(I)) {
    case Indices::SlotState::Starting:
    case Indices::SlotState::InUse:
      ++S.InUse;
      break;
    case Indices::SlotState::Cached:
    case Indices::SlotState::Free:
      ++S.Free;
      break;
    case Indices::SlotState::Retired:
    case Indices::SlotState::Damaged:
      ++S.Retired;
      break;
    }
  S.CommittedBytes = Committed.load(std::memory_order_relaxed);
  S.ReservedBytes = Reserved;
  S.Exhausted = Exhausted.load(std::memory_order_relaxed);
  S.NoMemory = NoMemory.load(std::memory_order_relaxed);
  S.InvalidFrees = InvalidFrees.load(std::memory_order_relaxed);
  S.DoubleFrees = DoubleFrees.load(std::memory_order_relaxed);
  S.Corrupt = Corrupt.load(std::memory_order_relaxed);
  return S;
}
