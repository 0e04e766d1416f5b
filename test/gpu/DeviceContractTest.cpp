//===- DeviceContractTest.cpp -----------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DeviceContract.h"
#include "hapax/Cache/Digest.h"
#include "gmock/gmock.h"
#include <cstring>
#include <sys/mman.h>
#include <thread>

using namespace hapax;
using namespace hapax::test;
using ::testing::HasSubstr;
using Kind = DeviceError::Kind;

namespace {

/// A memory with one mapped range and one queue.
struct Device {
  std::unique_ptr<DeviceMemory> Memory;
  uint64_t Slab = 0, Base = 0, Mapped = 0;
  std::unique_ptr<TransferQueue> Queue;

  std::vector<std::string> (*Faults)();

  explicit Device(const Implementation &I, unsigned Slabs = 4,
                  unsigned MappedSlabs = 2)
      : Memory(I.Open()), Faults(I.Faults) {
    if (!Memory)
      return;
    Slab = Memory->capabilities().SlabBytes;
    auto Reserved = Memory->reserve(Slabs * Slab);
    EXPECT_TRUE(Reserved) << reasonOf(Reserved);
    Base = Reserved.value_or(0);
    Mapped = MappedSlabs * Slab;
    if (Mapped) {
      auto Done = Memory->map(Base, Mapped);
      EXPECT_TRUE(Done) << reasonOf(Done);
    }
    auto Q = Memory->createQueue("test");
    EXPECT_TRUE(Q) << reasonOf(Q);
    if (Q)
      Queue = std::move(*Q);
  }
  ~Device() {
    Queue = nullptr;
    if (Memory && Mapped) {
      auto Done = Memory->unmap(Base, Mapped);
      EXPECT_TRUE(Done) << reasonOf(Done);
      EXPECT_EQ(Memory->report(), "");
    }
    Memory = nullptr;
    if (Faults) {
      EXPECT_THAT(Faults(), ::testing::IsEmpty());
    }
  }

