//===- PipelineTest.cpp - What a pipeline promises to its users -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "hapax/Pipeline/Pipeline.h"
#include <gmock/gmock.h>
#include <latch>
#include <map>
#include <pthread.h>
#include <thread>

using namespace hapax;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

struct Item {
  unsigned Number = 0;
  std::vector<std::string> Seen;
};

/// A source of so many numbered items.
auto upTo(unsigned Count) {
  return [Next = 0u, Count](Item &I) mutable {
    I.Number = Next++;
    return I.Number < Count;
  };
}

std::function<Verdict(Item &)> sees(std::string Name) {
  return [Name](Item &I) {
    I.Seen.push_back(Name);
    return Verdict::next();
  };
}

/// Keeps what reaches the sink.
struct Collected {
  std::vector<Item> Items;
  std::vector<NodeOutcome> Outcomes;

  auto sink() {
    return [this](Item &I, const NodeOutcome &Outcome) {
      Items.push_back(std::move(I));
      Outcomes.push_back(Outcome);
    };
  }
  std::vector<unsigned> numbers() const {
    std::vector<unsigned> Result;
    for (const Item &I : Items)
      Result.push_back(I.Number);
    return Result;
  }
};

std::vector<unsigned> firstNumbers(unsigned Count) {
  std::vector<unsigned> Result(Count);
  for (unsigned I = 0; I != Count; ++I)
    Result[I] = I;
  return Result;
}

/// Lets workers take different times, without a clock.
void dawdle(unsigned Number) {
  for (unsigned I = 0; I != Number * 7919 % 13; ++I)
    std::this_thread::yield();
}

TEST(Pipeline, EveryNodeGoesThroughEveryStageOnce) {
  Pipeline<Item> P({.Name = "test"});
  P.addStage({.Name = "a"}, sees("a"));
  P.addStage({.Name = "b", .Workers = 3}, sees("b"));
  P.addStage({.Name = "c", .Workers = 2}, sees("c"));
  Collected All;
  auto Report = P.run(upTo(1000), All.sink());
  ASSERT_TRUE(Report) << Report.error();
  EXPECT_EQ(All.numbers(), firstNumbers(1000));
  for (const Item &I : All.Items)
    EXPECT_THAT(I.Seen, ElementsAre("a", "b", "c"));
  EXPECT_EQ(Report->Done, 1000u);
  EXPECT_EQ(Report->Failed, 0u);
  EXPECT_EQ(Report->Cancelled, 0u);
  ASSERT_EQ(Report->Stages.size(), 5u);
  for (const StageCounters &S : Report->Stages) {
    EXPECT_EQ(S.Items, 1000u) << S.Name;
    EXPECT_EQ(S.Passed, 0u) << S.Name;
  }
}

TEST(Pipeline, ThreadsHaveTheStackThatIsAskedFor) {
  for (uint64_t Asked : {uint64_t(1) << 20, uint64_t(64) << 20}) {
    Pipeline<Item> P({.StackBytes = Asked});
    size_t Given = 0;
    P.addStage({.Name = "a"}, [&](Item &) {
      pthread_attr_t Attributes;
      EXPECT_EQ(pthread_getattr_np(pthread_self(), &Attributes), 0);
      EXPECT_EQ(pthread_attr_getstacksize(&Attributes, &Given), 0);
      pthread_attr_destroy(&Attributes);
      return Verdict::next();
    });
    Collected All;
    ASSERT_TRUE(P.run(upTo(1), All.sink()));
    EXPECT_GE(Given, Asked);
    EXPECT_LT(Given, 2 * Asked);
  }
}

TEST(Pipeline, NoNodes) {
  Pipeline<Item> P({});
  P.addStage({.Name = "a", .Workers = 2}, sees("a"));
  Collected All;
  auto Report = P.run(upTo(0), All.sink());
  ASSERT_TRUE(Report) << Report.error();
  EXPECT_TRUE(All.Items.empty());
}

TEST(Pipeline, NoStages) {
  Pipeline<Item> P({.MaxNodes = 2});
  Collected All;
  ASSERT_TRUE(P.run(upTo(50), All.sink()));
  EXPECT_EQ(All.numbers(), firstNumbers(50));
}

