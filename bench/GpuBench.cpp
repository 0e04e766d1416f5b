//===- GpuBench.cpp - Device memory against the raw driver ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Times what DeviceMemory offers beside the driver's own calls for the same
/// bytes, in one run, the two in turn, and prints medians as a Markdown table.
/// Without Google Benchmark, so that it builds on any machine with a card.
///
/// Exit code 77: this machine has no device to measure; 1: it has one that does
/// not work. The reason is on stderr.
//===----------------------------------------------------------------------===//
#include "hapax/Gpu/DeviceMemory.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

using namespace hapax;
using Clock = std::chrono::steady_clock;

namespace {

[[noreturn]] void fail(const std::string &Message) {
  std::fprintf(stderr, "gpu-bench: %s\n", Message.c_str());
  std::exit(1);
}

template <typename T> T must(std::expected<T, DeviceError> Result) {
  if (!Result)
    fail(Result.error().Message);
  if constexpr (!std::is_void_v<T>)
    return std::move(*Result);
}

/// The peer: the driver's calls, looked up apart from what is measured.
struct RawDriver {
  using Stream = struct StreamObject *;
  int (*CopyOut)(void *, unsigned long long, size_t, Stream);
  int (*CopyIn)(unsigned long long, const void *, size_t, Stream);
  int (*Synchronize)(Stream);
  Stream On = nullptr;

  RawDriver() {
    void *Library = dlopen("libcuda.so.1", RTLD_NOW);
    auto Find = [&](auto *&Function, const char *Name) {
      Function = reinterpret_cast<std::remove_reference_t<decltype(Function)>>(
          dlsym(Library, Name));
      if (!Function)
        fail(std::string("no ") + Name);
    };
    int (*Create)(Stream *, unsigned);
    Find(CopyOut, "cuMemcpyDtoHAsync_v2");
    Find(CopyIn, "cuMemcpyHtoDAsync_v2");
    Find(Synchronize, "cuStreamSynchronize");
    Find(Create, "cuStreamCreate");
    if (Create(&On, 1) != 0)
      fail("cuStreamCreate");
  }
  static void check(int Code) {
    if (Code != 0)
      fail("the driver answers " + std::to_string(Code));
  }
};

double median(std::vector<double> &Times) {
  std::ranges::nth_element(Times, Times.begin() + Times.size() / 2);
  return Times[Times.size() / 2];
}

/// Microseconds of each of several ways, which take turns.
template <typename... F>
std::vector<double> measure(unsigned Rounds, F... Ways) {
  std::vector<std::vector<double>> Times(sizeof...(Ways));
  for (unsigned Round = 0; Round != Rounds + 5; ++Round) {
    size_t Which = 0;
    auto Once = [&](auto &Way) {
      auto Begin = Clock::now();
      Way();
      std::chrono::duration<double, std::micro> Took = Clock::now() - Begin;
      // The first rounds warm up.
      if (Round >= 5)
        Times[Which].push_back(Took.count());
      ++Which;
    };
    (Once(Ways), ...);
  }
  std::vector<double> Medians;
  for (auto &T : Times)
    Medians.push_back(median(T));
  return Medians;
}

std::string sizeText(uint64_t Bytes) {
  return Bytes < 1 << 20 ? std::to_string(Bytes >> 10) + " KiB"
                         : std::to_string(Bytes >> 20) + " MiB";
}

void row(const std::string &What, double Ours, double Raw, uint64_t Bytes) {
  std::printf("| %s | %.1f | %.1f | %.2f | %.1f |\n", What.c_str(), Ours, Raw,
              Ours / Raw, double(Bytes) / Ours / 1e3);
}

constexpr uint64_t Largest = 16 << 20;
constexpr unsigned Pieces = 64;
constexpr uint64_t PieceBytes = 16 << 10;

struct Bench {
  DeviceMemory &Memory;
  TransferQueue &Queue;
  DeviceRegion &Region;
  std::span<std::byte> Host;
  RawDriver Raw = {};

  void finish(TransferQueue::Started Work) {
    must(Queue.wait(must(std::move(Work)),
                    Clock::now() + std::chrono::seconds(10)));
  }

  void single(uint64_t Size) {
    auto Part = Host.first(Size);
    unsigned Rounds = Size < 1 << 20 ? 2000 : 300;
    auto Get = measure(
        Rounds, [&] { finish(Queue.copyOut(Part, Region, 0)); },
        [&] {
          Raw.check(Raw.CopyOut(Part.data(), Region.address(), Size, Raw.On));
          Raw.check(Raw.Synchronize(Raw.On));
        });
    row("copy out " + sizeText(Size), Get[0], Get[1], Size);
    auto Put = measure(
        Rounds, [&] { finish(Queue.copyIn(Region, 0, Part)); },
        [&] {
          Raw.check(Raw.CopyIn(Region.address(), Part.data(), Size, Raw.On));
          Raw.check(Raw.Synchronize(Raw.On));
        });
    row("copy in " + sizeText(Size), Put[0], Put[1], Size);
  }

