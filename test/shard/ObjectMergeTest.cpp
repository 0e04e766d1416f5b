//===- ObjectMergeTest.cpp - Sections, symbols and relocations ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Assembled.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <malloc.h>

using namespace llvm;
using namespace hapax;
using namespace hapax::test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

constexpr StringLiteral F = R"(
  .section .text.f,"ax",@progbits
  .globl f
  .p2align 4
  .type f,@function
f:
  callq g@PLT
  ret
  .size f, .-f
)";
constexpr StringLiteral G = R"(
  .section .text.g,"ax",@progbits
  .globl g
  .p2align 4
  .type g,@function
g:
  xorl %eax, %eax
  ret
  .size g, .-g
)";
/// What both are together, without a section for each.
constexpr StringLiteral FAndG = R"(
  .text
  .globl f
  .p2align 4
  .type f,@function
f:
  callq g@PLT
  ret
  .size f, .-f
  .globl g
  .p2align 4
  .type g,@function
g:
  xorl %eax, %eax
  ret
  .size g, .-g
)";

//===----------------------------------------------------------------------===//
// Sections
//===----------------------------------------------------------------------===//

TEST(ObjectMergeTest, FunctionsBecomeTextAsTheAssemblerMakesIt) {
  Bytes Merged = merge({F, G}), Whole = assemble(FAndG);
  EXPECT_EQ(View(Merged).sections(), View(Whole).sections());
  EXPECT_EQ(View(Merged).contents(".text"), View(Whole).contents(".text"));
  EXPECT_EQ(View(Merged).relocations(".text"),
            View(Whole).relocations(".text"));
  EXPECT_EQ(View(Merged).header(".text").sh_addralign, 16);
  for (StringRef Name : {"f", "g"})
    EXPECT_EQ(View(Merged).symbol(Name), View(Whole).symbol(Name));
  EXPECT_EQ(View(Merged).symbol("g"), "global func .text+10");
}

TEST(ObjectMergeTest, EqualInputsGiveEqualBytes) {
  EXPECT_EQ(merge({F, G}), merge({F, G}));
}

TEST(ObjectMergeTest, NoByteComesFromMemoryThatWasUsedBefore) {
  constexpr StringLiteral Text = ".section .text.f,\"ax\",@progbits\n"
                                 ".globl f\nf: ret\n.local g\n.comm g,4,4\n";
  Bytes Clean = merge({Text});
  // malloc() fills what it hands out with these bytes from now on.
  ::mallopt(M_PERTURB, 0xa5);
  Bytes Dirty = merge({Text});
  ::mallopt(M_PERTURB, 0);
  EXPECT_EQ(Clean, Dirty);
}

TEST(ObjectMergeTest, PaddingIsTheAssemblers) {
  // All sizes of gaps.
  std::string Whole = ".text\n";
  std::vector<std::string> Shards;
  for (int Size = 1; Size != 64; ++Size) {
    std::string Body = ".p2align 6\nf" + std::to_string(Size) + ":\n.fill " +
                       std::to_string(Size) + ", 1, 0xcc\n";
    Shards.push_back(".section .text.f" + std::to_string(Size) +
                     ",\"ax\",@progbits\n" + Body);
    Whole += Body;
  }
  Bytes Merged = merge(std::vector<StringRef>(Shards.begin(), Shards.end()));
  EXPECT_EQ(View(Merged).contents(".text"),
            View(assemble(Whole)).contents(".text"));
}

TEST(ObjectMergeTest, FunctionSectionsStay) {
  MergeOptions Options;
  Options.FunctionSections = true;
  EXPECT_THAT(View(merge({F, G}, Options)).sections(),
              ElementsAre(".text", ".text.f", ".text.g"));
}

TEST(ObjectMergeTest, OrderIsTheModules) {
  StringRef Order[] = {"g", "f"};
  MergeOptions Options;
  Options.Order = Order;
  View Joined(merge({F, G}, Options));
  EXPECT_EQ(Joined.symbol("g"), "global func .text+0");
  EXPECT_EQ(Joined.symbol("f"), "global func .text+10");
  Options.FunctionSections = true;
  EXPECT_THAT(View(merge({F, G}, Options)).sections(),
              ElementsAre(".text", ".text.g", ".text.f"));
}

