//===- ClientServerTest.cpp - Both sides, in one process --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "RawClient.h"
#include "hapax/Ipc/Presence.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <atomic>
#include <sys/resource.h>
#include <sys/wait.h>

using namespace hapax;
using testing::HasSubstr;

namespace {

TEST(ClientServerTest, GivesBackExactlyWhatItWasGiven) {
  TestServer S;
  auto C = S.connect();
  ASSERT_TRUE(C);
  uint64_t Largest = C->maxPayload();
  std::vector<uint64_t> Sizes = {0,     1,     2,         63,          64,
                                 65,    4095,  4096,      4097,        65535,
                                 65536, 65537, 3 * 65537, Largest - 1, Largest};
  for (uint64_t Size : Sizes) {
    EXPECT_TRUE(misses(*C, Size));
    ASSERT_TRUE(put(*C, Size, Size)) << Size;
    EXPECT_TRUE(holds(*C, Size, Size)) << Size;
  }
  // To another client as well.
  auto Other = S.connect();
  for (uint64_t Size : Sizes)
    EXPECT_TRUE(holds(*Other, Size, Size)) << Size;
  TierCounters Mine = C->counters();
  EXPECT_EQ(Mine.Hits, Sizes.size());
  EXPECT_EQ(Mine.Misses, Sizes.size());
  EXPECT_EQ(Mine.Puts, Sizes.size());
  EXPECT_EQ(Mine.Errors, 0u);
}

TEST(ClientServerTest, DescribesEntries) {
  TestServer S;
  auto C = S.connect();
  auto Payload = payloadOf(1, 1000);
  ASSERT_TRUE(C->put(keyOf(1), PayloadKind::Bitcode, Payload, 1234));
  Bytes Got;
  ContainerSink Into(Got);
  auto A = C->get(keyOf(1), Into);
  ASSERT_TRUE(A && *A);
  EXPECT_EQ((*A)->Kind, PayloadKind::Bitcode);
  EXPECT_EQ((*A)->CostMs, 1234u);
  EXPECT_EQ((*A)->Size, 1000u);
  EXPECT_EQ((*A)->PayloadDigest, digestOf(Payload));
}

TEST(ClientServerTest, ContainsAndRemove) {
  TestServer S;
  auto C = S.connect();
  EXPECT_EQ(C->contains(keyOf(1)), false);
  ASSERT_TRUE(put(*C, 1, 100));
  EXPECT_EQ(C->contains(keyOf(1)), true);
  ASSERT_TRUE(C->remove(keyOf(1)));
  EXPECT_EQ(C->contains(keyOf(1)), false);
  EXPECT_TRUE(misses(*C, 1));
  EXPECT_TRUE(C->remove(keyOf(1))) << "what is not there";
  ASSERT_TRUE(put(*C, 1, 100));
  EXPECT_TRUE(holds(*C, 1, 100));
}

TEST(ClientServerTest, ClearsAllThatAnyoneStored) {
  TestServer S;
  auto C = S.connect(), Other = S.connect();
  for (uint64_t I = 0; I != 10; ++I)
    ASSERT_TRUE(put(I % 2 ? *C : *Other, I, 1000 * I));
  ASSERT_TRUE(C->clear());
  for (uint64_t I = 0; I != 10; ++I)
    EXPECT_TRUE(misses(*Other, I));
  EXPECT_EQ(S.statistics().HostEntries, 0u);
  EXPECT_EQ(S.statistics().HostBytes, 0u);
  ASSERT_TRUE(put(*Other, 1, 100));
  EXPECT_TRUE(holds(*C, 1, 100));
}

TEST(ClientServerTest, FetchesManyAtOnce) {
  TestServer S;
  auto C = S.connect();
  // More than a batch; and more of them than fit into the arena together.
  constexpr uint64_t Count = 2 * MaxBatch + 5;
  auto SizeOf = [](uint64_t I) { return I % 5 == 0 ? 100 * KiB : I * 37; };
  for (uint64_t I = 0; I != Count; ++I)
    if (I % 3 != 0) {
      ASSERT_TRUE(put(*C, I, SizeOf(I)));
    }
  std::vector<Bytes> Got(Count);
  std::vector<ContainerSink<Bytes>> Sinks;
  for (Bytes &B : Got)
    Sinks.emplace_back(B);
  std::vector<Tier::Request> Wanted;
  for (uint64_t I = 0; I != Count; ++I)
    Wanted.push_back({keyOf(I), &Sinks[I]});
  auto Answers = C->getMany(Wanted);
  ASSERT_EQ(Answers.size(), Count);
  for (uint64_t I = 0; I != Count; ++I) {
    ASSERT_TRUE(Answers[I]) << I << " " << Answers[I].error().Message;
    EXPECT_EQ(Answers[I]->has_value(), I % 3 != 0) << I;
    if (*Answers[I]) {
      EXPECT_TRUE(same(Got[I], payloadOf(I, SizeOf(I)))) << I;
    }
  }
  EXPECT_TRUE(C->getMany({}).empty());
}

TEST(ClientServerTest, WhatIsTooLargeIsRefusedAndNothingElse) {
  TestServer S;
  auto C = S.connect();
  auto Refused = put(*C, 1, C->maxPayload() + 1);
  ASSERT_FALSE(Refused);
  EXPECT_EQ(Refused.error().Reason, TierError::Kind::Full);
  ASSERT_TRUE(put(*C, 2, 100));
  EXPECT_TRUE(holds(*C, 2, 100));
}

TEST(ClientServerTest, AReceiverWithoutRoomIsToldSo) {
  struct NoRoom : Sink {
    std::span<std::byte> reserve(size_t) override { return {}; }
  } Refuses;
  TestServer S;
  auto C = S.connect();
  ASSERT_TRUE(put(*C, 1, 100));
  auto A = C->get(keyOf(1), Refuses);
  ASSERT_FALSE(A);
  EXPECT_EQ(A.error().Reason, TierError::Kind::Full);
  EXPECT_TRUE(holds(*C, 1, 100));
}

TEST(ClientServerTest, TheServerTellsWhatItCounts) {
  TestServer S;
  auto C = S.connect();
  ASSERT_TRUE(put(*C, 1, 1000));
  EXPECT_TRUE(holds(*C, 1, 1000));
  EXPECT_TRUE(misses(*C, 2));
  auto Told = C->statistics();
  ASSERT_TRUE(Told);
  EXPECT_EQ(Told->Clients, 1u);
  EXPECT_EQ(Told->Gets, 2u);
  EXPECT_EQ(Told->Hits, 1u);
  EXPECT_EQ(Told->Misses, 1u);
  EXPECT_EQ(Told->Puts, 1u);
  EXPECT_EQ(Told->HostEntries, 1u);
  EXPECT_GT(Told->HostBytes, 1000u);
  EXPECT_EQ(Told->Device, uint64_t(DeviceState::None));
  uint64_t Timed = 0;
  for (uint64_t N : Told->GetTimes)
    Timed += N;
  EXPECT_EQ(Timed, 2u);
}

TEST(ClientServerTest, TheOldestEntriesMakeRoom) {
  DaemonOptions Options = smallDaemon();
  Options.HostBytes = 16 * MiB;
  TestServer S(Options);
  auto C = S.connect();
  constexpr uint64_t Count = 200;
  for (uint64_t I = 0; I != Count; ++I)
    ASSERT_TRUE(put(*C, I, 200 * KiB));
  EXPECT_TRUE(misses(*C, 0));
  EXPECT_TRUE(holds(*C, Count - 1, 200 * KiB));
  EXPECT_GT(S.statistics().HostEvicted, 0u);
}

TEST(ClientServerTest, ThreadsShareAClient) {
  TestServer S;
  auto C = S.connect();
  std::atomic<uint64_t> Good = 0;
  std::vector<std::thread> Threads;
  constexpr uint64_t PerThread = 100;
  for (uint64_t T = 0; T != 4; ++T)
    Threads.emplace_back([&, T] {
      for (uint64_t I = 0; I != PerThread; ++I) {
        uint64_t Number = T * PerThread + I;
        if (put(*C, Number, Number * 13) && holds(*C, Number, Number * 13))
          ++Good;
      }
    });
  for (std::thread &T : Threads)
    T.join();
  EXPECT_EQ(Good, 4 * PerThread);
}

TEST(ClientServerTest, WhoIsWelcomeIsCounted) {
  TestServer S;
  for (uint64_t Ever = 1; Ever <= 500; ++Ever) {
    auto C = S.connect();
    ASSERT_TRUE(C);
    DaemonStatistics Told = S.statistics();
    ASSERT_EQ(Told.ClientsEver, Ever);
    ASSERT_GE(Told.Clients, 1u);
  }
}

TEST(ClientServerTest, ManyClientsAtOnce) {
  uint64_t Count = parameter("HAPAX_TEST_CLIENTS", 64);
  // Both sides are this process.
  rlimit Files;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &Files), 0);
  Files.rlim_cur = Files.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &Files), 0);
  DaemonOptions Options = smallDaemon();
  Options.MaxClients = unsigned(Count);
  TestServer S(Options);
  std::atomic<uint64_t> Good = 0, Connected = 0;
  std::vector<std::thread> Threads;
  for (uint64_t T = 0; T != Count; ++T)
    Threads.emplace_back([&, T] {
      auto C = S.connect();
      if (!C)
        return;
      // All of them at once.
      ++Connected;
      comesTrue([&] { return Connected == Count; });
      for (uint64_t I = 0; I != 20; ++I) {
        // Half of the keys are everybody's.
        uint64_t Number = I % 2 ? I : T * 1000 + I;
        uint64_t Size = 100 + Number % 9973;
        if (put(*C, Number, Size) && holds(*C, Number, Size))
          ++Good;
      }
    });
  for (std::thread &T : Threads)
    T.join();
  EXPECT_EQ(Good, Count * 20);
  EXPECT_TRUE(S.becomesEmpty());
  EXPECT_EQ(S.statistics().Faults, 0u);
}

