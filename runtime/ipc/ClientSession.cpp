//===- ClientSession.cpp - One client, on the side of the server -*- C++
//-*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ClientSession.h"
#include "SlotSink.h"
#include "hapax/Cache/Entry.h"

#include <cstring>
#include <sys/socket.h>

using namespace hapax;

namespace {

using Clock = std::chrono::steady_clock;

/// A client may make its event count useless: so a sleep ends by itself.
constexpr auto LongestSleep = std::chrono::milliseconds(100);

CacheKey keyOf(const RequestDescriptor &R) { return {R.KeyHigh, R.KeyLow}; }

Status statusOf(const TierError &E) {
  switch (E.Reason) {
  case TierError::Kind::Corrupt:
    return Status::Corrupt;
  case TierError::Kind::Full:
    return Status::Full;
  default:
    return Status::Failed;
  }
}

AnswerDescriptor plain(const RequestDescriptor &R, Status S) {
  AnswerDescriptor A;
  A.Id = R.Id;
  A.Result = S;
  return A;
}

} // namespace

std::expected<std::unique_ptr<ClientSession>, std::string>
ClientSession::create(const SessionServices &Services, uint64_t Number,
                      uint64_t FirstId, FileDescriptor Socket,
                      std::unique_ptr<Channel> Memory) {
  auto Requests = RequestRing::Consumer::attach(Memory->Memory.requestRing(),
                                                ChannelRingCapacity);
  if (!Requests)
    return std::unexpected(std::move(Requests.error()));
  auto Answers = AnswerRing::Producer::attach(Memory->Memory.answerRing(),
                                              ChannelRingCapacity);
  if (!Answers)
    return std::unexpected(std::move(Answers.error()));
  return std::unique_ptr<ClientSession>(new ClientSession(
      Services, Number, FirstId, std::move(Socket), std::move(Memory),
      std::move(*Requests), std::move(*Answers)));
}

ClientSession::ClientSession(const SessionServices &Services, uint64_t Number,
                             uint64_t FirstId, FileDescriptor Socket,
                             std::unique_ptr<Channel> Given,
                             RequestRing::Consumer Requests,
                             AnswerRing::Producer Answers)
    : Services(Services), Number(Number), Socket(std::move(Socket)),
      Memory(std::move(Given)), Arena(Memory->Memory.arena()),
      Requests(std::move(Requests)), Answers(std::move(Answers)),
      Checker(FirstId, Arena.size()),
      Rate(Services.RequestsPerSecond, Clock::now()) {}

void ClientSession::end(Ends How) {
  End.store(How);
  Memory->Memory.events().Requests.notifyAll();
}

std::optional<RequestDescriptor> ClientSession::next() {
  std::optional<RequestDescriptor> Got;
  bool Broken = false;
  for (;;) {
    auto Look = [&] {
      Ends How = End.load();
      if (How == Ends::Now)
        return true;
      RequestDescriptor R;
      auto Popped = Requests.tryPop(R);
      Broken = !Popped;
      if (Popped && *Popped)
        Got = R;
      return Broken || Got || How == Ends::WhenIdle;
    };
    if (!awaitInChannel(Memory->Memory.events().Requests, Look,
                        Clock::now() + LongestSleep))
      continue;
    if (Broken)
      ServerCounts::add(Services.Counts.Faults);
    return Got;
  }
}

void ClientSession::run() {
  while (auto R = next()) {
    while (!Rate.take(Clock::now()) && End.load() == Ends::Not)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    auto Complete = Checker.accept(*R);
    if (!Complete || (*Complete && !serve())) {
      ServerCounts::add(Services.Counts.Faults);
      break;
    }
  }
  if (HasLeases)
    Services.Leases.leave(Number);
  ::shutdown(Socket.get(), SHUT_RDWR);
}

void ClientSession::noteUse(uint64_t End) {
  Memory->Used = std::max(Memory->Used, End);
}

bool ClientSession::serve() {
  std::span<const RequestDescriptor> Todo = Checker.todo();
  std::array<AnswerDescriptor, MaxBatch> Ready;
  const RequestDescriptor &R = Todo.front();
  auto Began = Clock::now();
  switch (R.What) {
  case Operation::Get:
    Ready[0] = serveGet(R);
    Services.Counts.addGetTime(Clock::now() - Began);
    break;
  case Operation::GetMany:
    serveBatch(Todo, Ready);
    break;
  case Operation::Put:
    Ready[0] = servePut(R);
    break;
  case Operation::Contains: {
    auto There = Services.Cache.contains(keyOf(R));
    Ready[0] = plain(R, There && *There ? Status::Hit : Status::Miss);
    break;
  }
  case Operation::Remove:
    Services.Cache.remove(keyOf(R));
    ServerCounts::add(Services.Counts.Removes);
    Ready[0] = plain(R, Status::Done);
    break;
  case Operation::Stats:
    Ready[0] = serveStats(R);
    break;
  case Operation::Clear:
    Services.Cache.clear();
    Ready[0] = plain(R, Status::Done);
    break;
  }
  for (size_t I = 0; I != Todo.size(); ++I) {
    auto Pushed = Answers.tryPush(Ready[I]);
    if (!Pushed || !*Pushed)
      return false;
  }
  Memory->Memory.events().Answers.notifyOne();
  return true;
}

