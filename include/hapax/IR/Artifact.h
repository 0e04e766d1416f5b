//===- Artifact.h - What a compile leaves behind ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The three kinds of result that Hapax stores (object code, assembly text,
/// optimised bitcode): how each is made on a miss, and what happens to the
/// module in memory on a hit.
///
/// None of these functions is thread-safe with respect to the module's context.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_ARTIFACT_H
#define HAPAX_IR_ARTIFACT_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <memory>
#include <string>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace hapax {

using Bytes = llvm::SmallVector<char, 0>;

/// Erases every function, variable, alias and ifunc, the comdats, the module
/// assembly and all named metadata. What required passes see afterwards is an
/// empty module. Identity (name, triple, data layout, source file) stays.
///
/// Everything goes, not only the bodies: instrumentation passes that cannot be
/// skipped crash on declarations they expect a body for, and aliases must not
/// point to declarations.
void eraseContents(llvm::Module &M);

/// Leaves \p M as eraseContents() does, but what was in it lives on, out of
/// sight, until its context goes: taking a large module apart costs as much as
/// a good part of hashing it, and a compiler that is about to exit never does.
void leaveContentsToContext(llvm::Module &M);

/// Runs code generation for \p M as clang does and returns the bytes. Fails
/// when the target cannot emit \p FileType; the module is then unchanged.
/// \p Verify adds the IR and machine verifiers where clang would.
llvm::Expected<Bytes> generateCode(llvm::Module &M, llvm::TargetMachine &TM,
                                   llvm::CodeGenFileType FileType, bool Verify);

/// Bitcode of \p M with the order of all use lists and with what else
/// StoredModule needs to put the module back exactly: see Extras in
/// Artifact.cpp. The module is the same afterwards.
Bytes writeBitcode(llvm::Module &M);

/// Whether two pieces of bitcode describe the same module: equal bytes do; else
/// their module hashes decide, since bitcode also lists what its context
/// happened to know besides the module (kinds of metadata that it had seen).
bool isSameBitcode(llvm::MemoryBufferRef A, llvm::MemoryBufferRef B);

/// Optimised IR that waits to take the place of a module's contents.
///
/// Reading and moving in are two steps: the first can fail and then leaves the
/// module as it was; the second cannot.
class StoredModule {
public:
  /// Reads \p Bitcode into the context of \p Old. Takes names of \p Old away
  /// first that what is read would be mixed up with (OldNames.h); on failure
  /// they are put back.
  static llvm::Expected<StoredModule> read(llvm::MemoryBufferRef Bitcode,
                                           llvm::Module &Old);

  /// Replaces all contents of \p M (of the same context) by what was read.
  void moveInto(llvm::Module &M) &&;

  StoredModule(StoredModule &&) noexcept;
  StoredModule &operator=(StoredModule &&) noexcept;
  ~StoredModule();

private:
  StoredModule(std::unique_ptr<llvm::Module> Contents,
               std::string SymbolTables);
  std::unique_ptr<llvm::Module> Contents;
  std::string SymbolTables;
};

} // namespace hapax

#endif // HAPAX_IR_ARTIFACT_H
