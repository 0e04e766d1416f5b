//===- CompileOptions.cpp - The arguments of hapax compile ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "CompileOptions.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"

using namespace llvm;

namespace hapax {

namespace {
class Parser {
public:
  explicit Parser(Arguments Args) : Rest(Args) {}
  Expected<CompileOptions> run();

private:
  Error parseOption(StringRef Arg);
  /// The value of the option \p Name when \p Arg is that option, in one word or
  /// two.
  bool takesValue(StringRef Arg, StringRef Name, StringRef &Value);
  Error nameOutputs();

  Arguments Rest;
  bool ValueMissing = false;
  std::vector<std::string> Inputs;
  std::string OutputFile, OutputFolder;
  CompileOptions Result;
};
} // namespace

bool Parser::takesValue(StringRef Arg, StringRef Name, StringRef &Value) {
  if (!Arg.consume_front(Name))
    return false;
  if (Name.starts_with("--") && !Arg.empty() && !Arg.consume_front("="))
    return false;
  if (Arg.empty() && !Rest.empty()) {
    Arg = Rest.front();
    Rest = Rest.drop_front();
  }
  ValueMissing |= Arg.empty();
  Value = Arg;
  return true;
}

Error Parser::parseOption(StringRef Arg) {
  StringRef Value;
  if (Arg.starts_with("-O")) {
    std::optional<ClangLevel> Level = ClangLevel::parse(Arg.drop_front(2));
    if (!Level)
      return createStringError("unknown level '" + Arg +
                               "', there are -O0 -O1 -O2 -O3 -Os -Oz");
    Result.Level = *Level;
  } else if (Arg == "-c") {
    // What it does anyway; people write it.
  } else if (takesValue(Arg, "-j", Value)) {
    if (!ValueMissing && (Value.getAsInteger(10, Result.Jobs) ||
                          Result.Jobs < 1 || Result.Jobs > 256))
      return createStringError("-j " + Value +
                               " is not a number from 1 to 256");
  } else if (Arg == "--stages") {
    Result.ShowStages = true;
  } else if (takesValue(Arg, "--output-dir", Value)) {
    OutputFolder = Value.str();
  } else if (takesValue(Arg, "--trace", Value)) {
    Result.TraceFile = Value.str();
  } else if (takesValue(Arg, "-o", Value)) {
    OutputFile = Value.str();
  } else {
    return createStringError("unknown argument '" + Arg + "'");
  }
  if (ValueMissing)
    return createStringError("'" + Arg + "' needs a value");
  return Error::success();
}

Error Parser::nameOutputs() {
  if (Inputs.empty())
    return createStringError("no files");
  if (!OutputFile.empty() && Inputs.size() != 1)
    return createStringError("-o with several files, use --output-dir");
  if (!OutputFile.empty() && !OutputFolder.empty())
    return createStringError("-o and --output-dir exclude each other");
  StringMap<StringRef> From;
  for (const std::string &Input : Inputs) {
    SmallString<128> Output(OutputFile);
    if (Output.empty()) {
      Output = OutputFolder;
      sys::path::append(Output, sys::path::stem(Input) + ".o");
    }
    auto [Other, IsNew] = From.try_emplace(Output, Input);
    if (!IsNew)
      return createStringError("both " + Other->second + " and " + Input +
                               " would be written to " + Output);
    Result.Files.push_back({Input, std::string(Output)});
  }
  return Error::success();
}

Expected<CompileOptions> Parser::run() {
  Result.Jobs = std::min(256u, hardware_concurrency().compute_thread_count());
  while (!Rest.empty()) {
    StringRef Arg = Rest.front();
    Rest = Rest.drop_front();
    if (Arg.size() < 2 || Arg[0] != '-')
      Inputs.push_back(Arg.str());
    else if (Error Wrong = parseOption(Arg))
      return Wrong;
  }
  if (Error Wrong = nameOutputs())
    return Wrong;
  return Result;
}

Expected<CompileOptions> CompileOptions::parse(Arguments Args) {
  return Parser(Args).run();
}

} // namespace hapax
