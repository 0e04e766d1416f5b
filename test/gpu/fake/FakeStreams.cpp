//===- FakeStreams.cpp - Streams, copies and kernels ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "FakeDriver.h"
#include "FakeEntries.h"
#include "KernelBodies.h"
#include <cstring>

using namespace hapax;
using namespace hapax::fake;

static void *pointer(uint64_t Address) {
  return reinterpret_cast<void *>(Address);
}

static HostRange hostRange(const void *Place, uint64_t Size) {
  return {reinterpret_cast<uintptr_t>(Place), Size};
}

Result Driver::run(const Work &W) {
  for (const HostRange &R : W.Pinned)
    if (!isHostPinned(R.Address, R.Size))
      return misused("work on memory unpinned meanwhile",
                     Result::IllegalAddress);
  return W.Run();
}

void Driver::serve(FakeStream &Stream) {
  std::unique_lock Lock(Mutex);
  for (;;) {
    Changed.wait(Lock, [&] {
      return Ending || (Stream.Queue.empty() ? Stream.IsDestroyed : !IsPaused);
    });
    if (Ending)
      return;
    if (Stream.Queue.empty()) {
      // Nobody will join it: it ends by itself.
      Stream.Thread.detach();
      return;
    }
    Work &Next = Stream.Queue.front();
    if (Next.Delay.count()) {
      Lock.unlock();
      std::this_thread::sleep_for(Next.Delay);
      Lock.lock();
    }
    // A context with an error does no more work, but what was begun may go on.
    if (Sticky == Result::Success || S.WorksOn) {
      Result Code =
          Next.LateError != Result::Success ? Next.LateError : run(Next);
      if (Code != Result::Success)
        Sticky = Code;
    }
    Stream.Queue.pop_front();
    ++Stream.Over;
  }
}

Result Driver::begin(cuda::Stream Handle, std::function<Result()> Run,
                     std::vector<HostRange> Host) {
  FakeStream *Stream = stream(Handle);
  if (!Stream)
    return misused("work on no stream", Result::InvalidHandle);
  std::chrono::microseconds Delay{0};
  if (S.MostDelay.count())
    Delay = std::chrono::microseconds(Random() % (S.MostDelay.count() + 1));
  std::erase_if(Host, [this](const HostRange &R) {
    return !isHostPinned(R.Address, R.Size);
  });
  Stream->Queue.push_back({std::move(Run), Delay, LateError, std::move(Host)});
  ++Stream->Begun;
  Changed.notify_all();
  return Result::Success;
}

Result entry::StreamCreate(cuda::Stream *To, unsigned Flags) {
  Driver &D = Driver::get();
  return D.call("cuStreamCreate", true, [&] {
    if (Flags != cuda::StreamNonBlocking)
      return D.misused("a stream that others block");
    auto &Stream = D.Streams.emplace_back(std::make_unique<FakeStream>());
    Stream->Thread = std::thread(&Driver::serve, &D, std::ref(*Stream));
    *To = reinterpret_cast<cuda::Stream>(Stream.get());
    return Result::Success;
  });
}

Result entry::StreamDestroy(cuda::Stream Handle) {
  Driver &D = Driver::get();
  return D.call("cuStreamDestroy", true, [&] {
    FakeStream *Stream = D.stream(Handle);
    if (!Stream)
      return D.misused("a stream destroyed twice", Result::InvalidHandle);
    if (Stream->Begun != Stream->Over)
      D.misused("a stream destroyed while it works");
    Stream->IsDestroyed = true;
    D.Changed.notify_all();
    return Result::Success;
  });
}

Result entry::StreamQuery(cuda::Stream Handle) {
  Driver &D = Driver::get();
  return D.call("cuStreamQuery", true, [&] {
    FakeStream *Stream = D.stream(Handle);
    if (!Stream)
      return D.misused("a query of no stream", Result::InvalidHandle);
    return D.query(Stream->Begun == Stream->Over);
  });
}

Result entry::EventCreate(cuda::Event *To, unsigned Flags) {
  Driver &D = Driver::get();
  return D.call("cuEventCreate", true, [&] {
    if (Flags != cuda::EventDisableTiming)
      return D.misused("an event that takes times");
    auto &Event = D.Events.emplace_back(std::make_unique<FakeEvent>());
    *To = reinterpret_cast<cuda::Event>(Event.get());
    return Result::Success;
  });
}

Result entry::EventDestroy(cuda::Event Handle) {
  Driver &D = Driver::get();
  return D.call("cuEventDestroy", true, [&] {
    FakeEvent *Event = D.event(Handle);
    if (!Event)
      return D.misused("an event destroyed twice", Result::InvalidHandle);
    Event->IsDestroyed = true;
    return Result::Success;
  });
}

