//===- Lane.h - One transfer at a time, with its digest ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A lane is a queue of the device, pinned host memory, and a hasher. Payloads
/// go through it in pieces: while one is copied, the one before it is hashed
/// (and, where the caller's memory is not registered, copied between it and
/// the pinned memory), so that the digest costs little more than its last
/// piece.
///
/// A lane whose transfer did not end in time is stuck: what it reads and
/// writes stays as it is until the queue is drained or dropped.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_VRAM_LANE_H
#define HAPAX_RUNTIME_VRAM_LANE_H

#include "VramIndex.h"

namespace hapax {

/// One thread at a time.
class Lane {
public:
  using Until = TransferQueue::Until;
  static std::expected<std::unique_ptr<Lane>, DeviceError>
  create(DeviceMemory &Memory, uint64_t StagingBytes, unsigned Number);

  /// Copies all of \p To from the front of \p From; the digest of what arrived.
  /// \p Direct: To is pinned.
  std::expected<Digest, DeviceError> fetch(const DeviceRegion &From,
                                           std::span<std::byte> To, bool Direct,
                                           Until Deadline);
  /// Copies all of \p From to the front of \p To; the digest of what was sent.
  std::expected<Digest, DeviceError> send(DeviceRegion &To,
                                          std::span<const std::byte> From,
                                          bool Direct, Until Deadline);

  TransferQueue &queue() { return *Queue; }
  std::span<std::byte> staging() { return Staging.bytes(); }
  /// Notes work that was begun on the queue; hands its result on.
  TransferQueue::Started begun(TransferQueue::Started T) {
    if (T)
      Last = *T;
    // Of a lost device nobody knows what a failed call has begun.
    if (T || T.error().Reason == DeviceError::Kind::Lost)
      IsIdle = false;
    return T;
  }
  /// Waits for all that was begun.
  std::expected<void, DeviceError> finish(Until Deadline);
  /// Whether all that was begun is known to be done.
  bool isIdle() const { return IsIdle; }
  /// Whether it is certain, at the end too, that nothing that was begun touches
  /// the host's memory any more.
  bool isQuiet() { return IsIdle || Queue->isQuiet(); }
  /// Looks whether it is idle; an error is the queue's end.
  std::expected<bool, DeviceError> poll();
  /// Ends the queue, before anything that it may be using; the last call.
  void endQueue() { Queue.reset(); }

  /// What the transfer uses, to be let go when the lane is idle again or ends.
  std::vector<HeldEntry> Stuck;
  /// Since when it waits for that.
  std::chrono::steady_clock::time_point StuckSince;
  /// For batches; kept for their memory.
  std::vector<TransferQueue::CopyOut> Copies;

private:
  Lane() = default;

  PinnedMemory Staging;
  std::unique_ptr<TransferQueue> Queue;
  Hasher Hash;
  TransferQueue::Ticket Last = 0;
  bool IsIdle = true;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_VRAM_LANE_H
