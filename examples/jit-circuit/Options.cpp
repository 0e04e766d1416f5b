//===- Options.cpp - The arguments of jit-circuit -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Options.h"
#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

std::expected<Options, std::string>
Options::parse(std::span<const char *const> Args) {
  struct Row {
    std::string_view Name;
    unsigned Options::*Member;
    unsigned Least, Most;
  };
  static constexpr Row Rows[] = {
      {"--qubits", &Options::Qubits, 1, 24},
      {"--depth", &Options::Depth, 1, 1000},
      {"--seed", &Options::Seed, 0, std::numeric_limits<unsigned>::max()},
      {"--threads", &Options::Threads, 1, 64},
  };
  Options Result;
  for (size_t I = 0; I != Args.size(); I += 2) {
    std::string Name = Args[I];
    const Row *Found = std::ranges::find(Rows, Name, &Row::Name);
    if (Found == std::end(Rows))
      return std::unexpected(
          "unknown argument '" + Name +
          "'; there are --qubits, --depth, --seed and --threads");
    std::string_view Value = I + 1 < Args.size() ? Args[I + 1] : "";
    unsigned Number = 0;
    const char *End = Value.data() + Value.size();
    auto [Last, Wrong] = std::from_chars(Value.data(), End, Number);
    if (Value.empty() || Wrong != std::errc() || Last != End ||
        Number < Found->Least || Number > Found->Most)
      return std::unexpected(Name + " needs a number from " +
                             std::to_string(Found->Least) + " to " +
                             std::to_string(Found->Most));
    Result.*Found->Member = Number;
    if (I + 1 == Args.size())
      break;
  }
  return Result;
}
