//===- ConfigTest.cpp -----------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/Config.h"
#include "hapax/Store/Layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

using namespace hapax;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

/// A world of its own: nothing of the test's process is seen.
struct World {
  std::map<std::string, std::string, std::less<>> Options, Environment, Files;
  std::string Home = "/home/u";

  Config load() const {
    ConfigSources Sources;
    Sources.Options = Options;
    Sources.Environment = [this](const char *Name) {
      auto Found = Environment.find(Name);
      return Found == Environment.end() ? std::nullopt
                                        : std::optional(Found->second);
    };
    Sources.ReadFile = [this](const std::string &Path) {
      auto Found = Files.find(Path);
      return Found == Files.end() ? std::nullopt : std::optional(Found->second);
    };
    Sources.WorkingDirectory = "/work";
    Sources.FallbackHome = Home;
    return Config::load(Sources);
  }
};

constexpr const char *DefaultFile = "/home/u/.config/hapax/hapax.conf";

ConfigItem item(const Config &C, std::string_view Name) {
  for (ConfigItem &Item : C.items())
    if (Item.Name == Name)
      return Item;
  ADD_FAILURE() << "no setting " << Name;
  return {};
}

TEST(Config, DefaultsNeedNothing) {
  World W;
  Config C = W.load();
  EXPECT_EQ(C.Directory, "/home/u/.cache/hapax");
  EXPECT_EQ(C.SizeLimit, uint64_t(5) << 30);
  EXPECT_FALSE(C.Disable || C.ReadOnly || C.Recache || C.Verify ||
               C.StartDaemon || C.Shards);
  EXPECT_EQ(C.ShardsMin, 1000u);
  EXPECT_EQ(C.Jobs, 0u);
  EXPECT_EQ(C.Namespace, "");
  EXPECT_EQ(C.LogFile, "");
  EXPECT_EQ(C.CompressionLevel, -1);
  EXPECT_EQ(C.Daemon, DaemonUse::AfterDisk);
  EXPECT_EQ(C.Socket, "");
  EXPECT_EQ(C.DaemonTimeoutMs, 20u);
  EXPECT_THAT(C.Warnings, IsEmpty());
  EXPECT_FALSE(C.FileFound);
  EXPECT_EQ(C.File, DefaultFile);
  for (const ConfigItem &Item : C.items())
    EXPECT_EQ(Item.Origin, "default") << Item.Name;
  EXPECT_EQ(C.items().size(), settings().size());
}

TEST(Config, DirectoryFollowsTheXdgRules) {
  World W;
  W.Environment["XDG_CACHE_HOME"] = "/xdg";
  EXPECT_EQ(W.load().Directory, "/xdg/hapax");
  W.Environment["XDG_CACHE_HOME"] = "relative"; // to be ignored, says XDG
  EXPECT_EQ(W.load().Directory, "/home/u/.cache/hapax");
  W.Environment["HOME"] = "/other";
  EXPECT_EQ(W.load().Directory, "/other/.cache/hapax");
  W.Environment["HAPAX_DIR"] = "/mine";
  EXPECT_EQ(W.load().Directory, "/mine");
}

TEST(Config, PathsBecomeAbsolute) {
  World W;
  W.Environment["HAPAX_DIR"] = "here/../there/";
  W.Environment["HAPAX_LOG"] = "~/log";
  Config C = W.load();
  EXPECT_EQ(C.Directory, "/work/there");
  EXPECT_EQ(C.LogFile, "/home/u/log");
  W.Environment["HAPAX_LOG"] = "-";
  EXPECT_EQ(W.load().LogFile, "-");
}

TEST(Config, NoHomeMeansNoDirectoryAndOneWarning) {
  World W;
  W.Home.clear();
  Config C = W.load();
  EXPECT_EQ(C.Directory, "");
  EXPECT_EQ(countersFile(C.Directory), "");
  EXPECT_THAT(C.Warnings, ElementsAre(HasSubstr("set HAPAX_DIR")));
}

TEST(Config, OptionBeatsEnvironmentBeatsFileBeatsDefault) {
  World W;
  EXPECT_EQ(item(W.load(), "namespace").Origin, "default");

  W.Files[DefaultFile] = "namespace = from-file\n";
  Config C = W.load();
  EXPECT_EQ(C.Namespace, "from-file");
  EXPECT_EQ(item(C, "namespace").Origin, std::string("file ") + DefaultFile);

  W.Environment["HAPAX_NAMESPACE"] = "from-environment";
  C = W.load();
  EXPECT_EQ(C.Namespace, "from-environment");
  EXPECT_EQ(item(C, "namespace").Origin, "environment HAPAX_NAMESPACE");

  W.Options["namespace"] = "from-option";
  C = W.load();
  EXPECT_EQ(C.Namespace, "from-option");
  EXPECT_EQ(item(C, "namespace").Origin, "option");
}

