//===- SymbolTables.h - What symbol tables remember -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The part of a module in memory that no bitcode carries and that still
/// reaches its output: the state of its symbol tables.
///
///  - A counter makes names unique: the second `x` becomes `x1`, `x7`, ...
///    depending on how many collisions there were before, in values that may be
///    gone. Passes that run later, or on restored IR, name new values by it.
///  - Bitcode lists the local names of a function in the order of the hash
///    table's buckets, which depends on the table's size and on what was
///    removed from it.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_SYMBOLTABLES_H
#define HAPAX_IR_SYMBOLTABLES_H

#include "hapax/Cache/Digest.h"
#include "hapax/IR/OutputKind.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace llvm {
class Module;
} // namespace llvm

namespace hapax {

/// The state of the symbol tables of \p M and of the functions it defines, as
/// bytes that restoreSymbolTables() understands.
std::string saveSymbolTables(const llvm::Module &M);

/// Brings the symbol tables of \p M, which has the very contents that \p State
/// was saved from, into that state. False, and the tables are what they were,
/// for functions whose names are not those saved.
bool restoreSymbolTables(llvm::Module &M, llvm::StringRef State);

/// Digest of what of that state can reach an output of kind \p Kind: counters
/// always, the order of names only in bitcode.
Digest symbolTableDigest(const llvm::Module &M, OutputKind Kind);

} // namespace hapax

#endif // HAPAX_IR_SYMBOLTABLES_H
