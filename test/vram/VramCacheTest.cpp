//===- VramCacheTest.cpp ----------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "VramTestSupport.h"
#include <gtest/gtest.h>

using namespace hapax;

namespace {

using Kind = TierError::Kind;
using Call = FaultyMemory::Call;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

TEST(VramCacheTest, GivesBackWhatWasPut) {
  TestCache T;
  EXPECT_EQ(T.Cache->name(), "vram");
  EXPECT_FALSE(T.get(1));
  EXPECT_EQ(T.Last, std::nullopt);
  ASSERT_TRUE(
      T.Cache->put(keyOf(1), PayloadKind::Assembly, payloadOf(1, 5000), 42));
  Bytes Got;
  ContainerSink Into(Got);
  auto Answer = T.Cache->get(keyOf(1), Into);
  ASSERT_TRUE(Answer && *Answer);
  EXPECT_TRUE(same(Got, payloadOf(1, 5000)));
  EXPECT_EQ((*Answer)->Kind, PayloadKind::Assembly);
  EXPECT_EQ((*Answer)->Size, 5000u);
  EXPECT_EQ((*Answer)->StoredSize, 5000u);
  EXPECT_EQ((*Answer)->CostMs, 42u);
  EXPECT_EQ((*Answer)->PayloadDigest, digestOf(payloadOf(1, 5000)));
  EXPECT_TRUE(*T.Cache->contains(keyOf(1)));
  EXPECT_FALSE(*T.Cache->contains(keyOf(2)));
  TierCounters C = T.Cache->counters();
  EXPECT_EQ(C.Hits, 1u);
  EXPECT_EQ(C.Misses, 1u);
  EXPECT_EQ(C.Puts, 1u);
  EXPECT_EQ(C.BytesRead, 5000u);
  EXPECT_EQ(C.BytesWritten, 5000u);
}

TEST(VramCacheTest, PayloadsOfAllSizes) {
  // On both sides of every border at which a payload is cut differently.
  for (bool AsGpu : {false, true}) {
    TestCache T(smallOptions(), 64 * MiB, AsGpu);
    uint64_t Number = 0;
    for (uint64_t Size :
         {0ul, 1ul, 255ul, 256ul, 16383ul, 16384ul, 16385ul, 65535ul, 65536ul,
          65537ul, 500'000ul, 524'289ul, 4'000'000ul}) {
      ASSERT_TRUE(T.put(++Number, Size)) << Size;
      ASSERT_TRUE(T.holds(Number, Size)) << Size;
    }
    EXPECT_EQ(T.Cache->check(), "");
  }
}

TEST(VramCacheTest, AKeyThatIsThereIsLeftAsItIs) {
  TestCache T;
  T.put(1, 1000);
  EXPECT_TRUE(T.put(1, 2000, 7));
  EXPECT_TRUE(T.holds(1, 1000));
  EXPECT_EQ(T.Cache->size(), 1u);
}

TEST(VramCacheTest, ReplacesOnRequest) {
  TestCache T;
  T.put(1, 1000);
  ASSERT_TRUE(
      T.Cache->replace(keyOf(1), PayloadKind::Bitcode, payloadOf(9, 2000), 0));
  EXPECT_TRUE(same(*T.get(1), payloadOf(9, 2000)));
  EXPECT_EQ(T.statistics().Replaced, 1u);
  EXPECT_EQ(T.statistics().Bytes, 2048u);
  // As a put where there is nothing to replace.
  ASSERT_TRUE(
      T.Cache->replace(keyOf(2), PayloadKind::Bitcode, payloadOf(2, 10), 0));
  EXPECT_TRUE(T.holds(2, 10));
}

TEST(VramCacheTest, AFailedReplacementLeavesTheOldEntry) {
  TestCache T;
  T.put(1, 1000);
  for (Call C : {Call::CopyIn, Call::Wait}) {
    T.Memory->failNext(C, DeviceError::Kind::Refused);
    auto Done =
        T.Cache->replace(keyOf(1), PayloadKind::Object, payloadOf(9, 2000), 0);
    EXPECT_EQ(Done.error().Reason, Kind::Io);
    EXPECT_TRUE(T.holds(1, 1000));
  }
  auto Done = T.Cache->replace(keyOf(1), PayloadKind::Object,
                               payloadOf(9, MaxTestPayload), 0);
  TestCache Tiny(smallOptions(4 * MiB));
  Tiny.put(1, 1000);
  EXPECT_EQ(Tiny.Cache
                ->replace(keyOf(1), PayloadKind::Object,
                          payloadOf(9, MaxTestPayload), 0)
                .error()
                .Reason,
            Kind::Full);
  EXPECT_TRUE(Tiny.holds(1, 1000));
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramCacheTest, TheOldestGoesFirst) {
  VramOptions Options = smallOptions();
  Options.MaxEntries = 3;
  TestCache T(Options);
  for (uint64_t Number : {1, 2, 3})
    T.put(Number, 100);
  EXPECT_TRUE(T.Cache->isFull());
  T.get(1);
  Bytes Got;
  ContainerSink Into(Got);
  EXPECT_TRUE(*T.Cache->peek(keyOf(2), Into));
  EXPECT_TRUE(same(Got, payloadOf(2, 100)));
  T.put(4, 100);
  EXPECT_FALSE(*T.Cache->contains(keyOf(2)));
  EXPECT_EQ(T.Cache->keys(), (std::vector{keyOf(4), keyOf(1), keyOf(3)}));
  EXPECT_EQ(T.statistics().Evicted, 1u);
}

TEST(VramCacheTest, CountsBytesAsTheyAreRounded) {
  VramOptions Options = smallOptions();
  Options.MaxBytes = 2048;
  TestCache T(Options);
  T.put(1, 700);
  EXPECT_EQ(T.Cache->remaining(), 2048u - 768);
  EXPECT_DOUBLE_EQ(T.Cache->fillRatio(), 768.0 / 2048);
  T.put(2, 1280);
  EXPECT_TRUE(T.Cache->isFull());
  EXPECT_EQ(T.Cache->size(), 2u);
  T.put(3, 0);
  EXPECT_FALSE(*T.Cache->contains(keyOf(1)));
  EXPECT_TRUE(T.holds(3, 0));
}

TEST(VramCacheTest, ALimitThatIsNoMultipleOfABlock) {
  VramOptions Options = smallOptions();
  Options.MaxBytes = 2048 + 255;
  TestCache T(Options);
  EXPECT_FALSE(T.Cache->isFull());
  T.put(1, 2048);
  EXPECT_TRUE(T.Cache->isFull());
  EXPECT_EQ(T.Cache->remaining(), 0u);
  EXPECT_DOUBLE_EQ(T.Cache->fillRatio(), 1);
}

TEST(VramCacheTest, RefusesWhatIsLargerThanTheCache) {
  VramOptions Options = smallOptions();
  Options.MaxBytes = 2048;
  TestCache T(Options);
  T.put(1, 100);
  EXPECT_EQ(T.put(2, 2049).error().Reason, Kind::Full);
  EXPECT_TRUE(T.holds(1, 100));
  EXPECT_TRUE(T.put(3, 2048));
  EXPECT_FALSE(*T.Cache->contains(keyOf(1)));
}

TEST(VramCacheTest, ForgetsAKey) {
  TestCache T;
  T.put(1, 100);
  EXPECT_TRUE(T.Cache->remove(keyOf(1)));
  EXPECT_TRUE(T.Cache->remove(keyOf(1)));
  EXPECT_FALSE(T.get(1));
  EXPECT_TRUE(T.put(1, 200, 5));
  EXPECT_TRUE(same(*T.get(1), payloadOf(5, 200)));
  T.put(2, 100);
  Pin Held = T.Cache->pin(keyOf(2));
  T.Cache->clear();
  EXPECT_EQ(T.Cache->size(), 0u);
  EXPECT_EQ(T.statistics().Bytes, 0u);
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramCacheTest, PinnedEntriesStay) {
  VramOptions Options = smallOptions();
  Options.MaxEntries = 2;
  TestCache T(Options);
  T.put(1, 100);
  T.put(2, 100);
  {
    Pin One = T.Cache->pin(keyOf(1)), Two = T.Cache->pin(keyOf(2));
    Pin None = T.Cache->pin(keyOf(3));
    EXPECT_EQ(T.statistics().PinnedEntries, 2u);
    EXPECT_EQ(T.put(3, 100).error().Reason, Kind::Full);
    EXPECT_TRUE(T.holds(1, 100));
    Two = Pin();
    EXPECT_TRUE(T.put(3, 100));
    EXPECT_FALSE(*T.Cache->contains(keyOf(2)));
  }
  EXPECT_TRUE(T.put(4, 100));
  EXPECT_TRUE(T.put(5, 100));
  EXPECT_FALSE(*T.Cache->contains(keyOf(1)));
}

TEST(VramCacheTest, APinHoldsTheEntryThatItWasMadeFor) {
  VramOptions Options = smallOptions();
  Options.MaxEntries = 1;
  TestCache T(Options);
  T.put(1, 100);
  Pin Old = T.Cache->pin(keyOf(1));
  T.Cache->remove(keyOf(1));
  T.put(1, 200, 5);
  Pin New = T.Cache->pin(keyOf(1));
  Old = Pin();
  EXPECT_EQ(T.put(2, 100).error().Reason, Kind::Full);
  // Replacement, on the other hand, keeps the pins.
  ASSERT_TRUE(
      T.Cache->replace(keyOf(1), PayloadKind::Object, payloadOf(9, 50), 0));
  EXPECT_EQ(T.put(2, 100).error().Reason, Kind::Full);
  New = Pin();
  EXPECT_TRUE(T.put(2, 100));
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramCacheTest, ACorruptEntryIsRemovedAndCounted) {
  for (bool AsGpu : {false, true}) {
    TestCache T(smallOptions(), 64 * MiB, AsGpu);
    for (uint64_t Size : {1000, 300'000}) {
      T.put(Size, Size);
      ASSERT_TRUE(T.holds(Size, Size));
      T.damageLastRead();
      EXPECT_FALSE(T.get(Size));
      EXPECT_EQ(T.Last, Kind::Corrupt);
      EXPECT_FALSE(T.get(Size));
      EXPECT_EQ(T.Last, std::nullopt);
      EXPECT_TRUE(T.put(Size, Size));
      EXPECT_TRUE(T.holds(Size, Size));
    }
    EXPECT_EQ(T.statistics().CorruptEvicted, 2u);
    EXPECT_EQ(T.Cache->check(), "");
  }
}

TEST(VramCacheTest, TheFrontServesWhatIsAskedForAgain) {
  VramOptions Options = smallOptions();
  Options.FrontBytes = 64 * KiB;
  Options.FrontEntryBytes = 1000;
  TestCache T(Options);
  T.put(1, 1000);
  T.put(2, 1001);
  for (int I = 0; I != 4; ++I) {
    EXPECT_TRUE(T.holds(1, 1000));
    EXPECT_TRUE(T.holds(2, 1001));
  }
  EXPECT_EQ(T.statistics().FrontHits, 2u);
  EXPECT_EQ(T.statistics().FrontEntries, 1u);
  // Nothing is read from the device for it.
  uint64_t Calls = T.Memory->calls();
  EXPECT_TRUE(T.holds(1, 1000));
  EXPECT_EQ(T.Memory->calls(), Calls);
  // It goes with its entry.
  T.Cache->remove(keyOf(1));
  EXPECT_EQ(T.statistics().FrontEntries, 0u);
  EXPECT_FALSE(T.get(1));
  EXPECT_EQ(T.Cache->check(), "");
}

TEST(VramCacheTest, TheFrontHoldsTheHottest) {
  VramOptions Options = smallOptions();
  Options.FrontBytes = 4096;
  TestCache T(Options);
  for (uint64_t Number = 0; Number != 10; ++Number)
    T.put(Number, 1000);
  for (int Round = 0; Round != 3; ++Round)
    for (uint64_t Number = 0; Number != 10; ++Number)
      EXPECT_TRUE(T.holds(Number, 1000));
  EXPECT_LE(T.statistics().FrontBytes, 4096u);
  EXPECT_EQ(T.statistics().FrontEntries, 4u);
  EXPECT_EQ(T.Cache->check(), "");
}

/// A sink that has no room.
class NoRoom final : public Sink {
public:
  std::span<std::byte> reserve(size_t) override { return {}; }
};

TEST(VramCacheTest, ACallerWithoutRoomGetsFull) {
  TestCache T;
  T.put(1, 100);
  NoRoom Into;
  EXPECT_EQ(T.Cache->get(keyOf(1), Into).error().Reason, Kind::Full);
  Tier::Request Many[] = {{keyOf(1), &Into}};
  EXPECT_EQ(T.Cache->getMany(Many)[0].error().Reason, Kind::Full);
  EXPECT_TRUE(T.holds(1, 100));
  EXPECT_EQ(T.statistics().PinnedEntries, 0u);
}

TEST(VramCacheTest, RegisteredMemoryIsCopiedToDirectly) {
  TestCache T(smallOptions(), 64 * MiB, true);
  Bytes Mine(MiB), Other(MiB);
  std::ranges::copy(payloadOf(1, 200'000), Mine.begin());
  const std::byte *Target = nullptr;
  T.Memory->beforeCopyOutTo([&](const std::byte *To) { Target = To; });
  {
    auto Registered = T.Cache->registerMemory(Mine);
    ASSERT_TRUE(Registered);
    // Twice the same memory: the device refuses, and the cache says so.
    EXPECT_EQ(T.Cache->registerMemory(Mine).error().Reason, Kind::Io);
    ASSERT_TRUE(T.Cache->put(keyOf(1), PayloadKind::Object,
                             std::span(Mine).first(200'000), 0));
    RoomSink Direct{std::span(Mine).subspan(500'000)};
    ASSERT_TRUE(*T.Cache->get(keyOf(1), Direct));
    EXPECT_TRUE(Target >= Mine.data() + 500'000 &&
                Target < Mine.data() + Mine.size());
    EXPECT_TRUE(
        same(std::span(Mine).subspan(500'000, 200'000), payloadOf(1, 200'000)));
    RoomSink Staged(Other);
    ASSERT_TRUE(*T.Cache->get(keyOf(1), Staged));
    EXPECT_FALSE(Target >= Other.data() && Target < Other.data() + MiB);
    EXPECT_TRUE(same(std::span(Other).first(200'000), payloadOf(1, 200'000)));
  }
  RoomSink After(Mine);
  ASSERT_TRUE(*T.Cache->get(keyOf(1), After));
  EXPECT_FALSE(Target >= Mine.data() && Target < Mine.data() + MiB);
}

TEST(VramCacheTest, NoTransferBeginsAfterTheDeadline) {
  for (bool AsGpu : {false, true}) {
    TestCache T(smallOptions(), 64 * MiB, AsGpu);
    T.put(1, 1000);
    unsigned Begun = 0;
    T.Memory->beforeCopyOutTo([&](const std::byte *) { ++Begun; });
    Bytes Room(1000);
    auto Until = Clock::now() + milliseconds(10);
    RoomSink Into(Room, [&] { std::this_thread::sleep_until(Until); });
    EXPECT_EQ(T.Cache->get(keyOf(1), Into, Until).error().Reason,
              Kind::Deadline);
    EXPECT_EQ(Begun, 0u);
    EXPECT_EQ(T.statistics().TimedOut, 1u);
    T.Cache->clear();
    T.Cache->giveBack(64 * MiB);
    EXPECT_EQ(T.statistics().MappedBytes, 0u);
  }
}

TEST(VramCacheTest, SaysWhyItCannotBeMade) {
  auto Try = [](const VramOptions &Options, Call C, DeviceError::Kind How) {
    auto Memory = openTestDevice(64 * MiB);
    Memory->failNext(C, How);
    auto Cache = VramCache::create(std::move(Memory), Options);
    return Cache ? std::nullopt : std::optional(Cache.error().Reason);
  };
  EXPECT_EQ(Try(smallOptions(), Call::Reserve, DeviceError::Kind::Lost),
            Kind::Unavailable);
  EXPECT_EQ(
      Try(smallOptions(), Call::AllocatePinned, DeviceError::Kind::OutOfMemory),
      Kind::Full);
  EXPECT_EQ(Try(smallOptions(), Call::CreateQueue, DeviceError::Kind::Refused),
            Kind::Unavailable);
  EXPECT_EQ(Try(smallOptions(1), Call::Fill, DeviceError::Kind::Lost),
            Kind::Unavailable);
}

} // namespace
