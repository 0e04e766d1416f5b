//===- Config.cpp - The settings of Hapax ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/Config.h"
#include "hapax/Ipc/Rendezvous.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hapax {

namespace {

std::string lower(std::string_view Text) {
  std::string Result(Text);
  std::ranges::transform(Result, Result.begin(), [](unsigned char C) {
    return C >= 'A' && C <= 'Z' ? char(C - 'A' + 'a') : char(C);
  });
  return Result;
}

std::string_view trim(std::string_view Text) {
  constexpr std::string_view Space = " \t\r\n\v\f";
  size_t First = Text.find_first_not_of(Space);
  if (First == std::string_view::npos)
    return {};
  return Text.substr(First, Text.find_last_not_of(Space) - First + 1);
}

/// A path must not be empty and must not hold a NUL.
std::string parsePath(std::string_view Text, std::string &Into) {
  if (Text.empty())
    return "the path is empty";
  if (Text.find('\0') != std::string_view::npos)
    return "the path has a NUL in it";
  Into = Text;
  return {};
}

template <bool Config::*Member>
std::string parseSwitch(std::string_view Text, Config &Into) {
  std::string Word = lower(Text);
  if (Word == "1" || Word == "true" || Word == "yes" || Word == "on")
    Into.*Member = true;
  else if (Word == "0" || Word == "false" || Word == "no" || Word == "off")
    Into.*Member = false;
  else
    return "it is neither true nor false";
  return {};
}

template <bool Config::*Member> std::string printSwitch(const Config &From) {
  return From.*Member ? "true" : "false";
}

std::string parseCompression(std::string_view Text, Config &Into) {
  std::string Word = lower(Text);
  if (Word == "auto") {
    Into.CompressionLevel = -1;
    return {};
  }
  if (Word == "none" || Word == "0") {
    Into.CompressionLevel = 0;
    return {};
  }
  int Level = 0;
  auto [End, Error] =
      std::from_chars(Word.data(), Word.data() + Word.size(), Level);
  if (Error != std::errc() || End != Word.data() + Word.size() || Level < 1 ||
      Level > 19)
    return "it is not auto, none, or a level from 1 to 19";
  Into.CompressionLevel = Level;
  return {};
}

std::string printCompression(const Config &From) {
  if (From.CompressionLevel < 0)
    return "auto";
  return From.CompressionLevel == 0 ? "none"
                                    : std::to_string(From.CompressionLevel);
}

constexpr std::string_view DaemonUses[] = {"off", "after-disk", "before-disk"};

std::string parseDaemon(std::string_view Text, Config &Into) {
  std::string Word = lower(Text);
  // It is a switch to who wants to be rid of the daemon.
  if (Word == "0" || Word == "false" || Word == "no")
    Word = "off";
  auto Found = std::ranges::find(DaemonUses, Word);
  if (Found == std::end(DaemonUses))
    return "it is none of off, after-disk and before-disk";
  Into.Daemon = static_cast<DaemonUse>(Found - std::begin(DaemonUses));
  return {};
}

template <uint32_t Config::*Member, uint32_t Least, uint32_t Most>
std::string parseNumber(std::string_view Text, Config &Into) {
  uint32_t Number = 0;
  auto [End, Error] =
      std::from_chars(Text.data(), Text.data() + Text.size(), Number);
  if (Error != std::errc() || End != Text.data() + Text.size() ||
      Number < Least || Number > Most)
    return "it is no number from " + std::to_string(Least) + " to " +
           std::to_string(Most);
  Into.*Member = Number;
  return {};
}

template <uint32_t Config::*Member>
std::string printNumber(const Config &From) {
  return std::to_string(From.*Member);
}

constexpr Setting Table[] = {
    {"dir", "HAPAX_DIR", "PATH",
     "cache directory (default: $XDG_CACHE_HOME/hapax or ~/.cache/hapax)",
     /*IsFlag=*/false,
     [](std::string_view Text, Config &Into) {
       return parsePath(Text, Into.Directory);
     },
     [](const Config &From) { return From.Directory; }},
    {"max-size", "HAPAX_MAX_SIZE", "SIZE",
     "limit of the disk store, e.g. 5G or 500M (default: 5Gi; 0: no limit)",
     /*IsFlag=*/false,
     [](std::string_view Text, Config &Into) -> std::string {
       std::optional<uint64_t> Bytes = parseSize(Text);
       if (!Bytes)
         return "it is no size such as 5G or 500M";
       // ccache reads a bare number as gigabytes, others as bytes: a number
       // that would make sense only as the former is not taken as the latter.
       if (*Bytes != 0 && *Bytes < 1000000)
         return "it is below 1 MB (a number without a unit counts bytes)";
       Into.SizeLimit = *Bytes;
       return {};
     },
     [](const Config &From) { return printSize(From.SizeLimit); }},
    {"disable", "HAPAX_DISABLE", "BOOL", "compile as if Hapax were not there",
     /*IsFlag=*/true, parseSwitch<&Config::Disable>,
     printSwitch<&Config::Disable>},
    {"readonly", "HAPAX_READONLY", "BOOL",
     "use what is stored, but store nothing",
     /*IsFlag=*/true, parseSwitch<&Config::ReadOnly>,
     printSwitch<&Config::ReadOnly>},
    {"recache", "HAPAX_RECACHE", "BOOL",
     "do not use what is stored, but store anew",
     /*IsFlag=*/true, parseSwitch<&Config::Recache>,
     printSwitch<&Config::Recache>},
    {"verify", "HAPAX_VERIFY", "BOOL",
     "on a hit compile as well, compare, and use the fresh output",
     /*IsFlag=*/true, parseSwitch<&Config::Verify>,
     printSwitch<&Config::Verify>},
    {"namespace", "HAPAX_NAMESPACE", "TEXT",
     "part of every key: different name spaces share no entries",
     /*IsFlag=*/false,
     [](std::string_view Text, Config &Into) {
       Into.Namespace = Text;
       return std::string();
     },
     [](const Config &From) { return From.Namespace; }},
    {"log", "HAPAX_LOG", "PATH",
     "append a line for each event to this file; '-' is stderr",
     /*IsFlag=*/false,
     [](std::string_view Text, Config &Into) {
       return parsePath(Text, Into.LogFile);
     },
     [](const Config &From) { return From.LogFile; }},
    {"compression", "HAPAX_COMPRESSION", "auto|none|1..19",
     "how entries are compressed (zstd level)",
     /*IsFlag=*/false, parseCompression, printCompression},
    {"daemon", "HAPAX_DAEMON", "off|after-disk|before-disk",
     "when to ask hapaxd, where it runs",
     /*IsFlag=*/false, parseDaemon,
     [](const Config &From) {
       return std::string(DaemonUses[static_cast<size_t>(From.Daemon)]);
     }},
    {"socket", "HAPAX_SOCKET", "PATH",
     "where hapaxd listens (default: $XDG_RUNTIME_DIR/hapax/daemon.socket, or "
     "/tmp/hapax-<uid>/daemon.socket)",
     /*IsFlag=*/false,
     [](std::string_view Text, Config &Into) {
       return parsePath(Text, Into.Socket);
     },
     [](const Config &From) { return From.Socket; }},
    {"daemon-timeout", "HAPAX_DAEMON_TIMEOUT", "MS",
     "how long hapaxd may take for an answer before a compile goes on without "
     "it (default: 20 ms)",
     /*IsFlag=*/false, parseNumber<&Config::DaemonTimeoutMs, 1, 60'000>,
     printNumber<&Config::DaemonTimeoutMs>},
    {"start-daemon", "HAPAX_START_DAEMON", "BOOL",
     "the launcher starts hapaxd where it does not run",
     /*IsFlag=*/true, parseSwitch<&Config::StartDaemon>,
     printSwitch<&Config::StartDaemon>},
    {"shards", "HAPAX_SHARDS", "BOOL",
     "compile large modules in parts, and again only the parts that changed",
     /*IsFlag=*/true, parseSwitch<&Config::Shards>,
     printSwitch<&Config::Shards>},
    {"shards-min", "HAPAX_SHARDS_MIN", "INSTRUCTIONS",
     "modules of fewer instructions are compiled as a whole (default: 1000)",
     /*IsFlag=*/false, parseNumber<&Config::ShardsMin, 0, 1'000'000'000>,
     printNumber<&Config::ShardsMin>},
    {"jobs", "HAPAX_JOBS", "NUMBER",
     "how many shards are compiled at a time (default: 0, one for each "
     "processor, or as many as make's job server has tokens for)",
     /*IsFlag=*/false, parseNumber<&Config::Jobs, 0, 1024>,
     printNumber<&Config::Jobs>},
};

/// Makes relative paths absolute and expands a leading "~/".
std::string absolutePath(const std::string &Path, const std::string &Home,
                         const std::string &WorkingDirectory) {
  std::string Full = Path;
  if (!Home.empty() && (Path == "~" || Path.starts_with("~/")))
    Full = Home + Path.substr(1);
  else if (!Path.starts_with('/') && !WorkingDirectory.empty())
    Full = WorkingDirectory + "/" + Path;
  std::string Normal = std::filesystem::path(Full).lexically_normal().string();
  if (Normal.size() > 1 && Normal.ends_with('/'))
    Normal.pop_back();
  return Normal;
}

/// A base directory of the XDG specification: the variable when it holds an
/// absolute path (others are to be ignored), else a folder of the home.
std::string baseDirectory(const ConfigSources &Sources, const char *Variable,
                          const std::string &Home, const char *BelowHome) {
  if (std::optional<std::string> Value = Sources.Environment(Variable);
      Value && Value->starts_with('/'))
    return *Value;
  return Home.empty() ? Home : Home + "/" + BelowHome;
}

/// A switch in the environment is on when it is set, as ccache users know it,
/// except to one of the words that say no. Empty counts as not set.
std::string_view switchFromEnvironment(std::string_view Text) {
  std::string Word = lower(Text);
  bool No = Word == "0" || Word == "false" || Word == "no" || Word == "off";
  return No ? "false" : "true";
}

struct FileValue {
  std::string Text;
  unsigned Line;
};
using FileValues = std::map<std::string, FileValue, std::less<>>;

/// Reads "key = value" lines; '#' starts a comment where a key could stand.
/// Later lines win.
FileValues parseFile(std::string_view Text, const std::string &Path,
                     std::vector<std::string> &Warnings) {
  FileValues Values;
  unsigned Number = 0;
  while (!Text.empty()) {
    size_t End = std::min(Text.find('\n'), Text.size());
    std::string_view Line = trim(Text.substr(0, End));
    Text.remove_prefix(std::min(End + 1, Text.size()));
    ++Number;
    if (Line.empty() || Line.starts_with('#'))
      continue;
    std::string Place = Path + ":" + std::to_string(Number);
    size_t Equals = Line.find('=');
    if (Equals == std::string_view::npos) {
      Warnings.push_back(Place + ": line is not 'key = value'; ignored");
      continue;
    }
    // Both spellings are natural: the table's and that of ccache.
    std::string Key = lower(trim(Line.substr(0, Equals)));
    std::ranges::replace(Key, '_', '-');
    bool Known = std::ranges::any_of(
        Table, [&](const Setting &S) { return Key == S.Name; });
    if (!Known) {
      Warnings.push_back(Place + ": unknown setting '" + Key +
                         "'; ignored ('hapax config' lists the settings)");
      continue;
    }
    Values.insert_or_assign(
        Key, FileValue{std::string(trim(Line.substr(Equals + 1))), Number});
  }
  return Values;
}

} // namespace

