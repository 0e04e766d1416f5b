//===- ProcessTest.cpp - hapaxd as a process --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DaemonArguments.h"
#include "HostileWork.h"
#include "Inherited.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>

using namespace hapax;
using testing::HasSubstr;

namespace {

/// A process, with what it prints. Killed at the end.
class Process {
public:
  Process(const std::string &Program, std::vector<std::string> Words,
          std::map<std::string, std::string> Variables = {},
          int ListeningAt3 = -1) {
    int Ends[2];
    if (::pipe2(Ends, O_CLOEXEC) != 0)
      std::abort();
    Output = FileDescriptor(Ends[0]);
    FileDescriptor Write(Ends[1]);
    std::vector<char *> Arguments = {const_cast<char *>(Program.c_str())};
    for (std::string &Word : Words)
      Arguments.push_back(Word.data());
    Arguments.push_back(nullptr);
    // A fork, since LISTEN_PID must be the number of the child.
    Pid = ::fork();
    if (Pid != 0)
      return;
    ::dup2(Write.get(), 1);
    ::dup2(Write.get(), 2);
    if (ListeningAt3 >= 0) {
      if (ListeningAt3 == 3)
        ::fcntl(3, F_SETFD, 0);
      ::dup2(ListeningAt3, 3);
      ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
      ::setenv("LISTEN_FDS", "1", 1);
    }
    for (auto &[Name, Value] : Variables)
      ::setenv(Name.c_str(), Value.c_str(), 1);
    ::execv(Program.c_str(), Arguments.data());
    ::_exit(127);
  }
  Process(const Process &) = delete;
  Process &operator=(const Process &) = delete;
  ~Process() {
    kill(SIGKILL);
    wait();
  }
  /// Things in a folder of its own below /proc, such as "fd" or "task".
  size_t count(const std::string &What) const {
    auto Folder = "/proc/" + std::to_string(Pid) + "/" + What;
    std::error_code Gone;
    std::filesystem::directory_iterator Entries(Folder, Gone);
    return size_t(std::distance(begin(Entries), end(Entries)));
  }
  void kill(int Signal) {
    if (Pid > 0)
      ::kill(Pid, Signal);
  }
  /// Returns when it stands still.
  void stop() {
    kill(SIGSTOP);
    ::waitpid(Pid, nullptr, WUNTRACED);
  }
  /// The exit code, or minus the signal.
  int wait() {
    if (Pid > 0) {
      int Status = 0;
      ::waitpid(Pid, &Status, 0);
      Code = WIFEXITED(Status) ? WEXITSTATUS(Status) : -WTERMSIG(Status);
      Pid = -1;
    }
    return Code;
  }
  /// What it printed until it ended.
  std::string all() {
    wait();
    std::string Text;
    char Part[4096];
    for (ssize_t N; (N = ::read(Output.get(), Part, sizeof(Part))) > 0;)
      Text.append(Part, size_t(N));
    return Text;
  }
  /// Waits until it prints something.
  void waitForOutput() {
    char One;
    (void)!::read(Output.get(), &One, 1);
  }

private:
  FileDescriptor Output;
  pid_t Pid = -1;
  int Code = 0;
};

struct DaemonProcessTest : testing::Test {
  TestFolder Folder;
  std::string Socket = Folder.socket();

