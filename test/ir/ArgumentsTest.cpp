//===- ArgumentsTest.cpp - Sifting command lines ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ir/Arguments.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace hapax;
using namespace llvm;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

constexpr StringLiteral Own = "/opt/hapax/Hapax.so";

using Summary = std::expected<ArgumentSummary, BypassInfo>;

Summary sift(HostTool Tool, bool IsFrontend, StringRef Command) {
  Invocation Inv;
  Inv.Tool = Tool;
  Inv.IsFrontend = IsFrontend;
  SmallVector<StringRef> Words;
  Command.split(Words, ' ', -1, /*KeepEmpty=*/false);
  for (StringRef Word : Words)
    Inv.Args.push_back(Word.str());
  StringRef Inputs[] = {"dir/a.c"};
  return summariseArguments(Inv, Inputs, Own);
}
Summary cc1(StringRef Command) {
  return sift(HostTool::Clang, true, ("-emit-obj " + Command).str());
}
Summary fc1(StringRef Command) {
  return sift(HostTool::Flang, true, ("-emit-obj " + Command).str());
}
Summary driver(StringRef Command) {
  return sift(HostTool::Clang, false, ("-c " + Command).str());
}
Summary opt(StringRef Command) { return sift(HostTool::Opt, false, Command); }
Summary llc(StringRef Command) { return sift(HostTool::Llc, false, Command); }

/// What is kept, in one line; a bypass by its name.
std::string kept(const Summary &S) {
  if (!S)
    return "bypass " + std::string(name(S.error().Reason));
  std::string Text = join(S->Kept, " ");
  StringRef Rest = Text;
  // The action that the helpers above add.
  Rest.consume_front("-emit-obj");
  return Rest.trim().str();
}

std::string reason(const Summary &S) {
  return S ? "none" : std::string(name(S.error().Reason));
}

TEST(Arguments, FrontEndOnlyArgumentsAreDropped) {
  for (StringRef Dropped : {"-I inc",
                            "-Iinc",
                            "-D X=1",
                            "-DX",
                            "-U X",
                            "-isystem /usr/include",
                            "-internal-isystem /usr/include",
                            "-internal-externc-isystem /x",
                            "-include a.h",
                            "-include-pch a.pch",
                            "-W",
                            "-Wall",
                            "-Wno-foo",
                            "-Werror",
                            "-w",
                            "-pedantic",
                            "-pedantic-errors",
                            "-v",
                            "-ferror-limit 19",
                            "-fmessage-length=80",
                            "-fcolor-diagnostics",
                            "-fdiagnostics-show-option",
                            "-fdiagnostics-format sarif",
                            "-dependency-file a.d",
                            "-MT a.o",
                            "-sys-header-deps",
                            "-o a.o",
                            "-main-file-name a.c",
                            "-dumpdir x-",
                            "-fdebug-compilation-dir=/tmp",
                            "-fcoverage-compilation-dir=/tmp",
                            "-fdebug-prefix-map=/a=/b",
                            "-fmodule-file=m.pcm",
                            "-fmodules-cache-path=/tmp/m",
                            "-fcuda-include-gpubinary /tmp/x.fatbin",
                            "-fembed-offload-object=/tmp/x.o",
                            "-object-file-name=a.o",
                            "-gcodeview-command-line",
                            "-serialize-diagnostic-file a.dia",
                            "dir/a.c",
                            "-fpass-plugin=/opt/hapax/Hapax.so",
                            "-mllvm -hapax-log=x"}) {
    EXPECT_EQ(kept(cc1(Dropped)), "") << Dropped.str();
    // Dropping ends with the value.
    EXPECT_EQ(kept(cc1((Dropped + " -O2").str())), "-O2") << Dropped.str();
  }
  for (StringRef Dropped : {"-I inc",
                            "-DX",
                            "-Wall",
                            "-MD",
                            "-MMD",
                            "-MF a.d",
                            "-o a.o",
                            "-oa.o",
                            "-Wl,-rpath,/x",
                            "-Wp,-MMD,a.d",
                            "-Wp,-DX",
                            "-Xlinker -z",
                            "-lm",
                            "-L/x",
                            "-pipe",
                            "-Qunused-arguments",
                            "dir/a.c",
                            "tmp.1234.i",
                            "-ffile-prefix-map=/a=/b",
                            "-fuse-ld=lld"})
    EXPECT_EQ(kept(driver((Dropped + " -O2").str())),
              Dropped.starts_with("-Wp,-D") ? "-O2 -Xclang" : "-O2")
        << Dropped.str();
  for (StringRef Dropped : {"-I inc", "-DX", "-module-dir m", "-o a.o", "-w"})
    EXPECT_EQ(kept(fc1((Dropped + " -O2").str())), "-O2") << Dropped.str();
}

