//===- RecordTextTest.cpp -------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "RecordText.h"

#include <gtest/gtest.h>

using namespace hapax;

namespace {

CompileRecord miss(const char *Key) {
  CompileRecord R;
  R.Outcome = "miss";
  R.Reason = "absent";
  R.Key = digestOf(std::string_view(Key));
  R.Module = digestOf("module");
  R.Functions = {{"f", digestOf("f"), "a.c", 3}, {"_Z1gv", digestOf("g")}};
  return R;
}

TEST(RecordTextTest, FirstReason) {
  CompileRecord Now = miss("1"), Before = miss("2");
  EXPECT_EQ(firstReason(Now, nullptr), "no compile before it is on record");
  EXPECT_EQ(firstReason(Now, &Before), "another name space or kind of key");
  EXPECT_EQ(firstReason(Now, &Now), "the same key as before");
  Now.Module = digestOf("another");
  EXPECT_EQ(firstReason(Now, &Before), "the order of its parts changed");
  Now.Parts = {{"metadata", digestOf("m")}};
  EXPECT_EQ(firstReason(Now, &Before), "the module's metadata is new");
  Now.Functions.pop_back();
  EXPECT_EQ(firstReason(Now, &Before), "function g() is gone");
  Now.Functions[0] = {"f", digestOf("edited"), "a.c", 4};
  EXPECT_EQ(firstReason(Now, &Before), "function g() is gone, and 1 more");
  Now.Functions.push_back(Before.Functions[1]);
  EXPECT_EQ(firstReason(Now, &Before),
            "function f (a.c:4) begins at another line");
  Now.Functions.pop_back();
  Now.Functions[0].Line = 3;
  EXPECT_EQ(firstReason(Now, &Before),
            "function f (a.c:3) changed, and 1 more");
  Now.Fields = {{"cpu", "x"}};
  EXPECT_EQ(firstReason(Now, &Before), "cpu changed");
  Now.Fields.push_back({"argument", "-O2"});
  EXPECT_EQ(firstReason(Now, &Before), "cpu changed, and 1 fields more");
  Now.Reason = "recache";
  EXPECT_EQ(firstReason(Now, &Before), "");
  Before.Outcome = "bypass";
  Before.Key.reset();
  Now.Reason = "absent";
  EXPECT_EQ(firstReason(Now, &Before), "the one before was a bypass");
  Now.Outcome = "bypass";
  Now.Detail = "-fstack-usage";
  EXPECT_EQ(firstReason(Now, &Before), "-fstack-usage");
}

TEST(RecordTextTest, AnyBytesMakeJson) {
  CompileRecord R = miss("1");
  R.Source = "/src/\xff\xfe<script>\n.c";
  R.Shards = {.Count = 3, .Compiled = 1, .Refused = "\x80"};
  llvm::json::Value Made = toJson(R);
  std::string Text;
  llvm::raw_string_ostream(Text) << Made;
  llvm::Expected<llvm::json::Value> Back = llvm::json::parse(Text);
  ASSERT_TRUE(bool(Back));
  EXPECT_EQ(*Back, Made);
  EXPECT_EQ(Back->getAsObject()->getString("source"),
            "/src/\xEF\xBF\xBD\xEF\xBF\xBD<script>\n.c");
}

TEST(RecordTextTest, Durations) {
  EXPECT_EQ(describeDuration(0), "0 ms");
  EXPECT_EQ(describeDuration(999), "999 ms");
  EXPECT_EQ(describeDuration(1500), "1.5 s");
  EXPECT_EQ(describeDuration(200'000), "3 min 20 s");
  EXPECT_EQ(describeDuration(7'260'000), "2 h 1 min");
}

} // namespace