std::span<const Setting> settings() { return Table; }

Config Config::load(const ConfigSources &Sources) {
  Config Result;
  std::string Home = Sources.Environment("HOME").value_or(Sources.FallbackHome);
  if (!Home.starts_with('/'))
    Home = Sources.FallbackHome;

  std::string Cache = baseDirectory(Sources, "XDG_CACHE_HOME", Home, ".cache");
  if (!Cache.empty())
    Result.Directory = Cache + "/hapax";

  bool FileIsNamed = false;
  if (std::optional<std::string> Named = Sources.Environment("HAPAX_CONFIG");
      Named && !Named->empty()) {
    Result.File = absolutePath(*Named, Home, Sources.WorkingDirectory);
    FileIsNamed = true;
  } else if (std::string Base =
                 baseDirectory(Sources, "XDG_CONFIG_HOME", Home, ".config");
             !Base.empty()) {
    Result.File = Base + "/hapax/hapax.conf";
  }
  FileValues InFile;
  if (!Result.File.empty()) {
    std::optional<std::string> Text = Sources.ReadFile(Result.File);
    Result.FileFound = Text.has_value();
    if (Text)
      InFile = parseFile(*Text, Result.File, Result.Warnings);
    else if (FileIsNamed)
      Result.Warnings.push_back("HAPAX_CONFIG: cannot read '" + Result.File +
                                "'; using the other settings");
  }

  for (const Setting &S : Table) {
    std::string Origin;
    auto Take = [&](std::string_view Value, const std::string &Where,
                    const std::string &Place) {
      std::string Wrong = S.Parse(Value, Result);
      if (Wrong.empty()) {
        Origin = Where;
        return true;
      }
      std::string Warning = Place;
      Warning.append(": value '").append(Value).append("' of ");
      Warning.append(S.Name).append(" is ignored: ").append(Wrong);
      Warning.append("; expected ").append(S.ValueHint);
      Result.Warnings.push_back(std::move(Warning));
      return false;
    };

    if (auto Option = Sources.Options.find(S.Name);
        Option != Sources.Options.end() &&
        Take(Option->second, "option", "-hapax-" + Option->first)) {
      Result.Origins.push_back(std::move(Origin));
      continue;
    }
    std::optional<std::string> Value = Sources.Environment(S.Environment);
    if (Value && !Value->empty()) {
      std::string_view Text =
          S.IsFlag ? switchFromEnvironment(*Value) : std::string_view(*Value);
      if (Take(Text, std::string("environment ") + S.Environment,
               S.Environment)) {
        Result.Origins.push_back(std::move(Origin));
        continue;
      }
    }
    if (auto Line = InFile.find(S.Name);
        Line != InFile.end() &&
        Take(Line->second.Text, "file " + Result.File,
             Result.File + ":" + std::to_string(Line->second.Line))) {
      Result.Origins.push_back(std::move(Origin));
      continue;
    }
    Result.Origins.push_back("default");
  }

  if (!Result.Directory.empty())
    Result.Directory =
        absolutePath(Result.Directory, Home, Sources.WorkingDirectory);
  else
    Result.Warnings.push_back("no home directory is known, so nothing is "
                              "cached; set HAPAX_DIR to a directory");
  if (!Result.LogFile.empty() && Result.LogFile != "-" &&
      Result.LogFile != "stderr")
    Result.LogFile =
        absolutePath(Result.LogFile, Home, Sources.WorkingDirectory);
  if (!Result.Socket.empty())
    Result.Socket = absolutePath(Result.Socket, Home, Sources.WorkingDirectory);
  return Result;
}