TEST(Arguments, EverythingElseIsKeptInOrder) {
  for (StringRef Kept :
       {"-O2 -O3", "-O3 -O2", "-target-cpu x86-64", "-target-feature +avx",
        "-fno-such-option-yet", "-mllvm -inline-threshold=5", "-std=c11",
        "-fsanitize=address", "-fprofile-instrument-use-path=p.profdata",
        "-Wmisexpect", "-fdiagnostics-hotness-threshold=3",
        "-fdiagnostics-misexpect-tolerance=3", "-x c", "other.bc",
        "-mlink-builtin-bitcode lib.bc", "-fembed-bitcode=off", "-Rmodule"})
    EXPECT_EQ(kept(cc1(Kept)), Kept) << Kept.str();
  for (StringRef Kept : {"-O2", "-march=native", "-fPIC", "-g", "-pthread",
                         "-Wa,--noexecstack", "-Xassembler -I", "--sysroot=/x",
                         "-fprofile-use=p.profdata", "other.c"})
    EXPECT_EQ(kept(driver(Kept)), Kept) << Kept.str();
}

TEST(Arguments, AMissingValueNeverSwallowsAnOption) {
  // clang's flattened text leaves out empty arguments.
  EXPECT_EQ(kept(cc1("-I -O2")), "-I -O2");
  EXPECT_EQ(kept(cc1("-D -emit-llvm-bc")), "-D -emit-llvm-bc");
  EXPECT_EQ(cc1("-D -emit-llvm-bc")->Kind, OutputKind::Bitcode);
  EXPECT_EQ(kept(cc1("-o -")), "");
  EXPECT_EQ(cc1("-target-cpu -emit-llvm-bc")->Kind, OutputKind::Bitcode);
  EXPECT_EQ(reason(cc1("-target-cpu -split-dwarf-file x")), "split-dwarf");
}

TEST(Arguments, AValueIsNoOption) {
  EXPECT_EQ(kept(cc1("-target-feature -v -target-feature -w -O2")),
            "-target-feature -v -target-feature -w -O2");
  EXPECT_EQ(kept(llc("-mattr -f -mcpu -S")), "-mattr -f -mcpu -S");
}

TEST(Arguments, TheInputStandsBehindItsLanguage) {
  EXPECT_EQ(kept(cc1("-O2 -x cpp-output /tmp/tmp.77.i")), "-O2 -x cpp-output");
  EXPECT_EQ(kept(cc1("-x c -O2")), "-x c -O2");
  EXPECT_EQ(kept(cc1("-mllvm -x c.txt")), "-mllvm -x c.txt");
}

