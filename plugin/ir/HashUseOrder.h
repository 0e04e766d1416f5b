//===- HashUseOrder.h - Order of use lists in the module hash ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: passes walk the users of a value in the order of its use list, so
/// two modules that differ in nothing else can be optimised differently.
/// Writing down every list would double the work of the hash.
///
/// Idea: IR that is built or read from front to back has its use lists in the
/// reverse order of mention, since a new use is put at the head. While the hash
/// meets the uses in order of mention anyway, it compares each use's successor
/// in the list with the use met just before. Only lists that fail are written
/// down, as runs of neighbouring mentions.
///
/// Invariant: a list is regular if and only if, for every use met, the next in
/// the list is the use met before it (none for the first), and the last use met
/// is the head. Then the list is the reverse of the mentions and holds nothing
/// else, so leaving it out loses nothing.
///
/// Cost: one load and one comparison per use; where there are irregular lists,
/// a log of the uses, and per run a hash table look-up.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_HASHUSEORDER_H
#define HAPAX_IR_HASHUSEORDER_H

#include "HashWords.h"
#include "llvm/IR/Value.h"

namespace hapax {

/// Watches the use lists of a set of values that are numbered from 0.
class HashUseOrder {
public:
  /// Starts anew with no values.
  void clear() {
    Values.clear();
    Log.clear();
    AnyIrregular = false;
  }
  /// Adds \p V (which must have a use list) as the next number.
  void addValue(const llvm::Value *V) {
    Values.push_back({V, nullptr, 0, 0, false});
  }
  size_t size() const { return Values.size(); }
  const llvm::Value *value(uint32_t Number) const { return Values[Number].V; }

  /// The next mention of the value of that number.
  void mention(uint32_t Number, const llvm::Use &U) {
    Watched &W = Values[Number];
    if (U.getNext() != W.Last)
      AnyIrregular = W.Irregular = true;
    W.Last = &U;
  }
  /// Keeps the mention for write().
  void log(uint32_t Number, const llvm::Use &U) {
    Log.push_back({&U, U.getNext(), Number});
  }

  /// After the last mention: calls \p WriteName(To, Number) and then writes the
  /// order, for each irregular list in order of the numbers. Lists of values
  /// for which \p Skip(Number) holds are left out.
  template <typename SkipFn, typename NameFn>
  void write(HashWords &To, SkipFn Skip, NameFn WriteName) {
    for (uint32_t N = 0, E = Values.size(); N != E; ++N) {
      Watched &W = Values[N];
      const llvm::Use *Head = W.V->use_empty() ? nullptr : &*W.V->use_begin();
      if (Head != W.Last)
        AnyIrregular = W.Irregular = true;
    }
    if (!AnyIrregular)
      return;
    gather();
    for (uint32_t N = 0, E = Values.size(); N != E; ++N) {
      const Watched &W = Values[N];
      if (!W.Irregular || Skip(N))
        continue;
      findRuns(W);
      // Uses by other modules of the context do not make a list irregular.
      if (Runs.empty() || (Runs.size() == 1 && Runs[0].Start + 1 == W.Count &&
                           Runs[0].Length == W.Count))
        continue;
      WriteName(To, N);
      To.add(Runs.size());
      for (const Run &R : Runs)
        To.add(R.Start, R.Length);
    }
  }

private:
  struct Watched {
    const llvm::Value *V;
    const llvm::Use *Last = nullptr;
    /// Range of the value's mentions in Mentions, once gathered.
    uint32_t Begin = 0;
    uint32_t Count = 0;
    bool Irregular = false;
  };
  struct Mention {
    const llvm::Use *U;
    const llvm::Use *Next;
    uint32_t Number;
  };
  /// Neighbours in the list, in reverse order of mention: the mentions Start,
  /// Start - 1, ..., Length of them.
  struct Run {
    uint32_t Start;
    uint32_t Length;
  };
  /// Where a run ends: the mention, and the use that follows it in the list.
  struct Break {
    uint32_t Position;
    const llvm::Use *Next;
  };

  void gather();
  void findRuns(const Watched &W);
  bool runsFromBreaks(const Watched &W, const llvm::Use *Head);
  void runsFromWalk(const Watched &W);

  std::vector<Watched> Values;
  std::vector<Mention> Log;
  /// The mentions of irregular values, by value.
  std::vector<Mention> Mentions;
  std::vector<Run> Runs;
  std::vector<Break> Breaks;
  PointerMap Positions;
  bool AnyIrregular = false;
};

} // namespace hapax

#endif // HAPAX_IR_HASHUSEORDER_H
