//===- Counters.cpp - Named counters shared by all processes ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
// Problem: every compiler process adds to a handful of counters, hundreds at a
// time under `make -j`. A lock or a rewritten file would cost more than a hit.
//
// Idea: a table of fixed size in a mapped file; a counter is one slot, adding
// is one atomic addition.
//
//   file := magic (8 bytes, "HPXCNT01") overflow (u64) zero (48 bytes)
//           slot{511}
//   slot := state (u32) zero (u32) name (48 bytes, zero-padded) value (u64)
//   overflow := what was added to names that found no slot ("other")
//   state := 0 free | 1 being named | 2 named
//
// Invariant: a slot goes from free to "being named" by compare-and-swap, and
// only the process that did so writes the name and then sets "named" (release;
// readers acquire). Nobody waits for a slot that is being named: a process that
// died there must stop no one. It is passed over, so two processes that name
// the same counter at the same moment may use two slots; read() adds them up.
// A search ends at the first free slot, which is what makes it correct to
// insert there.
//
// The file has its full size and its blocks from the start (written, linked
// into place as a whole, never resized), so that neither a full disk nor
// another process of ours can take mapped pages away.
//
// Cost: open about 15 us, add about 50 ns.
//===----------------------------------------------------------------------===//
#include "hapax/Cache/Counters.h"
#include "hapax/Cache/Digest.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace hapax;

