//===- AsmScanner.cpp - Assembly that reaches beyond the module -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Problem: .incbin and .include read files, .secure_log_unique and .print
// write; their names can be put together by macros.
// Idea: look for the directives anywhere in the text, letter case ignored, not
// only where a statement begins: comments and strings that contain them cost a
// hit, but the assembler's own rules for statements need not be repeated here.
// A name can be put together from pieces: a macro or a repetition is refused by
// its own name; an operand ("$0", "${0}") or an alternative ("$(a$|b$)") where
// what stands before it begins a refused name; a symbol that is printed for an
// operand where it ends with such a beginning.
// Cost: one walk over the instructions, of which only calls are looked at;
// most modules have no inline assembly at all.
//
//===----------------------------------------------------------------------===//
#include "AsmScanner.h"
#include "hapax/IR/CompileKey.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace hapax;
using namespace llvm;

/// Whether \p Rest, what stands behind a dot, may be read as a name that begins
/// with \p Word. \p EndJoins: something may follow its end.
static bool mayBegin(StringRef Rest, StringRef Word, bool EndJoins) {
  StringRef Run =
      Rest.take_while([](char C) { return isAlnum(C) || C == '_'; });
  if (Run.starts_with_insensitive(Word))
    return true;
  // "$" begins what LLVM puts in, "\\" the argument of a macro.
  bool Joins = Run.size() == Rest.size()
                   ? EndJoins
                   : StringRef("${\\").contains(Rest[Run.size()]);
  return Joins && Word.starts_with_insensitive(Run);
}

/// Where such a directive may stand in \p Asm.
static std::optional<size_t> findDirective(StringRef Asm,
                                           ArrayRef<StringLiteral> Words,
                                           bool EndJoins = false) {
  for (size_t Dot = Asm.find('.'); Dot != StringRef::npos;
       Dot = Asm.find('.', Dot + 1))
    for (StringRef Word : Words)
      if (mayBegin(Asm.drop_front(Dot + 1), Word, EndJoins))
        return Dot;
  // What is printed as ".L", the beginning of private names.
  constexpr StringLiteral Private = "${:private}";
  for (size_t At = Asm.find(Private); At != StringRef::npos;
       At = Asm.find(Private, At + 1)) {
    std::string Rest = "L" + Asm.drop_front(At + Private.size()).str();
    for (StringRef Word : Words)
      if (mayBegin(Rest, Word, EndJoins))
        return At;
  }
  return std::nullopt;
}

/// The text in which the functions of \p M may have such a directive.
static std::optional<StringRef>
findDirectiveInFunctions(const Module &M, ArrayRef<StringLiteral> Words) {
  const InlineAsm *Last = nullptr; // equal ones are one object
  for (const Function &F : M)
    for (const BasicBlock &Block : F)
      for (const Instruction &I : Block) {
        auto *Call = dyn_cast<CallBase>(&I);
        if (!Call)
          continue;
        auto *Asm = dyn_cast<InlineAsm>(Call->getCalledOperand());
        if (!Asm || Asm == Last)
          continue;
        Last = Asm;
        if (auto At = findDirective(Asm->getAsmString(), Words))
          return StringRef(Asm->getAsmString()).substr(*At);
      }
  if (!Last)
    return std::nullopt;
  // An operand may stand where a directive does, and a symbol may be named
  // like one, or like the beginning of one.
  for (const GlobalValue &Value : M.global_values())
    if (StringRef Name = Value.getName().ltrim('\1'); Name.starts_with("."))
      if (findDirective(Name, Words, /*EndJoins=*/true))
        return Name;
  return std::nullopt;
}

/// They read or write files, or make names that cannot be seen.
static constexpr StringLiteral Refused[] = {
    "inc",        // .incbin, .include
    "macro",      // .macro
    "irp",        // .irp, .irpc
    "rep",        // .rep, .rept
    "altmacro",   // .altmacro
    "secure_log", // .secure_log_unique, .secure_log_reset
    "print",      // .print
    "err",        // .err, .error
    "warning",    // .warning
};

static BypassInfo bypassFor(StringRef Directive) {
  return BypassInfo(BypassReason::AsmReadsFiles,
                    Directive.take_until([](char C) { return C == '\n'; })
                        .take_front(60)
                        .str());
}

std::optional<BypassInfo> hapax::findAsmBypass(StringRef Asm) {
  if (auto At = findDirective(Asm, Refused))
    return bypassFor(Asm.substr(*At));
  return std::nullopt;
}

std::optional<BypassInfo> hapax::findModuleAsmBypass(const Module &M) {
  return findAsmBypass(StringRef(M.getModuleInlineAsm()));
}

std::optional<BypassInfo> hapax::findAsmBypass(const Module &M) {
  if (auto Bypass = findModuleAsmBypass(M))
    return Bypass;
  if (auto Found = findDirectiveInFunctions(M, Refused))
    return bypassFor(*Found);
  return std::nullopt;
}

bool hapax::mayHaveLinesInAsm(const Module &M) {
  static constexpr StringLiteral Places[] = {"loc", "file", "line"};
  return findDirectiveInFunctions(M, Places).has_value();
}
