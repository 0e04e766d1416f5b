//===- HostileObjectsTest.cpp - Damaged objects are safe to merge ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Damage to objects, everywhere: the merge says that it cannot, or makes an
/// object that it can read itself. (Under ASan and UBSan this is where a check
/// that is missing shows.)
//===----------------------------------------------------------------------===//

#include "Assembled.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <random>

using namespace llvm;
using namespace hapax;
using namespace hapax::test;
using testing::HasSubstr;

namespace {

/// Something of everything.
constexpr StringLiteral First = R"(
  .file "a.c"
  .section .text.f,"ax",@progbits
  .globl f
  .p2align 4
  .type f,@function
f:
  .cfi_startproc
  .cfi_personality 155, DW.ref.handler
  .cfi_lsda 27, .Lexceptions
  callq s.hapax
  leaq .Lstring(%rip), %rdi
  movsd .Lconstant(%rip), %xmm0
  callq inline
  ret
  .cfi_endproc
  .section .gcc_except_table.f,"a",@progbits
.Lexceptions: .quad f
  .section .rodata.str1.1,"aMS",@progbits,1
.Lstring: .asciz "string"
  .asciz "another"
  .section .rodata.cst8,"aM",@progbits,8
.Lconstant: .quad 5
  .section .data.DW.ref.handler,"awG",@progbits,DW.ref.handler,comdat
  .hidden DW.ref.handler
  .weak DW.ref.handler
DW.ref.handler: .quad handler
  .section .init_array,"aw",@init_array
  .quad f
  .section .tbss.t,"awT",@nobits
t: .zero 8
  .section notes,"ao",@progbits,.text.f
  .long 1
  .section .debug_str,"MS",@progbits,1
.Lint: .asciz "int"
  .section .debug_info,"",@progbits
  .long .Lint
  .quad f
  .comm shared,16,8
  .ident "compiler"
  .section .note.GNU-stack,"",@progbits
  .addrsig
  .addrsig_sym f
  .addrsig_sym s.hapax
)";
constexpr StringLiteral Second = R"(
  .file "a.c"
  .section .text.s.hapax,"ax",@progbits
  .globl s.hapax
  .hidden s.hapax
  .p2align 4
s.hapax:
  .cfi_startproc
  .cfi_personality 155, DW.ref.handler
  ret
  .cfi_endproc
  .section .text.inline,"axG",@progbits,inline,comdat
  .weak inline
inline:
  .cfi_startproc
  ret
  .cfi_endproc
  .section .data.DW.ref.handler,"awG",@progbits,DW.ref.handler,comdat
  .hidden DW.ref.handler
  .weak DW.ref.handler
DW.ref.handler: .quad handler
  .section .rodata.str1.1,"aMS",@progbits,1
  .asciz "string"
  .section .debug_str,"MS",@progbits,1
.Lint: .asciz "int"
  .section .debug_info,"",@progbits
  .long .Lint
  .ident "compiler"
  .section .note.GNU-stack,"",@progbits
  .addrsig
  .addrsig_sym s.hapax
)";

class HostileObjectsTest : public testing::Test {
protected:
  /// Merges \p Damaged with the other shard.
  bool survives(const Bytes &Damaged) {
    return survives(Damaged, false) && survives(Damaged, true);
  }

  /// The second time as the later one, some of which is dropped.
  bool survives(const Bytes &Damaged, bool IsSecond) {
    // An allocation of its own, so that a step beyond it is seen.
    std::vector<char> Exact(Damaged.begin(), Damaged.end());
    MemoryBufferRef Shards[] = {{StringRef(Exact.data(), Exact.size()), "a"},
                                ref(Other, "b")};
    if (IsSecond)
      std::swap(Shards[0], Shards[1]);
    MergeOptions Options;
    Options.PromotedSuffix = ".hapax";
    Options.DropUnreferenced = IsSecond;
    Expected<Bytes> Merged = mergeObjects(Shards, Options);
    if (!Merged) {
      EXPECT_NE(toString(Merged.takeError()), "");
      ++Refused;
      return true;
    }
    ++Accepted;
    Expected<Bytes> Again = mergeObjects(ref(*Merged, "merged"), {});
    if (Again)
      return true;
    ADD_FAILURE() << toString(Again.takeError());
    return false;
  }

  Bytes Sound = assemble(First);
  Bytes Other = assemble(Second);
  unsigned Refused = 0, Accepted = 0;
};

TEST_F(HostileObjectsTest, SoundOnesAreMerged) {
  EXPECT_TRUE(survives(Sound));
  EXPECT_EQ(Accepted, 2u);
}

