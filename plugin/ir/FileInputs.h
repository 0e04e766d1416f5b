//===- FileInputs.h - Files that are read behind the IR ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PLUGIN_IR_FILEINPUTS_H
#define HAPAX_PLUGIN_IR_FILEINPUTS_H

#include "hapax/IR/Bypass.h"
#include "hapax/IR/KeyFields.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include <optional>

namespace hapax {

/// Keys the content of files, each once.
class FileInputs {
public:
  /// \p WorkingDirectory: if not empty, relative names are tried against it as
  /// well as against the process's own.
  FileInputs(KeyBuilder &Key, llvm::StringRef WorkingDirectory)
      : Key(Key), WorkingDirectory(WorkingDirectory) {}

  /// Keys the file \p Path. One that does not exist is keyed as absent.
  std::optional<BypassInfo> addFile(llvm::StringRef Path);

  /// Keys every existing file that \p Argument may name: all of it, or a part
  /// behind '=', ',', ':', ';', '<' or the first '/'. A directory counts only
  /// for the default profile in it, unless \p RefuseDirectories.
  std::optional<BypassInfo> addNamedIn(llvm::StringRef Argument,
                                       bool RefuseDirectories);

private:
  std::optional<BypassInfo> addCandidate(llvm::StringRef Path,
                                         bool RefuseDirectories);
  std::optional<BypassInfo> addContent(llvm::StringRef Path);

  KeyBuilder &Key;
  llvm::StringRef WorkingDirectory;
  llvm::StringSet<> Seen;
};

} // namespace hapax

#endif // HAPAX_PLUGIN_IR_FILEINPUTS_H
