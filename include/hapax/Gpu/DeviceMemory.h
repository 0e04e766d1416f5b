//===- DeviceMemory.h - Memory of a GPU, or in its place --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The one small interface to memory that the GPU cache lives in. Two
/// implementations: a CUDA device, and host memory, which serves where there is
/// no device and where a device was lost.
///
/// Device memory is a reserved range of addresses in which slabs are mapped and
/// unmapped. What goes in and out are copies on a TransferQueue, between host
/// memory and a DeviceRegion of the verified core, which checks every offset
/// and length: no call takes a bare device address to copy from or to.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_GPU_DEVICEMEMORY_H
#define HAPAX_GPU_DEVICEMEMORY_H

#include "hapax/Core/SafeBuffer.h"
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hapax {

/// Why device memory could not do something.
struct DeviceError {
  enum class Kind : uint8_t {
    NoDriver,     ///< libcuda.so.1 is not there or cannot be loaded.
    DriverTooOld, ///< The driver lacks what is needed.
    NoDevice,     ///< The driver shows no (usable) device.
    NoPermission, ///< The device may not be used by this user.
    Unsupported,  ///< This device or driver cannot do it; something else can.
    OutOfMemory,  ///< No memory of the device (or of the host) is left.
    Refused,      ///< An argument out of bounds; nothing has changed.
    TimedOut,     ///< No answer by the deadline; the work may still be running.
    Lost,         ///< The device is gone for this process: every later call on
                  ///< this DeviceMemory fails so too.
  };
  Kind Reason;
  /// One line for a person: cause and remedy.
  std::string Message;
};
std::string_view name(DeviceError::Kind Kind);
/// Whether it says that this machine has no device, rather than that there is
/// something wrong with one.
bool isAbsence(DeviceError::Kind Kind);

/// What a device can do, known once it is open.
struct DeviceCapabilities {
  /// E.g. "NVIDIA H200"; "host" for host memory.
  std::string Name;
  /// One line: driver, memory, bus; for reports.
  std::string Description;
  uint64_t TotalBytes = 0;
  /// map() and unmap() take multiples of it; a power of two.
  uint64_t SlabBytes = 0;
  bool IsGpu = false;
  /// copyOutMany() is one call of the driver, not many.
  bool BatchedCopies = false;
  /// gather() and digest() work.
  bool Kernels = false;
};

/// Host memory that a device copies to and from at full speed while this lives:
/// a caller's memory that was registered, or memory allocated for the purpose.
/// Move-only; empty after a move. Must not outlive the DeviceMemory, and ends
/// only when no transfer uses it. Of a lost device nothing is unpinned: what
/// was allocated stays so, as long as the process lives.
class PinnedMemory {
public:
  PinnedMemory() = default;
  PinnedMemory(std::span<std::byte> Bytes, std::function<void()> Release)
      : Memory(Bytes), Release(std::move(Release)) {}
  PinnedMemory(PinnedMemory &&Other) noexcept { *this = std::move(Other); }
  PinnedMemory &operator=(PinnedMemory &&Other) noexcept {
    std::swap(Memory, Other.Memory);
    std::swap(Release, Other.Release);
    return *this;
  }
  ~PinnedMemory() {
    if (Release)
      Release();
  }
  std::span<std::byte> bytes() const { return Memory; }

private:
  std::span<std::byte> Memory;
  std::function<void()> Release;
};

/// Copies in order: each begins when those before it on the queue are done.
/// What a copy reads or writes must stay valid, and the host memory alone with
/// the queue, until the copy's ticket is done. A call that fails leaves nothing
/// under way that it began, unless the device is Lost.
///
/// Nothing on earth takes back a copy that a device has begun: while a device
/// hangs, the copy may still happen at any time, and after Lost nobody need
/// ever learn whether it did. Only isQuiet() tells. Host memory for which it
/// does not, not even after a wait until the deadline, must be kept as it is
/// until the process ends: not freed, not unpinned, and nothing in it believed.
///
/// Destruction waits for what is under way, a bounded time, which all queues of
/// a device share; a queue that does not end so makes the device Lost. One
/// thread at a time; different queues are independent. Queues must not outlive
/// their DeviceMemory.
class TransferQueue {
public:
  /// Numbers the work of a queue: done when all up to it is.
  using Ticket = uint64_t;
  using Started = std::expected<Ticket, DeviceError>;
  using Until = std::chrono::steady_clock::time_point;

  struct CopyOut {
    std::span<std::byte> To;
    /// Whose filled bytes from Offset on, as many as To holds, are copied.
    const DeviceRegion *From;
    uint64_t Offset;
  };

  virtual ~TransferQueue();

  /// Writes \p From at \p Offset of \p To, as DeviceRegion::write() allows.
  virtual Started copyIn(DeviceRegion &To, uint64_t Offset,
                         std::span<const std::byte> From) = 0;
  /// Reads To.size() filled bytes at \p Offset of \p From.
  virtual Started copyOut(std::span<std::byte> To, const DeviceRegion &From,
                          uint64_t Offset) = 0;
  /// All of them or, where one is refused, none.
  virtual Started copyOutMany(std::span<const CopyOut> Copies) = 0;
  /// copyOutMany() by a kernel that writes into pinned memory: cheaper for many
  /// small copies. Unsupported without kernels or where a target is not pinned.
  virtual Started gather(std::span<const CopyOut> Copies) = 0;
  /// Copies within the device, as DeviceRegion::copy() allows; Refused where
  /// the ranges overlap.
  virtual Started copyWithin(DeviceRegion &To, uint64_t ToOffset,
                             const DeviceRegion &From, uint64_t FromOffset,
                             uint64_t Size) = 0;
  virtual Started fill(DeviceRegion &To, uint64_t Offset, uint64_t Size,
                       std::byte Value) = 0;
  /// XXH3-128 of all filled bytes of each region, computed where they lie, as
  /// 16 canonical (big-endian) bytes each into \p Digests, which must be pinned
  /// and hold 16 * Regions.size() bytes. Unsupported without kernels.
  virtual Started digest(std::span<const DeviceRegion *const> Regions,
                         std::span<std::byte> Digests) = 0;

  /// Whether the work up to the ticket is done; an error is the queue's end.
  virtual std::expected<bool, DeviceError> isDone(Ticket T) = 0;
  /// Waits for it: spins a short while, then sleeps. When the device is Lost it
  /// waits, no longer than the deadline, until the queue is quiet or it is
  /// clear that nobody can tell.
  virtual std::expected<void, DeviceError> wait(Ticket T, Until Deadline) = 0;
  /// Whether it is certain that nothing begun on the queue touches the host's
  /// memory any more. Also after Lost; does not wait.
  virtual bool isQuiet() = 0;
};

/// All calls are thread-safe. Everything acquired through it is a tracked
/// resource: what is still held when it is destroyed is named on stderr, and of
/// it mappings are released, as reserved ranges are. Queues and pinned memory
/// are not: their holders must have ended them before. A lost device takes
/// nothing back before the process ends.
class DeviceMemory {
public:
  virtual ~DeviceMemory();

  virtual const DeviceCapabilities &capabilities() const = 0;
  /// Bytes that could be mapped now, by anyone.
  virtual std::expected<uint64_t, DeviceError> freeBytes() = 0;

  /// Reserves a range of addresses, without memory behind it, for the life of
  /// this object. A multiple of SlabBytes.
  virtual std::expected<uint64_t, DeviceError> reserve(uint64_t Bytes) = 0;
  /// Puts memory behind a part of a reserved range: all of it or none.
  virtual std::expected<void, DeviceError> map(uint64_t Address,
                                               uint64_t Bytes) = 0;
  /// Gives back what one map() call mapped. No transfer may be using it.
  virtual std::expected<void, DeviceError> unmap(uint64_t Address,
                                                 uint64_t Bytes) = 0;

  /// \p Name appears in reports.
  virtual std::expected<std::unique_ptr<TransferQueue>, DeviceError>
  createQueue(std::string_view Name) = 0;
  /// Fresh zeroed host memory, page-aligned.
  virtual std::expected<PinnedMemory, DeviceError>
  allocatePinned(uint64_t Bytes) = 0;
  /// Pins the caller's memory, which must outlive the result. Refused where a
  /// part of it is pinned already.
  virtual std::expected<PinnedMemory, DeviceError>
  pin(std::span<std::byte> Memory) = 0;

  /// One line for each resource that users hold (mappings, queues, pinned
  /// memory), by name and age; empty when none is. What is still held at the
  /// end goes to stderr so.
  virtual std::string report() const = 0;
};

/// Host memory in the place of a device's. \p TotalBytes is what it offers.
std::unique_ptr<DeviceMemory> openHostMemory(uint64_t TotalBytes);

/// A CUDA device by its ordinal among those visible (CUDA_VISIBLE_DEVICES).
/// Creating a context takes hundreds of milliseconds.
std::expected<std::unique_ptr<DeviceMemory>, DeviceError>
openCudaMemory(int Ordinal = 0);

} // namespace hapax

#endif // HAPAX_GPU_DEVICEMEMORY_H
