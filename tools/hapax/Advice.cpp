//===- Advice.cpp - What would make the next compile hit ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Advice.h"
#include "RecordText.h"
#include "hapax/IR/Bypass.h"
#include "hapax/Store/Config.h"
#include "hapax/Store/TellingText.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <optional>
#include <set>

using namespace llvm;

namespace hapax {

namespace {

/// A miss or bypass, and what it is compared with. Diff is empty where Before
/// is null.
struct Case {
  const CompileRecord &Now;
  const CompileRecord *Before;
  RecordDiff Diff;
  uint64_t SizeLimit;

  bool isMiss() const { return Now.Outcome == "miss"; }
  /// Whether there are two keys, and they differ.
  bool hasOtherKey() const {
    return isMiss() && Before && Now.Key && Before->Key &&
           Now.Key != Before->Key;
  }
};

using Text = std::optional<std::string>;

std::string quoted(StringRef Value) { return ("'" + Value + "'").str(); }

Text pruned(const Case &C) {
  if (!C.isMiss() || !C.Before || !C.Now.Key || C.Now.Key != C.Before->Key ||
      (C.Now.Reason != "absent" && C.Now.Reason != "shards") ||
      (C.Before->Outcome != "hit" && C.Before->Outcome != "miss"))
    return std::nullopt;
  return "it was compiled with the same key before, and the result is gone: "
         "the store was pruned or cleared, or could not be written ('hapax "
         "stats' counts errors). If it is pruned too often, raise max-size "
         "(HAPAX_MAX_SIZE), now " +
         (C.SizeLimit ? describeSize(C.SizeLimit) : "without limit");
}

Text otherTools(const Case &C) {
  std::string Names;
  for (const RecordDiff::FieldChange &Change : C.Diff.Fields)
    if (StringRef Name = Change.Tag; Name.consume_front("build-id "))
      Names += (Names.empty() ? "" : ", ") +
               (Name == "program" ? "the compiler" : quoted(Name));
  if (Names.empty())
    return std::nullopt;
  return Names + (StringRef(Names).contains(',') ? " are" : " is") +
         " of another build. After an upgrade each file is compiled once more; "
         "where two builds take turns, each keeps entries of its own";
}

Text changedFile(const Case &C) {
  for (const RecordDiff::FieldChange &Change : C.Diff.Fields) {
    StringRef Path = Change.Tag;
    if (!Path.consume_front("file "))
      continue;
    bool IsProfile = any_of(C.Now.Fields, [&](const KeyField &F) {
      return StringRef(F.Value).contains("profile") &&
             StringRef(F.Value).contains(Path);
    });
    std::string What = (IsProfile ? "the profile " : "the file ") +
                       quoted(Path) +
                       (Change.Before.empty() ? " is there now"
                        : Change.Now.empty()  ? " is gone"
                                              : " has another content");
    return What +
           (IsProfile
                ? ". A new profile means compiling every file that uses it: "
                  "make one when the program has changed, not for each build"
                : ", and the compiler reads it");
  }
  return std::nullopt;
}

std::vector<StringRef> argumentsOf(const CompileRecord &R) {
  std::vector<StringRef> Values;
  for (const KeyField &F : R.Fields)
    if (F.Tag == "argument" || F.Tag == "config-argument")
      Values.push_back(F.Value);
  return Values;
}

Text argumentOrder(const Case &C) {
  if (!C.hasOtherKey())
    return std::nullopt;
  std::vector<StringRef> Now = argumentsOf(C.Now);
  std::vector<StringRef> Before = argumentsOf(*C.Before);
  if (Now == Before)
    return std::nullopt;
  llvm::sort(Now);
  llvm::sort(Before);
  if (Now != Before)
    return std::nullopt;
  return "the same arguments stand in another order. The order can matter, so "
         "it is in the key: give them in one order everywhere";
}

/// Whether the argument behind one that is called \p Name is not the same, or
/// only one of the two compiles has it.
bool differsIn(const Case &C, StringRef Name) {
  auto ValueIn = [&](const CompileRecord &R) -> std::optional<StringRef> {
    std::vector<StringRef> All = argumentsOf(R);
    auto Found = llvm::find(All, Name);
    return Found == All.end() || std::next(Found) == All.end()
               ? std::nullopt
               : std::optional(*std::next(Found));
  };
  return C.hasOtherKey() && ValueIn(C.Now) != ValueIn(*C.Before);
}

Text sourceDateEpoch(const Case &C) {
  if (!differsIn(C, "-source-date-epoch"))
    return std::nullopt;
  return "SOURCE_DATE_EPOCH changed, and the compiler gets it as an argument: "
         "set it only for releases, or to a constant";
}

Text recordedCommand(const Case &C) {
  if (!differsIn(C, "-dwarf-debug-flags") &&
      !differsIn(C, "-record-command-line"))
    return std::nullopt;
  return "the object has the whole command line in it, with all folders and "
         "definitions: drop -grecord-command-line and -frecord-command-line";
}

Text randomSeed(const Case &C) {
  if (!C.hasOtherKey())
    return std::nullopt;
  std::vector<StringRef> Before = argumentsOf(*C.Before);
  for (StringRef Argument : argumentsOf(C.Now))
    if (Argument.contains("seed=") && !is_contained(Before, Argument))
      return quoted(Argument) +
             " is a seed for random choices: give a constant";
  return std::nullopt;
}

/// Texts that only \p A has of those that \p Tells.
std::vector<StringRef> textsOnlyIn(const CompileRecord &A,
                                   const CompileRecord &B,
                                   bool (*Tells)(std::string_view)) {
  std::set<StringRef> Others;
  for (const NamedHash &V : B.Variables)
    Others.insert(V.Text);
  std::vector<StringRef> Only;
  for (const NamedHash &V : A.Variables)
    if (!V.Text.empty() && Tells(V.Text) && !Others.contains(V.Text))
      Only.push_back(V.Text);
  return Only;
}

Text timeInString(const Case &C) {
  if (!C.hasOtherKey())
    return std::nullopt;
  std::vector<StringRef> Now = textsOnlyIn(C.Now, *C.Before, tellsTime);
  std::vector<StringRef> Before = textsOnlyIn(*C.Before, C.Now, tellsTime);
  if (Now.empty() || Before.empty())
    return std::nullopt;
  return "a string says " + quoted(Now.front()) + ", and said " +
         quoted(Before.front()) +
         ". -Wdate-time shows where __DATE__, __TIME__ and __TIMESTAMP__ are "
         "used; SOURCE_DATE_EPOCH holds the first two still";
}

/// What precedes the longest common end of two paths, up to a slash.
std::pair<StringRef, StringRef> differingFolders(StringRef A, StringRef B) {
  size_t Common = 0;
  for (size_t I = 0; I < std::min(A.size(), B.size()); ++I) {
    if (A[A.size() - 1 - I] != B[B.size() - 1 - I])
      break;
    if (A[A.size() - 1 - I] == '/')
      Common = I + 1;
  }
  return {A.drop_back(Common), B.drop_back(Common)};
}

Text pathInString(const Case &C) {
  if (!C.hasOtherKey())
    return std::nullopt;
  for (StringRef Now : textsOnlyIn(C.Now, *C.Before, tellsPath))
    for (StringRef Before : textsOnlyIn(*C.Before, C.Now, tellsPath)) {
      if (Now.rsplit('/').second != Before.rsplit('/').second)
        continue;
      std::string Cause = "a string says " + quoted(Now) + ", and said " +
                          quoted(Before) + " (__FILE__, assert()). ";
      StringRef Folder = differingFolders(Now, Before).first;
      if (!Now.starts_with('/') || !Before.starts_with('/') || Folder.empty())
        return Cause + "Name the source in the same way in every build";
      return Cause +
             "Give each build -ffile-prefix-map=ITS-FOLDER=., here "
             "-ffile-prefix-map=" +
             Folder.str() + "=.";
    }
  return std::nullopt;
}

Text sourceName(const Case &C) {
  if (!C.hasOtherKey() || C.Now.SourceName.empty() ||
      C.Before->SourceName.empty() || C.Now.SourceName == C.Before->SourceName)
    return std::nullopt;
  return "the command calls the source " + quoted(C.Now.SourceName) +
         ", and called it " + quoted(C.Before->SourceName) +
         ". That name is part of the module: give the same one in every build, "
         "relative to the folder that the compiler is run in";
}

Text debugDirectory(const Case &C) {
  if (!C.hasOtherKey() || C.Now.DebugDirectory.empty() ||
      C.Before->DebugDirectory.empty() ||
      C.Now.DebugDirectory == C.Before->DebugDirectory)
    return std::nullopt;
  return "the debug information has the folder " +
         quoted(C.Now.DebugDirectory) + ", and had " +
         quoted(C.Before->DebugDirectory) +
         ". Give each build -ffile-prefix-map=ITS-FOLDER=., here "
         "-ffile-prefix-map=" +
         C.Now.DebugDirectory + "=.";
}

Text debugInfoOnly(const Case &C) {
  const RecordDiff::Names &Functions = C.Diff.Functions;
  if (!C.hasOtherKey() || C.Now.DebugDirectory.empty() ||
      C.Now.DebugDirectory != C.Before->DebugDirectory ||
      !C.Diff.Fields.empty() || !Functions.Changed.empty() ||
      !Functions.Added.empty() || !Functions.Removed.empty() ||
      !C.Diff.Variables.empty() ||
      !is_contained(C.Diff.Parts.Changed, "metadata"))
    return std::nullopt;
  std::string Cause = "only metadata changed";
  if (!Functions.Moved.empty())
    Cause = "all functions that changed begin at other lines: " +
            quoted(Functions.Moved.front()) + " is at " +
            placeOf(C.Now.Functions, Functions.Moved.front()) +
            ", and was at " +
            placeOf(C.Before->Functions, Functions.Moved.front());
  return Cause + ". Debug information has line numbers and a checksum of the "
                 "source, so with -g an edit of a comment is an edit: if that "
                 "is all, it hits without -g, and HAPAX_SHARDS=1 compiles "
                 "little again";
}

Text renumbered(const Case &C) {
  if (!C.hasOtherKey())
    return std::nullopt;
  auto WithoutDigits = [](StringRef Name) {
    std::string Rest;
    copy_if(Name, std::back_inserter(Rest), [](char C) { return !isDigit(C); });
    return Rest;
  };
  for (const RecordDiff::Names *Names : {&C.Diff.Functions, &C.Diff.Variables})
    for (StringRef Removed : Names->Removed) {
      // What the compiler numbers by itself begins with a dot.
      std::string Rest = WithoutDigits(Removed);
      if (Removed.starts_with('.') || Rest == Removed)
        continue;
      for (StringRef Added : Names->Added)
        if (WithoutDigits(Added) == Rest)
          return quoted(Removed) + " is called " + quoted(Added) +
                 " now. Where that is a __LINE__ or a __COUNTER__, each edit "
                 "above changes names below: make names of something else";
    }
  return std::nullopt;
}

Text shardsSwitched(const Case &C) {
  for (const RecordDiff::FieldChange &Change : C.Diff.Fields)
    if (Change.Tag == "shards")
      return std::string("HAPAX_SHARDS was turned ") +
             (Change.Now.empty() ? "off" : "on") +
             ". What is compiled in shards and what is compiled as a whole is "
             "kept apart";
  return std::nullopt;
}

Text otherNamespace(const Case &C) {
  // A record of before does not tell its name space, but nothing else is left.
  if (!C.hasOtherKey() || C.Diff.ModuleChanged || !C.Diff.Fields.empty() ||
      C.Now.Namespace == C.Before->Namespace)
    return std::nullopt;
  return "HAPAX_NAMESPACE is " + quoted(C.Now.Namespace) + ", and was " +
         quoted(C.Before->Namespace) + ". Name spaces share nothing";
}

/// What a person wrote to get a compile that is bypassed, where that is an
/// option to be dropped.
StringRef optionsOf(BypassReason Reason) {
  switch (Reason) {
  case BypassReason::SplitDwarf:
    return "-gsplit-dwarf";
  case BypassReason::StackUsage:
    return "-fstack-usage";
  case BypassReason::GcovNotes:
    return "--coverage";
  case BypassReason::OptimisationRecord:
    return "-fsave-optimization-record";
  case BypassReason::Remarks:
    return "-Rpass";
  case BypassReason::TimeTrace:
    return "-ftime-trace";
  case BypassReason::Statistics:
    return "-ftime-report and -save-stats";
  case BypassReason::SaveTemps:
    return "-save-temps";
  case BypassReason::FatLto:
    return "-ffat-lto-objects";
  case BypassReason::EmbedBitcode:
    return "-fembed-bitcode";
  case BypassReason::FileSystemOverlay:
    return "-ivfsoverlay";
  case BypassReason::OtherPlugin:
    return "the other plugin";
  default:
    return {};
  }
}

Text droppedOption(const Case &C) {
  if (C.Now.Outcome != "bypass")
    return std::nullopt;
  std::optional<BypassReason> Reason = bypassReason(C.Now.Reason);
  StringRef Options = Reason ? optionsOf(*Reason) : StringRef();
  if (Options.empty())
    return std::nullopt;
  return "without " + Options.str() +
         " it can be cached: give it only to the build that needs what it "
         "makes";
}

struct Rule {
  StringLiteral Name;
  Text (*Apply)(const Case &);
};

/// The more a cause explains, the earlier it stands.
constexpr Rule Rules[] = {
    {"pruned", pruned},
    {"other-tools", otherTools},
    {"changed-file", changedFile},
    {"source-date-epoch", sourceDateEpoch},
    {"recorded-command", recordedCommand},
    {"random-seed", randomSeed},
    {"argument-order", argumentOrder},
    {"shards-switched", shardsSwitched},
    {"other-namespace", otherNamespace},
    {"source-name", sourceName},
    {"debug-directory", debugDirectory},
    {"path-in-string", pathInString},
    {"time-in-string", timeInString},
    {"renumbered", renumbered},
    {"debug-info-only", debugInfoOnly},
    {"dropped-option", droppedOption},
};

} // namespace

std::vector<Advice> adviceFor(const CompileRecord &Now,
                              const CompileRecord *Before, uint64_t SizeLimit) {
  Case C = {Now, Before, Before ? diffRecords(Now, *Before) : RecordDiff(),
            SizeLimit};
  // Fields of keys that are the same, or of one key, explain nothing.
  if (!C.hasOtherKey())
    C.Diff = RecordDiff();
  std::vector<Advice> Result;
  for (const Rule &R : Rules)
    if (Text Said = R.Apply(C))
      Result.push_back({R.Name, std::move(*Said)});
  return Result;
}

std::vector<StringRef> adviceRules() {
  std::vector<StringRef> Names;
  for (const Rule &R : Rules)
    Names.push_back(R.Name);
  return Names;
}

} // namespace hapax