//===----------------------------------------------------------------------===//
// Admission
//===----------------------------------------------------------------------===//

TEST(AdmissionTest, AnotherVersionIsToldSo) {
  TestServer S;
  Hello Other;
  Other.Version = ProtocolVersion + 1;
  RawClient C(S.socket(), bytesOf(Other));
  EXPECT_TRUE(C.Answered);
  EXPECT_EQ(C.Said.Result, Admission::OtherVersion);
  EXPECT_EQ(C.Said.Version, ProtocolVersion);
  EXPECT_TRUE(C.isHungUp());
  // One that says more than we know of is of another version, too.
  struct {
    Hello Begin;
    uint64_t More = 5;
  } Longer;
  Longer.Begin.Version = ProtocolVersion + 1;
  RawClient D(S.socket(), bytesOf(Longer));
  EXPECT_EQ(D.Said.Result, Admission::OtherVersion);
}

TEST(AdmissionTest, WhoAsksIsToldWhichServerItIs) {
  DaemonOptions Options = smallDaemon();
  Options.Build = 4711;
  Options.MaxClients = 1;
  TestServer S(Options);
  auto Client = S.connect();
  ASSERT_TRUE(Client) << "there is no room for another one";
  // The last question comes from another version that says more.
  struct {
    Hello Begin;
    uint64_t More = 5;
  } Longer;
  Longer.Begin.Version = ProtocolVersion + 1;
  Longer.Begin.Wants = Wish::Tell;
  RawClient Other(S.socket(), bytesOf(Longer));
  EXPECT_EQ(Other.Said.Result, Admission::Told);
  EXPECT_EQ(Other.Said.Build, 4711u);
  EXPECT_TRUE(Other.isHungUp());
  auto Told = daemonAt(S.socket(), NoDeadline);
  ASSERT_TRUE(Told && *Told);
  EXPECT_EQ((*Told)->Version, ProtocolVersion);
  EXPECT_EQ((*Told)->Build, 4711u);
  EXPECT_FALSE((*Told)->IsEnding);
  EXPECT_EQ(S.statistics().Refused, 0u);
  EXPECT_TRUE(put(*Client, 1, 100));
}

