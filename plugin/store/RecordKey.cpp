//===- RecordKey.cpp - The module's hashes in a record --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/ModuleHash.h"
#include "hapax/Store/CompileRecord.h"
#include "llvm/IR/Function.h"

namespace hapax {

void CompileRecord::setKey(const CacheKey &Of, const ModuleHash &Hash) {
  Key = Of;
  Module = Hash.digest();
  Parts = {{"header", Hash.header()},
           {"metadata", Hash.metadata()},
           {"use order", Hash.useOrder()}};
  Functions.clear();
  Variables.clear();
  for (const GlobalHash &G : Hash.globals()) {
    if (G.Global->isDeclaration())
      continue;
    std::vector<NamedHash> &List =
        llvm::isa<llvm::Function>(G.Global) ? Functions : Variables;
    List.push_back({G.Global->getName().str(), G.Content});
  }
}

} // namespace hapax
