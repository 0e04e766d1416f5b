//===- Atomics.h - What lock-free code is written against -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The policy through which every lock-free template of the runtime touches
/// memory that threads share. StdAtomics, the default, is the C++ standard
/// library and compiles to nothing beyond it. test/modelcheck has a second
/// policy with the same names; under it the very same templates run inside an
/// explorer of all interleavings and of the weak behaviours that the orders
/// allow.
///
/// A policy has:
///  - Atomic<T>: std::atomic<T>, of which load, store, exchange,
///    compare_exchange_weak/strong, fetch_add, fetch_sub, fetch_or and
///    fetch_and are used, always with explicit orders (std::memory_order_...).
///    seq_cst is for fences alone: the explorer refuses it on accesses.
///  - Plain<T>: a variable that is not atomic, though threads hand it to each
///    other. The explorer reports a data race on it.
///  - Cell<T>: raw storage for one T whose life begins and ends under the
///    owner's control. The explorer reports races, reads of what was never
///    constructed, and values constructed twice.
///  - fence(), waitForPeer(), allocate() and deallocate(), futexWait() and
///    futexWake(), the constants MinCapacity, MaxCapacity, FirstIndex and
///    HazardSlots.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CONCURRENCY_ATOMICS_H
#define HAPAX_CONCURRENCY_ATOMICS_H

#include "hapax/Concurrency/Futex.h"
#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <thread>
#include <type_traits>
#include <utility>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hapax {

/// Large blocks begin at a page, so that they share none with anything else.
inline constexpr size_t PageBytes = 4096;

/// Bytes between what different threads write. Two lines of 64 bytes, since
/// x86 processors fetch lines in pairs.
inline constexpr size_t FalseSharingRange = 128;

/// The C++ standard library as an Atomics policy.
struct StdAtomics {
  template <typename T> using Atomic = std::atomic<T>;

  /// A variable that is not atomic. Reads and writes of different threads must
  /// be ordered by something else.
  template <typename T> class Plain {
  public:
    Plain() = default;
    explicit Plain(T Value) : Value(std::move(Value)) {}
    Plain(const Plain &) = delete;
    Plain &operator=(const Plain &) = delete;

    const T &read() const { return Value; }
    void write(T New) { Value = std::move(New); }

  private:
    T Value{};
  };

  /// Storage for one T. Not constructed at first; what is left in it at the
  /// end is not destroyed. Exactly one thread uses a cell at a time.
  template <typename T> class Cell {
  public:
    Cell() = default;
    Cell(const Cell &) = delete;
    Cell &operator=(const Cell &) = delete;

    /// Begins the life of the value. The cell must be empty.
    template <typename... Args> void construct(Args &&...Arguments) {
      std::construct_at(reinterpret_cast<T *>(Storage),
                        std::forward<Args>(Arguments)...);
    }
    /// The value, for reading and writing. The cell must hold one.
    T &value() { return *std::launder(reinterpret_cast<T *>(Storage)); }
    /// Ends the life of the value. The cell must hold one.
    void destroy() { std::destroy_at(&value()); }

  private:
    alignas(T) std::byte Storage[sizeof(T)];
  };

  static void fence(std::memory_order Order) {
    std::atomic_thread_fence(Order);
  }

  /// Called in a loop that has only read since it began and that can go on only
  /// when another thread has done its next few instructions. \p Round counts
  /// the calls from 0: first the processor pauses, then the thread yields.
  static void waitForPeer(unsigned Round) {
    if (Round < 64) {
#if defined(__x86_64__)
      _mm_pause();
#elif defined(__aarch64__)
      asm volatile("yield");
#endif
    } else {
      std::this_thread::yield();
    }
  }

  /// Memory for shared objects; nullptr when there is none. \p Alignment is a
  /// power of two.
  static void *allocate(size_t Bytes, size_t Alignment) {
    return ::operator new(Bytes, std::align_val_t(Alignment), std::nothrow);
  }
  /// Frees what allocate() gave for the same size and alignment.
  static void deallocate(void *Memory, size_t Bytes, size_t Alignment) {
    ::operator delete(Memory, Bytes, std::align_val_t(Alignment));
  }

  /// See Futex.h.
  static bool futexWait(const Atomic<uint32_t> &Word, uint32_t Expected,
                        FutexScope Scope, WakeDeadline Until) {
    return hapax::futexWait(Word, Expected, Scope, Until);
  }
  static void futexWake(const Atomic<uint32_t> &Word, uint32_t Count,
                        FutexScope Scope) {
    hapax::futexWake(Word, Count, Scope);
  }

  /// What capacity rings and queues may have. The explorer's policy allows 2,
  /// so that all behaviours of a full ring are within its reach.
  static constexpr size_t MinCapacity = 8;
  static constexpr size_t MaxCapacity = size_t(16) << 20;
  /// Where the ever-growing indices of rings and queues begin. The explorer's
  /// policy begins right below the point where they wrap around.
  static constexpr size_t FirstIndex = 0;
  /// How many hazard pointers a domain has; the explorer's policy has few.
  static constexpr size_t HazardSlots = 64;
};

/// Base of classes whose objects take their memory from the policy:
/// new (std::nothrow) gives nullptr when there is none.
template <typename Atomics> class AllocatedBy {
public:
  static void *operator new(size_t Bytes, std::align_val_t Alignment,
                            const std::nothrow_t &) noexcept {
    return Atomics::allocate(Bytes, static_cast<size_t>(Alignment));
  }
  static void operator delete(void *Memory, size_t Bytes,
                              std::align_val_t Alignment) {
    Atomics::deallocate(Memory, Bytes, static_cast<size_t>(Alignment));
  }
};

} // namespace hapax

#endif // HAPAX_CONCURRENCY_ATOMICS_H
