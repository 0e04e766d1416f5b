//===- Refusal.h - Why a module is compiled as a whole ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_REFUSAL_H
#define HAPAX_SHARD_REFUSAL_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace hapax {

/// Why a module is not cut into shards. Counted by name; never an error.
enum class Refusal : uint8_t {
  Small,           ///< Too few instructions to be worth it.
  Target,          ///< Not an x86-64 ELF object in the small code model.
  OtherPipeline,   ///< Passes that only the compiler knows how to set up.
  DebugInfo,       ///< Debug information in several units or files.
  ModuleAsm,       ///< Assembly that belongs to the module as a whole.
  Ifunc,           ///< Symbols that are resolved by a function at load time.
  AsmReadsFiles,   ///< Inline assembly that may read or write files.
  AsmNamesLocal,   ///< Inline assembly that spells the name of a local symbol.
  Instrumented,    ///< Sanitizers, profiles, coroutines: module-wide passes.
  SpecialVariable, ///< A variable of LLVM's own that we do not know.
  NamedMetadata,   ///< Named metadata that we do not know how to divide.
  GlobalMetadata,  ///< Metadata that names functions or variables.
  OneCluster,      ///< Everything hangs together.
  Diagnostic,      ///< A shard's compile has something to say.
  NoObject,        ///< A shard's code cannot be generated or merged.
  Resources,       ///< No threads or memory: it says nothing of the module.
};

llvm::StringRef name(Refusal Why);

} // namespace hapax

#endif // HAPAX_SHARD_REFUSAL_H
