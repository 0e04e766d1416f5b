//===- ModuleHashIgnoredTest.cpp - What the hash ignores --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// For each item of the list in ModuleHash.h: two modules that differ in the
/// item alone are compiled, and the outputs of every kind for which the item is
/// ignored must be equal byte for byte. The hash must be equal, too.
//===----------------------------------------------------------------------===//
#include "hapax/IR/Artifact.h"
#include "hapax/IR/ModuleHash.h"
#include "support/MemoryMutator.h"
#include "support/ModuleOracle.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/TypeFinder.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include <gtest/gtest.h>
#include <set>

using namespace llvm;
using namespace hapax;
using namespace hapax::test;

namespace {

/// Changes a module in something that is ignored. Returns whether it did.
using Change = bool (*)(Module &M);

bool changeIdentifier(Module &M) {
  M.setModuleIdentifier("another name");
  return true;
}

bool addComdats(Module &M) {
  M.getOrInsertComdat("a");
  M.getOrInsertComdat("zz")->setSelectionKind(Comdat::Largest);
  return true;
}

/// Declarations in front of and behind the others.
bool addDeclarations(Module &M) {
  LLVMContext &Context = M.getContext();
  Type *I32 = Type::getInt32Ty(Context);
  auto *First = Function::Create(FunctionType::get(I32, {I32}, true),
                                 GlobalValue::ExternalLinkage, "a_helper");
  M.getFunctionList().push_front(First);
  auto *Last = Function::Create(
      FunctionType::get(StructType::create(Context, {I32}, "struct.only"),
                        false),
      GlobalValue::ExternalLinkage, "_Z6z_lastv", M);
  Last->addFnAttr(Attribute::NoReturn);
  Last->addFnAttr("target-features", "+avx2");
  Last->setDSOLocal(true);
  GlobalVariable *Front = M.global_empty() ? nullptr : &*M.global_begin();
  new GlobalVariable(M, I32, true, GlobalValue::ExternalLinkage, nullptr,
                     "a_variable", Front);
  new GlobalVariable(M, I32, false, GlobalValue::ExternalLinkage, nullptr,
                     "z_variable");
  return true;
}

bool renameStructs(Module &M) {
  TypeFinder Types;
  Types.run(M, /*onlyNamed=*/true);
  unsigned Number = 0;
  for (StructType *ST : Types)
    if (ST->getName().starts_with("struct.") ||
        ST->getName().starts_with("class.") ||
        ST->getName().starts_with("union."))
      // The reverse of the old order, should anything sort by name.
      ST->setName("struct." + std::to_string(1000 - Number++));
  return Number;
}

bool reverseMetadataUses(Module &M) {
  std::set<MetadataAsValue *> All;
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      for (Value *Operand : I.operand_values())
        if (auto *MD = dyn_cast<MetadataAsValue>(Operand);
            MD && MD->hasNUsesOrMore(2))
          All.insert(MD);
  for (MetadataAsValue *MD : All)
    MD->reverseUseList();
  return !All.empty();
}

/// Every inline assembly and every call moves to another place in the source.
bool moveAssembly(Module &M) {
  // All of them at one distance, as a comment above them would.
  Type *I64 = Type::getInt64Ty(M.getContext());
  bool Changed = false;
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (MDNode *Old = I.getMetadata("srcloc")) {
        SmallVector<Metadata *> Places;
        for (const MDOperand &Operand : Old->operands())
          Places.push_back(ConstantAsMetadata::get(ConstantInt::get(
              I64,
              mdconst::extract<ConstantInt>(Operand)->getZExtValue() + 1000)));
        I.setMetadata("srcloc", MDNode::get(M.getContext(), Places));
        Changed = true;
      }
  return Changed;
}

struct Item {
  const char *Name;
  Change Apply;
  std::vector<HashSetting> Ignored;
};
const Item Items[] = {
    {"module_identifier",
     changeIdentifier,
     {std::begin(HashSettings), std::end(HashSettings)}},
    {"unused_comdats",
     addComdats,
     {std::begin(HashSettings), std::end(HashSettings)}},
    {"plain_declarations",
     addDeclarations,
     {HashSettings[1], HashSettings[2], HashSettings[3]}},
    {"struct_names", renameStructs, {HashSettings[3]}},
    {"places_of_inline_assembly",
     moveAssembly,
     {HashSettings[1], HashSettings[2], HashSettings[3]}},
    {"metadata_uses",
     reverseMetadataUses,
     {std::begin(HashSettings), std::end(HashSettings)}},
};

/// Compiles \p Text after \p Apply (if any) at the given level.
struct Compiled {
  Digest Hash;
  std::string Output;
  bool Changed = true;
};

std::optional<Compiled> compile(StringRef Text, Change Apply,
                                const HashSetting &Setting,
                                OptimizationLevel Level, const Triple &Target) {
  LLVMContext Context;
  prepareContext(Context);
  std::unique_ptr<Module> M = parseModule(Text, Context);
  if (!M)
    return std::nullopt;
  std::string Error;
  const llvm::Target *T = TargetRegistry::lookupTarget(Target, Error);
  if (!T)
    return std::nullopt;
  std::unique_ptr<TargetMachine> TM(T->createTargetMachine(
      Target, "", "", TargetOptions(), Reloc::PIC_, std::nullopt,
      Level == OptimizationLevel::O0 ? CodeGenOptLevel::None
                                     : CodeGenOptLevel::Default));
  M->setTargetTriple(Target);
  M->setDataLayout(TM->createDataLayout());
  for (Function &F : *M)
    for (StringRef Attribute : {"target-cpu", "tune-cpu", "target-features"})
      F.removeFnAttr(Attribute);
  Compiled Result;
  if (Setting.DiscardNames) {
    Context.setDiscardValueNames(true);
    takeLocalNames(*M);
  }
  if (Apply)
    Result.Changed = Apply(*M);
  Result.Hash = hashModule(*M, {.Kind = Setting.Kind});

  LoopAnalysisManager Loops;
  FunctionAnalysisManager Functions;
  CGSCCAnalysisManager SCCs;
  ModuleAnalysisManager Modules;
  PassBuilder Builder(TM.get());
  Builder.registerModuleAnalyses(Modules);
  Builder.registerCGSCCAnalyses(SCCs);
  Builder.registerFunctionAnalyses(Functions);
  Builder.registerLoopAnalyses(Loops);
  Builder.crossRegisterProxies(Loops, Functions, SCCs, Modules);
  ModulePassManager Passes = Level == OptimizationLevel::O0
                                 ? Builder.buildO0DefaultPipeline(Level)
                                 : Builder.buildPerModuleDefaultPipeline(Level);
  Passes.run(*M, Modules);
  if (Setting.Kind == OutputKind::Bitcode) {
    // The identifier is not part of bitcode.
    std::string Names = takeLocalNames(*M);
    Result.Output = oracleOf(*M, Names);
    return Result;
  }
  Expected<Bytes> Code = generateCode(*M, *TM,
                                      Setting.Kind == OutputKind::Object
                                          ? CodeGenFileType::ObjectFile
                                          : CodeGenFileType::AssemblyFile,
                                      /*Verify=*/false);
  if (!Code) {
    consumeError(Code.takeError());
    return std::nullopt;
  }
  Result.Output.assign(Code->begin(), Code->end());
  return Result;
}

class ModuleHashIgnored : public testing::TestWithParam<Item> {
protected:
  static void SetUpTestSuite() {
    InitializeAllTargetInfos();
    InitializeAllTargets();
    InitializeAllTargetMCs();
    InitializeAllAsmPrinters();
    InitializeAllAsmParsers();
  }
};

TEST_P(ModuleHashIgnored, CannotReachTheOutput) {
  const Item &What = GetParam();
  unsigned Compared = 0;
  for (StringRef File : {"list-O0", "list-O2", "list-O0-g", "shapes-O2",
                         "shapes-O0-g", "numbers", "strict", "assembly-O2"}) {
    auto Buffer = MemoryBuffer::getFile(HAPAX_TEST_INPUTS "/" + File + ".ll");
    ASSERT_TRUE(bool(Buffer)) << File.str();
    StringRef Text = (*Buffer)->getBuffer();
    for (StringRef Name :
         {"x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"}) {
      // Variable arguments have another layout elsewhere.
      Triple Target(Name);
      if (!Target.isX86() && File != "numbers" && !File.starts_with("shapes") &&
          File != "assembly-O2")
        continue;
      for (OptimizationLevel Level :
           {OptimizationLevel::O0, OptimizationLevel::O2})
        for (const HashSetting &Setting : What.Ignored) {
          SCOPED_TRACE((File + " " + Name + " " + Setting.Name + " O" +
                        Twine(Level.getSpeedupLevel()))
                           .str());
          auto Plain = compile(Text, nullptr, Setting, Level, Target);
          auto Other = compile(Text, What.Apply, Setting, Level, Target);
          ASSERT_TRUE(Plain && Other);
          if (!Other->Changed || Plain->Hash != Other->Hash) {
            // Keyed here after all (struct names with debug info): fine, but
            // something must be left to compare.
            EXPECT_TRUE(!Other->Changed ||
                        StringRef(What.Name) == "struct_names");
            continue;
          }
          ++Compared;
          EXPECT_TRUE(Plain->Output == Other->Output);
          EXPECT_FALSE(Plain->Output.empty());
        }
    }
  }
  EXPECT_GT(Compared, 3u);
}

INSTANTIATE_TEST_SUITE_P(Items, ModuleHashIgnored, testing::ValuesIn(Items),
                         [](const testing::TestParamInfo<Item> &Info) {
                           return std::string(Info.param.Name);
                         });

} // namespace
