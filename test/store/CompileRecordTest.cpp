//===- CompileRecordTest.cpp ----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/CompileRecord.h"
#include "hapax/Store/Config.h"
#include "hapax/Store/Layout.h"
#include "hapax/Store/Log.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace hapax;
using testing::ElementsAre;
using testing::IsEmpty;
namespace fs = std::filesystem;

namespace {

struct RecordTest : testing::Test {
  fs::path Root;
  Config Settings;

  void SetUp() override {
    char Template[] = "/tmp/hapax-records-XXXXXX";
    ASSERT_NE(::mkdtemp(Template), nullptr);
    Root = Template;
    Settings.Directory = (Root / "cache").string();
  }
  void TearDown() override { fs::remove_all(Root); }

  std::string records() const { return recordsDirectory(Settings.Directory); }
  size_t countFiles() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(records()),
                                             fs::directory_iterator()));
  }
  void put(const fs::path &File, std::string_view Text) {
    fs::create_directories(File.parent_path());
    std::ofstream(File) << Text;
  }
  void age(const fs::path &File, int Seconds) {
    fs::last_write_time(File, fs::file_time_type::clock::now() -
                                  std::chrono::seconds(Seconds));
  }
};

CompileRecord sample() {
  CompileRecord R;
  R.Outcome = "miss";
  R.Reason = "absent";
  R.Detail = "two\nlines,\ta tab, a \\ and a \r";
  R.Source = "/src/a.c";
  R.WorkingDirectory = "/build";
  R.Kind = "object";
  R.Tool = "/usr/bin/clang";
  R.TimeMs = 1234567890123;
  R.Output = "/build/a.o";
  R.Tier = "disk";
  R.Namespace = "ci";
  R.SourceName = "../src/a.c";
  R.DebugDirectory = "/build";
  R.CostMs = 42;
  R.SavedMs = 17;
  R.WallUs = 43'210;
  R.FrontUs = 1234;
  R.Shards = {.Count = 9,
              .Compiled = 2,
              .Refused = "small",
              .Dirty = {"main", "odd\nname", ""},
              .MoreDirty = 3};
  R.Key = digestOf("key");
  R.Module = digestOf("module");
  R.Fields = {{"arg", "-O2"}, {"arg", "-fPIC"}, {"cpu", "x86-64"}};
  R.Functions = {{"main", digestOf("main"), "a.c", 12},
                 {std::string("odd\0 \nname", 10), digestOf("odd"), "a.c", 40},
                 {"", digestOf(""), "with a blank\n.h", 7},
                 {"unplaced", digestOf("unplaced")},
                 {"no file", digestOf("no file"), "", 3},
                 {"no line", digestOf("no line"), "a.c"}};
  R.Variables = {{"table", digestOf("table")},
                 {".str", digestOf(".str"), "", 0, "23:59:59\n"}};
  R.Parts = {{"metadata", digestOf("metadata")}};
  return R;
}

TEST_F(RecordTest, PrintAndParseAreInverse) {
  EXPECT_EQ(CompileRecord::parse(sample().print()), sample());
  EXPECT_EQ(CompileRecord::parse(CompileRecord().print()), CompileRecord());
}

