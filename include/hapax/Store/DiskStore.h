//===- DiskStore.h - The disk tier ------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The disk tier: entries on LLVM's content-addressed storage, shared by all
/// processes of all users that may write the directory.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_DISKSTORE_H
#define HAPAX_STORE_DISKSTORE_H

#include "hapax/Cache/Entry.h"
#include "hapax/Cache/Tier.h"
#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>

namespace hapax {

namespace store {
class OpenStore;
} // namespace store

/// How to open the disk store.
struct DiskStoreOptions {
  /// The cache directory. The store lies in its sub-folder "v1/cas"; the folder
  /// of another version of the format is left alone.
  std::string Directory;
  /// Bytes that the store may take on disk; 0 for no limit. See
  /// DiskStore::prune for what happens at the limit.
  uint64_t SizeLimit = uint64_t(5) << 30;
  /// Never create, change or remove an entry. LLVM's storage needs write
  /// permission even to read: on a medium that is itself read-only the store
  /// is Unavailable, and every compile is a miss.
  bool ReadOnly = false;
  CompressionPolicy Compress = CompressionPolicy::automatic();
};

/// The disk tier.
///
/// Whatever happens inside LLVM's storage stays inside: every access runs under
/// a guard that turns a crash (a damaged mapped file, a full disk behind a
/// mapping) into a TierError. After a crash this process does not touch the
/// store again (Unavailable); unless the disk was full, the store is moved
/// aside, so that the next process begins a new one.
///
/// Thread-safe, and safe for any number of processes.
class DiskStore final : public Tier {
public:
  using Options = DiskStoreOptions;

  /// Opens or creates the store. Stores on one directory share what is open
  /// within a process. Errors name cause and remedy: Io (the directory cannot
  /// be used), Unavailable (nothing there to read; damage; limits of this
  /// process).
  static std::expected<std::unique_ptr<DiskStore>, TierError>
  open(const Options &Options);
  ~DiskStore() override;

  std::string_view name() const override { return "disk"; }
  std::expected<std::optional<EntryInfo>, TierError>
  get(const CacheKey &Key, Sink &Into, Deadline Until = NoDeadline) override;
  std::expected<void, TierError> put(const CacheKey &Key, PayloadKind Kind,
                                     std::span<const std::byte> Payload,
                                     uint32_t CostMs,
                                     Deadline Until = NoDeadline) override;
  std::expected<bool, TierError> contains(const CacheKey &Key,
                                          Deadline Until = NoDeadline) override;
  std::expected<void, TierError> remove(const CacheKey &Key,
                                        Deadline Until = NoDeadline) override;
  TierCounters counters() const override;

  /// Ends the use of the store; every later call is Unavailable. Begins a new
  /// generation when the size limit asks for one. There is nothing to flush: a
  /// process that ends without this call loses nothing. The destructor calls
  /// it.
  void close();

  /// \name Maintenance
  /// Works on a directory, whether or not its store can be opened. For tools,
  /// not for compilers: takes as long as it takes.
  /// @{

  struct VerifyResult {
    uint64_t Checked = 0; ///< entries looked at
    uint64_t Bad = 0;     ///< of these bad, and removed
    /// The store's own structure was damaged beyond reading: it was moved aside
    /// and an empty one begun.
    bool Rebuilt = false;
  };
  /// Reads every entry and checks its digest. \p Progress receives the entries
  /// checked and their total, on the calling thread. Works in a child process,
  /// which a damaged store may bring down.
  static std::expected<VerifyResult, TierError>
  verify(const Options &Options,
         const std::function<void(uint64_t, uint64_t)> &Progress = {});

  struct PruneResult {
    uint64_t BytesBefore = 0;
    uint64_t BytesAfter = 0;
  };
  /// Shrinks the store to at most \p TargetBytes where it is larger. Space is
  /// reclaimed by generation, not entry by entry: an entry that was not used
  /// since the last generation began goes first, and when that does not suffice
  /// all go. Entries in use by a running process stay readable to it or become
  /// a miss.
  static std::expected<PruneResult, TierError> prune(const Options &Options,
                                                     uint64_t TargetBytes);

  /// Removes every entry, and what was moved aside as damaged.
  static std::expected<void, TierError> clear(const Options &Options);

  /// Bytes that the store's files take on disk, with what was moved aside as
  /// damaged; 0 when there is none.
  static uint64_t bytesOnDisk(const Options &Options);
  /// @}

private:
  DiskStore(const Options &Options, std::shared_ptr<store::OpenStore> Open);

  Options Settings;
  /// Held shared by every call, alone by close().
  mutable std::shared_mutex Mutex;
  std::shared_ptr<store::OpenStore> Open; ///< null once closed
  std::atomic<uint64_t> Hits = 0, Misses = 0, Errors = 0, CorruptEvicted = 0,
                        Puts = 0, BytesRead = 0, BytesWritten = 0;
};

} // namespace hapax

#endif // HAPAX_STORE_DISKSTORE_H
