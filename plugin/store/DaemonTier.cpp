//===- DaemonTier.cpp - The daemon, once it is needed -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/DaemonTier.h"

using namespace hapax;

static std::unexpected<TierError> readOnly() {
  return std::unexpected(TierError{TierError::Kind::ReadOnly,
                                   "the cache is used for reading only"});
}

std::expected<DaemonClient *, TierError> DaemonTier::client() {
  std::call_once(Connected, [this] {
    if (auto Client = DaemonClient::connect(Options)) {
      Owner = std::move(*Client);
      Running.store(Owner.get(), std::memory_order_release);
    } else {
      Fault = Client.error();
      Faults.store(1, std::memory_order_relaxed);
    }
  });
  if (Fault)
    return std::unexpected(*Fault);
  return Owner.get();
}

Tier::Answer DaemonTier::get(const CacheKey &Key, Sink &Into, Deadline Until) {
  auto Client = client();
  if (!Client)
    return std::unexpected(Client.error());
  if (!*Client)
    return std::nullopt;
  return (*Client)->get(Key, Into, Until);
}

std::vector<Tier::Answer> DaemonTier::getMany(std::span<const Request> Requests,
                                              Deadline Until) {
  auto Client = client();
  if (!Client)
    return {Requests.size(), std::unexpected(Client.error())};
  if (!*Client)
    return {Requests.size(), std::nullopt};
  // Only a single get may wait for another process that makes the entry.
  if (Requests.size() == 1)
    return {(*Client)->get(Requests[0].Key, *Requests[0].Into, Until)};
  return (*Client)->getMany(Requests, Until);
}

std::expected<void, TierError>
DaemonTier::put(const CacheKey &Key, PayloadKind Kind,
                std::span<const std::byte> Payload, uint32_t CostMs,
                Deadline Until) {
  if (ReadOnly)
    return readOnly();
  auto Client = client();
  if (!Client)
    return std::unexpected(Client.error());
  if (!*Client)
    return std::unexpected(
        TierError{TierError::Kind::Unavailable, "no daemon is running"});
  return (*Client)->put(Key, Kind, Payload, CostMs, Until);
}

std::expected<bool, TierError> DaemonTier::contains(const CacheKey &Key,
                                                    Deadline Until) {
  auto Client = client();
  if (!Client)
    return std::unexpected(Client.error());
  if (!*Client)
    return false;
  return (*Client)->contains(Key, Until);
}

std::expected<void, TierError> DaemonTier::remove(const CacheKey &Key,
                                                  Deadline Until) {
  if (ReadOnly)
    return readOnly();
  auto Client = client();
  if (!Client)
    return std::unexpected(Client.error());
  if (!*Client)
    return {};
  return (*Client)->remove(Key, Until);
}

TierCounters DaemonTier::counters() const {
  TierCounters Counts;
  if (const DaemonClient *Client = Running.load(std::memory_order_acquire))
    Counts = Client->counters();
  Counts.Errors += Faults.load(std::memory_order_relaxed);
  return Counts;
}
