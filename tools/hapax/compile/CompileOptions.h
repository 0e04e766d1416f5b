//===- CompileOptions.h - The arguments of hapax compile --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_COMPILE_COMPILEOPTIONS_H
#define HAPAX_TOOLS_COMPILE_COMPILEOPTIONS_H

#include "ClangDefaults.h"
#include "Tool.h"
#include <string>
#include <vector>

namespace hapax {

struct CompileOptions {
  struct File {
    std::string Input;
    std::string Output;
  };

  ClangLevel Level{'2'};
  unsigned Jobs = 1; ///< 1 to 256; as many as there are processors by default
  std::vector<File> Files; ///< at least one
  std::string TraceFile;   ///< empty: none
  bool ShowStages = false;

  /// The error is for badUsage().
  static llvm::Expected<CompileOptions> parse(Arguments Args);
};

} // namespace hapax

#endif // HAPAX_TOOLS_COMPILE_COMPILEOPTIONS_H
