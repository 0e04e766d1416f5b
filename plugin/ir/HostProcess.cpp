//===- HostProcess.cpp - Reading the process we are in ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/Invocation.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <dlfcn.h>
#include <unistd.h>

using namespace hapax;
using namespace llvm;

static std::string realPathOf(const Twine &Path) {
  SmallString<256> Real;
  if (sys::fs::real_path(Path, Real))
    return Path.str();
  return Real.str().str();
}

static std::vector<std::string> readArgv() {
  std::vector<std::string> Argv;
  // A pseudo file: its size is known only after reading.
  ErrorOr<std::unique_ptr<MemoryBuffer>> Buffer =
      MemoryBuffer::getFileAsStream("/proc/self/cmdline");
  if (!Buffer)
    return Argv;
  StringRef Text = (*Buffer)->getBuffer();
  while (!Text.empty()) {
    auto [Arg, Rest] = Text.split('\0');
    Argv.push_back(Arg.str());
    Text = Rest;
  }
  return Argv;
}

static HostProcess readProcess() {
  HostProcess Process;
  Process.Executable = realPathOf("/proc/self/exe");
  Process.Argv = readArgv();
  for (char **Entry = environ; Entry && *Entry; ++Entry) {
    auto [Name, Value] = StringRef(*Entry).split('=');
    Process.Environment.emplace(Name, Value);
  }
  Dl_info Info;
  if (dladdr(reinterpret_cast<void *>(&readProcess), &Info) && Info.dli_fname)
    Process.OwnLibrary = realPathOf(Info.dli_fname);
  return Process;
}

const HostProcess &HostProcess::current() {
  static const HostProcess Process = readProcess();
  return Process;
}
