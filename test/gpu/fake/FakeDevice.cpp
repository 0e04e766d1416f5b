//===- FakeDevice.cpp - The fake device and its functions' names *- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "FakeDriver.h"
#include "FakeEntries.h"
#include <algorithm>
#include <cstring>

using namespace hapax;
using namespace hapax::fake;

#define HAPAX_FAKE_EXPORT extern "C" __attribute__((visibility("default")))

Result entry::Init(unsigned) {
  Driver &D = Driver::get();
  return D.call("cuInit", false, [&] {
    D.IsInitialised = true;
    return Result::Success;
  });
}

// For messages: neither counted nor failing.
Result entry::GetErrorName(Result Code, const char **Name) {
  switch (Code) {
  case Result::OutOfMemory:
    *Name = "CUDA_ERROR_OUT_OF_MEMORY";
    return Result::Success;
  case Result::NoDevice:
    *Name = "CUDA_ERROR_NO_DEVICE";
    return Result::Success;
  case Result::IllegalAddress:
    *Name = "CUDA_ERROR_ILLEGAL_ADDRESS";
    return Result::Success;
  default:
    *Name = nullptr;
    return Result::InvalidValue;
  }
}

Result entry::DeviceGetCount(int *Count) {
  Driver &D = Driver::get();
  return D.call("cuDeviceGetCount", false, [&] {
    *Count = D.S.Devices;
    return Result::Success;
  });
}

Result entry::DeviceGet(cuda::Device *To, int Ordinal) {
  Driver &D = Driver::get();
  return D.call("cuDeviceGet", false, [&] {
    if (Ordinal < 0 || Ordinal >= D.S.Devices)
      return D.misused("a device that is not there", Result::InvalidDevice);
    *To = Ordinal;
    return Result::Success;
  });
}

Result entry::DeviceGetName(char *Name, int Size, cuda::Device) {
  Driver &D = Driver::get();
  return D.call("cuDeviceGetName", false, [&] {
    std::strncpy(Name, D.S.Name.c_str(), size_t(Size));
    return Result::Success;
  });
}

Result entry::DeviceGetAttribute(int *Value, cuda::DeviceAttribute Attribute,
                                 cuda::Device) {
  Driver &D = Driver::get();
  return D.call("cuDeviceGetAttribute", false, [&] {
    switch (Attribute) {
    case cuda::DeviceAttribute::ComputeMode:
      *Value = D.S.ComputeMode;
      return Result::Success;
    case cuda::DeviceAttribute::UnifiedAddressing:
      *Value = 1;
      return Result::Success;
    case cuda::DeviceAttribute::VirtualMemoryManagement:
      *Value = D.S.MapsOnDemand;
      return Result::Success;
    case cuda::DeviceAttribute::PciBusId:
      *Value = 0x1b;
      return Result::Success;
    case cuda::DeviceAttribute::ComputeCapabilityMajor:
      *Value = 9;
      return Result::Success;
    default:
      *Value = 0;
      return Result::Success;
    }
  });
}

Result entry::DeviceTotalMem(size_t *Bytes, cuda::Device) {
  Driver &D = Driver::get();
  return D.call("cuDeviceTotalMem", false, [&] {
    *Bytes = D.S.TotalBytes;
    return Result::Success;
  });
}

Result entry::DevicePrimaryCtxRetain(cuda::Context *To, cuda::Device) {
  Driver &D = Driver::get();
  return D.call("cuDevicePrimaryCtxRetain", false, [&] {
    ++D.ContextReferences;
    *To = ThePrimaryContext;
    return Result::Success;
  });
}

Result entry::DevicePrimaryCtxRelease(cuda::Device) {
  Driver &D = Driver::get();
  return D.call("cuDevicePrimaryCtxRelease", false, [&] {
    if (!D.ContextReferences)
      return D.misused("a context released twice", Result::InvalidContext);
    if (--D.ContextReferences == 0)
      D.endContext();
    return Result::Success;
  });
}

Result entry::CtxSetCurrent(cuda::Context Context) {
  Driver &D = Driver::get();
  return D.call("cuCtxSetCurrent", false, [&] {
    if (Context && (Context != ThePrimaryContext || !D.ContextReferences))
      return D.misused("no context made current", Result::InvalidContext);
    CurrentContext = Context;
    return D.Sticky;
  });
}

template <typename F> static void *address(F *Function) {
  return reinterpret_cast<void *>(Function);
}

void *fake::lookUp(const std::string &Name, int Version) {
#define HAPAX_FAKE_FIND(NAME, ...)                                             \
  if (Name == "cu" #NAME)                                                      \
    return address(&entry::NAME);
  HAPAX_CUDA_FUNCTIONS(HAPAX_FAKE_FIND)
#undef HAPAX_FAKE_FIND
  // As of 13.0 it has another signature, which nobody may ask for by mistake.
  if (Name == "cuMemcpyBatchAsync" && Version < 13000)
    return address(&entry::MemcpyBatchAsync);
  return nullptr;
}

HAPAX_FAKE_EXPORT Result cuDriverGetVersion(int *Version) {
  Driver &D = Driver::get();
  std::lock_guard Lock(D.Mutex);
  *Version = D.S.Version;
  return Result::Success;
}

HAPAX_FAKE_EXPORT Result cuGetProcAddress_v2(const char *Symbol,
                                             void **Function, int Version,
                                             uint64_t,
                                             cuda::QueryResult *Found) {
  Driver &D = Driver::get();
  std::lock_guard Lock(D.Mutex);
  *Function = nullptr;
  *Found = cuda::QueryResult::SymbolNotFound;
  if (std::ranges::count(D.S.Missing, Symbol) || Version > D.S.Version)
    return Result::NotFound;
  // It came with 12.8.
  if (std::string(Symbol) == "cuMemcpyBatchAsync" &&
      (Version < 12080 || D.S.Version < 12080)) {
    *Found = cuda::QueryResult::VersionNotSufficient;
    return Result::NotFound;
  }
  *Function = lookUp(Symbol, Version);
  if (!*Function)
    return Result::NotFound;
  *Found = cuda::QueryResult::Success;
  return Result::Success;
}
