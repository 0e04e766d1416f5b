//===- Stage.h - What a pipeline is described and measured by ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The vocabulary of Pipeline.h: options of a stage, what a stage says of a
/// node, what became of a node, and the counters of a stage.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PIPELINE_STAGE_H
#define HAPAX_PIPELINE_STAGE_H

#include <cstdint>
#include <string>
#include <utility>

namespace hapax {

/// Names a stage of one pipeline: its place in the order of addStage().
using StageId = uint32_t;

struct StageOptions {
  /// For counters and traces.
  std::string Name;
  /// Threads that work on nodes of this stage at the same time, 1 to 1024.
  uint32_t Workers = 1;
  /// How many nodes a worker may have been given and not finished, 1 to 4096.
  /// With 1, no node waits behind a slow one while another worker idles; more
  /// saves hand-overs where nodes are small.
  uint32_t Backlog = 2;
  /// Nodes come in the order in which the source made them. One worker only.
  bool Ordered = false;
};

/// What a stage tells the pipeline about a node.
class Verdict {
public:
  /// The node goes to the next stage.
  static Verdict next() { return Verdict(Kind::Next, 0, {}); }
  /// The node passes through the stages before \p Stage untouched. A stage that
  /// is not ahead is the same as next().
  static Verdict skipTo(StageId Stage) {
    return Verdict(Kind::Skip, Stage, {});
  }
  /// Nothing is left to be done: the node passes through to the sink.
  static Verdict finished() { return Verdict(Kind::Skip, ~StageId(0), {}); }
  /// The node passes through to the sink, which is told why: a one-line
  /// message.
  static Verdict failed(std::string Why) {
    return Verdict(Kind::Fail, 0, std::move(Why));
  }

private:
  friend class PipelineCore;
  enum class Kind : uint8_t { Next, Skip, Fail };
  Verdict(Kind Kind, StageId Stage, std::string Why)
      : TheKind(Kind), Stage(Stage), Why(std::move(Why)) {}
  Kind TheKind;
  StageId Stage;
  std::string Why;
};

/// What became of a node, for the sink.
struct NodeOutcome {
  enum class Kind : uint8_t {
    Done,
    Failed,    ///< A stage said so.
    Cancelled, ///< The pipeline was cancelled before all stages were through.
  };
  Kind What = Kind::Done;
  /// Of a failed node: the stage, and its message.
  StageId FailedAt = 0;
  std::string Why;

  bool isDone() const { return What == Kind::Done; }
};

/// What a stage has done, all its workers together. Times are in nanoseconds of
/// wall time; for each worker the three add up to about its life time.
struct StageCounters {
  std::string Name;
  uint32_t Workers = 0;
  uint64_t Items = 0;  ///< Nodes that the stage worked on.
  uint64_t Passed = 0; ///< Nodes that passed through untouched.
  uint64_t BusyNs = 0;
  uint64_t StarvedNs = 0; ///< Waiting for nodes.
  /// Waiting for the next stage to have room, and for a turn where
  /// PipelineOptions::MaxBusy asks for that.
  uint64_t BlockedNs = 0;
};

} // namespace hapax

#endif // HAPAX_PIPELINE_STAGE_H
