//===- Arguments.cpp - Understanding a command line -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Problem: two commands that differ only in warnings, include paths or output
// names should share entries; two that differ in anything that reaches the
// optimiser or code generation must not; and some must not be cached at all.
// Idea: one table (Arguments.def) names what is dropped and what is a bypass;
// everything else is kept, in order. So an argument that nobody thought of
// costs hits, never correctness. Only a handful of arguments need code.
// Invariant: an argument is dropped only if its row says so and its value, if
// separate, does not look like an option (clang's flattened text leaves out
// empty values, so "-I" may stand directly before an option that matters).
// Cost: a table row is found by the argument's second character; some tens of
// comparisons an argument, about 20 microseconds a command.
//
//===----------------------------------------------------------------------===//
#include "Arguments.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include <array>

using namespace hapax;
using namespace llvm;

namespace {

enum class Form : uint8_t { Flag, Joined, Separate, JoinedOrSeparate };

/// One of the bypass reasons (their values come first), or what follows them.
enum Action : uint8_t {
#define X(Enumerator, Name, Text) Enumerator,
  HAPAX_BYPASS_REASONS(X)
#undef X
      Drop,
  Keep,
};

struct Row {
  uint8_t Dialects;
  Form Shape;
  StringLiteral Spelling;
  Action What;

  bool fits(StringRef Arg) const {
    bool Exact = Arg.size() == Spelling.size();
    if ((Shape == Form::Flag || Shape == Form::Separate) && !Exact)
      return false;
    return Arg.starts_with(Spelling);
  }
  bool takesNext(StringRef Arg) const {
    return Shape == Form::Separate ||
           (Shape == Form::JoinedOrSeparate && Arg.size() == Spelling.size());
  }
};

constexpr uint8_t D = uint8_t(ArgumentDialect::ClangDriver);
constexpr uint8_t C = uint8_t(ArgumentDialect::ClangFrontend);
constexpr uint8_t F = uint8_t(ArgumentDialect::FlangFrontend);
constexpr uint8_t T = uint8_t(ArgumentDialect::OptOrLlc);

constexpr Row Rows[] = {
#define ARGUMENT(Dialects, Shape, Spelling, What)                              \
  {Dialects, Form::Shape, Spelling, What},
#include "Arguments.def"
#undef ARGUMENT
};

/// The rows by the second character of their spelling, longest first.
class RowIndex {
public:
  RowIndex() {
    for (const Row &R : Rows)
      Buckets[R.Spelling[1] & 127].push_back(&R);
    for (auto &Bucket : Buckets)
      llvm::sort(Bucket, [](const Row *A, const Row *B) {
        return A->Spelling.size() > B->Spelling.size();
      });
  }

  const Row *find(StringRef Arg, uint8_t Dialect) const {
    if (Arg.size() < 2)
      return nullptr;
    for (const Row *R : Buckets[Arg[1] & 127])
      if ((R->Dialects & Dialect) && R->fits(Arg))
        return R;
    return nullptr;
  }

private:
  std::array<SmallVector<const Row *, 8>, 128> Buckets;
};

/// Walks one command line.
class Sifter {
public:
  Sifter(ArgumentDialect Dialect, HostTool Tool, ArrayRef<StringRef> Inputs,
         StringRef OwnLibrary)
      : Dialect(Dialect), Tool(Tool), Inputs(Inputs), OwnLibrary(OwnLibrary),
        // Release builds of clang verify only when asked to; the front end's
        // own command line says when not.
        Verify(Dialect != ArgumentDialect::ClangDriver) {}

  /// Sifts \p Args into Summary.Kept. False: Bypass says why.
  bool sift(ArrayRef<std::string> Args);
  /// Settles kind and verifier after everything was sifted.
  bool finish();

  ArgumentSummary Summary;
  BypassInfo Bypass{BypassReason::UnclearCommand};
  /// The driver's words to the front end, in order.
  std::vector<std::string> ForFrontend;

private:
  using Next = const std::string *;

  bool bypass(BypassReason Reason, const Twine &Detail) {
    Bypass = BypassInfo(Reason, Detail.str());
    return false;
  }
  /// \p Taken: how many of the arguments behind \p Arg belong to it.
  bool siftOne(StringRef Arg, Next Value, unsigned &Taken);
  bool siftDriver(StringRef Arg, Next Value, unsigned &Taken, bool &Done);
  bool siftFrontend(StringRef Arg, Next Value, unsigned &Taken, bool &Done);
  bool siftTool(StringRef Arg, Next Value, unsigned &Taken, bool &Done);
  bool siftPlugin(StringRef Path);
  bool siftLlvmOption(StringRef Spelling, StringRef Option);
  bool finishDriver();

