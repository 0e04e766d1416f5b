//===- LitmusTest.cpp - The explorer shows what C++ allows ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The proof of the tool: small programs whose possible results under RC11 are
/// known. Each test names all of them; the explorer must show every one and no
/// other. A result is the threads' registers, as digits, in order.
//===----------------------------------------------------------------------===//
#include "ModelAtomics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <set>

using namespace modelcheck;
using testing::ElementsAre;

namespace {

constexpr auto Rlx = std::memory_order_relaxed;
constexpr auto Acq = std::memory_order_acquire;
constexpr auto Rel = std::memory_order_release;
constexpr auto AcqRel = std::memory_order_acq_rel;
constexpr auto Sc = std::memory_order_seq_cst;

using Variable = ModelAtomics::Atomic<int>;
void fence(std::memory_order Order) { ModelAtomics::fence(Order); }

/// Two variables and the registers that make up a result.
struct Litmus {
  Variable X{0}, Y{0};
  std::array<int, 6> R{};
};
using Step = void (*)(Litmus &);

/// All results of the threads, the first \p Registers registers of each.
std::set<std::string> results(std::initializer_list<Step> Threads,
                              unsigned Registers, Step AtEnd = nullptr) {
  std::set<std::string> Seen;
  Outcome O = Explorer::explore([&](Explorer &E) {
    Litmus L;
    auto Call = [&L](Step S) { return [&L, S] { S(L); }; };
    const Step *S = Threads.begin();
    if (Threads.size() == 2)
      E.run({Call(S[0]), Call(S[1])});
    else if (Threads.size() == 3)
      E.run({Call(S[0]), Call(S[1]), Call(S[2])});
    else
      E.run({Call(S[0]), Call(S[1]), Call(S[2]), Call(S[3])});
    if (AtEnd)
      AtEnd(L);
    std::string Text;
    for (unsigned I = 0; I != Registers; ++I)
      Text += std::to_string(L.R[I]);
    Seen.insert(Text);
  });
  EXPECT_TRUE(O.Complete);
  EXPECT_EQ(O.Failure, "");
  return Seen;
}

//===----------------------------------------------------------------------===//
// Store buffering: may both threads miss the other's store?
//===----------------------------------------------------------------------===//

template <std::memory_order Store, std::memory_order Load,
          std::memory_order Fence>
std::set<std::string> storeBuffering() {
  return results({[](Litmus &L) {
                    L.X.store(1, Store);
                    fence(Fence);
                    L.R[0] = L.Y.load(Load);
                  },
                  [](Litmus &L) {
                    L.Y.store(1, Store);
                    fence(Fence);
                    L.R[1] = L.X.load(Load);
                  }},
                 2);
}

TEST(LitmusTest, StoreBuffering) {
  EXPECT_THAT((storeBuffering<Rlx, Rlx, Rlx>()),
              ElementsAre("00", "01", "10", "11"));
  EXPECT_THAT((storeBuffering<Rel, Acq, Rlx>()),
              ElementsAre("00", "01", "10", "11"));
  EXPECT_THAT((storeBuffering<Rel, Acq, AcqRel>()),
              ElementsAre("00", "01", "10", "11"));
}

TEST(LitmusTest, StoreBufferingWithSeqCstFences) {
  EXPECT_THAT((storeBuffering<Rlx, Rlx, Sc>()), ElementsAre("01", "10", "11"));
}

TEST(LitmusTest, StoreBufferingWithOneSeqCstFence) {
  EXPECT_THAT(results({[](Litmus &L) {
                         L.X.store(1, Rlx);
                         fence(Sc);
                         L.R[0] = L.Y.load(Rlx);
                       },
                       [](Litmus &L) {
                         L.Y.store(1, Rlx);
                         L.R[1] = L.X.load(Rlx);
                       }},
                      2),
              ElementsAre("00", "01", "10", "11"));
}

// Updates of one location are ordered: the later one sees the earlier.
TEST(LitmusTest, StoreBufferingWithUpdates) {
  EXPECT_THAT(results({[](Litmus &L) { L.R[0] = L.X.exchange(1, Rlx); },
                       [](Litmus &L) { L.R[1] = L.X.exchange(2, Rlx); }},
                      2),
              ElementsAre("01", "20"));
}

//===----------------------------------------------------------------------===//
// Message passing: does the flag bring the data along?
//===----------------------------------------------------------------------===//

template <std::memory_order Store, std::memory_order Load>
std::set<std::string> messagePassing() {
  return results({[](Litmus &L) {
                    L.X.store(1, Rlx);
                    L.Y.store(1, Store);
                  },
                  [](Litmus &L) {
                    L.R[0] = L.Y.load(Load);
                    L.R[1] = L.X.load(Rlx);
                  }},
                 2);
}

TEST(LitmusTest, MessagePassing) {
  EXPECT_THAT((messagePassing<Rel, Acq>()), ElementsAre("00", "01", "11"));
  EXPECT_THAT((messagePassing<Rlx, Acq>()),
              ElementsAre("00", "01", "10", "11"));
  EXPECT_THAT((messagePassing<Rel, Rlx>()),
              ElementsAre("00", "01", "10", "11"));
}

template <std::memory_order First, std::memory_order Second>
std::set<std::string> messagePassingWithFences() {
  return results({[](Litmus &L) {
                    L.X.store(1, Rlx);
                    fence(First);
                    L.Y.store(1, Rlx);
                  },
                  [](Litmus &L) {
                    L.R[0] = L.Y.load(Rlx);
                    fence(Second);
                    L.R[1] = L.X.load(Rlx);
                  }},
                 2);
}

TEST(LitmusTest, MessagePassingWithFences) {
  EXPECT_THAT((messagePassingWithFences<Rel, Acq>()),
              ElementsAre("00", "01", "11"));
  EXPECT_THAT((messagePassingWithFences<AcqRel, AcqRel>()),
              ElementsAre("00", "01", "11"));
  EXPECT_THAT((messagePassingWithFences<Sc, Sc>()),
              ElementsAre("00", "01", "11"));
  EXPECT_THAT((messagePassingWithFences<Acq, Acq>()),
              ElementsAre("00", "01", "10", "11"));
  EXPECT_THAT((messagePassingWithFences<Rel, Rel>()),
              ElementsAre("00", "01", "10", "11"));
}

// A fence releases what is before it, not what is between it and the store.
TEST(LitmusTest, ReleaseFenceCoversWhatIsBefore) {
  EXPECT_THAT(results({[](Litmus &L) {
                         fence(Rel);
                         L.X.store(1, Rlx);
                         L.Y.store(1, Rlx);
                       },
                       [](Litmus &L) {
                         L.R[0] = L.Y.load(Acq);
                         L.R[1] = L.X.load(Rlx);
                       }},
                      2),
              ElementsAre("00", "01", "10", "11"));
}

//===----------------------------------------------------------------------===//
// Coherence of one location
//===----------------------------------------------------------------------===//

TEST(LitmusTest, CoherenceOfReads) {
  EXPECT_THAT(results({[](Litmus &L) {
                         L.X.store(1, Rlx);
                         L.X.store(2, Rlx);
                       },
                       [](Litmus &L) {
                         L.R[0] = L.X.load(Rlx);
                         L.R[1] = L.X.load(Rlx);
                       }},
                      2),
              ElementsAre("00", "01", "02", "11", "12", "22"));
}

// Two readers agree on the order of two writers.
TEST(LitmusTest, CoherenceOfReadsInTwoThreads) {
  std::set<std::string> Seen = results({[](Litmus &L) { L.X.store(1, Rlx); },
                                        [](Litmus &L) { L.X.store(2, Rlx); },
                                        [](Litmus &L) {
                                          L.R[0] = L.X.load(Rlx);
                                          L.R[1] = L.X.load(Rlx);
                                        },
                                        [](Litmus &L) {
                                          L.R[2] = L.X.load(Rlx);
                                          L.R[3] = L.X.load(Rlx);
                                        }},
                                       4);
  EXPECT_TRUE(Seen.contains("1212"));
  EXPECT_TRUE(Seen.contains("2121"));
  EXPECT_FALSE(Seen.contains("1221"));
  EXPECT_FALSE(Seen.contains("2112"));
  for (const std::string &Result : Seen)
    EXPECT_FALSE(Result.substr(0, 2) == "10" || Result.substr(0, 2) == "20");
}

TEST(LitmusTest, CoherenceOfReadAndWrite) {
  // A thread reads its own store or a later one, never what was before.
  EXPECT_THAT(results({[](Litmus &L) {
                         L.X.store(1, Rlx);
                         L.R[0] = L.X.load(Rlx);
                       },
                       [](Litmus &L) { L.X.store(2, Rlx); }},
                      1),
              ElementsAre("1", "2"));
  // What a thread read stays before what it writes.
  EXPECT_THAT(results({[](Litmus &L) {
                         L.R[0] = L.X.load(Rlx);
                         L.X.store(1, Rlx);
                       },
                       [](Litmus &L) { L.X.store(2, Rlx); }},
                      2, [](Litmus &L) { L.R[1] = L.X.load(Rlx); }),
              ElementsAre("01", "02", "21"));
}

// 2+2W: each thread's second store may come first in modification order.
TEST(LitmusTest, TwoTimesTwoWrites) {
  Step First = [](Litmus &L) {
    L.X.store(1, Rlx);
    L.Y.store(2, Rlx);
  };
  Step Second = [](Litmus &L) {
    L.Y.store(1, Rlx);
    L.X.store(2, Rlx);
  };
  Step Read = [](Litmus &L) {
    L.R[0] = L.X.load(Rlx);
    L.R[1] = L.Y.load(Rlx);
  };
  EXPECT_THAT(results({First, Second}, 2, Read),
              ElementsAre("11", "12", "21", "22"));
  Step FirstFenced = [](Litmus &L) {
    L.X.store(1, Rlx);
    fence(Sc);
    L.Y.store(2, Rlx);
  };
  Step SecondFenced = [](Litmus &L) {
    L.Y.store(1, Rlx);
    fence(Sc);
    L.X.store(2, Rlx);
  };
  EXPECT_THAT(results({FirstFenced, SecondFenced}, 2, Read),
              ElementsAre("12", "21", "22"));
}

// Two increments are never lost, and nothing comes between the halves of one.
TEST(LitmusTest, UpdatesAreAtomic) {
  EXPECT_THAT(results({[](Litmus &L) { L.R[0] = L.X.fetch_add(1, Rlx); },
                       [](Litmus &L) { L.R[1] = L.X.fetch_add(1, Rlx); }},
                      3, [](Litmus &L) { L.R[2] = L.X.load(Rlx); }),
              ElementsAre("012", "102"));
  EXPECT_THAT(results({[](Litmus &L) { L.R[0] = L.X.fetch_add(1, Rlx); },
                       [](Litmus &L) { L.X.store(5, Rlx); }},
                      2, [](Litmus &L) { L.R[1] = L.X.load(Rlx); }),
              ElementsAre("05", "56"));
}

TEST(LitmusTest, CompareExchange) {
  EXPECT_THAT(results({[](Litmus &L) {
                         int Expected = 0;
                         L.R[0] =
                             L.X.compare_exchange_strong(Expected, 1, Rlx, Rlx);
                         L.R[1] = Expected;
                       },
                       [](Litmus &L) { L.X.store(5, Rlx); }},
                      3, [](Litmus &L) { L.R[2] = L.X.load(Rlx); }),
              ElementsAre("055", "105"));
}

//===----------------------------------------------------------------------===//
// Load buffering: not shown
//===----------------------------------------------------------------------===//

// "11" is allowed by the C++ standard's formal rules, forbidden by RC11, and
// not within the explorer's reach.
TEST(LitmusTest, LoadBufferingIsOutOfReach) {
  EXPECT_THAT(results({[](Litmus &L) {
                         L.R[0] = L.X.load(Rlx);
                         L.Y.store(1, Rlx);
                       },
                       [](Litmus &L) {
                         L.R[1] = L.Y.load(Rlx);
                         L.X.store(1, Rlx);
                       }},
                      2),
              ElementsAre("00", "01", "10"));
}

//===----------------------------------------------------------------------===//
// Independent reads of independent writes
//===----------------------------------------------------------------------===//

template <std::memory_order Load, std::memory_order Fence>
std::set<std::string> independentReads() {
  return results({[](Litmus &L) { L.X.store(1, Rel); },
                  [](Litmus &L) { L.Y.store(1, Rel); },
                  [](Litmus &L) {
                    L.R[0] = L.X.load(Load);
                    fence(Fence);
                    L.R[1] = L.Y.load(Load);
                  },
                  [](Litmus &L) {
                    L.R[2] = L.Y.load(Load);
                    fence(Fence);
                    L.R[3] = L.X.load(Load);
                  }},
                 4);
}

TEST(LitmusTest, IndependentReadsOfIndependentWrites) {
  EXPECT_EQ((independentReads<Acq, Rlx>().size()), 16u);
  EXPECT_TRUE((independentReads<Acq, AcqRel>().contains("1010")));
  std::set<std::string> Fenced = independentReads<Rlx, Sc>();
  EXPECT_FALSE(Fenced.contains("1010"));
  EXPECT_EQ(Fenced.size(), 15u);
}

//===----------------------------------------------------------------------===//
// Cumulativity, release sequences
//===----------------------------------------------------------------------===//

// What a thread acquired it passes on.
TEST(LitmusTest, WriteToReadCausality) {
  EXPECT_FALSE(results({[](Litmus &L) { L.X.store(1, Rlx); },
                        [](Litmus &L) {
                          L.R[0] = L.X.load(Rlx);
                          L.Y.store(1, Rel);
                        },
                        [](Litmus &L) {
                          L.R[1] = L.Y.load(Acq);
                          L.R[2] = L.X.load(Rlx);
                        }},
                       3)
                   .contains("110"));
}

template <typename F> std::set<std::string> releaseSequence(F) {
  return results({[](Litmus &L) {
                    L.X.store(1, Rlx);
                    L.Y.store(1, Rel);
                  },
                  [](Litmus &L) { F()(L); },
                  [](Litmus &L) {
                    L.R[0] = L.Y.load(Acq);
                    L.R[1] = L.X.load(Rlx);
                  }},
                 2);
}

TEST(LitmusTest, ReleaseSequenceGoesOnThroughUpdates) {
  EXPECT_FALSE(
      releaseSequence([](Litmus &L) { L.Y.fetch_add(1, Rlx); }).contains("20"));
}

TEST(LitmusTest, ReleaseSequenceEndsAtStores) {
  EXPECT_TRUE(
      releaseSequence([](Litmus &L) { L.Y.store(2, Rlx); }).contains("20"));
  // Since C++20 at the releasing thread's own stores too.
  EXPECT_TRUE(results({[](Litmus &L) {
                         L.X.store(1, Rlx);
                         L.Y.store(1, Rel);
                         L.Y.store(2, Rlx);
                       },
                       [](Litmus &L) {
                         L.R[0] = L.Y.load(Acq);
                         L.R[1] = L.X.load(Rlx);
                       }},
                      2)
                  .contains("20"));
}

// A seq_cst fence orders but does not synchronise: what is not atomic still
// races.
TEST(LitmusTest, SeqCstFencesAreNoHappensBefore) {
  Outcome O = Explorer::explore([](Explorer &E) {
    ModelAtomics::Plain<int> Data{0};
    Variable X{0}, Y{0};
    E.run({[&] {
             X.store(1, Rlx);
             fence(Sc);
             if (Y.load(Rlx) == 0)
               Data.write(1);
           },
           [&] {
             Y.store(1, Rlx);
             fence(Sc);
             if (X.load(Rlx) == 1)
               Data.write(2);
           }});
  });
  EXPECT_THAT(O.Failure, testing::HasSubstr("data race"));
}

//===----------------------------------------------------------------------===//
// Faults that the explorer must see
//===----------------------------------------------------------------------===//

template <std::memory_order Store, std::memory_order Load>
std::string plainMessagePassing() {
  return Explorer::explore([](Explorer &E) {
           ModelAtomics::Plain<int> Data{0};
           Variable Flag{0};
           int Got = -1;
           E.run({[&] {
                    Data.write(1);
                    Flag.store(1, Store);
                  },
                  [&] {
                    if (Flag.load(Load))
                      Got = Data.read();
                  }});
           E.check(Got != 0, "the flag came without the data");
         })
      .Failure;
}

TEST(ExplorerTest, SeesDataRaces) {
  EXPECT_EQ((plainMessagePassing<Rel, Acq>()), "");
  EXPECT_THAT((plainMessagePassing<Rlx, Acq>()),
              testing::HasSubstr("data race"));
  EXPECT_THAT((plainMessagePassing<Rel, Rlx>()),
              testing::HasSubstr("data race"));
}

TEST(ExplorerTest, SeesUseAfterDestruction) {
  Outcome O = Explorer::explore([](Explorer &E) {
    auto *Node = make<Variable>(0);
    Variable Gone{0};
    E.run({[&] {
             if (!Gone.load(Acq))
               Node->load(Rlx);
           },
           [&] {
             Gone.store(1, Rel);
             destroy(Node);
           }});
  });
  EXPECT_NE(O.Failure, "");
}

TEST(ExplorerTest, SeesSleepersWhomNobodyWakes) {
  using Word = ModelAtomics::Atomic<uint32_t>;
  auto Sleep = [](Word &W) {
    while (W.load(Rlx) == 0)
      ModelAtomics::futexWait(W, 0, hapax::FutexScope::Private,
                              hapax::NoWakeDeadline);
  };
  auto Run = [&](bool Wakes) {
    return Explorer::explore([&](Explorer &E) {
      Word W{0};
      E.run({[&] { Sleep(W); },
             [&] {
               W.store(1, Rlx);
               if (Wakes)
                 ModelAtomics::futexWake(W, 1, hapax::FutexScope::Private);
             }});
    });
  };
  EXPECT_EQ(Run(true).Failure, "");
  EXPECT_THAT(Run(false).Failure, testing::HasSubstr("sleep for ever"));
}

TEST(ExplorerTest, SeesLeaksAndTellsTheSteps) {
  Outcome O = Explorer::explore([](Explorer &E) {
    Variable X{0};
    E.run({[&] { X.store(7, Rel); }, [&] { make<int>(3); }});
    E.check(E.liveAllocations() == 0, "leak");
  });
  EXPECT_THAT(O.Failure, testing::HasSubstr("leak"));
  EXPECT_THAT(O.Failure, testing::HasSubstr("store location 0: 7 (release)"));
}

TEST(ExplorerTest, RefusesOrdersItDoesNotModel) {
  auto Fails = [](Step S) {
    return !Explorer::explore([S](Explorer &) {
              Litmus L;
              S(L);
            }).Failure.empty();
  };
  EXPECT_FALSE(Fails([](Litmus &L) { L.X.load(Acq); }));
  EXPECT_TRUE(Fails([](Litmus &L) { L.X.load(Sc); }));
  EXPECT_TRUE(Fails([](Litmus &L) { L.X.store(1, Sc); }));
  EXPECT_TRUE(Fails([](Litmus &L) { L.X.exchange(1, Sc); }));
  EXPECT_TRUE(Fails([](Litmus &L) { L.X.load(Rel); }));
  EXPECT_TRUE(Fails([](Litmus &L) { L.X.store(1, Acq); }));
}

TEST(ExplorerTest, SaysWhenItDidNotFinish) {
  Outcome O = Explorer::explore(
      [](Explorer &E) {
        Litmus L;
        E.run({[&] { L.X.store(1, Rlx); }, [&] { L.X.load(Rlx); }});
      },
      {.MaxExecutions = 1});
  EXPECT_FALSE(O.Complete);
}

} // namespace
