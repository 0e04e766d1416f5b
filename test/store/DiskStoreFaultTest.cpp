//===- DiskStoreFaultTest.cpp - Nothing breaks a build ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
// Every fault is tried in a process of its own, since a compiler is one: it
// must end by itself, never with a signal, and never with wrong bytes.
//===----------------------------------------------------------------------===//
#include "DiskStoreTestSupport.h"
#include "OpenStore.h"
#include "llvm/Support/Compiler.h"
#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace hapax;
using namespace hapax::test;
namespace fs = std::filesystem;

namespace {

constexpr unsigned Entries = 24;

/// What a compiler does with the store: opens it, gets, puts what it missed.
/// Exit status 0: no wrong bytes.
int useStore(const DiskStore::Options &Settings) {
  // A standstill is a failure too.
  ::alarm(30);
  auto Store = DiskStore::open(Settings);
  if (!Store)
    return 0;
  for (unsigned N = 0; N != Entries + 4; ++N) {
    Outcome First = getNumber(**Store, N);
    if (First == Outcome::Wrong)
      return 10;
    if (First != Outcome::Hit)
      (void)putNumber(**Store, N);
    if (getNumber(**Store, N) == Outcome::Wrong)
      return 11;
  }
  (*Store)->close();
  return 0;
}

/// Offsets of the 4 KiB regions that have data: LLVM's files are mostly holes.
std::vector<off_t> dataRegions(const fs::path &Path) {
  std::vector<off_t> Regions;
  int FD = ::open(Path.c_str(), O_RDONLY | O_CLOEXEC);
  off_t Size = ::lseek(FD, 0, SEEK_END), At = 0;
  while (At < Size && (At = ::lseek(FD, At, SEEK_DATA)) >= 0) {
    off_t End = ::lseek(FD, At, SEEK_HOLE);
    for (off_t Region = At & ~off_t(4095); Region < End; Region += 4096) {
      std::byte Page[4096] = {};
      (void)!::pread(FD, Page, sizeof(Page), Region);
      if (std::ranges::any_of(Page,
                              [](std::byte B) { return B != std::byte(); }))
        Regions.push_back(Region);
    }
    At = End;
  }
  ::close(FD);
  return Regions;
}

class DiskStoreFaultTest : public DiskStoreTest {
protected:
  void fill() {
    ASSERT_EQ(inProcess([&] {
                auto Store = open();
                for (unsigned N = 0; N != Entries; ++N)
                  if (!putNumber(*Store, N))
                    return 1;
                // A removal, so that the state file has something in it.
                return Store->remove(keyOf(0)) ? 0 : 2;
              }),
              0);
  }

  /// Every region of every file that has data in it.
  std::vector<std::pair<fs::path, off_t>> places() const {
    std::vector<std::pair<fs::path, off_t>> Places;
    for (const fs::path &File : files())
      for (off_t Region : dataRegions(File))
        Places.emplace_back(File, Region);
    return Places;
  }

