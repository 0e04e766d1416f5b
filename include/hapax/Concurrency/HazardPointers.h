//===- HazardPointers.h - Freeing what others may still read ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: a thread takes an object out of a lock-free structure and wants to
/// free it, while others may have read the pointer a moment ago and be about to
/// follow it.
///
/// Idea (M. Michael, "Hazard pointers: safe memory reclamation for lock-free
/// objects", 2004): whoever is about to follow a pointer writes it where all
/// can see it (a hazard slot) and then reads the pointer once more at its
/// source; if it is still there, it may be used. Whoever took an object out
/// retires it; retired objects are freed in bulk, except those that stand in a
/// slot at that time.
///
/// Why this is safe: the reader writes its slot and then reads the source, the
/// retiring thread has changed the source and then reads the slots. With a
/// seq_cst fence between the two steps on both sides, either the reader sees
/// that the object is gone or the reclaimer sees the slot. (The fence could be
/// paid once for many objects, in reclaim(); but then all that keeps a retired
/// object's memory in order would be that fence, which ThreadSanitizer does not
/// follow.) A slot is given up by a releasing store and read by an acquiring
/// load, so that all that the reader did with the object is done before it is
/// freed.
///
/// Invariant: a retired object is on exactly one list (the domain's, or that of
/// a thread in reclaim()), and on none once it is being freed.
///
/// Cost: protect() is a store, a fence and two loads. retire() is a fence and a
/// push; every so many retirements one thread looks at all slots once and sorts
/// them, so an object costs O(log slots) to free, beside the look. At most
/// threshold() plus slots, for each thread that retires at the same time, wait
/// to be freed.
///
/// Names and meaning follow hazard_pointer of C++26, with explicit domains.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CONCURRENCY_HAZARDPOINTERS_H
#define HAPAX_CONCURRENCY_HAZARDPOINTERS_H

#include "hapax/Concurrency/Atomics.h"
#include <algorithm>
#include <array>
#include <functional>

