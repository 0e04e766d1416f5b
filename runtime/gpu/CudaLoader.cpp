//===- CudaLoader.cpp - Loading the CUDA driver -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Nothing is linked: the library is opened, one symbol is looked up in it by
/// name, and that one gives all others by name and version, so that a function
/// has the signature that was compiled against whatever the driver's age.
///
/// Drivers report quite different causes by the same code: a node under /dev
/// that this user may not open looks like a machine without a card. So where
/// the code leaves it open, the surroundings are asked.
//===----------------------------------------------------------------------===//
#include "CudaLoader.h"
#include "Failure.h"
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

using namespace hapax;
using cuda::Result;
using Kind = DeviceError::Kind;

std::string hapax::cudaVersionText(int Version) {
  return std::to_string(Version / 1000) + "." +
         std::to_string(Version % 1000 / 10);
}

std::string hapax::describe(const cuda::Api &Api, const char *Call,
                            Result Code) {
  const char *Name = nullptr;
  std::string Number = std::to_string(static_cast<int>(Code));
  if (Api.GetErrorName.Call &&
      Api.GetErrorName.Call(Code, &Name) == Result::Success && Name)
    return std::string(Call) + ": " + Name + " (" + Number + ")";
  return std::string(Call) + ": error " + Number;
}

static std::expected<void *, DeviceError> openLibrary(const std::string &Name) {
  if (void *Library = dlopen(Name.c_str(), RTLD_NOW | RTLD_LOCAL))
    return Library;
  const char *Error = dlerror();
  std::string Detail = Error ? Error : "unknown error";
  // The loader names what it did not find: the library, or what that needs.
  if (Detail.starts_with(Name + ": cannot open shared object file: No such"))
    return failure(Kind::NoDriver,
                   Name + " is not there: install the NVIDIA driver (in a "
                          "container, make it visible there)");
  return failure(Kind::NoDriver, Name + " is there but cannot be loaded (" +
                                     Detail + "): reinstall the NVIDIA driver");
}

static DeviceError tooOld(int Version) {
  return {Kind::DriverTooOld,
          "the driver supports CUDA " + cudaVersionText(Version) + ", " +
              cudaVersionText(cuda::FloorVersion) +
              " is needed: install NVIDIA driver 525 or newer"};
}

