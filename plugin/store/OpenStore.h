//===- OpenStore.h - LLVM's storage, opened and guarded ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_OPENSTORE_H
#define HAPAX_STORE_OPENSTORE_H

#include "StoreState.h"
#include "StoredEntry.h"
#include "hapax/Cache/Tier.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/CAS/UnifiedOnDiskCache.h"
#include <atomic>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace hapax::store {

/// Bytes that must be free on the disk before anything is written: LLVM's
/// storage writes through mappings of sparse files, and a write for which the
/// disk has no block is a SIGBUS.
inline constexpr uint64_t MinFreeBytes = uint64_t(8) << 20;

/// Free bytes on the file system of \p Path; nothing when that is unknown.
std::optional<uint64_t> freeBytes(const std::string &Path);

/// Names what our object identifiers are made with. Another name is another,
/// incompatible storage to LLVM.
inline constexpr llvm::StringLiteral HashName("hapax-xxh3-128");
inline constexpr unsigned HashBytes = 16;

/// One opened storage of LLVM, shared by every DiskStore of this process on
/// its directory.
///
/// It stays open until the process ends (even when no DiskStore uses it):
/// closing costs a synchronisation of all mapped files, which no compiler
/// should wait for, and the kernel closes just as well.
class OpenStore {
public:
  /// Opens the current storage of \p Folder or returns the one that is open. A
  /// storage that is damaged is moved aside and a new one opened. With
  /// \p ReadOnly no storage is created.
  static std::expected<std::shared_ptr<OpenStore>, TierError>
  open(const StoreFolder &Folder, bool ReadOnly);
  ~OpenStore();
  OpenStore(const OpenStore &) = delete;
  OpenStore &operator=(const OpenStore &) = delete;

  /// Runs \p Work, which may use storage(), under the crash guard.
  /// Returns the error when it crashed or the storage cannot be used any more.
  std::optional<TierError> run(llvm::function_ref<void()> Work);

  Storage storage() { return {Db->getGraphDB(), Db->getKeyValueDB()}; }

  const StoreFolder &folder() const { return Folder; }
  const Digest &base() const { return Base; }
  std::string storagePath() const { return Folder.storagePath(Base); }

  /// The epoch of \p Key, after changes by other processes; the error when
  /// this storage is no longer the current one.
  std::expected<uint64_t, TierError> epochOf(const CacheKey &Key);
  /// Counts the epoch of \p Key up, unless it is no longer \p Seen.
  std::expected<void, TierError> retire(const CacheKey &Key, uint64_t Seen);

  /// Whether the generations that this storage was opened with are still there.
  /// Where they are not, a missing file is no damage.
  bool generationsExist() const;

  /// Begins a new generation when the newest takes more than its half of
  /// \p SizeLimit, and deletes those that nobody needs. To be called by a
  /// user who is done with it.
  static void rotate(std::shared_ptr<OpenStore> Store, uint64_t SizeLimit);

  /// The generations within \p Storage, oldest first.
  static llvm::SmallVector<std::string, 4>
  listGenerations(const std::string &Storage);
  /// Begins a generation after \p Newest, whoever has the storage open. False
  /// when that failed or someone else did it.
  static bool beginGeneration(const std::string &Newest);

  /// Closes what this process has open in \p Folder and nobody uses.
  static void closeUnused(const StoreFolder &Folder);

private:
  OpenStore(const StoreFolder &Folder, const StoreState &State);
  std::optional<TierError> openStorage();
  void crashed();
  std::optional<TierError> refresh();

  StoreFolder Folder;
  Digest Base;
  std::unique_ptr<llvm::cas::ondisk::UnifiedOnDiskCache> Db;
  /// The newest generations when we opened, newest last: at most two.
  llvm::SmallVector<std::string, 2> Generations;
  std::atomic<bool> Dead = false;

  /// What the state file looked like when State was read.
  struct Stamp {
    uint64_t Inode = 0, Size = 0;
    int64_t Seconds = 0, Nanoseconds = 0;
    bool operator==(const Stamp &) const = default;
  };
  static Stamp stampOf(const std::string &Path);
  std::mutex StateMutex;
  StoreState State;
  Stamp StateStamp;
};

} // namespace hapax::store

#endif // HAPAX_STORE_OPENSTORE_H
