//===- main.cpp - A circuit compiled by a JIT that forgets nothing --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Compiles a quantum circuit to vector code for this processor, one module a
/// layer, twice: the second JIT finds in the cache what the first one compiled,
/// and so does the first one when the program runs again. The angles are new
/// each time; the code does not depend on them. Both results are checked
/// against hapax::StateVector.
//===----------------------------------------------------------------------===//
#include "Circuit.h"
#include "Options.h"
#include "hapax/Jit/CachingIRCompiler.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <random>

using namespace llvm;
using namespace llvm::orc;
using hapax::CachingCompilerOptions, hapax::CachingIRCompiler;
using hapax::StateError, hapax::StateVector;

namespace {

/// A circuit as machine code.
class CompiledCircuit {
public:
  static Expected<CompiledCircuit> create(const Circuit &C, unsigned Threads);

  void run(StateVector<double> &State,
           const std::vector<double> &Angles) const {
    for (LayerFunction *Layer : Layers)
      Layer(State.real().data(), State.imag().data(), Angles.data());
  }
  uint64_t fromTheCache() const { return Compiler->counts().Hits; }
  double milliseconds() const { return Milliseconds; }

private:
  std::unique_ptr<LLJIT> JIT;
  const CachingIRCompiler *Compiler = nullptr; ///< the JIT's
  std::vector<LayerFunction *> Layers;
  double Milliseconds = 0;
};

Expected<CompiledCircuit> CompiledCircuit::create(const Circuit &C,
                                                  unsigned Threads) {
  auto Start = std::chrono::steady_clock::now();
  CompiledCircuit Result;
  auto MakeCompiler = [&](JITTargetMachineBuilder Builder)
      -> Expected<std::unique_ptr<IRCompileLayer::IRCompiler>> {
    CachingCompilerOptions Options;
    Options.Level = OptimizationLevel::O3;
    auto Made = CachingIRCompiler::create(std::move(Builder), Options);
    if (Made)
      Result.Compiler = Made->get();
    return Made;
  };
  auto JIT = LLJITBuilder()
                 .setNumCompileThreads(Threads)
                 .setCompileFunctionCreator(MakeCompiler)
                 .create();
  if (!JIT)
    return JIT.takeError();
  Result.JIT = std::move(*JIT);

  SymbolLookupSet Names;
  for (size_t Layer = 0; Layer != C.Layers.size(); ++Layer) {
    auto Context = std::make_unique<LLVMContext>();
    auto M = C.emitLayer(Layer, *Context);
    if (Error Failed =
            Result.JIT->addIRModule({std::move(M), std::move(Context)}))
      return Failed;
    Names.add(Result.JIT->mangleAndIntern(Circuit::layerName(Layer)));
  }
  // All at once, so that all threads have something to do.
  auto Found = Result.JIT->getExecutionSession().lookup(
      makeJITDylibSearchOrder(&Result.JIT->getMainJITDylib()), Names);
  if (!Found)
    return Found.takeError();
  for (size_t Layer = 0; Layer != C.Layers.size(); ++Layer)
    Result.Layers.push_back(
        (*Found)[Result.JIT->mangleAndIntern(Circuit::layerName(Layer))]
            .toPtr<LayerFunction *>());
  std::chrono::duration<double, std::milli> Taken =
      std::chrono::steady_clock::now() - Start;
  Result.Milliseconds = Taken.count();
  return Result;
}

/// The Euclidean distance of two states of one size.
double distance(const StateVector<double> &A, const StateVector<double> &B) {
  double Sum = 0;
  for (size_t I = 0; I != A.size(); ++I)
    Sum += std::norm(
        std::complex(A.real()[I] - B.real()[I], A.imag()[I] - B.imag()[I]));
  return std::sqrt(Sum);
}

/// How far apart the two may be. A gate rounds two products and their sum, here
/// and in StateVector (4.1 u of the sum of the products at most), and the
/// absolute values of its matrix stretch a vector by no more than the root of
/// 2; sine and cosine may differ by one unit in the last place.
double bound(const Circuit &C) { return 16.0 * C.gates() * 0x1p-53; }

std::expected<double, StateError>
check(const Circuit &C, const CompiledCircuit &Code, unsigned AnglesSeed) {
  std::mt19937_64 Random(AnglesSeed);
  std::uniform_real_distribution<double> Angle(-3, 3);
  std::vector<double> Angles(C.Parameters);
  for (double &A : Angles)
    A = Angle(Random);
  auto Ours = StateVector<double>::create(C.Qubits);
  auto Theirs = StateVector<double>::create(C.Qubits);
  if (!Ours || !Theirs)
    return std::unexpected(Ours ? Theirs.error() : Ours.error());
  Code.run(*Ours, Angles);
  if (auto Done = C.applyTo(*Theirs, Angles); !Done)
    return std::unexpected(Done.error());
  return distance(*Ours, *Theirs);
}

int fail(const Twine &Why) {
  errs() << "jit-circuit: " << Why << '\n';
  return 1;
}

} // namespace

int main(int Argc, char **Argv) {
  auto Given = Options::parse(std::span(Argv, Argc).subspan(1));
  if (!Given)
    return fail(Given.error());
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();

  Circuit C = Circuit::random(Given->Qubits, Given->Depth, Given->Seed);
  outs() << formatv("{0} qubits, {1} layers, {2} gates\n", C.Qubits,
                    C.Layers.size(), C.gates());
  for (unsigned Time : {1, 2}) {
    Expected<CompiledCircuit> Code = CompiledCircuit::create(C, Given->Threads);
    if (!Code)
      return fail(toString(Code.takeError()));
    std::expected<double, StateError> Apart = check(C, *Code, Time);
    if (!Apart)
      return fail(message(Apart.error()));
    outs() << formatv("JIT {0}: compiled in {1:f1} ms, {2} of {3} objects from "
                      "the cache; {4:e2} from StateVector, bound {5:e2}\n",
                      Time, Code->milliseconds(), Code->fromTheCache(),
                      C.Layers.size(), *Apart, bound(C));
    if (!(*Apart <= bound(C)))
      return fail("that is not the same state");
  }
  return 0;
}
