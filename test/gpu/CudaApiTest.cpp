//===- CudaApiTest.cpp ------------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Our declarations of the driver API against the headers of the CUDA Toolkit;
/// compiled where these are installed. There is nothing to run.
//===----------------------------------------------------------------------===//
#include "CudaApi.h"
#include <cuda.h>
#include <cudaTypedefs.h>
#include <tuple>
#include <type_traits>

using namespace hapax::cuda;

namespace {

// How an argument is passed, whatever its type is called.
template <size_t Size> struct Whole {};
struct Pointer {};
template <typename T>
using Passed = std::conditional_t<std::is_pointer_v<T>, Pointer,
                                  Whole<std::is_pointer_v<T> ? 0 : sizeof(T)>>;
template <typename F> struct Shape;
template <typename R, typename... A> struct Shape<R(A...)> {
  static_assert(std::is_enum_v<R>);
  using Type = std::tuple<Passed<A>...>;
};
template <typename Ours, typename Theirs>
constexpr bool Alike =
    std::is_same_v<typename Shape<Ours>::Type,
                   typename Shape<std::remove_pointer_t<Theirs>>::Type>;

/// The functions by their names, to be looked at as types.
struct Ours {
#define HAPAX_CUDA_TYPE(NAME, ...) using NAME = __VA_ARGS__;
  HAPAX_CUDA_FUNCTIONS(HAPAX_CUDA_TYPE)
#undef HAPAX_CUDA_TYPE
};

#define ALIKE(NAME, VERSION)                                                   \
  static_assert(Alike<Ours::NAME, PFN_cu##NAME##_v##VERSION>)
ALIKE(Init, 2000);
ALIKE(GetErrorName, 6000);
ALIKE(DeviceGetCount, 2000);
ALIKE(DeviceGet, 2000);
ALIKE(DeviceGetName, 2000);
ALIKE(DeviceGetAttribute, 2000);
ALIKE(DeviceTotalMem, 3020);
ALIKE(DevicePrimaryCtxRetain, 7000);
ALIKE(DevicePrimaryCtxRelease, 11000);
ALIKE(CtxSetCurrent, 4000);
ALIKE(MemGetInfo, 3020);
ALIKE(MemGetAllocationGranularity, 10020);
ALIKE(MemAddressReserve, 10020);
ALIKE(MemAddressFree, 10020);
ALIKE(MemCreate, 10020);
ALIKE(MemRelease, 10020);
ALIKE(MemMap, 10020);
ALIKE(MemUnmap, 10020);
ALIKE(MemSetAccess, 10020);
ALIKE(MemHostAlloc, 2020);
ALIKE(MemFreeHost, 2000);
ALIKE(MemHostRegister, 6050);
ALIKE(MemHostUnregister, 4000);
ALIKE(MemHostGetDevicePointer, 3020);
ALIKE(MemcpyHtoDAsync, 3020);
ALIKE(MemcpyDtoHAsync, 3020);
ALIKE(MemcpyDtoDAsync, 3020);
ALIKE(MemsetD8Async, 3020);
ALIKE(StreamCreate, 2000);
ALIKE(StreamDestroy, 4000);
ALIKE(StreamQuery, 2000);
ALIKE(EventCreate, 2000);
ALIKE(EventDestroy, 4000);
ALIKE(EventRecord, 2000);
ALIKE(EventQuery, 2000);
ALIKE(ModuleLoadData, 2000);
ALIKE(ModuleUnload, 2000);
ALIKE(ModuleGetFunction, 2000);
ALIKE(LaunchKernel, 4000);
static_assert(Alike<GetProcAddressFunction, PFN_cuGetProcAddress_v12000>);
#if CUDA_VERSION >= 12080
static_assert(Alike<MemcpyBatchAsyncFunction, PFN_cuMemcpyBatchAsync_v12080>);
static_assert(sizeof(CopyAttributes) == sizeof(CUmemcpyAttributes));
static_assert(offsetof(CopyAttributes, Flags) ==
              offsetof(CUmemcpyAttributes, flags));
static_assert(int(SourceOrder::Stream) == CU_MEMCPY_SRC_ACCESS_ORDER_STREAM);
#endif

static_assert(sizeof(AllocationProperties) == sizeof(CUmemAllocationProp));
static_assert(offsetof(AllocationProperties, Location) ==
              offsetof(CUmemAllocationProp, location));
static_assert(offsetof(AllocationProperties, Flags) ==
              offsetof(CUmemAllocationProp, allocFlags));
static_assert(sizeof(AccessDescription) == sizeof(CUmemAccessDesc));
static_assert(offsetof(AccessDescription, Flags) ==
              offsetof(CUmemAccessDesc, flags));
static_assert(sizeof(Location) == sizeof(CUmemLocation));

#define VALUE(OURS, THEIRS) static_assert(int(OURS) == int(THEIRS))
VALUE(Result::InvalidValue, CUDA_ERROR_INVALID_VALUE);
VALUE(Result::OutOfMemory, CUDA_ERROR_OUT_OF_MEMORY);
VALUE(Result::NotInitialized, CUDA_ERROR_NOT_INITIALIZED);
VALUE(Result::Deinitialized, CUDA_ERROR_DEINITIALIZED);
VALUE(Result::StubLibrary, CUDA_ERROR_STUB_LIBRARY);
VALUE(Result::DeviceUnavailable, CUDA_ERROR_DEVICE_UNAVAILABLE);
VALUE(Result::NoDevice, CUDA_ERROR_NO_DEVICE);
VALUE(Result::InvalidDevice, CUDA_ERROR_INVALID_DEVICE);
VALUE(Result::DeviceNotLicensed, CUDA_ERROR_DEVICE_NOT_LICENSED);
VALUE(Result::InvalidImage, CUDA_ERROR_INVALID_IMAGE);
VALUE(Result::InvalidContext, CUDA_ERROR_INVALID_CONTEXT);
VALUE(Result::MapFailed, CUDA_ERROR_MAP_FAILED);
VALUE(Result::UnmapFailed, CUDA_ERROR_UNMAP_FAILED);
VALUE(Result::AlreadyMapped, CUDA_ERROR_ALREADY_MAPPED);
VALUE(Result::NoBinaryForGpu, CUDA_ERROR_NO_BINARY_FOR_GPU);
VALUE(Result::EccUncorrectable, CUDA_ERROR_ECC_UNCORRECTABLE);
VALUE(Result::InvalidPtx, CUDA_ERROR_INVALID_PTX);
VALUE(Result::JitCompilerNotFound, CUDA_ERROR_JIT_COMPILER_NOT_FOUND);
VALUE(Result::UnsupportedPtxVersion, CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
VALUE(Result::JitCompilationDisabled, CUDA_ERROR_JIT_COMPILATION_DISABLED);
VALUE(Result::InvalidSource, CUDA_ERROR_INVALID_SOURCE);
VALUE(Result::OperatingSystem, CUDA_ERROR_OPERATING_SYSTEM);
VALUE(Result::InvalidHandle, CUDA_ERROR_INVALID_HANDLE);
VALUE(Result::NotFound, CUDA_ERROR_NOT_FOUND);
VALUE(Result::NotReady, CUDA_ERROR_NOT_READY);
VALUE(Result::IllegalAddress, CUDA_ERROR_ILLEGAL_ADDRESS);
VALUE(Result::LaunchOutOfResources, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
VALUE(Result::LaunchTimeout, CUDA_ERROR_LAUNCH_TIMEOUT);
VALUE(Result::ContextIsDestroyed, CUDA_ERROR_CONTEXT_IS_DESTROYED);
VALUE(Result::HostMemoryAlreadyRegistered,
      CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED);
VALUE(Result::HostMemoryNotRegistered, CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED);
VALUE(Result::MisalignedAddress, CUDA_ERROR_MISALIGNED_ADDRESS);
VALUE(Result::LaunchFailed, CUDA_ERROR_LAUNCH_FAILED);
VALUE(Result::NotPermitted, CUDA_ERROR_NOT_PERMITTED);
VALUE(Result::NotSupported, CUDA_ERROR_NOT_SUPPORTED);
VALUE(Result::SystemNotReady, CUDA_ERROR_SYSTEM_NOT_READY);
VALUE(Result::SystemDriverMismatch, CUDA_ERROR_SYSTEM_DRIVER_MISMATCH);
VALUE(Result::CompatNotSupportedOnDevice,
      CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE);
VALUE(Result::Unknown, CUDA_ERROR_UNKNOWN);
VALUE(QueryResult::Success, CU_GET_PROC_ADDRESS_SUCCESS);
VALUE(QueryResult::SymbolNotFound, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
VALUE(QueryResult::VersionNotSufficient,
      CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
VALUE(DeviceAttribute::ComputeMode, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE);
VALUE(DeviceAttribute::PciBusId, CU_DEVICE_ATTRIBUTE_PCI_BUS_ID);
VALUE(DeviceAttribute::PciDeviceId, CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID);
VALUE(DeviceAttribute::UnifiedAddressing,
      CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING);
VALUE(DeviceAttribute::PciDomainId, CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID);
VALUE(DeviceAttribute::ComputeCapabilityMajor,
      CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
VALUE(DeviceAttribute::ComputeCapabilityMinor,
      CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
VALUE(DeviceAttribute::VirtualMemoryManagement,
      CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED);
VALUE(ComputeModeProhibited, CU_COMPUTEMODE_PROHIBITED);
VALUE(StreamNonBlocking, CU_STREAM_NON_BLOCKING);
VALUE(EventDisableTiming, CU_EVENT_DISABLE_TIMING);
VALUE(HostAllocPortable, CU_MEMHOSTALLOC_PORTABLE);
VALUE(HostAllocDeviceMap, CU_MEMHOSTALLOC_DEVICEMAP);
VALUE(HostRegisterPortable, CU_MEMHOSTREGISTER_PORTABLE);
VALUE(HostRegisterDeviceMap, CU_MEMHOSTREGISTER_DEVICEMAP);
VALUE(AllocationType::Pinned, CU_MEM_ALLOCATION_TYPE_PINNED);
VALUE(HandleType::None, CU_MEM_HANDLE_TYPE_NONE);
VALUE(LocationType::Device, CU_MEM_LOCATION_TYPE_DEVICE);
VALUE(LocationType::Host, CU_MEM_LOCATION_TYPE_HOST);
VALUE(AccessFlags::ReadWrite, CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
VALUE(Granularity::Recommended, CU_MEM_ALLOC_GRANULARITY_RECOMMENDED);

} // namespace
