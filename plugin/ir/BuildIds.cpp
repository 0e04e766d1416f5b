//===- BuildIds.cpp - Identity of the code in this process ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Problem: entries made by one build of the compiler must not be served to
// another, whatever its version string says.
// Idea: the linker leaves a digest of each program and library in an ELF note
// (PT_NOTE, NT_GNU_BUILD_ID), which is mapped: dl_iterate_phdr finds it without
// opening a file. An object without one is keyed by the content of its file.
// Invariant: two processes with equal lists run the same code.
// Cost: some microseconds, once a process.
//
//===----------------------------------------------------------------------===//
#include "BuildIds.h"
#include "hapax/Cache/Digest.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <algorithm>
#include <elf.h>
#include <link.h>

using namespace hapax;
using namespace llvm;

namespace {
struct Collector {
  std::vector<LoadedObject> Objects;
  std::optional<BypassInfo> Bypass;
};
} // namespace

static std::string buildIdIn(StringRef Notes, uint64_t Alignment) {
  Align Step(Alignment == 8 ? 8 : 4);
  while (Notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) Header;
    memcpy(&Header, Notes.data(), sizeof(Header));
    uint64_t NameEnd = sizeof(Header) + Header.n_namesz;
    uint64_t Start = alignTo(NameEnd, Step);
    uint64_t End = Start + Header.n_descsz;
    if (End > Notes.size())
      break;
    StringRef Name = Notes.slice(sizeof(Header), NameEnd);
    if (Header.n_type == NT_GNU_BUILD_ID && Name == StringRef("GNU\0", 4))
      return toHex(Notes.slice(Start, End), /*LowerCase=*/true);
    Notes =
        Notes.drop_front(std::min<uint64_t>(alignTo(End, Step), Notes.size()));
  }
  return {};
}

static std::string contentId(const std::string &Path) {
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!Buffer)
    return {};
  StringRef Content = (*Buffer)->getBuffer();
  return "content:" +
         digestOf(std::string_view(Content.data(), Content.size())).hex();
}

static int collect(dl_phdr_info *Info, size_t, void *Into) {
  auto &To = *static_cast<Collector *>(Into);
  // The first object is the program; the dynamic linker gives it no name.
  bool IsProgram = To.Objects.empty();
  std::string Path =
      IsProgram ? std::string("/proc/self/exe") : std::string(Info->dlpi_name);
  StringRef Base = sys::path::filename(Path);
  // The kernel's own object does no work for the compiler.
  if (!IsProgram &&
      (Base.starts_with("linux-vdso.") || Base.starts_with("linux-gate.")))
    return 0;
  LoadedObject Object;
  Object.Name = IsProgram ? "program" : Base.str();
  for (unsigned I = 0; I < Info->dlpi_phnum && Object.Id.empty(); ++I) {
    const ElfW(Phdr) &Segment = Info->dlpi_phdr[I];
    if (Segment.p_type != PT_NOTE)
      continue;
    auto *Start =
        reinterpret_cast<const char *>(Info->dlpi_addr + Segment.p_vaddr);
    Object.Id = buildIdIn(StringRef(Start, Segment.p_memsz), Segment.p_align);
  }
  if (Object.Id.empty())
    Object.Id = contentId(Path);
  if (Object.Id.empty() && !To.Bypass)
    To.Bypass = BypassInfo(BypassReason::NoBuildId, Path);
  To.Objects.push_back(std::move(Object));
  return 0;
}

static std::expected<std::vector<LoadedObject>, BypassInfo> readObjects() {
  Collector To;
  dl_iterate_phdr(collect, &To);
  if (To.Bypass)
    return std::unexpected(*To.Bypass);
  std::sort(To.Objects.begin(), To.Objects.end());
  return std::move(To.Objects);
}

const std::expected<std::vector<LoadedObject>, BypassInfo> &
hapax::loadedObjects() {
  static const auto Objects = readObjects();
  return Objects;
}