TEST_F(RecordTest, RecordsOfBeforeAreRead) {
  // As version 0.1.0 wrote them, without the lines that came later.
  std::optional<CompileRecord> R = CompileRecord::parse(
      "hapax-record 1\noutcome hit\nreason source-ir\ndetail \n"
      "source /src/a.c\ndirectory /build\nkind object\n"
      "tool /usr/bin/clang\ntime 1700000000000\ncost 42\n"
      "key 00000000000000000000000000000001\n"
      "module 00000000000000000000000000000002\n"
      "field argument\t-O2\n"
      "part 00000000000000000000000000000003 metadata\n"
      "function 00000000000000000000000000000004 main\n"
      "variable 00000000000000000000000000000005 .str\ncut 6\nend\n");
  CompileRecord Expected;
  Expected.Outcome = "hit";
  Expected.Reason = "source-ir";
  Expected.Source = "/src/a.c";
  Expected.WorkingDirectory = "/build";
  Expected.Kind = "object";
  Expected.Tool = "/usr/bin/clang";
  Expected.TimeMs = 1'700'000'000'000;
  Expected.CostMs = 42;
  Expected.Key = Digest{0, 1};
  Expected.Module = Digest{0, 2};
  Expected.Fields = {{"argument", "-O2"}};
  Expected.Parts = {{"metadata", Digest{0, 3}}};
  Expected.Functions = {{"main", Digest{0, 4}}};
  Expected.Variables = {{".str", Digest{0, 5}}};
  Expected.Cut = 6;
  EXPECT_EQ(R, Expected);
}

TEST_F(RecordTest, RecordsOfAnotherVersionAreNone) {
  std::string Text = sample().print();
  for (char Version : {'0', '2', '9', ' '}) {
    Text[Text.find('1')] = Version;
    EXPECT_EQ(CompileRecord::parse(Text), std::nullopt) << Version;
    Text = sample().print();
  }
}

TEST_F(RecordTest, LinesWithoutTheirItemAreIgnored) {
  CompileRecord R;
  R.Functions = {{"f", digestOf("f"), "a.c", 1}};
  std::string Text = R.print();
  EXPECT_EQ(CompileRecord::parse(Text), R);
  Text.insert(Text.find("function"), "at 5 b.c\ntext x\nfunction short\n"
                                     "at 6 b.c\n");
  EXPECT_EQ(CompileRecord::parse(Text), R);
  Text.insert(Text.find("end\n"), "function 1234\nat 9 c.c\ntext y\n");
  EXPECT_EQ(CompileRecord::parse(Text), R)
      << "what follows a damaged item is not the item before";
}

TEST_F(RecordTest, EveryTruncationIsRefused) {
  std::string Text = sample().print();
  for (size_t Length = 0; Length != Text.size(); ++Length)
    EXPECT_EQ(CompileRecord::parse(Text.substr(0, Length)), std::nullopt)
        << Length;
}

TEST_F(RecordTest, DamageGivesARecordOrNothing) {
  // Whatever a damaged file gives must itself be a record that prints and
  // parses: no state that the rest of the program has not met.
  std::string Good = sample().print();
  uint64_t State = 7;
  unsigned Parsed = 0;
  for (int Round = 0; Round != 20000; ++Round) {
    std::string Text = Good;
    for (int Hit = 0; Hit != 3; ++Hit) {
      State = State * 6364136223846793005u + 1442695040888963407u;
      Text[(State >> 33) % Text.size()] = static_cast<char>(State >> 56);
    }
    if (std::optional<CompileRecord> R = CompileRecord::parse(Text)) {
      ++Parsed;
      EXPECT_EQ(CompileRecord::parse(R->print()), R);
    }
  }
  EXPECT_GT(Parsed, 0u);
}

TEST_F(RecordTest, UnknownLinesAreIgnored) {
  std::string Text = sample().print();
  Text.insert(Text.find("kind"), "future something\nword\n\nfield no tab\n"
                                 "function short\n");
  EXPECT_EQ(CompileRecord::parse(Text), sample());
}

