//===- ToolMain.cpp - hapax-tool: the commands of hapax -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Commands.h"
#include "Paths.h"
#include "Tool.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace hapax;
using namespace llvm;

static int runHelp(hapax::Arguments) {
  outs() << "Compiles each piece of LLVM IR once.\n\n"
            "usage: hapax COMPILER ARGUMENTS...   compile through the cache\n"
            "       hapax COMMAND [ARGUMENTS]\n\ncommands:\n";
  for (const CommandHelp &C : CommandTable) {
    constexpr size_t Column = 24;
    std::string Usage =
        StringRef(C.Name).str() + " " + StringRef(C.Arguments).str();
    outs() << "  " << left_justify(Usage, Column);
    if (Usage.size() > Column)
      (outs() << '\n').indent(Column + 2);
    outs() << ' ' << StringRef(C.Help) << '\n';
  }
  outs() << "\nsettings, by environment, configuration file, or option "
            "-mllvm -hapax-<name>=<value>:\n";
  for (const Setting &S : settings())
    outs() << formatv("  {0,-24} {1}\n", S.Environment, S.Help);
  outs() << "\nThe configuration file is $HAPAX_CONFIG or "
            "~/.config/hapax/hapax.conf, lines of 'name = value';\n"
            "'hapax config' shows the names.\n";
  return 0;
}

static int runPlugin(hapax::Arguments Args) {
  if (!takesNothing("plugin", Args))
    return UsageError;
  std::string Path = findPlugin();
  if (Path.empty()) {
    complain("the plugin is not there; 'hapax doctor' tells where it was "
             "looked for");
    return 1;
  }
  outs() << Path << '\n';
  return 0;
}

static int runVersion() {
  outs() << "hapax " HAPAX_VERSION ", LLVM " LLVM_VERSION_STRING "\n";
  return 0;
}

int main(int Count, char **Values) {
  struct Command {
    StringRef Name;
    int (*Run)(hapax::Arguments);
  };
  static constexpr Command Commands[] = {
      {"compile", runCompile}, {"stats", runStats},   {"why", runWhy},
      {"key", runKey},         {"config", runConfig}, {"plugin", runPlugin},
      {"doctor", runDoctor},   {"verify", runVerify}, {"prune", runPrune},
      {"clear", runClear},     {"zero", runZero},     {"top", runTop},
      {"report", runReport},   {"help", runHelp}};
  static_assert(std::size(Commands) == std::size(CommandTable),
                "each command needs a function and a help text");

  SmallVector<StringRef, 8> Words(Values + (Count > 0), Values + Count);
  StringRef First = Words.empty() ? "help" : Words.front();
  hapax::Arguments Rest = hapax::Arguments(Words).drop_front(!Words.empty());
  if (First == "--version")
    return runVersion();
  if (First == "--help" || First == "-h" ||
      (First != "help" && llvm::is_contained(Rest, "--help")))
    return runHelp({});
  for (const Command &C : Commands)
    if (C.Name == First)
      return C.Run(Rest);
  complain("unknown command '" + First + "'; 'hapax help' lists the commands");
  return UsageError;
}