TEST(AdmissionTest, AWishThatThereIsNotIsRefused) {
  TestServer S;
  Hello Odd;
  Odd.Wants = Wish(77);
  RawClient C(S.socket(), bytesOf(Odd));
  EXPECT_EQ(C.Said.Result, Admission::OtherVersion);
}

/// A daemon that answers every Hello with a Welcome of its own.
class FakeDaemon {
public:
  explicit FakeDaemon(Welcome Answer, bool WithMemory = false)
      : Listening(std::move(*listenAt(Folder.socket()))),
        Thread([this, Answer, WithMemory] {
          waitReadable(Listening.get(), NoDeadline);
          FileDescriptor Peer(::accept(Listening.get(), nullptr, nullptr));
          ChannelMemory Memory;
          if (WithMemory)
            Memory = std::move(*ChannelMemory::create(64 * KiB));
          sendMessage(Peer, bytesOf(Answer), Memory.file());
          waitReadable(Peer.get(), NoDeadline);
          // Until the client ends, not only until its Hello.
          Hello Said;
          receiveMessage(Peer, std::as_writable_bytes(std::span(&Said, 1)));
          waitReadable(Peer.get(), NoDeadline);
        }) {}
  ~FakeDaemon() { Thread.join(); }
  auto connect(DaemonClientOptions Options) {
    Options.Socket = Folder.socket();
    return DaemonClient::connect(Options);
  }
  auto connect() { return connect(patientClient("")); }
  std::string socket() const { return Folder.socket(); }

private:
  TestFolder Folder;
  FileDescriptor Listening;
  std::thread Thread;
};