  void keep(StringRef Arg) { Summary.Kept.push_back(Arg.str()); }
  bool isInput(StringRef Arg) const;
  bool decides(StringRef Arg) const;

  ArgumentDialect Dialect;
  HostTool Tool;
  ArrayRef<StringRef> Inputs;
  StringRef OwnLibrary;
  /// What stands behind the argument at hand and its value.
  ArrayRef<std::string> Following;

  /// The last option that chooses what is made: -emit-obj, -c, -S, ...
  std::string Output;
  bool EmitLlvm = false, Lto = false;
  bool Verify;
};

} // namespace

static const RowIndex &index() {
  static const RowIndex Index;
  return Index;
}

/// The front end's options that choose what is made; the last one counts.
static bool isOutputOption(StringRef Arg) {
  static constexpr StringLiteral Outputs[] = {"-emit-obj",
                                              "-S",
                                              "-emit-llvm",
                                              "-emit-llvm-bc",
                                              "-emit-llvm-only",
                                              "-emit-codegen-only",
                                              "-emit-pch",
                                              "-emit-module",
                                              "-emit-module-interface",
                                              "-emit-reduced-module-interface",
                                              "-emit-header-unit"};
  return is_contained(Outputs, Arg);
}

static bool isSameFile(StringRef A, StringRef B) {
  bool Same = false;
  return A == B || (!sys::fs::equivalent(A, B, Same) && Same);
}

/// Whether a word that is no option is the file being compiled.
bool Sifter::isInput(StringRef Arg) const {
  if (Arg.empty())
    return false;
  if (is_contained(Inputs, Arg))
    return true;
  // A preprocessed file goes by another name in the module; no option of the
  // driver that is kept takes a source file as its value.
  return Dialect == ArgumentDialect::ClangDriver &&
         (Arg.ends_with(".i") || Arg.ends_with(".ii") || Arg.ends_with(".mi") ||
          Arg.ends_with(".mii"));
}

bool Sifter::siftPlugin(StringRef Path) {
  if (!OwnLibrary.empty() && isSameFile(Path, OwnLibrary))
    return true;
  return bypass(BypassReason::OtherPlugin, Path);
}

/// An option of LLVM's own (-mllvm). Ours are dropped.
bool Sifter::siftLlvmOption(StringRef Spelling, StringRef Option) {
  if (Option.ltrim('-').starts_with("hapax-"))
    return true;
  StringRef Name = Option.ltrim('-').split('=').first;
  if (Name == "load" || Name == "load-pass-plugin")
    return siftPlugin(Option.split('=').second);
  if (std::optional<BypassInfo> Found = findOptionBypass(Option)) {
    Bypass = *Found;
    return false;
  }
  keep(Spelling);
  keep(Option);
  return true;
}

static bool hasWord(StringRef List, StringRef Word) {
  SmallVector<StringRef> Words;
  List.split(Words, ',');
  return is_contained(Words, Word);
}

bool Sifter::siftDriver(StringRef Arg, Next Value, unsigned &Taken,
                        bool &Done) {
  Done = true;
  if (Arg == "-c" || Arg == "-S") {
    // -S wins, wherever it stands.
    if (Output != "-S")
      Output = Arg.str();
    return true;
  }
  if (Arg == "-emit-llvm") {
    EmitLlvm = true;
    return true;
  }
  if (Arg == "-flto" || Arg.starts_with("-flto="))
    Lto = true;
  else if (Arg == "-fno-lto")
    Lto = false;
  else if (Arg == "-fverify-intermediate-code")
    Verify = true;
  else if (Arg == "-fno-verify-intermediate-code")
    Verify = false;
  else if (Arg.starts_with("-fsanitize=") &&
           hasWord(Arg.split('=').second, "dataflow"))
    // The pass reads a default list that only the driver knows.
    return bypass(BypassReason::UnclearCommand, Arg);

  if (Arg == "-Xclang" || Arg == "-Xpreprocessor") {
    if (!Value)
      return bypass(BypassReason::UnclearCommand, Arg);
    Taken = 1;
    ForFrontend.push_back(*Value);
    return true;
  }
  StringRef Words = Arg;
  if (Words.consume_front("-Xclang=") || Words.consume_front("-Wp,")) {
    SmallVector<StringRef> List;
    Words.split(List, ',');
    // "-Wp,-MD,FILE" is GCC's way to say "-MD -MF FILE".
    if (List.size() == 2 && (List[0] == "-MD" || List[0] == "-MMD"))
      return true;
    for (StringRef Word : List)
      ForFrontend.push_back(Word.str());
    return true;
  }
  if (Arg == "-Xlinker") {
    Taken = Value ? 1 : 0;
    return true;
  }
  if (Arg == "-Xassembler" || Arg == "-Xanalyzer") {
    keep(Arg);
    if (Value)
      keep(*Value);
    Taken = Value ? 1 : 0;
    return true;
  }
  if (Arg.starts_with("-x")) {
    StringRef Language = Arg.drop_front(2);
    if (Arg == "-x") {
      if (!Value)
        return bypass(BypassReason::UnclearCommand, Arg);
      Taken = 1;
      Language = *Value;
    }
    if (Language.starts_with("cuda") || Language.starts_with("hip"))
      return bypass(BypassReason::Offload, "-x " + Language);
    if (Language.ends_with("-header") || Language.contains("-unit"))
      return bypass(BypassReason::OtherAction, "-x " + Language);
    keep("-x");
    keep(Language);
    return true;
  }
  Done = false;
  return true;
}

