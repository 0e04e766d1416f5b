//===- Masquerade.h - hapax under the name of a compiler --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A folder of links clang, clang++, flang, ... to hapax, put first into PATH,
/// turns the cache on for builds that cannot be told of a launcher. Called by
/// such a name, hapax is the compiler of that name which stands further along
/// PATH.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_MASQUERADE_H
#define HAPAX_TOOLS_MASQUERADE_H

#include <string>
#include <string_view>

namespace hapax {

/// Whether a program called as \p Invoked plays a compiler: under every name
/// that does not begin with "hapax".
bool isMasquerade(std::string_view Invoked);

/// What is to be run for a compiler's name.
struct FoundCompiler {
  /// The file to execute; never hapax. Empty: there is none.
  std::string Program;
  /// ccache, where a link to it of that name stands before Program.
  std::string Ccache;
  /// The name stood for hapax or ccache: Program is not what a shell would run.
  bool Behind = false;
};

/// Finds the program \p Name (a name or a path) as a shell does. Where that is
/// hapax or ccache under the name of a compiler, goes on along PATH behind it,
/// past every copy of hapax, every link to ccache, and every program that
/// rememberPassed() was told of.
FoundCompiler findCompiler(const std::string &Name);

/// Notes in the environment that \p Program, which stands in a compiler's place
/// and may look for that compiler along PATH itself, is being run: when it
/// finds hapax, that goes past it.
void rememberPassed(const std::string &Program);

/// Whether \p Path has the name of ccache.
bool isCcache(std::string_view Path);

/// Has ccache run its compilers through this program, unless the user has given
/// it a prefix command of his own: it is asked by an environment variable.
void prefixCcache();

} // namespace hapax

#endif // HAPAX_TOOLS_MASQUERADE_H
