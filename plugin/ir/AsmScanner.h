//===- AsmScanner.h - Assembly that reaches beyond the module ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PLUGIN_IR_ASMSCANNER_H
#define HAPAX_PLUGIN_IR_ASMSCANNER_H

#include "hapax/IR/Bypass.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace llvm {
class Module;
}

namespace hapax {

/// Bypass (asm-reads-files) when the assembly text may make the assembler read
/// or write a file, or could build such a directive so that it cannot be seen.
std::optional<BypassInfo> findAsmBypass(llvm::StringRef Asm);

/// The same for the module's own assembly: no walk over instructions.
std::optional<BypassInfo> findModuleAsmBypass(const llvm::Module &M);

/// Whether the assembly in functions may name source lines or files for the
/// debug information.
bool mayHaveLinesInAsm(const llvm::Module &M);

} // namespace hapax

#endif // HAPAX_PLUGIN_IR_ASMSCANNER_H
