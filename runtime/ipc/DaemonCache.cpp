//===- DaemonCache.cpp - The host tier, and the device's --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DaemonCache.h"

using namespace hapax;

namespace {

/// Entries that tend() moves at a time.
constexpr size_t MoveAtOnce = 64;

VramOptions hostOptions(const DaemonOptions &Options) {
  VramOptions Host;
  Host.Memory.LimitBytes = Options.HostBytes;
  Host.Memory.KeepFreeBytes = 0;
  Host.Memory.KeepFreePercent = 0;
  // Copies in host memory of what is in host memory gain nothing.
  Host.FrontBytes = 0;
  return Host;
}

bool isHit(const Tier::Answer &A) { return A && *A; }

/// \p A, and that it is the device's.
Tier::Answer ofDevice(Tier::Answer A) {
  if (isHit(A))
    (*A)->Tier = DaemonCache::DeviceName;
  return A;
}

} // namespace

std::expected<std::unique_ptr<DaemonCache>, std::string>
DaemonCache::create(const DaemonOptions &Options) {
  std::unique_ptr<DaemonCache> Made(new DaemonCache(Options));
  auto Host = VramCache::create(openHostMemory(Options.HostBytes),
                                hostOptions(Options));
  if (!Host)
    return std::unexpected("the host tier: " + Host.error().Message);
  Made->Host = std::move(*Host);
  if (Options.OpenDevice) {
    Made->State = DeviceState::Starting;
    auto Thread = WorkerThread::start(
        "hapaxd device", [Self = Made.get()] { Self->openDevice(); });
    if (!Thread)
      return std::unexpected("no thread for the device");
    Made->Opener.emplace(std::move(*Thread));
  }
  return Made;
}

DaemonCache::~DaemonCache() {
  {
    std::lock_guard Lock(Mutex);
    MustEnd = true;
  }
  Ending.notify_all();
  Opener.reset();
}

void DaemonCache::openDevice() {
  {
    std::unique_lock Lock(Mutex);
    Ending.wait_for(Lock, Options.DeviceDelay, [&] { return MustEnd; });
    if (MustEnd)
      return;
  }
  auto Finish = [&](DeviceState S, std::string Message) {
    {
      std::lock_guard Lock(Mutex);
      Fault = std::move(Message);
    }
    if (Options.Log)
      Options.Log(S == DeviceState::Ready ? "the device is ready"
                                          : "no device: " + deviceFault());
    State.store(S, std::memory_order_release);
  };
  auto Memory = Options.OpenDevice();
  if (!Memory) {
    bool Lost = Memory.error().Reason == DeviceError::Kind::Lost;
    return Finish(Lost ? DeviceState::Lost : DeviceState::None,
                  Memory.error().Message);
  }
  VramOptions Wanted = Options.Device;
  Wanted.HostFallbackBytes = 0;
  auto Cache = VramCache::create(std::move(*Memory), Wanted, Host.get());
  if (!Cache)
    // Full is no fault of the device: others have its memory.
    return Finish(Cache.error().Reason == TierError::Kind::Full
                      ? DeviceState::None
                      : DeviceState::Lost,
                  Cache.error().Message);
  Device = std::move(*Cache);
  Finish(DeviceState::Ready, {});
}

void DaemonCache::notice(const TierError &E) {
  DeviceState Was = DeviceState::Ready;
  if (E.Reason != TierError::Kind::Unavailable ||
      !State.compare_exchange_strong(Was, DeviceState::Lost))
    return;
  std::lock_guard Lock(Mutex);
  Fault = E.Message;
}

Tier::Answer DaemonCache::getElsewhere(const CacheKey &Key, Sink &Into,
                                       Deadline Until, uint64_t MovesBefore) {
  Tier::Answer OnHost = Host->get(Key, Into, Until);
  // It may have moved after the device was asked, and before the host was.
  if (isHit(OnHost) || !isDeviceReady() || Moves.load() == MovesBefore)
    return OnHost;
  return ofDevice(Device->get(Key, Into, Until));
}

Tier::Answer DaemonCache::get(const CacheKey &Key, Sink &Into, Deadline Until) {
  if (!isDeviceReady())
    return Host->get(Key, Into, Until);
  uint64_t MovesBefore = Moves.load();
  return complete({Key, &Into}, Device->get(Key, Into, Until), Until,
                  MovesBefore);
}

Tier::Answer DaemonCache::complete(const Tier::Request &R,
                                   Tier::Answer OnDevice, Deadline Until,
                                   uint64_t MovesBefore) {
  if (isHit(OnDevice))
    return ofDevice(std::move(OnDevice));
  if (!OnDevice)
    notice(OnDevice.error());
  Tier::Answer Other = getElsewhere(R.Key, *R.Into, Until, MovesBefore);
  // A miss of the host does not hide what went wrong on the device.
  return isHit(Other) || OnDevice || !isDeviceReady() ? Other : OnDevice;
}

