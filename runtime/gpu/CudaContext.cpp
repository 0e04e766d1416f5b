//===- CudaContext.cpp - One device's context, and its end ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CudaContext.h"
#include "Failure.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>

using namespace hapax;
using cuda::Result;
using Kind = DeviceError::Kind;

/// The kind of an error that leaves the context as it was; none of others.
static std::optional<Kind> harmless(Result Code) {
  switch (Code) {
  case Result::OutOfMemory:
    return Kind::OutOfMemory;
  case Result::InvalidValue:
  case Result::HostMemoryAlreadyRegistered:
  case Result::HostMemoryNotRegistered:
    return Kind::Refused;
  case Result::NotPermitted:
    return Kind::NoPermission;
  case Result::NotSupported:
  case Result::NotFound:
  case Result::InvalidImage:
  case Result::NoBinaryForGpu:
  case Result::InvalidPtx:
  case Result::JitCompilerNotFound:
  case Result::JitCompilationDisabled:
  case Result::UnsupportedPtxVersion:
  case Result::InvalidSource:
  case Result::LaunchOutOfResources:
    return Kind::Unsupported;
  default:
    return std::nullopt;
  }
}

CudaContext::Done CudaContext::outcome(const char *Call, Result Code) {
  if (Code == Result::Success)
    return {};
  std::string Message = describe(Api, Call, Code);
  if (auto Reason = harmless(Code))
    return failure(*Reason, std::move(Message));
  return std::unexpected(lose(std::move(Message)));
}

DeviceError CudaContext::lose(std::string Reason) {
  {
    std::lock_guard Lock(Mutex);
    if (!isLost()) {
      LostReason = std::move(Reason);
      AskUntil = std::chrono::steady_clock::now() + Patience;
      Lost.store(true, std::memory_order_release);
    }
  }
  return lostError();
}

DeviceError CudaContext::loseHung() {
  DeviceError Error = lose("work did not end within " +
                           std::to_string(Patience.count()) + " ms");
  stopAsking();
  std::lock_guard Lock(Mutex);
  Hangs = true;
  return Error;
}

CudaContext::Until CudaContext::patience() const {
  std::lock_guard Lock(Mutex);
  return isLost() ? AskUntil : std::chrono::steady_clock::now() + Patience;
}

void CudaContext::stopAsking() {
  std::lock_guard Lock(Mutex);
  AskUntil = std::min(AskUntil, std::chrono::steady_clock::now());
}

DeviceError CudaContext::lostError() const {
  std::lock_guard Lock(Mutex);
  return {Kind::Lost, "the device is lost to this process, which needs to "
                      "start anew (" +
                          LostReason + ")"};
}

CudaContext::Done CudaContext::enter() {
  if (isLost())
    return std::unexpected(lostError());
  return run(Api.CtxSetCurrent, Context);
}

/// "0000:1b:00.0".
static std::string busAddress(int Domain, int Bus, int Device) {
  char Text[32];
  std::snprintf(Text, sizeof(Text), "%04x:%02x:%02x.0", unsigned(Domain),
                unsigned(Bus), unsigned(Device));
  return Text;
}

