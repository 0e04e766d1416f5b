//===- Arguments.h - Understanding a command line ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PLUGIN_IR_ARGUMENTS_H
#define HAPAX_PLUGIN_IR_ARGUMENTS_H

#include "hapax/IR/Bypass.h"
#include "hapax/IR/Invocation.h"
#include "hapax/IR/OutputKind.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace hapax {

/// How the arguments are spelled.
enum class ArgumentDialect : uint8_t {
  ClangDriver = 1,
  ClangFrontend = 2,
  FlangFrontend = 4,
  OptOrLlc = 8,
};

/// What a command line comes to.
struct ArgumentSummary {
  /// What belongs to the key, in order. Arguments that the driver passes on to
  /// the front end (-Xclang, -Wp,) stand behind "-Xclang" at the end.
  std::vector<std::string> Kept;
  /// What the command makes; empty where code generation's file type tells
  /// (llc).
  std::optional<OutputKind> Kind;
  /// -working-directory: relative names may be meant against it.
  std::string WorkingDirectory;
  bool VerifyIR = false;
};

/// Sifts the arguments of \p Inv by Arguments.def. \p Inputs are the names that
/// may stand for the compiled file itself: they are dropped. \p OwnLibrary is
/// the one plugin that is no other-plugin.
std::expected<ArgumentSummary, BypassInfo>
summariseArguments(const Invocation &Inv,
                   llvm::ArrayRef<llvm::StringRef> Inputs,
                   llvm::StringRef OwnLibrary);

/// Why a compile with LLVM's own option \p Option ("-name", "--name=value") has
/// to be bypassed: it prints, dumps, draws, logs or counts. Judged by the words
/// of its name, so that options of later LLVM versions are judged as well.
std::optional<BypassInfo> findOptionBypass(llvm::StringRef Option);

/// Why a textual pass pipeline has to be bypassed: a pass that is not on the
/// list of those that depend on the IR alone and change nothing else.
std::optional<BypassInfo> findPipelineBypass(llvm::StringRef Pipeline);

} // namespace hapax

#endif // HAPAX_PLUGIN_IR_ARGUMENTS_H
