//===- ir_user.cpp - A program that uses Hapax::IR ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/ModuleHash.h"
#include "hapax/Store/DiskStore.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"

#include <cstdio>

using namespace hapax;

static Digest hash(llvm::LLVMContext &Context, const char *Text) {
  llvm::SMDiagnostic Wrong;
  std::unique_ptr<llvm::Module> M =
      llvm::parseAssemblyString(Text, Wrong, Context);
  return M ? hashModule(*M, {.Kind = OutputKind::Object}) : Digest();
}

int main(int Count, char **Arguments) {
  if (Count != 2)
    return 2;
  llvm::LLVMContext Context;
  Digest One = hash(Context, "define i32 @f() {\n  ret i32 1\n}\n");
  if (One == hash(Context, "define i32 @f() {\n  ret i32 2\n}\n"))
    return 1;

  std::expected<std::unique_ptr<DiskStore>, TierError> Store =
      DiskStore::open({.Directory = Arguments[1]});
  if (!Store)
    return 3;
  std::string Text = "an object", Back;
  ContainerSink<std::string> Into(Back);
  if (!(*Store)->put(One, PayloadKind::Object, std::as_bytes(std::span(Text)),
                     1) ||
      !(*Store)->get(One, Into).value() || Back != Text)
    return 4;
  (*Store)->close();
  std::puts(One.hex().c_str());
  return 0;
}
