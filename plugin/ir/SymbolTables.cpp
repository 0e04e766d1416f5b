//===- SymbolTables.cpp - What symbol tables remember ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// The grammar of the saved state; numbers are ULEB128:
//
//   state    := counter function*          counter of the module's table, then
//                                          every defined function in order
//   function := counter buckets [layout]   layout unless buckets is 0
//   layout   := items position* tombstones position*
//
// The positions of items stand in the order in which the function mentions the
// named values: arguments, then each block followed by its instructions.
//
// LLVM keeps the counter and the table private. The arguments of an explicit
// instantiation are not subject to access control, and a derived class may name
// the protected members of its base; both are confined to this file.
//
//===----------------------------------------------------------------------===//

#include "hapax/IR/SymbolTables.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ValueSymbolTable.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace hapax {
namespace {

template <typename Tag, typename Tag::Pointer Pointer> struct Grant {
  friend typename Tag::Pointer memberOf(Tag) { return Pointer; }
};
struct CounterTag {
  using Pointer = uint32_t ValueSymbolTable::*;
  friend Pointer memberOf(CounterTag);
};
struct MapTag {
  using Pointer = ValueSymbolTable::ValueMap ValueSymbolTable::*;
  friend Pointer memberOf(MapTag);
};
template struct Grant<CounterTag, &ValueSymbolTable::LastUnique>;
template struct Grant<MapTag, &ValueSymbolTable::vmap>;

uint32_t &counterOf(ValueSymbolTable &Table) {
  return Table.*memberOf(CounterTag());
}
uint32_t counterOf(const ValueSymbolTable &Table) {
  return Table.*memberOf(CounterTag());
}

/// The buckets behind a symbol table.
class Buckets : StringMapImpl {
public:
  static ArrayRef<StringMapEntryBase *> of(const ValueSymbolTable &Table) {
    const StringMapImpl &Map = Table.*memberOf(MapTag());
    return {Map.*(&Buckets::TheTable), Map.getNumBuckets()};
  }

  /// Lays the entries of \p Table out anew in \p Count buckets.
  static void layOut(ValueSymbolTable &Table, unsigned Count,
                     ArrayRef<std::pair<unsigned, StringMapEntryBase *>> Items,
                     ArrayRef<unsigned> Tombstones) {
    StringMapImpl &Map = Table.*memberOf(MapTag());
    free(Map.*(&Buckets::TheTable));
    (Map.*(&Buckets::init))(Count);
    StringMapEntryBase **Entries = Map.*(&Buckets::TheTable);
    // The full hashes follow the entries and their sentinel.
    auto *Hashes = reinterpret_cast<unsigned *>(Entries + Count + 1);
    for (auto [Position, Entry] : Items) {
      Entries[Position] = Entry;
      Hashes[Position] = hash(static_cast<ValueName *>(Entry)->getKey());
    }
    for (unsigned Position : Tombstones)
      Entries[Position] = getTombstoneVal();
    Map.*(&Buckets::NumItems) = Items.size();
    Map.*(&Buckets::NumTombstones) = Tombstones.size();
  }
};

/// Calls \p Visit for every named value of \p F, in the order of the file
/// comment.
void forEachNamed(const Function &F, function_ref<void(const Value &)> Visit) {
  auto Consider = [&](const Value &V) {
    if (V.hasName())
      Visit(V);
  };
  for (const Argument &A : F.args())
    Consider(A);
  for (const BasicBlock &B : F) {
    Consider(B);
    for (const Instruction &I : B)
      Consider(I);
  }
}

/// How the entries of a function's table lie in its buckets.
struct Layout {
  uint64_t Buckets = 0;
  /// In the order in which the function mentions the named values.
  SmallVector<unsigned, 0> Positions;
  SmallVector<unsigned, 0> Tombstones;

  static Layout of(const Function &F) {
    Layout L;
    ArrayRef<StringMapEntryBase *> All = Buckets::of(*F.getValueSymbolTable());
    L.Buckets = All.size();
    DenseMap<const StringMapEntryBase *, unsigned> PositionOf;
    for (auto [Position, Entry] : enumerate(All)) {
      if (Entry == StringMapImpl::getTombstoneVal())
        L.Tombstones.push_back(Position);
      else if (Entry)
        PositionOf[Entry] = Position;
    }
    forEachNamed(F, [&](const Value &V) {
      L.Positions.push_back(PositionOf.lookup(V.getValueName()));
    });
    return L;
  }

