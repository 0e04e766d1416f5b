//===- SourceLine.h - A line of a source file -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_SOURCELINE_H
#define HAPAX_IR_SOURCELINE_H

namespace llvm {
class DIFile;
} // namespace llvm

namespace hapax {

/// A line that debug information mentions, in the file of the node that
/// mentions it.
struct SourceLine {
  const llvm::DIFile *File = nullptr; ///< null: unknown
  unsigned Line = 0;                  ///< never 0, which means no line
};

} // namespace hapax

#endif // HAPAX_IR_SOURCELINE_H
