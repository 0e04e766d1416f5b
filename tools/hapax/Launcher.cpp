//===- Launcher.cpp - hapax COMPILER ARGUMENTS... -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Problem: put the plugin into every compile of a build without changing
// anything else of it: output, diagnostics, exit status, signals; and at next
// to no cost, because it runs once a compile.
//
// Idea: decide, then become the compiler by exec. The program links neither
// LLVM (loading libLLVM alone takes ten times as long as everything here) nor
// the shared C++ library.
//
// Which compilers: those whose file is named clang or flang and is linked to
// the very libLLVM that the plugin is linked to. That is read from the two
// files themselves, so neither names nor version numbers have to be trusted: a
// wrapper script, another version of clang, or one with LLVM linked in
// statically is run as it is. So is ccache, which is asked to run its compilers
// through us; `hapax` may stand before it and still serve what it has to
// compile. What a compiler's name means when that is a link to us, Masquerade.h
// says.
//
//===----------------------------------------------------------------------===//
#include "Launcher.h"
#include "LaunchPlan.h"
#include "Masquerade.h"
#include "Paths.h"
#include "StartDaemon.h"
#include "hapax/Store/Config.h"
#include "hapax/Store/Log.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace hapax {

namespace {

/// As a shell says it. Returns its exit code.
int reportFailure(const char *Program, int Error) {
  if (Error == ENOENT) {
    std::fprintf(stderr, "hapax: %s: %s\n", Program,
                 std::strchr(Program, '/') ? "No such file or directory"
                                           : "command not found");
    return 127;
  }
  std::fprintf(stderr, "hapax: %s: %s\n", Program, std::strerror(Error));
  return 126;
}

int become(char **Arguments) {
  ::execvp(Arguments[0], Arguments);
  return reportFailure(Arguments[0], errno);
}

/// Runs ccache, with hapax as what it runs compilers through. Arguments[0] is
/// ccache, or the compiler when \p Ccache is not empty.
int becomeCcache(std::string Ccache, char **Arguments, bool Prefix) {
  if (Prefix)
    prefixCcache();
  if (Ccache.empty())
    return become(Arguments);
  std::vector<char *> Full = {Ccache.data()};
  for (char **Argument = Arguments; *Argument; ++Argument)
    Full.push_back(*Argument);
  Full.push_back(nullptr);
  return become(Full.data());
}

LaunchPlan plan(const char *Invoked, const std::string &Real,
                std::span<const std::string> Arguments,
                const ConfigSources &Sources) {
  CompilerKind Kind = compilerKind(Invoked, Real);
  // Without a compiler of ours there is nothing to expand files for.
  if (Kind == CompilerKind::Other)
    return planLaunch(Kind, Invoked, Arguments);
  return planLaunch(Kind, Invoked,
                    expandResponseFiles(Arguments, Sources.ReadFile));
}

} // namespace

int launch(char **Arguments) {
  FoundCompiler Found = findCompiler(Arguments[0]);
  const std::string &Program = Found.Program;
  std::string Real = realPath(Program);
  if (Found.Behind) {
    if (Program.empty()) {
      std::fprintf(stderr,
                   "hapax: %s: command not found (it is a link to hapax, and "
                   "PATH has no other behind it)\n",
                   Arguments[0]);
      return 127;
    }
    if (linkedLLVM(Real).empty())
      rememberPassed(Program);
    Arguments[0] = Found.Program.data();
  }

  ConfigSources Sources = ConfigSources::process();
  Config Settings = Config::load(Sources);
  FoundCompiler Below;
  if (isCcache(Real) && isCcache(Arguments[0]) && Arguments[1]) {
    // `hapax ccache clang`
    Below = findCompiler(Arguments[1]);
    if (Below.Behind && !Below.Program.empty())
      Arguments[1] = Below.Program.data();
  }
  if (!Found.Ccache.empty() || isCcache(Real))
    return becomeCcache(Found.Ccache, Arguments, /*Prefix=*/!Settings.Disable);
  if (Settings.Disable)
    return become(Arguments);

  std::vector<std::string> Words;
  for (char **Argument = Arguments + 1; *Argument; ++Argument)
    Words.emplace_back(*Argument);
  LaunchPlan Plan = plan(Arguments[0], Real, Words, Sources);
  Log Events(Settings.LogFile);
  auto Say = [&](std::string_view Why) {
    if (Events)
      Events.write(std::string("launcher: ") + Arguments[0] + ": " +
                   std::string(Why));
  };
  if (!Plan.AddPlugin && !Plan.AddCommandLine) {
    Say(Plan.Why);
    return become(Arguments);
  }

  std::string Plugin = findPlugin();
  if (Plugin.empty()) {
    std::fputs("hapax: warning: Hapax.so not found, compiling without the "
               "cache; 'hapax doctor' tells where it was looked for\n",
               stderr);
    return become(Arguments);
  }
  std::string Library = linkedLLVM(Real);
  if (Library.empty() || Library != linkedLLVM(Plugin)) {
    Say("not linked to the plugin's LLVM");
    return become(Arguments);
  }

  if (Settings.StartDaemon && Settings.Daemon != DaemonUse::Off)
    if (std::string Fault = startDaemon(Settings); !Fault.empty())
      std::fprintf(stderr, "hapax: warning: %s\n", Fault.c_str());

  // Ours go first: whatever stands behind "--" is an input.
  std::string PluginFlag = "-fpass-plugin=" + Plugin;
  std::vector<char *> Full = {Arguments[0]};
  if (Plan.AddPlugin)
    Full.push_back(PluginFlag.data());
  char PassOn[] = "-Xclang", CommandLine[] = "-gcodeview-command-line";
  if (Plan.AddCommandLine) {
    Full.push_back(PassOn);
    Full.push_back(CommandLine);
  }
  for (char **Argument = Arguments + 1; *Argument; ++Argument)
    Full.push_back(*Argument);
  Full.push_back(nullptr);
  if (!Plan.Why.empty())
    Say(Plan.Why);
  ::execv(Program.c_str(), Full.data());
  return reportFailure(Arguments[0], errno);
}

} // namespace hapax
