//===- JitObjectCacheTest.cpp - What one JIT compiled, the next one loads -===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "JitTestSupport.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/OptBisect.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <fcntl.h>
#include <random>
#include <thread>
#include <unistd.h>

using namespace hapax;
using namespace hapax::test;
using namespace llvm;

namespace {

cl::opt<int> TestOption("hidden-option-of-the-jit-test", cl::init(0));

TEST_F(JitTest, WhatOneJitCompiledTheNextOneLoads) {
  const std::string Text = sumOfMultiples("f", 4);
  TestJit Plain(plainCompiler(nullptr));
  Plain.add(Text);
  EXPECT_EQ(Plain.call("f", 5), 50);

  for (bool IsWarm : {false, true}) {
    std::unique_ptr<JitObjectCache> Cache = open();
    TestJit Cached(plainCompiler(Cache.get()));
    Cached.add(Text);
    EXPECT_EQ(Cached.call("f", 5), 50);
    EXPECT_EQ(Cached.Objects, Plain.Objects);
    EXPECT_EQ(Cache->counts().Hits, IsWarm ? 1u : 0u);
    EXPECT_EQ(Cache->counts().Misses, IsWarm ? 0u : 1u);
  }
  EXPECT_EQ(counter("hit"), 1u);
  EXPECT_EQ(counter("hit.jit"), 1u);
  EXPECT_EQ(counter("miss.absent"), 1u);
  EXPECT_EQ(counter("error"), 0u);
}

TEST_F(JitTest, AnythingThatChangesTheCodeIsAMiss) {
  LLVMContext Context;
  auto Compile = [&](Builder B, JitCacheOptions Options) {
    std::unique_ptr<JitObjectCache> Cache = open(B, std::move(Options));
    std::unique_ptr<Module> M = parse(sumOfMultiples("f", 4), Context);
    compile(*M, Cache.get(), B);
    return Cache->counts().Hits == 1;
  };
  auto Check = [&](const char *What, function_ref<void(Builder &)> Change) {
    Builder Other = host();
    Change(Other);
    EXPECT_FALSE(Compile(Other, options())) << What;
    EXPECT_TRUE(Compile(Other, options())) << What;
  };
  Check("as it is", [](Builder &) {});
  Check("processor", [](Builder &B) { B.setCPU("x86-64"); });
  Check("features", [](Builder &B) { B.addFeatures({"-avx"}); });
  Check("level",
        [](Builder &B) { B.setCodeGenOptLevel(CodeGenOptLevel::None); });
  // (Those that a JIT has by itself are others.)
  Check("code model", [](Builder &B) { B.setCodeModel(CodeModel::Small); });
  Check("relocation model",
        [](Builder &B) { B.setRelocationModel(Reloc::PIC_); });
  Check("target option",
        [](Builder &B) { B.getOptions().FunctionSections = true; });
  Check("assembler option",
        [](Builder &B) { B.getOptions().MCOptions.Crel = true; });

  JitCacheOptions Changed = options();
  Changed.Recipe = "instcombine first";
  EXPECT_FALSE(Compile(host(), Changed));
  EXPECT_TRUE(Compile(host(), Changed));
  Changed = options();
  Changed.Settings->Namespace = "another";
  EXPECT_FALSE(Compile(host(), Changed));
  EXPECT_TRUE(Compile(host(), Changed));
}

TEST_F(JitTest, AnotherModuleIsAMiss) {
  std::unique_ptr<JitObjectCache> Cache = open();
  LLVMContext Context;
  for (int Factor : {3, 4}) {
    auto M = parse(sumOfMultiples("f", Factor), Context);
    compile(*M, Cache.get());
  }
  // Its name reaches the object.
  auto Named = parse(sumOfMultiples("f", 4), Context);
  Named->setSourceFileName("another.ll");
  compile(*Named, Cache.get());
  EXPECT_EQ(Cache->counts().Hits, 0u);
  EXPECT_EQ(Cache->counts().Misses, 3u);
}

TEST_F(JitTest, ManyThreadsCompileManyModules) {
  constexpr int Modules = 24;
  for (bool IsWarm : {false, true}) {
    std::unique_ptr<JitObjectCache> Cache = open();
    TestJit Jit(plainCompiler(Cache.get()), /*Threads=*/4);
    orc::SymbolLookupSet Names;
    for (int N = 0; N != Modules; ++N) {
      std::string Name = "f" + std::to_string(N);
      Jit.add(sumOfMultiples(Name, N + 1));
      Names.add(Jit.JIT->mangleAndIntern(Name));
    }
    // All at once.
    auto Found = Jit.JIT->getExecutionSession().lookup(
        orc::makeJITDylibSearchOrder(&Jit.JIT->getMainJITDylib()), Names);
    ASSERT_TRUE(bool(Found)) << toString(Found.takeError());
    for (int N = 0; N != Modules; ++N)
      EXPECT_EQ(Jit.call("f" + std::to_string(N), 2), (N + 1) * (N + 2));
    EXPECT_EQ(Cache->counts().Hits, IsWarm ? uint64_t(Modules) : 0);
    EXPECT_EQ(Cache->counts().Misses, IsWarm ? 0 : uint64_t(Modules));
  }
}

TEST_F(JitTest, EqualModulesAtOneTime) {
  const std::string Text = sumOfMultiples("f", 7);
  LLVMContext Context;
  auto M = parse(Text, Context);
  const std::string Plain = compile(*M, nullptr);

  std::unique_ptr<JitObjectCache> Cache = open();
  constexpr unsigned Threads = 4, Rounds = 8;
  std::vector<std::string> Made[Threads];
  std::vector<std::thread> Running;
  for (std::vector<std::string> &Into : Made)
    Running.emplace_back([&] {
      for (unsigned Round = 0; Round != Rounds; ++Round) {
        LLVMContext Own;
        Into.push_back(compile(*parse(Text, Own), Cache.get()));
      }
    });
  for (std::thread &T : Running)
    T.join();
  for (const std::vector<std::string> &Objects : Made)
    EXPECT_EQ(Objects, std::vector<std::string>(Rounds, Plain));
  JitObjectCache::Counts Counts = Cache->counts();
  EXPECT_EQ(Counts.Hits + Counts.Misses, Threads * Rounds);
  EXPECT_GE(Counts.Hits, Threads * (Rounds - 1));
}

/// The file that holds the payload of the one large entry below \p Folder.
std::string fileOfLargeEntry(StringRef Folder) {
  std::error_code Failed;
  for (sys::fs::recursive_directory_iterator File(Folder, Failed), End;
       File != End && !Failed; File.increment(Failed))
    if (sys::path::filename(File->path()).starts_with("leaf"))
      return File->path();
  return {};
}

TEST_F(JitTest, ADamagedEntryIsCompiledAnew) {
  // So much that nobody can compress that it gets a file of its own.
  std::string Text = "@noise = constant [200000 x i8] c\"";
  std::mt19937 Random(1);
  for (int N = 0; N != 200000; ++N)
    Text += "\\" + utohexstr(Random() % 256, /*LowerCase=*/false, /*Width=*/2);
  Text += "\"\n" + sumOfMultiples("f", 4);
  LLVMContext Context;
  const std::string Plain = compile(*parse(Text, Context), nullptr);
  compile(*parse(Text, Context), open().get());

  int File = ::open(fileOfLargeEntry(Root).c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_GE(File, 0);
  ASSERT_EQ(::pwrite(File, "damage", 6, 100000), 6);
  ::close(File);

  for (bool IsWarm : {false, true}) {
    std::unique_ptr<JitObjectCache> Cache = open();
    EXPECT_EQ(compile(*parse(Text, Context), Cache.get()), Plain);
    EXPECT_EQ(Cache->counts().Hits, IsWarm ? 1u : 0u);
  }
  EXPECT_EQ(counter("store.corrupt"), 1u);
}

TEST_F(JitTest, WithoutAStoreEverythingIsCompiled) {
  {
    std::error_code Failed;
    raw_fd_ostream InTheWay(Settings.Directory, Failed);
  }
  const std::string Text = sumOfMultiples("f", 4);
  for (int Time = 0; Time != 2; ++Time) {
    std::unique_ptr<JitObjectCache> Cache = open();
    TestJit Jit(plainCompiler(Cache.get()));
    Jit.add(Text);
    EXPECT_EQ(Jit.call("f", 5), 50);
    EXPECT_EQ(Cache->counts().Hits, 0u);
  }
}

TEST_F(JitTest, SettingsAreThoseOfThePlugin) {
  LLVMContext Context;
  auto Compile = [&](function_ref<void(Config &)> Change) {
    JitCacheOptions Changed = options();
    Change(*Changed.Settings);
    std::unique_ptr<JitObjectCache> Cache = open(host(), std::move(Changed));
    compile(*parse(sumOfMultiples("f", 4), Context), Cache.get());
    return Cache->counts();
  };
  auto Disabled = Compile([](Config &C) { C.Disable = true; });
  EXPECT_EQ(Disabled.Hits + Disabled.Misses + Disabled.Bypasses, 0u);
  EXPECT_EQ(Compile([](Config &C) { C.ReadOnly = true; }).Misses, 1u);
  EXPECT_EQ(Compile([](Config &) {}).Misses, 1u);
  EXPECT_EQ(Compile([](Config &C) { C.ReadOnly = true; }).Hits, 1u);
  EXPECT_EQ(Compile([](Config &C) { C.Recache = true; }).Misses, 1u);
  EXPECT_EQ(Compile([](Config &C) { C.Verify = true; }).Hits, 1u);
  EXPECT_EQ(counter("verify.match"), 1u);
}

TEST_F(JitTest, VerifyFindsAnObjectThatIsNotWhatIsCompiled) {
  LLVMContext Context;
  auto M = parse(sumOfMultiples("f", 4), Context);
  std::unique_ptr<JitObjectCache> Writer = open();
  ASSERT_FALSE(Writer->getObject(M.get()));
  Writer->notifyObjectCompiled(M.get(), {"no object", ""});

  Settings.Verify = true;
  std::unique_ptr<JitObjectCache> Cache = open();
  compile(*M, Cache.get());
  EXPECT_EQ(Cache->counts().Misses, 1u);
  EXPECT_EQ(counter("verify.mismatch"), 1u);
  // It is gone.
  EXPECT_FALSE(Cache->getObject(parse(sumOfMultiples("f", 4), Context).get()));
}

/// A module at an address of the test's choice.
class Placed {
public:
  ~Placed() { clear(); }
  Module &put(StringRef Function, LLVMContext &Context) {
    clear();
    M = new (Memory) Module("module.ll", Context);
    auto *Type = FunctionType::get(Type::getInt32Ty(Context), false);
    auto *F =
        Function::Create(Type, GlobalValue::ExternalLinkage, Function, *M);
    ReturnInst::Create(Context, ConstantInt::get(Type->getReturnType(), 1),
                       BasicBlock::Create(Context, "", F));
    M->setTargetTriple(cantFail(Builder::detectHost()).getTargetTriple());
    return *M;
  }

private:
  using Function = llvm::Function;
  void clear() {
    if (M)
      M->~Module();
    M = nullptr;
  }
  alignas(Module) char Memory[sizeof(Module)];
  Module *M = nullptr;
};

TEST_F(JitTest, AfterAFailedCompileAModuleAtTheSameAddressIsItself) {
  std::unique_ptr<JitObjectCache> Cache = open();
  LLVMContext Context;
  Placed Place;
  // No object comes of the first one.
  Module &First = Place.put("first", Context);
  ASSERT_FALSE(Cache->getObject(&First));
  Module &Second = Place.put("second", Context);
  ASSERT_EQ(&First, &Second);
  ASSERT_FALSE(Cache->getObject(&Second));
  Cache->notifyObjectCompiled(&Second, {"object of the second", ""});
  EXPECT_FALSE(Cache->getObject(&Place.put("first", Context)));
  auto Found = Cache->getObject(&Place.put("second", Context));
  ASSERT_TRUE(Found);
  EXPECT_EQ(Found->getBuffer(), "object of the second");
}

TEST_F(JitTest, AnObjectThatNobodyAskedForIsNotStored) {
  std::unique_ptr<JitObjectCache> Cache = open();
  LLVMContext Context;
  Placed Place;
  ASSERT_FALSE(Cache->getObject(&Place.put("first", Context)));
  // The compiler gives up, and compiles another one without asking.
  Cache->notifyObjectCompiled(&Place.put("second", Context),
                              {"object of the second", ""});
  EXPECT_FALSE(Cache->getObject(&Place.put("first", Context)));
  EXPECT_FALSE(Cache->getObject(&Place.put("second", Context)));
  EXPECT_EQ(Cache->counts().Misses, 0u);
}

struct Counting final : DiagnosticHandler {
  int &Count;
  explicit Counting(int &Count) : Count(Count) {}
  bool handleDiagnostics(const DiagnosticInfo &) override {
    ++Count;
    return true;
  }
};

TEST_F(JitTest, WhatTheBackEndSaysIsSaidAgain) {
  auto Compile = [&](JitObjectCache *Cache) {
    int Count = 0;
    LLVMContext Context;
    auto Own = std::make_unique<Counting>(Count);
    const DiagnosticHandler *Address = Own.get();
    Context.setDiagnosticHandler(std::move(Own));
    compile(*parse("declare void @g() \"dontcall-warn\"=\"think twice\"\n"
                   "define void @f() {\n  call void @g()\n  ret void\n}\n",
                   Context),
            Cache);
    EXPECT_EQ(Context.getDiagHandlerPtr(), Address);
    return Count;
  };
  const int Said = Compile(nullptr);
  ASSERT_GT(Said, 0);
  std::unique_ptr<JitObjectCache> Cache = open();
  EXPECT_EQ(Compile(Cache.get()), Said);
  EXPECT_EQ(Compile(Cache.get()), Said);
  EXPECT_EQ(Cache->counts().Bypasses, 2u);
  EXPECT_EQ(counter("bypass.backend-diagnostic"), 2u);
}

TEST_F(JitTest, ACompileWhoseDiagnosticsWentElsewhereIsNotStored) {
  std::unique_ptr<JitObjectCache> Cache = open();
  LLVMContext Context;
  auto M = parse(sumOfMultiples("f", 4), Context);
  ASSERT_FALSE(Cache->getObject(M.get()));
  Context.setDiagnosticHandler(std::make_unique<DiagnosticHandler>());
  Cache->notifyObjectCompiled(M.get(), {"object", ""});
  EXPECT_EQ(Cache->counts().Bypasses, 1u);
  EXPECT_FALSE(Cache->getObject(M.get()));
}

TEST_F(JitTest, AFailedCompileLeavesNothingInTheContext) {
  std::unique_ptr<JitObjectCache> Cache = open();
  LLVMContext Context;
  const DiagnosticHandler *Own = Context.getDiagHandlerPtr();
  auto M = parse(sumOfMultiples("f", 4), Context);
  ASSERT_FALSE(Cache->getObject(M.get()));
  EXPECT_NE(Context.getDiagHandlerPtr(), Own);
  Cache->notifyCompileFailed(M.get());
  EXPECT_EQ(Context.getDiagHandlerPtr(), Own);
  // It is over: an object that comes now is nobody's.
  Cache->notifyObjectCompiled(M.get(), {"object", ""});
  EXPECT_FALSE(Cache->getObject(M.get()));
  EXPECT_EQ(Cache->counts().Hits, 0u);
}

TEST_F(JitTest, AssemblyThatReadsFilesIsLeftAlone) {
  std::unique_ptr<JitObjectCache> Cache = open();
  for (int Time = 0; Time != 2; ++Time) {
    LLVMContext Context;
    compile(*parse("define void @f() {\n"
                   "  call void asm \".incbin \\22/dev/null\\22\", \"\"()\n"
                   "  ret void\n}\n",
                   Context),
            Cache.get());
  }
  EXPECT_EQ(Cache->counts().Bypasses, 2u);
  EXPECT_EQ(counter("bypass.asm-reads-files"), 2u);
}

TEST_F(JitTest, AModuleThatIsNotAllReadIsLeftAlone) {
  std::unique_ptr<JitObjectCache> Cache = open();
  LLVMContext Context;
  SmallString<0> Bitcode;
  raw_svector_ostream OS(Bitcode);
  WriteBitcodeToFile(*parse(sumOfMultiples("f", 4), Context), OS);
  auto Lazy =
      cantFail(getLazyBitcodeModule(MemoryBufferRef(Bitcode, "m"), Context));
  EXPECT_FALSE(Cache->getObject(Lazy.get()));
  EXPECT_EQ(counter("bypass.unread-module"), 1u);
  cantFail(Lazy->materializeAll());
  EXPECT_FALSE(Cache->getObject(Lazy.get()));
  Cache->notifyObjectCompiled(Lazy.get(), {"object", ""});
  EXPECT_TRUE(Cache->getObject(Lazy.get()));
}

TEST_F(JitTest, AContextThatSkipsPassesIsLeftAlone) {
  struct Gate final : OptPassGate {
    bool shouldRunPass(StringRef, StringRef) const override { return true; }
    bool isEnabled() const override { return true; }
  } Own;
  LLVMContext Context;
  Context.setOptPassGate(Own);
  std::unique_ptr<JitObjectCache> Cache = open();
  EXPECT_FALSE(Cache->getObject(parse(sumOfMultiples("f", 4), Context).get()));
  EXPECT_EQ(counter("bypass.hidden-option"), 1u);
}

TEST_F(JitTest, AnOptionOfLlvmMustBeInSight) {
  const char *Arguments[] = {"program", "-hidden-option-of-the-jit-test=3"};
  ASSERT_TRUE(cl::ParseCommandLineOptions(2, Arguments, "", &nulls()));
  LLVMContext Context;
  auto Compile = [&](std::vector<std::string> Told) {
    JitCacheOptions Changed = options();
    Changed.LlvmArguments = std::move(Told);
    std::unique_ptr<JitObjectCache> Cache = open(host(), std::move(Changed));
    compile(*parse(sumOfMultiples("f", 4), Context), Cache.get());
    return Cache->counts();
  };
  EXPECT_EQ(Compile({}).Bypasses, 1u);
  EXPECT_EQ(counter("bypass.hidden-option"), 1u);
  // Twice is once too often: which of them counted?
  EXPECT_EQ(Compile({"-hidden-option-of-the-jit-test=3",
                     "-hidden-option-of-the-jit-test=4"})
                .Bypasses,
            1u);
  EXPECT_EQ(Compile({"--hidden-option-of-the-jit-test=3"}).Misses, 1u);
  EXPECT_EQ(Compile({"--hidden-option-of-the-jit-test=3", "x"}).Hits, 1u);
  EXPECT_EQ(Compile({"--hidden-option-of-the-jit-test", "4"}).Misses, 1u);
  EXPECT_EQ(Compile({"--hidden-option-of-the-jit-test", "5"}).Misses, 1u);
  cl::ResetAllOptionOccurrences();
  EXPECT_EQ(Compile({"--hidden-option-of-the-jit-test=3"}).Misses, 1u);
}

} // namespace
