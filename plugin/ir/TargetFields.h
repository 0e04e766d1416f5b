//===- TargetFields.h - Keying LLVM's own option objects --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The second line of defence: what the tool made of its arguments is keyed
/// too, field by field, so that an argument which was wrongly thought harmless
/// still changes the key when it reaches LLVM.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PLUGIN_IR_TARGETFIELDS_H
#define HAPAX_PLUGIN_IR_TARGETFIELDS_H

#include "hapax/IR/Bypass.h"
#include "hapax/IR/KeyFields.h"
#include <optional>

namespace llvm {
class LLVMContext;
class Module;
class PipelineTuningOptions;
class TargetMachine;
class TargetOptions;
struct PGOOptions;
} // namespace llvm

namespace hapax {

/// The options by themselves. With \p WithCodeView also those that reach only
/// CodeView debug information: the command line and the output's name.
void addTargetOptions(KeyBuilder &Key, const llvm::TargetOptions &Options,
                      bool WithCodeView);
/// Triple, CPU, features, models, level and options of the machine.
void addTargetMachine(KeyBuilder &Key, llvm::TargetMachine &TM,
                      bool WithCodeView);
void addTuning(KeyBuilder &Key, const llvm::PipelineTuningOptions &Tuning);
/// The options, not the content of the files that they name. \p Prefix tells
/// the pass builder's copy from the machine's.
void addProfile(KeyBuilder &Key, llvm::StringRef Prefix,
                const std::optional<llvm::PGOOptions> &Profile);
/// The settings of a context that passes ask for.
void addContext(KeyBuilder &Key, const llvm::LLVMContext &Context);

/// Side outputs that the machine is set to write: split-dwarf, stack-usage,
/// secure-log.
std::optional<BypassInfo> findTargetBypass(const llvm::TargetOptions &Options);
/// Side outputs that the process or the context is set to write: records,
/// remarks, time trace, statistics.
std::optional<BypassInfo> findContextBypass(const llvm::LLVMContext &Context);

} // namespace hapax

#endif // HAPAX_PLUGIN_IR_TARGETFIELDS_H
