//===- VramModel.h - A naive cache to compare with --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The behaviour of VramCache written down as plainly as possible, and an
/// object that drives both with random operations and tells where they differ.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_VRAM_VRAMMODEL_H
#define HAPAX_TEST_VRAM_VRAMMODEL_H

#include "VramTestSupport.h"
#include <list>
#include <map>
#include <string>
#include <unordered_map>

namespace hapax {

class VramPair {
public:
  struct Plan {
    VramOptions Options = smallOptions();
    bool AsGpu = false;
    uint64_t Keys = 300;
    uint64_t MostBytes = 3000; ///< of a payload
    bool Pressure = false;     ///< with giveBack() and relieve()
  };

  VramPair(const Plan &P, uint64_t Seed)
      : P(P), Random(Seed), Real(P.Options, 64 * MiB, P.AsGpu) {
    Pins.reserve(MostPins);
    LimitBytes = bytesOf(P.Options);
    LimitEntries = P.Options.MaxEntries;
    VramStatistics S = Real.statistics();
    expect(S.LimitBytes == LimitBytes && S.LimitEntries == LimitEntries,
           "limits");
  }

  /// One random operation on both.
  void step() {
    uint64_t Number = Random() % P.Keys;
    switch (Random() % 32) {
    default:
      return get(Number);
    case 10 ... 18:
      return put(Number, false);
    case 19 ... 20:
      return put(Number, true);
    case 21 ... 22:
      return peek(Number);
    case 23:
      return remove(Number);
    case 24 ... 26:
      return getMany();
    case 27:
      return pin(Number);
    case 28 ... 29:
      return unpin();
    case 30:
      return contains(Number);
    case 31:
      if (Random() % 64 == 0)
        return clear();
      if (P.Pressure && Random() % 8 == 0)
        return press();
    }
  }

  /// Everything that can be seen.
  void compare() {
    auto Keys = Real.Cache->keys();
    size_t Pinned = 0;
    for (const Entry &E : Order)
      Pinned += E.Pins != 0;
    expect(Keys.size() == Order.size(), "number of keys");
    if (!Fault.empty())
      return;
    for (size_t I = 0; I != Pinned; ++I)
      expect(at(Keys[I]) && at(Keys[I])->Pins != 0, "pinned keys come first");
    size_t I = Pinned;
    for (const Entry &E : Order)
      if (E.Pins == 0)
        expect(Keys[I++] == keyOf(E.Number), "order of keys");
    if (std::string Bad = Real.Cache->check(); !Bad.empty())
      expect(false, Bad.c_str());
  }
  /// What is cheap to see; step() has compared what it did itself.
  void compareCounts() {
    VramStatistics S = Real.statistics();
    expect(S.Entries == Order.size(), "entries");
    expect(S.Bytes == Used, "bytes");
    expect(S.Hits == Hits && S.Misses == Misses, "hits and misses");
    expect(S.CorruptEvicted == 0 && S.TimedOut == 0, "no faults");
  }

  const std::string &fault() const { return Fault; }
  uint64_t evictedForRoom() const { return ForRoom; }
  uint64_t evicted() const { return Evicted; }

private:
  static constexpr size_t MostPins = 8;
  struct Entry {
    uint64_t Number, Seed, Size, Rounded;
    uint64_t Life; ///< tells entries of one key apart; replacement is one life
    unsigned Pins;
  };
  using Place = std::list<Entry>::iterator;

  Entry *at(const CacheKey &Key) {
    for (auto &[Number, It] : Index)
      if (keyOf(Number) == Key)
        return &*It;
    return nullptr;
  }
  void expect(bool Holds, const char *What) {
    if (!Holds && Fault.empty())
      Fault = What;
  }
  static constexpr uint64_t Slab = 2 * MiB, Block = 256;

  /// What a cache whose memory is all there may fill: of the memory, one slab
  /// is for moving, and a twelfth of the others for holes.
  static uint64_t bytesOf(const VramOptions &Options) {
    uint64_t Slabs = Options.Memory.LimitBytes - Slab;
    uint64_t Bytes = std::min(Options.MaxBytes, Slabs - Slabs / 12);
    return Bytes / Block * Block;
  }
  /// Under pressure, how much memory there is is the cache's business, but it
  /// is never more than without.
  void takeLimits() {
    if (!P.Pressure)
      return;
    LimitBytes = Real.statistics().LimitBytes;
    expect(LimitBytes <= bytesOf(P.Options), "limit");
  }

