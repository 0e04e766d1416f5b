//===- Paths.h - Where the parts of Hapax lie -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_PATHS_H
#define HAPAX_TOOLS_PATHS_H

#include <string>
#include <vector>

namespace hapax {

/// The folder of this program's file, links resolved.
std::string programFolder();

/// The plugin's file: $HAPAX_PLUGIN, else found relative to this program, in a
/// build tree or where it was installed. Empty when it is not there; \p Looked,
/// if given, receives the places that were tried.
std::string findPlugin(std::vector<std::string> *Looked = nullptr);

/// The program that holds the commands (it links LLVM, the launcher does not).
std::string findCommandProgram(std::vector<std::string> *Looked = nullptr);

/// The folders of PATH, in order; "." stands for an empty one.
std::vector<std::string> searchPath();

/// The file that a shell would run for \p Name, or empty.
std::string findProgram(const std::string &Name);

/// \p Path with links resolved, or empty when it is not there.
std::string realPath(const std::string &Path);

/// The name of the libLLVM that the ELF file at \p Path is linked to, e.g.
/// "libLLVM.so.22.1"; empty when it is none, or the file is no ELF file of this
/// machine. Two files with equal names share one copy of LLVM in a process: the
/// only safe ground for loading the one into the other.
std::string linkedLLVM(const std::string &Path);

} // namespace hapax

#endif // HAPAX_TOOLS_PATHS_H
