//===- OpenStore.cpp - LLVM's storage, opened and guarded -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "OpenStore.h"

#include "CrashGuard.h"
#include "ErrorMapping.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

using namespace hapax;
using namespace hapax::store;
using namespace llvm;
using cas::ondisk::UnifiedOnDiskCache;

/// The largest file that LLVM's storage maps (24 GiB), rounded up.
static constexpr uint64_t LargestMapping = uint64_t(32) << 30;

std::optional<uint64_t> store::freeBytes(const std::string &Path) {
  struct statvfs Status;
  if (::statvfs(Path.c_str(), &Status) != 0 || Status.f_blocks == 0)
    return std::nullopt;
  return uint64_t(Status.f_bavail) * Status.f_frsize;
}

namespace {

/// The storages that are open in this process, by path.
struct Registry {
  std::mutex Mutex;
  std::map<std::string, std::shared_ptr<OpenStore>> Open;
};

/// Never destroyed: see OpenStore.
Registry &registry() {
  static Registry &R = *new Registry;
  return R;
}

/// Releases the file locks that a crash within \p Storage has left behind, so
/// that no other process waits for this one to end. The descriptors stay open:
/// their numbers may be in use by whoever crashed.
void releaseLocks(const std::string &Storage) {
  std::error_code EC;
  for (sys::fs::directory_iterator It("/proc/self/fd", EC, false), End;
       !EC && It != End; It.increment(EC)) {
    char Target[4096];
    ssize_t Size = ::readlink(It->path().c_str(), Target, sizeof(Target));
    int FD;
    if (Size > 0 && StringRef(Target, Size).starts_with(Storage) &&
        !sys::path::filename(It->path()).getAsInteger(10, FD))
      ::flock(FD, LOCK_UN);
  }
}

/// Whether a file of \p Storage claims to be larger than any can be: that is a
/// damaged header, which LLVM reports as a lack of memory.
bool hasAbsurdFile(const std::string &Storage) {
  std::error_code EC;
  for (sys::fs::recursive_directory_iterator It(Storage, EC), End;
       !EC && It != End; It.increment(EC)) {
    struct stat Status;
    if (::stat(It->path().c_str(), &Status) == 0 &&
        uint64_t(Status.st_size) > LargestMapping)
      return true;
  }
  return false;
}

TierError unavailable(const Twine &Why) {
  return {TierError::Kind::Unavailable, Why.str()};
}

} // namespace

OpenStore::OpenStore(const StoreFolder &Folder, const StoreState &State)
    : Folder(Folder), Base(State.Base), State(State) {}

OpenStore::~OpenStore() {
  if (!Db)
    return;
  // After a crash its destructors would work on who knows what.
  if (Dead || !runGuarded([&] { Db.reset(); }))
    (void)Db.release();
}

OpenStore::Stamp OpenStore::stampOf(const std::string &Path) {
  struct stat Status;
  if (::stat(Path.c_str(), &Status) != 0)
    return {};
  return {Status.st_ino, uint64_t(Status.st_size), Status.st_mtim.tv_sec,
          Status.st_mtim.tv_nsec};
}

SmallVector<std::string, 4>
OpenStore::listGenerations(const std::string &Storage) {
  // They are named "v<version>.<number>".
  SmallVector<std::pair<uint64_t, std::string>, 4> Found;
  std::error_code EC;
  for (sys::fs::directory_iterator It(Storage, EC), End; !EC && It != End;
       It.increment(EC)) {
    StringRef Name = sys::path::filename(It->path());
    uint64_t Number;
    if (Name.starts_with("v") && Name.contains('.') &&
        !Name.rsplit('.').second.getAsInteger(10, Number))
      Found.emplace_back(Number, It->path());
  }
  sort(Found);
  SmallVector<std::string, 4> Paths;
  for (auto &[Number, Path] : Found)
    Paths.push_back(std::move(Path));
  return Paths;
}