  void applyTo(Function &F) const {
    SmallVector<std::pair<unsigned, StringMapEntryBase *>, 0> Items;
    forEachNamed(F, [&](const Value &V) {
      Items.emplace_back(Positions[Items.size()], V.getValueName());
    });
    hapax::Buckets::layOut(*F.getValueSymbolTable(), Buckets, Items,
                           Tombstones);
  }

  /// Whether \p Names entries can lie like this at all. One bucket stays
  /// empty: probing ends there.
  bool isPossible(size_t Names) const {
    if (!isPowerOf2_64(Buckets) || Buckets > (uint64_t(1) << 31) ||
        Positions.size() != Names ||
        Positions.size() + Tombstones.size() >= Buckets)
      return false;
    BitVector Taken(Buckets);
    for (const auto *List : {&Positions, &Tombstones})
      for (unsigned Position : *List) {
        if (Position >= Buckets || Taken.test(Position))
          return false;
        Taken.set(Position);
      }
    return true;
  }
};

void saveFunction(const Function &F, bool WithLayout, raw_ostream &OS) {
  const ValueSymbolTable *Table = F.getValueSymbolTable();
  encodeULEB128(Table ? counterOf(*Table) : 0, OS);
  Layout L;
  if (Table && WithLayout)
    L = Layout::of(F);
  encodeULEB128(L.Buckets, OS);
  if (L.Buckets == 0)
    return;
  for (const auto *List : {&L.Positions, &L.Tombstones}) {
    encodeULEB128(List->size(), OS);
    for (unsigned Position : *List)
      encodeULEB128(Position, OS);
  }
}

std::string save(const Module &M, bool WithLayout) {
  std::string State;
  raw_string_ostream OS(State);
  encodeULEB128(counterOf(M.getValueSymbolTable()), OS);
  for (const Function &F : M)
    if (!F.isDeclaration())
      saveFunction(F, WithLayout, OS);
  return State;
}

/// Reads numbers; once something is missing, only zeroes.
class NumberReader {
public:
  explicit NumberReader(StringRef State)
      : At(State.bytes_begin()), End(State.bytes_end()) {}
  uint64_t next() {
    unsigned Length = 0;
    const char *Error = nullptr;
    uint64_t Number = decodeULEB128(At, &Length, End, &Error);
    Failed |= Error != nullptr;
    At += Length;
    return Failed ? 0 : Number;
  }
  bool failed() const { return Failed; }
  size_t left() const { return End - At; }

private:
  const uint8_t *At, *End;
  bool Failed = false;
};

/// Returns whether the function's table now is as saved.
bool restoreFunction(Function &F, NumberReader &Read) {
  ValueSymbolTable *Table = F.getValueSymbolTable();
  uint64_t Counter = Read.next();
  Layout L;
  L.Buckets = Read.next();
  if (L.Buckets != 0)
    for (auto *List : {&L.Positions, &L.Tombstones}) {
      uint64_t Length = Read.next();
      if (Length > Read.left())
        return false;
      for (uint64_t I = 0; I < Length; ++I)
        List->push_back(Read.next());
    }
  if (Read.failed())
    return false;
  if (Table)
    counterOf(*Table) = Counter;
  if (L.Buckets == 0)
    return !Table || Table->empty();
  if (!Table || !L.isPossible(Table->size()))
    return false;

  Layout Before = Layout::of(F);
  L.applyTo(F);
  bool AllFound = true;
  forEachNamed(
      F, [&](const Value &V) { AllFound &= Table->lookup(V.getName()) == &V; });
  if (!AllFound)
    Before.applyTo(F);
  return AllFound;
}

} // namespace

std::string saveSymbolTables(const Module &M) {
  return save(M, /*WithLayout=*/true);
}

bool restoreSymbolTables(Module &M, StringRef State) {
  NumberReader Read(State);
  uint64_t Counter = Read.next();
  bool All = !Read.failed();
  if (All)
    counterOf(M.getValueSymbolTable()) = Counter;
  for (Function &F : M)
    if (All && !F.isDeclaration())
      All = restoreFunction(F, Read);
  return All && Read.left() == 0;
}

Digest symbolTableDigest(const Module &M, OutputKind Kind) {
  return digestOf(save(M, /*WithLayout=*/Kind == OutputKind::Bitcode));
}

} // namespace hapax
