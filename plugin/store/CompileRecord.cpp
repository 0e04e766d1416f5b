//===- CompileRecord.cpp - What happened to the last compiles -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// The grammar of a record file:
//
//   record := "hapax-record 1\n" line* "end\n"
//   line   := word " " value "\n"                     one line a member
//           | list " " 32-hex-digits " " value "\n"   digest, name
//           | "at " number [" " value] "\n"           line and file
//           | "text " value "\n"
//           | "field " value "\t" value "\n"          tag, value
//           | "dirty " value "\n"                     name, any number of them
//   list   := "part" | "function" | "variable"
//   value  := bytes; '\', newline, carriage return, tab and NUL stand as
//             "\\" "\n" "\r" "\t" "\0"
//
// "at" and "text" are about the item above them; an "at" without a file means
// the file of the one before. A reader ignores lines whose word it does not
// know, and a line that is not there leaves its member as it is at first: so
// lines can be added without a new number in the first line, which stands for
// changes in what a line means. A record of another number is none to a reader,
// and neither is one without "end", a torn file. Text and not binary, because a
// person who looks into the cache directory should be able to read it; 3000
// functions are written in about half a millisecond.
//
//===----------------------------------------------------------------------===//
#include "hapax/Store/CompileRecord.h"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <map>
#include <type_traits>

namespace hapax {

namespace {

constexpr std::string_view Magic = "hapax-record 1\n";
constexpr std::string_view End = "end\n";

void appendEscaped(std::string &Out, std::string_view Value) {
  constexpr std::string_view Special("\\\n\r\t\0", 5);
  Value = Value.substr(0, RecordLimits::Value);
  while (true) {
    size_t Next = Value.find_first_of(Special);
    Out += Value.substr(0, Next);
    if (Next == std::string_view::npos)
      return;
    constexpr char Letters[] = {'\\', 'n', 'r', 't', '0'};
    Out += '\\';
    Out += Letters[Special.find(Value[Next])];
    Value.remove_prefix(Next + 1);
  }
}

std::string unescape(std::string_view Text) {
  std::string Out;
  Out.reserve(Text.size());
  for (size_t I = 0; I < Text.size(); ++I) {
    if (Text[I] != '\\' || I + 1 == Text.size()) {
      Out += Text[I];
      continue;
    }
    switch (char Letter = Text[++I]) {
    case 'n':
      Out += '\n';
      break;
    case 'r':
      Out += '\r';
      break;
    case 't':
      Out += '\t';
      break;
    case '0':
      Out += '\0';
      break;
    default:
      Out += Letter;
    }
  }
  return Out;
}

template <typename Integer> Integer toInteger(std::string_view Text) {
  Integer Value = 0;
  auto [Last, Error] =
      std::from_chars(Text.data(), Text.data() + Text.size(), Value);
  return Error == std::errc() && Last == Text.data() + Text.size() ? Value : 0;
}

/// The members that are plain text, with their words.
struct TextMember {
  std::string_view Word;
  std::string CompileRecord::*Member;
};
constexpr TextMember TextMembers[] = {
    {"outcome", &CompileRecord::Outcome},
    {"reason", &CompileRecord::Reason},
    {"detail", &CompileRecord::Detail},
    {"source", &CompileRecord::Source},
    {"directory", &CompileRecord::WorkingDirectory},
    {"kind", &CompileRecord::Kind},
    {"tool", &CompileRecord::Tool},
    {"output", &CompileRecord::Output},
    {"tier", &CompileRecord::Tier},
    {"namespace", &CompileRecord::Namespace},
    {"source-name", &CompileRecord::SourceName},
    {"debug-directory", &CompileRecord::DebugDirectory},
};

/// Calls \p Do for each member that is a number, with its word.
template <typename Record, typename Fn> void forEachNumber(Record &R, Fn Do) {
  Do("time", R.TimeMs);
  Do("cost", R.CostMs);
  Do("saved", R.SavedMs);
  Do("wall", R.WallUs);
  Do("front", R.FrontUs);
  Do("cut", R.Cut);
}

/// The members that are lists of hashes, with their words. Parts first: they
/// are few and must not be cut.
struct ListMember {
  std::string_view Word;
  std::vector<NamedHash> CompileRecord::*Member;
};
constexpr ListMember ListMembers[] = {
    {"part", &CompileRecord::Parts},
    {"function", &CompileRecord::Functions},
    {"variable", &CompileRecord::Variables},
};

/// Writes records. \p Out is the text so far.
struct Printer {
  std::string &Out;

  void line(std::string_view Word, std::string_view Value) {
    Out.append(Word).append(" ");
    appendEscaped(Out, Value);
    Out += '\n';
  }
  void line(std::string_view Word, std::integral auto Value) {
    line(Word, std::to_string(Value));
  }