TEST(Arguments, PassedOnArgumentsAreReadAsTheFrontEndDoes) {
  EXPECT_EQ(kept(driver("-Xclang -O3 -O1 -Xclang -ferror-limit -Xclang 3")),
            "-O1 -Xclang -O3");
  EXPECT_EQ(driver("-Xclang -emit-llvm-bc")->Kind, OutputKind::Bitcode);
  EXPECT_EQ(reason(driver("-Xclang -emit-codegen-only")), "no-output");
  EXPECT_EQ(reason(driver("-Wp,-emit-pch")), "other-action");
  EXPECT_EQ(reason(driver("-Xclang -stack-usage-file -Xclang a.su")),
            "stack-usage");
  EXPECT_EQ(reason(driver("-Xpreprocessor")), "unclear-command");
}

TEST(Arguments, KindOfOutput) {
  auto Kind = [](const Summary &S) { return S ? S->Kind : std::nullopt; };
  auto Cc1 = [&](StringRef C) { return Kind(sift(HostTool::Clang, true, C)); };
  auto Drv = [&](StringRef C) { return Kind(sift(HostTool::Clang, false, C)); };
  EXPECT_EQ(Cc1("-emit-obj"), OutputKind::Object);
  EXPECT_EQ(Cc1("-S"), OutputKind::Assembly);
  EXPECT_EQ(Cc1("-emit-llvm"), OutputKind::Bitcode);
  EXPECT_EQ(Cc1("-flto=full -emit-llvm-bc"), OutputKind::Bitcode);
  EXPECT_EQ(Cc1("-emit-llvm -S"), OutputKind::Assembly); // the last one counts
  EXPECT_EQ(Drv("-c"), OutputKind::Object);
  EXPECT_EQ(Drv("-S"), OutputKind::Assembly);
  EXPECT_EQ(Drv("-S -emit-llvm"), OutputKind::Bitcode);
  EXPECT_EQ(Drv("-c -flto=thin"), OutputKind::Bitcode);
  EXPECT_EQ(Drv("-c -flto -fno-lto"), OutputKind::Object);
  EXPECT_EQ(Kind(fc1("")), OutputKind::Object);
  EXPECT_EQ(Kind(opt("-passes=default<O2> a.ll")), OutputKind::Bitcode);
  ASSERT_TRUE(llc("-filetype=obj a.ll"));
  EXPECT_EQ(Kind(llc("-filetype=obj a.ll")), std::nullopt);
  EXPECT_EQ(reason(sift(HostTool::Clang, false, "a.c")), "unclear-output");
  EXPECT_EQ(reason(sift(HostTool::Clang, true, "-O2")), "unclear-output");
}

TEST(Arguments, Verifier) {
  EXPECT_TRUE(cc1("")->VerifyIR);
  EXPECT_FALSE(cc1("-disable-llvm-verifier")->VerifyIR);
  EXPECT_FALSE(driver("")->VerifyIR);
  EXPECT_TRUE(driver("-fverify-intermediate-code")->VerifyIR);
  EXPECT_FALSE(fc1("")->VerifyIR);
  EXPECT_TRUE(llc("a.ll")->VerifyIR);
  EXPECT_FALSE(llc("-disable-verify a.ll")->VerifyIR);
}

TEST(Arguments, WorkingDirectory) {
  EXPECT_EQ(cc1("-working-directory /w -O2")->WorkingDirectory, "/w");
  EXPECT_EQ(driver("-working-directory=/w")->WorkingDirectory, "/w");
}

struct Case {
  const char *Command;
  const char *Reason;
};

