//===- RequestChecker.h - What a client may ask -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Decides whether a request, copied out of the shared memory, is one that the
/// protocol allows at this point. Whatever bytes a client sends: what is
/// accepted names an operation that there is and a slot within the arena.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_REQUESTCHECKER_H
#define HAPAX_RUNTIME_IPC_REQUESTCHECKER_H

#include "hapax/Ipc/Protocol.h"
#include <array>
#include <expected>
#include <span>

namespace hapax {

/// Why a request is none; the client is hung up on then.
enum class RequestFault : uint8_t {
  BadId,        ///< Not the next number.
  BadOperation, ///< There is no such operation.
  BadSlot,      ///< Not within the arena, or not of the operation's size.
  BadBatch,     ///< Out of the order of its batch.
  NotZero,      ///< A field is set that the operation does not use.
};

/// Of one client; used by one thread.
class RequestChecker {
public:
  RequestChecker(uint64_t FirstId, uint64_t ArenaBytes)
      : NextId(FirstId), ArenaBytes(ArenaBytes) {}

  /// Accepts the next request, or not, and is then not asked again. True when
  /// there is something to do now: a request, or all of a batch.
  std::expected<bool, RequestFault> accept(const RequestDescriptor &R);

  /// What is to be done, until the next accept().
  std::span<const RequestDescriptor> todo() const {
    return std::span(Kept).first(Count);
  }

private:
  std::expected<void, RequestFault> check(const RequestDescriptor &R) const;

  uint64_t NextId;
  const uint64_t ArenaBytes;
  std::array<RequestDescriptor, MaxBatch> Kept = {};
  size_t Count = 0;
  bool InBatch = false;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_REQUESTCHECKER_H
