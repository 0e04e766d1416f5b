//===- Build.cpp - Which program this is ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Build.h"
#include "hapax/Cache/Digest.h"
#include "hapax/Ipc/FileDescriptor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

uint64_t hapax::thisBuild() {
  // The file that was started, whatever has taken its name since.
  FileDescriptor File(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  struct stat Info;
  if (!File || ::fstat(File.get(), &Info) != 0 || Info.st_size <= 0)
    return 0;
  size_t Bytes = size_t(Info.st_size);
  void *Place = ::mmap(nullptr, Bytes, PROT_READ, MAP_PRIVATE, File.get(), 0);
  if (Place == MAP_FAILED)
    return 0;
  uint64_t Build =
      digestOf(std::span(static_cast<const std::byte *>(Place), Bytes)).Low;
  ::munmap(Place, Bytes);
  return Build;
}
