//===- AdviceTest.cpp -----------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
// That each cause leaves the records that are made up here is what
// lit/cli/advice.test shows.
#include "Advice.h"
#include "hapax/IR/Bypass.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace hapax;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

/// A miss, and the compile before it, which had another key.
struct AdviceTest : testing::Test {
  CompileRecord Now, Before;
  std::set<std::string> Seen;

  AdviceTest() {
    Before.Outcome = Now.Outcome = "miss";
    Before.Reason = Now.Reason = "absent";
    Before.Key = digestOf("before");
    Now.Key = digestOf("now");
    Before.Module = Now.Module = digestOf("module");
    Before.Fields = Now.Fields = {{"tool", "clang"}, {"argument", "-O2"}};
    Before.Parts = Now.Parts = {{"header", digestOf("header")},
                                {"metadata", digestOf("metadata")}};
    Before.Functions = Now.Functions = {{"f", digestOf("f")}};
  }

  std::vector<std::string> rules(const CompileRecord *Other) const {
    std::vector<std::string> Names;
    for (const Advice &A : adviceFor(Now, Other, 5'000'000))
      Names.push_back(A.Rule.str());
    return Names;
  }
  std::vector<std::string> rules() const { return rules(&Before); }
  std::string text() const {
    std::vector<Advice> All = adviceFor(Now, &Before, 5'000'000);
    return All.size() == 1 ? All.front().Text : "";
  }
  void changeModule() { Now.Module = digestOf("another module"); }
};

