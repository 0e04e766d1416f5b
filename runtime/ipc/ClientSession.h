//===- ClientSession.h - One client, on the side of the server ---*- C++
//-*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Serves the requests of one client, on a thread of its own: a transfer of one
/// client's never keeps another one waiting, and what a client writes to the
/// shared memory can mislead no thread but its own.
///
/// Nothing in the shared memory is believed. The thread's ring endpoints keep
/// their own indices; a request is copied out once, and checked as a copy; of
/// an entry to be stored the header is copied out once, and its payload is
/// nothing but bytes; a sleep ends by itself after a while, whatever became of
/// the event count.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_CLIENTSESSION_H
#define HAPAX_RUNTIME_IPC_CLIENTSESSION_H

#include "ChannelPool.h"
#include "LeaseTable.h"
#include "RequestChecker.h"
#include "ServerCounts.h"
#include "TokenBucket.h"

namespace hapax {

/// What all sessions use; outlives them.
struct SessionServices {
  DaemonCache &Cache;
  LeaseTable &Leases;
  ServerCounts &Counts;
  uint32_t RequestsPerSecond;
  std::chrono::milliseconds RequestTimeout;
  std::function<DaemonStatistics()> Statistics;
};

class ClientSession {
public:
  /// \p Number is this client's alone; \p FirstId what its Welcome says.
  static std::expected<std::unique_ptr<ClientSession>, std::string>
  create(const SessionServices &Services, uint64_t Number, uint64_t FirstId,
         FileDescriptor Socket, std::unique_ptr<Channel> Memory);

  /// Serves until the client breaks the rules, or one of the calls below. Then
  /// the client is hung up on, and nothing of it is left but this object.
  void run();

  /// From any thread: ends run() when the request that is being served is, or
  /// when none is there to be served.
  void close() { end(Ends::Now); }
  void drain() { end(Ends::WhenIdle); }

  const FileDescriptor &socket() const { return Socket; }
  /// After run().
  std::unique_ptr<Channel> takeMemory() { return std::move(Memory); }

private:
  enum class Ends : uint8_t { Not, WhenIdle, Now };

  ClientSession(const SessionServices &Services, uint64_t Number,
                uint64_t FirstId, FileDescriptor Socket,
                std::unique_ptr<Channel> Memory, RequestRing::Consumer Requests,
                AnswerRing::Producer Answers);

  void end(Ends How);
  /// The next request; none when it is time to end.
  std::optional<RequestDescriptor> next();
  /// Serves what the checker has accepted; false when the client does not take
  /// its answers.
  bool serve();
  AnswerDescriptor serveGet(const RequestDescriptor &R);
  void serveBatch(std::span<const RequestDescriptor> Batch,
                  std::span<AnswerDescriptor> Into);
  AnswerDescriptor servePut(const RequestDescriptor &R);
  AnswerDescriptor serveStats(const RequestDescriptor &R);
  /// The answer to a get, but for where the entry lies.
  AnswerDescriptor answerTo(const RequestDescriptor &R,
                            const Tier::Answer &Found);
  /// What is said to a get that may wait.
  void lease(const RequestDescriptor &R, AnswerDescriptor &A);
  void noteUse(uint64_t End);

  const SessionServices &Services;
  const uint64_t Number;
  FileDescriptor Socket;
  std::unique_ptr<Channel> Memory;
  std::span<std::byte> Arena;
  RequestRing::Consumer Requests;
  AnswerRing::Producer Answers;
  RequestChecker Checker;
  TokenBucket Rate;
  bool HasLeases = false;
  /// It asks for it again and again, which is one wait.
  std::optional<CacheKey> LastAwaited;
  std::atomic<Ends> End = Ends::Not;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_CLIENTSESSION_H
