//===- PipelineRun.cpp - One run of a pipeline ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "PipelineRun.h"
#include <bit>
#include <cassert>

using namespace hapax;

std::expected<std::unique_ptr<PipelineCore::Run>, std::string>
PipelineCore::Run::create(const PipelineCore &Core, Source TheSource,
                          Sink TheSink) {
  std::unique_ptr<Run> R(
      new Run(Core, std::move(TheSource), std::move(TheSink)));
  auto Pool = AlignedPool::create({.BlockSize = HeadBytes + Core.Type.Size,
                                   .MaxBlocks = Core.Options.MaxNodes,
                                   .Zeroed = false,
                                   .Name = Core.Options.Name + " nodes"});
  if (!Pool)
    return std::unexpected(Core.Options.Name +
                           ": no nodes: " + std::string(message(Pool.error())));
  R->Pool = std::move(*Pool);

  std::expected<void, std::string> Added =
      R->addStation({.Name = "source"}, nullptr);
  for (const Stage &S : Core.Stages)
    if (Added)
      Added = R->addStation(S.Options, S.Function);
  if (Added)
    Added = R->addStation(
        {.Name = "sink", .Backlog = 16, .Ordered = Core.Options.OrderedSink},
        nullptr);
  if (!Added)
    return std::unexpected(std::move(Added.error()));
  return R;
}

std::expected<void, std::string>
PipelineCore::Run::addStation(StageOptions Options, Work Function) {
  auto S = std::make_unique<Station>();
  S->Options = std::move(Options);
  S->Function = std::move(Function);
  size_t Feeders = Stations.empty() ? 0 : Stations.back()->Workers.size();
  S->Feeders.store(Feeders, std::memory_order_relaxed);
  size_t Capacity = std::bit_ceil(std::max<size_t>(8, S->Options.Backlog));
  for (uint32_t I = 0; I != S->Options.Workers; ++I) {
    auto W = std::make_unique<Worker>();
    for (size_t Feeder = 0; Feeder != Feeders; ++Feeder) {
      auto NewRing = Ring::create(Capacity);
      if (!NewRing)
        return std::unexpected(Core.Options.Name +
                               ": no ring: " + NewRing.error());
      W->In.push_back(std::move(*NewRing));
    }
    if (S->Options.Ordered)
      W->Window.resize(Core.Options.MaxNodes);
    S->Workers.push_back(std::move(W));
  }
  Stations.push_back(std::move(S));
  return {};
}

//===--- Nodes ------------------------------------------------------------===//

PipelineCore::Run::Node *PipelineCore::Run::newNode(uint64_t Number) {
  std::expected<void *, MemoryError> Block = Pool->allocate();
  if (!Block && Block.error() == MemoryError::Exhausted) {
    Worker &W = *Stations.front()->Workers.front();
    Clock::time_point Start = Clock::now();
    NodeFreed.await([&] {
      // Asked first: the block of the last node is then free already.
      bool None = Alive.load(std::memory_order_acquire) == 0;
      Block = Pool->allocate();
      return Block || Block.error() != MemoryError::Exhausted || None;
    });
    add(W.BlockedNs, since(Start));
  }
  if (!Block) {
    SourceError = Core.Options.Name + ": no memory for node " +
                  std::to_string(Number) + ": " +
                  std::string(message(Block.error()));
    return nullptr;
  }
  Node *N = std::construct_at(static_cast<Node *>(*Block), Number);
  Core.Type.Construct(N->value());
  Alive.fetch_add(1, std::memory_order_relaxed);
  return N;
}

void PipelineCore::Run::free(Node *N) {
  Core.Type.Destroy(N->value());
  std::destroy_at(N);
  // A refused block is out of service and counted by the pool; the run goes on
  // with one node fewer.
  (void)Pool->deallocate(N);
  Alive.fetch_sub(1, std::memory_order_release);
  NodeFreed.notifyOne();
}

//===--- Moving nodes -----------------------------------------------------===//

PipelineCore::Run::Node *PipelineCore::Run::tryTake(Station &S, Worker &W) {
  if (S.Options.Ordered)
    return tryTakeOrdered(S, W);
  for (size_t Tried = 0; Tried != W.In.size(); ++Tried) {
    Ring &From = *W.In[W.NextIn];
    W.NextIn = W.NextIn + 1 == W.In.size() ? 0 : W.NextIn + 1;
    if (std::optional<Node *> N = From.tryPop())
      return *N;
  }
  return nullptr;
}

