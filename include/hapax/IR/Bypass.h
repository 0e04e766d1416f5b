//===- Bypass.h - Why a compile is left alone -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A bypassed compile runs as if Hapax were absent: nothing is looked up and
/// nothing is stored. Each has a reason, which is counted and which `hapax why`
/// tells. This one table names them all; counters ("bypass.<name>"), messages
/// and documentation are made from it.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_BYPASS_H
#define HAPAX_IR_BYPASS_H

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace hapax {

/// X(Enumerator, "kebab-name", "what it means and what to do about it").
/// The names are part of the counters file: rename none, append new ones.
#define HAPAX_BYPASS_REASONS(X)                                                \
  X(UnknownHost, "unknown-host",                                               \
    "the process is not clang, flang, opt or llc; use one of those")           \
  X(UnclearCommand, "unclear-command",                                         \
    "the command line cannot be resolved for certain; compile through the "    \
    "`hapax` launcher, which passes the exact front-end arguments")            \
  X(UnclearOutput, "unclear-output",                                           \
    "what the compile is to produce cannot be told for certain; compile "      \
    "through the `hapax` launcher")                                            \
  X(OtherAction, "other-action",                                               \
    "the compile makes something other than an object, assembly or bitcode "   \
    "(a precompiled header or module, an analysis, ...)")                      \
  X(NoOutput, "no-output",                                                     \
    "the compile discards its output; nothing to cache")                       \
  X(PartialPipeline, "partial-pipeline",                                       \
    "only a part of code generation runs (-run-pass, -start-*, -stop-*, MIR)") \
  X(OtherPlugin, "other-plugin",                                               \
    "another compiler plugin is loaded and may do anything; drop it to cache") \
  X(Offload, "offload",                                                        \
    "an offloading compile whose jobs cannot be told apart; compile through "  \
    "the `hapax` launcher")                                                    \
  X(SplitDwarf, "split-dwarf",                                                 \
    "-gsplit-dwarf writes a second file; use -g without it to cache")          \
  X(StackUsage, "stack-usage", "-fstack-usage writes a second file")           \
  X(GcovNotes, "gcov-notes",                                                   \
    "gcov instrumentation (--coverage) writes a notes file; "                  \
    "-fprofile-instr-generate -fcoverage-mapping is cached")                   \
  X(OptimisationRecord, "optimisation-record",                                 \
    "-fsave-optimization-record writes a second file")                         \
  X(Remarks, "remarks", "optimisation remarks (-Rpass...) are asked for")      \
  X(TimeTrace, "time-trace", "-ftime-trace records the real compile")          \
  X(Statistics, "statistics",                                                  \
    "statistics or timers of the compiler are asked for (-ftime-report, "      \
    "-stats, -save-stats)")                                                    \
  X(DumpOption, "dump-option",                                                 \
    "an option makes the compiler print, dump or draw while it works "         \
    "(-print-*, -debug*, -dot-*, -view-*, ...)")                               \
  X(SecureLog, "secure-log", "the assembler's secure log is asked for")        \
  X(SaveTemps, "save-temps", "-save-temps keeps files between the stages")     \
  X(FatLto, "fat-lto", "-ffat-lto-objects puts bitcode beside machine code")   \
  X(EmbedBitcode, "embed-bitcode",                                             \
    "-fembed-bitcode puts bitcode and the command line into the object")       \
  X(FileSystemOverlay, "file-system-overlay",                                  \
    "a virtual file system overlay decides which files are read")              \
  X(UnreadableFile, "unreadable-file",                                         \
    "an argument names something whose content cannot be keyed (a pipe, a "    \
    "device, a directory, or an unreadable file)")                             \
  X(AsmReadsFiles, "asm-reads-files",                                          \
    "inline or module assembly may read files or builds its directives by "    \
    "macros (.incbin, .include, .macro, .irp, ...)")                           \
  X(ImpurePass, "impure-pass",                                                 \
    "the wrapped pipeline contains a pass that prints or writes, or one that " \
    "is not known to depend on the IR alone")                                  \
  X(NoBuildId, "no-build-id",                                                  \
    "a loaded program or library has neither a build id nor a readable file")  \
  X(BackendDiagnostic, "backend-diagnostic",                                   \
    "optimiser or code generator emitted a diagnostic, which a hit would "     \
    "lose")                                                                    \
  X(SourceLines, "source-lines",                                               \
    "the BPF back end copies lines of the source files into the object; "      \
    "compile without -g to cache")                                             \
  X(TimeStamp, "time-stamp",                                                   \
    "COFF objects for incremental linking contain the time of day; use "       \
    "-mno-incremental-linker-compatible to cache")                             \
  X(HiddenOption, "hidden-option",                                             \
    "a JIT compiles under an LLVM option whose value its command line does "   \
    "not show; tell it in JitCacheOptions::LlvmArguments")                     \
  X(UnreadModule, "unread-module",                                             \
    "the module has not been read completely; materialise it before a JIT "    \
    "compiles it")

enum class BypassReason : uint8_t {
#define X(Enumerator, Name, Text) Enumerator,
  HAPAX_BYPASS_REASONS(X)
#undef X
};

/// One row of the table above.
struct BypassEntry {
  BypassReason Reason;
  std::string_view Name;        ///< lower-case words joined by '-'
  std::string_view Explanation; ///< one line: what it means, and the remedy
};

/// All reasons, in the order of the enumeration.
std::span<const BypassEntry> bypassTable();

std::string_view name(BypassReason Reason);
std::string_view explanation(BypassReason Reason);
/// The inverse of name().
std::optional<BypassReason> bypassReason(std::string_view Name);

/// A reason and the argument, file or setting that brought it about.
struct BypassInfo {
  BypassReason Reason;
  std::string Detail;

  BypassInfo(BypassReason Reason, std::string Detail = {})
      : Reason(Reason), Detail(std::move(Detail)) {}
};

} // namespace hapax

#endif // HAPAX_IR_BYPASS_H
