//===- Compile.cpp - hapax compile: many IR files, one process ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The files pass through a pipeline:
///
///   read -> key -> look up -> optimise -> generate -> store -> write
///
/// A hit skips the optimiser; generate then only hands over the stored bytes.
/// Every stage has as many workers as there may be jobs, and no more jobs than
/// that run at any time, so a processor is never idle because the work of the
/// moment is all of one kind.
//===----------------------------------------------------------------------===//

#include "CompileOptions.h"
#include "IrUnit.h"
#include "Tool.h"
#include "hapax/Pipeline/Pipeline.h"
#include "session/Session.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace hapax {

static void printStages(const PipelineReport &Report) {
  errs() << formatv("{0,-10} {1,8} {2,8} {3,8} {4,9} {5,9} {6,9}\n", "stage",
                    "workers", "files", "skipped", "busy", "starved",
                    "blocked");
  for (const StageCounters &S : Report.Stages) {
    // Of the time that all workers of the stage had.
    double Whole = double(Report.WallNs) * S.Workers / 100;
    auto Share = [&](uint64_t Ns) { return formatv("{0:f1} %", Ns / Whole); };
    errs() << formatv("{0,-10} {1,8} {2,8} {3,8} {4,9} {5,9} {6,9}\n", S.Name,
                      S.Workers, S.Items, S.Passed, Share(S.BusyNs).str(),
                      Share(S.StarvedNs).str(), Share(S.BlockedNs).str());
  }
}

static bool writeTrace(StringRef File, const PipelineReport &Report) {
  Error Failed = writeToOutput(File, [&](raw_ostream &OS) {
    OS << chromeTrace("hapax compile", Report.Workers);
    return Error::success();
  });
  if (!Failed)
    return true;
  complain("cannot write the trace " + File + ": " +
           toString(std::move(Failed)));
  return false;
}

int runCompile(Arguments Args) {
  Expected<CompileOptions> Options = CompileOptions::parse(Args);
  if (!Options)
    return badUsage("compile", toString(Options.takeError()));
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  InitializeNativeTargetAsmParser();

  IrCommand Command;
  Command.Level = Options->Level;
  Command.Process = HostProcess::current();
  Command.Process.Argv = {"hapax-tool",
                          std::string("-O") + Command.Level.Letter};
  Command.Disabled = Session::get().config().Disable;

  Pipeline<IrUnit> P({.Name = "compile",
                      // Enough that no stage runs dry, few enough for memory.
                      .MaxNodes = 4 * Options->Jobs + 4,
                      .MaxBusy = Options->Jobs,
                      // What clang sees to for itself.
                      .StackBytes = 8 << 20,
                      .Trace = !Options->TraceFile.empty()});
  auto Add = [&](const char *Name, std::function<Verdict(IrUnit &)> Work) {
    return P.addStage({.Name = Name, .Workers = Options->Jobs, .Backlog = 1},
                      Work);
  };
  StageId Optimise = 0, Generate = 0;
  Add("read", [&](IrUnit &U) { return U.read(Verdict::skipTo(Optimise)); });
  Add("key", [](IrUnit &U) { return U.identify(); });
  Add("look up",
      [&](IrUnit &U) { return U.lookUp(Verdict::skipTo(Generate)); });
  Optimise = Add("optimise", [](IrUnit &U) { return U.optimise(); });
  Generate = Add("generate", [](IrUnit &U) { return U.generate(); });
  Add("store", [](IrUnit &U) { return U.store(); });
  Add("write", [](IrUnit &U) { return U.write(); });

  size_t Next = 0;
  std::expected<PipelineReport, std::string> Report = P.run(
      [&](IrUnit &U) {
        if (Next == Options->Files.size())
          return false;
        const CompileOptions::File &F = Options->Files[Next++];
        U.open(Command, F.Input, F.Output);
        return true;
      },
      [](IrUnit &U, const NodeOutcome &Outcome) {
        errs() << U.messages();
        if (!Outcome.Why.empty())
          errs() << Outcome.Why << '\n';
      });
  if (!Report) {
    complain(Report.error());
    return 1;
  }
  if (Options->ShowStages)
    printStages(*Report);
  if (!Options->TraceFile.empty() && !writeTrace(Options->TraceFile, *Report))
    return 1;
  return Report->Failed == 0 ? 0 : 1;
}

} // namespace hapax
