//===- Artifact.cpp - What a compile leaves, and how it is put back -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "hapax/IR/Artifact.h"
#include "OldNames.h"
#include "hapax/IR/ModuleHash.h"
#include "hapax/IR/SymbolTables.h"
#include "llvm/Analysis/RuntimeLibcallInfo.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include <mutex>

using namespace llvm;

namespace hapax {

void eraseContents(Module &M) {
  M.dropAllReferences();
  for (Function &F : make_early_inc_range(M))
    F.eraseFromParent();
  for (GlobalAlias &A : make_early_inc_range(M.aliases()))
    A.eraseFromParent();
  for (GlobalIFunc &I : make_early_inc_range(M.ifuncs()))
    I.eraseFromParent();
  for (GlobalVariable &G : make_early_inc_range(M.globals()))
    G.eraseFromParent();
  for (NamedMDNode &N : make_early_inc_range(M.named_metadata()))
    N.eraseFromParent();
  M.getComdatSymbolTable().clear();
  M.setModuleInlineAsm("");
}

/// Moves all global values of \p From, whatever comdats they are in, to \p To.
static void moveGlobals(Module &From, Module &To) {
  for (GlobalVariable &G : make_early_inc_range(From.globals())) {
    From.removeGlobalVariable(&G);
    To.insertGlobalVariable(&G);
  }
  To.getFunctionList().splice(To.end(), From.getFunctionList());
  for (GlobalAlias &A : make_early_inc_range(From.aliases())) {
    From.removeAlias(&A);
    To.insertAlias(&A);
  }
  for (GlobalIFunc &I : make_early_inc_range(From.ifuncs())) {
    From.removeIFunc(&I);
    To.insertIFunc(&I);
  }
}

void leaveContentsToContext(Module &M) {
  // A module that nobody deletes goes with its context.
  auto *Aside = new Module("hapax.aside", M.getContext());
  moveGlobals(M, *Aside);
  Aside->getComdatSymbolTable() = std::move(M.getComdatSymbolTable());
  eraseContents(M);
}

Expected<Bytes> generateCode(Module &M, TargetMachine &TM,
                             CodeGenFileType FileType, bool Verify) {
  Bytes Code;
  raw_svector_ostream Stream(Code);
  const TargetOptions &Options = TM.Options;
  const Triple &TT = M.getTargetTriple();

  legacy::PassManager Passes;
  Passes.add(createTargetTransformInfoWrapperPass(TM.getTargetIRAnalysis()));
  Passes.add(new TargetLibraryInfoWrapperPass(
      TargetLibraryInfoImpl(TT, Options.VecLib)));
  Passes.add(new RuntimeLibraryInfoWrapper(
      TT, Options.ExceptionModel, Options.FloatABIType, Options.EABIVersion,
      Options.MCOptions.ABIName, Options.VecLib));
  if (TM.addPassesToEmitFile(Passes, Stream, /*DwoOut=*/nullptr, FileType,
                             /*DisableVerify=*/!Verify))
    return createStringError("the target cannot emit this kind of file");
  Passes.run(M);
  return Code;
}

/// The named metadata that carries the state of the symbol tables, and the
/// prefix of the functions that carry attributes. No front end makes such
/// names.
static constexpr StringLiteral StateName = "hapax.symbol-tables";
static constexpr StringLiteral CarrierPrefix = "hapax.attributes.";

namespace {
/// Adds to a module, for as long as it is being written, what bitcode does not
/// carry by itself: the state of the symbol tables, and the attributes of
/// intrinsics that are not those that the reader gives to them.
class Extras {
public:
  explicit Extras(Module &M) {
    std::string State = saveSymbolTables(M);
    SmallVector<Function *> Differing;
    for (Function &F : M)
      if (F.isIntrinsic() &&
          F.getAttributes() != Intrinsic::getAttributes(M.getContext(),
                                                        F.getIntrinsicID(),
                                                        F.getFunctionType()))
        Differing.push_back(&F);
    for (Function *F : Differing) {
      // Of the same type: the reader drops attributes that do not fit it.
      Function *Carrier =
          Function::Create(F->getFunctionType(), GlobalValue::ExternalLinkage,
                           CarrierPrefix + F->getName(), M);
      Carrier->setAttributes(F->getAttributes());
      Carriers.push_back(Carrier);
    }
    Node = M.getOrInsertNamedMetadata(StateName);
    Node->addOperand(
        MDNode::get(M.getContext(), MDString::get(M.getContext(), State)));
  }
  ~Extras() {
    Node->eraseFromParent();
    for (Function *Carrier : Carriers)
      Carrier->eraseFromParent();
  }

