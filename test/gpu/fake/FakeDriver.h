//===- FakeDriver.h - The state of the fake driver --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// One lock guards all of it; the threads of streams take it to work, not to
/// wait. Handles are never used twice between resets, so that each stale one is
/// recognised.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_GPU_FAKE_FAKEDRIVER_H
#define HAPAX_TEST_GPU_FAKE_FAKEDRIVER_H

#include "FakeCuda.h"
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <thread>

namespace hapax::fake {

using cuda::Result;

struct HostRange {
  uint64_t Address, Size;
};

struct Work {
  /// Called with the lock held; an error sticks.
  std::function<Result()> Run;
  std::chrono::microseconds Delay;
  Result LateError;
  /// The host's memory that it uses and that was pinned when it was begun.
  std::vector<HostRange> Pinned;
};

struct FakeStream {
  /// What is not over.
  std::deque<Work> Queue;
  /// Pieces of work that were put in, and that are over.
  uint64_t Begun = 0, Over = 0;
  bool IsDestroyed = false;
  std::thread Thread;
};

struct FakeEvent {
  /// Null before it is recorded.
  FakeStream *Stream = nullptr;
  uint64_t After = 0;
  bool IsDestroyed = false;
};

struct FakeModule {
  bool IsUnloaded = false;
};

struct FakeFunction {
  bool IsGather = false;
  FakeModule *Module = nullptr;
};

class Driver final : public FakeCuda {
public:
  static Driver &get();

  void reset(const Settings &S) override;
  void pause() override;
  void resume() override;
  void add(const Fault &F) override;
  uint64_t calls() const override;
  uint64_t calls(const std::string &Function) const override;
  std::vector<std::string> failed() const override;
  std::vector<std::string> misuse() const override;
  std::vector<std::string> leaks() const override;

  /// What every call of the API goes through: \p Body runs under the lock,
  /// unless the call is to fail.
  template <typename F>
  Result call(const char *Name, bool NeedsContext, F Body) {
    std::unique_lock Lock(Mutex);
    LateError = Result::Success;
    Result Code = enter(Name, NeedsContext);
    return Code == Result::Success ? Body() : Code;
  }

  // All below with the lock held.

  Result misused(const std::string &What, Result Code = Result::InvalidValue);
  /// Whether device memory is mapped and accessible there.
  bool isAccessible(uint64_t Address, uint64_t Size) const;
  /// The host's address of pinned memory that a device sees there; 0 for none.
  uint64_t pinned(uint64_t DeviceAddress, uint64_t Size) const;
  bool isHostPinned(uint64_t Address, uint64_t Size) const;
  /// Work that uses, among others, that memory of the host's.
  Result begin(cuda::Stream Handle, std::function<Result()> Run,
               std::vector<HostRange> Host = {});
  /// Pinned memory is given back: not while work uses it.
  void unpin(uint64_t Address);
  FakeStream *stream(cuda::Stream Handle);
  FakeEvent *event(cuda::Event Handle);
  /// The answer to a query about work that is over or not.
  Result query(bool IsOver);
  uint64_t freeBytes() const;
  /// The last one who had the context has given it back.
  void endContext();
  Result run(const Work &W);
  /// What a stream's thread does; takes the lock itself.
  void serve(FakeStream &Stream);

  mutable std::mutex Mutex;
  std::condition_variable Changed;
  Settings S;
  std::mt19937_64 Random;
  bool IsInitialised = false, IsPaused = false, Ending = false;
  Result Sticky = Result::Success;
  /// The error that the work of the current call is to end with.
  Result LateError = Result::Success;

  uint64_t Calls = 0, NotReadyLeft = 0, Others = 0;
  std::map<std::string, uint64_t> CallsOf;
  std::vector<std::string> Failed, Misuse;

  int ContextReferences = 0;
  struct Range {
    uint64_t Size;
  };
  struct Mapping {
    uint64_t Size;
    cuda::AllocationHandle Memory;
    bool IsAccessible;
  };
  struct Allocation {
    uint64_t Size;
    bool IsReleased = false;
    unsigned Mappings = 0;
  };
  struct HostMemory {
    uint64_t Size;
    bool IsRegistered;
  };
  std::map<uint64_t, Range> Ranges;
  std::map<uint64_t, Mapping> Mappings;
  std::map<cuda::AllocationHandle, Allocation> Allocations;
  cuda::AllocationHandle NextAllocation = 1;
  std::map<uint64_t, HostMemory> Pinned;
  std::vector<std::unique_ptr<FakeStream>> Streams;
  std::vector<std::unique_ptr<FakeEvent>> Events;
  std::vector<std::unique_ptr<FakeModule>> Modules;
  std::vector<std::unique_ptr<FakeFunction>> Functions;

private:
  Result enter(const char *Name, bool NeedsContext);
  void clear();
};

/// The context that this thread works in.
extern thread_local cuda::Context CurrentContext;
extern const cuda::Context ThePrimaryContext;

/// Device addresses of memory that was registered are not the host's: who mixes
/// them up is found.
inline constexpr uint64_t RegisteredAlias = uint64_t(1) << 60;

/// The address of a function by its name and version; null when there is none.
void *lookUp(const std::string &Name, int Version);

} // namespace hapax::fake

#endif // HAPAX_TEST_GPU_FAKE_FAKEDRIVER_H
