//===- TextMutator.cpp - Modules that differ in one token -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "TextMutator.h"

#include "llvm/ADT/APInt.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include <map>

using namespace llvm;
using namespace hapax::test;

/// Words of one family: each can stand where another does. Those of a family
/// that starts with "?" can also be left out and put in.
static const char *const Families[] = {
    "? private internal weak weak_odr linkonce linkonce_odr common appending "
    "extern_weak available_externally external",
    "? default hidden protected",
    "? dllimport dllexport",
    "? dso_local dso_preemptable",
    "? unnamed_addr local_unnamed_addr",
    "thread_local localdynamic initialexec localexec",
    "constant global",
    "eq ne ugt uge ult ule sgt sge slt sle",
    "oeq ogt oge olt ole one ord ueq ugt uge ult ule une uno true false",
    "add sub mul udiv sdiv urem srem shl lshr ashr and or xor",
    "fadd fsub fmul fdiv frem",
    "zext sext fptoui fptosi uitofp sitofp bitcast inttoptr ptrtoint ptrtoaddr "
    "trunc fptrunc fpext addrspacecast",
    "? nnan ninf nsz arcp contract afn reassoc fast",
    "? nuw nsw exact disjoint nneg samesign inbounds nusw",
    "? volatile",
    "? weak",
    "? inalloca swifterror",
    "? cleanup",
    "catch filter",
    "unordered monotonic acquire release acq_rel seq_cst",
    "xchg add sub and nand or xor max min umax umin uinc_wrap udec_wrap "
    "usub_cond usub_sat fadd fsub fmax fmin fmaximum fminimum",
    "? tail musttail notail",
    "? fastcc coldcc tailcc swiftcc preserve_mostcc preserve_allcc ghccc "
    "x86_stdcallcc x86_fastcallcc anyregcc",
    "i1 i8 i16 i32 i33 i64 i128 float double half bfloat fp128 x86_fp80 ptr",
    "null poison undef zeroinitializer none",
    "true false",
    "? noundef nonnull noalias readonly readnone writeonly signext zeroext "
    "inreg nofree nest returned swiftself swiftasync immarg dead_on_unwind "
    "writable noext",
    "? nounwind noreturn noinline alwaysinline optnone optsize minsize cold "
    "hot "
    "mustprogress willreturn nosync norecurse ssp sspreq sspstrong uwtable "
    "sanitize_address sanitize_thread sanitize_memory returns_twice naked "
    "nomerge noduplicate convergent builtin nobuiltin strictfp speculatable "
    "nonlazybind null_pointer_is_valid safestack shadowcallstack nocallback",
    "read write readwrite none",
    "argmem inaccessiblemem errnomem",
    "any exactmatch largest nodeduplicate samesize",
    "? externally_initialized",
    "? sideeffect alignstack inteldialect unwind",
    "? no_sanitize_address no_sanitize_hwaddress sanitize_memtag "
    "sanitize_address_dyninit",
    "tiny small kernel medium large",
    "? distinct",
    "sync async",
    "FullDebug LineTablesOnly NoDebug DebugDirectivesOnly",
    "GNU None Apple Default",
    "CSK_MD5 CSK_SHA1 CSK_SHA256",
    "DW_ATE_signed DW_ATE_unsigned DW_ATE_float DW_ATE_boolean "
    "DW_ATE_signed_char DW_ATE_unsigned_char",
    "DW_TAG_pointer_type DW_TAG_reference_type DW_TAG_const_type "
    "DW_TAG_volatile_type DW_TAG_typedef DW_TAG_member DW_TAG_inheritance "
    "DW_TAG_friend DW_TAG_restrict_type",
    "DW_TAG_structure_type DW_TAG_class_type DW_TAG_union_type "
    "DW_TAG_array_type DW_TAG_enumeration_type DW_TAG_variant_part",
    "DW_TAG_imported_module DW_TAG_imported_declaration",
    "DW_TAG_template_value_parameter DW_TAG_GNU_template_template_param "
    "DW_TAG_GNU_template_parameter_pack",
    "DW_LANG_C89 DW_LANG_C99 DW_LANG_C11 DW_LANG_C_plus_plus_14 "
    "DW_LANG_Fortran90",
    "DW_MACINFO_define DW_MACINFO_undef",
    "DW_OP_deref DW_OP_plus DW_OP_minus DW_OP_stack_value DW_OP_swap "
    "DW_OP_xderef DW_OP_not DW_OP_neg",
    "DW_CC_normal DW_CC_program DW_CC_nocall",
    "DIFlagPublic DIFlagPrivate DIFlagProtected DIFlagZero DIFlagArtificial "
    "DIFlagPrototyped DIFlagFwdDecl DIFlagVirtual DIFlagExplicit "
    "DIFlagBitField DIFlagStaticMember DIFlagTypePassByValue "
    "DIFlagTypePassByReference DIFlagAllCallsDescribed DIFlagNoReturn",
    "DISPFlagDefinition DISPFlagOptimized DISPFlagLocalToUnit DISPFlagVirtual "
    "DISPFlagPureVirtual DISPFlagPure DISPFlagZero DISPFlagDeleted",
    "Binary Decimal Rational",
    "x",
    "vscale",
};

