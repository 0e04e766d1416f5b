//===- MergedTablesTest.cpp - Frames, groups, strings ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Assembled.h"
#include "llvm/Support/DataExtractor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace hapax;
using namespace hapax::test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

//===----------------------------------------------------------------------===//
// .eh_frame
//===----------------------------------------------------------------------===//

/// A function with a frame, in a section of its own or in .text.
std::string framed(StringRef Name, StringRef Personality = "",
                   bool Separate = true) {
  std::string Text;
  if (Separate)
    Text += (".section .text." + Name + ",\"ax\",@progbits\n").str();
  Text += (Name + ":\n.cfi_startproc\n").str();
  if (!Personality.empty())
    Text += (".cfi_personality 155, " + Personality + "\n").str();
  return Text + "pushq %rbp\n.cfi_def_cfa_offset 16\npopq %rbp\nret\n"
                ".cfi_endproc\n";
}

TEST(MergedFramesTest, AreThoseOfTheAssembler) {
  // Three records of 4 more bytes than multiples of 8: the padding at the end
  // matters.
  for (int Count : {1, 2, 3, 4}) {
    std::vector<std::string> Shards;
    std::string Whole = ".text\n";
    for (int I = 0; I != Count; ++I) {
      std::string Name = "f" + std::to_string(I);
      Shards.push_back(framed(Name));
      Whole += framed(Name, "", /*Separate=*/false);
    }
    View Merged(merge(std::vector<StringRef>(Shards.begin(), Shards.end())));
    View Expected(assemble(Whole));
    // (Each shard's last record is padded as the last of an object.)
    EXPECT_EQ(Merged.relocations(".eh_frame").size(), size_t(Count));
    EXPECT_EQ(Merged.header(".eh_frame").sh_size % 8, 0);
    if (Count == 1) {
      EXPECT_EQ(Merged.contents(".eh_frame"), Expected.contents(".eh_frame"));
    }
    EXPECT_EQ(Merged.relocations(".text"), Expected.relocations(".text"));
  }
}

TEST(MergedFramesTest, EqualHeadsAreThereOnce) {
  std::string A = framed("a") + framed("b", "handler");
  std::string B = framed("c", "handler") + framed("d");
  Bytes Merged = merge({A, B});
  std::string Frames = View(Merged).contents(".eh_frame");
  int Heads = 0, Functions = 0;
  DataExtractor Data(Frames, /*IsLittleEndian=*/true, /*AddressSize=*/8);
  for (uint64_t At = 0; At != Frames.size();) {
    uint32_t Length = Data.getU32(&At);
    uint64_t Field = At;
    ++(Data.getU32(&Field) ? Functions : Heads);
    At += Length;
  }
  EXPECT_EQ(Heads, 2);
  EXPECT_EQ(Functions, 4);
}

TEST(MergedFramesTest, FollowTheirFunctions) {
  StringRef Order[] = {"b", "a"};
  MergeOptions Options;
  Options.Order = Order;
  std::string A = framed("a"), B = framed("b");
  View Merged(merge({A, B}, Options));
  EXPECT_THAT(Merged.relocations(".eh_frame"),
              ElementsAre("20 PC32 .text", "38 PC32 .text+3"));
}

TEST(MergedFramesTest, DamageIsAnError) {
  Bytes Sound = assemble(framed("f"));
  uint64_t Frames = View(Sound).header(".eh_frame").sh_offset;
  auto With = [&](uint64_t At, uint8_t Byte) {
    Bytes Object = Sound;
    Object[Frames + At] = char(Byte);
    return mergeErrorOf(Object);
  };
  EXPECT_EQ(With(0, Sound[Frames]), "");
  EXPECT_THAT(With(0, 0x90), HasSubstr("longer than its section"));
  EXPECT_THAT(With(0, 0x00), HasSubstr("an end before the end"));
  EXPECT_THAT(With(0, 0x02), HasSubstr("longer than its section, or too"));
  EXPECT_THAT(With(4, 0x01), HasSubstr("points to no CIE before it"));
  EXPECT_THAT(With(0x1c, 0x04), HasSubstr("points to no CIE before it"));
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

constexpr StringLiteral InGroup = R"(
  .section .text.inline,"axG",@progbits,inline,comdat
  .weak inline
  .type inline,@function
inline:
  .cfi_startproc
  callq other
  ret
  .cfi_endproc
  .section .data.more,"awG",@progbits,inline,comdat
more: .long 1
)";
constexpr StringLiteral UsesGroup = R"(
  .section .text.user,"ax",@progbits
user:
  callq inline
  ret
)";

