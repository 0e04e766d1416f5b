//===- Client.cpp - The daemon, as a tier -----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Client.h"
#include "Greeting.h"
#include "SocketIo.h"
#include "hapax/Cache/Entry.h"
#include "hapax/Ipc/Rendezvous.h"

#include <algorithm>
#include <cstring>
#include <thread>

using namespace hapax;

namespace {

using Clock = std::chrono::steady_clock;

/// Between two looks whether the server is still there.
constexpr auto LongestSleep = std::chrono::milliseconds(5);
/// Between two questions whether an entry is there that another process makes.
constexpr auto FirstWait = std::chrono::milliseconds(2);
constexpr auto LongestWait = std::chrono::milliseconds(50);

TierError error(TierError::Kind Kind, std::string Message) {
  return {Kind, std::move(Message)};
}

TierError unavailable() {
  return error(TierError::Kind::Unavailable,
               "the daemon has been given up for this process");
}

TierError noTurn() {
  return error(TierError::Kind::Deadline,
               "the daemon was busy for other threads of this process");
}

bool isCorrupt(const Tier::Answer &A) {
  return !A && A.error().Reason == TierError::Kind::Corrupt;
}

std::string_view reason(const Welcome &W) {
  if (W.Version != ProtocolVersion)
    return "it is of another version; run: hapaxd --ensure";
  switch (W.Result) {
  case Admission::TooManyClients:
    return "it has as many clients as it may have";
  case Admission::TooFast:
    return "it is asked for too often";
  case Admission::OtherVersion:
  case Admission::Ending:
  case Admission::Told:
  case Admission::Admitted:
    break;
  }
  return "it does not keep to the protocol";
}

} // namespace

//===----------------------------------------------------------------------===//
// Connecting
//===----------------------------------------------------------------------===//

std::expected<std::unique_ptr<DaemonClient>, TierError>
DaemonClient::connect(const DaemonClientOptions &Options) {
  auto Fail = [](std::string Why) {
    return std::unexpected(
        error(TierError::Kind::Unavailable, "no daemon: " + std::move(Why)));
  };
  auto Until = Clock::now() + Options.ConnectTimeout;
  std::string Path =
      Options.Socket.empty() ? defaultSocketPath() : Options.Socket;
  auto Heard = greet(Path, Wish::Serve, Until);
  if (!Heard)
    return Fail(std::move(Heard.error()));
  if (!*Heard || (*Heard)->Said.Result == Admission::Ending)
    return nullptr;
  Greeting &G = **Heard;
  const Welcome &W = G.Said;
  if (W.Version != ProtocolVersion || W.Result != Admission::Admitted ||
      !G.Memory)
    return Fail("the one at " + Path + " refuses: " + std::string(reason(W)));

  auto Memory = ChannelMemory::adopt(std::move(G.Memory), W.ArenaBytes);
  if (!Memory)
    return Fail(std::move(Memory.error()));
  auto Requests =
      RequestRing::Producer::attach(Memory->requestRing(), ChannelRingCapacity);
  if (!Requests)
    return Fail(std::move(Requests.error()));
  auto Answers =
      AnswerRing::Consumer::attach(Memory->answerRing(), ChannelRingCapacity);
  if (!Answers)
    return Fail(std::move(Answers.error()));
  return std::make_unique<Client>(Options, std::move(G.Socket),
                                  std::move(*Memory), std::move(*Requests),
                                  std::move(*Answers), W.FirstId);
}

Client::Client(const DaemonClientOptions &Options, FileDescriptor Socket,
               ChannelMemory Shared, RequestRing::Producer Requests,
               AnswerRing::Consumer Answers, uint64_t FirstId)
    : Options(Options), Process(::getpid()), Socket(std::move(Socket)),
      Memory(std::move(Shared)), SlotBytes(Memory.arena().size()),
      Requests(std::move(Requests)), Answers(std::move(Answers)),
      NextId(FirstId), NextAnswer(FirstId) {}

Client::~Client() = default;

//===----------------------------------------------------------------------===//
// Requests and answers
//===----------------------------------------------------------------------===//

class Client::Turn {
public:
  Turn(Client &Of, Deadline Until) : Lock(Of.Mutex, std::defer_lock) {
    // In a forked child nothing of the connection is its own, not even the
    // state of the mutex.
    if (Of.Process != ::getpid())
      Why = unavailable();
    // A point in time without end overflows when clocks are converted.
    else if (!(Until == NoDeadline ? (Lock.lock(), true)
                                   : Lock.try_lock_until(Until)))
      Why = noTurn();
    else if (Of.GivenUp)
      Why = unavailable();
  }
  explicit operator bool() const { return !Why; }
  const TierError &error() const { return *Why; }

private:
  std::unique_lock<std::timed_mutex> Lock;
  std::optional<TierError> Why;
};

