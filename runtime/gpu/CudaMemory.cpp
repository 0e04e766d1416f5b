//===- CudaMemory.cpp - Memory of a CUDA device -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CudaMemory.h"
#include "Failure.h"
#include <bit>
#include <cstdio>
#include <cstring>

using namespace hapax;
using Kind = DeviceError::Kind;

/// Slabs are not smaller, whatever the driver's granularity.
static constexpr uint64_t LeastSlabBytes = uint64_t(2) << 20;
/// Beside one mapping for each slab: queues, events, pinned memory.
static constexpr uint64_t OtherResources = 1 << 16, MostResources = 1 << 20;

static cuda::AllocationProperties propertiesOf(cuda::Device Device) {
  cuda::AllocationProperties P = {};
  P.Type = cuda::AllocationType::Pinned;
  P.Location = {cuda::LocationType::Device, Device};
  return P;
}

std::expected<std::unique_ptr<CudaMemory>, DeviceError>
CudaMemory::open(const CudaSource &Source, int Ordinal) {
  auto Api = loadCuda(Source);
  if (!Api)
    return std::unexpected(std::move(Api.error()));
  return openWith(*Api, Source, Ordinal, Optional());
}

std::expected<std::unique_ptr<CudaMemory>, DeviceError>
CudaMemory::openWith(const cuda::Api &Api, const CudaSource &Source,
                     int Ordinal, Optional Wanted) {
  auto Context = CudaContext::open(Api, Ordinal, Source.Patience);
  if (!Context)
    return std::unexpected(std::move(Context.error()));
  cuda::AllocationProperties Properties = propertiesOf((*Context)->device());
  size_t Granularity = 0;
  Done Good = (*Context)->enter();
  if (Good)
    Good = (*Context)->run(
        Api.MemGetAllocationGranularity, &Granularity,
        static_cast<const cuda::AllocationProperties *>(&Properties),
        cuda::Granularity::Recommended);
  if (!Good)
    return std::unexpected(std::move(Good.error()));
  if (!std::has_single_bit(Granularity))
    return failure(Kind::Unsupported, "the device maps memory by " +
                                          std::to_string(Granularity) +
                                          " bytes, which is no power of two");
  std::unique_ptr<CudaMemory> New(new CudaMemory(
      std::move(*Context), std::max<uint64_t>(Granularity, LeastSlabBytes)));
  Optional Left = Wanted;
  Good = New->calibrate(Source.KernelImage, Left);
  if (Good)
    return New;
  // What was on trial when the device was lost is done without, in a fresh
  // context. The slab of the trial stays mapped.
  if (Left == Wanted || !New->Context->abandon())
    return std::unexpected(std::move(Good.error()));
  New = nullptr;
  return openWith(Api, Source, Ordinal, Left);
}

CudaMemory::CudaMemory(std::unique_ptr<CudaContext> TheContext,
                       uint64_t SlabBytes)
    : Held(uint32_t(std::min(TheContext->capabilities().TotalBytes / SlabBytes +
                                 OtherResources,
                             MostResources))),
      Context(std::move(TheContext)), Api(Context->api()),
      What(Context->capabilities()), Slabs(SlabBytes) {
  What.SlabBytes = SlabBytes;
  What.BatchedCopies = Api.MemcpyBatchAsync.Call != nullptr;
  // The table is empty: there is room.
  ContextHeld = Held.add("context of " + What.Name, HeldResources::Holder::Self)
                    .value_or(HapaxHandle{});
}

