//===- FaultyMemory.h - Device memory that fails on request -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A DeviceMemory around another one. A test says which call fails, and how;
/// when the device hangs, and so what it does late; how much of the memory
/// others take; and may look at and change the bytes behind the caller's back.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_GPU_FAULTYMEMORY_H
#define HAPAX_TEST_GPU_FAULTYMEMORY_H

#include "LateCopies.h"
#include <array>
#include <atomic>
#include <thread>

namespace hapax {

class FaultyMemory final : public DeviceMemory {
public:
  enum class Call : uint8_t {
    FreeBytes,
    Reserve,
    Map,
    Unmap,
    CreateQueue,
    AllocatePinned,
    Pin,
    CopyIn,
    CopyOut,
    CopyOutMany,
    Gather,
    CopyWithin,
    Fill,
    Digest,
    IsDone,
    Wait,
    Count_,
  };

  explicit FaultyMemory(std::unique_ptr<DeviceMemory> Inner)
      : Inner(std::move(Inner)), What(this->Inner->capabilities()) {}
  /// A device that offers no more than \p TotalBytes.
  FaultyMemory(std::unique_ptr<DeviceMemory> Within, uint64_t TotalBytes)
      : FaultyMemory(std::move(Within)) {
    What.TotalBytes = std::min(What.TotalBytes, TotalBytes);
  }

  /// The next call of this kind fails.
  void failNext(Call C, DeviceError::Kind How) { failAfter(C, 0, How); }
  /// The call of this kind after \p Good more fails.
  void failAfter(Call C, int64_t Good, DeviceError::Kind How) {
    std::lock_guard Lock(Mutex);
    Plans[size_t(C)] = {Good, How};
  }
  /// The call, of whatever kind, after \p Good more fails.
  void failAnyAfter(int64_t Good, DeviceError::Kind How) {
    std::lock_guard Lock(Mutex);
    Any = {Good, How};
  }
  /// Whether every call fails, until heal().
  void failAll(DeviceError::Kind How) {
    std::lock_guard Lock(Mutex);
    All = How;
  }
  void heal() {
    std::lock_guard Lock(Mutex);
    Plans = {};
    Any = {};
    All.reset();
  }
  /// While the device hangs, nothing that is begun gets done: no wait() for it
  /// ends in time. When it goes on, all of it is done before this returns, into
  /// whatever memory it was to go to.
  void hang(bool Now) {
    Hangs = Now;
    if (Now)
      return;
    if (auto Q = Inner->createQueue("late"))
      Late.land(**Q);
  }
  /// Whether what has yet to be done is about a part of that memory.
  bool mayTouch(std::span<const std::byte> Memory) const {
    return Late.use(Memory);
  }
  /// Memory that was unpinned although the device may still touch it.
  uint64_t unpinnedTooEarly() const { return TooEarly; }
  /// Calls so far that could have failed.
  uint64_t calls() const { return Calls; }
  /// Bytes that others take of the device; negative to give back.
  void takeAway(int64_t Bytes) { Taken += Bytes; }
  /// Pretends to be a device with fewer abilities, or with others' names.
  DeviceCapabilities &pretend() { return What; }
  /// Called before each copy out, one of many too, on the thread that copies,
  /// with its target.
  void beforeCopyOutTo(std::function<void(const std::byte *)> Do) {
    Hook = std::move(Do);
  }
  /// Called before each copy within the device, on the thread that copies.
  void beforeCopyWithin(std::function<void()> Do) {
    WithinHook = std::move(Do);
  }
  /// Called when pinned memory goes back; told whether that waits, as on a
  /// device, for work of whatever queue that hangs.
  void whenUnpinned(std::function<void(bool Waits)> Do) {
    UnpinHook = std::move(Do);
  }
  /// From now on it is noticed who would wait for longer.
  void waitsEndBy(TransferQueue::Until Limit) {
    std::lock_guard Lock(Mutex);
    WaitLimit = Limit;
  }
  uint64_t waitsBeyond() const { return Beyond; }
  /// Copies that have yet to be done.
  uint64_t lateCopies() const { return Late.size(); }
  /// Where the bytes of the last copy out came from: host memory must be
  /// inside. To change a byte, copy in at that region.
  DeviceRegion lastRead() const {
    std::lock_guard Lock(Mutex);
    return *LastRead;
  }

