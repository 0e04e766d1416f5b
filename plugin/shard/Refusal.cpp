//===- Refusal.cpp - Why a module is compiled as a whole ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Refusal.h"
#include "llvm/Support/ErrorHandling.h"

namespace hapax {

llvm::StringRef name(Refusal Why) {
  switch (Why) {
  case Refusal::Small:
    return "small";
  case Refusal::Target:
    return "target";
  case Refusal::OtherPipeline:
    return "other-pipeline";
  case Refusal::DebugInfo:
    return "debug-info";
  case Refusal::ModuleAsm:
    return "module-asm";
  case Refusal::Ifunc:
    return "ifunc";
  case Refusal::AsmReadsFiles:
    return "asm-reads-files";
  case Refusal::AsmNamesLocal:
    return "asm-names-local";
  case Refusal::Instrumented:
    return "instrumented";
  case Refusal::SpecialVariable:
    return "special-variable";
  case Refusal::NamedMetadata:
    return "named-metadata";
  case Refusal::GlobalMetadata:
    return "global-metadata";
  case Refusal::OneCluster:
    return "one-cluster";
  case Refusal::Diagnostic:
    return "diagnostic";
  case Refusal::NoObject:
    return "no-object";
  case Refusal::Resources:
    return "resources";
  }
  llvm_unreachable("covered switch");
}

} // namespace hapax