TEST(ObjectMergeTest, NamesOfSectionsAreThoseOfAnUnshardedCompile) {
  View Merged(merge({R"(
  .section .text.unlikely.a,"ax",@progbits
a: nop
  .section .text.hot.,"ax",@progbits
b: nop
  .section .text.startup.c,"ax",@progbits
c: nop
  # The function is called "hot.d".
  .section .text.hot.d,"ax",@progbits
hot.d: nop
  # Its name is the source's: no symbol is called like it.
  .section .text.mine,"ax",@progbits
e: nop
  .section .data.f,"aw",@progbits
f: .long 1
  .section .data.rel.ro.g,"aw",@progbits
g: .quad f
  .section .bss.h,"aw",@nobits
h: .zero 4
  .section .tdata.i,"awT",@progbits
i: .long 1
  .section .tbss.j,"awT",@nobits
j: .zero 4
  .section .rodata..L__const,"a",@progbits
  .long 7
  .section .rodata.a,"a",@progbits
  .long 8
  .section .gcc_except_table.a,"a",@progbits
  .long 9
  .section .rodata.cst8,"aM",@progbits,8
  .quad 3
  .type a,@function
)"}));
  EXPECT_THAT(Merged.sections(),
              ElementsAre(".text", ".text.unlikely.", ".text.hot.",
                          ".text.startup.", ".text.mine", ".data",
                          ".data.rel.ro", ".bss", ".tdata", ".tbss", ".rodata",
                          ".gcc_except_table", ".rodata.cst8"));
  EXPECT_EQ(Merged.symbol("hot.d"), "local notype .text+0");
}

TEST(ObjectMergeTest, DataSectionsStay) {
  constexpr StringLiteral Text = R"(
  .section .text.f,"ax",@progbits
  .type f,@function
f: nop
  .section .rodata.f,"a",@progbits
  .long 1
  .section .data.d,"aw",@progbits
d: .long 1
)";
  MergeOptions Options;
  Options.DataSections = true;
  // The jump table goes with its function.
  EXPECT_THAT(View(merge({Text}, Options)).sections(),
              ElementsAre(".text", ".rodata", ".data.d"));
}

TEST(ObjectMergeTest, RetainedAndLinkedSectionsStay) {
  View Merged(merge({R"(
  .section .data.kept,"awR",@progbits
kept: .long 1
  .section .text.f,"ax",@progbits
f: nop
  .section notes,"ao",@progbits,.text.f
  .long 1
)",
                     R"(
  .section .text.g,"ax",@progbits
g: nop
  .section notes,"ao",@progbits,.text.g
  .long 2
)"}));
  EXPECT_THAT(Merged.sections(), ElementsAre(".text", ".data.kept", "notes"));
  EXPECT_EQ(Merged.contents("notes"), StringRef("\1\0\0\0\2\0\0\0", 8));
  EXPECT_EQ(Merged.header("notes").sh_link, 2); // .text
}

TEST(ObjectMergeTest, TheStackIsExecutableIfAnyShardNeedsIt) {
  constexpr StringLiteral No = ".section .note.GNU-stack,\"\",@progbits\n";
  constexpr StringLiteral Yes = ".section .note.GNU-stack,\"x\",@progbits\n";
  for (auto &Texts : {std::vector<StringRef>{No, Yes, No}, {Yes, No}}) {
    View Merged(merge(Texts));
    EXPECT_THAT(Merged.sections(), ElementsAre(".text", ".note.GNU-stack"));
    EXPECT_EQ(Merged.header(".note.GNU-stack").sh_flags, ELF::SHF_EXECINSTR);
  }
  EXPECT_EQ(View(merge({No, No})).header(".note.GNU-stack").sh_flags, 0);
}

TEST(ObjectMergeTest, PropertiesMustAgree) {
  constexpr StringLiteral A =
      ".section .note.gnu.property,\"a\",@note\n.p2align 3\n.quad 1\n";
  constexpr StringLiteral B =
      ".section .note.gnu.property,\"a\",@note\n.p2align 3\n.quad 2\n";
  EXPECT_EQ(View(merge({A, A})).header(".note.gnu.property").sh_size, 8);
  EXPECT_THAT(mergeError({A, B}), HasSubstr("differ"));
}

TEST(ObjectMergeTest, ArraysOfConstructorsKeepTheirOrder) {
  constexpr StringLiteral First = R"(
  .section .init_array,"aw",@init_array
  .p2align 3
  .quad first
)";
  constexpr StringLiteral Second = R"(
  .section .init_array,"aw",@init_array
  .p2align 3
  .quad second
  .section .init_array.200,"aw",@init_array
  .p2align 3
  .quad third
)";
  View Merged(merge({First, Second}));
  EXPECT_THAT(Merged.relocations(".init_array"),
              ElementsAre("0 64 first", "8 64 second"));
  EXPECT_THAT(Merged.relocations(".init_array.200"), ElementsAre("0 64 third"));
}

