//===- LinesTest.cpp - Lines for tokens in merged objects -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Assembled.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <functional>
#include <map>
#include <random>

using namespace llvm;
using namespace hapax;
using namespace hapax::test;
using testing::HasSubstr;

namespace {

TEST(LineTokensTest, TakeAsManyBytesAsLines) {
  LineTokens Tokens;
  EXPECT_TRUE(Tokens.empty());
  std::vector<uint32_t> Lines = {255, 256, 65535, 65536, 1, 300, 0xffffffff};
  for (uint32_t Line : Lines) {
    uint32_t Token = Tokens.add(Line);
    EXPECT_EQ(Token > 0xff, Line > 0xff) << Line;
    EXPECT_EQ(Token > 0xffff, Line > 0xffff) << Line;
    EXPECT_EQ(Tokens.lineOf(Token), Line);
  }
  EXPECT_FALSE(Tokens.empty());
  EXPECT_EQ(Tokens.lineOf(0), 0u);
  EXPECT_EQ(Tokens.lineOf(3), std::nullopt);
  EXPECT_EQ(Tokens.lineOf(0xffffffff), std::nullopt);
}

TEST(LineTokensTest, AreNeverUsedUp) {
  LineTokens Tokens;
  std::map<uint32_t, uint32_t> LineOf;
  for (unsigned File = 0; File != 3; ++File)
    for (uint32_t Line = 1; Line != 256; ++Line)
      EXPECT_TRUE(LineOf.try_emplace(Tokens.add(Line), Line).second);
  EXPECT_TRUE(LineOf.try_emplace(Tokens.add(256), 256).second);
  for (auto [Token, Line] : LineOf)
    EXPECT_EQ(Tokens.lineOf(Token), Line);
}

/// For one shard; borrows the tokens.
MergeOptions standingFor(const LineTokens &Tokens) {
  MergeOptions Options;
  Options.Lines = Tokens;
  return Options;
}

/// Makes a text with lines, and one with tokens.
class BothTexts {
public:
  using Number = std::function<std::string(uint32_t Line)>;
  explicit BothTexts(function_ref<std::string(const Number &)> Make) {
    std::map<uint32_t, uint32_t> TokenOf;
    WithLines = Make([](uint32_t Line) { return utostr(Line); });
    WithTokens = Make([&](uint32_t Line) {
      auto [Found, IsNew] = TokenOf.try_emplace(Line);
      if (IsNew && Line)
        Found->second = Tokens.add(Line);
      return utostr(Found->second);
    });
  }
  Bytes expected() const { return merge({WithLines}); }
  Bytes merged() const { return merge({WithTokens}, standingFor(Tokens)); }
  std::string error() const {
    return mergeError({WithTokens}, standingFor(Tokens));
  }

