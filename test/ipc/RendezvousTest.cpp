//===- RendezvousTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "IpcTestSupport.h"
#include "hapax/Ipc/Presence.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <fstream>
#include <sys/un.h>

using namespace hapax;
using testing::HasSubstr;

namespace {

/// Sets variables for the time of a test.
class Variable {
public:
  Variable(const char *Name, const char *Value) : Name(Name) {
    if (const char *Old = std::getenv(Name))
      Before = Old;
    Value ? ::setenv(Name, Value, 1) : ::unsetenv(Name);
  }
  ~Variable() {
    Before ? ::setenv(Name, Before->c_str(), 1) : ::unsetenv(Name);
  }

private:
  const char *Name;
  std::optional<std::string> Before;
};

std::chrono::steady_clock::time_point soon() {
  return std::chrono::steady_clock::now() + TestPatience;
}

TEST(RendezvousTest, ThePlaceIsNamedByTheEnvironment) {
  Variable None("HAPAX_SOCKET", nullptr), Runtime("XDG_RUNTIME_DIR", "/run/u");
  EXPECT_EQ(defaultSocketPath(), "/run/u/hapax/daemon.socket");
  {
    Variable Own("HAPAX_SOCKET", "/x/y");
    EXPECT_EQ(defaultSocketPath(), "/x/y");
  }
  for (const char *No : {"", "relative", static_cast<const char *>(nullptr)}) {
    Variable Other("XDG_RUNTIME_DIR", No);
    EXPECT_EQ(defaultSocketPath(),
              "/tmp/hapax-" + std::to_string(::getuid()) + "/daemon.socket");
  }
}

TEST(RendezvousTest, AFolderMustBeTheUsersAlone) {
  struct stat Info = {};
  Info.st_uid = 1000;
  Info.st_mode = S_IFDIR | 0700;
  EXPECT_EQ(folderFault("/d", Info, 1000), "");
  EXPECT_THAT(folderFault("/d", Info, 1001), HasSubstr("another user"));
  for (mode_t Open : {0710, 0701, 0777, 0750, 0704}) {
    Info.st_mode = S_IFDIR | Open;
    EXPECT_THAT(folderFault("/d", Info, 1000), HasSubstr("chmod 700"));
  }
  for (mode_t Other : {S_IFREG, S_IFLNK, S_IFSOCK}) {
    Info.st_mode = Other | 0700;
    EXPECT_THAT(folderFault("/d", Info, 1000), HasSubstr("no folder"));
  }
}

TEST(RendezvousTest, OnlyTheSameUserIsTalkedTo) {
  ucred Peer = {};
  Peer.uid = 1000;
  EXPECT_TRUE(mayTalkTo(Peer, 1000));
  EXPECT_FALSE(mayTalkTo(Peer, 0));
  Peer.uid = 0;
  EXPECT_FALSE(mayTalkTo(Peer, 1000));
}

TEST(RendezvousTest, PreparesTheFolder) {
  TestFolder F;
  std::string Path = F.path("hapax");
  ASSERT_TRUE(prepareFolder(Path));
  struct stat Info;
  ASSERT_EQ(::stat(Path.c_str(), &Info), 0);
  EXPECT_EQ(Info.st_mode & 07777, 0700u);
  EXPECT_TRUE(prepareFolder(Path)) << "it may be there";
  ::chmod(Path.c_str(), 0755);
  EXPECT_THAT(prepareFolder(Path).error(), HasSubstr("chmod 700"));
  EXPECT_THAT(listenAt(Path + "/s").error(), HasSubstr("chmod 700"));
  EXPECT_THAT(connectTo(Path + "/s", soon()).error(), HasSubstr("chmod 700"));
  // A link to a folder of the right kind is not one.
  std::filesystem::create_directory_symlink(F.path(), F.path("link"));
  EXPECT_THAT(prepareFolder(F.path("link")).error(), HasSubstr("no folder"));
  std::ofstream(F.path("file")) << "x";
  EXPECT_THAT(prepareFolder(F.path("file")).error(), HasSubstr("no folder"));
}

TEST(RendezvousTest, OneProcessHasTheLock) {
  TestFolder F;
  auto First = lockFor(F.socket());
  ASSERT_TRUE(First && *First);
  auto Second = lockFor(F.socket());
  ASSERT_TRUE(Second);
  EXPECT_FALSE(*Second);
  EXPECT_TRUE(*lockFor(F.path("other.socket")));
  First->reset();
  EXPECT_TRUE(*lockFor(F.socket()));
}

TEST(RendezvousTest, APlaceIsTakenByWhoListensOrHasTheLock) {
  TestFolder F;
  EXPECT_FALSE(isPlaceTaken(F.socket()));
  {
    auto Lock = lockFor(F.socket());
    ASSERT_TRUE(Lock && *Lock);
    EXPECT_TRUE(isPlaceTaken(F.socket())) << "it will listen";
  }
  EXPECT_FALSE(isPlaceTaken(F.socket()));
  {
    auto Listening = listenAt(F.socket());
    ASSERT_TRUE(Listening);
    EXPECT_TRUE(isPlaceTaken(F.socket())) << "a service manager has no lock";
  }
  EXPECT_FALSE(isPlaceTaken(F.socket())) << "the socket is still there";
  ::chmod(F.path().c_str(), 0755);
  EXPECT_TRUE(isPlaceTaken(F.socket())) << "no place for a daemon";
}

TEST(RendezvousTest, ListensInThePlaceOfADeadSocketButOfNothingElse) {
  TestFolder F;
  listenAt(F.socket())->reset();
  EXPECT_TRUE(std::filesystem::exists(F.socket()));
  auto Again = listenAt(F.socket());
  ASSERT_TRUE(Again);
  auto Connected = connectTo(F.socket(), soon());
  EXPECT_TRUE(Connected && *Connected);

  std::ofstream(F.path("file")) << "precious";
  EXPECT_THAT(listenAt(F.path("file")).error(), HasSubstr("no socket"));
  EXPECT_EQ(std::filesystem::file_size(F.path("file")), 8u);
  std::filesystem::create_directory(F.path("folder"));
  EXPECT_THAT(listenAt(F.path("folder")).error(), HasSubstr("no socket"));
}

TEST(RendezvousTest, NobodyListensIsNoFault) {
  TestFolder F;
  auto Nothing = connectTo(F.socket(), soon());
  ASSERT_TRUE(Nothing);
  EXPECT_FALSE(*Nothing);
  auto NoFolder = connectTo(F.path("no/daemon.socket"), soon());
  ASSERT_TRUE(NoFolder);
  EXPECT_FALSE(*NoFolder);
  listenAt(F.socket())->reset();
  auto Dead = connectTo(F.socket(), soon());
  ASSERT_TRUE(Dead);
  EXPECT_FALSE(*Dead);
  auto Client = DaemonClient::connect(patientClient(F.socket()));
  ASSERT_TRUE(Client);
  EXPECT_EQ(*Client, nullptr);
}

TEST(RendezvousTest, WhatTakesThePlaceIsNotConnectedTo) {
  TestFolder F;
  std::ofstream(F.path("file")) << "x";
  // The kernel says of a file what it says of a socket without a listener.
  auto File = connectTo(F.path("file"), soon());
  EXPECT_FALSE(File && *File);
  // A socket of another type.
  FileDescriptor Stream(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un Address = {};
  Address.sun_family = AF_UNIX;
  F.path("stream").copy(Address.sun_path, sizeof(Address.sun_path) - 1);
  ASSERT_EQ(::bind(Stream.get(), reinterpret_cast<sockaddr *>(&Address),
                   sizeof(Address)),
            0);
  ASSERT_EQ(::listen(Stream.get(), 1), 0);
  auto Other = connectTo(F.path("stream"), soon());
  ASSERT_FALSE(Other);
  EXPECT_THAT(Other.error(), HasSubstr("cannot connect"));
}

TEST(RendezvousTest, PathsHaveTheirLimits) {
  TestFolder F;
  std::string Long = F.path(std::string(200, 'x'));
  EXPECT_THAT(listenAt(Long).error(), HasSubstr("too long"));
  EXPECT_THAT(connectTo(Long, soon()).error(), HasSubstr("HAPAX_SOCKET"));
  EXPECT_THAT(listenAt("").error(), HasSubstr("empty"));
  EXPECT_EQ(folderOf("/a/b/c"), "/a/b");
  EXPECT_EQ(folderOf("/c"), "/");
  EXPECT_EQ(folderOf("c"), ".");
}

TEST(RendezvousTest, AListenerThatDoesNotAcceptCostsTheDeadline) {
  TestFolder F;
  auto Listening = listenAt(F.socket());
  ASSERT_TRUE(Listening);
  auto Options = patientClient(F.socket());
  Options.ConnectTimeout = std::chrono::milliseconds(20);
  auto Client = DaemonClient::connect(Options);
  ASSERT_FALSE(Client);
  EXPECT_EQ(Client.error().Reason, TierError::Kind::Unavailable);
  EXPECT_THAT(Client.error().Message, HasSubstr("does not answer"));
}

} // namespace
