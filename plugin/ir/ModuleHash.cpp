//===- ModuleHash.cpp - Structural hash of a module -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: two modules must have the same hash exactly when no pass and no
/// writer can tell them apart, and finding out must cost a fraction of writing
/// bitcode.
///
/// Idea: one walk over the module writes everything that is in it as a sequence
/// of words which could be read back, and the words are hashed. Pointers become
/// numbers in order of first mention. Each global is written to a buffer of its
/// own, in which other globals stand as their names, constants and types as
/// digests of their content, and metadata nodes as places in a list: so the
/// digest of a function is the same whatever else the module contains. What
/// these digests leave open is added once for the module: which node each place
/// stands for, what the nodes contain, and the order of uses across functions.
///
/// Invariant: the words are an injective description of the module without what
/// ModuleHash.h lists. Tags, counts and lengths come first; nothing depends on
/// an address, on the order of a hash table or on what else the context knows.
///
/// Cost: a look-up per operand, a comparison per use, some 45 bytes of words
/// per instruction. What it comes to in time is the misses: the IR is walked
/// once, and each attachment is looked up in a table of the context.
//===----------------------------------------------------------------------===//
#include "hapax/IR/ModuleHash.h"

#include "HashFunction.h"
#include "HashMetadata.h"
#include "HashValues.h"
#include "hapax/IR/ModuleHashRules.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/GlobalIFunc.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace hapax;

struct ModuleHash::State {
  Digest Whole, Header, Metadata, UseOrder;
  bool HasInlineAsm = false;
  std::vector<GlobalHash> Globals;
  std::vector<const GlobalValue *> GlobalLists;
  std::vector<const MDNode *> NodeLists;
  std::vector<SourceLine> LineLists;
};

namespace {

class ModuleHasher {
public:
  ModuleHasher(const Module &M, ModuleHashOptions Options)
      : M(M), Options(Options), Rules(M, Options.Kind),
        Values(M, Rules, Options.Names), Nodes(M, Rules, Values),
        Lines(/*AsTheyAre=*/Options.Lines),
        Bodies(M.getContext(), Values, Nodes, Lines, Options.UseOrder) {}

  void run();
  bool hasInlineAsm() const { return Values.sawInlineAsm(); }

  struct Part {
    const GlobalValue *Global;
    /// Counts only if something refers to it.
    bool IsPlainDeclaration = false;
    Digest Content = {};
    /// The part's stretches of the flat lists.
    size_t FirstGlobal = 0, FirstNode = 0, FirstLine = 0;
    size_t NumGlobals = 0, NumNodes = 0, NumLines = 0;
  };
  std::vector<Part> Parts;
  std::vector<const GlobalValue *> GlobalLists;
  std::vector<const MDNode *> NodeLists;
  std::vector<SourceLine> LineLists;
  std::vector<uint32_t> NodeNumbers;
  Digest Whole, Header, Metadata, UseOrder;

private:
  void hashGlobal(Part &P);
  void writeCommon(HashWords &To, const GlobalValue &GV);
  void writeObject(HashWords &To, const GlobalObject &Object);
  void writeOperands(HashWords &To, const User &U);
  void writeFunction(HashWords &To, const Function &F);
  void writeVariable(HashWords &To, const GlobalVariable &V);
  void hashHeader();

  const Module &M;
  ModuleHashOptions Options;
  ModuleHashRules Rules;
  HashValues Values;
  HashMetadata Nodes;
  HashLines Lines;
  HashFunction Bodies;
  HashWords Words;
  SmallVector<std::pair<unsigned, MDNode *>, 8> Attached;
};

} // namespace

