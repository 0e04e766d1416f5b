//===- FakeDriver.cpp - The state of the fake driver ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "FakeDriver.h"
#include <cstdlib>
#include <string_view>
#include <sys/mman.h>

using namespace hapax;
using namespace hapax::fake;

thread_local cuda::Context fake::CurrentContext = nullptr;
static char ContextObject;
const cuda::Context fake::ThePrimaryContext =
    reinterpret_cast<cuda::Context>(&ContextObject);

Driver &Driver::get() {
  // Never destroyed: threads of streams may outlive main().
  static Driver *TheDriver = new Driver;
  return *TheDriver;
}

extern "C" __attribute__((visibility("default"))) FakeCuda *hapaxFakeCuda() {
  return &Driver::get();
}

void Driver::clear() {
  std::vector<std::thread> Threads;
  {
    std::lock_guard Lock(Mutex);
    Ending = true;
    for (auto &Stream : Streams)
      if (Stream->Thread.joinable())
        Threads.push_back(std::move(Stream->Thread));
  }
  Changed.notify_all();
  for (std::thread &Thread : Threads)
    Thread.join();
  for (auto &[Address, R] : Ranges)
    munmap(reinterpret_cast<void *>(Address), R.Size);
  for (auto &[Address, M] : Pinned)
    if (!M.IsRegistered)
      std::free(reinterpret_cast<void *>(Address));
}

void Driver::reset(const Settings &New) {
  clear();
  std::lock_guard Lock(Mutex);
  S = New;
  Random.seed(S.Seed);
  IsInitialised = IsPaused = Ending = false;
  Sticky = LateError = Result::Success;
  Calls = Others = 0;
  NotReadyLeft = S.NotReady;
  ContextReferences = 0;
  CallsOf.clear();
  Failed.clear();
  Misuse.clear();
  Ranges.clear();
  Mappings.clear();
  Allocations.clear();
  Pinned.clear();
  Streams.clear();
  Events.clear();
  Modules.clear();
  Functions.clear();
}

void Driver::pause() {
  std::lock_guard Lock(Mutex);
  IsPaused = true;
}

void Driver::resume() {
  {
    std::lock_guard Lock(Mutex);
    IsPaused = false;
  }
  Changed.notify_all();
}

void Driver::add(const Fault &F) {
  std::lock_guard Lock(Mutex);
  S.Faults.push_back(F);
}

uint64_t Driver::calls() const {
  std::lock_guard Lock(Mutex);
  return Calls;
}

uint64_t Driver::calls(const std::string &Function) const {
  std::lock_guard Lock(Mutex);
  auto Found = CallsOf.find(Function);
  return Found == CallsOf.end() ? 0 : Found->second;
}

static bool isQuery(std::string_view Name) {
  return Name == "cuStreamQuery" || Name == "cuEventQuery";
}

std::vector<std::string> Driver::failed() const {
  std::lock_guard Lock(Mutex);
  return Failed;
}

std::vector<std::string> Driver::misuse() const {
  std::lock_guard Lock(Mutex);
  return Misuse;
}

std::vector<std::string> Driver::leaks() const {
  std::lock_guard Lock(Mutex);
  std::vector<std::string> Lines;
  if (ContextReferences)
    Lines.push_back("context");
  Lines.insert(Lines.end(), Ranges.size(), "range");
  Lines.insert(Lines.end(), Mappings.size(), "mapping");
  for (auto &[Handle, A] : Allocations)
    if (!A.IsReleased)
      Lines.push_back("allocation");
  for (auto &[Address, M] : Pinned)
    Lines.push_back(M.IsRegistered ? "registration" : "host memory");
  for (auto &Stream : Streams)
    if (!Stream->IsDestroyed)
      Lines.push_back("stream");
  for (auto &Event : Events)
    if (!Event->IsDestroyed)
      Lines.push_back("event");
  for (auto &Module : Modules)
    if (!Module->IsUnloaded)
      Lines.push_back("module");
  return Lines;
}

Result Driver::misused(const std::string &What, Result Code) {
  Misuse.push_back(What);
  return Code;
}