TEST(AdmissionTest, AServerOfAnotherVersionIsNotUsed) {
  Welcome Other;
  Other.Version = ProtocolVersion + 1;
  Other.Result = Admission::OtherVersion;
  FakeDaemon D(Other);
  auto C = D.connect();
  ASSERT_FALSE(C);
  EXPECT_EQ(C.error().Reason, TierError::Kind::Unavailable);
  EXPECT_THAT(C.error().Message, HasSubstr("another version"));
}

TEST(AdmissionTest, AServerThatDoesNotUnderstandIsNotAskedToEndAgain) {
  Welcome First;
  First.Version = 1;
  First.Result = Admission::OtherVersion;
  FakeDaemon D(First);
  auto Asked = askDaemonToEnd(D.socket(), NoDeadline);
  ASSERT_FALSE(Asked);
  EXPECT_THAT(Asked.error(), HasSubstr("protocol 1"));
}

TEST(AdmissionTest, AServerThatIsAboutToEndIsNoServer) {
  Welcome Ending;
  Ending.Result = Admission::Ending;
  FakeDaemon D(Ending);
  auto C = D.connect();
  ASSERT_TRUE(C) << C.error().Message;
  EXPECT_EQ(*C, nullptr);
}

TEST(AdmissionTest, AServerThatHangsUpWithoutAWordIsNoServer) {
  TestFolder Folder;
  auto Listening = listenAt(Folder.socket());
  ASSERT_TRUE(Listening);
  // As one that is killed does: to whom it has accepted, and to the others.
  for (bool Accepts : {true, false}) {
    std::jthread Ends([&] {
      waitReadable(Listening->get(), NoDeadline);
      if (Accepts)
        FileDescriptor(::accept(Listening->get(), nullptr, nullptr));
      else
        Listening->reset();
    });
    auto C = DaemonClient::connect(patientClient(Folder.socket()));
    ASSERT_TRUE(C) << C.error().Message;
    EXPECT_EQ(*C, nullptr);
  }
}

