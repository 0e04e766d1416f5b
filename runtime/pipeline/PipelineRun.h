//===- PipelineRun.h - One run of a pipeline --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The workers, rings and nodes of one run. Problem, idea, invariants and cost
/// stand in hapax/Pipeline/PipelineCore.h.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_PIPELINE_PIPELINERUN_H
#define HAPAX_RUNTIME_PIPELINE_PIPELINERUN_H

#include "hapax/Concurrency/EventCount.h"
#include "hapax/Concurrency/SpscRing.h"
#include "hapax/Concurrency/WorkerThread.h"
#include "hapax/Memory/AlignedPool.h"
#include "hapax/Pipeline/PipelineCore.h"
#include <chrono>
#include <optional>

namespace hapax {

class PipelineCore::Run {
public:
  /// Makes rings and pool; no thread yet.
  static std::expected<std::unique_ptr<Run>, std::string>
  create(const PipelineCore &Core, Source TheSource, Sink TheSink);

  /// Runs to the end, the sink on this thread.
  std::expected<PipelineReport, std::string> run();
  void cancel() { Cancelled.store(true, std::memory_order_relaxed); }
  std::vector<StageCounters> counters() const;

private:
  using Clock = std::chrono::steady_clock;

  /// Stands in front of the value in each block of the pool.
  struct Node {
    uint64_t Number;
    /// The first stage that has work on this node.
    StageId NextWork = 0;
    NodeOutcome Outcome;

    explicit Node(uint64_t Number) : Number(Number) {}
    void *value() { return reinterpret_cast<std::byte *>(this) + HeadBytes; }
  };
  static constexpr size_t HeadBytes =
      (sizeof(Node) + ValueAlignment - 1) / ValueAlignment * ValueAlignment;
  using Ring = SpscRing<Node *>;
  using Count = std::atomic<uint64_t>;

  struct Worker {
    // Written by the workers of the stage before.
    alignas(FalseSharingRange) std::atomic<uint32_t> Unfinished{0};
    EventCount<> Arrived;

    // Written by the worker itself.
    alignas(FalseSharingRange) std::vector<std::unique_ptr<Ring>> In;
    size_t NextIn = 0;
    /// Of an ordered stage: nodes that came early, by number.
    std::vector<Node *> Window;
    uint64_t NextNumber = 0;
    Count Items{0}, Passed{0}, BusyNs{0}, StarvedNs{0}, BlockedNs{0};
    std::vector<PipelineSpan> Spans;
  };

  /// A stage of the caller; the source, which comes before them; the sink,
  /// which comes after them.
  struct Station {
    StageOptions Options;
    Work Function;
    std::vector<std::unique_ptr<Worker>> Workers;
    /// Workers of the station before that have not ended.
    std::atomic<uint32_t> Feeders{0};
    /// Told when a worker here has finished a node.
    EventCount<> Room;
  };

  Run(const PipelineCore &Core, Source TheSource, Sink TheSink)
      : Core(Core), TheSource(std::move(TheSource)),
        TheSink(std::move(TheSink)), Turns(Core.Options.MaxBusy) {}

  std::expected<void, std::string> addStation(StageOptions Options,
                                              Work Function);
  std::expected<void, std::string> startThreads();

  // The lives of the threads.
  void feed();
  void work(size_t At, uint32_t Number);
  void drain();

  Node *newNode(uint64_t Number);
  void free(Node *N);
  // A turn to work, where their number is limited.
  void takeTurn(Worker &W);
  void endTurn();
  /// The next node for a worker; nullptr when none will come any more.
  Node *take(Station &S, Worker &W);
  Node *tryTake(Station &S, Worker &W);
  Node *tryTakeOrdered(Station &S, Worker &W);
  /// The worker no longer has the node; \p S may give it another.
  void finish(Station &S, Worker &W);
  /// Hands the node to a worker of the station behind \p At.
  void give(size_t At, uint32_t Number, Node *N);
  static Worker *claim(Station &S);
  /// The worker will give nothing any more.
  void end(size_t At);
  void process(StageId Stage, Station &S, Worker &W, Node &N);
  void spend(Worker &W, uint64_t Node, Clock::time_point Start);

  static void add(Count &C, uint64_t Amount) {
    // One writer, any number of readers.
    C.store(C.load(std::memory_order_relaxed) + Amount,
            std::memory_order_relaxed);
  }
  static uint64_t toNs(Clock::duration D) {
    return std::chrono::nanoseconds(D).count();
  }
  static uint64_t since(Clock::time_point Start) {
    return toNs(Clock::now() - Start);
  }

  const PipelineCore &Core;
  const Source TheSource;
  const Sink TheSink;
  std::unique_ptr<AlignedPool> Pool;
  EventCount<> NodeFreed;
  /// Nodes under way. Where there are none and still no block is free, none
  /// ever will be.
  std::atomic<uint32_t> Alive{0};
  /// Turns that nobody has (with a limit).
  std::atomic<uint32_t> Turns{0};
  EventCount<> TurnEnded;
  std::vector<std::unique_ptr<Station>> Stations;
  std::vector<WorkerThread> Threads;
  std::atomic<bool> Cancelled{false};
  /// The run could not be started; workers end without waiting for others.
  std::atomic<bool> Abandoned{false};
  /// Why the source stopped before its time; read after it has ended.
  std::string SourceError;
  Clock::time_point Started;
  uint64_t Outcomes[3] = {};
};

} // namespace hapax

#endif // HAPAX_RUNTIME_PIPELINE_PIPELINERUN_H
