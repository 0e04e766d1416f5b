//===- ConfigFiles.cpp - What clang's driver reads besides argv -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Problem: without the exact front-end arguments, the driver's command line is
// all there is; but the driver adds what configuration files say, and which of
// them it loads depends on names, modes and triples.
// Idea: do not follow it. Take every *.cfg in every directory that it searches;
// a file that it would not have loaded costs nothing but a key that changes
// with that file.
// Cost: one directory listing each, once a compile that needs it.
//
//===----------------------------------------------------------------------===//
#include "ConfigFiles.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <algorithm>
#include <set>

using namespace hapax;
using namespace llvm;

static StringRef variable(const HostProcess &Process, const char *Name) {
  auto Found = Process.Environment.find(Name);
  return Found == Process.Environment.end() ? StringRef() : Found->second;
}

static void addDirectory(StringRef Directory, std::set<std::string> &Paths) {
  std::error_code Code;
  for (sys::fs::directory_iterator I(Directory, Code), End; !Code && I != End;
       I.increment(Code))
    if (StringRef(I->path()).ends_with(".cfg"))
      Paths.insert(I->path());
}

/// Values of "--name=value" and "--name value".
static std::vector<std::string> valuesOf(ArrayRef<std::string> Args,
                                         StringRef Name) {
  std::vector<std::string> Values;
  for (size_t I = 0; I < Args.size(); ++I) {
    StringRef Arg = Args[I];
    if (!Arg.consume_front(Name))
      continue;
    if (Arg.consume_front("="))
      Values.push_back(Arg.str());
    else if (Arg.empty() && I + 1 < Args.size())
      Values.push_back(Args[I + 1]);
  }
  return Values;
}

static std::vector<std::string> searchDirectories(const HostProcess &Process,
                                                  const Invocation &Inv) {
  std::vector<std::string> Directories;
  auto Add = [&](const Twine &Path) {
    SmallString<256> Text;
    Path.toVector(Text);
    Directories.push_back(Text.str().str());
  };
  Add(sys::path::parent_path(Process.Executable));
  if (!Process.Argv.empty() && sys::path::has_parent_path(Process.Argv[0]))
    Add(sys::path::parent_path(Process.Argv[0]));
  // Where builds of clang are usually configured to look.
  Add("/etc/clang");
  if (StringRef Home = variable(Process, "HOME"); !Home.empty()) {
    Add(Home + "/.config/clang");
    Add(Home + "/.llvm");
  }
  for (StringRef Option : {"--config-user-dir", "--config-system-dir"})
    for (const std::string &Path : valuesOf(Inv.Args, Option)) {
      SmallString<256> Real;
      sys::fs::expand_tilde(Path, Real);
      Add(Real);
    }
  return Directories;
}

std::expected<std::vector<ConfigFile>, BypassInfo>
hapax::findConfigFiles(const HostProcess &Process, const Invocation &Inv) {
  std::vector<std::string> Directories = searchDirectories(Process, Inv);
  std::set<std::string> Paths;
  for (const std::string &Directory : Directories)
    addDirectory(Directory, Paths);
  if (StringRef Path = variable(Process, "CLANG_CONFIG_PATH"); !Path.empty())
    Paths.insert(Path.str());
  std::vector<std::string> Named = valuesOf(Inv.Args, "--config");
  append_range(Named, valuesOf(Inv.Args, "-config"));
  for (const std::string &Name : Named) {
    // A bare name is looked up in the directories; those are here already
    // unless it has another ending.
    if (sys::path::has_parent_path(Name)) {
      Paths.insert(Name);
      continue;
    }
    for (const std::string &Directory : Directories)
      Paths.insert(Directory + "/" + Name);
  }

  std::vector<ConfigFile> Files;
  for (const std::string &Path : Paths) {
    if (!sys::fs::is_regular_file(Path)) {
      if (sys::fs::exists(Path))
        return std::unexpected(BypassInfo(BypassReason::UnclearCommand, Path));
      continue;
    }
    BumpPtrAllocator Memory;
    cl::ExpansionContext Context(Memory, cl::tokenizeConfigFile);
    SmallVector<const char *> Args;
    SmallString<256> Absolute(Path);
    sys::fs::make_absolute(Absolute);
    if (Error Failure = Context.readConfigFile(Absolute, Args))
      return std::unexpected(BypassInfo(BypassReason::UnclearCommand,
                                        toString(std::move(Failure))));
    Files.push_back({Path, {Args.begin(), Args.end()}});
  }
  return Files;
}

void hapax::addEnvironment(KeyBuilder &Key, const HostProcess &Process,
                           const Invocation &Inv) {
  // Read by LLVM itself, whatever the tool.
  static constexpr const char *Always[] = {"LLVM_OVERRIDE_PRODUCER"};
  // Read by the driver to make front-end arguments of. Those that only choose
  // headers or libraries are left out.
  static constexpr const char *Driver[] = {"CLANG_NO_DEFAULT_CONFIG",
                                           "COMPILER_PATH",
                                           "CUDA_PATH",
                                           "DRIVERKIT_DEPLOYMENT_TARGET",
                                           "GCC_EXEC_PREFIX",
                                           "HIP_DEVICE_LIB_PATH",
                                           "HIP_PATH",
                                           "IPHONEOS_DEPLOYMENT_TARGET",
                                           "MACOSX_DEPLOYMENT_TARGET",
                                           "RC_DEBUG_OPTIONS",
                                           "RC_DEBUG_PREFIX_MAP",
                                           "ROCM_PATH",
                                           "SCE_ORBIS_SDK_DIR",
                                           "SCE_PROSPERO_SDK_DIR",
                                           "SDKROOT",
                                           "TVOS_DEPLOYMENT_TARGET",
                                           "WATCHOS_DEPLOYMENT_TARGET",
                                           "XROS_DEPLOYMENT_TARGET"};
  auto Add = [&](const char *Name) {
    auto Found = Process.Environment.find(Name);
    if (Found != Process.Environment.end())
      Key.add(std::string("environment ") + Name, StringRef(Found->second));
  };
  for (const char *Name : Always)
    Add(Name);
  if (Inv.Tool == HostTool::Clang && !Inv.IsFrontend)
    for (const char *Name : Driver)
      Add(Name);
}