Deadline Client::limit(Deadline Until, uint64_t Bytes) const {
  constexpr uint64_t MiB = uint64_t(1) << 20;
  auto Own = Options.CallTimeout +
             Options.TimeoutPerMiB * int64_t((Bytes + MiB - 1) / MiB);
  return std::min(Until, Clock::now() + Own);
}

std::unexpected<TierError> Client::giveUp(TierError::Kind Kind,
                                          std::string Why) {
  GivenUp = true;
  // The server takes everything back at once.
  Socket.reset();
  return std::unexpected(
      error(Kind, "the daemon " + std::move(Why) + "; going on without it"));
}

RequestDescriptor Client::request(Operation What, const CacheKey &Key) const {
  RequestDescriptor R;
  R.What = What;
  R.KeyHigh = Key.High;
  R.KeyLow = Key.Low;
  return R;
}

std::expected<void, TierError> Client::send(RequestDescriptor &R) {
  R.Id = NextId;
  auto Pushed = Requests.tryPush(R);
  if (!Pushed || !*Pushed)
    return giveUp(TierError::Kind::Unavailable, "does not take requests");
  ++NextId;
  return {};
}

std::expected<AnswerDescriptor, TierError> Client::receive(Deadline Until) {
  AnswerDescriptor A;
  bool Got = false, Broken = false, Late = false;
  auto Look = [&] {
    auto Popped = Answers.tryPop(A);
    Broken = !Popped;
    Got = Popped && *Popped;
    Late = Clock::now() >= Until;
    return Got || Broken || Late;
  };
  while (!awaitInChannel(Memory.events().Answers, Look,
                         std::min(Until, Clock::now() + LongestSleep))) {
    // What it answered before it hung up counts.
    if (hasHungUp(Socket) && !Look())
      return giveUp(TierError::Kind::Unavailable, "has ended");
    if (Got || Broken || Late)
      break;
  }
  if (!Got && !Broken && Late)
    return giveUp(TierError::Kind::Deadline, "does not answer in time");
  if (!Got || A.Id != NextAnswer || A.Result > LastStatus)
    return giveUp(TierError::Kind::Unavailable,
                  "does not keep to the protocol");
  ++NextAnswer;
  return A;
}

std::expected<AnswerDescriptor, TierError> Client::ask(RequestDescriptor R,
                                                       Deadline Until) {
  if (auto Sent = send(R); !Sent)
    return std::unexpected(std::move(Sent.error()));
  Memory.events().Requests.notifyOne();
  return receive(Until);
}

//===----------------------------------------------------------------------===//
// Fetching
//===----------------------------------------------------------------------===//

Tier::Answer Client::take(const AnswerDescriptor &A, const CacheKey &Key,
                          Sink &Into) {
  std::span<const std::byte> Slot = slot();
  if (A.Offset > Slot.size() || A.Bytes > Slot.size() - A.Offset)
    return giveUp(TierError::Kind::Unavailable,
                  "does not keep to the protocol");
  auto Entry = Slot.subspan(A.Offset, A.Bytes);
  // A copy of the header, since what is shared may change between two looks.
  std::array<std::byte, EntryHeader::Bytes> Head;
  auto Bad = std::unexpected(
      error(TierError::Kind::Corrupt,
            "a bad entry came from the daemon; it has been removed"));
  if (Entry.size() < Head.size())
    return Bad;
  std::memcpy(Head.data(), Entry.data(), Head.size());
  auto Header = EntryHeader::decode(Head);
  if (!Header || Header->Key != Key || Header->Method != Compression::None)
    return Bad;
  Answer Found = unpackPayload(*Header, Entry.subspan(Head.size()), Into);
  if (Found && *Found)
    (*Found)->Tier = A.FromDevice ? "daemon-vram" : "daemon-host";
  return Found;
}

Tier::Answer Client::answerOf(const AnswerDescriptor &A, const CacheKey &Key,
                              Sink &Into) {
  switch (A.Result) {
  case Status::Hit:
    return take(A, Key, Into);
  case Status::Miss:
  case Status::Leased:
  case Status::Awaited:
    return std::nullopt;
  case Status::Corrupt:
    return std::unexpected(
        error(TierError::Kind::Corrupt,
              "an entry of the daemon was damaged; it has been removed"));
  case Status::Full:
    return std::unexpected(error(TierError::Kind::Full,
                                 "an entry of the daemon is larger than the "
                                 "memory shared with it"));
  case Status::Failed:
    return std::unexpected(
        error(TierError::Kind::Io, "the daemon could not read an entry"));
  case Status::Done:
    break;
  }
  return giveUp(TierError::Kind::Unavailable, "does not keep to the protocol");
}

