//===- CompileKeyTest.cpp - Descriptions of staged compiles -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/CompileKey.h"
#include "ir/AsmScanner.h"
#include "ir/BuildIds.h"
#include "ir/PassBuilderAccess.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <sys/stat.h>

using namespace hapax;
using namespace llvm;

namespace {

/// A small module, a machine for it, and a process that compiles it.
class CompileKeyTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("hapax-key", Directory));
    parse("define i32 @f(i32 %x) { ret i32 %x }");
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    Triple Host(sys::getDefaultTargetTriple());
    std::string Message;
    const Target *T = TargetRegistry::lookupTarget(Host, Message);
    ASSERT_TRUE(T) << Message;
    TM.reset(
        T->createTargetMachine(Host, "", "", TargetOptions(), Reloc::PIC_));
    Process.Executable = "/usr/lib/llvm-22/bin/clang";
    Process.OwnLibrary = "/opt/Hapax.so";
    command({"-cc1", "-emit-obj", "-O2", "-x", "c", "a.c"});
  }
  void TearDown() override { sys::fs::remove_directories(Directory); }

  void parse(StringRef Text) {
    SMDiagnostic Error;
    M = parseAssemblyString(Text, Error, Context);
    ASSERT_TRUE(M) << Error.getMessage().str();
    M->setModuleIdentifier("a.c");
    M->setSourceFileName("a.c");
  }
  void command(std::vector<std::string> Args) {
    Process.Argv = {"clang-22"};
    Process.Argv.insert(Process.Argv.end(), Args.begin(), Args.end());
  }
  std::string path(StringRef Name) const {
    SmallString<128> Path(Directory);
    sys::path::append(Path, Name);
    return Path.str().str();
  }
  std::string write(StringRef Name, StringRef Text) const {
    std::error_code Code;
    raw_fd_ostream OS(path(Name), Code);
    EXPECT_FALSE(Code);
    OS << Text;
    return path(Name);
  }

  std::expected<CompileDescription, BypassInfo>
  describe(std::optional<CodeGenFileType> Type = CodeGenFileType::ObjectFile,
           PassBuilder *PB = nullptr) {
    CompileSite Site{.M = *M,
                     .TM = PB ? nullptr : TM.get(),
                     .PB = PB,
                     .Level = PB ? std::optional(Level) : std::nullopt,
                     .WrappedPipeline = Wrapped,
                     .FileType = Type};
    return describeCompile(Site, Process);
  }
  std::string key() {
    auto Result = describe();
    EXPECT_TRUE(Result) << name(Result.error().Reason) << " "
                        << Result.error().Detail;
    return Result ? Result->Command.hex() : "";
  }
  std::string reason() {
    auto Result = describe();
    return Result ? "none" : std::string(name(Result.error().Reason));
  }

  SmallString<128> Directory;
  LLVMContext Context;
  std::unique_ptr<Module> M;
  std::unique_ptr<TargetMachine> TM;
  HostProcess Process;
  OptimizationLevel Level = OptimizationLevel::O2;
  std::string Wrapped;
};

TEST_F(CompileKeyTest, IsAFunctionOfItsInputs) {
  auto Result = describe();
  ASSERT_TRUE(Result);
  EXPECT_EQ(Result->Kind, OutputKind::Object);
  EXPECT_TRUE(Result->VerifyIR);
  EXPECT_EQ(key(), Result->Command.hex());
  command({"-cc1", "-emit-obj", "-O2", "-DX=1", "-Wall", "-o", "b.o", "-x", "c",
           "b.c"});
  EXPECT_EQ(key(), Result->Command.hex());
  command({"-cc1", "-emit-obj", "-O3", "-x", "c", "a.c"});
  EXPECT_NE(key(), Result->Command.hex());
}

TEST_F(CompileKeyTest, AnEmptyArgumentIsOneLikeAnyOther) {
  std::string Without = key();
  command({"-cc1", "-emit-obj", "-O2", "-mllvm", "", "-x", "c", "a.c"});
  EXPECT_TRUE(describe());
  EXPECT_NE(key(), Without);
}

