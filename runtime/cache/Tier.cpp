//===- Tier.cpp - What is common to all tiers -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/Tier.h"

using namespace hapax;

std::string_view hapax::name(TierError::Kind Kind) {
  switch (Kind) {
  case TierError::Kind::Corrupt:
    return "corrupt";
  case TierError::Kind::Full:
    return "full";
  case TierError::Kind::Io:
    return "io";
  case TierError::Kind::Deadline:
    return "deadline";
  case TierError::Kind::Unavailable:
    return "unavailable";
  case TierError::Kind::ReadOnly:
    return "read-only";
  }
  return "unknown";
}

Sink::~Sink() = default;

Tier::~Tier() = default;

std::vector<Tier::Answer> Tier::getMany(std::span<const Request> Requests,
                                        Deadline Until) {
  std::vector<Answer> Answers;
  Answers.reserve(Requests.size());
  for (const Request &R : Requests)
    Answers.push_back(get(R.Key, *R.Into, Until));
  return Answers;
}

Pin Tier::pin(const CacheKey &) { return Pin(); }