TEST(Pipeline, RunsAgain) {
  Pipeline<Item> P({});
  P.addStage({.Name = "a", .Workers = 2}, sees("a"));
  for (unsigned Count : {7u, 0u, 90u}) {
    Collected All;
    ASSERT_TRUE(P.run(upTo(Count), All.sink()));
    EXPECT_EQ(All.numbers(), firstNumbers(Count));
  }
}

TEST(Pipeline, AnOrderedStageSeesNodesInOrder) {
  // Any number of nodes, fewer or more than the window of the stage.
  for (uint32_t MaxNodes : {1u, 2u, 7u, 64u}) {
    Pipeline<Item> P({.MaxNodes = MaxNodes, .OrderedSink = false});
    P.addStage({.Name = "mixes", .Workers = 4, .Backlog = 3}, [](Item &I) {
      dawdle(I.Number);
      return Verdict::next();
    });
    std::vector<unsigned> Order;
    P.addStage({.Name = "orders", .Ordered = true}, [&](Item &I) {
      Order.push_back(I.Number);
      return Verdict::next();
    });
    P.addStage({.Name = "mixes again", .Workers = 3}, [](Item &I) {
      dawdle(I.Number);
      return Verdict::next();
    });
    Collected All;
    ASSERT_TRUE(P.run(upTo(500), All.sink()));
    EXPECT_EQ(Order, firstNumbers(500)) << MaxNodes;
    EXPECT_THAT(All.numbers(),
                ::testing::UnorderedElementsAreArray(firstNumbers(500)));
  }
}

TEST(Pipeline, NodesSkipStages) {
  Pipeline<Item> P({});
  P.addStage({.Name = "look up"}, [](Item &I) {
    I.Seen.push_back("look up");
    return I.Number % 3 == 0   ? Verdict::skipTo(2)
           : I.Number % 3 == 1 ? Verdict::finished()
                               : Verdict::next();
  });
  P.addStage({.Name = "compile", .Workers = 2}, sees("compile"));
  P.addStage({.Name = "write", .Workers = 2}, sees("write"));
  Collected All;
  auto Report = P.run(upTo(99), All.sink());
  ASSERT_TRUE(Report) << Report.error();
  EXPECT_EQ(All.numbers(), firstNumbers(99));
  for (const Item &I : All.Items) {
    if (I.Number % 3 == 0)
      EXPECT_THAT(I.Seen, ElementsAre("look up", "write"));
    else if (I.Number % 3 == 1)
      EXPECT_THAT(I.Seen, ElementsAre("look up"));
    else
      EXPECT_THAT(I.Seen, ElementsAre("look up", "compile", "write"));
  }
  EXPECT_EQ(Report->Done, 99u);
  EXPECT_EQ(Report->Stages[2].Items, 33u);
  EXPECT_EQ(Report->Stages[2].Passed, 66u);
  EXPECT_EQ(Report->Stages[3].Items, 66u);
}

TEST(Pipeline, SkippingBackwardsIsGoingOn) {
  Pipeline<Item> P({});
  P.addStage({.Name = "a"}, sees("a"));
  P.addStage({.Name = "b"}, [](Item &I) {
    I.Seen.push_back("b");
    return Verdict::skipTo(0);
  });
  P.addStage({.Name = "c"}, sees("c"));
  Collected All;
  ASSERT_TRUE(P.run(upTo(1), All.sink()));
  EXPECT_THAT(All.Items.front().Seen, ElementsAre("a", "b", "c"));
}

