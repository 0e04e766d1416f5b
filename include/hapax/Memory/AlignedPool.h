//===- AlignedPool.h - Blocks of one size for many threads ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Blocks of one size, each beginning on a cache line, allocated and freed by
/// any thread without a lock. Misuse is an error value: the pool never follows
/// a pointer or a link that it has not checked.
///
/// Layout. The pool reserves addresses for its limit at once and asks for the
/// memory itself chunk by chunk, as blocks are first needed. So a block's
/// number is a division of its address, and one comparison tells a foreign
/// pointer. The stride of blocks is a multiple of 64:
///
///    0  header   64  front guard, link and note (IndexPool.h), unused, back
///                    guard
///   64  block        the block size, rounded up to a multiple of 64
///   64 + size        the next header
///
/// What is found, and when. deallocate() looks at the block's header and at the
/// front guard of the header behind it, allocate() at the header of the block
/// that it is about to give: writes in front of a block and past its end show
/// there. An overrun that writes nothing but zeros is found when the block that
/// it ran into is allocated or freed, not before. A block with a damaged header
/// is never given out again. What cannot be found: a block that is freed twice
/// with an allocation of the same block in between, and writes to a block that
/// stay in its bounds but come after it was freed (builds with AddressSanitizer
/// find those: free blocks are poisoned).
///
/// Cost. See IndexPool.h; system calls only for a new chunk. Zeroing a block
/// costs as much as memset() does; a block's first use needs none, its pages
/// are new. The header takes 64 bytes a block.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MEMORY_ALIGNEDPOOL_H
#define HAPAX_MEMORY_ALIGNEDPOOL_H

