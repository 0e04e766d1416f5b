//===- ShardedCompile.cpp - A module's object out of shards ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: make the object of a module again after an edit, at the cost of
/// what was edited.
///
/// Idea: all shards are looked up in one call, before anything is extracted.
/// Those that are not found go through a pipeline,
///
///   extract -> optimise and generate
///
/// whose source is the extraction: it reads the module, so it stays on one
/// thread. Its nodes carry bitcode, which other threads can read into contexts
/// of their own. In the end all objects are merged. If that fails, what was
/// found is suspected, removed, and compiled as well, once.
///
/// What is compiled, and so what is kept, has tokens in the place of lines
/// (LineTokens.h): an edit that moves code changes no shard for that.
///
/// Invariant: a shard's key tells what extraction makes of it (ShardKeys.h),
/// and all that the whole module's key has besides the module. So what is found
/// under it is what compiling the extracted module would give, and the merged
/// object does not depend on what was found.
///
/// Cost: hashing the module once more, compiling the shards that are not found,
/// merging.
//===----------------------------------------------------------------------===//
#include "ShardedCompile.h"
#include "Extractor.h"
#include "JobTokens.h"
#include "ObjectMerge.h"
#include "Partition.h"
#include "ShardBackend.h"
#include "ShardKeys.h"
#include "hapax/Concurrency/ThreadCpuTime.h"
#include "hapax/Pipeline/Pipeline.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"
#include <algorithm>
#include <numeric>
#include <thread>
#include <utility>

using namespace llvm;

namespace hapax {

namespace {
/// A shard that has to be compiled.
struct Job {
  unsigned Number = 0;
  CacheKey Key;
  Bytes Bitcode;
  Bytes Object;
  uint32_t CostMs = 0;
  std::optional<Refusal> Refused;
};

class ShardedCompile {
public:
  ShardedCompile(const ShardedSite &Site, const Partition &Parts,
                 DebugDivision &Debug, const ShardContents &Contents,
                 ShardBackend &Backend, const ShardCache &Cache)
      : Site(Site), Parts(Parts), Debug(Debug), Contents(Contents),
        Backend(Backend), Cache(Cache), Objects(Parts.shards().size()),
        Costs(Objects.size()) {}

  std::expected<ShardedObject, Refusal> run();

private:
  void lookUp();
  bool nextJob(Job &J);
  Verdict compile(Job &J);
  void take(Job &J);
  std::optional<Refusal> compileMissing();
  StringRef nameInObject(const GlobalValue &GV) const;
  std::expected<Bytes, Refusal> merge();

  const ShardedSite &Site;
  const Partition &Parts;
  DebugDivision &Debug;
  const ShardContents &Contents;
  ShardBackend &Backend;
  const ShardCache &Cache;

