//===- BackEndBypass.h - Habits of single back ends -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PLUGIN_IR_BACKENDBYPASS_H
#define HAPAX_PLUGIN_IR_BACKENDBYPASS_H

#include "hapax/IR/Bypass.h"
#include "hapax/IR/OutputKind.h"
#include <optional>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace hapax {

/// What a back end does that neither IR nor options determine, or says where no
/// diagnostic handler hears it.
std::optional<BypassInfo> findBackEndBypass(const llvm::Module &M,
                                            const llvm::TargetMachine &TM,
                                            OutputKind Kind);

} // namespace hapax

#endif // HAPAX_PLUGIN_IR_BACKENDBYPASS_H
