//===- CheckedQueue.h - The checks before a transfer ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Between the interface and what moves the bytes: the one place where bounds
/// are checked and addresses are made, for every implementation. Below it no
/// transfer is empty, every device address was given by a DeviceRegion and is
/// mapped, every target of a kernel is pinned and named as the device sees it.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_CHECKEDQUEUE_H
#define HAPAX_RUNTIME_GPU_CHECKEDQUEUE_H

#include "KernelBodies.h"
#include "PinnedRanges.h"
#include "SlabLedger.h"

namespace hapax {

class CheckedQueue : public TransferQueue {
public:
  Started copyIn(DeviceRegion &To, uint64_t Offset,
                 std::span<const std::byte> From) final;
  Started copyOut(std::span<std::byte> To, const DeviceRegion &From,
                  uint64_t Offset) final;
  Started copyOutMany(std::span<const CopyOut> Copies) final;
  Started gather(std::span<const CopyOut> Copies) final;
  Started copyWithin(DeviceRegion &To, uint64_t ToOffset,
                     const DeviceRegion &From, uint64_t FromOffset,
                     uint64_t Size) final;
  Started fill(DeviceRegion &To, uint64_t Offset, uint64_t Size,
               std::byte Value) final;
  Started digest(std::span<const DeviceRegion *const> Regions,
                 std::span<std::byte> Digests) final;
  std::expected<bool, DeviceError> isDone(Ticket T) final;
  std::expected<void, DeviceError> wait(Ticket T, Until Deadline) final;

protected:
  using Done = std::expected<void, DeviceError>;
  /// Size bytes from a device address to the host, not empty.
  struct Piece {
    std::byte *To;
    uint64_t From;
    uint64_t Size;
  };

  /// What they refer to outlives the queue. \p Kernels as in the capabilities.
  CheckedQueue(const SlabLedger &Slabs, const PinnedRanges &Pinned,
               bool Kernels)
      : Slabs(Slabs), Pinned(Pinned), Kernels(Kernels) {}

  /// More is about to begin; what was begun so far is \p Last. An error begins
  /// nothing.
  virtual Done prepare(Ticket Last) = 0;
  // What they begin is over when they return an error.
  virtual Done moveIn(uint64_t To, std::span<const std::byte> From) = 0;
  virtual Done moveOut(const Piece &P) = 0;
  virtual Done moveOutMany(std::span<const Piece> Pieces) = 0;
  virtual Done runGather(std::span<const kernel::Transfer> Transfers) = 0;
  virtual Done moveWithin(const HapaxTransfer &T) = 0;
  virtual Done set(uint64_t To, uint64_t Size, std::byte Value) = 0;
  virtual Done runDigest(std::span<const kernel::Extent> Extents,
                         uint64_t To) = 0;
  /// isDone() and wait() of a ticket that was given out.
  virtual std::expected<bool, DeviceError> poll(Ticket T) = 0;
  virtual Done await(Ticket T, Until Deadline) = 0;

private:
  std::expected<Piece, DeviceError> check(const CopyOut &C) const;
  Done checkKernels() const;
  Done checkTicket(Ticket T) const;
  /// Begins \p Work, which may be nothing, and makes a ticket.
  template <typename F> Started begin(bool IsNothing, F Work);
  /// Begins \p Work on the address, if the region is mapped and has the room.
  template <typename F>
  Started write(DeviceRegion &To, uint64_t Offset, uint64_t Size, F Work);

  const SlabLedger &Slabs;
  const PinnedRanges &Pinned;
  const bool Kernels;
  Ticket Last = 0;
  /// Kept for their memory, so that a transfer allocates none.
  std::vector<Piece> Pieces;
  std::vector<kernel::Transfer> Transfers;
  std::vector<kernel::Extent> Extents;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_CHECKEDQUEUE_H
