//===- Tool.cpp - What the commands of hapax share ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Tool.h"
#include "Commands.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

using namespace llvm;

namespace hapax {

void complain(const Twine &Message) { errs() << "hapax: " << Message << '\n'; }

const Config &settingsOfTool() {
  static const Config Settings = [] {
    Config Loaded = Config::load(ConfigSources::process());
    for (const std::string &Warning : Loaded.Warnings)
      complain("warning: " + Warning);
    if (Loaded.Directory.empty())
      std::exit(UsageError);
    return Loaded;
  }();
  return Settings;
}

int badUsage(StringRef Command, const Twine &Message) {
  StringRef Expected;
  for (const CommandHelp &C : CommandTable)
    if (C.Name == std::string_view(Command))
      Expected = C.Arguments;
  complain(Command + ": " + Message + "; usage: hapax " + Command +
           (Expected.empty() ? "" : " ") + Expected);
  return UsageError;
}

bool takesNothing(StringRef Command, Arguments Args) {
  if (Args.empty())
    return true;
  badUsage(Command, "unknown argument '" + Args.front() + "'");
  return false;
}

int runConfig(Arguments Args) {
  if (!takesNothing("config", Args))
    return UsageError;
  const Config &Settings = settingsOfTool();
  outs() << "# file: " << Settings.File
         << (Settings.FileFound ? "" : " (not there)") << '\n';
  for (const ConfigItem &Item : Settings.items())
    outs() << formatv("{0,-30} # {1}\n", Item.Name + " = " + Item.Value,
                      Item.Origin);
  return 0;
}

} // namespace hapax