  DeviceRegion region(uint64_t Offset, uint64_t Size) const {
    return *DeviceRegion::create(Base + Offset, Size);
  }
  DeviceRegion filled(uint64_t Offset, std::span<const std::byte> With) const {
    DeviceRegion R = region(Offset, With.size());
    finish(Queue->copyIn(R, 0, With));
    return R;
  }
  std::vector<std::byte> read(const DeviceRegion &R) const {
    std::vector<std::byte> Bytes(R.length());
    finish(Queue->copyOut(Bytes, R, 0));
    return Bytes;
  }
  void finish(const TransferQueue::Started &Work) const {
    ASSERT_TRUE(Work) << reasonOf(Work);
    auto Done = Queue->wait(*Work, soon());
    ASSERT_TRUE(Done) << reasonOf(Done);
    auto IsDone = Queue->isDone(*Work);
    ASSERT_TRUE(IsDone) << reasonOf(IsDone);
    EXPECT_TRUE(*IsDone);
  }
};

#define DEVICE(...)                                                            \
  Device D(GetParam() __VA_OPT__(, ) __VA_ARGS__);                             \
  if (!D.Memory)                                                               \
  GTEST_SKIP() << "not on this machine"

TEST_P(DeviceContractTest, TellsWhatItIs) {
  DEVICE();
  const DeviceCapabilities &C = D.Memory->capabilities();
  EXPECT_FALSE(C.Name.empty());
  EXPECT_FALSE(C.Description.empty());
  EXPECT_EQ(C.Description.find('\n'), std::string::npos);
  EXPECT_GT(C.TotalBytes, 0u);
  EXPECT_TRUE(std::has_single_bit(C.SlabBytes));
}

TEST_P(DeviceContractTest, BringsBackWhatWasPutIn) {
  DEVICE();
  for (size_t Size : {1, 15, 16, 17, 4095, 4096, 65537, 3 << 20}) {
    auto Bytes = randomBytes(Size, Size);
    DeviceRegion R = D.filled(Size % 37, Bytes);
    EXPECT_EQ(R.length(), Size);
    EXPECT_EQ(D.read(R), Bytes);
  }
}

TEST_P(DeviceContractTest, PartsAreReadAndWrittenWhereTheyLie) {
  DEVICE();
  auto Bytes = randomBytes(10000, 1);
  DeviceRegion R = D.region(100, 20000);
  D.finish(D.Queue->copyIn(R, 0, std::span(Bytes).first(4000)));
  D.finish(D.Queue->copyIn(R, 4000, std::span(Bytes).subspan(4000)));
  EXPECT_EQ(R.length(), 10000u);
  std::vector<std::byte> Part(3000);
  D.finish(D.Queue->copyOut(Part, R, 2500));
  EXPECT_TRUE(std::equal(Part.begin(), Part.end(), Bytes.begin() + 2500));
  auto Other = randomBytes(10, 2);
  D.finish(D.Queue->copyIn(R, 5, Other));
  std::copy(Other.begin(), Other.end(), Bytes.begin() + 5);
  EXPECT_EQ(R.length(), 10000u);
  EXPECT_EQ(D.read(R), Bytes);
}

TEST_P(DeviceContractTest, FillsAndCopiesWithin) {
  DEVICE();
  auto Bytes = randomBytes(70000, 3);
  DeviceRegion From = D.filled(0, Bytes), To = D.region(D.Slab - 50, 200000);
  D.finish(D.Queue->fill(To, 0, 100000, std::byte(7)));
  D.finish(D.Queue->copyWithin(To, 1000, From, 17, 60000));
  std::vector<std::byte> Want(100000, std::byte(7));
  std::copy_n(Bytes.begin() + 17, 60000, Want.begin() + 1000);
  EXPECT_EQ(D.read(To), Want);
  // Within one region too.
  D.finish(D.Queue->copyWithin(To, 100000, To, 0, 100000));
  Want.insert(Want.end(), Want.begin(), Want.begin() + 100000);
  EXPECT_EQ(D.read(To), Want);
}

TEST_P(DeviceContractTest, CopiesOutManyAtOnce) {
  DEVICE();
  auto Bytes = randomBytes(64 * 3000, 4);
  DeviceRegion R = D.filled(5, Bytes);
  for (bool Gather : {false, true}) {
    if (Gather && !D.Memory->capabilities().Kernels)
      continue;
    auto To = D.Memory->allocatePinned(Bytes.size() + 64 * 7);
    ASSERT_TRUE(To) << reasonOf(To);
    std::vector<TransferQueue::CopyOut> Copies;
    for (unsigned I = 0; I != 64; ++I)
      Copies.push_back(
          {To->bytes().subspan(I * 3007, 3000 - I), &R, I * 3000u + I % 5});
    Copies.push_back({{}, &R, 9});
    D.finish(Gather ? D.Queue->gather(Copies) : D.Queue->copyOutMany(Copies));
    for (unsigned I = 0; I != 64; ++I) {
      ASSERT_EQ(std::memcmp(To->bytes().data() + I * 3007,
                            Bytes.data() + I * 3000 + I % 5, 3000 - I),
                0);
      // Nothing beside them.
      for (unsigned J = 3000 - I; J != 3007; ++J)
        ASSERT_EQ(To->bytes()[I * 3007 + J], std::byte(0));
    }
  }
}

TEST_P(DeviceContractTest, WithoutKernelsThereIsNoGatherAndNoDigest) {
  DEVICE();
  if (D.Memory->capabilities().Kernels)
    return;
  DeviceRegion R = D.filled(0, randomBytes(100, 9));
  auto Pinned = D.Memory->allocatePinned(100);
  ASSERT_TRUE(Pinned) << reasonOf(Pinned);
  TransferQueue::CopyOut Copies[] = {{Pinned->bytes(), &R, 0}};
  EXPECT_EQ(kindOf(D.Queue->gather(Copies)), Kind::Unsupported);
  const DeviceRegion *Regions[] = {&R};
  EXPECT_EQ(kindOf(D.Queue->digest(Regions, Pinned->bytes())),
            Kind::Unsupported);
}

TEST_P(DeviceContractTest, DigestsAreThoseOfTheHost) {
  DEVICE();
  if (!D.Memory->capabilities().Kernels)
    GTEST_SKIP() << "no kernels";
  const size_t Sizes[] = {0,   1,    3,    4,    8,    9,     16,      17,
                          128, 129,  240,  241,  1000, 1024,  1025,    4096,
                          511, 8191, 8192, 8193, 9000, 65536, 1 << 20, 1234567};
  constexpr size_t N = std::size(Sizes);
  std::vector<std::vector<std::byte>> Contents;
  std::vector<DeviceRegion> Regions;
  uint64_t Offset = 3;
  for (size_t Size : Sizes) {
    Contents.push_back(randomBytes(Size, Size + 5));
    Regions.push_back(D.filled(Offset, Contents.back()));
    Offset += Size + 1;
  }
  std::vector<const DeviceRegion *> Pointers;
  for (DeviceRegion &R : Regions)
    Pointers.push_back(&R);
  auto To = D.Memory->allocatePinned(16 * N + 1);
  ASSERT_TRUE(To) << reasonOf(To);
  To->bytes()[16 * N] = std::byte(99);
  D.finish(D.Queue->digest(Pointers, To->bytes()));
  for (size_t I = 0; I != N; ++I) {
    auto Want = digestOf(Contents[I]).bytes();
    EXPECT_EQ(std::memcmp(To->bytes().data() + 16 * I, Want.data(), 16), 0)
        << Sizes[I];
  }
  EXPECT_EQ(To->bytes()[16 * N], std::byte(99));
}

TEST_P(DeviceContractTest, OutOfBoundsIsRefusedAndChangesNothing) {
  DEVICE();
  auto Bytes = randomBytes(100, 6);
  DeviceRegion R = D.region(0, 100);
  EXPECT_EQ(kindOf(D.Queue->copyIn(R, 1, Bytes)), Kind::Refused);
  EXPECT_EQ(R.length(), 0u);
  D.finish(D.Queue->copyIn(R, 0, std::span(Bytes).first(50)));
  EXPECT_EQ(kindOf(D.Queue->copyIn(R, 50, Bytes)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Queue->copyIn(R, ~0ull, Bytes)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Queue->fill(R, 50, 51, std::byte(1))), Kind::Refused);
  EXPECT_EQ(R.length(), 50u);
  std::vector<std::byte> To(51, std::byte(9)), Was = To;
  EXPECT_EQ(kindOf(D.Queue->copyOut(To, R, 0)), Kind::Refused);
  TransferQueue::CopyOut Copies[] = {{std::span(To).first(10), &R, 0},
                                     {std::span(To).first(11), &R, 40}};
  EXPECT_EQ(kindOf(D.Queue->copyOutMany(Copies)), Kind::Refused);
  Copies[1].From = nullptr;
  EXPECT_EQ(kindOf(D.Queue->copyOutMany(Copies)), Kind::Refused);
  EXPECT_EQ(To, Was);
  DeviceRegion Other = D.region(1000, 100);
  EXPECT_EQ(kindOf(D.Queue->copyWithin(Other, 0, R, 0, 51)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Queue->copyWithin(Other, 0, R, 51, ~0ull)), Kind::Refused);
  EXPECT_EQ(Other.length(), 0u);
  D.finish(D.Queue->copyOut(std::span(To).first(50), R, 0));
  EXPECT_EQ(std::memcmp(To.data(), Bytes.data(), 50), 0);
}

TEST_P(DeviceContractTest, OverlappingCopiesAreRefused) {
  DEVICE();
  DeviceRegion R = D.filled(0, randomBytes(100, 7));
  EXPECT_EQ(kindOf(D.Queue->copyWithin(R, 0, R, 1, 50)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Queue->copyWithin(R, 49, R, 0, 50)), Kind::Refused);
  D.finish(D.Queue->copyWithin(R, 50, R, 0, 50));
}

TEST_P(DeviceContractTest, WhereNothingIsMappedNothingIsTouched) {
  DEVICE(4, 1);
  auto Bytes = randomBytes(4096, 8);
  std::vector<std::byte> To(4096);
  // Half of it is behind the last mapped slab, then all, then far away.
  for (uint64_t Offset :
       {D.Slab - 2048, D.Slab, 3 * D.Slab, uint64_t(1) << 40}) {
    DeviceRegion R = D.region(Offset, 4096);
    EXPECT_EQ(kindOf(D.Queue->copyIn(R, 0, Bytes)), Kind::Refused);
    EXPECT_EQ(kindOf(D.Queue->fill(R, 0, 4096, std::byte(0))), Kind::Refused);
    R.append(4096);
    EXPECT_EQ(kindOf(D.Queue->copyOut(To, R, 0)), Kind::Refused);
    DeviceRegion Good = D.filled(0, Bytes);
    EXPECT_EQ(kindOf(D.Queue->copyWithin(Good, 0, R, 4086, 10)), Kind::Refused);
    EXPECT_EQ(kindOf(D.Queue->copyWithin(R, 4086, Good, 0, 10)), Kind::Refused);
    if (!D.Memory->capabilities().Kernels)
      continue;
    auto Pinned = D.Memory->allocatePinned(4096);
    ASSERT_TRUE(Pinned) << reasonOf(Pinned);
    const DeviceRegion *Regions[] = {&Good, &R};
    EXPECT_EQ(kindOf(D.Queue->digest(Regions, Pinned->bytes())), Kind::Refused);
    TransferQueue::CopyOut Copies[] = {{Pinned->bytes(), &R, 0}};
    EXPECT_EQ(kindOf(D.Queue->gather(Copies)), Kind::Refused);
  }
}

TEST_P(DeviceContractTest, KernelsWriteIntoPinnedMemoryOnly) {
  DEVICE();
  if (!D.Memory->capabilities().Kernels)
    GTEST_SKIP() << "no kernels";
  DeviceRegion R = D.filled(0, randomBytes(100, 9));
  auto Pinned = D.Memory->allocatePinned(100);
  ASSERT_TRUE(Pinned) << reasonOf(Pinned);
  std::vector<std::byte> Plain(100);
  TransferQueue::CopyOut Copies[] = {{Pinned->bytes().first(50), &R, 0},
                                     {std::span(Plain).first(50), &R, 50}};
  EXPECT_EQ(kindOf(D.Queue->gather(Copies)), Kind::Unsupported);
  const DeviceRegion *Regions[] = {&R};
  EXPECT_EQ(kindOf(D.Queue->digest(Regions, Plain)), Kind::Unsupported);
  EXPECT_EQ(kindOf(D.Queue->digest(Regions, Pinned->bytes().first(15))),
            Kind::Refused);
  const DeviceRegion *None[] = {nullptr};
  EXPECT_EQ(kindOf(D.Queue->digest(None, Pinned->bytes())), Kind::Refused);
}

TEST_P(DeviceContractTest, CallersMemoryCanBePinned) {
  DEVICE();
  auto Bytes = randomBytes(8192, 10);
  DeviceRegion R = D.filled(0, Bytes);
  void *Place = mmap(nullptr, 8192, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(Place, MAP_FAILED);
  std::span Memory(static_cast<std::byte *>(Place), 8192);
  {
    auto Pinned = D.Memory->pin(Memory);
    ASSERT_TRUE(Pinned) << reasonOf(Pinned);
    EXPECT_THAT(D.Memory->report(), HasSubstr("8192 bytes, pinned"));
    EXPECT_EQ(kindOf(D.Memory->pin(Memory.subspan(4096))), Kind::Refused);
    D.finish(D.Queue->copyOut(Memory, R, 0));
    EXPECT_EQ(std::memcmp(Place, Bytes.data(), 8192), 0);
    PinnedMemory Moved = std::move(*Pinned);
    EXPECT_EQ(Moved.bytes().data(), Memory.data());
    EXPECT_TRUE(Pinned->bytes().empty());
  }
  auto Again = D.Memory->pin(Memory);
  EXPECT_TRUE(Again) << reasonOf(Again);
  if (Again)
    PinnedMemory End = std::move(*Again);
  EXPECT_EQ(kindOf(D.Memory->pin({})), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->allocatePinned(0)), Kind::Refused);
  munmap(Place, 8192);
}

TEST_P(DeviceContractTest, AllocatedPinnedMemoryIsZeroedPages) {
  DEVICE();
  for (int Round = 0; Round != 2; ++Round) {
    auto Pinned = D.Memory->allocatePinned(5000);
    ASSERT_TRUE(Pinned) << reasonOf(Pinned);
    ASSERT_EQ(Pinned->bytes().size(), 5000u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Pinned->bytes().data()) % 4096, 0u);
    for (std::byte &B : Pinned->bytes()) {
      ASSERT_EQ(B, std::byte(0));
      B = std::byte(1);
    }
  }
}