TEST(Pipeline, AFailedNodeReachesTheSinkWithItsReason) {
  Pipeline<Item> P({});
  P.addStage({.Name = "a"}, sees("a"));
  StageId B = P.addStage({.Name = "b", .Workers = 2}, [](Item &I) {
    return I.Number % 10 == 4
               ? Verdict::failed("no " + std::to_string(I.Number))
               : Verdict::next();
  });
  P.addStage({.Name = "c"}, sees("c"));
  Collected All;
  auto Report = P.run(upTo(100), All.sink());
  ASSERT_TRUE(Report) << Report.error();
  EXPECT_EQ(All.numbers(), firstNumbers(100));
  for (size_t I = 0; I != 100; ++I) {
    const NodeOutcome &O = All.Outcomes[I];
    if (I % 10 != 4) {
      EXPECT_TRUE(O.isDone());
      continue;
    }
    EXPECT_EQ(O.What, NodeOutcome::Kind::Failed);
    EXPECT_EQ(O.FailedAt, B);
    EXPECT_EQ(O.Why, "no " + std::to_string(I));
    EXPECT_THAT(All.Items[I].Seen, ElementsAre("a"));
  }
  EXPECT_EQ(Report->Failed, 10u);
  EXPECT_EQ(Report->Done, 90u);
}

TEST(Pipeline, TheFirstFailureCancelsWhereThatIsAsked) {
  Pipeline<Item> P({.MaxNodes = 8, .CancelOnFailure = true});
  P.addStage({.Name = "a"}, [](Item &I) {
    return I.Number == 20 ? Verdict::failed("enough") : Verdict::next();
  });
  Collected All;
  // The source has no end of its own.
  auto Report = P.run(upTo(~0u), All.sink());
  ASSERT_TRUE(Report) << Report.error();
  EXPECT_EQ(Report->Failed, 1u);
  EXPECT_EQ(Report->Done, 20u);
  EXPECT_LE(Report->Cancelled, 8u);
  EXPECT_EQ(All.numbers(), firstNumbers(All.Items.size()));
}

TEST(Pipeline, CancelledNodesDrain) {
  Pipeline<Item> P({.MaxNodes = 16});
  P.addStage({.Name = "a", .Workers = 2}, sees("a"));
  P.addStage({.Name = "b"}, [&](Item &I) {
    if (I.Number == 30)
      P.cancel();
    return Verdict::next();
  });
  P.addStage({.Name = "c"}, sees("c"));
  Collected All;
  auto Report = P.run(upTo(~0u), All.sink());
  ASSERT_TRUE(Report) << Report.error();
  EXPECT_GE(Report->Cancelled, 1u) << "30 itself has a stage left";
  EXPECT_EQ(Report->Done + Report->Cancelled, All.Items.size());
  for (size_t I = 0; I != All.Items.size(); ++I)
    EXPECT_EQ(All.Outcomes[I].isDone(),
              !All.Items[I].Seen.empty() && All.Items[I].Seen.back() == "c");
}

TEST(Pipeline, CancelFromOutsideWakesEveryone) {
  Pipeline<Item> P({.MaxNodes = 4});
  std::latch Started(1), Go(1);
  P.addStage({.Name = "a"}, [&](Item &I) {
    if (I.Number == 0) {
      Started.count_down();
      Go.wait();
    }
    return Verdict::next();
  });
  std::thread Other([&] {
    Started.wait();
    P.cancel();
    P.cancel();
    Go.count_down();
  });
  Collected All;
  ASSERT_TRUE(P.run(upTo(~0u), All.sink()));
  Other.join();
  EXPECT_LE(All.Items.size(), 4u);
  P.cancel(); // without a run
}

TEST(Pipeline, ASlowStageStopsTheSource) {
  // While the only worker of the stage holds the first node, the source can
  // make no more nodes than there are.
  constexpr unsigned MaxNodes = 6;
  std::atomic<unsigned> Made = 0;
  Pipeline<Item> P({.MaxNodes = MaxNodes});
  std::latch Full(1);
  P.addStage({.Name = "slow", .Backlog = 64}, [&](Item &I) {
    if (I.Number == 0)
      Full.wait();
    return Verdict::next();
  });
  auto Source = [&, Inner = upTo(100)](Item &I) mutable {
    if (++Made == MaxNodes)
      Full.count_down();
    return Inner(I);
  };
  Collected All;
  ASSERT_TRUE(
      P.run(Source, [&, Sink = All.sink()](Item &I, const NodeOutcome &O) {
        EXPECT_LE(Made - All.Items.size(), MaxNodes);
        Sink(I, O);
      }));
  EXPECT_EQ(All.numbers(), firstNumbers(100));
}