TEST_F(CompileKeyTest, FieldsArePrintable) {
  command({"-cc1", "-emit-obj", "-fnew\nline", "-x", "c", "a.c"});
  auto Result = describe();
  ASSERT_TRUE(Result);
  auto Has = [&](const KeyField &Field) {
    return llvm::is_contained(Result->Fields, Field);
  };
  EXPECT_TRUE(Has({"tool", "clang"}));
  EXPECT_TRUE(Has({"argument", "-fnew\\0Aline"}));
  EXPECT_TRUE(Has({"target.FunctionSections", "0"}));
  for (const KeyField &Field : Result->Fields)
    EXPECT_FALSE(Field.Tag.empty());
}

TEST_F(CompileKeyTest, FlattenedArgumentsAndSpawnedFrontEndAgree) {
  std::string Spawned = key();
  TM->Options.MCOptions.CommandlineArgs =
      "\"-cc1\" \"-emit-obj\" \"-O2\" \"-x\" \"c\"";
  command({"-O2", "-c", "a.c"});
  EXPECT_EQ(key(), Spawned);
}

TEST_F(CompileKeyTest, MachineIsKeyedBesidesTheArguments) {
  std::string Plain = key();
  TM->Options.FunctionSections = true;
  EXPECT_NE(key(), Plain);
  TM->Options.FunctionSections = false;
  TM->setOptLevel(CodeGenOptLevel::Aggressive);
  EXPECT_NE(key(), Plain);
  TM->setOptLevel(CodeGenOptLevel::Default);
  TM->setLargeDataThreshold(77);
  EXPECT_EQ(largeDataThresholdOf(*TM), 77u);
  EXPECT_NE(key(), Plain);
  TM->setLargeDataThreshold(0);
  TM->setTargetFeatureString("+avx2");
  EXPECT_NE(key(), Plain);
  TM->setTargetFeatureString("");
  EXPECT_EQ(key(), Plain);
  M->addModuleFlag(Module::Warning, "CodeView", 1);
  std::string CodeView = key();
  TM->Options.ObjectFilenameForDebug = "b.o";
  EXPECT_NE(key(), CodeView);
}

TEST_F(CompileKeyTest, PipelineTuningAndLevel) {
  auto KeyOf = [&](PassBuilder &PB) {
    auto Result = describe(std::nullopt, &PB);
    EXPECT_TRUE(Result);
    return Result ? Result->Command.hex() : "";
  };
  PassBuilder Plain(TM.get());
  EXPECT_EQ(targetMachineOf(Plain), TM.get());
  PipelineTuningOptions Tuning;
  Tuning.LoopUnrolling = false;
  PassBuilder Tuned(TM.get(), Tuning);
  std::string O2 = KeyOf(Plain);
  EXPECT_EQ(KeyOf(Plain), O2);
  EXPECT_NE(KeyOf(Tuned), O2);
  Level = OptimizationLevel::Os;
  EXPECT_NE(KeyOf(Plain), O2);
  Level = OptimizationLevel::O2;
  // A callback that adds a pass shows in the printed pipeline.
  Plain.registerVectorizerStartEPCallback(
      [](FunctionPassManager &FPM, OptimizationLevel) {
        FPM.addPass(VerifierPass());
      });
  EXPECT_NE(KeyOf(Plain), O2);
}

TEST_F(CompileKeyTest, ProfilesAreKeyedByContent) {
  std::string Profile = write("p.profdata", "one");
  PassBuilder PB(TM.get(), PipelineTuningOptions(),
                 PGOOptions(Profile, "", "", "", PGOOptions::IRUse));
  auto KeyOf = [&] {
    auto Result = describe(std::nullopt, &PB);
    EXPECT_TRUE(Result);
    return Result ? Result->Command.hex() : "";
  };
  std::string One = KeyOf();
  write("p.profdata", "two");
  EXPECT_NE(KeyOf(), One);
  write("p.profdata", "one");
  EXPECT_EQ(KeyOf(), One);
  ASSERT_FALSE(sys::fs::remove(Profile));
  EXPECT_NE(KeyOf(), One);
}

