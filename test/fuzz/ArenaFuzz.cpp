//===- ArenaFuzz.cpp - libFuzzer target for the arena -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The input is a sequence of calls, right ones and wrong ones, to an arena
/// whose device has no bytes, but a ledger: what is mapped, and who has which
/// address. Blocks must lie in what is mapped and overlap nothing; every
/// invariant is looked at after every call.
//===----------------------------------------------------------------------===//
#include "../gpu/EmptyDevice.h"
#include "hapax/Gpu/Arena.h"
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

using namespace hapax;

namespace {

constexpr uint64_t Slab = 4096, Slabs = 12, Base = test::EmptyDevice::Base;

void require(bool Holds) {
  if (!Holds)
    std::abort();
}

/// A device that maps slabs of a page, some of them not.
class Ledger final : public test::EmptyDevice {
public:
  Ledger() : EmptyDevice(Slabs * Slab, Slab) {}
  std::expected<uint64_t, DeviceError> freeBytes() override {
    return capabilities().TotalBytes - Mapped.size() * Slab;
  }
  std::expected<void, DeviceError> map(uint64_t Address,
                                       uint64_t Bytes) override {
    require(Bytes == Slab && Address % Slab == 0 && Address >= Base &&
            !Mapped.contains(Address));
    if (failsNow() || Mapped.size() == Slabs)
      return failed();
    Mapped.insert(Address);
    return {};
  }
  std::expected<void, DeviceError> unmap(uint64_t Address,
                                         uint64_t Bytes) override {
    require(Bytes == Slab && Mapped.contains(Address));
    if (failsNow())
      return failed();
    Mapped.erase(Address);
    return {};
  }

  std::set<uint64_t> Mapped;
  /// Calls until one fails; 0: none does.
  unsigned FailIn = 0;

private:
  bool failsNow() { return FailIn && --FailIn == 0; }
  static std::unexpected<DeviceError> failed() {
    return std::unexpected(DeviceError{DeviceError::Kind::OutOfMemory, ""});
  }
};

class Game {
public:
  Game()
      : A(std::move(*Arena::create(Device, {.LimitBytes = Slabs * Slab,
                                            .SlabBytes = Slab,
                                            .MaxBlocks = 40,
                                            .KeepFreeBytes = 0,
                                            .KeepFreePercent = 0}))) {}

  void play(uint8_t Step, uint8_t Detail) {
    switch (Step % 8) {
    case 0:
    case 1:
    case 2:
      alloc(1 + uint64_t(Detail) * Detail, Arena::Room(Step / 8 % 3));
      break;
    case 3:
      free(Detail);
      break;
    case 4:
      retain(Detail);
      break;
    case 5:
      (void)A.trim(uint64_t(Detail) * 256);
      break;
    case 6:
      empty(Detail);
      break;
    case 7:
      if (Step & 8)
        A.setMayGrowTo(uint64_t(Detail) * 512);
      else
        Device.FailIn = Detail % 8;
      break;
    }
    require(A.check().empty());
    require(A.mappedBytes() == Device.Mapped.size() * Slab);
    require(A.blocks() == Blocks.size());
  }

private:
  struct Known {
    ArenaBlock Block;
    unsigned References;
  };

  void alloc(uint64_t Size, Arena::Room Room) {
    auto Block = A.alloc(Size, Room);
    if (!Block)
      return;
    uint64_t From = Block->Region.address();
    uint64_t End = From + Block->Region.capacity();
    require(Block->Region.capacity() == A.roundUp(Size));
    for (uint64_t At = From / Slab * Slab; At < End; At += Slab)
      require(Device.Mapped.contains(At));
    auto After = Blocks.lower_bound(From);
    require(After == Blocks.end() || After->first >= End);
    require(After == Blocks.begin() ||
            std::prev(After)->first +
                    std::prev(After)->second.Block.Region.capacity() <=
                From);
    Blocks.insert({From, {*Block, 1}});
  }
  void free(uint8_t Detail) {
    if (Blocks.empty())
      return;
    auto It = std::next(Blocks.begin(), Detail % Blocks.size());
    HapaxHandle Id = It->second.Block.Id, Wrong = Id;
    Wrong.Generation += 1 + Detail;
    require(!A.free(Wrong) && A.free(Id));
    if (--It->second.References == 0) {
      Blocks.erase(It);
      require(!A.free(Id) && !A.retain(Id) && A.references(Id) == 0);
    }
  }
  void retain(uint8_t Detail) {
    if (Blocks.empty())
      return;
    auto It = std::next(Blocks.begin(), Detail % Blocks.size());
    require(A.retain(It->second.Block.Id).has_value());
    require(A.references(It->second.Block.Id) == ++It->second.References);
  }
  /// Moves what can be moved out of a slab.
  void empty(uint8_t Detail) {
    auto MayLeave = [&](HapaxHandle Id) {
      require(A.references(Id) == 1);
      return Id.Slot % 8 != Detail / 32;
    };
    auto Slab =
        Detail & 1 ? A.cheapestSlab(MayLeave) : std::optional(Detail % Slabs);
    if (!Slab)
      return;
    for (HapaxHandle Id : A.beginEmptying(*Slab)) {
      require(A.check().empty() && (!(Detail & 1) || MayLeave(Id)));
      auto It = std::ranges::find_if(
          Blocks, [&](auto &B) { return B.second.Block.Id.Slot == Id.Slot; });
      require(It != Blocks.end() &&
              It->second.Block.Id.Generation == Id.Generation);
      if (It->second.References != 1)
        continue;
      uint64_t Size = It->second.Block.Region.capacity();
      size_t Before = Blocks.size();
      alloc(Size, Arena::Room::Spare);
      if (Blocks.size() == Before)
        break;
      require(A.free(Id).has_value());
      Blocks.erase(It);
    }
    (void)A.endEmptying();
  }

  Ledger Device;
  Arena A;
  /// By address.
  std::map<uint64_t, Known> Blocks;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  Game G;
  for (size_t I = 0; I + 1 < Size; I += 2)
    G.play(Data[I], Data[I + 1]);
  return 0;
}
