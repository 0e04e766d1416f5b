//===- DiagnosticWatch.cpp - Notices that a compile had something to say --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "DiagnosticWatch.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/LLVMContext.h"

using namespace llvm;

namespace hapax {

/// Outlives the handler: the context may destroy that at any time.
struct DiagnosticWatch::State {
  bool Saw = false;
  const DiagnosticHandler *Installed = nullptr;
};

struct DiagnosticWatch::Handler final : DiagnosticHandler {
  Handler(std::shared_ptr<State> Shared,
          std::unique_ptr<DiagnosticHandler> Inner)
      : DiagnosticHandler(Inner ? Inner->DiagnosticContext : nullptr),
        Shared(std::move(Shared)), Inner(std::move(Inner)) {
    if (this->Inner) {
      HasErrors = this->Inner->HasErrors;
      // Not used by our override; there for those who ask the context for it.
      DiagHandlerCallback = this->Inner->DiagHandlerCallback;
    }
  }
  ~Handler() override { Shared->Installed = nullptr; }

  bool handleDiagnostics(const DiagnosticInfo &Info) override {
    if (Info.getSeverity() != DS_Remark)
      Shared->Saw = true;
    if (!Inner)
      return false;
    Inner->HasErrors |= HasErrors;
    bool Handled = Inner->handleDiagnostics(Info);
    HasErrors |= Inner->HasErrors;
    return Handled;
  }
  bool isAnalysisRemarkEnabled(StringRef Pass) const override {
    return Inner ? Inner->isAnalysisRemarkEnabled(Pass)
                 : DiagnosticHandler::isAnalysisRemarkEnabled(Pass);
  }
  bool isMissedOptRemarkEnabled(StringRef Pass) const override {
    return Inner ? Inner->isMissedOptRemarkEnabled(Pass)
                 : DiagnosticHandler::isMissedOptRemarkEnabled(Pass);
  }
  bool isPassedOptRemarkEnabled(StringRef Pass) const override {
    return Inner ? Inner->isPassedOptRemarkEnabled(Pass)
                 : DiagnosticHandler::isPassedOptRemarkEnabled(Pass);
  }
  bool isAnyRemarkEnabled() const override {
    return Inner ? Inner->isAnyRemarkEnabled()
                 : DiagnosticHandler::isAnyRemarkEnabled();
  }

  std::shared_ptr<State> Shared;
  std::unique_ptr<DiagnosticHandler> Inner;
};

DiagnosticWatch::DiagnosticWatch() = default;
DiagnosticWatch::~DiagnosticWatch() = default;
DiagnosticWatch::DiagnosticWatch(DiagnosticWatch &&) noexcept = default;
DiagnosticWatch &
DiagnosticWatch::operator=(DiagnosticWatch &&) noexcept = default;

void DiagnosticWatch::install(LLVMContext &Context) {
  Shared = std::make_shared<State>();
  auto Ours = std::make_unique<Handler>(Shared, Context.getDiagnosticHandler());
  Shared->Installed = Ours.get();
  Context.setDiagnosticHandler(std::move(Ours));
}

void DiagnosticWatch::remove(LLVMContext &Context) {
  if (!isInstalled(Context))
    return;
  std::unique_ptr<DiagnosticHandler> Ours = Context.getDiagnosticHandler();
  auto *Watching = static_cast<Handler *>(Ours.get());
  if (Watching->Inner)
    Watching->Inner->HasErrors |= Watching->HasErrors;
  Context.setDiagnosticHandler(std::move(Watching->Inner));
}

bool DiagnosticWatch::isInstalled(const LLVMContext &Context) const {
  return Shared && Shared->Installed &&
         Context.getDiagHandlerPtr() == Shared->Installed;
}

bool DiagnosticWatch::sawDiagnostic() const { return Shared && Shared->Saw; }

} // namespace hapax