Result entry::EventRecord(cuda::Event Handle, cuda::Stream On) {
  Driver &D = Driver::get();
  return D.call("cuEventRecord", true, [&] {
    FakeEvent *Event = D.event(Handle);
    FakeStream *Stream = D.stream(On);
    if (!Event || !Stream)
      return D.misused("a record of no event", Result::InvalidHandle);
    Event->Stream = Stream;
    Event->After = Stream->Begun;
    return Result::Success;
  });
}

Result entry::EventQuery(cuda::Event Handle) {
  Driver &D = Driver::get();
  return D.call("cuEventQuery", true, [&] {
    FakeEvent *Event = D.event(Handle);
    if (!Event || !Event->Stream)
      return D.misused("a query of no event", Result::InvalidHandle);
    return D.query(Event->Stream->Over >= Event->After);
  });
}

/// Work on device memory: in bounds when it begins and when it happens.
static Result beginOn(const char *Name, cuda::Stream Stream, uint64_t Address,
                      uint64_t Size, std::function<void()> Run,
                      std::vector<HostRange> Host = {}) {
  Driver &D = Driver::get();
  if (!D.isAccessible(Address, Size) || !Size)
    return D.misused(std::string(Name) + " out of bounds");
  auto Checked = [&D, Name, Address, Size, Run = std::move(Run)] {
    if (!D.isAccessible(Address, Size))
      return D.misused(std::string(Name) + " of memory unmapped meanwhile",
                       Result::IllegalAddress);
    Run();
    return Result::Success;
  };
  return D.begin(Stream, std::move(Checked), std::move(Host));
}

Result entry::MemcpyHtoDAsync(cuda::DevicePointer To, const void *From,
                              size_t Size, cuda::Stream Stream) {
  const char *Name = "cuMemcpyHtoDAsync";
  return Driver::get().call(Name, true, [&] {
    return beginOn(Name, Stream, To, Size,
                   [=] { std::memcpy(pointer(To), From, Size); },
                   {hostRange(From, Size)});
  });
}

Result entry::MemcpyDtoHAsync(void *To, cuda::DevicePointer From, size_t Size,
                              cuda::Stream Stream) {
  const char *Name = "cuMemcpyDtoHAsync";
  return Driver::get().call(Name, true, [&] {
    return beginOn(Name, Stream, From, Size,
                   [=] { std::memcpy(To, pointer(From), Size); },
                   {hostRange(To, Size)});
  });
}

Result entry::MemcpyDtoDAsync(cuda::DevicePointer To, cuda::DevicePointer From,
                              size_t Size, cuda::Stream Stream) {
  const char *Name = "cuMemcpyDtoDAsync";
  Driver &D = Driver::get();
  return D.call(Name, true, [&] {
    if (!D.isAccessible(To, Size))
      return D.misused("cuMemcpyDtoDAsync out of bounds");
    if (To < From + Size && From < To + Size)
      return D.misused("cuMemcpyDtoDAsync of ranges that overlap");
    return beginOn(Name, Stream, From, Size,
                   [=] { std::memcpy(pointer(To), pointer(From), Size); });
  });
}

Result entry::MemsetD8Async(cuda::DevicePointer To, unsigned char Value,
                            size_t Size, cuda::Stream Stream) {
  const char *Name = "cuMemsetD8Async";
  return Driver::get().call(Name, true, [&] {
    return beginOn(Name, Stream, To, Size,
                   [=] { std::memset(pointer(To), Value, Size); });
  });
}

Result entry::MemcpyBatchAsync(cuda::DevicePointer *To,
                               cuda::DevicePointer *From, size_t *Sizes,
                               size_t Count, cuda::CopyAttributes *Attributes,
                               size_t *Indices, size_t AttributeCount,
                               size_t *Failed, cuda::Stream Stream) {
  const char *Name = "cuMemcpyBatchAsync";
  Driver &D = Driver::get();
  return D.call(Name, true, [&] {
    if (!Count || AttributeCount != 1 || Indices[0] != 0 || !Stream ||
        Attributes->Order == cuda::SourceOrder::Invalid)
      return D.misused("a batch with wrong attributes");
    for (size_t I = 0; I != Count; ++I) {
      *Failed = I;
      if (!D.isHostPinned(To[I], Sizes[I]))
        return D.misused("a batch into plain memory");
      // As on the device, what comes before an error has begun.
      size_t Size = Sizes[I] - (D.S.WrongBatches && I == Count / 2);
      Result Code = beginOn(Name, Stream, From[I], Size,
                            [To = To[I], From = From[I], Size] {
                              std::memcpy(pointer(To), pointer(From), Size);
                            },
                            {{To[I], Size}});
      if (Code != Result::Success)
        return Code;
    }
    return Result::Success;
  });
}

