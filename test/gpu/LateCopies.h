//===- LateCopies.h - What a device that hangs has yet to do ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A device that hangs has accepted copies, and nobody can take them back: they
/// read and write the host's memory when it goes on, whatever has become of the
/// queue and of that memory. So each is kept with the host memory it is about.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_GPU_LATECOPIES_H
#define HAPAX_TEST_GPU_LATECOPIES_H

#include "hapax/Gpu/DeviceMemory.h"
#include <algorithm>
#include <deque>
#include <mutex>

namespace hapax {

/// Thread-safe.
class LateCopies {
public:
  struct Copy {
    /// Of which queue, and which of its tickets; for comparison alone.
    const TransferQueue *Of;
    TransferQueue::Ticket Number;
    /// What it reads or writes of the host's memory.
    std::vector<std::span<const std::byte>> Host;
    /// Does it, on any queue.
    std::function<TransferQueue::Started(TransferQueue &)> Land;
  };

  void add(Copy C) {
    std::lock_guard Lock(Mutex);
    All.push_back(std::move(C));
  }
  /// Whether work of the queue up to the ticket is among them.
  bool holds(const TransferQueue *Of, TransferQueue::Ticket UpTo) const {
    std::lock_guard Lock(Mutex);
    return std::ranges::any_of(
        All, [&](const Copy &C) { return C.Of == Of && C.Number <= UpTo; });
  }
  bool holds(const TransferQueue *Of) const { return holds(Of, ~0ull); }
  size_t size() const {
    std::lock_guard Lock(Mutex);
    return All.size();
  }
  /// Whether one of them is about a part of that memory.
  bool use(std::span<const std::byte> Memory) const {
    std::lock_guard Lock(Mutex);
    return std::ranges::any_of(All, [&](const Copy &C) {
      return std::ranges::any_of(C.Host, [&](std::span<const std::byte> H) {
        return H.data() < Memory.data() + Memory.size() &&
               Memory.data() < H.data() + H.size();
      });
    });
  }
  /// Does all of them, each before the next begins.
  void land(TransferQueue &On) {
    for (;;) {
      Copy Next;
      {
        std::lock_guard Lock(Mutex);
        if (All.empty())
          return;
        Next = All.front();
      }
      // What is not mapped any more is not copied.
      if (auto T = Next.Land(On))
        (void)On.wait(*T, std::chrono::steady_clock::now() +
                              std::chrono::seconds(60));
      std::lock_guard Lock(Mutex);
      All.pop_front();
    }
  }

private:
  mutable std::mutex Mutex;
  std::deque<Copy> All;
};

} // namespace hapax

#endif // HAPAX_TEST_GPU_LATECOPIES_H
