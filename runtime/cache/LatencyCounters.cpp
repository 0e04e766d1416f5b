//===- LatencyCounters.cpp - Latencies of all processes ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/LatencyCounters.h"

using namespace hapax;

namespace {

constexpr std::string_view Prefix = "latency.";

std::string className(size_t Class) {
  return Class == Latencies::Bounds
             ? "more"
             : "le-" + std::to_string(Latencies::boundUs(Class));
}

} // namespace

void hapax::addLatencies(Counters &To, std::string_view Name,
                         const Latencies &New) {
  std::string Start = std::string(Prefix) + std::string(Name) + ".";
  for (size_t Class = 0; Class != New.Calls.size(); ++Class)
    if (New.Calls[Class])
      To.add(Start + className(Class), New.Calls[Class]);
  if (New.SumUs)
    To.add(Start + "sum-us", New.SumUs);
}

std::map<std::string, Latencies>
hapax::readLatencies(const std::map<std::string, uint64_t> &Values) {
  std::map<std::string, Latencies> Found;
  for (const auto &[Counter, Value] : Values) {
    size_t Dot = Counter.rfind('.');
    if (!Counter.starts_with(Prefix) || Dot < Prefix.size())
      continue;
    std::string_view Class = std::string_view(Counter).substr(Dot + 1);
    Latencies &Mine = Found[Counter.substr(Prefix.size(), Dot - Prefix.size())];
    if (Class == "sum-us")
      Mine.SumUs = Value;
    for (size_t I = 0; I != Mine.Calls.size(); ++I)
      if (Class == className(I))
        Mine.Calls[I] = Value;
  }
  return Found;
}
