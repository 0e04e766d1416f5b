//===- CudaQueue.h - A stream of a CUDA device ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Tickets without a price: of the last ticket the stream itself tells whether
/// it is done (cuStreamQuery), so one transfer at a time needs no event. Only
/// when more work begins behind a ticket that is not known to be done does an
/// event mark it, out of a ring made with the queue.
///
/// Invariant: of the tickets below Last that are not known to be done, each is
/// marked, or a later one is whose event took the place of its event in the
/// ring, or no work began behind it. So a ticket asks the event of the first
/// marked ticket that is not below it, else the stream. The answer is never too
/// early.
///
/// A transfer that is under way when the device is lost may still write to the
/// host. So the stream is asked for its end even then, by the one call that
/// neither blocks nor trusts the context: where someone waits, no longer than
/// his deadline, when the queue ends, and in isQuiet(). Only the answer that
/// all is done tells of the end. "Not ready" is worth asking on; an error that
/// stays is not, since the context will answer nothing else any more, and what
/// it has begun, nobody will learn.
///
/// The driver's pageable copies (plain host memory) may hold up the call until
/// they are done: a deadline is kept for pinned memory only.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_CUDAQUEUE_H
#define HAPAX_RUNTIME_GPU_CUDAQUEUE_H

#include "CheckedQueue.h"
#include "CudaContext.h"
#include "CudaKernels.h"
#include "HeldResources.h"

namespace hapax {

class CudaQueue final : public CheckedQueue {
public:
  struct Owner {
    CudaContext &Context;
    const SlabLedger &Slabs;
    const PinnedRanges &Pinned;
    HeldResources &Held;
    /// Null: without.
    const CudaKernels *Kernels;
    /// Whether batched copies work.
    bool Batches;
  };

  /// What the owner refers to outlives the queue.
  static std::expected<std::unique_ptr<CudaQueue>, DeviceError>
  create(const Owner &By, std::string_view Name);
  ~CudaQueue() override;

  bool isQuiet() override;
  /// False once a batched copy was refused and single ones took its place.
  bool batchWorks() const { return BatchWorks; }

private:
  /// Enough for the chunks of a streamed transfer; more only make an answer
  /// later than it could be.
  static constexpr unsigned Ring = 16;

  struct Mark {
    cuda::Event Event = nullptr;
    HapaxHandle Held = {};
    /// The ticket it was recorded for; 0 for none.
    Ticket For = 0;
  };

  explicit CudaQueue(const Owner &By)
      : CheckedQueue(By.Slabs, By.Pinned, By.Kernels != nullptr), By(By),
        Context(By.Context), Api(By.Context.api()) {}

  Done start(std::string_view Name);

  Done prepare(Ticket Last) override;
  Done moveIn(uint64_t To, std::span<const std::byte> From) override;
  Done moveOut(const Piece &P) override;
  Done moveOutMany(std::span<const Piece> Pieces) override;
  Done runGather(std::span<const kernel::Transfer> Transfers) override;
  Done moveWithin(const HapaxTransfer &T) override;
  Done set(uint64_t To, uint64_t Size, std::byte Value) override;
  Done runDigest(std::span<const kernel::Extent> Extents, uint64_t To) override;
  std::expected<bool, DeviceError> poll(Ticket T) override;
  Done await(Ticket T, Until Deadline) override;

  Done moveBatch(std::span<const Piece> Pieces);
  bool arePinned(std::span<const Piece> Pieces) const;
  /// poll() in a thread that has entered the context.
  std::expected<bool, DeviceError> ask(Ticket T);
  /// Waits until the stream does nothing any more, no longer than until the
  /// deadline and the context's patience; also when the device is lost. What it
  /// answered last.
  cuda::Result quiesce(Until Deadline);
  /// quiesce(); where that does not end, the device is lost.
  Done drain();
  /// \p Work, or its error when all that was begun is over or the device lost.
  Done settled(Done Work);
  /// Polls until it is true or the deadline has come; false then.
  template <typename F>
  static std::expected<bool, DeviceError> pollUntil(F IsDone, Until Deadline);

  const Owner By;
  CudaContext &Context;
  const cuda::Api &Api;
  cuda::Stream Stream = nullptr;
  HapaxHandle Held = {};
  std::array<Mark, Ring> Marks;
  unsigned NextMark = 0;
  /// All up to it are done.
  Ticket Finished = 0;
  bool BatchWorks = true;
  /// Kept for their memory.
  std::vector<cuda::DevicePointer> Targets, Sources;
  std::vector<size_t> Sizes;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_CUDAQUEUE_H
