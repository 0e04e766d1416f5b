//===- Reference.cpp - docs/REFERENCE.md from the code's own tables -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/Bypass.h"
#include "hapax/Store/Config.h"
#include "shard/Refusal.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

using namespace hapax;
using namespace llvm;

namespace {

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

enum Dialect : uint8_t { D = 1, C = 2, F = 4, T = 8 };
enum class Form : uint8_t { Flag, Joined, Separate, JoinedOrSeparate };
enum Action : uint8_t {
#define X(Enumerator, Name, Text) Enumerator,
  HAPAX_BYPASS_REASONS(X)
#undef X
      Drop,
  Keep,
};

struct ArgumentRow {
  uint8_t Dialects;
  Form Shape;
  StringLiteral Spelling;
  Action What;
};
constexpr ArgumentRow Arguments[] = {
#define ARGUMENT(Dialects, Shape, Spelling, What)                              \
  {uint8_t(Dialects), Form::Shape, Spelling, What},
#include "ir/Arguments.def"
#undef ARGUMENT
};

struct Tool {
  Dialect Which;
  StringLiteral Name;
};
constexpr Tool Tools[] = {{D, "clang as a driver"},
                          {C, "clang -cc1"},
                          {F, "flang -fc1"},
                          {T, "opt and llc"}};

std::string spelled(const ArgumentRow &Row) {
  std::string Text = "`" + Row.Spelling.str();
  switch (Row.Shape) {
  case Form::Flag:
    break;
  case Form::Joined:
    Text += "*";
    break;
  case Form::Separate:
    Text += " X";
    break;
  case Form::JoinedOrSeparate:
    Text += "[ ]X";
    break;
  }
  return Text + "`";
}

/// The arguments of \p Which with \p What, one after the other.
std::string argumentList(uint8_t Which, Action What) {
  std::string Text;
  ListSeparator Comma;
  for (const ArgumentRow &Row : Arguments)
    if (Row.What == What && (Row.Dialects & Which)) {
      Text += StringRef(Comma);
      Text += spelled(Row);
    }
  return Text;
}

void printArguments(raw_ostream &OS) {
  OS << "## Arguments outside of the key\n\n"
        "They act before the optimiser (what they do is in the module), on "
        "messages, or on names of output files; every other argument is keyed. "
        "`*`: whatever follows; ` X`: the next argument as well; `[ ]X`: "
        "joined "
        "or as the next argument. The longest spelling that fits counts.\n";
  for (const Tool &T : Tools)
    if (std::string List = argumentList(T.Which, Drop); !List.empty())
      OS << "\n**" << T.Name << ":** " << List << "\n";
  OS << "\nExceptions, which are keyed though a shorter spelling is listed:\n";
  for (const Tool &T : Tools)
    if (std::string List = argumentList(T.Which, Keep); !List.empty())
      OS << "\n**" << T.Name << ":** " << List << "\n";
  OS << '\n';
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

/// As the cell of a table.
std::string cell(StringRef Text) {
  std::string Escaped;
  for (char Ch : Text) {
    if (Ch == '|' || Ch == '<' || Ch == '*')
      Escaped += '\\';
    Escaped += Ch;
  }
  return Escaped;
}

void printSettings(raw_ostream &OS) {
  OS << "## Settings\n\n"
        "From, in this order: `-mllvm -hapax-NAME=VALUE`, the environment, "
        "`NAME = VALUE` in `$XDG_CONFIG_HOME/hapax/hapax.conf`, the default. "
        "`hapax config` shows what holds and why.\n\n"
        "| name | environment | value | |\n|---|---|---|---|\n";
  for (const Setting &S : settings())
    OS << "| `" << S.Name << "` | `" << S.Environment << "` | "
       << cell(S.ValueHint) << " | " << cell(S.Help) << " |\n";
  OS << '\n';
}

void printBypasses(raw_ostream &OS) {
  OS << "## Bypasses\n\n"
        "Such a compile runs as if Hapax were not there. `hapax stats` counts "
        "them, `hapax why` names the argument or file.\n\n"
        "| reason | what it means | arguments |\n|---|---|---|\n";
  for (auto [Index, Entry] : enumerate(bypassTable()))
    OS << "| `" << Entry.Name << "` | "
       << cell({Entry.Explanation.data(), Entry.Explanation.size()}) << " | "
       << argumentList(D | C | F | T, Action(Index)) << " |\n";
  OS << '\n';
}

void printRefusals(raw_ostream &OS) {
  OS << "## Modules that are not divided\n\n"
        "With `HAPAX_SHARDS=1` such a module is compiled, and cached, as a "
        "whole; of the module:\n\n"
        "| reason | |\n|---|---|\n";
#define X(Enumerator, Name, Text)                                              \
  OS << "| `" << Name << "` | " << cell(Text) << " |\n";
  HAPAX_REFUSALS(X)
#undef X
  OS << '\n';
}

//===----------------------------------------------------------------------===//
// Fields of the key
//===----------------------------------------------------------------------===//

struct Field {
  StringLiteral Tag, Text;
};
/// lit/key/reference.test finds each tag of real keys here.
constexpr Field Fields[] = {
    {"format", "of the key itself; a new one makes all entries misses"},
    {"output", "object, assembly or bitcode"},
    {"tool", "clang, flang, opt, llc or jit"},
    {"build-id", "of the compiler, of every library it has loaded, and of the "
                 "plugin"},
    {"arguments", "whether the arguments are those of the front end itself"},
    {"program", "the driver's name, which chooses language and target"},
    {"argument", "each argument that is not listed below"},
    {"environment", "variables that the driver reads"},
    {"config-file", "each configuration file of clang"},
    {"config-argument", "each argument in it"},
    {"file", "content of each file that an argument names"},
    {"wrapped-pipeline", "what stands in `hapax(...)`"},
    {"level", "optimisation level: speed and size"},
    {"pipeline", "the default pipeline, printed"},
    {"llvm-option", "each option of LLVM that was given, by whatever way"},
    {"profile", "how profiles are made or used"},
    {"machine", "target, processor, features, code model and the like"},
    {"context", "settings of LLVM's context"},
    {"llvm-argument", "each argument that a program with a JIT gave LLVM"},
    {"recipe", "what a JIT's compiler does besides generating code"},
    {"taken", "where in the compile the IR was hashed"},
    {"symbol-tables", "digest of what the object's symbol table takes from "
                      "the module"},
    {"shards", "whether shards are wanted"},
    {"module", "digest of the module, and those of its parts"},
    {"function", "digest of each function"},
    {"variable", "digest of each variable"},
};

void printFields(raw_ostream &OS) {
  OS << "## What is in a key\n\n"
        "`hapax key FILE` prints the fields of a file's last compile. What "
        "follows a tag's first dot, or space, is a part of it. Besides these, "
        "a key depends on the setting `namespace`, and on what it is for: the "
        "IR as the front end made it, optimised IR, or a shard.\n\n"
        "| tag | |\n|---|---|\n";
  for (const Field &Each : Fields)
    OS << "| `" << Each.Tag << "` | " << cell(Each.Text) << " |\n";
  auto Members = [&](StringRef Tag, StringRef Of, ArrayRef<StringRef> Names) {
    OS << "| `" << Tag << "` | " << Of << ": ";
    ListSeparator Comma;
    for (StringRef Name : Names)
      OS << Comma << Name;
    OS << " |\n";
  };
#define TARGET_NUMBER(Name) #Name,
  Members("target", "TargetOptions",
          {
#include "ir/TargetFields.def"
          });
#define MC_NUMBER(Name) #Name,
#define MC_STRING(Name) #Name,
  Members("mc", "MCTargetOptions",
          {
#include "ir/TargetFields.def"
          });
#define TUNING_NUMBER(Name) #Name,
  Members("tuning", "PipelineTuningOptions",
          {
#include "ir/TargetFields.def"
          });
  OS << '\n';
}

void printPasses(raw_ostream &OS) {
  OS << "## Passes that `hapax(...)` takes\n\n"
        "They depend on the IR, the options, the machine and the files that "
        "options name, and write nothing but the IR.\n\n";
  ListSeparator Comma;
#define PURE_PASS(Name) OS << Comma << "`" << Name << "`";
#include "ir/PurePasses.def"
#undef PURE_PASS
  OS << '\n';
}

} // namespace

int main() {
  raw_ostream &OS = outs();
  OS << "# Reference\n\n"
        "Printed by `hapax-reference` from the tables that the code works "
        "with; a test holds the two together.\n\n";
  printSettings(OS);
  printBypasses(OS);
  printFields(OS);
  printArguments(OS);
  printRefusals(OS);
  printPasses(OS);
  return 0;
}