  void use(Place It) { Order.splice(Order.begin(), Order, It); }
  void drop(Place It) {
    Used -= It->Rounded;
    Index.erase(It->Number);
    Order.erase(It);
  }
  /// All but one.
  bool dropOldest(uint64_t Except) {
    for (auto It = Order.end(); It != Order.begin();)
      if ((--It)->Pins == 0 && It->Number != Except) {
        drop(It);
        ++Evicted;
        return true;
      }
    return false;
  }

  /// Compares an answer and what it brought with an entry, or with a miss.
  void check(const Tier::Answer &A, const Bytes &Got, Place *It,
             const char *What) {
    expect(A.has_value(), What);
    if (!A)
      return;
    expect(A->has_value() == (It != nullptr), What);
    if (!It || !*A)
      return;
    const EntryInfo &Info = **A;
    expect(same(Got, payloadOf((*It)->Seed, (*It)->Size)), "content");
    expect(Info.Size == (*It)->Size && Info.StoredSize == Info.Size &&
               Info.CostMs == uint32_t((*It)->Seed % 1000) &&
               Info.Kind == PayloadKind(1 + (*It)->Seed % 3),
           "description");
  }
  Place *find(uint64_t Number) {
    auto It = Index.find(Number);
    return It == Index.end() ? nullptr : &It->second;
  }

  void get(uint64_t Number) {
    ContainerSink Into(Got);
    auto A = Real.Cache->get(keyOf(Number), Into);
    Place *It = find(Number);
    check(A, Got, It, "get");
    ++(It ? Hits : Misses);
    if (It)
      use(*It);
  }
  void peek(uint64_t Number) {
    ContainerSink Into(Got);
    auto A = Real.Cache->peek(keyOf(Number), Into);
    Place *It = find(Number);
    check(A, Got, It, "peek");
    ++(It ? Hits : Misses);
  }
  void getMany() {
    size_t Count = 1 + Random() % 8;
    std::vector<Bytes> All(Count);
    std::vector<ContainerSink<Bytes>> Sinks;
    std::vector<uint64_t> Numbers;
    Sinks.reserve(Count);
    std::vector<Tier::Request> Requests;
    // No key twice: the order of use within one call is not promised.
    uint64_t First = Random() % P.Keys;
    for (size_t I = 0; I != Count; ++I) {
      Numbers.push_back((First + I * 7) % P.Keys);
      Sinks.emplace_back(All[I]);
      Requests.push_back({keyOf(Numbers[I]), &Sinks[I]});
    }
    auto Answers = Real.Cache->getMany(Requests);
    expect(Answers.size() == Count, "answers");
    for (size_t I = 0; I != Count; ++I) {
      Place *It = find(Numbers[I]);
      check(Answers[I], All[I], It, "getMany");
      ++(It ? Hits : Misses);
    }
    for (uint64_t Number : Numbers)
      if (Place *It = find(Number))
        use(*It);
  }

