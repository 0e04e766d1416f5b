//===- HostileWork.h - Millions of messages of hostile clients --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Clients that keep to the protocol just well enough to be served, and write
/// whatever they like to all that they share with the server meanwhile:
/// payloads and headers under way, descriptors, answers, indices, event counts.
/// When one is hung up on, the next one connects. Beside them a client that is
/// honest stores and fetches; for some of its keys they store false payloads.
///
/// All of it follows from the seed, but for what the server is just doing.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_IPC_HOSTILEWORK_H
#define HAPAX_TEST_IPC_HOSTILEWORK_H

#include "RawClient.h"
#include "hapax/Cache/Entry.h"
#include <atomic>
#include <random>

namespace hapax {

/// What hostile clients did, and what came of it.
struct HostileCounts {
  uint64_t Messages = 0;
  /// Requests that were answered; of them, batches that were answered whole.
  uint64_t Answers = 0, Batches = 0;
  uint64_t Connections = 0;
  /// Connections that the server ended.
  uint64_t HungUp = 0;
  /// Answers to clients that had kept to the protocol, and that do not.
  uint64_t Wrong = 0;

  HostileCounts &operator+=(const HostileCounts &More) {
    Messages += More.Messages;
    Answers += More.Answers;
    Batches += More.Batches;
    Connections += More.Connections;
    HungUp += More.HungUp;
    Wrong += More.Wrong;
    return *this;
  }
};

/// Keys from 0 on are those of the hostile clients, who use those below
/// HonestKey + SharedKeys; the honest one uses those from HonestKey on.
inline constexpr uint64_t HonestKey = 48, SharedKeys = 8, HonestKeys = 32;
inline uint64_t sizeOfKey(uint64_t Number) { return Number * 131 % 6000; }

/// One hostile client after another. Used by one thread.
class HostileWork {
public:
  HostileWork(std::string Socket, uint64_t Seed)
      : Socket(std::move(Socket)), Random(Seed) {}