TEST_F(CompileKeyTest, EveryFileThatAnArgumentNamesIsKeyed) {
  std::string List = write("list.txt", "one");
  for (const std::string &Argument :
       {List, "-fsomething=" + List, "-fx=list:" + List, "-fjoined" + List,
        "-fa=b," + List, "-fa=" + List + ",c"}) {
    SCOPED_TRACE(Argument);
    command({"-cc1", "-emit-obj", Argument, "-x", "c", "a.c"});
    std::string One = key();
    write("list.txt", "two");
    EXPECT_NE(key(), One);
    ASSERT_FALSE(sys::fs::remove(List));
    std::string Absent = key();
    EXPECT_NE(Absent, One);
    write("list.txt", "one");
    EXPECT_EQ(key(), One);
  }
  // By a relative name, against the working directory that the command sets.
  command({"-cc1", "-emit-obj", "-working-directory", path("").c_str(),
           "-fsomething=list.txt", "-x", "c", "a.c"});
  std::string One = key();
  write("list.txt", "two");
  EXPECT_NE(key(), One);
  // The input itself is in the module.
  write("list.txt", "one");
  command({"-cc1", "-emit-obj", "-x", "c", List});
  One = key();
  write("list.txt", "two");
  EXPECT_EQ(key(), One);
}

TEST_F(CompileKeyTest, WhatCannotBeReadIsABypass) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  command({"-cc1", "-emit-obj", "-fx=" + path("pipe"), "-x", "c", "a.c"});
  EXPECT_EQ(reason(), "unreadable-file");
  // A directory is none of the compiler's files, but an option of LLVM's may
  // look into it.
  command({"-cc1", "-emit-obj", "-fx=" + path(""), "-x", "c", "a.c"});
  EXPECT_EQ(reason(), "none");
  command({"-cc1", "-emit-obj", "-mllvm", "-x-dir=" + path(""), "-x", "c"});
  EXPECT_EQ(reason(), "unreadable-file");
  command({"-cc1", "-emit-obj", "-fx=/dev/null", "-x", "c", "a.c"});
  EXPECT_EQ(reason(), "none");
  // A directory of profiles stands for the one in it.
  command({"-cc1", "-emit-obj", "-fprofile-use=" + path(""), "-x", "c"});
  std::string Without = key();
  write("default.profdata", "x");
  EXPECT_NE(key(), Without);
}

TEST_F(CompileKeyTest, KindMustAgreeWithCodeGeneration) {
  EXPECT_TRUE(describe(CodeGenFileType::ObjectFile));
  auto Wrong = describe(CodeGenFileType::AssemblyFile);
  ASSERT_FALSE(Wrong);
  EXPECT_EQ(Wrong.error().Reason, BypassReason::UnclearOutput);
  auto None = describe(CodeGenFileType::Null);
  ASSERT_FALSE(None);
  EXPECT_EQ(None.error().Reason, BypassReason::NoOutput);
  Process.Executable = "/usr/bin/llc-22";
  command({"-mcpu=x86-64", "a.c"});
  EXPECT_EQ(describe(CodeGenFileType::AssemblyFile)->Kind,
            OutputKind::Assembly);
  EXPECT_FALSE(describe(std::nullopt));
}

TEST_F(CompileKeyTest, ToolsAreToldApart) {
  command({"-mcpu=x86-64", "a.c"});
  Process.Executable = "/usr/bin/llc-22";
  std::string Llc = key();
  Process.Executable = "/usr/bin/opt-22";
  auto Opt = describe(std::nullopt);
  ASSERT_TRUE(Opt);
  EXPECT_EQ(Opt->Kind, OutputKind::Bitcode);
  EXPECT_NE(Opt->Command.hex(), Llc);
  Process.Executable = "/usr/bin/other";
  EXPECT_EQ(reason(), "unknown-host");
}

