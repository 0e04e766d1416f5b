//===- HostMemory.cpp - Host memory in the place of a device's --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Serves where there is no device, and shows in tests what a device would do:
/// a reserved range is address space without access, a mapped slab is made
/// accessible, an unmapped one is replaced by address space again, which gives
/// its pages back and makes any late access a fault. A copy is done when the
/// call returns.
//===----------------------------------------------------------------------===//
#include "CheckedQueue.h"
#include "Failure.h"
#include "HeldResources.h"
#include <cstdio>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

using namespace hapax;

namespace {

/// As on a GPU.
constexpr uint64_t SlabBytes = uint64_t(2) << 20;
/// Beside one mapping for each slab: queues and pinned memory.
constexpr uint32_t OtherResources = 4096;
constexpr uint32_t MaxResources = 1u << 20;

void *pointer(uint64_t Address) { return reinterpret_cast<void *>(Address); }

DeviceError outOfMemory(std::string What) {
  return {DeviceError::Kind::OutOfMemory,
          std::move(What) + ": " + std::strerror(errno)};
}

class HostQueue final : public CheckedQueue {
public:
  HostQueue(const SlabLedger &Slabs, const PinnedRanges &Pinned,
            HeldResources &Held, HapaxHandle Handle)
      : CheckedQueue(Slabs, Pinned, true), Held(Held), Handle(Handle) {}
  ~HostQueue() override { Held.remove(Handle); }

private:
  Done prepare(Ticket) override { return {}; }
  Done moveIn(uint64_t To, std::span<const std::byte> From) override {
    // The host's side may lie in the reserved range too.
    std::memmove(pointer(To), From.data(), From.size());
    return {};
  }
  Done moveOut(const Piece &P) override {
    std::memmove(P.To, pointer(P.From), P.Size);
    return {};
  }
  Done moveOutMany(std::span<const Piece> Pieces) override {
    for (const Piece &P : Pieces)
      moveOut(P);
    return {};
  }
  Done runGather(std::span<const kernel::Transfer> Transfers) override {
    for (const kernel::Transfer &T : Transfers)
      kernel::runGather(T);
    return {};
  }
  Done moveWithin(const HapaxTransfer &T) override {
    std::memcpy(pointer(T.To), pointer(T.From), T.Size);
    return {};
  }
  Done set(uint64_t To, uint64_t Size, std::byte Value) override {
    std::memset(pointer(To), int(Value), Size);
    return {};
  }
  Done runDigest(std::span<const kernel::Extent> Extents,
                 uint64_t To) override {
    for (const kernel::Extent &E : Extents) {
      kernel::runDigest(E, To);
      To += 16;
    }
    return {};
  }
  std::expected<bool, DeviceError> poll(Ticket) override { return true; }
  Done await(Ticket, Until) override { return {}; }
  bool isQuiet() override { return true; }

  HeldResources &Held;
  const HapaxHandle Handle;
};

class HostMemory final : public DeviceMemory {
public:
  explicit HostMemory(uint64_t TotalBytes)
      : Slabs(SlabBytes),
        Held(std::min<uint64_t>(TotalBytes / SlabBytes + OtherResources,
                                MaxResources)) {
    What.Name = "host";
    What.Description =
        "host memory, " + std::to_string(TotalBytes >> 20) + " MiB";
    What.TotalBytes = TotalBytes;
    What.SlabBytes = SlabBytes;
    What.BatchedCopies = true;
    What.Kernels = true;
  }

  ~HostMemory() override {
    for (const SlabLedger::Range &R : Slabs.ranges()) {
      munmap(pointer(R.Address), R.Bytes);
      Held.remove(R.Held);
    }
    if (std::string Leaks = Held.report(); !Leaks.empty())
      std::fprintf(stderr, "hapax: host memory was still held at its end:\n%s",
                   Leaks.c_str());
  }

  const DeviceCapabilities &capabilities() const override { return What; }

  std::expected<uint64_t, DeviceError> freeBytes() override {
    std::lock_guard Lock(Mutex);
    return What.TotalBytes - Slabs.mappedBytes();
  }

  std::expected<uint64_t, DeviceError> reserve(uint64_t Bytes) override;
  std::expected<void, DeviceError> map(uint64_t Address,
                                       uint64_t Bytes) override;
  std::expected<void, DeviceError> unmap(uint64_t Address,
                                         uint64_t Bytes) override;
  std::expected<std::unique_ptr<TransferQueue>, DeviceError>
  createQueue(std::string_view Name) override;
  std::expected<PinnedMemory, DeviceError>
  allocatePinned(uint64_t Bytes) override;
  std::expected<PinnedMemory, DeviceError>
  pin(std::span<std::byte> Memory) override;
  std::string report() const override { return Held.report(); }

private:
  std::expected<PinnedMemory, DeviceError>
  track(std::span<std::byte> Memory, std::string Name,
        void (*Free)(std::span<std::byte>));

