//===- ModelAtomics.h - The explorer as an Atomics policy -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The second policy besides StdAtomics (hapax/Concurrency/Atomics.h): the same
/// names, every operation a step of the explorer. All operations take explicit
/// orders; a template that leaves one out does not compile under this policy.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MODELCHECK_MODELATOMICS_H
#define HAPAX_MODELCHECK_MODELATOMICS_H

#include "Explorer.h"
#include "hapax/Concurrency/Atomics.h"
#include <cstring>
#include <type_traits>

namespace modelcheck {

struct ModelAtomics {
  template <typename T> class Atomic {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);

  public:
    Atomic() : Atomic(T()) {}
    Atomic(T Value) : Id(Explorer::current().create(pack(Value))) {}
    ~Atomic() { Explorer::current().destroy(Id); }
    Atomic(const Atomic &) = delete;
    Atomic &operator=(const Atomic &) = delete;

    T load(std::memory_order Order) const {
      return unpack(Explorer::current().load(Id, Order));
    }
    void store(T Value, std::memory_order Order) {
      Explorer::current().store(Id, pack(Value), Order);
    }
    T exchange(T Value, std::memory_order Order) {
      return update(Order, [=](T) { return Value; });
    }
    bool compare_exchange_strong(T &Expected, T Value, std::memory_order Order,
                                 std::memory_order Failure) {
      return compareExchange(Expected, Value, Order, Failure, /*Weak=*/false);
    }
    bool compare_exchange_weak(T &Expected, T Value, std::memory_order Order,
                               std::memory_order Failure) {
      return compareExchange(Expected, Value, Order, Failure, /*Weak=*/true);
    }
    T fetch_add(T By, std::memory_order Order) {
      return update(Order, [=](T Old) { return static_cast<T>(Old + By); });
    }
    T fetch_sub(T By, std::memory_order Order) {
      return update(Order, [=](T Old) { return static_cast<T>(Old - By); });
    }
    T fetch_or(T With, std::memory_order Order) {
      return update(Order, [=](T Old) { return static_cast<T>(Old | With); });
    }
    T fetch_and(T With, std::memory_order Order) {
      return update(Order, [=](T Old) { return static_cast<T>(Old & With); });
    }

  private:
    friend struct ModelAtomics;
    static uint64_t pack(T Value) {
      uint64_t Bits = 0;
      std::memcpy(&Bits, &Value, sizeof(T));
      return Bits;
    }
    static T unpack(uint64_t Bits) {
      T Value;
      std::memcpy(&Value, &Bits, sizeof(T));
      return Value;
    }
    template <typename F> T update(std::memory_order Order, F NewValue) {
      return unpack(Explorer::current().update(Id, Order, [&](uint64_t Old) {
        return pack(NewValue(unpack(Old)));
      }));
    }
    bool compareExchange(T &Expected, T Value, std::memory_order Order,
                         std::memory_order Failure, bool Weak) {
      uint64_t Bits = pack(Expected);
      bool Done = Explorer::current().compareExchange(Id, Bits, pack(Value),
                                                      Order, Failure, Weak);
      Expected = unpack(Bits);
      return Done;
    }

    LocationId Id;
  };

  template <typename T> class Plain {
  public:
    Plain() : Plain(T()) {}
    explicit Plain(T Value) : Value(std::move(Value)) {
      Explorer::current().writePlain(Races);
    }
    /// Ends its life: whoever comes later races with this write.
    ~Plain() { Explorer::current().writePlain(Races); }
    Plain(const Plain &) = delete;
    Plain &operator=(const Plain &) = delete;

    const T &read() const {
      Explorer::current().readPlain(Races);
      return Value;
    }
    void write(T New) {
      Explorer::current().writePlain(Races);
      Value = std::move(New);
    }

  private:
    T Value{};
    mutable RaceState Races;
  };

  template <typename T> class Cell {
  public:
    Cell() = default;
    Cell(const Cell &) = delete;
    Cell &operator=(const Cell &) = delete;

    template <typename... Args> void construct(Args &&...Arguments) {
      use(/*Full=*/false, "a value is constructed over another");
      IsFull = true;
      std::construct_at(reinterpret_cast<T *>(Storage),
                        std::forward<Args>(Arguments)...);
    }
    T &value() {
      use(/*Full=*/true, "a value is used that was never constructed");
      return *std::launder(reinterpret_cast<T *>(Storage));
    }
    void destroy() {
      std::destroy_at(&value());
      IsFull = false;
    }

  private:
    // Whoever gets at the value may change it.
    void use(bool Full, const char *Otherwise) {
      Explorer::current().writePlain(Races);
      Explorer::current().check(IsFull == Full, Otherwise);
    }

    alignas(T) std::byte Storage[sizeof(T)] = {};
    RaceState Races;
    bool IsFull = false;
  };

  static void fence(std::memory_order Order) {
    Explorer::current().fence(Order);
  }
  static void waitForPeer(unsigned) { Explorer::current().waitForPeer(); }

  static void *allocate(size_t Bytes, size_t Alignment) {
    return Explorer::current().allocate(Bytes, Alignment);
  }
  static void deallocate(void *Memory, size_t Bytes, size_t) {
    Explorer::current().deallocate(Memory, Bytes);
  }

  static bool futexWait(const Atomic<uint32_t> &Word, uint32_t Expected,
                        hapax::FutexScope, hapax::WakeDeadline Until) {
    return Explorer::current().futexWait(Word.Id, Expected,
                                         Until != hapax::NoWakeDeadline);
  }
  static void futexWake(const Atomic<uint32_t> &Word, uint32_t Count,
                        hapax::FutexScope) {
    Explorer::current().futexWake(Word.Id, Count);
  }

  static constexpr size_t MinCapacity = 2;
  static constexpr size_t MaxCapacity = size_t(16) << 20;
  static constexpr size_t FirstIndex = size_t(0) - 2;
  static constexpr size_t HazardSlots = 2;
};

/// An object in the explorer's memory: for what threads make and free.
template <typename T, typename... Args> T *make(Args &&...Arguments) {
  return ::new (ModelAtomics::allocate(sizeof(T), alignof(T)))
      T(std::forward<Args>(Arguments)...);
}
template <typename T> void destroy(T *Object) {
  Object->~T();
  ModelAtomics::deallocate(Object, sizeof(T), alignof(T));
}

} // namespace modelcheck

#endif // HAPAX_MODELCHECK_MODELATOMICS_H
