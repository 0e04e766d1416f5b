//===- Elements.h - Types that queues are tested with -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// One policy a type: how to make the element of a number and read the number
/// back. A damaged element reads as Damaged.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_CONCURRENCY_ELEMENTS_H
#define HAPAX_TEST_CONCURRENCY_ELEMENTS_H

#include "hapax/Concurrency/Atomics.h"
#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace elements {

inline constexpr uint64_t Damaged = ~uint64_t(0);

struct Byte {
  using Type = uint8_t;
  static constexpr uint64_t Numbers = 256;
  static Type make(uint64_t N) { return static_cast<Type>(N); }
  static uint64_t read(const Type &V) { return V; }
};

struct Word {
  using Type = uint64_t;
  static constexpr uint64_t Numbers = ~uint64_t(0);
  static Type make(uint64_t N) { return N; }
  static uint64_t read(const Type &V) { return V; }
};

/// Larger than two cache lines, every word checked.
struct Block {
  using Type = std::array<uint64_t, 25>;
  static constexpr uint64_t Numbers = ~uint64_t(0);
  static Type make(uint64_t N) {
    Type V;
    V.fill(N);
    return V;
  }
  static uint64_t read(const Type &V) {
    for (uint64_t Word : V)
      if (Word != V[0])
        return Damaged;
    return V[0];
  }
};

/// Owns memory: lost and doubled elements are leaks and double frees.
struct Text {
  using Type = std::string;
  static constexpr uint64_t Numbers = ~uint64_t(0);
  static Type make(uint64_t N) {
    return "an element that does not fit in place " + std::to_string(N);
  }
  static uint64_t read(const Type &V) {
    size_t At = V.rfind(' ');
    return At == std::string::npos ? Damaged : std::stoull(V.substr(At + 1));
  }
};

/// Cannot be copied.
struct Owned {
  using Type = std::unique_ptr<uint64_t>;
  static constexpr uint64_t Numbers = ~uint64_t(0);
  static Type make(uint64_t N) { return std::make_unique<uint64_t>(N); }
  static uint64_t read(const Type &V) { return V ? *V : Damaged; }
};

} // namespace elements

/// StdAtomics, but indices wrap around after a few operations.
struct WrappingAtomics : hapax::StdAtomics {
  static constexpr size_t FirstIndex = size_t(0) - 5;
};

#endif // HAPAX_TEST_CONCURRENCY_ELEMENTS_H
