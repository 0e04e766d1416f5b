//===- CheckedQueue.cpp - The checks before a transfer ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CheckedQueue.h"
#include "Failure.h"

using namespace hapax;

static std::unexpected<DeviceError> outOfBounds() {
  return refused("the transfer is out of the region's bounds");
}

static std::unexpected<DeviceError> notMapped() {
  return refused("no memory is mapped at the region's addresses");
}

static std::unexpected<DeviceError> notPinned() {
  return failure(DeviceError::Kind::Unsupported,
                 "a kernel writes into pinned memory only");
}

template <typename F>
TransferQueue::Started CheckedQueue::begin(bool IsNothing, F Work) {
  if (!IsNothing) {
    Done Good = prepare(Last);
    if (Good)
      Good = Work();
    if (!Good)
      return std::unexpected(std::move(Good.error()));
  }
  return ++Last;
}

template <typename F>
TransferQueue::Started CheckedQueue::write(DeviceRegion &To, uint64_t Offset,
                                           uint64_t Size, F Work) {
  DeviceRegion After = To;
  auto Address = After.write(Offset, Size);
  if (!Address)
    return outOfBounds();
  if (!Slabs.covers(*Address, Size))
    return notMapped();
  Started Result = begin(!Size, [&] { return Work(*Address); });
  if (Result)
    To = After;
  return Result;
}

TransferQueue::Started CheckedQueue::copyIn(DeviceRegion &To, uint64_t Offset,
                                            std::span<const std::byte> From) {
  return write(To, Offset, From.size(),
               [&](uint64_t Address) { return moveIn(Address, From); });
}

std::expected<CheckedQueue::Piece, DeviceError>
CheckedQueue::check(const CopyOut &C) const {
  if (!C.From)
    return refused("a copy without a region");
  auto Address = C.From->read(C.Offset, C.To.size());
  if (!Address)
    return outOfBounds();
  if (!Slabs.covers(*Address, C.To.size()))
    return notMapped();
  return Piece{C.To.data(), *Address, C.To.size()};
}

TransferQueue::Started CheckedQueue::copyOut(std::span<std::byte> To,
                                             const DeviceRegion &From,
                                             uint64_t Offset) {
  auto P = check({To, &From, Offset});
  if (!P)
    return std::unexpected(std::move(P.error()));
  return begin(!P->Size, [&] { return moveOut(*P); });
}

TransferQueue::Started
CheckedQueue::copyOutMany(std::span<const CopyOut> Copies) {
  Pieces.clear();
  for (const CopyOut &C : Copies) {
    auto P = check(C);
    if (!P)
      return std::unexpected(std::move(P.error()));
    if (P->Size)
      Pieces.push_back(*P);
  }
  return begin(Pieces.empty(), [&] { return moveOutMany(Pieces); });
}

CheckedQueue::Done CheckedQueue::checkKernels() const {
  if (!Kernels)
    return failure(DeviceError::Kind::Unsupported,
                   "this device has no kernels of ours");
  return {};
}

TransferQueue::Started CheckedQueue::gather(std::span<const CopyOut> Copies) {
  if (auto Good = checkKernels(); !Good)
    return std::unexpected(std::move(Good.error()));
  Transfers.clear();
  for (const CopyOut &C : Copies) {
    auto P = check(C);
    if (!P)
      return std::unexpected(std::move(P.error()));
    if (!P->Size)
      continue;
    auto To = Pinned.find(C.To);
    if (!To)
      return notPinned();
    Transfers.push_back({*To, P->From, P->Size});
  }
  return begin(Transfers.empty(), [&] { return runGather(Transfers); });
}

TransferQueue::Started CheckedQueue::copyWithin(DeviceRegion &To,
                                                uint64_t ToOffset,
                                                const DeviceRegion &From,
                                                uint64_t FromOffset,
                                                uint64_t Size) {
  DeviceRegion After = To;
  auto Plan = After.copy(ToOffset, From, FromOffset, Size);
  if (!Plan)
    return outOfBounds();
  if (!Slabs.covers(Plan->To, Size) || !Slabs.covers(Plan->From, Size))
    return notMapped();
  // No sum wraps: both ends are addresses.
  if (Size && Plan->To < Plan->From + Size && Plan->From < Plan->To + Size)
    return refused("the ranges of a copy overlap");
  Started Result = begin(!Size, [&] { return moveWithin(*Plan); });
  if (Result)
    To = After;
  return Result;
}

TransferQueue::Started CheckedQueue::fill(DeviceRegion &To, uint64_t Offset,
                                          uint64_t Size, std::byte Value) {
  return write(To, Offset, Size,
               [&](uint64_t Address) { return set(Address, Size, Value); });
}

TransferQueue::Started
CheckedQueue::digest(std::span<const DeviceRegion *const> Regions,
                     std::span<std::byte> Digests) {
  if (auto Good = checkKernels(); !Good)
    return std::unexpected(std::move(Good.error()));
  if (Digests.size() / 16 < Regions.size())
    return refused("a digest is 16 bytes");
  auto To = Pinned.find(Digests);
  if (!To)
    return notPinned();
  Extents.clear();
  for (const DeviceRegion *R : Regions) {
    if (!R)
      return refused("a digest without a region");
    if (!Slabs.covers(R->address(), R->length()))
      return notMapped();
    Extents.push_back({R->address(), R->length()});
  }
  return begin(Extents.empty(), [&] { return runDigest(Extents, *To); });
}

CheckedQueue::Done CheckedQueue::checkTicket(Ticket T) const {
  if (T > Last)
    return refused("the queue never gave out that ticket");
  return {};
}

std::expected<bool, DeviceError> CheckedQueue::isDone(Ticket T) {
  if (auto Good = checkTicket(T); !Good)
    return std::unexpected(std::move(Good.error()));
  return poll(T);
}

std::expected<void, DeviceError> CheckedQueue::wait(Ticket T, Until Deadline) {
  if (auto Good = checkTicket(T); !Good)
    return Good;
  return await(T, Deadline);
}
