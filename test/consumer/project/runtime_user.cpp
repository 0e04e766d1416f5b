//===- runtime_user.cpp - A program that uses Hapax::Runtime --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/TierStack.h"
#include "hapax/StateVector/StateVector.h"

#include <cstdio>
#include <map>
#include <string>

using namespace hapax;

namespace {

/// A tier of one's own, with exceptions and type information as C++ has them.
class MapTier : public Tier {
public:
  std::string_view name() const override { return "map"; }

  std::expected<std::optional<EntryInfo>, TierError>
  get(const CacheKey &Key, Sink &Into, Deadline) override {
    auto Found = Entries.find(Key);
    if (Found == Entries.end())
      return std::nullopt;
    std::span<std::byte> Room = Into.reserve(Found->second.size());
    std::ranges::copy(Found->second, Room.begin());
    return EntryInfo{.Size = Room.size(), .PayloadDigest = digestOf(Room)};
  }
  std::expected<void, TierError> put(const CacheKey &Key, PayloadKind,
                                     std::span<const std::byte> Payload,
                                     uint32_t, Deadline) override {
    Entries.emplace(Key, std::vector(Payload.begin(), Payload.end()));
    return {};
  }
  std::expected<bool, TierError> contains(const CacheKey &Key,
                                          Deadline) override {
    return Entries.contains(Key);
  }
  std::expected<void, TierError> remove(const CacheKey &Key,
                                        Deadline) override {
    Entries.erase(Key);
    return {};
  }
  TierCounters counters() const override { return {}; }

private:
  std::map<CacheKey, std::vector<std::byte>> Entries;
};

} // namespace

int main() {
  TierStack Stack;
  Stack.add(std::make_unique<MapTier>());
  std::string Text = "a payload", Back;
  ContainerSink<std::string> Into(Back);
  if (!Stack.put(digestOf("key"), PayloadKind::Object,
                 std::as_bytes(std::span(Text)), 1) ||
      !Stack.get(digestOf("key"), Into).value() || Back != Text)
    return 1;
  auto State = StateVector<double>::create(3);
  if (!State || State->norm().value() != 1)
    return 2;
  std::puts(digestOf(Back).hex().c_str());
  return dynamic_cast<MapTier *>(&Stack.tier(0)) ? 0 : 3;
}