  const DeviceCapabilities &capabilities() const override { return What; }
  std::expected<uint64_t, DeviceError> freeBytes() override {
    if (auto Bad = fails(Call::FreeBytes))
      return std::unexpected(*Bad);
    auto Free = left();
    if (!Free)
      return std::unexpected(Free.error());
    return *Free < 0 ? 0 : uint64_t(*Free);
  }
  std::expected<uint64_t, DeviceError> reserve(uint64_t Bytes) override {
    if (auto Bad = fails(Call::Reserve))
      return std::unexpected(*Bad);
    return Inner->reserve(Bytes);
  }
  std::expected<void, DeviceError> map(uint64_t Address,
                                       uint64_t Bytes) override {
    if (auto Bad = fails(Call::Map))
      return std::unexpected(*Bad);
    auto Free = left();
    if (Free && *Free < int64_t(Bytes))
      return std::unexpected(DeviceError{DeviceError::Kind::OutOfMemory,
                                         "others have taken the memory"});
    auto Done = Inner->map(Address, Bytes);
    if (Done)
      Mapped += int64_t(Bytes);
    return Done;
  }
  std::expected<void, DeviceError> unmap(uint64_t Address,
                                         uint64_t Bytes) override {
    if (auto Bad = fails(Call::Unmap))
      return std::unexpected(*Bad);
    auto Done = Inner->unmap(Address, Bytes);
    if (Done)
      Mapped -= int64_t(Bytes);
    return Done;
  }
  std::expected<std::unique_ptr<TransferQueue>, DeviceError>
  createQueue(std::string_view Name) override {
    if (auto Bad = fails(Call::CreateQueue))
      return std::unexpected(*Bad);
    auto Made = Inner->createQueue(Name);
    if (!Made)
      return Made;
    return std::make_unique<Queue>(*this, std::move(*Made));
  }
  std::expected<PinnedMemory, DeviceError>
  allocatePinned(uint64_t Bytes) override {
    if (auto Bad = fails(Call::AllocatePinned))
      return std::unexpected(*Bad);
    return watched(Inner->allocatePinned(Bytes));
  }
  std::expected<PinnedMemory, DeviceError>
  pin(std::span<std::byte> Memory) override {
    if (auto Bad = fails(Call::Pin))
      return std::unexpected(*Bad);
    return watched(Inner->pin(Memory));
  }
  std::string report() const override { return Inner->report(); }

private:
  struct Plan {
    int64_t Good = -1; ///< -1: none
    DeviceError::Kind How = DeviceError::Kind::Lost;
  };

  /// Free bytes; negative when others have taken more than there are.
  std::expected<int64_t, DeviceError> left() {
    auto Free = Inner->freeBytes();
    if (!Free)
      return std::unexpected(Free.error());
    return std::min(int64_t(*Free), int64_t(What.TotalBytes) - Mapped) - Taken;
  }
  static DeviceError made(DeviceError::Kind How) {
    return {How, "a fault of the test"};
  }
  std::optional<DeviceError> fails(Call C) {
    std::lock_guard Lock(Mutex);
    ++Calls;
    if (Gone)
      return made(DeviceError::Kind::Lost);
    std::optional<DeviceError::Kind> How = All;
    for (Plan *P : {&Plans[size_t(C)], &Any})
      if (P->Good >= 0 && P->Good-- == 0)
        How = P->How;
    if (!How)
      return std::nullopt;
    // As the interface says: once lost, always lost.
    Gone = *How == DeviceError::Kind::Lost;
    return made(*How);
  }

