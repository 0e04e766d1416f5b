//===- Config.h - The settings of Hapax -------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Every setting, where it may come from, and what it means. One table
/// (settings()) describes them all; load(), items(), `hapax config`, and the
/// plugin's -hapax-* options are made from it.
///
/// Precedence: option, environment, configuration file, default. A malformed
/// value is never fatal: it is named in Config::Warnings and the next source
/// in the order is used.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_CONFIG_H
#define HAPAX_STORE_CONFIG_H

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hapax {

struct Config;
struct DaemonClientOptions;
struct DiskStoreOptions;

/// One row of the table of settings.
struct Setting {
  /// Name in the configuration file and in `hapax config`, e.g. "max-size".
  /// The option's name is this with "hapax-" before it.
  const char *Name;
  /// The environment variable.
  const char *Environment;
  /// What a value looks like, for help texts.
  const char *ValueHint;
  /// One line for help texts.
  const char *Help;
  /// A switch: the option may stand without a value.
  bool IsFlag;
  /// Reads \p Text into \p Into. Returns what is wrong with it (half a
  /// sentence), or an empty string. Leaves \p Into alone on error.
  std::string (*Parse)(std::string_view Text, Config &Into);
  /// The value in \p From as text that Parse accepts.
  std::string (*Print)(const Config &From);
};

/// All settings. Constant and in the order in which they are shown.
std::span<const Setting> settings();

/// Where load() looks. Tests put their own functions and values here.
struct ConfigSources {
  /// Values given as options, by Setting::Name.
  std::map<std::string, std::string, std::less<>> Options;
  /// The value of an environment variable, if it is set.
  std::function<std::optional<std::string>(const char *Name)> Environment;
  /// The content of a file, if it can be read.
  std::function<std::optional<std::string>(const std::string &Path)> ReadFile;
  /// The directory that relative paths are taken from.
  std::string WorkingDirectory;
  /// The home directory to use when $HOME is not set. May be empty.
  std::string FallbackHome;

  /// The environment and the files of this process.
  static ConfigSources
  process(std::map<std::string, std::string, std::less<>> Options = {});
};

/// One setting with its value and the place the value came from.
struct ConfigItem {
  std::string Name;
  std::string Value;
  /// "option", "environment NAME", "file PATH" or "default".
  std::string Origin;
};

/// How the daemon is used, where one runs.
enum class DaemonUse : uint8_t {
  Off,
  /// It is asked for what the disk does not have.
  AfterDisk,
  /// It is asked before the disk.
  BeforeDisk,
};

/// The settings of this process. A plain value, not changed after load().
struct Config {
  /// The cache directory, absolute; empty when no home directory is known
  /// (then nothing is cached).
  std::string Directory;
  /// Limit of the disk store in bytes.
  uint64_t SizeLimit = uint64_t(5) << 30;
  /// Compile as if Hapax were not there.
  bool Disable = false;
  /// Use what is stored, store nothing.
  bool ReadOnly = false;
  /// Do not use what is stored, store anew.
  bool Recache = false;
  /// On a hit compile as well and compare.
  bool Verify = false;
  /// Part of every key: compiles of different name spaces share nothing.
  std::string Namespace;
  /// Where log lines go: a path, "-" or "stderr"; empty: nowhere.
  std::string LogFile;
  /// How new entries are compressed: -1 is the store's measured choice, 0 is
  /// not at all, 1 to 19 are levels of zstd.
  int CompressionLevel = -1;
  DaemonUse Daemon = DaemonUse::AfterDisk;
  /// The daemon's socket; empty: where it is by default (Rendezvous.h).
  std::string Socket;
  /// How long the daemon may take to connect, or for a call (besides a time
  /// that grows with the size); a compile goes on without it then.
  uint32_t DaemonTimeoutMs = 20;
  /// The launcher starts the daemon where none runs.
  bool StartDaemon = false;
  /// Compile large modules in shards.
  bool Shards = false;
  /// Modules of fewer instructions are compiled as a whole.
  uint32_t ShardsMin = 1000;
  /// Threads that compile shards; 0: as the machine and make allow.
  uint32_t Jobs = 0;

  /// The configuration file that was looked for, and whether it was there.
  std::string File;
  bool FileFound = false;
  /// One line for each malformed value: cause and remedy.
  std::vector<std::string> Warnings;

  /// Reads all sources. Never fails.
  static Config load(const ConfigSources &Sources);

  /// Every setting with its value and origin, in the order of settings().
  std::vector<ConfigItem> items() const;

private:
  std::vector<std::string> Origins;
};

/// How the disk store is to be opened under \p Settings. (DiskStore.h)
DiskStoreOptions diskStoreOptions(const Config &Settings);

/// Where the daemon listens under \p Settings.
std::string daemonSocket(const Config &Settings);

/// How the daemon is to be asked, and where, under \p Settings.
/// (DaemonClient.h)
DaemonClientOptions daemonClientOptions(const Config &Settings);

/// "5G", "300M", "1.5TiB", "1000000" as bytes. Suffixes k, M, G, T count by
/// 1000, Ki, Mi, Gi, Ti by 1024, a trailing B is ignored; as ccache reads them.
std::optional<uint64_t> parseSize(std::string_view Text);

/// The shortest text that parseSize() reads back as \p Bytes.
std::string printSize(uint64_t Bytes);

/// Sizes for people: "5.0 GiB".
std::string describeSize(uint64_t Bytes);

} // namespace hapax

#endif // HAPAX_STORE_CONFIG_H
