//===- Client.h - The daemon, as a tier -------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// One call at a time has the whole arena as its slot. So there is nothing to
/// allocate, and a call that is not answered in time cannot be confused with
/// the next one: there is none. The connection ends, and the object stays as a
/// tier that is not available.
///
/// Of what the server says, as little is believed as the other way round: an
/// answer is copied once, and an entry that it points to must lie within the
/// slot. What is handed to the caller is what the entry's digests were checked
/// over, in the caller's own memory.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_CLIENT_H
#define HAPAX_RUNTIME_IPC_CLIENT_H

#include "ChannelMemory.h"
#include "hapax/Ipc/DaemonClient.h"
#include <mutex>

namespace hapax {

class Client final : public DaemonClient {
public:
  Client(const DaemonClientOptions &Options, FileDescriptor Socket,
         ChannelMemory Memory, RequestRing::Producer Requests,
         AnswerRing::Consumer Answers, uint64_t FirstId);
  ~Client() override;

  Answer get(const CacheKey &Key, Sink &Into, Deadline Until) override;
  std::vector<Answer> getMany(std::span<const Request> Requests,
                              Deadline Until) override;
  std::expected<void, TierError> put(const CacheKey &Key, PayloadKind Kind,
                                     std::span<const std::byte> Payload,
                                     uint32_t CostMs, Deadline Until) override;
  std::expected<bool, TierError> contains(const CacheKey &Key,
                                          Deadline Until) override;
  std::expected<void, TierError> remove(const CacheKey &Key,
                                        Deadline Until) override;
  TierCounters counters() const override;
  std::expected<DaemonStatistics, TierError>
  statistics(Deadline Until) override;
  std::expected<void, TierError> clear(Deadline Until) override;
  uint64_t maxPayload() const override;

private:
  using Clock = std::chrono::steady_clock;

  /// The right to make a call.
  class Turn;

  /// When a call that may move so many bytes has to be done.
  Deadline limit(Deadline Until, uint64_t Bytes) const;
  /// One get(), that neither waits nor counts. \p WaitMs: how long the daemon
  /// thinks that waiting is worth; 0: not.
  Answer getOnce(const CacheKey &Key, Sink &Into, bool WantsLease,
                 Deadline Until, uint32_t &WaitMs);
  /// Says which did not fit into the slot beside the others.
  std::vector<size_t> getBatch(std::span<const Request> Batch,
                               std::span<Answer> Into, Deadline Until);
  /// Takes the entry that the daemon says it has written.
  Answer take(const AnswerDescriptor &A, const CacheKey &Key, Sink &Into);
  Answer answerOf(const AnswerDescriptor &A, const CacheKey &Key, Sink &Into);
  std::expected<void, TierError> removeNow(const CacheKey &Key, Deadline Until);

  // With a turn.
  RequestDescriptor request(Operation What, const CacheKey &Key) const;
  /// Sends a request, which gets its number.
  std::expected<void, TierError> send(RequestDescriptor &R);
  /// The answer to the oldest request that has none.
  std::expected<AnswerDescriptor, TierError> receive(Deadline Until);
  std::expected<AnswerDescriptor, TierError> ask(RequestDescriptor R,
                                                 Deadline Until);
  /// Gives the daemon up.
  std::unexpected<TierError> giveUp(TierError::Kind Kind, std::string Why);
  std::span<std::byte> slot() const { return Memory.arena(); }
  void count(const Answer &A);

  const DaemonClientOptions Options;
  const pid_t Process;
  std::timed_mutex Mutex;
  bool GivenUp = false;
  FileDescriptor Socket;
  ChannelMemory Memory;
  const uint64_t SlotBytes;
  RequestRing::Producer Requests;
  AnswerRing::Consumer Answers;
  uint64_t NextId, NextAnswer;

  std::atomic<uint64_t> Hits = 0, Misses = 0, Errors = 0, CorruptEvicted = 0,
                        Puts = 0, BytesRead = 0, BytesWritten = 0;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_CLIENT_H
