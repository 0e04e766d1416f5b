//===- RecordKey.cpp - What a record tells of a module --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/ModuleHash.h"
#include "hapax/Store/CompileRecord.h"
#include "hapax/Store/TellingText.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace hapax {

static void addLocation(NamedHash &Item, const Function &F) {
  if (const DISubprogram *Program = F.getSubprogram()) {
    Item.File = Program->getFilename().str();
    Item.Line = Program->getLine();
  }
}

static void addText(NamedHash &Item, const GlobalVariable &V) {
  const auto *Array = V.isConstant()
                          ? dyn_cast<ConstantDataArray>(V.getInitializer())
                          : nullptr;
  if (!Array || !Array->isCString() || Array->getNumElements() > MaxTellingText)
    return;
  StringRef Text = Array->getAsCString();
  if (tellsTime({Text.data(), Text.size()}) ||
      tellsPath({Text.data(), Text.size()}))
    Item.Text = Text.str();
}

/// Where relative paths of the debug information begin.
static std::string debugDirectory(const Module &M) {
  for (const DICompileUnit *Unit : M.debug_compile_units())
    return Unit->getDirectory().str();
  return {};
}

void CompileRecord::setKey(const CacheKey &Of, const ModuleHash &Hash,
                           const llvm::Module &M) {
  Key = Of;
  Module = Hash.digest();
  SourceName = M.getSourceFileName();
  DebugDirectory = debugDirectory(M);
  Parts = {{"header", Hash.header()},
           {"metadata", Hash.metadata()},
           {"use order", Hash.useOrder()}};
  Functions.clear();
  Variables.clear();
  for (const GlobalHash &G : Hash.globals()) {
    if (G.Global->isDeclaration())
      continue;
    NamedHash Item = {G.Global->getName().str(), G.Content};
    if (const auto *F = dyn_cast<Function>(G.Global)) {
      addLocation(Item, *F);
      Functions.push_back(std::move(Item));
      continue;
    }
    if (const auto *V = dyn_cast<GlobalVariable>(G.Global))
      addText(Item, *V);
    Variables.push_back(std::move(Item));
  }
}

} // namespace hapax
