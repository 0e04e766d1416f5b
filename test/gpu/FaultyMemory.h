//===- FaultyMemory.h - Device memory that fails on request -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A DeviceMemory around another one. A test says which call fails, and how;
/// how much of the memory others take; and may look at and change the bytes
/// behind the caller's back.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_GPU_FAULTYMEMORY_H
#define HAPAX_TEST_GPU_FAULTYMEMORY_H

#include "hapax/Gpu/DeviceMemory.h"
#include <array>
#include <atomic>
#include <mutex>
#include <thread>

namespace hapax {

class FaultyMemory final : public DeviceMemory {
public:
  enum class Call : uint8_t {
    FreeBytes,
    Reserve,
    Map,
    Unmap,
    CreateQueue,
    AllocatePinned,
    Pin,
    CopyIn,
    CopyOut,
    CopyOutMany,
    Gather,
    CopyWithin,
    Fill,
    Digest,
    IsDone,
    Wait,
    Count_,
  };

  explicit FaultyMemory(std::unique_ptr<DeviceMemory> Inner)
      : Inner(std::move(Inner)), What(this->Inner->capabilities()) {}

  /// The next call of this kind fails.
  void failNext(Call C, DeviceError::Kind How) { failAfter(C, 0, How); }
  /// The call of this kind after \p Good more fails.
  void failAfter(Call C, int64_t Good, DeviceError::Kind How) {
    std::lock_guard Lock(Mutex);
    Plans[size_t(C)] = {Good, How};
  }
  /// The call, of whatever kind, after \p Good more fails.
  void failAnyAfter(int64_t Good, DeviceError::Kind How) {
    std::lock_guard Lock(Mutex);
    Any = {Good, How};
  }
  /// Whether every call fails, until heal().
  void failAll(DeviceError::Kind How) {
    std::lock_guard Lock(Mutex);
    All = How;
  }
  void heal() {
    std::lock_guard Lock(Mutex);
    Plans = {};
    Any = {};
    All.reset();
  }
  /// While the device hangs, nothing gets done: no wait() ends in time.
  void hang(bool Now) { Hangs = Now; }
  /// Calls so far that could have failed.
  uint64_t calls() const { return Calls; }
  /// Bytes that others take of the device; negative to give back.
  void takeAway(int64_t Bytes) { Taken += Bytes; }
  /// Pretends to be a device with fewer abilities, or with others' names.
  DeviceCapabilities &pretend() { return What; }
  /// Called before each copy out, on the thread that copies, with its target.
  void beforeCopyOutTo(std::function<void(const std::byte *)> Do) {
    Hook = std::move(Do);
  }
  /// Where the bytes of the last copy out came from: host memory must be
  /// inside. To change a byte, copy in at that region.
  DeviceRegion lastRead() const {
    std::lock_guard Lock(Mutex);
    return *LastRead;
  }

  const DeviceCapabilities &capabilities() const override { return What; }
  std::expected<uint64_t, DeviceError> freeBytes() override {
    if (auto Bad = fails(Call::FreeBytes))
      return std::unexpected(*Bad);
    auto Free = Inner->freeBytes();
    if (!Free)
      return Free;
    int64_t Left = int64_t(*Free) - Taken;
    return Left < 0 ? 0 : uint64_t(Left);
  }
  std::expected<uint64_t, DeviceError> reserve(uint64_t Bytes) override {
    if (auto Bad = fails(Call::Reserve))
      return std::unexpected(*Bad);
    return Inner->reserve(Bytes);
  }
  std::expected<void, DeviceError> map(uint64_t Address,
                                       uint64_t Bytes) override {
    if (auto Bad = fails(Call::Map))
      return std::unexpected(*Bad);
    auto Free = Inner->freeBytes();
    if (Free && int64_t(*Free) - Taken < int64_t(Bytes))
      return std::unexpected(DeviceError{DeviceError::Kind::OutOfMemory,
                                         "others have taken the memory"});
    return Inner->map(Address, Bytes);
  }
  std::expected<void, DeviceError> unmap(uint64_t Address,
                                         uint64_t Bytes) override {
    if (auto Bad = fails(Call::Unmap))
      return std::unexpected(*Bad);
    return Inner->unmap(Address, Bytes);
  }
  std::expected<std::unique_ptr<TransferQueue>, DeviceError>
  createQueue(std::string_view Name) override {
    if (auto Bad = fails(Call::CreateQueue))
      return std::unexpected(*Bad);
    auto Made = Inner->createQueue(Name);
    if (!Made)
      return Made;
    return std::make_unique<Queue>(*this, std::move(*Made));
  }
  std::expected<PinnedMemory, DeviceError>
  allocatePinned(uint64_t Bytes) override {
    if (auto Bad = fails(Call::AllocatePinned))
      return std::unexpected(*Bad);
    return Inner->allocatePinned(Bytes);
  }
  std::expected<PinnedMemory, DeviceError>
  pin(std::span<std::byte> Memory) override {
    if (auto Bad = fails(Call::Pin))
      return std::unexpected(*Bad);
    return Inner->pin(Memory);
  }
  std::string report() const override { return Inner->report(); }

private:
  struct Plan {
    int64_t Good = -1; ///< -1: none
    DeviceError::Kind How = DeviceError::Kind::Lost;
  };

