//===- Invocation.cpp - The command that a compile runs under ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/Invocation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Errc.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <algorithm>

using namespace hapax;
using namespace llvm;

std::string_view hapax::name(HostTool Tool) {
  switch (Tool) {
  case HostTool::Clang:
    return "clang";
  case HostTool::Flang:
    return "flang";
  case HostTool::Opt:
    return "opt";
  case HostTool::Llc:
    return "llc";
  case HostTool::Hapax:
    return "hapax";
  case HostTool::Jit:
    return "jit";
  case HostTool::Unknown:
    break;
  }
  return "unknown";
}

HostTool hapax::hostToolOf(StringRef Executable) {
  StringRef Name = sys::path::filename(Executable);
  // A version suffix, as in "clang++-22" or "opt-22.1".
  size_t Dash = Name.rfind('-');
  if (Dash != StringRef::npos && Dash + 1 < Name.size() &&
      all_of(Name.drop_front(Dash + 1),
             [](char C) { return isDigit(C) || C == '.'; }))
    Name = Name.take_front(Dash);
  if (Name == "clang" || Name == "clang++")
    return HostTool::Clang;
  if (Name == "flang" || Name == "flang-new")
    return HostTool::Flang;
  if (Name == "opt")
    return HostTool::Opt;
  if (Name == "llc")
    return HostTool::Llc;
  if (Name == "hapax-tool")
    return HostTool::Hapax;
  return HostTool::Unknown;
}

bool hapax::parseFlattenedArgs(StringRef Text, std::vector<std::string> &Args) {
  Args.clear();
  while (!Text.empty()) {
    if (!Text.consume_front("\""))
      return false;
    std::string Arg;
    for (;;) {
      if (Text.empty())
        return false;
      char C = Text.front();
      Text = Text.drop_front();
      if (C == '"')
        break;
      if (C == '\\') {
        if (Text.empty())
          return false;
        C = Text.front();
        Text = Text.drop_front();
        if (C != '"' && C != '\\' && C != '$')
          return false;
      }
      Arg += C;
    }
    Args.push_back(std::move(Arg));
    if (!Text.empty() && (!Text.consume_front(" ") || Text.empty()))
      return false;
  }
  return true;
}

/// "O3" among the edits: all -O, -O<digit>, -Os, -Oz give way to it.
static bool isOptimisationFlag(StringRef Arg) {
  if (!Arg.consume_front("-O"))
    return false;
  return Arg.empty() ||
         (Arg.size() == 1 && (isDigit(Arg[0]) || Arg == "s" || Arg == "z"));
}

static void applyOneEdit(StringRef Edit, std::vector<std::string> &Args) {
  StringRef Operand = Edit.drop_front();
  switch (Edit.front()) {
  case '^':
    Args.insert(Args.begin(), Operand.str());
    return;
  case '+':
    Args.push_back(Operand.str());
    return;
  case 's': {
    if (!Operand.consume_front("/") || !Operand.consume_back("/") ||
        !Operand.contains('/'))
      return;
    auto [Pattern, Replacement] = Operand.split('/');
    Regex Match(Pattern);
    for (std::string &Arg : Args)
      Arg = Match.sub(Replacement, Arg);
    return;
  }
  case 'x':
    std::erase(Args, Operand);
    return;
  case 'X':
    for (size_t I = 0; I + 1 < Args.size();)
      if (Args[I] == Operand)
        Args.erase(Args.begin() + I, Args.begin() + I + 2);
      else
        ++I;
    return;
  case 'O':
    std::erase_if(Args, isOptimisationFlag);
    Args.push_back((Twine("-") + Edit).str());
    return;
  default:
    return;
  }
}

void hapax::applyOverrideOptions(StringRef Edits,
                                 std::vector<std::string> &Args) {
  Edits.consume_front("#");
  SmallVector<StringRef> List;
  Edits.split(List, ' ', -1, /*KeepEmpty=*/false);
  for (StringRef Edit : List)
    applyOneEdit(Edit, Args);
}

namespace {
/// Lets response files be read only where reading them a second time, after
/// the tool did, gives the same: regular files. Notes what it refused.
class RegularFilesOnly : public vfs::ProxyFileSystem {
public:
  RegularFilesOnly() : ProxyFileSystem(vfs::getRealFileSystem()) {}

  ErrorOr<vfs::Status> status(const Twine &Path) override {
    ErrorOr<vfs::Status> Result = ProxyFileSystem::status(Path);
    if (Result && !Result->isRegularFile() && !Result->isDirectory()) {
      Refused = Path.str();
      return make_error_code(errc::no_such_file_or_directory);
    }
    return Result;
  }

  ErrorOr<std::unique_ptr<vfs::File>>
  openFileForRead(const Twine &Path) override {
    if (ErrorOr<vfs::Status> Found = status(Path); !Found)
      return Found.getError();
    return ProxyFileSystem::openFileForRead(Path);
  }