TEST(MergedGroupsTest, AreRebuilt) {
  View Merged(merge({UsesGroup, InGroup}));
  EXPECT_THAT(
      Merged.groups(),
      ElementsAre("comdat inline: .text.inline .rela.text.inline .data.more"));
  EXPECT_EQ(Merged.symbol("inline"), "weak func .text.inline+0");
  EXPECT_EQ(Merged.symbol("more"), "local notype .data.more+0");
}

TEST(MergedGroupsTest, RepeatedOnesAreThereOnce) {
  View Merged(merge({InGroup, UsesGroup, InGroup}));
  EXPECT_THAT(
      Merged.groups(),
      ElementsAre("comdat inline: .text.inline .rela.text.inline .data.more"));
  // Its frame too.
  EXPECT_THAT(Merged.relocations(".eh_frame"),
              ElementsAre("20 PC32 .text.inline"));
}

TEST(MergedGroupsTest, RepeatedOnesMustBeTheSame) {
  std::string Differs = InGroup.str();
  Differs.replace(Differs.find(".long 1"), 7, ".long 2");
  EXPECT_EQ(mergeError({InGroup, Differs}),
            "shard 1: group inline differs from that of shard 0");
}

TEST(MergedGroupsTest, OfTypeUnitsAnyIsAsGood) {
  const std::string Unit = R"(
  .section .debug_info,"G",@progbits,0123,comdat
  .long .Lname
  .section .debug_str,"MS",@progbits,1
)";
  std::string First = Unit + ".Lname: .asciz \"a\"\n";
  std::string Second = Unit + ".asciz \"b\"\n.Lname: .asciz \"a\"\n";
  View Merged(merge({First, Second}));
  EXPECT_THAT(Merged.groups(),
              ElementsAre("comdat 0123: .debug_info .rela.debug_info"));
  EXPECT_THAT(Merged.relocations(".debug_info"),
              ElementsAre("0 32 .debug_str"));
}

TEST(MergedGroupsTest, LocalsOfDroppedOnesCannotBeUsed) {
  std::string Uses = InGroup.str() + ".data\n.quad more\n";
  EXPECT_THAT(mergeError({InGroup, Uses}), HasSubstr("not in the output"));
}

TEST(MergedGroupsTest, SignaturesMustBeThere) {
  // The assembler would not make a signature that is local to a group that is
  // dropped: the second group of the later shard is given every symbol's name.
  Bytes First = assemble(InGroup);
  Bytes Second = assemble(InGroup.str() + R"(
  .section .data.odd,"awG",@progbits,odd,comdat
  .globl odd
odd: .long 1
)");
  size_t Table =
      reinterpret_cast<const object::ELF64LE::Ehdr *>(Second.data())->e_shoff;
  object::ELF64LE::Shdr *Group = nullptr;
  for (size_t At = Table; At != Second.size(); At += sizeof(*Group)) {
    auto &Header = *reinterpret_cast<object::ELF64LE::Shdr *>(&Second[At]);
    if (Header.sh_type == ELF::SHT_GROUP)
      Group = &Header;
  }
  std::vector<std::string> Messages;
  for (uint32_t Symbol = 1; Symbol != 8; ++Symbol) {
    Group->sh_info = Symbol;
    MemoryBufferRef Shards[] = {ref(First, "shard 0"), ref(Second, "shard 1")};
    Expected<Bytes> Merged = mergeObjects(Shards, {});
    if (!Merged)
      Messages.push_back(toString(Merged.takeError()));
  }
  EXPECT_THAT(
      Messages,
      Contains("shard 1: the signature of group more is not in the output"));
}

TEST(MergedGroupsTest, SignaturesMayBeNamesOnly) {
  View Merged(merge({R"(
  .section .text._ZN1AC2Ev,"axG",@progbits,_ZN1AC5Ev,comdat
  .weak _ZN1AC2Ev
_ZN1AC2Ev: ret
)",
                     UsesGroup}));
  EXPECT_THAT(Merged.groups(),
              ElementsAre("comdat _ZN1AC5Ev: .text._ZN1AC2Ev"));
}

//===----------------------------------------------------------------------===//
// Strings and constants
//===----------------------------------------------------------------------===//

constexpr StringLiteral SomeStrings = R"(
  .section .rodata.str1.1,"aMS",@progbits,1
.Lone: .asciz "one"
.Ltwo: .asciz "two"
  .section .debug_str,"MS",@progbits,1