TEST(AdmissionTest, AServerThatMakesNoSenseIsNotUsed) {
  Welcome Good;
  Good.ArenaBytes = 64 * KiB;
  for (auto Change : std::initializer_list<void (*)(Welcome &)>{
           [](Welcome &W) { W.Magic = 1; },
           [](Welcome &W) { W.ArenaBytes = 128 * KiB; },
           [](Welcome &W) { W.ArenaBytes = 0; },
           [](Welcome &W) { W.Result = Admission(77); }}) {
    Welcome Bad = Good;
    Change(Bad);
    FakeDaemon D(Bad, true);
    EXPECT_FALSE(D.connect());
  }
  FakeDaemon NoMemory(Good);
  EXPECT_FALSE(NoMemory.connect());
}

TEST(AdmissionTest, AServerThatNeverAnswersCostsOneDeadline) {
  Welcome W;
  W.ArenaBytes = 64 * KiB;
  FakeDaemon D(W, true);
  DaemonClientOptions Options;
  Options.ConnectTimeout = TestPatience;
  auto C = D.connect(Options);
  ASSERT_TRUE(C && *C);
  Bytes Got;
  ContainerSink Into(Got);
  auto A = (*C)->get(keyOf(1), Into);
  ASSERT_FALSE(A);
  EXPECT_EQ(A.error().Reason, TierError::Kind::Deadline);
  EXPECT_THAT(A.error().Message, HasSubstr("does not answer in time"));
  // Given up for good, by every call.
  auto Gone = [](const auto &R) {
    return !R && R.error().Reason == TierError::Kind::Unavailable;
  };
  EXPECT_TRUE(Gone((*C)->get(keyOf(1), Into)));
  EXPECT_TRUE(Gone(put(**C, 1, 10)));
  EXPECT_TRUE(Gone((*C)->contains(keyOf(1))));
  EXPECT_TRUE(Gone((*C)->remove(keyOf(1))));
  EXPECT_TRUE(Gone((*C)->statistics()));
  Tier::Request One = {keyOf(1), &Into};
  EXPECT_TRUE(Gone((*C)->getMany({&One, 1}).front()));
}

TEST(AdmissionTest, NonsenseIsHungUpOn) {
  TestServer S;
  Hello Wrong;
  Wrong.Magic = 0;
  RawClient A(S.socket(), bytesOf(Wrong));
  EXPECT_FALSE(A.Answered);
  EXPECT_TRUE(A.isHungUp());
  RawClient B(S.socket(), std::as_bytes(std::span("x", 1)));
  EXPECT_FALSE(B.Answered);
  EXPECT_EQ(S.statistics().Refused, 2u);
  EXPECT_TRUE(S.connect());
}

TEST(AdmissionTest, WhoSaysNothingIsHungUpOn) {
  DaemonOptions Options = smallDaemon();
  Options.HelloTimeout = std::chrono::milliseconds(10);
  TestServer S(Options);
  RawClient C(S.socket(), {});
  EXPECT_FALSE(C.Answered);
  EXPECT_TRUE(C.isHungUp());
}

TEST(AdmissionTest, WhoSaysMoreThanAHelloIsHungUpOn) {
  TestServer S;
  RawClient C(S.socket());
  ASSERT_TRUE(C.Answered);
  sendMessage(C.Socket, bytesOf(Hello()));
  EXPECT_TRUE(S.becomesEmpty());
}

TEST(AdmissionTest, ClientsAreBounded) {
  DaemonOptions Options = smallDaemon();
  Options.MaxClients = 2;
  TestServer S(Options);
  auto A = S.connect(), B = S.connect();
  EXPECT_TRUE(A && B);
  auto C = DaemonClient::connect(patientClient(S.socket()));
  ASSERT_FALSE(C);
  EXPECT_THAT(C.error().Message, HasSubstr("as many clients"));
  A.reset();
  ASSERT_TRUE(comesTrue([&] { return S.statistics().Clients == 1; }));
  EXPECT_TRUE(S.connect());
}