TEST_P(DeviceContractTest, MapsWholeSlabsOfReservedRangesOnce) {
  DEVICE(4, 0);
  uint64_t S = D.Slab;
  EXPECT_EQ(D.Base % S, 0u);
  EXPECT_EQ(kindOf(D.Memory->reserve(S + 1)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->reserve(0)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->map(D.Base, 0)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->map(D.Base, S / 2)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->map(D.Base + S / 2, S)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->map(D.Base + 3 * S, 2 * S)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->map(0, S)), Kind::Refused);
  ASSERT_TRUE(D.Memory->map(D.Base + S, 2 * S));
  EXPECT_EQ(kindOf(D.Memory->map(D.Base, 2 * S)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->map(D.Base + 2 * S, S)), Kind::Refused);
  ASSERT_TRUE(D.Memory->map(D.Base, S));
  // A copy may run over both.
  auto Bytes = randomBytes(S, 11);
  DeviceRegion R = D.filled(S / 2, Bytes);
  EXPECT_EQ(D.read(R), Bytes);
  EXPECT_EQ(kindOf(D.Memory->unmap(D.Base, 3 * S)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->unmap(D.Base + S, S)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->unmap(D.Base + 2 * S, S)), Kind::Refused);
  ASSERT_TRUE(D.Memory->unmap(D.Base, S));
  EXPECT_EQ(kindOf(D.Queue->copyOut(Bytes, R, 0)), Kind::Refused);
  EXPECT_EQ(kindOf(D.Memory->unmap(D.Base, S)), Kind::Refused);
  ASSERT_TRUE(D.Memory->unmap(D.Base + S, 2 * S));
}