  /// After whatever happened, two more processes must find a store that takes
  /// and gives.
  void expectUsable() {
    EXPECT_EQ(inProcess([&] { return useStore(Settings); }), 0);
    EXPECT_EQ(inProcess([&] {
                ::alarm(30);
                auto Store = open();
                if (!Store)
                  return 1;
                for (unsigned N = 0; N != Entries; ++N)
                  if (getNumber(*Store, N) != Outcome::Hit)
                    if (!putNumber(*Store, N) ||
                        getNumber(*Store, N) != Outcome::Hit)
                      return 2;
                return 0;
              }),
              0);
  }
};

void copySparse(const fs::path &From, const fs::path &To) {
  fs::remove_all(To);
  std::string Command =
      "cp -a --sparse=always '" + From.string() + "' '" + To.string() + "'";
  ASSERT_EQ(::system(Command.c_str()), 0);
}

void overwrite(const fs::path &Path, off_t At, const void *Data, size_t Size) {
  int FD = ::open(Path.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::pwrite(FD, Data, Size, At), static_cast<ssize_t>(Size));
  ::close(FD);
}

TEST_F(DiskStoreFaultTest, CorruptEntryIsAMissThatCanBeStoredAgain) {
  fill();
  auto Store = open();
  Settings.Compress = CompressionPolicy::none();
  Bytes Payload = payloadOf(500, 200000);
  ASSERT_TRUE(Store->put(keyOf(500), PayloadKind::Object, Payload, 1));
  // Its payload lies in a file of its own, the largest.
  fs::path Largest;
  uintmax_t Size = 0;
  for (const fs::path &File : files())
    if (File.filename().string().starts_with("leaf") &&
        fs::file_size(File) > Size) {
      Largest = File;
      Size = fs::file_size(File);
    }
  ASSERT_GT(Size, 100000u / 2);
  overwrite(Largest, 1000, "damage", 6);

  Bytes Got;
  ContainerSink<Bytes> Into(Got);
  auto Answer = Store->get(keyOf(500), Into);
  ASSERT_FALSE(Answer);
  EXPECT_EQ(Answer.error().Reason, TierError::Kind::Corrupt);
  EXPECT_EQ(Store->counters().CorruptEvicted, 1u);
  Answer = Store->get(keyOf(500), Into);
  ASSERT_TRUE(Answer) << Answer.error().Message;
  EXPECT_FALSE(*Answer);
  ASSERT_TRUE(Store->put(keyOf(500), PayloadKind::Object, Payload, 1));
  Answer = Store->get(keyOf(500), Into);
  ASSERT_TRUE(Answer) << Answer.error().Message;
  ASSERT_TRUE(*Answer);
  EXPECT_EQ(Got, Payload);
}

TEST_F(DiskStoreFaultTest, EveryRegionOverwrittenByNoise) {
  fill();
  fs::path Sound = Root / "sound";
  copySparse(Settings.Directory, Sound);
  unsigned Tried = 0;
  std::mt19937_64 Random(42);
  for (auto &[File, Region] : places()) {
    // Payload files are all alike; two of their regions will do.
    if (File.filename().string().starts_with("leaf") && Region > 4096)
      continue;
    SCOPED_TRACE(File.string() + " at " + std::to_string(Region));
    copySparse(Sound, Settings.Directory);
    uint64_t Noise[512];
    for (uint64_t &Word : Noise)
      Word = Random();
    overwrite(File, Region, Noise,
              std::min<uintmax_t>(sizeof(Noise), fs::file_size(File) - Region));
    ASSERT_EQ(inProcess([&] { return useStore(Settings); }), 0);
    if (++Tried % 8 == 0)
      expectUsable();
  }
  EXPECT_GT(Tried, 50u);
}

TEST_F(DiskStoreFaultTest, SmallDamageAtRandom) {
  fill();
  fs::path Sound = Root / "sound";
  copySparse(Settings.Directory, Sound);
  auto Places = places();
  std::mt19937_64 Random(7);
  for (unsigned Round = 0; Round != 100; ++Round) {
    copySparse(Sound, Settings.Directory);
    for (uint64_t Times = 1 + Random() % 8; Times; --Times) {
      auto &[File, Region] = Places[Random() % Places.size()];
      off_t At = (Region + static_cast<off_t>(Random() % 4096)) & ~off_t(7);
      if (uintmax_t(At) + 8 > fs::file_size(File))
        continue;
      // Small values make plausible offsets, the worst kind of damage.
      uint64_t Value = Random() >> (Random() % 64);
      overwrite(File, At, &Value, sizeof(Value));
    }
    SCOPED_TRACE(Round);
    ASSERT_EQ(inProcess([&] { return useStore(Settings); }), 0);
    if (Round % 10 == 0)
      expectUsable();
  }
}

TEST_F(DiskStoreFaultTest, EveryFileTruncated) {
  fill();
  fs::path Sound = Root / "sound";
  copySparse(Settings.Directory, Sound);
  unsigned Leaves = 0; // files of one payload each; two will do
  for (const fs::path &File : files()) {
    if (File.filename().string().starts_with("leaf") && ++Leaves > 2)
      continue;
    uintmax_t Size =
        fs::file_size(Sound / fs::relative(File, Settings.Directory));
    for (uintmax_t To :
         {uintmax_t(0), uintmax_t(1), uintmax_t(40), uintmax_t(4096),
          uintmax_t(5000), Size / 2, uintmax_t(1) << 20, Size - 1}) {
      if (To >= Size)
        continue;
      SCOPED_TRACE(File.string() + " to " + std::to_string(To));
      copySparse(Sound, Settings.Directory);
      fs::resize_file(File, To);
      ASSERT_EQ(inProcess([&] { return useStore(Settings); }), 0);
    }
    expectUsable();
  }
}

TEST_F(DiskStoreFaultTest, FilesTruncatedUnderARunningProcess) {
  fill();
  for (const char *Name : {"index.v1", "data.v1", "actions.v1"}) {
    ASSERT_EQ(inProcess([&] {
                ::alarm(30);
                auto Store = open();
                for (const fs::path &File : files())
                  if (File.filename() == Name)
                    fs::resize_file(File, 0);
                for (unsigned N = 0; N != Entries; ++N)
                  if (getNumber(*Store, N) == Outcome::Wrong)
                    return 1;
                (void)putNumber(*Store, 100);
                // The crash inside has told nobody but us.
                Bytes Got;
                ContainerSink<Bytes> Into(Got);
                auto Answer = Store->get(keyOf(1), Into);
                return !Answer && Answer.error().Reason ==
                                      TierError::Kind::Unavailable
                           ? 0
                           : 2;
              }),
              0)
        << Name;
    expectUsable();
    // The store that crashed is kept aside, and only the last one.
    unsigned Broken = 0;
    for (const auto &Entry :
         fs::directory_iterator(Settings.Directory + "/v1/cas"))
      Broken += Entry.path().filename().string().starts_with("broken-");
    EXPECT_EQ(Broken, 1u);
    ::sleep(5); // another crash within seconds is not blamed on the files
  }
}

TEST_F(DiskStoreFaultTest, DirectoryThatCannotBeUsed) {
  std::ofstream(Settings.Directory) << "a file";
  auto Store = DiskStore::open(Settings);
  ASSERT_FALSE(Store);
  EXPECT_EQ(Store.error().Reason, TierError::Kind::Io);
  EXPECT_NE(Store.error().Message.find("HAPAX_DIR"), std::string::npos);

  Settings.Directory = "/proc/hapax";
  EXPECT_FALSE(DiskStore::open(Settings));
  Settings.Directory = "";
  EXPECT_FALSE(DiskStore::open(Settings));
}

TEST_F(DiskStoreFaultTest, UnwritableDirectoryOfAnotherUser) {
  if (::getuid() != 0)
    GTEST_SKIP() << "needs to change the user";
  fill();
  ::chmod(Root.c_str(), 0755);
  fs::create_directory(Root / "empty");
  EXPECT_EQ(inProcess([&] {
              if (::setgid(65534) != 0 || ::setuid(65534) != 0)
                return 1;
              auto Store = DiskStore::open(Settings);
              if (Store)
                return getNumber(**Store, 1) == Outcome::Wrong ? 2 : 0;
              Settings.Directory = Root / "empty";
              return DiskStore::open(Settings) ? 3 : 0;
            }),
            0);
  expectUsable();
}

TEST_F(DiskStoreFaultTest, ProcessLimits) {
#if LLVM_ADDRESS_SANITIZER_BUILD
  GTEST_SKIP() << "AddressSanitizer itself needs more address space";
#endif
  fill();
  for (auto [Which, Value] : {std::pair(RLIMIT_FSIZE, rlim_t(1) << 20),
                              {RLIMIT_FSIZE, rlim_t(0)},
                              {RLIMIT_NOFILE, rlim_t(5)},
                              {RLIMIT_NOFILE, rlim_t(8)},
                              {RLIMIT_AS, rlim_t(2) << 30}})
    EXPECT_EQ(inProcess([&, Which = Which, Value = Value] {
                struct rlimit Limit = {Value, Value};
                ::setrlimit(Which, &Limit);
                return useStore(Settings);
              }),
              0)
        << int(Which) << " " << Value;
  // A limit of one process is no damage.
  EXPECT_EQ(
      inProcess([&] { return getNumber(*open(), 1) == Outcome::Hit ? 0 : 1; }),
      0);
}

TEST_F(DiskStoreFaultTest, KilledAtAnyMoment) {
  fill();
  std::mt19937_64 Random(3);
  for (unsigned Round = 0; Round != 60; ++Round) {
    pid_t Pid = ::fork();
    if (Pid == 0) {
      auto Store = DiskStore::open(Settings);
      for (unsigned N = 1000 + 100 * Round; Store; ++N)
        (void)putNumber(**Store, N);
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(Random() % 8000));
    ::kill(Pid, SIGKILL);
    ::waitpid(Pid, nullptr, 0);
    ASSERT_EQ(inProcess([&] {
                ::alarm(30);
                auto Store = open();
                for (unsigned N = 1000 + 100 * Round; N != 1100 + 100 * Round;
                     ++N) {
                  Outcome Got = getNumber(*Store, N);
                  if (Got != Outcome::Hit && Got != Outcome::Miss)
                    return 1;
                }
                for (unsigned N = 1; N != Entries; ++N)
                  if (getNumber(*Store, N) != Outcome::Hit)
                    return 2;
                return 0;
              }),
              0);
  }
}

TEST_F(DiskStoreFaultTest, KilledWhileCreating) {
  std::mt19937_64 Random(5);
  for (unsigned Round = 0; Round != 40; ++Round) {
    fs::remove_all(Settings.Directory);
    pid_t Pid = ::fork();
    if (Pid == 0)
      ::_exit(useStore(Settings));
    ::usleep(static_cast<useconds_t>(Random() % 10000));
    ::kill(Pid, SIGKILL);
    ::waitpid(Pid, nullptr, 0);
    expectUsable();
  }
}

class FullDiskTest : public DiskStoreFaultTest {
protected:
  void SetUp() override {
    DiskStoreFaultTest::SetUp();
    if (::getuid() != 0)
      GTEST_SKIP() << "needs to mount";
  }
  void TearDown() override {
    if (Mounted)
      ::umount2((Root / "disk").c_str(), MNT_DETACH);
    DiskStoreFaultTest::TearDown();
  }
  void mount(const std::string &Size) {
    fs::create_directory(Root / "disk");
    if (::mount("none", (Root / "disk").c_str(), "tmpfs", 0,
                ("size=" + Size).c_str()) != 0)
      GTEST_SKIP() << "cannot mount";
    Mounted = true;
    Settings.Directory = Root / "disk" / "cache";
  }
  /// Leaves \p Free bytes.
  void fillUp(uint64_t Free) {
    int FD =
        ::open((Root / "disk" / "ballast").c_str(), O_WRONLY | O_CREAT, 0600);
    uint64_t Size = fs::space(Root / "disk").available;
    if (Size > Free) {
      ASSERT_EQ(::posix_fallocate(FD, 0, static_cast<off_t>(Size - Free)), 0);
    }
    ::close(FD);
  }
  void freeUp() { fs::remove(Root / "disk" / "ballast"); }
  bool Mounted = false;
};

TEST_F(FullDiskTest, TinyDisk) {
  for (const char *Size : {"4k", "64k", "1m", "3m"}) {
    ASSERT_NO_FATAL_FAILURE(mount(Size));
    if (IsSkipped())
      return;
    EXPECT_EQ(inProcess([&] { return useStore(Settings); }), 0) << Size;
    ::umount2((Root / "disk").c_str(), MNT_DETACH);
    fs::remove(Root / "disk");
  }
}

TEST_F(FullDiskTest, FullDiskRefusesAndRecovers) {
  ASSERT_NO_FATAL_FAILURE(mount("64m"));
  if (IsSkipped())
    return;
  EXPECT_EQ(inProcess([&] {
              auto Store = open();
              if (!Store || !putNumber(*Store, 1))
                return 1;
              fillUp(1 << 20);
              auto Put = putNumber(*Store, 2);
              if (Put || Put.error().Reason != TierError::Kind::Full)
                return 2;
              return getNumber(*Store, 1) == Outcome::Hit ? 0 : 3;
            }),
            0);
  EXPECT_EQ(
      inProcess([&] { return getNumber(*open(), 1) == Outcome::Hit ? 0 : 1; }),
      0)
      << "a new process reads what is there";
  freeUp();
  EXPECT_EQ(inProcess([&] {
              auto Store = open();
              return Store && getNumber(*Store, 1) == Outcome::Hit &&
                             putNumber(*Store, 2)
                         ? 0
                         : 1;
            }),
            0);
}

// The holes of LLVM's mapped files meet a disk without blocks when the space
// goes between the store's own check and the write: so the check is left out.
TEST_F(FullDiskTest, WriteToAHoleOnAFullDiskIsSurvived) {
  ASSERT_NO_FATAL_FAILURE(mount("64m"));
  if (IsSkipped())
    return;
  unsigned Crashes = 0;
  for (uint64_t Free = 0; Free <= 2 << 20; Free += 100 << 10) {
    fs::remove_all(Settings.Directory);
    int Status = inProcess([&] {
      ::alarm(30);
      auto Store = open();
      if (!Store || !putNumber(*Store, 1))
        return 1;
      fillUp(Free);
      auto Same = store::OpenStore::open(store::StoreFolder(Settings.Directory),
                                         /*ReadOnly=*/false);
      if (!Same)
        return 2;
      std::optional<TierError> Crashed;
      for (unsigned N = 2; N != 400 && !Crashed; ++N) {
        Bytes Payload = payloadOf(N, sizeOf(N));
        auto Entry = packEntry(keyOf(N), PayloadKind::Object, Payload, N,
                               CompressionPolicy::none());
        Crashed = (*Same)->run([&] {
          (void)store::writeEntry((*Same)->storage(), keyOf(N), *Entry);
        });
        if (getNumber(*Store, N) == Outcome::Wrong)
          return 3;
      }
      if (!Crashed)
        return 50;
      return Crashed->Reason == TierError::Kind::Unavailable &&
                     getNumber(*Store, 1) == Outcome::Failed
                 ? 0
                 : 4;
    });
    EXPECT_TRUE(Status == 0 || Status == 50) << Status << " with " << Free;
    Crashes += Status == 0;
    // With space again, everything works, and what was stored is still there.
    freeUp();
    EXPECT_EQ(inProcess([&] {
                auto Store = open();
                if (!Store || getNumber(*Store, 1) != Outcome::Hit)
                  return 1;
                for (unsigned N = 2; N != 400; ++N)
                  if (getNumber(*Store, N) == Outcome::Wrong)
                    return 2;
                return putNumber(*Store, 2000) ? 0 : 3;
              }),
              0)
        << Free;
  }
  EXPECT_GT(Crashes, 5u) << "the test no longer reaches what it is for";
}

} // namespace
