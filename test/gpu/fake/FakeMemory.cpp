//===- FakeMemory.cpp - The memory of the fake device -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "FakeDriver.h"
#include "FakeEntries.h"
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

using namespace hapax;
using namespace hapax::fake;

static void *pointer(uint64_t Address) {
  return reinterpret_cast<void *>(Address);
}

static bool isWhole(uint64_t Bytes) {
  return Bytes && Bytes % Driver::get().S.Granularity == 0;
}

Result entry::MemGetInfo(size_t *Free, size_t *Total) {
  Driver &D = Driver::get();
  return D.call("cuMemGetInfo", true, [&] {
    D.Others += D.S.OthersTake;
    *Free = D.freeBytes();
    *Total = D.S.TotalBytes;
    return Result::Success;
  });
}

Result
entry::MemGetAllocationGranularity(size_t *Bytes,
                                   const cuda::AllocationProperties *Properties,
                                   cuda::Granularity) {
  Driver &D = Driver::get();
  return D.call("cuMemGetAllocationGranularity", true, [&] {
    if (Properties->Type != cuda::AllocationType::Pinned ||
        Properties->Location.Type != cuda::LocationType::Device)
      return D.misused("memory of an unknown kind");
    *Bytes = D.S.Granularity;
    return Result::Success;
  });
}

