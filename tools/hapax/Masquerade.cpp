//===- Masquerade.cpp - hapax under the name of a compiler ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Problem: find the real compiler behind a link of its name to hapax, where
// other programs play the same game: two copies of hapax, ccache, distcc, and
// wrapper scripts that look for the compiler along PATH, each of which must run
// at most once.
//
// Idea: what stands before the link has had its turn, so the search begins
// behind it. ccache is not run as the compiler, because it would take the link
// to hapax for the compiler and not notice when the real one is another: it is
// told the real one, and to run it through hapax. Any other program in the
// compiler's place is run as it stands. Should it find hapax again, an
// environment variable tells that it has been run; since the list in that
// variable only grows, this ends.
//
//===----------------------------------------------------------------------===//
#include "Masquerade.h"
#include "Paths.h"

#include <cstdlib>
#include <fstream>
#include <span>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace hapax {

namespace {

constexpr const char *Passed = "HAPAX_PASSED";

std::string_view baseName(std::string_view Path) {
  return Path.substr(Path.rfind('/') + 1);
}

bool sameFile(const std::string &A, const std::string &B) {
  struct stat InfoA, InfoB;
  return ::stat(A.c_str(), &InfoA) == 0 && ::stat(B.c_str(), &InfoB) == 0 &&
         InfoA.st_dev == InfoB.st_dev && InfoA.st_ino == InfoB.st_ino;
}

/// Whether \p Program is this program, or another copy of it.
bool isHapax(const std::string &Program, const std::string &Real) {
  return baseName(Real) == "hapax" || sameFile(Program, "/proc/self/exe");
}

/// The parts of a list separated by colons.
std::vector<std::string> parts(std::string_view List) {
  std::vector<std::string> Result;
  while (true) {
    size_t Colon = List.find(':');
    Result.emplace_back(List.substr(0, Colon));
    if (Colon == std::string_view::npos)
      return Result;
    List.remove_prefix(Colon + 1);
  }
}

bool wasPassed(const std::string &Program) {
  const char *List = std::getenv(Passed);
  if (!List)
    return false;
  for (const std::string &One : parts(List))
    if (sameFile(One, Program))
      return true;
  return false;
}

} // namespace

bool isMasquerade(std::string_view Invoked) {
  return !baseName(Invoked).starts_with("hapax");
}

bool isCcache(std::string_view Path) {
  return baseName(Path).starts_with("ccache");
}

FoundCompiler findCompiler(const std::string &Name) {
  FoundCompiler Found{findProgram(Name), {}, false};
  std::string Real = realPath(Found.Program);
  // Under their own names hapax and ccache stand for themselves, and a link to
  // hapax that is called ccache for the ccache behind it.
  if (Real.empty() || !isMasquerade(Name) ||
      (!isHapax(Found.Program, Real) && (isCcache(Name) || !isCcache(Real))))
    return Found;
  FoundCompiler Behind{{}, isCcache(Real) ? Real : std::string(), true};

  std::string Folder = Found.Program.substr(0, Found.Program.rfind('/') + 1);
  std::vector<std::string> Path = searchPath();
  size_t Next = 0;
  while (Next != Path.size() && !sameFile(Path[Next], Folder))
    ++Next;
  // A link in no folder of PATH stands before all of them.
  Next = Next == Path.size() ? 0 : Next + 1;
  auto SearchIn = [&](std::span<const std::string> Folders) {
    for (const std::string &In : Folders) {
      std::string Program = findProgram(In + "/" + std::string(baseName(Name)));
      Real = realPath(Program);
      if (Real.empty() || isHapax(Program, Real) || wasPassed(Program))
        continue;
      if (isCcache(Real) && !isCcache(Name)) {
        if (Behind.Ccache.empty())
          Behind.Ccache = Real;
        continue;
      }
      Behind.Program = Program;
      return;
    }
  };
  SearchIn(std::span(Path).subspan(Next));
  // Called by its path, the link was found without what stands before it.
  if (Behind.Program.empty() && Name.find('/') != std::string::npos)
    SearchIn(std::span(Path).first(Next));
  // ccache may have been told in its own way where compilers are.
  if (Behind.Program.empty() && isCcache(realPath(Found.Program)))
    return Found;
  return Behind;
}

void rememberPassed(const std::string &Program) {
  const char *Old = std::getenv(Passed);
  std::string List = Old && *Old ? std::string(Old) + ":" + Program : Program;
  ::setenv(Passed, List.c_str(), 1);
}

/// Whether a configuration file of ccache, which an environment variable of
/// ours would overrule, names a prefix command. (All places that it may look in
/// are looked in: one too many costs a hit of ours.)
static bool isPrefixConfigured() {
  auto In = [](const char *Variable, const char *Below) {
    const char *Folder = std::getenv(Variable);
    return Folder ? std::string(Folder) + Below : std::string();
  };
  for (const std::string &Name :
       {In("CCACHE_CONFIGPATH", ""), In("CCACHE_DIR", "/ccache.conf"),
        In("XDG_CONFIG_HOME", "/ccache/ccache.conf"),
        In("HOME", "/.config/ccache/ccache.conf"),
        In("HOME", "/.ccache/ccache.conf"), std::string("/etc/ccache.conf")}) {
    std::ifstream File(Name);
    for (std::string Line; std::getline(File, Line);) {
      size_t Begin = Line.find_first_not_of(" \t");
      if (Begin != std::string::npos &&
          Line.compare(Begin, 14, "prefix_command") == 0 &&
          Line.find_first_not_of(" \t=", Begin + 14) != std::string::npos)
        return true;
    }
  }
  return false;
}

void prefixCcache() {
  if (isPrefixConfigured())
    return;
  std::string Program = realPath("/proc/self/exe");
  // ccache divides the command at blanks, and fails where it finds no program.
  if (isMasquerade(Program) ||
      Program.find_first_of(" \t\n\"'\\$%") != std::string::npos)
    return;
  ::setenv("CCACHE_PREFIX", Program.c_str(), /*overwrite=*/0);
}

} // namespace hapax
