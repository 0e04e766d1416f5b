//===- LaunchPlan.cpp - What the launcher adds to a compile ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "LaunchPlan.h"

#include <algorithm>

namespace hapax {

namespace {

bool isOneOf(std::string_view Word, std::span<const std::string_view> List) {
  return std::ranges::find(List, Word) != List.end();
}

std::string_view baseName(std::string_view Path) {
  size_t Slash = Path.rfind('/');
  return Slash == std::string_view::npos ? Path : Path.substr(Slash + 1);
}

/// "x86_64-linux-gnu-clang++-22.1" -> "x86_64-linux-gnu-clang++".
std::string_view withoutVersion(std::string_view Name) {
  size_t Last = Name.find_last_not_of("0123456789.");
  if (Last == std::string_view::npos || Last + 1 == Name.size())
    return Name;
  return Name[Last] == '-' ? Name.substr(0, Last) : Name;
}

/// Whether \p Name is \p Tool, possibly with a target before it.
bool isTool(std::string_view Name, std::string_view Tool) {
  return Name == Tool || (Name.ends_with(Tool) && Name.size() > Tool.size() &&
                          Name[Name.size() - Tool.size() - 1] == '-');
}

/// With these options, a driver compiles nothing that the plugin sees, or
/// records its own command line, where our flags would show.
constexpr std::string_view Untouched[] = {
    // Stop before code is generated.
    "-E", "-M", "-MM", "-fsyntax-only", "--analyze", "--precompile",
    "-emit-ast", "-extract-api", "-verify-pch", "-module-file-info",
    "-rewrite-objc", "-rewrite-legacy-objc", "-emit-interface-stubs",
    "--migrate", "-fdriver-only", "--preprocess",
    // Only links, and warns of flags for a compile.
    "--sycl-link",
    // Print something.
    "-###", "--version", "-dumpversion", "-dumpmachine", "--help", "-help",
    "--help-hidden", "--autocomplete",
    // Write the command line into an output.
    "-frecord-command-line", "-frecord-gcc-switches", "-grecord-command-line",
    "-grecord-gcc-switches", "-MJ", "-gen-cdb-fragment-path"};
constexpr std::string_view UntouchedPrefixes[] = {
    "-print-", "--print-", "-ccc-print-", "--autocomplete=", "-MJ",
    "-gen-cdb-fragment-path=",
    // Writes the command line into the output.
    "-fembed-bitcode"};

/// Driver options whose value is the next argument: a value is no input.
constexpr std::string_view WithValue[] = {"-o",
                                          "-I",
                                          "-D",
                                          "-U",
                                          "-F",
                                          "-L",
                                          "-l",
                                          "-u",
                                          "-T",
                                          "-z",
                                          "-e",
                                          "-B",
                                          "-J",
                                          "-include",
                                          "-imacros",
                                          "-isystem",
                                          "-iquote",
                                          "-idirafter",
                                          "-iprefix",
                                          "-iwithprefix",
                                          "-iwithprefixbefore",
                                          "-iwithsysroot",
                                          "-isysroot",
                                          "-iframework",
                                          "-iframeworkwithsysroot",
                                          "-isystem-after",
                                          "-cxx-isystem",
                                          "-include-pch",
                                          "-ivfsoverlay",
                                          "-vfsoverlay",
                                          "-imultilib",
                                          "-MF",
                                          "-MT",
                                          "-MQ",
                                          "-Xclang",
                                          "-Xflang",
                                          "-Xlinker",
                                          "-Xassembler",
                                          "-Xpreprocessor",
                                          "-Xanalyzer",
                                          "-Xopenmp-target",
                                          "-Xoffload-linker",
                                          "-Xcuda-fatbinary",
                                          "-Xcuda-ptxas",
                                          "-Xclangas",
                                          "-mllvm",
                                          "-mmlir",
                                          "-mthread-model",
                                          "-arch",
                                          "-target",
                                          "--param",
                                          "-working-directory",
                                          "-resource-dir",
                                          "--serialize-diagnostics",
                                          "-serialize-diagnostics",
                                          "-dependency-file",
                                          "-dependency-dot",
                                          "-framework",
                                          "-weak_framework",
                                          "-rpath",
                                          "-install_name",
                                          "-index-store-path",
                                          "-module-dir",
                                          "-dumpdir",
                                          "--config",
                                          "--sysroot",
                                          "-ftrapv-handler",
                                          "-fmodules-user-build-path",
                                          "-filelist",
                                          "-exported_symbols_list",
                                          "-force_load",
                                          "-undefined",
                                          "-meabi",
                                          "-A",
                                          "-dxc-entrypoint",
                                          "--output",
                                          "--include",
                                          "-bundle_loader",
                                          "-segaddr"};

/// Files that clang and flang turn into code, by suffix.
constexpr std::string_view ClangSources[] = {
    "c",   "i",    "cc",   "cp",   "cxx",   "cpp", "CPP", "c++",
    "C",   "CXX",  "ii",   "m",    "mi",    "M",   "mm",  "mii",
    "cu",  "cui",  "hip",  "hipi", "cl",    "ll",  "bc",  "rs",
    "ccm", "cppm", "cxxm", "c++m", "clcpp", "iim", "pcm", "ast"};
constexpr std::string_view FlangSources[] = {
    "f",   "for", "ftn", "fpp", "f77", "f90", "f95", "f03", "f08",
    "f18", "F",   "FOR", "FTN", "FPP", "F77", "F90", "F95", "F03",
    "F08", "F18", "cuf", "CUF", "ll",  "bc",  "fir", "mlir"};

/// Whether an input in the language \p Language (of -x) becomes code.
bool isCodeLanguage(std::string_view Language) {
  return !Language.starts_with("assembler") && !Language.starts_with("f77") &&
         !Language.starts_with("f95") && !Language.ends_with("header") &&
         Language != "lto";
}

bool namesWindows(std::string_view Target) {
  for (std::string_view Part :
       {"windows", "win32", "msvc", "mingw", "cygwin", "uefi"})
    if (Target.find(Part) != std::string_view::npos)
      return true;
  return false;
}

/// What a walk over the arguments collects.
struct Walk {
  bool HasSource = false;
  bool HasOurPlugin = false;
  bool HasCommandLine = false;
  /// CodeView debug information may hold the command line.
  bool MayWriteCodeView = false;
  /// HIP marks each unit with a symbol whose name is a hash of the command
  /// line, unless the command says otherwise.
  bool IsHip = false;
  bool NamesUnit = false;
};

} // namespace

CompilerKind compilerKind(std::string_view Invoked, std::string_view Real) {
  std::string_view RealName = withoutVersion(baseName(Real));
  std::string_view Name = withoutVersion(baseName(Invoked));
  if (isTool(RealName, "flang") || isTool(RealName, "flang-new"))
    return CompilerKind::Flang;
  if (!isTool(RealName, "clang") && !isTool(RealName, "clang++"))
    return CompilerKind::Other;
  // Names that put clang's driver into another mode.
  for (std::string_view Mode : {"cl", "cpp", "dxc", "flang"})
    if (Name.ends_with(Mode))
      return CompilerKind::Other;
  return CompilerKind::Clang;
}

LaunchPlan planLaunch(CompilerKind Kind, std::string_view Invoked,
                      std::span<const std::string> Arguments) {
  auto Untouch = [](std::string_view Why) {
    return LaunchPlan{false, false, Why};
  };
  if (Kind == CompilerKind::Other)
    return Untouch("not clang or flang");
  if (!Arguments.empty() &&
      (Arguments.front().starts_with("-cc1") || Arguments.front() == "-fc1"))
    return Untouch("not the driver");

  Walk Seen;
  Seen.MayWriteCodeView = namesWindows(baseName(Invoked));
  std::span<const std::string_view> Sources =
      Kind == CompilerKind::Flang
          ? std::span<const std::string_view>(FlangSources)
          : std::span<const std::string_view>(ClangSources);
  std::string_view Language;
  bool OnlyInputs = false;
  for (size_t I = 0; I != Arguments.size(); ++I) {
    std::string_view Arg = Arguments[I];
    std::string_view Next =
        I + 1 != Arguments.size() ? std::string_view(Arguments[I + 1]) : "";

    if (Arg.starts_with('@'))
      return Untouch("a response file that cannot be read in advance");
    if (OnlyInputs || !Arg.starts_with('-') || Arg == "-") {
      if (!Language.empty()) {
        Seen.HasSource |= isCodeLanguage(Language);
        continue;
      }
      std::string_view Name = baseName(Arg);
      size_t Dot = Name.rfind('.');
      Seen.IsHip |= Name.ends_with(".hip") || Name.ends_with(".hipi");
      Seen.HasSource |= Dot != std::string_view::npos &&
                        isOneOf(Name.substr(Dot + 1), Sources);
      continue;
    }
    if (Arg == "--") {
      OnlyInputs = true;
      continue;
    }
    Seen.NamesUnit |= Arg == "-fuse-cuid=none" || Arg.starts_with("-cuid=");
    if (isOneOf(Arg, Untouched))
      return Untouch("nothing to cache, or the command line is recorded");
    for (std::string_view Prefix : UntouchedPrefixes)
      if (Arg.starts_with(Prefix))
        return Untouch("nothing to cache, or the command line is recorded");
    if (Arg.starts_with("--driver-mode=")) {
      std::string_view Mode = Arg.substr(Arg.find('=') + 1);
      if (Mode != "gcc" && Mode != "g++" && Mode != "flang")
        return Untouch("another driver mode");
      continue;
    }

    if (Arg.starts_with("-x") && !Arg.starts_with("-xH")) {
      // -x LANGUAGE or -xLANGUAGE.
      Language = Arg.size() > 2 ? Arg.substr(2) : Next;
      Seen.IsHip |= Language.starts_with("hip");
      if (Language == "none")
        Language = {};
      I += Arg.size() == 2 && I + 1 != Arguments.size();
      continue;
    }
    if (Arg.starts_with("-fpass-plugin=")) {
      Seen.HasOurPlugin |=
          baseName(Arg.substr(Arg.find('=') + 1)) == "Hapax.so";
      continue;
    }
    if (Arg == "-Xclang")
      Seen.HasCommandLine |= Next == "-gcodeview-command-line";
    if (Arg.starts_with("-gcodeview"))
      Seen.MayWriteCodeView = true;
    if (Arg.starts_with("--target="))
      Seen.MayWriteCodeView |= namesWindows(Arg);
    if (Arg == "-target" || Arg == "-Xclang" || Arg == "-triple")
      Seen.MayWriteCodeView |= namesWindows(Next) ||
                               Next.starts_with("-gcodeview=") ||
                               Next == "-gcodeview";
    // A configuration file may hold any of the above.
    if (Arg == "--config" || Arg.starts_with("--config="))
      Seen.MayWriteCodeView = true;
    if (isOneOf(Arg, WithValue) || Arg.starts_with("-Xarch_") ||
        Arg.starts_with("-Xopenmp-target="))
      I += I + 1 != Arguments.size();
  }
  if (!Seen.HasSource)
    return Untouch("no input that becomes code");
  if (Seen.IsHip && !Seen.NamesUnit)
    return Untouch("HIP names a symbol after the command line");
  if (Seen.MayWriteCodeView)
    return Untouch("CodeView debug information records the command line");

  LaunchPlan Plan;
  Plan.AddPlugin = !Seen.HasOurPlugin;
  if (!Plan.AddPlugin)
    Plan.Why = "the plugin is there already";
  Plan.AddCommandLine = Kind == CompilerKind::Clang && !Seen.HasCommandLine;
  return Plan;
}

namespace {

/// Splits as a GNU shell-like reader does: blanks separate, quotes group, a
/// backslash takes the next character as it is.
std::vector<std::string> tokenize(std::string_view Text) {
  std::vector<std::string> Words;
  std::string Word;
  bool InWord = false;
  char Quote = 0;
  for (size_t I = 0; I != Text.size(); ++I) {
    char C = Text[I];
    if (C == '\\' && I + 1 != Text.size() && Quote != '\'') {
      Word += Text[++I];
      InWord = true;
    } else if (Quote) {
      if (C == Quote)
        Quote = 0;
      else
        Word += C;
    } else if (C == '"' || C == '\'') {
      Quote = C;
      InWord = true;
    } else if (C == ' ' || C == '\t' || C == '\n' || C == '\r' || C == '\0') {
      if (InWord)
        Words.push_back(std::move(Word));
      Word.clear();
      InWord = false;
    } else {
      Word += C;
      InWord = true;
    }
  }
  if (InWord)
    Words.push_back(std::move(Word));
  return Words;
}

} // namespace

std::vector<std::string> expandResponseFiles(
    std::span<const std::string> Arguments,
    const std::function<std::optional<std::string>(const std::string &)>
        &ReadFile) {
  std::vector<std::string> Expanded(Arguments.begin(), Arguments.end());
  // Files that name each other are an error of the compiler's to report.
  unsigned FilesLeft = 64;
  for (size_t I = 0; I != Expanded.size();) {
    if (!Expanded[I].starts_with('@') || FilesLeft == 0) {
      ++I;
      continue;
    }
    --FilesLeft;
    std::optional<std::string> Text = ReadFile(Expanded[I].substr(1));
    if (!Text) {
      ++I;
      continue;
    }
    std::vector<std::string> Words = tokenize(*Text);
    auto Place = Expanded.erase(Expanded.begin() + static_cast<ptrdiff_t>(I));
    Expanded.insert(Place, std::make_move_iterator(Words.begin()),
                    std::make_move_iterator(Words.end()));
  }
  return Expanded;
}

} // namespace hapax