TEST_F(CompileKeyTest, BypassesOfTheModuleAndTheMachine) {
  EXPECT_EQ(reason(), "none");
  TM->Options.StackUsageOutput = "a.su";
  EXPECT_EQ(reason(), "stack-usage");
  TM->Options.StackUsageOutput.clear();
  TM->Options.MCOptions.SplitDwarfFile = "a.dwo";
  EXPECT_EQ(reason(), "split-dwarf");
  TM->Options.MCOptions.SplitDwarfFile.clear();
  Process.Environment["AS_SECURE_LOG_FILE"] = "log";
  EXPECT_EQ(reason(), "secure-log");
  Process.Environment.clear();
  Wrapped = "function(gvn,print<domtree>)";
  EXPECT_EQ(reason(), "impure-pass");
  Wrapped.clear();
  M->getOrInsertNamedMetadata("llvm.gcov");
  EXPECT_EQ(reason(), "gcov-notes");
}

TEST_F(CompileKeyTest, WrappedPipelineIsKeyed) {
  std::string Plain = key();
  Wrapped = "function(gvn)";
  std::string Gvn = key();
  EXPECT_NE(Gvn, Plain);
  Wrapped = "function(dce)";
  EXPECT_NE(key(), Gvn);
}

TEST_F(CompileKeyTest, InlineAssemblyThatReadsFiles) {
  std::string Text = "define void @f() {\n  call void asm sideeffect "
                     "\".IncBin \\22x\\22\", \"\"()\n  ret void\n}\n";
  parse(Text);
  EXPECT_EQ(reason(), "asm-reads-files");
  CompileSite Site{.M = *M,
                   .TM = TM.get(),
                   .FileType = CodeGenFileType::ObjectFile,
                   .DefersAsmScan = true};
  EXPECT_TRUE(describeCompile(Site, Process));
  EXPECT_TRUE(hapax::findAsmBypass(*M));
  // In bitcode it is a string like any other.
  command({"-cc1", "-emit-llvm-bc", "-x", "c", "a.c"});
  auto Bitcode = describe(std::nullopt);
  EXPECT_TRUE(Bitcode);
  // The module's own assembly is looked at in any case.
  command({"-cc1", "-emit-obj", "-x", "c", "a.c"});
  parse("module asm \".include \\22x\\22\"\n");
  CompileSite Other{.M = *M,
                    .TM = TM.get(),
                    .FileType = CodeGenFileType::ObjectFile,
                    .DefersAsmScan = true};
  EXPECT_FALSE(describeCompile(Other, Process));
}

TEST(AsmScan, Directives) {
  for (StringRef Harmless :
       {"", "nop", "addl $$1, $0", ".cfi_startproc", ".section .init,\"ax\"",
        "movl 4(%rsp), %eax", ".byte 1 ; .align 4", ".pushsection .x",
        ".symver f,f@V1", "# a comment. include nothing",
        ".Lhere${:uid}: jmp .Lhere${:uid}", ".p2align $0", ".quad $0 - ."})
    EXPECT_FALSE(findAsmBypass(Harmless)) << Harmless.str();
  for (StringRef Refused : {".incbin \"x\"",
                            "nop\n\t.include \"x\"",
                            ".INCBIN \"x\"",
                            "nop; .incbin \"x\"",
                            "lab:.incbin \"x\"",
                            ".macro m",
                            ".irp x,1,2",
                            ".irpc x,12",
                            ".rept 3",
                            ".altmacro",
                            ".secure_log_unique \"x\"",
                            ".in$(cbin$|x$) \"x\"",
                            ".$(incbin$|x$) \"x\"",
                            ".i${0:c} \"x\"",
                            ".IN$0 \"x\"",
                            ".i\\a",
                            ".$0 \"x\"",
                            ".${0:c} \"x\"",
                            ".{inc|inc}bin \"x\"",
                            ".print \"x\"",
                            ".err",
                            ".warning \"x\"",
                            ".error \"x\""}) {
    auto Found = findAsmBypass(Refused);
    ASSERT_TRUE(Found) << Refused.str();
    EXPECT_EQ(Found->Reason, BypassReason::AsmReadsFiles);
  }
}