void ModuleHasher::writeCommon(HashWords &To, const GlobalValue &GV) {
  To.add(GV.getValueID());
  To.add(Values.nameOf(GV));
  Values.Types.write(To, GV.getValueType());
  Values.Types.write(To, GV.getType());
  To.add(uint64_t(GV.getLinkage()) | uint64_t(GV.getVisibility()) << 8 |
         uint64_t(GV.getUnnamedAddr()) << 16 |
         uint64_t(GV.getDLLStorageClass()) << 24 |
         uint64_t(GV.getThreadLocalMode()) << 32 |
         uint64_t(GV.isDSOLocal()) << 40 | uint64_t(GV.hasPartition()) << 41 |
         uint64_t(GV.hasSanitizerMetadata()) << 42 |
         uint64_t(GV.isDeclaration()) << 43);
  if (GV.hasPartition())
    To.add(GV.getPartition());
  if (GV.hasSanitizerMetadata()) {
    const GlobalValue::SanitizerMetadata &S = GV.getSanitizerMetadata();
    To.add(S.NoAddress | S.NoHWAddress << 1 | S.Memtag << 2 | S.IsDynInit << 3);
  }
}

void ModuleHasher::writeObject(HashWords &To, const GlobalObject &Object) {
  // Ifuncs are objects too, but have no alignment.
  MaybeAlign Alignment;
  if (const auto *F = dyn_cast<Function>(&Object))
    Alignment = F->getAlign();
  else if (const auto *V = dyn_cast<GlobalVariable>(&Object))
    Alignment = V->getAlign();
  const Comdat *C = Object.getComdat();
  To.add((Alignment ? Log2(*Alignment) + 1 : 0) | Object.hasSection() << 8 |
         (C != nullptr) << 9 | Object.hasMetadata() << 10);
  if (Object.hasSection())
    To.add(Object.getSection());
  if (C) {
    To.add(C->getName());
    To.add(C->getSelectionKind());
  }
  if (Object.hasMetadata()) {
    Attached.clear();
    Object.getAllMetadata(Attached);
    Nodes.writeAttachments(To, Attached, nullptr);
  }
}

void ModuleHasher::writeOperands(HashWords &To, const User &U) {
  To.add(U.getNumOperands());
  for (const Use &Operand : U.operands())
    Values.writeUse(To, Operand);
}

void ModuleHasher::writeFunction(HashWords &To, const Function &F) {
  To.add(F.getCallingConv() | F.hasGC() << 16 | F.hasPersonalityFn() << 17 |
         F.hasPrefixData() << 18 | F.hasPrologueData() << 19);
  Values.Attributes.write(To, F.getAttributes());
  if (F.hasGC())
    To.add(StringRef(F.getGC()));
  // A function that has one of the three keeps places for all of them; a place
  // that is not set holds a null that nobody looks at.
  const bool IsSet[] = {F.hasPersonalityFn(), F.hasPrefixData(),
                        F.hasPrologueData()};
  for (unsigned N = 0; N != 3; ++N)
    if (IsSet[N])
      Values.writeUse(To, F.getOperandUse(N));
  if (!F.isDeclaration())
    Bodies.write(To, F);
}

void ModuleHasher::writeVariable(HashWords &To, const GlobalVariable &V) {
  To.add(V.isConstant() | V.isExternallyInitialized() << 1 |
         V.getCodeModelRaw() << 8);
  Values.Attributes.write(To, V.getAttributes());
  writeOperands(To, V);
}

void ModuleHasher::hashGlobal(Part &P) {
  const GlobalValue &GV = *P.Global;
  Values.beginPart();
  Nodes.beginPart();
  Lines.beginPart();
  Words.clear();
  writeCommon(Words, GV);
  if (const auto *Object = dyn_cast<GlobalObject>(&GV))
    writeObject(Words, *Object);
  if (const auto *F = dyn_cast<Function>(&GV))
    writeFunction(Words, *F);
  else if (const auto *V = dyn_cast<GlobalVariable>(&GV))
    writeVariable(Words, *V);
  else
    writeOperands(Words, cast<User>(GV)); // aliases and ifuncs
  P.Content = Words.digest();

  auto Append = [](auto &List, auto Part, size_t &First) {
    First = List.size();
    List.insert(List.end(), Part.begin(), Part.end());
    return Part.size();
  };
  size_t First;
  P.NumGlobals = Append(GlobalLists, Values.partGlobals(), P.FirstGlobal);
  P.NumNodes = Append(NodeLists, Nodes.partNodes(), P.FirstNode);
  P.NumLines = Append(LineLists, Lines.partLines(), P.FirstLine);
  Append(NodeNumbers, Nodes.partNumbers(), First);
}

