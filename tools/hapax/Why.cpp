//===- Why.cpp - hapax why, hapax key -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "BuildSummary.h"
#include "Commands.h"
#include "RecordText.h"
#include "Tool.h"
#include "shard/Refusal.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <expected>

using namespace llvm;

namespace hapax {

namespace {

/// The records of the compile that made \p Output.
std::optional<CompileHistory> historyOfOutput(StringRef Output) {
  SmallString<128> Real;
  if (sys::fs::real_path(Output, Real))
    return std::nullopt;
  std::optional<CompileHistory> Found;
  forEachSource(settingsOfTool(), [&](CompileHistory H) {
    // A source that was compiled to another file since comes second.
    if (H.Current.Output == Real.str().str() &&
        (!Found || Found->Current.TimeMs < H.Current.TimeMs))
      Found = std::move(H);
    return true;
  });
  return Found;
}

/// The records of \p File, a source or an object, or the exit code.
std::expected<CompileHistory, int> history(StringRef File) {
  SmallString<128> Here;
  (void)sys::fs::current_path(Here);
  std::optional<CompileHistory> Found =
      loadRecords(settingsOfTool(), File.str(), Here.str().str());
  if (!Found)
    Found = historyOfOutput(File);
  if (!Found) {
    complain("no compile of '" + File +
             "' is on record; compile it with 'hapax clang-22 ...', or see "
             "'hapax doctor' if you did");
    return std::unexpected(1);
  }
  return std::move(*Found);
}

/// Whether at least half of the functions of either have the same names.
bool isAlike(const CompileRecord &A, const CompileRecord &B) {
  StringSet<> Names;
  for (const NamedHash &F : A.Functions)
    Names.insert(F.Name);
  size_t Common = count_if(
      B.Functions, [&](const NamedHash &F) { return Names.contains(F.Name); });
  return 2 * Common >= std::max(A.Functions.size(), B.Functions.size());
}

/// A compile of the same file in another place: one that is alike, and shares
/// the most of the end of its path, at least a folder.
std::optional<CompileRecord> sameFileElsewhere(const CompileRecord &Now) {
  auto Shared = [&](StringRef Other) {
    unsigned Count = 0;
    auto A = sys::path::rbegin(Now.Source), B = sys::path::rbegin(Other);
    for (; A != sys::path::rend(Now.Source) && B != sys::path::rend(Other) &&
           *A == *B;
         ++A, ++B)
      ++Count;
    return Count;
  };
  std::optional<CompileRecord> Best;
  unsigned Most = 1;
  forEachSource(settingsOfTool(), [&](CompileHistory H) {
    if (H.Current.Source != Now.Source && H.Current.Key &&
        isAlike(H.Current, Now)) {
      if (unsigned Count = Shared(H.Current.Source); Count > Most) {
        Most = Count;
        Best = std::move(H.Current);
      }
    }
    return true;
  });
  return Best;
}

void printNames(StringRef What, StringRef Change,
                const std::vector<std::string> &Names,
                ArrayRef<NamedHash> Items, uint64_t MoreNames = 0) {
  if (Names.empty())
    return;
  constexpr size_t Most = 20;
  outs() << "  " << What << ' ' << Change << ": ";
  ListSeparator Comma;
  for (const std::string &Name : ArrayRef(Names).take_front(Most)) {
    std::string Place = placeOf(Items, Name);
    outs() << Comma << readableName(Name)
           << (Place.empty() ? "" : " (" + Place + ")");
  }
  if (uint64_t More = MoreNames + Names.size() - std::min(Names.size(), Most))
    outs() << formatv(", and {0} more", More);
  outs() << '\n';
}

/// \p Now and \p Before tell where things begin.
void printNames(StringRef What, const RecordDiff::Names &Names,
                ArrayRef<NamedHash> Now = {}, ArrayRef<NamedHash> Before = {}) {
  printNames(What, "changed", Names.Changed, Now);
  printNames(What, "at other lines, which may be all that changed", Names.Moved,
             Now);
  printNames(What, "added", Names.Added, Now);
  printNames(What, "removed", Names.Removed, Before);
}

void printChange(const RecordDiff::FieldChange &Change) {
  auto Quote = [](StringRef Text) {
    return Text.empty() ? std::string("absent") : ("'" + Text + "'").str();
  };
  outs() << Change.Tag << ": was " << Quote(Change.Before) << ", is "
         << Quote(Change.Now) << '\n';
}

void printDiff(const CompileRecord &Now, const CompileRecord &Before) {
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
  printNames("functions", Diff.Functions, Now.Functions, Before.Functions);
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

void printShards(const ShardRecord &Shards, ArrayRef<NamedHash> Functions) {
  if (!Shards.Refused.empty()) {
    std::optional<Refusal> Known = refusal(Shards.Refused);
    outs() << "  compiled as a whole, not in shards (" << Shards.Refused << ')'
           << (Known ? ": " + explanation(*Known).str() : "") << '\n';
    return;
  }
  outs() << formatv("  in {0} shards: {1} found, {2} compiled\n", Shards.Count,
                    Shards.Count - std::min(Shards.Count, Shards.Compiled),
                    Shards.Compiled);
  printNames("functions in shards that were", "compiled", Shards.Dirty,
             Functions, Shards.MoreDirty);
}

void printOutcome(const CompileRecord &R) {
  outs() << R.Source << ": " << R.Outcome;
  if (!R.Reason.empty())
    outs() << " (" << R.Reason << ')';
  outs() << '\n';
  if (StringRef Text = meaning(R.Outcome, R.Reason); !Text.empty())
    outs() << "  " << Text << '\n';
  if (!R.Detail.empty())
    outs() << "  " << R.Detail << '\n';
  outs() << "  at " << describeMoment(R.TimeMs) << ", by " << R.Tool << " in "
         << R.WorkingDirectory;
  if (!R.Kind.empty())
    outs() << ", " << R.Kind;
  outs() << ", " << R.CostMs << " ms of CPU\n";
  if (R.FrontUs)
    outs() << "  after " << R.FrontUs / 1000
           << " ms of CPU of the front end, which no cache saves\n";
  if (R.SavedMs)
    outs() << "  saved " << describeDuration(R.SavedMs) << " of CPU\n";
  if (!R.Tier.empty())
    outs() << "  found in the tier " << R.Tier << '\n';
  if (R.Key)
    outs() << "  key " << R.Key->hex() << '\n';
  if (R.Shards)
    printShards(*R.Shards, R.Functions);
}

/// A compile and what it is compared with.
struct Explained {
  CompileHistory History;
  std::optional<CompileRecord> Elsewhere;

  const CompileRecord *before() const {
    return History.Previous ? &*History.Previous
           : Elsewhere      ? &*Elsewhere
                            : nullptr;
  }
  std::vector<Advice> advice() const {
    return adviceFor(History.Current, before(), settingsOfTool().SizeLimit);
  }
};

void printText(const Explained &E) {
  const CompileRecord &Now = E.History.Current;
  printOutcome(Now);
  if (const auto &Before = E.History.Previous)
    outs() << "the compile before, at " << describeMoment(Before->TimeMs)
           << ", was a " << Before->Outcome << '\n';
  else
    outs() << "no compile before this one is on record\n";
  if (const auto &Other = E.Elsewhere)
    outs() << "the same file elsewhere, " << Other->Source << ", at "
           << describeMoment(Other->TimeMs) << ", was a " << Other->Outcome
           << '\n';
  if (const CompileRecord *Before = E.before())
    printDiff(Now, *Before);
  for (const Advice &A : E.advice())
    outs() << "advice: " << A.Text << '\n';
}

void printJson(const Explained &E) {
  json::Array Advices;
  for (const Advice &A : E.advice())
    Advices.push_back(json::Object{{"rule", A.Rule}, {"text", toJson(A.Text)}});
  json::Object Top{{"compile", toJson(E.History.Current)},
                   {"advice", std::move(Advices)}};
  const CompileRecord *Before = E.before();
  if (Before) {
    Top["before"] = toJson(*Before);
    if (E.History.Current.Key && Before->Key)
      Top["difference"] = toJson(diffRecords(E.History.Current, *Before));
  }
  outs() << formatv("{0:2}", json::Value(std::move(Top))) << '\n';
}

int whyFile(StringRef File, bool Json) {
  std::expected<CompileHistory, int> Found = history(File);
  if (!Found)
    return Found.error();
  Explained E = {std::move(*Found), std::nullopt};
  if (!E.History.Previous && E.History.Current.Outcome == "miss")
    E.Elsewhere = sameFileElsewhere(E.History.Current);
  if (Json)
    printJson(E);
  else
    printText(E);
  return 0;
}

/// The files of \p Outcome, each with its reason.
void printFiles(const BuildSummary &Build, StringRef Title, StringRef Outcome) {
  auto Has = [&](const BuildSummary::Compile &C) {
    return C.Record.Outcome == Outcome;
  };
  constexpr size_t Most = 50;
  size_t Count = count_if(Build.Compiles, Has), Shown = 0;
  if (Count)
    outs() << Title << ":\n";
  for (const BuildSummary::Compile &C :
       make_filter_range(Build.Compiles, Has)) {
    if (Shown++ == Most) {
      outs() << formatv("  and {0} more ('hapax report' shows all)\n",
                        Count - Most);
      return;
    }
    outs() << "  " << C.Record.Source << ": " << C.Record.Reason
           << (C.Why.empty() ? "" : "; ") << C.Why << '\n';
  }
}

void printAdvice(const BuildSummary &Build) {
  for (StringRef Rule : adviceRules()) {
    size_t Count = 0;
    StringRef First;
    for (const BuildSummary::Compile &C : Build.Compiles)
      for (const Advice &A : C.Advices)
        if (A.Rule == Rule && !Count++)
          First = A.Text;
    if (Count)
      outs() << "advice, "
             << (Count == 1 ? "for one file"
                            : formatv("for {0} files, of one", Count).str())
             << ": " << First << '\n';
  }
}

int whyDirectory(StringRef Directory) {
  SmallString<128> Real;
  if (std::error_code Failed = sys::fs::real_path(Directory, Real)) {
    complain("why: " + Directory + ": " + Failed.message());
    return 1;
  }
  BuildSummary Build = summariseBuild(settingsOfTool(), Real.str().str());
  if (Build.Compiles.empty()) {
    complain("no compile below '" + Real +
             "' is on record; give the folder of the sources or of the build");
    return 1;
  }
  outs() << formatv("{0} files compiled below {1}, the last ones from {2} to "
                    "{3}\n",
                    Build.Compiles.size(), Real, describeMoment(Build.FirstMs),
                    describeMoment(Build.LastMs));
  for (auto [Name, Outcome] :
       {std::pair("hits", "hit"), {"misses", "miss"}, {"bypasses", "bypass"}}) {
    auto Found = Build.Outcomes.find(Outcome);
    if (Found == Build.Outcomes.end())
      continue;
    outs() << formatv("{0,-10} {1,6}  ", Name, Found->second);
    ListSeparator Comma;
    for (const auto &[Reason, Count] : Build.Reasons)
      if (Reason.first == Outcome)
        outs() << Comma << Reason.second << ' ' << Count;
    outs() << '\n';
  }
  if (Build.ShardsFound + Build.ShardsCompiled)
    outs() << formatv("shards     {0,6}  found {1}, compiled {2}\n",
                      Build.ShardsFound + Build.ShardsCompiled,
                      Build.ShardsFound, Build.ShardsCompiled);
  outs() << "CPU time   " << describeDuration(Build.CostMs) << " spent, "
         << describeDuration(Build.SavedMs) << " saved\n";
  printFiles(Build, "missed", "miss");
  printFiles(Build, "bypassed", "bypass");
  printAdvice(Build);
  return 0;
}

} // namespace

int runWhy(Arguments Args) {
  bool Json = false;
  std::optional<StringRef> Path;
  for (StringRef Arg : Args) {
    if (Arg == "--json")
      Json = true;
    else if (Path || (Arg.starts_with('-') && Arg != "-"))
      return badUsage("why", "unknown argument '" + Arg + "'");
    else
      Path = Arg;
  }
  if (Path && !sys::fs::is_directory(*Path))
    return whyFile(*Path, Json);
  if (Json)
    return badUsage("why", "--json is for one file; 'hapax report --json' is "
                           "for a build");
  return whyDirectory(Path.value_or("."));
}

int runKey(Arguments Args) {
  if (Args.size() != 1 ||
      (Args.front().starts_with('-') && Args.front() != "-"))
    return badUsage("key", "one source file is needed");
  std::expected<CompileHistory, int> Found = history(Args.front());
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