TEST_F(CompileKeyTest, SymbolNamedLikeTheBeginningOfADirective) {
  auto Module = [&](StringRef Name) {
    parse(("declare void @\"" + Name +
           "\"()\ndefine void @f() {\n"
           "  call void asm sideeffect \"${0:c}cbin x\", \"i\"(ptr @\"" +
           Name + "\")\n  ret void\n}\n")
              .str());
    return reason();
  };
  EXPECT_EQ(Module(".in"), "asm-reads-files");
  EXPECT_EQ(Module("."), "asm-reads-files");
  EXPECT_EQ(Module(".Lfoo.IN"), "asm-reads-files");
  EXPECT_NE(Module(".in_cbin"), "asm-reads-files");
  EXPECT_NE(Module("in"), "asm-reads-files");
}

TEST_F(CompileKeyTest, LinesInAsm) {
  auto Has = [&](StringRef Asm) {
    parse(("define void @f() {\n  call void asm sideeffect \"" + Asm +
           "\", \"\"()\n  ret void\n}\n")
              .str());
    return mayHaveLinesInAsm(*M);
  };
  for (StringRef Lines : {".loc 1 7", ".LOC 0 5 3", ".l$(oc$|x$) 0 5",
                          "${:private}oc 1 7", ".file 1 \\22x\\22"})
    EXPECT_TRUE(Has(Lines)) << Lines.str();
  for (StringRef None : {"nop", ".cfi_startproc", ".Lfoo${:uid}:", ".long 1"})
    EXPECT_FALSE(Has(None)) << None.str();
}

TEST_F(CompileKeyTest, SymbolNamedLikeADirective) {
  parse("declare void @\".incbin\"()\ndefine void @f() {\n"
        "  call void asm sideeffect \"${0:c} x\", \"i\"(ptr @\".incbin\")\n"
        "  ret void\n}\n");
  EXPECT_EQ(reason(), "asm-reads-files");
}

TEST_F(CompileKeyTest, DriversEnvironmentAndConfiguration) {
  TM->Options.MCOptions.CommandlineArgs.clear();
  std::string ConfigDir = path("config");
  ASSERT_FALSE(sys::fs::create_directory(ConfigDir));
  command({"-O2", "-c", "a.c", "--config-user-dir=" + ConfigDir});
  std::string Plain = key();
  EXPECT_NE(Plain, "");

  Process.Environment["SDKROOT"] = "/sdk";
  EXPECT_NE(key(), Plain);
  Process.Environment = {{"LLVM_OVERRIDE_PRODUCER", "x"}};
  EXPECT_NE(key(), Plain);
  Process.Environment = {{"UNRELATED", "x"}};
  EXPECT_EQ(key(), Plain);

  std::string Config = write("config/clang.cfg", "-O2 -Wall\n# comment\n");
  std::string WithO2 = key();
  EXPECT_NE(WithO2, Plain);
  write("config/clang.cfg", "-O2\n-DX -Wextra");
  EXPECT_EQ(key(), WithO2);
  write("config/clang.cfg", "-O3");
  EXPECT_NE(key(), WithO2);
  // Nested files, and files named in it.
  write("config/more", "-fx=" + path("list"));
  write("config/clang.cfg", "@more");
  std::string Without = key();
  write("list", "a");
  EXPECT_NE(key(), Without);

  write("config/clang.cfg", "-gsplit-dwarf");
  EXPECT_EQ(reason(), "split-dwarf");
  for (StringRef Kind : {"-flto", "-emit-llvm", "-Xclang -x", "-S"}) {
    write("config/clang.cfg", Kind);
    EXPECT_EQ(reason(), "unclear-output") << Kind.str();
  }
  write("config/clang.cfg", "@gone.cfg");
  EXPECT_EQ(reason(), "unclear-command");
  ASSERT_FALSE(sys::fs::remove(Config));

  // By name.
  write("config/other.conf", "-O1");
  command({"-O2", "-c", "a.c", "--config-user-dir=" + ConfigDir,
           "--config=other.conf"});
  std::string Named = key();
  write("config/other.conf", "-O0");
  EXPECT_NE(key(), Named);

  // The front end's own arguments have all of that in them.
  command({"-cc1", "-emit-obj", "-x", "c", "a.c"});
  std::string Frontend = key();
  Process.Environment["SDKROOT"] = "/sdk";
  EXPECT_EQ(key(), Frontend);
}

