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
    if (auto Client = DaemonClient::connect(Options))
      Owner = std::move(*Client);
    else
      Fault = Client.error();
    Tried.store(true, std::memory_order_release);
  });
  if (Fault)
    return std::unexpected(*Fault);
  return Owner.get();
}

template <typename T, typename Fn> T DaemonTier::ask(T Absent, Fn Ask) {
  auto Client = client();
  if (!Client)
    return std::unexpected(Client.error());
  return *Client ? Ask(**Client) : Absent;
}

Tier::Answer DaemonTier::get(const CacheKey &Key, Sink &Into, Deadline Until) {
  return ask<Answer>(std::nullopt, [&](DaemonClient &Client) {
    return Client.get(Key, Into, Until);
  });
}

std::vector<Tier::Answer> DaemonTier::getMany(std::span<const Request> Requests,
                                              Deadline Until) {
  // Only a single get may wait for another process that makes the entry.
  if (Requests.size() == 1)
    return {get(Requests[0].Key, *Requests[0].Into, Until)};
  auto Client = client();
  if (!Client)
    return {Requests.size(), std::unexpected(Client.error())};
  if (!*Client)
    return {Requests.size(), std::nullopt};
  return (*Client)->getMany(Requests, Until);
}

std::expected<void, TierError>
DaemonTier::put(const CacheKey &Key, PayloadKind Kind,
                std::span<const std::byte> Payload, uint32_t CostMs,
                Deadline Until) {
  if (ReadOnly)
    return readOnly();
  return ask<std::expected<void, TierError>>(
      std::unexpected(
          TierError{TierError::Kind::Unavailable, "no daemon is running"}),
      [&](DaemonClient &Client) {
        return Client.put(Key, Kind, Payload, CostMs, Until);
      });
}

std::expected<bool, TierError> DaemonTier::contains(const CacheKey &Key,
                                                    Deadline Until) {
  return ask<std::expected<bool, TierError>>(
      false, [&](DaemonClient &Client) { return Client.contains(Key, Until); });
}

std::expected<void, TierError> DaemonTier::remove(const CacheKey &Key,
                                                  Deadline Until) {
  if (ReadOnly)
    return readOnly();
  return ask<std::expected<void, TierError>>(
      {}, [&](DaemonClient &Client) { return Client.remove(Key, Until); });
}

TierCounters DaemonTier::counters() const {
  TierCounters Counts;
  if (!Tried.load(std::memory_order_acquire))
    return Counts;
  if (Owner)
    Counts = Owner->counters();
  Counts.Errors += Fault.has_value();
  return Counts;
}