std::vector<ConfigItem> Config::items() const {
  std::vector<ConfigItem> Items;
  for (size_t I = 0; I != std::size(Table); ++I)
    Items.push_back({Table[I].Name, Table[I].Print(*this),
                     I < Origins.size() ? Origins[I] : "default"});
  return Items;
}

ConfigSources ConfigSources::process(
    std::map<std::string, std::string, std::less<>> Options) {
  ConfigSources Sources;
  Sources.Options = std::move(Options);
  Sources.Environment = [](const char *Name) -> std::optional<std::string> {
    const char *Value = std::getenv(Name);
    if (!Value)
      return std::nullopt;
    return Value;
  };
  Sources.ReadFile = [](const std::string &Path) -> std::optional<std::string> {
    // A pipe gives its content once, to whoever opens it; it is not ours to
    // take. (/dev/null is a device.)
    struct stat Status;
    if (::stat(Path.c_str(), &Status) != 0 ||
        (!S_ISREG(Status.st_mode) && !S_ISCHR(Status.st_mode)))
      return std::nullopt;
    // No settings file is that large; a device must not hang us.
    constexpr size_t Limit = 1 << 20;
    int File = ::open(Path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (File < 0)
      return std::nullopt;
    std::string Text;
    char Buffer[4096];
    ssize_t Got;
    while (Text.size() < Limit &&
           (Got = ::read(File, Buffer, sizeof(Buffer))) > 0)
      Text.append(Buffer, static_cast<size_t>(Got));
    bool Failed = Text.empty() && Got < 0;
    ::close(File);
    if (Failed)
      return std::nullopt;
    return Text;
  };
  std::error_code Error;
  Sources.WorkingDirectory = std::filesystem::current_path(Error).string();
  if (!std::getenv("HOME")) {
    // Asking the user database can be slow; only where the variable is absent.
    if (const passwd *User = ::getpwuid(::getuid()); User && User->pw_dir)
      Sources.FallbackHome = User->pw_dir;
  }
  return Sources;
}

std::string daemonSocket(const Config &Settings) {
  return Settings.Socket.empty() ? defaultSocketPath() : Settings.Socket;
}

std::optional<uint64_t> parseSize(std::string_view Text) {
  Text = trim(Text);
  double Number = 0;
  auto [End, Error] = std::from_chars(Text.data(), Text.data() + Text.size(),
                                      Number, std::chars_format::fixed);
  if (Error != std::errc() || !std::isfinite(Number) || Number < 0)
    return std::nullopt;
  std::string Unit = lower(
      trim(Text.substr(static_cast<size_t>(End - Text.data()), Text.npos)));
  if (Unit.ends_with('b'))
    Unit.pop_back();
  double Base = 1000;
  if (Unit.ends_with('i')) {
    Base = 1024;
    Unit.pop_back();
    if (Unit.empty())
      return std::nullopt;
  }
  constexpr std::string_view Prefixes = "kmgt";
  if (!Unit.empty()) {
    size_t Power = Prefixes.find(Unit.front());
    if (Unit.size() != 1 || Power == std::string_view::npos)
      return std::nullopt;
    Number *= std::pow(Base, double(Power + 1));
  }
  if (Number >= 9.2e18)
    return std::nullopt;
  return static_cast<uint64_t>(Number);
}

std::string printSize(uint64_t Bytes) {
  constexpr const char *Binary[] = {"", "Ki", "Mi", "Gi", "Ti"};
  constexpr const char *Decimal[] = {"", "k", "M", "G", "T"};
  auto Reduce = [&](uint64_t Base, const char *const *Units) {
    unsigned Power = 0;
    uint64_t Rest = Bytes;
    while (Power < 4 && Rest != 0 && Rest % Base == 0) {
      Rest /= Base;
      ++Power;
    }
    return std::to_string(Rest) + Units[Power];
  };
  std::string A = Reduce(1024, Binary), B = Reduce(1000, Decimal);
  return B.size() < A.size() ? B : A;
}

std::string describeSize(uint64_t Bytes) {
  constexpr const char *Units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double Value = double(Bytes);
  unsigned Unit = 0;
  while (Value >= 1024 && Unit < 4) {
    Value /= 1024;
    ++Unit;
  }
  char Text[32];
  std::snprintf(Text, sizeof(Text), Unit == 0 ? "%.0f %s" : "%.1f %s", Value,
                Units[Unit]);
  return Text;
}

} // namespace hapax