bool OpenStore::beginGeneration(const std::string &Newest) {
  auto [Prefix, Number] = StringRef(Newest).rsplit('.');
  uint64_t Last;
  return !Number.getAsInteger(10, Last) &&
         ::mkdir((Prefix + "." + Twine(Last + 1)).str().c_str(), 0777) == 0;
}

std::optional<TierError> OpenStore::openStorage() {
  std::string Storage = storagePath();
  // The state as it is now may be newer than this stamp, never older.
  StateStamp = stampOf(Folder.statePath());
  if (StateStamp == Stamp())
    return unavailable("the cache was cleared meanwhile");
  auto Listed = listGenerations(Storage);
  for (StringRef Generation : ArrayRef(Listed).take_back(2))
    Generations.push_back(Generation.str());

  std::optional<TierError> Failure;
  bool Survived = runGuarded([&] {
    auto Opened =
        UnifiedOnDiskCache::open(Storage, std::nullopt, HashName, HashBytes);
    if (Opened)
      Db = std::move(*Opened);
    else
      Failure = toTierError(Opened.takeError(), TierError::Kind::Corrupt);
  });
  if (!Survived) {
    releaseLocks(Storage);
    crashed();
    return unavailable("the cache storage in '" + Folder.path() +
                       "' is damaged or its disk is full");
  }
  if (Failure && Failure->Reason == TierError::Kind::Full &&
      hasAbsurdFile(Storage))
    Failure->Reason = TierError::Kind::Corrupt;
  return Failure;
}

std::expected<std::shared_ptr<OpenStore>, TierError>
OpenStore::open(const StoreFolder &Folder, bool ReadOnly) {
  struct rlimit Limit;
  if (::getrlimit(RLIMIT_FSIZE, &Limit) == 0 &&
      Limit.rlim_cur != RLIM_INFINITY && Limit.rlim_cur < LargestMapping)
    // A file beyond the limit is not an error but a signal that kills.
    return std::unexpected(unavailable(
        "the limit on file sizes (ulimit -f) is too low for the cache"));

  Registry &R = registry();
  std::lock_guard<std::mutex> Lock(R.Mutex);
  for (unsigned Attempt = 0;; ++Attempt) {
    StoreState State;
    if (auto Present = Folder.read()) {
      State = std::move(*Present);
    } else if (ReadOnly) {
      return std::unexpected(
          unavailable("there is no cache in '" + Folder.path() + "' to read"));
    } else {
      auto Created = Folder.readOrCreate();
      if (!Created)
        return std::unexpected(Created.error());
      State = std::move(*Created);
      // Without a state nothing of an earlier storage can be trusted.
      Folder.removeOthers(State.Base, /*KeepBroken=*/true);
    }
    std::string Storage = Folder.storagePath(State.Base);
    std::shared_ptr<OpenStore> &Entry = R.Open[Storage];
    if (Entry && !Entry->Dead)
      return Entry;
    bool Exists = sys::fs::is_directory(Storage);
    if (ReadOnly && !Exists)
      return std::unexpected(
          unavailable("there is no cache in '" + Folder.path() + "' to read"));
    // What is there can be read on a full disk as well.
    if (auto Free = freeBytes(Folder.path());
        !Exists && Free && *Free < MinFreeBytes)
      return std::unexpected(TierError{TierError::Kind::Full,
                                       "the disk of '" + Folder.path() +
                                           "' is full; free some space there"});

    std::shared_ptr<OpenStore> Fresh(new OpenStore(Folder, State));
    std::optional<TierError> Failed = Fresh->openStorage();
    if (!Failed) {
      Entry = Fresh;
      return Fresh;
    }
    R.Open.erase(Storage);
    if (Failed->Reason != TierError::Kind::Corrupt || ReadOnly || Attempt)
      return std::unexpected(std::move(*Failed));
    Folder.moveAside(State.Base);
  }
}

std::optional<TierError> OpenStore::run(function_ref<void()> Work) {
  if (Dead)
    return unavailable("the cache storage failed earlier in this process");
  if (runGuarded(Work))
    return std::nullopt;
  crashed();
  return unavailable("the cache storage in '" + Folder.path() +
                     "' is damaged or its disk is full");
}

