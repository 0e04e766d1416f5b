//===- VramCache.cpp - The cache in the memory of a GPU ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Vram/VramCache.h"
#include "VramCore.h"

using namespace hapax;

RegisteredMemory::~RegisteredMemory() {
  if (Owner)
    Owner->unregisterMemory(Memory);
}

bool RegisteredMemory::isPoisoned() const {
  return Owner && Owner->isPoisoned(Memory);
}

std::expected<std::unique_ptr<VramCache>, TierError>
VramCache::create(std::unique_ptr<DeviceMemory> Memory,
                  const VramOptions &Options, const VramCache *Beside) {
  auto Poisoned =
      Beside ? Beside->Poisoned : std::make_shared<PoisonedMemory>();
  auto Core = VramCore::create(std::move(Memory), Options, *Poisoned);
  if (!Core) {
    bool OutOfMemory = Core.error().Reason == DeviceError::Kind::OutOfMemory;
    return std::unexpected(TierError{OutOfMemory ? TierError::Kind::Full
                                                 : TierError::Kind::Unavailable,
                                     std::move(Core.error().Message)});
  }
  std::unique_ptr<VramCache> Cache(new VramCache);
  Cache->Options = Options;
  Cache->Poisoned = std::move(Poisoned);
  Cache->OnDevice = std::move(*Core);
  Cache->Current = Cache->OnDevice.get();
  return Cache;
}

VramCache::~VramCache() = default;

/// Calls \p Do on the core that serves now; looks afterwards whether it still
/// can.
template <typename Fn> auto VramCache::onCore(Fn &&Do) const {
  VramCore *Core = Current.load(std::memory_order_acquire);
  auto Result = Do(*Core);
  if (Core->isLost())
    turnToHost();
  return Result;
}

void VramCache::turnToHost() const {
  std::lock_guard Lock(Turning);
  if (OnHost || Options.HostFallbackBytes == 0)
    return;
  VramOptions Fallback = Options;
  Fallback.Memory.LimitBytes = Options.HostFallbackBytes;
  Fallback.Memory.KeepFreeBytes = 0;
  Fallback.Memory.KeepFreePercent = 0;
  // A copy in host memory of what is in host memory gains nothing.
  Fallback.FrontBytes = 0;
  auto Core = VramCore::create(openHostMemory(Options.HostFallbackBytes),
                               Fallback, *Poisoned);
  if (!Core)
    return;
  OnHost = std::move(*Core);
  Current.store(OnHost.get(), std::memory_order_release);
}

std::expected<std::optional<EntryInfo>, TierError>
VramCache::get(const CacheKey &Key, Sink &Into, Deadline Until) {
  return onCore(
      [&](VramCore &C) { return C.get(Key, Into, Until, VramCore::Use::Yes); });
}

Tier::Answer VramCache::peek(const CacheKey &Key, Sink &Into, Deadline Until) {
  return onCore(
      [&](VramCore &C) { return C.get(Key, Into, Until, VramCore::Use::No); });
}

std::vector<Tier::Answer> VramCache::getMany(std::span<const Request> Requests,
                                             Deadline Until) {
  return onCore([&](VramCore &C) { return C.getMany(Requests, Until); });
}

std::expected<void, TierError>
VramCache::put(const CacheKey &Key, PayloadKind Kind,
               std::span<const std::byte> Payload, uint32_t CostMs,
               Deadline Until) {
  return onCore([&](VramCore &C) {
    return C.put(Key, Kind, Payload, CostMs, Until, VramCore::IfThere::Keep);
  });
}

std::expected<void, TierError>
VramCache::replace(const CacheKey &Key, PayloadKind Kind,
                   std::span<const std::byte> Payload, uint32_t CostMs,
                   Deadline Until) {
  return onCore([&](VramCore &C) {
    return C.put(Key, Kind, Payload, CostMs, Until, VramCore::IfThere::Replace);
  });
}

std::expected<bool, TierError> VramCache::contains(const CacheKey &Key,
                                                   Deadline) {
  return onCore([&](VramCore &C) { return C.contains(Key); });
}

std::expected<void, TierError> VramCache::remove(const CacheKey &Key,
                                                 Deadline) {
  return onCore([&](VramCore &C) { return C.remove(Key); });
}

Pin VramCache::pin(const CacheKey &Key) {
  return onCore([&](VramCore &C) { return C.pin(Key); });
}

void VramCache::clear() {
  onCore([](VramCore &C) {
    C.clear();
    return 0;
  });
}

std::expected<RegisteredMemory, TierError>
VramCache::registerMemory(std::span<std::byte> Memory) {
  return onCore([&](VramCore &C) -> std::expected<RegisteredMemory, TierError> {
    if (auto Done = C.registerMemory(Memory); !Done)
      return std::unexpected(Done.error());
    return RegisteredMemory(C, Memory);
  });
}

std::vector<CacheKey> VramCache::keys() const {
  return onCore([](VramCore &C) { return C.keys(); });
}

VramStatistics VramCache::statistics() const {
  VramCore *Core = Current.load(std::memory_order_acquire);
  VramStatistics Now = Core->statistics();
  if (Core == OnDevice.get())
    return Now;
  // What was counted before the device was lost counts on.
  VramStatistics Before = OnDevice->statistics();
  Now.Lost = true;
  for (auto Count :
       {&VramStatistics::Hits, &VramStatistics::Misses, &VramStatistics::Errors,
        &VramStatistics::Puts, &VramStatistics::Replaced,
        &VramStatistics::BytesRead, &VramStatistics::BytesWritten,
        &VramStatistics::FrontHits, &VramStatistics::Evicted,
        &VramStatistics::EvictedForRoom, &VramStatistics::CorruptEvicted,
        &VramStatistics::TimedOut, &VramStatistics::Batches,
        &VramStatistics::Gathers, &VramStatistics::MovedBytes,
        &VramStatistics::GivenBackBytes})
    Now.*Count += Before.*Count;
  return Now;
}

bool VramCache::isFull() const {
  VramStatistics S = statistics();
  return S.Entries == S.LimitEntries || S.Bytes == S.LimitBytes;
}

uint64_t VramCache::remaining() const {
  VramStatistics S = statistics();
  return S.LimitBytes - S.Bytes;
}

double VramCache::fillRatio() const {
  VramStatistics S = statistics();
  return S.LimitBytes ? double(S.Bytes) / double(S.LimitBytes) : 1;
}

TierCounters VramCache::counters() const {
  VramStatistics S = statistics();
  return {S.Hits,
          S.Misses,
          S.Errors,
          S.CorruptEvicted,
          S.Puts + S.Replaced,
          S.BytesRead,
          S.BytesWritten};
}

void VramCache::relieve(std::chrono::steady_clock::time_point Now) {
  onCore([&](VramCore &C) {
    C.relieve(Now);
    return 0;
  });
}

uint64_t VramCache::giveBack(uint64_t Bytes) {
  return onCore([&](VramCore &C) { return C.giveBack(Bytes); });
}

std::span<std::byte> VramCache::frontMemory() {
  return onCore([](VramCore &C) { return C.frontMemory(); });
}

std::string VramCache::check() const {
  return onCore([](VramCore &C) { return C.check(); });
}