  DeviceCapabilities What;
  /// Guards what changes Slabs.
  std::mutex Mutex;
  SlabLedger Slabs;
  PinnedRanges Pinned;
  HeldResources Held;
};

std::expected<uint64_t, DeviceError> HostMemory::reserve(uint64_t Bytes) {
  std::lock_guard Lock(Mutex);
  if (auto Good = Slabs.canReserve(Bytes); !Good)
    return std::unexpected(std::move(Good.error()));
  // One slab more, so that a range that begins at a multiple lies within.
  if (Bytes > UINT64_MAX - SlabBytes)
    return refused("no range of addresses is that long");
  auto Handle =
      Held.add("reserved range of " + std::to_string(Bytes) + " bytes",
               HeldResources::Holder::Self);
  if (!Handle)
    return std::unexpected(std::move(Handle.error()));
  void *Place = mmap(nullptr, Bytes + SlabBytes, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (Place == MAP_FAILED) {
    Held.remove(*Handle);
    return std::unexpected(
        outOfMemory("cannot reserve " + std::to_string(Bytes) + " bytes"));
  }
  uint64_t Begin = reinterpret_cast<uintptr_t>(Place);
  uint64_t Address = (Begin + SlabBytes - 1) / SlabBytes * SlabBytes;
  if (Address != Begin)
    munmap(Place, Address - Begin);
  munmap(pointer(Address + Bytes), Begin + SlabBytes - Address);
  Slabs.addRange({Address, Bytes, *Handle});
  return Address;
}

std::expected<void, DeviceError> HostMemory::map(uint64_t Address,
                                                 uint64_t Bytes) {
  std::lock_guard Lock(Mutex);
  if (auto Good = Slabs.canMap(Address, Bytes); !Good)
    return Good;
  if (Bytes > What.TotalBytes - Slabs.mappedBytes())
    return failure(DeviceError::Kind::OutOfMemory,
                   std::to_string(Bytes) + " bytes are beyond the limit of " +
                       std::to_string(What.TotalBytes));
  auto Handle = Held.add("mapping of " + std::to_string(Bytes) + " bytes",
                         HeldResources::Holder::User);
  if (!Handle)
    return std::unexpected(std::move(Handle.error()));
  if (mprotect(pointer(Address), Bytes, PROT_READ | PROT_WRITE)) {
    DeviceError Error =
        outOfMemory("cannot map " + std::to_string(Bytes) + " bytes");
    // A part may have become accessible.
    mprotect(pointer(Address), Bytes, PROT_NONE);
    Held.remove(*Handle);
    return std::unexpected(std::move(Error));
  }
  Slabs.map(Address, {Bytes, *Handle});
  return {};
}

std::expected<void, DeviceError> HostMemory::unmap(uint64_t Address,
                                                   uint64_t Bytes) {
  std::lock_guard Lock(Mutex);
  if (auto Good = Slabs.canUnmap(Address, Bytes); !Good)
    return Good;
  if (mmap(pointer(Address), Bytes, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
           0) == MAP_FAILED)
    return std::unexpected(
        outOfMemory("cannot unmap " + std::to_string(Bytes) + " bytes"));
  Held.remove(Slabs.unmap(Address).Held);
  return {};
}

std::expected<std::unique_ptr<TransferQueue>, DeviceError>
HostMemory::createQueue(std::string_view Name) {
  auto Handle = Held.add("queue '" + std::string(Name) + "'",
                         HeldResources::Holder::User);
  if (!Handle)
    return std::unexpected(std::move(Handle.error()));
  return std::make_unique<HostQueue>(Slabs, Pinned, Held, *Handle);
}

std::expected<PinnedMemory, DeviceError>
HostMemory::track(std::span<std::byte> Memory, std::string Name,
                  void (*Free)(std::span<std::byte>)) {
  auto Handle = Held.add(std::move(Name), HeldResources::Holder::User);
  if (!Handle)
    return std::unexpected(std::move(Handle.error()));
  if (!Pinned.add(Memory, reinterpret_cast<uintptr_t>(Memory.data()))) {
    Held.remove(*Handle);
    return refused("the memory is empty, or pinned already");
  }
  return PinnedMemory(Memory, [this, Memory, Free, Handle = *Handle] {
    Pinned.remove(Memory);
    Free(Memory);
    Held.remove(Handle);
  });
}

std::expected<PinnedMemory, DeviceError>
HostMemory::allocatePinned(uint64_t Bytes) {
  if (!Bytes)
    return refused("no bytes to allocate");
  void *Place = mmap(nullptr, Bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (Place == MAP_FAILED)
    return std::unexpected(
        outOfMemory("cannot allocate " + std::to_string(Bytes) + " bytes"));
  std::span<std::byte> Memory(static_cast<std::byte *>(Place), Bytes);
  auto Free = [](std::span<std::byte> M) { munmap(M.data(), M.size()); };
  auto Result = track(
      Memory, "pinned memory of " + std::to_string(Bytes) + " bytes", Free);
  if (!Result)
    Free(Memory);
  return Result;
}

std::expected<PinnedMemory, DeviceError>
HostMemory::pin(std::span<std::byte> Memory) {
  return track(Memory,
               "memory of a caller, " + std::to_string(Memory.size()) +
                   " bytes, pinned",
               [](std::span<std::byte>) {});
}

} // namespace

std::unique_ptr<DeviceMemory> hapax::openHostMemory(uint64_t TotalBytes) {
  return std::make_unique<HostMemory>(TotalBytes);
}