bool Sifter::siftFrontend(StringRef Arg, Next Value, unsigned &Taken,
                          bool &Done) {
  Done = true;
  if (isOutputOption(Arg)) {
    Output = Arg.str();
    keep(Arg);
    return true;
  }
  if (Arg == "-disable-llvm-verifier")
    Verify = false;
  if (Arg == "-x" && Value) {
    keep(Arg);
    keep(*Value);
    // The driver puts the input right behind its language. (The name in the
    // module is another one when the input is preprocessed.)
    bool HasInput =
        !Following.empty() && !Following[0].empty() && Following[0][0] != '-';
    Taken = HasInput ? 2 : 1;
    return true;
  }
  if (Arg == "-load") {
    Taken = Value ? 1 : 0;
    return siftPlugin(Value ? StringRef(*Value) : StringRef());
  }
  Done = false;
  return true;
}

bool Sifter::siftTool(StringRef Arg, Next Value, unsigned &Taken, bool &Done) {
  Done = true;
  auto [Name, Text] = Arg.split('=');
  if (Name.starts_with("-hapax-"))
    return true;
  bool HasText = Arg.contains('=');
  if (!HasText && Value)
    Text = *Value;
  if (Name == "-load" || Name == "-load-pass-plugin") {
    Taken = !HasText && Value ? 1 : 0;
    return siftPlugin(Text);
  }
  if (Name == "-x") {
    if (Text == "mir")
      return bypass(BypassReason::PartialPipeline, "-x mir");
  } else if (Name.starts_with("-passes-ep-")) {
    if (std::optional<BypassInfo> Found = findPipelineBypass(Text)) {
      Bypass = *Found;
      return false;
    }
  } else if (Name == "-disable-verify") {
    Verify = false;
  } else if (std::optional<BypassInfo> Found = findOptionBypass(Arg)) {
    Bypass = *Found;
    return false;
  }
  Done = false;
  return true;
}

/// Whether \p Arg, read as an option, chooses the output or is a bypass. It is
/// then read as one, even where it should be the value of an option: that value
/// may have been empty and left out.
bool Sifter::decides(StringRef Arg) const {
  const Row *R = index().find(Arg, uint8_t(Dialect));
  if (Dialect != ArgumentDialect::OptOrLlc &&
      (isOutputOption(Arg) || Arg == "-mllvm"))
    return true;
  return R && R->What != Keep && R->What != Drop;
}

bool Sifter::siftOne(StringRef Arg, Next Value, unsigned &Taken) {
  if (!Arg.starts_with("-") || Arg == "-") {
    if (Dialect == ArgumentDialect::OptOrLlc && Arg.ends_with(".mir"))
      return bypass(BypassReason::PartialPipeline, Arg);
    if (!isInput(Arg))
      keep(Arg);
    return true;
  }
  std::string OneDash;
  if (Dialect == ArgumentDialect::OptOrLlc && Arg.starts_with("--")) {
    OneDash = Arg.drop_front().str();
    Arg = OneDash;
  }

  if (Dialect != ArgumentDialect::OptOrLlc) {
    if (Arg == "-mllvm" || Arg == "-mmlir") {
      if (!Value)
        return bypass(BypassReason::UnclearCommand, Arg);
      Taken = 1;
      return siftLlvmOption(Arg, *Value);
    }
    if (Arg.starts_with("-mllvm="))
      return siftLlvmOption("-mllvm", Arg.drop_front(7));
    if (Arg.starts_with("-fpass-plugin="))
      return siftPlugin(Arg.split('=').second);
    if (Arg.starts_with("-working-directory")) {
      StringRef Path = Arg.drop_front(18);
      Taken = Path.empty() && Value ? 1 : 0;
      Path.consume_front("=");
      Summary.WorkingDirectory = Taken ? *Value : Path.str();
      keep("-working-directory=" + Summary.WorkingDirectory);
      return true;
    }
  }

  bool Done = false;
  bool Ok = true;
  switch (Dialect) {
  case ArgumentDialect::ClangDriver:
    Ok = siftDriver(Arg, Value, Taken, Done);
    break;
  case ArgumentDialect::ClangFrontend:
  case ArgumentDialect::FlangFrontend:
    Ok = siftFrontend(Arg, Value, Taken, Done);
    break;
  case ArgumentDialect::OptOrLlc:
    Ok = siftTool(Arg, Value, Taken, Done);
    break;
  }
  if (!Ok || Done)
    return Ok;

  const Row *R = index().find(Arg, uint8_t(Dialect));
  if (!R || R->What == Keep) {
    keep(Arg);
    if (R && Value && R->takesNext(Arg) && !decides(*Value)) {
      keep(*Value);
      Taken = 1;
    }
    return true;
  }
  if (R->What != Drop)
    return bypass(BypassReason(R->What), Arg);
  if (!R->takesNext(Arg) || !Value)
    return true;
  // The value may be missing; then what stands next is an option by itself.
  if (Value->size() > 1 && Value->front() == '-')
    keep(Arg);
  else
    Taken = 1;
  return true;
}

