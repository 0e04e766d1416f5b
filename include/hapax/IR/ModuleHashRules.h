//===- ModuleHashRules.h - What the module hash may ignore ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The conditions under which the module hash leaves something out. Each is
/// narrow on purpose: what does not clearly satisfy it is keyed.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_MODULEHASHRULES_H
#define HAPAX_IR_MODULEHASHRULES_H

#include "hapax/IR/OutputKind.h"
#include "llvm/ADT/StringRef.h"
#include <memory>

namespace llvm {
class GlobalValue;
class Instruction;
class MDNode;
class Module;
class TargetLibraryInfoImpl;
} // namespace llvm

namespace hapax {

class ModuleHashRules {
public:
  ModuleHashRules(const llvm::Module &M, OutputKind Kind);
  ~ModuleHashRules();

  /// Whether \p GV may be dropped provided that nothing in the module uses it:
  /// a declaration that says nothing beyond its name, type and attributes and
  /// whose name the compiler itself never looks up. A library function that is
  /// declared, though unused, steers what the optimiser puts in its place.
  /// Targets whose printers look at all declarations are excluded.
  bool isPlainDeclaration(const llvm::GlobalValue &GV) const;

  /// Whether \p Name of a struct type is one that clang gives to user types
  /// and that nothing looks up.
  bool isIgnoredStructName(llvm::StringRef Name) const;

  /// Whether any struct name can be ignored.
  bool ignoresStructNames() const { return StructNames; }

  /// Whether \p N, attached to \p I as "srcloc", is a place in the source as
  /// clang writes it for inline assembly and for calls with a message: then
  /// only messages contain it. What the node is, as opposed to which node it is
  /// and how many places it lists, may be dropped if \p N is attached in this
  /// way only and nothing else in the module refers to it.
  bool isIgnoredPlace(const llvm::Instruction &I, const llvm::MDNode &N) const;

  /// Whether any place can be ignored.
  bool ignoresPlaces() const { return Places; }

private:
  bool isKnownToCompiler(llvm::StringRef Name) const;

  const llvm::Module &M;
  bool Declarations;
  bool StructNames;
  bool Places;
  mutable std::unique_ptr<llvm::TargetLibraryInfoImpl> Library;
};

} // namespace hapax

#endif // HAPAX_IR_MODULEHASHRULES_H
