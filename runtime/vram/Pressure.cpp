//===- Pressure.cpp - Room: for entries, and for others ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: an entry needs a hole that there is not, or somebody else needs the
/// device's memory. Both want slabs that are empty.
///
/// Idea: empty the slab with the fewest bytes, by moving its entries to other
/// holes, or to the slab that is kept for that. For a hole, again and again,
/// as long as no more is moved than sixteen times what is to come: a device
/// copies within itself about forty times as fast as over the bus. For others,
/// the oldest entries go first, as many as the memory's new size has no room
/// for; then slabs are emptied for a few milliseconds; and whoever still waits
/// then gets the cheapest slabs with all that is in them: every entry exists
/// elsewhere, and 1 GiB of small entries takes longer to move than others
/// should wait.
///
/// Why no byte goes astray: a move writes to a block that is no entry's yet,
/// and the entry takes it over only if it still lay in the old one, and nobody
/// else was using that, when the copy had ended. The mutex is not held
/// meanwhile; one thread moves at a time.
//===----------------------------------------------------------------------===//
#include "VramCore.h"

using namespace hapax;

namespace {

/// How many times the bytes of a new entry may be moved for it, and how many
/// slabs besides.
constexpr uint64_t MoveFactor = 16, MoveSlabs = 4;

} // namespace

std::vector<VramCore::Move> VramCore::planMoves(uint64_t Slab, bool &All) {
  std::vector<Move> Moves;
  All = true;
  for (HapaxHandle Id : Index.Blocks.beginEmptying(Slab)) {
    // All are entries': the slab was chosen so.
    auto From = Index.hold(Index.slotOf(Id), Use::No);
    if (!From) {
      All = false;
      break;
    }
    auto To = Index.Blocks.alloc(From->Region.capacity(), Arena::Room::Spare);
    if (!To) {
      notice(To.error());
      Index.release(*From);
      All = false;
      break;
    }
    Moves.push_back({*From, *To});
  }
  return Moves;
}

bool VramCore::emptySlab(Lock &L, Lane &Q, Deadline Until) {
  auto Slab = Index.Blocks.cheapestSlab(
      [this](HapaxHandle Id) { return Index.canMove(Id); });
  if (!Slab)
    return false;
  bool All;
  std::vector<Move> Moves = planMoves(*Slab, All);
  L.unlock();
  size_t Begun = 0;
  for (; Begun != Moves.size(); ++Begun) {
    Move &M = Moves[Begun];
    uint64_t Size = M.From.Region.length();
    if (auto T = Q.begun(
            Q.queue().copyWithin(M.To.Region, 0, M.From.Region, 0, Size));
        !T) {
      notice(T.error());
      break;
    }
  }
  if (auto Done = Q.finish(patience(Until, false)); !Done) {
    notice(Done.error());
    Begun = 0;
  }
  L.lock();
  for (size_t I = 0; I != Moves.size(); ++I) {
    Move &M = Moves[I];
    if (Q.isIdle() && I < Begun && Index.moved(M.From, M.To)) {
      Counts.MovedBytes += M.To.Region.length();
    } else if (Q.isIdle() && I < Begun) {
      All = false; // moved() has let both go
    } else {
      // What may still be written stays held by the lane.
      HeldEntry Target(M.To.Id);
      All = false;
      if (Q.isIdle()) {
        Index.release(M.From);
        Index.release(Target);
      } else {
        Q.Stuck.push_back(M.From);
        Q.Stuck.push_back(Target);
      }
    }
  }
  if (auto Ended = Index.Blocks.endEmptying(); !Ended)
    notice(Ended.error());
  return All;
}

std::expected<uint64_t, DeviceError> VramCore::trim(Lock &L, uint64_t Bytes) {
  uint64_t Given = 0;
  while (Given < Bytes) {
    auto Slab = Index.Blocks.trim(1);
    if (!Slab) {
      notice(Slab.error());
      return Slab;
    }
    if (*Slab == 0)
      break;
    Given += *Slab;
    L.unlock();
    L.lock();
  }
  return Given;
}