bool Sifter::sift(ArrayRef<std::string> Args) {
  for (size_t I = 0; I < Args.size(); ++I) {
    unsigned Taken = 0;
    Next Value = I + 1 < Args.size() ? &Args[I + 1] : nullptr;
    Following = Args.drop_front(std::min(I + 2, Args.size()));
    if (!siftOne(Args[I], Value, Taken))
      return false;
    I += Taken;
  }
  return true;
}

bool Sifter::finishDriver() {
  if (!ForFrontend.empty()) {
    // What the driver passes on is read as the front end reads it.
    Sifter Frontend(ArgumentDialect::ClangFrontend, Tool, Inputs, OwnLibrary);
    if (!Frontend.sift(ForFrontend)) {
      Bypass = Frontend.Bypass;
      return false;
    }
    keep("-Xclang");
    append_range(Summary.Kept, Frontend.Summary.Kept);
    if (!Frontend.Summary.WorkingDirectory.empty())
      Summary.WorkingDirectory = Frontend.Summary.WorkingDirectory;
    if (is_contained(ForFrontend, "-disable-llvm-verifier"))
      Verify = false;
    if (!Frontend.Output.empty()) {
      Output = Frontend.Output;
      return true;
    }
  }
  if (Output.empty())
    return bypass(BypassReason::UnclearOutput, "neither -c nor -S");
  if (EmitLlvm || Lto)
    Output = "-emit-llvm";
  return true;
}

bool Sifter::finish() {
  switch (Dialect) {
  case ArgumentDialect::OptOrLlc:
    if (Tool == HostTool::Opt)
      Summary.Kind = OutputKind::Bitcode;
    // opt's verifier is a pass of its pipeline; llc's belongs to us.
    Summary.VerifyIR = Tool == HostTool::Llc && Verify;
    return true;
  case ArgumentDialect::ClangDriver:
    if (!finishDriver())
      return false;
    break;
  case ArgumentDialect::FlangFrontend:
    Verify = false; // flang never asks for it
    break;
  case ArgumentDialect::ClangFrontend:
    break;
  }
  Summary.VerifyIR = Verify;
  if (Output == "-emit-obj" || Output == "-c")
    Summary.Kind = OutputKind::Object;
  else if (Output == "-S")
    Summary.Kind = OutputKind::Assembly;
  else if (Output == "-emit-llvm" || Output == "-emit-llvm-bc")
    Summary.Kind = OutputKind::Bitcode;
  else if (Output == "-emit-llvm-only" || Output == "-emit-codegen-only")
    return bypass(BypassReason::NoOutput, Output);
  else if (Output.empty())
    return bypass(BypassReason::UnclearOutput, "no -emit option");
  else
    return bypass(BypassReason::OtherAction, Output);
  return true;
}

std::expected<ArgumentSummary, BypassInfo>
hapax::summariseArguments(const Invocation &Inv, ArrayRef<StringRef> Inputs,
                          StringRef OwnLibrary) {
  if (Inv.Tool == HostTool::Hapax) {
    ArgumentSummary Summary;
    Summary.Kept = Inv.Args;
    Summary.Kind = OutputKind::Object;
    return Summary;
  }
  ArgumentDialect Dialect = ArgumentDialect::OptOrLlc;
  if (Inv.Tool == HostTool::Clang)
    Dialect = Inv.IsFrontend ? ArgumentDialect::ClangFrontend
                             : ArgumentDialect::ClangDriver;
  else if (Inv.Tool == HostTool::Flang)
    Dialect = ArgumentDialect::FlangFrontend;
  Sifter S(Dialect, Inv.Tool, Inputs, OwnLibrary);
  if (!S.sift(Inv.Args) || !S.finish())
    return std::unexpected(S.Bypass);
  return std::move(S.Summary);
}