TEST_F(CompileKeyTest, ProgramNameOfTheDriver) {
  command({"-O2", "-c", "a.c"});
  std::string C = key();
  Process.Argv[0] = "clang++-22";
  EXPECT_NE(key(), C);
}

TEST_F(CompileKeyTest, FinalKey) {
  auto D = describe();
  ASSERT_TRUE(D);
  Digest One{1, 2}, Two{1, 3};
  CacheKey Key = compileKey(*D, KeyLevel::SourceIR, One, "");
  EXPECT_EQ(compileKey(*D, KeyLevel::SourceIR, One, ""), Key);
  EXPECT_NE(compileKey(*D, KeyLevel::OptimisedIR, One, ""), Key);
  EXPECT_NE(compileKey(*D, KeyLevel::SourceIR, Two, ""), Key);
  EXPECT_NE(compileKey(*D, KeyLevel::SourceIR, One, "x"), Key);
  CompileDescription Other = *D;
  Other.Kind = OutputKind::Assembly;
  EXPECT_NE(compileKey(Other, KeyLevel::SourceIR, One, ""), Key);
  Other = *D;
  Other.Command.Low ^= 1;
  EXPECT_NE(compileKey(Other, KeyLevel::SourceIR, One, ""), Key);
}

TEST(BuildIds, NameEveryLoadedLibrary) {
  const auto &Objects = loadedObjects();
  ASSERT_TRUE(Objects);
  auto Has = [&](StringRef Prefix) {
    return llvm::any_of(*Objects, [&](const LoadedObject &Object) {
      return StringRef(Object.Name).starts_with(Prefix) && !Object.Id.empty();
    });
  };
  EXPECT_TRUE(Has("program"));
  EXPECT_TRUE(Has("libLLVM"));
  EXPECT_TRUE(Has("libc.so"));
  EXPECT_FALSE(Has("linux-vdso"));
  EXPECT_TRUE(std::is_sorted(Objects->begin(), Objects->end()));
  EXPECT_EQ(&loadedObjects(), &Objects);
}

TEST(KeyBuilder, FieldsCannotBeConfused) {
  auto KeyOf = [](std::initializer_list<std::pair<StringRef, StringRef>> List) {
    KeyBuilder Key;
    for (auto [Tag, Value] : List)
      Key.add(Tag, Value);
    return Key.finish();
  };
  EXPECT_NE(KeyOf({{"a", "bc"}}), KeyOf({{"ab", "c"}}));
  EXPECT_NE(KeyOf({{"a", "b"}, {"c", "d"}}), KeyOf({{"a", "bcd"}}));
  EXPECT_NE(KeyOf({{"a", ""}}), KeyOf({{"", "a"}}));
  EXPECT_NE(KeyOf({{"a", ""}, {"b", ""}}), KeyOf({{"b", ""}, {"a", ""}}));
  KeyBuilder Key;
  std::string Long(1000, 'x');
  Key.add("long", StringRef(Long));
  Long.back() = 'y';
  Key.add("long", StringRef(Long));
  Key.add("backslash", StringRef("\\0A"));
  Key.add("newline", StringRef("\n"));
  EXPECT_LT(Key.fields()[0].Value.size(), 240u);
  EXPECT_NE(Key.fields()[0].Value, Key.fields()[1].Value);
  EXPECT_NE(Key.fields()[2].Value, Key.fields()[3].Value);
}

TEST_F(CompileKeyTest, AJitIsNoTool) {
  JitSetting Setting;
  auto Describe = [&] {
    return describeCompile({.M = *M, .TM = TM.get(), .Jit = &Setting}, Process);
  };
  auto Plain = Describe();
  ASSERT_TRUE(Plain);
  EXPECT_EQ(Plain->Kind, OutputKind::Object);
  EXPECT_NE(Plain->Command.hex(), key());
  EXPECT_EQ(std::ranges::count(Plain->Fields, KeyField{"tool", "jit"}), 1);
  // The program's name and arguments are its own business.
  Process.Executable = "/usr/bin/database";
  command({"--query"});
  EXPECT_EQ(Describe()->Command, Plain->Command);
  Setting.Recipe = "loops first";
  EXPECT_NE(Describe()->Command, Plain->Command);
}

} // namespace
