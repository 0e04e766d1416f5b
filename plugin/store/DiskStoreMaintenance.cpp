//===- DiskStoreMaintenance.cpp - Verify, prune, clear ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/DiskStore.h"

#include "CrashGuard.h"
#include "ErrorMapping.h"
#include "OpenStore.h"
#include "StoreScan.h"
#include "llvm/Support/FileSystem.h"
#include <sys/stat.h>

using namespace hapax;
using namespace hapax::store;
using namespace llvm;

static TierError readOnlyError() {
  return {TierError::Kind::ReadOnly, "the cache is opened for reading only"};
}

static uint64_t bytesIn(const std::string &Path) {
  uint64_t Bytes = 0;
  std::error_code EC;
  for (sys::fs::recursive_directory_iterator It(Path, EC, false), End;
       !EC && It != End; It.increment(EC)) {
    struct stat Status;
    // Blocks, not the size: LLVM's files are sparse, with gigabytes of holes.
    if (::lstat(It->path().c_str(), &Status) == 0)
      Bytes += uint64_t(Status.st_blocks) * 512;
  }
  return Bytes;
}

uint64_t DiskStore::bytesOnDisk(const Options &Options) {
  return bytesIn(StoreFolder(Options.Directory).path());
}

std::expected<DiskStore::VerifyResult, TierError>
DiskStore::verify(const Options &Options,
                  const std::function<void(uint64_t, uint64_t)> &Progress) {
  StoreFolder Folder(Options.Directory);
  VerifyResult Result;
  auto State = Folder.read();
  if (!State) {
    if (!sys::fs::exists(Folder.path()))
      return Result;
    if (Options.ReadOnly)
      return std::unexpected(
          TierError{TierError::Kind::Unavailable,
                    "there is no valid cache in '" + Folder.path() + "'"});
    // Opening begins a new store in place of the one that lost its state.
    auto Open = OpenStore::open(Folder, /*ReadOnly=*/false);
    if (!Open)
      return std::unexpected(Open.error());
    Result.Rebuilt = true;
    return Result;
  }
  auto Open = OpenStore::open(Folder, Options.ReadOnly);
  if (!Open) {
    // Whoever failed to open it has moved it aside already.
    auto Now = Folder.read();
    if (!Now || Now->Base == State->Base)
      return std::unexpected(Open.error());
    Result.Rebuilt = true;
    return Result;
  }
  if ((*Open)->base() != State->Base) {
    Result.Rebuilt = true;
    return Result;
  }

  ScanResult Scan = scanStore(**Open, *State, Progress);
  Result.Checked = Scan.Checked;
  Result.Bad = Scan.Bad.size();
  if (!Scan.Completed) {
    if (!Options.ReadOnly) {
      Folder.moveAside(State->Base);
      Result.Rebuilt = true;
    }
    return Result;
  }
  if (!Options.ReadOnly)
    for (const CacheKey &Key : Scan.Bad)
      if (auto Retired = (*Open)->retire(Key, State->epochOf(Key)); !Retired)
        return std::unexpected(Retired.error());
  return Result;
}

std::expected<DiskStore::PruneResult, TierError>
DiskStore::prune(const Options &Options, uint64_t TargetBytes) {
  if (Options.ReadOnly)
    return std::unexpected(readOnlyError());
  StoreFolder Folder(Options.Directory);
  PruneResult Result;
  Result.BytesBefore = Result.BytesAfter = bytesIn(Folder.path());
  if (Result.BytesBefore <= TargetBytes)
    return Result;
  OpenStore::closeUnused(Folder);
  auto State = Folder.readOrCreate();
  if (!State)
    return std::unexpected(State.error());
  Folder.removeOthers(State->Base, /*KeepBroken=*/false);

  // The two newest generations are in use, so a second new one empties the
  // store; more would change nothing.
  std::string Storage = Folder.storagePath(State->Base);
  for (unsigned Round = 0; Round != 3; ++Round) {
    Result.BytesAfter = bytesIn(Folder.path());
    if (Result.BytesAfter <= TargetBytes)
      break;
    auto Generations = OpenStore::listGenerations(Storage);
    if (Round == 2 || Generations.empty())
      break;
    OpenStore::beginGeneration(Generations.back());
    std::optional<TierError> Failed;
    bool Survived = runGuarded([&] {
      if (Error E = cas::ondisk::UnifiedOnDiskCache::collectGarbage(Storage))
        Failed = toTierError(std::move(E), TierError::Kind::Io);
    });
    if (!Survived || Failed)
      return std::unexpected(Failed.value_or(TierError{
          TierError::Kind::Unavailable, "pruning the cache storage failed"}));
  }
  return Result;
}

std::expected<void, TierError> DiskStore::clear(const Options &Options) {
  if (Options.ReadOnly)
    return std::unexpected(readOnlyError());
  StoreFolder Folder(Options.Directory);
  if (!sys::fs::exists(Folder.path()))
    return {};
  auto State = Folder.update([](StoreState &State) {
    State = StoreState::fresh();
    return true;
  });
  if (!State)
    return std::unexpected(State.error());
  Folder.removeOthers(State->Base, /*KeepBroken=*/false);
  OpenStore::closeUnused(Folder);
  return {};
}
