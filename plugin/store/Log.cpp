//===- Log.cpp - Lines for HAPAX_LOG --------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/Log.h"

#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace hapax {

Log::Log(const std::string &Target) {
  if (Target.empty())
    return;
  if (Target == "-" || Target == "stderr") {
    Descriptor = STDERR_FILENO;
    return;
  }
  // Files and terminals only. A pipe could hang the compiler when nobody reads
  // (hence O_NONBLOCK, too), or end it by a signal when the reader leaves.
  Descriptor =
      ::open(Target.c_str(),
             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);
  Owned = Descriptor >= 0;
  struct stat Info;
  if (Owned && (::fstat(Descriptor, &Info) != 0 ||
                !(S_ISREG(Info.st_mode) || S_ISCHR(Info.st_mode)))) {
    ::close(Descriptor);
    Descriptor = -1;
    Owned = false;
  }
}

Log::~Log() {
  if (Owned)
    ::close(Descriptor);
}

Log::Log(Log &&Other) noexcept
    : Descriptor(std::exchange(Other.Descriptor, -1)),
      Owned(std::exchange(Other.Owned, false)) {}

Log &Log::operator=(Log &&Other) noexcept {
  std::swap(Descriptor, Other.Descriptor);
  std::swap(Owned, Other.Owned);
  return *this;
}

void Log::write(std::string_view Message) const {
  if (Descriptor < 0)
    return;
  timespec Now = {};
  ::clock_gettime(CLOCK_REALTIME, &Now);
  tm Parts = {};
  ::gmtime_r(&Now.tv_sec, &Parts);
  char Head[96];
  int Length = std::snprintf(
      Head, sizeof(Head), "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ [%ld] ",
      Parts.tm_year + 1900, Parts.tm_mon + 1, Parts.tm_mday, Parts.tm_hour,
      Parts.tm_min, Parts.tm_sec, Now.tv_nsec / 1000000,
      static_cast<long>(::getpid()));
  std::string Line(Head, static_cast<size_t>(Length));
  for (char C : Message) {
    if (C == '\n')
      Line += "\\n";
    else
      Line += C;
  }
  Line += '\n';
  // A short or failed write loses log text, never the compile.
  [[maybe_unused]] ssize_t Written =
      ::write(Descriptor, Line.data(), Line.size());
}

} // namespace hapax
