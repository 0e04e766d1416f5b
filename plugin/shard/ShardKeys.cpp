//===- ShardKeys.cpp - What a shard is, without extracting it -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: extracting a shard only to find that it is known costs ten times
/// what hashing its part of the module does, and all shards but one are known.
///
/// Idea: the module hash has a digest for each global that tells all it says
/// itself. What an extracted shard has besides is put to it: what the globals
/// that it mentions look like from outside (a module of nothing but their
/// declarations is hashed), which of its own are promoted, and the metadata.
/// Metadata is a graph with cycles, and nodes have an identity: its strongly
/// connected components have digests, and how a shard's nodes are joined is
/// told by numbers in order of first mention.
///
/// Lines are told by tokens (LineTokens.h), but in the first shard: it has the
/// checksums of files, so every edit changes it anyway.
///
/// Invariant: equal digests mean that extraction makes the same module, once
/// tokens stand for its lines. The tests hold it against the hash of what is
/// compiled, and that against its bitcode (ShardKeysTest, and over random edits
/// in the soak).
///
/// Cost: one hash of the module and of its declarations, the components of its
/// metadata, and for each shard a walk over what it mentions.
//===----------------------------------------------------------------------===//
#include "ShardKeys.h"
#include "Extractor.h"
#include "hapax/IR/MetadataComponents.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace hapax {

namespace {
class ShardKeys {
public:
  ShardKeys(const Module &M, const ModuleHash &Hash, const Partition &Parts,
            DebugDivision &Debug);
  ShardContents run();

private:
  Digest digestOf(unsigned Number);
  void addGlobal(const GlobalValue &GV);
  void addNode(const MDNode &N);
  void addComponent(unsigned Index);
  std::vector<SourceLines::Id> idsOf(ArrayRef<SourceLine> Mentioned);
  void addLines(ArrayRef<SourceLines::Id> Mentioned);
  void addUsed(StringRef Name, const Shard &S);

  const Module &M;
  const ModuleHash &Hash;
  const Partition &Parts;
  DebugDivision &Debug;
  SmallVector<DICompileUnit *, 2> Units;
  struct HashedGlobal {
    const GlobalHash *Hash;
    std::vector<SourceLines::Id> Lines;
  };
  DenseMap<const GlobalValue *, HashedGlobal> Hashed;
  StringMap<Digest> Declarations;
  std::optional<MetadataComponents> Metadata;
  std::vector<std::vector<SourceLines::Id>> ComponentLines;
  SourceLines Lines;
  DenseMap<StringRef, DenseSet<const GlobalValue *>> Used;

  // Of the shard at hand.
  std::optional<Hasher> Key;
  bool HasTokens = false;
  DenseSet<StringRef> Mentioned;
  DenseMap<unsigned, unsigned> Components; ///< to their numbers in the shard
};
} // namespace

ShardKeys::ShardKeys(const Module &M, const ModuleHash &Hash,
                     const Partition &Parts, DebugDivision &Debug)
    : M(M), Hash(Hash), Parts(Parts), Debug(Debug) {
  std::vector<const MDNode *> Roots;
  for (const NamedMDNode &Named : M.named_metadata())
    if (Named.getName() != "llvm.dbg.cu")
      for (const MDNode *N : Named.operands())
        Roots.push_back(N);
  // The first has all units. What variables a unit of functions lists is told
  // by the variables.
  Units = Debug.unitsOf(0);
  Roots.insert(Roots.end(), Units.begin(), Units.end());
  for (const GlobalHash &G : Hash.globals()) {
    Hashed[G.Global] = {&G, idsOf(G.Lines)};
    if (!Parts.isCopied(*G.Global))
      for (const MDNode *N : G.Metadata)
        Roots.push_back(Debug.in(*G.Global, N));
  }
  Metadata.emplace(M, Roots, /*WithLines=*/false);
  for (const MetadataComponents::Component &C : Metadata->all())
    ComponentLines.push_back(idsOf(C.Lines));

  std::unique_ptr<Module> Outside = extractDeclarations(M, Parts);
  // For bitcode, since for objects unused declarations do not count.
  ModuleHash OfDeclarations(*Outside, {.Kind = OutputKind::Bitcode});
  for (const GlobalHash &G : OfDeclarations.globals())
    Declarations[G.Global->getName()] = G.Content;

  for (StringRef Name : {"llvm.used", "llvm.compiler.used"}) {
    SmallVector<GlobalValue *, 8> List;
    collectUsedGlobalVariables(M, List, Name == "llvm.compiler.used");
    Used[Name].insert(List.begin(), List.end());
  }
}