AnswerDescriptor ClientSession::answerTo(const RequestDescriptor &R,
                                         const Tier::Answer &Found) {
  ServerCounts &Counts = Services.Counts;
  AnswerDescriptor Miss = plain(R, Status::Miss);
  if (Found && !*Found && R.WantsLease)
    lease(R, Miss);
  // Who waits will ask again.
  if (Miss.Result == Status::Awaited)
    return Miss;
  ServerCounts::add(Counts.Gets);
  if (!Found) {
    ServerCounts::add(Counts.Errors);
    return plain(R, statusOf(Found.error()));
  }
  if (!*Found) {
    ServerCounts::add(Counts.Misses);
    return Miss;
  }
  ServerCounts::add(Counts.Hits);
  ServerCounts::add(Counts.BytesRead, (*Found)->Size);
  AnswerDescriptor Hit = plain(R, Status::Hit);
  Hit.FromDevice = (*Found)->Tier == DaemonCache::DeviceName;
  return Hit;
}

void ClientSession::lease(const RequestDescriptor &R, AnswerDescriptor &A) {
  auto Verdict = Services.Leases.ask(keyOf(R), Number, Clock::now());
  A.Result = Verdict.Result;
  A.WaitMs = Verdict.WaitMs;
  if (A.Result == Status::Leased) {
    HasLeases = true;
    ServerCounts::add(Services.Counts.Leases);
  } else if (A.Result == Status::Awaited && LastAwaited != keyOf(R)) {
    LastAwaited = keyOf(R);
    ServerCounts::add(Services.Counts.Waits);
  }
}

AnswerDescriptor ClientSession::serveGet(const RequestDescriptor &R) {
  SlotCursor Room(Arena.subspan(R.SlotOffset, R.SlotBytes));
  SlotSink Into(Room);
  auto Found = Services.Cache.get(keyOf(R), Into,
                                  Clock::now() + Services.RequestTimeout);
  noteUse(R.SlotOffset + Room.used());
  AnswerDescriptor A = answerTo(R, Found);
  if (A.Result == Status::Hit) {
    A.Offset = R.SlotOffset + Into.offset();
    A.Bytes = Into.size();
  }
  return A;
}

void ClientSession::serveBatch(std::span<const RequestDescriptor> Batch,
                               std::span<AnswerDescriptor> Into) {
  const RequestDescriptor &First = Batch.front();
  SlotCursor Room(Arena.subspan(First.SlotOffset, First.SlotBytes));
  std::vector<SlotSink> Sinks(Batch.size(), SlotSink(Room));
  std::vector<Tier::Request> Wanted;
  Wanted.reserve(Batch.size());
  for (size_t I = 0; I != Batch.size(); ++I)
    Wanted.push_back({keyOf(Batch[I]), &Sinks[I]});
  auto Found =
      Services.Cache.getMany(Wanted, Clock::now() + Services.RequestTimeout);
  noteUse(First.SlotOffset + Room.used());
  for (size_t I = 0; I != Batch.size(); ++I) {
    Into[I] = answerTo(Batch[I], Found[I]);
    if (Into[I].Result == Status::Hit) {
      Into[I].Offset = First.SlotOffset + Sinks[I].offset();
      Into[I].Bytes = Sinks[I].size();
    }
  }
}

AnswerDescriptor ClientSession::servePut(const RequestDescriptor &R) {
  noteUse(R.SlotOffset + R.SlotBytes);
  std::span<const std::byte> Entry = Arena.subspan(R.SlotOffset, R.SlotBytes);
  // The one copy of the header; what is in the arena may change.
  std::array<std::byte, EntryHeader::Bytes> Head;
  std::memcpy(Head.data(), Entry.data(), Head.size());
  auto Header = EntryHeader::decode(Head);
  if (!Header || Header->Key != keyOf(R) ||
      Header->Method != Compression::None ||
      Header->Info.StoredSize != Entry.size() - Head.size()) {
    ServerCounts::add(Services.Counts.Errors);
    return plain(R, Status::Corrupt);
  }
  auto Done = Services.Cache.put(keyOf(R), Header->Info.Kind, Entry,
                                 Header->Info.CostMs,
                                 Clock::now() + Services.RequestTimeout);
  Services.Leases.made(keyOf(R), Header->Info.CostMs);
  if (!Done) {
    ServerCounts::add(Services.Counts.Errors);
    return plain(R, statusOf(Done.error()));
  }
  ServerCounts::add(Services.Counts.Puts);
  ServerCounts::add(Services.Counts.BytesWritten, Entry.size());
  return plain(R, Status::Done);
}

AnswerDescriptor ClientSession::serveStats(const RequestDescriptor &R) {
  DaemonStatistics Now = Services.Statistics();
  std::memcpy(Arena.data() + R.SlotOffset, &Now, sizeof(Now));
  noteUse(R.SlotOffset + sizeof(Now));
  AnswerDescriptor A = plain(R, Status::Done);
  A.Offset = R.SlotOffset;
  A.Bytes = sizeof(Now);
  return A;
}
