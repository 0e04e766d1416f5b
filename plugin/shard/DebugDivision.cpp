//===- DebugDivision.cpp - Debug information by shard ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: metadata of debug information hangs together. A function leads to
/// its unit, the unit to every variable, these to all types; so a shard that
/// takes along what it can reach takes nearly all, repeats it in the object,
/// and changes whenever a line moves anywhere.
///
/// Idea: two units take the place of the one. Shards of functions have a unit
/// without lists, and in it types of structure that have a name are
/// declarations: debuggers look for the definition in other units, as they do
/// where compilers leave it out on purpose (-flimit-debug-info). The first
/// shard has a second unit, the home: definitions of all these types, and all
/// else that the old unit lists.
///
/// Invariant: each node has one counterpart in all shards of functions, and one
/// at home, so what was one node stays one. No counterpart leads to the old
/// unit.
///
/// Cost: each node that leads to the unit or to a type of structure is copied
/// once, when first asked for.
//===----------------------------------------------------------------------===//
#include "DebugDivision.h"
#include "MetadataWalk.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace hapax {

/// Whether \p Scope lies within a function.
static bool isWithinFunction(const DIScope *Scope) {
  for (; Scope; Scope = Scope->getScope())
    if (isa<DILocalScope>(Scope))
      return true;
  return false;
}

static bool canBeDeclared(const DICompositeType &T) {
  switch (T.getTag()) {
  case dwarf::DW_TAG_structure_type:
  case dwarf::DW_TAG_class_type:
  case dwarf::DW_TAG_union_type:
    return !T.isForwardDecl() && !T.getName().empty() &&
           !T.getSpecification() && !isWithinFunction(T.getScope());
  default:
    return false;
  }
}

static DICompileUnit *cloneUnit(const DICompileUnit &Unit) {
  return MDNode::replaceWithDistinct(Unit.clone());
}

static SmallVector<DIGlobalVariableExpression *, 1>
describedBy(const GlobalVariable &V) {
  SmallVector<DIGlobalVariableExpression *, 1> Described;
  V.getDebugInfo(Described);
  return Described;
}

/// The types that are defined at home alone, in order of being reached; and
/// files, whose checksums are told at home alone, since every edit changes
/// them.
void DebugDivision::findHomed() {
  MetadataWalk Walk;
  auto Follow = [&] {
    while (const MDNode *N = Walk.next()) {
      if (const auto *T = dyn_cast<DICompositeType>(N); T && canBeDeclared(*T))
        Homed.push_back(T);
      if (const auto *File = dyn_cast<DIFile>(N);
          File && File->getRawChecksum())
        Elsewhere.MD()[File].reset(DIFile::get(
            File->getContext(), File->getRawFilename(), File->getRawDirectory(),
            std::nullopt, File->getRawSource()));
    }
  };
  Walk.add(Old);
  Follow();
  for (const Function &F : M) {
    Walk.addAllOf(F);
    Follow();
  }
}

DICompositeType *DebugDivision::declarationOf(const DICompositeType &T) {
  if (Metadata *Known = Elsewhere.getMappedMD(&T).value_or(nullptr))
    return cast<DICompositeType>(Known);
  Metadata *Scope = T.getRawScope();
  if (const auto *Outer = dyn_cast_or_null<DICompositeType>(T.getScope());
      Outer && canBeDeclared(*Outer))
    Scope = declarationOf(*Outer);
  // No place in the source: it may move, and the definition tells it. Sizes
  // stay, since passes ask variables for them.
  auto *Made = DICompositeType::get(
      T.getContext(), T.getTag(), T.getRawName(), /*File=*/nullptr, /*Line=*/0,
      Scope, /*BaseType=*/nullptr, T.getRawSizeInBits(), T.getAlignInBits(),
      T.getRawOffsetInBits(), T.getFlags() | DINode::FlagFwdDecl,
      /*Elements=*/nullptr, T.getRuntimeLang(), /*EnumKind=*/std::nullopt,
      /*VTableHolder=*/nullptr, /*TemplateParams=*/nullptr,
      T.getRawIdentifier());
  Elsewhere.MD()[&T].reset(Made);
  return Made;
}

void DebugDivision::makeHome() {
  Home = cloneUnit(*Old);
  There.MD()[Old].reset(Home);
  // A type can lead to a function, by a class that is local to it.
  auto Listed = [&](const auto &List) {
    SmallSetVector<Metadata *, 16> Mapped;
    for (const MDNode *N : List)
      Mapped.insert(MapMetadata(N, There));
    return MDTuple::get(M.getContext(), Mapped.getArrayRef());
  };
  SmallVector<const MDNode *> Types(Old->getRetainedTypes().begin(),
                                    Old->getRetainedTypes().end());
  Types.append(Homed.begin(), Homed.end());
  Home->replaceRetainedTypes(Listed(Types));
  Home->replaceEnumTypes(Listed(Old->getEnumTypes()));
  Home->replaceImportedEntities(Listed(Old->getImportedEntities()));

  // Of the variables, those that no shard of functions has, and those that
  // exist for the debugger alone.
  DenseSet<const MDNode *> Away;
  for (const GlobalVariable &V : M.globals())
    if (!isAtHome(V))
      Away.insert_range(describedBy(V));
  SmallVector<const MDNode *> Variables;
  for (const DIGlobalVariableExpression *V : Old->getGlobalVariables())
    if (!Away.contains(V) && !isWithinFunction(V->getVariable()->getScope()))
      Variables.push_back(V);
  Home->replaceGlobalVariables(Listed(Variables));
}

DebugDivision::DebugDivision(const Module &M, const Partition &Parts)
    : M(M), Parts(Parts) {
  const NamedMDNode *Units = M.getNamedMetadata("llvm.dbg.cu");
  if (!Units)
    return;
  Old = cast<DICompileUnit>(Units->getOperand(0));
  for (const GlobalValue *GV : Parts.shards()[0].Definitions)
    AtHome.insert(GV);
  findHomed();
  Unit = cloneUnit(*Old);
  Unit->replaceOperandWith(0, MapMetadata(Old->getRawFile(), Elsewhere));
  Unit->replaceEnumTypes(nullptr);
  Unit->replaceRetainedTypes(nullptr);
  Unit->replaceGlobalVariables(nullptr);
  Unit->replaceImportedEntities(nullptr);
  Unit->replaceMacros(nullptr);
  Elsewhere.MD()[Old].reset(Unit);
  for (const DICompositeType *T : Homed)
    declarationOf(*T);
  makeHome();
}

MDNode *DebugDivision::in(const GlobalValue &Global, const MDNode *N) {
  if (!Old)
    return const_cast<MDNode *>(N);
  return MapMetadata(
      N, isa<GlobalVariable>(Global) && isAtHome(Global) ? There : Elsewhere);
}

SmallVector<DICompileUnit *, 2> DebugDivision::unitsOf(unsigned Shard) {
  if (!Old)
    return {};
  SmallVector<Metadata *> Variables;
  if (Shard != 0)
    for (const GlobalValue *GV : Parts.shards()[Shard].Definitions)
      if (const auto *V = dyn_cast<GlobalVariable>(GV))
        for (const DIGlobalVariableExpression *E : describedBy(*V))
          Variables.push_back(in(*V, E));
  Unit->replaceGlobalVariables(MDTuple::get(M.getContext(), Variables));
  if (Shard != 0)
    return {Unit};
  return {Unit, Home};
}

} // namespace hapax