TEST_F(HostileObjectsTest, CutOffAnywhere) {
  for (size_t Size = 0; Size != Sound.size(); ++Size)
    ASSERT_TRUE(survives(Bytes(Sound.begin(), Sound.begin() + Size))) << Size;
  // The section table is at the end.
  EXPECT_EQ(Refused, 2 * Sound.size());
}

TEST_F(HostileObjectsTest, EachByteOfTheTablesChanged) {
  // What the merge interprets: all but the contents of plain sections.
  View In(Sound);
  auto Change = [&](uint64_t Begin, uint64_t Size) {
    for (uint64_t At = Begin; At != Begin + Size; ++At)
      for (uint8_t Value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
        Bytes Damaged = Sound;
        Damaged[At] = char(Value);
        ASSERT_TRUE(survives(Damaged)) << At << " " << int(Value);
      }
  };
  Change(0, sizeof(object::ELF64LE::Ehdr));
  for (StringRef Name :
       {".symtab", ".strtab", ".eh_frame", ".rela.eh_frame", ".rela.text.f",
        ".group", ".llvm_addrsig", ".rodata.str1.1", ".rela.debug_info"})
    Change(In.header(Name).sh_offset, In.header(Name).sh_size);
  const auto &Header =
      *reinterpret_cast<const object::ELF64LE::Ehdr *>(Sound.data());
  Change(Header.e_shoff, Sound.size() - Header.e_shoff);
  EXPECT_GT(Refused, 1000u);
  EXPECT_GT(Accepted, 1000u);
}

TEST_F(HostileObjectsTest, WordsChangedAtRandom) {
  std::mt19937_64 Random(7);
  for (int Round = 0; Round != 4000; ++Round) {
    Bytes Damaged = Sound;
    for (unsigned Times = 1 + Random() % 3; Times; --Times) {
      static constexpr uint64_t Values[] = {0,
                                            1,
                                            2,
                                            0xff,
                                            0xfff1,
                                            0xffff,
                                            0x7fffffff,
                                            0x80000000,
                                            0xffffffff,
                                            0x7fffffffffffffff,
                                            0x8000000000000000,
                                            0xffffffffffffffff};
      uint64_t Value =
          Random() % 2 ? Values[Random() % std::size(Values)] : Random() % 4096;
      size_t Width = size_t(1) << Random() % 4;
      size_t At = Random() % (Damaged.size() - Width);
      std::memcpy(Damaged.data() + At, &Value, Width);
    }
    ASSERT_TRUE(survives(Damaged)) << Round;
  }
  EXPECT_GT(Refused, 100u);
  EXPECT_GT(Accepted, 100u);
}

/// \p Sound with \p Value at \p At.
template <class T> Bytes with(Bytes Sound, size_t At, T Value) {
  for (size_t I = 0; I != sizeof(T); ++I)
    Sound[At + I] = char(uint64_t(Value) >> 8 * I);
  return Sound;
}

TEST_F(HostileObjectsTest, ReasonsAreNamed) {
  EXPECT_EQ(mergeErrorOf(with<uint16_t>(Sound, 18, ELF::EM_AARCH64)),
            "shard 0: not a relocatable x86-64 ELF object");
  EXPECT_EQ(mergeErrorOf(with<uint16_t>(Sound, 16, ELF::ET_EXEC)),
            "shard 0: not a relocatable x86-64 ELF object");
  EXPECT_EQ(mergeErrorOf(with<uint8_t>(Sound, 7, ELF::ELFOSABI_AIX)),
            "shard 0: of an ABI that is not known");
  EXPECT_EQ(mergeError({}), "no shards");

  View In(Sound);
  size_t Table =
      reinterpret_cast<const object::ELF64LE::Ehdr *>(Sound.data())->e_shoff;
  size_t Text = Table + 3 * sizeof(object::ELF64LE::Shdr);
  EXPECT_EQ(mergeErrorOf(with<uint32_t>(Sound, Text + 4, 0x6fff4c99)),
            "shard 0: section 3 (.text.f): type 0x6fff4c99 is not known");
  EXPECT_EQ(mergeErrorOf(with<uint64_t>(Sound, Text + 8, ELF::SHF_COMPRESSED)),
            "shard 0: section 3 (.text.f): flags 0x800 are not known");
  EXPECT_EQ(mergeErrorOf(with<uint64_t>(Sound, Text + 48, 3)),
            "shard 0: section 3 (.text.f): alignment 3 is not supported");
}

} // namespace
