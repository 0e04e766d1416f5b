//===- Doctor.cpp - hapax doctor ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Each check prints one line, and a second with the remedy when it fails. What
// counts is tried, not guessed: each compiler compiles a small program twice
// with a cache of its own; the second time it must hit, with the same output.
//
//===----------------------------------------------------------------------===//
#include "Commands.h"
#include "DaemonView.h"
#include "Paths.h"
#include "Tool.h"
#include "hapax/Cache/Counters.h"
#include "hapax/Store/DiskStore.h"
#include "hapax/Store/Layout.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

extern char **environ;

using namespace llvm;

namespace hapax {

namespace {

/// The findings so far.
class Report {
public:
  void good(StringRef What, const Twine &Text) { line("ok", What, Text); }
  void note(StringRef What, const Twine &Text) { line("note", What, Text); }
  void bad(StringRef What, const Twine &Text, const Twine &Remedy) {
    line("FAIL", What, Text);
    outs() << "      " << Remedy << '\n';
    Failed = true;
  }
  int exitCode() const { return Failed ? 1 : 0; }

private:
  void line(StringRef State, StringRef What, const Twine &Text) {
    outs() << formatv("{0,-5} {1,-16} {2}\n", State, What, Text.str());
    outs().flush();
  }
  bool Failed = false;
};

/// A folder that goes away with its contents.
struct ScratchFolder {
  SmallString<128> Path;
  ScratchFolder() {
    if (sys::fs::createUniqueDirectory("hapax-doctor", Path))
      Path.clear();
  }
  ~ScratchFolder() {
    if (!Path.empty())
      sys::fs::remove_directories(Path);
  }
  std::string file(const Twine &Name) const {
    return (Path + "/" + Name).str();
  }
};

bool writeText(const std::string &Path, StringRef Text) {
  std::error_code Error;
  raw_fd_ostream File(Path, Error);
  if (Error)
    return false;
  File << Text;
  File.close();
  bool Written = !File.has_error();
  File.clear_error();
  return Written;
}

std::string readText(const std::string &Path) {
  auto Buffer = MemoryBuffer::getFile(Path);
  return Buffer ? (*Buffer)->getBuffer().str() : std::string();
}

void checkPlugin(Report &Report, std::string &Plugin) {
  std::vector<std::string> Looked;
  Plugin = findPlugin(&Looked);
  if (Plugin.empty()) {
    Report.bad("plugin", "Hapax.so not found (" + join(Looked, ", ") + ")",
               "build or install Hapax again, or set HAPAX_PLUGIN to the file");
    return;
  }
  std::string Library = linkedLLVM(Plugin);
  if (!Library.empty()) {
    Report.good("plugin", Plugin + " (" + Library + ")");
    return;
  }
  Report.bad("plugin", Plugin + " is not linked to a shared libLLVM",
             "build it against LLVM 22 with its shared library");
  Plugin.clear();
}

/// How a compiler of a kind is tried.
struct Trial {
  StringRef Name;
  /// Builds must not fail for want of this one.
  bool Needed;
  StringRef Package;
  StringRef SourceName, Source;
  std::vector<StringRef> Flags;
  StringRef PluginFlag;
};

const Trial Trials[] = {
    {"clang",
     true,
     "clang-22",
     "a.c",
     "int square(int x) { return x * x; }\n",
     {"-O1", "-c"},
     "-fpass-plugin="},
    {"flang",
     false,
     "flang-22",
     "a.f90",
     "subroutine square(x)\n  integer :: x\n  x = x * x\nend subroutine\n",
     {"-O1", "-c"},
     "-fpass-plugin="},
    {"opt",
     false,
     "llvm-22",
     "a.ll",
     "define i32 @square(i32 %x) {\n  %y = mul i32 %x, %x\n  ret i32 %y\n}\n",
     {"-passes=default<O1>", "-S"},
     "-load-pass-plugin="},
    {"llc",
     false,
     "llvm-22",
     "a.ll",
     "define i32 @square(i32 %x) {\n  %y = mul i32 %x, %x\n  ret i32 %y\n}\n",
     {"-filetype=obj"},
     "-load-pass-plugin="},
};

std::string findCompiler(StringRef Name) {
  std::string Found = findProgram((Name + "-22").str());
  if (Found.empty())
    Found = findProgram((HAPAX_LLVM_BIN "/" + Name).str());
  return Found;
}

/// Runs one compile with a cache in \p Scratch. Returns whether it succeeded.
bool compile(const Trial &T, const std::string &Compiler,
             const std::string &Plugin, const ScratchFolder &Scratch,
             const std::string &Output) {
  std::string Source = Scratch.file(T.SourceName);
  std::string Load = (T.PluginFlag + Plugin).str();
  std::vector<StringRef> Command = {Compiler};
  llvm::append_range(Command, T.Flags);
  if (!Plugin.empty())
    Command.push_back(Load);
  Command.insert(Command.end(), {Source, "-o", Output});

  // A world of its own: no settings of the user's.
  std::vector<StringRef> Environment;
  for (char **Variable = environ; *Variable; ++Variable)
    if (!StringRef(*Variable).starts_with("HAPAX_"))
      Environment.push_back(*Variable);
  std::string Directory = "HAPAX_DIR=" + Scratch.file("cache");
  Environment.push_back(Directory);
  Environment.push_back("HAPAX_CONFIG=/dev/null");
  Environment.push_back("HAPAX_DAEMON=off");
  std::string Messages = Scratch.file("messages");
  std::optional<StringRef> Redirects[] = {StringRef(), StringRef(Messages),
                                          StringRef(Messages)};
  return sys::ExecuteAndWait(Compiler, Command, ArrayRef(Environment),
                             Redirects,
                             /*SecondsToWait=*/60) == 0;
}

void checkCompiler(Report &Report, const Trial &T, const std::string &Plugin) {
  std::string Compiler = findCompiler(T.Name);
  std::string Install = ("install the package " + T.Package).str();
  if (Compiler.empty()) {
    if (T.Needed)
      Report.bad(T.Name, "version 22 not found", Install);
    else
      Report.note(T.Name,
                  "version 22 not found; " + Install + " to use it with Hapax");
    return;
  }
  if (Plugin.empty()) {
    Report.note(T.Name, Compiler + ": not tried without the plugin");
    return;
  }
  std::string Library = linkedLLVM(realPath(Compiler));
  if (Library != linkedLLVM(Plugin)) {
    Report.bad(T.Name,
               Compiler + " is linked to " +
                   (Library.empty() ? "no shared libLLVM" : Library) +
                   ", the plugin to " + linkedLLVM(Plugin),
               Install + ", or build Hapax against this compiler's LLVM");
    return;
  }

  ScratchFolder Scratch;
  if (Scratch.Path.empty() ||
      !writeText(Scratch.file(T.SourceName), T.Source)) {
    Report.bad(T.Name, "no temporary folder can be written",
               "free space in /tmp or set TMPDIR");
    return;
  }
  for (StringRef Run : {"plain", "first", "second"})
    if (!compile(T, Compiler, Run == "plain" ? std::string() : Plugin, Scratch,
                 Scratch.file(Run))) {
      std::string Said =
          StringRef(readText(Scratch.file("messages"))).split('\n').first.str();
      Report.bad(T.Name,
                 Compiler + " fails in the " + Run + " compile: " + Said,
                 Run == "plain" ? Install + " again"
                                : "report this with the message; until then "
                                  "set HAPAX_DISABLE=1");
      return;
    }
  if (readText(Scratch.file("plain")) != readText(Scratch.file("second"))) {
    Report.bad(T.Name, Compiler + ": a hit gives another output than a compile",
               "report this; until then set HAPAX_DISABLE=1");
    return;
  }
  std::map<std::string, uint64_t> Counts =
      Counters::open(countersFile(Scratch.file("cache")), /*ReadOnly=*/true)
          .read();
  if (Counts["hit"] == 0) {
    std::string Seen;
    for (const auto &[Name, Value] : Counts)
      Seen += (Seen.empty() ? "" : ", ") + Name;
    Report.bad(T.Name,
               Compiler + ": the second compile did not hit (counted: " +
                   (Seen.empty() ? "nothing" : Seen) + ")",
               "report this with the output of 'hapax doctor'");
    return;
  }
  Report.good(T.Name, Compiler + ": compiles, hits, same output");
}

void checkDirectory(Report &Report, const Config &Settings) {
  const std::string &Directory = Settings.Directory;
  StringRef Choose = "choose another with HAPAX_DIR";
  if (!Settings.ReadOnly)
    if (std::error_code Error =
            sys::fs::create_directories(versionDirectory(Directory))) {
      Report.bad("cache directory",
                 "cannot create '" + Directory + "': " + Error.message(),
                 "mend its permissions, or " + Choose);
      return;
    }
  if (!Settings.ReadOnly) {
    std::string Probe =
        versionDirectory(Directory) + "/probe." + std::to_string(::getpid());
    bool Writable = writeText(Probe, std::string(4096, 'x'));
    sys::fs::remove(Probe);
    if (!Writable) {
      Report.bad("cache directory", "cannot write in '" + Directory + "'",
                 "mend its permissions, free space, or " + Choose);
      return;
    }
  }
  Report.good("cache directory",
              Directory + (Settings.ReadOnly ? " (read-only, as set)" : ""));

  if (ErrorOr<sys::fs::space_info> Space = sys::fs::disk_space(Directory)) {
    uint64_t Used = DiskStore::bytesOnDisk(diskStoreOptions(Settings));
    uint64_t Room = Space->available + Used;
    std::string Text = describeSize(Space->available) + " free, store " +
                       describeSize(Used) + " of " +
                       describeSize(Settings.SizeLimit);
    if (Settings.SizeLimit != 0 && Room < Settings.SizeLimit)
      Report.note("space", Text + "; the disk will be full before the limit: "
                                  "lower max-size (HAPAX_MAX_SIZE)");
    else
      Report.good("space", Text);
  }

  if (Settings.ReadOnly && !sys::fs::exists(storeDirectory(Directory))) {
    Report.note("store", "nothing is stored there, so nothing can hit");
    return;
  }
  std::expected<std::unique_ptr<DiskStore>, TierError> Store =
      DiskStore::open(diskStoreOptions(Settings));
  if (!Store) {
    Report.bad("store", Store.error().Message,
               "'hapax verify' repairs it, 'hapax clear' begins anew");
    return;
  }
  (*Store)->close();
  Report.good("store", "opens");
}

void checkDaemon(Report &Report, const Config &Settings) {
  auto Told = askDaemon(Settings);
  if (!Told)
    Report.bad("daemon", Told.error().Message,
               "end it ('pkill -u $(id -u) hapaxd') or set HAPAX_DAEMON=off; "
               "compiles go on "
               "without it");
  else if (*Told)
    Report.good("daemon", "answers; device " + deviceState(**Told));
  else
    Report.note("daemon", Settings.Daemon == DaemonUse::Off
                              ? "not used, as set"
                              : "not running, and not needed");
}

void checkSettings(Report &Report, const Config &Settings) {
  for (const std::string &Warning : Settings.Warnings)
    Report.bad("settings", Warning, "mend or remove that setting");
  if (Settings.Disable)
    Report.note("settings", "Hapax is switched off (disable)");
  if (Settings.Recache)
    Report.note("settings", "stored results are not used (recache)");
  if (Settings.Warnings.empty())
    Report.good("settings",
                Settings.FileFound ? Settings.File : "no configuration file");
}

} // namespace

int runDoctor(Arguments Args) {
  if (!takesNothing("doctor", Args))
    return UsageError;
  Report Report;
  Config Settings = Config::load(ConfigSources::process());
  checkSettings(Report, Settings);
  if (!Settings.Directory.empty())
    checkDirectory(Report, Settings);
  checkDaemon(Report, Settings);
  std::string Plugin;
  checkPlugin(Report, Plugin);
  for (const Trial &T : Trials)
    checkCompiler(Report, T, Plugin);
  return Report.exitCode();
}

} // namespace hapax
