//===- JobTokens.cpp - Threads that a build allows ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "JobTokens.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include <algorithm>
#include <cstdlib>
#include <unistd.h>

using namespace llvm;
using namespace hapax;

/// Whether the flags name a pipe that this process may use.
static bool isPipe(StringRef Flags) {
  StringRef Path =
      Flags.rsplit("--jobserver-auth=fifo:").second.split(' ').first;
  sys::fs::file_status Status;
  return !Path.empty() && !sys::fs::status(Path, Status) &&
         Status.type() == sys::fs::file_type::fifo_file &&
         ::access(Path.str().c_str(), R_OK | W_OK) == 0;
}

JobTokens::JobTokens(unsigned Most) {
  StringRef Flags = std::getenv("MAKEFLAGS");
  if (!Flags.contains("--jobserver")) {
    Threads = std::max(1u, Most);
    return;
  }
  // (LLVM complains aloud where it cannot have what is promised.)
  JobserverClient *Server =
      isPipe(Flags) ? JobserverClient::getInstance() : nullptr;
  if (!Server)
    return;
  while (Held.size() < Most) {
    JobSlot Slot = Server->tryAcquire();
    if (!Slot.isValid())
      break;
    Held.push_back(std::move(Slot));
  }
  // The first is the one that this process has anyway.
  Threads = std::max<unsigned>(1, Held.size());
}

JobTokens::~JobTokens() {
  for (JobSlot &Slot : Held)
    JobserverClient::getInstance()->release(std::move(Slot));
}