TEST(Pipeline, NoNodeWaitsBehindASlowOneWithABacklogOfOne) {
  // Two workers; the first node keeps one of them until all others are through.
  std::latch Rest(9);
  Pipeline<Item> P({});
  P.addStage({.Name = "work", .Workers = 2, .Backlog = 1}, [&](Item &I) {
    if (I.Number == 0)
      Rest.wait();
    else
      Rest.count_down();
    return Verdict::next();
  });
  Collected All;
  ASSERT_TRUE(P.run(upTo(10), All.sink()));
  EXPECT_EQ(All.numbers(), firstNumbers(10));
}

TEST(Pipeline, WorkersOfOneStageRunAtTheSameTime) {
  std::latch All(4);
  Pipeline<Item> P({});
  P.addStage({.Name = "together", .Workers = 4, .Backlog = 1}, [&](Item &) {
    All.arrive_and_wait();
    return Verdict::next();
  });
  Collected Got;
  ASSERT_TRUE(P.run(upTo(4), Got.sink()));
}

TEST(Pipeline, NoMoreStagesWorkThanMayBeBusy) {
  std::atomic<unsigned> Busy = 0, Most = 0;
  Pipeline<Item> P({.MaxBusy = 2});
  auto Work = [&](Item &I) {
    unsigned Now = ++Busy;
    unsigned Before = Most;
    while (Before < Now && !Most.compare_exchange_weak(Before, Now))
      ;
    dawdle(I.Number);
    --Busy;
    return Verdict::next();
  };
  P.addStage({.Name = "a", .Workers = 3}, Work);
  P.addStage({.Name = "b", .Workers = 3}, Work);
  Collected All;
  ASSERT_TRUE(P.run(upTo(2000), All.sink()));
  EXPECT_EQ(All.numbers(), firstNumbers(2000));
  EXPECT_LE(Most, 2u);
}

TEST(Pipeline, CountersCanBeReadWhileItRuns) {
  Pipeline<Item> P({});
  std::vector<StageCounters> Middle;
  P.addStage({.Name = "asks"}, [&](Item &I) {
    if (I.Number == 5)
      Middle = P.counters();
    return Verdict::next();
  });
  Collected All;
  ASSERT_TRUE(P.run(upTo(10), All.sink()));
  ASSERT_EQ(Middle.size(), 3u);
  EXPECT_EQ(Middle[0].Name, "source");
  EXPECT_EQ(Middle[1].Name, "asks");
  EXPECT_EQ(Middle[1].Items, 5u);
  EXPECT_EQ(Middle[2].Name, "sink");
  EXPECT_TRUE(P.counters().empty()) << "no run";
}

TEST(Pipeline, ASecondRunAtTheSameTimeIsRefused) {
  Pipeline<Item> P({.Name = "mine"});
  std::string Refusal;
  P.addStage({.Name = "a"}, [&](Item &) {
    Collected Inner;
    auto Second = P.run(upTo(1), Inner.sink());
    Refusal = Second ? "was accepted" : Second.error();
    return Verdict::next();
  });
  Collected All;
  ASSERT_TRUE(P.run(upTo(1), All.sink()));
  EXPECT_EQ(Refusal, "mine: it is running already");
}

TEST(Pipeline, EveryValueIsDestroyed) {
  static std::atomic<int> Alive;
  struct Counted {
    Counted() { ++Alive; }
    ~Counted() { --Alive; }
    unsigned Number = 0;
  };
  Pipeline<Counted> P({.MaxNodes = 4, .CancelOnFailure = true});
  P.addStage({.Name = "a", .Workers = 2}, [](Counted &C) {
    return C.Number == 50 ? Verdict::failed("x") : Verdict::next();
  });
  unsigned Next = 0;
  ASSERT_TRUE(P.run(
      [&](Counted &C) {
        C.Number = Next++;
        return true;
      },
      [](Counted &, const NodeOutcome &) { EXPECT_GT(Alive, 0); }));
  EXPECT_EQ(Alive, 0);
}

