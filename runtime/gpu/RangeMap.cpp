//===- RangeMap.cpp - Which ranges of an address space are free -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Gpu/RangeMap.h"

#include <algorithm>
#include <bit>

using namespace hapax;

RangeMap::RangeMap(uint64_t PageCount, uint64_t PageBytes, uint64_t Granule)
    : PageCount(PageCount), PageBytes(PageBytes), Granule(Granule), Nodes(2),
      Cover(PageCount, 1), TakenIn(PageCount, 0) {
  Nodes[1].Size = PageCount * PageBytes;
  Nodes[1].What = State::Absent;
}

//===----------------------------------------------------------------------===//
// Free lists
//===----------------------------------------------------------------------===//

RangeMap::Class RangeMap::classOf(uint64_t Size) const {
  uint64_t Units = Size / Granule;
  if (Units < Subs)
    return {0, unsigned(Units)};
  unsigned Log = unsigned(std::bit_width(Units)) - 1;
  return {Log - SubBits + 1, unsigned(Units >> (Log - SubBits)) & (Subs - 1)};
}

void RangeMap::enlist(Node N) {
  auto [Power, Sub] = classOf(Nodes[N].Size);
  Node &Head = Heads[Power][Sub];
  Nodes[N].PrevInList = 0;
  Nodes[N].NextInList = Head;
  if (Head)
    Nodes[Head].PrevInList = N;
  Head = N;
  SubBitsOf[Power] |= 1u << Sub;
  PowerBits |= uint64_t(1) << Power;
}

void RangeMap::delist(Node N) {
  auto [Power, Sub] = classOf(Nodes[N].Size);
  Node Before = Nodes[N].PrevInList, After = Nodes[N].NextInList;
  if (After)
    Nodes[After].PrevInList = Before;
  if (Before) {
    Nodes[Before].NextInList = After;
    return;
  }
  Heads[Power][Sub] = After;
  if (After)
    return;
  SubBitsOf[Power] &= ~(1u << Sub);
  if (SubBitsOf[Power] == 0)
    PowerBits &= ~(uint64_t(1) << Power);
}