  std::string WithLines, WithTokens;
  LineTokens Tokens;
};

/// Rows at random: steps of all sizes, in lines and in addresses.
std::string rows(std::mt19937_64 &Random, const BothTexts::Number &Number) {
  static constexpr uint32_t Lines[] = {
      0,     1,     2,     3,     5,     7,      10,     13,
      14,    15,    19,    250,   255,   256,    257,    400,
      65530, 65535, 65536, 65537, 70000, 300000, 4000000};
  static constexpr unsigned Gaps[] = {1,  1,  2,  3,   15,  16,  17,  18,
                                      33, 34, 35, 250, 272, 273, 274, 70000};
  std::string Text;
  for (unsigned Function = 0; Function != 3; ++Function) {
    std::string Name = "f" + utostr(Function);
    Text += "  .section .text." + Name +
            ",\"ax\",@progbits\n"
            "  .globl " +
            Name + "\n" + Name + ":\n";
    for (unsigned Row = 0; Row != 100; ++Row) {
      static constexpr StringLiteral Flags[] = {"",
                                                "",
                                                " prologue_end",
                                                " is_stmt 0",
                                                " is_stmt 1",
                                                " epilogue_begin",
                                                " discriminator 3"};
      Text += "  .loc " + utostr(1 + Random() % 2) + " " +
              Number(Lines[Random() % std::size(Lines)]) + " " +
              utostr(Random() % 9) + Flags[Random() % std::size(Flags)].str() +
              "\n  nop\n";
      if (unsigned Gap = Gaps[Random() % std::size(Gaps)]; Gap > 1)
        Text += "  .fill " + utostr(Gap - 1) + ", 1, 0x90\n";
      // Of unknown length, until all is assembled.
      if (Random() % 8 == 0)
        Text += "  jmp " + Name + "\n";
    }
  }
  return Text + "  .file 1 \"/w\" \"a.c\"\n  .file 2 \"/w\" \"b.h\"\n";
}

TEST(LinesTest, ATableIsWhatTheAssemblerWritesForLines) {
  for (unsigned Seed = 0; Seed != 20; ++Seed) {
    BothTexts Texts([&](const BothTexts::Number &Number) {
      std::mt19937_64 Random(Seed);
      std::string Text = rows(Random, Number);
      size_t Files = Text.find("  .file 1");
      return Text.substr(Files) + Text.substr(0, Files);
    });
    Bytes Merged = Texts.merged();
    EXPECT_EQ(Merged, Texts.expected()) << Seed;
    EXPECT_NE(Merged, merge({Texts.WithTokens})) << Seed;
  }
}

std::string entries(const BothTexts::Number &Number) {
  std::string Function = Number(200), Variable = Number(255 + 7),
              Call = Number(123456), Inlined = Number(17);
  return R"(
  .section .debug_abbrev,"",@progbits
.Labbreviations:
  .byte 1, 0x11, 1, 0x25, 0x0e, 0x03, 0x08, 0, 0
  .byte 2, 0x2e, 1, 0x3e, 0x19, 0x3b, 0x0b, 0x02, 0x18, 0x3f, 0x19, 0, 0
  .byte 3, 0x34, 0, 0x49, 0x13, 0x3b, 0x05, 0x1c, 0x0d, 0, 0
  .byte 4, 0x1d, 0, 0x59, 0x06, 0x57, 0x0b, 0x3b, 0x0b, 0x1c, 0x0a, 0, 0
  .byte 0
  .section .debug_str,"MS",@progbits,1
.Lproducer: .asciz "a compiler"
  .section .debug_info,"",@progbits
.Lbegin:
  .long .Lend-.Lbegin-4
  .short 5
  .byte 1, 8
  .long .Labbreviations
  .byte 1
  .long .Lproducer
  .asciz "a.c"
  .byte 2, )" +
         Function + R"(, 3, 0x3b, 0x0b, 0x59
  .byte 3
  .long 12
  .short )" +
         Variable +
         R"(
  .sleb128 -0x8000000000000000
  .byte 4
  .long )" +
         Call +
         R"(
  .byte 9, )" +
         Inlined +
         R"(, 2, 0x3b, 0x3b
  .byte 0, 0
.Lend:
)";
}

TEST(LinesTest, EntriesHaveTheirLinesBack) {
  BothTexts Texts(entries);
  EXPECT_EQ(Texts.merged(), Texts.expected());
  EXPECT_NE(Texts.WithLines, Texts.WithTokens);
}

TEST(LinesTest, AShardWithoutTokensStaysAsItIs) {
  BothTexts Texts(entries);
  LineTokens NoTokens;
  EXPECT_EQ(merge({Texts.WithLines}, standingFor(NoTokens)), Texts.expected());
}

/// The text with one thing replaced.
std::string with(StringRef Text, StringRef Old, StringRef New) {
  size_t At = Text.find(Old);
  EXPECT_NE(At, StringRef::npos) << Old.str();
  return (Text.take_front(At) + New + Text.drop_front(At + Old.size())).str();
}