namespace hapax {

template <typename Atomics> class HazardPointerDomain;

/// What every retirable object has: its place on the list of retired ones.
template <typename Atomics = StdAtomics> class RetirableBase {
  friend class HazardPointerDomain<Atomics>;
  using Reclaimer = void (*)(RetirableBase *);

  typename Atomics::template Plain<RetirableBase *> NextRetired{nullptr};
  typename Atomics::template Plain<Reclaimer> Reclaim{nullptr};
};

/// Base of an object of type \p T that hazard pointers can protect; freed by
/// calling \p Deleter, a stateless callable, with a T*.
template <typename T, typename Deleter = std::default_delete<T>,
          typename Atomics = StdAtomics>
class HazardPointerObjBase : public RetirableBase<Atomics> {
public:
  /// To be called once, by the thread that made the object unreachable. The
  /// object is freed when no hazard pointer of \p Domain protects it: now, on
  /// some later retirement by any thread, or when the domain ends.
  void retire(HazardPointerDomain<Atomics> &Domain) {
    Domain.retire(this, [](RetirableBase<Atomics> *Object) {
      Deleter()(static_cast<T *>(static_cast<HazardPointerObjBase *>(Object)));
    });
  }
};

/// A guard: protects at most one object at a time. Movable; used by one thread
/// at a time. Must not outlive its domain.
template <typename Atomics = StdAtomics> class HazardPointer {
  using Domain = HazardPointerDomain<Atomics>;
  using Slot = typename Domain::Slot;

public:
  /// A guard without a slot: protects nothing; only to be assigned to.
  HazardPointer() = default;
  HazardPointer(HazardPointer &&Other) noexcept
      : Mine(std::exchange(Other.Mine, nullptr)) {}
  HazardPointer &operator=(HazardPointer &&Other) noexcept {
    std::swap(Mine, Other.Mine);
    return *this;
  }
  /// Protects nothing any more and gives the slot back.
  ~HazardPointer() {
    if (!Mine)
      return;
    resetProtection();
    Mine->IsTaken.store(false, std::memory_order_release);
  }

  /// Whether there is no slot behind it.
  bool empty() const { return !Mine; }

  /// The pointer in \p Source (an Atomic of a pointer to something retirable),
  /// protected: what it points to is not freed until this guard protects
  /// something else. The guard must not be empty.
  template <typename Pointer> auto protect(const Pointer &Source) {
    auto *Object = Source.load(std::memory_order_relaxed);
    while (!tryProtect(Object, Source))
      ;
    return Object;
  }

  /// Protects \p Object if it is still what \p Source holds. Otherwise protects
  /// nothing, sets \p Object to what it holds now and returns false.
  template <typename T, typename Pointer>
  bool tryProtect(T *&Object, const Pointer &Source) {
    T *Old = Object;
    resetProtection(Old);
    Atomics::fence(std::memory_order_seq_cst);
    Object = Source.load(std::memory_order_acquire);
    if (Object == Old)
      return true;
    resetProtection();
    return false;
  }

  /// Protects \p Object, which must not have been retired yet, instead of what
  /// was protected before.
  template <typename T> void resetProtection(const T *Object) {
    // What is stored is the address of the base: what the domain compares with.
    const RetirableBase<Atomics> *Base = Object;
    Mine->Protected.store(Base, std::memory_order_release);
  }
  /// Protects nothing.
  void resetProtection() {
    Mine->Protected.store(nullptr, std::memory_order_release);
  }

private:
  friend Domain;
  explicit HazardPointer(Slot *Mine) : Mine(Mine) {}

  Slot *Mine = nullptr;
};

/// The slots and the retired objects of one or more structures. Every function
/// may be called from any thread; construction and destruction are for one.
template <typename Atomics = StdAtomics> class HazardPointerDomain {
  using Object = RetirableBase<Atomics>;

public:
  /// How many guards can exist at a time.
  static constexpr size_t SlotCount = Atomics::HazardSlots;

  HazardPointerDomain() = default;
  HazardPointerDomain(const HazardPointerDomain &) = delete;
  HazardPointerDomain &operator=(const HazardPointerDomain &) = delete;
  /// Frees everything retired. There must be no guards any more.
  ~HazardPointerDomain() {
    // What is freed may retire more.
    while (Retired.load(std::memory_order_relaxed))
      reclaim();
  }

  /// A guard; empty when all slots are taken.
  HazardPointer<Atomics> makeHazardPointer() {
    for (Slot &S : Slots) {
      bool Taken = S.IsTaken.load(std::memory_order_relaxed);
      // The former owner's last store to the slot comes before our first.
      if (!Taken && S.IsTaken.compare_exchange_strong(
                        Taken, true, std::memory_order_acquire,
                        std::memory_order_relaxed))
        return HazardPointer<Atomics>(&S);
    }
    return {};
  }

  /// Frees all retired objects that are not protected.
  void reclaim() {
    Object *Taken = Retired.exchange(nullptr, std::memory_order_acquire);
    if (!Taken)
      return;
    std::array<const Object *, SlotCount> Hazards;
    auto End = Hazards.begin();
    for (Slot &S : Slots)
      if (const Object *P = S.Protected.load(std::memory_order_acquire)) {
        // Sorted as they come: there are few. Pointers into different objects
        // have an order only in std::less.
        auto Place = std::upper_bound(Hazards.begin(), End, P, std::less<>());
        std::copy_backward(Place, End, End + 1);
        *Place = P;
        ++End;
      }

    Object *Free = nullptr;
    size_t FreeCount = 0;
    while (Taken) {
      Object *Next = Taken->NextRetired.read();
      if (std::binary_search(Hazards.begin(), End, Taken, std::less<>())) {
        push(Taken);
      } else {
        Taken->NextRetired.write(Free);
        Free = Taken;
        ++FreeCount;
      }
      Taken = Next;
    }
    // Counted down first: what is freed may retire more.
    RetiredCount.fetch_sub(FreeCount, std::memory_order_relaxed);
    while (Free) {
      Object *Next = Free->NextRetired.read();
      Free->Reclaim.read()(Free);
      Free = Next;
    }
  }

  /// So many retired objects make retire() reclaim: with more than twice as
  /// many as there are slots, at least half are freed each time.
  static constexpr size_t threshold() { return 2 * SlotCount; }
  /// About how many retired objects are not freed yet.
  size_t retiredCount() const {
    return RetiredCount.load(std::memory_order_relaxed);
  }

private:
  template <typename, typename, typename> friend class HazardPointerObjBase;
  friend class HazardPointer<Atomics>;

  // One line a slot: its owner writes it all the time.
  struct alignas(FalseSharingRange) Slot {
    typename Atomics::template Atomic<const Object *> Protected{nullptr};
    typename Atomics::template Atomic<bool> IsTaken{false};
  };

  void retire(Object *Gone, typename Object::Reclaimer Reclaim) {
    Gone->Reclaim.write(Reclaim);
    // Between the removal of the object and the look at the slots, which comes
    // later and maybe in another thread: push() hands on what is seen here.
    Atomics::fence(std::memory_order_seq_cst);
    push(Gone);
    if (RetiredCount.fetch_add(1, std::memory_order_relaxed) + 1 >= threshold())
      reclaim();
  }

  void push(Object *Gone) {
    Object *First = Retired.load(std::memory_order_relaxed);
    do
      Gone->NextRetired.write(First);
    while (!Retired.compare_exchange_weak(
        First, Gone, std::memory_order_release, std::memory_order_relaxed));
  }

  std::array<Slot, SlotCount> Slots;
  alignas(FalseSharingRange)
      typename Atomics::template Atomic<Object *> Retired{nullptr};
  typename Atomics::template Atomic<size_t> RetiredCount{0};
};

} // namespace hapax

#endif // HAPAX_CONCURRENCY_HAZARDPOINTERS_H