Result entry::MemAddressReserve(cuda::DevicePointer *To, size_t Size,
                                size_t Alignment, cuda::DevicePointer,
                                unsigned long long) {
  Driver &D = Driver::get();
  return D.call("cuMemAddressReserve", true, [&] {
    if (!isWhole(Size) || (Alignment & (Alignment - 1)))
      return D.misused("a reserved range of no multiple");
    // What lies in front of the first multiple is left out.
    size_t Whole = Size + Alignment;
    void *Place = mmap(nullptr, Whole, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (Place == MAP_FAILED)
      return Result::OutOfMemory;
    uint64_t Begin = reinterpret_cast<uintptr_t>(Place);
    uint64_t Address = (Begin + Alignment - 1) / Alignment * Alignment;
    if (Address != Begin)
      munmap(Place, Address - Begin);
    munmap(pointer(Address + Size), Begin + Alignment - Address);
    D.Ranges[Address] = {Size};
    *To = Address;
    return Result::Success;
  });
}

Result entry::MemAddressFree(cuda::DevicePointer Address, size_t Size) {
  Driver &D = Driver::get();
  return D.call("cuMemAddressFree", true, [&] {
    auto Found = D.Ranges.find(Address);
    if (Found == D.Ranges.end() || Found->second.Size != Size)
      return D.misused("a range freed twice, or in part");
    auto Mapped = D.Mappings.lower_bound(Address);
    if (Mapped != D.Mappings.end() && Mapped->first < Address + Size)
      return D.misused("a range freed with memory in it");
    munmap(pointer(Address), Size);
    D.Ranges.erase(Found);
    return Result::Success;
  });
}

Result entry::MemCreate(cuda::AllocationHandle *To, size_t Size,
                        const cuda::AllocationProperties *Properties,
                        unsigned long long) {
  Driver &D = Driver::get();
  return D.call("cuMemCreate", true, [&] {
    if (!isWhole(Size) || Properties->Type != cuda::AllocationType::Pinned ||
        Properties->Location.Type != cuda::LocationType::Device)
      return D.misused("memory of no multiple, or of an unknown kind");
    D.Others += D.S.OthersTake;
    if (Size > D.freeBytes())
      return Result::OutOfMemory;
    *To = D.NextAllocation++;
    D.Allocations[*To] = {Size};
    return Result::Success;
  });
}

Result entry::MemRelease(cuda::AllocationHandle Handle) {
  Driver &D = Driver::get();
  return D.call("cuMemRelease", true, [&] {
    auto Found = D.Allocations.find(Handle);
    if (Found == D.Allocations.end() || Found->second.IsReleased)
      return D.misused("memory released twice");
    Found->second.IsReleased = true;
    return Result::Success;
  });
}

Result entry::MemMap(cuda::DevicePointer Address, size_t Size, size_t Offset,
                     cuda::AllocationHandle Handle, unsigned long long) {
  Driver &D = Driver::get();
  return D.call("cuMemMap", true, [&] {
    auto Range = D.Ranges.upper_bound(Address);
    auto Memory = D.Allocations.find(Handle);
    if (Memory == D.Allocations.end() || Memory->second.IsReleased ||
        Memory->second.Size != Size || Offset)
      return D.misused("a mapping of memory that is not there");
    if (Range == D.Ranges.begin() || Address % D.S.Granularity ||
        !isWhole(Size) ||
        Address + Size >
            std::prev(Range)->first + std::prev(Range)->second.Size)
      return D.misused("a mapping outside of reserved ranges");
    auto Next = D.Mappings.lower_bound(Address + Size);
    if (Next != D.Mappings.begin() &&
        std::prev(Next)->first + std::prev(Next)->second.Size > Address)
      return D.misused("a mapping over another one");
    D.Mappings[Address] = {Size, Handle, false};
    ++Memory->second.Mappings;
    return Result::Success;
  });
}

Result entry::MemSetAccess(cuda::DevicePointer Address, size_t Size,
                           const cuda::AccessDescription *Access,
                           size_t Count) {
  Driver &D = Driver::get();
  return D.call("cuMemSetAccess", true, [&] {
    auto Found = D.Mappings.find(Address);
    if (Found == D.Mappings.end() || Found->second.Size != Size || Count != 1 ||
        Access->Flags != cuda::AccessFlags::ReadWrite ||
        Access->Location.Type != cuda::LocationType::Device)
      return D.misused("access to what is not mapped");
    if (mprotect(pointer(Address), Size, PROT_READ | PROT_WRITE))
      return Result::OutOfMemory;
    Found->second.IsAccessible = true;
    return Result::Success;
  });
}

Result entry::MemUnmap(cuda::DevicePointer Address, size_t Size) {
  Driver &D = Driver::get();
  return D.call("cuMemUnmap", true, [&] {
    auto Found = D.Mappings.find(Address);
    if (Found == D.Mappings.end() || Found->second.Size != Size)
      return D.misused("an unmapping of what is not mapped so");
    mmap(pointer(Address), Size, PROT_NONE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    --D.Allocations[Found->second.Memory].Mappings;
    D.Mappings.erase(Found);
    return Result::Success;
  });
}

Result entry::MemHostAlloc(void **To, size_t Size, unsigned Flags) {
  Driver &D = Driver::get();
  return D.call("cuMemHostAlloc", true, [&] {
    if (!Size || !(Flags & cuda::HostAllocDeviceMap))
      return D.misused("host memory that devices do not see");
    void *Place = std::aligned_alloc(4096, (Size + 4095) / 4096 * 4096);
    if (!Place)
      return Result::OutOfMemory;
    std::memset(Place, 0xA5, Size);
    D.Pinned[reinterpret_cast<uintptr_t>(Place)] = {Size, false};
    *To = Place;
    return Result::Success;
  });
}

Result entry::MemFreeHost(void *Place) {
  Driver &D = Driver::get();
  return D.call("cuMemFreeHost", true, [&] {
    auto Found = D.Pinned.find(reinterpret_cast<uintptr_t>(Place));
    if (Found == D.Pinned.end() || Found->second.IsRegistered)
      return D.misused("host memory freed twice");
    D.unpin(Found->first);
    std::free(Place);
    return Result::Success;
  });
}

Result entry::MemHostRegister(void *Place, size_t Size, unsigned Flags) {
  Driver &D = Driver::get();
  return D.call("cuMemHostRegister", true, [&] {
    uint64_t Address = reinterpret_cast<uintptr_t>(Place);
    if (!Size || !(Flags & cuda::HostRegisterDeviceMap))
      return D.misused("a registration that devices do not see");
    auto Next = D.Pinned.lower_bound(Address + Size);
    if (Next != D.Pinned.begin() &&
        std::prev(Next)->first + std::prev(Next)->second.Size > Address)
      return Result::HostMemoryAlreadyRegistered;
    D.Pinned[Address] = {Size, true};
    return Result::Success;
  });
}

Result entry::MemHostUnregister(void *Place) {
  Driver &D = Driver::get();
  return D.call("cuMemHostUnregister", true, [&] {
    auto Found = D.Pinned.find(reinterpret_cast<uintptr_t>(Place));
    if (Found == D.Pinned.end() || !Found->second.IsRegistered)
      return D.misused("a registration ended twice",
                       Result::HostMemoryNotRegistered);
    D.unpin(Found->first);
    return Result::Success;
  });
}

Result entry::MemHostGetDevicePointer(cuda::DevicePointer *To, void *Place,
                                      unsigned) {
  Driver &D = Driver::get();
  return D.call("cuMemHostGetDevicePointer", true, [&] {
    auto Found = D.Pinned.find(reinterpret_cast<uintptr_t>(Place));
    if (Found == D.Pinned.end())
      return D.misused("the device's address of plain memory");
    *To = Found->first | (Found->second.IsRegistered ? RegisteredAlias : 0);
    return Result::Success;
  });
}