TEST_F(RecordTest, LargeRecordsAreCut) {
  CompileRecord R = sample();
  R.Detail.assign(10 * RecordLimits::Value, 'x');
  for (int I = 0; I != 1000; ++I)
    R.Fields.push_back({"arg", std::string(5000, 'y')});
  for (int I = 0; I != 40000; ++I)
    R.Functions.push_back({"f" + std::to_string(I), digestOf("f")});
  for (int I = 0; I != 1000; ++I)
    R.Shards->Dirty.push_back(std::string(50'000, '\n'));
  std::string Text = R.print();
  EXPECT_LE(Text.size(), RecordLimits::Record);
  std::optional<CompileRecord> Back = CompileRecord::parse(Text);
  ASSERT_TRUE(Back);
  EXPECT_EQ(Back->Detail.size(), RecordLimits::Value);
  EXPECT_GT(Back->Shards->Dirty.size(), 3u);
  EXPECT_EQ(Back->Shards->Dirty.size() + Back->Shards->MoreDirty,
            R.Shards->Dirty.size() + R.Shards->MoreDirty);
  EXPECT_GT(Back->Functions.size(), 1000u);
  EXPECT_EQ(Back->Parts, R.Parts);
  EXPECT_EQ(Back->Functions.size() + Back->Variables.size() + Back->Cut,
            R.Functions.size() + R.Variables.size());
}

TEST_F(RecordTest, WriteKeepsTheLastTwo) {
  EXPECT_EQ(loadRecords(Settings, "/src/a.c", "/"), std::nullopt);
  CompileRecord R = sample();
  R.Reason = "first";
  R.write(Settings);
  std::optional<CompileHistory> H = loadRecords(Settings, "/src/a.c", "/");
  ASSERT_TRUE(H);
  EXPECT_EQ(H->Current, R);
  EXPECT_FALSE(H->Previous);

  CompileRecord Second = R, Third = R;
  Second.Reason = "second";
  Third.Reason = "third";
  Second.write(Settings);
  Third.write(Settings);
  H = loadRecords(Settings, "a.c", "/src");
  ASSERT_TRUE(H);
  EXPECT_EQ(H->Current, Third);
  EXPECT_EQ(H->Previous, Second);
  EXPECT_EQ(countFiles(), 2u) << "no temporary file stays";
}

TEST_F(RecordTest, WriteFillsInWhatItKnows) {
  CompileRecord R;
  R.Source = "x.c";
  R.write(Settings);
  std::optional<CompileHistory> H =
      loadRecords(Settings, "x.c", fs::current_path().string());
  ASSERT_TRUE(H);
  EXPECT_EQ(H->Current.WorkingDirectory, fs::current_path().string());
  EXPECT_EQ(H->Current.Source, (fs::current_path() / "x.c").string());
  EXPECT_NE(H->Current.Tool, "");
  EXPECT_GT(H->Current.TimeMs, 1'500'000'000'000);
}

TEST_F(RecordTest, OutputsAreAbsolute) {
  put(Root / "build" / "here", "");
  fs::create_directory_symlink(Root / "build", Root / "link");
  CompileRecord R = sample();
  R.WorkingDirectory = (Root / "link").string();
  R.Output = "../build/sub.o";
  R.write(Settings);
  std::optional<CompileHistory> H = loadRecords(Settings, "/src/a.c", "/");
  ASSERT_TRUE(H);
  EXPECT_EQ(H->Current.Output, (Root / "build" / "sub.o").string());
}

TEST_F(RecordTest, ForEachSourceSeesEachOnce) {
  auto Sources = [&] {
    std::vector<std::string> Found;
    forEachSource(Settings, [&](CompileHistory H) {
      Found.push_back(H.Current.Source + " " + H.Current.Reason +
                      (H.Previous ? " after " + H.Previous->Reason : ""));
      return true;
    });
    std::ranges::sort(Found);
    return Found;
  };
  EXPECT_THAT(Sources(), IsEmpty()) << "there is no folder";
  for (const char *Source : {"/src/a.c", "/src/b.c", "/src/c.c"})
    for (const char *Reason : {"first", "second"}) {
      CompileRecord R = sample();
      R.Source = Source;
      R.Reason = Reason;
      R.write(Settings);
    }
  // Torn, half renamed, not ours.
  put(recordFile(Settings, "/src/b.c", "/"), "garbage");
  fs::remove(recordFile(Settings, "/src/c.c", "/"));
  put(fs::path(records()) / "x.1.0.tmp", sample().print());
  put(fs::path(records()) / "stray", "");
  EXPECT_THAT(Sources(), ElementsAre("/src/a.c second after first",
                                     "/src/b.c first", "/src/c.c first"));
  unsigned Seen = 0;
  forEachSource(Settings, [&](CompileHistory) { return ++Seen < 2; });
  EXPECT_EQ(Seen, 2u) << "it ends when it is told to";
}

TEST_F(RecordTest, LinksLeadToTheSameRecord) {
  put(Root / "real" / "a.c", "");
  fs::create_directory_symlink(Root / "real", Root / "link");
  CompileRecord R = sample();
  R.Source = (Root / "link" / "a.c").string();
  R.write(Settings);
  EXPECT_TRUE(loadRecords(Settings, "real/../real/a.c", Root.string()));
}

TEST_F(RecordTest, OlderRecordServesWhereTheLastIsDamaged) {
  CompileRecord R = sample();
  R.write(Settings);
  R.Reason = "newer";
  R.write(Settings);
  put(recordFile(Settings, "/src/a.c", "/"), "garbage");
  std::optional<CompileHistory> H = loadRecords(Settings, "/src/a.c", "/");
  ASSERT_TRUE(H);
  EXPECT_EQ(H->Current, sample());
  EXPECT_FALSE(H->Previous);
}

TEST_F(RecordTest, FailsSilently) {
  Settings.Directory = "";
  sample().write(Settings);
  EXPECT_EQ(loadRecords(Settings, "/src/a.c", "/"), std::nullopt);
  put(Root / "file", "");
  Settings.Directory = (Root / "file").string();
  sample().write(Settings);
  EXPECT_EQ(loadRecords(Settings, "/src/a.c", "/"), std::nullopt);
  EXPECT_EQ(fs::file_size(Root / "file"), 0u);
  // A folder where the record should be.
  Settings.Directory = (Root / "cache").string();
  fs::create_directories(recordFile(Settings, "/src/a.c", "/") + ".prev/x");
  fs::create_directories(recordFile(Settings, "/src/a.c", "/") + "/x");
  sample().write(Settings);
  EXPECT_EQ(loadRecords(Settings, "/src/a.c", "/"), std::nullopt);
  EXPECT_EQ(countFiles(), 2u);
}

TEST_F(RecordTest, SweepRemovesTheOldest) {
  for (int I = 0; I != 40; ++I) {
    fs::path File = fs::path(records()) / ("r" + std::to_string(I));
    put(File, "0123456789");
    age(File, 1000 - I);
    put(File.string() + ".prev", "0123456789");
    age(File.string() + ".prev", 2000);
  }
  sweepRecords(records(), 40, 10000);
  EXPECT_EQ(countFiles(), 80u) << "within the bounds nothing is removed";
  sweepRecords(records(), 20, 10000);
  EXPECT_EQ(countFiles(), 36u) << "18 sources: a tenth below the bound";
  EXPECT_TRUE(fs::exists(fs::path(records()) / "r39"));
  EXPECT_TRUE(fs::exists(fs::path(records()) / "r22"));
  EXPECT_FALSE(fs::exists(fs::path(records()) / "r21"));
  EXPECT_FALSE(fs::exists(fs::path(records()) / "r21.prev"));
  sweepRecords(records(), 20, 200);
  EXPECT_EQ(countFiles(), 18u) << "9 sources of 20 bytes";
  sweepRecords(records(), 0, 0);
  EXPECT_EQ(countFiles(), 0u);
}

TEST_F(RecordTest, SweepRemovesWhatCrashedWritersLeft) {
  fs::path Old = fs::path(records()) / "a.1.0.tmp";
  fs::path New = fs::path(records()) / "b.1.0.tmp";
  put(Old, "");
  put(New, "");
  age(Old, 7200);
  sweepRecords(records(), 10, 10000);
  EXPECT_FALSE(fs::exists(Old));
  EXPECT_TRUE(fs::exists(New));
}

TEST_F(RecordTest, WritingStaysWithinTheBound) {
  CompileRecord R = sample();
  // That no write of the last 2048 sweeps has a probability of 1e-7.
  constexpr size_t Slack = 2048;
  for (size_t I = 0; I != RecordLimits::Sources + Slack; ++I) {
    R.Source = "/src/" + std::to_string(I);
    R.write(Settings);
  }
  EXPECT_LT(countFiles(), RecordLimits::Sources + Slack);
  EXPECT_GT(countFiles(), RecordLimits::Sources / 2);
  EXPECT_TRUE(loadRecords(Settings, R.Source, "/")) << "the newest stays";
}

TEST_F(RecordTest, ConcurrentWritersNeverShowATornRecord) {
  constexpr int Writers = 4;
  CompileRecord R = sample();
  for (int I = 0; I != 200; ++I)
    R.Functions.push_back({"f" + std::to_string(I), digestOf("f")});
  R.write(Settings);
  pid_t Children[Writers];
  for (int W = 0; W != Writers; ++W) {
    Children[W] = ::fork();
    if (Children[W] == 0) {
      for (int I = 0; I != 300; ++I)
        R.write(Settings);
      ::_exit(0);
    }
  }
  std::string File = recordFile(Settings, R.Source, "/");
  unsigned Seen = 0;
  // A writer may be out of the processor between its two renames for as long as
  // two thousand reads take; in the end there is a file.
  for (int I = 0; I < 2000 || Seen == 0; ++I) {
    std::ifstream In(File);
    std::string Text((std::istreambuf_iterator<char>(In)), {});
    if (!In.is_open()) {
      std::this_thread::yield();
      continue;
    }
    EXPECT_EQ(CompileRecord::parse(Text), R);
    ++Seen;
  }
  for (pid_t Child : Children) {
    int Status = 0;
    ::waitpid(Child, &Status, 0);
    EXPECT_EQ(Status, 0);
  }
  EXPECT_GT(Seen, 0u);
  EXPECT_TRUE(loadRecords(Settings, R.Source, "/"));
  EXPECT_EQ(countFiles(), 2u);
}

TEST_F(RecordTest, DiffNamesTheFieldsInOrder) {
  CompileRecord Before = sample(), Now = sample();
  EXPECT_THAT(diffRecords(Now, Before).Fields, IsEmpty());
  Now.Fields = {{"new", "1"}, {"arg", "-O3"}, {"arg", "-fPIC"}};
  RecordDiff D = diffRecords(Now, Before);
  ASSERT_EQ(D.Fields.size(), 3u);
  EXPECT_EQ(D.Fields[0].Tag, "new");
  EXPECT_EQ(D.Fields[0].Before, "");
  EXPECT_EQ(D.Fields[0].Now, "1");
  EXPECT_EQ(D.Fields[1].Tag, "arg");
  EXPECT_EQ(D.Fields[1].Before, "-O2");
  EXPECT_EQ(D.Fields[1].Now, "-O3");
  EXPECT_EQ(D.Fields[2].Tag, "cpu");
  EXPECT_EQ(D.Fields[2].Before, "x86-64");
  EXPECT_EQ(D.Fields[2].Now, "");
}

TEST_F(RecordTest, DiffSeesAnInsertedArgumentAsOne) {
  CompileRecord Before = sample(), Now = sample();
  Now.Fields.insert(Now.Fields.begin() + 1, {"arg", "-mavx2"});
  RecordDiff D = diffRecords(Now, Before);
  ASSERT_EQ(D.Fields.size(), 1u);
  EXPECT_EQ(D.Fields[0].Before, "");
  EXPECT_EQ(D.Fields[0].Now, "-mavx2");
}

TEST_F(RecordTest, DiffNamesTheFunctions) {
  CompileRecord Before, Now;
  Before.Module = digestOf("1");
  Now.Module = digestOf("2");
  Before.Functions = {{"z", digestOf("1")},
                      {"changed", digestOf("1")},
                      {"gone", digestOf("1")},
                      {"b-changed", digestOf("1")}};
  Now.Functions = {{"changed", digestOf("2")},
                   {"b-changed", digestOf("2")},
                   {"new", digestOf("1")},
                   {"z", digestOf("1")}};
  RecordDiff D = diffRecords(Now, Before);
  EXPECT_TRUE(D.ModuleChanged);
  EXPECT_THAT(D.Functions.Changed, ElementsAre("b-changed", "changed"));
  EXPECT_THAT(D.Functions.Added, ElementsAre("new"));
  EXPECT_THAT(D.Functions.Removed, ElementsAre("gone"));
  EXPECT_TRUE(D.Variables.empty() && D.Parts.empty());
  Now.Variables = {{"v", digestOf("1")}};
  EXPECT_THAT(diffRecords(Now, Before).Variables.Added, ElementsAre("v"));
  Now.Module.reset();
  EXPECT_FALSE(diffRecords(Now, Before).ModuleChanged);
}

TEST_F(RecordTest, DiffTellsWhatMayOnlyHaveMoved) {
  CompileRecord Before, Now;
  Before.Functions = {{"above", digestOf("1"), "a.c", 1},
                      {"edited", digestOf("2"), "a.c", 5},
                      {"below", digestOf("3"), "a.c", 9},
                      {"elsewhere", digestOf("4"), "a.c", 12},
                      {"unplaced", digestOf("5")}};
  Now.Functions = {{"above", digestOf("1"), "a.c", 1},
                   {"edited", digestOf("2'"), "a.c", 5},
                   {"below", digestOf("3'"), "a.c", 10},
                   {"elsewhere", digestOf("4"), "a.c", 13},
                   {"unplaced", digestOf("5'"), "a.c", 20}};
  RecordDiff::Names D = diffRecords(Now, Before).Functions;
  EXPECT_THAT(D.Changed, ElementsAre("edited", "unplaced"));
  EXPECT_THAT(D.Moved, ElementsAre("below"));
  D.Changed.clear();
  EXPECT_FALSE(D.empty());
}

TEST_F(RecordTest, LogLinesAreWhole) {
  fs::path File = Root / "log";
  constexpr int Writers = 4, Lines = 200;
  for (int W = 0; W != Writers; ++W)
    if (::fork() == 0) {
      Log L(File.string());
      for (int I = 0; I != Lines; ++I)
        L.write("writer " + std::string(100, char('a' + W)) + "\nend");
      ::_exit(0);
    }
  while (::wait(nullptr) > 0) {
  }
  std::ifstream In(File);
  std::string Line;
  int Count = 0;
  while (std::getline(In, Line)) {
    ++Count;
    EXPECT_THAT(Line, testing::MatchesRegex(
                          "....-..-..T..:..:......Z \\[[0-9]+\\] writer "
                          "(a{100}|b{100}|c{100}|d{100})\\\\nend"));
  }
  EXPECT_EQ(Count, Writers * Lines);
}

TEST_F(RecordTest, LogThatCannotBeOpenedIsOff) {
  EXPECT_FALSE(Log(""));
  EXPECT_FALSE(Log((Root / "no" / "such" / "folder").string()));
  EXPECT_FALSE(Log(Root.string()));
  fs::path Pipe = Root / "pipe";
  ASSERT_EQ(::mkfifo(Pipe.c_str(), 0600), 0);
  EXPECT_FALSE(Log(Pipe.string()));
  Log().write("nothing happens");
  EXPECT_TRUE(Log("-"));
  EXPECT_TRUE(Log("stderr"));
}

} // namespace