TEST(ObjectMergeTest, MoreSectionsThanAHeaderCanCount) {
  MergeOptions Options;
  Options.FunctionSections = true;
  std::vector<std::string> Shards(2);
  for (int I = 0; I != 66000; ++I) {
    std::string Name = "f" + std::to_string(I);
    Shards[I % 2] += ".section .text." + Name + ",\"ax\",@progbits\n" + Name +
                     ": nop\n.globl " + Name + "\n";
  }
  View Merged(merge({Shards[0], Shards[1]}, Options));
  EXPECT_EQ(Merged.sections().size(), 66001);
  EXPECT_EQ(Merged.symbol("f65998"), "global notype .text.f65998+0");
  EXPECT_EQ(Merged.symbol("f65999"), "global notype .text.f65999+0");
}

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

MergeOptions promoted() {
  MergeOptions Options;
  Options.PromotedSuffix = ".hapax";
  return Options;
}

constexpr StringLiteral UsesPromoted = R"(
  .section .text.f,"ax",@progbits
  .globl f
  .hidden s.hapax
  .hidden v.hapax
f:
  callq s.hapax
  movl v.hapax(%rip), %eax
  ret
)";
constexpr StringLiteral DefinesPromoted = R"(
  .section .text.s.hapax,"ax",@progbits
  .globl s.hapax
  .hidden s.hapax
  .type s.hapax,@function
s.hapax: ret
  .section .data.v.hapax,"aw",@progbits
  .globl v.hapax
  .hidden v.hapax
  .type v.hapax,@object
v.hapax: .long 1
  .section .bss.s.hapax.count,"aw",@nobits
s.hapax.count: .long 0
)";

TEST(ObjectMergeTest, PromotedSymbolsBecomeLocalAgain) {
  View Merged(merge({UsesPromoted, DefinesPromoted}, promoted()));
  EXPECT_EQ(Merged.symbol("s"), "local func .text+c");
  EXPECT_EQ(Merged.symbol("v"), "local object .data+0");
  // What was named after it.
  EXPECT_EQ(Merged.symbol("s.count"), "local notype .bss+0");
  EXPECT_THAT(Merged.symbols(), ElementsAre("s", "v", "s.count", "f"));
  EXPECT_EQ(Merged.header(".symtab").sh_info, 4);
}

TEST(ObjectMergeTest, PromotedNamesGoFromSectionsToo) {
  MergeOptions Options = promoted();
  Options.FunctionSections = Options.DataSections = true;
  EXPECT_THAT(
      View(merge({UsesPromoted, DefinesPromoted}, Options)).sections(),
      ElementsAre(".text", ".text.f", ".text.s", ".data.v", ".bss.s.count"));
}

TEST(ObjectMergeTest, OrderNamesWhatWasPromoted) {
  MergeOptions Options = promoted();
  StringRef Order[] = {"s", "f"};
  Options.Order = Order;
  EXPECT_EQ(View(merge({UsesPromoted, DefinesPromoted}, Options)).symbol("s"),
            "local func .text+0");
}

TEST(ObjectMergeTest, PromotedSymbolsMustBeDefined) {
  EXPECT_EQ(mergeError({UsesPromoted}, promoted()),
            "symbol s.hapax is defined in no shard");
}

TEST(ObjectMergeTest, TwoDefinitionsAreAnError) {
  EXPECT_EQ(mergeError({F, G, F}),
            "shard 2: symbol f is also defined in shard 0");
}

TEST(ObjectMergeTest, WhatOneHasForItselfOthersMustNotMean) {
  EXPECT_EQ(mergeError({".data\nhidden: .long 1\n", ".data\n.quad hidden\n"}),
            "symbol hidden is local to another shard");
  // Two that have one each mean their own.
  EXPECT_EQ(mergeError({".data\nhidden: .quad hidden\n",
                        ".data\nhidden: .quad hidden\n"}),
            "");
}

