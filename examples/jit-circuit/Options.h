//===- Options.h - The arguments of jit-circuit -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_EXAMPLES_JITCIRCUIT_OPTIONS_H
#define HAPAX_EXAMPLES_JITCIRCUIT_OPTIONS_H

#include <expected>
#include <span>
#include <string>

struct Options {
  unsigned Qubits = 12; ///< 1 to 24
  unsigned Depth = 8;   ///< layers, 1 to 1000
  unsigned Seed = 1;    ///< of the circuit
  unsigned Threads = 2; ///< that compile, 1 to 64

  /// The error is one line for a person.
  static std::expected<Options, std::string>
  parse(std::span<const char *const> Args);
};

#endif // HAPAX_EXAMPLES_JITCIRCUIT_OPTIONS_H
