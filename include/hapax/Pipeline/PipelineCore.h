//===- PipelineCore.h - The engine below Pipeline<T> ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Moves nodes of an unknown type through a chain of stages.
///
/// Problem: keep many workers busy with nodes whose costs differ by orders of
/// magnitude, in bounded memory, and end cleanly whatever happens: a stage that
/// fails, a caller that loses interest, a source that is faster than the rest.
///
/// Idea: between each worker of one stage and each worker of the next lies an
/// SpscRing, so no ring ever has two producers or two consumers. A worker gives
/// a node to that worker of the next stage which has the fewest unfinished ones
/// and fewer than its backlog; where all are full it sleeps until one has
/// finished something. So a slow stage stops the one before it, and in the end
/// the source, which also stops when all nodes of the pool are under way.
///
/// A node that failed, was cancelled, or skips stages takes the same way as all
/// others; the stages pass it on untouched. So there is one way for a node to
/// end, the sink, and none to get lost.
///
/// An ordered stage takes what comes at once and puts it into a window of as
/// many places as there are nodes; it works on the oldest when that has come.
///
/// Invariants:
///  - A worker has at most Backlog unfinished nodes, so its rings, which have
///    room for as many, are never full.
///  - The numbers of all nodes under way lie within one window of MaxNodes: the
///    oldest one has not reached the sink, and if any stage before the sink (or
///    the sink) is ordered, none behind it has either. So no two nodes meet in
///    one place of the window of an ordered stage.
///  - No worker waits for a worker of a stage before it to take something, so
///    there is no cycle of waiting; an ordered stage never makes the stages
///    before it wait for its order.
///
/// Cost: a node costs each stage two updates of a shared counter, a push and a
/// pop, and a wake-up where the taker sleeps. Threads: the sum of all Workers
/// and the source. Memory: MaxNodes nodes, and the rings.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PIPELINE_PIPELINECORE_H
#define HAPAX_PIPELINE_PIPELINECORE_H

#include "hapax/Pipeline/PipelineTrace.h"
#include "hapax/Pipeline/Stage.h"
#include <atomic>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hapax {

struct PipelineOptions {
  /// For traces and messages.
  std::string Name = "pipeline";
  /// The most nodes under way, 1 to 2^20.
  uint32_t MaxNodes = 64;
  /// How many stages may work at the same time, whatever workers they have; 0
  /// for no such limit. Source and sink do not count.
  uint32_t MaxBusy = 0;
  /// The stack of each thread in bytes; 0: the system's choice.
  uint64_t StackBytes = 0;
  /// Whether the sink gets the nodes in the order of the source.
  bool OrderedSink = true;
  /// Whether the first failed node cancels the run.
  bool CancelOnFailure = false;
  /// Whether to keep the spans of all work for a trace: 24 bytes for each node
  /// and stage.
  bool Trace = false;
};

/// What a run leaves behind.
struct PipelineReport {
  /// Source first, sink last.
  std::vector<StageCounters> Stages;
  uint64_t Done = 0;
  uint64_t Failed = 0;
  uint64_t Cancelled = 0;
  uint64_t WallNs = 0;
  /// With PipelineOptions::Trace.
  std::vector<WorkerTrace> Workers;
};

/// See Pipeline.h for the meaning of every function.
class PipelineCore {
public:
  static constexpr size_t ValueAlignment = 64;

  /// How to make and unmake the value of a node.
  struct ValueType {
    size_t Size;
    void (*Construct)(void *);
    void (*Destroy)(void *);
  };
  using Work = std::function<Verdict(void *)>;
  using Source = std::function<bool(void *)>;
  using Sink = std::function<void(void *, const NodeOutcome &)>;

  PipelineCore(PipelineOptions Options, ValueType Type);
  PipelineCore(const PipelineCore &) = delete;
  PipelineCore &operator=(const PipelineCore &) = delete;
  ~PipelineCore();

  StageId addStage(StageOptions Options, Work Function);
  std::expected<PipelineReport, std::string> run(Source TheSource,
                                                 Sink TheSink);
  void cancel();
  std::vector<StageCounters> counters() const;

private:
  class Run;

  struct Stage {
    StageOptions Options;
    Work Function;
  };

  std::expected<void, std::string> check() const;

  const PipelineOptions Options;
  const ValueType Type;
  std::vector<Stage> Stages;
  /// The run under way, for cancel() and counters().
  mutable std::mutex Lock;
  Run *Current = nullptr;
};

} // namespace hapax

#endif // HAPAX_PIPELINE_PIPELINECORE_H
