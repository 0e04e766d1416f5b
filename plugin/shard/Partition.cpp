//===- Partition.cpp - Which definition goes into which shard -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: divide a module so that each part can be compiled by itself, so
/// that an edit of one function changes few parts, and so that the code does
/// not get worse for it.
///
/// Idea: what cannot be separated is joined (members of a comdat, aliases and
/// what they stand for, users of a block's address), and what gains from being
/// together as well: a local function or variable and its only user. Each
/// component becomes a shard, small ones several together. Variables that
/// nobody has for himself, and what runs at start and exit, are shard 0. Small
/// constants without an identity are copied into each shard that uses them
/// (ContentNames.h).
///
/// For inlining, a shard gets to see the bodies of small functions that it
/// calls, and of those that these call, as far as a limit that falls with each
/// step allows. The size that counts is an estimate of what the simplifier will
/// leave: instructions other than those that go when local variables move into
/// registers.
///
/// Invariant: which definitions make up a shard, what it imports, and the names
/// in it, depend on the module's content and order alone. Whatever a body in a
/// shard refers to is defined in it, copied into it, or has a name that other
/// shards can see (it is promoted if it was local).
///
/// Cost: linear in references, plus a walk over the instructions for sizes.
//===----------------------------------------------------------------------===//
#include "Partition.h"
#include "MetadataWalk.h"
#include "ir/AsmScanner.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/bit.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/xxhash.h"
#include <utility>

using namespace llvm;

namespace hapax {

class Partitioner {
public:
  Partitioner(const Module &M, const ModuleHash &Hash,
              const ContentNames &Names, const PartitionOptions &Options)
      : M(M), Hash(Hash), Names(Names), Options(Options) {}

  std::expected<Partition, Refusal> run();

private:
  struct Info {
    const GlobalValue *Global = nullptr;
    const GlobalHash *Hashed = nullptr;
    uint64_t Instructions = 0;
    /// What the optimiser is expected to leave.
    uint64_t Estimate = 0;
    bool IsDefinition = false;
    bool IsPinned = false; ///< belongs into shard 0
    unsigned Parent = 0;   ///< of the forest of components
    uint64_t Joined = 0;   ///< instructions of the component, at its root
    bool HasFunction = false;
    bool TakesBlockAddress = false; ///< of a block of this function
    unsigned Home = ~0u;            ///< shard
    SmallVector<unsigned, 4> Users;
  };

  std::optional<Refusal> refuse();
  bool hasUnknownLines() const;
  void collect();
  void measure(Info &I, const Function &F);
  bool canBeImported(const Info &I, uint64_t Limit) const;
  unsigned root(unsigned N);
  void join(unsigned A, unsigned B);
  void joinInseparable();
  void joinSingleUsers();
  void gatherSmall();
  void makeShards();
  void import(Shard &S, unsigned Number);
  void promote(Shard &S, unsigned Number);
  void namePromoted();
  bool asmNamesLocal() const;
  bool metadataNamesGlobals() const;
  template <typename Fn> void forEachReference(const Info &From, Fn Do) const {
    for (const GlobalValue *To : From.Hashed->Globals)
      if (auto Found = Places.find(To); Found != Places.end())
        Do(Found->second);
  }

