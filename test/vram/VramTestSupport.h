//===- VramTestSupport.h - Caches to test, and their payloads ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_VRAM_VRAMTESTSUPPORT_H
#define HAPAX_TEST_VRAM_VRAMTESTSUPPORT_H

#include "TestDevice.h"
#include "hapax/Vram/VramCache.h"
#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

namespace hapax {

using Bytes = std::vector<std::byte>;

/// A key that is spread evenly, as digests are.
inline CacheKey keyOf(uint64_t Number) {
  return digestOf(std::as_bytes(std::span(&Number, 1)));
}

/// The largest payload that payloadOf() makes.
inline constexpr uint64_t MaxTestPayload = uint64_t(4) << 20;

/// \p Size bytes of noise that depend on the seed.
inline std::span<const std::byte> payloadOf(uint64_t Seed, uint64_t Size) {
  constexpr uint64_t Starts = 65521;
  static const Bytes Noise = [] {
    Bytes Made(MaxTestPayload + Starts);
    std::mt19937_64 Random(99);
    for (std::byte &B : Made)
      B = std::byte(Random());
    return Made;
  }();
  return std::span(Noise).subspan(Seed % Starts, Size);
}

inline bool same(std::span<const std::byte> A, std::span<const std::byte> B) {
  return A.size() == B.size() &&
         (A.empty() || std::memcmp(A.data(), B.data(), A.size()) == 0);
}

/// Room in a caller's memory.
class RoomSink final : public Sink {
public:
  /// \p WhenAsked happens when the entry is held, and not yet read.
  explicit RoomSink(std::span<std::byte> Room,
                    std::function<void()> WhenAsked = {})
      : Room(Room), WhenAsked(std::move(WhenAsked)) {}
  std::span<std::byte> reserve(size_t Size) override {
    if (WhenAsked)
      WhenAsked();
    return Room.first(Size);
  }

private:
  std::span<std::byte> Room;
  std::function<void()> WhenAsked;
};

inline constexpr uint64_t KiB = 1024, MiB = 1024 * KiB;

/// A small cache without a front and without a claim to others' memory.
inline VramOptions smallOptions(uint64_t LimitBytes = 16 * MiB) {
  VramOptions Options;
  Options.Memory.LimitBytes = LimitBytes;
  Options.Memory.KeepFreeBytes = 0;
  Options.Memory.KeepFreePercent = 0;
  Options.MaxEntries = 1000;
  Options.FrontBytes = 0;
  Options.Lanes = 2;
  Options.LaneBytes = 64 * KiB;
  Options.TransferTimeout = std::chrono::milliseconds(5000);
  Options.RegrowAfter = std::chrono::milliseconds(0);
  return Options;
}

/// A cache on a device that fails on request.
struct TestCache {
  explicit TestCache(const VramOptions &Options = smallOptions(),
                     uint64_t DeviceBytes = 64 * MiB, bool AsGpu = false) {
    auto Made = openTestDevice(DeviceBytes);
    Memory = Made.get();
    Memory->pretend().IsGpu = AsGpu;
    Cache = std::move(*VramCache::create(std::move(Made), Options));
  }

  /// One that somebody else has made.
  explicit TestCache(std::unique_ptr<VramCache> Made)
      : Memory(nullptr), Cache(std::move(Made)) {}

  std::expected<void, TierError> put(uint64_t Number, uint64_t Size,
                                     uint64_t Seed) {
    return Cache->put(keyOf(Number), PayloadKind::Object, payloadOf(Seed, Size),
                      uint32_t(Size % 1000));
  }
  auto put(uint64_t Number, uint64_t Size) { return put(Number, Size, Number); }
  /// What is stored under a number; empty when nothing is.
  std::optional<Bytes> get(uint64_t Number) {
    Bytes Got;
    ContainerSink Into(Got);
    auto Answer = Cache->get(keyOf(Number), Into);
    Last = Answer ? std::optional<TierError::Kind>() : Answer.error().Reason;
    if (!Answer || !*Answer)
      return std::nullopt;
    return Got;
  }
  bool holds(uint64_t Number, uint64_t Size) {
    auto Got = get(Number);
    return Got && same(*Got, payloadOf(Number, Size));
  }
  /// Flips a byte of what the device read last.
  void damageLastRead() {
    DeviceRegion Region = Memory->lastRead();
    auto Queue = std::move(*Memory->createQueue("damage"));
    auto Finish = [&](TransferQueue::Started Work) {
      (void)Queue->wait(Work.value_or(0), std::chrono::steady_clock::now() +
                                              std::chrono::seconds(60));
    };
    Bytes All(Region.length());
    Finish(Queue->copyOut(All, Region, 0));
    All[All.size() / 2] ^= std::byte(1);
    Finish(Queue->copyIn(Region, 0, All));
  }
  VramStatistics statistics() const { return Cache->statistics(); }

  FaultyMemory *Memory;
  std::unique_ptr<VramCache> Cache;
  /// Why the last get() failed.
  std::optional<TierError::Kind> Last;
};

} // namespace hapax

#endif // HAPAX_TEST_VRAM_VRAMTESTSUPPORT_H