std::vector<Tier::Answer>
DaemonCache::getMany(std::span<const Tier::Request> Requests, Deadline Until) {
  if (!isDeviceReady())
    return Host->getMany(Requests, Until);
  uint64_t MovesBefore = Moves.load();
  std::vector<Tier::Answer> Answers = Device->getMany(Requests, Until);
  for (size_t I = 0; I != Answers.size(); ++I)
    Answers[I] =
        complete(Requests[I], std::move(Answers[I]), Until, MovesBefore);
  return Answers;
}

std::expected<void, TierError>
DaemonCache::put(const CacheKey &Key, PayloadKind Kind,
                 std::span<const std::byte> Payload, uint32_t CostMs,
                 Deadline Until) {
  if (isDeviceReady()) {
    auto Done = Device->put(Key, Kind, Payload, CostMs, Until);
    if (Done)
      return Done;
    notice(Done.error());
    // Others may have the memory of the device, or it is lost now.
    if (Done.error().Reason != TierError::Kind::Full && isDeviceReady())
      return Done;
  }
  return Host->put(Key, Kind, Payload, CostMs, Until);
}

std::expected<bool, TierError> DaemonCache::contains(const CacheKey &Key) {
  if (isDeviceReady()) {
    auto There = Device->contains(Key);
    if (There && *There)
      return true;
    if (!There)
      notice(There.error());
  }
  return Host->contains(Key);
}

void DaemonCache::remove(const CacheKey &Key) {
  std::lock_guard Lock(Moving);
  // It fails for a device that is lost, of which nothing is read any more.
  if (isDeviceReady())
    (void)Device->remove(Key);
  (void)Host->remove(Key);
}

void DaemonCache::clear() {
  std::lock_guard Lock(Moving);
  if (isDeviceReady())
    Device->clear();
  Host->clear();
}

std::optional<RegisteredMemory>
DaemonCache::registerMemory(std::span<std::byte> Memory) {
  if (!isDeviceReady())
    return std::nullopt;
  auto Done = Device->registerMemory(Memory);
  if (!Done) {
    notice(Done.error());
    return std::nullopt;
  }
  return std::move(*Done);
}

std::string DaemonCache::deviceFault() const {
  std::lock_guard Lock(Mutex);
  return Fault;
}

void DaemonCache::report(DaemonStatistics &Into) const {
  VramStatistics H = Host->statistics();
  Into.HostEntries = H.Entries;
  Into.HostBytes = H.Bytes;
  Into.HostLimitBytes = H.LimitBytes;
  Into.HostEvicted = H.Evicted + H.EvictedForRoom;
  DeviceState Now = state();
  Into.Device = uint64_t(Now);
  if (Now != DeviceState::Ready)
    return;
  VramStatistics D = Device->statistics();
  Into.DeviceEntries = D.Entries;
  Into.DeviceBytes = D.Bytes;
  Into.DeviceLimitBytes = D.LimitBytes;
  Into.DeviceEvicted = D.Evicted + D.EvictedForRoom;
  Into.DeviceMappedBytes = D.MappedBytes;
  Into.DeviceGivenBackBytes = D.GivenBackBytes;
  Into.DeviceHits = D.Hits;
}

void DaemonCache::moveToDevice() {
  // The newest first, so the end is where to begin: the order stays.
  std::vector<CacheKey> Keys = Host->keys();
  std::vector<std::byte> Payload;
  for (size_t I = 0; I != std::min(Keys.size(), MoveAtOnce); ++I) {
    const CacheKey &Key = Keys[Keys.size() - 1 - I];
    std::lock_guard Lock(Moving);
    ContainerSink Into(Payload);
    auto Found = Host->peek(Key, Into);
    if (isHit(Found)) {
      auto Done = Device->put(Key, (*Found)->Kind, Payload, (*Found)->CostMs);
      if (!Done) {
        // It stays where it is, until there is room for it.
        notice(Done.error());
        return;
      }
      // Before it is gone from here: see getElsewhere().
      Moves.fetch_add(1);
    }
    (void)Host->remove(Key);
  }
  // What was the last: the memory goes back, too.
  if (Host->size() == 0)
    Host->giveBack(Options.HostBytes);
}

void DaemonCache::tend(std::chrono::steady_clock::time_point Now) {
  Host->relieve(Now);
  if (!isDeviceReady())
    return;
  Device->relieve(Now);
  if (Device->statistics().Lost) {
    notice({TierError::Kind::Unavailable, "the device was lost"});
    return;
  }
  if (Host->statistics().MappedBytes != 0)
    moveToDevice();
}
