//===- PassBuilderAccess.h - What a PassBuilder keeps private ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Tuning and profile options decide what the passes do, but PassBuilder and
/// TargetMachine have no getters for some of them. This is the only file that
/// reaches around their access control; it does not compile when a member is
/// renamed or changes its type.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PLUGIN_IR_PASSBUILDERACCESS_H
#define HAPAX_PLUGIN_IR_PASSBUILDERACCESS_H

#include <cstdint>
#include <optional>

namespace llvm {
class PassBuilder;
class PipelineTuningOptions;
struct PGOOptions;
class TargetMachine;
} // namespace llvm

namespace hapax {

llvm::TargetMachine *targetMachineOf(const llvm::PassBuilder &PB);
const llvm::PipelineTuningOptions &tuningOf(const llvm::PassBuilder &PB);
const std::optional<llvm::PGOOptions> &profileOf(const llvm::PassBuilder &PB);
uint64_t largeDataThresholdOf(const llvm::TargetMachine &TM);

} // namespace hapax

#endif // HAPAX_PLUGIN_IR_PASSBUILDERACCESS_H