  void shards(const ShardRecord &Shards) {
    line("shards", Shards.Count);
    line("shards-compiled", Shards.Compiled);
    if (!Shards.Refused.empty())
      line("shards-refused", Shards.Refused);
    size_t Named = 0;
    for (; Named != std::min(Shards.Dirty.size(), RecordLimits::Dirty) &&
           Out.size() < RecordLimits::Record / 2;
         ++Named)
      line("dirty", Shards.Dirty[Named]);
    if (uint64_t More = Shards.MoreDirty + (Shards.Dirty.size() - Named))
      line("more-dirty", More);
  }

  /// \p LastFile is the file that an "at" without one means.
  void item(std::string_view Word, const NamedHash &Item,
            std::string_view &LastFile) {
    Out.append(Word).append(" ").append(Item.Hash.hex()).append(" ");
    appendEscaped(Out, Item.Name);
    Out += '\n';
    if (Item.Line || !Item.File.empty()) {
      Out.append("at ").append(std::to_string(Item.Line));
      if (Item.File != LastFile) {
        Out += ' ';
        appendEscaped(Out, Item.File);
        LastFile = Item.File;
      }
      Out += '\n';
    }
    if (!Item.Text.empty())
      line("text", Item.Text);
  }
};

/// Reads the lines of a record.
class Parser {
public:
  CompileRecord Record;

  void line(std::string_view Word, std::string_view Value) {
    if (isItem(Word, Value) || isOfItem(Word, Value) || isOfShards(Word, Value))
      return;
    if (Word == "field") {
      if (size_t Tab = Value.find('\t'); Tab != std::string_view::npos)
        Record.Fields.push_back(
            {unescape(Value.substr(0, Tab)), unescape(Value.substr(Tab + 1))});
    } else if (Word == "key") {
      Record.Key = Digest::fromHex(Value);
    } else if (Word == "module") {
      Record.Module = Digest::fromHex(Value);
    } else if (auto T = std::ranges::find(TextMembers, Word, &TextMember::Word);
               T != std::end(TextMembers)) {
      Record.*T->Member = unescape(Value);
    } else {
      forEachNumber(Record, [&](std::string_view Name, auto &Member) {
        if (Name == Word)
          Member = toInteger<std::remove_reference_t<decltype(Member)>>(Value);
      });
    }
  }

private:
  bool isItem(std::string_view Word, std::string_view Value) {
    auto L = std::ranges::find(ListMembers, Word, &ListMember::Word);
    if (L == std::end(ListMembers))
      return false;
    List = nullptr;
    // 32 digits, a space, the name.
    if (Value.size() < 33 || Value[32] != ' ')
      return true;
    if (std::optional<Digest> Hash = Digest::fromHex(Value.substr(0, 32))) {
      List = &(Record.*L->Member);
      List->push_back({unescape(Value.substr(33)), *Hash});
    }
    return true;
  }

  bool isOfItem(std::string_view Word, std::string_view Value) {
    if (Word != "at" && Word != "text")
      return false;
    if (!List)
      return true;
    NamedHash &Item = List->back();
    if (Word == "text") {
      Item.Text = unescape(Value);
      return true;
    }
    size_t Space = Value.find(' ');
    if (Space != std::string_view::npos)
      LastFile = unescape(Value.substr(Space + 1));
    Item.Line = toInteger<uint32_t>(Value.substr(0, Space));
    Item.File = LastFile;
    return true;
  }

  bool isOfShards(std::string_view Word, std::string_view Value) {
    auto Shards = [&]() -> ShardRecord & {
      return Record.Shards ? *Record.Shards : Record.Shards.emplace();
    };
    if (Word == "shards")
      Shards().Count = toInteger<uint32_t>(Value);
    else if (Word == "shards-compiled")
      Shards().Compiled = toInteger<uint32_t>(Value);
    else if (Word == "shards-refused")
      Shards().Refused = unescape(Value);
    else if (Word == "more-dirty")
      Shards().MoreDirty = toInteger<uint64_t>(Value);
    else if (Word != "dirty")
      return false;
    else if (Shards().Dirty.size() < RecordLimits::Dirty)
      Shards().Dirty.push_back(unescape(Value));
    return true;
  }

