//===- IrUnit.cpp - One IR file on its way to an object -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "IrUnit.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace hapax {

/// Keeps what LLVM says while it compiles, instead of printing it in between
/// the messages of other files.
class IrUnit::MessageCollector : public DiagnosticHandler {
public:
  explicit MessageCollector(IrUnit &Unit) : Unit(Unit) {}

  bool handleDiagnostics(const DiagnosticInfo &Info) override {
    std::string Text;
    raw_string_ostream OS(Text);
    DiagnosticPrinterRawOStream Printer(OS);
    Info.print(Printer);
    switch (Info.getSeverity()) {
    case DS_Error:
      Unit.HasError = true;
      Unit.say("error", Text);
      break;
    case DS_Warning:
      Unit.say("warning", Text);
      break;
    case DS_Note:
      Unit.say("note", Text);
      break;
    case DS_Remark:
      break; // nobody asked for them
    }
    return true;
  }

private:
  IrUnit &Unit;
};

void IrUnit::say(StringRef Severity, const Twine &Text) {
  Messages += (Input + ": " + Severity + ": " + Text + "\n").str();
}

Verdict IrUnit::fail(const Twine &Why) {
  return Verdict::failed((Input + ": " + Why).str());
}

void IrUnit::open(const IrCommand &TheCommand, std::string InputFile,
                  std::string OutputFile) {
  Command = &TheCommand;
  Input = std::move(InputFile);
  Output = std::move(OutputFile);
}

Verdict IrUnit::read(Verdict SkipCache) {
  Context = std::make_unique<LLVMContext>();
  Context->setDiagnosticHandler(std::make_unique<MessageCollector>(*this));
  SMDiagnostic Wrong;
  M = parseIRFile(Input, Wrong, *Context);
  if (!M) {
    std::string Where = Wrong.getLineNo() > 0
                            ? std::to_string(Wrong.getLineNo()) + ": "
                            : std::string();
    return fail("error: " + Where + Wrong.getMessage());
  }
  Expected<std::unique_ptr<TargetMachine>> Machine =
      createClangMachine(Command->Level);
  if (!Machine)
    return fail("error: " + toString(Machine.takeError()));
  TM = std::move(*Machine);
  if (M->getTargetTriple() != TM->getTargetTriple()) {
    if (!M->getTargetTriple().empty())
      say("warning", "overriding the module target triple with " +
                         TM->getTargetTriple().str());
    M->setTargetTriple(TM->getTargetTriple());
  }
  if (M->getDataLayout().isDefault())
    M->setDataLayout(TM->createDataLayout());
  Passes = std::make_unique<ModulePipeline>(*TM, Command->Level.tuning(),
                                            Command->Level.optimisation());
  return Command->Disabled ? std::move(SkipCache) : Verdict::next();
}

Verdict IrUnit::identify() {
  Compile =
      std::make_unique<ModuleCompile>(&Passes->builder(), Command->Process);
  Compile->keepStores();
  Compile->identify(*M, Command->Level.optimisation(), /*Wrapped=*/"",
                    /*Ordinal=*/0);
  Compile->leaveThread();
  return Verdict::next();
}

Verdict IrUnit::lookUp(Verdict OnHit) {
  Compile->enterThread();
  bool Hit = Compile->lookUpSource(*M);
  Compile->leaveThread();
  return Hit ? std::move(OnHit) : Verdict::next();
}

Verdict IrUnit::optimise() {
  if (Compile)
    Compile->enterThread();
  Passes->run(*M);
  Passes.reset();
  if (Compile)
    Compile->leaveThread();
  return HasError ? fail("error: cannot be optimised") : Verdict::next();
}

Verdict IrUnit::generate() {
  raw_svector_ostream OS(Object);
  bool Done = false;
  if (Compile) {
    Compile->enterThread();
    Done = Compile->generateCode(*M, *TM, CodeGenFileType::ObjectFile, OS);
    Compile->leaveThread();
  }
  if (!Done) {
    Expected<Bytes> Code =
        generateCode(*M, *TM, CodeGenFileType::ObjectFile, /*Verify=*/false);
    if (!Code)
      return fail("error: " + toString(Code.takeError()));
    Object = std::move(*Code);
  }
  M.reset();
  return HasError ? fail("error: no object can be made of it")
                  : Verdict::next();
}

Verdict IrUnit::store() {
  if (Compile)
    Compile->storeKept();
  return Verdict::next();
}

Verdict IrUnit::write() {
  Error Failed = writeToOutput(Output, [&](raw_ostream &OS) {
    OS.write(Object.data(), Object.size());
    return Error::success();
  });
  if (Failed)
    return fail("error: cannot write " + Output + ": " +
                toString(std::move(Failed)));
  return Verdict::next();
}

} // namespace hapax