  void put(uint64_t Number, bool Replace) {
    uint64_t Seed = Random();
    uint64_t Size = Random() % 50 == 0 ? 0 : Random() % (P.MostBytes + 1);
    if (Random() % 4)
      Size /= 1 + Random() % 16;
    if (Random() % 500 == 0)
      Size = std::min(LimitBytes + Random() % 3 * 256, MaxTestPayload);
    uint64_t Rounded = std::max<uint64_t>((Size + 255) / 256 * 256, 256);
    auto Payload = payloadOf(Seed, Size);
    auto Kind = PayloadKind(1 + Seed % 3);
    uint32_t Cost = uint32_t(Seed % 1000);
    CacheKey Key = keyOf(Number);
    uint64_t RoomBefore = ForRoom;
    auto Done = Replace ? Real.Cache->replace(Key, Kind, Payload, Cost)
                        : Real.Cache->put(Key, Kind, Payload, Cost);
    ForRoom = Real.statistics().EvictedForRoom;

    Place *Old = find(Number);
    if (Old && !Replace)
      return expect(Done.has_value(), "put of a key that is there");
    // Pinned entries can hold the limit up; it falls when room is needed.
    takeLimits();
    uint64_t Pinned = 0, PinnedCount = 0;
    for (const Entry &E : Order)
      if (E.Pins && E.Number != Number) {
        Pinned += E.Rounded;
        ++PinnedCount;
      }
    bool Fits = Pinned + Rounded <= LimitBytes && PinnedCount < LimitEntries;
    // The old payload stays until the new one is there, so both need memory,
    // in one piece each: what is more than half of it may find no place.
    uint64_t Memory = P.Pressure ? Slab : P.Options.Memory.LimitBytes - Slab;
    uint64_t Together = Pinned + Rounded + (Old ? (*Old)->Rounded : 0);
    if (!Fits || (Old && !Done && Together > Memory / 2)) {
      expect(!Done && Done.error().Reason == TierError::Kind::Full,
             "put of what does not fit");
      if (P.Pressure || Fits)
        dropWhatWent();
      return;
    }
    expect(Done.has_value(), "put of what fits");
    auto Others = [&] {
      Place *It = find(Number);
      return Used - (It ? (*It)->Rounded : 0);
    };
    while (Others() + Rounded > LimitBytes)
      if (!dropOldest(Number))
        return expect(false, "the model has room");
    // Where no hole was large enough, some of the oldest went too.
    for (uint64_t I = ForRoom - RoomBefore; I-- != 0;)
      dropOldest(Number);
    uint64_t Life = ++Lives;
    unsigned Pins = 0;
    if ((Old = find(Number))) {
      Life = (*Old)->Life;
      Pins = (*Old)->Pins;
      drop(*Old);
    }
    if (Order.size() == LimitEntries)
      expect(dropOldest(Number), "the model has room");
    Order.push_front({Number, Seed, Size, Rounded, Life, Pins});
    Index[Number] = Order.begin();
    Used += Rounded;
  }

  void contains(uint64_t Number) {
    auto There = Real.Cache->contains(keyOf(Number));
    expect(There && *There == (find(Number) != nullptr), "contains");
  }
  void remove(uint64_t Number) {
    expect(Real.Cache->remove(keyOf(Number)).has_value(), "remove");
    if (Place *It = find(Number))
      drop(*It);
  }
  void clear() {
    Real.Cache->clear();
    Order.clear();
    Index.clear();
    Used = 0;
  }

  struct Held {
    uint64_t Number, Life;
    Pin Real;
  };
  void pin(uint64_t Number) {
    if (Pins.size() == MostPins)
      return;
    Place *It = find(Number);
    Pins.push_back(
        {Number, It ? (*It)->Life : 0, Real.Cache->pin(keyOf(Number))});
    if (It) {
      ++(*It)->Pins;
      use(*It);
    }
  }
  void unpin() {
    if (Pins.empty())
      return;
    std::swap(Pins[Random() % Pins.size()], Pins.back());
    Held H = std::move(Pins.back());
    Pins.pop_back();
    // A pin holds the entry that it was made for, not the next of that key.
    Place *It = find(H.Number);
    if (It && (*It)->Life == H.Life && --(*It)->Pins == 0)
      use(*It);
  }

  /// Gives memory back, or takes it again. Which entries go with their slabs is
  /// the cache's business; the order of the others must stay.
  void press() {
    if (Random() % 2)
      Real.Cache->giveBack(Random() % 3 * 2 * MiB);
    else
      Real.Cache->relieve(std::chrono::steady_clock::now());
    ForRoom = Real.statistics().EvictedForRoom;
    takeLimits();
    dropWhatWent();
  }
  void dropWhatWent() {
    auto Keys = Real.Cache->keys();
    std::unordered_map<CacheKey, bool> Left;
    for (const CacheKey &Key : Keys)
      Left[Key] = true;
    for (auto It = Order.begin(); It != Order.end();) {
      auto Next = std::next(It);
      if (!Left.contains(keyOf(It->Number))) {
        expect(It->Pins == 0, "a pinned entry stays");
        drop(It);
        ++Evicted;
      }
      It = Next;
    }
  }

  const Plan P;
  std::mt19937_64 Random;
  TestCache Real;
  std::list<Entry> Order; ///< the newest first
  std::unordered_map<uint64_t, Place> Index;
  std::vector<Held> Pins;
  uint64_t LimitBytes = 0, LimitEntries = 0, Used = 0, Lives = 0;
  uint64_t Hits = 0, Misses = 0, ForRoom = 0, Evicted = 0;
  Bytes Got;
  std::string Fault;
};

} // namespace hapax

#endif // HAPAX_TEST_VRAM_VRAMMODEL_H
