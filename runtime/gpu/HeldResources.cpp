//===- HeldResources.cpp - What is held, by name ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "HeldResources.h"
#include "Failure.h"

using namespace hapax;

/// Milliseconds of the monotonic clock.
static int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

HeldResources::HeldResources(uint32_t Capacity)
    : Table(std::move(*ResourceTable::create(Capacity))) {}

std::expected<HapaxHandle, DeviceError> HeldResources::add(std::string Name,
                                                           Holder By) {
  std::lock_guard Lock(Mutex);
  auto Handle = Table.acquire(now());
  if (!Handle)
    return failure(DeviceError::Kind::OutOfMemory,
                   "no more than " + std::to_string(Table.capacity()) +
                       " resources of a device can be held at once");
  if (Handle->Slot >= Entries.size())
    Entries.resize(Handle->Slot + 1);
  Entries[Handle->Slot] = {std::move(Name), By};
  return *Handle;
}

void HeldResources::remove(HapaxHandle Handle) {
  std::lock_guard Lock(Mutex);
  Table.release(Handle, now());
}

std::string HeldResources::report(Holder By) const {
  std::lock_guard Lock(Mutex);
  std::string Lines;
  for (HapaxHandle Handle : Table.held()) {
    const Entry &E = Entries[Handle.Slot];
    if (E.By != By)
      continue;
    int64_t Since = Table.record(Handle.Slot)->AcquiredAt;
    Lines += E.Name + ", held for " + std::to_string(now() - Since) + " ms\n";
  }
  return Lines;
}
