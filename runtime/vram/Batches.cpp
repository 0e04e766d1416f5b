//===- Batches.cpp - Many entries in one call -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Small entries are fetched together, as many as the lane's pinned memory
/// holds: one call of the driver, or one kernel, where each alone would cost
/// its 6 microseconds. Large ones go one by one, each with its digest streamed.
//===----------------------------------------------------------------------===//
#include "VramCore.h"

#include <cstring>

using namespace hapax;

namespace {

/// Apart in the pinned memory, so that no two share a cache line.
uint64_t paddedSize(uint64_t Size) { return (Size + 63) & ~uint64_t(63); }

} // namespace

std::vector<VramCore::Answer>
VramCore::getMany(std::span<const Tier::Request> Requests, Deadline Until) {
  std::vector<Answer> Answers(Requests.size());
  if (isLost()) {
    for (Answer &A : Answers)
      A = lost();
    return Answers;
  }
  std::vector<Wanted> All;
  std::vector<WantedCopy> Copies;
  All.reserve(Requests.size());
  {
    Lock L(Mutex);
    ++Uses;
    for (size_t I = 0; I != Requests.size(); ++I) {
      uint32_t Slot = Index.find(Requests[I].Key);
      if (auto C = Index.holdCopy(Slot)) {
        countFrontHit(C->Info.Size);
        Copies.push_back({Requests[I].Key, *C, Requests[I].Into, &Answers[I]});
      } else if (auto H = Index.hold(Slot, Use::Yes)) {
        All.push_back({*H, Requests[I].Into, &Answers[I]});
      } else {
        ++Counts.Misses;
      }
    }
  }
  makeRoom(All);
  serveFromFront(Copies, All);
  if (All.empty())
    return Answers;

  Clock::time_point Now = Clock::now();
  Lock L(Mutex);
  auto Q = takeLane(L, Until, Now);
  if (Q)
    for (Wanted &W : All)
      W.Direct = isDirect(W.Room);
  L.unlock();
  if (Q)
    fetchAll(**Q, All, Until);
  else
    for (Wanted &W : All)
      *W.To = fail(Q.error());
  std::vector<HeldEntry> Used;
  for (const Wanted &W : All)
    Used.push_back(W.Entry);
  L.lock();
  if (Q)
    giveLane(**Q, Used);
  else
    for (const HeldEntry &H : Used)
      Index.release(H);
  return Answers;
}

void VramCore::makeRoom(std::vector<Wanted> &All) {
  std::erase_if(All, [&](Wanted &W) {
    uint64_t Size = W.Entry.size();
    auto Room = roomFor(Size, *W.Into);
    if (Room) {
      W.Room = *Room;
      return false;
    }
    *W.To = std::unexpected(std::move(Room.error()));
    Lock L(Mutex);
    Index.release(W.Entry);
    return true;
  });
}

void VramCore::serveFromFront(std::span<const WantedCopy> Copies,
                              std::vector<Wanted> &Rest) {
  for (const WantedCopy &W : Copies) {
    uint64_t Size = W.Copy.Info.Size;
    auto Room = roomFor(Size, *W.Into);
    if (!Room) {
      *W.To = std::unexpected(std::move(Room.error()));
      leave(W.Copy);
      Lock L(Mutex);
      uncountFrontHit(Size);
    } else if (copyFromFront(W.Copy, *Room)) {
      *W.To = W.Copy.Info;
    } else if (auto Entry = insteadOfCopy(W.Key, Size)) {
      Rest.push_back({*Entry, W.Into, W.To, *Room});
    } else {
      *W.To = Entry.error();
    }
  }
}

void VramCore::fetchAll(Lane &Q, std::span<Wanted> All, Deadline Until) {
  auto IsSmall = [&](const Wanted &W) {
    return W.Room.size() <= Q.staging().size() / 4;
  };
  for (size_t I = 0; I != All.size();) {
    if (isLost()) {
      *All[I++].To = lost();
      continue;
    }
    if (!Q.isIdle()) {
      *All[I++].To = failed(TierError::Kind::Deadline,
                            "an entry of the same request timed out");
      continue;
    }
    if (isLate(Until)) {
      *All[I++].To = fail(tooLate());
      continue;
    }
    size_t End = I;
    for (uint64_t Bytes = 0; End != All.size() && IsSmall(All[End]); ++End) {
      Bytes += paddedSize(All[End].Room.size());
      if (Bytes > Q.staging().size())
        break;
    }
    if (End - I > 1) {
      fetchBatch(Q, All.subspan(I, End - I), Until);
      I = End;
      continue;
    }
    Wanted &W = All[I++];
    Deadline Within = patience(Until, W.Direct);
    auto Seen = Q.fetch(W.Entry.Region, W.Room, W.Direct, Within);
    if (!Seen) {
      if (!settle(Q, Seen.error(), W.Direct, Within))
        Poisoned.add(W.Room);
      *W.To = fail(Seen.error());
      continue;
    }
    Lock L(Mutex);
    *W.To = arrived(W.Entry, *Seen, W.Room);
  }
}

TransferQueue::Started VramCore::beginBatch(Lane &Q, uint64_t Bytes) {
  if (GatherWorks && Plan.gathers(Q.Copies.size(), Bytes)) {
    auto T = Q.begun(Q.queue().gather(Q.Copies));
    if (T) {
      Lock L(Mutex);
      ++Counts.Gathers;
      return T;
    }
    notice(T.error());
    // Unsupported: not with this memory; anything else: not on this device.
    if (T.error().Reason != DeviceError::Kind::Unsupported)
      GatherWorks = false;
  }
  return Q.begun(Q.queue().copyOutMany(Q.Copies));
}

void VramCore::fetchBatch(Lane &Q, std::span<Wanted> Batch, Deadline Until) {
  bool Direct = false;
  uint64_t Bytes = 0, Offset = 0;
  Q.Copies.clear();
  for (Wanted &W : Batch) {
    auto Target =
        W.Direct ? W.Room : Q.staging().subspan(Offset, W.Room.size());
    Offset += paddedSize(W.Room.size());
    Q.Copies.push_back({Target, &W.Entry.Region, 0});
    Bytes += W.Room.size();
    Direct |= W.Direct;
  }
  Deadline Within = patience(Until, Direct);
  std::expected<void, DeviceError> Done;
  if (auto T = beginBatch(Q, Bytes); !T)
    Done = std::unexpected(T.error());
  else
    Done = Q.finish(Within);
  if (!Done) {
    bool IsOver = settle(Q, Done.error(), Direct, Within);
    for (Wanted &W : Batch) {
      if (!IsOver && W.Direct && !W.Room.empty())
        Poisoned.add(W.Room);
      *W.To = fail(Done.error());
    }
    return;
  }
  std::vector<Digest> Seen;
  for (size_t I = 0; I != Batch.size(); ++I) {
    Wanted &W = Batch[I];
    if (!W.Direct && !W.Room.empty())
      std::memcpy(W.Room.data(), Q.Copies[I].To.data(), W.Room.size());
    Seen.push_back(digestOf(W.Room));
  }
  Lock L(Mutex);
  ++Counts.Batches;
  for (size_t I = 0; I != Batch.size(); ++I)
    *Batch[I].To = arrived(Batch[I].Entry, Seen[I], Batch[I].Room);
}