  /// Notices when it is unpinned too early.
  std::expected<PinnedMemory, DeviceError>
  watched(std::expected<PinnedMemory, DeviceError> Made) {
    if (!Made)
      return Made;
    auto Kept = std::make_shared<PinnedMemory>(std::move(*Made));
    return PinnedMemory(Kept->bytes(), [this, Kept] {
      TooEarly += Late.use(Kept->bytes());
      if (UnpinHook)
        UnpinHook(waitsToUnpin());
      *Kept = PinnedMemory();
    });
  }

  class Queue final : public TransferQueue {
  public:
    Queue(FaultyMemory &Owner, std::unique_ptr<TransferQueue> Inner)
        : Owner(Owner), Inner(std::move(Inner)) {}
    ~Queue() override {
      // As with a device: it is lost with a queue that does not end.
      if (Owner.Late.holds(this))
        Owner.lose();
    }
    Started copyIn(DeviceRegion &To, uint64_t Offset,
                   std::span<const std::byte> From) override {
      return begin(Call::CopyIn, To, Offset, From.size(), From,
                   [=](auto &On, DeviceRegion &R) {
                     return On.copyIn(R, Offset, From);
                   });
    }
    Started copyOut(std::span<std::byte> To, const DeviceRegion &From,
                    uint64_t Offset) override {
      CopyOut Copies[] = {{To, &From, Offset}};
      return beginOut(Call::CopyOut, Copies, [](auto &On, auto Copies) {
        return On.copyOut(Copies[0].To, *Copies[0].From, Copies[0].Offset);
      });
    }
    Started copyOutMany(std::span<const CopyOut> Copies) override {
      return beginOut(Call::CopyOutMany, Copies, [](auto &On, auto Copies) {
        return On.copyOutMany(Copies);
      });
    }
    Started gather(std::span<const CopyOut> Copies) override {
      return beginOut(Call::Gather, Copies,
                      [](auto &On, auto Copies) { return On.gather(Copies); });
    }
    Started copyWithin(DeviceRegion &To, uint64_t ToOffset,
                       const DeviceRegion &From, uint64_t FromOffset,
                       uint64_t Size) override {
      if (Owner.WithinHook)
        Owner.WithinHook();
      return begin(Call::CopyWithin, To, ToOffset, Size, {},
                   [=, From = From](auto &On, DeviceRegion &R) {
                     return On.copyWithin(R, ToOffset, From, FromOffset, Size);
                   });
    }
    Started fill(DeviceRegion &To, uint64_t Offset, uint64_t Size,
                 std::byte Value) override {
      return begin(Call::Fill, To, Offset, Size, {},
                   [=](auto &On, DeviceRegion &R) {
                     return On.fill(R, Offset, Size, Value);
                   });
    }
    Started digest(std::span<const DeviceRegion *const> Regions,
                   std::span<std::byte> Digests) override {
      if (auto Bad = Owner.fails(Call::Digest))
        return std::unexpected(*Bad);
      return numbered(Inner->digest(Regions, Digests));
    }
    std::expected<bool, DeviceError> isDone(Ticket T) override {
      if (auto Bad = Owner.fails(Call::IsDone))
        return std::unexpected(*Bad);
      if (Owner.Late.holds(this, T))
        return false;
      return Inner->isDone(inner(T));
    }
    std::expected<void, DeviceError> wait(Ticket T, Until Deadline) override {
      Owner.noteWait(Deadline);
      if (auto Bad = Owner.fails(Call::Wait)) {
        // The answer alone is bad: what is not late is done, on any device.
        if (!Owner.Late.holds(this, T))
          (void)Inner->wait(inner(T), Deadline);
        return std::unexpected(*Bad);
      }
      while (Owner.Late.holds(this, T)) {
        auto Now = std::chrono::steady_clock::now();
        if (Now >= Deadline)
          return std::unexpected(made(DeviceError::Kind::TimedOut));
        std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(
            std::chrono::milliseconds(1), Deadline - Now));
      }
      return Inner->wait(inner(T), Deadline);
    }
    bool isQuiet() override {
      return !Owner.Late.holds(this) && Inner->isQuiet();
    }

