//===- DiagnosticWatch.h - Notices what a compile says ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A stored result carries no diagnostics, so a compile whose optimiser or code
/// generator emitted one must not be stored: the next compile has to say it
/// again.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SESSION_DIAGNOSTICWATCH_H
#define HAPAX_SESSION_DIAGNOSTICWATCH_H

#include <memory>

namespace llvm {
class LLVMContext;
} // namespace llvm

namespace hapax {

/// Watches the diagnostics of a context from install() to remove(). Every
/// diagnostic still reaches the handler that was there before. Belongs to the
/// thread that uses the context.
class DiagnosticWatch {
public:
  DiagnosticWatch();
  ~DiagnosticWatch();
  DiagnosticWatch(DiagnosticWatch &&) noexcept;
  DiagnosticWatch &operator=(DiagnosticWatch &&) noexcept;

  /// Puts itself between \p Context and its handler.
  void install(llvm::LLVMContext &Context);
  /// Gives the context its own handler back, unless somebody else has installed
  /// another one in between. Harmless when nothing is installed.
  void remove(llvm::LLVMContext &Context);
  /// Whether nobody has put another handler in place of this one since
  /// install(): what that one heard is not known here.
  bool isInstalled(const llvm::LLVMContext &Context) const;
  /// Whether a warning, an error or a note passed by since install(). Stays
  /// true after remove().
  bool sawDiagnostic() const;

private:
  struct Handler;
  struct State;
  std::shared_ptr<State> Shared;
};

} // namespace hapax

#endif // HAPAX_SESSION_DIAGNOSTICWATCH_H
