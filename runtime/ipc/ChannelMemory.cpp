//===- ChannelMemory.cpp - What a client and the server share ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ChannelMemory.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/stat.h>

using namespace hapax;

namespace {

constexpr uint64_t roundUp(uint64_t Bytes, uint64_t Unit) {
  return (Bytes + Unit - 1) / Unit * Unit;
}

constexpr uint64_t RequestsAt = PageBytes;
constexpr uint64_t RequestBytes = RequestRing::bytesFor(ChannelRingCapacity);
constexpr uint64_t AnswersAt =
    roundUp(RequestsAt + RequestBytes, AnswerRing::Alignment);
constexpr uint64_t AnswerBytes = AnswerRing::bytesFor(ChannelRingCapacity);
constexpr uint64_t ArenaAt = roundUp(AnswersAt + AnswerBytes, PageBytes);
static_assert(RequestBytes != 0 && AnswerBytes != 0);
static_assert(sizeof(ChannelEvents) <= RequestsAt);
static_assert(RequestsAt % RequestRing::Alignment == 0);

constexpr int Seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

std::unexpected<std::string> fail(const char *What, int Error = errno) {
  return std::unexpected(std::string(What) + ": " + std::strerror(Error));
}

} // namespace

uint64_t hapax::channelBytes(uint64_t ArenaBytes) {
  if (ArenaBytes < ChannelMemory::MinArenaBytes ||
      ArenaBytes > ChannelMemory::MaxArenaBytes || ArenaBytes % PageBytes != 0)
    return 0;
  return ArenaAt + ArenaBytes;
}

ChannelMemory::~ChannelMemory() {
  // In a forked child something else may lie there.
  if (!All.empty() && Process == ::getpid())
    ::munmap(All.data(), All.size());
}

std::expected<void, std::string> ChannelMemory::map(uint64_t Bytes) {
  void *Place =
      ::mmap(nullptr, Bytes, PROT_READ | PROT_WRITE, MAP_SHARED, File.get(), 0);
  if (Place == MAP_FAILED)
    return fail("cannot map the memory of a channel");
  All = {static_cast<std::byte *>(Place), size_t(Bytes)};
  Process = ::getpid();
  // A forked child must not take part in what its parent says.
  ::madvise(Place, Bytes, MADV_DONTFORK);
  return {};
}

std::expected<ChannelMemory, std::string>
ChannelMemory::create(uint64_t ArenaBytes) {
  uint64_t Bytes = channelBytes(ArenaBytes);
  if (Bytes == 0)
    return std::unexpected("an arena cannot have " +
                           std::to_string(ArenaBytes) + " bytes");
  ChannelMemory Made;
  Made.File =
      FileDescriptor(::memfd_create("hapax", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!Made.File)
    return fail("cannot make the memory of a channel");
  // All pages now: a client must never be killed because one cannot be had.
  if (int Error = ::posix_fallocate(Made.File.get(), 0, off_t(Bytes)))
    return fail("no memory for a channel", Error);
  if (::fcntl(Made.File.get(), F_ADD_SEALS, Seals) != 0)
    return fail("cannot seal the memory of a channel");
  if (auto Mapped = Made.map(Bytes); !Mapped)
    return std::unexpected(std::move(Mapped.error()));
  Made.reset();
  return Made;
}

std::expected<ChannelMemory, std::string>
ChannelMemory::adopt(FileDescriptor File, uint64_t ArenaBytes) {
  uint64_t Bytes = channelBytes(ArenaBytes);
  struct stat Info;
  if (Bytes == 0 || ::fstat(File.get(), &Info) != 0 ||
      uint64_t(Info.st_size) != Bytes)
    return std::unexpected("the memory of the channel has another size than "
                           "the daemon says");
  int Has = ::fcntl(File.get(), F_GET_SEALS);
  if (Has < 0 || (Has & Seals) != Seals)
    return std::unexpected("the memory of the channel is not sealed");
  ChannelMemory Made;
  Made.File = std::move(File);
  if (auto Mapped = Made.map(Bytes); !Mapped)
    return std::unexpected(std::move(Mapped.error()));
  return Made;
}

void ChannelMemory::reset() {
  std::construct_at(&events());
  // Size and alignment are those that the layout was made for.
  (void)RequestRing::initialise(requestRing(), ChannelRingCapacity);
  (void)AnswerRing::initialise(answerRing(), ChannelRingCapacity);
}

std::span<std::byte> ChannelMemory::arena() const {
  return All.subspan(ArenaAt);
}
std::span<std::byte> ChannelMemory::requestRing() const {
  return All.subspan(RequestsAt, RequestBytes);
}
std::span<std::byte> ChannelMemory::answerRing() const {
  return All.subspan(AnswersAt, AnswerBytes);
}
ChannelEvents &ChannelMemory::events() const {
  return *std::launder(reinterpret_cast<ChannelEvents *>(All.data()));
}
