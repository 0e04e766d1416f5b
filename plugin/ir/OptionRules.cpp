//===- OptionRules.cpp - Which options and passes are not pure --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// LLVM has more than three thousand options of its own, and new ones in every
// version, so no list can name those that write something besides the IR. But
// their names tell: an option is judged by the words between its dashes. A few
// names that contain such a word and are harmless are listed. Passes, on the
// other hand, are few enough to list those that are pure (PurePasses.def).
//
//===----------------------------------------------------------------------===//
#include "Arguments.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace hapax;
using namespace llvm;

/// The reason that one word of an option's name is, if any.
static std::optional<BypassReason> judge(StringRef Word) {
  return StringSwitch<std::optional<BypassReason>>(Word)
      .Cases({"stats", "statistics", "timers", "time"},
             BypassReason::Statistics)
      .Cases({"track", "perf"}, BypassReason::Statistics)
      .Cases({"remark", "remarks"}, BypassReason::Remarks)
      .Cases({"print", "printer", "printing", "dump", "dumpafter"},
             BypassReason::DumpOption)
      .Cases({"dot", "dotcfg", "view", "viewbfi", "show", "display"},
             BypassReason::DumpOption)
      .Cases({"debug", "debugdiv", "debugmod", "verbose", "report"},
             BypassReason::DumpOption)
      .Cases({"trace", "log", "write", "export", "output", "reproducers"},
             BypassReason::DumpOption)
      .Cases({"bisect", "interactive", "classify", "crash"},
             BypassReason::DumpOption)
      .StartsWith("debugify", BypassReason::DumpOption)
      .Default(std::nullopt);
}

/// Options whose names sound worse than they are: they shape the output and
/// write nothing else. By their beginnings.
static bool isHarmless(StringRef Name) {
  static constexpr StringLiteral Harmless[] = {
      "crash-diagnostics-dir",
      "debug-entry-values",
      "debug-info-for-profiling",
      "disable-auto-upgrade-debug-info",
      "disable-debug-info-type-map",
      "disable-output",
      "emit-func-debug-line-table-offsets",
      "experimental-debug-variable-locations",
      "interpreter-print-volatile",
      "machine-trace-metrics",
      "mergefunc-preserve-debug-info",
      "opt-disable-enable-verbosity",
      "sanitizer-coverage-trace-",
      "sanitizer-coverage-gated-trace-",
      "strip-debug",
      "tsan-compound-read-before-write",
      "tsan-instrument-read-before-write",
      "unroll-runtime",
      "use-gnu-debug-macro",
      "write-relbf-to-summary",
  };
  return any_of(Harmless,
                [&](StringRef Prefix) { return Name.starts_with(Prefix); });
}

std::optional<BypassInfo> hapax::findOptionBypass(StringRef Option) {
  StringRef Name = Option.ltrim('-').split('=').first;
  if (Name == "as-secure-log-file")
    return BypassInfo(BypassReason::SecureLog, Option.str());
  if (Name == "time-trace" || Name.starts_with("time-trace-"))
    return BypassInfo(BypassReason::TimeTrace, Option.str());
  if (Name == "split-dwarf-file" || Name == "split-dwarf-output")
    return BypassInfo(BypassReason::SplitDwarf, Option.str());
  if (isHarmless(Name))
    return std::nullopt;
  SmallVector<StringRef> Words;
  Name.split(Words, '-');
  for (StringRef Word : Words)
    if (std::optional<BypassReason> Reason = judge(Word))
      return BypassInfo(*Reason, Option.str());
  return std::nullopt;
}

static bool isPure(StringRef Pass) {
  static constexpr StringLiteral Pure[] = {
#define PURE_PASS(Name) Name,
#include "PurePasses.def"
  };
  return is_contained(Pure, Pass);
}

std::optional<BypassInfo> hapax::findPipelineBypass(StringRef Pipeline) {
  // Names stand between commas and parentheses; parameters in angle brackets
  // belong to the name before them.
  unsigned Depth = 0;
  std::string Name;
  auto Judge = [&]() -> std::optional<BypassInfo> {
    StringRef Pass = StringRef(Name).trim();
    if (!Pass.empty() && !isPure(Pass))
      return BypassInfo(BypassReason::ImpurePass, Pass.str());
    Name.clear();
    return std::nullopt;
  };
  for (char C : Pipeline) {
    if (C == '<') {
      ++Depth;
    } else if (C == '>' && Depth > 0) {
      --Depth;
    } else if (Depth == 0 && (C == ',' || C == '(' || C == ')')) {
      if (auto Found = Judge())
        return Found;
    } else if (Depth == 0) {
      Name += C;
    }
  }
  return Judge();
}