TEST_P(DeviceContractTest, UnmappedMemoryIsFreeAgain) {
  DEVICE(8, 0);
  auto Before = D.Memory->freeBytes();
  ASSERT_TRUE(Before) << reasonOf(Before);
  EXPECT_LE(*Before, D.Memory->capabilities().TotalBytes);
  ASSERT_TRUE(D.Memory->map(D.Base, 8 * D.Slab));
  auto Within = D.Memory->freeBytes();
  ASSERT_TRUE(Within) << reasonOf(Within);
  EXPECT_LT(*Within, *Before);
  ASSERT_TRUE(D.Memory->unmap(D.Base, 8 * D.Slab));
  auto After = D.Memory->freeBytes();
  ASSERT_TRUE(After) << reasonOf(After);
  EXPECT_GT(*After, *Within);
}

TEST_P(DeviceContractTest, TicketsCountUp) {
  DEVICE();
  auto Bytes = randomBytes(100000, 12);
  DeviceRegion R = D.region(0, 100000);
  TransferQueue::Ticket Last = 0;
  EXPECT_EQ(kindOf(D.Queue->wait(1, soon())), Kind::Refused);
  EXPECT_EQ(kindOf(D.Queue->isDone(1)), Kind::Refused);
  EXPECT_TRUE(D.Queue->isDone(0).value_or(false));
  std::vector<TransferQueue::Ticket> Tickets;
  for (int I = 0; I != 300; ++I) {
    auto T = D.Queue->copyIn(R, 0, Bytes);
    ASSERT_TRUE(T) << reasonOf(T);
    EXPECT_GT(*T, Last);
    Last = *T;
    Tickets.push_back(Last);
  }
  // A region without bytes is work like any other.
  auto Empty = D.Queue->copyIn(R, 100000, {});
  ASSERT_TRUE(Empty) << reasonOf(Empty);
  EXPECT_GT(*Empty, Last);
  // In any order, and again.
  for (auto T : {Tickets[200], Tickets[10], Last, *Empty, Tickets[0]}) {
    auto Done = D.Queue->wait(T, soon());
    ASSERT_TRUE(Done) << reasonOf(Done);
    EXPECT_TRUE(D.Queue->isDone(T).value_or(false));
  }
  for (auto T : Tickets)
    EXPECT_TRUE(D.Queue->isDone(T).value_or(false));
}