PipelineCore::Run::Node *PipelineCore::Run::tryTakeOrdered(Station &S,
                                                           Worker &W) {
  auto PlaceOf = [&](uint64_t Number) -> Node *& {
    return W.Window[Number % W.Window.size()];
  };
  for (const std::unique_ptr<Ring> &From : W.In)
    while (std::optional<Node *> N = From->tryPop()) {
      assert(!PlaceOf((*N)->Number) && "two nodes in one place of the window");
      PlaceOf((*N)->Number) = *N;
      // What waits here for its turn must not keep out what it waits for.
      finish(S, W);
    }
  Node *N = std::exchange(PlaceOf(W.NextNumber), nullptr);
  if (N)
    ++W.NextNumber;
  return N;
}

PipelineCore::Run::Node *PipelineCore::Run::take(Station &S, Worker &W) {
  if (Node *N = tryTake(S, W))
    return N;
  Clock::time_point Start = Clock::now();
  Node *N = nullptr;
  W.Arrived.await([&] {
    // Asked first: what the feeders gave before they ended is then in sight.
    bool Last = S.Feeders.load(std::memory_order_acquire) == 0 ||
                Abandoned.load(std::memory_order_relaxed);
    N = tryTake(S, W);
    return N || Last;
  });
  add(W.StarvedNs, since(Start));
  return N;
}

void PipelineCore::Run::finish(Station &S, Worker &W) {
  // Release: whoever claims the place finds the ring's cell free.
  W.Unfinished.fetch_sub(1, std::memory_order_release);
  S.Room.notifyOne();
}

PipelineCore::Run::Worker *PipelineCore::Run::claim(Station &S) {
  for (;;) {
    Worker *Best = nullptr;
    uint32_t Fewest = S.Options.Backlog;
    for (const std::unique_ptr<Worker> &W : S.Workers) {
      uint32_t Unfinished = W->Unfinished.load(std::memory_order_relaxed);
      if (Unfinished < Fewest) {
        Fewest = Unfinished;
        Best = W.get();
      }
    }
    if (!Best)
      return nullptr;
    if (Best->Unfinished.compare_exchange_strong(Fewest, Fewest + 1,
                                                 std::memory_order_acquire,
                                                 std::memory_order_relaxed))
      return Best;
  }
}

void PipelineCore::Run::give(size_t At, uint32_t Number, Node *N) {
  Station &To = *Stations[At + 1];
  Worker *W = claim(To);
  if (!W) {
    Clock::time_point Start = Clock::now();
    To.Room.await([&] {
      W = claim(To);
      return W != nullptr;
    });
    add(Stations[At]->Workers[Number]->BlockedNs, since(Start));
  }
  bool Pushed = W->In[Number]->tryPush(N);
  assert(Pushed && "a ring has room for the backlog of its worker");
  (void)Pushed;
  W->Arrived.notifyOne();
}

void PipelineCore::Run::end(size_t At) {
  Station &To = *Stations[At + 1];
  if (To.Feeders.fetch_sub(1, std::memory_order_acq_rel) == 1)
    for (const std::unique_ptr<Worker> &W : To.Workers)
      W->Arrived.notifyOne();
}

//===--- What the threads do ----------------------------------------------===//

void PipelineCore::Run::spend(Worker &W, uint64_t Node,
                              Clock::time_point Start) {
  Clock::time_point End = Clock::now();
  add(W.Items, 1);
  add(W.BusyNs, toNs(End - Start));
  if (Core.Options.Trace)
    W.Spans.push_back({Node, toNs(Start - Started), toNs(End - Started)});
}

void PipelineCore::Run::takeTurn(Worker &W) {
  if (Core.Options.MaxBusy == 0)
    return;
  auto TryTake = [&] {
    uint32_t Free = Turns.load(std::memory_order_relaxed);
    while (Free != 0)
      if (Turns.compare_exchange_weak(Free, Free - 1,
                                      std::memory_order_relaxed))
        return true;
    return false;
  };
  if (TryTake())
    return;
  Clock::time_point Start = Clock::now();
  TurnEnded.await(TryTake);
  add(W.BlockedNs, since(Start));
}

void PipelineCore::Run::endTurn() {
  if (Core.Options.MaxBusy == 0)
    return;
  Turns.fetch_add(1, std::memory_order_relaxed);
  TurnEnded.notifyOne();
}

void PipelineCore::Run::process(StageId Stage, Station &S, Worker &W, Node &N) {
  if (N.Outcome.isDone() && N.NextWork <= Stage &&
      Cancelled.load(std::memory_order_relaxed))
    N.Outcome.What = NodeOutcome::Kind::Cancelled;
  if (!N.Outcome.isDone() || N.NextWork > Stage) {
    add(W.Passed, 1);
    return;
  }
  takeTurn(W);
  Clock::time_point Start = Clock::now();
  Verdict Said = S.Function(N.value());
  spend(W, N.Number, Start);
  endTurn();
  switch (Said.TheKind) {
  case Verdict::Kind::Next:
    break;
  case Verdict::Kind::Skip:
    N.NextWork = Said.Stage;
    break;
  case Verdict::Kind::Fail:
    N.Outcome = {NodeOutcome::Kind::Failed, Stage, std::move(Said.Why)};
    if (Core.Options.CancelOnFailure)
      cancel();
    break;
  }
}