#include "hapax/Memory/IndexPool.h"
#include "hapax/Memory/MemoryError.h"
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace hapax {

/// Blocks that were not freed before their pool was destroyed.
struct PoolLeaks {
  std::string_view PoolName;
  size_t BlockSize;
  /// Number of blocks; Examples has the first few of them.
  uint64_t Blocks;
  std::span<const void *const> Examples;
};

struct AlignedPoolOptions {
  /// Bytes of a block, 1 to 1 GiB.
  size_t BlockSize = 0;
  /// The most blocks at one time, 1 to 2^31; their memory at most 64 TiB.
  uint64_t MaxBlocks = 0;
  /// What the pool grows by, in bytes; rounded up to whole pages.
  size_t ChunkBytes = size_t(1) << 20;
  /// Give out zeroed blocks. Without, a block holds what it held when it was
  /// freed. Measured in bench/PoolBench.cpp, in cache, through a PoolCache:
  /// with zeroing, allocating and freeing takes 1.1 times as long at 64
  /// bytes, 1.25 at 1 KiB, 3.5 at 4 KiB.
  bool Zeroed = true;
  /// For reports.
  std::string Name = "pool";
  /// Called by the destructor if there are leaks. By default they are written
  /// to standard error, in one line.
  std::function<void(const PoolLeaks &)> OnLeak = {};
};

/// All counts may be slightly old when other threads work.
struct AlignedPoolStatistics {
  uint64_t InUse;
  /// Free, having been in use before; those in caches of threads included, and
  /// those that were given up with a lost link.
  uint64_t Free;
  /// Out of service since their header was damaged.
  uint64_t Retired;
  /// The most blocks that were ever in use or in caches at one time.
  uint64_t HighWater;
  uint64_t CommittedBytes;
  uint64_t ReservedBytes;
  /// Calls that failed, by what was wrong.
  uint64_t Exhausted;
  uint64_t NoMemory;
  uint64_t InvalidFrees; ///< Foreign, NotABlock
  uint64_t DoubleFrees;
  uint64_t Corrupt;
};

/// A pool of blocks. All member functions but the destructor may be called by
/// any thread. Allocating and freeing never blocks another thread's.
class AlignedPool {
public:
  static constexpr size_t Alignment = 64;

  /// Reserves addresses; no memory yet. Fails with BadOptions, NoMemory.
  static std::expected<std::unique_ptr<AlignedPool>, MemoryError>
  create(AlignedPoolOptions Options);

  AlignedPool(const AlignedPool &) = delete;
  AlignedPool &operator=(const AlignedPool &) = delete;
  /// Reports leaks and gives all memory back, leaked blocks included. No other
  /// call may be running, no PoolCache of this pool may be left.
  ~AlignedPool();

  /// blockSize() bytes, aligned to 64. Fails with Exhausted, with NoMemory, and
  /// with Corrupt when the header of a free block was overwritten: that block
  /// is retired (if its link is lost: with all that were free), and the next
  /// call may succeed.
  std::expected<void *, MemoryError> allocate();

  /// Frees what allocate() gave. Fails with Foreign, NotABlock, DoubleFree,
  /// then nothing has changed; with Corrupt when the header of the block or of
  /// the one behind it was overwritten: then the block is retired.
  std::expected<void, MemoryError> deallocate(void *Block);

  /// Whether the address lies in a block that this pool has given out at some
  /// time (its header does not count).
  bool owns(const void *Address) const;

  /// Bytes of a block that may be used: the size asked for, rounded up to a
  /// multiple of 64.
  size_t blockSize() const { return Stride - HeaderBytes; }
  uint64_t maxBlocks() const { return Limit; }
  bool isZeroed() const { return Zeroed; }

  /// Looks at every block that was ever in use; slow.
  AlignedPoolStatistics statistics() const;

private:
  friend class PoolCache;

  static constexpr size_t HeaderBytes = 64;

  /// In front of every block; zero until the block is first used.
  struct Header {
    uint64_t Front;
    std::atomic<uint64_t> Link;
    std::atomic<uint32_t> Ahead;
    uint32_t Unused[9];
    uint64_t Back;
  };
  static_assert(sizeof(Header) == HeaderBytes &&
                std::atomic<uint64_t>::is_always_lock_free);

  /// Where IndexPool finds its words: see there.
  struct Slots {
    AlignedPool *Pool;
    std::atomic<uint64_t> &link(uint32_t Index) const {
      return Pool->header(Index).Link;
    }
    bool prepare(uint32_t Count) const { return Pool->commit(Count); }
    void noteAhead(uint32_t Index, uint32_t Ahead) const {
      Pool->header(Index).Ahead.store(Ahead, std::memory_order_relaxed);
    }
    void prefetchAhead(uint32_t Index) const {
      uint32_t Ahead =
          Pool->header(Index).Ahead.load(std::memory_order_relaxed);
      if (Ahead < Pool->Limit)
        __builtin_prefetch(&Pool->header(Ahead), /*rw=*/1);
    }
  };
  using Indices = IndexPool<StdAtomics, Slots>;

  AlignedPool(AlignedPoolOptions Options, std::byte *Base, size_t Stride,
              size_t Reserved);

  Header &header(uint32_t Index) const {
    return *reinterpret_cast<Header *>(Base + Index * Stride);
  }
  std::byte *block(uint32_t Index) const {
    return Base + Index * Stride + HeaderBytes;
  }
  // Those that are inline are defined in BlockChecks.h, which is not installed.
  /// The block that begins at the address; Foreign, NotABlock.
  inline std::expected<uint32_t, MemoryError> indexOf(const void *Block) const;
  inline uint32_t strideOf(size_t Offset) const;
  inline uint64_t guard(const Header &H) const;
  inline bool isSound(const Header &H) const;
  inline bool isSoundBehind(uint32_t Index) const;
  bool commit(uint32_t Count);
  /// Sets the guards of a block that was never handed out.
  void begin(uint32_t Index);
  /// Makes a block that is in use from now on ready for its user. False: its
  /// header is damaged, and it is retired.
  inline bool open(TakenSlot Slot);
  /// Checks a block that its user gives back.
  inline std::expected<uint32_t, MemoryError> close(void *Block);
  MemoryError failed(MemoryError Error) const;

  std::byte *const Base;
  const size_t Stride;
  /// ceil(2^64 / (Stride / 64)): division by the stride as a multiplication.
  const uint64_t Reciprocal;
  const size_t Reserved;
  const size_t ChunkBytes;
  const uint32_t Limit;
  const bool Zeroed;
  const uint64_t Secret;
  const std::string Name;
  const std::function<void(const PoolLeaks &)> OnLeak;
  std::atomic<size_t> Committed = 0;
  mutable std::atomic<uint64_t> Exhausted = 0, NoMemory = 0, InvalidFrees = 0,
                                DoubleFrees = 0, Corrupt = 0;
  Indices Free;
};

} // namespace hapax

#endif // HAPAX_MEMORY_ALIGNEDPOOL_H