std::expected<ArenaBlock, DeviceError>
VramCore::makeHole(Lock &L, Lane &Q, uint64_t Size, Deadline Until) {
  if (Compacting) {
    Changed.wait_until(L, patience(Until, false),
                       [this] { return !Compacting; });
    return Index.Blocks.alloc(Size);
  }
  Compacting = true;
  uint64_t Most = Counts.MovedBytes + MoveFactor * Size +
                  MoveSlabs * Index.Blocks.slabBytes();
  std::expected<ArenaBlock, DeviceError> Block = std::unexpected(
      DeviceError{DeviceError::Kind::OutOfMemory, "no room in one piece"});
  do {
    Block = Index.Blocks.alloc(Size);
    // Empty slabs are worth more elsewhere: side by side. As few as will do.
    for (uint64_t Bytes : {Size, Index.Blocks.mappedBytes()})
      if (!Block && trim(L, Bytes).value_or(0) != 0)
        Block = Index.Blocks.alloc(Size);
  } while (!Block && !isLost() && Counts.MovedBytes < Most && !isLate(Until) &&
           emptySlab(L, Q, Until));
  if (!Block && !Q.isIdle())
    Block = std::unexpected(DeviceError{DeviceError::Kind::TimedOut,
                                        "moving entries took too long"});
  Compacting = false;
  Changed.notify_all();
  return Block;
}

bool VramCore::dropSlab() {
  auto Slab = Index.Blocks.cheapestSlab(
      [this](HapaxHandle Id) { return Index.canDrop(Id); });
  if (!Slab)
    return false;
  for (HapaxHandle Id : Index.Blocks.beginEmptying(*Slab)) {
    Index.forget(Index.slotOf(Id));
    ++Counts.EvictedForRoom;
  }
  if (auto Ended = Index.Blocks.endEmptying(); !Ended)
    notice(Ended.error());
  return true;
}

uint64_t VramCore::giveBack(Lock &L, uint64_t Bytes) {
  Arena &Blocks = Index.Blocks;
  uint64_t Before = Blocks.mappedBytes();
  uint64_t Target = Before > Bytes ? Before - Bytes : 0;
  Target -= Target % Blocks.slabBytes();
  Blocks.setMayGrowTo(std::min(Target, Blocks.mayGrowTo()));
  Index.adaptLimit();
  Clock::time_point Begin = LastGiven = Clock::now();

  while (!isLost() && Blocks.mappedBytes() > Target) {
    auto Given = trim(L, Blocks.mappedBytes() - Target);
    if (!Given)
      break;
    if (*Given)
      continue;
    bool Emptied = false;
    Clock::time_point Now = Clock::now();
    if (!Compacting && Now - Begin < Options.MoveFor)
      if (auto Q = takeLane(L, NoDeadline, Now, Wait::No)) {
        Compacting = true;
        Emptied = emptySlab(L, **Q, NoDeadline);
        Compacting = false;
        giveLane(**Q, {});
      }
    if (!Emptied && (Compacting || !dropSlab()))
      break;
  }
  uint64_t After = Blocks.mappedBytes();
  uint64_t Given = Before > After ? Before - After : 0;
  Counts.GivenBackBytes += Given;
  return Given;
}

uint64_t VramCore::giveBack(uint64_t Bytes) {
  Lock L(Mutex);
  return giveBack(L, Bytes);
}

void VramCore::relieve(Clock::time_point Now) {
  Lock L(Mutex);
  if (isLost())
    return;
  drainLanes(Now);
  auto Spare = Index.Blocks.spareBytes();
  if (!Spare) {
    notice(Spare.error());
    return;
  }
  if (*Spare < 0) {
    giveBack(L, uint64_t(-*Spare));
  } else if (Now - LastGiven >= Options.RegrowAfter) {
    Index.Blocks.setMayGrowTo(Index.Blocks.mappedBytes() + uint64_t(*Spare));
    Index.adaptLimit();
  }
  if (Uses != UsesSeen) {
    UsesSeen = Uses;
    LastUse = Now;
  } else if (Options.IdleAfter.count() && Now - LastUse >= Options.IdleAfter &&
             Index.Blocks.mappedBytes()) {
    uint64_t MayGrowTo = Index.Blocks.mayGrowTo();
    giveBack(L, Index.Blocks.mappedBytes());
    Index.Blocks.setMayGrowTo(MayGrowTo);
    Index.adaptLimit();
  }
}
