//===- Refusal.h - Why a module is compiled as a whole ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_REFUSAL_H
#define HAPAX_SHARD_REFUSAL_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>

namespace hapax {

/// Why a module is not cut into shards. Counted by name; never an error.
/// X(Enumerator, "kebab-name", "what it means and what to do about it")
#define HAPAX_REFUSALS(X)                                                      \
  X(Small, "small",                                                            \
    "it has too few instructions to be worth it (HAPAX_SHARDS_MIN)")           \
  X(Target, "target", "it is no x86-64 ELF object in the small code model")    \
  X(OtherPipeline, "other-pipeline",                                           \
    "the compiler sets up passes that only it knows, e.g. for a profile")      \
  X(DebugInfo, "debug-info",                                                   \
    "its debug information is in several units or files")                      \
  X(ModuleAsm, "module-asm", "it has assembly outside of functions")           \
  X(Ifunc, "ifunc", "it has symbols that are resolved at load time (ifunc)")   \
  X(AsmReadsFiles, "asm-reads-files",                                          \
    "its inline assembly may read or write files")                             \
  X(AsmNamesLocal, "asm-names-local",                                          \
    "its inline assembly spells the name of a local symbol")                   \
  X(Instrumented, "instrumented",                                              \
    "sanitizers, profiles and coroutines take passes over the whole module")   \
  X(SpecialVariable, "special-variable",                                       \
    "it has a variable of LLVM's own whose division is not known")             \
  X(NamedMetadata, "named-metadata",                                           \
    "it has named metadata whose division is not known")                       \
  X(GlobalMetadata, "global-metadata",                                         \
    "it has metadata that names functions or variables")                       \
  X(OneCluster, "one-cluster", "all of it hangs together")                     \
  X(Diagnostic, "diagnostic",                                                  \
    "the compile of a part has something to say, which only the compiler "     \
    "can say")                                                                 \
  X(NoObject, "no-object", "the code of a part cannot be generated or merged") \
  X(Resources, "resources",                                                    \
    "there were no threads or memory for it; that says nothing of the module")

enum class Refusal : uint8_t {
#define X(Enumerator, Name, Text) Enumerator,
  HAPAX_REFUSALS(X)
#undef X
};

llvm::StringRef name(Refusal Why);
/// Half a sentence, of the module.
llvm::StringRef explanation(Refusal Why);
/// The inverse of name().
std::optional<Refusal> refusal(llvm::StringRef Name);

} // namespace hapax

#endif // HAPAX_SHARD_REFUSAL_H
