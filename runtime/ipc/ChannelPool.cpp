//===- ChannelPool.cpp - Memory of channels, used again ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ChannelPool.h"
#include "SocketIo.h"

#include <algorithm>
#include <cstring>

using namespace hapax;

namespace {

/// A process that hung up and has not ended after so long lives on.
constexpr auto EndsWithin = std::chrono::seconds(1);

/// A pidfd becomes readable when the process has ended.
bool hasEnded(const FileDescriptor &Process) {
  return Process && hasHungUp(Process);
}

void wipe(Channel &C) {
  auto Arena = C.Memory.arena();
  std::memset(Arena.data(), 0, std::min<uint64_t>(C.Used, Arena.size()));
  C.Used = 0;
  C.Memory.reset();
}

} // namespace

ChannelPool::ChannelPool(uint64_t ArenaBytes, uint64_t MaxBytes, size_t Spares)
    : ArenaBytes(ArenaBytes), MaxBytes(MaxBytes), Spares(Spares) {}

std::expected<std::unique_ptr<Channel>, std::string> ChannelPool::make() {
  uint64_t Size = channelBytes(ArenaBytes);
  {
    std::lock_guard Lock(Mutex);
    if (Size > MaxBytes || Bytes > MaxBytes - Size)
      return std::unexpected("the channels have all the memory they may have");
    Bytes += Size;
  }
  auto Memory = ChannelMemory::create(ArenaBytes);
  if (!Memory) {
    std::lock_guard Lock(Mutex);
    Bytes -= Size;
    return std::unexpected(std::move(Memory.error()));
  }
  auto Made = std::make_unique<Channel>();
  Made->Memory = std::move(*Memory);
  return Made;
}

void ChannelPool::drop(std::unique_ptr<Channel> Old) {
  uint64_t Size = Old->Memory.bytes();
  Old.reset();
  std::lock_guard Lock(Mutex);
  Bytes -= Size;
}

std::expected<std::unique_ptr<Channel>, std::string> ChannelPool::take() {
  {
    std::lock_guard Lock(Mutex);
    if (!Ready.empty()) {
      auto Taken = std::move(Ready.back());
      Ready.pop_back();
      return Taken;
    }
  }
  return make();
}

void ChannelPool::giveBack(std::unique_ptr<Channel> Had,
                           FileDescriptor Process) {
  std::lock_guard Lock(Mutex);
  Back.push_back({std::move(Had), std::move(Process), Clock::now()});
}

void ChannelPool::tend(DaemonCache &Cache, Clock::time_point Now) {
  std::vector<Returned> Looked;
  size_t Missing;
  {
    std::lock_guard Lock(Mutex);
    Looked.swap(Back);
    Missing = Spares - std::min(Spares, Ready.size());
  }
  auto MakeReady = [&](std::unique_ptr<Channel> C) {
    if (!C->Registered)
      C->Registered = Cache.registerMemory(C->Memory.arena());
    std::lock_guard Lock(Mutex);
    Ready.push_back(std::move(C));
    --Missing;
  };
  for (Returned &R : Looked) {
    if (hasEnded(R.Process) && Missing != 0) {
      wipe(*R.Self);
      MakeReady(std::move(R.Self));
    } else if (R.Process && !hasEnded(R.Process) &&
               Now - R.Since < EndsWithin) {
      std::lock_guard Lock(Mutex);
      Back.push_back(std::move(R));
    } else {
      drop(std::move(R.Self));
    }
  }
  while (Missing != 0) {
    auto Made = make();
    if (!Made)
      break;
    MakeReady(std::move(*Made));
  }
  if (Cache.isDeviceReady())
    registerSpares(Cache);
}

void ChannelPool::registerSpares(DaemonCache &Cache) {
  for (size_t I = 0; I != Spares; ++I) {
    // Out of take()'s reach meanwhile.
    std::unique_ptr<Channel> C;
    {
      std::lock_guard Lock(Mutex);
      auto At = std::ranges::find_if(
          Ready, [](const auto &R) { return !R->Registered; });
      if (At == Ready.end())
        return;
      C = std::move(*At);
      Ready.erase(At);
    }
    C->Registered = Cache.registerMemory(C->Memory.arena());
    bool Done = C->Registered.has_value();
    std::lock_guard Lock(Mutex);
    Ready.push_back(std::move(C));
    if (!Done)
      return;
  }
}

uint64_t ChannelPool::bytes() const {
  std::lock_guard Lock(Mutex);
  return Bytes;
}
