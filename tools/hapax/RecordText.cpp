//===- RecordText.cpp - Compile records for people and programs -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "RecordText.h"
#include "hapax/IR/Bypass.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/FormatVariadic.h"

#include <ctime>

using namespace llvm;

namespace hapax {

std::string describeMoment(int64_t Ms) {
  std::time_t Seconds = Ms / 1000;
  std::tm Parts = {};
  ::localtime_r(&Seconds, &Parts);
  char Text[64];
  std::strftime(Text, sizeof(Text), "%Y-%m-%d %H:%M:%S", &Parts);
  return Text;
}

std::string describeDuration(uint64_t Ms) {
  if (Ms < 1000)
    return formatv("{0} ms", Ms);
  if (Ms < 120000)
    return formatv("{0:F1} s", double(Ms) / 1000);
  uint64_t Minutes = Ms / 60000;
  if (Minutes < 120)
    return formatv("{0} min {1} s", Minutes, Ms / 1000 % 60);
  return formatv("{0} h {1} min", Minutes / 60, Minutes % 60);
}

StringRef meaning(StringRef Outcome, StringRef Reason) {
  if (Outcome == "bypass") {
    std::optional<BypassReason> Known =
        bypassReason({Reason.data(), Reason.size()});
    return Known ? StringRef(explanation(*Known)) : StringRef();
  }
  if (Reason == "shards")
    return Outcome == "hit"
               ? "all of its shards were compiled before"
               : "some of its shards had to be compiled; the others were found";
  return StringSwitch<StringRef>(Reason)
      .Case("source-ir", "the IR as the front end made it was compiled before: "
                         "optimiser and code generation were skipped")
      .Case("optimised-ir", "after optimisation the IR was the same as in "
                            "another compile: code generation was skipped")
      .Case("verified", "it was compiled as well, with the same result "
                        "(HAPAX_VERIFY)")
      .Case("absent", "nothing was stored under its key")
      .Case("verify-mismatch", "the stored result differed from the compiled "
                               "one and was removed (HAPAX_VERIFY)")
      .Case("recache", "stored results are not used (HAPAX_RECACHE)")
      .Case("readonly", "nothing was stored, as asked (HAPAX_READONLY)")
      .Default("");
}

std::string readableName(StringRef Symbol) {
  return Symbol.empty()
             ? "(unnamed)"
             : demangle(std::string_view(Symbol.data(), Symbol.size()));
}

std::string placeOf(ArrayRef<NamedHash> Items, StringRef Symbol) {
  for (const NamedHash &Item : Items)
    if (Item.Name == Symbol)
      return Item.File.empty() ? std::string()
                               : Item.File + ":" + utostr(Item.Line);
  return {};
}

std::string firstReason(const CompileRecord &Now, const CompileRecord *Before) {
  if (Now.Outcome == "bypass")
    return Now.Detail;
  if (Now.Reason != "absent" && Now.Reason != "shards")
    return {};
  if (!Before)
    return "no compile before it is on record";
  if (!Now.Key || !Before->Key)
    return ("the one before was a " + Twine(Before->Outcome)).str();
  if (Now.Key == Before->Key)
    return "the same key as before";
  RecordDiff Diff = diffRecords(Now, *Before);
  if (!Diff.Fields.empty()) {
    const RecordDiff::FieldChange &First = Diff.Fields.front();
    return First.Tag + " changed" +
           (Diff.Fields.size() > 1
                ? formatv(", and {0} fields more", Diff.Fields.size() - 1).str()
                : "");
  }
  auto Changed = [&](const RecordDiff::Names &Names, StringRef What,
                     ArrayRef<NamedHash> Items) {
    size_t Count = 0;
    StringRef Name, How;
    for (auto [List, Word] : {std::pair(&Names.Changed, " changed"),
                              {&Names.Added, " is new"},
                              {&Names.Removed, " is gone"},
                              {&Names.Moved, " begins at another line"}}) {
      if (!Count && !List->empty())
        Name = List->front(), How = Word;
      Count += List->size();
    }
    if (!Count)
      return std::string();
    std::string Place = placeOf(Items, Name);
    return (What + " " + readableName(Name) +
            (Place.empty() ? "" : " (" + Place + ")") + How +
            (Count > 1 ? formatv(", and {0} more", Count - 1).str() : ""))
        .str();
  };
  for (std::string Text : {Changed(Diff.Functions, "function", Now.Functions),
                           Changed(Diff.Variables, "variable", Now.Variables),
                           Changed(Diff.Parts, "the module's", {})})
    if (!Text.empty())
      return Text;
  return Diff.ModuleChanged ? "the order of its parts changed"
                            : "another name space or kind of key";
}

json::Value toJson(StringRef Text) {
  return json::isUTF8(Text) ? json::Value(Text.str())
                            : json::Value(json::fixUTF8(Text));
}

json::Object toJson(const CompileRecord &R) {
  json::Object O{
      {"source", toJson(R.Source)}, {"outcome", toJson(R.Outcome)},
      {"reason", toJson(R.Reason)}, {"ended_ms", R.TimeMs},
      {"wall_us", R.WallUs},        {"cpu_ms", R.CostMs},
      {"front_us", R.FrontUs},      {"saved_ms", R.SavedMs},
  };
  auto Add = [&](StringRef Name, StringRef Text) {
    if (!Text.empty())
      O[Name] = toJson(Text);
  };
  Add("detail", R.Detail);
  Add("kind", R.Kind);
  Add("tool", R.Tool);
  Add("directory", R.WorkingDirectory);
  Add("output", R.Output);
  Add("tier", R.Tier);
  Add("namespace", R.Namespace);
  if (R.Key)
    Add("key", R.Key->hex());
  if (R.Shards) {
    json::Object Shards{{"count", R.Shards->Count},
                        {"compiled", R.Shards->Compiled}};
    if (!R.Shards->Refused.empty())
      Shards["refused"] = toJson(R.Shards->Refused);
    O["shards"] = std::move(Shards);
  }
  return O;
}

static json::Object toJson(const RecordDiff::Names &Names) {
  json::Object O;
  for (auto [Key, List] : {std::pair("changed", &Names.Changed),
                           {"moved", &Names.Moved},
                           {"added", &Names.Added},
                           {"removed", &Names.Removed}}) {
    json::Array Items;
    for (StringRef Name : *List)
      Items.push_back(toJson(Name));
    O[Key] = std::move(Items);
  }
  return O;
}

json::Object toJson(const RecordDiff &Diff) {
  json::Array Fields;
  for (const RecordDiff::FieldChange &Change : Diff.Fields)
    Fields.push_back(json::Object{{"field", toJson(Change.Tag)},
                                  {"before", toJson(Change.Before)},
                                  {"now", toJson(Change.Now)}});
  return json::Object{{"fields", std::move(Fields)},
                      {"module_changed", Diff.ModuleChanged},
                      {"functions", toJson(Diff.Functions)},
                      {"variables", toJson(Diff.Variables)},
                      {"parts", toJson(Diff.Parts)}};
}

} // namespace hapax
