//===- HazardPointersModel.cpp - Reclamation under the explorer -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The fault to be found is an object freed under a reader: the explorer sees
/// the end of the object's data race with the reader's access.
//===----------------------------------------------------------------------===//
#include "ModelAtomics.h"
#include "Scenario.h"
#include "hapax/Concurrency/HazardPointers.h"

using namespace modelcheck;

namespace {

using Domain = hapax::HazardPointerDomain<ModelAtomics>;
constexpr auto AcqRel = std::memory_order_acq_rel;
constexpr auto Release = std::memory_order_release;
constexpr auto Relaxed = std::memory_order_relaxed;

struct Node;
struct Drop {
  void operator()(Node *N) const;
};
struct Node : hapax::HazardPointerObjBase<Node, Drop, ModelAtomics> {
  explicit Node(int Value) : Value(Value) {}
  ModelAtomics::Plain<int> Value;
};
void Drop::operator()(Node *N) const { destroy(N); }

using Source = ModelAtomics::Atomic<Node *>;

/// Replaces what \p Where holds and retires the old object.
void replace(Source &Where, int Value, Domain &D) {
  Node *Old = Where.exchange(make<Node>(Value), AcqRel);
  Old->retire(D);
  D.reclaim();
}

/// Reads what \p Where holds, \p Times times with one guard.
void read(Explorer &E, const Source &Where, Domain &D, int Times) {
  auto Guard = D.makeHazardPointer();
  E.check(!Guard.empty(), "there are slots for all readers");
  for (int I = 0; I != Times; ++I)
    E.check(Guard.protect(Where)->Value.read() > 0, "not a value");
}

/// Frees what is left and looks for what was lost.
struct Ending {
  Explorer &E;
  ~Ending() { E.check(E.liveAllocations() == 0, "an object is never freed"); }
};

/// A reader and a writer that replaces the object \p Times times.
Explorer::Program readerAndWriter(int Reads, int Writes) {
  return [=](Explorer &E) {
    Ending End{E};
    Domain D;
    Source Where{make<Node>(1)};
    E.run({[&] { read(E, Where, D, Reads); },
           [&] {
             for (int I = 0; I != Writes; ++I)
               replace(Where, I + 2, D);
           }});
    destroy(Where.load(Relaxed));
  };
}

/// Two readers that may use one slot after the other.
void twoReaders(Explorer &E) {
  Ending End{E};
  Domain D;
  Source Where{make<Node>(1)};
  E.run({[&] { read(E, Where, D, 1); }, [&] { read(E, Where, D, 1); },
         [&] { replace(Where, 2, D); }});
  destroy(Where.load(Relaxed));
}

/// Two objects behind one guard, one after the other.
void changesProtection(Explorer &E) {
  Ending End{E};
  Domain D;
  Source First{make<Node>(1)}, Second{make<Node>(2)};
  E.run({[&] {
           auto Guard = D.makeHazardPointer();
           Guard.protect(First)->Value.read();
           Guard.protect(Second)->Value.read();
         },
         [&] { replace(First, 3, D); }});
  destroy(First.load(Relaxed));
  destroy(Second.load(Relaxed));
}

/// Two threads retire, and either may free what the other retired.
void twoWriters(Explorer &E) {
  Ending End{E};
  Domain D;
  Source First{make<Node>(1)}, Second{make<Node>(2)};
  E.run({[&] { replace(First, 3, D); }, [&] { replace(Second, 4, D); }});
  destroy(First.load(Relaxed));
  destroy(Second.load(Relaxed));
}

/// One thread retires, another frees.
void anotherReclaims(Explorer &E) {
  Ending End{E};
  Domain D;
  Source Where{make<Node>(1)};
  E.run({[&] { read(E, Where, D, 1); },
         [&] { Where.exchange(make<Node>(2), AcqRel)->retire(D); },
         [&] { D.reclaim(); }});
  destroy(Where.load(Relaxed));
}

/// An object that is used again as soon as it is free: a reader that finds the
/// same address as before must see the new object, not the old one.
struct Recycled;
struct Recycle {
  void operator()(Recycled *R) const;
};
struct Recycled : hapax::HazardPointerObjBase<Recycled, Recycle, ModelAtomics> {
  ModelAtomics::Plain<int> Value{1};
  /// Set and read by the one thread that retires.
  bool IsFree = false;
};
void Recycle::operator()(Recycled *R) const { R->IsFree = true; }

void sameAddressAgain(Explorer &E) {
  Domain D;
  Recycled Object, Other;
  ModelAtomics::Atomic<Recycled *> Where{&Object};
  E.run({[&] {
           auto Guard = D.makeHazardPointer();
           Guard.protect(Where)->Value.read();
         },
         [&] {
           Where.store(&Other, Release);
           Object.retire(D);
           D.reclaim();
           if (!Object.IsFree)
             return;
           Object.Value.write(2);
           Where.store(&Object, Release);
         }});
}

/// Without any call of reclaim(): retiring alone frees, and memory is bounded.
void retiringReclaims(Explorer &E) {
  Ending End{E};
  Domain D;
  for (size_t I = 0; I != 3 * Domain::threshold(); ++I) {
    make<Node>(1)->retire(D);
    E.check(D.retiredCount() < Domain::threshold(), "too much is not freed");
  }
}

/// When all slots are taken there is no guard, until one is given back.
void runsOutOfSlots(Explorer &E) {
  Domain D;
  auto First = D.makeHazardPointer(), Second = D.makeHazardPointer();
  E.check(!Second.empty() && D.makeHazardPointer().empty(),
          "more than there are");
  First = hapax::HazardPointer<ModelAtomics>();
}

} // namespace

std::vector<Scenario> modelcheck::hazardPointerScenarios() {
  const char *Header = "Concurrency/HazardPointers.h";
  return {
      {"HazardOneReader", Header, readerAndWriter(1, 1)},
      {"HazardReadsTwice", Header, readerAndWriter(2, 2)},
      {"HazardTwoReaders", Header, twoReaders},
      {"HazardChangesProtection", Header, changesProtection},
      {"HazardTwoWriters", Header, twoWriters},
      {"HazardAnotherReclaims", Header, anotherReclaims},
      {"HazardSameAddressAgain", Header, sameAddressAgain},
      {"HazardRetiringReclaims", Header, retiringReclaims},
      {"HazardRunsOutOfSlots", Header, runsOutOfSlots},
  };
}