  static DeviceError made(DeviceError::Kind How) {
    return {How, "a fault of the test"};
  }
  std::optional<DeviceError> fails(Call C) {
    std::lock_guard Lock(Mutex);
    ++Calls;
    if (Gone)
      return made(DeviceError::Kind::Lost);
    std::optional<DeviceError::Kind> How = All;
    for (Plan *P : {&Plans[size_t(C)], &Any})
      if (P->Good >= 0 && P->Good-- == 0)
        How = P->How;
    if (!How)
      return std::nullopt;
    // As the interface says: once lost, always lost.
    Gone = *How == DeviceError::Kind::Lost;
    return made(*How);
  }

  class Queue final : public TransferQueue {
  public:
    Queue(FaultyMemory &Owner, std::unique_ptr<TransferQueue> Inner)
        : Owner(Owner), Inner(std::move(Inner)) {}
    Started copyIn(DeviceRegion &To, uint64_t Offset,
                   std::span<const std::byte> From) override {
      if (auto Bad = Owner.fails(Call::CopyIn))
        return std::unexpected(*Bad);
      return Inner->copyIn(To, Offset, From);
    }
    Started copyOut(std::span<std::byte> To, const DeviceRegion &From,
                    uint64_t Offset) override {
      if (auto Bad = Owner.fails(Call::CopyOut))
        return std::unexpected(*Bad);
      Owner.reads(From, To.data());
      return Inner->copyOut(To, From, Offset);
    }
    Started copyOutMany(std::span<const CopyOut> Copies) override {
      if (auto Bad = Owner.fails(Call::CopyOutMany))
        return std::unexpected(*Bad);
      return Inner->copyOutMany(Copies);
    }
    Started gather(std::span<const CopyOut> Copies) override {
      if (auto Bad = Owner.fails(Call::Gather))
        return std::unexpected(*Bad);
      return Inner->gather(Copies);
    }
    Started copyWithin(DeviceRegion &To, uint64_t ToOffset,
                       const DeviceRegion &From, uint64_t FromOffset,
                       uint64_t Size) override {
      if (auto Bad = Owner.fails(Call::CopyWithin))
        return std::unexpected(*Bad);
      return Inner->copyWithin(To, ToOffset, From, FromOffset, Size);
    }
    Started fill(DeviceRegion &To, uint64_t Offset, uint64_t Size,
                 std::byte Value) override {
      if (auto Bad = Owner.fails(Call::Fill))
        return std::unexpected(*Bad);
      return Inner->fill(To, Offset, Size, Value);
    }
    Started digest(std::span<const DeviceRegion *const> Regions,
                   std::span<std::byte> Digests) override {
      if (auto Bad = Owner.fails(Call::Digest))
        return std::unexpected(*Bad);
      return Inner->digest(Regions, Digests);
    }
    std::expected<bool, DeviceError> isDone(Ticket T) override {
      if (auto Bad = Owner.fails(Call::IsDone))
        return std::unexpected(*Bad);
      if (Owner.Hangs)
        return false;
      return Inner->isDone(T);
    }
    std::expected<void, DeviceError> wait(Ticket T, Until Deadline) override {
      if (auto Bad = Owner.fails(Call::Wait))
        return std::unexpected(*Bad);
      if (Owner.Hangs) {
        std::this_thread::sleep_until(Deadline);
        return std::unexpected(made(DeviceError::Kind::TimedOut));
      }
      return Inner->wait(T, Deadline);
    }

  private:
    FaultyMemory &Owner;
    std::unique_ptr<TransferQueue> Inner;
  };

  void reads(const DeviceRegion &From, const std::byte *To) {
    {
      std::lock_guard Lock(Mutex);
      LastRead = From;
    }
    if (Hook)
      Hook(To);
  }

  std::unique_ptr<DeviceMemory> Inner;
  DeviceCapabilities What;
  mutable std::mutex Mutex;
  std::array<Plan, size_t(Call::Count_)> Plans;
  Plan Any;
  std::optional<DeviceError::Kind> All;
  bool Gone = false;
  std::optional<DeviceRegion> LastRead;
  std::function<void(const std::byte *)> Hook;
  std::atomic<bool> Hangs = false;
  std::atomic<uint64_t> Calls = 0;
  std::atomic<int64_t> Taken = 0;
};

} // namespace hapax

#endif // HAPAX_TEST_GPU_FAULTYMEMORY_H