TEST(Pipeline, ValuesAreAligned) {
  struct alignas(64) Wide {
    float Lanes[16] = {};
  };
  Pipeline<Wide> P({});
  unsigned Left = 9;
  ASSERT_TRUE(P.run([&](Wide &) { return Left-- != 0; },
                    [](Wide &W, const NodeOutcome &) {
                      EXPECT_EQ(reinterpret_cast<uintptr_t>(&W) % 64, 0u);
                    }));
}

std::string refusal(PipelineOptions Options, std::vector<StageOptions> Stages) {
  Pipeline<Item> P(std::move(Options));
  for (StageOptions &S : Stages)
    P.addStage(std::move(S), sees("a"));
  Collected All;
  auto Report = P.run(upTo(1), All.sink());
  EXPECT_EQ(All.Items.size(), Report ? 1u : 0u);
  return Report ? "" : Report.error();
}

TEST(Pipeline, OptionsOutOfRangeAreNamed) {
  EXPECT_EQ(refusal({.Name = "p", .MaxNodes = 0}, {}),
            "p: MaxNodes is not from 1 to 2^20");
  EXPECT_THAT(refusal({.MaxNodes = (1u << 20) + 1}, {}), HasSubstr("MaxNodes"));
  EXPECT_THAT(refusal({}, {{.Name = ""}}), HasSubstr("no name"));
  EXPECT_THAT(refusal({}, {{.Name = "s", .Workers = 0}}),
              HasSubstr("stage s: Workers"));
  EXPECT_THAT(refusal({}, {{.Name = "s", .Workers = 1025}}),
              HasSubstr("stage s: Workers"));
  EXPECT_THAT(refusal({}, {{.Name = "s", .Backlog = 0}}),
              HasSubstr("stage s: Backlog"));
  EXPECT_THAT(refusal({}, {{.Name = "s", .Backlog = 4097}}),
              HasSubstr("stage s: Backlog"));
  EXPECT_THAT(refusal({}, {{.Name = "s", .Workers = 2, .Ordered = true}}),
              HasSubstr("stage s: an ordered stage has one worker"));
  EXPECT_EQ(refusal({}, {{.Name = "s", .Workers = 2, .Backlog = 4096}}), "");
}

/// Workers of two stages, their backlog, nodes.
using Shape = std::tuple<uint32_t, uint32_t, uint32_t, uint32_t>;
class PipelineShapes : public ::testing::TestWithParam<Shape> {};

TEST_P(PipelineShapes, NothingIsLostDoubledOrOutOfOrder) {
  auto [First, Second, Backlog, MaxNodes] = GetParam();
  constexpr unsigned Count = 3000;
  Pipeline<Item> P({.MaxNodes = MaxNodes});
  std::vector<std::atomic<unsigned>> Visits(Count);
  P.addStage({.Name = "first", .Workers = First, .Backlog = Backlog},
             [&](Item &I) {
               ++Visits[I.Number];
               return I.Number % 5 == 0   ? Verdict::finished()
                      : I.Number % 7 == 0 ? Verdict::failed("seven")
                                          : Verdict::next();
             });
  P.addStage({.Name = "second", .Workers = Second, .Backlog = Backlog},
             [&](Item &I) {
               Visits[I.Number] += 10;
               return Verdict::next();
             });
  P.addStage({.Name = "ordered", .Backlog = Backlog, .Ordered = true},
             [&](Item &I) {
               Visits[I.Number] += 100;
               return Verdict::next();
             });
  Collected All;
  auto Report = P.run(upTo(Count), All.sink());
  ASSERT_TRUE(Report) << Report.error();
  EXPECT_EQ(All.numbers(), firstNumbers(Count));
  for (unsigned I = 0; I != Count; ++I) {
    bool Short = I % 5 == 0 || I % 7 == 0;
    ASSERT_EQ(Visits[I], Short ? 1u : 111u) << I;
    ASSERT_EQ(All.Outcomes[I].What, I % 5 != 0 && I % 7 == 0
                                        ? NodeOutcome::Kind::Failed
                                        : NodeOutcome::Kind::Done);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, PipelineShapes,
                         ::testing::Combine(::testing::Values(1, 2, 5),
                                            ::testing::Values(1, 3),
                                            ::testing::Values(1, 2, 33),
                                            ::testing::Values(1, 3, 64)));

} // namespace