namespace {

enum SlotState : uint32_t { Free = 0, BeingNamed = 1, Named = 2 };

struct Slot {
  std::atomic<uint32_t> State;
  uint32_t Zero;
  char Name[Counters::MaxName + 1];
  std::atomic<uint64_t> Value;
};
// The layout is the file's: no padding, and atomics that need no lock.
static_assert(sizeof(Slot) == 64 && std::atomic<uint64_t>::is_always_lock_free);

constexpr uint64_t Magic = 0x3130544e43585048; // "HPXCNT01"
constexpr size_t SlotCount = 511;              // with the magic, 32 KiB

struct Table {
  uint64_t Magic;
  std::atomic<uint64_t> Overflow;
  uint64_t Zero[6];
  Slot Slots[SlotCount];
};
static_assert(sizeof(Table) == 32768);

Table &table(void *Base) { return *static_cast<Table *>(Base); }

bool isName(std::string_view Name) {
  return !Name.empty() && Name.size() <= Counters::MaxName &&
         std::ranges::all_of(Name, [](char C) {
           return (C >= 'a' && C <= 'z') || (C >= '0' && C <= '9') ||
                  C == '.' || C == '-' || C == '_';
         });
}

/// The name of a named slot; empty for any other and for a damaged one.
std::string_view nameOf(const Slot &S) {
  if (S.State.load(std::memory_order_acquire) != Named)
    return {};
  std::string_view Name(S.Name, strnlen(S.Name, sizeof(S.Name)));
  return isName(Name) ? Name : std::string_view();
}

/// The slot of \p Name, named now if there is a free one; else null.
Slot *findSlot(Table &T, std::string_view Name) {
  size_t First = digestOf(Name).Low % SlotCount;
  for (size_t Step = 0; Step != SlotCount; ++Step) {
    Slot &S = T.Slots[(First + Step) % SlotCount];
    uint32_t State = S.State.load(std::memory_order_acquire);
    if (State == Free && S.State.compare_exchange_strong(
                             State, BeingNamed, std::memory_order_acquire)) {
      std::memset(S.Name, 0, sizeof(S.Name));
      std::memcpy(S.Name, Name.data(), Name.size());
      S.State.store(Named, std::memory_order_release);
      return &S;
    }
    if (nameOf(S) == Name)
      return &S;
  }
  return nullptr;
}

/// Maps the file when it is whole and ours.
void *mapFile(const std::string &Path, bool ReadOnly) {
  int FD = ::open(Path.c_str(),
                  (ReadOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK);
  if (FD < 0)
    return nullptr;
  struct stat Status;
  void *Base = nullptr;
  if (::fstat(FD, &Status) == 0 && S_ISREG(Status.st_mode) &&
      Status.st_size == sizeof(Table)) {
    int Protection = ReadOnly ? PROT_READ : PROT_READ | PROT_WRITE;
    void *Map = ::mmap(nullptr, sizeof(Table), Protection, MAP_SHARED, FD, 0);
    if (Map != MAP_FAILED && table(Map).Magic == Magic)
      Base = Map;
    else if (Map != MAP_FAILED)
      ::munmap(Map, sizeof(Table));
  }
  ::close(FD);
  return Base;
}

bool writeAll(int FD, const char *Data, size_t Size) {
  while (Size) {
    ssize_t Done = ::write(FD, Data, Size);
    if (Done < 0 && errno == EINTR)
      continue;
    if (Done <= 0)
      return false;
    Data += Done;
    Size -= static_cast<size_t>(Done);
  }
  return true;
}

/// Puts an empty table at \p Path, unless there is a good one. (Processes that
/// find the same damaged file at the same time may replace each other's new
/// one; what was counted in between is lost.)
void createFile(const std::string &Path) {
  namespace fs = std::filesystem;
  std::error_code Ignored;
  if (fs::path Folder = fs::path(Path).parent_path(); !Folder.empty())
    fs::create_directories(Folder, Ignored);

  static std::atomic<unsigned> Serial = 0;
  char Suffix[48];
  std::snprintf(Suffix, sizeof(Suffix), ".%ld.%u.tmp",
                static_cast<long>(::getpid()), Serial.fetch_add(1));
  std::string Temporary = Path + Suffix;
  int FD =
      ::open(Temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (FD < 0)
    return;
  std::vector<char> Bytes(sizeof(Table));
  std::memcpy(Bytes.data(), &Magic, sizeof(Magic));
  bool Written = writeAll(FD, Bytes.data(), Bytes.size());
  ::close(FD);
  // Only a file that is bad now gives way: another process may have put a good
  // one there since we looked, and may be counting in it.
  if (Written && ::link(Temporary.c_str(), Path.c_str()) != 0) {
    void *Good = mapFile(Path, /*ReadOnly=*/true);
    if (Good)
      ::munmap(Good, sizeof(Table));
    else
      ::rename(Temporary.c_str(), Path.c_str());
  }
  ::unlink(Temporary.c_str());
}

} // namespace

Counters::~Counters() {
  if (Base)
    ::munmap(Base, sizeof(Table));
}

Counters::Counters(Counters &&Other) noexcept
    : Base(std::exchange(Other.Base, nullptr)),
      Writable(std::exchange(Other.Writable, false)) {}

Counters &Counters::operator=(Counters &&Other) noexcept {
  std::swap(Base, Other.Base);
  std::swap(Writable, Other.Writable);
  return *this;
}

Counters Counters::open(const std::string &Path, bool ReadOnly) {
  Counters C;
  C.Base = mapFile(Path, ReadOnly);
  if (!C.Base && !ReadOnly) {
    createFile(Path);
    C.Base = mapFile(Path, ReadOnly);
  }
  C.Writable = C.Base && !ReadOnly;
  return C;
}

void Counters::add(std::string_view Name, uint64_t Amount) {
  if (!Writable)
    return;
  Slot *S = isName(Name) ? findSlot(table(Base), Name) : nullptr;
  (S ? S->Value : table(Base).Overflow)
      .fetch_add(Amount, std::memory_order_relaxed);
}

std::map<std::string, uint64_t> Counters::read() const {
  std::map<std::string, uint64_t> Values;
  if (!Base)
    return Values;
  for (const Slot &S : table(Base).Slots)
    if (std::string_view Name = nameOf(S); !Name.empty())
      Values[std::string(Name)] += S.Value.load(std::memory_order_relaxed);
  if (uint64_t Other = table(Base).Overflow.load(std::memory_order_relaxed))
    Values["other"] += Other;
  return Values;
}

void Counters::zero() {
  if (!Writable)
    return;
  table(Base).Overflow.store(0, std::memory_order_relaxed);
  for (Slot &S : table(Base).Slots) {
    S.Value.store(0, std::memory_order_relaxed);
    if (S.State.load(std::memory_order_relaxed) != Free && nameOf(S).empty())
      S.State.store(Free, std::memory_order_release);
  }
}
