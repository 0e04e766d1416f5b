//===- Maintenance.cpp - hapax verify, prune, clear -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Commands.h"
#include "DaemonView.h"
#include "Tool.h"
#include "hapax/Store/DiskStore.h"
#include "hapax/Store/Layout.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <unistd.h>

using namespace llvm;

namespace hapax {

namespace {

/// A line on standard error that is written over as work goes on; nothing when
/// standard error is no terminal.
class Progress {
public:
  explicit Progress(StringRef What)
      : What(What), Shown(::isatty(STDERR_FILENO)) {}
  ~Progress() {
    if (Width)
      errs() << '\r' << std::string(Width, ' ') << '\r';
  }
  void at(uint64_t Done, uint64_t Total) {
    auto Now = std::chrono::steady_clock::now();
    if (!Shown || Now - Last < std::chrono::milliseconds(100))
      return;
    Last = Now;
    std::string Text = formatv("{0}: {1} of {2} ({3} %)", What, Done, Total,
                               Total ? Done * 100 / Total : 100);
    errs() << '\r' << Text;
    Width = std::max(Width, Text.size());
  }

private:
  StringRef What;
  bool Shown;
  size_t Width = 0;
  std::chrono::steady_clock::time_point Last;
};

bool storeExists() {
  return sys::fs::exists(storeDirectory(settingsOfTool().Directory));
}

int failed(const TierError &Error) {
  complain(Error.Message);
  return 1;
}

} // namespace

int runVerify(Arguments Args) {
  if (!takesNothing("verify", Args))
    return UsageError;
  const Config &Settings = settingsOfTool();
  if (!storeExists()) {
    outs() << "0 entries checked, 0 bad: there is no store in "
           << Settings.Directory << '\n';
    return 0;
  }
  std::expected<DiskStore::VerifyResult, TierError> Result;
  {
    Progress Shown("checking entries");
    Result = DiskStore::verify(
        diskStoreOptions(Settings),
        [&](uint64_t Done, uint64_t Total) { Shown.at(Done, Total); });
  }
  if (!Result)
    return failed(Result.error());
  outs() << formatv("{0} entries checked, {1} bad{2}\n", Result->Checked,
                    Result->Bad,
                    Result->Bad && !Settings.ReadOnly ? " and removed" : "");
  if (Result->Rebuilt)
    outs() << "the store itself was damaged: it was moved aside and an empty "
              "one begun\n";
  return Result->Bad || Result->Rebuilt ? 1 : 0;
}

int runPrune(Arguments Args) {
  const Config &Settings = settingsOfTool();
  uint64_t Target = Settings.SizeLimit;
  bool Given = false;
  while (!Args.empty()) {
    StringRef Arg = Args.consume_front();
    StringRef Text = Arg;
    if (!Text.consume_front("--max-size=")) {
      if (Arg != "--max-size")
        return badUsage("prune", "unknown argument '" + Arg + "'");
      if (Args.empty())
        return badUsage("prune", "--max-size needs a size such as 2G");
      Text = Args.consume_front();
    }
    std::optional<uint64_t> Size = parseSize(Text);
    if (!Size)
      return badUsage("prune", "'" + Text + "' is no size such as 2G");
    Target = *Size;
    Given = true;
  }
  if (!Given && Target == 0) {
    outs() << "the store has no limit; give one with --max-size\n";
    return 0;
  }
  if (!storeExists()) {
    outs() << "there is no store in " << Settings.Directory << '\n';
    return 0;
  }
  std::expected<DiskStore::PruneResult, TierError> Result =
      DiskStore::prune(diskStoreOptions(Settings), Target);
  if (!Result)
    return failed(Result.error());
  outs() << describeSize(Result->BytesBefore) << " before, "
         << describeSize(Result->BytesAfter) << " after\n";
  return 0;
}

int runClear(Arguments Args) {
  if (!takesNothing("clear", Args))
    return UsageError;
  const Config &Settings = settingsOfTool();
  if (Settings.ReadOnly) {
    complain("the cache is read-only, as set (HAPAX_READONLY); nothing was "
             "cleared");
    return 1;
  }
  int Code = 0;
  if (storeExists())
    if (std::expected<void, TierError> Result =
            DiskStore::clear(diskStoreOptions(Settings));
        !Result)
      Code = failed(Result.error());
  for (const std::string &Folder : {recordsDirectory(Settings.Directory),
                                    mismatchDirectory(Settings.Directory)})
    if (std::error_code Error =
            sys::fs::remove_directories(Folder, /*IgnoreErrors=*/false)) {
      complain("cannot remove '" + Folder + "': " + Error.message() +
               "; remove it by hand");
      Code = 1;
    }
  if (auto Cleared = clearDaemon(Settings); !Cleared) {
    complain(Cleared.error().Message +
             "; it keeps its entries until it ends: pkill -u $(id -u) hapaxd");
    Code = 1;
  }
  return Code;
}

} // namespace hapax
