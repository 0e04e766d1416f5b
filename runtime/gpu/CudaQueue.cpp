//===- CudaQueue.cpp - A stream of a CUDA device ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CudaQueue.h"
#include "Failure.h"
#include <algorithm>
#include <thread>

using namespace hapax;
using namespace std::chrono_literals;

/// Longer than a few MiB take over the bus; sleeping would make them later.
static constexpr auto Spin = 200us;
static constexpr auto FirstSleep = 20us, LongestSleep = 500us;
/// How long an error must be the only answer to be taken for the last one.
static constexpr auto ErrorStays = 2ms;

std::expected<std::unique_ptr<CudaQueue>, DeviceError>
CudaQueue::create(const Owner &By, std::string_view Name) {
  std::unique_ptr<CudaQueue> New(new CudaQueue(By));
  if (Done Good = New->start(Name); !Good)
    return std::unexpected(std::move(Good.error()));
  return New;
}

CudaQueue::Done CudaQueue::start(std::string_view Name) {
  Done Good = Context.enter();
  if (!Good)
    return Good;
  auto Track = [&](HapaxHandle &To, std::string What,
                   HeldResources::Holder Holder) {
    auto Handle = By.Held.add(std::move(What), Holder);
    if (!Handle)
      Good = std::unexpected(std::move(Handle.error()));
    else
      To = *Handle;
    return Good.has_value();
  };
  std::string Text(Name);
  if (!Track(Held, "queue '" + Text + "'", HeldResources::Holder::User))
    return Good;
  Good = Context.run(Api.StreamCreate, &Stream, cuda::StreamNonBlocking);
  if (!Good)
    Stream = nullptr;
  for (Mark &M : Marks) {
    if (!Good || !Track(M.Held, "event of queue '" + Text + "'",
                        HeldResources::Holder::Self))
      return Good;
    Good = Context.run(Api.EventCreate, &M.Event, cuda::EventDisableTiming);
    if (!Good)
      M.Event = nullptr;
  }
  return Good;
}

CudaQueue::~CudaQueue() {
  // A stream that does not come to its end takes the device with it: what it
  // still writes to could be about to be used for something else.
  if (Stream)
    (void)drain();
  auto GiveBack = [&](HapaxHandle Handle, auto Destroy) {
    Done Good;
    if (!Context.isLost())
      Good = Destroy();
    if (Good || Context.isLost())
      By.Held.remove(Handle);
  };
  for (Mark &M : Marks)
    GiveBack(M.Held, [&] {
      return M.Event ? Context.run(Api.EventDestroy, M.Event) : Done();
    });
  GiveBack(Held, [&] {
    return Stream ? Context.run(Api.StreamDestroy, Stream) : Done();
  });
}

CudaQueue::Done CudaQueue::prepare(Ticket Last) {
  if (Done Good = Context.enter(); !Good)
    return Good;
  if (Last <= Finished)
    return {};
  Mark &M = Marks[NextMark];
  M.For = 0;
  if (Done Good = Context.run(Api.EventRecord, M.Event, Stream); !Good)
    return Good;
  M.For = Last;
  NextMark = (NextMark + 1) % Ring;
  return {};
}

CudaQueue::Done CudaQueue::settled(Done Work) {
  if (!Work && !Context.isLost())
    if (Done Over = drain(); !Over)
      return Over;
  return Work;
}

CudaQueue::Done CudaQueue::moveIn(uint64_t To,
                                  std::span<const std::byte> From) {
  return settled(Context.run(Api.MemcpyHtoDAsync, cuda::DevicePointer(To),
                             static_cast<const void *>(From.data()),
                             From.size(), Stream));
}

CudaQueue::Done CudaQueue::moveOut(const Piece &P) {
  return settled(Context.run(Api.MemcpyDtoHAsync, static_cast<void *>(P.To),
                             cuda::DevicePointer(P.From), size_t(P.Size),
                             Stream));
}

bool CudaQueue::arePinned(std::span<const Piece> Pieces) const {
  return std::all_of(Pieces.begin(), Pieces.end(), [&](const Piece &P) {
    return By.Pinned.find({P.To, P.Size}).has_value();
  });
}

CudaQueue::Done CudaQueue::moveBatch(std::span<const Piece> Pieces) {
  Targets.clear();
  Sources.clear();
  Sizes.clear();
  for (const Piece &P : Pieces) {
    Targets.push_back(reinterpret_cast<uintptr_t>(P.To));
    Sources.push_back(P.From);
    Sizes.push_back(P.Size);
  }
  cuda::CopyAttributes Attributes = {};
  Attributes.Order = cuda::SourceOrder::Stream;
  size_t First = 0, Failed = 0;
  return settled(Context.run(Api.MemcpyBatchAsync, Targets.data(),
                             Sources.data(), Sizes.data(), Sizes.size(),
                             &Attributes, &First, size_t(1), &Failed, Stream));
}

