//===- JitTestSupport.h - Common to the tests of the JIT cache --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_JIT_JITTESTSUPPORT_H
#define HAPAX_TEST_JIT_JITTESTSUPPORT_H

#include "hapax/Cache/Counters.h"
#include "hapax/Jit/CachingIRCompiler.h"
#include "hapax/Store/Layout.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/ExecutionEngine/Orc/CompileUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/ExecutionEngine/Orc/ObjectTransformLayer.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "gtest/gtest.h"
#include <mutex>

namespace hapax::test {

using Builder = llvm::orc::JITTargetMachineBuilder;

/// A loop, so that there is something to optimise: the sum of the first Factor
/// multiples of %x.
inline std::string sumOfMultiples(llvm::StringRef Name, int Factor) {
  return ("define i32 @" + Name +
          "(i32 %x) {\n"
          "entry:\n"
          "  br label %loop\n"
          "loop:\n"
          "  %i = phi i32 [ 1, %entry ], [ %next, %loop ]\n"
          "  %sum = phi i32 [ 0, %entry ], [ %more, %loop ]\n"
          "  %product = mul i32 %i, %x\n"
          "  %more = add i32 %sum, %product\n"
          "  %next = add i32 %i, 1\n"
          "  %done = icmp sgt i32 %next, " +
          llvm::Twine(Factor) +
          "\n"
          "  br i1 %done, label %exit, label %loop\n"
          "exit:\n"
          "  ret i32 %more\n"
          "}\n")
      .str();
}

inline std::unique_ptr<llvm::Module> parse(llvm::StringRef Text,
                                           llvm::LLVMContext &Context) {
  llvm::SMDiagnostic Wrong;
  std::unique_ptr<llvm::Module> M =
      llvm::parseAssemblyString(Text, Wrong, Context);
  EXPECT_TRUE(M) << Wrong.getMessage().str();
  Builder Host = llvm::cantFail(Builder::detectHost());
  M->setTargetTriple(Host.getTargetTriple());
  M->setDataLayout(llvm::cantFail(Host.getDefaultDataLayoutForTarget()));
  M->setModuleIdentifier("module.ll");
  M->setSourceFileName("module.ll");
  return M;
}

inline llvm::orc::ThreadSafeModule threadSafe(llvm::StringRef Text) {
  auto Context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> M = parse(Text, *Context);
  return {std::move(M), std::move(Context)};
}

/// A cache directory of its own for each test.
class JitTest : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
  }
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("hapax-jit", Root));
    Settings.Directory = (Root + "/cache").str();
    Settings.Daemon = DaemonUse::Off;
  }
  void TearDown() override { llvm::sys::fs::remove_directories(Root); }

  static Builder host() { return llvm::cantFail(Builder::detectHost()); }
  JitCacheOptions options() const {
    return {.LlvmArguments = std::vector<std::string>(), .Settings = Settings};
  }
  std::unique_ptr<JitObjectCache> open(Builder Of = host()) const {
    return open(std::move(Of), options());
  }
  static std::unique_ptr<JitObjectCache> open(Builder Of,
                                              JitCacheOptions Options) {
    return llvm::cantFail(
        JitObjectCache::create(std::move(Of), std::move(Options)));
  }
  /// As all processes count it.
  uint64_t counter(const std::string &Name) const {
    return Counters::open(countersFile(Settings.Directory), /*ReadOnly=*/true)
        .read()[Name];
  }

  llvm::SmallString<128> Root;
  Config Settings;
};

/// A JIT and the objects that it linked.
class TestJit {
public:
  /// \p Compiler is one of LLVM's or ours.
  using Creator = std::function<llvm::Expected<
      std::unique_ptr<llvm::orc::IRCompileLayer::IRCompiler>>(Builder)>;
  explicit TestJit(Creator Compiler, unsigned Threads = 0) {
    JIT = llvm::cantFail(llvm::orc::LLJITBuilder()
                             .setNumCompileThreads(Threads)
                             .setCompileFunctionCreator(std::move(Compiler))
                             .create());
    JIT->getObjTransformLayer().setTransform(
        [this](std::unique_ptr<llvm::MemoryBuffer> Object)
            -> llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> {
          std::lock_guard Guard(Lock);
          Objects.push_back(Object->getBuffer().str());
          return Object;
        });
  }

  void add(llvm::StringRef Text) {
    llvm::cantFail(JIT->addIRModule(threadSafe(Text)));
  }
  int call(llvm::StringRef Function, int Argument) {
    auto Found = JIT->lookup(Function);
    if (!Found) {
      ADD_FAILURE() << toString(Found.takeError());
      return 0;
    }
    return Found->toPtr<int(int)>()(Argument);
  }

  std::unique_ptr<llvm::orc::LLJIT> JIT;
  std::mutex Lock;
  std::vector<std::string> Objects;
};

/// LLVM's own compiler with \p Cache, or without one.
inline TestJit::Creator plainCompiler(JitObjectCache *Cache) {
  return [Cache](Builder B)
             -> llvm::Expected<
                 std::unique_ptr<llvm::orc::IRCompileLayer::IRCompiler>> {
    return std::make_unique<llvm::orc::ConcurrentIRCompiler>(std::move(B),
                                                             Cache);
  };
}

/// What LLVM's own compiler makes of \p M, through \p Cache.
inline std::string compile(llvm::Module &M, JitObjectCache *Cache,
                           Builder B = llvm::cantFail(Builder::detectHost())) {
  llvm::orc::ConcurrentIRCompiler Compiler(std::move(B), Cache);
  return llvm::cantFail(Compiler(M))->getBuffer().str();
}

} // namespace hapax::test

#endif // HAPAX_TEST_JIT_JITTESTSUPPORT_H
