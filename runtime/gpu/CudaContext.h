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
/// What the context held ends with the process. Only whether work has ended is
/// asked even then (CudaQueue), for a while that all who ask share.
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

  using Until = std::chrono::steady_clock::time_point;

  /// Retains the primary context of a device. \p Patience is how long work may
  /// take whose end is waited for without a deadline.
  static std::expected<std::unique_ptr<CudaContext>, DeviceError>
  open(const cuda::Api &Api, int Ordinal, std::chrono::milliseconds Patience);
  ~CudaContext();
  /// Gives it back, once; not when it is lost.
  Done release();
  /// Gives back one that an error has lost before anyone relied on it, so that
  /// the next one is a fresh one. False where it hangs: the call could, too.
  bool abandon();

  const cuda::Api &api() const { return Api; }
  cuda::Device device() const { return Device; }
  /// What the device is, but for SlabBytes and what depends on kernels.
  const DeviceCapabilities &capabilities() const { return What; }

  /// Makes the context current in this thread, before other calls; an error
  /// when it is lost.
  Done enter();
  /// Likewise, also when it is lost and whatever the driver says to it.
  void makeCurrent() const { (void)Api.CtxSetCurrent.Call(Context); }
  /// Calls the driver, unless it is lost.
  template <typename F, typename... Args>
  Done run(const cuda::Entry<F> &Entry, Args... Arguments) {
    if (isLost())
      return std::unexpected(lostError());
    return outcome(Entry.Name, Entry.Call(Arguments...));
  }
  /// Like run(); whether the answer was that work is under way.
  template <typename F, typename... Args>
  std::expected<bool, DeviceError> isReady(const cuda::Entry<F> &Entry,
                                           Args... Arguments) {
    if (isLost())
      return std::unexpected(lostError());
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
  /// lose(), since work did not end within the patience.
  DeviceError loseHung();
  /// Until when to ask whether work has ended, where nobody sets a deadline;
  /// of a lost context, the same for all who ask.
  Until patience() const;
  /// Of a lost context: nothing will be learned by asking longer.
  void stopAsking();

private:
  CudaContext(const cuda::Api &Api, cuda::Device Device,
              std::chrono::milliseconds Patience)
      : Api(Api), Device(Device), Patience(Patience) {}

  Done outcome(const char *Call, cuda::Result Code);
  Done ask(int Ordinal);
  DeviceError lostError() const;

  const cuda::Api Api;
  const cuda::Device Device;
  const std::chrono::milliseconds Patience;
  cuda::Context Context = nullptr;
  DeviceCapabilities What;
  std::atomic<bool> Lost = false;
  mutable std::mutex Mutex;
  std::string LostReason;
  bool Hangs = false;
  Until AskUntil;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_CUDACONTEXT_H