namespace {
struct Token {
  enum Kind { Word, Number, String, Local, Global, Node, Attribute, Other };
  Kind Sort;
  size_t Begin, End;
};
} // namespace

static bool isNameChar(char C) {
  return isAlnum(C) || C == '_' || C == '.' || C == '$' || C == '-';
}

static std::vector<Token> tokenise(StringRef Text) {
  std::vector<Token> Tokens;
  for (size_t I = 0; I != Text.size();) {
    char C = Text[I];
    size_t Begin = I;
    if (isSpace(C)) {
      ++I;
      continue;
    }
    if (C == ';') {
      I = std::min(Text.find('\n', I), Text.size());
      continue;
    }
    auto SkipName = [&] {
      if (I != Text.size() && Text[I] == '"')
        I = std::min(Text.find('"', I + 1), Text.size() - 1) + 1;
      else
        while (I != Text.size() && isNameChar(Text[I]))
          ++I;
    };
    Token::Kind Sort = Token::Other;
    if (C == '%' || C == '@' || C == '!' || C == '#') {
      ++I;
      SkipName();
      Sort = I == Begin + 1 ? Token::Other
             : C == '%'     ? Token::Local
             : C == '@'     ? Token::Global
             : C == '!'     ? Token::Node
                            : Token::Attribute;
    } else if (C == '"' || (C == 'c' && Text.substr(I + 1).starts_with("\""))) {
      I += C == 'c';
      SkipName();
      Sort = Token::String;
    } else if (isDigit(C) ||
               (C == '-' && I + 1 != Text.size() && isDigit(Text[I + 1]))) {
      ++I;
      while (I != Text.size() &&
             (isAlnum(Text[I]) || Text[I] == '.' ||
              ((Text[I] == '+' || Text[I] == '-') && Text[I - 1] == 'e')))
        ++I;
      Sort = Token::Number;
    } else if (isAlpha(C) || C == '_') {
      SkipName();
      Sort = Token::Word;
    } else {
      ++I;
    }
    Tokens.push_back({Sort, Begin, I});
  }
  return Tokens;
}

/// Other values of a number, near and far.
static void numberAlternatives(StringRef Number,
                               std::vector<std::string> &Out) {
  int64_t Value;
  if (!Number.getAsInteger(10, Value)) {
    // Unsigned: it may wrap around.
    uint64_t Bits = Value;
    for (uint64_t Other : {Bits + 1, Bits - 1, Bits * 2, -Bits, Bits ^ 1024})
      Out.push_back(std::to_string(static_cast<int64_t>(Other)));
    for (StringRef Other : {"0", "1", "2", "8", "16", "255", "65536",
                            "4294967297", "18446744073709551615"})
      Out.push_back(Other.str());
  } else if (Number.contains('.') || Number.contains('e')) {
    for (StringRef Other : {"0.000000e+00", "1.000000e+00", "-0.000000e+00",
                            "0x7FF8000000000000", "0x7FF0000000000000"})
      Out.push_back(Other.str());
  } else if (Number.starts_with("0x")) {
    std::string Other = Number.str();
    Other.back() = Other.back() == '0' ? '1' : '0';
    Out.push_back(Other);
  }
}

