//===- Attempt.cpp - A module between look-up and object ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Attempt.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ValueHandle.h"

using namespace llvm;

namespace hapax {

/// Belongs to the module: goes when the global does, unless it was taken off.
struct ModuleMark::Handle final : CallbackVH {
  std::shared_ptr<std::atomic<bool>> Alive;

  Handle(GlobalValue *On, std::shared_ptr<std::atomic<bool>> Alive)
      : CallbackVH(On), Alive(std::move(Alive)) {}
  void deleted() override {
    *Alive = false;
    delete this;
  }
};

/// A definition that others refer to stays where it is while the module is
/// compiled; the rest may be optimised away, which only costs a store.
static const GlobalValue *globalToMark(const Module &M) {
  const GlobalValue *Shared = nullptr, *Any = nullptr;
  for (const GlobalValue &G : M.global_values()) {
    if (G.isDeclaration())
      continue;
    if (G.hasExternalLinkage())
      return &G;
    if (!Shared && !G.hasLocalLinkage())
      Shared = &G;
    Any = &G;
  }
  return Shared ? Shared : Any;
}

ModuleMark::ModuleMark(const Module &M) {
  const GlobalValue *On = globalToMark(M);
  if (!On)
    return;
  Alive = std::make_shared<std::atomic<bool>>(true);
  OnModule = new Handle(const_cast<GlobalValue *>(On), Alive);
}

void ModuleMark::remove() {
  if (isAlive())
    delete OnModule;
  Alive.reset();
  OnModule = nullptr;
}

void Attempts::add(Attempt New) {
  LLVMContext &Context = New.M->getContext();
  New.Mark = ModuleMark(*New.M);
  if (!New.Mark.isAlive())
    return;
  New.Watch.install(Context);
  std::lock_guard Guard(Lock);
  if (ByContext.size() >= SweepAt) {
    for (auto I = ByContext.begin(), End = ByContext.end(); I != End;) {
      auto Here = I++;
      if (!Here->second.Mark.isAlive())
        ByContext.erase(Here);
    }
    SweepAt = 64 + 2 * ByContext.size();
  }
  ByContext.insert_or_assign(&Context, std::move(New));
}

std::optional<Attempt> Attempts::takeOf(LLVMContext &Context) {
  std::lock_guard Guard(Lock);
  auto Found = ByContext.find(&Context);
  if (Found == ByContext.end())
    return std::nullopt;
  std::optional<Attempt> Taken = std::move(Found->second);
  ByContext.erase(Found);
  return Taken;
}

std::optional<Attempt> Attempts::take(const Module &M) {
  std::optional<Attempt> Taken = takeOf(M.getContext());
  if (!Taken)
    return std::nullopt;
  bool IsSame = Taken->M == &M && Taken->Mark.isAlive();
  Taken->Mark.remove();
  if (IsSame)
    return Taken;
  Taken->Watch.remove(M.getContext());
  return std::nullopt;
}

void Attempts::forget(LLVMContext &Context) {
  if (std::optional<Attempt> Left = takeOf(Context)) {
    Left->Mark.remove();
    Left->Watch.remove(Context);
  }
}

size_t Attempts::size() const {
  std::lock_guard Guard(Lock);
  return ByContext.size();
}

} // namespace hapax
