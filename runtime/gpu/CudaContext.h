//===- CudaContext.h - One device's context, and its end --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Every call of the driver goes through here, so that there is one place that
/// knows what an error means.
///
/// Some errors stick: the context answers every later call with them, and what
/// it computed last is not to be trusted. So an error that is not known to be
/// harmless makes the context lost, for good, and from then on the driver is
/// not called any more: a call could block, and could not give anything back.
/// What the context held ends with the process.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_CUDACONTEXT_H
#define HAPAX_RUNTIME_GPU_CUDACONTEXT_H

#include "CudaLoader.h"
#include <atomic>
#include <mutex>

namespace hapax {

/// Thread-safe.
class CudaContext {
public:
  using Done = std::expected<void, DeviceError>;

  /// Retains the primary context of a device.
  static std::expected<std::unique_ptr<CudaContext>, DeviceError>
  open(const cuda::Api &Api, int Ordinal);
  ~CudaContext();
  /// Gives it back, once; not when it is lost.
  Done release();

  const cuda::Api &api() const { return Api; }
  cuda::Device device() const { return Device; }
  /// What the device is, but for SlabBytes and what depends on kernels.
  const DeviceCapabilities &capabilities() const { return What; }

  /// Makes the context current in this thread, before other calls; an error
  /// when it is lost.
  Done enter();
  /// Likewise, also when it is lost and whatever the driver says to it.
  void makeCurrent() const { (void)Api.CtxSetCurrent.Call(Context); }
  /// Calls the driver.
  template <typename F, typename... Args>
  Done run(const cuda::Entry<F> &Entry, Args... Arguments) {
    return outcome(Entry.Name, Entry.Call(Arguments...));
  }
  /// Like run(); whether the answer was that work is under way.
  template <typename F, typename... Args>
  std::expected<bool, DeviceError> isReady(const cuda::Entry<F> &Entry,
                                           Args... Arguments) {
    cuda::Result Code = Entry.Call(Arguments...);
    if (Code == cuda::Result::NotReady)
      return false;
    if (auto Good = outcome(Entry.Name, Code); !Good)
      return std::unexpected(std::move(Good.error()));
    return true;
  }

  bool isLost() const { return Lost.load(std::memory_order_acquire); }
  /// The first reason stays.
  DeviceError lose(std::string Reason);

private:
  CudaContext(const cuda::Api &Api, cuda::Device Device)
      : Api(Api), Device(Device) {}

  Done outcome(const char *Call, cuda::Result Code);
  Done ask(int Ordinal);
  DeviceError lostError() const;

  const cuda::Api Api;
  const cuda::Device Device;
  cuda::Context Context = nullptr;
  DeviceCapabilities What;
  std::atomic<bool> Lost = false;
  mutable std::mutex Mutex;
  std::string LostReason;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_CUDACONTEXT_H