TEST_F(AdviceTest, NothingWhereNothingIsKnown) {
  EXPECT_THAT(rules(), IsEmpty());
  EXPECT_THAT(rules(nullptr), IsEmpty());
  Now = Before = CompileRecord();
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(AdviceTest, NothingForAnOrdinaryEdit) {
  changeModule();
  Now.Functions = {{"f", digestOf("edited")}, {"g", digestOf("g")}};
  Now.Parts[1].Hash = digestOf("other metadata");
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(AdviceTest, NothingForAHit) {
  Now.Outcome = "hit";
  Now.Fields.push_back({"shards", "wanted"});
  Now.SourceName = "a/x.c";
  Before.SourceName = "b/x.c";
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(AdviceTest, Pruned) {
  Now.Key = Before.Key;
  EXPECT_THAT(rules(), ElementsAre("pruned"));
  EXPECT_THAT(text(), HasSubstr("HAPAX_MAX_SIZE), now 4.8 MiB"));
  Before.Outcome = "hit";
  EXPECT_THAT(rules(), ElementsAre("pruned"));
  Now.Reason = "recache";
  EXPECT_THAT(rules(), IsEmpty()) << "it was there, perhaps";
  Now.Reason = "absent";
  Before.Outcome = "bypass";
  EXPECT_THAT(rules(), IsEmpty()) << "a bypass stores nothing";
}

TEST_F(AdviceTest, OtherTools) {
  Before.Fields.push_back({"build-id program", "12"});
  Now.Fields.push_back({"build-id program", "34"});
  EXPECT_THAT(rules(), ElementsAre("other-tools"));
  EXPECT_THAT(text(), HasSubstr("the compiler is of another build"));
  Before.Fields.push_back({"build-id Hapax.so", "12"});
  Now.Fields.push_back({"build-id Hapax.so", "34"});
  EXPECT_THAT(text(),
              HasSubstr("the compiler, 'Hapax.so' are of another build"));
}

TEST_F(AdviceTest, ChangedFile) {
  Before.Fields.push_back({"file /lists/ignore", "12"});
  Now.Fields.push_back({"file /lists/ignore", "34"});
  EXPECT_THAT(rules(), ElementsAre("changed-file"));
  EXPECT_THAT(text(),
              HasSubstr("the file '/lists/ignore' has another content"));
  Before.Fields.pop_back();
  EXPECT_THAT(text(), HasSubstr("is there now"));
  for (CompileRecord *R : {&Before, &Now})
    R->Fields.insert(
        R->Fields.begin(),
        {"argument", "-fprofile-instrument-use-path=/lists/ignore"});
  EXPECT_THAT(text(), HasSubstr("the profile '/lists/ignore' is there now"));
}

TEST_F(AdviceTest, Arguments) {
  Before.Fields = {{"argument", "-a"}, {"argument", "-b"}, {"argument", "-b"}};
  Now.Fields = {{"argument", "-b"}, {"argument", "-a"}, {"argument", "-b"}};
  EXPECT_THAT(rules(), ElementsAre("argument-order"));
  Now.Fields = {{"argument", "-a"}, {"argument", "-a"}, {"argument", "-b"}};
  EXPECT_THAT(rules(), IsEmpty()) << "other arguments";
  Before.Fields = {{"argument", "-source-date-epoch"}, {"argument", "1"}};
  Now.Fields = {{"argument", "-source-date-epoch"}, {"argument", "2"}};
  EXPECT_THAT(rules(), ElementsAre("source-date-epoch"));
  Before.Fields = {};
  EXPECT_THAT(rules(), ElementsAre("source-date-epoch"));
  Before.Fields = Now.Fields;
  Now.Fields.push_back({"argument", "-O1"});
  EXPECT_THAT(rules(), IsEmpty());
  Before.Fields = {{"argument", "-dwarf-debug-flags"},
                   {"argument", "clang -I/b x.c"}};
  Now.Fields = {{"argument", "-dwarf-debug-flags"},
                {"argument", "clang -I/a x.c"}};
  EXPECT_THAT(rules(), ElementsAre("recorded-command"));
  Before.Fields = {};
  Now.Fields = {{"argument", "-frandomize-layout-seed=7"}};
  EXPECT_THAT(rules(), ElementsAre("random-seed"));
  EXPECT_THAT(text(), HasSubstr("'-frandomize-layout-seed=7'"));
}

TEST_F(AdviceTest, ShardsSwitched) {
  Now.Fields.push_back({"shards", "wanted"});
  EXPECT_THAT(text(), HasSubstr("HAPAX_SHARDS was turned on"));
  std::swap(Now, Before);
  EXPECT_THAT(text(), HasSubstr("HAPAX_SHARDS was turned off"));
  EXPECT_THAT(rules(), ElementsAre("shards-switched"));
}

TEST_F(AdviceTest, OtherNamespace) {
  Now.Namespace = "ci";
  EXPECT_THAT(rules(), ElementsAre("other-namespace"));
  EXPECT_THAT(text(), HasSubstr("HAPAX_NAMESPACE is 'ci', and was ''"));
  // A record of before tells none: what differs is what is known to.
  changeModule();
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(AdviceTest, SourceName) {
  changeModule();
  Before.SourceName = "/one/src/a.c";
  Now.SourceName = "/two/src/a.c";
  EXPECT_THAT(rules(), ElementsAre("source-name"));
  EXPECT_THAT(text(),
              HasSubstr("'/two/src/a.c', and called it '/one/src/a.c'"));
  Before.SourceName = "";
  EXPECT_THAT(rules(), IsEmpty()) << "a record of before tells none";
}

TEST_F(AdviceTest, DebugDirectory) {
  changeModule();
  Now.Parts[1].Hash = digestOf("other metadata");
  Before.DebugDirectory = "/one";
  Now.DebugDirectory = "/two";
  EXPECT_THAT(rules(), ElementsAre("debug-directory"));
  EXPECT_THAT(text(), HasSubstr("-ffile-prefix-map=/two=."));
  Before.DebugDirectory = "";
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(AdviceTest, PathInString) {
  changeModule();
  Before.Variables = {{".str", digestOf("1"), "", 0, "/one/src/a.c"}};
  Now.Variables = {{".str.1", digestOf("2"), "", 0, "/two/src/a.c"}};
  EXPECT_THAT(rules(), ElementsAre("path-in-string"));
  EXPECT_THAT(text(), HasSubstr("-ffile-prefix-map=/two=."));
  Now.Variables[0].Text = "../src/a.c";
  EXPECT_THAT(text(), HasSubstr("Name the source in the same way"));
  Now.Variables[0].Text = "/two/src/b.c";
  EXPECT_THAT(rules(), IsEmpty()) << "another file";
  Now.Variables[0].Text = "";
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(AdviceTest, TimeInString) {
  changeModule();
  Before.Variables = {{".str", digestOf("1"), "", 0, "12:00:00"}};
  Now.Variables = {{".str", digestOf("2"), "", 0, "12:00:01"}};
  EXPECT_THAT(rules(), ElementsAre("time-in-string"));
  EXPECT_THAT(text(), HasSubstr("says '12:00:01', and said '12:00:00'"));
  Now.Variables.push_back(Before.Variables.front());
  EXPECT_THAT(rules(), IsEmpty()) << "another string came, the first stayed";
}

TEST_F(AdviceTest, Renumbered) {
  changeModule();
  Before.Functions = {{"test_12", digestOf("t")}};
  Now.Functions = {{"test_13", digestOf("t")}};
  EXPECT_THAT(rules(), ElementsAre("renumbered"));
  EXPECT_THAT(text(), HasSubstr("'test_12' is called 'test_13' now"));
  Now.Functions = {{"toast_13", digestOf("t")}};
  EXPECT_THAT(rules(), IsEmpty());
  Before.Functions = Now.Functions = {};
  Before.Variables = {{".str.1", digestOf("t")}};
  Now.Variables = {{".str.2", digestOf("t")}};
  EXPECT_THAT(rules(), IsEmpty()) << "the compiler's own numbers";
}

TEST_F(AdviceTest, DebugInfoOnly) {
  changeModule();
  Before.DebugDirectory = Now.DebugDirectory = "/build";
  Now.Parts[1].Hash = digestOf("other metadata");
  EXPECT_THAT(rules(), ElementsAre("debug-info-only"));
  Before.Functions = {{"f", digestOf("f"), "a.c", 3}};
  Now.Functions = {{"f", digestOf("moved"), "a.c", 4}};
  EXPECT_THAT(text(), HasSubstr("'f' is at a.c:4, and was at a.c:3"));
  Now.Functions.front().Line = 3;
  EXPECT_THAT(rules(), IsEmpty()) << "an edit of code";
}

TEST_F(AdviceTest, DroppedOption) {
  unsigned Optional = 0;
  for (const BypassEntry &Entry : bypassTable()) {
    Now = CompileRecord();
    Now.Outcome = "bypass";
    Now.Reason = Entry.Name;
    std::vector<std::string> Said = rules(nullptr);
    if (Said.empty())
      continue;
    EXPECT_THAT(Said, ElementsAre("dropped-option"));
    ++Optional;
  }
  EXPECT_EQ(Optional, 12u);
  Now.Reason = "stack-usage";
  EXPECT_THAT(text(), HasSubstr("without -fstack-usage it can be cached"));
  Now.Reason = "a reason of a later version";
  EXPECT_THAT(rules(nullptr), IsEmpty());
}

} // namespace