CudaMemory::~CudaMemory() {
  // What a lost device held ends with the process.
  std::string Leaks = Context->isLost() ? std::string() : Held.report();
  auto GiveBack = [this](HapaxHandle Handle, auto Call) {
    Done Good = Context->enter();
    if (Good)
      Good = Call();
    if (Good || Context->isLost())
      Held.remove(Handle);
    return Good.has_value();
  };
  Kernels = nullptr;
  bool AllUnmapped = true;
  for (auto &[Address, M] : Slabs.mappings())
    AllUnmapped &= GiveBack(M.Held, [&] {
      return Context->run(Api.MemUnmap, cuda::DevicePointer(Address),
                          size_t(M.Bytes));
    });
  for (const SlabLedger::Range &R : Slabs.ranges())
    if (AllUnmapped)
      GiveBack(R.Held, [&] {
        return Context->run(Api.MemAddressFree, cuda::DevicePointer(R.Address),
                            size_t(R.Bytes));
      });
  if (Context->release())
    Held.remove(ContextHeld);
  // What was left to us and could not be given back, after what users left.
  std::string Rest = Context->isLost()
                         ? std::string()
                         : Held.report(HeldResources::Holder::Self);
  if (!Leaks.empty() || !Rest.empty())
    std::fprintf(stderr, "hapax: memory of %s was still held at its end:\n%s%s",
                 What.Name.c_str(), Leaks.c_str(), Rest.c_str());
}

std::expected<uint64_t, DeviceError> CudaMemory::freeBytes() {
  size_t Free = 0, Total = 0;
  Done Good = Context->enter();
  if (Good)
    Good = Context->run(Api.MemGetInfo, &Free, &Total);
  if (!Good)
    return std::unexpected(std::move(Good.error()));
  return Free;
}

std::expected<uint64_t, DeviceError> CudaMemory::reserve(uint64_t Bytes) {
  std::lock_guard Lock(Mutex);
  Done Good = Slabs.canReserve(Bytes);
  if (Good)
    Good = Context->enter();
  if (!Good)
    return std::unexpected(std::move(Good.error()));
  auto Handle =
      Held.add("reserved range of " + std::to_string(Bytes) + " bytes",
               HeldResources::Holder::Self);
  if (!Handle)
    return std::unexpected(std::move(Handle.error()));
  cuda::DevicePointer Address = 0;
  Good = Context->run(Api.MemAddressReserve, &Address, size_t(Bytes),
                      size_t(What.SlabBytes), cuda::DevicePointer(0), 0ull);
  if (!Good) {
    Held.remove(*Handle);
    return std::unexpected(std::move(Good.error()));
  }
  Slabs.addRange({Address, Bytes, *Handle});
  return Address;
}

// Of a lost device nothing is undone: the driver is not called any more, and
// the loss is what is reported.
CudaMemory::Done CudaMemory::undo(Done Why, Done Undone) {
  if (Undone)
    return Why;
  return std::unexpected(
      Context->lose(Why.error().Message +
                    ", and could not be undone: " + Undone.error().Message));
}

CudaMemory::Done CudaMemory::createMapping(uint64_t Address, uint64_t Bytes) {
  cuda::AllocationProperties Properties = propertiesOf(Context->device());
  cuda::AccessDescription Access = {Properties.Location,
                                    cuda::AccessFlags::ReadWrite};
  cuda::AllocationHandle Memory = 0;
  cuda::DevicePointer At = Address;
  size_t Size = Bytes;
  Done Good = Context->run(
      Api.MemCreate, &Memory, Size,
      static_cast<const cuda::AllocationProperties *>(&Properties), 0ull);
  if (!Good)
    return Good;
  Good = Context->run(Api.MemMap, At, Size, size_t(0), Memory, 0ull);
  if (!Good)
    return undo(Good, Context->run(Api.MemRelease, Memory));
  Good = Context->run(Api.MemSetAccess, At, Size,
                      static_cast<const cuda::AccessDescription *>(&Access),
                      size_t(1));
  // The mapping keeps the memory: with the handle gone, it ends with it.
  Done Released = Context->run(Api.MemRelease, Memory);
  if (Good && Released)
    return {};
  Done Unmapped = Context->run(Api.MemUnmap, At, Size);
  if (!Released)
    Released = undo(Released, Context->run(Api.MemRelease, Memory));
  return undo(Good ? Released : Good, Unmapped);
}

std::expected<void, DeviceError> CudaMemory::map(uint64_t Address,
                                                 uint64_t Bytes) {
  std::lock_guard Lock(Mutex);
  Done Good = Slabs.canMap(Address, Bytes);
  if (Good)
    Good = Context->enter();
  if (!Good)
    return Good;
  auto Handle = Held.add("mapping of " + std::to_string(Bytes) + " bytes",
                         HeldResources::Holder::User);
  if (!Handle)
    return std::unexpected(std::move(Handle.error()));
  Good = createMapping(Address, Bytes);
  if (!Good) {
    Held.remove(*Handle);
    return Good;
  }
  Slabs.map(Address, {Bytes, *Handle});
  return {};
}