TEST(Config, PrecedenceHoldsForEverySetting) {
  // Two values a setting, both other than the default.
  const std::map<std::string_view, std::pair<std::string, std::string>> Values =
      {{"dir", {"/a", "/b"}},
       {"max-size", {"1M", "2G"}},
       {"disable", {"true", "false"}},
       {"readonly", {"true", "false"}},
       {"recache", {"true", "false"}},
       {"verify", {"true", "false"}},
       {"namespace", {"a", "b"}},
       {"log", {"/a", "/b"}},
       {"compression", {"3", "none"}},
       {"daemon", {"off", "before-disk"}},
       {"socket", {"/a", "/b"}},
       {"daemon-timeout", {"1", "60000"}},
       {"start-daemon", {"true", "false"}},
       {"shards", {"true", "false"}},
       {"shards-min", {"0", "1000000000"}},
       {"jobs", {"1", "1024"}}};
  for (const Setting &S : settings()) {
    ASSERT_TRUE(Values.contains(S.Name)) << S.Name;
    const auto &[Low, High] = Values.at(S.Name);
    World W;
    W.Files[DefaultFile] = std::string(S.Name) + "=" + Low;
    EXPECT_EQ(item(W.load(), S.Name).Value, Low) << S.Name;
    W.Environment[S.Environment] = High;
    EXPECT_EQ(item(W.load(), S.Name).Value, High) << S.Name;
    W.Options[S.Name] = Low;
    EXPECT_EQ(item(W.load(), S.Name).Value, Low) << S.Name;
    EXPECT_THAT(W.load().Warnings, IsEmpty()) << S.Name;
  }
}

TEST(Config, NamesAreUnique) {
  std::set<std::string_view> Names, Environments;
  for (const Setting &S : settings()) {
    EXPECT_TRUE(Names.insert(S.Name).second) << S.Name;
    EXPECT_TRUE(Environments.insert(S.Environment).second) << S.Environment;
  }
}

TEST(Config, SwitchesInTheEnvironmentAreAsInCcache) {
  World W;
  for (const char *On : {"1", "true", "yes", "anything"}) {
    W.Environment["HAPAX_DISABLE"] = On;
    EXPECT_TRUE(W.load().Disable) << On;
  }
  for (const char *Off : {"0", "false", "FALSE", "no", "off", ""}) {
    W.Environment["HAPAX_DISABLE"] = Off;
    Config C = W.load();
    EXPECT_FALSE(C.Disable) << Off;
    EXPECT_THAT(C.Warnings, IsEmpty()) << Off;
  }
  // Saying no in the environment beats a yes in the file.
  W.Files[DefaultFile] = "disable = true";
  W.Environment["HAPAX_DISABLE"] = "0";
  EXPECT_FALSE(W.load().Disable);
}

TEST(Config, NoIsAWordForTheDaemonToo) {
  World W;
  for (const char *Off : {"0", "no", "FALSE", "off"}) {
    W.Environment["HAPAX_DAEMON"] = Off;
    Config C = W.load();
    EXPECT_EQ(C.Daemon, DaemonUse::Off) << Off;
    EXPECT_THAT(C.Warnings, IsEmpty()) << Off;
  }
  W.Environment["HAPAX_DAEMON"] = "sometimes";
  EXPECT_EQ(W.load().Daemon, DaemonUse::AfterDisk);
  EXPECT_THAT(W.load().Warnings, ElementsAre(HasSubstr("'sometimes'")));
}

TEST(Config, ATimeoutIsANumberWithinBounds) {
  World W;
  for (const char *Bad : {"0", "60001", "-1", "20ms", "", "5.5"}) {
    W.Options["daemon-timeout"] = Bad;
    EXPECT_EQ(W.load().DaemonTimeoutMs, 20u) << Bad;
    EXPECT_EQ(W.load().Warnings.size(), 1u) << Bad;
  }
}

TEST(Config, TheSocketsPathIsMadeAbsolute) {
  World W;
  W.Environment["HAPAX_SOCKET"] = "~/run/s";
  EXPECT_EQ(W.load().Socket, "/home/u/run/s");
}

