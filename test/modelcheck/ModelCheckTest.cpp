//===- ModelCheckTest.cpp - All scenarios, explored completely --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Scenario.h"
#include "gtest/gtest.h"

using namespace modelcheck;

/// The name of a test is to be the same in every run: no bytes of pointers.
void modelcheck::PrintTo(const Scenario &S, std::ostream *Out) {
  *Out << S.Name;
}

namespace {

class ModelCheckTest : public testing::TestWithParam<Scenario> {};

TEST_P(ModelCheckTest, HasNoFault) {
  Outcome O = Explorer::explore(GetParam().Program, GetParam().Bounds);
  EXPECT_EQ(O.Failure, "");
  EXPECT_TRUE(O.Complete);
  EXPECT_GT(O.Finished, 0u);
  std::cout << "  " << GetParam().Name << ": " << O.States << " states, "
            << O.Executions << " executions, " << O.Finished
            << " of them to their end, " << O.Blocked << " waiting\n";
}

INSTANTIATE_TEST_SUITE_P(All, ModelCheckTest, testing::ValuesIn(allScenarios()),
                         [](const auto &Info) { return Info.param.Name; });

} // namespace