CudaQueue::Done CudaQueue::moveOutMany(std::span<const Piece> Pieces) {
  // Of plain memory only single copies are known to work on every machine.
  if (By.Batches && BatchWorks && Pieces.size() > 1 && arePinned(Pieces)) {
    Done Good = moveBatch(Pieces);
    if (Good || Context.isLost())
      return Good;
    BatchWorks = false;
  }
  for (const Piece &P : Pieces)
    if (Done Good = moveOut(P); !Good)
      return Good;
  return {};
}

CudaQueue::Done
CudaQueue::runGather(std::span<const kernel::Transfer> Transfers) {
  return settled(By.Kernels->gather(Stream, Transfers));
}

CudaQueue::Done CudaQueue::moveWithin(const HapaxTransfer &T) {
  return settled(Context.run(Api.MemcpyDtoDAsync, cuda::DevicePointer(T.To),
                             cuda::DevicePointer(T.From), size_t(T.Size),
                             Stream));
}

CudaQueue::Done CudaQueue::set(uint64_t To, uint64_t Size, std::byte Value) {
  return settled(Context.run(Api.MemsetD8Async, cuda::DevicePointer(To),
                             static_cast<unsigned char>(Value), size_t(Size),
                             Stream));
}

CudaQueue::Done CudaQueue::runDigest(std::span<const kernel::Extent> Extents,
                                     uint64_t To) {
  return settled(By.Kernels->digest(Stream, Extents, To));
}

std::expected<bool, DeviceError> CudaQueue::ask(Ticket T) {
  if (T <= Finished)
    return true;
  const Mark *First = nullptr;
  for (const Mark &M : Marks)
    if (M.For >= T && (!First || M.For < First->For))
      First = &M;
  auto Ready = First ? Context.isReady(Api.EventQuery, First->Event)
                     : Context.isReady(Api.StreamQuery, Stream);
  if (Ready && *Ready)
    Finished = First ? First->For : T;
  return Ready;
}

std::expected<bool, DeviceError> CudaQueue::poll(Ticket T) {
  if (Done Good = Context.enter(); !Good)
    return std::unexpected(std::move(Good.error()));
  return ask(T);
}

template <typename F>
std::expected<bool, DeviceError> CudaQueue::pollUntil(F IsDone,
                                                      Until Deadline) {
  auto Begin = std::chrono::steady_clock::now();
  std::chrono::steady_clock::duration Sleep = FirstSleep;
  for (;;) {
    auto Ready = IsDone();
    if (!Ready || *Ready)
      return Ready;
    auto Now = std::chrono::steady_clock::now();
    if (Now >= Deadline)
      return false;
    if (Now - Begin < Spin)
      continue;
    std::this_thread::sleep_for(std::min(Sleep, Deadline - Now));
    Sleep =
        std::min<std::chrono::steady_clock::duration>(2 * Sleep, LongestSleep);
  }
}

CudaQueue::Done CudaQueue::await(Ticket T, Until Deadline) {
  std::expected<bool, DeviceError> Ready = false;
  if (Done Good = Context.enter(); !Good)
    Ready = std::unexpected(std::move(Good.error()));
  else
    Ready = pollUntil([&] { return ask(T); }, Deadline);
  if (!Ready) {
    // What was asked for may be over all the same, or soon.
    (void)quiesce(Deadline);
    return std::unexpected(std::move(Ready.error()));
  }
  if (!*Ready)
    return failure(DeviceError::Kind::TimedOut,
                   "the device did not finish in time");
  return {};
}

bool CudaQueue::isQuiet() {
  Context.makeCurrent();
  return Api.StreamQuery.Call(Stream) == cuda::Result::Success;
}

cuda::Result CudaQueue::quiesce(Until Deadline) {
  Context.makeCurrent();
  cuda::Result Answer = cuda::Result::NotReady;
  Until ErrorSince{};
  bool IsError = false;
  auto IsOver = [&]() -> std::expected<bool, DeviceError> {
    Answer = Api.StreamQuery.Call(Stream);
    if (Answer == cuda::Result::Success)
      return true;
    auto Now = std::chrono::steady_clock::now();
    if (!std::exchange(IsError, Answer != cuda::Result::NotReady))
      ErrorSince = Now;
    return IsError && Now - ErrorSince >= ErrorStays;
  };
  bool Ended = *pollUntil(IsOver, std::min(Deadline, Context.patience()));
  // The others need not find out for themselves.
  if (Context.isLost() && Ended && Answer != cuda::Result::Success)
    Context.stopAsking();
  return Answer;
}

CudaQueue::Done CudaQueue::drain() {
  switch (cuda::Result Answer = quiesce(Until::max())) {
  case cuda::Result::Success:
    return {};
  case cuda::Result::NotReady:
    return std::unexpected(Context.loseHung());
  default: {
    DeviceError Error =
        Context.lose(describe(Api, Api.StreamQuery.Name, Answer));
    Context.stopAsking();
    return std::unexpected(std::move(Error));
  }
  }
}