TEST(LinesTest, WhatIsNotKnownIsRefused) {
  BothTexts Texts(entries);
  EXPECT_EQ(Texts.error(), "");
  auto Error = [&](const std::string &Text) {
    return mergeError({Text}, standingFor(Texts.Tokens));
  };
  auto Fault = HasSubstr("has entries that are not known");
  const std::string &Text = Texts.WithTokens;
  // A token that stands for nothing.
  EXPECT_THAT(Error(with(Text, ".byte 2, 1, 3", ".byte 2, 77, 3")),
              HasSubstr("has an unknown line at offset"));
  // Lines in forms that cannot hold others: uleb128, implicit_const.
  EXPECT_THAT(Error(with(Text, "0x3b, 0x0b, 0x02", "0x3b, 0x0f, 0x02")), Fault);
  EXPECT_THAT(Error(with(Text, "0x3b, 0x0b, 0x02", "0x3b, 0x21, 1, 0x02")),
              Fault);
  // A form, an abbreviation, a version and a length that do not exist.
  EXPECT_THAT(Error(with(Text, "0x57, 0x0b", "0x57, 0x7f")), Fault);
  EXPECT_THAT(Error(with(Text, ".byte 4\n", ".byte 5\n")), Fault);
  EXPECT_THAT(Error(with(Text, ".short 5", ".short 6")), Fault);
  EXPECT_THAT(Error(with(Text, ".Lbegin-4", ".Lbegin-3")), Fault);
  EXPECT_THAT(Error(with(Text, ".Lbegin-4", ".Lbegin-5")), Fault);
  EXPECT_THAT(Error(with(Text, ".long .Labbreviations", ".long 0")), Fault);
  EXPECT_THAT(Error(Text + "  .section .debug_macro,\"\",@progbits\n"),
              HasSubstr("has lines that cannot be put back"));

  auto TableError = [&](StringRef Table) {
    return mergeError({Table}, standingFor(Texts.Tokens));
  };
  auto TableFault = HasSubstr("has a line table that is not known");
  StringRef Rows = "  .file 1 \"/w\" \"a.c\"\n  .loc 1 1 2\n  nop\n"
                   "  .loc 1 2 2\n  nop\n";
  EXPECT_EQ(TableError(Rows), "");
  EXPECT_THAT(TableError(with(Rows, ".loc 1 2 2", ".loc 1 3 2")), TableFault);
  EXPECT_THAT(TableError((Rows + "  .section .debug_line,\"\",@progbits\n"
                                 "  .byte 1\n")
                             .str()),
              TableFault);
}

/// Damage to what is rewritten: under ASan and UBSan, a check that is missing
/// shows here.
TEST(LinesTest, NothingMayReferIntoATable) {
  BothTexts Texts([&](const BothTexts::Number &Number) {
    std::mt19937_64 Random(1);
    std::string Text = rows(Random, Number);
    size_t Files = Text.find("  .file 1");
    return Text.substr(Files) + Text.substr(0, Files);
  });
  auto ErrorOf = [&](StringRef More) {
    std::string Text = Texts.WithTokens + More.str();
    return mergeError({Text}, standingFor(Texts.Tokens));
  };
  std::string Begin = "  .section .debug_line,\"\",@progbits\n.Lbegin:\n"
                      "  .section .debug_aranges,\"\",@progbits\n";
  EXPECT_EQ(ErrorOf(Begin + "  .long .Lbegin\n"), "");
  EXPECT_THAT(ErrorOf(Begin + "  .long .Lbegin+40\n"),
              HasSubstr("refers into a line table"));
}

TEST(LinesTest, DamageIsSafe) {
  std::mt19937_64 Random(3);
  BothTexts Texts([&](const BothTexts::Number &Number) {
    std::mt19937_64 Same(4);
    std::string Text = rows(Same, Number);
    size_t Files = Text.find("  .file 1");
    return Text.substr(Files) + Text.substr(0, Files) + entries(Number);
  });
  Bytes Sound = assemble(Texts.WithTokens);
  auto MergeOf = [&](const Bytes &Object) {
    return mergeObjects(ref(Object), standingFor(Texts.Tokens));
  };
  View In(Sound);
  unsigned Refused = 0;
  for (StringRef Name : {".debug_line", ".debug_info", ".debug_abbrev"}) {
    object::ELF64LE::Shdr Header = In.header(Name);
    for (unsigned Round = 0; Round != 400; ++Round) {
      Bytes Damaged = Sound;
      for (unsigned Times = 1 + Random() % 2; Times; --Times)
        Damaged[Header.sh_offset + Random() % Header.sh_size] =
            char(Random() % 4 ? Random() : 0xff);
      Expected<Bytes> Merged = MergeOf(Damaged);
      Refused += !Merged;
      consumeError(Merged.takeError());
    }
  }
  EXPECT_GT(Refused, 300u);
}

} // namespace