static void stringAlternatives(StringRef String,
                               std::vector<std::string> &Out) {
  // Keep the quotes and the length, which array types repeat.
  size_t First = String.find('"') + 1;
  if (First < String.size() - 1) {
    for (size_t At : {First, String.size() - 2}) {
      std::string Other = String.str();
      Other[At] = Other[At] == 'q' ? 'z' : 'q';
      Out.push_back(Other);
    }
  }
  Out.push_back(String.drop_back().str() + "z\"");
  Out.push_back(String.substr(0, First).str() + "\"");
}

std::vector<TextMutation> hapax::test::allTextMutations(StringRef Text) {
  std::vector<Token> Tokens = tokenise(Text);
  auto TextOf = [&](const Token &T) { return Text.slice(T.Begin, T.End); };

  struct Family {
    SmallVector<StringRef, 16> Words;
    bool Optional;
  };
  std::vector<Family> Parsed;
  std::multimap<StringRef, size_t> FamiliesOf;
  for (StringRef Line : Families) {
    Family F;
    F.Optional = Line.consume_front("?");
    Line.split(F.Words, ' ', -1, /*KeepEmpty=*/false);
    for (StringRef Word : F.Words)
      FamiliesOf.insert({Word, Parsed.size()});
    Parsed.push_back(std::move(F));
  }

  // References of the same sort that occur near by are the alternatives.
  std::vector<SmallVector<StringRef, 0>> Seen(Token::Other + 1);
  for (const Token &T : Tokens)
    Seen[T.Sort].push_back(TextOf(T));

  std::vector<TextMutation> All;
  std::vector<size_t> Met(Token::Other + 1);
  size_t Optional = 0;
  for (const Token &T : Tokens) {
    StringRef Old = TextOf(T);
    size_t Index = Met[T.Sort]++;
    std::vector<std::string> Others;
    switch (T.Sort) {
    case Token::Word: {
      auto [First, Last] = FamiliesOf.equal_range(Old);
      for (auto It = First; It != Last; ++It) {
        const Family &F = Parsed[It->second];
        for (StringRef Word : F.Words)
          Others.push_back(Word.str());
        if (F.Optional)
          Others.push_back("");
      }
      // Something optional, put in before this word; another one each time.
      for (unsigned N = 0; N != 3;) {
        const Family &F = Parsed[Optional++ % Parsed.size()];
        if (!F.Optional)
          continue;
        Others.push_back(
            (F.Words[(Optional / Parsed.size()) % F.Words.size()] + " " + Old)
                .str());
        ++N;
      }
      break;
    }
    case Token::Number:
      numberAlternatives(Old, Others);
      // Bitcode cuts the atom group of a location to 32 bits; memory and the
      // hash have 61.
      if (Text.take_front(T.Begin).ends_with("atomGroup: "))
        erase_if(Others, [](StringRef Other) {
          return Other.starts_with("-") || Other.size() >= 10;
        });
      break;
    case Token::String:
      stringAlternatives(Old, Others);
      break;
    case Token::Local:
    case Token::Global:
    case Token::Node:
    case Token::Attribute: {
      ArrayRef<StringRef> Pool = Seen[T.Sort];
      for (size_t Distance : {1, 2, 3, 5, 11, 29}) {
        Others.push_back(Pool[(Index + Distance) % Pool.size()].str());
        Others.push_back(
            Pool[(Index + Pool.size() - Distance % Pool.size()) % Pool.size()]
                .str());
      }
      if (T.Sort == Token::Node)
        Others.push_back("null");
      break;
    }
    case Token::Other:
      // Closing and dropping brackets, commas; packed structs.
      if (Old == "{")
        Others.push_back("<{");
      break;
    }
    sort(Others);
    Others.erase(llvm::unique(Others), Others.end());
    for (std::string &Other : Others)
      if (Old != Other)
        All.push_back({T.Begin, T.End, std::move(Other)});
  }
  return All;
}

std::string hapax::test::applyMutation(StringRef Text,
                                       const TextMutation &Mutation) {
  return (Text.take_front(Mutation.Begin) + Mutation.Replacement +
          Text.drop_front(Mutation.End))
      .str();
}