TEST(AdmissionTest, TheLargestArenaCanBeHad) {
  DaemonOptions Options = smallDaemon();
  Options.MaxClients = 1;
  Options.ArenaBytes = 1024 * MiB;
  Options.SpareChannels = 0;
  TestServer S(Options);
  EXPECT_TRUE(S.connect());
}

TEST(AdmissionTest, MemoryOfChannelsIsBounded) {
  DaemonOptions Options = smallDaemon();
  Options.SpareChannels = 0;
  Options.MaxChannelBytes = channelBytes(Options.ArenaBytes);
  TestServer S(Options);
  auto A = S.connect();
  EXPECT_TRUE(A);
  auto B = DaemonClient::connect(patientClient(S.socket()));
  ASSERT_FALSE(B);
  EXPECT_EQ(B.error().Reason, TierError::Kind::Unavailable);
  ASSERT_TRUE(put(*A, 1, 100));
  EXPECT_TRUE(holds(*A, 1, 100));
}

TEST(AdmissionTest, ConnectionsAreBoundedInTime) {
  DaemonOptions Options = smallDaemon();
  Options.ConnectionsPerSecond = 1;
  TestServer S(Options);
  bool Refused = false;
  // A second passes between two of them at times, but not each time.
  for (unsigned I = 0; I != 50 && !Refused; ++I)
    Refused = !DaemonClient::connect(patientClient(S.socket()));
  EXPECT_TRUE(Refused);
}

TEST(AdmissionTest, RequestsAreSlowedDownNotRefused) {
  DaemonOptions Options = smallDaemon();
  Options.RequestsPerSecond = 1000;
  TestServer S(Options);
  auto C = S.connect();
  ASSERT_TRUE(put(*C, 1, 100));
  for (unsigned I = 0; I != 1500; ++I)
    ASSERT_TRUE(holds(*C, 1, 100));
}

//===----------------------------------------------------------------------===//
// Ends
//===----------------------------------------------------------------------===//

TEST(EndTest, AStoppedServerIsNoticedAtOnceAndForGood) {
  TestServer S;
  auto C = S.connect();
  ASSERT_TRUE(put(*C, 1, 100));
  EXPECT_EQ(S.stop(), DaemonEnd::Stopped);
  Bytes Got;
  ContainerSink Into(Got);
  // The deadline of this client is half a minute: it does not wait for it.
  auto A = C->get(keyOf(1), Into);
  ASSERT_FALSE(A);
  EXPECT_EQ(A.error().Reason, TierError::Kind::Unavailable);
  EXPECT_THAT(A.error().Message, HasSubstr("has ended"));
  A = C->get(keyOf(1), Into);
  ASSERT_FALSE(A);
  EXPECT_THAT(A.error().Message, HasSubstr("given up"));
}

TEST(EndTest, WhileItDrainsRequestsAreAnswered) {
  TestServer S;
  std::atomic<uint64_t> Begun = 0, Good = 0, Unavailable = 0, Wrong = 0;
  std::vector<std::thread> Threads;
  for (unsigned T = 0; T != 4; ++T)
    Threads.emplace_back([&, T] {
      auto C = S.connect();
      if (!C || !put(*C, T, 5000))
        return;
      ++Begun;
      for (;;) {
        Bytes Got;
        ContainerSink Into(Got);
        auto A = C->get(keyOf(T), Into);
        if (A && *A && same(Got, payloadOf(T, 5000)))
          ++Good;
        else {
          bool Ended = !A && A.error().Reason == TierError::Kind::Unavailable;
          ++(Ended ? Unavailable : Wrong);
          return;
        }
      }
    });
  EXPECT_TRUE(comesTrue([&] { return Begun == 4 && Good > 100; }));
  EXPECT_EQ(S.stop(), DaemonEnd::Stopped);
  // The server object still exists, but nobody is connected to it.
  EXPECT_EQ(S.statistics().Clients, 0u);
  for (std::thread &T : Threads)
    T.join();
  EXPECT_EQ(Unavailable, 4u);
  EXPECT_EQ(Wrong, 0u);
}

