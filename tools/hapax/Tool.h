//===- Tool.h - What the commands of hapax share ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Each command is a function from its arguments (without its name) to the exit
/// code of the program. Results go to standard output; messages, one line each
/// with cause and remedy, to standard error.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_TOOL_H
#define HAPAX_TOOLS_TOOL_H

#include "hapax/Store/Config.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"

namespace hapax {

using Arguments = llvm::ArrayRef<llvm::StringRef>;

int runCompile(Arguments Args);
int runStats(Arguments Args);
int runTop(Arguments Args);
int runZero(Arguments Args);
int runWhy(Arguments Args);
int runReport(Arguments Args);
int runKey(Arguments Args);
int runConfig(Arguments Args);
int runDoctor(Arguments Args);
int runVerify(Arguments Args);
int runPrune(Arguments Args);
int runClear(Arguments Args);

/// The settings of this process; warnings about them have been printed. Exits
/// with UsageError when there is no cache directory.
const Config &settingsOfTool();

/// Prints "hapax: <Message>" on standard error.
void complain(const llvm::Twine &Message);

/// Complains about the arguments of \p Command and returns UsageError.
int badUsage(llvm::StringRef Command, const llvm::Twine &Message);

/// Complains unless \p Args is empty. Returns whether it is.
bool takesNothing(llvm::StringRef Command, Arguments Args);

} // namespace hapax

#endif // HAPAX_TOOLS_TOOL_H