  /// Takes the extras out of a module that was read; returns the saved state.
  static std::string takeOut(Module &M) {
    for (Function &F : make_early_inc_range(M)) {
      StringRef Name = F.getName();
      if (!Name.consume_front(CarrierPrefix))
        continue;
      if (Function *Intrinsic = M.getFunction(Name))
        Intrinsic->setAttributes(F.getAttributes());
      F.eraseFromParent();
    }
    std::string State;
    if (NamedMDNode *Node = M.getNamedMetadata(StateName)) {
      if (Node->getNumOperands() && Node->getOperand(0)->getNumOperands())
        if (auto *Text = dyn_cast<MDString>(Node->getOperand(0)->getOperand(0)))
          State = Text->getString().str();
      Node->eraseFromParent();
    }
    return State;
  }

private:
  NamedMDNode *Node = nullptr;
  SmallVector<Function *> Carriers;
};
} // namespace

Bytes writeBitcode(Module &M) {
  Extras Added(M);
  Bytes Bitcode;
  raw_svector_ostream Stream(Bitcode);
  WriteBitcodeToFile(M, Stream, /*ShouldPreserveUseListOrder=*/true);
  return Bitcode;
}

/// The hash of the module in \p Bitcode, read into a fresh context.
static std::optional<Digest> hashOfBitcode(MemoryBufferRef Bitcode) {
  LLVMContext Context;
  Expected<std::unique_ptr<Module>> M = parseBitcodeFile(Bitcode, Context);
  if (!M) {
    consumeError(M.takeError());
    return std::nullopt;
  }
  return hashModule(**M, {.Kind = OutputKind::Bitcode});
}

bool isSameBitcode(MemoryBufferRef A, MemoryBufferRef B) {
  if (A.getBuffer() == B.getBuffer())
    return true;
  std::optional<Digest> HashOfA = hashOfBitcode(A);
  return HashOfA && HashOfA == hashOfBitcode(B);
}

namespace {
/// Lets the bitcode reader take what it reads as it is written.
class PlainReading {
public:
  explicit PlainReading(LLVMContext &Context)
      : Guard(Lock), Context(Context),
        MergedTypes(Context.isODRUniquingDebugTypes()) {
    // Types with an identifier would be replaced by those of the module that
    // is to go.
    if (MergedTypes)
      Context.disableDebugTypeODRUniquing();
    // An upgrade that verifies the debug information of modules of old versions
    // of LLVM. The verifier leaves traces in the context: it registers kinds of
    // metadata by asking for them, and bitcode written later lists every kind.
    auto &Options = cl::getRegisteredOptions();
    auto Found = Options.find("disable-auto-upgrade-debug-info");
    if (Found == Options.end())
      return;
    NoUpgrade = static_cast<cl::opt<bool> *>(Found->second);
    NoUpgradeBefore = NoUpgrade->getValue();
    NoUpgrade->setValue(true);
  }
  ~PlainReading() {
    if (NoUpgrade)
      NoUpgrade->setValue(NoUpgradeBefore);
    if (MergedTypes)
      Context.enableDebugTypeODRUniquing();
  }

private:
  static inline std::mutex Lock;
  std::lock_guard<std::mutex> Guard;
  LLVMContext &Context;
  bool MergedTypes;
  cl::opt<bool> *NoUpgrade = nullptr;
  bool NoUpgradeBefore = false;
};
} // namespace

StoredModule::StoredModule(std::unique_ptr<Module> Contents,
                           std::string SymbolTables)
    : Contents(std::move(Contents)), SymbolTables(std::move(SymbolTables)) {}
StoredModule::StoredModule(StoredModule &&) noexcept = default;
StoredModule &StoredModule::operator=(StoredModule &&) noexcept = default;
StoredModule::~StoredModule() = default;

Expected<StoredModule> StoredModule::read(MemoryBufferRef Bitcode,
                                          Module &Old) {
  OldNamesAside Aside(Old);
  Expected<std::unique_ptr<Module>> Read = [&] {
    PlainReading AsWritten(Old.getContext());
    return parseBitcodeFile(Bitcode, Old.getContext());
  }();
  if (!Read)
    return Read.takeError();
  Aside.leaveAside();
  std::string SymbolTables = Extras::takeOut(**Read);
  return StoredModule(std::move(*Read), std::move(SymbolTables));
}

void StoredModule::moveInto(Module &M) && {
  Module &From = *Contents;
  eraseContents(M);
  M.setTargetTriple(From.getTargetTriple());
  M.setDataLayout(From.getDataLayout());
  M.setSourceFileName(From.getSourceFileName());
  M.setModuleInlineAsm(From.getModuleInlineAsm());

  // A comdat belongs to its module: each object gets the namesake in M.
  for (GlobalObject &Object : From.global_objects())
    if (const Comdat *Old = Object.getComdat()) {
      Comdat *New = M.getOrInsertComdat(Old->getName());
      New->setSelectionKind(Old->getSelectionKind());
      Object.setComdat(New);
    }
  moveGlobals(From, M);
  for (NamedMDNode &Old : From.named_metadata()) {
    NamedMDNode *New = M.getOrInsertNamedMetadata(Old.getName());
    for (MDNode *Operand : Old.operands())
      New->addOperand(Operand);
  }
  Contents.reset();
  restoreSymbolTables(M, SymbolTables);
}

} // namespace hapax
