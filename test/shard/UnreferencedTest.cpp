//===- UnreferencedTest.cpp - What nothing refers to goes -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Assembled.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace hapax;
using namespace hapax::test;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

/// A function that calls others, with a table of exceptions and a frame.
std::string function(StringRef Name, ArrayRef<StringRef> Callees) {
  std::string Text = (".section .text." + Name + ",\"ax\",@progbits\n.globl " +
                      Name + "\n.type " + Name + ",@function\n" + Name +
                      ":\n.cfi_startproc\n.cfi_lsda 27, .Ltable." + Name + "\n")
                         .str();
  for (StringRef Callee : Callees)
    Text += ("callq " + Callee + "@PLT\n").str();
  return Text +
         ("ret\n.cfi_endproc\n.section .gcc_except_table." + Name +
          ",\"a\",@progbits\n.Ltable." + Name + ": .quad " + Name + ".types\n")
             .str();
}

MergeOptions dropping() {
  MergeOptions Options;
  Options.PromotedSuffix = ".hapax";
  Options.DropUnreferenced = true;
  return Options;
}

TEST(UnreferencedTest, PromotedFunctionsGoWithAllThatIsTheirs) {
  // f inlined a and b; they still call each other, from shard to shard.
  std::string First = function("f", {"g"}) +
                      function("a.hapax", {"b.hapax", "outside"}) +
                      ".addrsig\n.addrsig_sym a.hapax\n.addrsig_sym f\n";
  std::string Second = function("b.hapax", {"a.hapax"}) + R"(
  .section .data.v.hapax,"aw",@progbits
  .globl v.hapax
v.hapax: .quad b.hapax
  .section .rodata..Lprivate,"a",@progbits
  .quad 1
  .addrsig
)";
  View Merged(merge({First, Second}, dropping()));
  EXPECT_THAT(Merged.symbols(), ElementsAre("f", "g", "f.types"));
  EXPECT_THAT(Merged.sections(), ElementsAre(".text", ".gcc_except_table",
                                             ".eh_frame", ".llvm_addrsig"));
  EXPECT_EQ(Merged.header(".gcc_except_table").sh_size, 8);
  EXPECT_THAT(Merged.relocations(".eh_frame"),
              ElementsAre("20 PC32 .text", "29 PC32 .gcc_except_table"));
  // Unless it was not asked for.
  MergeOptions Options;
  Options.PromotedSuffix = ".hapax";
  EXPECT_NE(View(merge({First, Second}, Options)).symbol("a"), "none");
}

TEST(UnreferencedTest, WhatIsReferredToStays) {
  // f -> table -> a -> b -> c, across shards.
  std::string First = function("f", {"g"}) + function("b.hapax", {"c.hapax"}) +
                      ".section .text.f,\"ax\",@progbits\n"
                      "leaq table.hapax(%rip), %rax\n";
  std::string Second =
      function("a.hapax", {"b.hapax"}) + function("c.hapax", {}) + R"(
  .section .data.rel.ro.table.hapax,"aw",@progbits
  .globl table.hapax
table.hapax: .quad a.hapax
)";
  View Merged(merge({First, Second}, dropping()));
  for (StringRef Name : {"a", "b", "c", "table"})
    EXPECT_NE(Merged.symbol(Name), "none") << Name.str();
  EXPECT_EQ(Merged.header(".gcc_except_table").sh_size, 32);
}

TEST(UnreferencedTest, WhatIsNotOursStays) {
  MergeOptions Options = dropping();
  StringRef Kept[] = {"wanted"};
  Options.Kept = Kept;
  View Merged(merge({function("wanted.hapax", {"also.hapax"}) + R"(
  .section .text.static,"ax",@progbits
static: ret
  .section mine,"aw",@progbits
  .globl explicit.hapax
explicit.hapax: .long 1
  .section .data.retained.hapax,"awR",@progbits
  .globl retained.hapax
retained.hapax: .long 1
  .section .init_array,"aw",@init_array
  .quad init.hapax
)",
                     function("init.hapax", {}) + function("also.hapax", {}) +
                         function("described.hapax", {}) +
                         ".section .debug_info,\"\",@progbits\n"
                         ".quad described.hapax\n"},
                    Options));
  for (StringRef Name : {"wanted", "also", "static", "explicit", "retained",
                         "init", "described"})
    EXPECT_NE(Merged.symbol(Name), "none") << Name.str();
}

} // namespace
