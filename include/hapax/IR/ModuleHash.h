//===- ModuleHash.h - Structural hash of a module ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The structural, complete hash of an IR module and its parts.
///
/// Everything that bitcode with use-list orders can express is in the hash.
/// The exceptions are the whole list below; what is not on it is keyed.
///
///   what                              | Object    | Assembly  | Bitcode
///   ----------------------------------+-----------+-----------+----------
///   module identifier (ModuleID)      | ignored * | ignored * | ignored *
///   plain declarations nothing uses   | ignored   | ignored   | keyed
///   struct type names given by clang  | ignored + | keyed     | keyed
///   places of asm and calls (!srcloc) | ignored = | ignored = | keyed
///   comdats that no global is in      | ignored   | ignored   | ignored
///   use order of MetadataAsValue      | ignored   | ignored   | ignored
///
///   *  AddressSanitizer writes the module identifier into the object. Set
///      ModuleHashOptions::ModuleName where such a pass can run.
///   +  where the context discards value names and the module has no debug
///      info; else keyed (debug info of coroutine frames repeats them).
///   =  which calls share a node, and how many places it lists, stay keyed.
///
/// "Plain declaration", "given by clang" and "place" are the predicates of
/// ModuleHashRules.h. Names of arguments, blocks and instructions are always
/// keyed where they exist: sanitizers and outlining copy them into strings and
/// symbols. Modules made by clang in its default mode have none.
///
/// Keyed although bitcode does not show it, because passes can see it: uses of
/// a value by dead constants, that a debug location on an instruction is
/// distinct, and the upper half of a location's atom group.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_MODULEHASH_H
#define HAPAX_IR_MODULEHASH_H

#include "hapax/Cache/Digest.h"
#include "hapax/IR/OutputKind.h"
#include "hapax/IR/SourceLine.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include <memory>
#include <string>

namespace llvm {
class GlobalValue;
class MDNode;
class Module;
} // namespace llvm

namespace hapax {

struct ModuleHashOptions {
  OutputKind Kind = OutputKind::Object;
  /// Key the module identifier as well (see the file comment).
  bool ModuleName = false;
  /// Key the order of uses. False where the compiler gets the module as bitcode
  /// without that order: it is then what the reader makes of the rest.
  bool UseOrder = true;
  /// False: the digests of globals leave open which lines the places of
  /// instructions are, and tell only which of GlobalHash::Lines each is.
  bool Lines = true;
  /// Names that stand in for those of some globals. Borrowed; null: none.
  const llvm::DenseMap<const llvm::GlobalValue *, std::string> *Names = nullptr;
};

/// Digest of everything in \p M that can reach an output of the given kind.
/// Does not change the module; writes no bitcode. The module must be fully
/// read (not lazily loaded). Equal in every process and for every layout of
/// memory. Not thread-safe with respect to the module's context.
Digest hashModule(const llvm::Module &M, ModuleHashOptions Options);

/// The hash of one global value: a function with its body, a variable with its
/// initializer, an alias, an ifunc, or a declaration.
struct GlobalHash {
  const llvm::GlobalValue *Global = nullptr;
  /// Everything the global says itself: properties, body, constants, names of
  /// the globals it refers to. Not what those globals contain, nor what the
  /// metadata nodes contain: of these it knows which operand names which entry
  /// of the list Metadata, so that two equal nodes do not pass for one.
  /// It does not change when other globals of the module do, but for two rare
  /// cases: references to unnamed globals and to structs without a name count
  /// these in module order.
  Digest Content;
  /// The globals referred to, each once, in order of first mention. Includes
  /// those inside constant expressions, not those inside metadata nodes.
  llvm::ArrayRef<const llvm::GlobalValue *> Globals;
  /// The metadata nodes referred to, each once, in order of first mention.
  /// MetadataComponents.h tells what they contain.
  llvm::ArrayRef<const llvm::MDNode *> Metadata;
  /// Without ModuleHashOptions::Lines: the lines that instructions come from,
  /// each once, in order of first mention. Empty otherwise.
  llvm::ArrayRef<SourceLine> Lines;
};

/// The hash of a module and of its parts. The module must outlive this object
/// and must not change while the parts are read.
class ModuleHash {
public:
  ModuleHash(const llvm::Module &M, ModuleHashOptions Options);
  ~ModuleHash();
  ModuleHash(ModuleHash &&) noexcept;
  ModuleHash &operator=(ModuleHash &&) noexcept;

  /// What hashModule() returns: covers the parts below, their order, all
  /// metadata, the order of uses across functions and the module's own fields.
  Digest digest() const;
  /// The module's own fields: target, data layout, source file name, module
  /// assembly, module flags by content excluded (they are metadata).
  Digest header() const;
  /// All metadata nodes, strings and named metadata.
  Digest metadata() const;
  /// The order of the uses of globals and constants, where it is not the order
  /// in which the module mentions them.
  Digest useOrder() const;
  /// Every global that the list of the file comment does not drop: variables,
  /// functions, aliases, ifuncs, each in module order.
  llvm::ArrayRef<GlobalHash> globals() const;
  /// Whether a function of the module has inline assembly: nobody else needs to
  /// walk over all instructions to find out.
  bool hasInlineAsm() const;

private:
  struct State;
  std::unique_ptr<State> Impl;
};

} // namespace hapax

#endif // HAPAX_IR_MODULEHASH_H