CudaContext::Done CudaContext::ask(int Ordinal) {
  char Name[256] = {};
  size_t Bytes = 0;
  int Domain = 0, Bus = 0, Slot = 0, Major = 0, Minor = 0, Mode = 0,
      Unified = 0, Mapping = 0;
  Done Good = run(Api.DeviceGetName, Name, int(sizeof(Name)) - 1, Device);
  auto Ask = [&](int &Value, cuda::DeviceAttribute Attribute) {
    if (Good)
      Good = run(Api.DeviceGetAttribute, &Value, Attribute, Device);
  };
  Ask(Domain, cuda::DeviceAttribute::PciDomainId);
  Ask(Bus, cuda::DeviceAttribute::PciBusId);
  Ask(Slot, cuda::DeviceAttribute::PciDeviceId);
  Ask(Major, cuda::DeviceAttribute::ComputeCapabilityMajor);
  Ask(Minor, cuda::DeviceAttribute::ComputeCapabilityMinor);
  Ask(Mode, cuda::DeviceAttribute::ComputeMode);
  Ask(Unified, cuda::DeviceAttribute::UnifiedAddressing);
  Ask(Mapping, cuda::DeviceAttribute::VirtualMemoryManagement);
  if (Good)
    Good = run(Api.DeviceTotalMem, &Bytes, Device);
  if (!Good)
    return Good;
  What.Name = Name;
  What.TotalBytes = Bytes;
  What.IsGpu = true;
  bool IsSlice = What.Name.find(" MIG ") != std::string::npos;
  What.Description = What.Name + (IsSlice ? " (a MIG slice), " : ", ") +
                     std::to_string(Bytes >> 20) + " MiB, compute capability " +
                     std::to_string(Major) + "." + std::to_string(Minor) +
                     ", bus " + busAddress(Domain, Bus, Slot) +
                     ", driver for CUDA " + cudaVersionText(Api.Version);
  std::string Which = "device " + std::to_string(Ordinal) + " (" + What.Name;
  if (Mode == cuda::ComputeModeProhibited)
    return failure(Kind::NoPermission,
                   Which + ") is in compute mode 'prohibited': nvidia-smi -c "
                           "DEFAULT allows use");
  if (!Unified || !Mapping)
    return failure(Kind::Unsupported,
                   Which + ") cannot map memory on demand: use a newer one");
  return {};
}

std::expected<std::unique_ptr<CudaContext>, DeviceError>
CudaContext::open(const cuda::Api &Api, int Ordinal,
                  std::chrono::milliseconds Patience) {
  int Count = 0;
  cuda::Device Device = 0;
  if (Result Code = Api.DeviceGetCount.Call(&Count); Code != Result::Success)
    return failure(Kind::NoDevice,
                   describe(Api, Api.DeviceGetCount.Name, Code));
  if (Ordinal < 0 || Ordinal >= Count)
    return failure(Kind::NoDevice,
                   "there is no device " + std::to_string(Ordinal) +
                       ": the driver shows " + std::to_string(Count) +
                       (std::getenv("CUDA_VISIBLE_DEVICES")
                            ? " (CUDA_VISIBLE_DEVICES chooses)"
                            : ""));
  if (Result Code = Api.DeviceGet.Call(&Device, Ordinal);
      Code != Result::Success)
    return failure(Kind::NoDevice, describe(Api, Api.DeviceGet.Name, Code));

  std::unique_ptr<CudaContext> New(new CudaContext(Api, Device, Patience));
  if (auto Good = New->ask(Ordinal); !Good)
    return std::unexpected(std::move(Good.error()));
  Result Code = Api.DevicePrimaryCtxRetain.Call(&New->Context, Device);
  if (Code != Result::Success) {
    New->Context = nullptr;
    std::string Message = describe(Api, Api.DevicePrimaryCtxRetain.Name, Code);
    if (Code == Result::OutOfMemory)
      return failure(Kind::OutOfMemory,
                     "no memory is left for a context (" + Message + ")");
    if (Code == Result::DeviceUnavailable)
      return failure(Kind::NoDevice, "another process has the device to "
                                     "itself (" +
                                         Message + ")");
    return failure(Kind::NoDevice, std::move(Message));
  }
  return New;
}

CudaContext::~CudaContext() {
  if (Done Good = release(); !Good)
    std::fprintf(stderr, "hapax: a context of %s was not given back: %s\n",
                 What.Name.c_str(), Good.error().Message.c_str());
}

bool CudaContext::abandon() {
  {
    std::lock_guard Lock(Mutex);
    if (!isLost() || Hangs || !std::exchange(Context, nullptr))
      return false;
  }
  return Api.DevicePrimaryCtxRelease.Call(Device) == Result::Success;
}

CudaContext::Done CudaContext::release() {
  if (!std::exchange(Context, nullptr) || isLost())
    return {};
  return run(Api.DevicePrimaryCtxRelease, Device);
}