TEST(Arguments, FrontEndBypasses) {
  for (Case C : std::initializer_list<Case>{
           {"-split-dwarf-file a.dwo", "split-dwarf"},
           {"-split-dwarf-output a.dwo", "split-dwarf"},
           {"-stack-usage-file a.su", "stack-usage"},
           {"-coverage-notes-file=a.gcno", "gcov-notes"},
           {"-coverage-notes-file a.gcno", "gcov-notes"},
           {"-coverage-data-file=a.gcda", "gcov-notes"},
           {"-ftest-coverage", "gcov-notes"},
           {"-opt-record-file a.yaml", "optimisation-record"},
           {"-Rpass=inline", "remarks"},
           {"-Rpass-missed=inline", "remarks"},
           {"-ftime-trace=a.json", "time-trace"},
           {"-ftime-report", "statistics"},
           {"-print-stats", "statistics"},
           {"-stats-file=a.stats", "statistics"},
           {"-mllvm -stats", "statistics"},
           {"-mllvm -time-passes", "statistics"},
           {"-mllvm -print-after-all", "dump-option"},
           {"-mllvm --debug-only=gvn", "dump-option"},
           {"-mdebug-pass Structure", "dump-option"},
           {"-fdebug-pass-manager", "dump-option"},
           {"-as-secure-log-file x", "secure-log"},
           {"-save-temps=cwd", "save-temps"},
           {"-ffat-lto-objects", "fat-lto"},
           {"-fembed-bitcode=all", "embed-bitcode"},
           {"-ivfsoverlay o.yaml", "file-system-overlay"},
           {"-fpass-plugin=/other.so", "other-plugin"},
           {"-load /other.so", "other-plugin"},
           {"-plugin x", "other-plugin"},
           {"-add-plugin x", "other-plugin"},
           {"-mllvm -load=/other.so", "other-plugin"},
           {"-emit-pch", "other-action"},
           {"-emit-module-interface", "other-action"},
           {"-emit-codegen-only", "no-output"},
           {"-mllvm", "unclear-command"}})
    EXPECT_EQ(reason(cc1(C.Command)), C.Reason) << C.Command;
}

TEST(Arguments, DriverBypasses) {
  for (Case C : std::initializer_list<Case>{
           {"-gsplit-dwarf", "split-dwarf"},
           {"-gsplit-dwarf=single", "split-dwarf"},
           {"-fstack-usage", "stack-usage"},
           {"--coverage", "gcov-notes"},
           {"-fprofile-arcs", "gcov-notes"},
           {"-fsave-optimization-record", "optimisation-record"},
           {"-foptimization-record-file=x", "optimisation-record"},
           {"-save-temps", "save-temps"},
           {"--save-temps=obj", "save-temps"},
           {"-save-stats", "statistics"},
           {"-fplugin=/x.so", "other-plugin"},
           {"-x cuda", "offload"},
           {"-xhip", "offload"},
           {"-fopenmp-targets=nvptx64", "offload"},
           {"--offload-arch=sm_90", "offload"},
           {"-x c++-header", "other-action"},
           {"--precompile", "other-action"},
           {"-E", "other-action"},
           {"-Xarch_x86_64 -flto", "unclear-command"},
           {"-arch x86_64", "unclear-command"},
           {"-fsanitize=cfi,dataflow", "unclear-command"}})
    EXPECT_EQ(reason(driver(C.Command)), C.Reason) << C.Command;
}

TEST(Arguments, ToolBypasses) {
  for (Case C : std::initializer_list<Case>{
           {"--print-after-all", "dump-option"},
           {"-debug-pass-manager", "dump-option"},
           {"-stats", "statistics"},
           {"-time-passes", "statistics"},
           {"-time-trace", "time-trace"},
           {"--pass-remarks=inline", "remarks"},
           {"-opt-bisect-limit=3", "dump-option"},
           {"-debugify-each", "dump-option"},
           {"-load-pass-plugin=/x.so", "other-plugin"},
           {"--load-pass-plugin /x.so", "other-plugin"},
           {"-passes-ep-vectorizer-start=print<domtree>", "impure-pass"},
           {"-run-pass=greedy", "partial-pipeline"},
           {"--stop-after=isel", "partial-pipeline"},
           {"-start-before greedy", "partial-pipeline"},
           {"-x mir", "partial-pipeline"},
           {"a.mir", "partial-pipeline"},
           {"-split-dwarf-output=a.dwo", "split-dwarf"},
           {"--stack-usage-file=a.su", "stack-usage"},
           {"-as-secure-log-file=x", "secure-log"}})
    EXPECT_EQ(reason(llc(C.Command)), C.Reason) << C.Command;
}