std::expected<void, DeviceError> CudaMemory::unmap(uint64_t Address,
                                                   uint64_t Bytes) {
  std::lock_guard Lock(Mutex);
  Done Good = Slabs.canUnmap(Address, Bytes);
  if (Good)
    Good = Context->enter();
  if (Good)
    Good =
        Context->run(Api.MemUnmap, cuda::DevicePointer(Address), size_t(Bytes));
  if (Good)
    Held.remove(Slabs.unmap(Address).Held);
  return Good;
}

CudaQueue::Owner CudaMemory::owner() {
  return {*Context, Slabs, Pinned, Held, Kernels.get(), What.BatchedCopies};
}

std::expected<std::unique_ptr<TransferQueue>, DeviceError>
CudaMemory::createQueue(std::string_view Name) {
  return CudaQueue::create(owner(), Name);
}

std::expected<PinnedMemory, DeviceError>
CudaMemory::track(std::span<std::byte> Memory, std::string Name,
                  const cuda::Entry<cuda::Result(void *)> &Free) {
  auto GiveBack = [this, Memory, &Free](HapaxHandle Handle) {
    Done Good = Context->enter();
    if (Good)
      Good = Context->run(Free, static_cast<void *>(Memory.data()));
    if (Good || Context->isLost())
      Held.remove(Handle);
  };
  auto Handle = Held.add(std::move(Name), HeldResources::Holder::User);
  if (!Handle) {
    GiveBack({});
    return std::unexpected(std::move(Handle.error()));
  }
  cuda::DevicePointer Address = 0;
  Done Good = Context->run(Api.MemHostGetDevicePointer, &Address,
                           static_cast<void *>(Memory.data()), 0u);
  if (Good && !Pinned.add(Memory, Address))
    Good = refused("the memory is pinned already");
  if (!Good) {
    GiveBack(*Handle);
    return std::unexpected(std::move(Good.error()));
  }
  return PinnedMemory(Memory, [this, Memory, GiveBack, Handle = *Handle] {
    Pinned.remove(Memory);
    GiveBack(Handle);
  });
}

std::expected<PinnedMemory, DeviceError>
CudaMemory::allocatePinned(uint64_t Bytes) {
  if (!Bytes)
    return refused("no bytes to allocate");
  void *Place = nullptr;
  Done Good = Context->enter();
  if (Good)
    Good = Context->run(Api.MemHostAlloc, &Place, size_t(Bytes),
                        cuda::HostAllocPortable | cuda::HostAllocDeviceMap);
  if (!Good)
    return std::unexpected(std::move(Good.error()));
  std::memset(Place, 0, Bytes);
  return track({static_cast<std::byte *>(Place), Bytes},
               "pinned memory of " + std::to_string(Bytes) + " bytes",
               Api.MemFreeHost);
}

std::expected<PinnedMemory, DeviceError>
CudaMemory::pin(std::span<std::byte> Memory) {
  if (Memory.empty())
    return refused("no memory to pin");
  Done Good = Context->enter();
  if (Good)
    Good = Context->run(
        Api.MemHostRegister, static_cast<void *>(Memory.data()), Memory.size(),
        cuda::HostRegisterPortable | cuda::HostRegisterDeviceMap);
  if (!Good)
    return std::unexpected(std::move(Good.error()));
  return track(Memory,
               "memory of a caller, " + std::to_string(Memory.size()) +
                   " bytes, pinned",
               Api.MemHostUnregister);
}

std::expected<std::unique_ptr<DeviceMemory>, DeviceError>
hapax::openCudaMemoryFrom(const CudaSource &Source, int Ordinal) {
  return CudaMemory::open(Source, Ordinal);
}

std::expected<std::unique_ptr<DeviceMemory>, DeviceError>
hapax::openCudaMemory(int Ordinal) {
  return openCudaMemoryFrom(CudaSource(), Ordinal);
}
