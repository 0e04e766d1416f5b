//===- ModuleHashRules.cpp - What the module hash may ignore ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/ModuleHashRules.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace hapax;

/// Targets and formats whose assembly printers were read and tested not to look
/// at unused declarations of default visibility (ARM, for one, compares the
/// attributes of all functions; WebAssembly prints every declaration), and
/// where nothing emits names of struct types. Names that passes make themselves
/// are another matter: see isKnownToCompiler.
static bool isStudiedTarget(const Triple &T) {
  return T.isOSBinFormatELF() && (T.isX86() || T.getArch() == Triple::aarch64);
}

ModuleHashRules::ModuleHashRules(const Module &M, OutputKind Kind)
    : M(M), Declarations(Kind != OutputKind::Bitcode &&
                         isStudiedTarget(M.getTargetTriple())),
      StructNames(Kind == OutputKind::Object &&
                  isStudiedTarget(M.getTargetTriple()) &&
                  M.getContext().shouldDiscardValueNames() &&
                  !M.getNamedMetadata("llvm.dbg.cu")),
      Places(Declarations) {}

ModuleHashRules::~ModuleHashRules() = default;

bool ModuleHashRules::isKnownToCompiler(StringRef Name) const {
  // Reserved names belong to the compiler, its runtimes and the C library.
  // Itanium mangled names are the user's, but for operator new and delete.
  if (Name.starts_with("_") &&
      (!Name.starts_with("_Z") || Name.starts_with("_Zn") ||
       Name.starts_with("_Zd")))
    return true;
  // Suffixes and separators are how passes make names of their own.
  if (!all_of(Name, [](char C) { return isAlnum(C) || C == '_'; }))
    return true;
  for (StringRef Prefix : {"objc_", "swift_", "omp_", "llvm_", "malloc",
                           "OUTLINED_FUNCTION_", "outlined_ir_func_"})
    if (Name.starts_with(Prefix))
      return true;
  if (Name == "main" || Name == "abort" || Name == "exit")
    return true;
  if (!Library)
    Library = std::make_unique<TargetLibraryInfoImpl>(M.getTargetTriple());
  LibFunc Found;
  return Library->getLibFunc(Name, Found);
}

bool ModuleHashRules::isPlainDeclaration(const GlobalValue &GV) const {
  if (!Declarations || !GV.isDeclaration() || !GV.hasName() ||
      !GV.hasExternalLinkage() || !GV.hasDefaultVisibility() ||
      GV.getDLLStorageClass() != GlobalValue::DefaultStorageClass ||
      GV.isThreadLocal() || GV.hasPartition() || GV.getAddressSpace() != 0)
    return false;
  const auto *Object = dyn_cast<GlobalObject>(&GV);
  if (!Object || Object->hasSection() || Object->hasComdat() ||
      Object->hasMetadata() || Object->hasSanitizerMetadata() ||
      Object->getNumOperands() != 0)
    return false;
  if (const auto *F = dyn_cast<Function>(Object)) {
    if (F->isIntrinsic() || F->hasGC() || F->getCallingConv() != CallingConv::C)
      return false;
  } else if (const auto *V = cast<GlobalVariable>(Object);
             V->hasAttributes() || V->isExternallyInitialized() ||
             V->getCodeModel()) {
    return false;
  }
  return !isKnownToCompiler(GV.getName());
}

bool ModuleHashRules::isIgnoredStructName(StringRef Name) const {
  if (!StructNames)
    return false;
  if (!Name.consume_front("struct.") && !Name.consume_front("class.") &&
      !Name.consume_front("union."))
    return false;
  // OpenMP looks up the structs of its runtime by name.
  return !Name.starts_with("__") && !Name.starts_with("ident_t") &&
         !Name.starts_with("kmp_");
}

/// LLVM 22 reads "srcloc" in five places: two that report (a message about an
/// instruction, and one about a call that was not to be left), and the three
/// instruction selectors, which put the node at the end of an INLINEASM machine
/// instruction. There it serves messages, too, but machine passes compare
/// operands, metadata by address: so which calls share a node stays in the key.
/// A compile with a message of the back end is not stored.
bool ModuleHashRules::isIgnoredPlace(const Instruction &I,
                                     const MDNode &N) const {
  if (!Places || !isa<CallBase>(I) || !isa<MDTuple>(N) || !N.isUniqued() ||
      N.getNumOperands() == 0)
    return false;
  return all_of(N.operands(), [](const MDOperand &Operand) {
    auto *Place = mdconst::dyn_extract_or_null<ConstantInt>(Operand);
    return Place && Place->getType()->isIntegerTy(64);
  });
}
