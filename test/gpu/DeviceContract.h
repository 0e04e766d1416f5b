//===- DeviceContract.h - What every device memory must do ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The tests in DeviceContractTest.cpp run on every implementation: host
/// memory, a CUDA device behind the fake driver, and a real one where there is
/// one.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_GPU_DEVICECONTRACT_H
#define HAPAX_TEST_GPU_DEVICECONTRACT_H

#include "hapax/Gpu/DeviceMemory.h"
#include "gtest/gtest.h"
#include <random>

namespace hapax::test {

/// An implementation under test.
struct Implementation {
  const char *Name;
  /// Null where it is not there on this machine: the test is skipped.
  std::unique_ptr<DeviceMemory> (*Open)();
  /// What was broken or left behind, when all is closed.
  std::vector<std::string> (*Faults)() = nullptr;
};

inline void PrintTo(const Implementation &I, std::ostream *Out) {
  *Out << I.Name;
}

class DeviceContractTest : public ::testing::TestWithParam<Implementation> {};

inline std::vector<std::byte> randomBytes(size_t Size, unsigned Seed) {
  std::mt19937_64 Random(Seed);
  std::vector<std::byte> Bytes(Size);
  for (std::byte &B : Bytes)
    B = std::byte(Random());
  return Bytes;
}

/// What failed, for a message.
template <typename T>
std::string reasonOf(const std::expected<T, DeviceError> &Result) {
  return Result ? "no error"
                : std::string(name(Result.error().Reason)) + ": " +
                      Result.error().Message;
}

/// The kind of the error; fails the test where there is none.
template <typename T>
DeviceError::Kind kindOf(const std::expected<T, DeviceError> &Result) {
  EXPECT_FALSE(Result);
  return Result ? DeviceError::Kind() : Result.error().Reason;
}

inline TransferQueue::Until soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(60);
}

} // namespace hapax::test

#endif // HAPAX_TEST_GPU_DEVICECONTRACT_H