Tier::Answer Client::getOnce(const CacheKey &Key, Sink &Into, bool WantsLease,
                             Deadline Until, uint32_t &WaitMs) {
  WaitMs = 0;
  Until = limit(Until, SlotBytes);
  Turn Mine(*this, Until);
  if (!Mine)
    return std::unexpected(Mine.error());
  RequestDescriptor R = request(Operation::Get, Key);
  R.SlotBytes = SlotBytes;
  R.WantsLease = WantsLease;
  auto A = ask(R, Until);
  if (!A)
    return std::unexpected(std::move(A.error()));
  if (A->Result == Status::Awaited)
    WaitMs = std::max<uint32_t>(A->WaitMs, 1);
  Answer Found = answerOf(*A, Key, Into);
  // Damage that the daemon does not see: nobody else shall get it.
  if (A->Result == Status::Hit && isCorrupt(Found))
    (void)removeNow(Key, limit(Until, 0));
  return Found;
}

Tier::Answer Client::get(const CacheKey &Key, Sink &Into, Deadline Until) {
  bool WantsLease = Options.LeaseWait.count() > 0;
  auto WaitUntil = std::min(Until, Clock::now() + Options.LeaseWait);
  Clock::duration Pause = FirstWait;
  for (bool Waits = false;; Waits = true) {
    uint32_t WaitMs;
    Answer Found = getOnce(Key, Into, WantsLease, Until, WaitMs);
    auto Now = Clock::now();
    // One lease is waited for: where it ended without an entry, the next one
    // may do so too, and so on for each of those who wait.
    if (!Waits && WaitMs != 0)
      WaitUntil =
          std::min(WaitUntil, Now + std::chrono::milliseconds(WaitMs) * 3 / 2 +
                                  LongestWait);
    // Waiting must have a chance to be worth it.
    if (WaitMs == 0 || WaitUntil - Now < std::chrono::milliseconds(WaitMs)) {
      count(Found);
      return Found;
    }
    std::this_thread::sleep_for(
        std::min<Clock::duration>(Pause, std::chrono::milliseconds(WaitMs)));
    Pause = std::min<Clock::duration>(Pause * 2, LongestWait);
  }
}

std::vector<size_t> Client::getBatch(std::span<const Request> Batch,
                                     std::span<Answer> Into, Deadline Until) {
  std::vector<size_t> NotFit, Damaged;
  auto FailFrom = [&](size_t First, const TierError &E) {
    for (size_t I = First; I != Batch.size(); ++I)
      Into[I] = std::unexpected(E);
    return NotFit;
  };
  Until = limit(Until, SlotBytes);
  Turn Mine(*this, Until);
  if (!Mine)
    return FailFrom(0, Mine.error());
  for (size_t I = 0; I != Batch.size(); ++I) {
    RequestDescriptor R = request(Operation::GetMany, Batch[I].Key);
    R.SlotBytes = SlotBytes;
    R.Index = uint16_t(I);
    R.Count = uint16_t(Batch.size());
    if (auto Sent = send(R); !Sent)
      return FailFrom(0, Sent.error());
  }
  Memory.events().Requests.notifyOne();
  for (size_t I = 0; I != Batch.size(); ++I) {
    auto A = receive(Until);
    if (!A)
      return FailFrom(I, A.error());
    Into[I] = answerOf(*A, Batch[I].Key, *Batch[I].Into);
    if (GivenUp)
      return FailFrom(I + 1, unavailable());
    if (A->Result == Status::Full)
      NotFit.push_back(I);
    else if (A->Result == Status::Hit && isCorrupt(Into[I]))
      Damaged.push_back(I);
  }
  for (size_t I : Damaged)
    if (!removeNow(Batch[I].Key, limit(Until, 0)))
      break;
  return NotFit;
}

std::vector<Tier::Answer> Client::getMany(std::span<const Request> All,
                                          Deadline Until) {
  std::vector<Answer> Result(All.size(), Answer(std::nullopt));
  for (size_t Begin = 0; Begin != All.size();) {
    size_t Count = std::min(All.size() - Begin, MaxBatch);
    auto Batch = All.subspan(Begin, Count);
    auto Into = std::span(Result).subspan(Begin, Count);
    for (size_t I : getBatch(Batch, Into, Until)) {
      uint32_t WaitMs;
      Into[I] = getOnce(Batch[I].Key, *Batch[I].Into, false, Until, WaitMs);
    }
    std::ranges::for_each(Into, [&](const Answer &A) { count(A); });
    Begin += Count;
  }
  return Result;
}

