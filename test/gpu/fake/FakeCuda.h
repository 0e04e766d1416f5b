//===- FakeCuda.h - A CUDA driver for tests ---------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A libcuda.so.1 of our own with real bytes behind it. It does what the driver
/// API promises and no more: work on a stream happens later, on a thread, and
/// reads its sources only then; memory has bounds, and stays pinned while work
/// uses it; a handle that was destroyed is no handle; an error that sticks ends
/// with the context. What breaks the rules is written down, what is not given
/// back is counted, and faults come as scripted.
///
/// One driver a process: a test begins with reset(), and ends by looking at
/// misuse() and leaks().
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_GPU_FAKE_FAKECUDA_H
#define HAPAX_TEST_GPU_FAKE_FAKECUDA_H

#include "CudaApi.h"
#include <chrono>
#include <string>
#include <vector>

namespace hapax::fake {

/// A call that does nothing but answer with an error.
struct Fault {
  /// "cuMemMap"; empty: any call but queries, which are as many as time allows.
  std::string Function = {};
  /// From 1, counted from reset().
  uint64_t Nth = 1;
  cuda::Result Code = cuda::Result::Unknown;
  /// How many calls from the Nth on.
  uint64_t Count = 1;
  /// Every later call of the context answers so too.
  bool Sticks = false;
  /// The call is accepted; the error comes when the stream gets to the work,
  /// and sticks.
  bool Late = false;
};

struct Settings {
  int Version = 13000;
  /// Names that cuGetProcAddress does not know.
  std::vector<std::string> Missing = {};
  int Devices = 1;
  std::string Name = "NVIDIA Fake";
  uint64_t TotalBytes = uint64_t(256) << 20;
  uint64_t Granularity = uint64_t(2) << 20;
  int ComputeMode = 0;
  bool MapsOnDemand = true;
  /// Bytes that other processes take each time someone asks for memory.
  uint64_t OthersTake = 0;
  std::vector<Fault> Faults = {};
  /// Each piece of work waits a random time up to it.
  std::chrono::microseconds MostDelay{0};
  unsigned Seed = 1;
  /// Queries that answer "not ready" although all is done.
  uint64_t NotReady = 0;
  /// They run, but do not what they should.
  bool WrongGather = false, WrongDigest = false, WrongBatches = false;
  /// An error that sticks ends nothing that was begun before it.
  bool WorksOn = false;
};

class FakeCuda {
public:
  virtual ~FakeCuda() = default;

  /// A driver as after boot. No thread may be in a call.
  virtual void reset(const Settings &S) = 0;
  /// No work begins until resume().
  virtual void pause() = 0;
  virtual void resume() = 0;
  /// Adds a fault, counted as all are from reset().
  virtual void add(const Fault &F) = 0;

  /// Calls since reset(), but for queries.
  virtual uint64_t calls() const = 0;
  virtual uint64_t calls(const std::string &Function) const = 0;
  /// The functions whose calls failed as scripted, in their order.
  virtual std::vector<std::string> failed() const = 0;
  /// Rules that were broken, a line each.
  virtual std::vector<std::string> misuse() const = 0;
  /// Handles and memory not given back, a line each.
  virtual std::vector<std::string> leaks() const = 0;
};

/// The one symbol that tests look up: "hapaxFakeCuda".
using FakeCudaFunction = FakeCuda *();

} // namespace hapax::fake

#endif // HAPAX_TEST_GPU_FAKE_FAKECUDA_H
