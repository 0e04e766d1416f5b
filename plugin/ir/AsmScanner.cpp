//===- AsmScanner.cpp - Assembly that reaches beyond the module -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Problem: .incbin and .include read files, .secure_log_unique and .print
// write; their names can be put together by macros.
// Idea: look for the directives anywhere in the text, letter case ignored, not
// only where a statement begins: comments and strings that contain them cost a
// hit, but the assembler's own rules for statements need not be repeated here.
// A directive cannot be assembled from pieces without a macro, a repetition or
// an operand ("$0", "${0}") right behind a dot, and each of those is refused.
// Cost: one walk over the instructions, of which only calls are looked at;
// most modules have no inline assembly at all.
//
//===----------------------------------------------------------------------===//
#include "AsmScanner.h"
#include "hapax/IR/CompileKey.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace hapax;
using namespace llvm;

std::optional<BypassInfo> hapax::findAsmBypass(StringRef Asm) {
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
      "$",          // an operand of inline assembly ends the name
      "{",          // one of several dialects ends the name
      "\\",         // an argument of a macro does
  };
  for (size_t Dot = Asm.find('.'); Dot != StringRef::npos;
       Dot = Asm.find('.', Dot + 1)) {
    StringRef Name = Asm.drop_front(Dot + 1);
    for (StringRef Word : Refused)
      if (Name.starts_with_insensitive(Word))
        return BypassInfo(BypassReason::AsmReadsFiles,
                          Asm.substr(Dot)
                              .take_until([](char C) { return C == '\n'; })
                              .take_front(60)
                              .str());
  }
  return std::nullopt;
}

std::optional<BypassInfo> hapax::findModuleAsmBypass(const Module &M) {
  return findAsmBypass(StringRef(M.getModuleInlineAsm()));
}

std::optional<BypassInfo> hapax::findAsmBypass(const Module &M) {
  if (auto Bypass = findModuleAsmBypass(M))
    return Bypass;
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
        if (auto Bypass = findAsmBypass(Asm->getAsmString()))
          return Bypass;
      }
  if (!Last)
    return std::nullopt;
  // An operand may stand where a directive does, and a symbol may be named
  // like one.
  for (const GlobalValue &Value : M.global_values())
    if (Value.getName().ltrim('\1').starts_with("."))
      if (auto Bypass = findAsmBypass(Value.getName()))
        return Bypass;
  return std::nullopt;
}
