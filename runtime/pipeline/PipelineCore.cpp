//===- PipelineCore.cpp - The engine below Pipeline<T> --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "hapax/Pipeline/PipelineCore.h"
#include "PipelineRun.h"

using namespace hapax;

PipelineCore::PipelineCore(PipelineOptions Options, ValueType Type)
    : Options(std::move(Options)), Type(Type) {}
PipelineCore::~PipelineCore() = default;

StageId PipelineCore::addStage(StageOptions StageOptions, Work Function) {
  Stages.push_back({std::move(StageOptions), std::move(Function)});
  return StageId(Stages.size() - 1);
}

std::expected<void, std::string> PipelineCore::check() const {
  auto Wrong = [&](const std::string &What) {
    return std::unexpected(Options.Name + ": " + What);
  };
  if (Options.MaxNodes < 1 || Options.MaxNodes > 1u << 20)
    return Wrong("MaxNodes is not from 1 to 2^20");
  for (const Stage &S : Stages) {
    const StageOptions &O = S.Options;
    if (O.Name.empty())
      return Wrong("a stage has no name");
    if (O.Workers < 1 || O.Workers > 1024)
      return Wrong("stage " + O.Name + ": Workers is not from 1 to 1024");
    if (O.Backlog < 1 || O.Backlog > 4096)
      return Wrong("stage " + O.Name + ": Backlog is not from 1 to 4096");
    if (O.Ordered && O.Workers != 1)
      return Wrong("stage " + O.Name + ": an ordered stage has one worker");
    if (!S.Function)
      return Wrong("stage " + O.Name + " has no function");
  }
  return {};
}

std::expected<PipelineReport, std::string> PipelineCore::run(Source TheSource,
                                                             Sink TheSink) {
  if (std::expected<void, std::string> Good = check(); !Good)
    return std::unexpected(std::move(Good.error()));
  auto R = Run::create(*this, std::move(TheSource), std::move(TheSink));
  if (!R)
    return std::unexpected(std::move(R.error()));
  {
    std::lock_guard Guard(Lock);
    if (Current)
      return std::unexpected(Options.Name + ": it is running already");
    Current = R->get();
  }
  std::expected<PipelineReport, std::string> Report = (*R)->run();
  std::lock_guard Guard(Lock);
  Current = nullptr;
  return Report;
}

void PipelineCore::cancel() {
  std::lock_guard Guard(Lock);
  if (Current)
    Current->cancel();
}

std::vector<StageCounters> PipelineCore::counters() const {
  std::lock_guard Guard(Lock);
  return Current ? Current->counters() : std::vector<StageCounters>();
}
