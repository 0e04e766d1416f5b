//===- Pipeline.h - Stages joined by rings ----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A chain of named stages through which nodes of one type pass:
///
///   source -> stage -> stage -> ... -> sink
///
///   Pipeline<Unit> P({.Name = "compile", .MaxNodes = 64});
///   StageId LookUp = P.addStage({.Name = "look up"}, lookUp);
///   P.addStage({.Name = "optimise", .Workers = N, .Backlog = 1}, optimise);
///   StageId Write = P.addStage({.Name = "write"}, write);
///   std::expected<PipelineReport, std::string> Report = P.run(source, sink);
///
/// The source makes the nodes, on a thread of its own, until it has no more.
/// Each stage has its own threads; a stage may let a node skip others (a hit),
/// or fail it. The sink takes every node, good or not, on the thread that calls
/// run(), by default in the order of the source.
///
/// See PipelineCore.h for how it works and what it costs.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PIPELINE_PIPELINE_H
#define HAPAX_PIPELINE_PIPELINE_H

#include "hapax/Pipeline/PipelineCore.h"
#include <memory>
#include <type_traits>

namespace hapax {

/// A pipeline of nodes of type \p T, which the source finds value-initialised
/// and which live from then until the sink returns. The stages of one node run
/// one after another, each seeing what the one before wrote; functions of
/// different nodes run at the same time.
template <typename T> class Pipeline {
  static_assert(std::is_default_constructible_v<T> &&
                std::is_nothrow_destructible_v<T>);
  static_assert(alignof(T) <= PipelineCore::ValueAlignment);

public:
  explicit Pipeline(PipelineOptions Options)
      : Core(std::move(Options),
             {.Size = sizeof(T),
              .Construct = [](void *Into) { std::construct_at(as(Into)); },
              .Destroy = [](void *Value) { std::destroy_at(as(Value)); }}) {}

  /// Appends a stage. Not while the pipeline runs.
  StageId addStage(StageOptions Options, std::function<Verdict(T &)> Work) {
    return Core.addStage(
        std::move(Options),
        [Work = std::move(Work)](void *Value) { return Work(*as(Value)); });
  }

  /// Runs until the source has returned false and all nodes have reached the
  /// sink. Fails, before the source is first called, with a one-line message
  /// when an option is out of range or threads or memory cannot be had; and
  /// when memory for nodes runs out later, after the nodes there are have
  /// reached the sink.
  std::expected<PipelineReport, std::string>
  run(std::function<bool(T &)> Source,
      std::function<void(T &, const NodeOutcome &)> Sink) {
    return Core.run([&](void *Value) { return Source(*as(Value)); },
                    [&](void *Value, const NodeOutcome &Outcome) {
                      Sink(*as(Value), Outcome);
                    });
  }

  /// Ends the run early: the source is not called again, and nodes that are
  /// still under way pass through to the sink as cancelled. From any thread,
  /// any number of times; without a run it does nothing.
  void cancel() { Core.cancel(); }

  /// The counters so far, in the order of the stages, source first and sink
  /// last. From any thread while the pipeline runs; from stage functions too.
  std::vector<StageCounters> counters() const { return Core.counters(); }

private:
  static T *as(void *Value) { return static_cast<T *>(Value); }

  PipelineCore Core;
};

} // namespace hapax

#endif // HAPAX_PIPELINE_PIPELINE_H
