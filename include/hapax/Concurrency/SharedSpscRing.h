//===- SharedSpscRing.h - A ring between two processes ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: SpscRing in memory that two processes map, neither of which needs
/// to trust the other: whatever the peer writes there, and whenever, must not
/// make us read or write outside the ring, loop, or use a value that changed
/// after it was checked.
///
/// Idea: the protocol of SpscRing, with three differences. An endpoint keeps
/// its own index, and what it last saw of the peer's, in its own memory; shared
/// memory holds copies for the peer to read. An index of the peer's counts only
/// if it lies between the last one seen and what the ring can hold; otherwise
/// the endpoint is broken, says so, and touches the ring no more. And values
/// are trivially copyable and are copied exactly once, into the caller's
/// memory, where they may then be checked.
///
/// Invariant (at an endpoint, whatever the peer does): the cells that it
/// touches have indices masked to the capacity that it was made with; the
/// number of values it takes or puts before it looks again is at most the
/// capacity.
///
/// Cost: that of SpscRing; one comparison more when the peer's index is read.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CONCURRENCY_SHAREDSPSCRING_H
#define HAPAX_CONCURRENCY_SHAREDSPSCRING_H

#include "hapax/Concurrency/CellArray.h"
#include <span>

namespace hapax {

/// Why a ring cannot be used any more.
enum class RingFault : uint8_t {
  BadIndex, ///< The peer's index is none that an honest peer writes.
};

/// A ring of \p T in memory of the caller's, with an endpoint on each side.
/// Both sides are made with the same capacity, which they agree on by other
/// means: nothing about it is read from the shared memory.
template <typename T, typename Atomics = StdAtomics> class SharedSpscRing {
  static_assert(std::is_trivially_copyable_v<T>);
  using Index = typename Atomics::template Atomic<uint64_t>;
  using Cell = typename Atomics::template Cell<T>;

  // How the memory is laid out; the cells follow.
  struct Indices {
    alignas(FalseSharingRange) Index Tail{Atomics::FirstIndex};
    alignas(FalseSharingRange) Index Head{Atomics::FirstIndex};
  };

public:
  /// What the memory must be aligned to.
  static constexpr size_t Alignment = std::max(alignof(Indices), alignof(Cell));

  /// Bytes that a ring of \p Capacity values takes, a power of two within the
  /// policy's bounds; 0 for any other capacity.
  static constexpr size_t bytesFor(size_t Capacity) {
    if (!isCapacity<Atomics>(Capacity))
      return 0;
    return cellsOffset() + Capacity * sizeof(Cell);
  }

  /// Builds an empty ring in \p Memory, before the peer sees it. Fails with a
  /// one-line message when capacity, size or alignment do not fit.
  static std::expected<void, std::string>
  initialise(std::span<std::byte> Memory, size_t Capacity) {
    if (auto Fits = check(Memory, Capacity); !Fits)
      return Fits;
    std::construct_at(indices(Memory));
    std::uninitialized_default_construct_n(cells(Memory), Capacity);
    return {};
  }

  /// What the two endpoints have in common. Movable; used by one thread at a
  /// time. Does not own the memory, which must outlive it.
  class Endpoint {
  public:
    Endpoint(Endpoint &&) = default;
    Endpoint &operator=(Endpoint &&) = default;

    size_t capacity() const { return Mask + 1; }
    /// Whether the peer has been caught; every call then fails.
    bool isBroken() const { return Broken; }

  protected:
    Endpoint(std::span<std::byte> Memory, size_t Capacity)
        : Shared(indices(Memory)), Cells(cells(Memory)), Mask(Capacity - 1) {}

    Cell &cell(uint64_t At) { return Cells[At & Mask]; }

    /// Takes over the peer's index \p New, which must be the last one seen or
    /// one of the \p Ahead behind it.
    std::expected<void, RingFault> see(uint64_t New, uint64_t Ahead) {
      if (New - Seen > Ahead) {
        Broken = true;
        return std::unexpected(RingFault::BadIndex);
      }
      Seen = New;
      return {};
    }

    Indices *Shared;
    Cell *Cells;
    size_t Mask;
    /// Our own index, and the peer's as we last saw it.
    uint64_t Mine = Atomics::FirstIndex;
    uint64_t Seen = Atomics::FirstIndex;
    bool Broken = false;
  };

  /// The side that pushes.
  class Producer : public Endpoint {
  public:
    /// The producer of a ring that nothing has been pushed to yet.
    static std::expected<Producer, std::string>
    attach(std::span<std::byte> Memory, size_t Capacity) {
      if (auto Fits = check(Memory, Capacity); !Fits)
        return std::unexpected(std::move(Fits.error()));
      return Producer(Memory, Capacity);
    }

    /// Appends a copy of \p Value; false when the ring is full.
    std::expected<bool, RingFault> tryPush(const T &Value) {
      if (this->Broken)
        return std::unexpected(RingFault::BadIndex);
      if (this->Mine - this->Seen == this->capacity()) {
        // An honest consumer is at most where we are.
        uint64_t Head = this->Shared->Head.load(std::memory_order_acquire);
        if (auto Good = this->see(Head, this->Mine - this->Seen); !Good)
          return std::unexpected(Good.error());
        if (this->Mine - this->Seen == this->capacity())
          return false;
      }
      this->cell(this->Mine).construct(Value);
      ++this->Mine;
      this->Shared->Tail.store(this->Mine, std::memory_order_release);
      return true;
    }

  private:
    using Endpoint::Endpoint;
  };

  /// The side that pops.
  class Consumer : public Endpoint {
  public:
    /// The consumer of a ring that nothing has been popped from yet.
    static std::expected<Consumer, std::string>
    attach(std::span<std::byte> Memory, size_t Capacity) {
      if (auto Fits = check(Memory, Capacity); !Fits)
        return std::unexpected(std::move(Fits.error()));
      return Consumer(Memory, Capacity);
    }

    /// Copies the oldest value to \p Into; false when the ring is empty. The
    /// peer decides what the bytes are: check them there.
    std::expected<bool, RingFault> tryPop(T &Into) {
      if (this->Broken)
        return std::unexpected(RingFault::BadIndex);
      if (this->Mine == this->Seen) {
        // An honest producer is at most one round ahead of us.
        uint64_t Tail = this->Shared->Tail.load(std::memory_order_acquire);
        if (auto Good = this->see(Tail, this->capacity()); !Good)
          return std::unexpected(Good.error());
        if (this->Mine == this->Seen)
          return false;
      }
      // The one copy: behind the releasing store the compiler cannot go back to
      // the cell for it.
      Into = this->cell(this->Mine).value();
      this->cell(this->Mine).destroy();
      ++this->Mine;
      this->Shared->Head.store(this->Mine, std::memory_order_release);
      return true;
    }

  private:
    using Endpoint::Endpoint;
  };

private:
  static constexpr size_t cellsOffset() {
    return (sizeof(Indices) + alignof(Cell) - 1) / alignof(Cell) *
           alignof(Cell);
  }
  static Indices *indices(std::span<std::byte> Memory) {
    return reinterpret_cast<Indices *>(Memory.data());
  }
  static Cell *cells(std::span<std::byte> Memory) {
    return reinterpret_cast<Cell *>(Memory.data() + cellsOffset());
  }

  static std::expected<void, std::string> check(std::span<std::byte> Memory,
                                                size_t Capacity) {
    if (std::string Fault = capacityFault<Atomics>(Capacity); !Fault.empty())
      return std::unexpected(std::move(Fault));
    if (Memory.size() < bytesFor(Capacity))
      return std::unexpected("a ring of capacity " + std::to_string(Capacity) +
                             " needs " + std::to_string(bytesFor(Capacity)) +
                             " bytes, not " + std::to_string(Memory.size()));
    if (reinterpret_cast<uintptr_t>(Memory.data()) % Alignment != 0)
      return std::unexpected("a ring must lie at a multiple of " +
                             std::to_string(Alignment) + " bytes");
    return {};
  }
};

} // namespace hapax

#endif // HAPAX_CONCURRENCY_SHAREDSPSCRING_H