Result entry::ModuleLoadData(cuda::Module *To, const void *Image) {
  Driver &D = Driver::get();
  return D.call("cuModuleLoadData", true, [&] {
    // Code of CUDA 13 is new to older drivers.
    if (D.S.Version < 13000)
      return Result::UnsupportedPtxVersion;
    auto &Module = D.Modules.emplace_back(std::make_unique<FakeModule>());
    *To = reinterpret_cast<cuda::Module>(Module.get());
    return Result::Success;
  });
}

Result entry::ModuleUnload(cuda::Module Handle) {
  Driver &D = Driver::get();
  return D.call("cuModuleUnload", true, [&] {
    for (auto &Module : D.Modules)
      if (reinterpret_cast<cuda::Module>(Module.get()) == Handle &&
          !Module->IsUnloaded) {
        Module->IsUnloaded = true;
        return Result::Success;
      }
    return D.misused("a module unloaded twice", Result::InvalidHandle);
  });
}

Result entry::ModuleGetFunction(cuda::Function *To, cuda::Module Handle,
                                const char *Name) {
  Driver &D = Driver::get();
  return D.call("cuModuleGetFunction", true, [&] {
    bool IsGather = std::strcmp(Name, "hapaxGather") == 0;
    if (!IsGather && std::strcmp(Name, "hapaxDigest") != 0)
      return Result::NotFound;
    auto &New = D.Functions.emplace_back(std::make_unique<FakeFunction>());
    New->IsGather = IsGather;
    New->Module = reinterpret_cast<FakeModule *>(Handle);
    *To = reinterpret_cast<cuda::Function>(New.get());
    return Result::Success;
  });
}

static Result runGather(const kernel::GatherBatch &Batch) {
  Driver &D = Driver::get();
  for (uint32_t I = 0; I != Batch.Count; ++I) {
    const kernel::Transfer &T = Batch.Items[I];
    uint64_t To = D.pinned(T.To, T.Size);
    if (!To || !D.isAccessible(T.From, T.Size))
      return D.misused("a gather out of bounds", Result::IllegalAddress);
    kernel::runGather({To, T.From, T.Size - D.S.WrongGather});
  }
  return Result::Success;
}

static Result runDigest(const kernel::DigestBatch &Batch) {
  Driver &D = Driver::get();
  uint64_t To = D.pinned(Batch.To, 16 * uint64_t(Batch.Count));
  if (!To)
    return D.misused("a digest into plain memory", Result::IllegalAddress);
  for (uint32_t I = 0; I != Batch.Count; ++I) {
    const kernel::Extent &E = Batch.Items[I];
    if (!D.isAccessible(E.Address, E.Size))
      return D.misused("a digest out of bounds", Result::IllegalAddress);
    kernel::runDigest(E, To + 16 * uint64_t(I));
    if (D.S.WrongDigest && I + 1 == Batch.Count)
      static_cast<uint8_t *>(pointer(To))[16 * I] ^= 1;
  }
  return Result::Success;
}

Result entry::LaunchKernel(cuda::Function Handle, unsigned GridX,
                           unsigned GridY, unsigned GridZ, unsigned BlockX,
                           unsigned BlockY, unsigned BlockZ, unsigned,
                           cuda::Stream Stream, void **Parameters, void **) {
  Driver &D = Driver::get();
  return D.call("cuLaunchKernel", true, [&] {
    auto *Function = reinterpret_cast<FakeFunction *>(Handle);
    if (Function->Module->IsUnloaded)
      return D.misused("a kernel of an unloaded module");
    if (GridZ != 1 || BlockY != 1 || BlockZ != 1 || !GridX || GridY > 65535)
      return D.misused("a grid of a wrong shape");
    // The parameters are copied by the call.
    if (Function->IsGather) {
      auto Batch = *static_cast<kernel::GatherBatch *>(Parameters[0]);
      if (GridY != Batch.Count || !BlockX || BlockX > 1024)
        return D.misused("a grid that is not one row for each piece");
      std::vector<HostRange> Host;
      for (uint32_t I = 0; I != Batch.Count; ++I)
        Host.push_back({D.pinned(Batch.Items[I].To, Batch.Items[I].Size),
                        Batch.Items[I].Size});
      return D.begin(
          Stream, [Batch] { return runGather(Batch); }, std::move(Host));
    }
    auto Batch = *static_cast<kernel::DigestBatch *>(Parameters[0]);
    if (GridX != Batch.Count || GridY != 1 || BlockX != 32)
      return D.misused("a grid that is not one warp for each region");
    uint64_t Bytes = 16 * uint64_t(Batch.Count);
    return D.begin(Stream, [Batch] { return runDigest(Batch); },
                   {{D.pinned(Batch.To, Bytes), Bytes}});
  });
}