//===----------------------------------------------------------------------===//
// The other calls
//===----------------------------------------------------------------------===//

uint64_t Client::maxPayload() const { return SlotBytes - EntryHeader::Bytes; }

std::expected<void, TierError> Client::put(const CacheKey &Key,
                                           PayloadKind Kind,
                                           std::span<const std::byte> Payload,
                                           uint32_t CostMs, Deadline Until) {
  if (Payload.size() > maxPayload())
    return std::unexpected(
        error(TierError::Kind::Full,
              "the output is larger than the memory shared with the daemon"));
  Until = limit(Until, Payload.size());
  Turn Mine(*this, Until);
  if (!Mine)
    return std::unexpected(Mine.error());
  auto Entry = packEntry(Key, Kind, Payload, CostMs, CompressionPolicy::none());
  if (!Entry)
    return std::unexpected(std::move(Entry.error()));
  auto Head = Entry->Header.encode();
  std::memcpy(slot().data(), Head.data(), Head.size());
  if (!Payload.empty())
    std::memcpy(slot().data() + Head.size(), Payload.data(), Payload.size());
  RequestDescriptor R = request(Operation::Put, Key);
  R.SlotBytes = Head.size() + Payload.size();
  auto A = ask(R, Until);
  if (!A)
    return std::unexpected(std::move(A.error()));
  if (A->Result != Status::Done) {
    Errors.fetch_add(1, std::memory_order_relaxed);
    return std::unexpected(A->Result == Status::Full
                               ? error(TierError::Kind::Full,
                                       "the daemon has no room for the entry")
                               : error(TierError::Kind::Io,
                                       "the daemon could not store the entry"));
  }
  Puts.fetch_add(1, std::memory_order_relaxed);
  BytesWritten.fetch_add(Payload.size(), std::memory_order_relaxed);
  return {};
}

std::expected<bool, TierError> Client::contains(const CacheKey &Key,
                                                Deadline Until) {
  Until = limit(Until, 0);
  Turn Mine(*this, Until);
  if (!Mine)
    return std::unexpected(Mine.error());
  auto A = ask(request(Operation::Contains, Key), Until);
  if (!A)
    return std::unexpected(std::move(A.error()));
  return A->Result == Status::Hit;
}

std::expected<void, TierError> Client::removeNow(const CacheKey &Key,
                                                 Deadline Until) {
  auto A = ask(request(Operation::Remove, Key), Until);
  if (!A)
    return std::unexpected(std::move(A.error()));
  return {};
}

std::expected<void, TierError> Client::remove(const CacheKey &Key,
                                              Deadline Until) {
  Until = limit(Until, 0);
  Turn Mine(*this, Until);
  if (!Mine)
    return std::unexpected(Mine.error());
  return removeNow(Key, Until);
}

std::expected<DaemonStatistics, TierError> Client::statistics(Deadline Until) {
  Until = limit(Until, 0);
  Turn Mine(*this, Until);
  if (!Mine)
    return std::unexpected(Mine.error());
  RequestDescriptor R = request(Operation::Stats, {});
  R.SlotBytes = sizeof(DaemonStatistics);
  auto A = ask(R, Until);
  if (!A)
    return std::unexpected(std::move(A.error()));
  DaemonStatistics Said;
  if (A->Result != Status::Done || A->Offset != 0 || A->Bytes != sizeof(Said))
    return giveUp(TierError::Kind::Unavailable,
                  "does not keep to the protocol");
  std::memcpy(&Said, slot().data(), sizeof(Said));
  return Said;
}

std::expected<void, TierError> Client::clear(Deadline Until) {
  Until = limit(Until, 0);
  Turn Mine(*this, Until);
  if (!Mine)
    return std::unexpected(Mine.error());
  auto A = ask(request(Operation::Clear, {}), Until);
  if (!A)
    return std::unexpected(std::move(A.error()));
  return {};
}

void Client::count(const Answer &A) {
  constexpr auto Relaxed = std::memory_order_relaxed;
  if (!A) {
    Errors.fetch_add(1, Relaxed);
    if (isCorrupt(A))
      CorruptEvicted.fetch_add(1, Relaxed);
  } else if (*A) {
    Hits.fetch_add(1, Relaxed);
    BytesRead.fetch_add((*A)->Size, Relaxed);
  } else {
    Misses.fetch_add(1, Relaxed);
  }
}

TierCounters Client::counters() const {
  auto Get = [](const std::atomic<uint64_t> &Value) {
    return Value.load(std::memory_order_relaxed);
  };
  return {Get(Hits), Get(Misses),    Get(Errors),      Get(CorruptEvicted),
          Get(Puts), Get(BytesRead), Get(BytesWritten)};
}