.Lint: .asciz "int"
.Lchar: .asciz "char"
  .section .debug_info,"",@progbits
  .long .Lchar
  .text
  leaq .Ltwo(%rip), %rax
  .ident "compiler"
)";
constexpr StringLiteral OtherStrings = R"(
  .section .rodata.str1.1,"aMS",@progbits,1
.Ltwo: .asciz "two"
.Lthree: .asciz "three"
  .section .debug_str,"MS",@progbits,1
.Lchar: .asciz "char"
.Llong: .asciz "long"
  .section .debug_info,"",@progbits
  .long .Lchar
  .long .Llong+1
  .text
  leaq .Ltwo(%rip), %rax
  .ident "compiler"
)";

TEST(MergedStringsTest, AreThereOnce) {
  View Merged(merge({SomeStrings, OtherStrings}));
  EXPECT_EQ(Merged.contents(".rodata.str1.1"),
            StringRef("one\0two\0three\0", 14));
  EXPECT_EQ(Merged.contents(".debug_str"), StringRef("int\0char\0long\0", 14));
  EXPECT_EQ(Merged.contents(".comment"), StringRef("\0compiler\0", 10));
  EXPECT_THAT(
      Merged.relocations(".debug_info"),
      ElementsAre("0 32 .debug_str+4", "4 32 .debug_str+4", "8 32 .Llong+1"));
  EXPECT_EQ(Merged.symbol(".Llong"), "local notype .debug_str+9");
  EXPECT_EQ(Merged.symbol(".Ltwo"), "local notype .rodata.str1.1+4");
  EXPECT_EQ(Merged.header(".rodata.str1.1").sh_flags,
            ELF::SHF_ALLOC | ELF::SHF_MERGE | ELF::SHF_STRINGS);
}

TEST(MergedStringsTest, WhatIsNamedByContentIsOneSymbol) {
  MergeOptions Options;
  Options.ContentPrefix = ".Lt";
  View Merged(merge({SomeStrings, OtherStrings}, Options));
  EXPECT_THAT(Merged.relocations(".text"),
              ElementsAre("3 PC32 .L0-4", "b PC32 .L0-4"));
  EXPECT_EQ(Merged.symbol(".L0"), "local notype .rodata.str1.1+4");
  EXPECT_THAT(Merged.symbols(), testing::Not(testing::Contains(".Ltwo")));
  // Others keep their names.
  EXPECT_EQ(Merged.symbol(".Llong"), "local notype .debug_str+9");
}

TEST(MergedStringsTest, ConstantsToo) {
  View Merged(merge({".section .rodata.cst8,\"aM\",@progbits,8\n.quad 1, 2\n",
                     ".section .rodata.cst8,\"aM\",@progbits,8\n.p2align 3\n"
                     ".quad 2\nx: .quad 3\n"}));
  EXPECT_EQ(Merged.header(".rodata.cst8").sh_size, 24);
  EXPECT_EQ(Merged.header(".rodata.cst8").sh_addralign, 8);
  EXPECT_EQ(Merged.symbol("x"), "local notype .rodata.cst8+10");
}

TEST(MergedStringsTest, WideCharactersToo) {
  View Merged(merge({".section .rodata.str4.4,\"aMS\",@progbits,4\n.p2align 2\n"
                     ".long 65, 0, 0x4200, 0\n",
                     ".section .rodata.str4.4,\"aMS\",@progbits,4\n.p2align 2\n"
                     ".long 0x4200, 0\nx: .long 66, 0\n"}));
  EXPECT_EQ(Merged.header(".rodata.str4.4").sh_size, 24);
  EXPECT_EQ(Merged.symbol("x"), "local notype .rodata.str4.4+10");
}

TEST(MergedStringsTest, AlignedOnesStayAligned) {
  constexpr StringLiteral Text = R"(
  .section .rodata.str1.16,"aMS",@progbits,1
  .p2align 4
a: .asciz "aligned"
)";
  std::string Other = Text.str();
  Other.replace(Other.find("a:"), 2, "b:");
  View Merged(merge({Text, Other}));
  EXPECT_EQ(Merged.symbol("b"), "local notype .rodata.str1.16+10");
  EXPECT_EQ(Merged.header(".rodata.str1.16").sh_addralign, 16);
}

TEST(MergedStringsTest, MustEnd) {
  EXPECT_EQ(mergeError({".section .s,\"aMS\",@progbits,1\n.ascii \"ab\"\n"}),
            "shard 0: section 3 (.s): entries are not whole");
  EXPECT_EQ(mergeError({".section .c,\"aM\",@progbits,4\n.byte 1\n"}),
            "shard 0: section 3 (.c): entries are not whole");
}

} // namespace