  private:
    /// Late copies have tickets too, which the queue within knows nothing of.
    Ticket inner(Ticket T) const { return LateOnes ? InnerLast : T; }
    Started numbered(Started T) {
      if (!T)
        return T;
      InnerLast = *T;
      return Last = *T + LateOnes;
    }
    bool isLate() const { return Owner.Hangs || Owner.Late.holds(this); }
    /// As the interface has it, bounds are checked when work is begun.
    static std::unexpected<DeviceError> outOfBounds() {
      return std::unexpected(made(DeviceError::Kind::Refused));
    }
    Started late(std::vector<std::span<const std::byte>> Host,
                 std::function<Started(TransferQueue &)> Land) {
      ++LateOnes;
      Owner.Late.add({this, ++Last, std::move(Host), std::move(Land)});
      return Last;
    }

    /// Work on a region that it writes to.
    template <typename F>
    Started begin(Call C, DeviceRegion &To, uint64_t Offset, uint64_t Size,
                  std::span<const std::byte> Host, F Do) {
      if (auto Bad = Owner.fails(C))
        return std::unexpected(*Bad);
      if (!isLate())
        return numbered(Do(*Inner, To));
      DeviceRegion Was = To;
      if (!To.write(Offset, Size))
        return outOfBounds();
      return late({Host},
                  [=](TransferQueue &On) mutable { return Do(On, Was); });
    }
    template <typename F>
    Started beginOut(Call C, std::span<const CopyOut> Copies, F Do) {
      if (auto Bad = Owner.fails(C))
        return std::unexpected(*Bad);
      for (const CopyOut &Each : Copies)
        Owner.reads(*Each.From, Each.To.data());
      if (!isLate())
        return numbered(Do(*Inner, Copies));
      std::vector<CopyOut> Kept(Copies.begin(), Copies.end());
      std::vector<DeviceRegion> Regions;
      std::vector<std::span<const std::byte>> Host;
      for (const CopyOut &Each : Copies) {
        if (!Each.From->read(Each.Offset, Each.To.size()))
          return outOfBounds();
        Regions.push_back(*Each.From);
        Host.push_back(Each.To);
      }
      return late(std::move(Host), [=](TransferQueue &On) mutable {
        for (size_t I = 0; I != Kept.size(); ++I)
          Kept[I].From = &Regions[I];
        return Do(On, std::span<const CopyOut>(Kept));
      });
    }

    FaultyMemory &Owner;
    std::unique_ptr<TransferQueue> Inner;
    Ticket Last = 0, InnerLast = 0, LateOnes = 0;
  };

  void lose() {
    std::lock_guard Lock(Mutex);
    Gone = true;
  }
  /// Of a lost device nothing is unpinned, so nothing is waited for.
  bool waitsToUnpin() const {
    std::lock_guard Lock(Mutex);
    return !Gone && Late.size() != 0;
  }
  void noteWait(TransferQueue::Until Deadline) {
    std::lock_guard Lock(Mutex);
    Beyond += Deadline > WaitLimit;
  }
  void reads(const DeviceRegion &From, const std::byte *To) {
    {
      std::lock_guard Lock(Mutex);
      LastRead = From;
    }
    if (Hook)
      Hook(To);
  }

  std::unique_ptr<DeviceMemory> Inner;
  DeviceCapabilities What;
  mutable std::mutex Mutex;
  std::array<Plan, size_t(Call::Count_)> Plans;
  Plan Any;
  std::optional<DeviceError::Kind> All;
  bool Gone = false;
  std::optional<DeviceRegion> LastRead;
  std::function<void(const std::byte *)> Hook;
  std::function<void()> WithinHook;
  std::function<void(bool)> UnpinHook;
  TransferQueue::Until WaitLimit = TransferQueue::Until::max();
  std::atomic<bool> Hangs = false;
  LateCopies Late;
  std::atomic<uint64_t> Calls = 0, TooEarly = 0, Beyond = 0;
  std::atomic<int64_t> Taken = 0, Mapped = 0;
};

} // namespace hapax

#endif // HAPAX_TEST_GPU_FAULTYMEMORY_H
