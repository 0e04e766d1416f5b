//===- LruModel.h - A naive LRU cache to compare with -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The behaviour of KeyedLru written down as plainly as possible, and an
/// object that drives both and tells where they differ.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_CORE_LRUMODEL_H
#define HAPAX_TEST_CORE_LRUMODEL_H

#include "hapax/Core/KeyedLru.h"
#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace hapax {

struct LruModel {
  struct Entry {
    LruKey Key;
    uint64_t Size;
    unsigned Pins;
    uint32_t Slot; ///< as the real cache gave it
  };
  LruLimits Limits;
  std::vector<Entry> Entries; ///< the least recently used first

  auto at(const LruKey &Key) {
    return std::ranges::find(Entries, Key, &Entry::Key);
  }
  uint64_t bytes(bool PinnedOnly = false) const {
    uint64_t Sum = 0;
    for (const Entry &E : Entries)
      Sum += PinnedOnly && E.Pins == 0 ? 0 : E.Size;
    return Sum;
  }
  size_t pinned() const {
    return std::ranges::count_if(Entries, [](auto &E) { return E.Pins != 0; });
  }
  bool makeNewest(const LruKey &Key) {
    auto It = at(Key);
    if (It == Entries.end())
      return false;
    std::rotate(It, It + 1, Entries.end());
    return true;
  }
  /// Evicts down to \p Most; false when the pinned entries do not let it.
  bool evictTo(LruLimits Most, std::vector<Entry> &Evicted) {
    if (pinned() > Most.Entries || bytes(true) > Most.Bytes)
      return false;
    while (Entries.size() > Most.Entries || bytes() > Most.Bytes) {
      auto It = std::ranges::find(Entries, 0u, &Entry::Pins);
      Evicted.push_back(*It);
      Entries.erase(It);
    }
    return true;
  }
};

/// A real cache and its model. Each operation is done to both; fault() is empty
/// as long as they agree.
class LruPair {
  /// Takes down what is evicted.
  auto note() {
    return [this](uint32_t Slot, const LruKey &Key, uint64_t Size) {
      Seen.push_back({Key, Size, 0, Slot});
    };
  }

public:
  LruPair(uint32_t Capacity, LruLimits Limits)
      : Real(std::move(*KeyedLru::create(Capacity, Limits))),
        Model{Limits, {}} {}

  void insert(const LruKey &Key, uint64_t Size) {
    bool Known = Model.at(Key) != Model.Entries.end();
    bool Fits =
        !Known && Model.Limits.Entries != 0 && Size <= Model.Limits.Bytes &&
        Model.evictTo({Model.Limits.Entries - 1, Model.Limits.Bytes - Size},
                      Expected);
    uint32_t Slot = Real.insert(Key, Size, note());
    expect((Slot != 0) == Fits, "insert");
    if (Fits)
      Model.Entries.push_back({Key, Size, 0, Slot});
    compareEvicted();
  }
  void use(const LruKey &Key) {
    bool Known = Model.makeNewest(Key);
    expect((Real.use(Key) != 0) == Known, "use");
  }
  void remove(const LruKey &Key) {
    auto It = Model.at(Key);
    bool Removable = It != Model.Entries.end() && It->Pins == 0;
    expect(Real.remove(Real.find(Key)) == Removable, "remove");
    if (Removable)
      Model.Entries.erase(It);
  }
  void pin(const LruKey &Key) {
    auto It = Model.at(Key);
    expect(Real.pin(Real.find(Key)) == (It != Model.Entries.end()), "pin");
    if (It != Model.Entries.end())
      ++It->Pins;
  }
  void unpin(const LruKey &Key) {
    auto It = Model.at(Key);
    bool Pinned = It != Model.Entries.end() && It->Pins != 0;
    expect(Real.unpin(Real.find(Key)) == Pinned, "unpin");
    if (Pinned && --It->Pins == 0)
      Model.makeNewest(Key);
  }
  void setLimits(LruLimits Limits) {
    bool Done =
        Limits.Entries <= Real.capacity() && Model.evictTo(Limits, Expected);
    expect(Real.setLimits(Limits, note()) == Done, "setLimits");
    if (Done)
      Model.Limits = Limits;
    compareEvicted();
  }
  void clear() {
    for (auto It = Model.Entries.begin(); It != Model.Entries.end();) {
      if (It->Pins != 0) {
        ++It;
        continue;
      }
      Expected.push_back(*It);
      It = Model.Entries.erase(It);
    }
    Real.clear(note());
    compareEvicted();
  }

  /// Compares all that can be seen; \p Keys are looked for.
  void compare(std::span<const LruKey> Keys) {
    expect(Real.size() == Model.Entries.size(), "size");
    expect(Real.bytes() == Model.bytes(), "bytes");
    expect(Real.pinnedCount() == Model.pinned(), "pinnedCount");
    expect(Real.pinnedBytes() == Model.bytes(true), "pinnedBytes");
    expect(Real.limits() == Model.Limits, "limits");
    expect(Real.remaining() == Model.Limits.Bytes - Model.bytes(), "remaining");
    expect(Real.isFull() == (Model.Entries.size() == Model.Limits.Entries),
           "isFull");
    for (const LruKey &Key : Keys)
      expect(Real.find(Key) == slotOf(Key), "find");
    uint32_t Slot = 0;
    for (const auto &E : Model.Entries) {
      expect(Real.key(E.Slot) == E.Key && Real.bytesOf(E.Slot) == E.Size &&
                 Real.isPinned(E.Slot) == (E.Pins != 0),
             "entry");
      if (E.Pins != 0) {
        expect(Real.newer(E.Slot) == 0 && Real.older(E.Slot) == 0, "pinned");
        continue;
      }
      expect(Real.newer(Slot) == E.Slot && Real.older(E.Slot) == Slot, "order");
      if (Slot == 0)
        expect(Real.victim() == E.Slot, "victim");
      Slot = E.Slot;
    }
    expect(Real.newer(Slot) == 0 && Real.older(0) == Slot, "ends");
    if (Slot == 0)
      expect(Real.victim() == 0, "no victim");
  }

  const std::string &fault() const { return Fault; }

  KeyedLru Real;
  LruModel Model;

private:
  void expect(bool Holds, const char *What) {
    if (!Holds && Fault.empty())
      Fault = What;
  }
  uint32_t slotOf(const LruKey &Key) {
    auto It = Model.at(Key);
    return It == Model.Entries.end() ? 0 : It->Slot;
  }
  void compareEvicted() {
    expect(std::ranges::equal(Seen, Expected,
                              [](auto &A, auto &B) {
                                return A.Slot == B.Slot && A.Key == B.Key &&
                                       A.Size == B.Size;
                              }),
           "evicted");
    Seen.clear();
    Expected.clear();
  }

  std::vector<LruModel::Entry> Seen, Expected;
  std::string Fault;
};

} // namespace hapax

#endif // HAPAX_TEST_CORE_LRUMODEL_H
