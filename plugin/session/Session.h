//===- Session.h - What one process shares between its compiles -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The process-wide half of the plugin: configuration, tiers, counters, log.
/// Nothing here can fail visibly; the worst that a broken cache does is one
/// warning line.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SESSION_SESSION_H
#define HAPAX_SESSION_SESSION_H

#include "hapax/Cache/Counters.h"
#include "hapax/Cache/TierStack.h"
#include "hapax/IR/Artifact.h"
#include "hapax/Store/CompileRecord.h"
#include "hapax/Store/Config.h"
#include "hapax/Store/Log.h"
#include "llvm/ADT/Twine.h"
#include <mutex>
#include <optional>
#include <vector>

namespace hapax {

/// Thread-safe.
class Session {
public:
  /// The session of this process, made on first use: by then the command line
  /// has been parsed.
  static Session &get();

  /// A session with settings of its own. Its end closes the tiers; all that use
  /// it must be done by then.
  explicit Session(Config Settings);

  const Config &config() const { return Configuration; }

  /// Fetches a payload, checked. A tier's error counts and reads as a miss.
  std::optional<EntryInfo> fetch(const CacheKey &Key, PayloadKind Kind,
                                 Bytes &Into);
  /// Fetches many payloads of one kind in one call. What is missing is empty.
  struct Fetched {
    EntryInfo Entry;
    Bytes Payload;
  };
  std::vector<std::optional<Fetched>> fetchMany(llvm::ArrayRef<CacheKey> Keys,
                                                PayloadKind Kind);
  /// Stores a payload, unless the cache is read-only. An error counts.
  void store(llvm::ArrayRef<CacheKey> Keys, PayloadKind Kind,
             llvm::ArrayRef<char> Payload, uint32_t CostMs);
  void remove(const CacheKey &Key);

  /// HAPAX_VERIFY=1 found that the entry of \p Key, made from \p Source, is not
  /// what was compiled: the entry is removed, both versions are kept below the
  /// cache directory for inspection, and the user is told.
  void reportMismatch(const CacheKey &Key, llvm::StringRef Source,
                      llvm::StringRef Stored, llvm::StringRef Fresh);

  void count(llvm::StringRef Name, uint64_t Amount = 1);
  void record(const CompileRecord &Record);
  void log(const llvm::Twine &Line);
  /// Prints one line on standard error; all later warnings of this process only
  /// go to the log.
  void warn(const llvm::Twine &Line);

private:
  void warnOnce(std::once_flag &Already, const llvm::Twine &Line);
  /// Returns where the two versions are.
  std::string keepAside(const CacheKey &Key, llvm::StringRef Stored,
                        llvm::StringRef Fresh);
  /// Opens the tiers on first use; null when there are none.
  TierStack *tiers();
  // Null where there is none; a fault has been noted.
  std::unique_ptr<Tier> openDisk();
  std::unique_ptr<Tier> openDaemon();
  void noteError(const TierError &Error);
  /// Adds what the tiers have counted since the last call to the counters.
  void countTiers();

  Config Configuration;
  /// The session of the process is never destroyed.
  bool IsOfProcess = false;
  Log Logger;
  Counters Counts;
  std::once_flag TiersOpened;
  std::unique_ptr<TierStack> Tiers;
  std::mutex TierCountsLock;
  struct Counted {
    TierCounters Counts;
    Latencies HitTimes;
  };
  std::vector<Counted> TierCounts;
  std::once_flag Warned;
  /// The warning that must not be lost behind a lesser one.
  std::once_flag WarnedOfMismatch;
};

} // namespace hapax

#endif // HAPAX_SESSION_SESSION_H
