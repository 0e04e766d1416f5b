//===- MetadataComponents.cpp - Digests of metadata by component -*- C++ -*-==//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Tarjan's algorithm with a stack of its own, since chains of debug info can
/// be deeper than the process's stack. A component is complete when its first
/// node is left; all it refers to is complete by then, so digests can be made
/// on the way. Cost: a map look-up per operand.
//===----------------------------------------------------------------------===//
#include "hapax/IR/MetadataComponents.h"

#include "HashMetadata.h"

using namespace llvm;
using namespace hapax;

namespace {

class Finder {
public:
  using Component = MetadataComponents::Component;
  using Place = std::pair<unsigned, unsigned>;

  Finder(const Module &M, std::vector<Component> &Components,
         DenseMap<const MDNode *, Place> &Places, bool WithLines)
      : Rules(M, OutputKind::Bitcode), Values(M, Rules), Components(Components),
        Places(Places), Lines(/*AsTheyAre=*/WithLines) {
    Values.beginPart();
  }
  void visit(const MDNode *Root);

private:
  struct Frame {
    const MDNode *N;
    unsigned NextOperand;
  };
  void enter(const MDNode *N) {
    unsigned Number = Order.size();
    Order[N] = Low[N] = Number;
    Open.push_back(N);
    Frames.push_back({N, 0});
  }
  void close(const MDNode *First);
  void describe(Component &C, unsigned Index);

  ModuleHashRules Rules;
  HashValues Values;
  std::vector<Component> &Components;
  DenseMap<const MDNode *, Place> &Places;
  DenseMap<const MDNode *, unsigned> Order, Low;
  std::vector<const MDNode *> Open;
  std::vector<Frame> Frames;
  HashWords Words;
  HashLines Lines;
};

} // namespace

void Finder::visit(const MDNode *Root) {
  if (Order.contains(Root))
    return;
  enter(Root);
  while (!Frames.empty()) {
    Frame &Top = Frames.back();
    const MDNode *N = Top.N;
    if (Top.NextOperand != N->getNumOperands()) {
      const auto *Operand =
          dyn_cast_or_null<MDNode>(N->getOperand(Top.NextOperand++).get());
      if (!Operand)
        continue;
      if (!Order.contains(Operand))
        enter(Operand);
      else if (!Places.contains(Operand)) // still open
        Low[N] = std::min(Low[N], Order[Operand]);
      continue;
    }
    Frames.pop_back();
    if (!Frames.empty()) {
      unsigned &Above = Low[Frames.back().N];
      Above = std::min(Above, Low[N]);
    }
    if (Low[N] == Order[N])
      close(N);
  }
}

void Finder::close(const MDNode *First) {
  unsigned Index = Components.size();
  Component &C = Components.emplace_back();
  auto Begin = std::find(Open.rbegin(), Open.rend(), First).base() - 1;
  C.Nodes.assign(Begin, Open.end());
  Open.erase(Begin, Open.end());
  for (auto [Number, N] : enumerate(C.Nodes))
    Places[N] = {Index, unsigned(Number)};
  describe(C, Index);
}

void Finder::describe(Component &C, unsigned Index) {
  enum : uint64_t { None, Inside, Outside, String, Constant };
  DenseMap<unsigned, unsigned> ReferenceOf;
  Words.clear();
  Lines.beginPart();
  for (const MDNode *N : C.Nodes) {
    writeNodeFields(Words, *N, Lines);
    Words.add(N->getNumOperands());
    for (const MDOperand &Operand : N->operands()) {
      const Metadata *MD = Operand.get();
      if (!MD) {
        Words.add(None);
      } else if (const auto *Text = dyn_cast<MDString>(MD)) {
        Words.add(String);
        Words.add(Text->getString());
      } else if (const auto *Value = dyn_cast<ConstantAsMetadata>(MD)) {
        Words.add(Constant);
        Values.writeConstant(Words, Value->getValue());
      } else {
        auto [To, Number] = Places.at(cast<MDNode>(MD));
        if (To == Index) {
          Words.add(Inside);
          Words.add(Number);
          continue;
        }
        auto [Known, IsNew] =
            ReferenceOf.try_emplace(To, unsigned(C.References.size()));
        if (IsNew)
          C.References.push_back(To);
        Words.add(Outside);
        Words.add(Known->second, Number);
      }
    }
  }
  for (unsigned Reference : C.References)
    Words.add(Components[Reference].Content);
  C.Content = Words.digest();
  C.Lines.assign(Lines.partLines().begin(), Lines.partLines().end());
}

MetadataComponents::MetadataComponents(const Module &M,
                                       ArrayRef<const MDNode *> Roots,
                                       bool WithLines) {
  Finder F(M, Components, Places, WithLines);
  for (const MDNode *Root : Roots)
    F.visit(Root);
}