  const bool HasDebugInfo = Site.M.getNamedMetadata("llvm.dbg.cu");
  std::vector<CacheKey> Keys;
  std::vector<unsigned> Known, Missing;
  unsigned NextMissing = 0; ///< the source's
  std::vector<Bytes> Objects;
  std::vector<uint32_t> Costs; ///< ms of CPU time each
  ShardedObject Result;
  std::optional<Refusal> Refused;
};
} // namespace

/// Part of every shard's key: counts up when partition, extraction or the way
/// shards are compiled change.
constexpr uint64_t ShardFormat = 3;

/// What clang sees to for itself: the optimiser recurses deeply.
constexpr uint64_t CompilerStack = 8 << 20;

void ShardedCompile::lookUp() {
  for (const Digest &Content : Contents.Digests) {
    Hasher All;
    All.add(ShardFormat);
    All.add(Content);
    Keys.push_back(compileKey(Site.Description, KeyLevel::Shard, All.finish(),
                              Site.Namespace));
  }
  std::vector<std::optional<ShardCache::Found>> Found(Keys.size());
  if (Cache.Fetch)
    Found = Cache.Fetch(Keys);
  for (unsigned N = 0; N != Keys.size(); ++N)
    if (Found[N]) {
      Objects[N] = std::move(Found[N]->Object);
      Costs[N] = Found[N]->CostMs;
    }
  // Whatever is to be compared is compiled.
  for (unsigned N = 0; N != Keys.size(); ++N)
    (Found[N] && !Cache.Differs ? Known : Missing).push_back(N);
}

bool ShardedCompile::nextJob(Job &J) {
  if (NextMissing == Missing.size())
    return false;
  J.Number = Missing[NextMissing++];
  J.Key = Keys[J.Number];
  raw_svector_ostream OS(J.Bitcode);
  WriteBitcodeToFile(*extractShard(Site.M, Parts, Debug, J.Number), OS);
  return true;
}

Verdict ShardedCompile::compile(Job &J) {
  uint64_t Began = threadCpuNs();
  auto HideLines = [&](Module &M) { return Contents.Lines.hide(M, J.Number); };
  std::expected<Bytes, Refusal> Object = Backend.compile(
      {StringRef(J.Bitcode.data(), J.Bitcode.size()), "hapax shard"},
      HasDebugInfo && J.Number != 0 ? function_ref<bool(Module &)>(HideLines)
                                    : nullptr);
  J.CostMs = uint32_t((threadCpuNs() - Began) / 1'000'000);
  J.Bitcode = {};
  if (!Object) {
    J.Refused = Object.error();
    return Verdict::finished();
  }
  J.Object = std::move(*Object);
  return Verdict::next();
}

void ShardedCompile::take(Job &J) {
  if (J.Refused) {
    Refused = J.Refused;
    return;
  }
  Bytes &Old = Objects[J.Number];
  if (!Old.empty() && Cache.Differs && Old != J.Object)
    Cache.Differs(J.Key, Old, J.Object);
  if (Cache.Store && (!Cache.Differs || Old != J.Object))
    Cache.Store(J.Key, J.Object, J.CostMs);
  ++Result.Compiled;
  Costs[J.Number] = J.CostMs;
  Old = std::move(J.Object);
}

StringRef ShardedCompile::nameInObject(const GlobalValue &GV) const {
  StringRef Name = Parts.nameOf(GV);
  if (Parts.isPromoted(GV))
    Name.consume_back(Partition::PromotedSuffix);
  return GlobalValue::dropLLVMManglingEscape(Name);
}

std::expected<Bytes, Refusal> ShardedCompile::merge() {
  std::vector<MemoryBufferRef> Inputs;
  for (const Bytes &Object : Objects)
    Inputs.push_back({StringRef(Object.data(), Object.size()), "hapax shard"});
  std::vector<StringRef> Order;
  for (const GlobalValue &GV : Site.M.global_values())
    if (!GV.isDeclarationForLinker())
      Order.push_back(nameInObject(GV));
  SmallVector<GlobalValue *, 8> Used;
  collectUsedGlobalVariables(Site.M, Used, /*CompilerUsed=*/false);
  collectUsedGlobalVariables(Site.M, Used, /*CompilerUsed=*/true);
  std::vector<StringRef> Kept;
  for (const GlobalValue *GV : Used)
    Kept.push_back(nameInObject(*GV));
  std::string Prefix = Site.M.getDataLayout().getPrivateGlobalPrefix().str() +
                       ContentNames::Prefix.str();
  std::vector<LineTokens> Lines;
  for (unsigned N = 0; N != Objects.size(); ++N)
    Lines.push_back(Contents.Lines.tokensOf(N));
  Expected<Bytes> Merged = mergeObjects(
      Inputs, {.PromotedSuffix = Partition::PromotedSuffix,
               .ContentPrefix = Prefix,
               .Order = Order,
               .FunctionSections = Backend.wantsFunctionSections(),
               .DataSections = Backend.wantsDataSections(),
               // Without optimisation, the compiler drops nothing either.
               .DropUnreferenced = Site.Level != OptimizationLevel::O0,
               .Kept = Kept,
               .Lines = Lines});
  if (!Merged) {
    consumeError(Merged.takeError());
    return std::unexpected(Refusal::NoObject);
  }
  return std::move(*Merged);
}

/// Compiles what is missing.
std::optional<Refusal> ShardedCompile::compileMissing() {
  if (Missing.empty())
    return std::nullopt;
  NextMissing = 0;
  for (unsigned N : Missing)
    copy_if(Parts.shards()[N].Definitions, std::back_inserter(Result.Dirty),
            [](const GlobalValue *GV) { return isa<Function>(GV); });
  std::optional<JobTokens> Tokens;
  unsigned Jobs = Site.Jobs;
  if (!Jobs) {
    unsigned Most = std::max(1u, std::thread::hardware_concurrency());
    Tokens.emplace(std::min<unsigned>(Most, Missing.size()));
    Jobs = Tokens->threads();
  }
  Pipeline<Job> P({.Name = "shards",
                   .MaxNodes = 4 * Jobs + 4,
                   .StackBytes = CompilerStack});
  P.addStage({.Name = "optimise and generate", .Workers = Jobs, .Backlog = 1},
             [this](Job &J) { return compile(J); });
  std::expected<PipelineReport, std::string> Report =
      P.run([this](Job &J) { return nextJob(J); },
            [&](Job &J, const NodeOutcome &Outcome) {
              if (Outcome.isDone())
                take(J);
              if (Refused)
                P.cancel();
            });
  if (!Report)
    return Refusal::Resources;
  return Refused;
}

std::expected<ShardedObject, Refusal> ShardedCompile::run() {
  lookUp();
  if (std::optional<Refusal> Why = compileMissing())
    return std::unexpected(*Why);
  std::expected<Bytes, Refusal> Merged = merge();
  if (!Merged && !Known.empty()) {
    // Perhaps what was found is no good. It must not stay.
    for (unsigned N : Known)
      if (Cache.Remove)
        Cache.Remove(Keys[N]);
    Missing = std::exchange(Known, {});
    if (std::optional<Refusal> Why = compileMissing())
      return std::unexpected(*Why);
    Merged = merge();
  }
  if (!Merged)
    return std::unexpected(Merged.error());
  Result.Object = std::move(*Merged);
  Result.Shards = Parts.shards().size();
  if (Result.Compiled == Result.Shards)
    Result.Dirty.clear();
  Result.CostMs = std::accumulate(Costs.begin(), Costs.end(), uint32_t(0));
  for (unsigned N = 0; N != Result.Shards; ++N)
    (N ? Result.Functions : Result.FunctionsOutside) +=
        count_if(Parts.shards()[N].Definitions,
                 [](const GlobalValue *GV) { return isa<Function>(GV); });
  return std::move(Result);
}

/// Below this, most of a shard's time goes into setting it up.
constexpr uint64_t MinShard = 500;
/// A larger limit makes better code; but then more shards see each edit, and
/// more is optimised several times.
constexpr unsigned ImportLimit = 60;

std::expected<ShardedObject, Refusal> compileSharded(const ShardedSite &Site,
                                                     const ShardCache &Cache) {
  auto Backend = ShardBackend::create(
      Site.Builder, Site.Level, Site.M.getContext(),
      {"StartPassAdaptor", "LastPassAdaptor"}, Site.Description.VerifyIR);
  if (!Backend)
    return std::unexpected(Backend.error());
  ContentNames Names(Site.M);
  ModuleHash Hash(Site.M, shardHashOptions(Names));
  // Keys know nothing of files that assembly reads, and what a hit brings is
  // not assembled again.
  if (Hash.hasInlineAsm() && findAsmBypass(Site.M))
    return std::unexpected(Refusal::AsmReadsFiles);
  PartitionOptions Options;
  Options.MinInstructions = Site.MinInstructions;
  // Who divides small modules wants small shards.
  Options.MinShard = std::min(MinShard, Site.MinInstructions / 2);
  if (Site.Level != OptimizationLevel::O0)
    Options.ImportLimit = ImportLimit;
  std::expected<Partition, Refusal> Parts =
      Partition::of(Site.M, Hash, Names, Options);
  if (!Parts)
    return std::unexpected(Parts.error());
  DebugDivision Debug(Site.M, *Parts);
  ShardContents Contents = shardContents(Site.M, Hash, *Parts, Debug);
  return ShardedCompile(Site, *Parts, Debug, Contents, **Backend, Cache).run();
}

} // namespace hapax
