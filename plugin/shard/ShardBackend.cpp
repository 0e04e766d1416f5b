//===- ShardBackend.cpp - From a shard's bitcode to its object ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ShardBackend.h"
#include "ir/ModulePipeline.h"
#include "ir/PassBuilderAccess.h"
#include "ir/TargetFields.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace hapax {

namespace {
/// Notes that something was said.
class Listener final : public DiagnosticHandler {
public:
  explicit Listener(bool &Heard) : Heard(Heard) {}
  bool handleDiagnostics(const DiagnosticInfo &Info) override {
    Heard |= Info.getSeverity() != DS_Remark;
    return true;
  }

private:
  bool &Heard;
};
} // namespace

static std::string printed(PassBuilder &Builder, OptimizationLevel Level,
                           ArrayRef<StringRef> Without) {
  std::string Text;
  raw_string_ostream OS(Text);
  Builder.buildPerModuleDefaultPipeline(Level).printPipeline(
      OS, [](StringRef ClassName) { return ClassName; });
  SmallVector<StringRef> Parts;
  StringRef(Text).split(Parts, ',');
  erase_if(Parts, [&](StringRef Part) {
    return any_of(Without, [&](StringRef Own) { return Part.contains(Own); });
  });
  return join(Parts, ",");
}

static Digest fieldsOf(TargetMachine &TM) {
  KeyBuilder Key;
  addTargetMachine(Key, TM, /*WithCodeView=*/false);
  return Key.finish();
}

std::unique_ptr<TargetMachine> ShardBackend::cloneMachine() const {
  std::unique_ptr<TargetMachine> TM(Machine.getTarget().createTargetMachine(
      Machine.getTargetTriple(), Machine.getTargetCPU(),
      Machine.getTargetFeatureString(), Machine.Options,
      Machine.getRelocationModel(), Machine.getCodeModel(),
      Machine.getOptLevel()));
  if (TM)
    TM->setLargeDataThreshold(largeDataThresholdOf(Machine));
  return TM;
}

std::expected<std::unique_ptr<ShardBackend>, Refusal>
ShardBackend::create(PassBuilder &Host, OptimizationLevel Level,
                     const LLVMContext &Context, ArrayRef<StringRef> OwnPasses,
                     bool VerifyIR) {
  TargetMachine *Machine = targetMachineOf(Host);
  if (!Machine || !Machine->getTargetTriple().isX86_64() ||
      !Machine->getTargetTriple().isOSBinFormatELF() ||
      !Machine->getTargetTriple().isOSLinux() ||
      Machine->getCodeModel() != CodeModel::Small ||
      Machine->Options.BBSections != BasicBlockSection::None ||
      Machine->Options.MCOptions.CompressDebugSections !=
          DebugCompressionType::None ||
      !Machine->Options.UniqueSectionNames)
    return std::unexpected(Refusal::Target);
  if (profileOf(Host))
    return std::unexpected(Refusal::OtherPipeline);
  std::unique_ptr<ShardBackend> Made(
      new ShardBackend(*Machine, tuningOf(Host), Level));
  std::unique_ptr<TargetMachine> Clone = Made->cloneMachine();
  if (!Clone || fieldsOf(*Clone) != fieldsOf(*Machine))
    return std::unexpected(Refusal::Target);
  ModulePipeline Passes(*Clone, Made->Tuning, Level);
  if (printed(Passes.builder(), Level, {}) != printed(Host, Level, OwnPasses))
    return std::unexpected(Refusal::OtherPipeline);
  Made->VerifyIR = VerifyIR;
  Made->DiscardsNames = Context.shouldDiscardValueNames();
  Made->FunctionSections = Machine->Options.FunctionSections;
  Made->DataSections = Machine->Options.DataSections;
  return Made;
}

/// The module, edited and written again.
static std::expected<Bytes, Refusal> edited(MemoryBufferRef Bitcode,
                                            function_ref<bool(Module &)> Edit) {
  bool Heard = false;
  LLVMContext Context;
  Context.setDiagnosticHandler(std::make_unique<Listener>(Heard));
  Expected<std::unique_ptr<Module>> M = parseBitcodeFile(Bitcode, Context);
  if (!M) {
    consumeError(M.takeError());
    return std::unexpected(Refusal::NoObject);
  }
  if (!Edit(**M))
    return std::unexpected(Refusal::DebugInfo);
  if (Heard)
    return std::unexpected(Refusal::Diagnostic);
  Bytes Written;
  raw_svector_ostream OS(Written);
  WriteBitcodeToFile(**M, OS);
  return Written;
}

std::expected<Bytes, Refusal>
ShardBackend::compile(MemoryBufferRef Bitcode,
                      function_ref<bool(Module &)> Edit) {
  Bytes Edited;
  if (Edit) {
    std::expected<Bytes, Refusal> Written = edited(Bitcode, Edit);
    if (!Written)
      return std::unexpected(Written.error());
    Edited = std::move(*Written);
    Bitcode = {StringRef(Edited.data(), Edited.size()),
               Bitcode.getBufferIdentifier()};
  }
  bool Heard = false;
  LLVMContext Context;
  Context.setDiscardValueNames(DiscardsNames);
  Context.setDiagnosticHandler(std::make_unique<Listener>(Heard));
  Expected<std::unique_ptr<Module>> M = parseBitcodeFile(Bitcode, Context);
  if (!M) {
    consumeError(M.takeError());
    return std::unexpected(Refusal::NoObject);
  }
  // A machine remembers things of the modules that it has seen (which globals
  // are to be retained, by address): none may serve twice.
  std::unique_ptr<TargetMachine> TM = cloneMachine();
  // What is merged is moved function by function.
  TM->Options.FunctionSections = true;
  TM->Options.DataSections = true;
  ModulePipeline(*TM, Tuning, Level).run(**M);
  Expected<Bytes> Code =
      generateCode(**M, *TM, CodeGenFileType::ObjectFile, VerifyIR);
  if (!Code) {
    consumeError(Code.takeError());
    return std::unexpected(Refusal::NoObject);
  }
  if (Heard)
    return std::unexpected(Refusal::Diagnostic);
  return std::move(*Code);
}

} // namespace hapax