TEST(ObjectMergeTest, WeakReferencesAndStrictestVisibility) {
  View Merged(merge({R"(
  .weak onlyweak, both, defined
  .data
  .quad onlyweak, both, defined, seen
)",
                     R"(
  .data
  .quad both
  .hidden both
  .globl defined
defined:
  .protected seen
  .weak seen
seen:
)"}));
  EXPECT_EQ(Merged.symbol("onlyweak"), "weak notype undefined");
  EXPECT_EQ(Merged.symbol("both"), "global notype undefined hidden");
  EXPECT_EQ(Merged.symbol("defined"), "global notype .data+28");
  EXPECT_EQ(Merged.symbol("seen"), "weak notype .data+28 protected");
}

TEST(ObjectMergeTest, OtherKindsOfSymbols) {
  View Merged(merge({R"(
  .file "a.c"
  .comm shared,16,8
  .globl fixed
  fixed = 0x1234
  .section .tdata.t,"awT",@progbits
  .type t,@object
t: .long 1
)",
                     R"(
  .file "a.c"
  .data
  .quad shared, fixed
)"}));
  EXPECT_EQ(Merged.symbol("shared"), "global object common+8");
  EXPECT_EQ(Merged.symbol("fixed"), "global notype absolute+1234");
  EXPECT_EQ(Merged.symbol("t"), "local tls .tdata+0");
  EXPECT_THAT(Merged.symbols(), ElementsAre("a.c", "t", "shared", "fixed"));
}

TEST(ObjectMergeTest, AddressesThatMatterAreListedByNewNumbers) {
  constexpr StringLiteral A = ".addrsig\n.addrsig_sym x\n.addrsig_sym y\n"
                              ".data\n.quad x, y, a\n.globl a\na:\n";
  constexpr StringLiteral B = ".addrsig\n.addrsig_sym y\n.addrsig_sym a\n"
                              ".data\nb: .quad y, a, b\n";
  View Merged(merge({A, B}));
  // .data's symbol is 2, after b.
  EXPECT_THAT(Merged.symbols(), ElementsAre("b", "x", "y", "a"));
  EXPECT_EQ(Merged.contents(".llvm_addrsig"), StringRef("\3\4\5"));
  EXPECT_EQ(Merged.header(".llvm_addrsig").sh_link,
            Merged.header(".rela.data").sh_link);
  // All addresses of the second shard matter.
  EXPECT_THAT(View(merge({A, F})).sections(), Not(Contains(".llvm_addrsig")));
}

TEST(ObjectMergeTest, AddressesWithoutANameAreThoseOfTheirSections) {
  constexpr StringLiteral Private =
      ".addrsig\n.addrsig_sym .Lp\n.section .data.rel.ro..Lp,\"aw\",@progbits\n"
      ".Lp: .quad x\n.section .text.f,\"ax\",@progbits\n.globl f\n"
      "f: leaq .Lp(%rip), %rax\n";
  constexpr StringLiteral Other = ".addrsig\n.addrsig_sym y\n"
                                  ".data\n.quad y\n";
  View Merged(merge({Private, Other}));
  EXPECT_THAT(Merged.symbols(), ElementsAre("x", "f", "y"));
  // The section's symbol is the first.
  EXPECT_EQ(Merged.contents(".llvm_addrsig"), StringRef("\1\4"));
}

TEST(ObjectMergeTest, LinksThatAreNotKnownAreErrors) {
  Bytes Object = assemble(F);
  // sh_info of .text.f, the third section.
  size_t Table =
      reinterpret_cast<const object::ELF64LE::Ehdr *>(Object.data())->e_shoff;
  Object[Table + 3 * sizeof(object::ELF64LE::Shdr) + 44] = 1;
  EXPECT_EQ(mergeErrorOf(Object), "shard 0: section 3 (.text.f): has an "
                                  "address, link or information");
}

//===----------------------------------------------------------------------===//
// Relocations
//===----------------------------------------------------------------------===//

TEST(ObjectMergeTest, SectionsSymbolsMoveWithTheirPieces) {
  View Merged(merge({".data\n.quad 1\n", R"(
  .section .data.d,"aw",@progbits
  .quad 2, 3
  .local d
d: .quad 4
  .text
  movq d(%rip), %rax
  .section .debug_info,"",@progbits
  .quad d+1
)"}));
  EXPECT_THAT(Merged.relocations(".text"), ElementsAre("3 PC32 .data+14"));
  EXPECT_THAT(Merged.relocations(".debug_info"), ElementsAre("0 64 .data+19"));
}

TEST(ObjectMergeTest, DistancesToLocalsOfTheSectionAreKnown) {
  constexpr StringLiteral Callers = R"(
  .section .text.f,"ax",@progbits
  .hidden s.hapax
f:
  callq s.hapax
  leaq s.hapax(%rip), %rax
  callq i.hapax
  callq f
  callq global
)";
  constexpr StringLiteral Callees = R"(
  .section .text.s.hapax,"ax",@progbits
  .p2align 4
  .globl s.hapax, i.hapax, global
s.hapax: ret
global: ret
  .type i.hapax,@gnu_indirect_function
i.hapax: ret
)";
  View Merged(merge({Callers, Callees}, promoted()));
  // As the assembler does it.
  EXPECT_THAT(Merged.relocations(".text"),
              ElementsAre("d PLT32 i-4", "17 PLT32 global-4"));
  EXPECT_EQ(Merged.contents(".text").substr(0, 12),
            StringRef("\xe8\x1b\0\0\0\x48\x8d\x05\x14\0\0\0", 12));
}

TEST(ObjectMergeTest, RelocationsThatAreNotKnownAreErrors) {
  Bytes Object = assemble(F);
  // The type is the low word of r_info; the section has one relocation.
  View In(Object);
  Object[In.header(".rela.text.f").sh_offset + 8] = ELF::R_X86_64_RELATIVE;
  EXPECT_EQ(mergeErrorOf(Object),
            "shard 0: section 3 (.text.f): relocation type 8 is not known");
}

} // namespace