  const Module &M;
  const ModuleHash &Hash;
  const ContentNames &Names;
  const PartitionOptions &Options;
  Partition Result;
  std::vector<Info> Infos;
  DenseMap<const GlobalValue *, unsigned> Places;
};

/// Variables and metadata of LLVM's own whose division is known.
static bool isKnownSpecial(StringRef Name) {
  return Name == "llvm.used" || Name == "llvm.compiler.used" ||
         Name == "llvm.global_ctors" || Name == "llvm.global_dtors";
}
static bool isKnownNamed(StringRef Name) {
  return Name == "llvm.dbg.cu" || Name == "llvm.module.flags" ||
         Name == "llvm.ident" || Name == "llvm.errno.tbaa";
}

/// A unit of a whole object, which tells all in it.
static bool isPlainUnit(const MDNode &N) {
  const auto *Unit = dyn_cast<DICompileUnit>(&N);
  return Unit && Unit->getDWOId() == 0 &&
         Unit->getSplitDebugFilename().empty() &&
         !Unit->getDebugInfoForProfiling();
}

/// Whether the merge could not put lines back (LineTokens.h).
bool Partitioner::hasUnknownLines() const {
  unsigned Version = M.getDwarfVersion();
  return (Version != 0 && (Version < 3 || Version > 5)) || M.isDwarf64() ||
         (Hash.hasInlineAsm() && mayHaveLinesInAsm(M));
}

std::optional<Refusal> Partitioner::refuse() {
  if (!M.getModuleInlineAsm().empty())
    return Refusal::ModuleAsm;
  if (!M.ifunc_empty())
    return Refusal::Ifunc;
  if (const NamedMDNode *Units = M.getNamedMetadata("llvm.dbg.cu"))
    if (Units->getNumOperands() != 1 || !isPlainUnit(*Units->getOperand(0)) ||
        hasUnknownLines())
      return Refusal::DebugInfo;
  for (const NamedMDNode &Named : M.named_metadata())
    if (!isKnownNamed(Named.getName()))
      return Refusal::NamedMetadata;
  for (const GlobalVariable &V : M.globals())
    if (V.getName().starts_with("llvm.") && !isKnownSpecial(V.getName()))
      return Refusal::SpecialVariable;
  for (const GlobalValue &GV : M.global_values())
    if (GV.hasPartition() || GV.hasSanitizerMetadata())
      return Refusal::Instrumented;
    else if (GV.getName().contains(Partition::PromotedSuffix))
      return Refusal::SpecialVariable;
  for (const GlobalObject &GO : M.global_objects())
    if (GO.getSection().contains(Partition::PromotedSuffix))
      return Refusal::SpecialVariable;
  for (const Function &F : M)
    if (F.isPresplitCoroutine() ||
        F.hasFnAttribute(Attribute::SanitizeAddress) ||
        F.hasFnAttribute(Attribute::SanitizeHWAddress) ||
        F.hasFnAttribute(Attribute::SanitizeMemory) ||
        F.hasFnAttribute(Attribute::SanitizeThread) ||
        F.hasFnAttribute(Attribute::SanitizeMemTag) ||
        F.hasFnAttribute(Attribute::SanitizeType) ||
        F.hasFnAttribute(Attribute::SanitizeNumericalStability) ||
        F.hasFnAttribute(Attribute::SanitizeRealtime))
      return Refusal::Instrumented;
  return std::nullopt;
}

void Partitioner::measure(Info &I, const Function &F) {
  for (const BasicBlock &Block : F) {
    I.TakesBlockAddress |= Block.hasAddressTaken();
    for (const Instruction &Inst : Block) {
      ++I.Instructions;
      const Value *Pointer = getLoadStorePointerOperand(&Inst);
      bool Vanishes = isa<AllocaInst>(Inst) || isa<PHINode>(Inst) ||
                      Inst.isLifetimeStartOrEnd() ||
                      (Pointer && isa<AllocaInst>(Pointer)) ||
                      (isa<CastInst>(Inst) &&
                       cast<CastInst>(Inst).isNoopCast(M.getDataLayout()));
      if (const auto *Branch = dyn_cast<BranchInst>(&Inst))
        Vanishes = Branch->isUnconditional();
      I.Estimate += !Vanishes;
    }
  }
}

void Partitioner::collect() {
  for (const GlobalHash &Hashed : Hash.globals()) {
    const GlobalValue &GV = *Hashed.Global;
    if (isKnownSpecial(GV.getName()) || Names.isCopied(GV))
      continue;
    Info I;
    I.Global = &GV;
    I.Hashed = &Hashed;
    I.IsDefinition = !GV.isDeclarationForLinker();
    if (const auto *F = dyn_cast<Function>(&GV)) {
      measure(I, *F);
      I.HasFunction = I.IsDefinition;
      I.Joined = I.Instructions;
    }
    I.Parent = Infos.size();
    Places[&GV] = Infos.size();
    Infos.push_back(std::move(I));
  }
  for (unsigned N = 0; N != Infos.size(); ++N)
    if (!Infos[N].Global->isDeclaration())
      forEachReference(Infos[N], [&](unsigned To) {
        if (To != N)
          Infos[To].Users.push_back(N);
      });
}

unsigned Partitioner::root(unsigned N) {
  while (Infos[N].Parent != N)
    N = Infos[N].Parent = Infos[Infos[N].Parent].Parent;
  return N;
}

void Partitioner::join(unsigned A, unsigned B) {
  A = root(A), B = root(B);
  if (A == B)
    return;
  if (B < A)
    std::swap(A, B);
  Infos[B].Parent = A;
  Infos[A].Joined += Infos[B].Joined;
  Infos[A].HasFunction |= Infos[B].HasFunction;
  Infos[A].IsPinned |= Infos[B].IsPinned;
}

void Partitioner::joinInseparable() {
  DenseMap<const Comdat *, unsigned> Comdats;
  for (unsigned N = 0; N != Infos.size(); ++N) {
    const Info &I = Infos[N];
    if (!I.IsDefinition)
      continue;
    if (const Comdat *C = I.Global->getComdat()) {
      auto [Found, IsNew] = Comdats.try_emplace(C, N);
      if (!IsNew)
        join(N, Found->second);
    }
    if (isa<GlobalAlias>(I.Global))
      forEachReference(I, [&](unsigned To) { join(N, To); });
    // A block's address can only be taken where the block is.
    if (I.TakesBlockAddress)
      for (unsigned User : I.Users)
        join(N, User);
  }
  for (StringRef List : {"llvm.global_ctors", "llvm.global_dtors"})
    if (const GlobalVariable *V = M.getNamedGlobal(List))
      for (const GlobalHash &Hashed : Hash.globals())
        if (Hashed.Global == V)
          for (const GlobalValue *To : Hashed.Globals)
            if (auto Found = Places.find(To); Found != Places.end())
              Infos[root(Found->second)].IsPinned = true;
}

void Partitioner::joinSingleUsers() {
  for (unsigned N = 0; N != Infos.size(); ++N) {
    const Info &I = Infos[N];
    if (!I.IsDefinition || I.Users.size() != 1 ||
        !Infos[I.Users[0]].IsDefinition)
      continue;
    unsigned User = I.Users[0];
    if (const auto *F = dyn_cast<Function>(I.Global)) {
      if (F->isDiscardableIfUnused() && isa<Function>(Infos[User].Global) &&
          !F->hasFnAttribute(Attribute::NoInline) &&
          Infos[root(N)].Joined + Infos[root(User)].Joined <= Options.MaxJoined)
        join(N, User);
    } else if (I.Global->hasLocalLinkage()) {
      join(N, User);
    }
  }
}

/// Which shard a small component shares is decided by its name, and there are
/// 2^n of them, so that an edit mostly changes nobody else's company.
void Partitioner::gatherSmall() {
  uint64_t All = 0;
  std::vector<unsigned> Small;
  for (unsigned N = 0; N != Infos.size(); ++N)
    if (const Info &I = Infos[N]; I.IsDefinition && root(N) == N &&
                                  I.HasFunction && !I.IsPinned &&
                                  I.Joined < Options.MinShard) {
      All += I.Joined;
      Small.push_back(N);
    }
  if (Small.empty())
    return;
  uint64_t Groups = llvm::bit_ceil(All / Options.MinShard + 1);
  DenseMap<uint64_t, unsigned> First;
  for (unsigned N : Small) {
    uint64_t Group = xxh3_64bits(Infos[N].Global->getName()) % Groups;
    auto [Found, IsNew] = First.try_emplace(Group, N);
    if (!IsNew)
      join(Found->second, N);
  }
}

void Partitioner::makeShards() {
  Result.Shards.resize(1);
  DenseMap<unsigned, unsigned> Numbers;
  for (unsigned N = 0; N != Infos.size(); ++N) {
    Info &I = Infos[N];
    if (!I.IsDefinition)
      continue;
    const Info &Root = Infos[root(N)];
    I.Home = 0;
    if (Root.HasFunction && !Root.IsPinned) {
      auto [Found, IsNew] =
          Numbers.try_emplace(root(N), unsigned(Result.Shards.size()));
      if (IsNew)
        Result.Shards.emplace_back();
      I.Home = Found->second;
    }
    Result.Shards[I.Home].Definitions.push_back(I.Global);
  }
}

bool Partitioner::canBeImported(const Info &I, uint64_t Limit) const {
  const auto *F = dyn_cast<Function>(I.Global);
  if (!F || F->isDeclaration() || F->isInterposable() || I.TakesBlockAddress ||
      F->hasFnAttribute(Attribute::Naked))
    return false;
  if (F->hasFnAttribute(Attribute::AlwaysInline))
    return true;
  return I.Estimate <= Limit && !F->hasFnAttribute(Attribute::NoInline) &&
         !F->hasFnAttribute(Attribute::OptimizeNone);
}

void Partitioner::import(Shard &S, unsigned Number) {
  DenseSet<unsigned> Seen;
  std::vector<unsigned> Frontier, Next;
  // Nothing is inlined into a variable: a table of functions is no reason to
  // optimise them all once more.
  for (const GlobalValue *GV : S.Definitions)
    if (isa<Function>(GV))
      Frontier.push_back(Places.at(GV));
  for (uint64_t Limit = Options.ImportLimit; !Frontier.empty();
       Limit = Limit * Options.ImportDecay / 100) {
    for (unsigned From : Frontier)
      forEachReference(Infos[From], [&](unsigned To) {
        const Info &I = Infos[To];
        if (I.Home == Number || !canBeImported(I, Limit) ||
            !Seen.insert(To).second)
          return;
        S.Imports.push_back(cast<Function>(I.Global));
        Next.push_back(To);
      });
    Frontier = std::exchange(Next, {});
  }
}

void Partitioner::promote(Shard &S, unsigned Number) {
  auto Visit = [&](const GlobalValue *From) {
    forEachReference(Infos[Places.at(From)], [&](unsigned To) {
      const Info &I = Infos[To];
      if (!I.IsDefinition || I.Home == Number)
        return;
      Result.Shared.insert(I.Global);
      if (I.Global->hasLocalLinkage())
        Result.PromotedNames.try_emplace(I.Global);
    });
  };
  for (const GlobalValue *GV : S.Definitions)
    Visit(GV);
  for (const Function *F : S.Imports)
    Visit(F);
}

void Partitioner::namePromoted() {
  unsigned Unnamed = 0;
  for (const Info &I : Infos) {
    auto Found = Result.PromotedNames.find(I.Global);
    if (Found == Result.PromotedNames.end())
      continue;
    std::string Name = Names.of(*I.Global).str();
    if (Name.empty())
      Name = "hapax.unnamed." + utostr(Unnamed++);
    Found->second = Name + Partition::PromotedSuffix.str();
  }
}

StringRef Partition::nameOf(const GlobalValue &GV) const {
  auto Found = PromotedNames.find(&GV);
  return Found != PromotedNames.end() ? StringRef(Found->second)
                                      : Names->of(GV);
}

/// What only assembly mentions is not seen to be used by other shards.
bool Partitioner::asmNamesLocal() const {
  if (!Hash.hasInlineAsm())
    return false;
  StringSet<> Names;
  for (const Info &I : Infos)
    if (I.IsDefinition && I.Global->hasLocalLinkage())
      Names.insert(GlobalValue::dropLLVMManglingEscape(I.Global->getName()));
  constexpr StringLiteral NameCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$";
  for (const Function &F : M)
    for (const Instruction &I : instructions(F)) {
      const auto *Call = dyn_cast<CallBase>(&I);
      if (!Call || !Call->isInlineAsm())
        continue;
      StringRef Text =
          cast<InlineAsm>(Call->getCalledOperand())->getAsmString();
      while (!Text.empty()) {
        size_t Length =
            std::min(Text.find_first_not_of(NameCharacters), Text.size());
        if (Names.contains(Text.take_front(Length)))
          return true;
        Text = Text.drop_front(std::max<size_t>(Length, 1));
      }
    }
  return false;
}

/// Whether metadata names a function or variable: which shard is to have it
/// cannot be told, and references in metadata promote nothing.
bool Partitioner::metadataNamesGlobals() const {
  MetadataWalk Walk;
  for (const NamedMDNode &Named : M.named_metadata())
    for (const MDNode *N : Named.operands())
      Walk.add(N);
  for (const GlobalHash &Hashed : Hash.globals())
    for (const MDNode *N : Hashed.Metadata)
      Walk.add(N);
  while (const MDNode *N = Walk.next())
    for (const Metadata *Operand : N->operands())
      if (const auto *C = dyn_cast_or_null<ConstantAsMetadata>(Operand);
          C && !isa<ConstantData>(C->getValue()))
        return true;
  return false;
}

std::expected<Partition, Refusal> Partitioner::run() {
  if (std::optional<Refusal> Why = refuse())
    return std::unexpected(*Why);
  Result.Names = &Names;
  collect();
  uint64_t Instructions = 0;
  for (const Info &I : Infos)
    Instructions += I.IsDefinition ? I.Instructions : 0;
  if (Instructions < Options.MinInstructions)
    return std::unexpected(Refusal::Small);
  if (metadataNamesGlobals())
    return std::unexpected(Refusal::GlobalMetadata);
  joinInseparable();
  joinSingleUsers();
  gatherSmall();
  makeShards();
  if (Result.Shards.size() < 3)
    return std::unexpected(Refusal::OneCluster);
  for (unsigned N = 0; N != Result.Shards.size(); ++N) {
    import(Result.Shards[N], N);
    promote(Result.Shards[N], N);
  }
  namePromoted();
  if (asmNamesLocal())
    return std::unexpected(Refusal::AsmNamesLocal);
  return std::move(Result);
}

std::expected<Partition, Refusal>
Partition::of(const Module &M, const ModuleHash &Hash,
              const ContentNames &Names, const PartitionOptions &Options) {
  return Partitioner(M, Hash, Names, Options).run();
}

} // namespace hapax