TEST_P(DeviceContractTest, ReportsWhatIsHeldByName) {
  DEVICE();
  auto Pinned = D.Memory->allocatePinned(12345);
  ASSERT_TRUE(Pinned) << reasonOf(Pinned);
  std::string Report = D.Memory->report();
  EXPECT_THAT(Report, HasSubstr("queue 'test', held for "));
  EXPECT_THAT(Report, HasSubstr("mapping of "));
  EXPECT_THAT(Report, HasSubstr("pinned memory of 12345 bytes, held for "));
}

TEST_P(DeviceContractTest, QueuesOfManyThreadsDoNotMix) {
  DEVICE();
  std::vector<std::thread> Threads;
  std::atomic<unsigned> Good = 0;
  constexpr unsigned Count = 4, Rounds = 50;
  for (unsigned T = 0; T != Count; ++T)
    Threads.emplace_back([&, T] {
      auto Queue = D.Memory->createQueue("thread " + std::to_string(T));
      if (!Queue)
        return;
      for (unsigned I = 0; I != Rounds; ++I) {
        auto Bytes = randomBytes(1000 + 777 * I, 100 * T + I);
        std::vector<std::byte> Back(Bytes.size());
        DeviceRegion R = D.region(T * 100000, 100000);
        auto In = (*Queue)->copyIn(R, 0, Bytes);
        auto Out = (*Queue)->copyOut(Back, R, 0);
        if (In && Out && (*Queue)->wait(*Out, soon()) && Back == Bytes)
          ++Good;
        // While others come and go.
        if (uint64_t At = D.Base + (2 + T % 2) * D.Slab;
            D.Memory->map(At, D.Slab))
          (void)D.Memory->unmap(At, D.Slab);
        (void)D.Memory->allocatePinned(4096);
      }
    });
  for (std::thread &T : Threads)
    T.join();
  EXPECT_EQ(Good, Count * Rounds);
}

} // namespace
