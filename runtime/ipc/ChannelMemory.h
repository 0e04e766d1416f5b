//===- ChannelMemory.h - What a client and the server share -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The memory file of one client. The server makes it, at its full size and
/// with all of its pages, and seals it: it can neither shrink nor grow. So no
/// access to it can fail on either side, whatever the other side does and
/// however little memory is left.
///
/// The layout follows from the size of the arena alone, which each side keeps
/// to itself. Offsets in bytes:
///
///   0      two event counts, of requests and of answers
///   4096   the ring of requests
///          the ring of answers
///   (page) the arena
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_CHANNELMEMORY_H
#define HAPAX_RUNTIME_IPC_CHANNELMEMORY_H

#include "hapax/Concurrency/EventCount.h"
#include "hapax/Concurrency/SharedSpscRing.h"
#include "hapax/Ipc/FileDescriptor.h"
#include "hapax/Ipc/Protocol.h"
#include <expected>
#include <span>
#include <string>

namespace hapax {

using RequestRing = SharedSpscRing<RequestDescriptor>;
using AnswerRing = SharedSpscRing<AnswerDescriptor>;

/// Who waits for whom. They lie on cache lines of their own.
struct ChannelEvents {
  /// The server waits for requests here.
  alignas(FalseSharingRange) EventCount<> Requests{FutexScope::Shared};
  /// The client waits for answers here.
  alignas(FalseSharingRange) EventCount<> Answers{FutexScope::Shared};
};

/// How often a side looks before it sleeps: a few microseconds, within which a
/// small entry comes from memory.
inline constexpr unsigned ChannelSpins = 256;

/// EventCount::await(), but it does not yield to other threads between looking
/// and sleeping: on a machine full of compilers that costs a time slice of
/// theirs, whereas a sleeper that is woken gets its turn at once.
template <typename Predicate>
bool awaitInChannel(EventCount<> &Event, Predicate Condition,
                    WakeDeadline Until) {
  for (unsigned I = 0; I != ChannelSpins; ++I) {
    if (Condition())
      return true;
    StdAtomics::waitForPeer(0);
  }
  return Event.await(Condition, Until, 1);
}

/// Maps the file as long as it lives. Move-only; empty after a move.
class ChannelMemory {
public:
  /// A multiple of the page's size within these bounds.
  static constexpr uint64_t MinArenaBytes = 16 * PageBytes;
  static constexpr uint64_t MaxArenaBytes = uint64_t(1) << 30;

  /// A new one, of the server's, reset().
  static std::expected<ChannelMemory, std::string> create(uint64_t ArenaBytes);
  /// The one that the server made. Does not reach a child that is forked.
  static std::expected<ChannelMemory, std::string> adopt(FileDescriptor File,
                                                         uint64_t ArenaBytes);

  ChannelMemory() = default;
  ChannelMemory(ChannelMemory &&Other) noexcept { *this = std::move(Other); }
  ChannelMemory &operator=(ChannelMemory &&Other) noexcept {
    std::swap(File, Other.File);
    std::swap(All, Other.All);
    std::swap(Process, Other.Process);
    return *this;
  }
  ~ChannelMemory();

  /// Everything as it was at first, but for the arena. Nobody uses it then.
  void reset();

  const FileDescriptor &file() const { return File; }
  uint64_t bytes() const { return All.size(); }
  std::span<std::byte> arena() const;
  std::span<std::byte> requestRing() const;
  std::span<std::byte> answerRing() const;
  ChannelEvents &events() const;

private:
  std::expected<void, std::string> map(uint64_t Bytes);

  FileDescriptor File;
  std::span<std::byte> All;
  /// Where it is mapped.
  pid_t Process = -1;
};

/// Bytes of the whole file; 0 for a size of the arena that is none.
uint64_t channelBytes(uint64_t ArenaBytes);

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_CHANNELMEMORY_H