  /// The list that the item above this line is the last of, or null.
  std::vector<NamedHash> *List = nullptr;
  std::string LastFile;
};

} // namespace

std::string CompileRecord::print() const {
  std::string Out;
  Out.reserve(4096 + (Functions.size() + Variables.size()) * 80);
  Out += Magic;
  Printer P{Out};
  for (const TextMember &T : TextMembers)
    if (!(this->*T.Member).empty())
      P.line(T.Word, this->*T.Member);
  if (Key)
    P.line("key", Key->hex());
  if (Module)
    P.line("module", Module->hex());
  if (Shards)
    P.shards(*Shards);

  // Half of the room belongs to the key's fields at most, so that functions
  // always have theirs.
  for (const KeyField &F : Fields) {
    if (Out.size() > RecordLimits::Record / 2)
      break;
    Out += "field ";
    appendEscaped(Out, F.Tag);
    Out += '\t';
    appendEscaped(Out, F.Value);
    Out += '\n';
  }
  uint64_t LeftOut = 0;
  std::string_view LastFile;
  for (const ListMember &L : ListMembers) {
    for (const NamedHash &Item : this->*L.Member) {
      size_t Length = Item.Name.size() + Item.File.size() + Item.Text.size();
      if (Out.size() + 2 * Length > RecordLimits::Record - 512)
        ++LeftOut;
      else
        P.item(L.Word, Item, LastFile);
    }
  }
  forEachNumber(*this, [&](std::string_view Word, auto Value) {
    if (Word == "cut")
      Value += LeftOut;
    if (Value)
      P.line(Word, Value);
  });
  Out += End;
  return Out;
}

std::optional<CompileRecord> CompileRecord::parse(std::string_view Text) {
  if (!Text.starts_with(Magic) || !Text.ends_with(End))
    return std::nullopt;
  Text.remove_prefix(Magic.size());
  if (Text.size() < End.size())
    return std::nullopt;
  Text.remove_suffix(End.size());

  Parser P;
  while (!Text.empty()) {
    size_t Stop = std::min(Text.find('\n'), Text.size());
    std::string_view Line = Text.substr(0, Stop);
    Text.remove_prefix(std::min(Stop + 1, Text.size()));
    if (size_t Space = Line.find(' '); Space != std::string_view::npos)
      P.line(Line.substr(0, Space), Line.substr(Space + 1));
  }
  return std::move(P.Record);
}

namespace {
RecordDiff::Names diffNames(const std::vector<NamedHash> &Now,
                            const std::vector<NamedHash> &Before) {
  RecordDiff::Names Diff;
  std::map<std::string_view, const NamedHash *> Old;
  for (const NamedHash &Item : Before)
    Old.emplace(Item.Name, &Item);
  for (const NamedHash &Item : Now) {
    auto Found = Old.find(Item.Name);
    if (Found == Old.end()) {
      Diff.Added.push_back(Item.Name);
      continue;
    }
    const NamedHash &Was = *Found->second;
    if (Was.Hash != Item.Hash)
      (Was.Line && Item.Line && Was.Line != Item.Line ? Diff.Moved
                                                      : Diff.Changed)
          .push_back(Item.Name);
    Old.erase(Found);
  }
  for (const auto &[Name, Item] : Old)
    Diff.Removed.emplace_back(Name);
  for (auto *Names : {&Diff.Changed, &Diff.Added, &Diff.Moved})
    std::ranges::sort(*Names);
  return Diff;
}
} // namespace

RecordDiff diffRecords(const CompileRecord &Now, const CompileRecord &Before) {
  RecordDiff Diff;

  // A tag may stand for several fields (one for each argument): compare the
  // sequences of values of each tag, without what they share at both ends.
  auto ValuesOf = [](const CompileRecord &Record, std::string_view Tag) {
    std::vector<std::string_view> Values;
    for (const KeyField &F : Record.Fields)
      if (F.Tag == Tag)
        Values.push_back(F.Value);
    return Values;
  };
  std::vector<std::string_view> Tags;
  for (const CompileRecord *Record : {&Now, &Before})
    for (const KeyField &F : Record->Fields)
      if (std::ranges::find(Tags, F.Tag) == Tags.end())
        Tags.push_back(F.Tag);
  for (std::string_view Tag : Tags) {
    std::vector<std::string_view> New = ValuesOf(Now, Tag);
    std::vector<std::string_view> Old = ValuesOf(Before, Tag);
    if (New == Old)
      continue;
    auto [A, B] = std::ranges::mismatch(New, Old);
    New.erase(New.begin(), A);
    Old.erase(Old.begin(), B);
    while (!New.empty() && !Old.empty() && New.back() == Old.back()) {
      New.pop_back();
      Old.pop_back();
    }
    auto Join = [](const std::vector<std::string_view> &Values) {
      std::string Text;
      for (std::string_view Value : Values)
        Text.append(Text.empty() ? "" : " ").append(Value);
      return Text;
    };
    Diff.Fields.push_back({std::string(Tag), Join(Old), Join(New)});
  }

  Diff.ModuleChanged =
      Now.Module && Before.Module && Now.Module != Before.Module;
  Diff.Parts = diffNames(Now.Parts, Before.Parts);
  Diff.Functions = diffNames(Now.Functions, Before.Functions);
  Diff.Variables = diffNames(Now.Variables, Before.Variables);
  return Diff;
}

} // namespace hapax