TEST(Arguments, ToolsOwnArguments) {
  EXPECT_EQ(kept(opt("-load-pass-plugin=/opt/hapax/Hapax.so "
                     "-passes=default<O2> dir/a.c -S -o b.ll")),
            "-passes=default<O2>");
  EXPECT_EQ(kept(opt("--load-pass-plugin /opt/hapax/Hapax.so -O2 --o=b.bc")),
            "-O2");
  EXPECT_EQ(kept(llc("--mcpu=skylake -mcpu=skylake")),
            "-mcpu=skylake -mcpu=skylake");
  EXPECT_EQ(kept(opt("-passes-ep-peephole=instcombine -hapax-log=x")),
            "-passes-ep-peephole=instcombine");
}

TEST(Options, AreJudgedByTheWordsOfTheirNames) {
  for (StringRef Pure :
       {"-inline-threshold=100", "--loop-rotate-multi", "-unroll-count=4",
        "-sanitizer-coverage-trace-compares", "-debug-entry-values",
        "-enable-dse-partial-overwrite-tracking", "-amdgpu-printf-x",
        "-x=print", "-use-source-filename-for-promoted-locals",
        "-tsan-instrument-read-before-write", "-runtime-counter-relocation"})
    EXPECT_FALSE(findOptionBypass(Pure)) << Pure.str();
  for (StringRef Impure :
       {"-print-changed", "-foo-dump", "-view-cfg", "-cfg-dot-filename-prefix",
        "-debug", "-debug-only=x", "-info-output-file=x", "-verify-di-export",
        "-polly-print-ast", "-misched-dump-schedule-trace", "-track-memory",
        "-regalloc-evict-interactive-channel-base=x",
        "-lowertypetests-write-summary=x", "-memprof-report-hinted-sizes"})
    EXPECT_TRUE(findOptionBypass(Impure)) << Impure.str();
}

TEST(Pipelines, OnlyKnownPurePassesPass) {
  for (StringRef Pure :
       {"", "instcombine", "function(gvn,simplifycfg<bonus-inst-threshold=1>)",
        "cgscc(inline<only-mandatory>,function(sroa<modify-cfg>))",
        "require<profile-summary>,globalopt", "default<O2>",
        "function<eager-inv>(loop-mssa(licm<allowspeculation>))",
        "devirt<4>(function(early-cse<memssa>))", " gvn , dce "})
    EXPECT_FALSE(findPipelineBypass(Pure)) << Pure.str();
  for (StringRef Impure :
       {"print<domtree>", "function(gvn,print<domtree>)", "view-cfg", "dot-cfg",
        "function(gvn),insert-gcov-profiling", "some-plugin-pass",
        "function(loop(dot-ddg))", "lint", "check-debugify", "gvn,printx",
        "require<domtree>print"}) {
    auto Found = findPipelineBypass(Impure);
    ASSERT_TRUE(Found) << Impure.str();
    EXPECT_EQ(Found->Reason, BypassReason::ImpurePass);
  }
}

TEST(BypassTable, IsCompleteAndUnique) {
  std::set<std::string_view> Names;
  for (const BypassEntry &Entry : bypassTable()) {
    EXPECT_TRUE(Names.insert(Entry.Name).second) << Entry.Name;
    EXPECT_FALSE(Entry.Explanation.empty());
    EXPECT_LE(("bypass." + std::string(Entry.Name)).size(), 47u);
    EXPECT_EQ(Entry.Name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"),
              std::string_view::npos);
    EXPECT_EQ(bypassReason(Entry.Name), Entry.Reason);
    EXPECT_EQ(name(Entry.Reason), Entry.Name);
    EXPECT_EQ(explanation(Entry.Reason), Entry.Explanation);
  }
  EXPECT_EQ(bypassReason("no-such-reason"), std::nullopt);
}

} // namespace