  /// Sends so many messages; false when no server is there any more.
  bool run(uint64_t Messages) {
    while (Counts.Messages < Messages) {
      RawClient Raw(Socket, bytesOf(Hello()));
      if (!Raw.Answered)
        return false;
      if (Raw.Said.Result != Admission::Admitted) {
        // Too many, or too fast.
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        continue;
      }
      ++Counts.Connections;
      Hostile Client(std::move(Raw));
      serve(Client, std::min(Messages - Counts.Messages, 1 + pick(20'000)));
    }
    return true;
  }
  const HostileCounts &counts() const { return Counts; }

private:
  /// One in so many bursts ends with a try at something else.
  static constexpr uint64_t BreakEvery = 12;

  uint64_t pick(uint64_t Below) { return Random() % Below; }

  struct Sent {
    uint64_t Id, SlotOffset, SlotBytes;
    /// It is the last one of a batch.
    bool EndsBatch;
  };

  void serve(Hostile &Client, uint64_t Messages) {
    RequestDescriptor R = Client.request(Operation::Get);
    bool Honest = true;
    while (Messages != 0) {
      std::vector<Sent> Waits;
      uint64_t Burst = std::min(Messages, 1 + pick(MaxBatch - 16));
      while (Waits.size() < Burst && ask(Client, R, Waits))
        ;
      if (Waits.empty())
        return;
      Messages -= std::min<uint64_t>(Messages, Waits.size());
      Counts.Messages += Waits.size();
      Client.Memory.events().Requests.notifyOne();
      scribbleArena(Client);
      bool Breaks = pick(BreakEvery) == 0;
      if (Breaks && breakRule(Client, R))
        Honest = false;
      if (!receive(Client, Waits, Honest)) {
        ++Counts.HungUp;
        return;
      }
      if (Breaks && pick(2))
        return;
    }
  }

  /// Sends a request or a batch that is as it should be; false when the server
  /// does not take it.
  bool ask(Hostile &Client, RequestDescriptor &R, std::vector<Sent> &Waits) {
    uint64_t Arena = Client.Memory.arena().size();
    uint64_t Number = pick(HonestKey + SharedKeys);
    RequestDescriptor Next;
    Next.KeyHigh = keyOf(Number).High;
    Next.KeyLow = keyOf(Number).Low;
    Next.SlotOffset = pick(Arena);
    Next.SlotBytes = pick(Arena - Next.SlotOffset + 1);
    Next.Count = 1;
    switch (pick(16)) {
    case 0:
      Next.What = Operation::Contains;
      Next.SlotOffset = Next.SlotBytes = 0;
      break;
    case 1:
      Next.What = pick(64) ? Operation::Remove : Operation::Clear;
      Next.SlotOffset = Next.SlotBytes = 0;
      if (Next.What == Operation::Clear)
        Next.KeyHigh = Next.KeyLow = 0;
      break;
    case 2:
      Next.What = Operation::Stats;
      Next.KeyHigh = Next.KeyLow = 0;
      Next.SlotOffset = pick(Arena - sizeof(DaemonStatistics) + 1);
      Next.SlotBytes = sizeof(DaemonStatistics);
      break;
    case 3:
    case 4:
    case 5:
    case 6:
      Next.What = Operation::Put;
      placeEntry(Client, Number, Next);
      break;
    case 7:
    case 8:
    case 9:
      Next.What = Operation::GetMany;
      Next.Count = uint16_t(1 + pick(16));
      break;
    default:
      Next.What = Operation::Get;
      Next.WantsLease = pick(8) == 0;
    }
    uint16_t Count = std::exchange(
        Next.Count, Next.What == Operation::GetMany ? Next.Count : 0);
    for (; Next.Index != Count; ++Next.Index) {
      Next.Id = R.Id;
      auto Pushed = Client.Requests.tryPush(Next);
      if (!Pushed || !*Pushed)
        return false;
      ++R.Id;
      bool IsBatch = Next.What == Operation::GetMany;
      Waits.push_back({Next.Id, Next.SlotOffset, Next.SlotBytes,
                       IsBatch && Next.Index + 1 == Count});
      if (!IsBatch)
        break;
      Number = pick(HonestKey + SharedKeys);
      Next.KeyHigh = keyOf(Number).High;
      Next.KeyLow = keyOf(Number).Low;
    }
    return true;
  }

  /// Puts an entry into a slot, most of the time a good one.
  void placeEntry(Hostile &Client, uint64_t Number, RequestDescriptor &R) {
    auto Arena = Client.Memory.arena();
    uint64_t Size = sizeOfKey(Number);
    auto Entry =
        packEntry(keyOf(Number), PayloadKind::Object, payloadOf(Number, Size),
                  uint32_t(pick(100)), CompressionPolicy::none());
    auto Head = Entry->Header.encode();
    R.SlotBytes = Head.size() + Size;
    R.SlotOffset = pick(Arena.size() - R.SlotBytes + 1);
    auto To = std::ranges::copy(Head, Arena.begin() + R.SlotOffset).out;
    // Or whatever lies there.
    if (pick(8))
      std::ranges::copy(payloadOf(Number, Size), To);
  }

  void scribbleArena(Hostile &Client) {
    auto Arena = Client.Memory.arena();
    for (uint64_t I = pick(32); I != 0; --I)
      store<uint64_t>(Arena, pick(Arena.size() / 8) * 8);
  }

  template <typename T> void store(std::span<std::byte> Into, size_t At) {
    reinterpret_cast<std::atomic<T> *>(Into.data() + At)->store(T(Random()));
  }

  /// Does what the server may end the connection for; false where it is a
  /// client's own affair.
  bool breakRule(Hostile &Client, RequestDescriptor &R) {
    std::array Rings = {Client.Memory.requestRing(),
                        Client.Memory.answerRing()};
    std::span<std::byte> Ring = Rings[pick(2)];
    switch (pick(8)) {
    case 0:
      store<uint64_t>(Ring, pick(Ring.size() / 8) * 8);
      return true;
    case 1: {
      auto *Index = reinterpret_cast<std::atomic<uint64_t> *>(
          Ring.data() + pick(2) * FalseSharingRange);
      Index->store(Index->load() + pick(300) - 150);
      return true;
    }
    case 2: {
      // The event counts, with the word of who waits: it delays at most.
      std::span Events(reinterpret_cast<std::byte *>(&Client.Memory.events()),
                       sizeof(ChannelEvents));
      if (pick(8) == 0)
        store<uint32_t>(Events, pick(2) * FalseSharingRange + pick(3) * 4);
      return false;
    }
    case 3:
      for (std::span<std::byte> Each : Rings)
        for (size_t At = 0; At + 8 <= Each.size(); At += 8)
          store<uint64_t>(Each, At);
      return true;
    case 4:
      sendMessage(Client.Socket, bytesOf(Hello()));
      return true;
    case 5:
      ++R.Id;
      return true;
    default: {
      RequestDescriptor Bad = R;
      Bad.What = Operation(1 + pick(uint8_t(LastOperation)));
      reinterpret_cast<unsigned char *>(&Bad)[pick(sizeof(Bad))] ^=
          uint8_t(1 << pick(8));
      Client.push(Bad);
      return true;
    }
    }
  }

  /// The next answer of those that are outstanding.
  enum class Next : uint8_t { Answer, HungUp, Nothing };
  Next await(Hostile &Client, bool Honest, AnswerDescriptor &A) {
    using Clock = std::chrono::steady_clock;
    bool Got = false, Broken = false;
    auto Look = [&] {
      auto Popped = Client.Answers.tryPop(A);
      Broken = !Popped;
      Got = Popped && *Popped;
      return Got || Broken;
    };
    // Where a rule was broken, the server may wait for the rest of something.
    auto Until =
        Clock::now() + (Honest ? TestPatience : std::chrono::milliseconds(5));
    while (!awaitInChannel(Client.Memory.events().Answers, Look,
                           Clock::now() + std::chrono::milliseconds(5))) {
      bool IsOver = hasHungUp(Client.Socket);
      // What it answered before it hung up counts.
      if (Look())
        break;
      if (IsOver)
        return Next::HungUp;
      if (Clock::now() >= Until)
        return Next::Nothing;
    }
    return Got ? Next::Answer : Next::Nothing;
  }

  /// Takes the answers; false when the server hung up.
  bool receive(Hostile &Client, const std::vector<Sent> &Waits, bool Honest) {
    for (const Sent &S : Waits) {
      AnswerDescriptor A;
      Next Came = await(Client, Honest, A);
      if (Came != Next::Answer) {
        Counts.Wrong += Honest;
        return Came == Next::Nothing;
      }
      ++Counts.Answers;
      Counts.Batches += S.EndsBatch;
      if (!Honest)
        continue;
      bool IsHit = A.Result == Status::Hit && A.Bytes != 0;
      if (A.Id != S.Id || A.Result > LastStatus ||
          (IsHit && (A.Offset < S.SlotOffset || A.Bytes > S.SlotBytes ||
                     A.Offset - S.SlotOffset > S.SlotBytes - A.Bytes)))
        ++Counts.Wrong;
    }
    return true;
  }

  const std::string Socket;
  std::mt19937_64 Random;
  HostileCounts Counts;
};

/// What the honest client got.
struct HonestCounts {
  uint64_t Right = 0, Misses = 0;
  /// Entries that were found to be false, before anyone saw them.
  uint64_t Damaged = 0;
  uint64_t Wrong = 0;
  /// Empty, or why it gave the server up.
  std::string Fault;
};

/// Stores and fetches until it is told to stop.
inline HonestCounts serveHonestly(const std::string &Socket,
                                  const std::atomic<bool> &Stop) {
  HonestCounts Counts;
  auto Client = DaemonClient::connect(patientClient(Socket));
  if (!Client || !*Client) {
    Counts.Fault = Client ? "no server" : Client.error().Message;
    return Counts;
  }
  for (uint64_t I = 0; !Stop; ++I) {
    uint64_t Number = HonestKey + I % HonestKeys, Size = sizeOfKey(Number);
    if (auto Put = put(**Client, Number, Size);
        !Put && Put.error().Reason == TierError::Kind::Unavailable) {
      Counts.Fault = Put.error().Message;
      return Counts;
    }
    Bytes Got;
    ContainerSink Into(Got);
    auto A = (*Client)->get(keyOf(Number), Into);
    if (A && *A)
      ++(same(Got, payloadOf(Number, Size)) ? Counts.Right : Counts.Wrong);
    else if (A)
      ++Counts.Misses;
    else if (A.error().Reason == TierError::Kind::Corrupt)
      ++Counts.Damaged;
    else {
      Counts.Fault = A.error().Message;
      return Counts;
    }
  }
  return Counts;
}

} // namespace hapax

#endif // HAPAX_TEST_IPC_HOSTILEWORK_H
