//===- RecordFiles.cpp - Compile records on disk --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/CompileRecord.h"
#include "hapax/Store/Config.h"
#include "hapax/Store/Layout.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace hapax {

namespace {

/// What the names of other files than the last record end in: the record
/// before, and one that is being written.
constexpr const char *Before = ".prev";
constexpr const char *Unfinished = ".tmp";

std::string currentDirectory() {
  std::error_code Error;
  return std::filesystem::current_path(Error).string();
}

/// One name a file, however it was written: absolute, links resolved.
std::string canonicalPath(const std::string &Source,
                          const std::string &WorkingDirectory) {
  std::string Full =
      Source.starts_with('/') ? Source : WorkingDirectory + "/" + Source;
  char Real[PATH_MAX];
  if (::realpath(Full.c_str(), Real))
    return Real;
  // An output that is yet to come: its folder is there.
  std::filesystem::path Path(Full);
  if (::realpath(Path.parent_path().c_str(), Real))
    return std::filesystem::path(Real) / Path.filename();
  return Path.lexically_normal().string();
}

std::optional<std::string> readFile(const std::string &Path) {
  int File = ::open(Path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (File < 0)
    return std::nullopt;
  std::string Text;
  char Buffer[16384];
  ssize_t Got;
  // Nothing that we wrote is much longer than the limit of a record.
  while (Text.size() < 2 * RecordLimits::Record &&
         (Got = ::read(File, Buffer, sizeof(Buffer))) > 0)
    Text.append(Buffer, static_cast<size_t>(Got));
  ::close(File);
  return Text;
}

bool writeAll(int File, std::string_view Text) {
  while (!Text.empty()) {
    ssize_t Done = ::write(File, Text.data(), Text.size());
    if (Done < 0 && errno == EINTR)
      continue;
    if (Done <= 0)
      return false;
    Text.remove_prefix(static_cast<size_t>(Done));
  }
  return true;
}

std::string programName() {
  char Path[PATH_MAX];
  ssize_t Length = ::readlink("/proc/self/exe", Path, sizeof(Path));
  return Length > 0 ? std::string(Path, static_cast<size_t>(Length))
                    : std::string();
}

} // namespace

std::string recordFile(const Config &Settings, const std::string &Source,
                       const std::string &WorkingDirectory) {
  std::string Directory = recordsDirectory(Settings.Directory);
  if (Directory.empty())
    return Directory;
  return Directory + "/" +
         digestOf(canonicalPath(Source, WorkingDirectory)).hex().substr(0, 16);
}

void CompileRecord::write(const Config &Settings) const {
  if (Settings.Directory.empty())
    return;
  CompileRecord Full = *this;
  if (Full.WorkingDirectory.empty())
    Full.WorkingDirectory = currentDirectory();
  if (Full.Tool.empty())
    Full.Tool = programName();
  timespec Now = {};
  ::clock_gettime(CLOCK_REALTIME, &Now);
  if (Full.TimeMs == 0)
    Full.TimeMs = int64_t(Now.tv_sec) * 1000 + Now.tv_nsec / 1000000;
  std::string File = recordFile(Settings, Source, Full.WorkingDirectory);
  Full.Source = canonicalPath(Source, Full.WorkingDirectory);
  if (!Full.Output.empty())
    Full.Output = canonicalPath(Output, Full.WorkingDirectory);
  std::string Text = Full.print();

  static std::atomic<unsigned> Serial = 0;
  std::string Temporary = File + "." + std::to_string(::getpid()) + "." +
                          std::to_string(Serial++) + Unfinished;
  constexpr int Flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  int Handle = ::open(Temporary.c_str(), Flags, 0666);
  if (Handle < 0 && errno == ENOENT) {
    std::error_code Error;
    std::filesystem::create_directories(recordsDirectory(Settings.Directory),
                                        Error);
    Handle = ::open(Temporary.c_str(), Flags, 0666);
  }
  if (Handle < 0)
    return;
  bool Written = writeAll(Handle, Text);
  Written &= ::close(Handle) == 0;
  if (Written) {
    ::rename(File.c_str(), (File + Before).c_str());
    Written = ::rename(Temporary.c_str(), File.c_str()) == 0;
  }
  if (!Written)
    ::unlink(Temporary.c_str());

  // Which write sweeps is drawn from the clock: the processes of a build have
  // nothing in common that could count.
  uint64_t Draw[2] = {static_cast<uint64_t>(Now.tv_nsec),
                      static_cast<uint64_t>(::getpid())};
  if (digestOf(std::as_bytes(std::span(Draw))).Low % RecordLimits::SweepEvery ==
      0)
    sweepRecords(recordsDirectory(Settings.Directory), RecordLimits::Sources,
                 RecordLimits::Bytes);
}

static std::optional<CompileHistory> loadHistory(const std::string &File) {
  auto Load = [](const std::string &Path) -> std::optional<CompileRecord> {
    std::optional<std::string> Text = readFile(Path);
    return Text ? CompileRecord::parse(*Text) : std::nullopt;
  };
  std::optional<CompileRecord> Current = Load(File);
  std::optional<CompileRecord> Previous = Load(File + Before);
  if (!Current) {
    // Between the two renames of a writer, or after its death, only the older
    // record is there.
    if (!Previous)
      return std::nullopt;
    std::swap(Current, Previous);
  }
  return CompileHistory{std::move(*Current), std::move(Previous)};
}

std::optional<CompileHistory> loadRecords(const Config &Settings,
                                          const std::string &Source,
                                          const std::string &WorkingDirectory) {
  std::string File = recordFile(Settings, Source, WorkingDirectory);
  return File.empty() ? std::nullopt : loadHistory(File);
}

void forEachSource(const Config &Settings,
                   const std::function<bool(CompileHistory)> &Do) {
  std::string Directory = recordsDirectory(Settings.Directory);
  DIR *Folder = ::opendir(Directory.c_str());
  if (!Folder)
    return;
  // By name, so that a source of which only the older record is there counts
  // too, and each once.
  std::set<std::string> Names;
  while (const dirent *Item = ::readdir(Folder)) {
    std::string_view Name = Item->d_name;
    if (!Name.starts_with('.') && !Name.ends_with(Unfinished))
      Names.emplace(Name.substr(0, Name.find('.')));
  }
  ::closedir(Folder);
  for (const std::string &Name : Names)
    if (std::optional<CompileHistory> History =
            loadHistory(Directory + "/" + Name);
        History && !Do(std::move(*History)))
      return;
}

void sweepRecords(const std::string &RecordsDirectory, size_t MaxSources,
                  uint64_t MaxBytes) {
  DIR *Folder = ::opendir(RecordsDirectory.c_str());
  if (!Folder)
    return;
  int Handle = ::dirfd(Folder);
  struct Source {
    int64_t Modified = 0;
    uint64_t Bytes = 0;
  };
  std::map<std::string, Source, std::less<>> Sources;
  uint64_t Bytes = 0;
  int64_t Now = ::time(nullptr);
  while (const dirent *Item = ::readdir(Folder)) {
    std::string_view Name = Item->d_name;
    struct stat Info;
    if (Name.starts_with('.') ||
        ::fstatat(Handle, Item->d_name, &Info, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(Info.st_mode))
      continue;
    if (Name.ends_with(Unfinished)) {
      // Nobody writes a record for an hour.
      if (Now - Info.st_mtime > 3600)
        ::unlinkat(Handle, Item->d_name, 0);
      continue;
    }
    Source &Of = Sources[std::string(Name.substr(0, Name.find('.')))];
    Of.Modified = std::max<int64_t>(
        Of.Modified, Info.st_mtim.tv_sec * 1000000000 + Info.st_mtim.tv_nsec);
    Of.Bytes += static_cast<uint64_t>(Info.st_size);
    Bytes += static_cast<uint64_t>(Info.st_size);
  }
  if (Sources.size() > MaxSources || Bytes > MaxBytes) {
    std::vector<std::pair<int64_t, std::string_view>> Oldest;
    Oldest.reserve(Sources.size());
    for (const auto &[Name, Of] : Sources)
      Oldest.emplace_back(Of.Modified, Name);
    std::ranges::sort(Oldest);
    size_t Left = Sources.size();
    for (const auto &[Modified, Name] : Oldest) {
      // A tenth below the bound: the next sweeps find nothing to do.
      if (Left <= MaxSources - MaxSources / 10 &&
          Bytes <= MaxBytes - MaxBytes / 10)
        break;
      std::string File(Name);
      ::unlinkat(Handle, File.c_str(), 0);
      ::unlinkat(Handle, (File + Before).c_str(), 0);
      --Left;
      Bytes -= Sources.find(Name)->second.Bytes;
    }
  }
  ::closedir(Folder);
}

} // namespace hapax
