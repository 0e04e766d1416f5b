//===- RangeMap.h - Which ranges of an address space are free ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: give out ranges of any size from memory that the host must not or
/// cannot write to (a GPU's), in constant time, with few holes, and know which
/// parts of it could be given back to the system.
///
/// Idea: TLSF (Masmano, Ripoll, Crespo, Real, 2004), with all it knows kept in
/// nodes on the host. The nodes tile the whole address space in order; each is
/// absent (no memory behind it), free, taken or held. Free nodes stand in lists
/// by size class, 32 classes to each power of two, with a bit for each list
/// that is not empty: a good fit is two bit scans away. Why TLSF and not
/// classes of fixed sizes: objects are of 300 bytes to 30 MB, a few of them
/// have most of the bytes, and classes close enough to waste less than 10 % of
/// those would leave slabs of each class partly empty when the mix changes.
///
/// Invariant: the nodes tile [0, size()), no two neighbours are both free or
/// both absent, a node is in the list of its class exactly when it is free, a
/// list's bit is set exactly when it has a node, Cover names for each page the
/// node that its first byte lies in, and TakenIn counts the page's taken bytes.
/// check() looks at all of it.
///
/// Cost: take(), give() and hold() of a range are constant, but for one step
/// for each page that the range covers; 48 bytes a node, of which there are at
/// most two for each range taken, and two for each page.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_GPU_RANGEMAP_H
#define HAPAX_GPU_RANGEMAP_H

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hapax {

/// Offsets and sizes are in bytes. Whatever does not fit is refused and changes
/// nothing. Not thread-safe.
class RangeMap {
public:
  /// Names a range; 0 is none. A node keeps its number while it is taken.
  using Node = uint32_t;
  enum class State : uint8_t {
    Spare,  ///< No range has this number.
    Absent, ///< There is no memory here.
    Free,
    Taken,
    Held, ///< Free, but not to be given out.
  };

  /// An address space of \p Pages times \p PageBytes, all of it absent. Sizes
  /// are rounded up to the granule, a power of two that divides PageBytes.
  RangeMap(uint64_t Pages, uint64_t PageBytes, uint64_t Granule = 256);

  uint64_t roundUp(uint64_t Size) const {
    uint64_t Up = (Size + Granule - 1) & ~(Granule - 1);
    return Up > Granule ? Up : Granule;
  }

  /// A free range of exactly roundUp(\p Size) bytes becomes taken; 0 when no
  /// free range is that large.
  Node take(uint64_t Size);
  /// Gives a taken range back; the free range that it is part of then, or 0
  /// when it is not taken.
  Node give(Node N);
  /// Memory for what so many ranges, taken at a time, can need: until there are
  /// more of them, take() and give() allocate nothing.
  void reserve(uint64_t Ranges) { Nodes.reserve(mostNodes(Ranges, PageCount)); }
  /// No node has a number as large as this, with so many ranges taken at a time
  /// in so many pages.
  static uint64_t mostNodes(uint64_t Ranges, uint64_t Pages) {
    // Between two of them, and at each page's border, lies one other.
    return 2 * (Ranges + Pages) + 2;
  }

  struct Pages {
    uint64_t First, Count;
  };
  /// Absent pages that, once free, make room for \p Size bytes, as few as can
  /// be; none when no absent range is that large.
  std::optional<Pages> whereToGrow(uint64_t Size) const;
  /// Absent pages become free; false when not all of them are absent.
  bool add(Pages Which);
  /// A page that is free as a whole becomes absent; false otherwise.
  bool drop(uint64_t Page);

  /// The free parts of a page become held, and take() leaves them alone.
  void hold(uint64_t Page);
  /// The same for the part of one free range that lies in the page.
  void hold(Node N, uint64_t Page);
  /// Undoes hold().
  void unhold(uint64_t Page);

  uint64_t size() const { return PageCount * PageBytes; }
  uint64_t pages() const { return PageCount; }
  uint64_t pageBytes() const { return PageBytes; }
  uint64_t presentBytes() const { return Present; }
  uint64_t takenBytes() const { return Taken; }

  bool isPresent(uint64_t Page) const {
    return Nodes[Cover[Page]].What != State::Absent;
  }
  /// Bytes of a page that are taken.
  uint64_t takenIn(uint64_t Page) const { return TakenIn[Page]; }
  /// The range that the first byte of a page lies in.
  Node first(uint64_t Page) const { return Cover[Page]; }
  /// The range behind this one; 0 behind the last.
  Node next(Node N) const { return Nodes[N].Next; }
  State state(Node N) const {
    return N < Nodes.size() ? Nodes[N].What : State::Spare;
  }
  uint64_t offset(Node N) const { return Nodes[N].Offset; }
  uint64_t bytes(Node N) const { return Nodes[N].Size; }

  /// Empty when the invariant holds, else what does not. Looks at everything.
  std::string check() const;

private:
  static constexpr unsigned SubBits = 5;
  static constexpr unsigned Subs = 1u << SubBits;
  static constexpr unsigned Powers = 64 - SubBits;
  /// How many ranges of the size's own class are looked at before one of the
  /// next class is split.
  static constexpr unsigned Tries = 8;

  struct Range {
    uint64_t Offset = 0;
    uint64_t Size = 0;
    Node Prev = 0, Next = 0;             ///< in the order of addresses
    Node PrevInList = 0, NextInList = 0; ///< of a free list, or of the spares
    State What = State::Spare;
  };
  struct Class {
    unsigned Power, Sub;
  };

  Class classOf(uint64_t Size) const;
  void enlist(Node N);
  void delist(Node N);
  void setState(Node N, State What);
  Node newNode();
  void dropNode(Node N);
  /// Cuts the first \p Size bytes off a node; the node itself keeps the rest.
  Node cutFront(Node N, uint64_t Size);
  /// Makes boundaries at both ends of a range within N; the node between them.
  Node cutOut(Node N, uint64_t Offset, uint64_t Size);
  /// Holds what of a node is free and in the page; the node of that part.
  Node holdPart(Node N, uint64_t Page);
  /// Joins a node with its neighbours of the same state; what it is part of.
  Node join(Node N);
  Node joinTwo(Node Low, Node High);
  void cover(Node N, uint64_t Offset, uint64_t Size);
  void count(Node N, bool IsTaken);
  Node findFree(uint64_t Size) const;

  const uint64_t PageCount, PageBytes, Granule;
  std::vector<Range> Nodes;
  Node Spares = 0;
  std::vector<Node> Cover;
  std::vector<uint64_t> TakenIn;
  uint64_t Present = 0, Taken = 0;
  uint64_t PowerBits = 0;
  std::array<uint32_t, Powers> SubBitsOf{};
  std::array<std::array<Node, Subs>, Powers> Heads{};
};

} // namespace hapax

#endif // HAPAX_GPU_RANGEMAP_H
