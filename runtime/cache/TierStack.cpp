//===- TierStack.cpp - Several tiers as one ---------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/TierStack.h"

#include <algorithm>
#include <numeric>

using namespace hapax;

namespace {

/// Passes a sink on and remembers the room that it gave, so that the payload
/// can be handed to the tiers above.
class RememberingSink final : public Sink {
public:
  explicit RememberingSink(Sink &Target) : Target(&Target) {}
  std::span<std::byte> reserve(size_t Size) override {
    // A lower tier asks again after a tier above it has failed.
    if (Room.size() != Size || Size == 0)
      Room = Target->reserve(Size);
    return Room;
  }
  std::span<std::byte> Room;

private:
  Sink *Target;
};

bool hasPassed(Deadline Until) {
  return Until != NoDeadline && std::chrono::steady_clock::now() >= Until;
}

bool isHit(const Tier::Answer &A) { return A && *A; }

void keepFirst(std::optional<TierError> &First, const TierError &E) {
  if (!First)
    First = E;
}

} // namespace

void TierStack::add(std::unique_ptr<Tier> Lower) {
  Levels.emplace_back().Self = std::move(Lower);
}

void TierStack::note(Level &L, const TierError &E) {
  // A tier that is read-only by choice is no fault.
  if (E.Reason == TierError::Kind::ReadOnly)
    return;
  Errors.fetch_add(1, std::memory_order_relaxed);
  if (E.Reason == TierError::Kind::Corrupt)
    CorruptEvicted.fetch_add(1, std::memory_order_relaxed);
  if (E.Reason == TierError::Kind::Unavailable ||
      E.Reason == TierError::Kind::Deadline)
    L.LeftOut.store(true, std::memory_order_relaxed);
}

void TierStack::fill(size_t Below, const CacheKey &Key, const EntryInfo &Info,
                     std::span<const std::byte> Payload, Deadline Until) {
  for (size_t I = 0; I != Below; ++I) {
    Level &L = Levels[I];
    if (leftOut(I) || hasPassed(Until))
      continue;
    if (auto Done = L.Self->put(Key, Info.Kind, Payload, Info.CostMs, Until);
        !Done)
      note(L, Done.error());
  }
}

Tier::Answer TierStack::settle(std::optional<EntryInfo> Found,
                               const std::optional<TierError> &First) {
  if (Found) {
    Hits.fetch_add(1, std::memory_order_relaxed);
    BytesRead.fetch_add(Found->Size, std::memory_order_relaxed);
    return Found;
  }
  if (First)
    return std::unexpected(*First);
  Misses.fetch_add(1, std::memory_order_relaxed);
  return std::nullopt;
}

Tier::Answer TierStack::get(const CacheKey &Key, Sink &Into, Deadline Until) {
  Request Only = {Key, &Into};
  return std::move(getMany({&Only, 1}, Until).front());
}

std::vector<Tier::Answer> TierStack::getMany(std::span<const Request> Requests,
                                             Deadline Until) {
  size_t Count = Requests.size();
  std::vector<std::optional<EntryInfo>> Found(Count);
  std::vector<std::optional<TierError>> First(Count);
  std::vector<RememberingSink> Sinks;
  Sinks.reserve(Count);
  for (const Request &R : Requests)
    Sinks.emplace_back(*R.Into);
  // Which requests are still open, as indices into the arrays above.
  std::vector<size_t> Open(Count);
  std::iota(Open.begin(), Open.end(), size_t(0));

  for (size_t I = 0; I != Levels.size() && !Open.empty(); ++I) {
    if (leftOut(I))
      continue;
    if (hasPassed(Until)) {
      for (size_t Index : Open)
        keepFirst(First[Index], {TierError::Kind::Deadline,
                                 "the cache did not answer in time"});
      break;
    }
    std::vector<Request> Asked;
    Asked.reserve(Open.size());
    for (size_t Index : Open)
      Asked.push_back({Requests[Index].Key, &Sinks[Index]});
    auto Begin = std::chrono::steady_clock::now();
    std::vector<Answer> Answers = Levels[I].Self->getMany(Asked, Until);
    auto End = std::chrono::steady_clock::now();
    if (std::ranges::any_of(Answers, isHit))
      Levels[I].HitTimes.add(End - Begin);

    std::vector<size_t> StillOpen;
    for (size_t N = 0; N != Open.size(); ++N) {
      size_t Index = Open[N];
      if (!Answers[N]) {
        note(Levels[I], Answers[N].error());
        keepFirst(First[Index], Answers[N].error());
      } else if (*Answers[N]) {
        Found[Index] = *Answers[N];
        if (Found[Index]->Tier.empty())
          Found[Index]->Tier = Levels[I].Self->name();
        fill(I, Requests[Index].Key, **Answers[N], Sinks[Index].Room, Until);
        continue;
      }
      StillOpen.push_back(Index);
    }
    Open = std::move(StillOpen);
  }

  std::vector<Answer> Result;
  Result.reserve(Count);
  for (size_t I = 0; I != Count; ++I)
    Result.push_back(settle(Found[I], First[I]));
  return Result;
}