TEST(Config, MalformedValuesFallThroughWithAWarning) {
  World W;
  W.Files[DefaultFile] = "max-size = 7M\n";
  W.Environment["HAPAX_MAX_SIZE"] = "lots";
  Config C = W.load();
  EXPECT_EQ(C.SizeLimit, 7'000'000u);
  EXPECT_THAT(C.Warnings, ElementsAre(testing::AllOf(
                              HasSubstr("HAPAX_MAX_SIZE"), HasSubstr("'lots'"),
                              HasSubstr("expected SIZE"))));

  W.Options["compression"] = "20";
  W.Environment["HAPAX_COMPRESSION"] = "3x";
  W.Files[DefaultFile] = "compression = \n";
  C = W.load();
  EXPECT_EQ(C.CompressionLevel, -1);
  EXPECT_EQ(item(C, "compression").Origin, "default");
  EXPECT_EQ(C.Warnings.size(), 4u); // and max-size
}

TEST(Config, AsksForAUnitWhereANumberIsTooSmall) {
  World W;
  W.Environment["HAPAX_MAX_SIZE"] = "5";
  Config C = W.load();
  EXPECT_EQ(C.SizeLimit, uint64_t(5) << 30);
  EXPECT_THAT(C.Warnings, ElementsAre(HasSubstr("below 1 MB")));
}

TEST(Config, FileSyntax) {
  World W;
  W.Files[DefaultFile] = "# a comment\r\n"
                         "\n"
                         "  Max_Size=1M  \n"
                         "namespace = a = b # part of the value\n"
                         "nonsense\n"
                         "colour = blue\n"
                         "verify = maybe\n"
                         "readonly = on";
  Config C = W.load();
  EXPECT_EQ(C.SizeLimit, 1'000'000u);
  EXPECT_EQ(C.Namespace, "a = b # part of the value");
  EXPECT_TRUE(C.ReadOnly);
  EXPECT_THAT(C.Warnings,
              ElementsAre(HasSubstr("hapax.conf:5: line is not"),
                          HasSubstr("hapax.conf:6: unknown setting 'colour'"),
                          HasSubstr("hapax.conf:7: value 'maybe' of verify")));
}

TEST(Config, FileCanBeNamed) {
  World W;
  W.Environment["HAPAX_CONFIG"] = "my.conf";
  Config C = W.load();
  EXPECT_THAT(C.Warnings,
              ElementsAre(HasSubstr("cannot read '/work/my.conf'")));
  W.Files["/work/my.conf"] = "dir = ~/c";
  W.Files[DefaultFile] = "dir = /not-this";
  C = W.load();
  EXPECT_EQ(C.Directory, "/home/u/c");
  EXPECT_TRUE(C.FileFound);
}

TEST(Config, AnyBytesInTheFileAreSurvived) {
  World W;
  constexpr std::string_view Alphabet = "=\n# dmaxsize-0\x01\xff";
  std::string Noise;
  uint64_t State = 1;
  for (int I = 0; I != 20000; ++I) {
    State = State * 6364136223846793005u + 1442695040888963407u;
    Noise += Alphabet[(State >> 33) % Alphabet.size()];
  }
  W.Files[DefaultFile] = Noise;
  Config C = W.load();
  EXPECT_EQ(C.items().size(), settings().size());
  EXPECT_FALSE(C.Warnings.empty());
}

TEST(Config, SizesAreReadAsCcacheDoes) {
  EXPECT_EQ(parseSize("5G"), 5'000'000'000u);
  EXPECT_EQ(parseSize("5Gi"), uint64_t(5) << 30);
  EXPECT_EQ(parseSize("5 GiB"), uint64_t(5) << 30);
  EXPECT_EQ(parseSize("1.5k"), 1500u);
  EXPECT_EQ(parseSize("12"), 12u);
  EXPECT_EQ(parseSize("0"), 0u);
  EXPECT_EQ(parseSize("7tb"), 7'000'000'000'000u);
  for (const char *Bad : {"", "G", "-1", "1x", "1i", "nan", "inf", "1e99",
                          "99999999999999999999", "5GG", "0x10"})
    EXPECT_EQ(parseSize(Bad), std::nullopt) << Bad;
}

TEST(Config, PrintedSizesReadBack) {
  EXPECT_EQ(printSize(uint64_t(5) << 30), "5Gi");
  EXPECT_EQ(printSize(2'000'000'000), "2G");
  EXPECT_EQ(printSize(0), "0");
  for (uint64_t Size : {uint64_t(1), uint64_t(1023), uint64_t(1) << 20,
                        uint64_t(123456789), uint64_t(3) << 40})
    EXPECT_EQ(parseSize(printSize(Size)), Size);
  EXPECT_EQ(describeSize(1536), "1.5 KiB");
  EXPECT_EQ(describeSize(12), "12 B");
}

} // namespace