void ModuleHasher::hashHeader() {
  Words.clear();
  Words.add(static_cast<uint64_t>(Options.Kind));
  // Passes give names to what they make, unless the context drops them, and
  // names can reach symbols.
  Words.add(M.getContext().shouldDiscardValueNames());
  Words.add(StringRef(M.getTargetTriple().str()));
  Words.add(StringRef(M.getDataLayoutStr()));
  Words.add(StringRef(M.getSourceFileName()));
  Words.add(StringRef(M.getModuleInlineAsm()));
  Words.add(Options.ModuleName);
  if (Options.ModuleName)
    Words.add(StringRef(M.getModuleIdentifier()));
  Header = Words.digest();
}

void ModuleHasher::run() {
  hashHeader();

  // Whether a plain declaration counts is known only when all else has been
  // written, so those come last; they mention nothing themselves.
  for (const GlobalValue &GV : M.global_values()) {
    Parts.push_back({&GV, Rules.isPlainDeclaration(GV)});
    if (!Parts.back().IsPlainDeclaration)
      hashGlobal(Parts.back());
  }
  Values.beginPart();
  Words.clear();
  Nodes.writeAll(Words, M);
  Metadata = Words.digest();

  std::erase_if(Parts, [&](const Part &P) {
    return P.IsPlainDeclaration && !Values.isMentioned(*P.Global);
  });
  for (Part &P : Parts)
    if (P.IsPlainDeclaration)
      hashGlobal(P);

  Words.clear();
  Words.add(Options.UseOrder);
  if (Options.UseOrder)
    Values.writeUseOrder(Words, [&](const GlobalValue &GV) {
      return Rules.isPlainDeclaration(GV) && !Values.isMentioned(GV);
    });
  UseOrder = Words.digest();

  Words.clear();
  Words.add(Header);
  Words.add(Metadata);
  Words.add(UseOrder);
  Words.add(Parts.size());
  for (const Part &P : Parts) {
    Words.add(P.Content);
    Words.add(P.NumNodes);
    for (size_t N = 0; N != P.NumNodes; ++N)
      Words.add(NodeNumbers[P.FirstNode + N]);
  }
  Whole = Words.digest();
}

Digest hapax::hashModule(const Module &M, ModuleHashOptions Options) {
  ModuleHasher Hasher(M, Options);
  Hasher.run();
  return Hasher.Whole;
}

ModuleHash::ModuleHash(const Module &M, ModuleHashOptions Options)
    : Impl(std::make_unique<State>()) {
  ModuleHasher Hasher(M, Options);
  Hasher.run();
  Impl->Whole = Hasher.Whole;
  Impl->Header = Hasher.Header;
  Impl->Metadata = Hasher.Metadata;
  Impl->UseOrder = Hasher.UseOrder;
  Impl->HasInlineAsm = Hasher.hasInlineAsm();
  Impl->GlobalLists = std::move(Hasher.GlobalLists);
  Impl->NodeLists = std::move(Hasher.NodeLists);
  Impl->LineLists = std::move(Hasher.LineLists);
  for (const ModuleHasher::Part &P : Hasher.Parts)
    Impl->Globals.push_back(
        {P.Global, P.Content,
         ArrayRef(Impl->GlobalLists).slice(P.FirstGlobal, P.NumGlobals),
         ArrayRef(Impl->NodeLists).slice(P.FirstNode, P.NumNodes),
         ArrayRef(Impl->LineLists).slice(P.FirstLine, P.NumLines)});
}

ModuleHash::~ModuleHash() = default;
ModuleHash::ModuleHash(ModuleHash &&) noexcept = default;
ModuleHash &ModuleHash::operator=(ModuleHash &&) noexcept = default;

Digest ModuleHash::digest() const { return Impl->Whole; }
Digest ModuleHash::header() const { return Impl->Header; }
Digest ModuleHash::metadata() const { return Impl->Metadata; }
bool ModuleHash::hasInlineAsm() const { return Impl->HasInlineAsm; }
Digest ModuleHash::useOrder() const { return Impl->UseOrder; }
ArrayRef<GlobalHash> ModuleHash::globals() const { return Impl->Globals; }
