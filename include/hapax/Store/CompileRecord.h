//===- CompileRecord.h - What happened to the last compiles -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A record of the last compile of each source file and of the one before, so
/// that `hapax why FILE` can tell what happened and what had changed, also for
/// compilers that were started without the launcher.
///
/// The bound: at most RecordLimits::Sources sources and RecordLimits::Bytes
/// bytes, oldest compiles go first; kept by a sweep that one write in
/// RecordLimits::SweepEvery does, so for a while there can be that many more.
///
/// Records are a help for people. Losing one is no error: writing fails
/// silently, and reading takes whatever bytes it finds. The grammar of a record
/// stands in CompileRecord.cpp.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_COMPILERECORD_H
#define HAPAX_STORE_COMPILERECORD_H

#include "hapax/Cache/Digest.h"
#include "hapax/IR/KeyFields.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llvm {
class Module;
} // namespace llvm

namespace hapax {

struct Config;
class ModuleHash;

struct RecordLimits {
  static constexpr size_t Sources = 4096;
  static constexpr uint64_t Bytes = uint64_t(128) << 20;
  /// One write in this many sweeps, on average.
  static constexpr unsigned SweepEvery = 128;
  /// Longest text of one value; the rest is cut.
  static constexpr size_t Value = 16 << 10;
  /// Longest record; functions that do not fit are left out and counted.
  static constexpr size_t Record = 1 << 20;
  /// Most names of functions in shards that were compiled.
  static constexpr size_t Dirty = 64;
};

/// The hash of one function or variable that the module defines.
struct NamedHash {
  std::string Name;
  Digest Hash;
  /// Where a function begins, as its debug information says; else empty and 0.
  std::string File = {};
  uint32_t Line = 0;
  /// What a string constant says, where that may tell why it changes: a time, a
  /// date, a path (TellingText.h).
  std::string Text = {};
  bool operator==(const NamedHash &) const = default;
};

/// How shards served a compile that was to use them. A plain value.
struct ShardRecord {
  uint32_t Count = 0, Compiled = 0;
  /// Why the module was compiled as a whole: the name of a refusal, or empty.
  std::string Refused = {};
  /// Functions in the shards that were compiled, where that were not all:
  /// symbol names, and how many more there are.
  std::vector<std::string> Dirty = {};
  uint64_t MoreDirty = 0;
  bool operator==(const ShardRecord &) const = default;
};

/// What happened to one compile. A plain value.
struct CompileRecord {
  /// "hit", "miss" or "bypass".
  std::string Outcome;
  /// Hit: the level of the key that hit. Else the name of the reason.
  std::string Reason;
  /// What a person may want to know besides.
  std::string Detail;
  /// The source as the compiler knows it; write() makes it absolute.
  std::string Source;
  /// Working directory of the compiler; write() fills it in when empty.
  std::string WorkingDirectory;
  /// "object", "assembly" or "bitcode", when known.
  std::string Kind;
  /// The compiler; write() puts the name of this process's program when empty.
  std::string Tool;
  /// The object file, where the command names it; write() makes it absolute.
  std::string Output;
  /// The tier that had the entry of a hit, or some of the shards ("disk", ...).
  std::string Tier;
  /// The name space of the key.
  std::string Namespace;
  /// The source file's name as the module has it, and the directory that its
  /// debug information begins with. Both are in the hashes.
  std::string SourceName, DebugDirectory;
  /// When the compile ended: milliseconds since 1970, UTC; write() puts the
  /// present when zero.
  int64_t TimeMs = 0;
  /// CPU milliseconds that the compile took, without the front end.
  uint32_t CostMs = 0;
  /// What a hit saved: CPU milliseconds.
  uint32_t SavedMs = 0;
  /// How long the compile took, without the front end: microseconds. Of a
  /// bypass neither is known: both end where it was found to be one.
  uint64_t WallUs = 0;
  /// CPU microseconds that the process had spent before its first compile: the
  /// front end, for a compiler. 0 for its further compiles.
  uint64_t FrontUs = 0;
  std::optional<ShardRecord> Shards;
  std::optional<CacheKey> Key;
  /// Digest of the whole module.
  std::optional<Digest> Module;
  /// What of the module is neither function nor variable, e.g. "metadata".
  std::vector<NamedHash> Parts;
  /// What the module defines. Metadata is not in the hashes of these but in
  /// Parts; the lines of instructions are in those of functions.
  std::vector<NamedHash> Functions, Variables;
  /// Functions and variables that the record had no room for.
  uint64_t Cut = 0;
  std::vector<KeyField> Fields;

  bool operator==(const CompileRecord &) const = default;

  /// Sets Key, and what is told of the module: Module, Parts, Functions,
  /// Variables, SourceName and DebugDirectory. \p Hash is of \p M.
  void setKey(const CacheKey &Of, const ModuleHash &Hash,
              const llvm::Module &M);

  /// Publishes this as the last compile of Source; what was the last becomes
  /// the one before. Atomic for readers. Fails silently and then leaves the
  /// old records (at worst without the last). Thread-safe.
  void write(const Config &Settings) const;

  /// As a file's content, and back: parse(print()) restores all but what the
  /// limits cut. Total: any bytes are a record or std::nullopt.
  std::string print() const;
  static std::optional<CompileRecord> parse(std::string_view Text);
};

/// The last two compiles of one source.
struct CompileHistory {
  CompileRecord Current;
  std::optional<CompileRecord> Previous;
};

/// The records of \p Source (taken from \p WorkingDirectory when relative), if
/// there are any.
std::optional<CompileHistory> loadRecords(const Config &Settings,
                                          const std::string &Source,
                                          const std::string &WorkingDirectory);

/// Hands the records of each source to \p Do, in no order, until it returns
/// false. One source's records are in memory at a time.
void forEachSource(const Config &Settings,
                   const std::function<bool(CompileHistory)> &Do);

/// The file that holds the last record of \p Source; the one before lies beside
/// it with ".prev" added. Symbolic links in the source's path are resolved, so
/// that every way to name a file leads to its record.
std::string recordFile(const Config &Settings, const std::string &Source,
                       const std::string &WorkingDirectory);

/// Removes the oldest records until both bounds hold with a tenth to spare, and
/// temporary files that crashed writers left. What cannot be removed stays.
void sweepRecords(const std::string &RecordsDirectory, size_t MaxSources,
                  uint64_t MaxBytes);

/// What differs between two compiles.
struct RecordDiff {
  struct FieldChange {
    std::string Tag;
    /// The values of this tag that only one side has, joined by spaces.
    std::string Before, Now;
  };
  /// Names, sorted.
  struct Names {
    std::vector<std::string> Changed, Added, Removed;
    /// What begins at another line than before and has another hash, for which
    /// the lines alone may be the reason. Not in Changed.
    std::vector<std::string> Moved;
    bool empty() const {
      return Changed.empty() && Added.empty() && Removed.empty() &&
             Moved.empty();
    }
  };
  /// In the order of the key's fields.
  std::vector<FieldChange> Fields;
  Names Parts, Functions, Variables;
  /// Both digests of the module are known and they differ.
  bool ModuleChanged = false;
};
RecordDiff diffRecords(const CompileRecord &Now, const CompileRecord &Before);

} // namespace hapax

#endif // HAPAX_STORE_COMPILERECORD_H