  std::vector<std::string> words(std::vector<std::string> More = {}) {
    std::vector<std::string> Words = {"--socket=" + Socket, "--no-gpu",
                                      "--arena=256Ki", "--host-memory=64Mi"};
    Words.insert(Words.end(), More.begin(), More.end());
    return Words;
  }
  std::unique_ptr<Process> start(std::vector<std::string> More = {}) {
    auto P = std::make_unique<Process>(HAPAXD, words(std::move(More)));
    EXPECT_TRUE(runs());
    return P;
  }
  std::unique_ptr<DaemonClient> connect() {
    auto C = DaemonClient::connect(patientClient(Socket));
    return C ? std::move(*C) : nullptr;
  }
  bool runs() {
    return comesTrue([&] { return connect() != nullptr; });
  }
  /// Ends one that is no child of this process.
  void endDaemon() {
    auto Found = connectTo(Socket, NoDeadline);
    auto Peer = Found && *Found ? peerOf(*Found) : std::nullopt;
    ASSERT_TRUE(Peer);
    ::kill(Peer->pid, SIGTERM);
    EXPECT_TRUE(comesTrue([&] { return !std::filesystem::exists(Socket); }));
  }
};

TEST_F(DaemonProcessTest, ServesAndEndsOnASignal) {
  for (int Signal : {SIGTERM, SIGINT, SIGHUP}) {
    auto D = start();
    auto C = connect();
    ASSERT_TRUE(C);
    ASSERT_TRUE(put(*C, 1, 1000));
    EXPECT_TRUE(holds(*C, 1, 1000));
    D->kill(Signal);
    EXPECT_EQ(D->wait(), 0);
    EXPECT_FALSE(std::filesystem::exists(Socket));
    EXPECT_FALSE(put(*C, 2, 1000));
  }
}

TEST_F(DaemonProcessTest, KilledUnderItsClients) {
  for (unsigned Round = 0; Round != 20; ++Round) {
    auto D = start();
    std::atomic<uint64_t> Right = 0, Wrong = 0, GaveUp = 0;
    std::vector<std::thread> Threads;
    for (uint64_t T = 0; T != 2; ++T)
      Threads.emplace_back([&, T] {
        auto C = connect();
        for (uint64_t I = 0; C; ++I) {
          uint64_t Number = T * 100 + I % 50;
          (void)put(*C, Number, 30'000);
          Bytes Got;
          ContainerSink Into(Got);
          auto A = C->get(keyOf(Number), Into);
          if (!A)
            break;
          ++(*A && same(Got, payloadOf(Number, 30'000)) ? Right : Wrong);
        }
        ++GaveUp;
      });
    ASSERT_TRUE(comesTrue([&] { return Right > Round * 20; }));
    D->kill(SIGKILL);
    for (std::thread &T : Threads)
      T.join();
    EXPECT_EQ(GaveUp, 2u);
    EXPECT_EQ(Wrong, 0u);
    EXPECT_EQ(D->wait(), -SIGKILL);
    // Its socket is still there; the next one takes the place.
  }
}

TEST_F(DaemonProcessTest, StoppedUnderAClient) {
  auto D = start();
  DaemonClientOptions Options = patientClient(Socket);
  Options.CallTimeout = std::chrono::milliseconds(100);
  auto C = std::move(*DaemonClient::connect(Options));
  D->stop();
  Bytes Got;
  ContainerSink Into(Got);
  Tier::Answer A = C->get(keyOf(1), Into);
  ASSERT_FALSE(A);
  EXPECT_EQ(A.error().Reason, TierError::Kind::Deadline);
  // It is not asked again, even when it goes on.
  D->kill(SIGCONT);
  EXPECT_FALSE(C->get(keyOf(1), Into));
  EXPECT_TRUE(runs());
}

TEST_F(DaemonProcessTest, ClientsThatAreKilledLeaveNothing) {
  auto D = start();
  auto C = connect();
  ASSERT_TRUE(C);
  for (unsigned Round = 0; Round != 20; ++Round) {
    Process Victim(CRASHING_CLIENT, {Socket});
    Victim.waitForOutput();
    std::this_thread::sleep_for(std::chrono::microseconds(100 * Round));
    Victim.kill(SIGKILL);
    EXPECT_EQ(Victim.wait(), -SIGKILL);
  }
  // The channel of this client, and the spares.
  EXPECT_TRUE(comesTrue([&] {
    auto Now = C->statistics();
    return Now && Now->Clients == 1 &&
           Now->ChannelBytes <= 9 * (256 + 32) * KiB;
  }));
  EXPECT_EQ(C->statistics()->Faults, 0u);
  EXPECT_TRUE(holds(*C, 0, 20'000));
}

TEST_F(DaemonProcessTest, HostileClientsHarmNobodyElse) {
  Process D(HAPAXD, words({"--arena=64Ki"}));
  ASSERT_TRUE(runs());
  auto C = connect();
  ASSERT_TRUE(C);
  // Until it has all that it keeps ready.
  auto ChannelBytes = [&] { return C->statistics()->ChannelBytes; };
  uint64_t Kept = 9 * channelBytes(64 * KiB);
  ASSERT_TRUE(comesTrue([&] { return ChannelBytes() == Kept; }));
  size_t Files = D.count("fd"), Threads = D.count("task");

  std::atomic<bool> Stop = false;
  HonestCounts Honest;
  std::jthread Other([&] { Honest = serveHonestly(Socket, Stop); });
  HostileWork Work(Socket, 20261121);
  EXPECT_TRUE(Work.run(parameter("HAPAX_TEST_MESSAGES", 20'000)));
  Stop = true;
  Other.join();
  const HostileCounts &Counts = Work.counts();
  EXPECT_EQ(Counts.Wrong, 0u);
  EXPECT_GT(Counts.HungUp, 5u);
  // Most of it got past the first look.
  EXPECT_GT(Counts.Answers, Counts.Messages * 3 / 4);
  EXPECT_GT(Counts.Batches, Counts.Messages / 100);
  EXPECT_EQ(Honest.Fault, "");
  EXPECT_EQ(Honest.Wrong, 0u);
  EXPECT_GT(Honest.Right, 0u);

  EXPECT_TRUE(comesTrue([&] {
    return C->statistics()->Clients == 1 && ChannelBytes() == Kept &&
           D.count("fd") <= Files && D.count("task") <= Threads;
  })) << D.count("fd")
      << " of " << Files << " descriptors, " << D.count("task") << " of "
      << Threads << " threads, " << ChannelBytes() << " of " << Kept
      << " bytes";
  C.reset();
  D.kill(SIGTERM);
  EXPECT_EQ(D.wait(), 0);
}

TEST_F(DaemonProcessTest, OneIsEnough) {
  auto D = start();
  Process Second(HAPAXD, words());
  EXPECT_EQ(Second.wait(), 0);
  EXPECT_THAT(Second.all(), HasSubstr("one runs already at " + Socket));
  EXPECT_TRUE(connect());
}

TEST_F(DaemonProcessTest, EnsureStartsOneAndNoMore) {
  std::vector<std::string> Words = words({"--ensure"});
  std::vector<std::unique_ptr<Process>> Starters;
  for (unsigned I = 0; I != 4; ++I)
    Starters.push_back(std::make_unique<Process>(HAPAXD, Words));
  for (auto &P : Starters)
    EXPECT_EQ(P->wait(), 0) << P->all();
  auto C = connect();
  ASSERT_TRUE(C);
  ASSERT_TRUE(put(*C, 1, 100));
  Process Again(HAPAXD, Words);
  EXPECT_EQ(Again.wait(), 0);
  C = connect();
  ASSERT_TRUE(C);
  EXPECT_TRUE(holds(*C, 1, 100)) << "it is the same one";
  endDaemon();
}

TEST_F(DaemonProcessTest, EnsureReplacesAnotherBuild) {
  // The other program that there is.
  Process Old(FAULTY_DAEMON, words());
  ASSERT_TRUE(runs());
  auto C = connect();
  ASSERT_TRUE(C && put(*C, 1, 100));
  Process Ensures(HAPAXD, words({"--ensure"}));
  EXPECT_EQ(Ensures.wait(), 0) << Ensures.all();
  EXPECT_EQ(Old.wait(), 0) << "it has drained";
  EXPECT_THAT(Old.all(), HasSubstr("asked to make room"));
  C = connect();
  ASSERT_TRUE(C);
  EXPECT_TRUE(misses(*C, 1)) << "it is another one";
  endDaemon();
}

TEST_F(DaemonProcessTest, EnsureReplacesAnotherProtocol) {
  auto Listening = listenAt(Socket);
  ASSERT_TRUE(Listening);
  std::jthread Old([&] {
    for (Hello Said; Said.Wants != Wish::End;) {
      waitReadable(Listening->get(), NoDeadline);
      FileDescriptor Peer(::accept(Listening->get(), nullptr, nullptr));
      waitReadable(Peer.get(), NoDeadline);
      receiveMessage(Peer, std::as_writable_bytes(std::span(&Said, 1)));
      if (Said.Wants == Wish::End)
        Listening->reset();
      Welcome Answer;
      Answer.Version = ProtocolVersion + 1;
      Answer.Result = Admission::Told;
      sendMessage(Peer, bytesOf(Answer));
    }
  });
  Process Ensures(HAPAXD, words({"--ensure"}));
  EXPECT_EQ(Ensures.wait(), 0) << Ensures.all();
  EXPECT_TRUE(connect());
  endDaemon();
}

TEST_F(DaemonProcessTest, EnsureLeavesAloneWhatDoesNotAnswer) {
  auto D = start();
  D->stop();
  Process Ensures(HAPAXD, words({"--ensure"}));
  EXPECT_EQ(Ensures.wait(), 1);
  EXPECT_THAT(Ensures.all(), HasSubstr("left alone"));
  D->kill(SIGCONT);
  EXPECT_TRUE(runs());
  D->kill(SIGTERM);
  EXPECT_EQ(D->wait(), 0);
}

TEST_F(DaemonProcessTest, EnsureSaysWhyNot) {
  std::ofstream(Socket) << "not a socket";
  Process P(HAPAXD, words({"--ensure"}));
  EXPECT_EQ(P.wait(), 1);
  EXPECT_THAT(P.all(), HasSubstr("daemon.log"));
  std::stringstream Log;
  Log << std::ifstream(Folder.path("daemon.log")).rdbuf();
  EXPECT_THAT(Log.str(), HasSubstr("is no socket"));
}

TEST_F(DaemonProcessTest, TakesASocketFromAServiceManager) {
  auto Listening = listenAt(Socket);
  ASSERT_TRUE(Listening);
  {
    Process D(HAPAXD, words(), {}, Listening->get());
    EXPECT_TRUE(runs());
    D.kill(SIGTERM);
    EXPECT_EQ(D.wait(), 0) << D.all();
  }
  EXPECT_TRUE(std::filesystem::exists(Socket)) << "it is not ours to remove";
  // What comes meanwhile waits for the next one.
  std::thread Waiting([&] { EXPECT_TRUE(connect()); });
  Process D(HAPAXD, words(), {}, Listening->get());
  Waiting.join();
}

TEST_F(DaemonProcessTest, RefusesADescriptorThatIsNoSocket) {
  FileDescriptor File(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Process D(HAPAXD, words(), {}, File.get());
  EXPECT_EQ(D.wait(), 1);
  EXPECT_THAT(D.all(), HasSubstr("ListenSequentialPacket"));
}

TEST_F(DaemonProcessTest, BeginsAnewWhenTheDeviceIsLost) {
  std::vector<std::string> Words = {"--socket=" + Socket, "--arena=256Ki",
                                    "--host-memory=64Mi", "--vram=64Mi"};
  Process D(FAULTY_DAEMON, Words, {{"HAPAX_TEST_FAULT", "25"}});
  // After the last try it stays on the host tier; the place is the same one all
  // the time.
  EXPECT_TRUE(comesTrue([&] {
    auto C = connect();
    auto Now = C ? C->statistics()
                 : std::unexpected(TierError{TierError::Kind::Unavailable, ""});
    return Now && Now->Restarts == 4;
  }));
  auto C = connect();
  ASSERT_TRUE(C);
  EXPECT_EQ(C->statistics()->Device, uint64_t(DeviceState::None));
  ASSERT_TRUE(put(*C, 1, 1000));
  EXPECT_TRUE(holds(*C, 1, 1000));
  D.kill(SIGTERM);
  EXPECT_EQ(D.wait(), 0);
  EXPECT_FALSE(std::filesystem::exists(Socket));
  EXPECT_THAT(D.all(), HasSubstr("the device is lost"));
}

TEST_F(DaemonProcessTest, UsesTheDeviceWhenItIsThere) {
  std::vector<std::string> Words = {"--socket=" + Socket, "--vram=64Mi"};
  Process D(FAULTY_DAEMON, Words, {{"HAPAX_TEST_FAULT", "0"}});
  ASSERT_TRUE(runs());
  auto C = connect();
  EXPECT_TRUE(comesTrue(
      [&] { return C->statistics()->Device == uint64_t(DeviceState::Ready); }));
  ASSERT_TRUE(put(*C, 1, 1000));
  EXPECT_TRUE(holds(*C, 1, 1000));
  EXPECT_EQ(C->statistics()->DeviceEntries, 1u);
  C.reset();
  D.kill(SIGTERM);
  EXPECT_EQ(D.wait(), 0);
  EXPECT_THAT(D.all(), Not(HasSubstr("still held")));
}

TEST_F(DaemonProcessTest, BadArgumentsAreOneLine) {
  for (auto [Word, Says] : std::map<std::string, std::string>{
           {"--frobnicate", "unknown option '--frobnicate'"},
           {"start", "unknown argument 'start'"},
           {"--vram=lots", "bad value 'lots' of --vram"},
           {"--vram=1k", "below"},
           {"--clients=0", "at least 1"},
           {"--clients=-3", "no whole number"},
           {"--arena=100000", "multiple"},
           {"--idle-exit=", "no whole number"},
           {"--socket", "needs a value"}}) {
    Process P(HAPAXD, {Word});
    EXPECT_EQ(P.wait(), 2) << Word;
    std::string Text = P.all();
    EXPECT_THAT(Text, HasSubstr(Says)) << Word;
    EXPECT_EQ(std::ranges::count(Text, '\n'), 1) << Text;
  }
  Process Help(HAPAXD, {"--help"}), Version(HAPAXD, {"--version"});
  EXPECT_EQ(Help.wait(), 0);
  EXPECT_THAT(Help.all(), HasSubstr("usage: hapaxd"));
  EXPECT_EQ(Version.wait(), 0);
  EXPECT_THAT(Version.all(), testing::StartsWith("hapaxd "));
}

TEST(DaemonArgumentsTest, ReadsBothForms) {
  const char *Words[] = {"--vram",   "2Gi",         "--clients=7",
                         "--no-gpu", "--idle-exit", "0"};
  auto Args = parseDaemonArguments(Words);
  ASSERT_TRUE(Args);
  EXPECT_EQ(Args->VramBytes, 2048 * MiB);
  EXPECT_EQ(Args->MaxClients, 7u);
  EXPECT_FALSE(Args->UseGpu);
  EXPECT_EQ(Args->IdleExit.count(), 0);
  EXPECT_EQ(Args->What, DaemonArguments::Action::Serve);
}

TEST(DaemonArgumentsTest, ALostDeviceIsTriedLessAndLess) {
  EXPECT_EQ(deviceDelay(0)->count(), 0);
  for (unsigned Losses = 1; deviceDelay(Losses); ++Losses) {
    ASSERT_LT(Losses, 10u);
    EXPECT_GT(*deviceDelay(Losses), *deviceDelay(Losses - 1));
  }
  using namespace std::chrono_literals;
  EXPECT_EQ(countLoss(2, 1s), 3u);
  EXPECT_EQ(countLoss(2, 1h), 1u) << "it had worked for long";
}

} // namespace