TEST(EndTest, EndsWhenItIsAskedTo) {
  TestServer S;
  auto C = S.connect();
  ASSERT_TRUE(put(*C, 1, 100));
  ASSERT_TRUE(askDaemonToEnd(S.socket(), NoDeadline));
  // From the answer on nobody is admitted.
  auto Next = DaemonClient::connect(patientClient(S.socket()));
  ASSERT_TRUE(Next);
  EXPECT_EQ(*Next, nullptr);
  EXPECT_EQ(S.wait(), DaemonEnd::Stopped);
  // Where nobody is there is nothing to ask.
  EXPECT_TRUE(askDaemonToEnd(S.socket(), NoDeadline));
  EXPECT_EQ(daemonAt(S.socket(), NoDeadline), std::nullopt);
}

TEST(EndTest, WhoComesAfterwardsFindsNobody) {
  DaemonOptions Options = smallDaemon();
  Options.IdleExit = std::chrono::milliseconds(50);
  TestServer Stopped, Idle(Options);
  EXPECT_EQ(Stopped.stop(), DaemonEnd::Stopped);
  EXPECT_EQ(Idle.wait(), DaemonEnd::Idle);
  // The server objects still exist: they may take their time to end.
  for (TestServer *S : {&Stopped, &Idle}) {
    auto C = DaemonClient::connect(patientClient(S->socket()));
    ASSERT_TRUE(C) << C.error().Message;
    EXPECT_EQ(*C, nullptr);
  }
}

TEST(EndTest, EndsWhenNobodyComes) {
  DaemonOptions Options = smallDaemon();
  Options.IdleExit = std::chrono::milliseconds(50);
  TestServer S(Options);
  EXPECT_EQ(S.wait(), DaemonEnd::Idle);
}

TEST(EndTest, DoesNotEndWhileSomebodyIsThere) {
  DaemonOptions Options = smallDaemon();
  Options.IdleExit = std::chrono::milliseconds(300);
  TestServer S(Options);
  auto C = S.connect();
  if (!C)
    GTEST_SKIP() << "too slow to connect in time";
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_TRUE(put(*C, 1, 10));
  C.reset();
  EXPECT_EQ(S.wait(), DaemonEnd::Idle);
}

TEST(EndTest, AForkedChildHasNoDaemon) {
  TestServer S;
  auto C = S.connect();
  ASSERT_TRUE(put(*C, 1, 100));
  pid_t Child = ::fork();
  if (Child == 0) {
    Bytes Got;
    ContainerSink Into(Got);
    auto A = C->get(keyOf(1), Into);
    bool Good = !A && A.error().Reason == TierError::Kind::Unavailable;
    ::_exit(Good ? 0 : 1);
  }
  int Status = -1;
  ASSERT_EQ(::waitpid(Child, &Status, 0), Child);
  EXPECT_EQ(Status, 0);
  EXPECT_TRUE(holds(*C, 1, 100)) << "the parent still has it";
}

TEST(EndTest, OptionsThatMakeNoSenseAreRefused) {
  TestFolder F;
  DaemonOptions Options;
  Options.ArenaBytes = 12345;
  EXPECT_THAT(
      DaemonServer::create(std::move(*listenAt(F.socket())), Options).error(),
      HasSubstr("12345"));
  Options = {};
  Options.MaxClients = 0;
  EXPECT_FALSE(DaemonServer::create(std::move(*listenAt(F.socket())), Options));
}

//===----------------------------------------------------------------------===//
// Leases
//===----------------------------------------------------------------------===//

DaemonClientOptions leasing(const std::string &Socket) {
  DaemonClientOptions Options = patientClient(Socket);
  Options.LeaseWait = TestPatience;
  return Options;
}