std::vector<SourceLines::Id> ShardKeys::idsOf(ArrayRef<SourceLine> Mentioned) {
  std::vector<SourceLines::Id> Ids;
  for (const SourceLine &Line : Mentioned)
    Ids.push_back(Lines.idOf(Line));
  return Ids;
}

void ShardKeys::addLines(ArrayRef<SourceLines::Id> Mentioned) {
  for (SourceLines::Id Line : Mentioned)
    Key->add(uint64_t(HasTokens ? Lines.tokenOf(Line) : Lines.lineOf(Line)));
}

/// Tells which components stand behind one that is reached for the first time.
void ShardKeys::addComponent(unsigned Index) {
  SmallVector<unsigned, 16> Todo = {Index};
  while (!Todo.empty()) {
    unsigned Next = Todo.pop_back_val();
    auto [Found, IsNew] = Components.try_emplace(Next, Components.size());
    Key->add(uint64_t(Found->second));
    if (!IsNew)
      continue;
    const MetadataComponents::Component &C = Metadata->all()[Next];
    Key->add(C.Content);
    addLines(ComponentLines[Next]);
    for (unsigned Reference : reverse(C.References))
      Todo.push_back(Reference);
  }
}

void ShardKeys::addNode(const MDNode &N) {
  auto [Component, Place] = Metadata->placeOf(&N);
  addComponent(Component);
  Key->add(uint64_t(Place));
}

void ShardKeys::addGlobal(const GlobalValue &GV) {
  const HashedGlobal &Global = Hashed.at(&GV);
  const GlobalHash &G = *Global.Hash;
  Key->add(G.Content);
  addLines(Global.Lines);
  Key->add(uint64_t(Parts.isPromoted(GV)) |
           uint64_t(GV.hasLinkOnceLinkage() && Parts.isShared(GV)) << 1);
  for (const GlobalValue *To : G.Globals) {
    StringRef Name = Parts.nameOf(*To);
    if (!Mentioned.insert(Name).second)
      continue;
    Key->add(std::string_view(Name));
    Key->add(Parts.isCopied(*To) ? Hashed.at(To).Hash->Content
                                 : Declarations.at(Name));
  }
  Key->add(uint64_t(Mentioned.size()));
  Key->add(uint64_t(G.Metadata.size()));
  for (const MDNode *N : G.Metadata)
    addNode(*Debug.in(GV, N));
}

void ShardKeys::addUsed(StringRef Name, const Shard &S) {
  const DenseSet<const GlobalValue *> &All = Used.at(Name);
  for (auto [Place, GV] : enumerate(S.Definitions))
    if (All.contains(GV))
      Key->add(uint64_t(Place));
  Key->add(~uint64_t(0));
}

Digest ShardKeys::digestOf(unsigned Number) {
  const Shard &S = Parts.shards()[Number];
  Key.emplace();
  HasTokens = Number != 0;
  Lines.beginShard();
  Mentioned.clear();
  Components.clear();
  Key->add(Hash.header());
  for (const NamedMDNode &Named : M.named_metadata()) {
    if (Named.getName() == "llvm.dbg.cu")
      continue;
    Key->add(std::string_view(Named.getName()));
    Key->add(uint64_t(Named.getNumOperands()));
    for (const MDNode *N : Named.operands())
      addNode(*N);
  }
  for (const DICompileUnit *U :
       ArrayRef(Units).take_front(Number ? 1 : Units.size()))
    addNode(*U);
  Key->add(uint64_t(S.Definitions.size()));
  for (const GlobalValue *GV : S.Definitions)
    addGlobal(*GV);
  Key->add(uint64_t(S.Imports.size()));
  for (const Function *F : S.Imports)
    addGlobal(*F);
  addUsed("llvm.used", S);
  addUsed("llvm.compiler.used", S);
  Key->add(uint64_t(Number == 0));
  if (Number == 0)
    for (StringRef Name : {"llvm.global_ctors", "llvm.global_dtors"})
      if (const GlobalVariable *List = M.getNamedGlobal(Name))
        addGlobal(*List);
  return Key->finish();
}

ShardContents ShardKeys::run() {
  ShardContents Result;
  for (unsigned N = 0; N != Parts.shards().size(); ++N)
    Result.Digests.push_back(digestOf(N));
  Result.Lines = std::move(Lines);
  return Result;
}

ShardContents shardContents(const Module &M, const ModuleHash &Hash,
                            const Partition &Parts, DebugDivision &Debug) {
  return ShardKeys(M, Hash, Parts, Debug).run();
}

} // namespace hapax
