//===- PassBuilderAccess.cpp - What a PassBuilder keeps private -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// The arguments of an explicit instantiation are not subject to access control
// ([temp.spec.general]/6). Each Grant hands the member pointer to a friend
// function that is found by its tag.
//
//===----------------------------------------------------------------------===//
#include "PassBuilderAccess.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace {
template <typename Tag, typename Tag::Pointer Pointer> struct Grant {
  friend typename Tag::Pointer memberOf(Tag) { return Pointer; }
};

struct MachineTag {
  using Pointer = TargetMachine *PassBuilder::*;
  friend Pointer memberOf(MachineTag);
};
struct TuningTag {
  using Pointer = PipelineTuningOptions PassBuilder::*;
  friend Pointer memberOf(TuningTag);
};
struct ProfileTag {
  using Pointer = std::optional<PGOOptions> PassBuilder::*;
  friend Pointer memberOf(ProfileTag);
};
struct ThresholdTag {
  using Pointer = uint64_t TargetMachine::*;
  friend Pointer memberOf(ThresholdTag);
};

template struct Grant<MachineTag, &PassBuilder::TM>;
template struct Grant<TuningTag, &PassBuilder::PTO>;
template struct Grant<ProfileTag, &PassBuilder::PGOOpt>;
template struct Grant<ThresholdTag, &TargetMachine::LargeDataThreshold>;
} // namespace

TargetMachine *hapax::targetMachineOf(const PassBuilder &PB) {
  return PB.*memberOf(MachineTag());
}

const PipelineTuningOptions &hapax::tuningOf(const PassBuilder &PB) {
  return PB.*memberOf(TuningTag());
}

const std::optional<PGOOptions> &hapax::profileOf(const PassBuilder &PB) {
  return PB.*memberOf(ProfileTag());
}

uint64_t hapax::largeDataThresholdOf(const TargetMachine &TM) {
  return TM.*memberOf(ThresholdTag());
}
