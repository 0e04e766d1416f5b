//===- CompileRecord.cpp - What happened to the last compiles -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// The grammar of a record file:
//
//   record := "hapax-record 1\n" line* "end\n"
//   line   := word " " value "\n"                     one line a member
//           | list " " 32-hex-digits " " value "\n"   digest, name
//   list   := "part" | "function" | "variable"
//           | "field " value "\t" value "\n"          tag, value
//   value  := bytes; '\', newline, carriage return, tab and NUL stand as
//             "\\" "\n" "\r" "\t" "\0"
//
// A reader ignores lines whose word it does not know. A record without "end" is
// a torn file, hence none. Text and not binary, because a person who looks into
// the cache directory should be able to read it; 3000 functions are written in
// about half a millisecond.
//
//===----------------------------------------------------------------------===//
#include "hapax/Store/CompileRecord.h"

#include <algorithm>
#include <charconv>
#include <map>

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
};

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

} // namespace

std::string CompileRecord::print() const {
  std::string Out;
  Out.reserve(4096 + (Functions.size() + Variables.size()) * 80);
  Out += Magic;
  auto Line = [&](std::string_view Word, std::string_view Value) {
    Out.append(Word).append(" ");
    appendEscaped(Out, Value);
    Out += '\n';
  };
  for (const TextMember &T : TextMembers)
    Line(T.Word, this->*T.Member);
  Line("time", std::to_string(TimeMs));
  Line("cost", std::to_string(CostMs));
  if (Key)
    Line("key", Key->hex());
  if (Module)
    Line("module", Module->hex());

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
  uint64_t LeftOut = Cut;
  for (const ListMember &L : ListMembers) {
    for (const NamedHash &Item : this->*L.Member) {
      if (Out.size() + 2 * Item.Name.size() > RecordLimits::Record - 128) {
        ++LeftOut;
        continue;
      }
      Out.append(L.Word).append(" ").append(Item.Hash.hex()).append(" ");
      appendEscaped(Out, Item.Name);
      Out += '\n';
    }
  }
  if (LeftOut)
    Line("cut", std::to_string(LeftOut));
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

  CompileRecord Record;
  while (!Text.empty()) {
    size_t Stop = std::min(Text.find('\n'), Text.size());
    std::string_view Line = Text.substr(0, Stop);
    Text.remove_prefix(std::min(Stop + 1, Text.size()));
    size_t Space = Line.find(' ');
    if (Space == std::string_view::npos)
      continue;
    std::string_view Word = Line.substr(0, Space);
    std::string_view Value = Line.substr(Space + 1);

    if (auto L = std::ranges::find(ListMembers, Word, &ListMember::Word);
        L != std::end(ListMembers)) {
      // 32 digits, a space, the name.
      if (Value.size() < 33 || Value[32] != ' ')
        continue;
      if (std::optional<Digest> Hash = Digest::fromHex(Value.substr(0, 32)))
        (Record.*L->Member).push_back({unescape(Value.substr(33)), *Hash});
    } else if (Word == "field") {
      if (size_t Tab = Value.find('\t'); Tab != std::string_view::npos)
        Record.Fields.push_back(
            {unescape(Value.substr(0, Tab)), unescape(Value.substr(Tab + 1))});
    } else if (Word == "time") {
      Record.TimeMs = toInteger<int64_t>(Value);
    } else if (Word == "cost") {
      Record.CostMs = toInteger<uint32_t>(Value);
    } else if (Word == "cut") {
      Record.Cut = toInteger<uint64_t>(Value);
    } else if (Word == "key") {
      Record.Key = Digest::fromHex(Value);
    } else if (Word == "module") {
      Record.Module = Digest::fromHex(Value);
    } else if (auto T = std::ranges::find(TextMembers, Word, &TextMember::Word);
               T != std::end(TextMembers)) {
      Record.*T->Member = unescape(Value);
    }
  }
  return Record;
}

namespace {
RecordDiff::Names diffNames(const std::vector<NamedHash> &Now,
                            const std::vector<NamedHash> &Before) {
  RecordDiff::Names Diff;
  std::map<std::string_view, const Digest *> Old;
  for (const NamedHash &Item : Before)
    Old.emplace(Item.Name, &Item.Hash);
  for (const NamedHash &Item : Now) {
    auto Found = Old.find(Item.Name);
    if (Found == Old.end()) {
      Diff.Added.push_back(Item.Name);
      continue;
    }
    if (*Found->second != Item.Hash)
      Diff.Changed.push_back(Item.Name);
    Old.erase(Found);
  }
  for (const auto &[Name, Hash] : Old)
    Diff.Removed.emplace_back(Name);
  std::ranges::sort(Diff.Changed);
  std::ranges::sort(Diff.Added);
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