/// Fills the table from an open library.
static std::expected<cuda::Api, DeviceError> lookUp(void *Library,
                                                    const std::string &Name) {
  cuda::Api Api;
  auto *GetVersion =
      reinterpret_cast<Result (*)(int *)>(dlsym(Library, "cuDriverGetVersion"));
  if (!GetVersion)
    return failure(Kind::NoDriver, Name + " is not a CUDA driver: it lacks "
                                          "cuDriverGetVersion");
  Result Code = GetVersion(&Api.Version);
  if (Code == Result::StubLibrary)
    return failure(Kind::NoDriver,
                   Name + " is the CUDA Toolkit's stub, not a driver: take the "
                          "stubs folder out of the library path");
  if (Code != Result::Success)
    return failure(Kind::NoDriver, describe(Api, "cuDriverGetVersion", Code));
  if (Api.Version < cuda::FloorVersion)
    return std::unexpected(tooOld(Api.Version));

  auto *GetProcAddress = reinterpret_cast<cuda::GetProcAddressFunction *>(
      dlsym(Library, "cuGetProcAddress_v2"));
  if (!GetProcAddress)
    return failure(Kind::DriverTooOld,
                   Name + " lacks cuGetProcAddress_v2: reinstall the NVIDIA "
                          "driver");
  auto Find = [&](const char *Symbol, int Version) -> void * {
    void *Function = nullptr;
    auto Found = cuda::QueryResult::SymbolNotFound;
    Result Code = GetProcAddress(Symbol, &Function, Version, 0, &Found);
    return Code == Result::Success && Found == cuda::QueryResult::Success
               ? Function
               : nullptr;
  };
  const char *Missing = nullptr;
  auto Fill = [&](auto &Entry, const char *Symbol, int Version) {
    Entry.Name = Symbol;
    Entry.Call = reinterpret_cast<decltype(Entry.Call)>(Find(Symbol, Version));
    return Entry.Call != nullptr;
  };
#define HAPAX_CUDA_FILL(NAME, ...)                                             \
  if (!Fill(Api.NAME, "cu" #NAME, cuda::FloorVersion))                         \
    Missing = "cu" #NAME;
  HAPAX_CUDA_FUNCTIONS(HAPAX_CUDA_FILL)
#undef HAPAX_CUDA_FILL
  if (Missing)
    return failure(Kind::DriverTooOld,
                   Name + " lacks " + Missing + ": update the NVIDIA driver");
  if (Api.Version >= cuda::BatchVersion)
    Fill(Api.MemcpyBatchAsync, "cuMemcpyBatchAsync", cuda::BatchVersion);
  return Api;
}

/// Whether this user may not open one of the nodes that are there.
static bool isForbidden(const std::string &Nodes) {
  for (const char *Node : {"/nvidiactl", "/nvidia-uvm", "/nvidia0"}) {
    int File = open((Nodes + Node).c_str(), O_RDWR | O_CLOEXEC);
    if (File >= 0)
      close(File);
    else if (errno == EACCES || errno == EPERM)
      return true;
  }
  return false;
}

/// How many cards have a node, whoever may open it.
static unsigned countCards(const std::string &Nodes) {
  constexpr unsigned Most = 64;
  unsigned Count = 0;
  for (unsigned I = 0; I != Most; ++I)
    Count += access((Nodes + "/nvidia" + std::to_string(I)).c_str(), F_OK) == 0;
  return Count;
}

/// Whether this value of CUDA_VISIBLE_DEVICES is why no device is seen. The
/// driver takes a list up to the first entry that names no device, so that the
/// first one decides.
static bool hidesAll(std::string_view Visible, unsigned Cards) {
  std::string_view First = Visible.substr(0, Visible.find(','));
  First.remove_prefix(std::min(First.find_first_not_of(' '), First.size()));
  // By its identity: one that is not there hides those that are.
  if (First.starts_with("GPU-") || First.starts_with("MIG-"))
    return Cards != 0;
  int Ordinal = -1;
  std::from_chars(First.data(), First.data() + First.size(), Ordinal);
  if (Ordinal < 0)
    return true;
  return Cards != 0 && unsigned(Ordinal) >= Cards;
}

static DeviceError noDevice(const CudaSource &Source,
                            const std::string &Detail) {
  if (isForbidden(Source.DeviceNodes))
    return {Kind::NoPermission,
            "the device nodes " + Source.DeviceNodes +
                "/nvidia* may not be opened by this user: grant access to "
                "them (" +
                Detail + ")"};
  if (const char *Visible = std::getenv("CUDA_VISIBLE_DEVICES");
      Visible && hidesAll(Visible, countCards(Source.DeviceNodes)))
    return {Kind::NoDevice, "CUDA_VISIBLE_DEVICES='" + std::string(Visible) +
                                "' hides every device: unset it (" + Detail +
                                ")"};
  return {Kind::NoDevice,
          "the driver sees no device: is a card there, and is the kernel "
          "module nvidia loaded? (" +
              Detail + ")"};
}

static DeviceError initFailure(const cuda::Api &Api, const CudaSource &Source,
                               Result Code) {
  std::string Detail = describe(Api, "cuInit", Code);
  switch (Code) {
  case Result::StubLibrary:
    return {Kind::NoDriver,
            Source.Library + " is the CUDA Toolkit's stub, not a driver: take "
                             "the stubs folder out of the library path"};
  case Result::SystemDriverMismatch:
    return {Kind::NoDriver, "libcuda and the loaded kernel module are of "
                            "different versions: reboot (" +
                                Detail + ")"};
  case Result::CompatNotSupportedOnDevice:
    return {Kind::NoDriver, "this device does not work with the CUDA "
                            "compatibility package: update the NVIDIA driver "
                            "itself (" +
                                Detail + ")"};
  case Result::SystemNotReady:
    return {Kind::NoDevice, "the system is not ready: is the NVIDIA fabric "
                            "manager running? (" +
                                Detail + ")"};
  case Result::NotPermitted:
    return {Kind::NoPermission,
            "this user may not use the device (" + Detail + ")"};
  case Result::DeviceUnavailable:
    return {Kind::NoDevice,
            "another process has the device to itself (" + Detail + ")"};
  default:
    return noDevice(Source, Detail);
  }
}

std::expected<cuda::Api, DeviceError>
hapax::loadCuda(const CudaSource &Source) {
  auto Library = openLibrary(Source.Library);
  if (!Library)
    return std::unexpected(std::move(Library.error()));
  // The library is never closed: drivers keep threads and exit handlers.
  auto Api = lookUp(*Library, Source.Library);
  if (!Api)
    return Api;
  if (Result Code = Api->Init.Call(0); Code != Result::Success)
    return std::unexpected(initFailure(*Api, Source, Code));
  int Count = 0;
  if (Result Code = Api->DeviceGetCount.Call(&Count); Code != Result::Success)
    return std::unexpected(initFailure(*Api, Source, Code));
  if (Count <= 0)
    return std::unexpected(noDevice(Source, "cuDeviceGetCount: 0"));
  return Api;
}
