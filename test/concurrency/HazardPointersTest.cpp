//===- HazardPointersTest.cpp -----------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Concurrency/HazardPointers.h"
#include "gtest/gtest.h"
#include <thread>
#include <vector>

using namespace hapax;

namespace {

std::atomic<int> Alive = 0;

struct Node : HazardPointerObjBase<Node> {
  explicit Node(uint64_t Value) : Value(Value), Copy(~Value) { ++Alive; }
  ~Node() {
    Value = Copy = 0;
    --Alive;
  }
  bool isWhole() const { return Value == ~Copy; }

  uint64_t Value, Copy;
  Node *Next = nullptr;
};

TEST(HazardPointersTest, FreesAtOnceWhatNobodyProtects) {
  HazardPointerDomain<> D;
  (new Node(1))->retire(D);
  EXPECT_EQ(Alive, 1);
  EXPECT_EQ(D.retiredCount(), 1u);
  D.reclaim();
  EXPECT_EQ(Alive, 0);
  EXPECT_EQ(D.retiredCount(), 0u);
}

TEST(HazardPointersTest, KeepsWhatIsProtected) {
  HazardPointerDomain<> D;
  std::atomic<Node *> Source = new Node(1);
  auto Guard = D.makeHazardPointer();
  Node *N = Guard.protect(Source);
  EXPECT_EQ(N, Source.load());
  Source.exchange(nullptr)->retire(D);
  D.reclaim();
  EXPECT_TRUE(N->isWhole());
  EXPECT_EQ(D.retiredCount(), 1u);
  // A moved guard protects on.
  auto Other = std::move(Guard);
  EXPECT_TRUE(Guard.empty());
  D.reclaim();
  EXPECT_EQ(Alive, 1);
  Other.resetProtection();
  D.reclaim();
  EXPECT_EQ(Alive, 0);
}

TEST(HazardPointersTest, TryProtectSeesAChange) {
  HazardPointerDomain<> D;
  Node First(1), Second(2);
  std::atomic<Node *> Source = &Second;
  auto Guard = D.makeHazardPointer();
  Node *N = &First;
  EXPECT_FALSE(Guard.tryProtect(N, Source));
  EXPECT_EQ(N, &Second);
  EXPECT_TRUE(Guard.tryProtect(N, Source));
}

TEST(HazardPointersTest, ProtectsNothingForNull) {
  HazardPointerDomain<> D;
  std::atomic<Node *> Source = nullptr;
  auto Guard = D.makeHazardPointer();
  EXPECT_EQ(Guard.protect(Source), nullptr);
}

TEST(HazardPointersTest, SlotsRunOutAndComeBack) {
  HazardPointerDomain<> D;
  std::vector<HazardPointer<>> Guards;
  for (size_t I = 0; I != D.SlotCount; ++I) {
    Guards.push_back(D.makeHazardPointer());
    EXPECT_FALSE(Guards.back().empty());
  }
  EXPECT_TRUE(D.makeHazardPointer().empty());
  Guards.pop_back();
  EXPECT_FALSE(D.makeHazardPointer().empty());
}

TEST(HazardPointersTest, MemoryIsBounded) {
  HazardPointerDomain<> D;
  std::atomic<Node *> Source = new Node(0);
  auto Guard = D.makeHazardPointer();
  Guard.protect(Source);
  Source.load()->retire(D);
  for (int I = 0; I != 10000; ++I) {
    (new Node(I))->retire(D);
    ASSERT_LE(size_t(Alive), D.threshold());
  }
}

TEST(HazardPointersTest, ADomainFreesTheRestAtItsEnd) {
  {
    HazardPointerDomain<> D;
    for (int I = 0; I != 5; ++I)
      (new Node(I))->retire(D);
    EXPECT_EQ(Alive, 5);
  }
  EXPECT_EQ(Alive, 0);
}

/// Retires what it points to when it is freed.
struct Link;
HazardPointerDomain<> *LinkDomain;
struct Link : HazardPointerObjBase<Link> {
  explicit Link(Link *Next) : Next(Next) { ++Alive; }
  ~Link() {
    --Alive;
    if (Next)
      Next->retire(*LinkDomain);
  }
  Link *Next;
};

TEST(HazardPointersTest, FreeingMayRetireMore) {
  {
    HazardPointerDomain<> D;
    LinkDomain = &D;
    Link *Chain = nullptr;
    for (int I = 0; I != 1000; ++I)
      Chain = new Link(Chain);
    Chain->retire(D);
    EXPECT_EQ(Alive, 1000);
  }
  EXPECT_EQ(Alive, 0);
}

// A Treiber stack whose nodes are freed and used again all the time: without
// protection it reads freed memory and falls to ABA.
TEST(HazardPointersTest, StackUnderStress) {
  HazardPointerDomain<> D;
  std::atomic<Node *> Top = nullptr;
  auto Push = [&](Node *N) {
    N->Next = Top.load();
    while (!Top.compare_exchange_weak(N->Next, N))
      ;
  };
  auto Pop = [&](HazardPointer<> &Guard) -> Node * {
    for (;;) {
      Node *N = Guard.protect(Top);
      if (!N || Top.compare_exchange_strong(N, N->Next))
        return N;
    }
  };
  constexpr int Threads = 4, PerThread = 10000;
  std::atomic<uint64_t> SumIn = 0, SumOut = 0, Damaged = 0;
  std::vector<std::thread> All;
  for (int T = 0; T != Threads; ++T)
    All.emplace_back([&, T] {
      auto Guard = D.makeHazardPointer();
      for (int I = 0; I != PerThread; ++I) {
        uint64_t Value = uint64_t(T) * PerThread + I;
        Push(new Node(Value));
        SumIn += Value;
        if (Node *N = Pop(Guard)) {
          Damaged += !N->isWhole();
          SumOut += N->Value;
          Guard.resetProtection();
          N->retire(D);
        }
      }
    });
  for (std::thread &One : All)
    One.join();
  EXPECT_EQ(Damaged, 0u);
  EXPECT_EQ(SumIn, SumOut);
  EXPECT_EQ(Top.load(), nullptr);
  EXPECT_LE(D.retiredCount(), D.threshold() + Threads * D.SlotCount);
  while (D.retiredCount() != 0)
    D.reclaim();
  EXPECT_EQ(Alive, 0);
}

} // namespace
