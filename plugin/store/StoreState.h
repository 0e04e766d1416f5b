//===- StoreState.h - Which storage is current, what is removed -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// LLVM's storage can neither erase an entry nor replace one. This small file
/// beside it can do both for us.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_STORESTATE_H
#define HAPAX_STORE_STORESTATE_H

#include "hapax/Cache/Digest.h"
#include "hapax/Cache/Tier.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <expected>
#include <map>
#include <optional>
#include <string>

namespace hapax::store {

/// The content of the state file.
///
///   file   := magic (8 bytes, "HPXSTAT1") base (16) count (u64)
///             {key (16) epoch (u64)}{count} digest (16)
///
/// Integers are little-endian; the digest is XXH3-128 of all bytes before it.
///
/// The base names the folder with the current storage: a new base is a new,
/// empty store. The epoch of a key counts how often the key was removed, and an
/// entry is stored under a lookup key made of both: after a removal nothing is
/// found, and a new entry can be stored.
struct StoreState {
  /// Removals that one base remembers. One more begins a new base: forgetting
  /// a single removal would bring the removed entry back.
  static constexpr size_t MaxRemoved = 1024;

  Digest Base;
  std::map<CacheKey, uint64_t> Epochs;

  /// A state with a new random base.
  static StoreState fresh();
  static std::optional<StoreState> parse(llvm::StringRef Bytes);
  std::string serialise() const;

  uint64_t epochOf(const CacheKey &Key) const;
  /// The key under which the storage has \p Key now; Key itself unless it was
  /// ever removed.
  Digest lookupKey(const CacheKey &Key) const {
    return lookupKey(Key, epochOf(Key));
  }
  static Digest lookupKey(const CacheKey &Key, uint64_t Epoch);
};

/// The folder "<dir>/v1/cas" with everything of the store in it:
///
///   state          StoreState
///   lock           locked (flock) around every change of the state
///   <base>/        the current storage, LLVM's files
///   broken-<base>/ the last storage that was found damaged, for inspection
class StoreFolder {
public:
  explicit StoreFolder(llvm::StringRef Directory);

  const std::string &path() const { return Path; }
  std::string statePath() const { return Path + "/state"; }
  std::string storagePath(const Digest &Base) const {
    return Path + "/" + Base.hex();
  }

  /// The state; nothing when there is no valid one.
  std::optional<StoreState> read() const;
  /// The state, where there is none a new one (and the folders to hold it).
  std::expected<StoreState, TierError> readOrCreate() const;
  /// Changes the state under the lock, atomically for every reader. \p Change
  /// receives the current state and returns whether to write it back; without a
  /// valid state it is not called and a new one is written. Returns the state
  /// that is current afterwards. A failed update leaves the old state.
  std::expected<StoreState, TierError>
  update(llvm::function_ref<bool(StoreState &)> Change) const;

  /// Begins a new base if \p Base is still the current one, and keeps its
  /// storage aside as broken (instead of what was kept before). Does nothing
  /// when that happened a few seconds ago already: then the damage is not in
  /// the files.
  void moveAside(const Digest &Base) const;

  /// Deletes every storage but that of \p Current, and unless \p KeepBroken
  /// what was moved aside.
  void removeOthers(const Digest &Current, bool KeepBroken) const;

private:
  std::string Path;
};

} // namespace hapax::store

#endif // HAPAX_STORE_STORESTATE_H
