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
  // Under their own names hapax and ccache stand for themselves.
  if (Real.empty() || !isMasquerade(Name) || isCcache(Name) ||
      (!isHapax(Found.Program, Real) && !isCcache(Real)))
    return Found;
  FoundCompiler Behind{{}, isCcache(Real) ? Real : std::string(), true};

  std::string Folder = Found.Program.substr(0, Found.Program.rfind('/') + 1);
  std::vector<std::string> Path = searchPath();
  size_t Next = 0;
  while (Next != Path.size() && !sameFile(Path[Next], Folder))
    ++Next;
  // A link in no folder of PATH stands before all of them.
  Next = Next == Path.size() ? 0 : Next + 1;
  for (; Next != Path.size() && Behind.Program.empty(); ++Next) {
    std::string Program =
        findProgram(Path[Next] + "/" + std::string(baseName(Name)));
    Real = realPath(Program);
    if (Real.empty() || isHapax(Program, Real) || wasPassed(Program))
      continue;
    if (!isCcache(Real))
      Behind.Program = Program;
    else if (Behind.Ccache.empty())
      Behind.Ccache = Real;
  }
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

void prefixCcache() {
  std::string Program = realPath("/proc/self/exe");
  // ccache divides the command at blanks, and fails where it finds no program.
  if (isMasquerade(Program) ||
      Program.find_first_of(" \t\n\"'\\$%") != std::string::npos)
    return;
  ::setenv("CCACHE_PREFIX", Program.c_str(), /*overwrite=*/0);
}

} // namespace hapax