TEST(LeaseTest, OneCompilesAndNineWait) {
  TestServer S;
  // What compiles cost: long enough that nobody stops waiting in this test.
  ASSERT_TRUE(put(*S.connect(), 99, 10, 20'000));
  auto First = std::move(*DaemonClient::connect(leasing(S.socket())));
  ASSERT_TRUE(misses(*First, 1));
  std::atomic<unsigned> Served = 0;
  std::vector<std::thread> Threads;
  for (unsigned T = 0; T != 9; ++T)
    Threads.emplace_back([&] {
      auto C = std::move(*DaemonClient::connect(leasing(S.socket())));
      if (holds(*C, 1, 5000))
        ++Served;
    });
  EXPECT_TRUE(comesTrue([&] { return S.statistics().Waits >= 9; }));
  EXPECT_EQ(Served, 0u);
  ASSERT_TRUE(put(*First, 1, 5000));
  for (std::thread &T : Threads)
    T.join();
  EXPECT_EQ(Served, 9u);
  DaemonStatistics Told = S.statistics();
  EXPECT_EQ(Told.Leases, 1u);
  // However often they have asked.
  EXPECT_EQ(Told.Waits, 9u);
  EXPECT_EQ(Told.Gets, 10u);
  EXPECT_EQ(Told.Misses, 1u);
}

TEST(LeaseTest, ALeaseThatComesToNothingIsWaitedForOnce) {
  TestServer S;
  ASSERT_TRUE(put(*S.connect(), 99, 10, 1000));
  auto First = std::move(*DaemonClient::connect(leasing(S.socket())));
  ASSERT_TRUE(misses(*First, 1));
  // Should one of them get the next lease, and store nothing either, then the
  // other one must not wait for that, and get a third.
  std::vector<std::unique_ptr<DaemonClient>> Others;
  std::vector<std::jthread> Threads;
  for (unsigned T = 0; T != 2; ++T) {
    Others.push_back(std::move(*DaemonClient::connect(leasing(S.socket()))));
    Threads.emplace_back(
        [C = Others.back().get()] { EXPECT_TRUE(misses(*C, 1)); });
  }
  ASSERT_TRUE(comesTrue([&] {
    DaemonStatistics Now = S.statistics();
    return Now.Waits + Now.Leases >= 3;
  }));
  if (S.statistics().Leases != 1)
    GTEST_SKIP() << "too slow: they do not wait for the same lease";
  Threads.clear();
  EXPECT_LE(S.statistics().Leases, 2u);
}

TEST(LeaseTest, WhenTheOneDiesTheNextCompiles) {
  TestServer S;
  ASSERT_TRUE(put(*S.connect(), 99, 10, 20'000));
  auto First = std::move(*DaemonClient::connect(leasing(S.socket())));
  ASSERT_TRUE(misses(*First, 1));
  std::atomic<bool> Missed = false;
  std::thread Next([&] {
    auto C = std::move(*DaemonClient::connect(leasing(S.socket())));
    Missed = misses(*C, 1);
  });
  EXPECT_TRUE(comesTrue([&] { return S.statistics().Waits != 0; }));
  EXPECT_FALSE(Missed);
  First.reset();
  Next.join();
  EXPECT_TRUE(Missed);
  EXPECT_EQ(S.statistics().Leases, 2u);
}

TEST(LeaseTest, NobodyWaitsLongerThanHeIsWillingTo) {
  TestServer S;
  ASSERT_TRUE(put(*S.connect(), 99, 10, 20'000));
  auto First = std::move(*DaemonClient::connect(leasing(S.socket())));
  ASSERT_TRUE(misses(*First, 1));
  // The daemon thinks of twenty seconds; this one has a tenth of one.
  auto Options = leasing(S.socket());
  Options.LeaseWait = std::chrono::milliseconds(100);
  auto Second = std::move(*DaemonClient::connect(Options));
  EXPECT_TRUE(misses(*Second, 1));
  // And this one does not take part.
  EXPECT_TRUE(misses(*S.connect(), 1));
}

} // namespace
