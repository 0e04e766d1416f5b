//===- DiskStore.cpp - The disk tier ----------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/DiskStore.h"

#include "OpenStore.h"
#include "StoredEntry.h"
#include <mutex>

using namespace hapax;
using namespace hapax::store;

static std::optional<TierError> checkDeadline(Deadline Until) {
  if (Until == NoDeadline || std::chrono::steady_clock::now() < Until)
    return std::nullopt;
  return TierError{TierError::Kind::Deadline,
                   "the cache was given no time to answer"};
}

static TierError closedError() {
  return {TierError::Kind::Unavailable, "the cache is closed"};
}

static TierError readOnlyError() {
  return {TierError::Kind::ReadOnly, "the cache is opened for reading only"};
}

DiskStore::DiskStore(const Options &Options, std::shared_ptr<OpenStore> Open)
    : Settings(Options), Open(std::move(Open)) {}

std::expected<std::unique_ptr<DiskStore>, TierError>
DiskStore::open(const Options &Options) {
  if (Options.Directory.empty())
    return std::unexpected(
        TierError{TierError::Kind::Io, "no cache directory; set HAPAX_DIR"});
  auto Open = OpenStore::open(StoreFolder(Options.Directory), Options.ReadOnly);
  if (!Open)
    return std::unexpected(Open.error());
  return std::unique_ptr<DiskStore>(new DiskStore(Options, std::move(*Open)));
}

DiskStore::~DiskStore() { close(); }

void DiskStore::close() {
  std::unique_lock Lock(Mutex);
  auto Mine = std::move(Open);
  Open = nullptr;
  if (Mine && !Settings.ReadOnly)
    OpenStore::rotate(std::move(Mine), Settings.SizeLimit);
}

std::expected<std::optional<EntryInfo>, TierError>
DiskStore::get(const CacheKey &Key, Sink &Into, Deadline Until) {
  auto Fail = [&](TierError E) {
    Errors.fetch_add(1, std::memory_order_relaxed);
    return std::unexpected(std::move(E));
  };
  std::shared_lock Lock(Mutex);
  if (!Open)
    return Fail(closedError());
  if (auto Late = checkDeadline(Until))
    return Fail(std::move(*Late));
  auto Epoch = Open->epochOf(Key);
  if (!Epoch)
    return Fail(Epoch.error());

  Answer Result;
  if (auto Failed = Open->run([&] {
        Result = readEntry(Open->storage(), StoreState::lookupKey(Key, *Epoch),
                           Key, Into);
      }))
    return Fail(std::move(*Failed));

  if (!Result && Result.error().Reason == TierError::Kind::Corrupt) {
    // Files of a generation that was deleted under us are just not there.
    if (!Open->generationsExist())
      Result = std::nullopt;
    else if (!Settings.ReadOnly)
      if (auto Retired = Open->retire(Key, *Epoch); Retired)
        CorruptEvicted.fetch_add(1, std::memory_order_relaxed);
  }
  if (!Result)
    return Fail(Result.error());
  if (*Result) {
    Hits.fetch_add(1, std::memory_order_relaxed);
    BytesRead.fetch_add((*Result)->StoredSize, std::memory_order_relaxed);
  } else {
    Misses.fetch_add(1, std::memory_order_relaxed);
  }
  return Result;
}

std::expected<void, TierError>
DiskStore::put(const CacheKey &Key, PayloadKind Kind,
               std::span<const std::byte> Payload, uint32_t CostMs,
               Deadline Until) {
  auto Fail = [&](TierError E) {
    Errors.fetch_add(1, std::memory_order_relaxed);
    return std::unexpected(std::move(E));
  };
  if (Settings.ReadOnly)
    return std::unexpected(readOnlyError());
  std::shared_lock Lock(Mutex);
  if (!Open)
    return Fail(closedError());
  auto Entry = packEntry(Key, Kind, Payload, CostMs, Settings.Compress);
  if (!Entry)
    return Fail(Entry.error());
  uint64_t Stored = Entry->Stored.size();
  if (Settings.SizeLimit && Stored > Settings.SizeLimit / 2)
    return Fail({TierError::Kind::Full,
                 "the entry is larger than half the size limit of the cache"});
  if (auto Late = checkDeadline(Until))
    return Fail(std::move(*Late));
  if (auto Free = freeBytes(Open->folder().path());
      Free && *Free < MinFreeBytes + Stored)
    return Fail(
        {TierError::Kind::Full, "the disk of '" + Open->folder().path() +
                                    "' is full; free some space there"});
  auto Epoch = Open->epochOf(Key);
  if (!Epoch)
    return Fail(Epoch.error());

  std::optional<TierError> Refused;
  bool Present = false;
  if (auto Failed = Open->run([&] {
        Digest Lookup = StoreState::lookupKey(Key, *Epoch);
        auto Has = hasEntry(Open->storage(), Lookup);
        Present = Has && *Has;
        if (!Present)
          Refused = writeEntry(Open->storage(), Lookup, *Entry);
      }))
    return Fail(std::move(*Failed));
  if (Refused)
    return Fail(std::move(*Refused));
  if (!Present) {
    Puts.fetch_add(1, std::memory_order_relaxed);
    BytesWritten.fetch_add(Stored, std::memory_order_relaxed);
  }
  return {};
}

std::expected<bool, TierError> DiskStore::contains(const CacheKey &Key,
                                                   Deadline Until) {
  std::shared_lock Lock(Mutex);
  if (!Open)
    return std::unexpected(closedError());
  if (auto Late = checkDeadline(Until))
    return std::unexpected(std::move(*Late));
  auto Epoch = Open->epochOf(Key);
  if (!Epoch)
    return std::unexpected(Epoch.error());
  std::expected<bool, TierError> Result;
  if (auto Failed = Open->run([&] {
        Result = hasEntry(Open->storage(), StoreState::lookupKey(Key, *Epoch));
      }))
    return std::unexpected(std::move(*Failed));
  return Result;
}

std::expected<void, TierError> DiskStore::remove(const CacheKey &Key,
                                                 Deadline Until) {
  if (Settings.ReadOnly)
    return std::unexpected(readOnlyError());
  std::shared_lock Lock(Mutex);
  if (!Open)
    return std::unexpected(closedError());
  if (auto Late = checkDeadline(Until))
    return std::unexpected(std::move(*Late));
  auto Epoch = Open->epochOf(Key);
  if (!Epoch)
    return std::unexpected(Epoch.error());
  bool Present = true;
  if (auto Failed = Open->run([&] {
        auto Has =
            hasEntry(Open->storage(), StoreState::lookupKey(Key, *Epoch));
        Present = !Has || *Has;
      }))
    return std::unexpected(std::move(*Failed));
  if (!Present)
    return {};
  return Open->retire(Key, *Epoch);
}

TierCounters DiskStore::counters() const {
  auto Get = [](const std::atomic<uint64_t> &Value) {
    return Value.load(std::memory_order_relaxed);
  };
  return {Get(Hits), Get(Misses),    Get(Errors),      Get(CorruptEvicted),
          Get(Puts), Get(BytesRead), Get(BytesWritten)};
}
