//===- StoredEntry.h - An entry in LLVM's storage ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_STOREDENTRY_H
#define HAPAX_STORE_STOREDENTRY_H

#include "hapax/Cache/Entry.h"
#include "llvm/CAS/OnDiskGraphDB.h"
#include "llvm/CAS/OnDiskKeyValueDB.h"
#include <optional>

namespace hapax::store {

/// The two halves of LLVM's storage.
struct Storage {
  llvm::cas::ondisk::OnDiskGraphDB &Graph;
  llvm::cas::ondisk::OnDiskKeyValueDB &Keys;
};

/// Reads the entry of \p Key that lies under \p Lookup, checks it and unpacks
/// it into \p Into. Runs under the caller's crash guard, like all of these.
Tier::Answer readEntry(Storage In, const Digest &Lookup, const CacheKey &Key,
                       Sink &Into);

/// Writes \p Entry under \p Lookup. The entry appears as a whole with the last
/// step; a failure before leaves unreachable objects at most.
std::optional<TierError> writeEntry(Storage In, const Digest &Lookup,
                                    const PackedEntry &Entry);

/// Whether something lies under \p Lookup.
std::expected<bool, TierError> hasEntry(Storage In, const Digest &Lookup);

/// The header object \p Node, where it is one.
std::optional<EntryHeader> readHeader(llvm::cas::ondisk::OnDiskGraphDB &Graph,
                                      llvm::cas::ondisk::ObjectHandle Node);

} // namespace hapax::store

#endif // HAPAX_STORE_STOREDENTRY_H