  std::string Refused;
};
} // namespace

/// Expands "@file" in \p Args as the tools do (GNU quoting).
static std::optional<BypassInfo>
expandResponseFiles(std::vector<std::string> &Args) {
  auto NamesFile = [](StringRef Arg) {
    return Arg.size() > 1 && Arg[0] == '@';
  };
  if (none_of(Args, NamesFile))
    return std::nullopt;
  for (StringRef Arg : Args)
    if (Arg.starts_with("--rsp-quoting"))
      return BypassInfo(BypassReason::UnclearCommand, Arg.str());

  BumpPtrAllocator Memory;
  IntrusiveRefCntPtr<RegularFilesOnly> Files(new RegularFilesOnly);
  cl::ExpansionContext Context(Memory, cl::TokenizeGNUCommandLine, Files.get());
  SmallVector<const char *> Expanded;
  for (const std::string &Arg : Args)
    Expanded.push_back(Arg.c_str());
  if (Error Failure = Context.expandResponseFiles(Expanded))
    return BypassInfo(BypassReason::UnclearCommand,
                      toString(std::move(Failure)));
  if (!Files->Refused.empty())
    return BypassInfo(BypassReason::UnclearCommand, "@" + Files->Refused);
  std::vector<std::string> Result(Expanded.begin(), Expanded.end());
  // What is left unexpanded could not be found: it was there for the tool.
  if (auto Left = find_if(Result, NamesFile); Left != Result.end())
    return BypassInfo(BypassReason::UnclearCommand, *Left);
  Args = std::move(Result);
  return std::nullopt;
}

/// Whether the driver reads its arguments the GNU way: "clang-cl" and
/// "clang-dxc" take others.
static bool isGnuDriver(StringRef Program, ArrayRef<std::string> Args) {
  StringRef Stem = Program.rtrim("0123456789.-");
  bool Gnu = !Stem.ends_with("cl") && !Stem.ends_with("dxc");
  for (StringRef Arg : Args)
    if (Arg.consume_front("--driver-mode="))
      Gnu = Arg == "gcc" || Arg == "g++" || Arg == "flang";
  return Gnu;
}

std::expected<Invocation, BypassInfo>
hapax::readInvocation(const HostProcess &Process, StringRef FlattenedArgs) {
  Invocation Result;
  Result.Tool = hostToolOf(Process.Executable);
  if (Result.Tool == HostTool::Unknown)
    return std::unexpected(
        BypassInfo(BypassReason::UnknownHost, Process.Executable));
  if (Process.Argv.empty())
    return std::unexpected(
        BypassInfo(BypassReason::UnclearCommand, "no command line"));
  Result.ProgramName = sys::path::filename(Process.Argv.front()).str();

  if (Result.Tool == HostTool::Clang && !FlattenedArgs.empty()) {
    if (!parseFlattenedArgs(FlattenedArgs, Result.Args) ||
        Result.Args.empty() || Result.Args.front() != "-cc1")
      return std::unexpected(BypassInfo(BypassReason::UnclearCommand,
                                        "arguments handed over by clang"));
    Result.Args.erase(Result.Args.begin());
    Result.IsFrontend = Result.IsFlattened = true;
    return Result;
  }

  Result.Args.assign(Process.Argv.begin() + 1, Process.Argv.end());
  if (Result.Tool == HostTool::Hapax) {
    Result.IsFrontend = true;
    return Result;
  }
  if (auto Bypass = expandResponseFiles(Result.Args))
    return std::unexpected(*Bypass);
  if (Result.Tool == HostTool::Opt || Result.Tool == HostTool::Llc)
    return Result;

  StringRef First = Result.Args.empty() ? "" : StringRef(Result.Args.front());
  StringRef Frontend = Result.Tool == HostTool::Clang ? "-cc1" : "-fc1";
  if (First == Frontend) {
    Result.Args.erase(Result.Args.begin());
    Result.IsFrontend = true;
    return Result;
  }
  // -cc1as, -cc1gen-reproducer and whatever else hides behind the prefix; and
  // flang's driver never compiles in its own process.
  if (First.starts_with("-cc1") || Result.Tool == HostTool::Flang)
    return std::unexpected(
        BypassInfo(BypassReason::UnclearCommand, First.str()));
  if (auto Edits = Process.Environment.find("CCC_OVERRIDE_OPTIONS");
      Edits != Process.Environment.end())
    applyOverrideOptions(Edits->second, Result.Args);
  if (!isGnuDriver(Result.ProgramName, Result.Args))
    return std::unexpected(BypassInfo(BypassReason::UnclearCommand,
                                      "driver mode of " + Result.ProgramName));
  return Result;
}
