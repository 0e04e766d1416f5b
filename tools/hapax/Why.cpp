//===- Why.cpp - hapax why, hapax key -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Commands.h"
#include "Tool.h"
#include "hapax/IR/Bypass.h"
#include "hapax/Store/CompileRecord.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <ctime>
#include <expected>

using namespace llvm;

namespace hapax {

namespace {

/// The records of the one file in \p Args, or the exit code.
std::expected<CompileHistory, int> history(StringRef Command, Arguments Args) {
  if (Args.size() != 1 ||
      (Args.front().starts_with('-') && Args.front() != "-"))
    return std::unexpected(badUsage(Command, "one source file is needed"));
  SmallString<128> Here;
  (void)sys::fs::current_path(Here);
  std::optional<CompileHistory> Found =
      loadRecords(settingsOfTool(), Args.front().str(), Here.str().str());
  if (!Found) {
    complain("no compile of '" + Args.front() +
             "' is on record; compile it with 'hapax clang-22 ...', or see "
             "'hapax doctor' if you did");
    return std::unexpected(1);
  }
  return std::move(*Found);
}

std::string when(int64_t Ms) {
  std::time_t Seconds = Ms / 1000;
  std::tm Parts = {};
  ::localtime_r(&Seconds, &Parts);
  char Text[64];
  std::strftime(Text, sizeof(Text), "%Y-%m-%d %H:%M:%S", &Parts);
  return Text;
}

/// What a hit level or a miss reason means. Bypasses have a table of their own.
StringRef meaning(const CompileRecord &R) {
  if (R.Outcome == "bypass")
    if (std::optional<BypassReason> Reason = bypassReason(R.Reason))
      return explanation(*Reason);
  return StringSwitch<StringRef>(R.Reason)
      .Case("source-ir", "the IR as the front end made it was compiled before: "
                         "optimiser and code generation were skipped")
      .Case("optimised-ir", "after optimisation the IR was the same as in "
                            "another compile: code generation was skipped")
      .Case("jit", "the IR that the JIT was given had been compiled before")
      .Case("verified", "it was compiled as well, with the same result "
                        "(HAPAX_VERIFY)")
      .Case("absent", "nothing was stored under its key")
      .Case("verify-mismatch", "the stored result differed from the compiled "
                               "one and was removed (HAPAX_VERIFY)")
      .Case("recache", "stored results are not used (HAPAX_RECACHE)")
      .Case("readonly", "nothing was stored, as asked (HAPAX_READONLY)")
      .Default("");
}

void printNames(StringRef What, StringRef Change,
                const std::vector<std::string> &Names) {
  if (Names.empty())
    return;
  constexpr size_t Most = 20;
  outs() << "  " << What << ' ' << Change << ": ";
  ListSeparator Comma;
  for (const std::string &Name : ArrayRef(Names).take_front(Most))
    outs() << Comma << (Name.empty() ? "(unnamed)" : demangle(Name));
  if (Names.size() > Most)
    outs() << formatv(", and {0} more", Names.size() - Most);
  outs() << '\n';
}

void printNames(StringRef What, const RecordDiff::Names &Names) {
  printNames(What, "changed", Names.Changed);
  printNames(What, "added", Names.Added);
  printNames(What, "removed", Names.Removed);
}

void printChange(const RecordDiff::FieldChange &Change) {
  auto Quote = [](StringRef Text) {
    return Text.empty() ? std::string("absent") : ("'" + Text + "'").str();
  };
  outs() << Change.Tag << ": was " << Quote(Change.Before) << ", is "
         << Quote(Change.Now) << '\n';
}

void printDiff(const CompileRecord &Now, const CompileRecord &Before) {
  outs() << "the compile before, at " << when(Before.TimeMs) << ", was a "
         << Before.Outcome << '\n';
  if (!Now.Key || !Before.Key) {
    outs() << "  there are no two keys to compare\n";
    return;
  }
  if (Now.Key == Before.Key) {
    outs() << "  its key was the same\n";
    return;
  }
  RecordDiff Diff = diffRecords(Now, Before);
  if (!Diff.Fields.empty()) {
    outs() << "  first difference of the keys: ";
    printChange(Diff.Fields.front());
    for (const RecordDiff::FieldChange &Change :
         ArrayRef(Diff.Fields).drop_front()) {
      outs() << "  also: ";
      printChange(Change);
    }
  }
  if (!Diff.ModuleChanged) {
    outs() << "  the IR was the same\n";
    if (Diff.Fields.empty())
      outs() << "  the keys differ in the name space or the kind of key\n";
    return;
  }
  printNames("functions", Diff.Functions);
  printNames("variables", Diff.Variables);
  printNames("other parts", Diff.Parts);
  if (Diff.Functions.empty() && Diff.Variables.empty() && Diff.Parts.empty())
    outs() << "  the IR changed in the order of its parts or in "
              "declarations\n";
  if (Now.Cut || Before.Cut)
    outs() << formatv("  {0} names had no room in the record; the lists above "
                      "may be incomplete\n",
                      std::max(Now.Cut, Before.Cut));
}

} // namespace

int runWhy(Arguments Args) {
  std::expected<CompileHistory, int> Found = history("why", Args);
  if (!Found)
    return Found.error();
  const CompileRecord &R = Found->Current;
  outs() << R.Source << ": " << R.Outcome;
  if (!R.Reason.empty())
    outs() << " (" << R.Reason << ')';
  outs() << '\n';
  if (StringRef Text = meaning(R); !Text.empty())
    outs() << "  " << Text << '\n';
  if (!R.Detail.empty())
    outs() << "  " << R.Detail << '\n';
  outs() << "  at " << when(R.TimeMs) << ", by " << R.Tool << " in "
         << R.WorkingDirectory;
  if (!R.Kind.empty())
    outs() << ", " << R.Kind;
  outs() << ", " << R.CostMs << " ms of CPU\n";
  if (R.Key)
    outs() << "  key " << R.Key->hex() << '\n';
  if (Found->Previous)
    printDiff(R, *Found->Previous);
  else
    outs() << "no compile before this one is on record\n";
  return 0;
}

int runKey(Arguments Args) {
  std::expected<CompileHistory, int> Found = history("key", Args);
  if (!Found)
    return Found.error();
  const CompileRecord &R = Found->Current;
  if (!R.Key) {
    complain("the last compile of '" + R.Source + "' has no key: it was a " +
             R.Outcome + " (" + R.Reason + "); see 'hapax why'");
    return 1;
  }
  outs() << "key " << R.Key->hex() << '\n';
  for (const KeyField &Field : R.Fields)
    outs() << formatv("{0,-24} {1}\n", Field.Tag, Field.Value);
  if (R.Module)
    outs() << formatv("{0,-24} {1}\n", "module", R.Module->hex());
  for (const NamedHash &Part : R.Parts)
    outs() << formatv("{0,-24} {1}\n", "module " + Part.Name, Part.Hash.hex());
  for (const NamedHash &Item : R.Functions)
    outs() << "function " << Item.Hash.hex() << ' ' << Item.Name << '\n';
  for (const NamedHash &Item : R.Variables)
    outs() << "variable " << Item.Hash.hex() << ' ' << Item.Name << '\n';
  return 0;
}

} // namespace hapax