Result Driver::enter(const char *Name, bool NeedsContext) {
  uint64_t Nth = ++CallsOf[Name];
  if (!isQuery(Name))
    ++Calls;
  for (const Fault &F : S.Faults) {
    uint64_t Count = F.Function.empty() ? Calls : Nth;
    if ((F.Function.empty() ? isQuery(Name) : F.Function != Name) ||
        Count < F.Nth || Count >= F.Nth + F.Count)
      continue;
    Failed.push_back(Name);
    if (F.Late) {
      LateError = F.Code;
      continue;
    }
    if (F.Sticks)
      Sticky = F.Code;
    return F.Code;
  }
  if (!IsInitialised && std::string_view(Name) != "cuInit")
    return misused(std::string(Name) + " before cuInit",
                   Result::NotInitialized);
  if (!NeedsContext)
    return Result::Success;
  if (Sticky != Result::Success)
    return Sticky;
  if (CurrentContext != ThePrimaryContext || !ContextReferences)
    return misused(std::string(Name) + " without a context",
                   Result::InvalidContext);
  return Result::Success;
}

bool Driver::isAccessible(uint64_t Address, uint64_t Size) const {
  while (Size) {
    auto Next = Mappings.upper_bound(Address);
    if (Next == Mappings.begin())
      return false;
    auto &[Begin, M] = *std::prev(Next);
    if (!M.IsAccessible || Address - Begin >= M.Size)
      return false;
    uint64_t Here = std::min(Size, M.Size - (Address - Begin));
    Address += Here;
    Size -= Here;
  }
  return true;
}

bool Driver::isHostPinned(uint64_t Address, uint64_t Size) const {
  auto Next = Pinned.upper_bound(Address);
  return Next != Pinned.begin() &&
         Address + Size <=
             std::prev(Next)->first + std::prev(Next)->second.Size;
}

uint64_t Driver::pinned(uint64_t DeviceAddress, uint64_t Size) const {
  bool IsAlias = DeviceAddress & RegisteredAlias;
  uint64_t Address = DeviceAddress & ~RegisteredAlias;
  auto Next = Pinned.upper_bound(Address);
  if (!isHostPinned(Address, Size) ||
      std::prev(Next)->second.IsRegistered != IsAlias)
    return 0;
  return Address;
}

void Driver::unpin(uint64_t Address) {
  auto Found = Pinned.find(Address);
  for (auto &Stream : Streams)
    for (const Work &W : Stream->Queue)
      for (const HostRange &R : W.Pinned)
        if (R.Address < Address + Found->second.Size &&
            Address < R.Address + R.Size)
          misused("memory unpinned while work uses it");
  Pinned.erase(Found);
}

void Driver::endContext() {
  // Otherwise each holder gives back what is his.
  if (Sticky == Result::Success)
    return;
  Sticky = Result::Success;
  for (auto &Stream : Streams)
    Stream->IsDestroyed = true;
  Changed.notify_all();
  for (auto &Event : Events)
    Event->IsDestroyed = true;
  for (auto &Module : Modules)
    Module->IsUnloaded = true;
  std::erase_if(Pinned, [](const auto &Each) {
    if (!Each.second.IsRegistered)
      std::free(reinterpret_cast<void *>(Each.first));
    return true;
  });
}

uint64_t Driver::freeBytes() const {
  uint64_t Used = Others;
  for (auto &[Handle, A] : Allocations)
    if (!A.IsReleased || A.Mappings)
      Used += A.Size;
  return Used < S.TotalBytes ? S.TotalBytes - Used : 0;
}

FakeStream *Driver::stream(cuda::Stream Handle) {
  for (auto &Stream : Streams)
    if (reinterpret_cast<cuda::Stream>(Stream.get()) == Handle &&
        !Stream->IsDestroyed)
      return Stream.get();
  return nullptr;
}

FakeEvent *Driver::event(cuda::Event Handle) {
  for (auto &Event : Events)
    if (reinterpret_cast<cuda::Event>(Event.get()) == Handle &&
        !Event->IsDestroyed)
      return Event.get();
  return nullptr;
}

Result Driver::query(bool IsOver) {
  if (IsOver && NotReadyLeft) {
    --NotReadyLeft;
    return Result::NotReady;
  }
  return IsOver ? Result::Success : Result::NotReady;
}