std::expected<void, TierError>
TierStack::put(const CacheKey &Key, PayloadKind Kind,
               std::span<const std::byte> Payload, uint32_t CostMs,
               Deadline Until) {
  std::optional<TierError> First;
  bool Taken = false, HasKeeper = false;
  auto PutWhere = [&](bool Keeps) {
    for (size_t I = 0; I != Levels.size(); ++I) {
      Tier &T = *Levels[I].Self;
      if (T.keeps() != Keeps)
        continue;
      HasKeeper |= Keeps;
      if (leftOut(I))
        continue;
      if (hasPassed(Until)) {
        keepFirst(First, {TierError::Kind::Deadline,
                          "the cache did not take the entry in time"});
        return;
      }
      if (auto Done = T.put(Key, Kind, Payload, CostMs, Until)) {
        Taken = true;
      } else {
        note(Levels[I], Done.error());
        keepFirst(First, Done.error());
      }
    }
  };
  PutWhere(/*Keeps=*/true);
  if (Taken || !HasKeeper)
    PutWhere(/*Keeps=*/false);
  if (!Taken)
    return std::unexpected(First.value_or(TierError{
        TierError::Kind::Unavailable, "no tier of the cache is available"}));
  Puts.fetch_add(1, std::memory_order_relaxed);
  BytesWritten.fetch_add(Payload.size(), std::memory_order_relaxed);
  return {};
}

std::expected<bool, TierError> TierStack::contains(const CacheKey &Key,
                                                   Deadline Until) {
  std::optional<TierError> First;
  for (size_t I = 0; I != Levels.size() && !hasPassed(Until); ++I) {
    if (leftOut(I))
      continue;
    auto Has = Levels[I].Self->contains(Key, Until);
    if (Has && *Has)
      return true;
    if (!Has) {
      note(Levels[I], Has.error());
      keepFirst(First, Has.error());
    }
  }
  if (First)
    return std::unexpected(*First);
  return false;
}

std::expected<void, TierError> TierStack::remove(const CacheKey &Key,
                                                 Deadline Until) {
  std::optional<TierError> First;
  for (Level &L : Levels)
    if (auto Done = L.Self->remove(Key, Until); !Done) {
      note(L, Done.error());
      keepFirst(First, Done.error());
    }
  if (First)
    return std::unexpected(*First);
  return {};
}

Pin TierStack::pin(const CacheKey &Key) {
  auto Pins = std::make_shared<std::vector<Pin>>();
  for (Level &L : Levels)
    Pins->push_back(L.Self->pin(Key));
  return Pin([Pins] { Pins->clear(); });
}

TierCounters TierStack::counters() const {
  auto Get = [](const std::atomic<uint64_t> &Value) {
    return Value.load(std::memory_order_relaxed);
  };
  return {Get(Hits), Get(Misses),    Get(Errors),      Get(CorruptEvicted),
          Get(Puts), Get(BytesRead), Get(BytesWritten)};
}
