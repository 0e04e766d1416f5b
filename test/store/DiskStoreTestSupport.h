//===- DiskStoreTestSupport.h - Common to the store's tests -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_STORE_DISKSTORETESTSUPPORT_H
#define HAPAX_TEST_STORE_DISKSTORETESTSUPPORT_H

#include "hapax/Store/DiskStore.h"
#include "gtest/gtest.h"
#include <filesystem>
#include <fstream>
#include <random>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace hapax::test {

using Bytes = std::vector<std::byte>;

inline CacheKey keyOf(uint64_t Number) {
  Hasher H;
  H.add(Number);
  return H.finish();
}

/// A payload that only its number determines: half of it compressible.
inline Bytes payloadOf(uint64_t Number, size_t Size) {
  Bytes Payload(Size);
  std::mt19937_64 Random(Number);
  for (size_t I = 0; I != Size; ++I)
    Payload[I] = static_cast<std::byte>(I / 64 % 2 ? Random() : Number);
  return Payload;
}

/// Sizes around LLVM's limit between the pool and a file of its own (64 KiB)
/// and around the page size.
inline size_t sizeOf(uint64_t Number) {
  static constexpr size_t Sizes[] = {0,     1,     100,   4096,
                                     20000, 65535, 70000, 131072};
  return Sizes[Number % std::size(Sizes)];
}

inline std::expected<void, TierError> putNumber(DiskStore &Store,
                                                uint64_t Number) {
  return Store.put(keyOf(Number), PayloadKind::Object,
                   payloadOf(Number, sizeOf(Number)),
                   static_cast<uint32_t>(Number));
}

enum class Outcome { Hit, Miss, Failed, Wrong };

/// Gets what putNumber() put; Wrong is what must never be seen.
inline Outcome getNumber(DiskStore &Store, uint64_t Number) {
  Bytes Got;
  ContainerSink<Bytes> Into(Got);
  auto Answer = Store.get(keyOf(Number), Into);
  if (!Answer)
    return Outcome::Failed;
  if (!*Answer)
    return Outcome::Miss;
  return Got == payloadOf(Number, sizeOf(Number)) && (*Answer)->CostMs == Number
             ? Outcome::Hit
             : Outcome::Wrong;
}

/// Runs \p Work in a process of its own, as compilers are; returns its exit
/// status, or minus the signal that ended it.
template <typename Callable> int inProcess(Callable Work) {
  pid_t Pid = ::fork();
  if (Pid == 0)
    ::_exit(Work());
  int Status = 0;
  ::waitpid(Pid, &Status, 0);
  return WIFEXITED(Status) ? WEXITSTATUS(Status) : -WTERMSIG(Status);
}

/// A directory of its own for each test.
class DiskStoreTest : public ::testing::Test {
protected:
  void SetUp() override {
    std::string Template = ::testing::TempDir() + "hapax-store-XXXXXX";
    ASSERT_NE(::mkdtemp(Template.data()), nullptr);
    Root = Template;
    Settings.Directory = Template + "/cache";
  }
  void TearDown() override {
    std::error_code Ignored;
    std::filesystem::remove_all(Root, Ignored);
  }

  std::unique_ptr<DiskStore> open() {
    auto Store = DiskStore::open(Settings);
    EXPECT_TRUE(Store) << Store.error().Message;
    return Store ? std::move(*Store) : nullptr;
  }

  /// All files of the store.
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> Files;
    std::error_code EC;
    for (const auto &File :
         std::filesystem::recursive_directory_iterator(Settings.Directory, EC))
      if (File.is_regular_file())
        Files.push_back(File.path());
    return Files;
  }

  std::filesystem::path Root;
  DiskStore::Options Settings;
};

} // namespace hapax::test

#endif // HAPAX_TEST_STORE_DISKSTORETESTSUPPORT_H
