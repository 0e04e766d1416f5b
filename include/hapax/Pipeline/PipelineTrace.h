//===- PipelineTrace.h - When each worker did what --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Spans of time that the workers of a pipeline spent on nodes, and their
/// rendering as a trace that chrome://tracing and Perfetto show.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PIPELINE_PIPELINETRACE_H
#define HAPAX_PIPELINE_PIPELINETRACE_H

#include <cstdint>
#include <string>
#include <vector>

namespace hapax {

/// One worker's work on one node. Times are nanoseconds since the start of the
/// run.
struct PipelineSpan {
  uint64_t Node; ///< The number of the node, counted by the source from 0.
  uint64_t StartNs;
  uint64_t EndNs;
};

/// All spans of one worker, in the order of time.
struct WorkerTrace {
  std::string Stage;
  uint32_t Worker; ///< Its number within the stage, from 0.
  std::vector<PipelineSpan> Spans;
};

/// The traces in the "Trace Event Format" (JSON): a process named \p Pipeline
/// with one thread for each worker.
std::string chromeTrace(const std::string &Pipeline,
                        const std::vector<WorkerTrace> &Workers);

} // namespace hapax

#endif // HAPAX_PIPELINE_PIPELINETRACE_H