void OpenStore::crashed() {
  Dead = true;
  // A full disk is no damage: the next process may find room again.
  auto Free = freeBytes(Folder.path());
  if (!Free || *Free >= MinFreeBytes)
    Folder.moveAside(Base);
}

std::optional<TierError> OpenStore::refresh() {
  Stamp Now = stampOf(Folder.statePath());
  if (Now == StateStamp)
    return std::nullopt;
  auto Read = Folder.read();
  if (!Read || Read->Base != Base) {
    Dead = true;
    return unavailable("the cache was cleared or rebuilt meanwhile");
  }
  State = std::move(*Read);
  StateStamp = Now;
  return std::nullopt;
}

std::expected<uint64_t, TierError> OpenStore::epochOf(const CacheKey &Key) {
  std::lock_guard<std::mutex> Lock(StateMutex);
  if (auto Failed = refresh())
    return std::unexpected(std::move(*Failed));
  return State.epochOf(Key);
}

std::expected<void, TierError> OpenStore::retire(const CacheKey &Key,
                                                 uint64_t Seen) {
  std::lock_guard<std::mutex> Lock(StateMutex);
  auto Updated = Folder.update([&](StoreState &Current) {
    if (Current.Base != Base || Current.epochOf(Key) != Seen)
      return false;
    ++Current.Epochs[Key];
    return true;
  });
  if (!Updated)
    return std::unexpected(Updated.error());
  if (Updated->Base != Base)
    Folder.removeOthers(Updated->Base, /*KeepBroken=*/true);
  // What another process changed since is seen by the next refresh.
  State = std::move(*Updated);
  if (State.Base != Base)
    Dead = true;
  StateStamp = {};
  return {};
}

bool OpenStore::generationsExist() const {
  return all_of(Generations, [](const std::string &Generation) {
    return sys::fs::is_directory(Generation);
  });
}

void OpenStore::rotate(std::shared_ptr<OpenStore> Store, uint64_t SizeLimit) {
  if (Store->Dead || SizeLimit == 0)
    return;
  bool Exceeded = false, FarExceeded = false;
  if (Store->run([&] {
        Store->Db->setSizeLimit(SizeLimit);
        Exceeded = Store->Db->hasExceededSizeLimit();
        FarExceeded = Store->Db->getStorageSize() > 2 * SizeLimit;
      }) ||
      !Exceeded)
    return;

  std::string Storage = Store->storagePath();
  {
    Registry &R = registry();
    std::lock_guard<std::mutex> Lock(R.Mutex);
    auto Entry = R.Open.find(Storage);
    // The registry, and the caller: nobody else in this process.
    if (Entry == R.Open.end() || Entry->second != Store ||
        Store.use_count() > 2)
      return;
    R.Open.erase(Entry);
  }
  bool NeedsCollection = false;
  auto Failed = Store->run([&] {
    consumeError(Store->Db->close());
    NeedsCollection = Store->Db->needsGarbageCollection();
    Store->Db.reset();
  });
  Store->Dead = true;
  if (Failed)
    return;
  // LLVM begins a new generation only while nobody else has the storage open,
  // which a parallel build may never allow. Far beyond the limit it is begun in
  // spite of that: the others then find some files missing, which is a miss.
  if (!NeedsCollection && FarExceeded && !Store->Generations.empty())
    NeedsCollection = beginGeneration(Store->Generations.back());
  if (NeedsCollection)
    runGuarded(
        [&] { consumeError(UnifiedOnDiskCache::collectGarbage(Storage)); });
}

void OpenStore::closeUnused(const StoreFolder &Folder) {
  Registry &R = registry();
  std::lock_guard<std::mutex> Lock(R.Mutex);
  for (auto It = R.Open.begin(); It != R.Open.end();)
    if (It->second.use_count() <= 1 &&
        (!It->second || It->second->Folder.path() == Folder.path()))
      It = R.Open.erase(It);
    else
      ++It;
}