  void many() {
    std::vector<TransferQueue::CopyOut> Copies;
    std::vector<DeviceRegion> Regions;
    for (unsigned I = 0; I != Pieces; ++I) {
      // Not one after the other, as entries of a cache lie.
      uint64_t From = (I * 37 % Pieces) * 3 * PieceBytes;
      Copies.push_back(
          {Host.subspan(I * PieceBytes, PieceBytes), &Region, From});
      Regions.push_back(*Region.slice(From, PieceBytes));
    }
    auto RawLoop = [&] {
      for (auto &C : Copies)
        Raw.check(Raw.CopyOut(C.To.data(), Region.address() + C.Offset,
                              C.To.size(), Raw.On));
      Raw.check(Raw.Synchronize(Raw.On));
    };
    auto Batch = [&] { finish(Queue.copyOutMany(Copies)); };
    uint64_t Bytes = Pieces * PieceBytes;
    auto Times = measure(1000, Batch, RawLoop);
    row("64 x 16 KiB out, copyOutMany", Times[0], Times[1], Bytes);
    if (!Memory.capabilities().Kernels)
      return;
    Times = measure(1000, [&] { finish(Queue.gather(Copies)); }, RawLoop);
    row("64 x 16 KiB out, gather", Times[0], Times[1], Bytes);
    std::vector<const DeviceRegion *> Pointers;
    for (DeviceRegion &R : Regions)
      Pointers.push_back(&R);
    Times = measure(
        1000, [&] { finish(Queue.digest(Pointers, Host.first(16 * Pieces))); },
        RawLoop);
    row("64 x 16 KiB digested in place", Times[0], Times[1], Bytes);
  }
};

void mapping(DeviceMemory &Memory, uint64_t Base) {
  uint64_t Slab = Memory.capabilities().SlabBytes;
  std::printf("\n| mapping | map us | unmap us |\n|---|---|---|\n");
  for (uint64_t Slabs : {1, 16, 128, 512}) {
    std::vector<double> Maps, Unmaps;
    for (int I = 0; I != 21; ++I) {
      auto A = Clock::now();
      must(Memory.map(Base, Slabs * Slab));
      auto B = Clock::now();
      must(Memory.unmap(Base, Slabs * Slab));
      auto C = Clock::now();
      Maps.push_back(std::chrono::duration<double, std::micro>(B - A).count());
      Unmaps.push_back(
          std::chrono::duration<double, std::micro>(C - B).count());
    }
    std::printf("| %s | %.0f | %.0f |\n", sizeText(Slabs * Slab).c_str(),
                median(Maps), median(Unmaps));
  }
}

} // namespace

int main() {
  auto Begin = Clock::now();
  auto Opened = openCudaMemory();
  if (!Opened) {
    std::fprintf(stderr, "gpu-bench: %s: %s\n",
                 std::string(name(Opened.error().Reason)).c_str(),
                 Opened.error().Message.c_str());
    return isAbsence(Opened.error().Reason) ? 77 : 1;
  }
  std::chrono::duration<double, std::milli> Took = Clock::now() - Begin;
  DeviceMemory &Memory = **Opened;
  const DeviceCapabilities &Can = Memory.capabilities();
  std::printf("%s; opened in %.0f ms; batched copies: %s, kernels: %s\n\n",
              Can.Description.c_str(), Took.count(),
              Can.BatchedCopies ? "yes" : "no", Can.Kernels ? "yes" : "no");
  std::printf("| p50 | ours us | raw us | ratio | ours GB/s |\n"
              "|---|---|---|---|---|\n");
  uint64_t Slab = Can.SlabBytes, Bytes = (Largest / Slab + 1) * Slab;
  uint64_t Base = must(Memory.reserve(Bytes + 512 * Slab));
  must(Memory.map(Base, Bytes));
  {
    auto Queue = must(Memory.createQueue("bench"));
    auto Pinned = must(Memory.allocatePinned(Largest));
    auto Region = *DeviceRegion::create(Base, Largest);
    Bench B = {Memory, *Queue, Region, Pinned.bytes()};
    B.finish(Queue->copyIn(Region, 0, Pinned.bytes()));
    for (uint64_t Size = 4 << 10; Size <= Largest; Size *= 4)
      B.single(Size);
    B.many();
  }
  mapping(Memory, Base + Bytes);
  must(Memory.unmap(Base, Bytes));
}