void PipelineCore::Run::feed() {
  Worker &W = *Stations.front()->Workers.front();
  for (uint64_t Number = 0; !Cancelled.load(std::memory_order_relaxed);
       ++Number) {
    Node *N = newNode(Number);
    if (!N)
      break;
    Clock::time_point Start = Clock::now();
    if (!TheSource(N->value())) {
      free(N);
      break;
    }
    spend(W, Number, Start);
    give(0, 0, N);
  }
  end(0);
}

void PipelineCore::Run::work(size_t At, uint32_t Number) {
  Station &S = *Stations[At];
  Worker &W = *S.Workers[Number];
  while (Node *N = take(S, W)) {
    process(StageId(At - 1), S, W, *N);
    give(At, Number, N);
    if (!S.Options.Ordered)
      finish(S, W);
  }
  end(At);
}

void PipelineCore::Run::drain() {
  Station &S = *Stations.back();
  Worker &W = *S.Workers.front();
  while (Node *N = take(S, W)) {
    Clock::time_point Start = Clock::now();
    TheSink(N->value(), N->Outcome);
    spend(W, N->Number, Start);
    ++Outcomes[size_t(N->Outcome.What)];
    free(N);
    if (!S.Options.Ordered)
      finish(S, W);
  }
}

std::expected<void, std::string> PipelineCore::Run::startThreads() {
  auto Start = [&](size_t At, uint32_t Number, std::function<void()> Body) {
    std::optional<WorkerThread> T =
        WorkerThread::start(Stations[At]->Options.Name, std::move(Body),
                            Core.Options.StackBytes);
    if (T)
      Threads.push_back(std::move(*T));
    return T.has_value();
  };
  // The source comes last: until it runs, nothing has happened that could not
  // be taken back.
  bool Good = true;
  for (size_t At = Stations.size() - 2; Good && At != 0; --At)
    for (uint32_t I = 0; Good && I != Stations[At]->Options.Workers; ++I)
      Good = Start(At, I, [this, At, I] { work(At, I); });
  if (Good)
    Good = Start(0, 0, [this] { feed(); });
  if (Good)
    return {};
  Abandoned.store(true, std::memory_order_relaxed);
  for (const std::unique_ptr<Station> &S : Stations)
    for (const std::unique_ptr<Worker> &W : S->Workers)
      W->Arrived.notifyOne();
  return std::unexpected(
      Core.Options.Name + ": the system gives no more than " +
      std::to_string(Threads.size()) + " threads; use fewer workers");
}

std::expected<PipelineReport, std::string> PipelineCore::Run::run() {
  Started = Clock::now();
  std::expected<void, std::string> Running = startThreads();
  if (Running)
    drain();
  Threads.clear(); // joins them
  if (!Running)
    return std::unexpected(std::move(Running.error()));
  if (!SourceError.empty())
    return std::unexpected(std::move(SourceError));

  PipelineReport Report;
  Report.WallNs = since(Started);
  Report.Stages = counters();
  Report.Done = Outcomes[size_t(NodeOutcome::Kind::Done)];
  Report.Failed = Outcomes[size_t(NodeOutcome::Kind::Failed)];
  Report.Cancelled = Outcomes[size_t(NodeOutcome::Kind::Cancelled)];
  if (Core.Options.Trace)
    for (const std::unique_ptr<Station> &S : Stations)
      for (uint32_t I = 0; I != S->Workers.size(); ++I)
        Report.Workers.push_back(
            {S->Options.Name, I, std::move(S->Workers[I]->Spans)});
  return Report;
}

std::vector<StageCounters> PipelineCore::Run::counters() const {
  std::vector<StageCounters> All;
  for (const std::unique_ptr<Station> &S : Stations) {
    StageCounters Sum{.Name = S->Options.Name, .Workers = S->Options.Workers};
    for (const std::unique_ptr<Worker> &W : S->Workers) {
      Sum.Items += W->Items.load(std::memory_order_relaxed);
      Sum.Passed += W->Passed.load(std::memory_order_relaxed);
      Sum.BusyNs += W->BusyNs.load(std::memory_order_relaxed);
      Sum.StarvedNs += W->StarvedNs.load(std::memory_order_relaxed);
      Sum.BlockedNs += W->BlockedNs.load(std::memory_order_relaxed);
    }
    All.push_back(std::move(Sum));
  }
  return All;
}
