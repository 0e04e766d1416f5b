//===- CudaApi.h - The part of the CUDA driver API in use -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The types, constants and functions of the driver API that are used, declared
/// here, so that neither its headers are needed to build nor its library to
/// link. CudaApiTest compares them with cuda.h where that is installed.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_CUDAAPI_H
#define HAPAX_RUNTIME_GPU_CUDAAPI_H

#include <cstddef>
#include <cstdint>

namespace hapax::cuda {

/// The oldest driver that will do, as cuDriverGetVersion() has it.
inline constexpr int FloorVersion = 12000;
/// The driver with which cuMemcpyBatchAsync() came. Asked for by this version,
/// a newer driver gives the function as it was then.
inline constexpr int BatchVersion = 12080;

enum class Result : int {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NotInitialized = 3,
  Deinitialized = 4,
  StubLibrary = 34,
  DeviceUnavailable = 46,
  NoDevice = 100,
  InvalidDevice = 101,
  DeviceNotLicensed = 102,
  InvalidImage = 200,
  InvalidContext = 201,
  MapFailed = 205,
  UnmapFailed = 206,
  AlreadyMapped = 208,
  NoBinaryForGpu = 209,
  EccUncorrectable = 214,
  InvalidPtx = 218,
  JitCompilerNotFound = 221,
  UnsupportedPtxVersion = 222,
  JitCompilationDisabled = 223,
  InvalidSource = 300,
  OperatingSystem = 304,
  InvalidHandle = 400,
  NotFound = 500,
  NotReady = 600,
  IllegalAddress = 700,
  LaunchOutOfResources = 701,
  LaunchTimeout = 702,
  ContextIsDestroyed = 709,
  HostMemoryAlreadyRegistered = 712,
  HostMemoryNotRegistered = 713,
  MisalignedAddress = 716,
  LaunchFailed = 719,
  NotPermitted = 800,
  NotSupported = 801,
  SystemNotReady = 802,
  SystemDriverMismatch = 803,
  CompatNotSupportedOnDevice = 804,
  Unknown = 999,
};

enum class QueryResult : int {
  Success = 0,
  SymbolNotFound = 1,
  VersionNotSufficient = 2,
};

enum class DeviceAttribute : int {
  ComputeMode = 20,
  PciBusId = 33,
  PciDeviceId = 34,
  UnifiedAddressing = 41,
  PciDomainId = 50,
  ComputeCapabilityMajor = 75,
  ComputeCapabilityMinor = 76,
  VirtualMemoryManagement = 102,
};

inline constexpr int ComputeModeProhibited = 2;
inline constexpr unsigned StreamNonBlocking = 1;
inline constexpr unsigned EventDisableTiming = 2;
inline constexpr unsigned HostAllocPortable = 1;
inline constexpr unsigned HostAllocDeviceMap = 2;
inline constexpr unsigned HostRegisterPortable = 1;
inline constexpr unsigned HostRegisterDeviceMap = 2;

enum class AllocationType : int { Invalid = 0, Pinned = 1 };
enum class HandleType : int { None = 0 };
enum class LocationType : int { Invalid = 0, Device = 1, Host = 2 };
enum class AccessFlags : int { None = 0, Read = 1, ReadWrite = 3 };
enum class Granularity : int { Minimum = 0, Recommended = 1 };
enum class SourceOrder : int { Invalid = 0, Stream = 1 };

using Device = int;
using DevicePointer = unsigned long long;
using AllocationHandle = unsigned long long;
using Context = struct ContextObject *;
using Stream = struct StreamObject *;
using Event = struct EventObject *;
using Module = struct ModuleObject *;
using Function = struct FunctionObject *;

struct Location {
  LocationType Type;
  int Id;
};

struct AllocationProperties {
  AllocationType Type;
  HandleType RequestedHandles;
  hapax::cuda::Location Location;
  void *Win32MetaData;
  struct {
    unsigned char CompressionType;
    unsigned char GpuDirectRdmaCapable;
    unsigned short Usage;
    unsigned char Reserved[4];
  } Flags;
};

struct AccessDescription {
  hapax::cuda::Location Location;
  AccessFlags Flags;
};

struct CopyAttributes {
  SourceOrder Order;
  Location SourceHint;
  Location TargetHint;
  unsigned Flags;
};

/// cuGetProcAddress as of FloorVersion, the one symbol that is looked up by its
/// name in the library: cuGetProcAddress_v2.
using GetProcAddressFunction = Result(const char *Symbol, void **Function,
                                      int Version, uint64_t Flags,
                                      QueryResult *Found);

// X(name without "cu", type): what a driver of FloorVersion has.
#define HAPAX_CUDA_FUNCTIONS(X)                                                \
  X(Init, Result(unsigned Flags))                                              \
  X(GetErrorName, Result(Result Code, const char **Name))                      \
  X(DeviceGetCount, Result(int *Count))                                        \
  X(DeviceGet, Result(Device *Handle, int Ordinal))                            \
  X(DeviceGetName, Result(char *Name, int Size, Device Handle))                \
  X(DeviceGetAttribute, Result(int *Value, DeviceAttribute, Device))           \
  X(DeviceTotalMem, Result(size_t *Bytes, Device))                             \
  X(DevicePrimaryCtxRetain, Result(Context *, Device))                         \
  X(DevicePrimaryCtxRelease, Result(Device))                                   \
  X(CtxSetCurrent, Result(Context))                                            \
  X(MemGetInfo, Result(size_t *Free, size_t *Total))                           \
  X(MemGetAllocationGranularity,                                               \
    Result(size_t *, const AllocationProperties *, Granularity))               \
  X(MemAddressReserve,                                                         \
    Result(DevicePointer *, size_t Size, size_t Alignment,                     \
           DevicePointer Address, unsigned long long Flags))                   \
  X(MemAddressFree, Result(DevicePointer, size_t Size))                        \
  X(MemCreate, Result(AllocationHandle *, size_t Size,                         \
                      const AllocationProperties *, unsigned long long Flags)) \
  X(MemRelease, Result(AllocationHandle))                                      \
  X(MemMap, Result(DevicePointer, size_t Size, size_t Offset,                  \
                   AllocationHandle, unsigned long long Flags))                \
  X(MemUnmap, Result(DevicePointer, size_t Size))                              \
  X(MemSetAccess, Result(DevicePointer, size_t Size,                           \
                         const AccessDescription *, size_t Count))             \
  X(MemHostAlloc, Result(void **, size_t Size, unsigned Flags))                \
  X(MemFreeHost, Result(void *))                                               \
  X(MemHostRegister, Result(void *, size_t Size, unsigned Flags))              \
  X(MemHostUnregister, Result(void *))                                         \
  X(MemHostGetDevicePointer, Result(DevicePointer *, void *, unsigned Flags))  \
  X(MemcpyHtoDAsync,                                                           \
    Result(DevicePointer To, const void *From, size_t Size, Stream))           \
  X(MemcpyDtoHAsync,                                                           \
    Result(void *To, DevicePointer From, size_t Size, Stream))                 \
  X(MemcpyDtoDAsync,                                                           \
    Result(DevicePointer To, DevicePointer From, size_t Size, Stream))         \
  X(MemsetD8Async,                                                             \
    Result(DevicePointer, unsigned char Value, size_t Size, Stream))           \
  X(StreamCreate, Result(Stream *, unsigned Flags))                            \
  X(StreamDestroy, Result(Stream))                                             \
  X(StreamQuery, Result(Stream))                                               \
  X(EventCreate, Result(Event *, unsigned Flags))                              \
  X(EventDestroy, Result(Event))                                               \
  X(EventRecord, Result(Event, Stream))                                        \
  X(EventQuery, Result(Event))                                                 \
  X(ModuleLoadData, Result(Module *, const void *Image))                       \
  X(ModuleUnload, Result(Module))                                              \
  X(ModuleGetFunction, Result(Function *, Module, const char *Name))           \
  X(LaunchKernel,                                                              \
    Result(Function, unsigned GridX, unsigned GridY, unsigned GridZ,           \
           unsigned BlockX, unsigned BlockY, unsigned BlockZ,                  \
           unsigned SharedBytes, Stream, void **Parameters, void **Extra))

/// As of BatchVersion.
using MemcpyBatchAsyncFunction = Result(DevicePointer *To, DevicePointer *From,
                                        size_t *Sizes, size_t Count,
                                        CopyAttributes *, size_t *Indices,
                                        size_t AttributeCount, size_t *Failed,
                                        Stream);

/// A function of the driver and its name, for messages.
template <typename F> struct Entry {
  F *Call = nullptr;
  const char *Name = "";
};

/// The functions of one loaded driver; all but MemcpyBatchAsync are there.
struct Api {
  /// As cuDriverGetVersion() has it: 1000 * major + 10 * minor.
  int Version = 0;
#define HAPAX_CUDA_ENTRY(NAME, ...) Entry<__VA_ARGS__> NAME;
  HAPAX_CUDA_FUNCTIONS(HAPAX_CUDA_ENTRY)
#undef HAPAX_CUDA_ENTRY
  Entry<MemcpyBatchAsyncFunction> MemcpyBatchAsync;
};

} // namespace hapax::cuda

#endif // HAPAX_RUNTIME_GPU_CUDAAPI_H
