//===- CachingIRCompilerTest.cpp - Optimise and compile once --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "JitTestSupport.h"
#include "llvm/Support/MemoryBuffer.h"
#include <stdlib.h>

using namespace hapax;
using namespace hapax::test;
using namespace llvm;

namespace {

class CachingIRCompilerTest : public JitTest {
protected:
  std::unique_ptr<CachingIRCompiler> compiler(CachingCompilerOptions Options) {
    std::string Recipe = std::move(Options.Cache.Recipe);
    Options.Cache = options();
    Options.Cache.Recipe = std::move(Recipe);
    return cantFail(CachingIRCompiler::create(host(), std::move(Options)));
  }
};

TEST_F(CachingIRCompilerTest, SavesTheOptimiserToo) {
  const std::string Text = sumOfMultiples("f", 1000);
  std::vector<std::string> Objects[2];
  for (bool IsWarm : {false, true}) {
    const CachingIRCompiler *Compiler = nullptr;
    TestJit Jit(
        [&](Builder)
            -> Expected<std::unique_ptr<orc::IRCompileLayer::IRCompiler>> {
          auto Made = compiler({});
          Compiler = Made.get();
          return Made;
        });
    Jit.add(Text);
    EXPECT_EQ(Jit.call("f", 2), 1000 * 1001);
    EXPECT_EQ(Compiler->counts().Hits, IsWarm ? 1u : 0u);
    EXPECT_EQ(Compiler->counts().Misses, IsWarm ? 0u : 1u);
    Objects[IsWarm] = Jit.Objects;
  }
  EXPECT_EQ(Objects[0], Objects[1]);

  // It has been optimised: the object is not what is made of the IR as it was.
  TestJit Plain(plainCompiler(nullptr));
  Plain.add(Text);
  EXPECT_EQ(Plain.call("f", 2), 1000 * 1001);
  EXPECT_NE(Objects[0], Plain.Objects);
}

TEST_F(CachingIRCompilerTest, AHitLeavesTheModuleAsItIs) {
  LLVMContext Context;
  auto Compiler = compiler({});
  auto First = parse(sumOfMultiples("f", 1000), Context);
  std::string Fresh = cantFail((*Compiler)(*First))->getBuffer().str();
  auto Second = parse(sumOfMultiples("f", 1000), Context);
  std::string Found = cantFail((*Compiler)(*Second))->getBuffer().str();
  EXPECT_EQ(Fresh, Found);
  // The loop of the first became a product.
  EXPECT_EQ(First->getFunction("f")->size(), 1u);
  EXPECT_EQ(Second->getFunction("f")->size(), 3u);
}

TEST_F(CachingIRCompilerTest, AnotherPipelineIsAMiss) {
  LLVMContext Context;
  auto IsHit = [&](CachingCompilerOptions Options) {
    auto Compiler = compiler(std::move(Options));
    auto M = parse(sumOfMultiples("f", 4), Context);
    cantFail((*Compiler)(*M));
    return Compiler->counts().Hits == 1;
  };
  for (OptimizationLevel Level :
       {OptimizationLevel::O0, OptimizationLevel::O1, OptimizationLevel::O2,
        OptimizationLevel::O3, OptimizationLevel::Os, OptimizationLevel::Oz}) {
    EXPECT_FALSE(IsHit({.Level = Level}));
    EXPECT_TRUE(IsHit({.Level = Level}));
  }
  PipelineTuningOptions Tuning;
  Tuning.SLPVectorization = !Tuning.SLPVectorization;
  EXPECT_FALSE(IsHit({.Tuning = Tuning}));
  EXPECT_FALSE(IsHit({.Cache = {.Recipe = "the caller strips names"}}));
  // Without the optimiser it is another object.
  std::unique_ptr<JitObjectCache> Plain = open();
  compile(*parse(sumOfMultiples("f", 4), Context), Plain.get());
  EXPECT_EQ(Plain->counts().Misses, 1u);
}

TEST_F(CachingIRCompilerTest, RealModulesComeBackByteForByte) {
  const char *Modules[] = {"list-O0.ll",     "list-O0-g.ll", "list-O2.ll",
                           "shapes-O0-g.ll", "shapes-O2.ll", "numbers.ll"};
  for (StringRef Name : Modules) {
    SCOPED_TRACE(Name.str());
    auto Text = cantFail(
        errorOrToExpected(MemoryBuffer::getFile(HAPAX_TEST_INPUTS "/" + Name)));
    auto Compile = [&](auto Compiler) {
      LLVMContext Context;
      return cantFail(Compiler(*parse(Text->getBuffer(), Context)))
          ->getBuffer()
          .str();
    };
    auto Optimising = [&](bool Disable) {
      Settings.Disable = Disable;
      return Compile([&](Module &M) { return (*compiler({}))(M); });
    };
    auto Plain = [&](JitObjectCache *Cache) {
      return Compile([&](Module &M) {
        return orc::ConcurrentIRCompiler(host(), Cache)(M);
      });
    };
    const std::string Optimised = Optimising(/*Disable=*/true);
    EXPECT_EQ(Optimising(/*Disable=*/false), Optimised);
    EXPECT_EQ(Optimising(/*Disable=*/false), Optimised);
    const std::string Unoptimised = Plain(nullptr);
    EXPECT_EQ(Plain(open().get()), Unoptimised);
    EXPECT_EQ(Plain(open().get()), Unoptimised);
  }
  EXPECT_EQ(counter("hit"), 2 * std::size(Modules));
  EXPECT_EQ(counter("miss"), 2 * std::size(Modules));
}

TEST_F(CachingIRCompilerTest, IsSetInOneCall) {
  // The settings are those of the process.
  ::setenv("HAPAX_DIR", Settings.Directory.c_str(), /*overwrite=*/1);
  ::setenv("HAPAX_DAEMON", "off", /*overwrite=*/1);
  using namespace llvm::orc;
  // README shows this code.
  // clang-format off
  auto JIT = LLJITBuilder()
      .setCompileFunctionCreator([](JITTargetMachineBuilder Builder) {
        return hapax::CachingIRCompiler::create(std::move(Builder));
      })
      .create();
  // clang-format on
  ASSERT_TRUE(bool(JIT)) << toString(JIT.takeError());
  cantFail((*JIT)->addIRModule(threadSafe(sumOfMultiples("f", 4))));
  EXPECT_EQ(cantFail((*JIT)->lookup("f")).toPtr<int(int)>()(5), 50);
  EXPECT_EQ(counter("miss"), 1u);
}

TEST_F(CachingIRCompilerTest, FailureComesBack) {
  LLVMContext Context;
  Builder Nowhere = host();
  Nowhere.getTargetTriple() = Triple("nowhere-unknown-none");
  auto Made = CachingIRCompiler::create(Nowhere);
  EXPECT_FALSE(bool(Made));
  consumeError(Made.takeError());
}

} // namespace
