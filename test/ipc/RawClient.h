//===- RawClient.h - A client that may do anything --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_IPC_RAWCLIENT_H
#define HAPAX_TEST_IPC_RAWCLIENT_H

#include "ChannelMemory.h"
#include "IpcTestSupport.h"
#include "SocketIo.h"

namespace hapax {

template <typename T> std::span<const std::byte> bytesOf(const T &Value) {
  return std::as_bytes(std::span(&Value, 1));
}

/// Speaks the protocol by hand.
struct RawClient {
  /// Connects and says \p First; what comes back is Said, if anything does.
  RawClient(const std::string &Path, std::span<const std::byte> First) {
    auto Until = std::chrono::steady_clock::now() + TestPatience;
    auto Connected = connectTo(Path, Until);
    if (!Connected || !*Connected)
      return;
    Socket = std::move(*Connected);
    if (!First.empty())
      sendMessage(Socket, First);
    waitReadable(Socket.get(), Until);
    auto Got =
        receiveMessage(Socket, std::as_writable_bytes(std::span(&Said, 1)));
    if (!Got || Got->Bytes != sizeof(Said))
      return;
    Answered = true;
    if (Said.Result == Admission::Admitted)
      Memory = *ChannelMemory::adopt(std::move(Got->Attached), Said.ArenaBytes);
  }
  explicit RawClient(const std::string &Path)
      : RawClient(Path, bytesOf(Hello())) {}

  bool isHungUp() const {
    return waitReadable(Socket.get(),
                        std::chrono::steady_clock::now() + TestPatience);
  }

  FileDescriptor Socket;
  Welcome Said;
  bool Answered = false;
  ChannelMemory Memory;
};

/// One that was admitted: it pushes what it likes.
struct Hostile : RawClient {
  explicit Hostile(RawClient Admitted)
      : RawClient(std::move(Admitted)),
        Requests(*RequestRing::Producer::attach(Memory.requestRing(),
                                                ChannelRingCapacity)),
        Answers(*AnswerRing::Consumer::attach(Memory.answerRing(),
                                              ChannelRingCapacity)) {}
  explicit Hostile(const TestServer &S) : Hostile(RawClient(S.socket())) {}

  bool push(const RequestDescriptor &R) {
    auto Done = Requests.tryPush(R);
    Memory.events().Requests.notifyOne();
    return Done && *Done;
  }
  /// The answer to one request; none when the server hung up instead.
  std::optional<AnswerDescriptor> ask(const RequestDescriptor &R) {
    push(R);
    std::optional<AnswerDescriptor> Got;
    comesTrue([&] {
      AnswerDescriptor A;
      auto Popped = Answers.tryPop(A);
      if (Popped && *Popped)
        Got = A;
      return Got || hasHungUp(Socket);
    });
    return Got;
  }
  RequestDescriptor request(Operation What) {
    RequestDescriptor R;
    R.Id = Said.FirstId;
    R.What = What;
    return R;
  }

  RequestRing::Producer Requests;
  AnswerRing::Consumer Answers;
};

} // namespace hapax

#endif // HAPAX_TEST_IPC_RAWCLIENT_H