RangeMap::Node RangeMap::findFree(uint64_t Size) const {
  auto [Power, Sub] = classOf(Size);
  // The size's own class has ranges both smaller and larger than it.
  Node Best = 0;
  Node N = Heads[Power][Sub];
  for (unsigned I = 0; N && I != Tries; ++I, N = Nodes[N].NextInList)
    if (Nodes[N].Size >= Size && (!Best || Nodes[N].Size < Nodes[Best].Size))
      Best = N;
  if (Best)
    return Best;
  uint32_t Larger = Sub + 1 == Subs ? 0 : SubBitsOf[Power] >> (Sub + 1);
  if (Larger)
    return Heads[Power][Sub + 1 + unsigned(std::countr_zero(Larger))];
  uint64_t Powers = PowerBits & ~((uint64_t(2) << Power) - 1);
  if (!Powers) {
    // Nothing larger: rather a longer search of the own class than a range
    // that goes unused.
    while (N && Nodes[N].Size < Size)
      N = Nodes[N].NextInList;
    return N;
  }
  unsigned P = unsigned(std::countr_zero(Powers));
  return Heads[P][unsigned(std::countr_zero(SubBitsOf[P]))];
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

RangeMap::Node RangeMap::newNode() {
  if (Spares == 0) {
    Nodes.emplace_back();
    return Node(Nodes.size() - 1);
  }
  Node N = Spares;
  Spares = Nodes[N].NextInList;
  Nodes[N] = Range();
  return N;
}

void RangeMap::dropNode(Node N) {
  Nodes[N] = Range();
  Nodes[N].NextInList = Spares;
  Spares = N;
}

void RangeMap::setState(Node N, State What) {
  if (Nodes[N].What == State::Free)
    delist(N);
  if (Nodes[N].What == State::Taken)
    count(N, false);
  Nodes[N].What = What;
  if (What == State::Free)
    enlist(N);
  if (What == State::Taken)
    count(N, true);
}

void RangeMap::count(Node N, bool IsTaken) {
  Taken += IsTaken ? Nodes[N].Size : -Nodes[N].Size;
  uint64_t End = Nodes[N].Offset + Nodes[N].Size;
  for (uint64_t At = Nodes[N].Offset; At != End;) {
    uint64_t Page = At / PageBytes;
    uint64_t Part = std::min(End, (Page + 1) * PageBytes) - At;
    TakenIn[Page] += IsTaken ? Part : -Part;
    At += Part;
  }
}

void RangeMap::cover(Node N, uint64_t Offset, uint64_t Size) {
  uint64_t Last = (Offset + Size - 1) / PageBytes;
  for (uint64_t Page = (Offset + PageBytes - 1) / PageBytes; Page <= Last;
       ++Page)
    Cover[Page] = N;
}

RangeMap::Node RangeMap::cutFront(Node N, uint64_t Size) {
  Node Front = newNode();
  Range &Rest = Nodes[N];
  bool Listed = Rest.What == State::Free;
  if (Listed)
    delist(N);
  Range &Cut = Nodes[Front];
  Cut.Offset = Rest.Offset;
  Cut.Size = Size;
  Cut.What = Rest.What;
  Cut.Prev = Rest.Prev;
  Cut.Next = N;
  if (Cut.Prev)
    Nodes[Cut.Prev].Next = Front;
  Rest.Prev = Front;
  Rest.Offset += Size;
  Rest.Size -= Size;
  if (Listed) {
    enlist(N);
    enlist(Front);
  }
  cover(Front, Cut.Offset, Cut.Size);
  return Front;
}

RangeMap::Node RangeMap::cutOut(Node N, uint64_t Offset, uint64_t Size) {
  if (Offset != Nodes[N].Offset)
    cutFront(N, Offset - Nodes[N].Offset);
  return Size == Nodes[N].Size ? N : cutFront(N, Size);
}

RangeMap::Node RangeMap::joinTwo(Node Low, Node High) {
  bool Listed = Nodes[Low].What == State::Free;
  if (Listed) {
    delist(Low);
    delist(High);
  }
  // The larger one stays: fewer pages change hands.
  bool LowStays = Nodes[Low].Size >= Nodes[High].Size;
  Node Stays = LowStays ? Low : High, Goes = LowStays ? High : Low;
  cover(Stays, Nodes[Goes].Offset, Nodes[Goes].Size);
  Nodes[Stays].Offset = Nodes[Low].Offset;
  Nodes[Stays].Size = Nodes[Low].Size + Nodes[High].Size;
  Nodes[Stays].Prev = Nodes[Low].Prev;
  Nodes[Stays].Next = Nodes[High].Next;
  if (Nodes[Stays].Prev)
    Nodes[Nodes[Stays].Prev].Next = Stays;
  if (Nodes[Stays].Next)
    Nodes[Nodes[Stays].Next].Prev = Stays;
  dropNode(Goes);
  if (Listed)
    enlist(Stays);
  return Stays;
}

RangeMap::Node RangeMap::join(Node N) {
  if (Node High = Nodes[N].Next; High && Nodes[High].What == Nodes[N].What)
    N = joinTwo(N, High);
  if (Node Low = Nodes[N].Prev; Low && Nodes[Low].What == Nodes[N].What)
    N = joinTwo(Low, N);
  return N;
}

//===----------------------------------------------------------------------===//
// Taking and giving
//===----------------------------------------------------------------------===//

RangeMap::Node RangeMap::take(uint64_t Size) {
  if (Size > Present - Taken)
    return 0;
  Size = roundUp(Size);
  Node N = findFree(Size);
  if (!N)
    return 0;
  if (Nodes[N].Size != Size)
    N = cutFront(N, Size);
  setState(N, State::Taken);
  return N;
}

RangeMap::Node RangeMap::give(Node N) {
  if (state(N) != State::Taken)
    return 0;
  setState(N, State::Free);
  return join(N);
}

//===----------------------------------------------------------------------===//
// Pages
//===----------------------------------------------------------------------===//

std::optional<RangeMap::Pages> RangeMap::whereToGrow(uint64_t Size) const {
  if (Size > size())
    return std::nullopt;
  Size = roundUp(Size);
  std::optional<Pages> Best;
  for (uint64_t Page = 0; Page < PageCount;) {
    const Range &R = Nodes[Cover[Page]];
    uint64_t End = (R.Offset + R.Size + PageBytes - 1) / PageBytes;
    if (R.What == State::Absent) {
      auto FreeBytes = [&](Node N) {
        return N && Nodes[N].What == State::Free ? Nodes[N].Size : 0;
      };
      auto PagesFor = [&](uint64_t Beside) {
        uint64_t Rest = Size > Beside ? Size - Beside : 1;
        return (Rest + PageBytes - 1) / PageBytes;
      };
      uint64_t There = R.Size / PageBytes;
      uint64_t Behind = PagesFor(FreeBytes(R.Prev));
      uint64_t Before = PagesFor(FreeBytes(R.Next));
      uint64_t All = PagesFor(FreeBytes(R.Prev) + FreeBytes(R.Next));
      auto Consider = [&](uint64_t First, uint64_t Count) {
        if (Count <= There && (!Best || Count < Best->Count))
          Best = {First, Count};
      };
      Consider(Page, Behind);
      if (Before <= There)
        Consider(Page + There - Before, Before);
      if (All <= There && There < Behind && There < Before)
        Consider(Page, There);
    }
    Page = std::max(End, Page + 1);
  }
  return Best;
}

bool RangeMap::add(Pages Which) {
  if (Which.Count == 0 || Which.First >= PageCount ||
      Which.Count > PageCount - Which.First)
    return false;
  uint64_t Offset = Which.First * PageBytes, Size = Which.Count * PageBytes;
  Node N = Cover[Which.First];
  if (Nodes[N].What != State::Absent ||
      Nodes[N].Offset + Nodes[N].Size < Offset + Size)
    return false;
  N = cutOut(N, Offset, Size);
  setState(N, State::Free);
  Present += Size;
  join(N);
  return true;
}

bool RangeMap::drop(uint64_t Page) {
  if (Page >= PageCount)
    return false;
  Node N = Cover[Page];
  uint64_t Offset = Page * PageBytes;
  if (Nodes[N].What != State::Free ||
      Nodes[N].Offset + Nodes[N].Size < Offset + PageBytes)
    return false;
  N = cutOut(N, Offset, PageBytes);
  setState(N, State::Absent);
  Present -= PageBytes;
  join(N);
  return true;
}

void RangeMap::hold(uint64_t Page) {
  if (Page >= PageCount)
    return;
  uint64_t End = (Page + 1) * PageBytes;
  for (Node N = Cover[Page]; N && Nodes[N].Offset < End; N = Nodes[N].Next)
    N = holdPart(N, Page);
}

void RangeMap::hold(Node N, uint64_t Page) {
  if (Page < PageCount)
    holdPart(N, Page);
}

RangeMap::Node RangeMap::holdPart(Node N, uint64_t Page) {
  if (state(N) != State::Free)
    return N;
  uint64_t From = std::max(Page * PageBytes, Nodes[N].Offset);
  uint64_t To =
      std::min((Page + 1) * PageBytes, Nodes[N].Offset + Nodes[N].Size);
  if (From >= To)
    return N;
  N = cutOut(N, From, To - From);
  setState(N, State::Held);
  return N;
}

void RangeMap::unhold(uint64_t Page) {
  if (Page >= PageCount)
    return;
  uint64_t End = (Page + 1) * PageBytes;
  for (Node N = Cover[Page]; N && Nodes[N].Offset < End; N = Nodes[N].Next) {
    if (Nodes[N].What != State::Held)
      continue;
    setState(N, State::Free);
    N = join(N);
  }
}

//===----------------------------------------------------------------------===//
// The invariant
//===----------------------------------------------------------------------===//

std::string RangeMap::check() const {
  uint64_t At = 0, SumPresent = 0, SumTaken = 0;
  size_t FreeNodes = 0;
  std::vector<uint64_t> InPage(PageCount, 0);
  Node Before = 0;
  for (Node N = PageCount ? Cover[0] : 0; N; Before = N, N = Nodes[N].Next) {
    const Range &R = Nodes[N];
    if (R.Offset != At || R.Size == 0 || R.Size % Granule || R.Prev != Before)
      return "the nodes do not tile the space at " + std::to_string(At);
    if (Before && Nodes[Before].What == R.What &&
        (R.What == State::Free || R.What == State::Absent))
      return "neighbours that should be one at " + std::to_string(At);
    if (R.What == State::Spare)
      return "a spare node in the space at " + std::to_string(At);
    SumPresent += R.What == State::Absent ? 0 : R.Size;
    SumTaken += R.What == State::Taken ? R.Size : 0;
    FreeNodes += R.What == State::Free;
    for (uint64_t Page = (At + PageBytes - 1) / PageBytes;
         Page * PageBytes < At + R.Size; ++Page)
      if (Cover[Page] != N)
        return "page " + std::to_string(Page) + " names another node";
    if (R.What == State::Taken)
      for (uint64_t B = At; B != At + R.Size;) {
        uint64_t Part =
            std::min(At + R.Size, (B / PageBytes + 1) * PageBytes) - B;
        InPage[B / PageBytes] += Part;
        B += Part;
      }
    At += R.Size;
  }
  if (At != size())
    return "the nodes end too early";
  if (SumPresent != Present || SumTaken != Taken || InPage != TakenIn)
    return "the sums are wrong";
  size_t Listed = 0;
  for (unsigned P = 0; P != Powers; ++P) {
    if ((SubBitsOf[P] != 0) != ((PowerBits >> P & 1) != 0))
      return "a bit of a power is wrong";
    for (unsigned S = 0; S != Subs; ++S) {
      if ((Heads[P][S] != 0) != ((SubBitsOf[P] >> S & 1) != 0))
        return "a bit of a list is wrong";
      for (Node N = Heads[P][S]; N; N = Nodes[N].NextInList, ++Listed)
        if (Nodes[N].What != State::Free || classOf(Nodes[N].Size).Power != P ||
            classOf(Nodes[N].Size).Sub != S)
          return "a node is in a list that it does not belong to";
    }
  }
  return Listed == FreeNodes ? "" : "a free node is in no list";
}
